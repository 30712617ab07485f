"""Include Page (IPG): pages of a document in the resource group are shown where they are included.

MO:DCA "Include Page (IPG)". A page is known by its rule, as long as its number.
"""

from __future__ import annotations

import pytest
from forms import (
    converted,
    document,
    environment,
    form_map,
    medium,
    medium_map,
    modify,
    page,
    pages,
    position,
    print_file,
    rule,
    shown,
)

from afpcluster.afp import modca, triplets
from afpcluster.afp.names import encode_name
from afpcluster.afp.triplets import FqnType
from afpcluster.options import Layout, Options
from afpcluster.sample.records import enclosed, field, made, qualified_name, resource, triplet

DOCUMENT, TEXT = 0xA8, 0x9B
SAVED = resource("SAVED", DOCUMENT, document(pages(7, 8)))


def include(name: str, document_name: str = "SAVED", extra: bytes = b"") -> bytes:
    names = qualified_name(FqnType.BEGIN_DOCUMENT, encode_name(document_name))
    return field("IPG", made(modca.IncludePage, name=encode_name(name), triplets=names + extra))


def offset(number: int) -> bytes:
    """Object Offset X'5A', counted in pages."""
    return triplet(made(triplets.ObjectOffset, object_type=0xAF, offset=number))


CASES = {  # content of the document, what its pages show
    "between pages": (pages(1) + include("P8") + pages(2), ["p1@0,0", "p8@0,0", "p2@0,0"]),
    "in a group": (enclosed("BNG", "G", [include("P7")]), ["p7@0,0"]),
    "by its offset": (include("P7", extra=offset(1)), ["p8@0,0"]),
    "by its long name": (
        include("?", extra=qualified_name(FqnType.REPLACE_FIRST_GID, encode_name("P7"))), ["p7@0,0"],
    ),
    "on a page": (page(1, extra=include("P8") + rule(3)), ["p1@0,0 p8@0,0 p3@0,0"]),
    "no such page": (pages(1) + include("P9") + include("P7", extra=offset(2)), ["p1@0,0"]),
    "no such document": (pages(1) + include("P7", "OTHER"), ["p1@0,0"]),
    "no such page on a page": (page(1, extra=include("P9")), ["p1@0,0"]),
    "too short": (pages(1) + field("IPG", b"short"), ["p1@0,0"]),
}  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), CASES.values(), ids=CASES)
def test_saved_pages(content: bytes, expected: list[str]) -> None:
    found, findings = converted(print_file([SAVED], document(content)), Options(raise_faults=True))
    assert [shown(one) for one in found] == [f"200x300: {one}" for one in expected]
    told = [f.code for f in findings]
    wrong = {"no such page": "page-include-skipped", "no such document": "page-include-skipped"}
    case = next(name for name, (data, _) in CASES.items() if data == content)
    wrong |= {"no such page on a page": "page-include-skipped", "too short": "field-short"}
    assert set(told) == ({wrong[case]} if case in wrong else set())


def test_saved_pages_take_their_places_on_sheets() -> None:
    form = form_map(medium_map("M", medium(600, 400), modify(1, (0xFC, 2)), position((0, 0, 0, 0))))
    found, _ = converted(print_file([form, SAVED], document(pages(1), include("P8"))))
    assert [shown(one) for one in found] == ["600x400: p1@0,0 p8@300,0"]


def test_saved_page_that_includes_itself() -> None:
    looped = resource("SAVED", DOCUMENT, document(page(7, extra=include("P7"))))
    data = print_file([looped], document(page(1, extra=include("P7"))))
    found, findings = converted(data, Options(raise_faults=True))
    assert [shown(one) for one in found] == ["200x300: p1@0,0 p7@0,0"]
    assert [f.code for f in findings] == ["include-recursive"]
    assert all(f.offset is not None for f in findings)


@pytest.mark.parametrize("layout", list(Layout))
def test_overlays_nested_without_end(layout: Layout) -> None:
    """Three hundred overlays, each of which includes the next: the first levels are shown."""

    def one(number: int) -> bytes:
        follows = field("IPO", modca.IncludePageOverlay(encode_name(f"N{number + 1}"), 0, 0))
        content = enclosed("BMO", f"N{number}", (environment(50, 60), rule(101), follows))
        return resource(f"N{number}", 0xFC, content)

    first = field("IPO", modca.IncludePageOverlay(encode_name("N0"), 0, 0))
    data = print_file(map(one, range(300)), document(page(1, extra=first)))
    found, findings = converted(data, Options(layout=layout, raise_faults=True))
    assert shown(found[0]).count("o1@0,0") == 8
    assert [f.code for f in findings] == ["include-too-deep"]
    assert all(f.offset is not None for f in findings)


def test_included_text_stands_where_the_include_says() -> None:
    """IOB of a text object with an environment group: offsets in units of the page, here points."""
    units = triplet(triplets.MeasurementUnits(0, 0, 720, 720))
    group = enclosed(
        "BOG",
        "OEG",
        (
            field("OBD", units + triplet(triplets.ObjectAreaSize(2, 90, 90))),
            field("OBP", made(modca.ObjectAreaPosition, identifier=1, group_length=23, x_origin=5, y_origin=6,
                              x_orientation=0, y_orientation=0x2D00, x_content=0, y_content=0,
                              x_content_orientation=0, y_content_orientation=0x2D00)),
            field("PTD", modca.PresentationTextDescriptor(0, 0, 720, 720, 90, 90)),
        ),
    )  # fmt: skip
    plain = rule(4)
    text = plain[:17] + group + plain[17:]
    included = field(
        "IOB",
        made(modca.IncludeObject, name=encode_name("T"), object_type=TEXT, x_origin=30, y_origin=40,
             x_orientation=0, y_orientation=0x2D00, x_content=-1, y_content=-1),
    )  # fmt: skip
    data = print_file([resource("T", TEXT, text)], document(page(1, extra=included)))
    found, _ = converted(data, Options(raise_faults=True))
    assert shown(found[0]) == "200x300: p1@0,0 p4@30,40"
