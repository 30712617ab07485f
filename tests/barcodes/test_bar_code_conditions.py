"""What is wrong with a bar code object is told with its exception condition, and something is shown."""

from __future__ import annotations

from typing import Any

import pytest
from bar_code_objects import bars, draw, draw_fields, ebcdic, extent, text

from afpcluster.afp.bcoca import BarCodeSymbolData, BarCodeSymbolDescriptor
from afpcluster.afp.bcoca import BarCodeType as T
from afpcluster.findings import Findings
from afpcluster.fonts.foca.active import font_of_face
from afpcluster.fonts.library import FontLibrary
from afpcluster.fonts.stand_in.builtin_code_pages import built_in
from afpcluster.fonts.stand_in.standard import standard_face
from afpcluster.interpret.barcode.objects import draw_bar_code
from afpcluster.interpret.context import Context, DataObject, ObjectArea

FNC1 = b"\x8f"
NO_SYMBOL = [
    # type, modifier, data, exception condition: no symbol, the data is shown as text
    (0x04, 0, ebcdic("123"), "EC-0300"),
    (0x23, 0, ebcdic("123"), "EC-0300"),
    (0xEE, 0, ebcdic("123"), "EC-0300"),
    (0x01, 0, ebcdic("AFP"), "EC-0B00"),
    (0x01, 3, ebcdic("AFP"), "EC-0B00"),
    (0x11, 1, ebcdic("AFP"), "EC-0B00"),
    (0x24, 5, ebcdic("AFP"), "EC-0B00"),
    (0x01, 1, ebcdic("\xe4"), "EC-2100"),
    (0x02, 1, ebcdic("12A"), "EC-2100"),
    (0x02, 1, ebcdic("12"), "EC-0C00"),
    (0x02, 2, ebcdic("123456789012345"), "EC-0C00"),
    (0x03, 0, ebcdic("1234567890"), "EC-0C00"),
    (0x03, 0, ebcdic("1234567890X"), "EC-2100"),
    (0x05, 0, ebcdic("1234512345"), "EC-2100"),
    (0x06, 0, ebcdic("123"), "EC-0C00"),
    (0x06, 1, ebcdic("0712345678"), "EC-0C00"),
    (0x08, 0, ebcdic("12345678"), "EC-0C00"),
    (0x09, 0, ebcdic("1234567890123"), "EC-0C00"),
    (0x0A, 1, ebcdic("1-2"), "EC-2100"),
    (0x0D, 1, ebcdic("1234"), "EC-2100"),
    (0x0D, 1, ebcdic("A12C4B"), "EC-2100"),
    (0x0D, 1, ebcdic("A12xB"), "EC-2100"),
    (0x11, 2, b"\x41", "EC-2100"),
    (0x11, 2, b"\xc1\xea", "EC-2100"),
    (0x11, 2, FNC1, "EC-0C00"),
    (0x11, 5, FNC1 + ebcdic("99M9555550000000000042"), "EC-1203"),
    (0x11, 6, bytes(4) + ebcdic("9205512345678900000012"), "EC-0F14"),
    (0x11, 6, b"\0\0\0\3\0A\0" + ebcdic("9205512345678900000012"), "EC-0F15"),
    (0x11, 6, b"\0\0\0\2\xd8\0" + ebcdic("9205512345678900000012"), "EC-0F13"),
    (0x11, 6, b"\0\x80\0\0" + ebcdic("8005512345678900000012"), "EC-1205"),
    (0x16, 0, ebcdic("1"), "EC-0C00"),
    (0x18, 0, ebcdic("1234"), "EC-0C00"),
    (0x18, 3, ebcdic("1" * 51), "EC-0C00"),
    (0x1A, 0, ebcdic("AB-C"), "EC-2100"),
    (0x1A, 1, ebcdic("A" * 51), "EC-0C00"),
    (0x1B, 0, ebcdic("123456"), "EC-0C00"),
    (0x1B, 0, ebcdic("1234567*"), "EC-2100"),
    (0x1B, 1, ebcdic("A"), "EC-2100"),
    (0x1F, 1, ebcdic("1234567"), "EC-0C00"),
    (0x1F, 1, ebcdic("123456789"), "EC-2100"),
    (0x1F, 4, ebcdic("123456784"), "EC-2100"),
    (0x21, 0, ebcdic("Aa1"), "EC-2100"),
    (0x22, 0, ebcdic("0123456709498765432"), "EC-0C00"),
    (0x22, 0, ebcdic("09234567094987654321"), "EC-2100"),
    (0x24, 0, ebcdic("1234567890123"), "EC-0C00"),
    (0x24, 4, ebcdic("24012345678905"), "EC-2100"),
    (0x24, 0x11, ebcdic("04123"), "EC-1200"),
    (0x24, 0x11, ebcdic("0112345"), "EC-1200"),
    (0x25, 0, ebcdic("1" * 21), "EC-1204"),
    (0x25, 0, ebcdic("X" * 22), "EC-1204"),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "modifier", "data", "condition"), NO_SYMBOL)
