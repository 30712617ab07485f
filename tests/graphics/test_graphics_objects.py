"""Whole graphics objects: descriptor, window mapping, drawing defaults, colours, segments."""

from __future__ import annotations

import pytest
from graphics_drawing import descriptor, draw_object, drawn, graphics_object, listing, order

from afpcluster.afp.goca import BeginSegment, encode_segment
from afpcluster.afp.goca_descriptor import (
    DRAWING_ORDER_SUBSET,
    SET_CURRENT_DEFAULTS,
    WindowSpecification,
    encode_parameter,
)
from afpcluster.interpret.context import ObjectArea

LINE = order("line_at_given_position", 100, 100, [(200, 100)])
LINE_AT = "Mo10,90 Li20,90"
DEFAULT = f"path 0.6 round round: {LINE_AT}"
COLOUR_CASES: dict[str, tuple[bytes, str]] = {
    "blue": (order("set_colour", 1), " rgb(0,0,1)"),
    "red": (order("set_colour", 2), " rgb(1,0,0)"),
    "magenta": (order("set_colour", 3), " rgb(1,0,1)"),
    "green": (order("set_colour", 4), " rgb(0,1,0)"),
    "cyan": (order("set_colour", 5), " rgb(0,1,1)"),
    "yellow": (order("set_colour", 6), " rgb(1,1,0)"),
    "device default": (order("set_colour", 2) + order("set_colour", 7), ""),
    "medium": (order("set_colour", 8), " gray(1)"),
    "drawing default": (order("set_colour", 2) + order("set_colour", 0), ""),
    "extended": (order("set_extended_colour", 0x000A), " rgb(1,0.5,0)"),
    "extended white": (order("set_extended_colour", 0x0007), " gray(1)"),
    "extended as set colour": (order("set_extended_colour", 0xFF02), " rgb(1,0,0)"),
    "RGB": (order("set_process_colour", bytes.fromhex("0001000000000808080033FF00")), " rgb(0.2,1,0)"),
    "CMYK": (
        order("set_process_colour", bytes.fromhex("00040000000008080808000033FF")),
        " cmyk(0,0,0.2,1)",
    ),
    "CIELab": (
        order("set_process_colour", bytes.fromhex("00080000000008080800FF7F81")),
        " lab(100,127,-127)",
    ),
    "OCA": (order("set_process_colour", bytes.fromhex("004000000000100000000004")), " rgb(0,1,0)"),
}


@pytest.mark.parametrize("name", COLOUR_CASES)
def test_colours(name: str) -> None:
    orders, colour = COLOUR_CASES[name]
    assert drawn(orders + LINE) == ([f"path 0.6 round round{colour}: {LINE_AT}"], [])


HIGHLIGHTS = {  # number, coverage and shading where they are there -> colour
    "1000000000000001": " rgb(1,0,0)",
    "1000000000000002": " rgb(0,0,1)",
    "1000000000000009": " rgb(1,0,0)",
    "10080000000000013200": " rgb(1,0.5,0.5)",
    "10000800000000013200": " rgb(0.5,0,0)",
    "1008080000000001321900": " rgb(0.75,0.25,0.25)",
}


@pytest.mark.parametrize("value", HIGHLIGHTS)
def test_highlight_colours_are_chosen_and_told(value: str) -> None:
    sizes, colour = bytes.fromhex(value)[:4], bytes.fromhex(value)[6:]
    orders = order("set_process_colour", b"\0\6\0\0\0\0" + sizes + colour)
    told = (f"path 0.6 round round{HIGHLIGHTS[value]}: {LINE_AT}"), ["colour-chosen"]
    assert drawn(orders + LINE) == ([told[0]], told[1])


def test_the_default_highlight_colour_is_the_devices() -> None:
    half = order("set_process_colour", bytes.fromhex("0006000000001008000000003200"))
    assert drawn(half + LINE) == ([f"path 0.6 round round gray(0.5): {LINE_AT}"], [])


VALUE, BAD = "graphics-value-unsupported", "graphics-order-bad"
BAD_COLOURS = {
    "reserved": (order("set_extended_colour", 0x0011), VALUE),
    "space": (order("set_process_colour", bytes.fromhex("00070000000008080800FFFFFF")), VALUE),
    "value missing": (order("set_process_colour", bytes.fromhex("00010000000008080800FF")), VALUE),
    "too short": (order("set_process_colour", b"\0\1"), BAD),
}


