"""The character map of a TrueType or OpenType font: Unicode scalar value -> glyph name.

Unicode maps come first, then those of a symbol font (3,0), which count at U+F000 and at 0, then maps in
other encodings (Macintosh, Shift-JIS, GB 2312, Big5, Wansung, Johab) by the encoding that they say
(OpenType "cmap").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from afpcluster.fonts.foca.code_page import FontDataError

_UNICODE = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))
_SYMBOL = (3, 0)
_WINDOWS, _MACINTOSH = 3, 1
_SYMBOL_BASE = 0xF000
_UNICODE_LIMIT = 0x110000
_GROUPED_MAPS = {8: 16 + 8192, 12: 16, 13: 16}  # format -> bytes in front of its groups


def character_map(font: Any) -> Mapping[int, str]:
    """The best map that can be read; empty where there is none. Raises FontDataError for one that would
    expand without bounds."""
    # Registers the Macintosh encodings that Python lacks, where text is decoded by them.
    import fontTools.encodings.codecs  # noqa: F401

    _check_size(bytes(font.reader["cmap"]))
    tables = {(table.platformID, table.platEncID): table for table in font["cmap"].tables}
    for key in _UNICODE:
        found = _entries(tables.get(key))
        if found:
            return found
    symbols = _entries(tables.get(_SYMBOL))
    if symbols:
        return {
            code - _SYMBOL_BASE: name
            for code, name in symbols.items()
            if _SYMBOL_BASE <= code < _SYMBOL_BASE + 0x100
        } | dict(symbols)
    others = sorted(key for key in tables if key[0] in (_WINDOWS, _MACINTOSH))
    for key in sorted(others, key=lambda key: key[0] != _WINDOWS):
        found = dict(_decoded(_entries(tables[key]), tables[key].getEncoding()))
        if found:
            return found
    return {}


def _entries(table: Any) -> Mapping[int, str]:
    """Code -> glyph name of a subtable; empty where it is absent or damaged."""
    try:
        return table.cmap if table is not None else {}
    except Exception:  # fontTools meets damage with whatever it comes upon
        return {}


def _decoded(entries: Mapping[int, str], encoding: str | None) -> Iterator[tuple[int, str]]:
    """Entries in another encoding, one or two bytes a code, by Unicode."""
    for code, name in entries.items():
        data = code.to_bytes(1 if code < 0x100 else 2, "big")
        try:
            text = data.decode(encoding or "ascii")
        except (UnicodeDecodeError, LookupError):
            continue
        if len(text) == 1:
            yield ord(text), name


def _check_size(table: bytes) -> None:
    """Refuse groups of characters (formats 8, 12 and 13) that together exceed Unicode: a damaged count
    would expand without bounds."""
    for at in range(4, 4 + 8 * int.from_bytes(table[2:4], "big"), 8):
        start = int.from_bytes(table[at + 4 : at + 8], "big")
        kind = int.from_bytes(table[start : start + 2], "big")
        if kind not in _GROUPED_MAPS:
            continue
        first = start + _GROUPED_MAPS[kind]
        count = int.from_bytes(table[first - 4 : first], "big")
        total = 0
        for group in range(first, min(first + 12 * count, len(table) - 11), 12):
            low = int.from_bytes(table[group : group + 4], "big")
            total += max(int.from_bytes(table[group + 4 : group + 8], "big") - low + 1, 0)
        if total > _UNICODE_LIMIT:
            raise FontDataError("The character map of the font object is damaged")
