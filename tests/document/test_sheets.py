"""Sheets: which page lies where on which side, with which overlays, for every control of a medium map."""

from __future__ import annotations

import io
from typing import Any

import pytest
from forms import (
    converted,
    copies,
    document,
    form_map,
    invoke,
    map_overlays,
    medium,
    medium_map,
    modify,
    modify_page,
    overlay,
    page,
    pages,
    position,
    print_file,
    shown,
)

from afpcluster.convert import convert
from afpcluster.display.items import Group
from afpcluster.options import Layout, Options
from afpcluster.sample.records import begin, enclosed
from afpcluster.selection import Selection

DUPLEX, TUMBLE, CONSTANT = (0xF4, 2), (0xF4, 3), (0xF9, 1)
OVERLAY_1, OVERLAY_2 = (0xF2, 1), (0xF2, 2)
ONE = copies((1, 1, 1))
FRONT_BACK = copies((1, 1, 1), (1, 1, 2))
A = medium(400, 600)
WIDE = medium(600, 400)


def n_up(count: int) -> tuple[int, int]:
    return (0xFC, count)


def check(fields: tuple[bytes, ...], count: int, expected: list[str]) -> None:
    """A map of these fields over `count` pages, sheet sides as text."""
    data = print_file(
        (form_map(medium_map("M1", *fields)), overlay(1), overlay(2)), document(pages(*range(1, count + 1)))
    )
    found, _ = converted(data)
    assert [shown(side) for side in found] == expected
    assert [side.number for side in found] == list(range(1, len(found) + 1))


@pytest.mark.parametrize(
    ("fields", "count", "expected"),
    [
        ((A, position((10, 20, 0, 0))), 2, ["400x600: p1@10,20", "400x600: p2@10,20"]),
        ((A, position((300, 20, 90, 0))), 1, ["400x600: p1@300,20r90"]),
        ((A, position((200, 300, 180, 0))), 1, ["400x600: p1@200,300r180"]),
        ((A, position((5, 200, 270, 0))), 1, ["400x600: p1@5,200r270"]),
        ((A,), 1, ["400x600: p1@0,0"]),
        # The units of the MDD count wherever it stands
        ((position((10, 20, 0, 0)), A), 1, ["400x600: p1@10,20"]),
        # Media of unknown size are as large as the page needs
        ((medium(), position((10, 20, 0, 0))), 1, ["210x320: p1@10,20"]),
        ((medium(0xFFFFFF, 0), position((300, 0, 90, 0))), 1, ["300x200: p1@300,0r90"]),
        ((medium(400, 0), position((0, 7, 0, 0))), 1, ["400x307: p1@0,7"]),
    ],
)
def test_page_position(fields: tuple[bytes, ...], count: int, expected: list[str]) -> None:
    check(fields, count, expected)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        # Extents are those of the medium presentation space, whatever its orientation
        ((medium(400, 600, 0x80, 0),), "400x600: p1@0,0"),
        ((medium(600, 400, 0x80, 1),), "600x400: p1@0,0"),
        ((medium(400, 600, 0x80, 2),), "400x600: p1@0,0"),
        # Portrait 90 and Landscape 90: the sheet is turned so that text down the medium stands upright
        ((medium(600, 400, 0x80, 4), position((400, 0, 90, 0))), "400x600: p1@0,200"),
        ((medium(400, 600, 0x80, 5), position((300, 0, 90, 0))), "600x400: p1@0,100"),
        # Cut sheets are not told the orientation without MDDFlgs bit 0
        ((medium(600, 400, 0, 4), position((300, 0, 90, 0))), "600x400: p1@300,0r90"),
    ],
)
def test_medium_orientation(fields: tuple[bytes, ...], expected: str) -> None:
    check(fields, 1, [expected])