@pytest.mark.parametrize("name", BAD_COLOURS)
def test_colours_that_cannot_be_read(name: str) -> None:
    orders, code = BAD_COLOURS[name]
    assert drawn(orders + LINE) == ([DEFAULT], [code])


def set_defaults(set_: int, mask: int, data: bytes, flags: int = 0x8F) -> bytes:
    return encode_parameter(SET_CURRENT_DEFAULTS, bytes((set_, mask >> 8, mask & 0xFF, flags)) + data)


DEFAULTS: dict[str, tuple[bytes, bytes, list[str]]] = {
    "colour": (
        set_defaults(0, 0xB000, b"\x00\x02\x02\x05"),
        order("set_colour", 1) + order("set_colour", 0) + LINE,
        [f"path 0.6 round round rgb(1,0,0): {LINE_AT}"],
    ),
    "lines": (
        set_defaults(1, 0xF000, b"\x02\x02\x01\x03"),
        LINE,
        [f"path 1.2 butt mitre dashes 3.6,3.6: {LINE_AT}"],
    ),
    "some line attributes, and back to them": (
        set_defaults(1, 0x5000, b"\x02\x03"),
        order("set_line_width", 9)
        + order("set_line_join", 1)
        + order("set_line_width", 0)
        + order("set_line_join", 0)
        + LINE,
        [f"path 1.2 round mitre: {LINE_AT}"],
    ),
    "standard defaults": (set_defaults(1, 0xF000, b"", 0x0F), LINE, [DEFAULT]),
    "normal line width": (
        set_defaults(0x11, 0x8000, b"\x00\x3c") + set_defaults(1, 0x4000, b"\x02"),
        LINE,
        [f"path 6 round round: {LINE_AT}"],
    ),
    "characters": (
        set_defaults(2, 0xFC00, bytes.fromhex("00000001 003C0078 03 02 09 00010001")),
        order("character_string_at_given_position", 500, 500, b"A"),
        ["glyphs b'A' 12,50,50 direction 270 (0,5)"],
    ),
    "markers": (
        set_defaults(3, 0x5900, bytes.fromhex("002A002A 02 00 02")),
        order("marker_at_given_position", 100, 100, []),
        ["path 0.6 round mitre: Mo11.8,90 Li8.2,90 Mo10,88.2 Li10,91.8"],
    ),
    "pattern: horizontal lines": (
        set_defaults(4, 0x0910, bytes.fromhex("00 0A 00000000")),
        order("set_pattern_symbol", 0)
        + order("begin_area", 0x80)
        + order("box_at_given_position", 0, 0, 0, 10, 10)
        + order("end_area", b""),
        [
            "path tile 4.8,4.8 at 0,0 even-odd: Mo0,100 Li1,100 Li1,99 Li0,99 Cl",
            "  rectangle 0,0,4.8,0.6",
            "  rectangle 0,2.4,4.8,0.6",
        ],
    ),
    "arc parameters, two of them": (
        set_defaults(0x0B, 0xC000, bytes.fromhex("00640064")),
        order("partial_arc_at_given_position", 600, 500, 500, 500, 0x0100, 0, 90 << 16),
        ["path 0.6 round round: Mo60,50 Li60,50 Cu60,44.48,55.52,40,50,40"],
    ),
    "standard defaults after others": (
        set_defaults(0, 0xB000, b"\x00\x02\x02\x05")
        + set_defaults(1, 0xF000, b"\x02\x03\x01\x01")
        + set_defaults(4, 0x0910, bytes.fromhex("00 0A 00090009"))
        + set_defaults(0x0B, 0xF000, bytes.fromhex("0064006400640064"))
        + set_defaults(0x11, 0x8000, b"\x00\x3c")
        + set_defaults(0, 0xB000, b"", 0x0F)
        + set_defaults(1, 0xF000, b"", 0x0F)
        + set_defaults(4, 0x0910, b"", 0x0F)
        + set_defaults(0x0B, 0xF000, b"", 0x0F)
        + set_defaults(0x11, 0x8000, b"", 0x0F),
        LINE
        + order("begin_area", 0x80)
        + order("box_at_given_position", 0, 100, 100, 200, 200)
        + order("end_area", b"")
        + order("full_arc_at_given_position", 500, 500, 0x0A00),
        [
            DEFAULT,
            "rectangle 10,80,10,10",
            "path 0.6 round round: Mo51,50 Cu51,49.45,50.55,49,50,49 Cu49.45,49,49,49.45,49,50"
            " Cu49,50.55,49.45,51,50,51 Cu50.55,51,51,50.55,51,50 Cl",
        ],
    ),
    "standard colour after a process colour": (
        set_defaults(0x10, 0xE000, bytes.fromhex("0205 0001000000000808080000FF00"))
        + set_defaults(0x10, 0xE000, b"", 0x0F),
        LINE,
        [DEFAULT],
    ),
    "a named process colour of 0": (
        set_defaults(0, 0x8000, b"\x00\x02"),
        order("set_colour", 1)
        + order("set_process_colour", bytes.fromhex("004000000000100000000000"))
        + LINE,
        [f"path 0.6 round round rgb(1,0,0): {LINE_AT}"],
    ),
    "process colour": (
        set_defaults(0x10, 0xE000, bytes.fromhex("0205 0001000000000808080000FF00")),
        LINE,
        [f"path 0.6 round round rgb(0,1,0): {LINE_AT}"],
    ),
}


