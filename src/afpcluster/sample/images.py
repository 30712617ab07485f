"""The pictures of the sample as IOCA image objects, and where they stand on a page.

IOCA function set 10 for the bilevel signature (T.6), function set 11 for the JPEG pictures.
"""

from __future__ import annotations

from afpcluster.afp import ioca, modca, triplets
from afpcluster.sample.pictures import Picture
from afpcluster.sample.records import UNITS, enclosed, field, made, triplet

_SEGMENT = 32_000  # bytes of image data in one IPD


IN_SEGMENT, ON_PAGE = 0, 1
"""Whether an object area's position counts from the page segment that it is in or from the page."""


def image_object(
    name: str, picture: Picture, x: int, y: int, width: int, height: int, *, reference: int = ON_PAGE
) -> bytes:
    """An image object (BIM to EIM) whose area is at (x, y) with this size in twips, scaled to fit."""
    area = modca.ObjectAreaDescriptor(
        triplet(triplets.DescriptorPosition(1))
        + triplet(triplets.MeasurementUnits(0, 0, UNITS, UNITS))
        + triplet(triplets.ObjectAreaSize(2, width, height))
    )
    position = made(
        modca.ObjectAreaPosition,
        identifier=1,
        group_length=23,
        x_origin=x,
        y_origin=y,
        x_orientation=modca.orientation(0),
        y_orientation=modca.orientation(90),
        x_content=0,
        y_content=0,
        x_content_orientation=modca.orientation(0),
        y_content_orientation=modca.orientation(90),
        reference=reference,
    )
    mapping = modca.MapObject([modca.MapObjectGroup(triplet(triplets.MappingOptionTriplet(0x20)))])
    environment = enclosed(
        "BOG",
        name,
        (
            field("OBD", area),
            field("OBP", position),
            field("MIO", mapping),
            field("IDD", _descriptor(picture)),
        ),
    )
    content = _content(picture)
    data = (field("IPD", content[at : at + _SEGMENT]) for at in range(0, len(content), _SEGMENT))
    return enclosed("BIM", name, (environment, *data))


_RESOLUTION = 3000  # image points per 10 inches; the mapping option decides the size on paper


def _descriptor(picture: Picture) -> bytes:
    function_set = ioca.FunctionSet(1, 10 if picture.bilevel else 11).encode()
    descriptor = ioca.ImageDataDescriptor(0, _RESOLUTION, _RESOLUTION, picture.width, picture.height)
    return descriptor.encode() + ioca_field(ioca.Parameter.FUNCTION_SET, function_set)


def _content(picture: Picture) -> bytes:
    """The image segment: size, encoding and colours, then the data in parts."""
    code = ioca.Parameter
    size = ioca.ImageSize(0, _RESOLUTION, _RESOLUTION, picture.width, picture.height)
    if picture.bilevel:
        encoding = ioca.ImageEncoding(ioca.Compression.G4_MMR, ioca.Recording.RIDIC).encode()[:2]
        colours = ioca_field(code.IDE_SIZE, b"\x01")
    else:
        encoding = ioca.ImageEncoding(ioca.Compression.JPEG, ioca.Recording.RIDIC).encode()[:2]
        structure = made(ioca.IdeStructure, flags=0, format=ioca.ColourFormat.YCBCR, sizes=b"\x08\x08\x08")
        colours = ioca_field(code.IDE_SIZE, b"\x18") + ioca_field(code.IDE_STRUCTURE, structure.encode())
    return b"".join(
        [
            ioca_field(code.BEGIN_SEGMENT),
            ioca_field(code.BEGIN_IMAGE_CONTENT, b"\xff"),
            ioca_field(code.IMAGE_SIZE, size.encode()),
            ioca_field(code.IMAGE_ENCODING, encoding),
            colours,
            *(
                ioca_field(code.IMAGE_DATA, picture.data[at : at + _SEGMENT])
                for at in range(0, len(picture.data), _SEGMENT)
            ),
            ioca_field(code.END_IMAGE_CONTENT),
            ioca_field(code.END_SEGMENT),
        ]
    )


def ioca_field(code: ioca.Parameter, data: bytes = b"") -> bytes:
    """A self-defining field (IOCA "Image Segment"), in the long form if its code is one of that form."""
    if code > 0xFF:
        return code.to_bytes(2, "big") + len(data).to_bytes(2, "big") + data
    return bytes((code, len(data))) + data
