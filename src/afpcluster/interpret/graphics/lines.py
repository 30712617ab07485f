"""Line primitives: straight lines, arcs, fillets, Bézier curves and boxes.

Names are those of the orders' rows; "at given position" is a move, then the same "at current position".
AFP GOCA "Line Primitives" and the sections of the orders.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, cos, radians, sin, tan

from afpcluster.afp.goca import OrderError
from afpcluster.display.geometry import Point
from afpcluster.display.items import Close, Curve, Line, Move, Segment
from afpcluster.interpret.graphics.state import Canvas, Drawing, polyline

QUADRANT = 4 / 3 * tan(radians(90) / 4)
"""How far the control points of a quarter circle lie from its ends, for radius 1."""

_LONGEST_AXIS = 0x7FFF

Points = list[tuple[int, int]]
Place = Callable[[float, float], Point]
ArcParameters = tuple[float, float, float, float]


def set_current_position(drawing: Drawing, x: int, y: int) -> None:
    drawing.move(x, y)


def line_at_given_position(drawing: Drawing, x0: int, y0: int, points: Points) -> None:
    drawing.move(x0, y0)
    line_at_current_position(drawing, points)


def line_at_current_position(drawing: Drawing, points: Points) -> None:
    if points:
        drawing.draw(polyline(drawing.canvas, points), *points[-1])


def relative_line_at_given_position(drawing: Drawing, x0: int, y0: int, offsets: Points) -> None:
    drawing.move(x0, y0)
    relative_line_at_current_position(drawing, offsets)


def relative_line_at_current_position(drawing: Drawing, offsets: Points) -> None:
    x, y = drawing.x, drawing.y
    segments: list[Segment] = []
    for dx, dy in offsets:
        x, y = x + dx, y + dy
        segments.append(Line(drawing.canvas.to(x, y)))
    drawing.draw(segments, x, y)


def cubic_bezier_curve_at_given_position(drawing: Drawing, x0: int, y0: int, points: Points) -> None:
    drawing.move(x0, y0)
    cubic_bezier_curve_at_current_position(drawing, points)


def cubic_bezier_curve_at_current_position(drawing: Drawing, points: Points) -> None:
    to = drawing.canvas.to
    curves: list[Segment] = [
        Curve((*to(*points[i]), *to(*points[i + 1]), *to(*points[i + 2])))
        for i in range(0, len(points) - 2, 3)
    ]
    if curves:
        drawing.draw(curves, *points[len(curves) * 3 - 1])
    if len(points) % 3:
        raise OrderError(f"has {len(points)} points, no multiple of 3; the last were left out")


def fillet_at_given_position(drawing: Drawing, x0: int, y0: int, points: Points) -> None:
    drawing.move(x0, y0)
    fillet_at_current_position(drawing, points)


def fillet_at_current_position(drawing: Drawing, points: Points) -> None:
    """Quarter ellipses, tangential to the lines between the points at their middle (at the ends: at the
    first and last point)."""
    if len(points) < 2:
        line_at_current_position(drawing, points)
        return
    x, y = drawing.x, drawing.y
    curves: list[Segment] = []
    for i in range(len(points) - 1):
        (cx, cy), (nx, ny) = points[i], points[i + 1]
        last = i == len(points) - 2
        ex, ey = (nx, ny) if last else ((cx + nx) / 2, (cy + ny) / 2)
        curves.append(_quarter(drawing.canvas, (x, y), (cx, cy), (ex, ey)))
        x, y = ex, ey
    drawing.draw(curves, x, y)


def _quarter(
    canvas: Canvas, start: tuple[float, float], corner: tuple[float, float], end: tuple[float, float]
) -> Curve:
    """A quarter of an ellipse inside the corner of a parallelogram."""
    (sx, sy), (cx, cy), (ex, ey) = start, corner, end
    k = QUADRANT
    return Curve(
        (
            *canvas.to(sx + k * (cx - sx), sy + k * (cy - sy)),
            *canvas.to(ex + k * (cx - ex), ey + k * (cy - ey)),
            *canvas.to(ex, ey),
        )
    )


def set_arc_parameters(drawing: Drawing, p: int, q: int, r: int, s: int) -> None:
    drawing.attributes.arc = (p, q, r, s)


def full_arc_at_given_position(drawing: Drawing, x0: int, y0: int, multiplier: int) -> None:
    drawing.move(x0, y0)
    full_arc_at_current_position(drawing, multiplier)


def full_arc_at_current_position(drawing: Drawing, multiplier: int) -> None:
    attributes, to = drawing.attributes, drawing.canvas.to
    drawing.draw_closed(ellipse(to, attributes.arc, drawing.x, drawing.y, multiplier / 256))


def ellipse(place: Place, arc: ArcParameters, x: float, y: float, scale: float) -> list[Segment]:
    """A full arc around (x, y) as a closed figure; `place` maps GPS units to points."""
    start = place(*_on_arc(arc, x, y, scale, 0.0))
    return [Move(start), *_transformed(place, arc, x, y, scale, _CIRCLE), Close()]


def partial_arc_at_given_position(
    drawing: Drawing, x0: int, y0: int, x: int, y: int, multiplier: int, start: int, sweep: int
) -> None:
    drawing.move(x0, y0)
    partial_arc_at_current_position(drawing, x, y, multiplier, start, sweep)


def partial_arc_at_current_position(
    drawing: Drawing, x: int, y: int, multiplier: int, start: int, sweep: int
) -> None:
    """A line to the arc's start, then the arc; angles are 1/65536 degrees, modulo 360."""
    scale = multiplier / 256
    first, swept = start / 65536 % 360, sweep / 65536 % 360
    parameters, to = drawing.attributes.arc, drawing.canvas.to
    begin = _on_arc(parameters, x, y, scale, first)
    end = _on_arc(parameters, x, y, scale, first + swept)
    # A line of no length would be a dot that joins nothing.
    apart = abs(begin[0] - drawing.x) + abs(begin[1] - drawing.y) > 0.5
    line: list[Segment] = [Line(to(*begin))] if apart or not drawing.path_is_open else []
    drawing.draw([*line, *_arc(to, parameters, x, y, scale, first, swept)], *end)
    if min(start, sweep) < 0:
        raise OrderError("has a negative angle, which was taken modulo 360 degrees")


