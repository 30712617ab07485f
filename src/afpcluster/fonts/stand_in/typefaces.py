"""What IBM's font names and typeface numbers (FGID) say of a font: family, style, size, pitch.

C0H200B0 is a character set (C0), Helvetica (H), roman medium (2), 12 points (B); X0H210BC the coded font of
it. T175.. and A055.. are Sonoran: T serif, A sans serif, then 0 roman or 1 italic, weight and width class.
X1GT12 is a coded font, Gothic Text, 12 characters an inch. Typeface numbers follow the AFPC Font Typeface
Registry; from 4096 on their four digits in hexadecimal are the design class, the family, and a byte of
posture (X'80'), weight and width class (55 is medium).
"""

from __future__ import annotations

import re

from afpcluster.light import dataclass

BOLD_WEIGHT = 6  # FOCA "Weight Class": semibold and above
FIXED_PITCH_EM = 0.6  # of a fixed-pitch font, MO:DCA "Font Descriptor Specification Triplet X'1F'"
_PSM_SIZE = 10.0

WIDTH_CLASSES = {1: 0.5, 2: 0.625, 3: 0.75, 4: 0.875, 6: 1.125, 7: 1.25, 8: 1.5, 9: 2.0}
"""FOCA "Width Class": how wide characters are beside those of a normal width."""


@dataclass(slots=True, frozen=True)
class Design:
    """`family` is that of a standard font, `aspect` how wide its characters are beside normal ones. Points, 0
    where not known: `size`, and for fonts of fixed pitch the `width` of every character."""

    family: str
    bold: bool = False
    italic: bool = False
    size: float = 0.0
    width: float = 0.0
    aspect: float = 1.0


# Core interchange names: family, style (2 roman, 3 italic, 4 bold, 5 both), two digits, size, one more.
_CORE = re.compile(r"[CX]([0-9A-GZ])([HN4])([2-5])\d\d([0-9A-Z])?[0-9A-Z]?$")
_CORE_FAMILIES = {"H": "Helvetica", "N": "Times", "4": "Courier"}

# Sonoran: family, posture, weight class, width class, size, one more.
_SONORAN = re.compile(r"[CX][0-9A-G]([AT])([01])([1-9])([1-9])([0-9A-Z])[0-9A-Z]$")
_SONORAN_FAMILIES = {"A": "Helvetica", "T": "Times"}

# Fixed pitch: an origin in character set names, design and style, characters an inch.
_PITCHED = re.compile(r"[CX][0-9A-G]([A-Z]0)?([A-Z])([A-Z])(\d\d)$")
_PITCHED_DESIGNS = "CGLPS"  # Courier, Gothic Text, Letter Gothic, Prestige, Serif Text
_PITCHED_STYLES = "RTGBIOUE"  # roman, text, gothic, bold, italic, overstruck, underscored
_OTHER_PITCHED = ("RT", "KR", "KN", "OA", "OB", "AE", "AT", "FM", "GF", "GS", "TU")

# The same, called by what they are for; characters an inch are often left out.
_NAMED_PITCHED = re.compile(r"[CX][0-9A-G](?:[A-Z]0)?(DUMP|OCR[AB]?)(\d\d)?$")
_USUAL_PITCH = {"DUMP": 15}  # others 10

# Mixed pitch, twelve to the inch on average: Boldface, Essay, Document and the like.
_MIXED_PITCH = re.compile(r"[CX][0-9A-G](?:[A-Z]0)?([BDE])([RBIOU])TR$")


def by_name(name: str) -> Design | None:
    """The design that IBM's naming conventions tell; None for any other name."""
    if match := _CORE.match(name):
        kind, family, style, size = match.groups()
        points = size_of_letter(size) if size and kind != "Z" else 0.0
        return Design(_CORE_FAMILIES[family], style in "45", style in "35", points)
    if match := _SONORAN.match(name):
        family, posture, weight, width, size = match.groups()
        return Design(
            _SONORAN_FAMILIES[family],
            int(weight) >= BOLD_WEIGHT,
            posture == "1",
            size_of_letter(size),
            aspect=WIDTH_CLASSES.get(int(width), 1.0),
        )
    if match := _PITCHED.match(name):
        origin, design, style, pitch = match.groups()
        known = design in _PITCHED_DESIGNS and style in _PITCHED_STYLES
        if int(pitch) and (origin or known or design + style in _OTHER_PITCHED):
            return _of_pitch(72 / int(pitch), style == "B" and design != "O", style == "I")
    if match := _NAMED_PITCHED.match(name):
        purpose, pitch = match.groups()
        return _of_pitch(72 / (int(pitch or 0) or _USUAL_PITCH.get(purpose, 10)), False, False)
    if match := _MIXED_PITCH.match(name):
        design, style = match.groups()
        return Design("Times", "B" in (design, style), style == "I", _PSM_SIZE)
    return None