@pytest.mark.parametrize(
    ("fields", "count", "expected"),
    [
        (
            (A, position((1, 0, 0, 0), (2, 0, 0, 1)), FRONT_BACK, modify(1, DUPLEX), modify(2, DUPLEX)),
            3,
            ["400x600: p1@1,0", "400x600: p2@2,0", "400x600: p3@1,0", "400x600:"],
        ),
        # The front comes first, whatever the order of the repeating groups
        (
            (A, position((2, 0, 180, 1), (1, 0, 0, 0)), FRONT_BACK, modify(1, TUMBLE), modify(2, TUMBLE)),
            2,
            ["400x600: p1@1,0", "400x600: p2@2,0r180"],
        ),
        # One repeating group for both sides
        (
            (A, position((9, 9, 0, 0)), FRONT_BACK, modify(1, DUPLEX), modify(2, DUPLEX)),
            2,
            ["400x600: p1@9,9", "400x600: p2@9,9"],
        ),
        # A back without a page has no overlay
        (
            (A, map_overlays(1, 2), FRONT_BACK, modify(1, OVERLAY_1, DUPLEX), modify(2, OVERLAY_2, DUPLEX)),
            3,
            ["400x600: o1@0,0 p1@0,0", "400x600: o2@0,0 p2@0,0", "400x600: o1@0,0 p3@0,0", "400x600:"],
        ),
        # Constant forms on the back: pages on fronts only
        (
            (A, map_overlays(1, 2), FRONT_BACK, modify(1, DUPLEX), modify(2, OVERLAY_2, DUPLEX, CONSTANT)),
            2,
            ["400x600: p1@0,0", "400x600: o2@0,0", "400x600: p2@0,0", "400x600: o2@0,0"],
        ),
        # and on the front: pages on backs only
        (
            (A, map_overlays(1, 2), FRONT_BACK, modify(1, OVERLAY_1, DUPLEX, CONSTANT), modify(2, DUPLEX)),
            1,
            ["400x600: o1@0,0", "400x600: p1@0,0"],
        ),
    ],
)
def test_duplex(fields: tuple[bytes, ...], count: int, expected: list[str]) -> None:
    check(fields, count, expected)


@pytest.mark.parametrize(
    ("fields", "count", "expected"),
    [
        ((A, ONE, modify(1, n_up(1))), 2, ["400x600: p1@0,0", "400x600: p2@0,0"]),
        # Two and three partitions divide the long side
        ((A, ONE, modify(1, n_up(2))), 3, ["400x600: p1@0,0 p2@0,300", "400x600: p3@0,0"]),
        ((WIDE, ONE, modify(1, n_up(2))), 2, ["600x400: p1@0,0 p2@300,0"]),
        ((WIDE, ONE, modify(1, n_up(3))), 3, ["600x400: p1@0,0 p2@200,0 p3@400,0"]),
        ((A, ONE, modify(1, n_up(4))), 4, ["400x600: p1@0,0 p2@200,0 p3@0,300 p4@200,300"]),
        # The offset counts from the partition
        ((WIDE, position((5, 6, 0, 0)), ONE, modify(1, n_up(2))), 2, ["600x400: p1@5,6 p2@305,6"]),
        # Unknown extents: partitions as large as the largest page needs
        ((medium(), ONE, modify(1, n_up(2))), 2, ["200x600: p1@0,0 p2@0,300"]),
        ((medium(0, 0, 0, 1), ONE, modify(1, n_up(2))), 1, ["400x300: p1@0,0"]),
        # Duplex: as many on the back
        (
            (WIDE, FRONT_BACK, modify(1, DUPLEX, n_up(2)), modify(2, DUPLEX, n_up(2))),
            3,
            ["600x400: p1@0,0 p2@300,0", "600x400: p3@0,0"],
        ),
    ],
)
def test_default_n_up(fields: tuple[bytes, ...], count: int, expected: list[str]) -> None:
    check(fields, count, expected)


BOOKLET = position((0, 0, 0, 0x20), (0, 0, 0, 0x11), (0, 0, 0, 0x21), (0, 0, 0, 0x10))
TWO_UP_DUPLEX = (FRONT_BACK, modify(1, DUPLEX, n_up(2)), modify(2, DUPLEX, n_up(2)))


