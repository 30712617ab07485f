"""TrueType and OpenType fonts, alone or in a collection -> a face whose codes are glyph indexes.

MO:DCA "Using the MDR to Map a TrueType/OpenType Font": fonts are named by their full font name (name ID
4) in any language of the Microsoft platform. Widths are those of `hmtx`; a symbol font's character map
(3,0) counts at U+F000 and at 0.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from unicodedata import bidirectional, normalize

from fontTools.ttLib import TTFont, TTLibError

from afpcluster.display.face import FaceStyle, FontProgram, OutlineFace, ProgramKind
from afpcluster.fonts.foca.code_page import FontDataError

logging.getLogger("fontTools").addHandler(logging.NullHandler())  # its remarks are no one's findings

_FULL_NAME, _POSTSCRIPT_NAME = 4, 6
_SYMBOL_BASE = 0xF000
_BOLD_WEIGHT = 600
_UNICODE_LIMIT = 0x110000
_GROUPED_MAPS = {8: 16 + 8192, 12: 16, 13: 16}  # cmap format -> bytes in front of its groups
_SERIF_CLASSES = (1, 2, 3, 4, 5, 7)  # OS/2 sFamilyClass, high byte


@dataclass(slots=True, frozen=True, eq=False)
class CharacterFace:
    """A face and the codes that its characters have: what Unicode text needs of a font."""

    face: OutlineFace
    codes: Mapping[int, int]  # Unicode scalar value -> code of the face
    names: frozenset[str] = frozenset()  # full font names, folded
    underline_position: float = -100.0  # 1/1000 em
    underline_thickness: float = 50.0


def fold(name: str) -> str:
    """A full font name for comparison."""
    return " ".join(name.split()).casefold()


def full_names(data: bytes) -> Iterator[tuple[int, frozenset[str]]]:
    """(index, folded full names) of every font in the file. Raises FontDataError."""
    for index in range(_count(data)):
        with _open(data, index) as font:
            yield index, _names(font)


def character_face(data: bytes, name: str = "") -> CharacterFace:
    """The font in `data`, or the one of a collection called `name` (its first where none is).
    Raises FontDataError where the data is no font with outlines and a character map."""
    index = 0
    if _count(data) > 1:
        wanted = fold(name)
        index = next((at for at, names in full_names(data) if wanted in names), 0)
    with _open(data, index) as font:
        try:
            return _face(font, data, index)
        except Exception as problem:  # fontTools meets damage with whatever its tables come upon
            raise FontDataError(f"Font {name} cannot be read: {problem!r}") from problem


def _count(data: bytes) -> int:
    return int.from_bytes(data[8:12], "big") if data[:4] == b"ttcf" else 1


def _open(data: bytes, index: int) -> Any:
    try:
        return TTFont(io.BytesIO(data), fontNumber=index, lazy=True)
    except Exception as problem:  # as above: struct.error, TTLibError and others
        raise FontDataError(f"The font object is no TrueType or OpenType font: {problem}") from problem


def _names(font: Any) -> frozenset[str]:
    try:
        records = font["name"].names
    except (KeyError, TTLibError):
        return frozenset()
    return frozenset(fold(record.toUnicode("replace")) for record in records if record.nameID == _FULL_NAME)


def _face(font: Any, data: bytes, index: int) -> CharacterFace:
    kind = ProgramKind.TRUETYPE if "glyf" in font else ProgramKind.OPENTYPE_CFF
    if kind is ProgramKind.OPENTYPE_CFF and "CFF " not in font:
        raise FontDataError("The font object has neither TrueType nor CFF outlines")
    order = font.getGlyphOrder()
    indexes = {name: number for number, name in enumerate(order)}
    codes = {code: indexes[name] for code, name in _character_map(font).items() if name in indexes}
    scale = 1000 / (font["head"].unitsPerEm or 1000)
    metrics = font["hmtx"].metrics
    widths = {indexes[name]: advance * scale for name, (advance, _) in metrics.items() if name in indexes}
    unicode: dict[int, str] = {}
    for code in sorted(codes):
        unicode.setdefault(codes[code], _reading(code))
    digest = sha256(data).hexdigest()[:16]
    name = font["name"].getDebugName(_POSTSCRIPT_NAME) if "name" in font else None
    key = f"{digest}-{index}" if index else digest
    post = font.get("post", None)
    return CharacterFace(
        face=OutlineFace(
            key=key,
            program=FontProgram(key=key, kind=kind, name=name or f"Font-{digest}", data=data, index=index),
            code_size=2,
            glyphs={},
            widths=widths,
            unicode=unicode,
            default_width=widths.get(0, 0.0),
            style=_style(font, scale),
        ),
        codes=codes,
        names=_names(font),
        underline_position=post.underlinePosition * scale if post else -100.0,
        underline_thickness=post.underlineThickness * scale if post else 50.0,
    )


def _reading(code: int) -> str:
    """What a character reads as: itself; the letters for a shape of Arabic or Hebrew letters."""
    character = chr(code)
    if bidirectional(character) not in ("AL", "R"):
        return character
    letters = normalize("NFKC", character)
    return character if " " in letters else letters  # a mark alone stands on a space


def _character_map(font: Any) -> Mapping[int, str]:
    """Unicode scalar value -> glyph name."""
    _check_character_map(font.reader["cmap"])
    best: Mapping[int, str] | None = font["cmap"].getBestCmap()
    if best is not None:
        return best
    symbol = font["cmap"].getcmap(3, 0) or font["cmap"].getcmap(1, 0)
    if symbol is None:
        return {}
    mapped: dict[int, str] = dict(symbol.cmap)
    for code, name in symbol.cmap.items():
        if _SYMBOL_BASE <= code < _SYMBOL_BASE + 0x100:
            mapped.setdefault(code - _SYMBOL_BASE, name)
    return mapped


def _check_character_map(table: bytes) -> None:
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


def _style(font: Any, scale: float) -> FaceStyle:
    head, hhea = font["head"], font["hhea"]
    os2 = font.get("OS/2", None)
    post = font.get("post", None)
    cap_height = getattr(os2, "sCapHeight", 0) or hhea.ascent * 0.8
    return FaceStyle(
        ascent=hhea.ascent * scale,
        descent=hhea.descent * scale,
        cap_height=cap_height * scale,
        italic_angle=post.italicAngle if post else 0.0,
        fixed_pitch=bool(post and post.isFixedPitch),
        serif=bool(os2 and os2.sFamilyClass >> 8 in _SERIF_CLASSES),
        bold=bool(os2 and os2.usWeightClass >= _BOLD_WEIGHT) or bool(head.macStyle & 1),
        box=(head.xMin * scale, head.yMin * scale, head.xMax * scale, head.yMax * scale),
    )
