"""Triplets: length, identifier, contents. A structure each, split on demand from raw bytes.

An unknown or broken triplet is kept as raw bytes (`Triplet.data`); it never hides those after it.
MO:DCA Chapter 6 "MO:DCA Triplets".
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple, TypeVar

from afpcluster.afp.code_pages import DEFAULT
from afpcluster.afp.declare import (
    S24,
    U8,
    U16,
    U24,
    U32,
    Bytes2,
    Bytes8,
    Bytes16,
    Pad1,
    Pad2,
    Pad4,
    Rest,
    Structure,
    structure,
)
from afpcluster.afp.names import decode_name, decode_text
from afpcluster.afp.triplets_control import (
    AttributeQualifier,
    CmrTagFidelity,
    ColorFidelity,
    Comment,
    DeviceAppearance,
    FinishingFidelity,
    FinishingOperation,
    FontFidelity,
    InterchangeSet,
    KeepGroupTogether,
    LocalDateAndTimeStamp,
    LocaleSelector,
    MediaFidelity,
    MediumMapPageNumber,
    ObjectByteExtent,
    ObjectByteOffset,
    ObjectCount,
    ObjectStructuredFieldExtent,
    ObjectStructuredFieldOffset,
    ParameterValue,
    PresentationControl,
    RenderingIntent,
    SetupName,
    TextFidelity,
    TonerSaver,
    UniversalDateAndTimeStamp,
    Up3iFinishingOperation,
)


class Triplet(NamedTuple):
    """Identifier and contents (without length and identifier bytes)."""

    id: int
    data: bytes


_SHORT = 256  # bytes: such fields come again on page after page, and are looked at by several
_new_tuple = tuple.__new__  # a NamedTuple's own constructor takes three times as long


def split_triplets(data: bytes) -> tuple[Triplet, ...]:
    """The triplets of `data`, until one has an impossible length."""
    if not data:
        return ()
    return _split_short(data) if len(data) <= _SHORT else tuple(_split(data))


def _split(data: bytes) -> Iterator[Triplet]:
    at, end = 0, len(data)
    while at + 2 <= end:
        length = data[at]
        if length < 2 or at + length > end:
            return
        yield _new_tuple(Triplet, (data[at + 1], data[at + 2 : at + length]))
        at += length


@lru_cache(1024)
def _split_short(data: bytes) -> tuple[Triplet, ...]:
    return tuple(_split(data))


def encode_triplet(id_: int, data: bytes) -> bytes:
    """A triplet's bytes; `data` of at most 252 bytes."""
    return bytes((len(data) + 2, id_)) + data


def find_triplet(data: bytes, id_: int) -> bytes | None:
    """Contents of the first triplet with this identifier."""
    for triplet in split_triplets(data):
        if triplet.id == id_:
            return triplet.data
    return None


T = TypeVar("T", bound=Structure)


def decode_triplet(data: bytes, kind: type[T]) -> T | None:
    """The first triplet of this declared kind in `data`, or None (also where it is too short)."""
    raw = find_triplet(data, TRIPLET_IDS[kind])
    if raw is None or len(raw) < kind.shape.required:
        return None
    return kind.decode(raw)


@structure("MO:DCA Coded Graphic Character Set Global Identifier Triplet X'01'")
class CodedGraphicCharacterSet(Structure):
    """`character_set` 0 means that `code_page` is a CCSID."""

    character_set: U16
    code_page: U16


@structure("MO:DCA Fully Qualified Name Triplet X'02'")
class FullyQualifiedName(Structure):
    kind: U8
    format: U8
    name: Rest