@pytest.mark.parametrize(
    ("fields", "count", "expected"),
    [
        ((WIDE, BOOKLET, *TWO_UP_DUPLEX), 4, ["600x400: p1@300,0 p4@0,0", "600x400: p2@0,0 p3@300,0"]),
        ((WIDE, BOOKLET, *TWO_UP_DUPLEX), 1, ["600x400: p1@300,0", "600x400:"]),
        # Pages may share a partition, each placed and turned by itself
        (
            (WIDE, position((0, 0, 0, 0x10), (250, 9, 90, 0x10)), ONE, modify(1, n_up(2))),
            2,
            ["600x400: p1@0,0 p2@250,9r90"],
        ),
        # A partition that there is not: the last one
        ((WIDE, position((0, 0, 0, 0x40)), ONE, modify(1, n_up(2))), 1, ["600x400: p1@300,0"]),
        # Bit 0: the partition has no page data, only overlays, and takes no page; bit 1: no overlays
        (
            (
                WIDE,
                position((0, 0, 0, 0x10, 0x80), (0, 0, 0, 0x20, 0x40)),
                ONE,
                modify(1, n_up(2)),
                modify_page(7, (1, 3, 4)),
            ),
            2,
            ["600x400: o1@3,4 p1@300,0", "600x400: o1@3,4 p2@300,0"],
        ),
        # A partition without page data behind the last page is not filled: pages drive the repeating groups
        (
            (
                WIDE,
                position((0, 0, 0, 0x10), (0, 0, 0, 0x20, 0x80)),
                ONE,
                modify(1, n_up(2)),
                modify_page(7, (1, 3, 4)),
            ),
            2,
            ["600x400: o1@3,4 p1@0,0 o1@303,4", "600x400: o1@3,4 p2@0,0"],
        ),
        # A map that leaves no partition for pages
        ((WIDE, position((0, 0, 0, 0x20, 0x80)), ONE, modify(1, n_up(2))), 1, ["600x400: p1@300,0"]),
        # Bit 2: overlays from the partition's origin, though they turn with the page
        (
            (
                WIDE,
                position((10, 20, 0, 0x10, 0x20), (250, 20, 90, 0x20, 0x20)),
                ONE,
                modify(1, n_up(2)),
                modify_page(7, (1, 12, 23)),
            ),
            2,
            ["600x400: o1@12,23 p1@10,20 o1@547,-218r90 p2@550,20r90"],
        ),
        # The PMC that the repeating group names, all of them with X'FF', none with an unknown one
        (
            (
                WIDE,
                position((0, 0, 0, 0x10, 0, 8), (0, 0, 0, 0x20, 0, 9), (0, 0, 0, 0x20, 0, 0xFF)),
                ONE,
                modify(1, n_up(2)),
                modify_page(7, (1, 0, 0)),
                modify_page(8, (2, 0, 0, 90)),
            ),
            3,
            ["600x400: o2@0,0r90 p1@0,0 p2@300,0 o1@300,0 o2@300,0r90 p3@300,0"],
        ),
        # Constant forms are not for explicit placement
        (
            (WIDE, position((0, 0, 0, 0x20)), map_overlays(1), ONE, modify(1, OVERLAY_1, CONSTANT, n_up(2))),
            1,
            ["600x400: o1@0,0 p1@300,0"],
        ),
        # A back partition of a simplex map is none
        (
            (WIDE, position((0, 0, 0, 0x11), (0, 0, 0, 0x20)), ONE, modify(1, n_up(2))),
            1,
            ["600x400: p1@300,0"],
        ),
    ],
)
def test_explicit_n_up(fields: tuple[bytes, ...], count: int, expected: list[str]) -> None:
    check(fields, count, expected)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ((A, copies((1, 3, 1)), modify(1)), ["400x600: p1@0,0"] * 3),
        # Each copy subgroup has modifications of its own
        (
            (
                A,
                map_overlays(1, 2),
                copies((1, 1, 1), (2, 3, 2)),
                modify(1, OVERLAY_1),
                modify(2, OVERLAY_2, OVERLAY_1),
            ),
            ["400x600: o1@0,0 p1@0,0"] + ["400x600: o2@0,0 o1@0,0 p1@0,0"] * 2,
        ),
        # A copy with constant forms of a page that the first copy shows
        (
            (A, map_overlays(1), copies((1, 1, 1), (2, 2, 2)), modify(1), modify(2, OVERLAY_1, CONSTANT)),
            ["400x600: p1@0,0", "400x600: o1@0,0"],
        ),
        # Duplex: pairs of subgroups
        (
            (
                A,
                map_overlays(1, 2),
                copies((1, 2, 1), (1, 2, 2), (3, 3, 1), (3, 3, 1)),
                modify(1, DUPLEX, OVERLAY_1),
                modify(2, DUPLEX, OVERLAY_2),
            ),
            ["400x600: o1@0,0 p1@0,0", "400x600:"] * 3,
        ),
        # A preprinted form is merged last and puts those of page modifications out of action
        (
            (
                A,
                map_overlays(1, 2),
                ONE,
                modify(1, (0xD2, 2), OVERLAY_1),
                modify_page(1, (1, 5, 5), object_type=0xDC),
            ),
            ["400x600: o1@0,0 p1@0,0 *o2@0,0"],
        ),
        # Only the first preprinted form of a page counts, and other overlays lie under its data
        (
            (A, modify_page(1, (1, 5, 5, 90), (2, 6, 6), object_type=0xDC), modify_page(2, (2, 7, 7))),
            ["400x600: o2@7,7 p1@0,0 *o1@5,5"],
        ),
    ],
)
def test_copies(fields: tuple[bytes, ...], expected: list[str]) -> None:
    check(fields, 1, expected)


