"""Type 1 outline programs as they stand in FNG: what their header says, and the width of the missing glyph.
All other metrics are FOCA's."""

from __future__ import annotations

import re

from afpcluster.display.face import FaceStyle
from afpcluster.type1 import ProgramDataError
from afpcluster.type1.charstring import CharstringError
from afpcluster.type1.program import Type1Program, type1_program

_NAME = re.compile(rb"/FontName\s*/([^\s/\[\](){}<>%]+)")
_BOX = re.compile(rb"/FontBBox\s*[{\[]\s*([-0-9.]+)\s+([-0-9.]+)\s+([-0-9.]+)\s+([-0-9.]+)")
_ANGLE = re.compile(rb"/ItalicAngle\s+([-0-9.]+)")
_FIXED = re.compile(rb"/isFixedPitch\s+true")
_HEADER_LIMIT = 16_384
_BEGINNINGS = (b"\x80\x01", b"%!PS-AdobeFont", b"%!FontType1")
_MISSING_GLYPH = ".notdef"


def is_program(data: bytes) -> bool:
    """Whether data begin as a Type 1 program does."""
    return data.startswith(_BEGINNINGS)


def parsed(data: bytes) -> Type1Program | None:
    """The program taken apart; None where it cannot be."""
    try:
        return type1_program(data)
    except ProgramDataError:
        return None


def font_name(program: bytes, otherwise: str) -> str:
    """The PostScript name in the clear text, or `otherwise` made fit for a PostScript name."""
    match = _NAME.search(program[:_HEADER_LIMIT])
    if match:
        return match.group(1).decode("latin-1")
    return re.sub(r"[^A-Za-z0-9_-]", "", otherwise) or "Unnamed"


def missing_glyph_width(program: Type1Program) -> float | None:
    """The width of .notdef in the program's units; None where it cannot be read."""
    try:
        return program.glyph(_MISSING_GLYPH).width
    except (CharstringError, KeyError):
        return None


def shows(program: Type1Program, name: str) -> bool:
    """Whether the program has a glyph of this name, and it is not blank."""
    try:
        return not program.glyph(name).blank
    except KeyError:
        return False
    except CharstringError:
        return True


def header_style(program: bytes, style: FaceStyle) -> FaceStyle:
    """`style` with box, angle and pitch as the program's clear text gives them."""
    header = program[:_HEADER_LIMIT]
    box, angle = style.box, style.italic_angle
    if match := _BOX.search(header):
        box = tuple(_number(part) for part in match.groups())  # type: ignore[assignment]
    if match := _ANGLE.search(header):
        angle = _number(match.group(1))
    return FaceStyle(
        ascent=style.ascent,
        descent=style.descent,
        cap_height=style.cap_height,
        italic_angle=angle,
        fixed_pitch=bool(_FIXED.search(header)) or style.fixed_pitch,
        serif=style.serif,
        bold=style.bold,
        box=box,
    )


def _number(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
