"""Orders that set current attributes: colour, mix, lines, characters, markers.

Value 0 means the drawing default, a reserved value the standard default, with a finding. An order that
changes what lines look like paints the lines gathered so far first. AFP GOCA "Attributes" and the
sections of the Set orders.
"""

from __future__ import annotations

from math import atan2, degrees

from afpcluster.afp.goca import OrderError
from afpcluster.display.colour import Colour
from afpcluster.display.items import Cap, Join
from afpcluster.interpret.colour import STANDARD_OCA_SPACE, named_colour, specified_colour
from afpcluster.interpret.graphics.state import Attributes, Drawing

DASHES: dict[int, tuple[float, ...] | None] = {
    1: (0, 2),  # dotted
    2: (3, 3),  # short-dashed
    3: (6, 4, 0, 4),  # dash-dot
    4: (0, 3, 0, 7),  # double-dotted
    5: (8, 3),  # long-dashed
    6: (6, 3, 0, 3, 0, 3),  # dash-double-dot
    7: (),  # solid
    8: None,  # invisible
}
"""Standard line types: lengths of dashes and moves in line widths (AFP GOCA "Line Type")."""

_CAPS = {1: Cap.BUTT, 2: Cap.SQUARE, 3: Cap.ROUND}
_JOINS = {1: Join.BEVEL, 2: Join.ROUND, 3: Join.MITRE}
_OVERPAINT, _LEAVE_ALONE = 2, 5
_DRAWING_DEFAULT = (0x0000, 0xFF00)
_DEVICE_DEFAULT = 0xFF07
_ZERO_IS_ZERO = 0x8000
STANDARD = Attributes()


def set_colour(drawing: Drawing, colour: int) -> None:
    set_extended_colour(drawing, 0xFF00 | colour)


def set_extended_colour(drawing: Drawing, colour: int) -> None:
    if colour in _DRAWING_DEFAULT:
        found: Colour | None = drawing.defaults.colour
    else:
        found = named_colour(colour, drawing.device_colour)
    if found is None:
        _report_value(
            drawing,
            f"Colour X'{colour:04X}' is reserved: device default",
            "Set Extended Color (GSECOL) Order",
        )
    _set_colour(drawing, found or drawing.device_colour)


def set_process_colour(drawing: Drawing, data: bytes) -> None:
    """`data`: reserved, space, 4 reserved, 4 component sizes, value."""
    if len(data) < 11:
        raise OrderError(f"needs 12 bytes of operands and has {len(data)}")
    if data[1] == STANDARD_OCA_SPACE and len(data) >= 12:
        set_extended_colour(drawing, int.from_bytes(data[10:12], "big"))
        return
    found = specified_colour(data[1], (data[6], data[7], data[8], data[9]), data[10:], drawing.report)
    if found is None:
        message = f"A process colour of space X'{data[1]:02X}' could not be read: device default"
        _report_value(drawing, message, "Set Process Color (GSPCOL) Order")
    _set_colour(drawing, found or drawing.device_colour)


def _set_colour(drawing: Drawing, colour: Colour) -> None:
    if drawing.definition is not None and not drawing.definition.full_colour:
        return  # coloured by its use (AFP GOCA "Custom Pattern Color Aspects")
    if colour != drawing.attributes.colour:
        drawing.flush()
        drawing.attributes.colour = colour


def set_mix(drawing: Drawing, mode: int) -> None:
    if mode not in (0, _OVERPAINT):
        _report_value(drawing, f"Mix X'{mode:02X}' is not supported: overpaint", "Set Mix (GSMX) Order")


def set_background_mix(drawing: Drawing, mode: int) -> None:
    if mode not in (0, _LEAVE_ALONE):
        message = f"Background mix X'{mode:02X}' is not supported: leave alone"
        _report_value(drawing, message, "Set Background Mix (GSBMX) Order")


