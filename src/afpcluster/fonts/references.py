"""References to fonts: the repeating groups of MCF (both formats) and MDR, as one frozen record each.

Only what is said there, in points and degrees; finding and building is the library's. MO:DCA "Map Coded
Font (MCF) Format 2", "Map Coded Font (MCF-1) Format 1", "Map Data Resource (MDR)".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from afpcluster.afp import code_pages, triplets
from afpcluster.afp.fields import CODES
from afpcluster.afp.foca import ROTATIONS
from afpcluster.afp.modca import MapCodedFontFormat1, MapCodedFontFormat1Group, MapResources
from afpcluster.afp.names import decode_name
from afpcluster.afp.triplets import FqnType, decode_triplet, qualified_name, split_triplets
from afpcluster.fonts.stand_in.builtin_code_pages import number_of
from afpcluster.light import dataclass

_ITALIC = 0x80
_TEXT_ORIENTATION, _ACROSS_DOWN = 0x1D, b"\0\0\x2d\0"
_UTF16, _UNICODE_PRESENTATION, _UTF8 = 0x7200, 0x8200, 0x7807
_PC_DOUBLE_BYTE, _EBCDIC_DOUBLE_BYTE = 0x22, 0x62  # the first byte of an encoding scheme
FIRST_SECTION = 0x41
"""The first section of EBCDIC double-byte fonts (MO:DCA "Resource Section Number Triplet X'25'")."""

_NAMED_ROTATIONS = {**dict.fromkeys("01234", 0), **dict.fromkeys("5678", 90)} | {
    **dict.fromkeys("9ABC", 180),
    **dict.fromkeys("DEFG", 270),
}


@dataclass(slots=True, frozen=True)
class Grid:
    """A Global Resource Identifier: character set, code page and typeface, and width in points."""

    character_set: int
    code_page: int
    typeface: int
    width: float


@dataclass(slots=True, frozen=True)
class FontReference:
    """One font that a group asks for. Sizes are points, 0 where not given; names are '' then."""

    local_id: int
    coded_font: str = ""
    character_set: str = ""
    code_page: str = ""
    grid: Grid | None = None
    data_object: str = ""  # full font name of a TrueType or OpenType font
    typeface: str = ""  # family or typeface name
    section: int = 0
    rotation: int = 0
    odd_rotation: int = 0  # as it stands in the field, where it is none of the four
    size: float = 0.0
    width: float = 0.0  # horizontal font size: the width of a space, or a third of the size
    horizontal_scale: float = 0.0
    weight: int = 0  # FOCA weight class
    width_class: int = 0  # FOCA width class
    italic: bool = False
    code_page_id: int = 0  # CPGID of the user data
    encoding: int = 0  # encoding scheme of the code page
    text_encoding: int = 0  # encoding scheme of the user data

    @property
    def code_page_number(self) -> int:
        """The number of the code page: that in its name, else the one given beside it; 0 where not known."""
        if not self.code_page and self.grid is not None:
            return self.grid.code_page
        return number_of(self.code_page) or self.code_page_id

    @property
    def utf8(self) -> bool:
        """Whether text is UTF-8."""
        return self.text_encoding == _UTF8 or self.code_page_number in code_pages.UTF8

    @property
    def unicode(self) -> bool:
        """Whether code points are Unicode (UTF-16BE, Unicode Presentation), by what the reference says of
        the encoding (MO:DCA "Encoding Scheme ID Triplet X'50'") or the number of its code page."""
        said = _UTF16 in (self.encoding, self.text_encoding) or self.encoding == _UNICODE_PRESENTATION
        return said or self.code_page_number in code_pages.UTF16

    @property
    def double_byte(self) -> bool:
        """Whether the reference says that code points have two bytes, whatever its code page is: by the
        encoding, as a section of a double-byte font, or by IBM's name for such code pages."""
        said = self.encoding >> 8 in (_PC_DOUBLE_BYTE, _EBCDIC_DOUBLE_BYTE)
        return said or self.section >= FIRST_SECTION or self.code_page.startswith("T1K")

    @property
    def label(self) -> str:
        """How findings call the font."""
        if self.data_object:
            return self.data_object
        if self.character_set or self.code_page:
            return f"{self.character_set or '?'} with code page {self.code_page or '?'}"
        if self.grid is not None:
            return f"FGID {self.grid.typeface} with CPGID {self.grid.code_page}"
        return self.coded_font or "(no name)"

    @property
    def font_name(self) -> str:
        """The label without the code page."""
        return self.character_set or (f"FGID {self.grid.typeface}" if self.grid is not None else self.label)


