"""Font files as they come -> a plain sfnt whose tables can all be read.

Rules: an untouched file stays as it is. WOFF is unpacked. A damaged table that drawing does not need is left
out; glyphs without a width repeat the last one (OpenType "hmtx"). Where the outlines themselves cannot be
reached, the font is refused. What was mended is said in `remarks`.
"""

from __future__ import annotations

import io
import logging
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, NamedTuple

from afpcluster.findings import Severity
from afpcluster.fonts.foca.code_page import FontDataError
from afpcluster.heavy import ttLib
from afpcluster.light import dataclass

logging.getLogger("fontTools").setLevel(logging.CRITICAL)  # a line a damaged record; findings say what counts

_TRUETYPE, _CFF = "\x00\x01\x00\x00", "OTTO"
_NEEDED = ("head", "hhea", "maxp")
_OPTIONAL = ("OS/2", "post", "name")  # those that are read here
_SAMPLE = 16  # glyphs that are drawn to see whether the font is usable at all
_GLYPH_HEAD = 10  # bytes of a glyph's header; the box begins at 2
_WOFF, _WOFF_HEAD, _WOFF_ENTRY = b"wOFF", 44, 20  # bytes
_MOST_UNPACKED = 64 << 20  # bytes of all tables of a font that is packed or mended
_PIECE = 1 << 16
_MOST_FONTS = 256  # in a collection; real ones have some tens


class UnusableOutlines(FontDataError):
    """The file is a font, but its outlines cannot be read: it can neither be drawn nor embedded."""


class Remark(NamedTuple):
    """What a finding says of a font that is used nevertheless."""

    code: str
    severity: Severity
    text: str


@dataclass(slots=True, frozen=True)
class Sfnt:
    """A font that fontTools has open, and the file it is from: font `index` of `data`."""

    font: Any
    data: bytes
    index: int = 0
    remarks: tuple[Remark, ...] = ()

    @property
    def truetype(self) -> bool:
        """Whether its outlines are those of a glyf table."""
        return "glyf" in self.font


def open_font(data: bytes, index: int = 0, *, lazy: bool = True) -> Any:
    """The font as fontTools reads it, `lazy` as late as it can. Raises FontDataError."""
    try:
        return ttLib.TTFont(
            io.BytesIO(data), fontNumber=index, lazy=lazy, recalcBBoxes=False, recalcTimestamp=False
        )
    except Exception as problem:  # struct.error, TTLibError and others
        raise FontDataError(f"The font object is no TrueType or OpenType font: {problem}") from problem


@contextmanager
def releasing(font: Any) -> Iterator[Any]:
    """`font` while it is read. Then its tables go: some hold the font (cmap, CFF), and such a cycle would
    keep the whole file in memory until the collector comes."""
    try:
        with font:
            yield font
    finally:
        font.tables.clear()


def font_count(data: bytes) -> int:
    """How many fonts of a file are looked at: four bytes of a collection say that one is there again."""
    return min(int.from_bytes(data[8:12], "big"), _MOST_FONTS) if data[:4] == b"ttcf" else 1


def check_unpacked_size(data: bytes) -> None:
    """Raise FontDataError where a WOFF file unpacks to more than any font has: fontTools would unpack it,
    whatever its directory says."""
    if data[:4] != _WOFF:
        return
    tables = int.from_bytes(data[12:14], "big")
    entries = [
        24,
        *range(_WOFF_HEAD + 4, _WOFF_HEAD + tables * _WOFF_ENTRY, _WOFF_ENTRY),
    ]  # the first: metadata
    left = _MOST_UNPACKED
    for at in entries:
        start, length = (int.from_bytes(data[at + n : at + n + 4], "big") for n in (0, 4))
        left -= _unpacked_size(data[start : start + length], left)
        if left < 0:
            raise FontDataError(f"it unpacks to more than {_MOST_UNPACKED >> 20} MiB")


def _unpacked_size(packed: bytes, most: int) -> int:
    """How many bytes these are as they are, or unpacked: as far as it takes to see that it is over `most`."""
    inflater = zlib.decompressobj()
    size, pending = 0, packed
    try:
        while size <= most and (piece := inflater.decompress(pending, _PIECE)):
            size, pending = size + len(piece), inflater.unconsumed_tail
    except zlib.error:  # not packed, or damaged
        pass
    return max(size, len(packed))


def readable_font(data: bytes, index: int = 0) -> Sfnt:
    """The font with every table that is read here in order. Raises FontDataError."""
    font = open_font(data, index)
    remarks: list[str] = []
    mended: dict[str, bytes] = {}  # tag -> what to have in its place
    for tag in (*_NEEDED, *_OPTIONAL):
        problem = _problem(font, tag)
        if problem and tag in _NEEDED:
            raise FontDataError(f"table {tag} cannot be read: {problem}")
        if problem:
            del font[tag]
            remarks.append(f"table {tag} cannot be read and is left out")
    if not font["head"].unitsPerEm:
        raise FontDataError("it has 0 units an em")
    _check_outlines(font)
    widths = _whole_metrics(font)
    if widths is not None:
        mended["hmtx"] = widths
        remarks.append("widths are missing (hmtx); the last one is repeated")
    wanted = _TRUETYPE if "glyf" in font else _CFF
    if font.flavor is None and not remarks and (wanted == _CFF or font.sfntVersion != _CFF):
        return Sfnt(font, data, index)
    plain = _rebuilt(font, mended, wanted)
    said = tuple([Remark("font-mended", Severity.INFO, remark) for remark in remarks])
    return Sfnt(open_font(plain), plain, remarks=said)


