"""Object containers -> display list: image files, pages of PDF files.

Rules (MO:DCA "Object Containers", Appendix D "Object Type Identifiers"): what the data is counts, the
registered type comes second. Its presentation space is the pixel count at the resolution of the Image
Resolution triplet, else that of the file; it is mapped into the object area, by default scaled to fit.
"""

from __future__ import annotations

from dataclasses import replace

from afpcluster.afp import triplets as t
from afpcluster.afp.units import read_unit, read_units
from afpcluster.display.colour import BLACK, WHITE, Colour, as_rgb
from afpcluster.display.geometry import Matrix
from afpcluster.display.items import Encoding, Image, ImageData, ImageModel, Item, Rectangle
from afpcluster.findings import Reporter, Severity
from afpcluster.interpret.colour import specified_colour
from afpcluster.interpret.container.files import FILE_FORMATS, FileImage, Source, image_size, sniff
from afpcluster.interpret.container.pdf import draw_pdf_page
from afpcluster.interpret.container.placeholder import placeholder
from afpcluster.interpret.container.svg.draw import draw_svg
from afpcluster.interpret.container.svg.tree import SvgError, looks_like_svg
from afpcluster.interpret.container.tiff import tiff_frame
from afpcluster.interpret.context import Context, DataObject, ObjectArea
from afpcluster.interpret.image.data import ImageProblem
from afpcluster.interpret.mapping import is_scaled, place

SPEC = "MO:DCA Appendix D Object Type Identifiers"
_OBJECT_ID_PREFIX = bytes.fromhex("06072B1200040101")
_CDD_RETIRED_BYTES = 12
_DEFAULT_RESOLUTION = 300.0  # that of the output device, which a file without its own resolution has
_PAGINATED_OBJECT = 0xAF

_NAMES = {
    5: "IOCA FS10",
    11: "IOCA FS11",
    12: "IOCA FS45",
    13: "EPS",
    14: "TIFF",
    17: "DIB, Windows version",
    18: "DIB, OS/2 PM version",
    19: "PCX",
    22: "GIF",
    23: "JPEG",
    25: "PDF page",
    34: "PCL page",
    45: "IOCA FS42",
    48: "EPS with transparency",
    49: "PDF page with transparency",
    55: "IOCA FS40",
    56: "UP3i print data",
    58: "JPEG 2000",
    60: "TIFF without transparency",
    61: "TIFF multiple image file",
    62: "TIFF multiple image file without transparency",
    63: "PDF multiple page file",
    64: "PDF multiple page file with transparency",
    65: "PNG",
    66: "TIFF, AFPC subset",
    68: "SVG",
    70: "IOCA FS48",
    71: "IOCA FS14",
}
"""Presentation object types by component identifier, the last number of the registered OID."""

_SVG = 68
_POSTSCRIPT = b"%!PS"
_OPAQUE_PDF = (25, 63)
"""PDF types whose complete presentation space is foreground (MO:DCA Appendix D)."""

_FORMATS_BY_TYPE = {17: "DIB", 18: "DIB", 19: "PCX", 58: "JPEG2000"}
"""Formats that their first bytes may not tell."""


def object_type(triplets: bytes) -> int | None:
    """Component identifier of the Object Classification triplet's OID, or None."""
    classification = t.decode_triplet(triplets, t.ObjectClassification)
    if classification is None or not classification.object_id.startswith(_OBJECT_ID_PREFIX):
        return None
    return classification.object_id[len(_OBJECT_ID_PREFIX)]


def draw_container(data_object: DataObject, context: Context) -> list[Item]:
    """The items of an object container (BOC) in its object area. Problems are findings; never raises."""
    report = context.findings.at(data_object.offset, "BOC")
    data = b"".join([record.data for record in data_object.data])
    triplets = data_object.triplets
    if data_object.descriptor is not None:
        triplets += data_object.descriptor.data[_CDD_RETIRED_BYTES:]
    kind = object_type(triplets)
    file_format = sniff(data) or _FORMATS_BY_TYPE.get(kind or 0)
    offset = t.decode_triplet(triplets, t.ObjectOffset)
    page = offset.offset if offset is not None and offset.object_type == _PAGINATED_OBJECT else 0
    size = t.decode_triplet(triplets, t.ContainerPresentationSpaceSize)
    try:
        if file_format == "PDF":
            items, width, height = draw_pdf_page(data, page, size, report)
            if kind in _OPAQUE_PDF:
                items.insert(0, Rectangle(0, 0, width, height, WHITE))
        elif file_format in FILE_FORMATS:
            place_in_file = tiff_frame(data, page) if file_format == "TIFF" else 0
            file = Source(data, place_in_file, kind, report)
            items, width, height = _image_file(file, file_format, triplets, data_object, context)
        elif kind == _SVG or looks_like_svg(data):
            items, width, height = _svg(data, size, data_object.area, context, report)
        else:
            _report_unsupported(data, kind, report)
            if not data or not (kind in _NAMES or data.startswith(_POSTSCRIPT)):
                return []
            items, width, height = placeholder(data, data_object.area)
    except ImageProblem as problem:
        problem.report(report)
        return []
    return place(items, width, height, data_object.area, report)


