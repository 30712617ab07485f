"""Every type and modifier that zxing-cpp reads: the content comes back, the text for people is right."""

from __future__ import annotations

from typing import NamedTuple

import pytest
import zxingcpp
from bar_code_objects import draw, ebcdic, read, text

FNC1 = b"\x8f"
GS1_DATA = "0194012345678904" + "17290630"
GS1_TEXT = "(01)94012345678904(17)290630"


class Case(NamedTuple):
    """Data and what is expected: format and content as the reader names them, text for people."""

    type: int
    modifier: int
    data: bytes
    format: str
    content: bytes
    hri: str
    flags: int = 0


def digits_case(type_: int, modifier: int, data: str, format_: str, content: str, hri: str) -> Case:
    return Case(type_, modifier, ebcdic(data), format_, content.encode(), hri)


def banner(text_: str, flags: int = 0) -> bytes:
    return bytes((0, flags, 0, 2 * len(text_))) + text_.encode("utf-16-be")


LINEAR = [
    digits_case(0x01, 1, "AFP 7/8", "Code 39", "AFP 7/8", "AFP 7/8"),
    digits_case(0x01, 2, "AFP78", "Code 39", "AFP78M", "AFP78M"),
    digits_case(0x10, 1, "AFP78", "Code 39", "AFP78", "AFP78"),  # retired item 12
    digits_case(0x10, 2, "AFP78", "Code 39", "AFP78M", "AFP78M"),
    digits_case(0x01, 1, "a=b", "Code 39 Extended", "a=b", "+A%H+B"),
    digits_case(0x0C, 1, "481516", "ITF", "481516", "481516"),
    digits_case(0x0C, 1, "48151", "ITF", "048151", "048151"),
    digits_case(0x0C, 2, "48151", "ITF", "481519", "481519"),
    digits_case(0x0C, 3, "4012345678905", "ITF", "40123456789058", "40123456789058"),
    digits_case(0x0C, 4, "4012345", "ITF", "40123455", "40123455"),
    digits_case(0x0D, 1, "A12-34$B", "Codabar", "A12-34$B", "12-34$"),
    digits_case(0x0D, 2, "C123456D", "Codabar", "C1234566D", "1234566"),
    digits_case(0x11, 2, "Rate 4711 & more", "Code 128", "Rate 4711 & more", "Rate 4711 & more"),
    digits_case(0x11, 2, "12345678", "Code 128", "12345678", "12345678"),
    Case(0x11, 2, b"\xc1\x05\xc2\xb0\xba\xbb\x4f\x5a\xff", "Code 128", b"A\tB^[]|!\x7f", "AB^[]|!"),
    Case(0x11, 2, b"\xbe\xc1\xc2", "Code 128", b"\xc1B", "AB"),
    Case(0x11, 2, b"\xe0\xb0\xf1\xf2" + FNC1 + b"\xf3", "Code 128", b"\\^12\x1d3", "\\^123"),
    Case(0x11, 3, FNC1 + ebcdic(GS1_DATA), "Code 128", GS1_DATA.encode(), GS1_DATA),
    Case(0x11, 4, FNC1 + ebcdic(GS1_DATA), "Code 128", GS1_DATA.encode(), GS1_TEXT),
    Case(
        0x11, 4, FNC1 + ebcdic("10LOT7") + FNC1 + ebcdic("3712"), "Code 128", b"10LOT7\x1d3712",
        "(10)LOT7(37)12",
    ),
    Case(
        0x11, 5, FNC1 + ebcdic("99M555555000000000042"), "Code 128", b"99M555555000000000042",
        "USPS SCAN REQUIRED99  M  555555  000000000042",
    ),
    Case(
        0x11, 5, FNC1 + ebcdic("99M912345678-----AB42"), "Code 128", b"99M912345678-----AB42",
        "USPS SCAN REQUIRED99  M  912345678  -----AB42",
    ),
    Case(
        0x11, 6, banner("PARCEL") + ebcdic("9205512345678900000012"), "Code 128", b"9205512345678900000012",
        "PARCEL9205 5123 4567 8900 0000 12",
    ),
    Case(
        0x11, 6, banner("", 0x80) + ebcdic("420123459205512345678900000012"), "Code 128",
        b"42012345\x1d9205512345678900000012", "9205 5123 4567 8900 0000 12",
    ),
    digits_case(0x21, 0, "AFP 7/8", "Code 93", "AFP 7/8", "AFP 7/8"),
    digits_case(0x21, 0, "dAdBx", "Code 93", "abx", "ABX"),
]  # fmt: skip
RETAIL = [
    digits_case(0x03, 0, "71234567890", "EAN-13", "0712345678904", "712345678904"),
    digits_case(0x05, 0, "1200000345", "UPC-E", "0012000003455", "01234505"),
    digits_case(0x05, 0, "1230000045", "UPC-E", "0012300000451", "01234531"),
    digits_case(0x05, 0, "1234000005", "UPC-E", "0012340000053", "01234543"),
    digits_case(0x05, 0, "1234500006", "UPC-E", "0012345000065", "01234565"),
    digits_case(0x06, 1, "0712345678942", "EAN-13", "007123456789842", "07123456789842"),
    digits_case(0x06, 2, "120000034542", "UPC-E", "001200000345542", "0123450542"),
    digits_case(0x07, 1, "0712345678954321", "EAN-13", "007123456789854321", "07123456789854321"),
    digits_case(0x07, 2, "120000034554321", "UPC-E", "001200000345554321", "0123450554321"),
    digits_case(0x08, 0, "4012345", "EAN-8", "40123455", "40123455"),
    digits_case(0x09, 0, "401234567890", "EAN-13", "4012345678901", "4012345678901"),
    digits_case(0x16, 1, "40123456789042", "EAN-13", "401234567890142", "401234567890142"),
    digits_case(0x17, 1, "40123456789054321", "EAN-13", "401234567890154321", "401234567890154321"),
    # Retired items 10, 11, 17 and 18
    digits_case(0x0E, 0, "4012345", "EAN-8", "40123455", "40123455"),
    digits_case(0x0F, 0, "401234567890", "EAN-13", "4012345678901", "4012345678901"),
    digits_case(0x16, 2, "97812345678642", "EAN-13", "978123456786642", "978123456786642"),
    digits_case(0x17, 2, "97812345678654321", "EAN-13", "978123456786654321", "978123456786654321"),
]
DATABAR = [
    digits_case(0x24, 0, "24012345678905", "DataBar Omni", "0124012345678905", "(01)24012345678905"),
    digits_case(0x24, 0, "24012345678909", "DataBar Omni", "0124012345678905", "(01)24012345678909"),
    digits_case(0x24, 1, "24012345678905", "DataBar Omni", "0124012345678905", "(01)24012345678905"),
    digits_case(0x24, 2, "24012345678905", "DataBar Stacked", "0124012345678905", "(01)24012345678905"),
    digits_case(0x24, 3, "24012345678905", "DataBar Stacked", "0124012345678905", "(01)24012345678905"),
    digits_case(0x24, 4, "14012345678908", "DataBar Limited", "0114012345678908", "(01)14012345678908"),
    digits_case(0x24, 0x11, GS1_DATA, "DataBar Expanded", GS1_DATA, GS1_TEXT),
    *(digits_case(0x24, m, GS1_DATA, "DataBar Expanded Stacked", GS1_DATA, GS1_TEXT) for m in (0x12, 0x13)),
    *(digits_case(0x24, m, GS1_DATA, "DataBar Expanded", GS1_DATA, GS1_TEXT) for m in range(0x15, 0x1C)),
]


def name_of(case: Case) -> str:
    return f"{case.type:02X}-{case.modifier:02X}-{case.content.decode('latin-1')[:12]}"


@pytest.mark.parametrize("case", LINEAR + DATABAR, ids=name_of)
def test_linear(case: Case) -> None:
    drawn = draw(case.type, case.modifier, case.data, case.flags)
    assert [*read(drawn)][:1] == [(case.format, case.content)]
    assert (text(drawn), drawn.findings) == (case.hri, [])


@pytest.mark.parametrize("case", RETAIL, ids=name_of)
def test_retail(case: Case) -> None:
    drawn = draw(case.type, case.modifier, case.data, case.flags)
    read_supplements = zxingcpp.EanAddOnSymbol.Read
    assert (case.format, case.content) in read(drawn, ean_add_on_symbol=read_supplements)
    assert (text(drawn), drawn.findings) == (case.hri, [])