class FqnType:
    """Kinds of fully qualified names (MO:DCA "Fully Qualified Name Triplet X'02'")."""

    REPLACE_FIRST_GID = 0x01
    FONT_FAMILY = 0x07
    FONT_TYPEFACE = 0x08
    MODCA_RESOURCE_HIERARCHY = 0x09
    BEGIN_RESOURCE_GROUP = 0x0A
    ATTRIBUTE_GID = 0x0B
    PROCESS_ELEMENT_GID = 0x0C
    BEGIN_PAGE_GROUP = 0x0D
    MEDIA_TYPE = 0x11
    COLOR_MANAGEMENT_RESOURCE = 0x41
    DATA_OBJECT_FONT_BASE = 0x6E
    DATA_OBJECT_FONT_LINKED = 0x7E
    BEGIN_DOCUMENT = 0x83
    BEGIN_RESOURCE_OBJECT = 0x84
    CODE_PAGE = 0x85
    FONT_CHARACTER_SET = 0x86
    BEGIN_PAGE = 0x87
    BEGIN_MEDIUM_MAP = 0x8D
    CODED_FONT = 0x8E
    BEGIN_DOCUMENT_INDEX = 0x98
    BEGIN_OVERLAY = 0xB0
    DATA_OBJECT_INTERNAL = 0xBE
    INDEX_ELEMENT_GID = 0xCA
    OTHER_OBJECT = 0xCE
    DATA_OBJECT_EXTERNAL = 0xDE


@structure("MO:DCA Mapping Option Triplet X'04'")
class MappingOptionTriplet(Structure):
    option: U8


@structure("MO:DCA Object Classification Triplet X'10'")
class ObjectClassification(Structure):
    """`object_class` 1 is a presentation object. `structure_flags` say whether a container wraps it."""

    _reserved: Pad1
    object_class: U8
    _reserved_2: Pad2
    structure_flags: Bytes2
    object_id: Bytes16
    level: Bytes8 = b"\x40" * 8
    name: Rest = b""


@structure("MO:DCA Font Descriptor Specification Triplet X'1F'")
class FontDescriptorSpecification(Structure):
    """`height` and `width` in 1/1440 inch; 0 is not given."""

    weight: U8
    width_class: U8
    height: U16
    width: U16
    flags: U8 = 0
    reserved: Rest = b""


@structure("MO:DCA Font Coded Graphic Character Set Global Identifier Triplet X'20'")
class FontCodedGraphicCharacterSet(Structure):
    character_set: U16
    code_page: U16


@structure("MO:DCA Resource Object Type Triplet X'21'")
class ResourceObjectType(Structure):
    object_type: U8
    data: Rest = b""


@structure("MO:DCA Extended Resource Local Identifier Triplet X'22'")
class ExtendedResourceLocalIdentifier(Structure):
    kind: U8
    identifier: U32


@structure("MO:DCA Resource Local Identifier Triplet X'24'")
class ResourceLocalIdentifier(Structure):
    kind: U8
    identifier: U8


@structure("MO:DCA Resource Section Number Triplet X'25'")
class ResourceSectionNumber(Structure):
    section: U8


@structure("MO:DCA Character Rotation Triplet X'26'")
class CharacterRotation(Structure):
    rotation: U16


@structure("MO:DCA Attribute Value Triplet X'36'")
class AttributeValue(Structure):
    _reserved: Pad2
    value: Rest = b""


@structure("MO:DCA Descriptor Position Triplet X'43'")
class DescriptorPosition(Structure):
    position: U8


@structure("MO:DCA Media Eject Control Triplet X'45'")
class MediaEjectControl(Structure):
    _reserved: Pad1
    control: U8


@structure("MO:DCA Measurement Units Triplet X'4B'")
class MeasurementUnits(Structure):
    x_base: U8
    y_base: U8
    x_units: U16
    y_units: U16


@structure("MO:DCA Object Area Size Triplet X'4C'")
class ObjectAreaSize(Structure):
    kind: U8
    x_size: U24
    y_size: U24


@structure("MO:DCA Area Definition Triplet X'4D'")
class AreaDefinition(Structure):
    _reserved: Pad1
    x_origin: S24
    y_origin: S24
    x_size: S24
    y_size: S24


@structure("MO:DCA Color Specification Triplet X'4E'")
class ColorSpecification(Structure):
    _reserved: Pad1
    space: U8
    _reserved_2: Pad4
    size_1: U8
    size_2: U8
    size_3: U8
    size_4: U8
    color: Rest