def _on_arc(arc: ArcParameters, x: float, y: float, scale: float, angle: float) -> Point:
    """The point of the unit circle at `angle` degrees, through the arc parameters, in GPS units."""
    p, q, r, s = arc
    u, v = cos(radians(angle)) * scale, sin(radians(angle)) * scale
    return (x + p * u + r * v, y + s * u + q * v)


def _arc(
    place: Place, arc: ArcParameters, x: float, y: float, scale: float, start: float, sweep: float
) -> list[Segment]:
    """Curves along the arc around (x, y); angles in degrees."""
    return _transformed(place, arc, x, y, scale, _unit_arc(start, sweep))


Quarter = tuple[Point, Point, Point]


def _unit_arc(start: float, sweep: float) -> list[Quarter]:
    """Control points and end of the curves along an arc of the unit circle, at most a quarter each."""
    count = ceil(sweep / 90)
    found = []
    for i in range(count):
        step = radians(sweep / count)
        a = radians(start) + i * step
        b = a + step
        k = 4 / 3 * tan(step / 4)
        quarter = (
            (cos(a) - k * sin(a), sin(a) + k * cos(a)),
            (cos(b) + k * sin(b), sin(b) - k * cos(b)),
            (cos(b), sin(b)),
        )
        found.append(quarter)
    return found


_CIRCLE = _unit_arc(0.0, 360.0)


def _transformed(
    place: Place, arc: ArcParameters, x: float, y: float, scale: float, quarters: list[Quarter]
) -> list[Segment]:
    """Curves of the unit circle through the arc parameters, around (x, y)."""
    p, q, r, s = (value * scale for value in arc)
    curves: list[Segment] = []
    for (au, av), (bu, bv), (cu, cv) in quarters:
        first = place(x + p * au + r * av, y + s * au + q * av)
        second = place(x + p * bu + r * bv, y + s * bu + q * bv)
        curves.append(Curve((*first, *second, *place(x + p * cu + r * cv, y + s * cu + q * cv))))
    return curves


def box_at_given_position(
    drawing: Drawing,
    reserved: int,
    x0: int,
    y0: int,
    x: int,
    y: int,
    h_axis: int = 0,
    v_axis: int | None = None,
) -> None:
    drawing.move(x0, y0)
    box_at_current_position(drawing, reserved, x, y, h_axis, v_axis)


def box_at_current_position(
    drawing: Drawing, reserved: int, x: int, y: int, h_axis: int = 0, v_axis: int | None = None
) -> None:
    """A box between the current position and (x, y); the axes are those of the corners' ellipses."""
    v_axis = h_axis if v_axis is None else v_axis
    out_of_range = max(h_axis, v_axis) > _LONGEST_AXIS
    if out_of_range:
        h_axis = v_axis = 0
    rx, ry = min(h_axis, abs(x - drawing.x)) / 2, min(v_axis, abs(y - drawing.y)) / 2
    drawing.draw_closed(_box(drawing, x, y, rx, ry), mitred=True)
    if out_of_range:
        raise OrderError("has an axis that is out of range; its corners are square")


def _box(drawing: Drawing, x1: float, y1: float, rx: float, ry: float) -> list[Segment]:
    """Counterclockwise for (x1, y1) above and right or below and left of the current position."""
    to = drawing.canvas.to
    x0, y0 = drawing.x, drawing.y
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    if not rx or not ry:
        first, *others = (to(*corner) for corner in corners)
        return [Move(first), *[Line(corner) for corner in others], Close()]
    segments: list[Segment] = []
    for i, (cx, cy) in enumerate(corners):
        before, after = corners[i - 1], corners[(i + 1) % 4]
        start = (cx + _towards(cx, before[0], rx), cy + _towards(cy, before[1], ry))
        end = (cx + _towards(cx, after[0], rx), cy + _towards(cy, after[1], ry))
        segments.append(Line(to(*start)) if segments else Move(to(*start)))
        segments.append(_quarter(drawing.canvas, start, (cx, cy), end))
    return [*segments, Close()]


def _towards(value: float, other: float, distance: float) -> float:
    """`distance` with the sign of the way from `value` to `other`, 0 if there is none."""
    return (other > value) * distance - (other < value) * distance
