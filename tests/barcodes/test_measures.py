"""Sizes, places, colours and text of bar codes, from the descriptor's fields."""

from __future__ import annotations

from typing import Any

import pytest
from bar_code_objects import bars, draw, draw_fields, ebcdic, extent, flat, text, texts

from afpcluster.afp.bcoca import BarCodeSymbolData, BarCodeSymbolDescriptor
from afpcluster.display.colour import BLACK, Colour, rgb
from afpcluster.display.face import FontProgram, OutlineFace, ProgramKind
from afpcluster.display.items import GlyphRun, Path, Rectangle
from afpcluster.fonts.font import FaceRun, Font
from afpcluster.interpret.context import ObjectArea

HRI_NONE, HRI_BELOW, HRI_ABOVE, ASTERISKS, NO_SYMBOL, NO_BLANKS = 0x80, 0x20, 0x40, 0x10, 0x04, 0x02

WIDTHS = [
    # type, modifier, data, descriptor fields, width and height in mils
    # Code 39: a character is 6 narrow and 3 wide elements, 1 module between characters; start and stop too.
    (0x01, 1, "AFP", {}, 13 * (5 * 13.5 + 4), 250),
    (0x01, 1, "AFP", {"module_width": 20}, 20 * (5 * 13.5 + 4), 250),
    (0x01, 1, "AFP", {"wide_to_narrow": 2}, 13 * (5 * 12 + 4), 250),
    (0x01, 1, "AFP", {"wide_to_narrow": 225}, 13 * (5 * 12.75 + 4), 250),
    (0x01, 1, "AFP", {"wide_to_narrow": 21000}, 13 * (5 * 12.3 + 4), 250),
    (0x01, 1, "AFP", {"wide_to_narrow": 30}, 13 * (5 * 15 + 4), 250),
    (0x01, 1, "A" * 20, {}, 13 * (22 * 13.5 + 21), 0.15 * 13 * (22 * 13.5 + 21)),
    (0x01, 1, "AFP", {"element_height": 720}, 929.5, 500),
    (0x01, 1, "AFP", {"element_height": 720, "height_multiplier": 3}, 929.5, 1500),
    (0x01, 1, "AFP", {"height_multiplier": 3}, 929.5, 250),
    (0x01, 1, "AFP", {"symbol_width": 2880}, 2000, 300),
    (0x01, 1, "AFP", {"x_units": 2400, "element_height": 240, "symbol_width": 240}, 1000, 1000),
    (0x01, 1, "AFP", {"unit_base": 1, "x_units": 1000, "element_height": 254}, 929.5, 1000),
    # MSI: 4 bits of 3 modules a digit, start 3, stop 4 (ratio 2).
    (0x02, 1, "123", {}, 13 * (36 + 3 + 4), 300),
    # Interleaved: 2 digits are 10 elements, 4 of them wide; start 4, stop 2 narrow and a wide one.
    (0x0C, 1, "1234", {}, 13 * (2 * 16 + 4 + 4.5), 250),
    (0x0D, 1, "A1B", {}, 13 * (3 * 7 + 2 + 1.5 * 8), 250),
    (0x11, 2, "abcd", {}, 13 * 11 * 7 + 26, 250),
    (0x21, 0, "AFP", {}, 13 * (9 * 7 + 1), 250),
    # EAN: 95 modules and a supplement of 20 or 47, 9 apart.
    (0x03, 0, "71234567890", {"element_height": 1440}, 13 * 95, 1000 - 4.33 * 13),
    (0x03, 0, "71234567890", {"symbol_width": 1368}, 950, 1020 - 4.33 * 10),
    (0x05, 0, "1200000345", {"module_width": 20}, 20 * 51, 1020 - 4.33 * 20),
    (0x08, 0, "4012345", {}, 13 * 67, 840 - 4.33 * 13),
    (0x16, 1, "40123456789042", {}, 13 * (95 + 9 + 20), 1020 - 4.33 * 13),
    (0x16, 1, "40123456789042", {"symbol_width": 1440}, 1000, None),
    (0x16, 0, "42", {}, 13 * 20, 840),
    (0x07, 0, "12345", {"element_height": 1440}, 13 * 47, 1000),
    # Fixed sizes (BCOCA Table 12): any module width but the default asks for the small one.
    (0x18, 0, "12345", {}, 1429, 125),
    (0x18, 0, "12345", {"module_width": 10, "element_height": 9999}, 1307, 115),
    (0x18, 1, "123456789", {}, 2338, 125),
    (0x18, 1, "123456789", {"module_width": 10}, 2140, 115),
    (0x18, 4, "12345678901", {}, 2793, 125),
    (0x18, 4, "12345678901", {"module_width": 10}, 2557, 115),
    (0x1A, 0, "ABCDEFG", {}, 38.61 / 0.0254, 5.03 / 0.0254),
    (0x1A, 0, "ABCDEFG", {"module_width": 10}, 35.31 / 0.0254, 4.22 / 0.0254),
    (0x1A, 1, "ABCDEFGH", {}, 36.30 / 0.0254, 5.03 / 0.0254),
    (0x1A, 1, "ABCDEFGH", {"module_width": 10}, 33.19 / 0.0254, 4.22 / 0.0254),
    (0x1A, 1, "ABCDEFGH", {"symbol_width": 2000}, 33.19 / 0.0254, 4.22 / 0.0254),
    (0x1A, 1, "ABCDEFGH", {"symbol_width": 2160, "module_width": 10}, 36.30 / 0.0254, 5.03 / 0.0254),
    (0x1F, 1, "39987520", {"module_width": 10}, 37.0 / 0.0254, 4.2 / 0.0254),
    (0x1F, 2, "39987520", {"module_width": 10}, 52.2 / 0.0254, 4.2 / 0.0254),
    (0x1F, 5, "39987520", {"module_width": 10}, 67.5 / 0.0254, 4.2 / 0.0254),
    (0x1F, 5, "39987520", {}, 72.15 / 0.0254, 5.0 / 0.0254),
    (0x22, 0, "01234567094987654321", {}, 2950, 145),
    (0x22, 0, "01234567094987654321", {"module_width": 10}, 2680, 125),
    (0x25, 0, "1100000000000XY11     ", {}, 79.08 / 0.0254, 5.1 / 0.0254),
    (0x25, 1, "11000000000000000XY11     ", {"module_width": 10}, 82.55 / 0.0254, 4.22 / 0.0254),
    # Japan: 67 bars, 2 modules apart, 6 modules high.
    (0x1B, 0, "1234567", {}, 24 * 133, 144),
    (0x1B, 0, "1234567", {"module_width": 20}, 20 * 133, 120),
    (0x24, 0, "24012345678905", {}, None, 330),
    (0x24, 0, "24012345678905", {"element_height": 1440}, None, 1000),
    (0x24, 1, "24012345678905", {}, None, 130),
    (0x24, 2, "24012345678905", {"element_height": 1440}, 500, 130),
    (0x24, 3, "24012345678905", {"element_height": 1440, "module_width": 20}, 1000, 2060),
    (0x24, 4, "14012345678908", {"module_width": 20}, None, 200),
    (0x24, 0x12, "10ABC", {"element_height": 1440}, 530, 2 * 340 + 30),
]