@structure("MO:DCA Encoding Scheme ID Triplet X'50'")
class EncodingSchemeId(Structure):
    code_page_scheme: U16
    user_data_scheme: U16 = 0


@structure("MO:DCA Object Offset Triplet X'5A'")
class ObjectOffset(Structure):
    object_type: U8
    _reserved: Pad1
    offset: U32
    high_offset: U32 = 0


@structure("MO:DCA Font Horizontal Scale Factor Triplet X'5D'")
class FontHorizontalScaleFactor(Structure):
    """`scale` is the character width in 1/1440 inch for outline fonts."""

    scale: U16


@structure("MO:DCA Medium Orientation Triplet X'68'")
class MediumOrientation(Structure):
    orientation: U8


@structure("MO:DCA Resource Object Include Triplet X'6C'")
class ResourceObjectInclude(Structure):
    object_type: U8
    name: Bytes8
    x_offset: S24
    y_offset: S24
    orientation: U16 = 0


@structure("MO:DCA Presentation Space Reset Mixing Triplet X'70'")
class PresentationSpaceResetMixing(Structure):
    """Bit 0 of `flags`: reset to the color of medium."""

    flags: U8


@structure("MO:DCA Presentation Space Mixing Rules Triplet X'71'")
class PresentationSpaceMixingRules(Structure):
    rules: Rest


@structure("MO:DCA Page Position Information Triplet X'81'")
class PagePositionInformation(Structure):
    repeating_group: U8


@structure("MO:DCA Font Resolution and Metric Technology Triplet X'84'")
class FontResolution(Structure):
    metric_technology: U8
    unit_base: U8
    units: U16


@structure("MO:DCA Data-Object Font Descriptor Triplet X'8B'")
class DataObjectFontDescriptor(Structure):
    """`vertical_size` in 1/1440 inch, `horizontal_scale` likewise (0: as the vertical size)."""

    flags: U8
    technology: U8
    vertical_size: U16
    horizontal_scale: U16
    rotation: U16
    encoding_environment: U16
    encoding_identifier: U16
    reserved: Rest = b""


@structure("MO:DCA Color Management Resource Descriptor Triplet X'91'")
class ColorManagementResourceDescriptor(Structure):
    _reserved: Pad1
    mode: U8
    scope: U8


@structure("MO:DCA Image Resolution Triplet X'9A'")
class ImageResolution(Structure):
    _reserved: Pad2
    x_base: U8
    y_base: U8
    x_resolution: U16
    y_resolution: U16


@structure("MO:DCA Object Container Presentation Space Size Triplet X'9C'")
class ContainerPresentationSpaceSize(Structure):
    """`space` picks a box of a PDF page (1 MediaBox … 5 ArtBox); the size is optional as a unit."""

    _reserved: Pad2
    space: U8
    x_base: U8 = 0
    y_base: U8 = 0
    x_units: U16 = 0
    y_units: U16 = 0
    x_size: U24 = 0
    y_size: U24 = 0


@structure("MO:DCA Page Overlay Conditional Processing Triplet X'46' (retired)")
class PageOverlayConditionalProcessing(Structure):
    kind: U8
    level: Rest = b""


@structure("MO:DCA Resource Usage Attribute Triplet X'47' (retired)")
class ResourceUsageAttribute(Structure):
    frequency: U8


@structure("MO:DCA Line Data Object Position Migration Triplet X'27' (retired)")
class LineDataObjectPosition(Structure):
    """`axes`: the page's (0), or those of text that ran up (1), upside down (2) or down (3) the page."""

    axes: U8


