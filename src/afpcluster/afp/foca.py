"""FOCA structures: font character sets, code pages and coded fonts, as bytes and as classes.

Offsets and names follow the FOCA Reference, chapter "Font Interchange Formats". Repeating groups have no
length of their own: FNC, CPC and CFC say how long those of their object are, and `repeat` splits them.
Values are raw: FNC's unit fields say whether metrics are pels or 1/1000 em, FNO says which rotation.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum, IntFlag
from itertools import pairwise
from typing import Any, NamedTuple

from afpcluster.afp.declare import (
    S16,
    U8,
    U16,
    U24,
    U32,
    Bytes8,
    Bytes32,
    Pad1,
    Pad2,
    Pad3,
    Pad4,
    Pad5,
    Pad8,
    Rest,
    Structure,
    structure,
)
from afpcluster.afp.fields import CODES

BCF, CFC, CFI, ECF = (CODES[name] for name in ("BCF", "CFC", "CFI", "ECF"))
BCP, CPD, CPC, CPI, ECP = (CODES[name] for name in ("BCP", "CPD", "CPC", "CPI", "ECP"))
BFN, FND, FNC, FNM, FNO = (CODES[name] for name in ("BFN", "FND", "FNC", "FNM", "FNO"))
FNP, FNI, FNN, FNG, EFN = (CODES[name] for name in ("FNP", "FNI", "FNN", "FNG", "EFN"))

ROTATIONS = {0x0000: 0, 0x2D00: 90, 0x5A00: 180, 0x8700: 270}
"""FOCA "Character Rotation" codes in degrees clockwise."""


class PatternTechnology(IntEnum):
    """FOCA "Pattern Technology Identifier"."""

    RASTER = 0x05  # Laser Matrix N-bit Wide
    CID_KEYED = 0x1E
    TYPE1 = 0x1F  # PFB


class UnitBase(IntEnum):
    """FOCA "Units of Measure"."""

    FIXED = 0x00  # pels; units are pels per 10 inches
    RELATIVE = 0x02  # units per em


class OrientationFlag(IntFlag):
    """FNO byte 12 below its three bits of font index number."""

    KERNING = 0x08
    UNIFORM_A_SPACE = 0x04
    UNIFORM_BASELINE_OFFSET = 0x02
    UNIFORM_INCREMENT = 0x01


class CharacterUseFlag(IntFlag):
    """CPC byte 8 and CPI byte 8."""

    INVALID = 0x80
    NO_PRESENTATION = 0x40
    NO_INCREMENT = 0x20


CODE_PAGE_SORTED_BY_CODE = 0x80
CODE_PAGE_VARIABLE_SPACE = 0x08
DESIGN_ITALIC, DESIGN_UNDERSCORED, DESIGN_HOLLOW, DESIGN_OVERSTRUCK = 0x80, 0x40, 0x10, 0x08
FONT_MICR, FONT_EXTENSION, FONT_BASELINE_AS_IS, FONT_UNIFORM_BOX = 0x80, 0x40, 0x08, 0x02
NO_PATTERN = 0xFFFF
"""An FNI index that no FNM has: it holds at most 1,000 groups."""


@structure("FOCA Font Descriptor (FND)")
class FontDescriptor(Structure):
    """FND. Vertical sizes are 1/10 point, horizontal sizes 1/20 point; 0 is not specified."""

    typeface: Bytes32
    weight: U8  # 1 ultralight, 5 medium, 7 bold, 9 ultrabold
    width: U8  # 1 ultracondensed, 5 medium, 9 ultraexpanded
    maximum_size: U16
    nominal_size: U16
    minimum_size: U16
    maximum_horizontal_size: U16
    nominal_horizontal_size: U16
    minimum_horizontal_size: U16
    design_class: U8
    design_subclass: U8
    design_group: U8
    _reserved1: Pad8
    _reserved2: Pad5
    _reserved3: Pad2
    design_flags: U16
    _reserved4: Pad8
    _reserved5: Pad2
    character_set_id: U16 = 0
    typeface_id: U16 = 0
    triplets: Rest = b""


@structure("FOCA Font Control (FNC)")
class FontControl(Structure):
    """FNC. Units are per 10 inches (fixed) or per em (relative); box sizes are pels minus 1."""

    _retired: Pad1
    technology: U8
    _reserved1: Pad1
    flags: U8
    x_unit_base: U8
    y_unit_base: U8
    x_units: U16
    y_units: U16
    maximum_box_width: U16
    maximum_box_height: U16
    orientation_group_length: U8
    index_group_length: U8
    pattern_alignment: U8 = 0
    raster_data_count: U24 = 0
    position_group_length: U8 = 22
    map_group_length: U8 = 8
    shape_x_unit_base: U8 = 0
    shape_y_unit_base: U8 = 0
    shape_x_units: U16 = 0
    shape_y_units: U16 = 0
    outline_data_count: U32 = 0
    _reserved2: Pad3 = None
    name_group_length: U8 = 12
    name_data_count: U32 = 0
    name_count: U16 = 0
    triplets: Rest = b""


@structure("FOCA Font Orientation (FNO)")
class FontOrientation(Structure):
    """One repeating group of FNO: what characters of one rotation have in common."""

    _reserved1: Pad2
    rotation: U16
    maximum_baseline_offset: S16
    maximum_increment: U16
    space_increment: U16
    maximum_baseline_extent: U16
    flags: U8
    _reserved2: Pad1 = None
    em_space_increment: U16 = 0
    _reserved3: Pad2 = None
    figure_space_increment: U16 = 0
    nominal_increment: U16 = 0
    baseline_increment: U16 = 0
    minimum_a_space: S16 = 0


@structure("FOCA Font Position (FNP)")
class FontPosition(Structure):
    """One repeating group of FNP, in the order of the FNO groups."""

    _reserved1: Pad2
    lowercase_height: S16
    cap_m_height: S16
    maximum_ascender: S16
    maximum_descender: S16
    _reserved2: Pad5 = None
    _retired: Pad1 = None
    _reserved3: Pad1 = None
    underscore_width: U16 = 0
    underscore_width_fraction: U8 = 0
    underscore_position: S16 = 0


@structure("FOCA Font Index (FNI)")
class CharacterMetrics(Structure):
    """One repeating group of FNI: a character at one rotation (10 or 28 bytes)."""

    gcgid: Bytes8
    increment: U16
    ascender: S16 = 0
    descender: S16 = 0
    _reserved1: Pad2 = None
    pattern_index: U16 = 0
    a_space: S16 = 0
    b_space: U16 = 0
    c_space: S16 = 0
    _reserved2: Pad2 = None
    baseline_offset: S16 = 0


@structure("FOCA Font Patterns Map (FNM)")
class PatternMapping(Structure):
    """One repeating group of FNM: pels minus 1, and an offset in units of the pattern alignment."""

    box_width: U16
    box_height: U16
    offset: U32


@structure("FOCA Font Name Map (FNN)")
class NameMapHeader(Structure):
    """The first section of FNN: which kinds of identifiers are mapped."""

    character_format: U8  # 2: EBCDIC GCGID
    technology_format: U8  # 3: Type 1 glyph name in ASCII, 5: CMap code point


@structure("FOCA Font Name Map (FNN)")
class NameMapping(Structure):
    """One repeating group of FNN: the offset counts from the first byte of the first FNN."""

    gcgid: Bytes8
    offset: U32


@structure("FOCA Font Patterns (FNG)")
class OutlineObjectHeader(Structure):
    """The start of an outline object in FNG; identifier, descriptor and data follow."""

    length: U32
    checksum: U32
    identifier_length: U16


@structure("FOCA Code Page Descriptor (CPD)")
class CodePageDescriptor(Structure):
    """CPD. `encoding_scheme` X'61..' is single-byte EBCDIC, X'62..' and X'82..' are double-byte."""

    description: Bytes32
    gcgid_length: U16
    number_of_code_points: U32
    character_set_id: U16
    code_page_id: U16
    encoding_scheme: U16 = 0


@structure("FOCA Code Page Control (CPC)")
class CodePageControl(Structure):
    """CPC. Group lengths X'FE' and X'FF' mean groups with Unicode values (single and double byte)."""

    default_gcgid: Bytes8
    default_flags: U8
    index_group_length: U8
    space_section: U8
    space_code: U8
    flags: U8 = CODE_PAGE_VARIABLE_SPACE
    default_unicode: U32 = 0


@structure("FOCA Code Page Index (CPI)")
class CodePageEntry(Structure):
    """One repeating group of a single-byte CPI."""

    gcgid: Bytes8
    flags: U8
    code: U8


@structure("FOCA Code Page Index (CPI)")
class DoubleByteCodePageEntry(Structure):
    """One repeating group of a double-byte CPI."""

    gcgid: Bytes8
    flags: U8
    code: U16


@structure("FOCA Coded Font Control (CFC)")
class CodedFontControl(Structure):
    """CFC."""

    index_group_length: U8
    _retired: Pad1 = None
    triplets: Rest = b""


@structure("FOCA Coded Font Index (CFI)")
class CodedFontSection(Structure):
    """One repeating group of CFI: a section's character set and code page; sizes in 1/20 point."""

    character_set: Bytes8
    code_page: Bytes8
    vertical_size: U16 = 0
    horizontal_scale: U16 = 0
    _reserved: Pad4 = None
    section: U8 = 0


