"""Print files as producers build them: where resources stand, whose they are, what stands between pages.

Each page includes overlay X; what it shows says which X was found. MO:DCA Chapter 4 "Print File",
"Document", "Resource Groups", "Document Index".
"""

from __future__ import annotations

import time

import pytest
from forms import (
    OVERLAY,
    converted,
    document,
    environment,
    form_map,
    invoke,
    map_overlays,
    medium_map,
    modify,
    overlay,
    page,
    print_file,
    rule,
    shown,
)

from afpcluster.afp import modca, triplets
from afpcluster.afp.framing import encode
from afpcluster.afp.names import encode_name
from afpcluster.afp.triplets import FqnType
from afpcluster.options import Options
from afpcluster.sample.records import begin, enclosed, field, made, qualified_name, resource, triplet

PAGES = Options(raise_faults=True)


def object_x(number: int, name: str = "X") -> bytes:
    """An overlay object that shows rule 100 + number."""
    return enclosed("BMO", name, (environment(50, 60), rule(100 + number)))


def x(number: int, name: str = "X") -> bytes:
    """The same as a resource X; `name` is that of the object inside."""
    return resource("X", OVERLAY, object_x(number, name))


def group(*resources: bytes) -> bytes:
    return enclosed("BRG", "RES", resources)


def include(name: str = "X", at: int = 0, extra: bytes = b"") -> bytes:
    return field("IPO", modca.IncludePageOverlay(encode_name(name), at, at, 0, extra))


def using(number: int = 1, before: bytes = b"") -> bytes:
    """A page that includes overlay X."""
    return enclosed("BPG", f"P{number}", (before, environment(200, 300), include(), rule(number)))


NOP = field("NOP", b"a comment")
TAG = field(
    "TLE",
    modca.TagLogicalElement(
        qualified_name(FqnType.ATTRIBUTE_GID, "K".encode("cp500"))
        + triplet(made(triplets.AttributeValue, value="V".encode("cp500")))
    ),
)


def index(*content: bytes) -> bytes:
    return enclosed("BDI", "INDEX", content)


def without_last(data: bytes) -> bytes:
    """Without its last record, an End field of 17 bytes."""
    return data[:-17]


RESOURCES = {  # input, the overlay that each page shows (0 none)
    "print file level": (group(x(1)) + document(using()), [1]),
    "in the document": (document(group(x(1)), using()), [1]),
    "in the document, its own first": (group(x(1)) + document(group(x(2)), using()), [2]),
    "of one document only": (document(group(x(1)), using()) + document(using()), [1, 0]),
    "two groups in front": (group(x(1)) + group(x(2)) + document(using()), [1]),
    "two groups in a document": (document(group(x(1)), group(overlay(9)), using()), [1]),
    "files one after another": (
        group(x(1)) + document(using()) + group(x(2)) + document(using()) + document(using()),
        [1, 2, 2],
    ),
    "a later group without it": (
        group(x(1)) + document(using()) + group(overlay(9)) + document(using()), [1, 1],
    ),
    "behind the index": (index(TAG) + group(x(1)) + document(using()), [1]),
    "no group, no envelope": (object_x(1) + document(using()), [1]),
    "envelope without a group": (x(1) + document(using()), [1]),
    "envelope without a type": (
        group(enclosed("BRS", "X", [object_x(1)], b"\0\0")) + document(using()), [1],
    ),
    "envelope's name counts": (group(x(1, "OTHER")) + document(using()), [1]),
    "envelope's name counts without a group": (x(1, "OTHER") + document(using()), [1]),
    "group without envelopes": (group(object_x(1)) + document(using()), [1]),
    "object without a group in a document": (document(object_x(1), using()), [1]),
    "group in a page": (document(using(before=group(x(1))), using()), [1, 0]),
    "group not ended": (without_last(group(x(1))) + document(using()), [1]),
    "envelope not ended": (group(overlay(9), without_last(x(1))) + document(using()), [1]),
    "envelope not ended before the next": (group(without_last(overlay(9)), x(1)) + document(using()), [1]),
    "envelope not ended, group neither": (
        begin("BRG", "RES") + without_last(x(1)) + document(using()), [1],
    ),
    "object not ended": (without_last(object_x(1)) + document(using()), [1]),
    "comments everywhere": (
        NOP + enclosed("BRG", "R", (NOP, x(1), NOP)) + NOP + document(NOP, using(before=NOP), NOP) + NOP, [1],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), RESOURCES.values(), ids=RESOURCES)
def test_resources(data: bytes, expected: list[int]) -> None:
    found, _ = converted(data, PAGES)
    overlays = [f"o{number}@0,0 " if number else "" for number in expected]
    assert [shown(one) for one in found] == [f"200x300: {o}p1@0,0" for o in overlays]


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        (TAG, [("G", ("K", "V"))]),
        (index(TAG), [("G",)]),  # tags of an index are no group's own
        (enclosed("BSG", "REG", [NOP]) + TAG, [("G", ("K", "V"))]),
        (enclosed("BNG", "INNER", [TAG, page(1)]), [("G",), ("INNER", ("K", "V"))]),
    ],
)
def test_page_groups(between: bytes, expected: list[tuple[object, ...]]) -> None:
    found, _ = converted(document(enclosed("BNG", "G", (between, page(2)))), PAGES)
    assert [(g.name, *g.attributes) for one in found for g in one.groups] == expected


def test_index_that_is_not_ended() -> None:
    found, _ = converted(begin("BDI", "INDEX") + TAG + document(page(1)), PAGES)
    assert len(found) == 1


