"""Markers, images and character strings: orders in, items out."""

from __future__ import annotations

from typing import Any

import pytest
from graphics_drawing import FACE, WINDOW, descriptor, drawn, font, order

from afpcluster.fonts.foca.sections import sectioned_font
from afpcluster.fonts.font import FaceRun

AT_10 = order("marker_at_given_position", 100, 100, [])
MARK = order("set_marker_cell", 140, 70) + order("marker_at_given_position", 500, 500, [])
STROKE = "path 1 round mitre"

MARKERS: dict[int, str] = {
    1: f"{STROKE}: Mo56,47 Li44,53 Mo44,47 Li56,53",
    2: f"{STROKE}: Mo56,50 Li44,50 Mo50,47 Li50,53",
    3: f"{STROKE}: Mo50,47 Li56,50 Li50,53 Li44,50 Cl",
    4: f"{STROKE}: Mo56,47 Li56,53 Li44,53 Li44,47 Cl",
    5: f"{STROKE}: Mo50,47 Li50,53 Mo44.8,48.5 Li55.2,51.5 Mo44.8,51.5 Li55.2,48.5",
    6: f"{STROKE}: Mo56,50 Li44,50 Mo50,47 Li50,53 Mo56,47 Li44,53 Mo44,47 Li56,53",
    7: f"{STROKE} fill black: Mo50,47 Li56,50 Li50,53 Li44,50 Cl",
    8: f"{STROKE} fill black: Mo56,47 Li56,53 Li44,53 Li44,47 Cl",
    9: "path fill black: Mo52,50 Cu52,49.45,51.1,49,50,49 Cu48.9,49,48,49.45,48,50"
    " Cu48,50.55,48.9,51,50,51 Cu51.1,51,52,50.55,52,50 Cl",
    10: f"{STROKE}: Mo54,50 Cu54,48.9,52.21,48,50,48 Cu47.79,48,46,48.9,46,50"
    " Cu46,51.1,47.79,52,50,52 Cu52.21,52,54,51.1,54,50 Cl",
}


@pytest.mark.parametrize("symbol", MARKERS)
def test_marker_symbols(symbol: int) -> None:
    assert drawn(order("set_marker_symbol", symbol) + MARK) == ([MARKERS[symbol]], [])


CROSS_AT_10 = "path 0.6 round mitre: Mo11.8,88.2 Li8.2,91.8 Mo8.2,88.2 Li11.8,91.8"
CROSS_AT_20 = "path 0.6 round mitre: Mo21.8,78.2 Li18.2,81.8 Mo18.2,78.2 Li21.8,81.8"

MARKER_CASES: dict[str, tuple[bytes, list[str]]] = {
    "default size and symbol": (AT_10, [CROSS_AT_10]),
    "at given points": (
        order("marker_at_given_position", 100, 100, [(200, 200)]),
        [CROSS_AT_10, CROSS_AT_20],
    ),
    "at current position, which moves": (
        order("set_current_position", 100, 100)
        + order("marker_at_current_position", [(200, 200)])
        + order("line_at_current_position", [(300, 200)]),
        [CROSS_AT_10, CROSS_AT_20, "path 0.6 round round: Mo20,80 Li30,80"],
    ),
    "blank": (order("set_marker_symbol", 0x40) + MARK, []),
    "default symbol": (
        order("set_marker_symbol", 2) + order("set_marker_symbol", 0) + AT_10,
        [CROSS_AT_10],
    ),
    "zero cell is the default": (
        order("set_marker_cell", 90, 90) + order("set_marker_cell", 0, 9) + AT_10,
        [CROSS_AT_10],
    ),
    "zero cell that means zero": (
        order("set_marker_cell", 0, 0, 0x8000) + AT_10,
        [],
    ),
    "mirrored": (
        order("set_marker_cell", -42, -42) + AT_10,
        [CROSS_AT_10],
    ),
}


@pytest.mark.parametrize("name", MARKER_CASES)
def test_markers(name: str) -> None:
    orders, expected = MARKER_CASES[name]
    assert drawn(orders) == (expected, [])


@pytest.mark.parametrize("orders", [order("set_marker_symbol", 11), order("set_marker_set", 1)])
def test_markers_that_are_not_supported(orders: bytes) -> None:
    mark = AT_10
    assert drawn(orders + mark) == ([CROSS_AT_10], ["graphics-value-unsupported"])


