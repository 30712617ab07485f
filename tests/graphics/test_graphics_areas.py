"""Areas, patterns and gradients: orders in, filled paths out."""

from __future__ import annotations

from itertools import pairwise

import pytest
from graphics_drawing import draw_object, drawn, graphics_object, order

from afpcluster.afp.goca import encode_segment
from afpcluster.display.colour import BLACK
from afpcluster.display.items import ClipPath, Path, Rectangle, TilePattern
from afpcluster.interpret.graphics import areas, patterns
from afpcluster.interpret.graphics.patterns import default_pattern

DEFAULT = "path 0.6 round round"
FILL, OUTLINED, WINDING = 0x80, 0xC0, 0xA0
END = order("end_area", b"")
TRIANGLE = order("line_at_given_position", 100, 100, [(300, 100), (100, 300)])
BOX = order("box_at_given_position", 0x2000, 100, 100, 300, 200)
BOX_OUTLINE = "Mo10,90 Li30,90 Li30,80 Li10,80 Cl"
BLACK_TO_WHITE = bytes.fromhex("0D0001000000000808080000 0000FFFFFF")
"""The colours of a gradient; its outside values follow."""


def area(flags: int, orders: bytes) -> bytes:
    return order("begin_area", flags) + orders + END


CASES: dict[str, tuple[bytes, list[str]]] = {
    "figures are closed": (area(FILL, TRIANGLE), ["path fill black even-odd: Mo10,90 Li30,90 Li10,70 Cl"]),
    "nonzero winding": (area(WINDING, TRIANGLE), ["path fill black: Mo10,90 Li30,90 Li10,70 Cl"]),
    "the line that closes a figure is not drawn": (
        area(OUTLINED, TRIANGLE),
        [
            "path fill black even-odd: Mo10,90 Li30,90 Li10,70 Cl",
            f"{DEFAULT}: Mo10,90 Li30,90 Li10,70",
        ],
    ),
    "a boundary that ends at its start is joined": (
        area(OUTLINED, TRIANGLE + order("line_at_current_position", [(100, 100)])),
        [
            "path fill black even-odd: Mo10,90 Li30,90 Li10,70 Li10,90 Cl",
            f"{DEFAULT}: Mo10,90 Li30,90 Li10,70 Li10,90 Cl",
        ],
    ),
    "a box is a rectangle": (area(FILL, BOX), ["rectangle 10,80,20,10"]),
    "a box with boundary": (
        area(OUTLINED, BOX),
        ["rectangle 10,80,20,10", f"path 0.6 round mitre: {BOX_OUTLINE}"],
    ),
    "lines that make a box are a rectangle": (
        area(FILL, order("line_at_given_position", 0, 0, [(0, 100), (100, 100), (100, 0), (0, 0)])),
        ["rectangle 0,90,10,10"],
    ),
    "several figures": (
        area(FILL, TRIANGLE + BOX),
        [f"path fill black even-odd: Mo10,90 Li30,90 Li10,70 Cl {BOX_OUTLINE}"],
    ),
    "an arc at the current position inside of a figure": (
        area(
            FILL,
            TRIANGLE + order("full_arc_at_current_position", 0) + order("line_at_current_position", [(0, 0)]),
        ),
        ["path fill black even-odd: Mo10,90 Li30,90 Li10,70 Li0,100 Cl"],
    ),
    "the first figure begins at the current position": (
        order("set_current_position", 100, 100)
        + area(FILL, order("line_at_current_position", [(300, 100), (100, 300)])),
        ["path fill black even-odd: Mo10,90 Li30,90 Li10,70 Cl"],
    ),
    "the position after an area is the start of its last figure": (
        area(FILL, TRIANGLE) + order("line_at_current_position", [(9, 9)]),
        ["path fill black even-odd: Mo10,90 Li30,90 Li10,70 Cl", f"{DEFAULT}: Mo10,90 Li0.9,99.1"],
    ),
    "the fill has the colour of Begin Area, the boundary its own": (
        order("set_colour", 2) + area(OUTLINED, order("set_colour", 1) + BOX),
        ["rectangle 10,80,20,10 rgb(1,0,0)", f"path 0.6 round mitre rgb(0,0,1): {BOX_OUTLINE}"],
    ),
    "no fill": (order("set_pattern_symbol", 0x0F) + area(FILL, BOX), []),
    "blank is no fill": (order("set_pattern_symbol", 0x40) + area(FILL, BOX), []),
    "solid fill": (order("set_pattern_symbol", 0x10) + area(FILL, BOX), ["rectangle 10,80,20,10"]),
    "default symbol": (
        order("set_pattern_symbol", 0x0F) + order("set_pattern_symbol", 0) + area(FILL, BOX),
        ["rectangle 10,80,20,10"],
    ),
    "horizontal lines": (
        order("set_pattern_symbol", 0x0A) + area(FILL, BOX),
        [
            f"path tile 4.8,4.8 at 0,0 even-odd: {BOX_OUTLINE}",
            "  rectangle 0,0,4.8,0.6",
            "  rectangle 0,2.4,4.8,0.6",
        ],
    ),
    "an empty area": (area(OUTLINED, b""), []),
    "a figure without an interior is not filled": (
        area(FILL, order("line_at_given_position", 100, 100, [(300, 200), (200, 150)])),
        [],
    ),
    "a box without height is not filled": (
        area(FILL, order("box_at_given_position", 0, 100, 100, 300, 100)),
        [],
    ),
    "the boundary of a figure without an interior is drawn": (
        area(OUTLINED, order("line_at_given_position", 100, 100, [(300, 100)])),
        ["path 0.6 round round: Mo10,90 Li30,90"],
    ),
    "other figures of the area are filled": (
        area(FILL, order("line_at_given_position", 100, 100, [(300, 100)]) + BOX),
        ["rectangle 10,80,20,10"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_areas(name: str) -> None:
    orders, expected = CASES[name]
    assert drawn(orders) == (expected, [])


def test_dotted_patterns_grow_lighter() -> None:
    dots = []
    for symbol in range(1, 9):
        tile = default_pattern(symbol, BLACK)
        assert isinstance(tile, TilePattern)
        dots.append(round(sum(item.width for item in tile.cell.items if isinstance(item, Rectangle)) / 0.6))
    assert dots == [40, 32, 24, 16, 12, 8, 4, 2]


CUSTOM = order("begin_custom_pattern", 0, 0x80, 7, 1, 0, 40, 0, 20)
BILEVEL = order("begin_custom_pattern", 0, 0x00, 7, 1, 0, 40, 0, 20)
USE = order("set_pattern_set", 7) + order("set_pattern_symbol", 1)
RED_LINE = order("set_colour", 2) + order("line_at_given_position", 0, 0, [(40, 20)])
GECP = order("end_custom_pattern", 0)

CUSTOM_CASES: dict[str, tuple[bytes, list[str]]] = {
    "full colour": (
        CUSTOM + RED_LINE + GECP + USE + area(FILL, BOX),
        [
            f"path tile 4,2 at 0,100 even-odd: {BOX_OUTLINE}",
            "  path 0.6 round round rgb(1,0,0): Mo0,2 Li4,0",
        ],
    ),
    "bilevel: coloured by its use": (
        BILEVEL + RED_LINE + GECP + USE + order("set_colour", 1) + area(FILL, BOX),
        [
            f"path tile 4,2 at 0,100 even-odd: {BOX_OUTLINE}",
            "  path 0.6 round round rgb(0,0,1): Mo0,2 Li4,0",
        ],
    ),
    "bilevel: text takes the colour too": (
        BILEVEL
        + order("character_string_at_given_position", 0, 0, b"A")
        + GECP
        + USE
        + order("set_colour", 1)
        + area(FILL, BOX),
        [
            f"path tile 4,2 at 0,100 even-odd: {BOX_OUTLINE}",
            "  glyphs b'A' 10,0,2 rgb(0,0,1)",
        ],
    ),
    "reference point": (
        CUSTOM + GECP + USE + order("set_pattern_reference_point", 0, 0, 50, 70) + area(FILL, BOX),
        [f"path tile 4,2 at 5,93 even-odd: {BOX_OUTLINE}"],
    ),
    "reference point: the default": (
        CUSTOM + GECP + USE + order("set_pattern_reference_point", 0x80, 0, 50, 70) + area(FILL, BOX),
        [f"path tile 4,2 at 0,100 even-odd: {BOX_OUTLINE}"],
    ),
    "a definition leaves attributes and position alone": (
        order("set_colour", 1)
        + order("set_current_position", 500, 500)
        + CUSTOM
        + RED_LINE
        + GECP
        + order("line_at_current_position", [(600, 500)]),
        ["path 0.6 round round rgb(0,0,1): Mo50,50 Li60,50"],
    ),
    "an image in a pattern has one point to the GPS unit": (
        CUSTOM
        + order("begin_image_at_given_position", 0, 20, 0, 0, 8, 1)
        + order("image_data", b"\xf0")
        + order("end_image", b"")
        + GECP
        + USE
        + area(FILL, BOX),
        [f"path tile 4,2 at 0,100 even-odd: {BOX_OUTLINE}", "  image 8x1 f0 at 0.8,0,0,0.1,0,0"],
    ),
    "a pattern of the default set inside of a bilevel one": (
        BILEVEL
        + order("set_pattern_symbol", 0x0A)
        + area(FILL, order("box_at_given_position", 0x2000, 0, 0, 40, 20))
        + GECP
        + USE
        + order("set_colour", 4)
        + area(FILL, BOX),
        [
            f"path tile 4,2 at 0,100 even-odd: {BOX_OUTLINE}",
            "  path tile 4.8,4.8 at 0,0 even-odd: Mo0,2 Li4,2 Li4,0 Li0,0 Cl",
            "    rectangle 0,0,4.8,0.6 rgb(0,1,0)",
            "    rectangle 0,2.4,4.8,0.6 rgb(0,1,0)",
        ],
    ),
}


@pytest.mark.parametrize("name", CUSTOM_CASES)
def test_custom_patterns(name: str) -> None:
    orders, expected = CUSTOM_CASES[name]
    assert drawn(orders) == (expected, [])


OTHER = order("begin_custom_pattern", 0, 0x80, 8, 8, 0, 9, 0, 9)
SOLID = ["rectangle 10,80,20,10"]
MISPLACED, VALUE, BAD = "graphics-order-misplaced", "graphics-value-unsupported", "graphics-order-bad"

PROBLEMS: dict[str, tuple[bytes, list[str], list[str]]] = {
    "End Area without Begin Area": (END, [], [MISPLACED]),
    "an area that is not ended": (order("begin_area", FILL) + BOX, SOLID, [MISPLACED]),
    "areas in areas": (
        order("begin_area", FILL) + BOX + area(FILL, BOX),
        SOLID + SOLID,
        ["graphics-area-nested"],
    ),
    "a marker in an area is drawn on top": (
        area(FILL, order("set_marker_symbol", 8) + BOX + order("marker_at_current_position", [])),
        [*SOLID, "path 0.6 round mitre fill black: Mo11.8,88.2 Li11.8,91.8 Li8.2,91.8 Li8.2,88.2 Cl"],
        [MISPLACED, MISPLACED],
    ),
    "a pattern in an area ends the area": (
        order("begin_area", FILL) + BOX + CUSTOM + GECP + END,
        SOLID,
        [MISPLACED, MISPLACED],
    ),
    "unknown symbol": (order("set_pattern_symbol", 0x11) + area(FILL, BOX), SOLID, ["graphics-pattern"]),
    "unknown set, default symbol": (
        order("set_pattern_set", 0xFE) + order("set_pattern_symbol", 0) + area(FILL, BOX),
        SOLID,
        ["graphics-pattern"],
    ),
    "unknown set": (order("set_pattern_set", 0xFE) + area(FILL, BOX), SOLID, ["graphics-pattern"]),
    "undefined pattern": (USE + area(FILL, BOX), SOLID, ["graphics-pattern"]),
    "deleted pattern": (
        CUSTOM + GECP + order("delete_pattern", 0, 7, 1) + USE + area(FILL, BOX),
        SOLID,
        ["graphics-pattern"],
    ),
    "deleted set": (
        CUSTOM + GECP + order("delete_pattern", 0, 7) + USE + area(FILL, BOX),
        SOLID,
        ["graphics-pattern"],
    ),
    "another symbol deleted": (
        CUSTOM + GECP + order("delete_pattern", 0, 7, 2) + USE + area(FILL, BOX),
        [f"path tile 4,2 at 0,100 even-odd: {BOX_OUTLINE}"],
        [BAD],
    ),
    "the default set cannot be deleted": (order("delete_pattern", 0, 0) + area(FILL, BOX), SOLID, [BAD]),
    "nothing to delete in a set": (order("delete_pattern", 0, 9) + area(FILL, BOX), SOLID, []),
    "no pattern is deleted in a pattern": (
        CUSTOM + GECP + OTHER + order("delete_pattern", 0, 7) + GECP + USE + area(FILL, BOX),
        [f"path tile 4,2 at 0,100 even-odd: {BOX_OUTLINE}"],
        [BAD],
    ),
    "a pattern that is not ended before the next": (
        CUSTOM + OTHER + GECP + USE + area(FILL, BOX),
        [f"path tile 4,2 at 0,100 even-odd: {BOX_OUTLINE}"],
        [MISPLACED],
    ),
    "a pattern without size that is not ended before the next": (
        order("begin_custom_pattern", 0, 0, 7, 1, 9, 9, 0, 9) + OTHER + BOX + GECP,
        [],
        [MISPLACED, BAD],
    ),
    "End Custom Pattern alone": (GECP, [], [MISPLACED]),
    "a pattern that is not ended": (CUSTOM + RED_LINE, [], [MISPLACED]),
    "a pattern without size": (order("begin_custom_pattern", 0, 0, 7, 1, 9, 9, 0, 9) + GECP, [], [BAD]),
    "a pattern of the default set": (order("begin_custom_pattern", 0, 0, 0, 1, 0, 9, 0, 9) + GECP, [], [BAD]),
    "a pattern twice": (CUSTOM + GECP + CUSTOM + GECP, [], [BAD]),
    "a pattern in a pattern": (
        CUSTOM + RED_LINE + GECP
        + order("begin_custom_pattern", 0, 0x80, 8, 8, 0, 9, 0, 9) + USE + area(FILL, BOX) + GECP
        + order("set_pattern_set", 8) + order("set_pattern_symbol", 8) + area(FILL, BOX),
        [f"path tile 0.9,0.9 at 0,100 even-odd: {BOX_OUTLINE}", "  rectangle 10,-19.1,20,10"],
        ["graphics-pattern"],
    ),
    "a gradient in a pattern": (
        CUSTOM + order("linear_gradient", 0, 7, 2, 0, 0, 9, 0, BLACK_TO_WHITE) + GECP,
        [],
        [BAD],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROBLEMS)
def test_problems_with_areas(name: str) -> None:
    orders, expected, findings = PROBLEMS[name]
    assert drawn(orders) == (expected, findings)


def gradient(outside: tuple[int, int], stops: bytes = b"") -> bytes:
    colours = BLACK_TO_WHITE + bytes(outside) + stops
    return order("linear_gradient", 0, 7, 1, 100, 0, 300, 0, colours)


def levels(orders: bytes) -> list[tuple[float, float]]:
    """Left edge and red component of every band."""
    items, findings = draw_object(graphics_object([encode_segment(orders + USE + area(FILL, BOX))]))
    assert not list(findings)
    if not items:
        return []
    (clip,) = items
    assert isinstance(clip, ClipPath)
    bands = [item for item in clip.items if isinstance(item, Path)]
    return [(round(band.segments[0][0], 2), round(band.fill.components[0], 2)) for band in bands]  # type: ignore


def test_linear_gradient_runs_from_start_to_end() -> None:
    found = levels(gradient((0, 0)))
    assert len(found) == 64
    assert found[0] == (10.0, 0.01)
    assert found[32] == (20.0, 0.51)
    assert found[63] == (29.69, 0.99)


def test_gradient_stops() -> None:
    stops = bytes.fromhex("1388FFFFFF 1388000000 2710FFFFFF")
    found = levels(gradient((0, 0), stops))
    assert [found[i][1] for i in (0, 31, 32, 63)] == [0.02, 0.98, 0.02, 0.98]


@pytest.mark.parametrize(
    ("outside", "first", "last"),
    [
        ((0, 0), (13.0, 0.01), (15.95, 0.99)),  # none
        ((1, 1), (10.0, 0.0), (16.0, 1.0)),  # pad
        ((2, 2), (10.0, 0.01), (29.97, 0.66)),  # repeat
        ((3, 3), (10.0, 0.99), (29.97, 0.34)),  # reflect
    ],
)
def test_outside_of_a_gradient(
    outside: tuple[int, int], first: tuple[float, float], last: tuple[float, float]
) -> None:
    colours = BLACK_TO_WHITE + bytes(outside)
    found = levels(order("linear_gradient", 0, 7, 1, 130, 0, 160, 0, colours))
    assert (found[0], found[-1]) == (first, last)


@pytest.mark.parametrize(
    ("x", "first", "last"),
    [
        # From 100 to 300, in units of 0.1 point: up to 32 units in front and behind one by one
        (200, (10.0, 0.5), (23.3, 0.5)),
        (0, (3.3, 0.5), (3.3, 0.5)),
    ],
)
@pytest.mark.parametrize("outside", [b"\2\2", b"\3\3"])
def test_gradient_repeated_very_often_shows_its_mean(
    x: int, first: tuple[float, float], last: tuple[float, float], outside: bytes
) -> None:
    found = levels(order("linear_gradient", 0, 7, 1, x, 0, x + 1, 0, BLACK_TO_WHITE + outside))
    assert (found[0], found[-1]) == (first, last)


def test_gradient_of_no_length_fills_nothing() -> None:
    colours = BLACK_TO_WHITE + b"\1\1"
    assert levels(order("linear_gradient", 0, 7, 1, 100, 0, 100, 0, colours)) == []


def test_radial_gradient_between_points_fills_nothing() -> None:
    colours = BLACK_TO_WHITE + b"\1\1"
    assert levels(order("radial_gradient", 0, 7, 1, 100, 100, 0, 200, 100, 0, colours)) == []


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        (b"\4\0", b"\0\0"),  # EC-DC04: an outside value that is reserved is None
        (b"\0\xff", b"\0\0"),
        # EC-DC05: a colour stop out of range, then one out of order
        (b"\0\0" + bytes.fromhex("2711FFFFFF"), b"\0\0"),
        (b"\0\0" + bytes.fromhex("1388FFFFFF 1387000000"), b"\0\0" + bytes.fromhex("1388FFFFFF")),
        (b"\0\0" + bytes.fromhex("1388FFFF"), b"\0\0"),
    ],
)
def test_bad_parts_of_gradients_are_left_out(bad: bytes, good: bytes) -> None:
    def fill(more: bytes) -> tuple[list[str], list[str]]:
        colours = BLACK_TO_WHITE + more
        return drawn(order("linear_gradient", 0, 7, 1, 100, 0, 300, 0, colours) + USE + area(FILL, BOX))

    assert fill(bad) == (fill(good)[0], ["graphics-gradient"])


def test_radial_gradient_paints_rings_inwards() -> None:
    colours = BLACK_TO_WHITE + b"\0\0"
    gradient = order("radial_gradient", 0, 7, 1, 200, 150, 0, 200, 150, 0x6400, colours)
    found = levels(gradient)
    assert len(found) == 64
    assert found[0] == (30.0, 0.99)  # the outermost ring begins at its rightmost point
    assert found[-1] == (20.16, 0.01)


def test_radial_gradient_between_arcs_apart_wanders() -> None:
    colours = BLACK_TO_WHITE + b"\0\0"
    found = levels(order("radial_gradient", 0, 7, 1, 150, 150, 0x0A00, 250, 150, 0x0A00, colours))
    assert [found[0], found[-1]] == [(16.0, 0.01), (25.84, 0.99)]


GRADIENT_PROBLEMS = {
    "no colours": b"",
    "colour length": b"\x0f" + BLACK_TO_WHITE[1:] + b"\0\0",
    "OCA colours": bytes.fromhex("0C0040000000001000000000 010002 0000"),
    "truncated": BLACK_TO_WHITE[:-2],
    "stops": BLACK_TO_WHITE + b"\0\0" + bytes.fromhex("1388000000") * 256,
}


@pytest.mark.parametrize("name", GRADIENT_PROBLEMS)
def test_bad_gradients_are_skipped(name: str) -> None:
    orders = order("linear_gradient", 0, 7, 1, 0, 0, 9, 9, GRADIENT_PROBLEMS[name]) + USE + area(FILL, BOX)
    assert drawn(orders) == (SOLID, [BAD, "graphics-pattern"])


def test_gradients_beyond_the_limit_are_one_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(areas, "GRADIENT_BAND_LIMIT", 100)
    lines, found = drawn(gradient((0, 0)) + USE + area(FILL, BOX) * 3)
    assert lines[-1] == f"path fill rgb(0,0,0) even-odd: {BOX_OUTLINE}"
    assert [line.startswith("clip") for line in lines if not line.startswith(" ")] == [True, True, False]
    assert found == ["graphics-limit"]


def test_padded_arcs_that_wander_leave_no_gaps() -> None:
    """Full arcs of 5 points whose centres go on by 45 points: their edges are not scalloped."""
    arcs = order("radial_gradient", 0, 7, 1, 250, 500, 0x3200, 700, 500, 0x3200, BLACK_TO_WHITE + b"\1\1")
    edges = [left for left, _ in levels(arcs) if -10 < left < 110]
    assert max(after - before for before, after in pairwise(edges)) < 2


def test_patterns_in_too_many_colours_are_solid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "RECOLOUR_LIMIT", 2)
    uses = b"".join(order("set_colour", colour) + area(FILL, BOX) for colour in (1, 2, 1, 3))
    lines, found = drawn(BILEVEL + RED_LINE + GECP + USE + uses)
    kinds = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert (kinds, found) == (["path", "path", "path", "rectangle"], ["graphics-limit"])
