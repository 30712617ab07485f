"""Every glyph of an embedded TrueType or OpenType program equals its source, in outline and width: a sample
of `make fonts`, and fonts that are odd."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from sfnt_files import collection, truetype

from afpcluster.fonts.unicode.truetype import character_face
from benchmarks.fonts import sfnt
from benchmarks.fonts.__main__ import SFNT_PACKAGES, SFNT_SUFFIXES, files_of
from benchmarks.fonts.comparison import Comparison
from complex_fonts import complex_font

_LARGEST = 1_000_000  # bytes
SAMPLE = [
    path
    for package in SFNT_PACKAGES
    for path in files_of(package, SFNT_SUFFIXES)[:1]
    if path.stat().st_size <= _LARGEST
]


def compared(data: bytes, name: str = "") -> Comparison:
    return sfnt.compare_font(data, character_face(data, name))


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.stem)
def test_fonts_of_packages(path: Path) -> None:
    found = sfnt.compare(path)
    assert found.glyphs > 100
    assert (found.wrong, found.findings) == ((), ())


def test_packages_are_installed() -> None:
    assert len(SAMPLE) >= 2


def with_box(data: bytes, dx: int) -> bytes:
    """The font with stored boxes `dx` units off the points."""
    font = TTFont(io.BytesIO(data), recalcBBoxes=False)
    glyphs = font["glyf"]
    for name in font.getGlyphOrder():
        glyph = glyphs[name]
        glyph.expand(glyphs)
        if glyph.numberOfContours:
            glyph.xMin += dx
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (complex_font(), ""),
        (with_box(complex_font(), 34), ""),
        (with_box(complex_font(), -7), ""),
        (collection(truetype("Latin One", "AB"), truetype("Greek One", "αβγ")), "Greek One"),
    ],
)
def test_odd_fonts(data: bytes, name: str) -> None:
    found = compared(data, name)
    assert found.glyphs >= 3
    assert (found.wrong, found.findings) == ((), ())


def test_a_difference_is_seen() -> None:
    """Against a source whose outlines stand elsewhere, or are of other widths."""
    read = character_face(complex_font())
    shifted = sfnt.compare_font(with_box(complex_font(), 34), read)
    assert len(shifted.wrong) > 5
    assert len(sfnt.compare_font(truetype("Latin One", "ABCDEFGHIJKL"), read).wrong) > 5
