"""Glyphs that the font knows no text of: ToUnicode says what they were shown for, for readers that know no
ActualText."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest

from afpcluster.display.items import Arrangement, GlyphRun, Page
from afpcluster.fonts.unicode.truetype import character_face
from complex_fonts import GLYPHS, complex_font
from rendering import pdf_of

FACE = character_face(complex_font()).face


def to_unicode(*runs: tuple[str, str]) -> dict[str, str]:
    """Glyph name -> text in the ToUnicode map of pages with these runs: glyphs, and what they read as."""
    pages = [
        Page(
            number, 200, 100, [GlyphRun(FACE, 10, 10, 50, _codes(glyphs), arrangement=Arrangement(text=text))]
        )
        for number, (glyphs, text) in enumerate(runs, 1)
    ]
    with pikepdf.open(io.BytesIO(pdf_of(pages))) as pdf:
        (font,) = pdf.pages[0].Resources.Font.values()
        cmap = font.ToUnicode.read_bytes().decode()
    section = cmap.split("beginbfchar")[1].split("endbfchar")[0]
    return {
        GLYPHS[int(code, 16)]: bytes.fromhex(text).decode("utf-16-be")
        for code, text in re.findall("<(.*?)><(.*?)>", section)
    }


def _codes(glyphs: str) -> bytes:
    return b"".join([GLYPHS.index(glyph).to_bytes(2, "big") for glyph in glyphs.split()])


@pytest.mark.parametrize(
    ("glyphs", "text", "expected"),
    [
        ("f_i", "fi", {"f_i": "fi"}),
        ("A f_i V", "AfiV", {"A": "A", "f_i": "fi", "V": "V"}),
        ("beh.init", "ب", {"beh.init": "ب"}),
        ("beh.init beh.fina", "بب", {"beh.init": "بب", "beh.fina": "\u200b"}),
        (".notdef A", "ZA", {"A": "A"}),
    ],
)
def test_texts_of_glyphs(glyphs: str, text: str, expected: dict[str, str]) -> None:
    assert to_unicode((glyphs, text)) == expected


def test_the_first_page_that_says_something_counts() -> None:
    assert to_unicode(("f_i", "fi"), ("f_i", "something else")) == {"f_i": "fi"}
