"""Graphics objects (GOCA) -> display list.

The descriptor gives the window, its units and the drawing defaults; the data is segments of drawing
orders, walked once, each order dispatched through a table to a handler of its row's name. A broken,
unknown or misplaced order is a finding and the drawing goes on. AFP GOCA Chapters 4 to 7; MO:DCA "Mapping
the Graphics Presentation Space".
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from copy import copy
from typing import NamedTuple

from afpcluster.afp.declare import DecodeError
from afpcluster.afp.goca import ORDERS, ORDERS_BY_NAME, Order, OrderError, orders, segments
from afpcluster.afp.goca_descriptor import (
    SET_CURRENT_DEFAULTS,
    SetCurrentDefaults,
    default_items,
    descriptor_parameters,
)
from afpcluster.display.items import Group, Item, Path
from afpcluster.findings import Severity
from afpcluster.interpret.context import Budget, BudgetSpent, Context, DataObject
from afpcluster.interpret.graphics import areas, attributes, images, lines, markers, text
from afpcluster.interpret.graphics.state import Drawing
from afpcluster.interpret.graphics.window import window_mapping

_IGNORED = [
    "no_operation",
    "comment",
    "segment_characteristics",
    "set_character_shear",
    "set_character_precision",
    "set_marker_precision",
    "set_pick_identifier",
    "end_prolog",
    "end_segment",
]
"""Orders that AFP GOCA treats as no-operations, and the end of a prolog, which has no effect."""

_IN_AREA = """
    box_ cubic_bezier_curve_ fillet_ full_arc_ line_ partial_arc_ relative_line_ set_arc_parameters
    set_background_mix set_colour set_current_position set_custom_line_type set_extended_colour
    set_fractional_line_width set_line_ set_mix set_process_colour begin_area end_area
"""
"""What may stand in an area, by the beginning of its name (AFP GOCA "Valid Area Definitions"), and what
reports an open area itself."""

_IN_IMAGE = ("image_data", "end_image")

Handler = Callable[..., None]


def _handler(order: Order) -> Handler | None:
    """The function of the row's name; None for orders without effect."""
    if order.name in _IGNORED:
        return None
    for module in (
        lines,
        attributes,
        areas,
        markers,
        text,
        images,
    ):
        function: Handler | None = vars(module).get(order.name)
        if function is not None:
            return function
    raise LookupError(f"no handler for {order.name}")


class _Row(NamedTuple):
    order: Order
    function: Handler | None
    may_stand_in_area: bool
    longest: int  # bytes of operands


_HANDLERS = {
    code: _Row(order, _handler(order), order.name.startswith(tuple(_IN_AREA.split())), order.longest)
    for code, order in ORDERS.items()
}


def draw_graphics(data_object: DataObject, context: Context) -> list[Item]:
    """The items of a graphics object, in points of its object area.

    Everything that cannot be drawn is a finding; nothing is raised for bad data.
    """
    data = b"".join([record.data for record in data_object.data])
    descriptor = data_object.descriptor.data if data_object.descriptor else b""
    mapping = window_mapping(data_object, context)
    drawing = Drawing(data_object, context, mapping.canvas())
    drawing.scale = mapping.scale
    drawing.image_points_per_inch = mapping.image_points_per_inch
    drawing.offset = data_object.descriptor.offset if data_object.descriptor else data_object.offset
    _set_defaults(drawing, descriptor)
    starts = _record_starts(data_object)
    found, problems = segments(data)
    for at, message in problems:
        drawing.offset = _offset(data_object, starts, at)
        drawing.report("graphics-segment-bad", message, "Begin Segment Command", severity=Severity.INFO)
    for segment in found:
        if context.budget.is_spent:
            break
        drawing.offset = _offset(data_object, starts, segment.at)
        _draw_segment(drawing, segment.data)
    if not mapping.clip.width or not mapping.clip.height:
        return []  # the window lies outside of the object area
    canvas = drawing.canvas
    has_lines = any(isinstance(item, Path) and item.stroke for item in drawing.out)
    if canvas.outside or (canvas.edge and has_lines):
        return [Group(drawing.out, clip=mapping.clip)]
    return drawing.out


