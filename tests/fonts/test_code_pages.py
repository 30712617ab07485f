"""Code pages: in FOCA objects with one and two bytes and Unicode values; the built-in ones."""

from __future__ import annotations

import pytest
from foca_objects import code_page, records

from afpcluster.afp import foca
from afpcluster.afp.names import encode_name
from afpcluster.fonts.foca.code_page import NO_SPACE, FontDataError
from afpcluster.fonts.foca.code_page import code_page as parse
from afpcluster.fonts.stand_in import builtin_code_pages
from afpcluster.fonts.stand_in.standard import characters_of


def test_single_byte() -> None:
    page = parse(
        code_page(
            {0x81: "LA010000", 0x82: "LB010000", 0x83: "LC010000", 0x84: "LD010000"},
            name="T1ABCD",
            flags={0x82: 0x40, 0x83: 0x20, 0x84: 0x80},
            default="LA010000",
            default_flags=0x60,
            number=500,
        )
    )
    assert (page.name, page.code_size, page.number, page.space_code) == ("T1ABCD", 1, 500, 0x40)
    assert page.gcgids == {0x81: "LA010000", 0x82: "LB010000", 0x83: "LC010000", 0x84: "LD010000"}
    assert page.not_printed == {0x82, 0x84}
    assert page.not_incremented == {0x83}
    assert (page.default_gcgid, page.default_printed, page.default_incremented) == ("LA010000", False, False)


def test_double_byte() -> None:
    page = parse(code_page({0x4141: "JA000000", 0x4040: "SP010000"}, wide=True, space=0x4040))
    assert (page.code_size, page.space_code) == (2, 0x4040)
    assert page.gcgids[0x4141] == "JA000000"


@pytest.mark.parametrize(
    ("wide", "variable", "space", "word_space"),
    [(False, True, 0x40, 0x40), (False, False, NO_SPACE, 0x40), (True, False, NO_SPACE, NO_SPACE)],
)
def test_a_space_that_is_not_variable_still_ends_a_word(
    wide: bool, variable: bool, space: int, word_space: int
) -> None:
    page = parse(code_page({}, wide=wide, variable_space=variable))
    assert (page.space_code, page.word_space) == (space, word_space)


@pytest.mark.parametrize(("length", "code"), [(0xFE, b"\x81"), (0xFF, b"\x41\x81")])
def test_unicode_values_in_the_index(length: int, code: bytes) -> None:
    control = foca.CodePageControl(encode_name("SP010000"), 0, length, 0x40, 0x40).encode()
    group = encode_name("EX000001") + b"\0" + code + b"\x02" + b"\0\0\0u\0\0\x03\x08"
    empty = encode_name("EX000002") + b"\0" + bytes(len(code)) + b"\0"
    truncated = encode_name("EX000003") + b"\0" + code + b"\x09\0\0\0u"
    page = parse(records((foca.CPC, control), (foca.CPI, group + empty + truncated)))
    assert page.unicode == {int.from_bytes(code, "big"): "u\u0308"}
    assert page.gcgids == {int.from_bytes(code, "big"): "EX000001", 0: "EX000002"}


@pytest.mark.parametrize(
    ("length", "gcgid", "flags", "value", "text"),
    [
        (0x0A, "SP010000", 0, 0, " "),
        (0x0A, "SP010000", 0x80, 0, " "),
        (0x0A, "SP110000", 0, 0, "."),
        (0x0A, "SP110000", 0x40, 0, " "),  # no presentation
        (0x0A, "SP110000", 0x60, 0, ""),  # nor increment
        (0x0A, "EX000001", 0, 0x20AC, ""),  # there is no Unicode value
        (0xFE, "EX000001", 0, 0x20AC, "€"),
        (0xFE, "SP110000", 0, 0, "."),
        (0xFE, "SP110000", 0, 0xD800, "."),
    ],
)
def test_code_points_that_are_not_listed_read_as_the_default_character(
    length: int, gcgid: str, flags: int, value: int, text: str
) -> None:
    control = foca.CodePageControl(encode_name(gcgid), flags, length, 0x40, 0x40, default_unicode=value)
    page = parse(records((foca.CPC, control.encode()), (foca.CPI, encode_name("LA010000") + b"\0\x81\0")))
    assert page.default_text == text
    texts = characters_of(page)
    assert (texts[0x81], texts.get(0x82, "")) == ("a", text)


def test_the_key_tells_content_not_name() -> None:
    first = parse(code_page({0x81: "LA010000"}, name="T1ONE"))
    assert first.key == parse(code_page({0x81: "LA010000"}, name="T1TWO")).key
    assert first.key != parse(code_page({0x81: "LB010000"}, name="T1ONE")).key


def test_code_page_without_control() -> None:
    with pytest.raises(FontDataError, match="no Code Page Control"):
        parse(records((foca.BCP, encode_name("T1BAD"))))


@pytest.mark.parametrize(
    ("number", "text", "expected"),
    [
        (500, b"\xc8\x85\x93\x93\x96\x5a", "Hello]"),
        (37, b"\xc8\x5a\x4a", "H!¢"),
        (273, b"\xc0\x4a\xa1", "äÄß"),
        (277, b"\x5b\x7b\x7c", "ÅÆØ"),
        (285, b"\x5b\x4a", "£$"),
        (297, b"\xc0\xd0\x48", "éè\\"),
        (1047, b"\xad\xbd\x5f", "[]^"),
        (1140, b"\x9f", "€"),
        (1141, b"\x9f\x4a", "€Ä"),
        (1142, b"\x5a", "€"),
        (1149, b"\x7c\x9f", "Ð€"),
        (870, b"\x44\x9a", "ţł"),
        (1025, b"\xa0\x77", "яа"),
        (1252, b"A\xe9\x80", "Aé€"),
        (850, b"\x82\xe1", "éß"),
        (819, b"\xfc", "ü"),
        (38, b"\x5a\x4a", "]["),  # 500
        (260, b"\x5a\x4a", "!¢"),  # 37
        (286, b"\xc0\x4a", "äÄ"),  # 273
    ],
)
def test_built_in(number: int, text: bytes, expected: str) -> None:
    page = builtin_code_pages.built_in(number)
    assert page is not None
    assert "".join(page.unicode[code] for code in text) == expected
    assert all(len(gcgid) == 8 for gcgid in page.gcgids.values())
    assert page.unicode[page.space_code] == " "


def test_unknown_number() -> None:
    assert builtin_code_pages.built_in(29999) is None


@pytest.mark.parametrize(
    ("name", "number"),
    [("T1V10500", 500), ("T1001252", 1252), ("T1000037", 37), ("T1D0BASE", 500), ("T1EX", None), ("", None)],
)
def test_number_in_a_name(name: str, number: int | None) -> None:
    assert builtin_code_pages.number_of(name) == number