def _svg(
    data: bytes,
    size: t.ContainerPresentationSpaceSize | None,
    area: ObjectArea,
    context: Context,
    report: Reporter,
) -> tuple[list[Item], float, float]:
    """An SVG file; a frame where it cannot be read. The triplet's size goes before the file's own."""
    wanted = (area.width, area.height) if area.width and area.height else None
    if size is not None and size.x_size and size.y_size:
        x_unit, y_unit = read_units(size, report)
        wanted = (size.x_size * x_unit, size.y_size * y_unit)

    def read_image(file: bytes) -> ImageData | None:
        file_format = sniff(file)
        try:
            if file_format in FILE_FORMATS:
                return FILE_FORMATS[file_format](Source(file, 0, None, report)).image
            raise ImageProblem("svg-image-unsupported", "An image in an SVG is of an unknown kind", SPEC)
        except ImageProblem as problem:
            problem.report(report)
            return None

    try:
        found = draw_svg(data, wanted, context.budget, read_image, report)
    except SvgError as error:
        report("svg-bad", f"An SVG cannot be read: {error}; a frame is shown in its place", SPEC)
        return placeholder(data, area)
    return found.items, found.width, found.height


def _report_unsupported(data: bytes, kind: int | None, report: Reporter) -> None:
    if not data:
        report("container-empty", "The object container has no data", "MO:DCA Object Container Data")
        return
    name = _NAMES.get(kind or 0) or (
        "of no registered type" if kind is None else f"component identifier {kind}"
    )
    report(
        "container-unsupported",
        f"Object containers of this type are not supported: {name}; the data begins with "
        f"X'{data[:4].hex().upper()}'; a frame is shown in its place, if it is a page's content",
        SPEC,
    )


def _image_file(
    file: Source, file_format: str, triplets: bytes, data_object: DataObject, context: Context
) -> tuple[list[Item], float, float]:
    """(items, width, height in points) of an image file."""
    size = image_size(file, file_format)
    if size[0] * size[1] > context.max_image_pixels:  # before anything is decoded
        raise ImageProblem(
            "image-too-large",
            f"An image of {size[0]} x {size[1]} points is over the limit of {context.max_image_pixels}",
            SPEC,
        )
    found = FILE_FORMATS[file_format](file)
    image = found.image
    x_scale, y_scale = _points_per_sample(found, triplets, data_object.area, file.report)
    across, down = found.whole or (image.width, image.height)
    width, height = across * x_scale, (found.height or down) * y_scale
    colour = _colour(triplets, file.report) or BLACK
    if colour != BLACK and image.model is ImageModel.GRAY:
        image = _grayscaled(image, colour, file.report)
    items: list[Item] = [Image(image, Matrix(a=width, d=down * y_scale), colour)]
    if found.opaque and image.model is ImageModel.STENCIL:
        items.insert(0, Rectangle(0, 0, width, height, WHITE))
    return items, width, height


def _grayscaled(image: ImageData, colour: Colour, report: Reporter) -> ImageData:
    """A gray image whose black is `colour`, and whose white stays white (MO:DCA "Container Data
    Descriptor", Color Specification)."""
    full = as_rgb(colour)
    if full is None or image.encoding is Encoding.JPX:
        report(
            "gray-colour-ignored",
            "A colour in CIELAB, or for a gray JPEG 2000, is not applied; the image is shown in gray",
            "MO:DCA Container Data Descriptor",
            severity=Severity.SUBSTITUTED,
        )
        return image
    top = (1 << image.bits) - 1
    palette = bytes(round(255 * (part + (1 - part) * v / top)) for v in range(top + 1) for part in full)
    key = f"{image.key}-{palette[:3].hex()}"
    return replace(image, key=key, model=ImageModel.INDEXED, palette=palette)


def _points_per_sample(
    found: FileImage, triplets: bytes, area: ObjectArea, report: Reporter
) -> tuple[float, float]:
    """Points per sample in x and y (MO:DCA "Image Resolution Triplet X'9A'"). Where nobody says them, a
    finding tells what was assumed, unless the area alone decides how large the image becomes."""
    said = t.decode_triplet(triplets, t.ImageResolution)
    if said is not None:
        own = "that of the image file is used"
        x_scale = read_unit(said.x_base, said.x_resolution, "X", report, instead=own)
        y_scale = read_unit(said.y_base, said.y_resolution, "Y", report, instead=own)
        if said.x_resolution and said.y_resolution:
            return x_scale, y_scale
    if found.x_density > 0 and found.y_density > 0:
        return 72 / found.x_density, 72 / found.y_density
    if not is_scaled(area):
        report(
            "image-resolution-assumed",
            f"The resolution of an image is not given; {_DEFAULT_RESOLUTION:g} points per inch were assumed",
            "MO:DCA Image Resolution Triplet X'9A'",
            severity=Severity.INFO,
        )
    return 72 / _DEFAULT_RESOLUTION, 72 / _DEFAULT_RESOLUTION


def _colour(triplets: bytes, report: Reporter) -> Colour | None:
    """That of the Color Specification triplet, for bilevel images (MO:DCA "Container Data Descriptor")."""
    said = t.decode_triplet(triplets, t.ColorSpecification)
    if said is None:
        return None
    sizes = said.size_1, said.size_2, said.size_3, said.size_4
    colour = specified_colour(said.space, sizes, said.color, report)
    if colour is None:
        report(
            "colour-unknown",
            f"A colour of space X'{said.space:02X}' could not be read; black is used",
            "MO:DCA Color Specification Triplet X'4E'",
            severity=Severity.SUBSTITUTED,
        )
    return colour
