"""Writing IOCA: self-defining fields, image segments, and the structured fields that carry them.

The reverse of `ioca`: used to make images for print files of our own and for tests. Data longer than a
field or a structured field can hold is split over several.
"""

from __future__ import annotations

from collections.abc import Iterable

from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import Record
from afpcluster.afp.ioca import (
    ColourFormat,
    Compression,
    FunctionSet,
    IdeStructure,
    ImageDataDescriptor,
    ImageEncoding,
    ImageSize,
    Parameter,
    Recording,
)

_LONGEST_DATA = 0xFFFF
_LONGEST_RECORD = 32_000
_IOCA_OBJECT = b"\xff"  # Begin Image Content, OBJTYPE


def encode_parameter(code: int, data: bytes = b"") -> bytes:
    """One self-defining field, in the form that its code asks for."""
    if code > 0xFF:
        return code.to_bytes(2, "big") + len(data).to_bytes(2, "big") + data
    return bytes((code, len(data))) + data


def encode_data(data: bytes) -> bytes:
    """Image Data fields that hold `data`."""
    return b"".join(
        encode_parameter(Parameter.IMAGE_DATA, data[at : at + _LONGEST_DATA])
        for at in range(0, len(data), _LONGEST_DATA)
    )


def encode_segment(content: Iterable[bytes]) -> bytes:
    """An image segment of one image content that holds these fields."""
    return b"".join(
        (
            encode_parameter(Parameter.BEGIN_SEGMENT),
            encode_parameter(Parameter.BEGIN_IMAGE_CONTENT, _IOCA_OBJECT),
            *content,
            encode_parameter(Parameter.END_IMAGE_CONTENT),
            encode_parameter(Parameter.END_SEGMENT),
        )
    )


def g4_content(width: int, height: int, resolution: int, data: bytes) -> list[bytes]:
    """The fields of a bilevel image: T.6 data whose rows are `width` points long (function set 14)."""
    return [
        _size(width, height, resolution),
        encode_parameter(
            Parameter.IMAGE_ENCODING, ImageEncoding(Compression.G4_MMR, Recording.UNPADDED_RIDIC).encode()
        ),
        encode_parameter(Parameter.IDE_SIZE, b"\x01"),
        encode_data(data),
    ]


def jpeg_content(width: int, height: int, resolution: int, components: int, data: bytes) -> list[bytes]:
    """The fields of a JPEG image of 1 (gray), 3 (colour) or 4 (CMYK) components (function set 11 or 45)."""
    colours = ColourFormat.CMYK if components == 4 else ColourFormat.YCBCR
    return [
        _size(width, height, resolution),
        encode_parameter(Parameter.IMAGE_ENCODING, ImageEncoding(Compression.JPEG, Recording.RIDIC).encode()),
        encode_parameter(Parameter.IDE_SIZE, bytes((8 * components,))),
        encode_parameter(Parameter.IDE_STRUCTURE, IdeStructure(0, colours, 0, b"\x08" * components).encode()),
        encode_data(data),
    ]


def _size(width: int, height: int, resolution: int) -> bytes:
    size = ImageSize(0, resolution * 10, resolution * 10, width, height)
    return encode_parameter(Parameter.IMAGE_SIZE, size.encode())


def image_descriptor(width: int, height: int, resolution: int, function_set: int) -> Record:
    """The IDD of a presentation space of this size in image points at `resolution` points per inch."""
    parameters = encode_parameter(Parameter.FUNCTION_SET, FunctionSet(1, function_set).encode())
    descriptor = ImageDataDescriptor(0, resolution * 10, resolution * 10, width, height, parameters)
    return Record(CODES["IDD"], 0, descriptor.encode())


def picture_data(segment: bytes, longest: int = _LONGEST_RECORD) -> list[Record]:
    """The IPD structured fields that carry a segment."""
    parts = (segment[at : at + longest] for at in range(0, len(segment), longest))
    return [Record(CODES["IPD"], 0, part) for part in parts]