ROWS = order("image_data", b"\x80\x01") + order("image_data", b"\x40\x02")
AT_720 = descriptor(WINDOW.__class__(0x50, 0, 0, 0, 7200, 7200, 7200, 0, 1000, 0, 1000))
IMAGE = order("begin_image_at_given_position", 100, 500, 0, 0, 16, 2)
EIMG = order("end_image", b"")

IMAGES: dict[str, tuple[bytes, list[str], list[str]]] = {
    "rows": (IMAGE + ROWS + EIMG, ["image 16x2 80014002 at 1.6,0,0,0.2,10,50"], []),
    "at current position, in colour": (
        order("set_colour", 2)
        + order("set_current_position", 200, 200)
        + order("begin_image_at_current_position", 0, 0, 12, 2)
        + ROWS
        + EIMG,
        ["image 12x2 80014002 at 1.2,0,0,0.2,20,80 rgb(1,0,0)"],
        [],
    ),
    "the position is the image's": (
        IMAGE + ROWS + EIMG + order("line_at_current_position", [(200, 500)]),
        ["image 16x2 80014002 at 1.6,0,0,0.2,10,50", "path 0.6 round round: Mo10,50 Li20,50"],
        [],
    ),
    "comments between rows": (
        IMAGE + ROWS + order("comment", b"c") + order("no_operation") + EIMG,
        ["image 16x2 80014002 at 1.6,0,0,0.2,10,50"],
        [],
    ),
    "short rows": (
        IMAGE + order("image_data", b"\x80\x01") + order("image_data", b"\x40") + EIMG,
        ["image 16x2 80014000 at 1.6,0,0,0.2,10,50"],
        ["graphics-image-rows"],
    ),
    "long rows": (
        IMAGE + order("image_data", b"\x80\x01\xff") + order("image_data", b"\x40\x02") + EIMG,
        ["image 16x2 80014002 at 1.6,0,0,0.2,10,50"],
        ["graphics-image-rows"],
    ),
    "a format that is reserved": (
        order("begin_image_at_given_position", 100, 500, 1, 0, 16, 2) + ROWS + EIMG,
        ["image 16x2 80014002 at 1.6,0,0,0.2,10,50"],
        ["graphics-order-bad"],
    ),
    "too few rows": (
        IMAGE + order("image_data", b"\x80\x01") + EIMG,
        ["image 16x1 8001 at 1.6,0,0,0.1,10,50"],
        ["graphics-image-rows"],
    ),
    "too many rows": (
        IMAGE + ROWS + ROWS + EIMG,
        ["image 16x2 80014002 at 1.6,0,0,0.2,10,50"],
        ["graphics-image-rows"],
    ),
    "not ended": (
        IMAGE + ROWS,
        ["image 16x2 80014002 at 1.6,0,0,0.2,10,50"],
        ["graphics-order-misplaced"],
    ),
    "another order inside": (
        IMAGE + ROWS + order("set_colour", 2),
        ["image 16x2 80014002 at 1.6,0,0,0.2,10,50"],
        ["graphics-order-misplaced"],
    ),
    "data without image": (ROWS + EIMG, [], ["graphics-order-misplaced", "graphics-order-misplaced"]),
    "empty": (IMAGE + EIMG, [], ["graphics-image-rows"]),
}


@pytest.mark.parametrize("name", IMAGES)
def test_images(name: str) -> None:
    orders, expected, findings = IMAGES[name]
    assert drawn(orders, AT_720) == (expected, findings)


RESOLUTIONS = [
    (0x50, 0, 7200, "0.8,0,0,0.1,10,50", []),  # 720 points per inch
    (0x50, 1, 7200, "0.31,0,0,0.04,10,50", []),  # per 10 centimetres: 1828.8 per inch
    (0x48, 0, 0, "4.8,0,0,0.5,10,50", []),  # 120 by 144 points per inch
    (0x40, 0, 7200, "2.4,0,0,0.3,10,50", ["graphics-image-resolution"]),  # 240: the device's
]


@pytest.mark.parametrize(("flags", "base", "resolution", "matrix", "findings"), RESOLUTIONS)
def test_image_resolution(flags: int, base: int, resolution: int, matrix: str, findings: list[str]) -> None:
    units = 7200 if base == 0 else round(7200 / 2.54)
    gdd = descriptor(WINDOW.__class__(flags, 0, 0, base, units, units, resolution, 0, 1000, 0, 1000))
    orders = (
        order("begin_image_at_given_position", 100, 500, 0, 0, 8, 1) + order("image_data", b"\xff") + EIMG
    )
    assert drawn(orders, gdd) == ([f"image 8x1 ff at {matrix}"], findings)