@pytest.mark.parametrize("name", DEFAULTS)
def test_drawing_defaults(name: str) -> None:
    parameters, orders, expected = DEFAULTS[name]
    assert drawn(orders, descriptor(more=parameters))[0] == expected


@pytest.mark.parametrize("pattern", ["00 00", "00 10"])
def test_default_symbol_of_the_descriptor_is_solid_fill(pattern: str) -> None:
    """X'00', the drawing default, is the standard default there."""
    box = order("box_at_given_position", 0, 0, 0, 10, 10)
    gdd = descriptor(more=set_defaults(4, 0x0900, bytes.fromhex(pattern)))
    orders = order("set_pattern_symbol", 0) + order("begin_area", 0x80) + box + order("end_area", b"")
    assert drawn(orders, gdd) == (["rectangle 0,99,1,1"], [])


BAD_DEFAULTS = {
    "reserved item": set_defaults(1, 0x0800, b"\x02"),
    "reserved set": set_defaults(5, 0x8000, b"\x02"),
    "data missing": set_defaults(1, 0xF000, b"\x00\x01"),
    "too short": encode_parameter(SET_CURRENT_DEFAULTS, b"\0"),
}


@pytest.mark.parametrize("name", BAD_DEFAULTS)
def test_drawing_defaults_that_are_broken(name: str) -> None:
    assert drawn(LINE, descriptor(more=BAD_DEFAULTS[name])) == ([DEFAULT], ["graphics-defaults-bad"])


def window(left: int, right: int, bottom: int, top: int, base: int = 0, units: int = 7200) -> bytes:
    return descriptor(WindowSpecification(0x40, 0, 0, base, units, units, 0, left, right, bottom, top))


DIAGONAL = order("line_at_given_position", 10, 10, [(90, 190)])

