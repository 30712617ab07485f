"""Areas, and the patterns that fill them: default set, custom patterns and gradients.

AFP GOCA "Areas", "Begin Area (GBAR) Order", "Begin Custom Pattern (GBCP) Order" and the gradient orders.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from math import hypot

from afpcluster.afp.goca import OrderError
from afpcluster.display.colour import BLACK, Colour
from afpcluster.display.geometry import translation
from afpcluster.display.items import (
    ClipPath,
    Close,
    Item,
    Line,
    Move,
    Paint,
    Path,
    Rectangle,
    Segment,
    SharedItems,
    TilePattern,
)
from afpcluster.interpret.graphics.gradients import Gradient, Stop, linear_items, parse_colours, radial_items
from afpcluster.interpret.graphics.lines import ellipse
from afpcluster.interpret.graphics.patterns import SOLID, CustomPattern, default_pattern, is_default_symbol
from afpcluster.interpret.graphics.state import Area, Canvas, Drawing, PatternDefinition

_BOUNDARY, _NONZERO = 0x40, 0x20
_FULL_COLOUR = 0x80
_DEFAULT = 0x80
_LAST_PATTERN_SET = 0xFD
_THINNEST = 0.001  # points: a figure less wide than this has no interior
GRADIENT_BAND_LIMIT = 20_000
"""Bands of gradients in one graphics object; areas beyond are filled with the start colour."""


def set_pattern_set(drawing: Drawing, pattern_set: int) -> None:
    drawing.attributes.pattern_set = pattern_set


def set_pattern_symbol(drawing: Drawing, symbol: int) -> None:
    """X'00' is the drawing default, pattern set included."""
    drawing.attributes.pattern_symbol = symbol


def set_pattern_reference_point(drawing: Drawing, flags: int, reserved: int, x: int, y: int) -> None:
    default = drawing.defaults.pattern_reference
    drawing.attributes.pattern_reference = default if flags & _DEFAULT else (x, y)


def begin_area(drawing: Drawing, flags: int) -> None:
    if drawing.area is not None:
        drawing.report("graphics-area-nested", "An area that was not ended was ended at the next", "Areas")
        end_area(drawing)
    drawing.flush()
    drawing.area = Area(
        pattern=_current_pattern(drawing),
        colour=drawing.attributes.colour,
        even_odd=not flags & _NONZERO,
        boundary=bool(flags & _BOUNDARY),
        below=drawing.out,
    )
    drawing.out = []


def _current_pattern(drawing: Drawing) -> int | CustomPattern | Gradient:
    """What the current pattern set and symbol mean; solid fill where they mean nothing."""
    set_, symbol = drawing.attributes.pattern_set, drawing.attributes.pattern_symbol
    if set_ > _LAST_PATTERN_SET:
        message = f"Pattern set X'{set_:02X}' is not supported: default set"
        drawing.report("graphics-pattern", message, "Set Pattern Set (GSPS) Order")
        set_ = 0
    if symbol == 0:
        set_, symbol = drawing.defaults.pattern_set, drawing.defaults.pattern_symbol
    if set_ == 0:
        if is_default_symbol(symbol):
            return symbol
        problem = f"Pattern symbol X'{symbol:02X}' is not in the default pattern set"
    elif drawing.definition is not None:
        problem = "A custom pattern or gradient fills an area of another custom pattern"
    elif (set_, symbol) in drawing.patterns:
        return drawing.patterns[set_, symbol]
    else:
        problem = f"Pattern X'{symbol:02X}' of set X'{set_:02X}' is not defined in its segment"
    drawing.report("graphics-pattern", f"{problem}: solid fill", "Begin Area (GBAR) Order")
    return SOLID


def end_area(drawing: Drawing, data: bytes = b"") -> None:
    area = drawing.area
    if area is None:
        drawing.report("graphics-order-misplaced", "End Area without Begin Area", "End Area (GEAR) Order")
        return
    drawing.close_figure(area)
    drawing.flush()
    boundary, drawing.out, drawing.area = drawing.out, area.below, None
    if area.outline:
        drawing.out += _fill(drawing, area)
    drawing.out += boundary


def _fill(drawing: Drawing, area: Area) -> list[Item]:
    """The items that fill an area. Figures without an interior, which viewers would show as a hairline, have
    nothing to fill (AFP GOCA "Areas")."""
    outline = [segment for figure in _figures(area.outline) if _has_interior(figure) for segment in figure]
    if not outline:
        return []
    area = replace(area, outline=outline)
    pattern = area.pattern
    if isinstance(pattern, Gradient):
        return _gradient_fill(drawing, area, pattern)
    if isinstance(pattern, int):
        paint = default_pattern(pattern, area.colour)
    else:
        paint = _custom_paint(drawing, pattern, area.colour)
    if paint is None:
        return []
    if not isinstance(paint, TilePattern):
        rectangle = _as_rectangle(area.outline, paint)
        if rectangle is not None:
            return [rectangle]
    return [Path(area.outline, fill=paint, even_odd=area.even_odd)]


def _figures(outline: list[Segment]) -> Iterator[list[Segment]]:
    """The closed figures of an outline."""
    figure: list[Segment] = []
    for segment in outline:
        figure.append(segment)
        if isinstance(segment, Close):
            yield figure
            figure = []
    if figure:
        yield figure


def _has_interior(figure: list[Segment]) -> bool:
    """Whether the points of a figure do not all lie on one line."""
    points = [(segment[at], segment[at + 1]) for segment in figure for at in range(0, len(segment), 2)]
    if not points:
        return False
    x0, y0 = points[0]
    x1, y1 = max(points, key=lambda point: hypot(point[0] - x0, point[1] - y0))
    longest = hypot(x1 - x0, y1 - y0)
    return any(abs((x - x0) * (y1 - y0) - (y - y0) * (x1 - x0)) > _THINNEST * longest for x, y in points)


def _as_rectangle(outline: list[Segment], colour: Colour) -> Rectangle | None:
    """A filled outline as a rectangle, if it is one with its sides parallel to the axes."""
    *corners, end = outline
    if len(corners) == 5 and corners[-1] == corners[0]:
        corners.pop()
    if len(corners) != 4 or not isinstance(end, Close):
        return None
    if not isinstance(corners[0], Move) or not all(isinstance(corner, Line) for corner in corners[1:]):
        return None
    ax, ay, bx, by, cx, cy, dx, dy = (value for corner in corners for value in corner)
    if (ay, bx, cy, dx) == (by, cx, dy, ax) or (ax, by, cx, dy) == (bx, cy, dx, ay):
        return Rectangle(min(ax, cx), min(ay, cy), abs(cx - ax), abs(cy - ay), colour)
    return None


def _custom_paint(drawing: Drawing, pattern: CustomPattern, colour: Colour) -> Paint:
    tile = pattern.paint(colour)
    if tile is None:
        message = "A custom pattern in very many colours was replaced by solid fill"
        drawing.report("graphics-limit", message, "Custom Patterns")
        return colour
    x, y = drawing.canvas.place(*drawing.attributes.pattern_reference)
    return replace(tile, matrix=translation(x, y))


def _gradient_fill(drawing: Drawing, area: Area, gradient: Gradient) -> list[Item]:
    """The gradient's bands, inside the area."""
    if gradient.is_empty:
        return []
    if drawing.gradient_bands > GRADIENT_BAND_LIMIT:
        message = "Areas with gradients beyond the limit were filled with the start colour"
        drawing.report("graphics-limit", message, "Gradients")
        return [Path(area.outline, fill=gradient.stops[0].colour, even_odd=area.even_odd)]
    corners = _corners(area.outline, drawing.canvas)
    if gradient.multipliers is None:
        items = linear_items(gradient, corners, drawing.canvas.place)
    else:
        canvas, arc = drawing.canvas, gradient.arc
        items = radial_items(gradient, corners, lambda x, y, size: ellipse(canvas.place, arc, x, y, size))
    drawing.gradient_bands += len(items)
    return [ClipPath(area.outline, items, area.even_odd)] if items else []


