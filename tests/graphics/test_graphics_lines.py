"""Line primitives: orders in, paths out."""

from __future__ import annotations

import pytest
from graphics_drawing import draw_object, drawn, graphics_object, order

from afpcluster.afp.goca import encode_segment
from afpcluster.display.items import Path

DEFAULT = "path 0.6 round round"
ANGLE = 65536  # of a partial arc: one degree

GO = order("set_current_position", 500, 500)

CASES: dict[str, tuple[bytes, list[str]]] = {
    "line": (
        order("line_at_given_position", 100, 200, [(300, 200), (300, 400)]),
        [f"{DEFAULT}: Mo10,80 Li30,80 Li30,60"],
    ),
    "line with a start only moves": (
        order("line_at_given_position", 100, 200, []) + order("line_at_current_position", [(200, 200)]),
        [f"{DEFAULT}: Mo10,80 Li20,80"],
    ),
    "lines at current position go on": (
        GO
        + order("line_at_current_position", [(600, 500)])
        + order("line_at_current_position", [(600, 600)]),
        [f"{DEFAULT}: Mo50,50 Li60,50 Li60,40"],
    ),
    "a move begins a subpath": (
        order("line_at_given_position", 1, 1, [(100, 1)])
        + order("line_at_given_position", 1, 50, [(100, 50)]),
        [f"{DEFAULT}: Mo0.1,99.9 Li10,99.9 Mo0.1,95 Li10,95"],
    ),
    "a line attribute begins a path": (
        order("line_at_given_position", 1, 1, [(100, 1)])
        + order("set_line_width", 2)
        + order("line_at_current_position", [(100, 100)]),
        [f"{DEFAULT}: Mo0.1,99.9 Li10,99.9", "path 1.2 round round: Mo10,99.9 Li10,90"],
    ),
    "relative line": (
        order("relative_line_at_given_position", 500, 500, [(100, 0), (-128, 127)]),
        [f"{DEFAULT}: Mo50,50 Li60,50 Li47.2,37.3"],
    ),
    "relative line at current position": (
        GO + order("relative_line_at_current_position", [(10, 0), (0, 10)]),
        [f"{DEFAULT}: Mo50,50 Li51,50 Li51,49"],
    ),
    "Bézier curves, two of them": (
        order(
            "cubic_bezier_curve_at_given_position",
            100,
            100,
            [(100, 200), (200, 200), (200, 100), (200, 50), (300, 50), (300, 100)],
        ),
        [f"{DEFAULT}: Mo10,90 Cu10,80,20,80,20,90 Cu20,95,30,95,30,90"],
    ),
    "Bézier curve at current position": (
        GO + order("cubic_bezier_curve_at_current_position", [(500, 600), (600, 600), (600, 500)]),
        [f"{DEFAULT}: Mo50,50 Cu50,40,60,40,60,50"],
    ),
    "fillet of two points is a line": (
        order("fillet_at_given_position", 100, 100, [(200, 100)]),
        [f"{DEFAULT}: Mo10,90 Li20,90"],
    ),
    "fillet of three points is a quarter ellipse": (
        order("fillet_at_given_position", 100, 100, [(200, 100), (200, 200)]),
        [f"{DEFAULT}: Mo10,90 Cu15.52,90,20,85.52,20,80"],
    ),
    "fillet of four points is tangential in the middle": (
        GO + order("fillet_at_current_position", [(600, 500), (600, 700), (700, 700)]),
        [f"{DEFAULT}: Mo50,50 Cu55.52,50,60,45.52,60,40 Cu60,34.48,64.48,30,70,30"],
    ),
    "full arc: a circle": (
        order("set_arc_parameters", 100, 100, 0, 0) + order("full_arc_at_given_position", 500, 500, 0x0100),
        [
            f"{DEFAULT}: Mo60,50 Cu60,44.48,55.52,40,50,40 Cu44.48,40,40,44.48,40,50"
            " Cu40,55.52,44.48,60,50,60 Cu55.52,60,60,55.52,60,50 Cl"
        ],
    ),
    "full arc: an ellipse, clockwise, with a fraction": (
        GO + order("set_arc_parameters", 0, 0, 20, 40) + order("full_arc_at_current_position", 0x0280),
        [
            f"{DEFAULT}: Mo50,40 Cu52.76,40,55,44.48,55,50 Cu55,55.52,52.76,60,50,60"
            " Cu47.24,60,45,55.52,45,50 Cu45,44.48,47.24,40,50,40 Cl"
        ],
    ),
    "partial arc: a line to its start, then a quarter": (
        order("set_arc_parameters", 100, 100, 0, 0)
        + order("partial_arc_at_given_position", 500, 500, 500, 500, 0x0100, 0, 90 * ANGLE),
        [f"{DEFAULT}: Mo50,50 Li60,50 Cu60,44.48,55.52,40,50,40"],
    ),
    "partial arc that begins at the current position": (
        order("set_arc_parameters", 100, 100, 0, 0)
        + order("line_at_given_position", 900, 500, [(600, 500)])
        + order("partial_arc_at_current_position", 500, 500, 0x0100, 360 * ANGLE, 90 * ANGLE),
        [f"{DEFAULT}: Mo90,50 Li60,50 Cu60,44.48,55.52,40,50,40"],
    ),
    "partial arc of a whole turn is no arc": (
        GO + order("partial_arc_at_current_position", 500, 600, 0x6400, 0, 360 * ANGLE),
        [f"{DEFAULT}: Mo50,50 Li60,40"],
    ),
    "the position behind a partial arc is its end": (
        order("set_arc_parameters", 100, 100, 0, 0)
        + order("partial_arc_at_given_position", 600, 500, 500, 500, 0x0100, 0, 90 * ANGLE)
        + order("line_at_current_position", [(500, 700)]),
        [f"{DEFAULT}: Mo60,50 Li60,50 Cu60,44.48,55.52,40,50,40 Li50,30"],
    ),
    "box: corners are not joined, the position is its first corner": (
        order("box_at_given_position", 0x2000, 100, 100, 300, 200)
        + order("line_at_current_position", [(100, 500)]),
        ["path 0.6 round mitre: Mo10,90 Li30,90 Li30,80 Li10,80 Cl", f"{DEFAULT}: Mo10,90 Li10,50"],
    ),
    "box at current position, clockwise": (
        GO + order("box_at_current_position", 0x2000, 600, 400),
        ["path 0.6 round mitre: Mo50,50 Li60,50 Li60,60 Li50,60 Cl"],
    ),
    "box with round corners": (
        order("box_at_given_position", 0x2000, 100, 100, 500, 300, 200),
        [
            "path 0.6 round mitre: Mo10,80 Cu10,85.52,14.48,90,20,90 Li40,90 Cu45.52,90,50,85.52,50,80"
            " Li50,80 Cu50,74.48,45.52,70,40,70 Li20,70 Cu14.48,70,10,74.48,10,80 Cl"
        ],
    ),
    "box with corners larger than itself": (
        order("box_at_given_position", 0x2000, 100, 100, 200, 200, 900, 900),
        [
            "path 0.6 round mitre: Mo10,85 Cu10,87.76,12.24,90,15,90 Li15,90 Cu17.76,90,20,87.76,20,85"
            " Li20,85 Cu20,82.24,17.76,80,15,80 Li15,80 Cu12.24,80,10,82.24,10,85 Cl"
        ],
    ),
    "a corner without height is square": (
        order("box_at_given_position", 0x2000, 100, 100, 200, 200, 50, 0),
        ["path 0.6 round mitre: Mo10,90 Li20,90 Li20,80 Li10,80 Cl"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_lines(name: str) -> None:
    orders, expected = CASES[name]
    assert drawn(orders) == (expected, [])


ATTRIBUTES: dict[str, tuple[bytes, str]] = {
    "fractional line width": (order("set_fractional_line_width", 0x0280), "path 1.5 round round"),
    "a line is at most 0.13 inch wide": (order("set_line_width", 255), "path 9.36 round round"),
    "width of 0 is the default": (order("set_line_width", 9) + order("set_line_width", 0), DEFAULT),
    "flat end": (order("set_line_end", 1), "path 0.6 butt round"),
    "square end": (order("set_line_end", 2), "path 0.6 square round"),
    "round end": (order("set_line_end", 3), DEFAULT),
    "bevel join": (order("set_line_join", 1), "path 0.6 round bevel"),
    "mitre join": (order("set_line_join", 3), "path 0.6 round mitre"),
    "dotted": (order("set_line_type", 1), f"{DEFAULT} dashes 0,1.2"),
    "short-dashed": (order("set_line_type", 2), f"{DEFAULT} dashes 1.8,1.8"),
    "dash-dot": (order("set_line_type", 3), f"{DEFAULT} dashes 3.6,2.4,0,2.4"),
    "double-dotted": (order("set_line_type", 4), f"{DEFAULT} dashes 0,1.8,0,4.2"),
    "long-dashed": (order("set_line_type", 5), f"{DEFAULT} dashes 4.8,1.8"),
    "dash-double-dot": (order("set_line_type", 6), f"{DEFAULT} dashes 3.6,1.8,0,1.8,0,1.8"),
    "solid": (order("set_line_type", 7), DEFAULT),
    "custom": (order("set_custom_line_type", [(0x0500, 0x0280)]), f"{DEFAULT} dashes 3,1.5"),
    "custom without lengths is solid": (order("set_custom_line_type", [(0, 0), (0, 0)]), DEFAULT),
    "dashes grow with the width": (
        order("set_line_width", 2) + order("set_line_type", 2),
        "path 1.2 round round dashes 3.6,3.6",
    ),
    "mixes that are supported": (order("set_mix", 2) + order("set_background_mix", 5), DEFAULT),
    "orders without effect": (
        order("no_operation")
        + order("comment", b"\xc0\xc1")
        + order("segment_characteristics", b"\0")
        + order("set_character_shear", 1, 1)
        + order("set_character_precision", 1)
        + order("set_marker_precision", 1)
        + order("set_pick_identifier", b"\0\0\0\1")
        + order("end_prolog", 0)
        + order("end_segment", b""),
        DEFAULT,
    ),
}


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_line_attributes(name: str) -> None:
    orders, stroke = ATTRIBUTES[name]
    move = order("line_at_given_position", 100, 100, [(200, 100)])
    assert drawn(orders + move) == ([f"{stroke}: Mo10,90 Li20,90"], [])


def test_invisible_lines_move_the_position() -> None:
    orders = (
        order("set_line_type", 8)
        + order("line_at_given_position", 100, 100, [(200, 100)])
        + order("set_line_type", 0)
        + order("line_at_current_position", [(300, 100)])
    )
    assert drawn(orders) == ([f"{DEFAULT}: Mo20,90 Li30,90"], [])


AFTER_10_POINTS = order("set_line_type", 2) + order("line_at_given_position", 100, 100, [(200, 100)])
ON = order("line_at_current_position", [(300, 100)])


@pytest.mark.parametrize(
    ("orders", "phases"),
    [
        # Dashes and moves of 1.8 points: 10 points are two pairs and 2.8 points
        (order("set_colour", 2) + ON, [0.0, 2.8]),
        (order("set_line_end", 1) + ON + order("set_line_end", 2) + ON, [0.0, 2.8, 2.0]),
        (order("set_line_type", 2) + ON, [0.0, 2.8]),
        # 10 points are 16 2/3 line widths, of which 4 2/3 in a third pair
        (order("set_line_width", 2) + ON, [0.0, 5.6]),
        # Move Type orders, other line types
        (order("set_colour", 2) + order("set_current_position", 300, 300) + ON, [0.0, 0.0]),
        (
            order("set_colour", 2) + ON + order("line_at_given_position", 500, 500, [(509, 509)]),
            [0.0, 2.8, 0.0],
        ),
        (order("set_line_type", 5) + ON, [0.0, 0.0]),
        (order("set_line_type", 7) + ON, [0.0, 0.0]),
        # A quarter circle of 10 points' radius is 15.7 points long: four pairs and 1.3 points
        (
            order("set_current_position", 600, 500)
            + order("partial_arc_at_current_position", 500, 500, 0x6400, 0, 90 * ANGLE)
            + order("set_colour", 2)
            + ON,
            [0.0, 1.3],
        ),
    ],
)
def test_dashes_go_on_until_a_move(orders: bytes, phases: list[float]) -> None:
    """AFP GOCA "Line Type": the sequence is not reset, except by a Move Type order."""
    items, _ = draw_object(graphics_object([encode_segment(AFTER_10_POINTS + orders)]))
    strokes = [item.stroke for item in items if isinstance(item, Path)]
    assert [round(stroke.dash_phase, 1) for stroke in strokes if stroke] == phases


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        # EC-E302: -270 degrees are 90
        (
            order("partial_arc_at_given_position", 600, 500, 500, 500, 0x6400, 0, -270 * ANGLE),
            order("partial_arc_at_given_position", 600, 500, 500, 500, 0x6400, 0, 90 * ANGLE),
        ),
        # EC-C001: more than 32,767
        (
            order("box_at_given_position", 0x2000, 100, 100, 200, 200, 50, 0x8000),
            order("box_at_given_position", 0x2000, 100, 100, 200, 200),
        ),
    ],
)
def test_operands_out_of_range(orders: bytes, expected: bytes) -> None:
    assert drawn(orders) == (drawn(expected)[0], ["graphics-order-bad"])


UNSUPPORTED = {
    "line type": order("set_line_type", 9),
    "line end": order("set_line_end", 4),
    "line join": order("set_line_join", 4),
    "mix": order("set_mix", 1),
    "background mix": order("set_background_mix", 2),
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_reserved_values_are_standard_defaults(name: str) -> None:
    move = order("line_at_given_position", 100, 100, [(200, 100)])
    expected = ([f"{DEFAULT}: Mo10,90 Li20,90"], ["graphics-value-unsupported"])
    assert drawn(UNSUPPORTED[name] + move) == expected