ABC = order("character_string_at_given_position", 500, 500, b"ABC")
FONTS: dict[str, Any] = {"fonts": {1: font()}}
USE_1 = order("set_character_set", 1)

STRINGS: dict[str, tuple[bytes, list[str], list[str]]] = {
    "mapped font": (USE_1 + ABC, ["glyphs b'ABC' 10,50,50"], []),
    "at current position, which stays": (
        USE_1
        + order("set_current_position", 100, 100)
        + order("character_string_at_current_position", b"A") * 2
        + order("line_at_current_position", [(200, 100)]),
        ["glyphs b'A' 10,10,90"] * 2 + ["path 0.6 round round: Mo10,90 Li20,90"],
        [],
    ),
    "an empty string only moves": (
        order("character_string_at_given_position", 100, 100, b"")
        + order("line_at_current_position", [(200, 100)]),
        ["path 0.6 round round: Mo10,90 Li20,90"],
        [],
    ),
    "colour": (USE_1 + order("set_colour", 4) + ABC, ["glyphs b'ABC' 10,50,50 rgb(0,1,0)"], []),
    "the cell does not size a mapped font": (
        USE_1 + order("set_character_cell", 99, 99) + ABC,
        ["glyphs b'ABC' 10,50,50"],
        [],
    ),
    "default font": (ABC, ["glyphs b'ABC' 10,50,50"], []),
    "default font sized by the cell": (
        order("set_character_cell", 60, 120) + ABC,
        ["glyphs b'ABC' 12,50,50"],
        [],
    ),
    "fractional cell": (
        order("set_character_cell", 60, 120, 0, 0x8000) + ABC,
        ["glyphs b'ABC' 12.05,50,50"],
        [],
    ),
    "special set": (order("set_character_set", 0xFF) + ABC, ["glyphs b'ABC' 10,50,50"], []),
    "font that is not mapped": (
        order("set_character_set", 9) + ABC,
        ["glyphs b'ABC' 10,50,50"],
        ["graphics-font-missing"],
    ),
    "angle": (USE_1 + order("set_character_angle", 0, 7) + ABC, ["glyphs b'ABC' 10,50,50 direction 270"], []),
    "default angle": (
        USE_1 + order("set_character_angle", 0, 7) + order("set_character_angle", 0, 0) + ABC,
        ["glyphs b'ABC' 10,50,50"],
        [],
    ),
    "right to left": (
        USE_1 + order("set_character_direction", 3) + ABC,
        ["glyphs b'ABC' 10,50,50 (-5,0) (-10,0) (-15,0)"],
        [],
    ),
    "top to bottom": (
        USE_1 + order("set_character_direction", 2) + ABC,
        ["glyphs b'ABC' 10,50,50 (-2.5,7) (-2.5,16) (-2.5,25)"],
        ["graphics-font-rotation"],
    ),
    "bottom to top": (
        USE_1 + order("set_character_direction", 4) + ABC,
        ["glyphs b'ABC' 10,50,50 (-2.5,-2) (-2.5,-11) (-2.5,-20)"],
        ["graphics-font-rotation"],
    ),
    "right to left, upwards": (
        USE_1 + order("set_character_angle", 0, 1) + order("set_character_direction", 3) + ABC,
        ["glyphs b'ABC' 10,50,50 direction 270 (0,5) (0,10) (0,15)"],
        [],
    ),
    "reserved direction": (
        USE_1 + order("set_character_direction", 5) + ABC,
        ["glyphs b'ABC' 10,50,50"],
        ["graphics-value-unsupported"],
    ),
}


@pytest.mark.parametrize(
    ("x", "y", "text", "clipped"),
    [
        (800, 500, b"A", False),  # 10 points high at 80, 50: nothing reaches beyond 100
        (850, 500, b"ABCD", True),  # 4 characters of 5 points from 85 on
        (500, 0, b"A", True),  # descenders
        (500, 950, b"A", True),  # ascenders
    ],
)
def test_what_text_shows_outside_of_the_window_is_cut_off(x: int, y: int, text: bytes, clipped: bool) -> None:
    """AFP GOCA "Output Control Definitions": the data within the window is always trimmed."""
    lines, _ = drawn(order("character_string_at_given_position", x, y, text))
    assert (lines[0] == "group clip 0,0,100,100") is clipped


