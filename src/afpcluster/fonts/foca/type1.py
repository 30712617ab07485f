"""Type 1 outline programs as they stand in FNG: PFB segments joined, and what the header says.

Adobe Type 1 Font Format, chapters 2, 6 and 7; PFB is a sequence of X'80', kind (1 text, 2 binary, 3
end), length (4 bytes, little-endian). Charstrings are not read but for the width of the missing glyph:
metrics are FOCA's.
"""

from __future__ import annotations

import re

from fontTools.misc import eexec

from afpcluster.display.face import FaceStyle

_NAME = re.compile(rb"/FontName\s*/([^\s/\[\](){}<>%]+)")
_BOX = re.compile(rb"/FontBBox\s*[{\[]\s*([-0-9.]+)\s+([-0-9.]+)\s+([-0-9.]+)\s+([-0-9.]+)")
_ANGLE = re.compile(rb"/ItalicAngle\s+([-0-9.]+)")
_FIXED = re.compile(rb"/isFixedPitch\s+true")
_GLYPH_NAME = re.compile(rb"[!-$&'*-.0-;=?-Z\\^-z|~]+")  # a PostScript name: no blanks, no delimiters
_MISSING_GLYPH = re.compile(rb"/\.notdef (\d+) \S+ ")
_LEN_IV = re.compile(rb"/lenIV (\d+)")
_HEADER_LIMIT = 16_384
_EEXEC_KEY, _CHARSTRING_KEY = 55665, 4330
_STEP = 4096
_HSBW = 13


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


def is_glyph_name(name: bytes) -> bool:
    """Whether a program can have a glyph of this name at all."""
    return _GLYPH_NAME.fullmatch(name) is not None


def missing_glyph_width(program: bytes) -> float | None:
    """The width of .notdef in the program's units; None where it cannot be read.

    The private portion is decrypted only as far as needed: .notdef usually comes first.
    """
    start = program.find(b"eexec")
    if start < 0:
        return None
    start += len(b"eexec")
    while program[start : start + 1] in (b" ", b"\r", b"\n", b"\t"):
        start += 1
    plain, key = b"", _EEXEC_KEY
    for at in range(start, len(program), _STEP):
        part, key = eexec.decrypt(program[at : at + _STEP], key)
        plain += part
        match = _MISSING_GLYPH.search(plain)
        if match and match.end() + int(match.group(1)) <= len(plain):
            skipped = _LEN_IV.search(plain)
            charstring = plain[match.end() : match.end() + int(match.group(1))]
            return _side_bearing_and_width(charstring, int(skipped.group(1)) if skipped else 4)
    return None


def _side_bearing_and_width(encrypted: bytes, skipped: int) -> float | None:
    """The width that hsbw gives at the start of a charstring (chapter 6.2, numbers; 6.4, hsbw)."""
    plain, _ = eexec.decrypt(encrypted, _CHARSTRING_KEY)
    numbers: list[int] = []
    at = skipped
    while at < len(plain):
        first = plain[at]
        if first == _HSBW:
            return float(numbers[-1]) if numbers else None
        if first < 32:
            return None
        if first < 247:
            numbers.append(first - 139)
        elif first == 255:
            numbers.append(int.from_bytes(plain[at + 1 : at + 5], "big", signed=True))
            at += 4
        else:
            high, low = (first - 247, 1) if first < 251 else (first - 251, -1)
            numbers.append(low * (high * 256 + int.from_bytes(plain[at + 1 : at + 2], "big") + 108))
            at += 1
        at += 1
    return None


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