def _corners(outline: list[Segment], canvas: Canvas) -> list[tuple[float, float]]:
    """The corners of the box around an outline, in GPS units."""
    xs = [value for segment in outline for value in segment[::2]]
    ys = [value for segment in outline for value in segment[1::2]]
    return [canvas.unplace(x, y) for x in (min(xs), max(xs)) for y in (min(ys), max(ys))]


def begin_custom_pattern(
    drawing: Drawing,
    reserved: int,
    flags: int,
    pattern_set: int,
    symbol: int,
    left: int,
    right: int,
    bottom: int,
    top: int,
) -> None:
    """Draw in a space of its own, with drawing defaults, until End Custom Pattern."""
    if drawing.definition is not None:
        message = "A custom pattern that was not ended was ended at the next"
        drawing.report("graphics-order-misplaced", message, "Begin Custom Pattern (GBCP) Order")
        try:
            end_custom_pattern(drawing)
        except OrderError as error:  # which must not keep the new one from beginning
            drawing.report("graphics-order-bad", f"GECP {error}", "End Custom Pattern (GECP) Order")
    if drawing.area is not None:
        end_area(drawing)
    drawing.flush()
    canvas = drawing.canvas
    drawing.definition = PatternDefinition(
        key=(pattern_set, symbol),
        full_colour=bool(flags & _FULL_COLOUR),
        width=(right - left) * canvas.sx,
        height=(top - bottom) * canvas.sy,
        saved=(canvas, drawing.out, drawing.attributes, drawing.x, drawing.y, drawing.dash_phase),
    )
    visible = (left, bottom, right, top)
    drawing.canvas = Canvas(canvas.sx, canvas.sy, -left * canvas.sx, top * canvas.sy, visible)
    drawing.out = []
    drawing.attributes = copy(drawing.defaults)
    if not flags & _FULL_COLOUR:
        drawing.attributes.colour = BLACK
    drawing.x = drawing.y = drawing.dash_phase = 0.0