def test_no_symbol(type_: int, modifier: int, data: bytes, condition: str) -> None:
    drawn = draw(type_, modifier, data)
    assert drawn.findings == [f"bar-code-{condition.lower()}"]
    assert drawn.messages[0].endswith(f"shown as text ({condition})")
    assert bars(drawn) == []
    printable = "".join(c for c in data.decode("cp500") if c.isprintable())
    assert text(drawn) == printable


@pytest.mark.parametrize(
    ("data", "shown"),
    [(bytes(9) + b"\xc0Rate\\1", "Rate\\1"), (b"\x80" + bytes(8) + b"\xc0" + ebcdic("Rate"), "Rate")],
)
def test_data_of_a_matrix_code_as_text(data: bytes, shown: str) -> None:
    """Without its special functions (the last byte asks for what cannot be), in the encoding they tell."""
    drawn = draw(0x1C, 0, data)
    assert (drawn.findings, text(drawn)) == (["bar-code-ec-0f0a"], shown)


STILL_DRAWN = [
    # type, data, flags, descriptor fields, exception condition, the same as these fields
    (0x01, "AFP", 0, {"module_width": 0}, "EC-0600", {}),
    (0x01, "AFP", 0, {"element_height": 0}, "EC-0700", {}),
    (0x01, "AFP", 0, {"element_height": 720, "height_multiplier": 0}, "EC-0800", {"element_height": 720}),
    (0x01, "AFP", 0, {"wide_to_narrow": 11}, "EC-0900", {}),
    (0x01, "AFP", 0, {"wide_to_narrow": 9}, "EC-0900", {}),
    (0x01, "AFP", 0x60, {}, "EC-1000", {}),
    (0x01, "AFP", 0, {"font_local_id": 7}, "EC-0400", {}),
    (0x01, "AFP", 0, {"x_extent": 1500}, "EC-1100", {}),
    (0x01, "AFP", 0, {"y_extent": 1500}, "EC-1100", {}),
    (0x01, "AFP", 0, {"symbol_width": 0x8000}, "EC-0610", {}),
    (0x1A, "ABCDEFG", 0, {"symbol_width": 1440}, "EC-0611", {"module_width": 10}),
    (0x01, "AFP", 0, {"unit_base": 2}, "EC-0505", {}),
    (0x01, "AFP", 0, {"x_units": 0}, "EC-0605", {}),
    (0x01, "AFP", 0, {"y_units": 2400}, "EC-0605", {}),
]


