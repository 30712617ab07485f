"""Advances of open TrueType and CFF fonts set to what a document says, and glyphs added to them.

Rules: nothing that is drawn moves. Charstrings of CFF must be without Subrs, so that their width, if they
have one, is their first operand.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

from fontTools.misc.psCharStrings import T2CharString, T2WidthExtractor
from fontTools.ttLib.tables._g_l_y_f import Glyph

from afpcluster.outputs.pdf.fonts.metrics import Metrics, is_sign

_NO_WIDTH = -1_000_000.0
_ENDCHAR = "endchar"


def measure_truetype(font: Any, names: Mapping[str | int, str], metrics: Metrics) -> None:
    """`names` are the font's for glyphs as faces call them; those that are added keep their names."""
    scale = font["head"].unitsPerEm / 1000
    advances, outlines = font["hmtx"], font["glyf"]
    for glyph, name in names.items():
        if glyph in metrics.widths:
            advances[name] = (round(metrics.widths[glyph] * scale), advances[name][1])
    order = list(font.getGlyphOrder())
    for name, width in metrics.added.items():
        source = order[0] if is_sign(name) else None
        outlines[name] = copy(outlines[source]) if source is not None else Glyph()
        advances[name] = (round(width * scale), advances[source][1] if source is not None else 0)
    order += metrics.added
    font.setGlyphOrder(order)
    outlines.setGlyphOrder(order)
    font["maxp"].numGlyphs = len(order)


def measure_cff(font: Any, names: Mapping[str | int, str], metrics: Metrics) -> dict[str | int, int]:
    """As for TrueType; the answer tells the glyph index or CID of each that is added."""
    top = font["CFF "].cff[0]
    units = 1000.0
    if hasattr(top, "FontMatrix") and top.FontMatrix[0]:
        units = 1 / top.FontMatrix[0]
    scale = units / 1000
    charstrings = top.CharStrings
    for glyph, name in names.items():
        if glyph in metrics.widths:
            _set_width(charstrings[name], round(metrics.widths[glyph] * scale))
    added: dict[str | int, int] = {}
    cid_keyed = hasattr(top, "ROS")
    for name, width in metrics.added.items():
        order = font.getGlyphOrder()
        number = (
            1 + max(int(known[3:]) for known in order if known[3:].isdigit()) if cid_keyed else len(order)
        )
        added[name] = number
        own_name = f"cid{number:05d}" if cid_keyed else name
        _add(font, top, own_name, round(width * scale), sign=is_sign(name))
    return added


def _set_width(charstring: Any, width: int) -> None:
    private = charstring.private
    charstring.decompile()
    extractor = T2WidthExtractor([], charstring.globalSubrs, 0, _NO_WIDTH, private)
    extractor.execute(charstring)
    operand = width - private.nominalWidthX
    if extractor.width == _NO_WIDTH:
        charstring.program.insert(0, operand)
    else:
        charstring.program[0] = operand


def _add(font: Any, top: Any, name: str, width: int, *, sign: bool) -> None:
    """Add a glyph: a copy of the sign for missing characters, or a blank one."""
    charstrings = top.CharStrings
    first = charstrings[font.getGlyphOrder()[0]]
    private = first.private
    added = T2CharString(program=[width - private.nominalWidthX, _ENDCHAR], private=private)
    added.globalSubrs = first.globalSubrs
    if sign:
        first.decompile()
        added.program = list(first.program)
        _set_width(added, width)
    if charstrings.charStringsAreIndexed:
        charstrings.charStringsIndex.append(added)
        charstrings.charStrings[name] = len(charstrings.charStringsIndex) - 1
    else:
        charstrings.charStrings[name] = added
    if hasattr(top, "FDSelect") and top.FDSelect is not None:
        charstrings.fdSelect.append(charstrings.fdSelect[0])
    top.charset.append(name)
    font.setGlyphOrder(list(top.charset))