def test_copies_are_limited() -> None:
    limited = form_map(medium_map("M1", A, copies((1, 200, 1), (201, 202, 1)), modify(1)))
    found, findings = converted(
        print_file((limited,), document(pages(1))), Options(layout=Layout.SHEETS, max_copies=5)
    )
    assert len(found) == 5
    assert [f.code for f in findings] == ["copies-limited"]


@pytest.mark.parametrize(
    ("suppressed_by_map", "expected"),
    [((), ["400x600: p1@0,0"]), (((0xF3, 4),), ["400x600:"]), (((0xF3, 5),), ["400x600: p1@0,0"])],
)
def test_suppression(suppressed_by_map: tuple[tuple[int, int], ...], expected: list[str]) -> None:
    form = form_map(medium_map("M1", A, ONE, modify(1, *suppressed_by_map)))
    found, _ = converted(print_file((form,), document(page(1, suppressed=4))))
    assert [shown(side) for side in found] == expected


@pytest.mark.parametrize("layout", list(Layout))
def test_text_of_overlays_is_suppressed_as_that_of_pages(layout: Layout) -> None:
    """By copy subgroup: the front of a sheet suppresses what its back shows (MMC X'F3')."""
    controls = (
        copies((1, 1, 1), (1, 1, 2)),
        modify(1, DUPLEX, OVERLAY_1, (0xF3, 4)),
        modify(2, DUPLEX, OVERLAY_1),
    )
    added = modify_page(1, (2, 5, 6))
    form = form_map(medium_map("M1", A, map_overlays(1), *controls, added))
    resources = form, overlay(1, suppressed=4), overlay(2, suppressed=4)
    found, _ = converted(print_file(resources, document(pages(1, 2))), Options(layout=layout))
    size = "400x600" if layout is Layout.SHEETS else "200x300"
    assert [shown(side) for side in found] == [f"{size}: p1@0,0", f"{size}: o1@0,0 o2@5,6 p2@0,0"]


def two_up(name: str, *extra: bytes, eject: int | None = None, x: int = 0) -> bytes:
    fields = (WIDE, position((x, 0, 0, 0), (x, 0, 0, 1)), *TWO_UP_DUPLEX, *extra)
    return medium_map(name, *fields, eject=eject)


