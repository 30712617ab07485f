"""TrueType, OpenType and CFF programs, reduced to some glyphs by fontTools.

Rules: hints and the outlines they belong to stay as they are, stored boxes too (an outline's place follows
from its box); what only layout needs goes. Every program is read back: its glyphs must draw. Where one does
not, or the program cannot be reduced, a new one is made of the outlines that draw. A font that cannot even be
opened makes fontTools raise all kinds of exceptions: callers turn them into `ProgramError`.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont, newTable

from afpcluster.display.face import FontProgram, ProgramKind
from afpcluster.outputs.pdf.fonts.embedded_program import EmbeddedProgram, ProgramError
from afpcluster.outputs.pdf.fonts.measured import measure_cff, measure_truetype
from afpcluster.outputs.pdf.fonts.metrics import Metrics, added_glyphs
from afpcluster.outputs.pdf.fonts.outlines import charstring_sizes, check_glyphs, embed_outlines
from afpcluster.pdf.values import Raw

# What viewers read of an embedded TrueType font (section 9.9); the font dictionary says the rest.
_TRUETYPE_TABLES = frozenset({"head", "hhea", "maxp", "hmtx", "glyf", "loca", "cvt ", "fpgm", "prep"})
_CFF_TABLES = frozenset({"CFF ", "maxp", "head", "hhea", "hmtx"})
_NOTDEF = ".notdef"

_Embed = Callable[[list[str | int]], EmbeddedProgram]


def embed_truetype(
    program: FontProgram, glyphs: list[str | int], tag: str, metrics: Metrics | None
) -> EmbeddedProgram:
    """A TrueType program for /FontFile2, its glyphs renumbered."""
    return _whole_or_outlines(
        lambda wanted: _truetype(program, wanted, tag, metrics), program, glyphs, tag, metrics
    )


def embed_cff(
    program: FontProgram, glyphs: list[str | int], tag: str, metrics: Metrics | None, *, indexed: bool
) -> EmbeddedProgram:
    """A CFF program for /FontFile3: by name where it has names and codes are one byte, else by CID."""
    return _whole_or_outlines(
        lambda wanted: _cff(program, wanted, tag, metrics, indexed=indexed), program, glyphs, tag, metrics
    )


def _whole_or_outlines(
    embed: _Embed, program: FontProgram, glyphs: list[str | int], tag: str, metrics: Metrics | None
) -> EmbeddedProgram:
    """The program with these glyphs; where it is too damaged for that, those of its outlines that draw."""
    try:
        return embed(glyphs)
    except ProgramError:
        raise
    except Exception:  # fontTools raises anything on damaged glyphs
        font = _open(program)
        names, missing = _names_in(font, program, glyphs)
        return embed_outlines(font, names, missing, tag, metrics)


def _truetype(
    program: FontProgram, glyphs: list[str | int], tag: str, metrics: Metrics | None
) -> EmbeddedProgram:
    font = _open(program)
    if "glyf" not in font:
        raise ProgramError("no glyf table")
    if any(isinstance(glyph, str) for glyph in glyphs):
        font.getGlyphOrder()  # takes the names from the post table, before that goes
    _keep_tables(font, _TRUETYPE_TABLES)
    names, missing = _names_in(font, program, glyphs)
    _subset(font, set(names.values()))
    if metrics is not None:
        measure_truetype(font, names, metrics)
    data = _saved(font)
    order = font.getGlyphOrder()
    kept = {name: index for index, name in enumerate(order)}
    indexes = {glyph: kept[name] for glyph, name in names.items()}
    indexes |= {name: kept[name] for name, _ in added_glyphs(metrics)}
    _read_back(data, indexes.values())
    return EmbeddedProgram("FontFile2", {"Length1": len(data)}, data, tag, indexes=indexes, missing=missing)


def _cff(
    program: FontProgram, glyphs: list[str | int], tag: str, metrics: Metrics | None, *, indexed: bool
) -> EmbeddedProgram:
    font = _open(program)
    cid_keyed = hasattr(font["CFF "].cff[0], "ROS")
    order = font.getGlyphOrder()
    names, missing = _names_in(font, program, glyphs)
    sizes = charstring_sizes(font, names.values())
    _keep_tables(font, _CFF_TABLES)
    # A name-keyed program under a CIDFont has glyph indexes for CIDs (section 9.7.4.2): they must stay.
    by_index = indexed and not cid_keyed
    _subset(font, set(names.values()), retain_gids=by_index, desubroutinize=metrics is not None)
    added = measure_cff(font, names, metrics) if metrics is not None else {}
    data: bytes = font["CFF "].compile(font)
    check_glyphs(_bare_cff(data), names.values(), sizes)
    if not cid_keyed and not indexed:
        return EmbeddedProgram(
            "FontFile3", {"Subtype": Raw(b"/Type1C")}, data, tag, names=names, missing=missing
        )
    places = {name: index for index, name in enumerate(order)}
    indexes = added | {
        glyph: int(name[3:]) if cid_keyed and name != _NOTDEF else places[name]
        for glyph, name in names.items()
    }
    return EmbeddedProgram(
        "FontFile3", {"Subtype": Raw(b"/CIDFontType0C")}, data, tag, indexes=indexes, missing=missing
    )


def _open(program: FontProgram) -> Any:
    if program.kind in (ProgramKind.CFF, ProgramKind.CID_CFF):
        return _bare_cff(program.data)
    return _open_sfnt(program.data, program.index)


def _open_sfnt(data: bytes, index: int = 0) -> Any:
    return TTFont(io.BytesIO(data), fontNumber=index, lazy=True, recalcBBoxes=False, recalcTimestamp=False)


def _bare_cff(data: bytes) -> Any:
    """A bare CFF program as the only table of a font."""
    font = TTFont(sfntVersion="OTTO", recalcTimestamp=False)
    table = newTable("CFF ")
    table.decompile(data, font)
    font["CFF "] = table
    font.setGlyphOrder(table.getGlyphOrder())
    return font


def _keep_tables(font: Any, tables: frozenset[str]) -> None:
    for table in set(font.keys()) - tables - {"GlyphOrder"}:
        del font[table]


def _names_in(
    font: Any, program: FontProgram, glyphs: list[str | int]
) -> tuple[dict[str | int, str], tuple[str | int, ...]]:
    """(the program's name of each glyph, the glyphs it has not). Numbers are CIDs in a CID-keyed program that
    comes bare, else indexes."""
    order: list[str] = font.getGlyphOrder()
    present = set(order)
    names: dict[str | int, str] = {}
    missing: list[str | int] = []
    for glyph in glyphs:
        if isinstance(glyph, str):
            name = glyph
        elif program.kind is ProgramKind.CID_CFF:
            name = f"cid{glyph:05d}"
        else:
            name = order[glyph] if glyph < len(order) else ""
        if name in present:
            names[glyph] = name
        else:
            missing.append(glyph)
    return names, tuple(missing)


def _subset(font: Any, names: set[str], *, retain_gids: bool = False, desubroutinize: bool = False) -> None:
    options = subset.Options(
        desubroutinize=desubroutinize,
        retain_gids=retain_gids,
        notdef_outline=_NOTDEF in names,
        glyph_names=True,
        layout_features=[],
        name_IDs=[],
    )
    subsetter = subset.Subsetter(options)
    subsetter.populate(glyphs=names)
    subsetter.subset(font)


def _saved(font: Any) -> bytes:
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def _read_back(data: bytes, indexes: Iterable[int]) -> None:
    """Every table opens and every glyph draws."""
    font = _open_sfnt(data)
    for table in font.keys():  # noqa: SIM118 - not a dictionary
        font[table]  # reads it
    order = font.getGlyphOrder()
    check_glyphs(font, [order[index] for index in indexes], {})