def set_line_type(drawing: Drawing, line_type: int) -> None:
    if line_type and line_type not in DASHES:
        _report_value(
            drawing, f"Line type X'{line_type:02X}' is reserved: solid", "Set Line Type (GSLT) Order"
        )
    _set_dashes(drawing, DASHES.get(line_type, ()) if line_type else drawing.defaults.dashes)


def set_custom_line_type(drawing: Drawing, pairs: list[tuple[int, int]]) -> None:
    dashes = tuple(length / 256 for pair in pairs for length in pair)
    _set_dashes(drawing, dashes if any(dashes) else ())


def _set_dashes(drawing: Drawing, dashes: tuple[float, ...] | None) -> None:
    """Other dashes begin anew, the same go on (AFP GOCA "Line Type")."""
    drawing.flush()
    if dashes != drawing.attributes.dashes:
        drawing.attributes.dashes = dashes
        drawing.dash_phase = 0.0


def set_line_width(drawing: Drawing, multiplier: int) -> None:
    set_fractional_line_width(drawing, multiplier << 8)


def set_fractional_line_width(drawing: Drawing, multiplier: int) -> None:
    drawing.flush()
    drawing.attributes.line_width = multiplier / 256 if multiplier else drawing.defaults.line_width


def set_line_end(drawing: Drawing, end: int) -> None:
    if end and end not in _CAPS:
        _report_value(drawing, f"Line end X'{end:02X}' is reserved: round", "Set Line End (GSLE) Order")
    drawing.flush()
    drawing.attributes.cap = _CAPS.get(end, STANDARD.cap) if end else drawing.defaults.cap


def set_line_join(drawing: Drawing, join: int) -> None:
    if join and join not in _JOINS:
        _report_value(drawing, f"Line join X'{join:02X}' is reserved: round", "Set Line Join (GSLJ) Order")
    drawing.flush()
    drawing.attributes.join = _JOINS.get(join, STANDARD.join) if join else drawing.defaults.join


def set_marker_cell(drawing: Drawing, width: int, height: int, flags: int = 0) -> None:
    if width and height:
        drawing.attributes.marker_cell = (abs(width), abs(height))
    else:
        zero = flags & _ZERO_IS_ZERO
        drawing.attributes.marker_cell = (0, 0) if zero else drawing.defaults.marker_cell


def set_marker_set(drawing: Drawing, marker_set: int) -> None:
    if marker_set:
        message = f"Marker set X'{marker_set:02X}' is not supported: default marker set"
        _report_value(drawing, message, "Set Marker Set (GSMS) Order")


def set_marker_symbol(drawing: Drawing, symbol: int) -> None:
    drawing.attributes.marker_symbol = symbol or drawing.defaults.marker_symbol


def set_character_angle(drawing: Drawing, x: int, y: int) -> None:
    """The baseline is parallel to the line from (0, 0) to (x, y), as the picture's scale has it."""
    default, canvas = drawing.defaults.character_angle, drawing.canvas
    drawing.attributes.character_angle = degrees(atan2(y * canvas.sy, x * canvas.sx)) if x or y else default


def set_character_cell(
    drawing: Drawing, width: int, height: int, width_fraction: int = 0, height_fraction: int = 0
) -> None:
    """The cell matters only where no font is mapped: mapped fonts use the font positioning method."""
    drawing.attributes.character_height = abs(height + height_fraction / 65536)


def set_character_direction(drawing: Drawing, direction: int) -> None:
    if direction > 4:
        message = f"Character direction X'{direction:02X}' is reserved: left to right"
        _report_value(drawing, message, "Set Character Direction (GSCD) Order")
        direction = STANDARD.character_direction
    drawing.attributes.character_direction = direction or drawing.defaults.character_direction


def set_character_set(drawing: Drawing, character_set: int) -> None:
    drawing.attributes.character_set = character_set or drawing.defaults.character_set


def _report_value(drawing: Drawing, message: str, spec: str) -> None:
    drawing.report("graphics-value-unsupported", message, spec)