def references_of(type_: int, data: bytes) -> list[FontReference]:
    """The fonts that a field maps: MCF in both formats, MDR. Raises DecodeError."""
    if type_ == CODES["MCF1"]:
        return list(mcf1_references(data))
    groups = [group.triplets for group in MapResources.decode(data).groups]
    if type_ == CODES["MCF"]:
        return [mcf2_reference(group) for group in groups]
    return [found for group in groups if (found := mdr_reference(group)) is not None]


def mcf2_reference(group: bytes) -> FontReference:
    """The font of one MCF format 2 group (its triplets, without the length)."""
    size = width = 0.0
    weight, width_class, italic = 0, 0, False
    descriptor = decode_triplet(group, triplets.FontDescriptorSpecification)
    if descriptor is not None:
        size, width, weight = descriptor.height / 20, descriptor.width / 20, descriptor.weight
        width_class, italic = descriptor.width_class, bool(descriptor.flags & _ITALIC)
    grid = _grid(group)
    width = width or (grid.width if grid else 0.0)
    characters = decode_triplet(group, triplets.FontCodedGraphicCharacterSet)
    scale = decode_triplet(group, triplets.FontHorizontalScaleFactor)
    rotation = decode_triplet(group, triplets.CharacterRotation)
    section = decode_triplet(group, triplets.ResourceSectionNumber)
    encoding = decode_triplet(group, triplets.EncodingSchemeId)
    return FontReference(
        local_id=_local_id(group),
        coded_font=qualified_name(group, FqnType.CODED_FONT) or "",
        character_set=qualified_name(group, FqnType.FONT_CHARACTER_SET) or "",
        code_page=qualified_name(group, FqnType.CODE_PAGE) or "",
        typeface=qualified_name(group, FqnType.FONT_TYPEFACE, FqnType.FONT_FAMILY) or "",
        grid=grid,
        section=section.section if section else 0,
        rotation=ROTATIONS.get(rotation.rotation, 0) if rotation else 0,
        odd_rotation=_odd(rotation.rotation) if rotation else 0,
        size=size,
        width=width,
        horizontal_scale=scale.scale / 20 if scale and (size or width) else 0.0,
        weight=weight,
        width_class=width_class,
        italic=italic,
        code_page_id=characters.code_page if characters else 0,
        encoding=encoding.code_page_scheme if encoding else 0,
        text_encoding=encoding.user_data_scheme if encoding else 0,
    )


def of_one_font(references: list[FontReference]) -> list[FontReference]:
    """The sections of a double-byte font: what they must have in common needs to be said in one of them
    only (MO:DCA "Map Coded Font (MCF) Format 2", Double-byte Font References)."""
    rotation = next((one.rotation for one in references if one.rotation), 0)
    scale = next((one.horizontal_scale for one in references if one.horizontal_scale), 0.0)
    return [
        replace(one, rotation=rotation, horizontal_scale=scale if one.size or one.width else 0.0)
        for one in references
    ]


def mcf1_references(data: bytes) -> Iterator[FontReference]:
    """The fonts of an MCF format 1 field. Without a rotation field the second character of the name
    says it ("Map Coded Font (MCF-1) Format 1", CharRot)."""
    field = MapCodedFontFormat1.decode(data)
    length = field.group_length or _LEAST_GROUP
    for at in range(0, len(field.groups) - length + 1, length):
        group = MapCodedFontFormat1Group.decode(field.groups[at : at + length])
        coded, characters = decode_name(group.coded_font_name), decode_name(group.character_set_name)
        named = _named_rotation(coded or characters)
        rotation = ROTATIONS.get(group.rotation, 0) if length >= 30 else named
        yield FontReference(
            local_id=group.local_id,
            coded_font=coded,
            character_set=characters,
            code_page=decode_name(group.code_page_name),
            section=group.section,
            rotation=rotation,
            odd_rotation=_odd(group.rotation) if length >= 30 else 0,
        )


