"""Markers: the default marker set, drawn into a cell around a point.

Symbols are symmetric, so mirrored cells need nothing. Lines are a seventh of the cell wide: 1/120 inch at
the default cell size. AFP GOCA "Markers", "Set Marker Symbol (GSMT) Order".
"""

from __future__ import annotations

from math import cos, pi, sin

from afpcluster.display.items import Cap, Close, Join, Line, Move, Path, Segment, Stroke
from afpcluster.interpret.graphics.lines import ellipse
from afpcluster.interpret.graphics.state import MARKER_CELL, Drawing

_CROSS, _BLANK = 0x01, 0x40
_RADIUS = 3 / 7  # of the cell: leaves room for half a line
_LINE = 1 / 7

_DIAMOND = [[(0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (-1.0, 0.0)]]
_SQUARE = [[(1.0, 1.0), (1.0, -1.0), (-1.0, -1.0), (-1.0, 1.0)]]
Strokes = list[list[tuple[float, float]]]


def _rays(count: int, first: float, length: float = 1.0) -> Strokes:
    """Lines through the centre to `count` directions, the first at `first` half turns."""
    turns = [pi * (first + 2 * i / count) for i in range(count // 2)]
    return [[(cos(t) * length, sin(t) * length), (-cos(t) * length, -sin(t) * length)] for t in turns]


_OPEN: dict[int, Strokes] = {
    _CROSS: _rays(4, 1 / 4, 2**0.5),
    0x02: _rays(4, 0),  # plus
    0x05: _rays(6, 1 / 2),  # 6-point star
    0x06: _rays(4, 0) + _rays(4, 1 / 4, 2**0.5),  # 8-point star
}
_CLOSED: dict[int, Strokes] = {0x03: _DIAMOND, 0x04: _SQUARE}
_FILLED: dict[int, Strokes] = {0x07: _DIAMOND, 0x08: _SQUARE}
_ROUND = {0x09: 1 / 7, 0x0A: 2 / 7}  # dot (filled) and small circle: radius as part of the cell


def marker_at_given_position(drawing: Drawing, x0: int, y0: int, points: list[tuple[int, int]]) -> None:
    drawing.move(x0, y0)
    marker_at_current_position(drawing, points)


def marker_at_current_position(drawing: Drawing, points: list[tuple[int, int]]) -> None:
    """The current marker at the current position and at every point."""
    drawing.flush()
    _mark(drawing, drawing.x, drawing.y)
    for x, y in points:
        _mark(drawing, x, y)
        drawing.x, drawing.y = x, y


def _mark(drawing: Drawing, x: float, y: float) -> None:
    attributes, canvas = drawing.attributes, drawing.canvas
    px, py = canvas.to(x, y)
    if attributes.marker_cell is None:
        width, height = (MARKER_CELL * scale for scale in drawing.scale)
    else:
        width, height = attributes.marker_cell[0] * canvas.sx, attributes.marker_cell[1] * canvas.sy
    symbol = attributes.marker_symbol
    if symbol == _BLANK or not width or not height:
        return
    canvas.reach((px, py), max(width, height) / 2)
    if symbol not in _OPEN and symbol not in _CLOSED and symbol not in _FILLED and symbol not in _ROUND:
        message = f"Marker symbol X'{symbol:02X}' is not in the default marker set: cross"
        drawing.report("graphics-value-unsupported", message, "Set Marker Symbol (GSMT) Order")
        symbol = _CROSS
    stroke = Stroke(attributes.colour, min(width, height) * _LINE, Cap.ROUND, Join.MITRE)
    fill = attributes.colour
    if symbol in _ROUND:
        arc = (width * _ROUND[symbol], height * _ROUND[symbol], 0.0, 0.0)
        figure = ellipse(lambda u, v: (px + u, py - v), arc, 0.0, 0.0, 1.0)
        drawing.context.budget.draw(len(figure))
        drawing.out.append(Path(figure, fill=fill) if symbol == 0x09 else Path(figure, stroke=stroke))
        return
    segments: list[Segment] = []
    for line in _OPEN.get(symbol) or _CLOSED.get(symbol) or _FILLED[symbol]:
        first, *others = [(px + u * width * _RADIUS, py - v * height * _RADIUS) for u, v in line]
        segments += [Move(first), *[Line(point) for point in others]]
        if symbol not in _OPEN:
            segments.append(Close())
    drawing.context.budget.draw(len(segments))
    drawing.out.append(Path(segments, fill=fill if symbol in _FILLED else None, stroke=stroke))
