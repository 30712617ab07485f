"""CID-keyed Type 1 programs become CFF with the glyphs used."""

from __future__ import annotations

from typing import Any

import pytest
from fontTools.misc import eexec
from fontTools.misc.psCharStrings import T1CharString
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont, newTable
from pdf_pages import BLACK, WHITE, check_pixels, page_of, text_of

from afpcluster.display.face import FontProgram, OutlineFace, ProgramKind
from afpcluster.display.items import GlyphRun
from afpcluster.outputs.pdf.fonts.embedded_program import ProgramError
from afpcluster.outputs.pdf.fonts.programs import embed_program
from rendering import pdf_of, rendered

SQUARE = [
    50,
    600,
    "hsbw",
    0,
    "vmoveto",
    100,
    "hlineto",
    100,
    "vlineto",
    -100,
    "hlineto",
    "closepath",
    "endchar",
]
BY_SUBR = [0, 1000, "hsbw", 0, "callsubr", "endchar"]
SUBR = [10, 20, "rmoveto", 30, "hlineto", 40, "vlineto", "closepath", "return"]


def charstring(program: list[Any], len_iv: int = 4) -> bytes:
    compiled = T1CharString(program=program)
    compiled.compile()
    if len_iv < 0:
        return bytes(compiled.bytecode)
    encrypted: bytes = eexec.encrypt(bytes(len_iv) + compiled.bytecode, 4330)[0]
    return encrypted


def program(
    glyphs: dict[int, list[Any]], count: int, *, len_iv: int = 4, coding: str = "Binary"
) -> FontProgram:
    """A program with one font dictionary and one Subr; entries of the map are 1 + 3 bytes."""
    subr = charstring(SUBR, len_iv)
    subr_map = 4 * (count + 1)
    at = subr_map + 4
    data = subr
    entries = b""
    offset = at + len(subr)
    for cid in range(count):
        entries += b"\0" + offset.to_bytes(3, "big")
        if cid in glyphs:
            code = charstring(glyphs[cid], len_iv)
            data += code
            offset += len(code)
    entries += b"\0" + offset.to_bytes(3, "big")
    binary = entries + at.to_bytes(2, "big") + (at + len(subr)).to_bytes(2, "big") + data
    if coding == "Hex":
        binary = binary.hex().encode("ascii")
    header = (
        "%!PS-Adobe-3.0 Resource-CIDFont\n/CIDFontName /Test-CID def /CIDMapOffset 0 def /FDBytes 1 def "
        f"/GDBytes 3 def /CIDCount {count} def /FDArray 1 array dup 0 1 dict begin /Private 4 dict dup begin "
        f"/SubrMapOffset {subr_map} def /SDBytes 2 def /SubrCount 1 def /lenIV {len_iv} def end end put def\n"
        f"({coding}) {len(binary)} StartData "
    )
    return FontProgram("key", ProgramKind.CID_TYPE1, "Test-CID", header.encode("ascii") + binary)


def outlines(data: bytes) -> dict[str, tuple[float, Any]]:
    """Glyph name -> width and bounds in the CFF program."""
    font = TTFont(sfntVersion="OTTO")
    table = newTable("CFF ")
    table.decompile(data, font)
    charstrings = table.cff[0].CharStrings
    found = {}
    for name in table.getGlyphOrder():
        pen = BoundsPen(None)
        glyph = charstrings[name]
        glyph.draw(pen)
        found[name] = (glyph.width, pen.bounds)
    return found


@pytest.mark.parametrize(("len_iv", "coding"), [(4, "Binary"), (0, "Binary"), (-1, "Binary"), (4, "Hex")])
def test_glyphs(len_iv: int, coding: str) -> None:
    source = program({0: SQUARE, 2: BY_SUBR, 5: SQUARE}, 6, len_iv=len_iv, coding=coding)
    embedded = embed_program(source, [5, 2, 3], indexed=True)
    assert (embedded.indexes, embedded.missing) == ({2: 1, 5: 2}, (3,))
    assert outlines(embedded.data) == {
        ".notdef": (600, (50, 0, 150, 100)),
        "cid00002": (1000, (10, 20, 40, 60)),
        "cid00005": (600, (50, 0, 150, 100)),
    }


@pytest.mark.parametrize("codes", [b"\0\x02\0\x05", b"\0\x02\0\x03\0\x05"], ids=["present", "one missing"])
def test_a_viewer_shows_and_reads_them(codes: bytes) -> None:
    source = program({0: SQUARE, 2: box(0), 5: box(500)}, 6)
    widths = {2: 1000.0, 3: 0.0, 5: 1000.0}
    face = OutlineFace("cid", source, 2, {}, widths, {2: "\u6f22", 5: "\u5b57"})
    data = pdf_of([page_of(GlyphRun(face, 20, 10, 50, codes))])
    check_pixels(
        rendered(data), {(20, 45): BLACK, (20, 35): WHITE, (40, 45): WHITE, (40, 35): BLACK, (55, 45): WHITE}
    )
    assert text_of(data) == "\u6f22\u5b57"


def box(bottom: int) -> list[Any]:
    """A box of 1000 by 500."""
    lines = [1000, "hlineto", 500, "vlineto", -1000, "hlineto", "closepath", "endchar"]
    return [0, 1000, "hsbw", bottom, "vmoveto", *lines]


@pytest.mark.parametrize(
    "data",
    [b"", b"(Binary) 5 StartData ", b"/CIDMapOffset 0 def /Private (Binary) 0 StartData "],
)
def test_damage(data: bytes) -> None:
    with pytest.raises(ProgramError):
        embed_program(FontProgram("key", ProgramKind.CID_TYPE1, "Test", data), [1], indexed=True)