@pytest.mark.parametrize(("type_", "modifier", "data", "fields", "width", "height"), WIDTHS)
def test_size(
    type_: int, modifier: int, data: str, fields: dict[str, Any], width: float | None, height: float | None
) -> None:
    squares = type_ == 0x21  # drawn as text for people: not to be measured
    drawn = draw(type_, modifier, ebcdic(data), HRI_NONE if squares else 0, **fields)
    left, top, found_width, found_height = extent(drawn)
    if width is not None:
        # Fixed sizes are targets; a percent is less than the bar code's own tolerance.
        assert (left, found_width) == (0, pytest.approx(width, rel=0.01 if type_ in (0x22, 0x25) else 0.005))
    if height is not None:
        assert (top, found_height) == (0, pytest.approx(height, rel=0.005))
    assert drawn.findings == []


def test_guard_bars_and_digits() -> None:
    drawn = draw(0x09, 0, ebcdic("401234567890"), module_width=10, element_height=1440)
    heights = {round(x / 10): height for x, _, _, height in bars(drawn)}
    guards = [x for x, height in heights.items() if height > 920]
    assert guards == [0, 2, 46, 48, 92, 94]
    assert {round(height, 1) for height in heights.values()} == {906.7, 956.7}
    baselines = {baseline for _, _, baseline in texts(drawn)}
    assert baselines == {round(0.072 * (1000 - 9), 2)}
    xs = [x / 0.72 for _, x, _ in texts(drawn)]
    assert xs[0] < 0
    assert all(3 <= x < 46 for x in xs[1:7])
    assert all(50 <= x < 92 for x in xs[7:])