MAPPINGS: dict[str, tuple[bytes, ObjectArea, list[str]]] = {
    "scale to fit, the default": (
        window(0, 100, 0, 200),
        ObjectArea(100, 40),
        ["path 1.2 round round: Mo42,38 Li58,2"],
    ),
    "scale to fit": (
        window(0, 100, 0, 200),
        ObjectArea(100, 40, 0x20),
        ["path 1.2 round round: Mo42,38 Li58,2"],
    ),
    "scale to fill": (
        window(0, 100, 0, 200),
        ObjectArea(90, 40, 0x60),
        ["path 2.55 round round: Mo9,38 Li81,2"],
    ),
    "position and trim": (
        window(0, 100, 0, 200),
        ObjectArea(100, 40, 0x10, content_x=3, content_y=5),
        ["path 0.6 round round: Mo4,24 Li12,6"],
    ),
    "position": (window(0, 100, 0, 200), ObjectArea(100, 40, 0x00), ["path 0.6 round round: Mo1,19 Li9,1"]),
    "centre and trim": (
        window(0, 100, 0, 200),
        ObjectArea(100, 40, 0x30, content_x=3),
        ["path 0.6 round round: Mo46,29 Li54,11"],
    ),
    "a window that does not begin at 0": (
        window(-100, 100, -200, 200),
        ObjectArea(20, 40, 0x10),
        ["path 0.6 round round: Mo11,19 Li19,1"],
    ),
    "10 centimetres": (
        window(0, 100, 0, 200, 1, 1000),
        ObjectArea(100, 100, 0x10),
        ["path 0.6 round round: Mo2.83,53.86 Li25.51,2.83"],
    ),
    "no area size": (window(0, 100, 0, 200), ObjectArea(0, 0), ["path 0.6 round round: Mo1,19 Li9,1"]),
    "trimmed by the area": (
        window(0, 100, 0, 200),
        ObjectArea(100, 15, 0x10),
        ["group clip 0,0,10,15", "  path 0.6 round round: Mo1,19 Li9,1"],
    ),
    "trimmed by the window": (
        window(0, 80, 0, 200),
        ObjectArea(100, 40, 0x10),
        ["group clip 0,0,8,20", "  path 0.6 round round: Mo1,19 Li9,1"],
    ),
    "half a line outside": (
        window(0, 100, 0, 190),
        ObjectArea(100, 40, 0x10),
        ["group clip 0,0,10,19", "  path 0.6 round round: Mo1,18 Li9,0"],
    ),
    "outside of the area": (window(0, 100, 0, 200), ObjectArea(100, 40, 0x10, content_x=200), []),
}


@pytest.mark.parametrize("name", MAPPINGS)
def test_mappings(name: str) -> None:
    gdd, area, expected = MAPPINGS[name]
    assert drawn(DIAGONAL, gdd, area=area) == (expected, [])


def test_markers_are_scaled_with_the_picture() -> None:
    """By 9 in x and 2 in y: 37.8 by 8.4 points, lines from 3/7 of the cell to 3/7."""
    orders = order("set_marker_symbol", 2) + order("marker_at_given_position", 50, 100, [])
    lines, _ = drawn(orders, window(0, 100, 0, 200), area=ObjectArea(90, 40, 0x60))
    assert lines == ["path 1.2 round mitre: Mo61.2,20 Li28.8,20 Mo45,16.4 Li45,23.6"]


def test_a_fill_up_to_the_edge_needs_no_clip() -> None:
    box = order("box_at_given_position", 0, 0, 0, 1000, 1000)
    orders = order("begin_area", 0x80) + box + order("end_area", b"")
    assert drawn(orders) == (["rectangle 0,0,100,100"], [])


@pytest.mark.parametrize(
    "gdd", [b"", window(9, 9, 0, 9), window(0, 9, 9, 0), encode_parameter(0xF6, b"\x40")]
)
def test_windows_that_are_broken(gdd: bytes) -> None:
    orders = order("line_at_given_position", 200, 200, [(400, 200)])
    assert drawn(orders, gdd) == (["path 0.6 round round: Mo10,90 Li20,90"], ["graphics-window-bad"])


def test_the_drawing_order_subset_is_ignored() -> None:
    subset = encode_parameter(DRAWING_ORDER_SUBSET, bytes.fromhex("B0000002000100"))
    assert drawn(LINE, descriptor(more=subset)) == ([DEFAULT], [])


def begin(flags: int, length: int) -> bytes:
    return b"\x70\x0c" + BeginSegment(b"SEG1", 0, flags, length).encode()


NEW, UNCHAINED, PROLOG, APPEND = 0x00, 0x80, 0x10, 0x06
UNKNOWN = "graphics-order-unknown"
RED, ON = order("set_colour", 2), order("line_at_current_position", [(300, 100)])
RED_LINE = f"path 0.6 round round rgb(1,0,0): {LINE_AT}"

