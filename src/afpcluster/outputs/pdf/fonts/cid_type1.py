"""CID-keyed Type 1 programs -> CFF with the glyphs that are used: PDF knows no other form of them.

Rules: outlines are taken over as curves, in 1000 units an em whatever the program's own are; hints are not.
A glyph that cannot be drawn costs itself alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from fontTools.fontBuilder import FontBuilder
from fontTools.misc.psCharStrings import T2CharString
from fontTools.misc.transform import Transform
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen

from afpcluster.display.face import FontProgram
from afpcluster.outputs.pdf.fonts.embedded_program import EmbeddedProgram, ProgramError
from afpcluster.outputs.pdf.fonts.metrics import Metrics, added_glyphs, is_sign
from afpcluster.pdf.values import Raw
from afpcluster.type1 import ProgramDataError
from afpcluster.type1.charstring import CharstringError, Glyph
from afpcluster.type1.cid import CidProgram, Matrix

_UNITS_PER_EM = 1000
_MISSING_GLYPH = ".notdef"


def embed_cid_type1(
    program: FontProgram, cids: Iterable[str | int], tag: str, metrics: Metrics | None
) -> EmbeddedProgram:
    """The glyphs of these CIDs as a CFF program whose glyph indexes stand for them; text stands for a
    character that has no CID. Raises ProgramError."""
    widths = metrics.widths if metrics is not None else {}
    try:
        font = CidProgram(program.data)
    except ProgramDataError as error:
        raise ProgramError(str(error)) from error
    wanted = list(cids)
    missing: list[str | int] = [cid for cid in wanted if isinstance(cid, str)]
    charstrings: dict[str, T2CharString] = {_MISSING_GLYPH: _missing_glyph(font)}
    indexes: dict[str | int, int] = {}
    damaged: dict[str, str] = {}
    for cid in sorted(cid for cid in wanted if isinstance(cid, int)):
        try:
            found = font.glyph(cid)
        except CharstringError as error:
            damaged[str(cid)] = str(error)
            continue
        if found is None:
            missing.append(cid)
            continue
        indexes[cid] = len(charstrings) if cid else 0
        charstrings[f"cid{cid:05d}" if cid else _MISSING_GLYPH] = _converted(*found, widths.get(cid))
    for name, width in added_glyphs(metrics):
        indexes[name] = len(charstrings)
        charstrings[name] = _missing_glyph(font, width) if is_sign(name) else _blank(width)
    builder = FontBuilder(_UNITS_PER_EM, isTTF=False)
    builder.setupGlyphOrder(list(charstrings))
    builder.setupCFF(program.name or "Font", {}, charstrings, {})
    data: bytes = builder.font["CFF "].compile(builder.font)
    return EmbeddedProgram(
        "FontFile3",
        {"Subtype": Raw(b"/CIDFontType0C")},
        data,
        tag,
        indexes=indexes,
        missing=tuple(missing),
        damaged=damaged,
    )


def _missing_glyph(font: CidProgram, width: float | None = None) -> T2CharString:
    try:
        found = font.glyph(0)
    except CharstringError:
        found = None
    return _converted(*found, width) if found else _blank(width or 0)


def _blank(width: float) -> T2CharString:
    return T2CharStringPen(round(width), None).getCharString()


def _converted(glyph: Glyph, matrix: Matrix, advance: float | None = None) -> T2CharString:
    """A Type 1 outline as a Type 2 charstring, with another width where `advance` is one."""
    scale = Transform(*[value * _UNITS_PER_EM for value in matrix])
    width = round(glyph.width * scale[0] if advance is None else advance)
    charstring = T2CharStringPen(width, None, roundTolerance=0)
    pen = TransformPen(charstring, scale)
    point, open_ = glyph.origin, False
    for kind, *numbers in glyph.path:
        points = list(zip(numbers[::2], numbers[1::2], strict=True))
        if kind == "close":
            pen.closePath()
            open_ = False
            continue
        point, start = points[-1], point
        if kind == "move":
            open_ = False
            continue
        if not open_:
            pen.moveTo(start)
            open_ = True
        (pen.lineTo if kind == "line" else pen.curveTo)(*points)
    return charstring.getCharString()
