"""IOCA image objects -> display list (MO:DCA "Image Objects", IOCA Appendix D).

Every image point of the content is one point of the image presentation space, whose size and resolution
the IDD gives; resolutions in the content are ignored. What lies outside of the space is cut off. The
space is then mapped into the object area, by default scaled to fit. Each tile is an item of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field, replace

from afpcluster.afp.declare import DecodeError
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import Record
from afpcluster.afp.ioca import (
    Compression,
    Field,
    ImageDataDescriptor,
    Parameter,
    SetBilevelColour,
    SetExtendedBilevelColour,
    fields,
    short_fields,
)
from afpcluster.afp.ioca_segment import Raster, rasters
from afpcluster.afp.units import check_extents, read_unit
from afpcluster.display.colour import BLACK, Colour
from afpcluster.display.geometry import Box, Matrix
from afpcluster.display.items import Group, Image, Item, Rectangle
from afpcluster.findings import Reporter, Severity
from afpcluster.interpret.colour import named_colour, specified_colour
from afpcluster.interpret.context import Context, DataObject
from afpcluster.interpret.image.bilevel import both_masks
from afpcluster.interpret.image.data import ImageProblem, Pixels
from afpcluster.interpret.image.raster import raster_pixels
from afpcluster.interpret.mapping import place
from afpcluster.light import dataclass

IDD_SPEC = "IOCA Image Data Descriptor (IDD)"
_ASSUMED = "its own size is used, at 240 points per inch"


@dataclass(slots=True)
class _Space:
    """The image presentation space: size in image points, points (1/72 inch) per image point, and the
    colour of bilevel images. `width` 0: no descriptor, the content sizes it."""

    width: int = 0
    height: int = 0
    x_scale: float = 0.3
    y_scale: float = 0.3
    colour: Colour = BLACK


@dataclass(slots=True)
class _Drawing:
    """What drawing one object needs everywhere."""

    data_object: DataObject
    context: Context
    report: Reporter
    space: _Space
    items: list[Item] = field(default_factory=list)


def draw_image(data_object: DataObject, context: Context) -> list[Item]:
    """The items of an image object (BIM) in its object area. Problems are findings; never raises."""
    report = context.findings.at(data_object.offset, "IPD")
    space = _read_space(data_object, context)
    drawing = _Drawing(data_object, context, report, space)
    seen: set[int] = set()
    found = rasters(_noted(fields(data_object.data, report), seen), report)
    if not found and Parameter.TILE_TOC not in seen:
        report(
            "image-empty", "The image has no content that can be read; nothing is shown", "IOCA Image Content"
        )
    for raster in found:
        try:
            _draw_raster(drawing, raster)
        except ImageProblem as problem:
            problem.report(report, raster.offset)
    return place(
        drawing.items, space.width * space.x_scale, space.height * space.y_scale, data_object.area, report
    )


def _noted(parameters: Iterable[Field], seen: set[int]) -> Iterator[Field]:
    """The parameters as they are; their codes are noted in `seen`."""
    for parameter in parameters:
        seen.add(parameter.code)
        yield parameter


def _read_space(data_object: DataObject, context: Context) -> _Space:
    """The presentation space of the IDD, with its colour."""
    space = _Space(colour=BLACK)
    report = context.findings.at(data_object.offset, "IDD")
    if data_object.descriptor is None:
        report("image-descriptor-missing", f"An image has no descriptor; {_ASSUMED}", IDD_SPEC)
        return space
    report = context.findings.at(data_object.descriptor)
    try:
        descriptor = ImageDataDescriptor.decode(data_object.descriptor.data)
    except DecodeError as error:
        report("image-descriptor-bad", f"{error}; {_ASSUMED}", IDD_SPEC)
        return space
    space.width, space.height = descriptor.x_size, descriptor.y_size
    space.x_scale = read_unit(descriptor.unit_base, descriptor.x_resolution, "X", report)
    space.y_scale = read_unit(descriptor.unit_base, descriptor.y_resolution, "Y", report)
    check_extents(descriptor.x_size, descriptor.y_size, "the image says how large it is", report)
    default = space.colour
    for code, data in short_fields(descriptor.parameters):
        try:
            if code in _COLOURS:
                space.colour = _bilevel_colour(code, data, default, report)
            elif code != Parameter.FUNCTION_SET:  # which says nothing that the image does not say itself
                raise DecodeError(f"Parameter X'{code:02X}' of the IDD is unknown")
        except DecodeError as error:
            report("image-descriptor-bad", f"{error}; it is skipped", IDD_SPEC)
    space.colour = data_object.colour or space.colour
    return space


_COLOURS = (Parameter.SET_BILEVEL_COLOUR, Parameter.SET_EXTENDED_BILEVEL_COLOUR)


def _bilevel_colour(code: int, data: bytes, default: Colour, report: Reporter) -> Colour:
    """The colour that a self-defining field of the IDD sets (the last one counts). Raises DecodeError."""
    if code == Parameter.SET_BILEVEL_COLOUR:
        colour = named_colour(SetBilevelColour.decode(data).colour, default)
    else:
        extended = SetExtendedBilevelColour.decode(data)
        colour = _specified(extended.space, extended.sizes, extended.colour, report)
    if colour is None:
        raise DecodeError(f"The colour X'{data[2:].hex().upper()}' of the IDD is not valid")
    return colour


def _specified(space: int, sizes: bytes, data: bytes, report: Reporter) -> Colour | None:
    return specified_colour(space, (sizes[0], sizes[1], sizes[2], sizes[3]), data, report)


def _draw_raster(drawing: _Drawing, raster: Raster) -> None:
    """Append one raster in the presentation space's points. Raises ImageProblem."""
    space = drawing.space
    raster.width = raster.width or (0 if raster.tiled else space.width)
    if raster.include is not None:
        raster = _included(drawing, raster)
    colour = _colour(drawing, raster)
    if raster.encoding.compression == Compression.SOLID_FILL and raster.mask is None:
        _add(drawing, raster, raster.width, raster.height, _solid(raster, space, colour))
        return
    if raster.encoding.compression == Compression.SOLID_FILL and raster.mask is not None:
        raster = replace(raster.mask, x=raster.x, y=raster.y)  # the colour where the mask has a 1
    if not raster.data and not raster.bands:
        drawing.report(
            "image-empty",
            "The image has no data; nothing is shown",
            "IOCA Image Data",
            offset=raster.offset,
        )
        return
    _check_points(raster.width, raster.height, drawing.context)
    pixels = raster_pixels(raster, drawing.report)
    _check_points(pixels.image.width, pixels.image.height, drawing.context)
    _add(drawing, raster, pixels.width, pixels.height, _image(raster, pixels, space, colour))