TRIPLETS: dict[int, type[Structure]] = {
    0x01: CodedGraphicCharacterSet,
    0x02: FullyQualifiedName,
    0x04: MappingOptionTriplet,
    0x10: ObjectClassification,
    0x18: InterchangeSet,
    0x1F: FontDescriptorSpecification,
    0x20: FontCodedGraphicCharacterSet,
    0x21: ResourceObjectType,
    0x22: ExtendedResourceLocalIdentifier,
    0x24: ResourceLocalIdentifier,
    0x25: ResourceSectionNumber,
    0x26: CharacterRotation,
    0x27: LineDataObjectPosition,
    0x2D: ObjectByteOffset,
    0x36: AttributeValue,
    0x43: DescriptorPosition,
    0x45: MediaEjectControl,
    0x46: PageOverlayConditionalProcessing,
    0x47: ResourceUsageAttribute,
    0x4B: MeasurementUnits,
    0x4C: ObjectAreaSize,
    0x4D: AreaDefinition,
    0x4E: ColorSpecification,
    0x50: EncodingSchemeId,
    0x56: MediumMapPageNumber,
    0x57: ObjectByteExtent,
    0x58: ObjectStructuredFieldOffset,
    0x59: ObjectStructuredFieldExtent,
    0x5A: ObjectOffset,
    0x5D: FontHorizontalScaleFactor,
    0x5E: ObjectCount,
    0x62: LocalDateAndTimeStamp,
    0x65: Comment,
    0x68: MediumOrientation,
    0x6C: ResourceObjectInclude,
    0x70: PresentationSpaceResetMixing,
    0x71: PresentationSpaceMixingRules,
    0x72: UniversalDateAndTimeStamp,
    0x74: TonerSaver,
    0x75: ColorFidelity,
    0x78: FontFidelity,
    0x80: AttributeQualifier,
    0x81: PagePositionInformation,
    0x82: ParameterValue,
    0x83: PresentationControl,
    0x84: FontResolution,
    0x85: FinishingOperation,
    0x86: TextFidelity,
    0x87: MediaFidelity,
    0x88: FinishingFidelity,
    0x8B: DataObjectFontDescriptor,
    0x8C: LocaleSelector,
    0x8E: Up3iFinishingOperation,
    0x91: ColorManagementResourceDescriptor,
    0x95: RenderingIntent,
    0x96: CmrTagFidelity,
    0x97: DeviceAppearance,
    0x9A: ImageResolution,
    0x9C: ContainerPresentationSpaceSize,
    0x9D: KeepGroupTogether,
    0x9E: SetupName,
}
"""Declared triplets by identifier."""

RAW = frozenset((0x1D, 0x8F, 0xFF))
"""Known triplets that stay raw: two that are retired, and what extends another triplet."""

TRIPLET_IDS: dict[type[Structure], int] = {kind: id_ for id_, kind in TRIPLETS.items()}


def qualified_name(data: bytes, *kinds: int, code_page: int = DEFAULT) -> str | None:
    """The first fully qualified name of one of these kinds among the triplets in `data`, decoded.

    Character names are decoded by the triplets' own X'01' where there is one, else by `code_page`;
    names that are object identifiers come as hexadecimal.
    """
    for triplet in split_triplets(data):
        if triplet.id == 0x01 and len(triplet.data) >= 4:
            code_page = int.from_bytes(triplet.data[2:4], "big")
        elif triplet.id == 0x02 and len(triplet.data) >= 2 and triplet.data[0] in kinds:
            return name_of(triplet.data, code_page)
    return None


def name_of(data: bytes, code_page: int = DEFAULT) -> str:
    """The name in the contents of one X'02' triplet; '' where it is cut off."""
    kind, format_, raw = data[:1], data[1:2], data[2:]
    if format_ == b"\x10":
        return raw.hex().upper()
    if code_page == DEFAULT or kind in _ALWAYS_EBCDIC:
        return decode_name(raw)
    return decode_text(raw, code_page)


_ALWAYS_EBCDIC = tuple(
    bytes((kind,)) for kind in (FqnType.CODE_PAGE, FqnType.FONT_CHARACTER_SET, FqnType.CODED_FONT)
)
"""Names of a fixed encoding, whatever is declared (MO:DCA "External Resource Naming Conventions")."""
