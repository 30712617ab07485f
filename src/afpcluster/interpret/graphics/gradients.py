"""Linear and radial gradients, painted as bands of one colour each.

A gradient runs over t: 0 at its start, 1 at its end, beyond as its outside values say. It is cut into
bands small enough for the eye; they overlap, later ones on top, so that no seam shows between them.
AFP GOCA "Gradients", "Linear Gradient (GLGD) Order", "Radial Gradient (GRGD) Order".
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import ceil, floor, hypot
from typing import NamedTuple

from afpcluster.afp.goca import OrderError
from afpcluster.display.colour import Colour
from afpcluster.display.items import Close, Item, Line, Move, Path, Segment
from afpcluster.findings import Reporter
from afpcluster.interpret.colour import STANDARD_OCA_SPACE, specified_colour
from afpcluster.light import dataclass

NONE, PAD, REPEAT, REFLECT = range(4)
"""How the gradient goes on outside of its start and end."""

_STEPS = 64  # bands between start and end, where a gradient is not repeated often
_FEWEST_STEPS = 8
_REPEATED_STEPS = 512  # bands of a repeated gradient, fewest steps apart
_MOST_STOPS = 256
_REACH = 32.0  # how many times its length a gradient is repeated on either side, then its mean colour
_STOP_SCALE = 10_000
_WANDERING = 0.1  # of its radius, that a full arc goes on by from band to band: no edge strays by 1/400 of it
_MOST_PIECES = 2_048  # of a gradient, about

Corners = list[tuple[float, float]]
Figure = Callable[[float], list[Segment]]


class Stop(NamedTuple):
    t: float
    colour: Colour


class Band(NamedTuple):
    """The part of a gradient from t `start` to `end`."""

    start: float
    end: float
    colour: Colour


@dataclass(slots=True)
class Gradient:
    """A gradient from (x0, y0) to (x1, y1) in GPS units. A radial one has the multipliers of its start and
    end full arcs and the arc parameters they are drawn with; a linear one has neither."""

    x0: float
    y0: float
    x1: float
    y1: float
    stops: list[Stop]
    outside: tuple[int, int]
    multipliers: tuple[float, float] | None = None
    arc: tuple[float, float, float, float] = (1, 1, 0, 0)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filled: start and end are the same, or both are points of a radial one."""
        same_place = (self.x0, self.y0) == (self.x1, self.y1)
        if self.multipliers is None:
            return same_place
        return self.multipliers == (0, 0) or (same_place and self.multipliers[0] == self.multipliers[1])


class Colours(NamedTuple):
    """Colour stops from start to end, the outside values, and what was left out as bad."""

    stops: list[Stop]
    outside: tuple[int, int]
    problems: list[str]


def parse_colours(data: bytes, report: Reporter) -> Colours:
    """The colours of a gradient order, from its colour specification on. `report` is told of highlight
    colours.

    Raises OrderError where the order says to ignore the gradient (EC-0E02, EC-DC06, EC-DC07).
    """
    size = data[0] - 10 if data else 0
    if not 2 <= size <= 4 or len(data) < 13 + 2 * size:
        raise OrderError("has a colour specification of an impossible length")
    space, sizes = data[2], (data[7], data[8], data[9], data[10])

    def colour(at: int) -> Colour:
        found = specified_colour(space, sizes, data[at : at + size], report)
        if found is None or space == STANDARD_OCA_SPACE:
            raise OrderError(f"has a colour of space X'{space:02X}' that gradients do not take")
        return found

    start, end = colour(11), colour(11 + size)
    at = 11 + 2 * size
    problems = [
        f"has outside value X'{value:02X}', which is reserved: none"
        for value in data[at : at + 2]
        if value > REFLECT
    ]
    outside = tuple(value if value <= REFLECT else NONE for value in data[at : at + 2])
    stops = [Stop(0.0, start)]
    for place in range(at + 2, len(data) - size - 1, size + 2):
        t = int.from_bytes(data[place : place + 2], "big") / _STOP_SCALE
        if stops[-1].t <= t <= 1.0:
            stops.append(Stop(t, colour(place + 2)))
        else:
            problems.append(f"has a colour stop at {t:g}, out of order or range; it was left out")
    if (len(data) - at - 2) % (size + 2):
        problems.append("ends inside of a colour stop, which was left out")
    if len(stops) > _MOST_STOPS:
        raise OrderError(f"has {len(stops)} colour stops, more than {_MOST_STOPS}")
    stops.append(Stop(1.0, end))
    if len({stop.colour.space for stop in stops}) > 1:
        raise OrderError("has colours that cannot be mixed")
    return Colours(stops, (outside[0], outside[1]), problems)


