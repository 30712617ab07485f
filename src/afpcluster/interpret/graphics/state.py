"""What a graphics object's drawing processor knows while it draws: attributes, position, open figures.

Coordinates of orders are GPS units with y upwards; `Canvas` alone turns them into points with y
downwards. Line primitives are gathered in one path as long as the line attributes stay the same, so
that joins and dashes run on where AFP GOCA says so; `flush` paints it. Whoever changes what a line looks
like flushes first. An open area takes the outline of everything drawn; what is painted meanwhile (its
boundary) goes on top of its fill.
"""

from __future__ import annotations

from copy import copy
from dataclasses import field
from math import hypot, sqrt

from afpcluster.display.colour import BLACK, Colour
from afpcluster.display.geometry import Point
from afpcluster.display.items import Cap, Close, Curve, Item, Join, Line, Move, Path, Segment, Stroke
from afpcluster.findings import Reporter
from afpcluster.interpret.context import Context, DataObject
from afpcluster.interpret.graphics.gradients import Gradient
from afpcluster.interpret.graphics.patterns import CustomPattern
from afpcluster.light import dataclass

NORMAL_LINE_WIDTH = 72 / 120
MAXIMUM_LINE_WIDTH = 72 * 0.13
"""Points: where the descriptor sets no normal line width (AFP GOCA "Line Width", implementation note)."""

MARKER_CELL = 72 * 7 / 120
"""Points: default width and height of markers (AFP GOCA "Set Marker Cell (GSMC) Order")."""


Pattern = int | CustomPattern | Gradient
"""What fills an area: a symbol of the default pattern set, or what was defined in the segment."""


@dataclass(slots=True)
class Attributes:
    """Current attributes, and in a second copy the drawing defaults; the values here are the standard
    defaults. Sizes are GPS units, except those marked otherwise."""

    colour: Colour = BLACK
    dashes: tuple[float, ...] | None = ()  # multiples of the line width; None: invisible
    line_width: float = 1.0  # multiple of the normal line width
    cap: Cap = Cap.ROUND
    join: Join = Join.ROUND
    pattern_set: int = 0
    pattern_symbol: int = 0x10
    pattern_reference: tuple[int, int] = (0, 0)
    marker_cell: tuple[int, int] | None = None  # None: the default size, (0, 0): draws nothing
    marker_symbol: int = 1
    character_angle: float = 0.0  # degrees, counterclockwise
    character_height: float = 0.0  # of the cell; 0: device default
    character_direction: int = 1
    character_set: int = 0
    arc: tuple[float, float, float, float] = (1, 1, 0, 0)  # P, Q, R, S


class Canvas:
    """The mapping from GPS units to points, and whether anything was drawn outside of the window that
    shows. `visible` is left, bottom, right, top in GPS units."""

    __slots__ = ("bottom", "edge", "left", "outside", "right", "sx", "sy", "top", "tx", "ty")

    def __init__(
        self, sx: float, sy: float, tx: float, ty: float, visible: tuple[float, float, float, float]
    ) -> None:
        self.sx, self.sy, self.tx, self.ty = sx, sy, tx, ty
        self.left, self.bottom, self.right, self.top = visible
        self.outside = False  # a point lies outside
        self.edge = False  # a point lies on the edge, so that half of a line is outside

    def to(self, x: float, y: float) -> Point:
        """The point of the display list for a point of the GPS."""
        if not (self.left < x < self.right and self.bottom < y < self.top):
            if self.left <= x <= self.right and self.bottom <= y <= self.top:
                self.edge = True
            else:
                self.outside = True
        return (x * self.sx + self.tx, self.ty - y * self.sy)

    def reach(self, point: Point, distance: float) -> None:
        """Note that something goes up to `distance` points from a point of the display list."""
        x, y = self.unplace(*point)
        dx, dy = distance / self.sx, distance / self.sy
        if not (
            self.left <= x - dx and x + dx <= self.right and self.bottom <= y - dy and y + dy <= self.top
        ):
            self.outside = True

    def place(self, x: float, y: float) -> Point:
        """Like `to`, but for points that are not drawn: it does not note what lies outside the window."""
        return (x * self.sx + self.tx, self.ty - y * self.sy)

    def unplace(self, x: float, y: float) -> Point:
        """The GPS point of a point of the display list."""
        return ((x - self.tx) / self.sx, (self.ty - y) / self.sy)


@dataclass(slots=True)
class Area:
    """An area between Begin Area and End Area: how it is filled, and its figures so far (in points)."""

    pattern: Pattern
    colour: Colour
    even_odd: bool
    boundary: bool
    below: list[Item]  # where its fill goes
    outline: list[Segment] = field(default_factory=list)
    figure: list[Segment] = field(default_factory=list)
    start: tuple[float, float] = (0.0, 0.0)  # of the figure, in GPS units


@dataclass(slots=True)
class RasterImage:
    """An image between Begin Image and End Image; x and y are GPS units."""

    x: float
    y: float
    width: int
    height: int
    rows: list[bytes] = field(default_factory=list)


@dataclass(slots=True)
class PatternDefinition:
    """What Begin Custom Pattern set aside until End Custom Pattern."""

    key: tuple[int, int]
    full_colour: bool
    width: float
    height: float
    saved: tuple[Canvas, list[Item], Attributes, float, float, float]


