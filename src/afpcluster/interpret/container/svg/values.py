"""What attributes and properties of SVG say: lengths, numbers, transforms, colours (SVG 1.1, CSS Color 3)."""

from __future__ import annotations

import re
from colorsys import hls_to_rgb
from math import isfinite, radians, tan

from PIL import ImageColor

from afpcluster.display.colour import Colour, rgb
from afpcluster.display.geometry import IDENTITY, Matrix, rotation, scaling, translation

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_LENGTH = re.compile(rf"\s*({_NUMBER.pattern})\s*(px|pt|pc|mm|cm|in|em|ex|%|)\s*$")
_TRANSFORM = re.compile(r"(\w+)\s*\(([^)]*)\)")
_FUNCTION = re.compile(r"\s*(rgba?|hsla?)\s*\(([^)]*)\)\s*$")
_PER_UNIT = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
_EM = 16.0  # text has no say here
_LARGEST = 1e7


def numbers(text: str) -> list[float]:
    """All numbers of a list, however they are separated."""
    return [number for found in _NUMBER.findall(text) if isfinite(number := float(found))]


def length(text: str | None, whole: float, default: float = 0.0) -> float:
    """A length in user units; percentages are of `whole`."""
    found = _LENGTH.match(text or "")
    if found is None:
        return default
    value, unit = float(found[1]), found[2]
    if unit == "%":
        value *= whole / 100
    elif unit in ("em", "ex"):
        value *= _EM if unit == "em" else _EM / 2
    else:
        value *= _PER_UNIT[unit]
    return max(-_LARGEST, min(_LARGEST, value))


def absolute_length(text: str | None) -> float:
    """A length in user units, 0 where it is not given or depends on something else."""
    found = _LENGTH.match(text or "")
    return 0.0 if found is None or found[2] in ("%", "em", "ex") else length(text, 0.0)


def transform(text: str | None) -> Matrix:
    """The matrix of a `transform` attribute; what is not a transform counts for nothing."""
    matrix = IDENTITY
    for name, arguments in _TRANSFORM.findall(text or ""):
        matrix = _one_transform(name, numbers(arguments)).then(matrix)
    return matrix


def _one_transform(name: str, given: list[float]) -> Matrix:
    match name, given:
        case "matrix", [a, b, c, d, e, f]:
            return Matrix(a, b, c, d, e, f)
        case "translate", [x]:
            return translation(x, 0)
        case "translate", [x, y]:
            return translation(x, y)
        case "scale", [both]:
            return scaling(both, both)
        case "scale", [x, y]:
            return scaling(x, y)
        case "rotate", [angle]:
            return rotation(angle)
        case "rotate", [angle, x, y]:
            return translation(-x, -y).then(rotation(angle)).then(translation(x, y))
        case "skewX", [angle]:
            return Matrix(c=_tangent(angle))
        case "skewY", [angle]:
            return Matrix(b=_tangent(angle))
    return IDENTITY


def _tangent(angle: float) -> float:
    return max(-1e4, min(1e4, tan(radians(angle))))


def colour(text: str) -> tuple[Colour, float] | None:
    """(colour, opacity) of a colour value; None where it is none."""
    text = text.strip().lower()
    if text == "transparent":
        return rgb(0, 0, 0), 0.0
    function = _FUNCTION.match(text)
    if function is not None:
        return _function(function[1][:3], function[2])
    try:
        red, green, blue, *alpha = ImageColor.getrgb(text)
    except ValueError:
        return None
    return rgb(red / 255, green / 255, blue / 255), alpha[0] / 255 if alpha else 1.0


def _function(name: str, arguments: str) -> tuple[Colour, float] | None:
    parts = [part for part in re.split(r"[\s,/]+", arguments.strip()) if part]
    if len(parts) not in (3, 4):
        return None
    alpha = fraction(parts[3]) if len(parts) == 4 else 1.0
    if name == "hsl":
        hue = length(parts[0].removesuffix("deg"), 360.0) / 360 % 1
        saturation, lightness = fraction(parts[1]), fraction(parts[2])
        return rgb(*hls_to_rgb(hue, lightness, saturation)), alpha
    scale = [1.0 if part.endswith("%") else 1 / 255 for part in parts[:3]]
    red, green, blue = (
        max(0.0, min(1.0, length(part, 1.0) * by)) for part, by in zip(parts[:3], scale, strict=True)
    )
    return rgb(red, green, blue), alpha


def fraction(text: str | None, default: float = 1.0) -> float:
    """A number or percentage from 0 to 1."""
    return max(0.0, min(1.0, length(text, 1.0, default)))