def _colour_at(stops: list[Stop], t: float) -> Colour:
    """Linear interpolation in the colour space of the stops."""
    for before, after in pairwise(stops):
        if t <= after.t and after.t > before.t:
            share = (t - before.t) / (after.t - before.t)
            parts = zip(before.colour.components, after.colour.components, strict=True)
            return Colour(before.colour.space, tuple([a + (b - a) * share for a, b in parts]))
    return stops[-1].colour


def _mean(found: list[Band]) -> Colour:
    """The colour of bands seen from afar."""
    parts = zip(*[band.colour.components for band in found], strict=True)
    widths = [band.end - band.start for band in found]
    mean = [sum(a * b for a, b in zip(part, widths, strict=True)) / sum(widths) for part in parts]
    return Colour(found[0].colour.space, tuple(mean))


def bands(gradient: Gradient, first: float, last: float) -> list[Band]:
    """The bands between t `first` and `last`, in order."""
    numbers = range(floor(max(first, -_REACH)), ceil(min(last, _REACH + 1)))
    repeated = REPEAT in gradient.outside or REFLECT in gradient.outside
    fewer = min(_STEPS, _REPEATED_STEPS // max(len(numbers), 1))
    steps = max(fewer, _FEWEST_STEPS) if repeated else _STEPS
    edges = sorted({i / steps for i in range(steps + 1)} | {stop.t for stop in gradient.stops})
    cell = [Band(a, b, _colour_at(gradient.stops, (a + b) / 2)) for a, b in pairwise(edges)]
    mirrored = [Band(1 - b.end, 1 - b.start, b.colour) for b in reversed(cell)]
    found: list[Band] = []
    for number in numbers:
        mode = gradient.outside[0] if number < 0 else gradient.outside[1] if number > 0 else REPEAT
        if mode in (REPEAT, REFLECT):
            part = mirrored if mode == REFLECT and number % 2 else cell
            found += [Band(number + b.start, number + b.end, b.colour) for b in part]
    mean = _mean(cell)  # of what is repeated too often to be seen
    far = {PAD: (0.0, gradient.stops[0].colour), REPEAT: (-_REACH, mean), REFLECT: (-_REACH, mean)}
    end, colour = far.get(gradient.outside[0], (first, mean))
    if first < end:
        found.insert(0, Band(first, end, colour))
    far = {PAD: (1.0, gradient.stops[-1].colour), REPEAT: (_REACH + 1, mean), REFLECT: (_REACH + 1, mean)}
    start, colour = far.get(gradient.outside[1], (last, mean))
    if start < last:
        found.append(Band(start, last, colour))
    return [band for band in found if band.end > first and band.start < last]


def linear_items(
    gradient: Gradient, corners: Corners, to: Callable[[float, float], tuple[float, float]]
) -> list[Item]:
    """The gradient over a region of the GPS with these corners; `to` maps GPS units to points."""
    dx, dy = gradient.x1 - gradient.x0, gradient.y1 - gradient.y0
    square = dx * dx + dy * dy
    along = [((x - gradient.x0) * dx + (y - gradient.y0) * dy) / square for x, y in corners]
    across = [((y - gradient.y0) * dx - (x - gradient.x0) * dy) / square for x, y in corners]
    low, high = min(across), max(across)

    def corner(t: float, s: float) -> tuple[float, float]:
        return to(gradient.x0 + t * dx - s * dy, gradient.y0 + t * dy + s * dx)

    found = bands(gradient, min(along), max(along))
    items: list[Item] = []
    for band in found:
        end = found[-1].end  # every band reaches to the end: the next ones paint over it
        outline = [corner(band.start, low), corner(band.start, high), corner(end, high), corner(end, low)]
        first, *others = outline
        items.append(Path([Move(first), *[Line(point) for point in others], Close()], fill=band.colour))
    return items


def radial_items(
    gradient: Gradient, corners: Corners, ellipse: Callable[[float, float, float], list[Segment]]
) -> list[Item]:
    """The gradient over a region of the GPS with these corners; `ellipse(x, y, multiplier)` gives a full
    arc of the gradient's arc parameters as a figure in points."""
    assert gradient.multipliers is not None
    m0, m1 = gradient.multipliers
    dx, dy = gradient.x1 - gradient.x0, gradient.y1 - gradient.y0
    p, q, r, s = gradient.arc
    determinant = p * q - r * s
    if not determinant:
        return []

    def distance(x: float, y: float) -> float:
        """The length of a vector where full arcs are circles of radius `multiplier`."""
        return hypot((q * x - r * y) / determinant, (p * y - s * x) / determinant)

    def radius(t: float) -> float:
        return max(m0 + t * (m1 - m0), 0.0)

    def figure(t: float) -> list[Segment]:
        return ellipse(gradient.x0 + t * dx, gradient.y0 + t * dy, radius(t))

    def covers(t: float) -> bool:
        cx, cy = gradient.x0 + t * dx, gradient.y0 + t * dy
        return all(distance(x - cx, y - cy) <= radius(t) for x, y in corners)

    vanishing = m0 / (m0 - m1) if m0 != m1 else None  # where the full arcs shrink to a point
    first = _limit(covers, -1.0, vanishing)
    last = _limit(covers, 1.0, vanishing)
    centres = distance(dx, dy)
    found = bands(gradient, first, last)
    if centres + m0 <= m1:  # each full arc lies inside the next: the biggest first
        return _rings(_inwards(found), figure)
    if centres + m1 <= m0:
        return _rings([(band.start, found[-1].end, band.colour) for band in found], figure)
    least = (last - first) / _MOST_PIECES
    fine = [piece for band in found for piece in _divided(band, centres, radius, least)]
    ends = [band.end for band in fine]
    return _rings(
        [(band.start, ends[min(i + 1, len(ends) - 1)], band.colour) for i, band in enumerate(fine)], figure
    )


def _inwards(found: list[Band]) -> list[tuple[float, float, Colour]]:
    """Bands from the last to the first, each reaching back to the start of all."""
    return [(band.end, found[0].start, band.colour) for band in reversed(found)]


def _limit(covers: Callable[[float], bool], direction: float, vanishing: float | None) -> float:
    """How far a radial gradient goes on in a direction (-1 or 1): until it covers the region or vanishes."""
    reach = 1.0
    while reach < _REACH and not covers(0.5 + direction * (reach - 0.5)):
        reach *= 2
    end = 0.5 + direction * (reach - 0.5)
    if vanishing is None or (vanishing - 0.5) * direction < 0:
        return end
    return min(end, vanishing) if direction > 0 else max(end, vanishing)


def _divided(band: Band, wander: float, radius: Callable[[float], float], least: float) -> list[Band]:
    """A band in pieces over which full arcs that wander (by `wander` in t from 0 to 1) go on by a small part
    of their `radius`: their edges would be scalloped otherwise. No piece above `least` is left whole where it
    is too long."""
    length = band.end - band.start
    if length <= least or length * wander <= _WANDERING * max(radius(band.start), radius(band.end)):
        return [band]
    middle = band.start + length / 2
    halves = Band(band.start, middle, band.colour), Band(middle, band.end, band.colour)
    return [piece for half in halves for piece in _divided(half, wander, radius, least)]


def _rings(pairs: list[tuple[float, float, Colour]], figure: Figure) -> list[Item]:
    """What lies inside one of two full arcs but not the other, for each pair."""
    return [Path([*figure(a), *figure(b)], fill=colour, even_odd=True) for a, b, colour in pairs]
