"""Mapping a presentation space into its object area (MO:DCA "Mapping Option Triplet X'04'").

Images and object containers come here with items in a space of `width` by `height` points; what leaves is
in the object area's system, trimmed to it. Scaling acts on the items' matrices, so that a plain image
stays one item, and nothing is clipped that lies inside its area anyway.
"""

from __future__ import annotations

from afpcluster.display.geometry import IDENTITY, Box, Matrix, translation
from afpcluster.display.items import (
    Close,
    Group,
    Item,
    Line,
    Move,
    Path,
    Segment,
    Shared,
    SharedItems,
    TilePattern,
)
from afpcluster.display.walk import transformed
from afpcluster.findings import Reporter, Severity
from afpcluster.interpret.context import MappingOption, ObjectArea

SPEC = "MO:DCA Mapping Option Triplet X'04'"
_TOLERANCE = 0.02  # points: less than this is rounding, not worth another copy
_MOST_COPIES = 10_000  # that are drawn one by one


def place(items: list[Item], width: float, height: float, area: ObjectArea, report: Reporter) -> list[Item]:
    """The items of a presentation space mapped into the area; scale to fit where no mapping is given."""
    if not items or width <= 0 or height <= 0:
        return []
    across, down = area.width or width, area.height or height
    mapping = MappingOption.SCALE_TO_FIT if area.mapping is None else area.mapping
    if mapping == MappingOption.MIGRATION_TRIM:
        matrix = IDENTITY
        placed = replicate(items, width, height, across, down)
        width, height = width * copies(across, width), height * copies(down, height)
    else:
        matrix = _mapping_matrix(mapping, width, height, area, across, down, report)
        placed = [transformed(item, matrix) for item in items]
    if not area.width or not area.height or fits(width, height, matrix, area):
        return placed
    if mapping != MappingOption.POSITION:
        return [Group(placed, clip=Box(0, 0, area.width, area.height))]
    report_outside(area, report)
    return placed


def report_outside(area: ObjectArea, report: Reporter) -> None:
    """Record that an object mapped by position, which has to lie in its area, does not."""
    report(
        "object-outside-area",
        f"An object mapped by position reaches out of its area of {area.width:.1f} x {area.height:.1f} "
        "points; it is shown whole",
        SPEC,
        severity=Severity.INFO,
    )


def is_scaled(area: ObjectArea) -> bool:
    """Whether the size of what is mapped follows from the area alone."""
    scales = (None, MappingOption.SCALE_TO_FIT, MappingOption.SCALE_TO_FILL)
    return bool(area.width and area.height) and area.mapping in scales


def fits(width: float, height: float, matrix: Matrix, area: ObjectArea) -> bool:
    """Whether a mapped presentation space lies inside its area."""
    left, top = matrix.apply(0, 0)
    right, bottom = matrix.apply(width, height)
    return (
        min(left, top) >= -_TOLERANCE
        and right <= area.width + _TOLERANCE
        and bottom <= area.height + _TOLERANCE
    )


def _mapping_matrix(
    mapping: int, width: float, height: float, area: ObjectArea, across: float, down: float, report: Reporter
) -> Matrix:
    """From the presentation space to the area."""
    if mapping == MappingOption.SCALE_TO_FILL:
        return Matrix(a=across / width, d=down / height)
    if mapping == MappingOption.SCALE_TO_FIT:
        scale = min(across / width, down / height)
        return Matrix(scale, 0, 0, scale, (across - width * scale) / 2, (down - height * scale) / 2)
    if mapping == MappingOption.CENTER_AND_TRIM:
        return translation((across - width) / 2, (down - height) / 2)
    if mapping in (MappingOption.MIGRATION_SHRINK, MappingOption.MIGRATION_DOUBLE_DOT):
        dots = 2.0 if mapping == MappingOption.MIGRATION_DOUBLE_DOT else 1.0
        report(
            "image-point-to-pel",
            "An image is mapped point to pel, its size depends on the printer; the image's own resolution "
            "was taken as the printer's",
            SPEC,
            severity=Severity.INFO,
        )
        return Matrix(dots, 0, 0, dots)
    if mapping not in (MappingOption.POSITION, MappingOption.POSITION_AND_TRIM):
        report(
            "mapping-unsupported", f"Mapping option X'{mapping:02X}' is not supported; position is used", SPEC
        )
    return translation(area.content_x, area.content_y)


def copies(extent: float, step: float) -> int:
    """How many steps cover the extent."""
    return int((extent - _TOLERANCE) / step) + 1


def replicate(items: list[Item], width: float, height: float, across: float, down: float) -> list[Item]:
    """Copies of `width` by `height` side by side until `across` by `down` is full, the last ones reaching
    over its edge. Rows of them are shared; very many are a pattern, which costs as much as one."""
    columns, rows = copies(across, width), copies(down, height)
    if columns * rows > _MOST_COPIES:
        right, bottom = columns * width, rows * height
        outline: list[Segment] = [
            Move((0, 0)),
            Line((right, 0)),
            Line((right, bottom)),
            Line((0, bottom)),
            Close(),
        ]
        return [Path(outline, TilePattern(width, height, SharedItems(items)))]
    row = [transformed(item, translation(column * width, 0)) for column in range(columns) for item in items]
    if rows == 1:
        return row
    shared = SharedItems(row)
    return [Shared(shared, translation(0, n * height)) for n in range(rows)]
