"""IM image objects -> display list (MO:DCA Appendix C "IM Image Object").

Items come in the coordinate system of the page, its origin that of the page or of the page segment around
the image. All offsets are image points of the Image Input Descriptor's resolution, which is also taken as
the printer's: an image point is a pel. 1 paints. Its object area plays no part.
"""

from __future__ import annotations

from afpcluster.afp.declare import DecodeError
from afpcluster.afp.fields import CODES, mnemonic
from afpcluster.afp.framing import Record
from afpcluster.afp.im_image import (
    DOUBLE_DOT,
    SINGLE_DOT,
    USE_DEFAULT,
    ImageCellPosition,
    ImageInputDescriptor,
    ImageOutputControl,
)
from afpcluster.afp.units import read_unit
from afpcluster.codecs.bytewise import pad_rows
from afpcluster.display.colour import BLACK, Colour
from afpcluster.display.geometry import IDENTITY, Box, Matrix, rotation, scaling, translation
from afpcluster.display.items import Encoding, Group, Image, ImageModel, Item
from afpcluster.findings import Reporter, Severity
from afpcluster.interpret.area import read_turn
from afpcluster.interpret.colour import named_colour
from afpcluster.interpret.context import Context, DataObject
from afpcluster.interpret.image.data import make_image
from afpcluster.interpret.mapping import replicate
from afpcluster.light import dataclass

SPEC = "MO:DCA Appendix C IM Image Object"
_DATA_SPEC = "MO:DCA Appendix C IM Image Raster Data (IRD)"
_RESOLUTION = "im-resolution-missing"


@dataclass(slots=True)
class _Cell:
    """A piece of the image: where it goes, its raster and its fill rectangle, in image points. A simple
    image is one cell."""

    x: int
    y: int
    width: int
    height: int
    fill_width: int | None
    fill_height: int | None
    data: bytes


def draw_im_image(data_object: DataObject, context: Context) -> list[Item]:
    """The items of an IM image object (BII). Problems are findings; never raises."""
    report = context.findings.at(data_object.offset, "BII")
    control: ImageOutputControl | None = None
    descriptor: ImageInputDescriptor | None = None
    for record in data_object.data:
        try:
            if record.type == CODES["IOC"]:
                control = ImageOutputControl.decode(record.data)
            elif record.type == CODES["IID"]:
                descriptor = ImageInputDescriptor.decode(record.data)
        except DecodeError as error:
            report("field-short", f"{mnemonic(record.type)}: {error}", SPEC, offset=record.offset)
    if descriptor is None:
        report("im-descriptor-missing", "An IM image has no usable descriptor; it is not shown", SPEC)
        return []
    cells = _cells(data_object.data, descriptor, report)
    if descriptor.width * descriptor.height > context.max_image_pixels or any(
        cell.width * cell.height > context.max_image_pixels for cell in cells
    ):
        report("image-too-large", "An IM image is over the limit of image points; it is not shown", SPEC)
        return []
    colour = named_colour(descriptor.colour)
    if colour is None:
        message = f"Colour X'{descriptor.colour:04X}' of an IM image is reserved; black is used"
        report("colour-unknown", message, SPEC, severity=Severity.SUBSTITUTED)
        colour = BLACK
    if control is not None and {control.x_map, control.y_map} - {SINGLE_DOT, DOUBLE_DOT}:
        message = "An IM image is mapped by a reserved value; one point of the image is one pel"
        report("mapping-unsupported", message, SPEC, severity=Severity.SUBSTITUTED)
    return _placed(cells, control, descriptor, data_object.axes, colour, report)


def _cells(records: list[Record], descriptor: ImageInputDescriptor, report: Reporter) -> list[_Cell]:
    """The cells of a complex image; a simple image is one cell as large as the image."""
    whole = _Cell(0, 0, descriptor.width, descriptor.height, None, None, b"")
    cells = [whole]
    for record in records:
        if record.type == CODES["IRD"]:
            cells[-1].data += record.data
        elif record.type == CODES["ICP"]:
            try:
                cells.append(_cell(ImageCellPosition.decode(record.data), descriptor))
            except DecodeError as error:
                report("field-short", f"ICP: {error}", SPEC, offset=record.offset)
    shown = [cell for cell in cells if cell.data and cell.width and cell.height]
    lacking = len(cells[1:] or cells) - len(shown)
    if lacking > 0:
        message = f"{lacking} of the pieces of an IM image have no data or no size; they are not shown"
        report("im-image-empty", message, SPEC)
    return shown