def test_what_markers_show_outside_of_the_window_is_cut_off() -> None:
    """Markers are 4.2 points wide."""
    for x, clipped in ((21, False), (20, True), (979, False), (980, True)):
        lines, _ = drawn(order("marker_at_given_position", x, 500, []))
        assert (lines[0] == "group clip 0,0,100,100") is clipped


@pytest.mark.parametrize("name", STRINGS)
def test_character_strings(name: str) -> None:
    orders, expected, findings = STRINGS[name]
    assert drawn(orders, **FONTS) == (expected, findings)


def test_a_font_with_the_rotation_of_the_direction_places_its_characters() -> None:
    rotated = font(rotation=270, placement={0x41: (7.0, -2.5), 0x42: (7.0, -2.0)}, advances=[9.0] * 256)
    orders = USE_1 + order("set_character_direction", 2)
    expected = ["glyphs b'AB' 10,50,50 direction 90 rotation 270 (-2.5,7) (-2,16)"]
    text = order("character_string_at_given_position", 500, 500, b"AB")
    assert drawn(orders + text, fonts={1: rotated}) == (expected, [])


@pytest.mark.parametrize(
    ("rotation", "direction", "told"),
    [
        (0, 1, []),
        (0, 2, ["graphics-font-rotation"]),  # upright characters stand in cells that are a guess
        (0, 3, []),
        (0, 4, ["graphics-font-rotation"]),
        (90, 1, ["graphics-font-rotation"]),
        (270, 1, ["graphics-font-rotation"]),
        (90, 2, ["graphics-font-rotation"]),
        (270, 2, []),
        (180, 3, []),
        (90, 4, []),
    ],
)
def test_a_font_turned_otherwise_than_its_direction_is_told(
    rotation: int, direction: int, told: list[str]
) -> None:
    turned = font(rotation=rotation, placement={0x41: (0.0, 0.0)} if rotation else None)
    orders = USE_1 + order("set_character_direction", direction)
    text = order("character_string_at_given_position", 500, 500, b"A")
    assert drawn(orders + text, fonts={1: turned})[1] == told


def test_fonts_that_split_text_into_runs() -> None:
    def split(text: bytes) -> list[FaceRun]:
        return [FaceRun(FACE, text[i + 1 : i + 2], 6.0) for i in range(0, len(text), 2)]

    wide = font(code_size=2, split=split)
    text = order("character_string_at_given_position", 500, 500, b"\0A\0B")
    assert drawn(USE_1 + text, fonts={1: wide}) == (["glyphs b'A' 10,50,50", "glyphs b'B' 10,56,50"], [])
    stacked = USE_1 + order("set_character_direction", 3) + text
    assert drawn(stacked, fonts={1: wide}) == (["glyphs b'AB' 10,50,50 (-6,0) (-12,0)"], [])
    odd = order("character_string_at_given_position", 500, 500, b"\0A\0")
    assert drawn(USE_1 + odd, fonts={1: font(code_size=2)})[1] == ["graphics-text-odd"]


def test_vertical_text_in_several_fonts_has_the_places_of_each() -> None:
    """Sections of a double-byte font, of which each has metrics of its own at this rotation."""
    sections = {
        0x41: font(rotation=270, placement={0x41: (7.0, -2.5)}, advances=[9.0] * 256),
        0x42: font(rotation=270, placement={0x41: (6.0, -3.0)}, advances=[8.0] * 256, size=8.0),
    }
    wide = sectioned_font("WIDE", sections, 0x4040)
    text = order("character_string_at_given_position", 500, 500, b"AAAABABA")
    expected = [
        "glyphs b'AA' 10,50,50 direction 90 rotation 270 (-2.5,7) (-2.5,16)",
        "glyphs b'AA' 8,50,50 direction 90 rotation 270 (-3,24) (-3,32)",
    ]
    orders = USE_1 + order("set_character_direction", 2) + text
    assert drawn(orders, fonts={1: wide}) == (expected, [])


def test_characters_of_several_bytes_stay_whole() -> None:
    def split(text: bytes) -> list[FaceRun]:
        return [FaceRun(FACE, bytes((ord(character) - 0x80,)), 6.0) for character in text.decode("utf-8")]

    unicode = font(split=split, codec="utf-8")
    text = order("character_string_at_given_position", 500, 500, "ÁÂ".encode())
    stacked = USE_1 + order("set_character_direction", 3) + text
    assert drawn(stacked, fonts={1: unicode}) == (["glyphs b'AB' 10,50,50 (-6,0) (-12,0)"], [])