def test_guard_bars_without_digits() -> None:
    drawn = draw(0x09, 0, ebcdic("401234567890"), HRI_NONE, element_height=1440)
    assert ({height for _, _, _, height in bars(drawn)}, text(drawn)) == ({1000}, "")


def test_too_low_for_digits() -> None:
    """The whole height is that of the bars then, as BCOCA's note on element height allows."""
    drawn = draw(0x09, 0, ebcdic("401234567890"), element_height=144)
    assert {height for _, _, _, height in bars(drawn)} == {100}
    assert {baseline > 7.2 for _, _, baseline in texts(drawn)} == {True}


def test_bearer_bars() -> None:
    """Two modules thick; around (X'03') they leave ten modules of quiet zone, which the width includes."""
    around = draw(0x0C, 3, ebcdic("123"), module_width=10, wide_to_narrow=3, element_height=1440)
    width = 10 * (2 * 18 + 4 + 5)
    assert extent(around) == (-120, -20, width + 240, 1040)
    assert (-120, 0, 20, 1000) in bars(around)
    assert (-120, -20, width + 240, 20) in bars(around)
    assert text(around) == "1236"
    above = draw(0x0C, 4, ebcdic("123"), module_width=10, wide_to_narrow=3, element_height=1440)
    assert extent(above) == (0, -20, width, 1040)
    wanted = draw(0x0C, 3, ebcdic("123"), symbol_width=2880, wide_to_narrow=3)
    assert extent(wanted)[2] == pytest.approx(2000, abs=0.2)
    assert wanted.findings == []


HRI = [
    # type, modifier, data, flags, text, above (None: no text)
    (0x01, 1, "AFP", 0, "AFP", False),
    (0x01, 1, "AFP", HRI_BELOW, "AFP", False),
    (0x01, 1, "AFP", HRI_ABOVE, "AFP", True),
    (0x01, 1, "AFP", ASTERISKS, "*AFP*", False),
    (0x01, 1, "AFP", HRI_NONE, "", None),
    (0x21, 0, "AFP", ASTERISKS, "AFP", False),
    (0x24, 0, "24012345678905", HRI_ABOVE, "(01)24012345678905", False),
    (0x1F, 1, "39987520", 0, "1139987520", True),
    (0x1F, 1, "39987520", HRI_BELOW, "1139987520", False),
    (0x22, 0, "01234567094987654321", HRI_ABOVE, "01 234 567094 987654321", True),
    (0x16, 0, "42", HRI_BELOW, "42", True),
    (0x18, 0, "12345", HRI_BELOW, "", None),
    (0x1A, 0, "12345", HRI_BELOW, "", None),
    (0x1B, 0, "1234567", HRI_BELOW, "", None),
    (0x25, 0, "1100000000000XY11     ", HRI_BELOW, "", None),
]


@pytest.mark.parametrize(("type_", "modifier", "data", "flags", "shown", "above"), HRI)
def test_hri(type_: int, modifier: int, data: str, flags: int, shown: str, above: bool | None) -> None:
    drawn = draw(type_, modifier, ebcdic(data), flags)
    assert text(drawn) == shown
    found = {baseline < 0 for _, _, baseline in texts(drawn)}
    assert found == ({above} if above is not None else set())


def test_hri_is_centred_a_module_below() -> None:
    drawn = draw(0x01, 1, ebcdic("AFP"), module_width=20, element_height=1440)
    ((_, x, baseline),) = texts(drawn)
    (run,) = [item for item, _ in flat(drawn.items) if isinstance(item, GlyphRun)]
    width = 3 * 0.6 * run.size  # Courier
    assert x + width / 2 == pytest.approx(20 * 71.5 * 0.072 / 2, abs=0.1)
    assert 72 + 20 * 0.072 < baseline < 72 + 20 * 0.072 + run.size