def _set_defaults(drawing: Drawing, descriptor: bytes) -> None:
    """Set the drawing defaults from the descriptor's Set Current Defaults instructions, the last one last.

    A value that would be the drawing default in an order is the standard default here."""
    drawing.attributes.colour = drawing.defaults.colour = drawing.device_colour
    for code, data in descriptor_parameters(descriptor):
        if code != SET_CURRENT_DEFAULTS:
            continue
        try:
            instruction = SetCurrentDefaults.decode(data)
            for name, value in default_items(instruction):
                _set_default(drawing, name, value)
        except (OrderError, DecodeError) as error:
            spec = "Set Current Defaults (SCD) Instruction"
            drawing.report("graphics-defaults-bad", f"Set Current Defaults {error}", spec)
    drawing.attributes.colour = drawing.object.colour or drawing.attributes.colour
    if drawing.attributes.pattern_symbol == 0:
        drawing.attributes.pattern_symbol = attributes.STANDARD.pattern_symbol
    drawing.defaults = copy(drawing.attributes)


_ARC_PARAMETERS = ("arc_p", "arc_q", "arc_r", "arc_s")


def _set_default(drawing: Drawing, name: str, value: bytes) -> None:
    """One item of Set Current Defaults: an order's operands, or one of the few that no order has."""
    if name in _ARC_PARAMETERS:
        arc = list(drawing.attributes.arc)
        arc[_ARC_PARAMETERS.index(name)] = int.from_bytes(value, "big", signed=True)
        drawing.attributes.arc = (arc[0], arc[1], arc[2], arc[3])
    elif name == "normal_line_width":
        drawing.normal_line_width = int.from_bytes(value, "big") / 1440 * 72 if value else None
    else:
        if name == "pattern_reference_point":
            name, value = "set_pattern_reference_point", b"\0\0" + value
        order = ORDERS_BY_NAME[name]
        handler = _HANDLERS[order.code].function
        if handler is not None:
            handler(drawing, *order.decode(value))


def _record_starts(data_object: DataObject) -> list[int]:
    """Where each data record begins in the joined data."""
    starts, at = [], 0
    for record in data_object.data:
        starts.append(at)
        at += len(record.data)
    return starts


def _offset(data_object: DataObject, starts: list[int], at: int) -> int:
    """The offset in the file of the record that holds position `at` of the joined data."""
    return data_object.data[bisect_right(starts, at) - 1].offset


def _draw_segment(drawing: Drawing, data: bytes) -> None:
    """Draw one segment with the drawing defaults; close what it leaves open."""
    drawing.begin_segment()
    try:
        for code, operands in orders(data):
            _draw_order(drawing, code, operands)
    except OrderError as error:
        drawing.report(
            "graphics-order-truncated", f"A segment ends inside of an order: {error}", "Order Formats"
        )
    except BudgetSpent:
        message = f"What is drawn beyond {Budget.PATH_SEGMENTS:,} lines and curves on a page is not shown"
        drawing.report("graphics-limit", message, "Drawing Orders")
    if drawing.image is not None:
        _report_misplaced(drawing, "An image was not ended in its segment")
        images.end_image(drawing)
    if drawing.area is not None:
        _report_misplaced(drawing, "An area was not ended in its segment")
        areas.end_area(drawing)
    if drawing.definition is not None:
        _report_misplaced(drawing, "A custom pattern was not ended in its segment")
        _draw_order(drawing, ORDERS_BY_NAME["end_custom_pattern"].code, b"\0")
    drawing.flush()


def _draw_order(drawing: Drawing, code: int, operands: bytes) -> None:
    row = _HANDLERS.get(code)
    if row is None:
        message = f"Drawing order X'{code:02X}' is unknown and was skipped"
        drawing.report("graphics-order-unknown", message, "Summary List of Orders")
        return
    order, function, may_stand_in_area, longest = row
    if function is None:
        return
    if len(operands) > longest:
        message = (
            f"{order.mnemonic} has {len(operands)} bytes of operands, more than {longest}: the first count"
        )
        drawing.report("graphics-order-long", message, f"{order.mnemonic} Order", severity=Severity.INFO)
    if drawing.image is not None and order.name not in _IN_IMAGE:
        _report_misplaced(drawing, f"{order.mnemonic} inside of an image ended the image")
        images.end_image(drawing)
    if drawing.area is not None and not may_stand_in_area:
        _report_misplaced(
            drawing, f"{order.mnemonic} is not valid inside of an area; what it draws is on top"
        )
    try:
        function(drawing, *order.decode(operands))
    except OrderError as error:
        drawing.report("graphics-order-bad", f"{order.mnemonic} {error}", f"{order.mnemonic} Order")


def _report_misplaced(drawing: Drawing, message: str) -> None:
    drawing.report("graphics-order-misplaced", message, "Valid Area Definitions")