@dataclass(slots=True)
class Drawing:
    """The drawing processor. (x, y) is the current position in GPS units; `out` takes the items."""

    object: DataObject
    context: Context
    canvas: Canvas
    device_colour: Colour = BLACK
    normal_line_width: float | None = None  # points, None: of the device
    scale: tuple[float, float] = (1.0, 1.0)  # of the mapping against the picture's own size
    image_points_per_inch: tuple[float, float] | None = None
    attributes: Attributes = field(default_factory=Attributes)
    defaults: Attributes = field(default_factory=Attributes)
    x: float = 0.0
    y: float = 0.0
    out: list[Item] = field(default_factory=list)
    area: Area | None = None
    image: RasterImage | None = None
    definition: PatternDefinition | None = None
    patterns: dict[tuple[int, int], Pattern] = field(default_factory=dict)
    gradient_bands: int = 0  # painted so far
    offset: int | None = None  # of the record with the segment being drawn
    path: list[Segment] = field(default_factory=list)
    path_is_open: bool = False  # the path ends at the current position and may go on from there
    subpath_at: int = 0
    dash_phase: float = 0.0  # line widths of the dashes used up where the path begins

    @property
    def report(self) -> Reporter:
        """Records findings about the drawing orders, with the section of AFP GOCA."""
        return self.context.findings.at(self.offset, "GAD", "AFP GOCA")

    def begin_segment(self) -> None:
        """Set current attributes and position as a new segment finds them."""
        self.attributes = copy(self.defaults)
        self.x = self.y = self.dash_phase = 0.0
        self.patterns = {}

    def move(self, x: float, y: float) -> None:
        """Set the current position (a Move Type order): ends a figure, line types begin anew."""
        if self.area is not None:
            self.close_figure(self.area)
        if self.dash_phase:
            self.flush()
            self.dash_phase = 0.0
        self.path_is_open = False
        self.x, self.y = x, y

    def close_figure(self, area: Area) -> None:
        """Close the area's figure. The line that closes it is not drawn, but a boundary that ends where
        it began is joined there (AFP GOCA "Areas")."""
        if area.figure:
            area.outline += area.figure
            area.outline.append(Close())
            area.figure = []
            self.x, self.y = area.start
        if self.path_is_open and self.path[self.subpath_at] == self.path[-1][-2:]:
            self.path.append(Close())
        self.path_is_open = False

    def draw(self, segments: list[Segment], x: float, y: float) -> None:
        """Draw lines and curves that begin at the current position and end at (x, y)."""
        if segments:
            self.context.budget.draw(len(segments))
            area = self.area
            start = self.canvas.to(self.x, self.y)
            if area is not None:
                if not area.figure:
                    area.figure.append(Move(start))
                    area.start = (self.x, self.y)
                area.figure += segments
            if area is None or area.boundary:
                if not self.path_is_open:
                    self.subpath_at = len(self.path)
                    self.path.append(Move(start))
                    self.path_is_open = True
                self.path += segments
        self.x, self.y = x, y

    def draw_closed(self, figure: list[Segment], *, mitred: bool = False) -> None:
        """Draw a complete figure (box, full arc); `mitred` where the line join does not apply."""
        self.context.budget.draw(len(figure))
        if self.area is not None:
            self.area.outline += figure
        if self.area is None or self.area.boundary:
            if mitred and self.attributes.join is not Join.MITRE:
                self.flush()
                self.path = list(figure)
                self.flush(Join.MITRE)
            else:
                self.path += figure
                self.path_is_open = False

    def flush(self, join: Join | None = None) -> None:
        """Paint the lines gathered so far; dashes go on in what follows at the current position."""
        if self.path:
            stroke = self.stroke(join)
            if stroke is not None:
                self.out.append(Path(self.path, stroke=stroke))
                if self.path_is_open and any(stroke.dashes):
                    used = length(self.path[self.subpath_at :]) + stroke.dash_phase
                    self.dash_phase = used % sum(stroke.dashes) / stroke.width
            self.path = []
        self.path_is_open = False

    def stroke(self, join: Join | None = None) -> Stroke | None:
        """How lines are drawn now; None when they are invisible."""
        attributes = self.attributes
        if attributes.dashes is None:
            return None
        if self.normal_line_width is None:
            width = min(attributes.line_width * NORMAL_LINE_WIDTH, MAXIMUM_LINE_WIDTH)
        else:
            width = attributes.line_width * self.normal_line_width
        width *= sqrt(self.scale[0] * self.scale[1])
        dashes = tuple([length * width for length in attributes.dashes])
        phase = self.dash_phase * width if dashes else 0.0
        return Stroke(attributes.colour, width, attributes.cap, join or attributes.join, dashes, phase)


_CHORDS = 8  # of a curve, to measure it


def length(subpath: list[Segment]) -> float:
    """How long lines and curves are."""
    total = x = y = 0.0
    for segment in subpath:
        points: list[Point] = []
        if isinstance(segment, Curve):
            points = [_on_curve(x, y, segment, i / _CHORDS) for i in range(1, _CHORDS + 1)]
        elif isinstance(segment, Line):
            points = [segment]
        elif isinstance(segment, Move):
            x, y = segment
        for px, py in points:
            total += hypot(px - x, py - y)
            x, y = px, py
    return total


def _on_curve(x: float, y: float, curve: Curve, t: float) -> Point:
    """The point of a Bézier curve from (x, y) at parameter t."""
    x1, y1, x2, y2, x3, y3 = curve
    a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    return (a * x + b * x1 + c * x2 + d * x3, a * y + b * y1 + c * y2 + d * y3)


def polyline(canvas: Canvas, points: list[tuple[int, int]]) -> list[Segment]:
    """Straight lines through points of the GPS."""
    return [Line(canvas.to(x, y)) for x, y in points]
