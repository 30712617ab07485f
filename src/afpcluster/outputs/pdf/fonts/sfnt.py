"""TrueType, OpenType and CFF programs, reduced to some glyphs by fontTools.

Rules: hints and the outlines they belong to stay as they are; what only layout needs goes. A damaged font
makes fontTools raise all kinds of exceptions: callers turn them into `ProgramError`.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont, newTable

from afpcluster.display.face import FontProgram, ProgramKind
from afpcluster.outputs.pdf.fonts.embedded_program import EmbeddedProgram, ProgramError
from afpcluster.pdf.values import Raw

# What viewers read of an embedded TrueType font (section 9.9); the font dictionary says the rest.
_TRUETYPE_TABLES = frozenset({"head", "hhea", "maxp", "hmtx", "glyf", "loca", "cvt ", "fpgm", "prep"})


def embed_truetype(program: FontProgram, glyphs: list[str | int], tag: str) -> EmbeddedProgram:
    """A TrueType program for /FontFile2, its glyphs renumbered."""
    font = _open(program)
    if "glyf" not in font:
        raise ProgramError("no glyf table")
    if any(isinstance(glyph, str) for glyph in glyphs):
        font.getGlyphOrder()  # takes the names from the post table, before that goes
    for table in set(font.keys()) - _TRUETYPE_TABLES - {"GlyphOrder"}:
        del font[table]
    order = font.getGlyphOrder()
    names, missing = _names(glyphs, order, lambda index: order[index] if index < len(order) else None)
    _subset(font, set(names.values()))
    data = _saved(font)
    kept = {name: index for index, name in enumerate(font.getGlyphOrder())}
    indexes = {glyph: kept[name] for glyph, name in names.items()}
    return EmbeddedProgram("FontFile2", {"Length1": len(data)}, data, tag, indexes=indexes, missing=missing)


def embed_cff(program: FontProgram, glyphs: list[str | int], tag: str, *, indexed: bool) -> EmbeddedProgram:
    """A CFF program for /FontFile3: by name where it has names and codes are one byte, else by CID."""
    font = _open_cff(program) if program.kind is not ProgramKind.OPENTYPE_CFF else _open(program)
    top = font["CFF "].cff[0]
    order = font.getGlyphOrder()
    cid_keyed = hasattr(top, "ROS")
    if program.kind is ProgramKind.CID_CFF:
        present = set(order)
        names, missing = _names(
            glyphs, order, lambda cid: name if (name := f"cid{cid:05d}") in present else None
        )
    else:
        names, missing = _names(glyphs, order, lambda index: order[index] if index < len(order) else None)
    for table in set(font.keys()) - {"CFF ", "GlyphOrder", "maxp", "head", "hhea", "hmtx"}:
        del font[table]
    # A name-keyed program under a CIDFont has glyph indexes for CIDs (section 9.7.4.2): they must stay.
    by_index = indexed and not cid_keyed
    _subset(font, set(names.values()), retain_gids=by_index)
    data: bytes = font["CFF "].compile(font)
    if not cid_keyed and not indexed:
        return EmbeddedProgram(
            "FontFile3", {"Subtype": Raw(b"/Type1C")}, data, tag, names=names, missing=missing
        )
    places = {name: index for index, name in enumerate(order)}
    indexes = {
        glyph: int(name[3:]) if cid_keyed and name != ".notdef" else places[name]
        for glyph, name in names.items()
    }
    return EmbeddedProgram(
        "FontFile3", {"Subtype": Raw(b"/CIDFontType0C")}, data, tag, indexes=indexes, missing=missing
    )


def _open(program: FontProgram) -> Any:
    return TTFont(io.BytesIO(program.data), fontNumber=program.index, lazy=True, recalcTimestamp=False)


def _open_cff(program: FontProgram) -> Any:
    """A bare CFF program as the only table of a font."""
    font = TTFont(sfntVersion="OTTO", recalcTimestamp=False)
    table = newTable("CFF ")
    table.decompile(program.data, font)
    font["CFF "] = table
    font.setGlyphOrder(table.getGlyphOrder())
    return font


def _names(
    glyphs: list[str | int], order: list[str], by_number: Callable[[int], str | None]
) -> tuple[dict[str | int, str], tuple[str | int, ...]]:
    """(the program's name of each glyph, the glyphs it has not)."""
    present = set(order)
    names: dict[str | int, str] = {}
    missing: list[str | int] = []
    for glyph in glyphs:
        name = by_number(glyph) if isinstance(glyph, int) else glyph if glyph in present else None
        if name is None:
            missing.append(glyph)
        else:
            names[glyph] = name
    return names, tuple(missing)


def _subset(font: Any, names: set[str], *, retain_gids: bool = False) -> None:
    options = subset.Options(
        retain_gids=retain_gids, notdef_outline=False, glyph_names=True, layout_features=[], name_IDs=[]
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(glyphs=names)
    subsetter.subset(font)


def _saved(font: Any) -> bytes:
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()
