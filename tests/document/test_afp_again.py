"""AFP again: resources of every level, medium maps and saved pages stay with the pages that they serve.

A page is known by its rule, as long as its number; overlays by theirs, 100 longer.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from forms import (
    OVERLAY,
    converted,
    copies,
    document,
    environment,
    form_map,
    invoke,
    map_overlays,
    medium_map,
    modify,
    modify_page,
    overlay,
    page,
    pages,
    position,
    print_file,
    rule,
    shown,
)

from afpcluster.afp import modca, triplets
from afpcluster.afp.fields import mnemonic
from afpcluster.afp.framing import RecordFile
from afpcluster.afp.names import decode_name, encode_name
from afpcluster.afp.triplets import FqnType
from afpcluster.api import index
from afpcluster.convert import convert
from afpcluster.display.items import Page
from afpcluster.findings import Findings
from afpcluster.options import Format, Layout, Options
from afpcluster.sample.records import begin, enclosed, field, made, qualified_name, resource, tag
from afpcluster.selection import Selection

DOCUMENT = 0xA8


def content(found: Page) -> str:
    """What a page shows, without its size."""
    return shown(found).partition(": ")[2]


def include(number: int) -> bytes:
    return field("IPO", modca.IncludePageOverlay(encode_name(f"O{number}"), 0, 0))


def over(number: int, length: int) -> bytes:
    """An overlay of this number with a rule of its own."""
    name = f"O{number}"
    return resource(name, OVERLAY, enclosed("BMO", name, (environment(50, 60), rule(length))))


def nested(number: int, *inside: int) -> bytes:
    """An overlay that includes others."""
    name = f"O{number}"
    content = (environment(50, 60), rule(100 + number), *map(include, inside))
    return resource(name, OVERLAY, enclosed("BMO", name, content))


def bare(number: int) -> bytes:
    name = f"O{number}"
    return enclosed("BMO", name, (environment(50, 60), rule(100 + number)))


def saved(name: str) -> bytes:
    names = qualified_name(FqnType.BEGIN_DOCUMENT, encode_name("SAVED"))
    return field("IPG", made(modca.IncludePage, name=encode_name(name), triplets=names))


FORM = form_map(
    medium_map("M1", map_overlays(1), modify(1, (0xF2, 1)), copies((1, 1, 1))),
    medium_map("M2", modify_page(7, (2, 0, 0)), position((0, 0, 0, 0, 0, 7))),
    medium_map("M3", map_overlays(3), modify(1, (0xF2, 3)), copies((1, 1, 1))),
)
MAPS = [FORM, overlay(1), overlay(2), overlay(3), overlay(4)]
INTERNAL = medium_map("M9", map_overlays(4), modify(1, (0xF2, 4)), copies((1, 1, 1))) + invoke("M9")
TAIL = field("NOP", b"tail") + tag("Name", "Ann")

# The file, the pages chosen, what these show, and the names of all that is in resource groups afterwards.
CASES: dict[str, tuple[bytes, str, list[str], list[str]]] = {
    "only what is used": (
        print_file((overlay(1), overlay(2)), document(page(1, extra=include(1)), page(2, extra=include(2)))),
        "2",
        ["p2@0,0 o2@0,0"],
        ["O2"],
    ),
    "an overlay in an overlay": (
        print_file((nested(1, 2), overlay(2), overlay(3)), document(page(1, extra=include(1)))),
        "1",
        ["p1@0,0 o1@0,0 o2@0,0"],
        ["O1", "O2"],
    ),
    "overlays that include each other": (
        print_file((nested(1, 2), nested(2, 1)), document(page(1, extra=include(1)))),
        "1",
        ["p1@0,0 o1@0,0 o2@0,0"],
        ["O1", "O2"],
    ),
    "joined files, one name twice": (
        print_file((over(1, 111),), document(page(1, extra=include(1))))
        + print_file((over(1, 112),), document(page(2, extra=include(1)))),
        "1-2",
        ["p1@0,0 o11@0,0", "p2@0,0 o12@0,0"],
        ["O1", "O1"],
    ),
    "joined files, the second": (
        print_file((over(1, 111),), document(page(1, extra=include(1))))
        + print_file((over(1, 112),), document(page(2, extra=include(1)))),
        "2",
        ["p2@0,0 o12@0,0"],
        ["O1"],
    ),
    "joined files, the last needs what only the second has": (
        print_file((overlay(5),), document(page(1)))
        + print_file((overlay(1),), document(page(2, extra=include(1))))
        + print_file((overlay(6),), document(page(3, extra=include(1)))),
        "2-3",
        ["p2@0,0 o1@0,0", "p3@0,0"],
        ["O1"],
    ),
    "a document has its own": (
        print_file(
            (over(1, 111),),
            document(over(1, 112), page(1, extra=include(1))),
            document(page(2, extra=include(1))),
        ),
        "1-2",
        ["p1@0,0 o12@0,0", "p2@0,0 o11@0,0"],
        ["O1", "O1"],
    ),
    "a document's own come late": (
        print_file(
            (over(1, 111),),
            document(page(1, extra=include(1)), over(2, 112), page(2, extra=include(2))),
        ),
        "1-2",
        ["p1@0,0 o11@0,0", "p2@0,0 o12@0,0"],
        ["O1", "O2"],
    ),
    "a page has its own": (
        print_file(
            (over(1, 111),),
            document(page(1, extra=enclosed("BRG", "RES", (over(1, 112),)) + include(1)), page(2)),
        ),
        "1",
        ["p1@0,0 o12@0,0"],
        ["O1"],
    ),
    "resources without envelopes": (
        bare(1) + bare(2) + document(page(1, extra=include(2))),
        "1",
        ["p1@0,0 o2@0,0"],
        ["O2"],
    ),
    "the first medium map": (
        print_file(MAPS, document(pages(1, 2))),
        "2",
        ["o1@0,0 p2@0,0"],
        ["FORM", "O1"],
    ),
    "the medium map in force": (
        print_file(MAPS, document(pages(1), invoke("M2"), pages(2, 3), invoke("M3"), pages(4))),
        "3-4",
        ["o2@0,0 p3@0,0", "o3@0,0 p4@0,0"],
        ["FORM", "O2", "O3"],
    ),
    "a medium map of the document": (
        print_file(MAPS, document(pages(1), INTERNAL, pages(2, 3), invoke("M3"), pages(4))),
        "3",
        ["o4@0,0 p3@0,0"],
        ["O4"],
    ),
    "the map of another document": (
        print_file(MAPS, document(invoke("M3"), pages(1)), document(pages(2))),
        "2",
        ["o1@0,0 p2@0,0"],
        ["FORM", "O1"],
    ),
    "saved pages": (
        print_file((resource("SAVED", DOCUMENT, document(pages(7, 8))),), document(saved("P8"), pages(2))),
        "1-2",
        ["p8@0,0", "p2@0,0"],
        [],
    ),
    "a saved page on a page": (
        print_file((resource("SAVED", DOCUMENT, document(pages(7))),), document(page(1, extra=saved("P7")))),
        "1",
        ["p1@0,0 p7@0,0"],
        ["SAVED"],
    ),
    "pages outside documents": (
        print_file((overlay(1),)) + page(1, extra=include(1)) + page(2),
        "1-2",
        ["p1@0,0 o1@0,0", "p2@0,0"],
        ["O1"],
    ),
    "a page without its end": (
        document(page(1)[: -len(field("EPG", encode_name("P1")))], page(2)),
        "1",
        ["p1@0,0"],
        [],
    ),
    "line ends between fields": (
        document(pages(1)).replace(b"\x5a", b"\x5a") + b"\r\n" + document(pages(2)),
        "1-2",
        ["p1@0,0", "p2@0,0"],
        [],
    ),
}


def chosen(data: bytes, selected: str | None, **options: object) -> bytes:
    sink = io.BytesIO()
    selection = Selection.parse(pages=selected)
    made_of = Options(format=Format.AFP, raise_faults=True, selection=selection, **options)  # type: ignore[arg-type]
    convert(io.BytesIO(data), sink, made_of)
    return sink.getvalue()


def in_groups(data: bytes) -> list[str]:
    """The names of the resources in a file."""
    file = RecordFile(io.BytesIO(data), Findings())
    return [
        decode_name(window[at : at + 8])
        for type_, _, _, window, at in file.scan()
        if mnemonic(type_) == "BRS"
    ]


BY_PAGES = Options(layout=Layout.PAGES, raise_faults=True)


@pytest.mark.parametrize(("data", "selected", "expected", "names"), CASES.values(), ids=CASES)
def test_pages_show_the_same(data: bytes, selected: str, expected: list[str], names: list[str]) -> None:
    before, _ = converted(data, Options(selection=Selection.parse(selected), raise_faults=True))
    assert [content(one) for one in before] == expected
    again = chosen(data, selected)
    after, findings = converted(again, BY_PAGES)
    assert [content(one) for one in after] == expected
    assert in_groups(again) == names
    assert [one.code for one in findings if one.code == "resource-of-another-file"] == []
    assert chosen(again, None) == again


@pytest.mark.parametrize("data", [case[0] for case in CASES.values()], ids=CASES)
def test_sheets_show_the_same(data: bytes) -> None:
    before, _ = converted(data)
    after, _ = converted(chosen(data, None))
    assert [content(one) for one in after] == [content(one) for one in before]


def test_another_place_on_the_sheet_is_told() -> None:
    two_sides = medium_map(
        "M1", modify(1, (0xF4, 2)), copies((1, 1, 1), (1, 1, 1)), modify_page(7, (1, 0, 0)),
        modify_page(8, (2, 0, 0)), position((0, 0, 0, 0, 0, 7), (0, 0, 0, 1, 0, 8)),
    )  # fmt: skip
    data = print_file([form_map(two_sides), overlay(1), overlay(2)], document(pages(1, 2, 3, 4)))
    for selected, told in (("1-4", False), ("3", False), ("2", True), ("1,3", True)):
        sink = io.BytesIO()
        result = convert(
            io.BytesIO(data), sink, Options(format=Format.AFP, selection=Selection.parse(pages=selected))
        )
        assert ("sheet-place-changed" in {one.code for one in result.findings}) is told


def test_groups_tags_and_notes_stay() -> None:
    grouped = (
        begin("BNG", "A") + tag("Name", "Ann") + field("NOP", b"in front") + page(1) + TAIL
        + begin("BNG", "B") + tag("Name", "Bob") + page(2) + field("NOP", b"of Bob") + begin("ENG", "B")
        + page(3) + field("NOP", b"of Ann") + begin("ENG", "A") + page(4) + field("NOP", b"last")
    )  # fmt: skip
    data = document(grouped)
    assert _index(chosen(data, None)) == _index(data)
    second = _index(chosen(data, "2"))
    assert [(one["record"], one["name"]) for one in second] == [
        ("document", "DOC"), ("group", "A"), ("group", "B"), ("page", "P2"),
    ]  # fmt: skip
    assert second[3]["notes"] == ["tail", "of Bob"]
    assert "of Ann" not in str(_index(chosen(data, "4")))


def _index(data: bytes) -> list[dict[str, object]]:
    """The index, without places in the file."""
    return [
        {name: value for name, value in entry.items() if name not in ("offset", "bytes")}
        for entry in index(io.BytesIO(data))
    ]


def test_resources_of_folders_are_put_into_the_file(tmp_path: Path) -> None:
    (tmp_path / "O1").write_bytes(bare(1))
    (tmp_path / "O2.ovl").write_bytes(over(2, 112))
    (tmp_path / "unused").write_bytes(bare(3))
    data = document(page(1, extra=include(1) + include(2) + include(9)))
    sink = io.BytesIO()
    result = convert(io.BytesIO(data), sink, Options(format=Format.AFP, resource_paths=(tmp_path,)))
    told = {(one.code, one.message.split(" ")[1]) for one in result.findings}
    assert told == {("resource-included", "O1"), ("resource-included", "O2"), ("resource-outside", "O9")}
    assert in_groups(sink.getvalue()) == ["O1", "O2"]
    after, _ = converted(sink.getvalue(), BY_PAGES)
    assert [content(one) for one in after] == ["p1@0,0 o1@0,0 o12@0,0"]
    alone = convert(io.BytesIO(data), io.BytesIO(), Options(format=Format.AFP))
    assert {one.code for one in alone.findings} == {"resource-outside"}


def test_a_form_map_by_name(tmp_path: Path) -> None:
    (tmp_path / "OTHER").write_bytes(
        form_map(medium_map("M1", map_overlays(2), modify(1, (0xF2, 2))), name="OTHER")
    )
    data = print_file(MAPS, document(pages(1)))
    options = {"resource_paths": (tmp_path,), "form_map": "OTHER"}
    again = chosen(data, None, **options)
    assert in_groups(again) == ["O2", "OTHER"]
    after, _ = converted(again, BY_PAGES)
    assert [content(one) for one in after] == ["o2@0,0 p1@0,0"]


def test_lengths_that_are_wrong_are_put_right() -> None:
    begin_page = field("BPG", encode_name("P1"))
    wrong = begin_page[:1] + (len(begin_page) + 40).to_bytes(2, "big") + begin_page[3:]
    data = document(page(1).replace(begin_page, wrong), page(2))
    again = chosen(data, None)
    findings = Findings()
    list(RecordFile(io.BytesIO(again), findings).scan(report=True))
    assert not list(findings)
    after, _ = converted(again, BY_PAGES)
    before, _ = converted(data, BY_PAGES)
    assert [content(one) for one in after] == [content(one) for one in before]


def test_object_types_of_envelopes() -> None:
    """A bare resource gets an envelope of its type."""
    again = chosen(bare(2) + document(page(1, extra=include(2))), None)
    file = RecordFile(io.BytesIO(again), Findings())
    envelope = next(one for one in file.read(0, 100) if one.mnemonic == "BRS")
    kind = triplets.decode_triplet(envelope.data[10:], triplets.ResourceObjectType)
    assert kind is not None
    assert kind.object_type == OVERLAY
