"""IOCA self-defining fields: their codes, layouts, and the walk over an image segment.

An image segment is carried by IPD structured fields and may be split anywhere between them. A field is
code, length, parameters (short form) or X'FE' code, two-byte length, parameters (long form). Producers
make mistakes here that must not cost the image: a byte-swapped long form, a length of zero in front
of data that fills the next IPD, a length past the end. Each is a finding; the walk goes on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from afpcluster.afp.declare import (
    U8,
    U16,
    U24,
    U32,
    Bytes4,
    Pad1,
    Pad2,
    Pad3,
    Pad4,
    Rest,
    Structure,
    structure,
)
from afpcluster.afp.framing import Record
from afpcluster.findings import Reporter, Severity

SPEC = "IOCA Chapter 5 Image Segment"


class Parameter(IntEnum):
    """Codes of the self-defining fields (IOCA Chapter 4 "IOCA Code Points"); X'FExx' is the long form."""

    BEGIN_SEGMENT = 0x70
    END_SEGMENT = 0x71
    BEGIN_TILE = 0x8C
    END_TILE = 0x8D
    BEGIN_TRANSPARENCY_MASK = 0x8E
    END_TRANSPARENCY_MASK = 0x8F
    BEGIN_IMAGE_CONTENT = 0x91
    END_IMAGE_CONTENT = 0x93
    IMAGE_SIZE = 0x94
    IMAGE_ENCODING = 0x95
    IDE_SIZE = 0x96
    IMAGE_LUT_ID = 0x97
    BAND_IMAGE = 0x98
    IDE_STRUCTURE = 0x9B
    EXTERNAL_ALGORITHM = 0x9F
    TILE_POSITION = 0xB5
    TILE_SIZE = 0xB6
    TILE_SET_COLOUR = 0xB7
    SET_EXTENDED_BILEVEL_COLOUR = 0xF4
    SET_BILEVEL_COLOUR = 0xF6
    FUNCTION_SET = 0xF7
    IMAGE_DATA = 0xFE92
    BAND_IMAGE_DATA = 0xFE9C
    NCOLOUR_NAMES = 0xFEB3
    INCLUDE_TILE = 0xFEB8
    TILE_TOC = 0xFEBB
    IMAGE_SUBSAMPLING = 0xFECE


class Compression(IntEnum):
    """Compression algorithms (IOCA "Image Encoding", COMPRID)."""

    IBM_MMR = 0x01
    NONE = 0x03
    RL4 = 0x06
    ABIC = 0x08
    TIFF_2 = 0x09
    CONCATENATED_ABIC = 0x0A
    OS2_COLOUR = 0x0B
    PACKBITS = 0x0C
    LZW = 0x0D
    LZW_PREDICTOR = 0x0E
    SOLID_FILL = 0x20
    G3_MH = 0x80
    G3_MR = 0x81
    G4_MMR = 0x82
    JPEG = 0x83
    JBIG2 = 0x84
    USER_DEFINED = 0xFE


class Recording(IntEnum):
    """Recording algorithms (IOCA "Image Encoding", RECID): how rows are padded and which comes first."""

    RIDIC = 0x01  # rows padded to bytes, also in front of compression
    BOTTOM_TO_TOP = 0x03  # rows padded to 32 bits, the lowest row first
    UNPADDED_RIDIC = 0x04
    EXTERNAL = 0xFE


class ColourFormat(IntEnum):
    """Colour models (IOCA "IDE Structure", FORMAT); X'82' to X'8F' are nColor with 2 to 15 components."""

    RGB = 0x01
    YCRCB = 0x02
    CMYK = 0x04
    YCBCR = 0x12


SUBTRACTIVE, GRAY_CODED = 0x80, 0x40  # IdeStructure.flags


@structure("IOCA Image Data Descriptor (IDD)")
class ImageDataDescriptor(Structure):
    """The image presentation space: resolution in image points per 10 inches (unit base 0) or per
    10 centimetres (1), size in image points."""

    unit_base: U8
    x_resolution: U16
    y_resolution: U16
    x_size: U16
    y_size: U16
    parameters: Rest = b""


@structure("IOCA Set Bilevel Image Color")
class SetBilevelColour(Structure):
    area: U8
    _reserved: Pad1
    colour: U16


@structure("IOCA Set Extended Bilevel Image Color")
class SetExtendedBilevelColour(Structure):
    _reserved: Pad1
    space: U8
    _reserved2: Pad4
    sizes: Bytes4
    colour: Rest


@structure("IOCA Function Set Identification")
class FunctionSet(Structure):
    category: U8
    function_set: U8


@structure("IOCA Image Size")
class ImageSize(Structure):
    """Resolution as in the IDD (unit base 2: only its ratio), size in image points."""

    unit_base: U8
    x_resolution: U16
    y_resolution: U16
    x_size: U16
    y_size: U16


@structure("IOCA Image Encoding")
class ImageEncoding(Structure):
    compression: U8 = Compression.NONE
    recording: U8 = Recording.RIDIC
    bit_order: U8 = 0  # 1: the first image point is the lowest bit of a byte


@structure("IOCA IDE Structure")
class IdeStructure(Structure):
    flags: U8
    format: U8
    reserved: U24 = 0
    sizes: Rest = b""  # bits of each component


@structure("IOCA Band Image")
class BandImage(Structure):
    count: U8
    bits: Rest  # bits of the IDE in each band


@structure("IOCA Band Image Data")
class BandImageData(Structure):
    band: U8
    _reserved: Pad2
    data: Rest


@structure("IOCA External Algorithm Specification")
class ExternalAlgorithm(Structure):
    type: U8
    _reserved: Pad1
    specification: Rest


@structure("IOCA nColor Names")
class ColourNames(Structure):
    """`names` are groups of a reserved byte, a length that counts the name alone, and a UTF-16BE name."""

    _reserved: Pad2
    names: Rest


@structure("IOCA Tile Position")
class TilePosition(Structure):
    """Of the upper left corner, in image points of the presentation space."""

    x: U32
    y: U32


@structure("IOCA Tile Size")
class TileSize(Structure):
    """In image points of the tile; relative resolution 2 means that each covers 2 by 2 of the space."""

    x_size: U32
    y_size: U32
    relative_resolution: U8 = 1


@structure("IOCA Tile Set Color")
class TileSetColour(Structure):
    space: U8
    _reserved: Pad3
    sizes: Bytes4
    colour: Rest


@structure("IOCA Include Tile")
class IncludeTile(Structure):
    identifier: U32


class Field(NamedTuple):
    """One self-defining field: its code, its parameters, and the file offset of the IPD it begins in."""

    code: int
    data: bytes
    offset: int


_LONG = 0xFE
_LONG_CODES = frozenset(p & 0xFF for p in Parameter if p > 0xFF)
_DATA_CODES = (Parameter.IMAGE_DATA, Parameter.BAND_IMAGE_DATA)


def short_fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(code, parameters) of the self-defining fields of an IDD; a length past the end takes the rest."""
    at = 0
    while at + 2 <= len(data):
        yield data[at], data[at + 2 : at + 2 + data[at + 1]]
        at += 2 + data[at + 1]


