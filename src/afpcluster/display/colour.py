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


def as_rgb(colour: Colour) -> tuple[float, float, float] | None:
    """Red, green and blue as viewers without profiles show them; None for CIELAB."""
    parts = colour.components
    if colour.space is ColourSpace.GRAY:
        return parts[0], parts[0], parts[0]
    if colour.space is ColourSpace.RGB:
        return parts[0], parts[1], parts[2]
    if colour.space is ColourSpace.CMYK:
        cyan, magenta, yellow, black = parts
        return (1 - cyan) * (1 - black), (1 - magenta) * (1 - black), (1 - yellow) * (1 - black)
    return None


BLACK = gray(0.0)
WHITE = gray(1.0)
