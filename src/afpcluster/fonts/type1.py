"""Type 1 outline programs as they stand in FNG: PFB segments joined, and what the header says.

Adobe Type 1 Font Format, chapter 2; PFB is a sequence of X'80', kind (1 text, 2 binary, 3 end), length
(4 bytes, little-endian). The charstrings themselves are not read: metrics are FOCA's.
"""

from __future__ import annotations

import re

from afpcluster.display.face import FaceStyle

_NAME = re.compile(rb"/FontName\s*/([^\s/\[\](){}<>%]+)")
_BOX = re.compile(rb"/FontBBox\s*[{\[]\s*([-0-9.]+)\s+([-0-9.]+)\s+([-0-9.]+)\s+([-0-9.]+)")
_ANGLE = re.compile(rb"/ItalicAngle\s+([-0-9.]+)")
_FIXED = re.compile(rb"/isFixedPitch\s+true")
_HEADER_LIMIT = 16_384


def join_segments(data: bytes) -> bytes:
    """The program without PFB segment headers; data that is not PFB comes back as it is."""
    parts = []
    at = 0
    while data[at : at + 1] == b"\x80" and data[at + 1 : at + 2] in (b"\x01", b"\x02"):
        length = int.from_bytes(data[at + 2 : at + 6], "little")
        parts.append(data[at + 6 : at + 6 + length])
        at += 6 + length
    return b"".join(parts) if parts else data


def font_name(program: bytes, otherwise: str) -> str:
    """The PostScript name in the clear text, or `otherwise` made fit for a PostScript name."""
    match = _NAME.search(program[:_HEADER_LIMIT])
    if match:
        return match.group(1).decode("latin-1")
    return re.sub(r"[^A-Za-z0-9_-]", "", otherwise) or "Unnamed"


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