def colour_names(groups: bytes) -> tuple[str, ...]:
    """The names in the groups of nColor Names. Raises UnicodeDecodeError."""
    names: list[str] = []
    at = 0
    while at + 2 <= len(groups):
        end = at + 2 + groups[at + 1]
        names.append(groups[at + 2 : end].decode("utf-16-be"))
        at = end
    return tuple(names)


def fields(records: Sequence[Record], report: Reporter) -> Iterator[Field]:
    """The self-defining fields of an image segment, in order, up to End Segment."""
    data = b"".join(record.data for record in records)
    starts: list[int] = []
    at = 0
    for record in records:
        starts.append(at)
        at += len(record.data)
    at = 0
    while at + 2 <= len(data):
        index = bisect_right(starts, at) - 1
        offset = records[index].offset
        code, begin, end = _head(data, at)
        if code in _DATA_CODES and end == begin:
            end = _data_of_following(records, starts, begin)
            _report_empty(report, offset, end > begin)
        if code & 0xFF == _LONG and (code >> 8) in _LONG_CODES:
            code = _swapped(code, report, offset)
            if code not in _DATA_CODES:
                at = end
                continue
        if end > len(data):
            report(
                "ioca-length",
                f"Image parameter X'{code:02X}' says {end - begin} bytes, {len(data) - begin} are left; "
                "these are used",
                SPEC,
                offset=offset,
            )
        yield Field(code, data[begin:end], offset)
        if code == Parameter.END_SEGMENT:
            return
        at = end


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """(code, start and end of the parameters) of the field at `at`."""
    first, second = data[at], data[at + 1]
    if first == _LONG:
        begin = at + 4
        return first << 8 | second, begin, begin + int.from_bytes(data[at + 2 : begin], "big")
    if second == _LONG and first in _LONG_CODES:  # X'CEFE' for X'FECE': no short field is that long
        begin = at + 4
        return first << 8 | second, begin, begin + int.from_bytes(data[at + 2 : begin], "little")
    return first, at + 2, at + 2 + second


def _swapped(code: int, report: Reporter, offset: int) -> int:
    """The code that was meant. Only data is worth using: parameters inside would be swapped as well."""
    meant = _LONG << 8 | code >> 8
    what = "its data is used" if meant in _DATA_CODES else "it is skipped, the image is kept"
    report(
        "ioca-byte-swapped",
        f"Image parameter X'{code:04X}' has code and length byte-swapped (X'{meant:04X}'); {what}",
        SPEC,
        severity=Severity.INFO,
        offset=offset,
    )
    return meant


def _data_of_following(records: Sequence[Record], starts: Sequence[int], begin: int) -> int:
    """End of image data whose length says zero: all of the IPDs behind it that begin no field of the
    segment. `begin` itself where the field is not the last of its IPD: then it is just empty."""
    if begin not in starts:
        return begin
    end = begin
    for record, start in zip(records, starts, strict=True):
        if start < begin:
            continue
        if record.data[:2] in _FOLLOWERS or (start > begin and record.data[:2] == b"\xfe\x92"):
            break
        end = start + len(record.data)
    return end


_FOLLOWERS = (b"\x93\x00", b"\x8d\x00", b"\x8f\x00", b"\x71\x00")


def _report_empty(report: Reporter, offset: int, found: bool) -> None:
    what = "the structured fields behind it were taken as its data" if found else "it is skipped"
    report(
        "ioca-data-empty",
        f"Image data has length 0; {what}",
        "IOCA Image Data",
        severity=Severity.INFO,
        offset=offset,
    )
