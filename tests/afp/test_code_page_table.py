"""Code pages by number: every table against independent ones, and what names make of them."""

from __future__ import annotations

import other_code_pages
import pytest

from afpcluster.afp import code_pages
from afpcluster.afp.names import decode_text

SINGLE = (
    37, 273, 274, 275, 277, 278, 280, 281, 284, 285, 290, 297, 420, 423, 424, 437, 500, 813, 819, 838,
    850, 851, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869, 870, 871, 874, 875, 880, 905,
    912, 913, 914, 915, 916, 920, 921, 922, 923, 1004, 1006, 1025, 1026, 1046, 1047, 1051, 1089, 1097,
    1098, 1112, 1122, 1123, 1124, 1129, 1130, 1132, 1133, 1137, 1140, 1141, 1142, 1143, 1144, 1145,
    1146, 1147, 1148, 1149, 1153, 1154, 1155, 1156, 1157, 1158, 1160, 1164, 1166, 1250, 1251, 1252,
    1253, 1254, 1255, 1256, 1257, 1258,
)  # fmt: skip
WIDE = {300: "x-IBM300", 834: "x-IBM834", 835: "x-IBM937", 837: "x-IBM935", 941: "x-IBM943", 951: "x-IBM949"}

# Where the other table is another edition, or wrong: code points that are not compared.
NOT_AS_GLIBC = {
    278: {0x71, 0xE0}, 281: {0xA1}, 285: {0xA1}, 290: {0x6A}, 420: {0x45}, 424: {0x78, 0x8F, 0xB3, 0xBC},
    851: {0xB7, 0xB8, 0xF7}, 870: {0xB0}, 871: {0x4A, 0xC0}, 875: {0x6A, 0x74, 0xDD}, 1026: {0x9D, 0xBC},
    1132: {0x70},
}  # fmt: skip
NOT_AS_JAVA = {
    874: {0xA0, *range(0x80, 0x98), *range(0xDB, 0xDF), *range(0xFC, 0x100)}, 922: {0xAF}, 1122: {0xBC},
}  # fmt: skip
COMPOSED = (1255, 1258)  # glibc composes letters and marks
SHAPED = (1046,)  # Java has Arabic letters in other shapes
_HALF_WIDTH = 290  # glibc has kana of full width here


@pytest.mark.parametrize("number", [number for number in SINGLE if number not in COMPOSED])
def test_as_glibc_has_it(number: int) -> None:
    other = other_code_pages.glibc(number)
    if not other:
        pytest.skip(f"iconv has no code page {number}")
    assert differences(number, other, NOT_AS_GLIBC.get(number, set())) == []


@pytest.mark.parametrize("number", [number for number in SINGLE if number not in SHAPED])
def test_as_java_has_it(number: int, java: dict[str, dict[int, str]]) -> None:
    found = [java[name] for name in java_names(number) if name in java]
    if not found:
        pytest.skip(f"Java has no code page {number}")
    assert differences(number, found[0], NOT_AS_JAVA.get(number, set())) == []


@pytest.mark.parametrize("number", WIDE)
def test_double_byte_as_java_has_it(number: int, java: dict[str, dict[int, str]]) -> None:
    """What both have is the same but for signs that look alike (dashes, bars, tildes, variants)."""
    other = {code: text for code, text in java[f"{WIDE[number]} wide"].items() if len(text) == 1}
    other = {code: text for code, text in other.items() if not 0xE000 <= ord(text) < 0xF900}
    page = page_of(number)
    common = page.keys() & other.keys()
    assert len(common) > 7000
    assert len(common) >= 0.99 * len(other)
    assert sum(page[code] != other[code] for code in common) < 0.004 * len(common)


@pytest.mark.parametrize(
    ("number", "data", "text"),
    [
        (924, "6ABBBE9DB7B8B99F", "ŠšŽžŒœŸ€"),
        (870, "B0", "˙"),
        (1153, "B0", "˙"),
        (1025, "73", "\xad"),
        (1154, "73", "\xad"),
        (274, "7CC0D0E0", "àéèç"),
        (275, "5A5B7B7CD0", "$ÇÕÃé"),
        (281, "4A5BE0B1B2", "£¥$[\\"),
        (833, "C1F1B2", "A1\\"),
        (836, "C1F1E05B", "A1$¥"),
        (259, "8182C1FB", "αβ∇⅛"),
        (310, "4041B6F0", " 𝐴×⁰"),
        (1004, "418A9A", "AŠš"),
        (838, "42C1", "กA"),
    ],
)
def test_cells(number: int, data: str, text: str) -> None:
    assert code_pages.decode(bytes.fromhex(data), number) == text


@pytest.mark.parametrize(
    ("number", "data", "text"),
    [
        (1141, "D4D093938599B5A79F", "Müller@x€"),
        (1047, "E396A38193ADF2BD", "Total[2]"),
        (297, "C8C0939657A285", "Héloïse"),
        (273, "D4D0939385994040", "Müller"),
        (1200, "004D00FC00000020", "Mü"),
        (13488, "004D00FC", "Mü"),
        (1208, "4DC3BC", "Mü"),
        (300, "42C142F14040", "Ａ１\u3000"),
        (930, "C10E42C142F10F40F1", "AＡ１ 1"),
        (939, "C10E404042C1", "A Ａ"),
        (933, "0E88610F", "가"),
        (943, "8260", "Ａ"),
        (1252 + 4096, "80", "€"),
        (500, "C1", "A"),
        (64000, "C1C2", "AB"),
    ],
)
def test_names(number: int, data: str, text: str) -> None:
    assert decode_text(bytes.fromhex(data), number) == text


@pytest.mark.parametrize(
    ("number", "known"), [(500, True), (1208, True), (300, True), (64000, False), (0, False)]
)
def test_known(number: int, known: bool) -> None:
    assert code_pages.is_known(number) is known


def page_of(number: int) -> dict[int, str]:
    page = code_pages.character_codes(number)
    assert page is not None, f"there is no code page {number}"
    return dict(page.characters)


def differences(number: int, other: dict[int, str], left_out: set[int]) -> list[tuple[str, str | None, str]]:
    """Code points for which the other table has another graphic character."""
    page = page_of(number)
    return [
        (f"{code:02X}", page.get(code), text)
        for code, text in other.items()
        if code not in left_out
        and code_pages.is_graphic(text)
        and not 0xE000 <= ord(text) < 0xF900
        and page.get(code) != text
        and not (number == _HALF_WIDTH and 0x3000 <= ord(text) < 0x3100)
    ]


def java_names(number: int) -> list[str]:
    return [f"x-IBM{number}", f"IBM{number:03}", f"IBM{number:05}"]


@pytest.fixture(scope="module")
def java(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[int, str]]:
    """Java's tables of all pages that are compared."""
    names = [name for number in SINGLE for name in java_names(number)]
    wide = [f"{name} wide" for name in WIDE.values()]
    return other_code_pages.java(names + wide, tmp_path_factory.mktemp("java"))