@structure("FOCA Metric Adjustment Triplet X'79'")
class MetricAdjustment(Structure):
    """Triplet X'79' of CFC, behind its length and identifier: units per 10 inches."""

    unit_base: U8
    x_units: U16
    y_units: U16
    horizontal_increment: S16
    vertical_increment: S16
    horizontal_baseline_adjustment: S16
    vertical_baseline_adjustment: S16


@structure("FOCA Extension Font Triplet X'6D'")
class ExtensionFont(Structure):
    """Triplet X'6D' of FNC: the character set that this font extends."""

    character_set_id: U16


@structure("FOCA Object Origin Identifier Triplet X'64'")
class ObjectOrigin(Structure):
    """Triplet X'64' of BFN and BCP: the system an object came from; 6 bytes of medium, then a data set."""

    system: U8
    host: Bytes8
    location: Rest = b""


class OutlineObject(NamedTuple):
    """One object of an outline font's FNG data. `descriptor` is empty for Type 1 fonts."""

    identifier: bytes
    descriptor: bytes
    data: bytes


class UnicodeEntry(NamedTuple):
    """A CPI group with the Unicode scalar values of its code point."""

    gcgid: bytes
    flags: int
    code: int
    unicode: str


def repeat(item: Any, data: bytes, length: int) -> Iterator[Any]:
    """The repeating groups of `data`, each `length` bytes; an incomplete last one is left out. A length
    that cannot hold the group is taken for damage: the usual one counts."""
    if length < item.shape.required:
        length = item.shape.size
    for at in range(0, len(data) - length + 1, length):
        yield item.decode(data[at : at + length])


