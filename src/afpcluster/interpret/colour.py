"""Colours of AFP as display-list colours: named (OCA) values and specified ones.

Defaults ("presentation-process default", "device default") are black on white paper. Which colour a
highlight colour is, the device decides: one is chosen here and told.
"""

from __future__ import annotations

from functools import lru_cache

from afpcluster.display.colour import BLACK, WHITE, Colour, cmyk, gray, lab, rgb
from afpcluster.findings import Reporter, Severity

RGB_SPACE = 0x01
CMYK_SPACE = 0x04
HIGHLIGHT_SPACE = 0x06
CIELAB_SPACE = 0x08
STANDARD_OCA_SPACE = 0x40

COLOUR_OF_MEDIUM = 0xFF08
OBJECT_DEFAULT = (0x0000, 0xFF00, 0xFF07, 0xFFFF)
"""Values that mean a default: of the drawing orders in GOCA, otherwise of the device."""

_NAMED_RGB = {
    0x01: (0, 0, 255),  # blue
    0x02: (255, 0, 0),  # red
    0x03: (255, 0, 255),  # pink/magenta
    0x04: (0, 255, 0),  # green
    0x05: (0, 255, 255),  # turquoise/cyan
    0x06: (255, 255, 0),  # yellow
    0x09: (0, 0, 170),  # dark blue
    0x0A: (255, 128, 0),  # orange
    0x0B: (170, 0, 170),  # purple
    0x0C: (0, 146, 0),  # dark green
    0x0D: (0, 146, 170),  # dark turquoise
    0x0E: (196, 160, 32),  # mustard
    0x0F: (131, 131, 131),  # gray
    0x10: (144, 48, 0),  # brown
}
_NAMED = {value: rgb(r / 255, g / 255, b / 255) for value, (r, g, b) in _NAMED_RGB.items()} | {
    0x07: WHITE,
    0x08: BLACK,
}
_HIGHLIGHT = {
    "red": 0x02,
    "blue": 0x01,
    "green": 0x04,
    "magenta": 0x03,
    "cyan": 0x05,
    "yellow": 0x06,
    "orange": 0x0A,
    "brown": 0x10,
}
"""What highlight colours are shown in, in turn, the first in red."""


def named_colour(value: int, default: Colour = BLACK) -> Colour | None:
    """The colour of a Standard OCA Color Value (MO:DCA Appendix A "Standard OCA Color Value Table").

    `default` stands for the values that mean a default. None for reserved values.
    """
    if value in OBJECT_DEFAULT:
        return default
    if value == COLOUR_OF_MEDIUM:
        return WHITE
    return _NAMED.get(value & 0xFF) if value <= 0x10 or 0xFF00 < value < 0xFF07 else None


def specified_colour(
    space: int, sizes: tuple[int, int, int, int], data: bytes, report: Reporter
) -> Colour | None:
    """The colour of a Color Specification (MO:DCA "Color Specification Triplet X'4E'").

    PTOCA SEC, GOCA GSPCOL and BCOCA share its layout: `sizes` are the bits of each component, right
    aligned in whole bytes of `data`. None where the space is reserved or data is missing. `report` is told
    of a highlight colour.
    """
    found = quiet_colour(space, sizes, data)
    if space == HIGHLIGHT_SPACE and found is not None:
        _report_highlight(int.from_bytes(data[: (sizes[0] + 7) // 8], "big"), report)
    return found


def _report_highlight(number: int, report: Reporter) -> None:
    if number:
        name = list(_HIGHLIGHT)[(number - 1) % len(_HIGHLIGHT)]
        report(
            "colour-chosen",
            f"Highlight colour {number} is what the printer has for it; here it is {name}",
            "Highlight color space",
            severity=Severity.SUBSTITUTED,
        )


@lru_cache(maxsize=1024)  # documents use few colours, and set them again and again
def quiet_colour(space: int, sizes: tuple[int, int, int, int], data: bytes) -> Colour | None:
    """What `specified_colour` answers; nothing is told."""
    values: list[int] = []
    at = 0
    for bits in sizes:
        if not bits:
            continue
        length = (bits + 7) // 8
        if at + length > len(data):
            return None
        values.append(int.from_bytes(data[at : at + length], "big") & ((1 << bits) - 1))
        at += length
    if space == STANDARD_OCA_SPACE and values:
        return named_colour(values[0])
    if space == HIGHLIGHT_SPACE and sizes[0]:
        return _highlight(values, sizes)
    used = [bits for bits in sizes if bits]
    if space == RGB_SPACE and len(values) >= 3:
        return rgb(*(v / ((1 << b) - 1) for v, b in zip(values[:3], used, strict=False)))
    if space == CMYK_SPACE and len(values) >= 4:
        return cmyk(*(v / ((1 << b) - 1) for v, b in zip(values[:4], used, strict=False)))
    if space == CIELAB_SPACE and len(values) >= 3:
        a, b = (
            (v - (1 << bits) if v >> (bits - 1) else v) * 127 / max((1 << (bits - 1)) - 1, 1)
            for v, bits in zip(values[1:3], used[1:3], strict=False)
        )
        return lab(values[0] * 100 / ((1 << used[0]) - 1), a, b)
    return None


def _highlight(values: list[int], sizes: tuple[int, int, int, int]) -> Colour:
    """A highlight colour of the values whose `sizes` are not 0: its number (0 is the default colour), and
    percentages: coverage mixes it with paper, shading with black."""
    number, *percentages = values
    coverage = min(percentages.pop(0), 100) / 100 if sizes[1] else 1.0
    shading = min(percentages.pop(0), 100) / 100 if sizes[2] else 0.0
    if not number:
        return gray(max(0.0, 1 - coverage - shading))
    red, green, blue = _NAMED[list(_HIGHLIGHT.values())[(number - 1) % len(_HIGHLIGHT)]].components
    return rgb(*(max(0.0, 1 - coverage * (1 - c) - shading) for c in (red, green, blue)))
