"""How the window of the graphics presentation space lies in the object area.

The window is given in GPS units with y upwards; the mapping option of Map Graphics Object scales or
places it, scale to fit where none is given. What lies outside of the window or the area is not shown; but
position does not trim to the area, and that the window reaches out of it is told.
MO:DCA "Map Graphics Object (MGO)", "Mapping Option Triplet X'04'"; AFP GOCA "Window Specification".
"""

from __future__ import annotations

from typing import NamedTuple

from afpcluster.afp.declare import DecodeError
from afpcluster.afp.goca_descriptor import WINDOW_SPECIFICATION, WindowSpecification, descriptor_parameters
from afpcluster.afp.units import read_unit
from afpcluster.display.geometry import Box, translation
from afpcluster.findings import Severity
from afpcluster.interpret.context import Context, DataObject, MappingOption, ObjectArea
from afpcluster.interpret.graphics.state import Canvas
from afpcluster.interpret.mapping import fits, report_outside

_SPEC = "AFP GOCA Window Specification (Mandatory)"


class WindowMapping(NamedTuple):
    """Points per GPS unit in x and y, the upper left corner of the window in GPS units and in points of
    the area, what shows (in points), the scale (x, y) against the picture's own size, image resolution."""

    sx: float
    sy: float
    left: float
    top: float
    x: float
    y: float
    clip: Box
    scale: tuple[float, float]
    image_points_per_inch: tuple[float, float] | None

    def canvas(self) -> Canvas:
        """The canvas to draw on."""
        tx, ty = self.x - self.left * self.sx, self.y + self.top * self.sy
        clip = self.clip
        visible = (
            (clip.x - tx) / self.sx,
            (ty - clip.y - clip.height) / self.sy,
            (clip.x + clip.width - tx) / self.sx,
            (ty - clip.y) / self.sy,
        )
        return Canvas(self.sx, self.sy, tx, ty, visible)


def window_mapping(data_object: DataObject, context: Context) -> WindowMapping:
    """The mapping for an object; a missing or empty window is a finding and counts as the object area."""
    area = data_object.area
    window = _window(data_object, context)
    record = data_object.descriptor
    report = context.findings.at(record.offset if record else data_object.offset, "GDD", _SPEC)
    sx = read_unit(window.unit_base, window.x_units, "X", report)
    sy = read_unit(window.unit_base, window.y_units, "Y", report)
    width, height = (window.right - window.left) * sx, (window.top - window.bottom) * sy
    if area.width <= 0 or area.height <= 0:  # the content says how big the area is
        area = ObjectArea(width, height)
    kx, ky, x, y = _placed(area, width, height)
    left, top, right, bottom = x, y, x + width * kx, y + height * ky
    if area.mapping != MappingOption.POSITION:
        left, top = max(left, 0.0), max(top, 0.0)
        right, bottom = min(right, area.width), min(bottom, area.height)
    elif not fits(width, height, translation(x, y), area):
        report_outside(area, report)
    clip = Box(left, top, max(right - left, 0.0), max(bottom - top, 0.0))
    return WindowMapping(
        sx * kx, sy * ky, window.left, window.top, x, y, clip, (kx, ky), window.image_points_per_inch
    )


def _placed(area: ObjectArea, width: float, height: float) -> tuple[float, float, float, float]:
    """Scale in x and y, and the upper left corner of a window of this size (points) in the area."""
    option = MappingOption.SCALE_TO_FIT if area.mapping is None else area.mapping
    if option in (MappingOption.SCALE_TO_FIT, MappingOption.SCALE_TO_FILL):
        kx, ky = area.width / width, area.height / height
        if option == MappingOption.SCALE_TO_FIT:
            kx = ky = min(kx, ky)
    else:
        kx = ky = 1.0
        if option != MappingOption.CENTER_AND_TRIM:
            return kx, ky, area.content_x, area.content_y
    return kx, ky, (area.width - width * kx) / 2, (area.height - height * ky) / 2


def _window(data_object: DataObject, context: Context) -> WindowSpecification:
    """The window of the descriptor, made usable."""
    problem = "has no window"
    record = data_object.descriptor
    for code, data in descriptor_parameters(record.data if record else b""):
        if code != WINDOW_SPECIFICATION:
            continue
        try:
            window = WindowSpecification.decode(data)
        except DecodeError as error:
            problem = str(error)
            continue
        if window.right > window.left and window.top > window.bottom:
            return window
        problem = "has a window without width or height"
    context.findings.at(record.offset if record else data_object.offset, "GDD", _SPEC)(
        "graphics-window-bad",
        f"The Graphics Data Descriptor {problem}; the object area was taken, with 1440 units per inch",
        severity=Severity.SUBSTITUTED,
    )
    width, height = (
        min(max(round(size * 20), 1), 0x7FFF) for size in (data_object.area.width, data_object.area.height)
    )
    return WindowSpecification(0x40, 0, 0, 0, 14400, 14400, 0, 0, width, 0, height)