@pytest.mark.parametrize(("type_", "data", "flags", "fields", "condition", "same"), STILL_DRAWN)
def test_still_drawn(
    type_: int, data: str, flags: int, fields: dict[str, Any], condition: str, same: dict[str, Any]
) -> None:
    found, expected = draw(type_, 1, ebcdic(data), flags, **fields), draw(type_, 1, ebcdic(data), **same)
    assert (found.findings, text(found)) == ([f"bar-code-{condition.lower()}"], text(expected))
    widths = [[(width, height) for _, _, width, height in bars(drawn)] for drawn in (found, expected)]
    assert widths[0] == widths[1]


@pytest.mark.parametrize(("rotation", "told"), [(0, []), (90, ["bar-code-font-rotation"])])
def test_text_in_a_turned_font_is_told(rotation: int, told: list[str]) -> None:
    page = built_in(500)
    assert page is not None
    font = font_of_face("test", standard_face("Helvetica", page), page.space_code, 10, rotation)
    drawn = draw(T.CODE_39, 1, ebcdic("AB"), font_local_id=1, fonts={1: font})
    assert (text(drawn), drawn.findings) == ("AB", told)


def test_offset_out_of_range() -> None:
    bdd = BarCodeSymbolDescriptor(0, 14400, 14400, 0xFFFF, 0xFFFF, 0, 1, 1).encode()
    bda = BarCodeSymbolData(0, 0x8000, 20, ebcdic("AFP")).encode()
    drawn = draw_fields(bdd, [bda])
    assert drawn.findings == ["bar-code-ec-0a00"]
    assert bars(drawn) != []


def test_databar_too_low() -> None:
    drawn = draw(0x24, 0, ebcdic("24012345678905"), element_height=144)
    assert (drawn.findings, extent(drawn)[3]) == (["bar-code-ec-0805"], 330)


@pytest.mark.parametrize(
    "data", [ebcdic("10ABC"), FNC1 + ebcdic("05ABC"), FNC1 + ebcdic("01123"), FNC1 + FNC1 + ebcdic("XY")]
)
def test_invalid_gs1_data_is_drawn_as_given(data: bytes) -> None:
    drawn = draw(0x11, 4, data)
    assert set(drawn.findings) == {"bar-code-ec-1200"}
    assert bars(drawn) != []


@pytest.mark.parametrize("flags", [0, 0x08])
def test_ascii_data(flags: int) -> None:
    """Retired item 21; without its flag the digits give ASCII away."""
    drawn = draw(0x01, 1, b"AB12", flags)
    assert text(drawn) == "AB12"
    assert drawn.findings == ([] if flags else ["bar-code-ec-2100"])


def test_damaged_fields() -> None:
    whole = BarCodeSymbolDescriptor(0, 14400, 14400, 0xFFFF, 0xFFFF, 0, 0x01, 1).encode()
    assert draw_fields(whole[:13], [b"\0" * 5 + ebcdic("A")]).findings == ["field-short"]
    assert draw_fields(whole, [b"\0" * 4]).findings == ["field-short"]
    assert draw_fields(whole, []).findings == ["bar-code-empty"]
    short = draw_fields(whole[:14], [b"\x80" + b"\0" * 4 + ebcdic("A")])
    assert (short.findings, len(bars(short))) == (["field-short"], 15)


def test_no_descriptor() -> None:
    findings = Findings()
    found = DataObject("BBC", 7, ObjectArea(0, 0), None, [])
    assert draw_bar_code(found, Context(findings, FontLibrary(findings))) == []
    assert [(f.code, f.offset) for f in findings] == [("bar-code-descriptor-missing", 7)]


def test_every_prefix_of_the_data_is_survived() -> None:
    """Special functions that are cut off anywhere give findings, never an exception."""
    parameters = bytes((0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) + b"0123"
    for type_, modifier in (
        (0x1C, 0),
        (0x1D, 0),
        (0x1E, 0),
        (0x20, 2),
        (0x20, 0x12),
        (0x26, 3),
        (0x27, 0),
        (0x11, 6),
    ):
        for end in range(len(parameters)):
            drawn = draw(type_, modifier, parameters[:end])
            assert drawn.items or drawn.findings
