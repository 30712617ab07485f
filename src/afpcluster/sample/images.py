"""The pictures of the sample as IOCA image objects, and where they stand on a page.

IOCA function set 10 for the bilevel signature (T.6), function set 11 for the JPEG pictures.
"""

from __future__ import annotations

from afpcluster.afp import modca, triplets
from afpcluster.sample.pictures import Picture
from afpcluster.sample.records import UNITS, enclosed, field, made, triplet

_SEGMENT = 32_000  # bytes of image data in one IPD


def image_object(name: str, picture: Picture, x: int, y: int, width: int, height: int) -> bytes:
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


def _size(picture: Picture) -> bytes:
    """Unit base, resolution per 10 inches and size: the same in the descriptor and in the image."""
    return b"\0" + b"".join(v.to_bytes(2, "big") for v in (3000, 3000, picture.width, picture.height))


def _descriptor(picture: Picture) -> bytes:
    return _size(picture) + bytes((0xF7, 2, 1, 10 if picture.bilevel else 11))


def _content(picture: Picture) -> bytes:
    """The image segment (IOCA "Image Segment"): parameters, then the data in parts."""
    parameters: tuple[tuple[int, bytes], ...]
    if picture.bilevel:
        parameters = ((0x95, b"\x82\x01"), (0x96, b"\x01"))
    else:
        parameters = ((0x95, b"\x83\x01"), (0x96, b"\x18"), (0x9B, b"\0\x12\0\0\0\x08\x08\x08"))
    fields = ((0x70, b""), (0x91, b"\xff"), (0x94, _size(picture)), *parameters)
    head = b"".join(bytes((code, len(data))) + data for code, data in fields)
    parts = (picture.data[at : at + _SEGMENT] for at in range(0, len(picture.data), _SEGMENT))
    body = b"".join(b"\xfe\x92" + len(part).to_bytes(2, "big") + part for part in parts)
    return head + body + b"\x93\0\x71\0"