def test_internal_medium_map_that_is_not_ended() -> None:
    internal = medium_map("M", map_overlays(1), modify(1, (0xF2, 1)))
    data = print_file([overlay(1)], document(without_last(internal), invoke("M"), page(1)))
    found, findings = converted(data)
    assert [shown(one) for one in found] == ["200x300: o1@0,0 p1@0,0"]
    assert "resource-not-ended" in [f.code for f in findings]


def test_medium_map_of_the_group_behind_the_first_document() -> None:
    maps = [form_map(medium_map("M", map_overlays(n), modify(1, (0xF2, n)))) for n in (1, 2)]
    data = b"".join(print_file([m, overlay(1), overlay(2)], document(page(1))) for m in maps)
    found, _ = converted(data)
    assert [shown(one) for one in found] == ["200x300: o1@0,0 p1@0,0", "200x300: o2@0,0 p1@0,0"]


def test_many_objects_that_are_not_ended_take_no_longer() -> None:
    data = begin("BMO", "X") * 30_000 + document(page(1))
    started = time.process_time()
    found, _ = converted(data, PAGES)
    assert len(found) == 1
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("ipo", "code"),
    [
        (include(at=-1), "include-position-retired"),
        (include(extra=triplets.encode_triplet(0x46, b"\x01\x10")), "triplet-not-applied"),
    ],
)
def test_retired_parameters_of_overlays_are_told(ipo: bytes, code: str) -> None:
    found, findings = converted(group(x(1)) + document(page(1, extra=ipo)), PAGES)
    assert shown(found[0]) == "200x300: p1@0,0 o1@0,0"
    assert code in [f.code for f in findings]


def test_metadata_is_passed_over() -> None:
    """Object containers of class X'50' in documents, page groups and pages show nothing."""
    kind = triplet(
        made(triplets.ObjectClassification, object_class=0x50, structure_flags=b"\0\0", object_id=bytes(16))
    )
    metadata = enclosed("BOC", "META", [field("OCD", b"<x/>")], kind)
    content = document(metadata, enclosed("BNG", "G", [metadata, page(1, extra=metadata)]))
    found, findings = converted(content, PAGES)
    assert [shown(one) for one in found] == ["200x300: p1@0,0"]
    assert findings == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("PTX", ["object-outside-page"]),
        ("OCD", ["object-outside-page"]),
        ("IOB", ["object-outside-page"]),
        ("IPO", ["object-outside-page"]),
        ("NOP", []),
        ("MCF", []),
    ],
)
def test_what_shows_something_outside_of_pages_is_told(name: str, told: list[str]) -> None:
    stray = field(name, bytes(24))
    found, findings = converted(document(page(1), stray, page(2), stray), PAGES)
    assert [shown(one) for one in found] == ["200x300: p1@0,0", "200x300: p2@0,0"]
    assert [(finding.code, finding.count) for finding in findings] == [(code, 2) for code in told]


def test_unknown_fields_outside_of_pages_are_told() -> None:
    _, findings = converted(document(page(1), encode(0xD3FFFF, b"..")), PAGES)
    assert [(finding.code, finding.severity) for finding in findings] == [("field-unknown", "info")]


@pytest.mark.parametrize(("component", "told"), [(20, ["colour-table-not-applied"]), (57, [])])
def test_a_colour_mapping_table_is_told(component: int, told: list[str]) -> None:
    kind = triplet(
        made(
            triplets.ObjectClassification,
            object_class=0x10,
            structure_flags=b"\x40\0",
            object_id=bytes.fromhex("06072b1200040101") + bytes((component,)) + bytes(7),
        )
    )
    container = enclosed("BOC", "COLOURS", [field("OCD", b"table")], kind)
    envelope = triplet(triplets.ResourceObjectType(0x92, bytes(7))) + kind
    begin = modca.BeginReserved(encode_name("COLOURS"), 0, envelope).encode()
    table = field("BRS", begin) + container + field("ERS", encode_name("COLOURS"))
    found, findings = converted(group(table) + document(page(1)), PAGES)
    assert [shown(one) for one in found] == ["200x300: p1@0,0"]
    assert [finding.code for finding in findings] == told


def area_position(x: int, y: int, turn: int = 0, content: int = 0) -> bytes:
    sizes = {
        "x_content": content,
        "y_content": 0,
        "x_content_orientation": 0,
        "y_content_orientation": 0x2D00,
    }
    turns = {"x_orientation": modca.orientation(turn), "y_orientation": modca.orientation((turn + 90) % 360)}
    position = {"identifier": 1, "group_length": 23, "x_origin": x, "y_origin": y}
    return field("OBP", made(modca.ObjectAreaPosition, **position, **turns, **sizes))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (b"", "p1@0,0"),
        (area_position(0, 0), "p1@0,0"),
        (area_position(30, 40), "p1@30,40"),
        (area_position(30, 40, 90), "p1@30,40r90"),
        (area_position(30, 40, 90, 5), "p1@30,45r90"),  # the content's offset runs along the area's X axis
        (include(at=7), "o1@7,7 p1@0,0"),
    ],
)
def test_active_environment_group(fields: bytes, expected: str) -> None:
    """OBP places text without an environment group; overlays included there lie beneath the page's data."""
    group_ = environment(200, 300)
    aeg = group_[:-17] + fields + group_[-17:]
    content = enclosed("BPG", "P1", (aeg, rule(1)))
    found, findings = converted(group(x(1)) + document(content), PAGES)
    assert [shown(one) for one in found] == [f"200x300: {expected}"]
    assert findings == []


def test_page_whose_begin_is_lost() -> None:
    lost = page(2)[17:]
    found, findings = converted(document(page(1), lost, page(3)), PAGES)
    assert [shown(one) for one in found] == ["200x300: p1@0,0", "200x300: p3@0,0"]
    assert [f.code for f in findings] == ["object-outside-page", "page-not-begun"]