def unicode_entries(data: bytes, code_bytes: int) -> Iterator[UnicodeEntry]:
    """The groups of a CPI with Unicode values (CPC group length X'FE' or X'FF'), up to damage."""
    at = 0
    fixed = 9 + code_bytes + 1
    while at + fixed <= len(data):
        count = data[at + fixed - 1]
        end = at + fixed + 4 * count
        if end > len(data):
            return
        scalars = (int.from_bytes(data[p : p + 4], "big") for p in range(at + fixed, end, 4))
        text = "".join(chr(s) for s in scalars if s < 0x110000 and not 0xD800 <= s < 0xE000)
        code = int.from_bytes(data[at + 9 : at + 9 + code_bytes], "big")
        yield UnicodeEntry(data[at : at + 8], data[at + 8], code, text)
        at = end


def outline_objects(data: bytes, *, described: bool) -> Iterator[OutlineObject]:
    """The objects in the FNG data of an outline font; `described` for CID-keyed ones (FOCA "Font
    Patterns (FNG)"). A length beyond the data takes what is there."""
    at = 0
    while at + 10 <= len(data):
        header = OutlineObjectHeader.decode(data[at : at + 10])
        end = min(at + header.length, len(data))
        start = at + 8 + header.identifier_length
        identifier, descriptor = data[at + 10 : start], b""
        if described and start + 2 <= end:
            size = int.from_bytes(data[start : start + 2], "big")
            descriptor, start = data[start + 2 : start + size], start + size
        if header.length < 10 or start > end:
            return
        yield OutlineObject(identifier, descriptor, data[start:end])
        at = end


def name_map(data: bytes, group_length: int) -> dict[bytes, bytes]:
    """GCGID -> technology-specific identifier, from the data of all FNN fields together. Where the names
    begin, the groups end: that counts, not what FNC says of their number."""
    length = group_length if group_length >= NameMapping.shape.size else NameMapping.shape.size
    places: dict[bytes, int] = {}
    start = len(data)  # of the names
    for at in range(2, len(data) - NameMapping.shape.size + 1, length):
        if at >= start:
            break
        mapping = NameMapping.decode(data[at : at + length])
        if at < mapping.offset < len(data):
            places[mapping.gcgid] = mapping.offset
            start = min(start, mapping.offset)
    names = _names_at(data, sorted(set(places.values())))
    return {gcgid: names[place] for gcgid, place in places.items() if names[place]}


def _names_at(data: bytes, places: list[int]) -> dict[int, bytes]:
    """The identifiers at these places: a byte that counts itself and what follows. Some makers do not count
    it: then every identifier ends one byte later, where the next begins. None runs into the next one."""
    ends = [*places[1:], len(data)] if places else []
    own = 1
    if len(places) > 1 and all(at + data[at] + 1 == end for at, end in pairwise(places)):
        own = 0
    return {
        at: data[at + 1 : min(at + data[at] + 1 - own, end)] for at, end in zip(places, ends, strict=True)
    }
