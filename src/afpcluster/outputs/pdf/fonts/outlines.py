"""A CFF program made anew of the outlines of a font, for one that is too damaged to be reduced.

Rules: glyphs that draw are taken over as curves in 1000 units an em, without hints; each of the others costs
itself alone, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.misc.psCharStrings import T2CharString
from fontTools.pens.basePen import NullPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen

from afpcluster.outputs.pdf.fonts.embedded_program import EmbeddedProgram
from afpcluster.outputs.pdf.fonts.metrics import Metrics, added_glyphs, is_sign
from afpcluster.pdf.values import Raw

_UNITS_PER_EM = 1000
_MISSING_GLYPH = ".notdef"
_BLANK_CHARSTRING = 8  # bytes of one for nothing at most: a width and the end


class DamagedGlyph(Exception):
    """A glyph promises an outline and has none."""


class _Pieces(NullPen):  # type: ignore[misc] # fontTools has no types
    """Counts what is drawn."""

    def __init__(self) -> None:
        self.count = 0

    def lineTo(self, pt: object) -> None:
        self.count += 1

    def curveTo(self, *points: object) -> None:
        self.count += 1

    def addComponent(self, glyphName: str, transformation: object) -> None:
        self.count += 1


def charstring_sizes(font: Any, names: Iterable[str]) -> dict[str, int]:
    """Bytes of the charstrings of a CFF font as they came; nothing for others."""
    if "CFF " not in font:
        return {}
    charstrings = font["CFF "].cff[0].CharStrings
    return {name: len(charstrings[name].bytecode or b"") for name in names}


def check_glyphs(font: Any, names: Iterable[str], sizes: Mapping[str, int]) -> None:
    """Draw glyphs of an open font for nobody to see; `sizes` are those of their charstrings in the source,
    where a long one that draws nothing is damaged. Raises anything where a glyph is."""
    for name in names:
        if "glyf" in font:
            font["glyf"][name].draw(NullPen(), font["glyf"])
            continue
        pieces = _Pieces()
        font["CFF "].cff[0].CharStrings[name].draw(pieces)
        if not pieces.count and sizes.get(name, 0) > _BLANK_CHARSTRING:
            raise DamagedGlyph(f"{name} draws nothing")


def embed_outlines(
    font: Any,
    names: dict[str | int, str],
    missing: tuple[str | int, ...],
    tag: str,
    metrics: Metrics | None = None,
) -> EmbeddedProgram:
    """The glyphs of an open font, keyed as faces call them, as a CFF program whose glyph indexes stand for
    them; `missing` are glyphs that it does not have."""
    shapes = font.getGlyphSet()
    widths = metrics.widths if metrics is not None else {}
    scale = _UNITS_PER_EM / (font["head"].unitsPerEm if "head" in font else _UNITS_PER_EM)
    charstrings = {_MISSING_GLYPH: T2CharStringPen(0, None).getCharString()}
    indexes: dict[str | int, int] = {}
    damaged: dict[str, str] = {}
    for glyph, name in names.items():
        try:
            check_glyphs(font, [name], charstring_sizes(font, [name]))
            drawn = _drawn(shapes, name, scale, widths.get(glyph))
        except Exception as error:  # fontTools raises anything on damaged glyphs
            damaged[str(glyph)] = f"glyph {glyph} cannot be drawn ({type(error).__name__})"
            continue
        indexes[glyph] = 0 if name == _MISSING_GLYPH else len(charstrings)
        charstrings[_MISSING_GLYPH if name == _MISSING_GLYPH else f"glyph{len(charstrings)}"] = drawn
    for name, width in added_glyphs(metrics):
        indexes[name] = len(charstrings)
        sign = is_sign(name) and _MISSING_GLYPH in shapes
        charstrings[name] = (
            _drawn(shapes, _MISSING_GLYPH, scale, width)
            if sign
            else T2CharStringPen(round(width), None).getCharString()
        )
    builder = FontBuilder(_UNITS_PER_EM, isTTF=False)
    builder.setupGlyphOrder(list(charstrings))
    builder.setupCFF(tag, {}, charstrings, {})
    data: bytes = builder.font["CFF "].compile(builder.font)
    return EmbeddedProgram(
        "FontFile3",
        {"Subtype": Raw(b"/CIDFontType0C")},
        data,
        tag,
        indexes=indexes,
        missing=missing,
        damaged=damaged,
    )


def _drawn(shapes: Any, name: str, scale: float, width: float | None) -> T2CharString:
    shape = shapes[name]
    advance = round(shape.width * scale if width is None else width)
    pen = T2CharStringPen(advance, shapes, roundTolerance=0)
    shape.draw(TransformPen(pen, (scale, 0, 0, scale, 0, 0)))
    return pen.getCharString()
