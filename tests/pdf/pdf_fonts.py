"""Tiny fonts made on the spot: every glyph is a box, so that a test can say which pixels are ink.

Glyph `low` fills the lower half of the em's square, `high` the upper half, `full` all of it; all are one em
wide. Faces give them the code points of EBCDIC A, B and C, and the text "A", "B" and "C".
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache

from fontTools.cffLib import FDArrayIndex, FDSelect, FontDict
from fontTools.fontBuilder import FontBuilder
from fontTools.misc import eexec
from fontTools.misc.psCharStrings import T1CharString
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from afpcluster.display.face import FontProgram, OutlineFace, ProgramKind, RasterFace, RasterGlyph

BOXES = {"low": (0, 500), "high": (500, 1000), "full": (0, 1000)}
CODES = {0xC1: "low", 0xC2: "high", 0xC3: "full"}
TEXT = {0xC1: "A", 0xC2: "B", 0xC3: "C"}
WIDTHS = dict.fromkeys(CODES, 1000.0)
ORDER = [".notdef", "low", "high", "full"]


def _charstring(program: list[int | str]) -> bytes:
    charstring = T1CharString(program=program)
    charstring.compile()
    return eexec.encrypt(b"\0\0\0\0" + charstring.bytecode, 4330)[0]


def type1(*, hexadecimal: bool = False, trailer: bool = True) -> bytes:
    """A Type 1 program with a Subr that `high` calls, one nobody calls, and `AE` made of two others."""
    subrs: dict[int, list[int | str]] = {number: ["return"] for number in range(4)}
    subrs |= {4: [1000, "hlineto", 500, "vlineto", -1000, "hlineto", "return"], 5: [7, "hlineto", "return"]}
    glyphs: dict[str, list[int | str]] = {
        ".notdef": [0, 1000, "hsbw", 1000, "hlineto", 1000, "vlineto", "closepath", "endchar"],
        "low": [0, 1000, "hsbw", 4, "callsubr", "closepath", "endchar"],
        "high": [0, 1000, "hsbw", 500, "vmoveto", 4, "callsubr", "closepath", "endchar"],
        "full": [0, 1000, "hsbw", 0, 0, 0, 65, 66, "seac"],  # StandardEncoding A and B
        "A": [0, 1000, "hsbw", 4, "callsubr", "closepath", "endchar"],
        "B": [0, 1000, "hsbw", 500, "vmoveto", 4, "callsubr", "closepath", "endchar"],
        "unused": [0, 1000, "hsbw", 5, "callsubr", "closepath", "endchar"],
    }
    private = b"dup /Private 8 dict dup begin /RD{string currentfile exch readstring pop}executeonly def\n"
    private += b"/ND{noaccess def}executeonly def /NP{noaccess put}executeonly def\n"
    private += b"/BlueValues [] def /password 5839 def /Subrs %d array\n" % len(subrs)
    for number, program in subrs.items():
        data = _charstring(program)
        private += b"dup %d %d RD %b NP\n" % (number, len(data), data)
    private += b"ND 2 index /CharStrings %d dict dup begin\n" % len(glyphs)
    for name, program in glyphs.items():
        data = _charstring(program)
        private += b"/%b %d RD %b ND\n" % (name.encode(), len(data), data)
    private += b"end end readonly put noaccess put dup /FontName get exch definefont pop\n"
    private += b"mark currentfile closefile\n"
    encrypted = eexec.encrypt(b"\0\0\0\0" + private, 55665)[0]
    clear = (
        b"%!PS-AdobeFont-1.0: Boxes\n11 dict begin /FontName /Boxes def /PaintType 0 def /FontType 1 def\n"
        b"/FontMatrix [0.001 0 0 0.001 0 0] readonly def /FontBBox {0 0 1000 1000} readonly def\n"
        b"/Encoding 256 array 0 1 255 {1 index exch /.notdef put} for dup 65 /low put readonly def\n"
        b"currentdict end currentfile eexec\n"
    )
    body = encrypted.hex().encode() if hexadecimal else encrypted
    return clear + body + (b"\n" + (b"0" * 64 + b"\n") * 8 + b"cleartomark\n" if trailer else b"")


@cache
def truetype() -> bytes:
    """A TrueType font with the glyphs in `ORDER`."""
    builder = _builder(is_truetype=True)
    glyphs = {}
    for name in ORDER:
        pen = TTGlyphPen(None)
        _draw(pen, name)
        glyphs[name] = pen.glyph()
    builder.setupGlyf(glyphs)
    return _finished(builder)


@cache
def opentype_cff() -> bytes:
    """The same as an OpenType font with a name-keyed CFF."""
    builder = _builder(is_truetype=False)
    charstrings = {}
    for name in ORDER:
        pen = T2CharStringPen(1000, None)
        _draw(pen, name)
        charstrings[name] = pen.getCharString()
    builder.setupCFF("Boxes", {}, charstrings, {})
    return _finished(builder)


def bare_cff() -> bytes:
    font = TTFont(io.BytesIO(opentype_cff()))
    return font.reader["CFF "]


@cache
def cid_cff() -> bytes:
    """The same as a CID-keyed CFF: glyph n of `ORDER` has CID 100 * n."""
    font = TTFont(io.BytesIO(opentype_cff()))
    top = font["CFF "].cff[0]
    charstrings = top.CharStrings
    cids = {name: f"cid{100 * index:05d}" if index else name for index, name in enumerate(ORDER)}
    part = FontDict()
    part.FontName = "Boxes-Part"
    part.Private = top.Private
    top.FDArray = FDArrayIndex()
    top.FDArray.append(part)
    top.FDSelect = FDSelect()
    top.FDSelect.format = 3
    top.FDSelect.gidArray = [0] * len(ORDER)
    top.ROS = ("Adobe", "Identity", 0)
    top.CIDCount = 1000
    top.charset = [cids[name] for name in ORDER]
    charstrings.charStrings = {cids[name]: index for name, index in charstrings.charStrings.items()}
    charstrings.fdArray, charstrings.fdSelect = top.FDArray, top.FDSelect
    del top.rawDict["Private"]
    del top.Private
    font.setGlyphOrder(top.charset)
    return font["CFF "].compile(font)


def _draw(pen: object, name: str) -> None:
    if name in BOXES:
        bottom, top = BOXES[name]
        pen.moveTo((0, bottom))
        pen.lineTo((0, top))
        pen.lineTo((1000, top))
        pen.lineTo((1000, bottom))
        pen.closePath()


def _builder(*, is_truetype: bool) -> FontBuilder:
    builder = FontBuilder(1000, isTTF=is_truetype)
    builder.setupGlyphOrder(ORDER)
    builder.setupCharacterMap({65: "low", 66: "high", 67: "full"})
    return builder


def _finished(builder: FontBuilder) -> bytes:
    builder.setupHorizontalMetrics(dict.fromkeys(ORDER, (1000, 0)))
    builder.setupHorizontalHeader(ascent=1000, descent=0)
    builder.setupNameTable({"familyName": "Boxes", "styleName": "Regular", "psName": "Boxes"})
    builder.setupOS2()
    builder.setupPost()
    buffer = io.BytesIO()
    builder.save(buffer)
    return buffer.getvalue()


def outline_face(
    kind: ProgramKind,
    data: bytes,
    *,
    code_size: int = 1,
    glyphs: Mapping[int, str | int] | None = None,
    unicode: Mapping[int, str] | None = None,
    name: str = "Boxes",
) -> OutlineFace:
    """A face over one of the programs above; with one-byte codes those of `CODES`."""
    key = f"{kind}-{name}-{code_size}"
    return OutlineFace(
        key,
        FontProgram(key, kind, name, data),
        code_size,
        CODES if glyphs is None else glyphs,
        WIDTHS if code_size == 1 else {},
        TEXT if unicode is None else unicode,
        default_width=1000.0,
    )


def raster_face(code_size: int = 1, *, high_byte: int = 0) -> RasterFace:
    """A raster face of 10 pels to the em."""
    row = b"\xff\xc0"
    bitmaps = {
        "low": RasterGlyph(10, 5, 0, 5, row * 5),
        "high": RasterGlyph(10, 5, 0, 10, row * 5),
        "full": RasterGlyph(10, 10, 0, 10, row * 10),
    }
    glyphs = {high_byte << 8 | code: bitmaps[name] for code, name in CODES.items()}
    text = {high_byte << 8 | code: text for code, text in TEXT.items()}
    return RasterFace(
        f"raster-{code_size}", "Raster", 10.0, glyphs, dict.fromkeys(glyphs, 1000.0), text, code_size, 1000.0
    )