def _check_points(width: int, height: int, context: Context) -> None:
    if width * height > context.max_image_pixels:
        raise ImageProblem(
            "image-too-large",
            f"An image of {width} x {height} points is over the limit of {context.max_image_pixels}",
            "IOCA Image Size",
        )


def _included(drawing: _Drawing, tile: Raster) -> Raster:
    """The tile resource that a referencing tile names, at that tile's position (IOCA "Include Tile")."""
    found = drawing.data_object.resources.get(tile.include or 0)
    data = [Record(CODES["OCD"], tile.offset, found.data)] if found else []
    if tile.data or tile.bands:
        drawing.report(
            "ioca-data-beside-include",
            "A tile that includes a tile resource has image data of its own, which is not shown",
            "IOCA Include Tile, note 1",
            offset=tile.offset,
        )
    defaults = replace(tile, include=None, mask=None, data=bytearray(), bands={}, given=set())
    resource = rasters(fields(data, drawing.report), drawing.report, defaults)
    if not resource:
        raise ImageProblem(
            "tile-resource-missing",
            f"Tile resource X'{tile.include:08X}' is not mapped or empty",
            "IOCA Include Tile",
        )
    if len(resource) > 1:
        drawing.report(
            "ioca-tile-surplus",
            f"A tile resource has {len(resource)} tiles; the first is shown",
            "IOCA Include Tile",
            offset=tile.offset,
        )
    included = resource[0]
    included.x, included.y = tile.x, tile.y
    if tile.mask is not None and included.mask is not None:
        included.mask = both_masks(tile.mask, included.mask, drawing.report)
    else:
        included.mask = tile.mask or included.mask
    return included


def _colour(drawing: _Drawing, raster: Raster) -> Colour:
    """What the significant points of a bilevel raster are painted with."""
    if raster.colour is not None:
        tile = raster.colour
        colour = _specified(tile.space, tile.sizes, tile.colour, drawing.report)
        if colour is not None:
            return colour
        drawing.report(
            "ioca-colour-bad", "A tile's colour is not valid; it is skipped", "IOCA Tile Set Color"
        )
    return drawing.space.colour


def _solid(raster: Raster, space: _Space, colour: Colour) -> Item:
    x, y = raster.x * space.x_scale, raster.y * space.y_scale
    width, height = raster.width * raster.scale, raster.height * raster.scale
    return Rectangle(x, y, width * space.x_scale, height * space.y_scale, colour)


def _image(raster: Raster, pixels: Pixels, space: _Space, colour: Colour) -> Item:
    """Place the image so that its visible samples land where they belong; if it has more samples than
    that, clip it to the visible ones."""
    x_scale, y_scale = raster.scale * space.x_scale, raster.scale * space.y_scale
    x, y = raster.x * space.x_scale, raster.y * space.y_scale
    data = pixels.image
    matrix = Matrix(
        data.width * x_scale, 0, 0, data.height * y_scale, x - pixels.left * x_scale, y - pixels.top * y_scale
    )
    image = Image(data, matrix, colour)
    if (data.width, data.height) == (pixels.width, pixels.height):
        return image
    return Group([image], clip=Box(x, y, pixels.width * x_scale, pixels.height * y_scale))


def _add(drawing: _Drawing, raster: Raster, width: int, height: int, item: Item) -> None:
    """Append an item, cut off at the edge of the presentation space (IOCA EC-A902)."""
    space = drawing.space
    if not space.width or not space.height:
        space.width, space.height = space.width or width, space.height or height
    right, bottom = raster.x + width * raster.scale, raster.y + height * raster.scale
    if right > space.width or bottom > space.height:
        is_outside = raster.x >= space.width or raster.y >= space.height
        edge = Box(0, 0, space.width * space.x_scale, space.height * space.y_scale)
        item = Group([item], clip=edge)
        drawing.report(
            "image-outside-space",
            f"An image of {width} x {height} points at ({raster.x}, {raster.y}) reaches out of its "
            f"presentation space of {space.width} x {space.height}; it is cut off there",
            IDD_SPEC,
            severity=Severity.SKIPPED if is_outside else Severity.INFO,
            offset=raster.offset,
        )
    drawing.items.append(item)