def test_hri_fits_the_symbol() -> None:
    drawn = draw(0x11, 2, ebcdic("12345678901234567890"), module_width=7)
    (run,) = [item for item, _ in flat(drawn.items) if isinstance(item, GlyphRun)]
    assert run.size * 0.6 * 20 == pytest.approx(extent(drawn)[2] * 0.072, rel=0.01)


def test_code_93_squares() -> None:
    """Start, stop and the shift character are squares, the rest is text between them."""
    drawn = draw(0x21, 0, ebcdic("AdBC"))
    squares = [item for item, _ in flat(drawn.items) if isinstance(item, Path)]
    assert [square.fill is not None for square in squares] == [False, True, False]
    assert text(drawn) == "ABC"


def test_suppressed_symbol() -> None:
    """The offsets are those of the first character then."""
    drawn = draw(0x01, 1, ebcdic("AFP"), NO_SYMBOL | HRI_BELOW)
    assert (bars(drawn), texts(drawn)) == ([], [("AFP", 0, 0)])
    for nothing in (
        draw(0x01, 1, ebcdic("AFP"), NO_SYMBOL | HRI_NONE),
        draw(0x18, 0, ebcdic("12345"), NO_SYMBOL),
    ):
        assert nothing.items == []


@pytest.mark.parametrize(
    ("type_", "modifier", "data", "same_type", "same_modifier", "same_data"),
    [
        (0x09, 0, "42  ", 0x16, 0, "42"),
        (0x09, 0, "4012345     ", 0x08, 0, "4012345"),
        (0x08, 0, "40123456789042   ", 0x16, 1, "40123456789042"),
        (0x03, 0, "1200000345 ", 0x05, 0, "1200000345"),
        (0x03, 0, "0712345678954321 ", 0x07, 1, "0712345678954321"),
        (0x18, 2, "12345      ", 0x18, 0, "12345"),
        (0x18, 4, "12345678901 ", 0x18, 4, "12345678901"),
        (0x18, 0, "12345678901 ", 0x18, 2, "12345678901"),
        (0x18, 0, "1234567 ", 0x18, 3, "1234567"),
        (0x22, 3, "01234567094987654321           ", 0x22, 0, "01234567094987654321"),
        (0x01, 1, "AFP  ", 0x01, 1, "AFP"),
    ],
)
def test_trailing_blanks(
    type_: int, modifier: int, data: str, same_type: int, same_modifier: int, same_data: str
) -> None:
    found = draw(type_, modifier, ebcdic(data), NO_BLANKS)
    assert (found.findings, bars(found)) == ([], bars(draw(same_type, same_modifier, ebcdic(same_data))))


def triplet(space: int, sizes: tuple[int, ...], colour: bytes) -> bytes:
    body = bytes((0, space, 0, 0, 0, 0, *sizes)) + colour
    return bytes((len(body) + 2, 0x4E)) + body


@pytest.mark.parametrize(
    ("fields", "expected", "findings"),
    [
        ({}, BLACK, []),
        ({"colour": 0xFFFF}, BLACK, []),
        ({"colour": 0x0002}, rgb(1, 0, 0), []),
        ({"colour": 0xFF01}, rgb(0, 0, 1), []),
        ({"colour": 0x0002, "triplets": triplet(1, (8, 8, 8, 0), b"\0\xff\0")}, rgb(0, 1, 0), []),
        ({"colour": 0x0042}, BLACK, ["bar-code-ec-0500"]),
    ],
)
def test_colour(fields: dict[str, Any], expected: Colour, findings: list[str]) -> None:
    drawn = draw(0x01, 1, ebcdic("AFP"), colour=fields.pop("colour", 0xFFFF), **fields)
    colours = {item.colour for item, _ in flat(drawn.items) if isinstance(item, Rectangle | GlyphRun)}
    assert (colours, drawn.findings) == ({expected}, findings)


def mapped_font(**changes: Any) -> Font:
    """A font of 20 points whose code X'01' is an A."""
    face = OutlineFace("f", FontProgram("f", ProgramKind.STANDARD, "Helvetica"), 1, {}, {}, {1: "A"}, 500)
    return Font(
        **({"name": "F", "face": face, "size": 20.0, "code_size": 1, "advances": [10.0] * 256} | changes)
    )


def test_mapped_font() -> None:
    drawn = draw(0x01, 1, ebcdic("AB"), font_local_id=5, fonts={5: mapped_font()})
    (run,) = [item for item, _ in flat(drawn.items) if isinstance(item, GlyphRun)]
    assert (run.size, run.codes, run.arrangement.text) == (20, b"\x01\xc2", "AB")


