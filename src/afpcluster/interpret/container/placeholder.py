"""A crossed frame in the place of an object that nobody here can draw, so that the gap is seen."""

from __future__ import annotations

import re

from afpcluster.display.colour import gray
from afpcluster.display.items import Close, Item, Line, Move, Path, Segment, Stroke
from afpcluster.interpret.context import ObjectArea

_BOUNDING_BOX = re.compile(rb"%%BoundingBox:\s*(-?\d+)\s+(-?\d+)\s+(-?\d+)\s+(-?\d+)")
_SIZE = (144.0, 72.0)  # points, of an object without any
_LARGEST = 14_400.0
_FRAME = Stroke(gray(0.5), 1.0)


def placeholder(data: bytes, area: ObjectArea) -> tuple[list[Item], float, float]:
    """(items, width, height in points): as large as the area, else as an EPS file says that it is."""
    width, height = area.width, area.height
    found = _BOUNDING_BOX.search(data[:8192])
    if found is not None and not (width and height):
        left, bottom, right, top = (float(value) for value in found.groups())
        width, height = right - left, top - bottom
    if not 0 < width <= _LARGEST or not 0 < height <= _LARGEST:
        width, height = _SIZE
    inset = min(0.5, width / 4, height / 4)  # so that all of the line is inside
    left, top, right, bottom = inset, inset, width - inset, height - inset
    corners = (Line((right, top)), Line((right, bottom)), Line((left, bottom)))
    frame: list[Segment] = [Move((left, top)), *corners, Close(())]
    cross: list[Segment] = [
        Move((left, top)),
        Line((right, bottom)),
        Move((right, top)),
        Line((left, bottom)),
    ]
    return [Path([*frame, *cross], stroke=_FRAME)], width, height
