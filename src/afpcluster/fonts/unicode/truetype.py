"""TrueType and OpenType fonts, alone or in a collection -> a face whose codes are glyph indexes.

Widths are those of `hmtx`. Which font of a file a name means is `font_names`, what its characters are is
`character_map`, and damage is mended by `sfnt`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from unicodedata import bidirectional, category, normalize

from afpcluster.display.face import FaceStyle, FontProgram, OutlineFace, ProgramKind
from afpcluster.findings import Severity
from afpcluster.fonts.foca.code_page import FontDataError
from afpcluster.fonts.unicode.character_map import character_map
from afpcluster.fonts.unicode.font_names import Names, choose, instance_of, is_variable_only, names_of
from afpcluster.fonts.unicode.sfnt import (
    Remark,
    Sfnt,
    UnusableOutlines,
    check_unpacked_size,
    readable_font,
    releasing,
)
from afpcluster.light import dataclass

logging.getLogger("fontTools").addHandler(logging.NullHandler())  # its remarks are no one's findings

_POSTSCRIPT_NAME = 6
_BOLD_WEIGHT = 600
_SERIF_CLASSES = (1, 2, 3, 4, 5, 7)  # OS/2 sFamilyClass, high byte
_RADICALS = range(0x2E80, 0x2FE0)  # CJK and Kangxi
_READ_AS = {"\u00a0": " ", "\u00ad": "-", "\u2011": "-"}  # what looks like another and means the same


_GUESSED = Remark(
    "font-name-missing",
    Severity.SUBSTITUTED,
    "no font or instance in its file is called so; the first one is used",
)


@dataclass(slots=True, frozen=True, eq=False)
class CharacterFace:
    """A face and the codes that its characters have: what Unicode text needs of a font. `remarks` tell what
    of its file was mended or guessed."""

    face: OutlineFace
    codes: Mapping[int, int]  # Unicode scalar value -> code of the face
    names: frozenset[str] = frozenset()  # all that it is called, folded
    underline_position: float = -100.0  # 1/1000 em
    underline_thickness: float = 50.0
    remarks: tuple[Remark, ...] = ()


def character_face(data: bytes, name: str = "") -> CharacterFace:
    """The font in `data`, or the one of a collection or instance of a variable font called `name` (the first
    where none is). Raises FontDataError where the data is no font with outlines and a character map."""
    try:
        check_unpacked_size(data)
        choice = choose(data, name)
        remarks: tuple[Remark, ...] = ()
        index = choice.index
        if not choice.found:
            remarks = (_GUESSED,)
        if choice.location is not None or is_variable_only(data, index):
            data, index = instance_of(data, choice), 0
        opened = readable_font(data, index)
        with releasing(opened.font):
            return _face(opened, remarks + opened.remarks)
    except UnusableOutlines:
        raise
    except FontDataError as problem:
        raise FontDataError(f"Font {name} cannot be read: {problem}") from problem
    except Exception as problem:  # fontTools meets damage with whatever its tables come upon
        raise FontDataError(f"Font {name} cannot be read: {problem!r}") from problem


def _face(opened: Sfnt, remarks: tuple[Remark, ...]) -> CharacterFace:
    font = opened.font
    kind = ProgramKind.TRUETYPE if opened.truetype else ProgramKind.OPENTYPE_CFF
    if kind is ProgramKind.OPENTYPE_CFF and "CFF " not in font:
        raise FontDataError("it has neither TrueType nor CFF outlines")
    indexes = {name: number for number, name in enumerate(font.getGlyphOrder())}
    codes = {code: indexes[name] for code, name in character_map(font).items() if name in indexes}
    scale = 1000 / font["head"].unitsPerEm
    metrics = font["hmtx"].metrics
    widths = {indexes[name]: advance * scale for name, (advance, _) in metrics.items() if name in indexes}
    digest = sha256(opened.data).hexdigest()[:16]
    name = font["name"].getDebugName(_POSTSCRIPT_NAME) if "name" in font else None
    key = f"{digest}-{opened.index}" if opened.index else digest
    post = font.get("post", None)
    names: Names = names_of(font)
    return CharacterFace(
        face=OutlineFace(
            key=key,
            program=FontProgram(
                key=key, kind=kind, name=name or f"Font-{digest}", data=opened.data, index=opened.index
            ),
            code_size=2,
            glyphs={},
            widths=widths,
            unicode=_readings(codes),
            default_width=widths.get(0, 0.0),
            style=_style(font, scale),
        ),
        codes=codes,
        names=names.all,
        underline_position=post.underlinePosition * scale if post else -100.0,
        underline_thickness=post.underlineThickness * scale if post else 50.0,
        remarks=remarks,
    )


def _readings(codes: Mapping[int, int]) -> dict[int, str]:
    """What each glyph reads as: of the characters that share one, the one that texts are written in."""
    found: dict[int, str] = {}
    for character in sorted(codes, key=lambda character: (_oddity(character), character)):
        found.setdefault(codes[character], reading(chr(character)))
    return found


def _oddity(character: int) -> int:
    """0 for characters of usual text; 1 for radicals, compatibility forms and characters that another one
    stands for; 2 for private use and controls."""
    text = chr(character)
    if category(text) in ("Co", "Cc", "Cf"):
        return 2
    usual = character not in _RADICALS and (character < 0x100 or normalize("NFKC", text) == text)
    return 0 if usual and text not in _READ_AS else 1


def reading(character: str) -> str:
    """What a character reads as: itself; the letters for a shape of Arabic or Hebrew letters. Several
    characters read as themselves."""
    if len(character) != 1 or bidirectional(character) not in ("AL", "R"):
        return _READ_AS.get(character, character)
    letters = normalize("NFKC", character)
    return character if " " in letters else letters  # a mark alone stands on a space


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