BELOW_BARS = [
    # type, modifier, data, the lowest bar above the text, in points from the symbol's origin
    (0x01, 1, "AB", 18.0),
    (0x11, 2, "AB", 18.0),
    (0x22, 0, "01234567094987654321", 10.44),
    (0x03, 0, "01234567890", (1020 - 9.33 * 13) * 0.072),
    (0x08, 0, "1234567", (840 - 9.33 * 13) * 0.072),
]


@pytest.mark.parametrize("size", [6.0, 12.0, 40.0])
@pytest.mark.parametrize(("type_", "modifier", "data", "bottom"), BELOW_BARS)
def test_text_in_a_mapped_font_keeps_clear_of_the_bars(
    type_: int, modifier: int, data: str, bottom: float, size: float
) -> None:
    """However large the font (capitals of Helvetica take 0.718 of it); and on one line."""
    fonts = {5: mapped_font(size=size)}
    drawn = draw(type_, modifier, ebcdic(data), HRI_BELOW, font_local_id=5, fonts=fonts)
    (baseline,) = {y for _, _, y in texts(drawn)}
    assert bottom < baseline - 0.718 * size


@pytest.mark.parametrize(
    ("type_", "data", "advance", "findings"),
    [
        (0x09, "401234567890", 6.5, []),  # digits are 7 modules of 13 mils apart
        (0x09, "401234567890", 6.6, ["bar-code-ec-0400"]),
        (0x06, "42", 8.4, []),  # of a supplement 9
        (0x06, "42", 8.5, ["bar-code-ec-0400"]),
        (0x01, "AB", 40.0, []),
    ],
)
def test_digits_that_may_overlap_in_a_mapped_font_are_told(
    type_: int, data: str, advance: float, findings: list[str]
) -> None:
    fonts = {5: mapped_font(advances=[advance] * 256)}
    modifier = int(type_ == 0x01)
    assert draw(type_, modifier, ebcdic(data), font_local_id=5, fonts=fonts).findings == findings


@pytest.mark.parametrize("size", [6.0, 12.0, 40.0])
@pytest.mark.parametrize(("data", "reach"), [("AB", 0.0), ("Ag", 0.22), ("(1)", 0.22)])
def test_text_above_the_bars_does_not_reach_into_them(data: str, reach: float, size: float) -> None:
    fonts = {5: mapped_font(size=size)}
    drawn = draw(0x11, 2, ebcdic(data), HRI_ABOVE, font_local_id=5, fonts=fonts)
    ((_, _, baseline),) = texts(drawn)
    assert -1 - size / 3 < baseline + reach * size < 0


def test_font_that_translates() -> None:
    """A TrueType font takes Unicode, and may answer with several faces."""
    faces = [mapped_font().face, mapped_font().face]

    def split(codes: bytes) -> list[FaceRun]:
        characters = [codes[at : at + 2] for at in range(0, len(codes), 2)]
        return [FaceRun(faces[code[1] & 1], code, 8.0) for code in characters]

    drawn = draw(0x01, 1, ebcdic("AB"), font_local_id=5, fonts={5: mapped_font(code_size=2, split=split)})
    runs = [item for item, _ in flat(drawn.items) if isinstance(item, GlyphRun)]
    assert [(run.codes, run.face is faces[1]) for run in runs] == [(b"\0A", True), (b"\0B", False)]
    assert runs[1].x - runs[0].x == 8


def test_several_symbols_in_a_moved_space() -> None:
    """Every Bar Code Data has a symbol of its own; the content offset of the area moves all."""
    bdd = BarCodeSymbolDescriptor(0, 14400, 14400, 0xFFFF, 0xFFFF, 0, 0x01, 1).encode()
    bdas = [BarCodeSymbolData(HRI_NONE, x, 1440, ebcdic("A")).encode() for x in (1440, 2880)]
    drawn = draw_fields(bdd, bdas, area=ObjectArea(600, 600, content_x=10, content_y=20))
    tops = {matrix.apply(item.x, item.y) for item, matrix in flat(drawn.items) if item.x == 0}  # type: ignore[union-attr]
    assert tops == {(82, 92), (154, 92)}
