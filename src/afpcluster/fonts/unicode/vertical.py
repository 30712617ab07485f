"""Metrics for vertical writing of TrueType and OpenType fonts, where they have any: how far a glyph goes
down, and how high above its baseline it begins (OpenType "vmtx", "VORG").

They count for characters turned by 90 and 270 degrees (MO:DCA "Data-Object Font Descriptor Triplet X'8B'").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from afpcluster.display.face import OutlineFace, ProgramKind
from afpcluster.fonts.foca.active import Vertical
from afpcluster.fonts.unicode.sfnt import open_font, releasing

_TOP = slice(8, 10)  # of a glyph's box, in its header


@lru_cache(maxsize=16)
def vertical_metrics(face: OutlineFace) -> Mapping[int, Vertical] | None:
    """The metrics by glyph index; None where the font has none that can be read."""
    program = face.program
    if program.kind not in (ProgramKind.TRUETYPE, ProgramKind.OPENTYPE_CFF):
        return None
    try:
        with releasing(open_font(program.data, program.index)) as font:
            if "vhea" not in font or "vmtx" not in font:
                return None
            scale, sides = 1000 / font["head"].unitsPerEm, font["vmtx"].metrics
            tops = zip(font.getGlyphOrder(), _tops(font), strict=True)
            return {
                number: Vertical(sides[name][0] * scale, top * scale)
                for number, (name, top) in enumerate(tops)
                if name in sides
            }
    except Exception:  # fontTools meets damage with whatever its tables come upon
        return None


def _tops(font: Any) -> Iterator[int]:
    """How high each glyph begins in vertical writing: by VORG, else its top side bearing above its box."""
    order, sides = font.getGlyphOrder(), font["vmtx"].metrics
    if "VORG" in font:
        for name in order:
            yield font["VORG"][name]
    elif "glyf" in font:
        data, places = font.reader["glyf"], font["loca"].locations
        for number, name in enumerate(order):
            glyph = data[places[number] : places[number + 1]]
            side = sides[name][1] if name in sides else 0
            yield int.from_bytes(glyph[_TOP], "big", signed=True) + side
    else:
        for _ in order:
            yield font["hhea"].ascent