def turns_its_text(type_: int, data: bytes) -> bool:
    """Whether an MCF format 2 asks for text in another direction than across the page, lines downwards
    (MO:DCA "Text Orientation Triplet X'1D'"). Raises DecodeError."""
    if type_ != CODES["MCF"]:
        return False
    groups = [group.triplets for group in MapResources.decode(data).groups]
    said = (triplets.find_triplet(group, _TEXT_ORIENTATION) for group in groups)
    return any(found is not None and found != _ACROSS_DOWN for found in said)


def mcf1_is_cut_off(data: bytes) -> bool:
    """Whether the last group of an MCF format 1 field is not whole."""
    field = MapCodedFontFormat1.decode(data)
    return len(field.groups) % (field.group_length or _LEAST_GROUP) > 0


_LEAST_GROUP = 28  # bytes: without a rotation


def mdr_reference(group: bytes) -> FontReference | None:
    """The data-object font of one MDR group; None for groups that map something else."""
    descriptor = decode_triplet(group, triplets.DataObjectFontDescriptor)
    if descriptor is None:
        return None
    characters = decode_triplet(group, triplets.FontCodedGraphicCharacterSet)
    encoding = decode_triplet(group, triplets.EncodingSchemeId)
    return FontReference(
        local_id=_local_id(group),
        code_page=qualified_name(group, FqnType.CODE_PAGE) or "",
        data_object=_full_font_name(group),
        rotation=ROTATIONS.get(descriptor.rotation, 0),
        odd_rotation=_odd(descriptor.rotation),
        size=descriptor.vertical_size / 20,
        horizontal_scale=descriptor.horizontal_scale / 20,
        code_page_id=characters.code_page if characters else 0,
        encoding=encoding.code_page_scheme if encoding else 0,
        text_encoding=encoding.user_data_scheme if encoding else 0,
    )


def _odd(rotation: int) -> int:
    """A character rotation that there is not; 0 for those that there are."""
    return 0 if rotation in ROTATIONS else rotation


def _named_rotation(name: str) -> int:
    return _NAMED_ROTATIONS.get(name[1:2], 0) if name[:1] in ("X", "C") else 0


def _local_id(group: bytes) -> int:
    """The local identifier: triplet X'24' in MCF, fully qualified name X'BE' in MDR; 0 without."""
    local = decode_triplet(group, triplets.ResourceLocalIdentifier)
    if local is not None:
        return local.identifier
    raw = _raw_name(group, FqnType.DATA_OBJECT_INTERNAL)
    return raw[-1] if raw else 0


def _raw_name(group: bytes, kind: int) -> bytes:
    """The bytes of the first fully qualified name of this kind, b"" without."""
    for triplet in split_triplets(group):
        if triplet.id == 0x02 and triplet.data[:1] == bytes((kind,)):
            return triplet.data[2:]
    return b""


def _full_font_name(group: bytes) -> str:
    """The full font name of an MDR group. Without a triplet X'01' its encoding is said further up in the
    document: UTF-16BE, which a Resource Access Table has, shows by its zeros."""
    raw = _raw_name(group, FqnType.DATA_OBJECT_EXTERNAL)
    return (
        qualified_name(group, FqnType.DATA_OBJECT_EXTERNAL, code_page=1200 if raw[:1] == b"\0" else 500) or ""
    )


def _grid(group: bytes) -> Grid | None:
    raw = _raw_name(group, FqnType.BEGIN_RESOURCE_OBJECT)
    if len(raw) < 8:
        return None
    numbers = [int.from_bytes(raw[at : at + 2], "big") for at in (0, 2, 4, 6)]
    return Grid(numbers[0], numbers[1], numbers[2], 0.0 if numbers[3] == 0xFFFF else numbers[3] / 20)
