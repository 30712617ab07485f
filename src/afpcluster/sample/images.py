"""The pictures of the sample as IOCA image objects, and where they stand on a page.

IOCA function set 14 for the bilevel signature (T.6), function set 11 for the JPEG pictures.
"""

from __future__ import annotations

from afpcluster.afp import modca, triplets
from afpcluster.afp.ioca_write import (
    encode_segment,
    g4_content,
    image_descriptor,
    jpeg_content,
    picture_data,
)
from afpcluster.sample.pictures import Picture
from afpcluster.sample.records import UNITS, enclosed, field, made, triplet

_RESOLUTION = 300  # image points per inch; the mapping option decides the size on paper


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
    size = (picture.width, picture.height, _RESOLUTION)
    if picture.bilevel:
        descriptor, content = image_descriptor(*size, 14), g4_content(*size, picture.data)
    else:
        descriptor, content = image_descriptor(*size, 11), jpeg_content(*size, 3, picture.data)
    environment = enclosed(
        "BOG",
        name,
        (field("OBD", area), field("OBP", position), field("MIO", mapping), descriptor.encode()),
    )
    data = (record.encode() for record in picture_data(encode_segment(content)))
    return enclosed("BIM", name, (environment, *data))