def end_custom_pattern(drawing: Drawing, reserved: int = 0) -> None:
    definition = drawing.definition
    if definition is None:
        message = "End Custom Pattern without Begin Custom Pattern"
        drawing.report("graphics-order-misplaced", message, "End Custom Pattern (GECP) Order")
        return
    if drawing.area is not None:
        end_area(drawing)
    drawing.flush()
    items, drawing.definition = drawing.out, None
    drawing.canvas, drawing.out, drawing.attributes, *place = definition.saved
    drawing.x, drawing.y, drawing.dash_phase = place
    if definition.width <= 0 or definition.height <= 0:
        raise OrderError("ends a custom pattern without width or height; it was skipped")
    _define(
        drawing,
        *definition.key,
        CustomPattern(
            definition.width,
            definition.height,
            SharedItems(items),
            definition.full_colour,
        ),
    )


def _define(drawing: Drawing, set_: int, symbol: int, pattern: CustomPattern | Gradient) -> None:
    """Keep a pattern under its name; raises OrderError where it cannot be kept."""
    name = f"pattern X'{symbol:02X}' of set X'{set_:02X}'"
    if not 1 <= set_ <= _LAST_PATTERN_SET or not symbol:
        raise OrderError(f"defines {name}, which cannot be; it was skipped")
    if (set_, symbol) in drawing.patterns:
        raise OrderError(f"defines {name} again; it was skipped")
    drawing.patterns[set_, symbol] = pattern


def delete_pattern(drawing: Drawing, reserved: int, pattern_set: int, symbol: int | None = None) -> None:
    if drawing.definition is not None:
        raise OrderError("deletes a pattern inside a custom pattern; it was kept")
    if not 1 <= pattern_set <= _LAST_PATTERN_SET:
        raise OrderError(f"deletes from pattern set X'{pattern_set:02X}', which holds no custom patterns")
    if symbol is None:
        drawing.patterns = {key: found for key, found in drawing.patterns.items() if key[0] != pattern_set}
    elif drawing.patterns.pop((pattern_set, symbol), None) is None:
        raise OrderError(f"deletes pattern X'{symbol:02X}' of set X'{pattern_set:02X}', which is not defined")


def linear_gradient(
    drawing: Drawing,
    reserved: int,
    pattern_set: int,
    symbol: int,
    x0: int,
    y0: int,
    x1: int,
    y1: int,
    data: bytes,
) -> None:
    _define_gradient(drawing, pattern_set, symbol, Gradient(x0, y0, x1, y1, *_colours(drawing, data)))


def radial_gradient(
    drawing: Drawing,
    reserved: int,
    pattern_set: int,
    symbol: int,
    x0: int,
    y0: int,
    multiplier0: int,
    x1: int,
    y1: int,
    multiplier1: int,
    data: bytes,
) -> None:
    gradient = Gradient(x0, y0, x1, y1, *_colours(drawing, data))
    gradient.multipliers = (multiplier0 / 256, multiplier1 / 256)
    gradient.arc = drawing.attributes.arc
    _define_gradient(drawing, pattern_set, symbol, gradient)


def _colours(drawing: Drawing, data: bytes) -> tuple[list[Stop], tuple[int, int]]:
    """Colour stops and outside values of a gradient order; what is bad among them is left out."""
    colours = parse_colours(data, drawing.report)
    for problem in colours.problems:
        drawing.report("graphics-gradient", f"A gradient {problem}", "Linear Gradient (GLGD) Order")
    return colours.stops, colours.outside


def _define_gradient(drawing: Drawing, set_: int, symbol: int, gradient: Gradient) -> None:
    if drawing.definition is not None:
        raise OrderError("defines a gradient inside a custom pattern; it was skipped")
    _define(drawing, set_, symbol, gradient)
