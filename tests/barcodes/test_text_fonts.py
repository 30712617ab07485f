"""Text of bar codes in fonts of Unicode text: the letters, whatever the encoding of the font."""

from __future__ import annotations

from collections.abc import Callable
from unicodedata import normalize

import pytest

from afpcluster.display.colour import BLACK
from afpcluster.display.items import GlyphRun
from afpcluster.fonts.foca.active import font_of_face
from afpcluster.fonts.foca.sections import extended_font, sectioned_font
from afpcluster.fonts.font import Font
from afpcluster.fonts.stand_in.builtin_code_pages import built_in
from afpcluster.fonts.stand_in.double_byte import double_byte_font
from afpcluster.fonts.stand_in.standard import characters_of, standard_face
from afpcluster.fonts.unicode.unicode_font import (
    page_decoder,
    standard_character_face,
    unicode_font,
    utf8,
    utf16,
)
from afpcluster.interpret.barcode.text import draw_text


@pytest.mark.parametrize(("decode", "code_size"), [(utf16, 2), (utf8, 1)])
def test_letters_are_those_of_the_text(decode: Callable[[bytes], str], code_size: int) -> None:
    font = unicode_font("test", [standard_character_face("Helvetica")], decode, code_size, 10)
    (run,) = draw_text("A1-Ü", 0, 0, font, BLACK)
    assert isinstance(run, GlyphRun)
    assert "".join([run.face.unicode[code] for code in run.codes]) == "A1-Ü"


def under_page(number: int) -> Font:
    """A data-object font whose text is of a code page."""
    page = built_in(number)
    assert page is not None
    faces = [standard_character_face("Helvetica")]
    return unicode_font("test", faces, page_decoder(page), page.code_size, 10, texts=characters_of(page))


def double_byte(number: int) -> Font:
    page = built_in(number)
    assert page is not None
    return double_byte_font("test", page, "Helvetica", [], 10)


def foca(number: int) -> Font:
    page = built_in(number)
    assert page is not None
    return font_of_face("test", standard_face("Helvetica", page), page.space_code, 10)


def sectioned() -> Font:
    return sectioned_font("test", {0x42: foca(500)}, 0x4040, lambda section: None)


def extended() -> Font:
    """Letters of one font, digits of another."""
    return extended_font(foca(500), foca(500), range(0xF0, 0xFA))


@pytest.mark.parametrize(
    "font",
    [
        under_page(500),
        under_page(850),
        under_page(1252),
        foca(850),
        sectioned(),
        extended(),
        double_byte(300),
    ],
    ids=["EBCDIC", "ASCII", "Windows", "FOCA", "sections", "extension", "double-byte"],
)
def test_letters_under_a_code_page(font: Font) -> None:
    shown = ""
    for run in draw_text("A1b", 0, 0, font, BLACK):
        assert isinstance(run, GlyphRun)
        size = run.face.code_size
        codes = [int.from_bytes(run.codes[at : at + size], "big") for at in range(0, len(run.codes), size)]
        shown += "".join([run.face.unicode[code] for code in codes])
    assert normalize("NFKC", shown) == "A1b"
