"""Whole numbers for coordinates: content units, and the boxes that are counted in them."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, floor, hypot, log10

from afpcluster.display.geometry import Box, Matrix

PAGE_UNIT = 100
"""Content units per point on pages, forms and pattern cells."""


@lru_cache(maxsize=1024)
def unit_for(matrix: Matrix) -> float:
    """Content units for a system that `matrix` maps to points: at least `PAGE_UNIT` to the point, as a
    power of ten."""
    scale = max(hypot(matrix.a, matrix.b), hypot(matrix.c, matrix.d))
    if scale == 0.0:
        return PAGE_UNIT
    return float(max(1.0, 10.0 ** ceil(log10(PAGE_UNIT * scale) - 1e-6)))


def box_in_units(unit: float, x: float, y: float, width: float, height: float) -> tuple[int, int, int, int]:
    """Left, top, width and height in content units."""
    left, top = floor(x * unit + 0.5), floor(y * unit + 0.5)  # much quicker than `round`
    # From corner to corner, so that neighbours meet; and what is there at all stays visible.
    across = floor((x + width) * unit + 0.5) - left or (1 if width else 0)
    down = floor((y + height) * unit + 0.5) - top or (1 if height else 0)
    return left, top, across, down


def corners_of(box: Box) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    return (box.x, box.y, box.x + box.width, box.y + box.height)


def content_box(box: Box) -> tuple[int, int, int, int]:
    """A box in points as content units, rounded outwards: left, top, right, bottom."""
    left, top, right, bottom = corners_of(box)
    return (
        floor(left * PAGE_UNIT),
        floor(top * PAGE_UNIT),
        ceil(right * PAGE_UNIT),
        ceil(bottom * PAGE_UNIT),
    )
