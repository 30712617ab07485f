"""Colours as outputs need them: a device-independent name for the space and its components.

Components are 0..1, except Lab: L 0..100, a and b -128..127.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class ColourSpace(StrEnum):
    GRAY = "gray"
    RGB = "rgb"
    CMYK = "cmyk"
    LAB = "lab"


class Colour(NamedTuple):
    """A colour; equal colours compare equal and can be dictionary keys."""

    space: ColourSpace
    components: tuple[float, ...]


def gray(level: float) -> Colour:
    return Colour(ColourSpace.GRAY, (level,))


def rgb(red: float, green: float, blue: float) -> Colour:
    return Colour(ColourSpace.RGB, (red, green, blue))


def cmyk(cyan: float, magenta: float, yellow: float, black: float) -> Colour:
    return Colour(ColourSpace.CMYK, (cyan, magenta, yellow, black))


def lab(lightness: float, a: float, b: float) -> Colour:
    return Colour(ColourSpace.LAB, (lightness, a, b))


BLACK = gray(0.0)
WHITE = gray(1.0)