MAPS = (
    two_up("M1"),
    two_up("NEXT", eject=2, x=7),
    two_up("FRONT", eject=3),
    two_up("BACK", eject=4),
    two_up("OTHER", map_overlays(1), eject=2),
    medium_map("BLANK", A, map_overlays(1), copies((1, 2, 1)), modify(1, OVERLAY_1, CONSTANT)),
    medium_map("PLAIN", A, eject=2),
    medium_map(
        "SORTED", *(modify(1, DUPLEX, n_up(2)), modify(2, DUPLEX, n_up(2)), FRONT_BACK), WIDE, eject=2
    ),
    medium_map("PLACED", WIDE, position((0, 0, 0, 0x20), (0, 0, 0, 0x21)), *TWO_UP_DUPLEX, eject=2),
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        # The first map of the form map controls what invokes none
        ((pages(1),), ["p1@0,0", ""]),
        # An invocation begins a new sheet,
        ((pages(1), invoke("M1"), pages(2)), ["p1@0,0", "", "p2@0,0", ""]),
        # unless its Media Eject Control says next partition,
        ((pages(1), invoke("NEXT"), pages(2, 3)), ["p1@0,0 p2@307,0", "p3@7,0"]),
        ((pages(1, 2), invoke("NEXT"), pages(3)), ["p1@0,0 p2@300,0", "p3@7,0"]),
        ((pages(1, 2, 3, 4), invoke("NEXT"), pages(5)), ["p1@0,0 p2@300,0", "p3@0,0 p4@300,0", "p5@7,0", ""]),
        # next front side,
        ((pages(1), invoke("FRONT"), pages(2)), ["p1@0,0 p2@300,0", ""]),
        ((pages(1, 2, 3), invoke("FRONT"), pages(4)), ["p1@0,0 p2@300,0", "p3@0,0", "p4@0,0", ""]),
        # or next back side
        ((pages(1), invoke("BACK"), pages(2)), ["p1@0,0", "p2@0,0"]),
        ((pages(1, 2, 3), invoke("BACK"), pages(4)), ["p1@0,0 p2@300,0", "p3@0,0 p4@300,0"]),
        ((pages(1, 2, 3, 4), invoke("BACK"), pages(5)), ["p1@0,0 p2@300,0", "p3@0,0 p4@300,0", "", "p5@0,0"]),
        # Conditions: the same medium level controls, N-up, and the same kind of placement
        ((pages(1), invoke("PLACED"), pages(2)), ["p1@0,0", "", "p2@300,0", ""]),
        (
            (pages(1), invoke("PLACED"), pages(2), invoke("PLACED"), pages(3)),
            ["p1@0,0", "", "p2@300,0", "p3@300,0"],
        ),
        ((pages(1), invoke("OTHER"), pages(2)), ["p1@0,0", "", "p2@0,0", ""]),
        # in whatever order their fields stand
        ((pages(1), invoke("SORTED"), pages(2)), ["p1@0,0 p2@300,0", ""]),
        (
            (pages(1), invoke("PLAIN"), pages(2), invoke("NEXT"), pages(3)),
            ["p1@0,0", "", "p2@0,0", "p3@7,0", ""],
        ),
        # The control of a document's first map is ignored
        ((invoke("BACK"), pages(1)), ["p1@0,0", ""]),
        # Of several invocations the last counts
        ((pages(1), invoke("M1"), invoke("NEXT"), pages(2)), ["p1@0,0 p2@307,0", ""]),
        # A map that takes no pages makes its sheets when it is invoked, also behind the last page
        (
            (pages(1), invoke("BLANK"), invoke("M1"), pages(2), invoke("BLANK")),
            ["p1@0,0", "", "o1@0,0", "o1@0,0", "p2@0,0", "", "o1@0,0", "o1@0,0"],
        ),
        (
            (pages(1), invoke("BLANK"), invoke("BACK"), pages(2)),
            ["p1@0,0", "", "o1@0,0", "o1@0,0", "p2@0,0", ""],
        ),
        # A map that is not in the form map: pages by themselves
        ((invoke("NONE"), pages(1, 2)), ["p1@0,0", "p2@0,0"]),
    ],
)
def test_invocation(content: tuple[bytes, ...], expected: list[str]) -> None:
    found, _ = converted(print_file((form_map(*MAPS), overlay(1)), document(*content)))
    assert [shown(side).partition(": ")[2] for side in found] == expected


