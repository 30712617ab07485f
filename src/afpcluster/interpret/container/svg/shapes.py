"""Basic shapes and paths of SVG -> segments of the display list, in user units (SVG 1.1 chapters 8 and 9)."""

from __future__ import annotations

from collections.abc import Callable

from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path

from afpcluster.display.items import Close, Curve, Line, Move, Segment
from afpcluster.interpret.container.svg.tree import Element
from afpcluster.interpret.container.svg.values import length, numbers

SHAPES = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
_Length = Callable[[str], float]
"""The length that an attribute gives."""
_ROUND = 0.5522847498  # of the radius, where a quarter circle's control points lie


class BadPath(ValueError):
    """Path data that ends in an error; `segments` are those before it, which are drawn."""

    def __init__(self, segments: list[Segment]) -> None:
        super().__init__("path data with an error")
        self.segments = segments


class _Pen(BasePen):  # type: ignore[misc]
    """Takes what the path parser draws; quadratic curves come as cubic ones."""

    def __init__(self) -> None:
        super().__init__(None)
        self.segments: list[Segment] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:
        self.segments.append(Move(pt))

    def _lineTo(self, pt: tuple[float, float]) -> None:
        self.segments.append(Line(pt))

    def _curveToOne(self, *points: tuple[float, float]) -> None:
        self.segments.append(Curve(part for point in points for part in point))

    def _closePath(self) -> None:
        self.segments.append(Close(()))

    def _endPath(self) -> None:
        pass


def segments_of(element: Element, width: float, height: float) -> list[Segment]:
    """The outline of a shape; percentages are of the viewport. Raises BadPath."""

    def across(name: str) -> float:
        return length(element.attributes.get(name), width)

    def down(name: str) -> float:
        return length(element.attributes.get(name), height)

    match element.name:
        case "path":
            return _path(element.attributes.get("d", ""))
        case "rect":
            return _rectangle(element.attributes, across, down)
        case "circle":
            radius = length(element.attributes.get("r"), ((width**2 + height**2) / 2) ** 0.5)
            return _ellipse(across("cx"), down("cy"), radius, radius)
        case "ellipse":
            return _ellipse(across("cx"), down("cy"), across("rx"), down("ry"))
        case "line":
            return [Move((across("x1"), down("y1"))), Line((across("x2"), down("y2")))]
    points = numbers(element.attributes.get("points", ""))
    corners = list(zip(points[::2], points[1::2], strict=False))
    if not corners:
        return []
    lines: list[Segment] = [Move(corners[0]), *(Line(corner) for corner in corners[1:])]
    return [*lines, Close(())] if element.name == "polygon" else lines


def _path(data: str) -> list[Segment]:
    pen = _Pen()
    try:
        parse_path(data, pen)
    except Exception as error:  # of whatever kind: the parser checks nothing
        raise BadPath(pen.segments) from error
    return pen.segments


def _rectangle(attributes: dict[str, str], across: _Length, down: _Length) -> list[Segment]:
    x, y, width, height = across("x"), down("y"), across("width"), down("height")
    if width <= 0 or height <= 0:
        return []
    rx, ry = across("rx"), down("ry")
    rx = rx if "rx" in attributes else ry
    ry = ry if "ry" in attributes else rx
    rx, ry = min(rx, width / 2), min(ry, height / 2)
    right, bottom = x + width, y + height
    if rx <= 0 or ry <= 0:
        return [Move((x, y)), Line((right, y)), Line((right, bottom)), Line((x, bottom)), Close(())]
    kx, ky = rx * (1 - _ROUND), ry * (1 - _ROUND)
    return [
        Move((x + rx, y)),
        Line((right - rx, y)),
        Curve((right - kx, y, right, y + ky, right, y + ry)),
        Line((right, bottom - ry)),
        Curve((right, bottom - ky, right - kx, bottom, right - rx, bottom)),
        Line((x + rx, bottom)),
        Curve((x + kx, bottom, x, bottom - ky, x, bottom - ry)),
        Line((x, y + ry)),
        Curve((x, y + ky, x + kx, y, x + rx, y)),
        Close(()),
    ]


def _ellipse(x: float, y: float, rx: float, ry: float) -> list[Segment]:
    if rx <= 0 or ry <= 0:
        return []
    kx, ky = rx * _ROUND, ry * _ROUND
    return [
        Move((x + rx, y)),
        Curve((x + rx, y + ky, x + kx, y + ry, x, y + ry)),
        Curve((x - kx, y + ry, x - rx, y + ky, x - rx, y)),
        Curve((x - rx, y - ky, x - kx, y - ry, x, y - ry)),
        Curve((x + kx, y - ry, x + rx, y - ky, x + rx, y)),
        Close(()),
    ]
