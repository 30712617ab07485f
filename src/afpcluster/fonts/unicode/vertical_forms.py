"""Glyphs for vertical writing of TrueType and OpenType fonts: punctuation, brackets, small kana (OpenType
features "vrt2" and "vert" of GSUB, single substitutions).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from afpcluster.display.face import ProgramKind
from afpcluster.findings import Severity
from afpcluster.fonts.unicode.sfnt import Remark, open_font, releasing
from afpcluster.fonts.unicode.truetype import CharacterFace

_FEATURES = ("vert", "vrt2")  # the second one, where a font has both, counts
_SINGLE, _EXTENSION = 1, 7  # types of lookups
_DAMAGED = Remark(
    "font-vertical-forms",
    Severity.SUBSTITUTED,
    "its table of glyphs for vertical writing (GSUB) cannot be read; those for horizontal writing are shown",
)


@lru_cache(maxsize=16)
def vertical_form(face: CharacterFace) -> CharacterFace:
    """The face with its glyphs for vertical writing; itself where it has none. Where they cannot be read, its
    last remark says so."""
    program = face.face.program
    if program.kind not in (ProgramKind.TRUETYPE, ProgramKind.OPENTYPE_CFF):
        return face
    try:
        with releasing(open_font(program.data, program.index)) as font:
            others = _substitutes(font) if "GSUB" in font else {}
    except Exception:  # fontTools meets damage with whatever its tables come upon
        return replace(face, remarks=(*face.remarks, _DAMAGED))
    codes = {character: others.get(code, code) for character, code in face.codes.items()}
    if codes == face.codes:
        return face
    readings = {others[code]: text for code, text in face.face.unicode.items() if code in others}
    shown = replace(face.face, key=f"{face.face.key}-v", unicode=readings | dict(face.face.unicode))
    return replace(face, face=shown, codes=codes)


def _substitutes(font: Any) -> Mapping[int, int]:
    """Glyph -> the one for vertical writing, by index."""
    table = font["GSUB"].table
    found: dict[str, str] = {}
    for tag in _FEATURES:
        for number in _lookups(table, tag):
            found |= dict(_pairs(table.LookupList.Lookup[number]))
    return {font.getGlyphID(glyph): font.getGlyphID(other) for glyph, other in found.items()}


def _lookups(table: Any, tag: str) -> list[int]:
    """The numbers of the lookups of a feature, of all scripts."""
    records = table.FeatureList.FeatureRecord if table.FeatureList is not None else []
    return sorted({n for r in records if r.FeatureTag == tag for n in r.Feature.LookupListIndex})


def _pairs(lookup: Any) -> Iterator[tuple[str, str]]:
    for subtable in lookup.SubTable:
        if lookup.LookupType == _EXTENSION:
            subtable = subtable.ExtSubTable
        if subtable.LookupType == _SINGLE:
            yield from subtable.mapping.items()