def test_every_document_begins_a_sheet() -> None:
    documents = (document(pages(1)), document(pages(2)), document(invoke("BACK"), pages(3)))
    found, _ = converted(print_file((form_map(*MAPS),), *documents))
    expected = ["p1@0,0", "", "p2@0,0", "", "p3@0,0", ""]
    assert [shown(side).partition(": ")[2] for side in found] == expected


def test_page_after_a_map_without_room_for_pages() -> None:
    data = print_file((form_map(*MAPS), overlay(1)), document(invoke("BLANK"), pages(1)))
    found, findings = converted(data)
    assert [shown(side).partition(": ")[2] for side in found] == ["o1@0,0"] * 2 + ["o1@0,0 p1@0,0"] * 2
    assert "medium-map-takes-no-pages" in {f.code for f in findings}


def test_bookmarks_lead_to_the_first_copy() -> None:
    form = form_map(medium_map("M1", A, copies((1, 2, 1)), modify(1)))
    found, _ = converted(print_file((form,), document(begin("BNG", "G1"), pages(1, 2), begin("ENG", "G1"))))
    assert [[group.name for group in side.groups] for side in found] == [["G1"], [], [], []]


def test_page_data_is_cut_off_at_the_page_and_overlays_are_not() -> None:
    form = form_map(medium_map("M1", A, position((10, 0, 0, 0)), modify_page(1, (1, -5, 0))))
    (side,), _ = converted(print_file((form, overlay(1)), document(pages(1))))
    assert shown(side) == "400x600: o1@5,0 p1@10,0"
    (placed,) = side.items
    assert isinstance(placed, Group)
    assert [item.clip for item in placed.items if isinstance(item, Group)] == [(0, 0, 200, 300)]


def test_processes_share_sheets_and_make_the_same_file() -> None:
    """40 sheets of two sides and two copies: more than a process takes at a time."""
    form = form_map(
        medium_map(
            "M1",
            WIDE,
            copies((1, 2, 1), (1, 2, 2)),
            modify(1, DUPLEX, n_up(2), (0xE1, 1)),
            modify(2, DUPLEX, n_up(2)),
        )
    )
    data = print_file((form,), document(pages(*range(1, 160))))
    made = []
    for processes in (1, 2, 3):
        sink = io.BytesIO()
        result = convert(io.BytesIO(data), sink, Options(layout=Layout.SHEETS, processes=processes))
        made.append((result.pages, [(f.code, f.count) for f in result.findings], sink.getvalue()))
    assert made[0][:2] == (160, [("printer-control-not-applied", 40)])
    assert made[1:] == [made[0]] * 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, []),
        ({"selection": Selection.parse(groups=["ANNA"])}, ["sheet-shared"]),
        ({"selection": Selection.parse(groups=["ANNA", "BERT"])}, []),
        ({"split": "group"}, ["sheet-shared"]),
        ({"split": "document"}, []),
    ],
)
def test_a_sheet_of_two_customers_is_told_where_only_one_is_asked_for(
    options: dict[str, Any], told: list[str]
) -> None:
    content = enclosed("BNG", "ANNA", [page(1)]) + enclosed("BNG", "BERT", [page(2)])
    data = print_file((form_map(two_up("M1")),), document(content))
    result = convert(io.BytesIO(data), io.BytesIO(), Options(layout=Layout.SHEETS, **options))
    assert [(one.code, str(one.severity)) for one in result.findings] == [(code, "error") for code in told]