SEGMENTS: dict[str, tuple[list[bytes], list[str], list[str]]] = {
    "a new segment has defaults and position (0, 0)": (
        [encode_segment(RED + LINE) + encode_segment(order("line_at_current_position", [(100, 10)]))],
        ["group clip 0,0,100,100", f"  {RED_LINE}", "  path 0.6 round round: Mo0,100 Li10,99"],
        [],
    ),
    "an appended segment goes on": (
        [begin(NEW, len(RED + LINE)) + RED + LINE + begin(APPEND, len(ON)) + ON],
        [f"{RED_LINE} Li30,90"],
        [],
    ),
    "an order that goes on in an appended segment": (
        [begin(NEW, 5) + LINE[:5] + begin(APPEND, len(LINE) - 5) + LINE[5:]],
        [DEFAULT],
        [],
    ),
    "an appended segment may be the first": ([begin(APPEND, len(LINE)) + LINE], [DEFAULT], []),
    "unchained segments are ignored": (
        [encode_segment(RED + LINE, chained=False) + encode_segment(LINE)],
        [DEFAULT],
        [],
    ),
    "what is appended to an unchained segment is ignored": (
        [begin(NEW, len(LINE)) + LINE + begin(UNCHAINED, len(RED)) + RED + begin(APPEND, len(ON)) + ON],
        [DEFAULT],
        [],
    ),
    "a segment neither new nor appended is new": (
        [begin(NEW, len(RED)) + RED + begin(0x02, len(LINE)) + LINE],
        [DEFAULT],
        ["graphics-segment-bad"],
    ),
    "a prolog": (
        [begin(PROLOG, len(RED + b"\x3e\0" + LINE)) + RED + b"\x3e\0" + LINE],
        [RED_LINE],
        [],
    ),
    "data that spans records anywhere": (
        [encode_segment(RED + LINE)[i : i + 3] for i in range(0, 40, 3)],
        [RED_LINE],
        [],
    ),
    "patterns end with their segment": (
        [
            encode_segment(order("begin_custom_pattern", 0, 0, 1, 1, 0, 9, 0, 9) + b"\x5e\0"),
            encode_segment(
                order("set_pattern_set", 1)
                + order("set_pattern_symbol", 1)
                + order("begin_area", 0x80)
                + order("box_at_given_position", 0, 0, 0, 10, 10)
                + order("end_area", b"")
            ),
        ],
        ["rectangle 0,99,1,1"],
        ["graphics-pattern"],
    ),
    "orders without a segment": ([LINE], [DEFAULT], ["graphics-segment-bad"]),
    "a segment that says too little": ([begin(NEW, 3) + RED + LINE], [RED_LINE], ["graphics-segment-bad"]),
    "a segment that says too much": ([begin(NEW, 99) + LINE], [DEFAULT], ["graphics-segment-bad"]),
    "padding and End Segment between segments": (
        [encode_segment(RED + LINE) + b"\x71\0\0\0" + encode_segment(LINE)],
        [RED_LINE, DEFAULT],
        [],
    ),
    "no data": ([], [], []),
    "a cut order": ([encode_segment(LINE + RED[:1])], [DEFAULT], ["graphics-order-truncated"]),
    "an unknown order": ([encode_segment(b"\xff\x02ab\x48\x01" + LINE)], [DEFAULT], [UNKNOWN] * 2),
    "an unknown extended order": (
        [encode_segment(b"\xfe\x01\0\x02ab" + LINE)],
        [DEFAULT],
        [UNKNOWN],
    ),
    "an order with too few operands": ([encode_segment(b"\x21\x02\0\0" + LINE)], [DEFAULT], [BAD]),
    "an order with too many operands": (
        [encode_segment(b"\x21\x06\x00\x64\x00\x64\0\0" + order("line_at_current_position", [(200, 100)]))],
        [DEFAULT],
        ["graphics-order-long"],
    ),
    "half a point": ([encode_segment(b"\xc1\x06\0\0\0\0\0\0" + LINE)], [DEFAULT], [BAD]),
    "Bézier points left over": (
        [encode_segment(order("cubic_bezier_curve_at_given_position", 9, 9, [(9, 9)]) + LINE)],
        [DEFAULT],
        [BAD],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SEGMENTS)
def test_segments(name: str) -> None:
    data, expected, findings = SEGMENTS[name]
    items, found = draw_object(graphics_object(data))
    assert (listing(items), [finding.code for finding in found]) == (expected, findings)


def test_findings_say_where() -> None:
    good = encode_segment(LINE)
    _, found = draw_object(graphics_object([good, encode_segment(b"\xff\0")]))
    (finding,) = found
    assert (finding.field, finding.offset) == ("GAD", 100 + len(good) + 9)
    assert finding.spec == "AFP GOCA Summary List of Orders"
