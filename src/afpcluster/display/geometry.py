"""Matrices and boxes of the display list; see the package docstring for axes and units."""

from __future__ import annotations

from math import cos, radians, sin
from typing import NamedTuple

Point = tuple[float, float]


class Matrix(NamedTuple):
    """x' = a*x + c*y + e, y' = b*x + d*y + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def then(self, outer: Matrix) -> Matrix:
        """The matrix that applies `self` first and `outer` after it."""
        if outer is IDENTITY:
            return self
        if self is IDENTITY:
            return outer
        a, b, c, d, e, f = self
        i, j, k, m, x, y = outer
        return Matrix(
            a * i + b * k,
            a * j + b * m,
            c * i + d * k,
            c * j + d * m,
            e * i + f * k + x,
            e * j + f * m + y,
        )

    def apply(self, x: float, y: float) -> Point:
        return (self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f)


IDENTITY = Matrix()

_QUARTER_TURNS = {0: (1.0, 0.0), 90: (0.0, 1.0), 180: (-1.0, 0.0), 270: (0.0, -1.0)}


def translation(x: float, y: float) -> Matrix:
    return Matrix(e=x, f=y)


def scaling(x: float, y: float) -> Matrix:
    return Matrix(a=x, d=y)


def rotation(degrees: float) -> Matrix:
    """Turn clockwise by `degrees` about the origin; quarter turns are exact."""
    return turned_at(degrees, 0.0, 0.0)


def turned_at(degrees: float, x: float, y: float) -> Matrix:
    """A `rotation` about the origin, which is then moved to (x, y): how AFP places nearly everything."""
    cosine, sine = _QUARTER_TURNS.get(degrees % 360) or (cos(radians(degrees)), sin(radians(degrees)))  # type: ignore[call-overload]
    return Matrix(cosine, sine, 0.0 - sine, cosine, x, y)


class Box(NamedTuple):
    """A rectangle with its sides parallel to the axes."""

    x: float
    y: float
    width: float
    height: float