def _problem(font: Any, tag: str) -> str:
    """Why a table cannot be read; empty where it can, or is optional and absent."""
    try:
        if tag in font or tag in _NEEDED:
            font[tag]
    except Exception as problem:  # whatever its reader comes upon
        return str(problem) or type(problem).__name__
    return ""


def _check_outlines(font: Any) -> None:
    """Raise UnusableOutlines where the outlines of glyphs cannot be found."""
    try:
        count = font["maxp"].numGlyphs
        if "glyf" in font:
            size = len(font.reader["glyf"])
            places = font["loca"].locations
            if len(places) < count + 1:
                raise UnusableOutlines(f"table loca has the places of {len(places) - 1} of {count} glyphs")
            if any(end < start for start, end in pairwise(places)) or places[-1] > size:
                raise UnusableOutlines("table loca and table glyf do not agree")
        elif "CFF " in font:
            found = len(font["CFF "].cff[0].CharStrings)
            if found < count:
                raise UnusableOutlines(f"table CFF has {found} of {count} glyphs")
        elif "CFF2" not in font:
            raise FontDataError("it has neither TrueType nor CFF outlines")
        names = font.getGlyphOrder()
        if not any(_draws(font, name) for name in names[:: len(names) // _SAMPLE + 1]):
            raise UnusableOutlines("its glyphs cannot be drawn")
    except FontDataError:
        raise
    except Exception as problem:
        raise UnusableOutlines(f"its outlines cannot be read: {problem!r}") from problem


def _draws(font: Any, name: str) -> bool:
    """Whether a glyph can be drawn; in a variable font of its own kind that is not known."""
    from fontTools.pens.basePen import NullPen

    try:
        if "glyf" in font:
            font["glyf"][name].draw(NullPen(), font["glyf"])
        elif "CFF " in font:
            font["CFF "].cff[0].CharStrings[name].draw(NullPen())
    except Exception:  # fontTools raises anything on damaged glyphs
        return False
    return True


def _whole_metrics(font: Any) -> bytes | None:
    """The hmtx table with what a short one lacks; None where it is whole. A glyph without a side bearing
    stands where its box says."""
    count, glyphs = font["hhea"].numberOfHMetrics, font["maxp"].numGlyphs
    table = bytes(font.reader["hmtx"]) if "hmtx" in font else b""
    if count and len(table) >= 4 * count + 2 * max(glyphs - count, 0):
        return None
    known = min(len(table) // 4, count)
    if not known:
        raise FontDataError("it has no widths (hmtx)")
    last = table[4 * known - 4 : 4 * known - 2]
    whole = bytearray(table[: 4 * known])
    for glyph in range(known, count):
        whole += last + _left_edge(font, glyph)
    bearings = table[4 * count : 4 * count + 2 * (glyphs - count)] if known == count else b""
    bearings = bearings[: len(bearings) & ~1]
    return bytes(whole + bearings) + b"".join(
        [_left_edge(font, glyph) for glyph in range(count + len(bearings) // 2, glyphs)]
    )


def _left_edge(font: Any, glyph: int) -> bytes:
    if "glyf" not in font:
        return b"\0\0"
    start, end = font["loca"].locations[glyph : glyph + 2]
    return bytes(font.reader["glyf"][start + 2 : start + 4]) if end - start >= _GLYPH_HEAD else b"\0\0"


def _rebuilt(font: Any, mended: dict[str, bytes], version: str) -> bytes:
    """A plain sfnt of the font's tables as they are, but for those that were mended."""
    if sum(entry.length for entry in font.reader.tables.values()) > _MOST_UNPACKED:
        raise FontDataError(f"its tables have more than {_MOST_UNPACKED >> 20} MiB and cannot be mended")
    plain = ttLib.TTFont(sfntVersion=version, recalcTimestamp=False)
    for tag in font.reader.tables:
        try:
            plain[tag] = _raw(tag, mended[tag] if tag in mended else bytes(font.reader[tag]))
        except Exception:  # a packed table that does not unpack
            if tag in (*_NEEDED, "glyf", "loca", "CFF ", "cmap"):
                raise
    out = io.BytesIO()
    plain.save(out, reorderTables=None)
    return out.getvalue()


def _raw(tag: str, content: bytes) -> Any:
    from fontTools.ttLib.tables.DefaultTable import DefaultTable

    table = DefaultTable(tag)
    table.data = content
    return table