def _cell(position: ImageCellPosition, descriptor: ImageInputDescriptor) -> _Cell:
    width = descriptor.cell_width if position.x_size == USE_DEFAULT else position.x_size
    height = descriptor.cell_height if position.y_size == USE_DEFAULT else position.y_size
    return _Cell(
        position.x_offset,
        position.y_offset,
        width,
        height,
        None if position.x_fill == USE_DEFAULT else position.x_fill,
        None if position.y_fill == USE_DEFAULT else position.y_fill,
        b"",
    )


def _placed(
    cells: list[_Cell],
    control: ImageOutputControl | None,
    descriptor: ImageInputDescriptor,
    axes: Matrix,
    colour: Colour,
    report: Reporter,
) -> list[Item]:
    """Cells where the output control puts them.

    Cell origins count along `axes`, those of the page unless triplet X'27' says otherwise, whatever the
    orientation; it turns each cell.
    """
    x_point = read_unit(descriptor.x_base, descriptor.x_resolution, "X", report, _RESOLUTION)
    y_point = read_unit(descriptor.y_base, descriptor.y_resolution, "Y", report, _RESOLUTION)
    dots, origin, turn = 1, (0.0, 0.0), IDENTITY
    if control is not None:
        dots = 2 if control.x_map == DOUBLE_DOT else 1
        origin = control.x_origin * x_point, control.y_origin * y_point
        turn = rotation(read_turn(control.x_orientation, control.y_orientation, report))
    items: list[Item] = []
    for cell in cells:
        filled = _filled(cell, dots, colour, report)
        place = axes.apply(origin[0] + cell.x * x_point, origin[1] + cell.y * y_point)
        matrix = scaling(x_point, y_point).then(turn).then(translation(*place))
        items.append(Group(filled, matrix, _fill_box(cell, dots)))
    return items


def _fill_size(cell: _Cell, dots: int) -> tuple[int, int]:
    """The fill rectangle in image points; without one, all of the cell however it is dotted."""
    return (
        cell.width * dots if cell.fill_width is None else cell.fill_width,
        cell.height * dots if cell.fill_height is None else cell.fill_height,
    )


def _fill_box(cell: _Cell, dots: int) -> Box | None:
    """The clip of a cell's fill rectangle, where its copies reach over the edge."""
    across, down = _fill_size(cell, dots)
    if across % (cell.width * dots) == 0 and down % (cell.height * dots) == 0:
        return None
    return Box(0, 0, across, down)


def _filled(cell: _Cell, dots: int, colour: Colour, report: Reporter) -> list[Item]:
    """A cell, doubled where asked for, repeated over its fill rectangle; in image points."""
    data = cell.data
    size = (cell.width + 7) // 8 * cell.height
    total_bits = cell.width * cell.height
    if len(data) == (total_bits + 7) // 8 < size:  # only the last row is padded, as the reference has it
        data = pad_rows(data, cell.width, cell.height)
    if len(data) < size:
        report(
            "im-data-short",
            f"IM image data lacks {size - len(data)} of {size} bytes; the rest is left blank",
            _DATA_SPEC,
        )
    if len(data) > size:
        has_ink = any(data[size:])
        report(
            "im-data-long",
            f"IM image data has {len(data) - size} bytes more than its rows of {size}; they are not shown",
            _DATA_SPEC,
            severity=Severity.SKIPPED if has_ink else Severity.INFO,
        )
    rows = data[:size].ljust(size, b"\0")
    image = make_image(cell.width, cell.height, Encoding.RAW, ImageModel.STENCIL, 1, rows)
    width, height = cell.width * dots, cell.height * dots
    one: list[Item] = [Image(image, Matrix(a=width, d=height), colour)]
    return replicate(one, width, height, *_fill_size(cell, dots))
