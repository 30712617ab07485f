"""Damaged programs: what a subset shows, every viewer can read; what it does not show is told."""

from __future__ import annotations

import random

import pytest
from type1_programs import HEADER, RICH_GLYPHS, RICH_SUBRS, pfa, pfb, private

from afpcluster.outputs.pdf.fonts.embedded_program import ProgramError
from afpcluster.outputs.pdf.fonts.type1 import subset_type1
from afpcluster.type1.program import type1_program
from benchmarks.fonts.freetype_font import FreeTypeFont

TEXT = private(RICH_GLYPHS, RICH_SUBRS)


def check(data: bytes) -> int:
    """How many glyphs are shown."""
    subset = subset_type1(data, RICH_GLYPHS)
    if subset.whole:
        return 0
    program = type1_program(data)
    font = FreeTypeFont(subset.clear + subset.encrypted)
    shown = RICH_GLYPHS.keys() - {*subset.missing, *subset.damaged}
    for name in shown:
        shape = font.glyph(name)
        assert shape is not None, name
        assert bool(shape[1]) != program.glyph(name).blank, name
    return len(shown)


@pytest.mark.parametrize(
    "header",
    {
        "a string without end": HEADER.replace(b"/PaintType", b"/Notice (no end def /PaintType"),
        "no name": HEADER.replace(b"/FontName /Made", b""),
        "no matrix": HEADER.replace(b"/FontMatrix", b"/Matrix"),
        "a matrix of zeros": HEADER.replace(b"0.001", b"0"),
        "a short matrix": HEADER.replace(b"0.001 0 0 0.001", b"0.001 0"),
        "a broken box": HEADER.replace(b"{0 0 1000", b"{0 x"),
        "an array without end": HEADER.replace(b"StandardEncoding def", b"256 array dup 65 /A put"),
        "nothing": b"",
    }.values(),
)
def test_the_text_in_front(header: bytes) -> None:
    assert check(pfa(TEXT, header=header)) == len(RICH_GLYPHS)


@pytest.mark.parametrize(
    "change",
    [
        (b"/RD {string currentfile exch readstring pop}", b"/RD {string currentfile exch"),
        (b"/BlueValues [-20 0]", b"/BlueValues [-20 0"),
        (b"/BlueValues [-20 0]", b"/BlueValues [-20 (0]"),
        (b"/MinFeature", b"/Min\0\xff(("),
        (b"dup /Private 15 dict dup begin", b""),
        (b"mark currentfile closefile", b"(((("),
    ],
)
def test_the_text_around(change: tuple[bytes, bytes]) -> None:
    assert change[0] in TEXT
    assert check(pfa(TEXT.replace(*change))) == len(RICH_GLYPHS)


def test_hints_are_kept() -> None:
    hints = b"/BlueValues [-20 0]\n /OtherBlues{-200 -190.5}def /StdHW [40] def /BlueScale .04 def"
    hints += b" /ForceBold true def"
    subset = subset_type1(pfa(TEXT.replace(b"/BlueValues [-20 0]", hints)), RICH_GLYPHS)
    head = type1_program(subset.clear + subset.encrypted).head
    for kept in (
        b"/BlueValues [-20 0] def",
        b"/OtherBlues [-200 -190.5] def",
        b"/StdHW [40] def",
        b"/BlueScale .04 def",
        b"/ForceBold true def",
    ):
        assert kept in head


@pytest.mark.parametrize("seed", range(8))
def test_mutations(seed: int) -> None:
    """Bytes of the text, of charstrings and of the file changed, cut out and put in by chance."""
    chance = random.Random(seed)
    shown = 0
    for _ in range(40):
        text, place = bytearray(TEXT), chance.randrange(len(TEXT))
        length = chance.randint(1, 30)
        new = chance.choice([b"", bytes(length), chance.randbytes(length), TEXT[place : place + 3 * length]])
        text[place : place + chance.choice([0, length])] = new
        data = chance.choice([pfa, pfb])(bytes(text))
        try:
            shown += check(data[: chance.choice([len(data), chance.randrange(len(data))])])
        except ProgramError:
            continue
    assert shown > 40