def size_of_letter(letter: str) -> float:
    """Points of the size character in a name: 1-9, 0 is 10, A is 11, B is 12 ... Z 36."""
    if letter.isdigit():
        return float(letter) or 10.0
    return 11.0 + ord(letter) - ord("A")


_CORE_TYPEFACES = {416: "Courier", 2304: "Helvetica", 2308: "Times"}
_COURIER_STEP = 4  # from roman to bold, from bold to italic, and so on; the others count by one

# Last number of a range of printers' own fonts, and the width of their characters in 1/1440 inch.
_PITCHES = (
    *((65, 144), (153, 120), (200, 0), (210, 108), (239, 96), (247, 288), (259, 84), (273, 168), (279, 84)),
    *((283, 72), (288, 58), (299, 54)),
)
_PSM = range(154, 201)  # proportional spacing machine
_SCALABLE_FIXED_PITCH, _USER_FIXED_PITCH = range(300, 750), range(3840, 4096)
_SYSTEMATIC, _USER = 4096, 65260
_SANS_SERIF_CLASS = 8
_BOLD_NUMBERS = frozenset((
    *(38, 39, 46, 50, 55, 60, 63, 64, 69, 72, 101, 102, 108, 110, 111, 159, 163, 187, 189, 191, 195, 245),
    *(253, 318, 322, 404, 434, 435, 753, 754, 755, 757, 758, 759, 761, 762, 764, 765, 1053, 1653, 1803, 2103),
))  # fmt: skip
_ITALIC_NUMBERS = frozenset((
    *(18, 43, 62, 64, 68, 71, 91, 92, 109, 112, 155, 162, 188, 189, 194, 195, 319),
    *(756, 757, 758, 759, 763, 764, 765, 1056),
))  # fmt: skip
_SIZES = {751: 8, 1051: 10, 1053: 10, 1056: 10, 1351: 12, 1653: 16, 1803: 18, 2103: 24}  # Sonoran Serif


def is_fixed_pitch(number: int) -> bool:
    """Whether a typeface number is one of fixed pitch, or of a proportional spacing machine, whose
    horizontal size is that of its space (MO:DCA "Global Resource Identifier (GRID) Definition")."""
    return 0 < number < _SCALABLE_FIXED_PITCH.stop or number in _USER_FIXED_PITCH


def by_number(number: int, width: float = 0.0) -> Design | None:
    """The design of a typeface number, for a font `width` points wide (its horizontal size, 0 where that is
    not given); None where it is no registered number."""
    if number <= 0 or number >= _USER:
        return None
    for first, family in _CORE_TYPEFACES.items():
        step = _COURIER_STEP if family == "Courier" else 1
        style, rest = divmod(number - first, step)
        if 0 <= style < 4 and not rest:
            return Design(family, style in (1, 3), style in (2, 3))
    bold, italic = number in _BOLD_NUMBERS, number in _ITALIC_NUMBERS
    if number >= _SYSTEMATIC:
        style = number & 0xFF
        family = "Helvetica" if number >> 12 == _SANS_SERIF_CLASS else "Times"
        weight, class_ = divmod(style & 0x7F, 10)
        aspect = WIDTH_CLASSES.get(class_, 1.0) if weight else 1.0
        return Design(family, weight >= BOLD_WEIGHT, bool(style & 0x80), aspect=aspect)
    if number in _PSM:
        return Design("Times", bold, italic, width / FIXED_PITCH_EM if width else _PSM_SIZE)
    if number in _SCALABLE_FIXED_PITCH:
        return Design("Courier", bold, italic)
    if number in _USER_FIXED_PITCH:
        return _of_pitch(width, bold, italic)
    for last, usual in _PITCHES:
        if number <= last:
            return _of_pitch(width or usual / 20, bold, italic)
    return Design("Times", bold, italic, 0.0 if width else _SIZES.get(number, 0))


def _of_pitch(width: float, bold: bool, italic: bool) -> Design:
    return Design("Courier", bold, italic, width / FIXED_PITCH_EM, width)
