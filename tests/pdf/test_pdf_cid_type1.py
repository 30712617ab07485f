"""CID-keyed Type 1 programs become CFF with the glyphs used."""

from __future__ import annotations

import io
from typing import Any

import freetype
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
    glyphs: dict[int, list[Any]],
    count: int,
    *,
    len_iv: int = 4,
    coding: str = "Binary",
    top: str = "",
    inner: str = "/FontMatrix [0.001 0 0 0.001 0 0] def",
) -> FontProgram:
    """A program with one font dictionary and one Subr; entries of the map are 1 + 3 bytes. `top` and `inner`
    are text of the header, the latter in the font dictionary."""
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
    size = len(binary)
    if coding == "Hex":
        binary = binary.hex(" ", 16).encode("ascii") + b">"
    header = (
        "%!PS-Adobe-3.0 Resource-CIDFont\n/CIDFontName /Test-CID def /CIDFontType 0 def "
        "/FontBBox [0 0 1000 1000] def /CIDSystemInfo 3 dict dup begin /Registry (Adobe) def "
        f"/Ordering (Identity) def /Supplement 0 def end def /CIDMapOffset 0 def /FDBytes 1 def "
        f"/GDBytes 3 def /CIDCount {count} def {top} "
        f"/FDArray 1 array dup 0\n%ADOBeginFontDict\n1 dict begin {inner} "
        "/PaintType 0 def /FontType 1 def /Private 4 dict dup begin "
        f"/SubrMapOffset {subr_map} def /SDBytes 2 def /SubrCount 1 def /lenIV {len_iv} def end end put def\n"
        f"({coding}) {size} StartData "
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


SBW = [30, 40, 700, 0, "sbw", 0, "hmoveto", 90, "hlineto", 9, 80, "rlineto"]
SHAPES: dict[int, list[Any]] = {
    0: SQUARE,
    1: BY_SUBR,
    2: [10, 500, "hsbw", 20, "vmoveto", 10, 20, 30, 40, 50, 60, "rrcurveto", 5, 6, 7, 8, "vhcurveto"],
    3: [0, 400, "hsbw", 1, 2, "hstem", 10, "hmoveto", 100, "vlineto", 50, "hlineto", "closepath", "endchar"],
    4: [*SBW, "closepath", 9, "vmoveto", 5, "hlineto", 6, "vlineto", "closepath", "endchar"],
}


@pytest.mark.parametrize("options", [{}, {"len_iv": 0}, {"top": "/FontMatrix [1 0 0 1 0 0] def"}])
def test_outlines_equal_the_source(options: dict[str, Any]) -> None:
    """As FreeType sees both."""
    source = program(SHAPES, len(SHAPES), **options)
    embedded = embed_program(source, list(SHAPES), indexed=True)
    assert embedded.indexes is not None
    before, after = (freetype.Face(io.BytesIO(data)) for data in (source.data, embedded.data))
    for cid, index in embedded.indexes.items():
        assert seen(after, index) == seen(before, int(cid)), cid


def seen(face: Any, index: int) -> tuple[Any, ...]:
    """(width, points, ends of contours). A last point on the first one says nothing."""
    face.load_glyph(index, freetype.FT_LOAD_NO_SCALE | freetype.FT_LOAD_NO_HINTING)
    outline = face.glyph.outline
    return face.glyph.advance.x, tuple(outline.points), tuple(outline.contours)


@pytest.mark.parametrize(
    ("inner", "top", "scale"),
    [
        ("", "", 1),
        ("/FontMatrix [0.0005 0 0 0.0005 0 0] def", "", 0.5),
        ("/FontMatrix[.5 0 0 .5 0 0]def", "/FontMatrix [0.001 0 0 0.001 0 0] def", 0.5),
        ("/FontMatrix [0.002 0 0 0.002 0 0] def", "/FontMatrix [1 0 0 1 0 0] def", 2),
        ("/FontMatrix [0.001 0 0 0.001 0 0] def", "/FontMatrix [0.001 0 0 0.001 0 0] def", 1),
        ("% /Private /FontMatrix [7 0 0 7 0 0] \n", "/Notice (in \\( /Private /FDArray) def", 1),
    ],
)
def test_matrices(inner: str, top: str, scale: float) -> None:
    source = program({1: SQUARE}, 2, top=top, inner=inner)
    embedded = embed_program(source, [1], indexed=True)
    assert outlines(embedded.data)["cid00001"] == (600 * scale, tuple(scale * at for at in (50, 0, 150, 100)))


def test_fractions_are_kept() -> None:
    source = program({1: [1, 4, "div", 600, "hsbw", *SQUARE[3:]]}, 2)
    assert outlines(embed_program(source, [1], indexed=True).data)["cid00001"] == (
        600,
        (0.25, 0, 100.25, 100),
    )


def test_what_is_cut_off_is_told() -> None:
    source = program({0: SQUARE, 1: SQUARE, 2: BY_SUBR, 3: SQUARE}, 4)
    cut = FontProgram("key", source.kind, source.name, source.data[:-10])
    embedded = embed_program(cut, ["LA010000", 1, 2, 3, 9], indexed=True)
    assert embedded.damaged == {"3": "is beyond the end of the data"}
    assert set(embedded.missing) == {"LA010000", 9}
    assert outlines(embedded.data).keys() == {".notdef", "cid00001", "cid00002"}
    for size in range(len(source.data) - 200, len(source.data)):
        cut = FontProgram("key", source.kind, source.name, source.data[:size])
        try:
            embedded = embed_program(cut, [1, 2, 3], indexed=True)
        except ProgramError:
            continue
        shown = set(embedded.indexes or {})
        assert shown | set(map(int, embedded.damaged)) | set(embedded.missing) == {1, 2, 3}


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
