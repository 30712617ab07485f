"""Structured fields of MO:DCA that have parameters, declared; Begin and End fields share two shapes.

Sizes and offsets are L-units of the system that the field belongs to; see each class and `afp/units.py`.
Orientations are degrees * 128 (9 bits degrees, 6 bits minutes). MO:DCA Chapter 5 "MO:DCA Structured Fields".
"""

from __future__ import annotations

from typing import Annotated

from afpcluster.afp.declare import (
    S24,
    U8,
    U16,
    U24,
    Bytes8,
    Groups,
    Pad1,
    Pad2,
    Pad3,
    Pad4,
    Pad8,
    Rest,
    Structure,
    structure,
)

USE_OBJECT_OFFSET = -1
USE_OBJECT_ORIENTATION = 0xFFFF


def degrees(orientation: int) -> float:
    """Degrees of an orientation parameter."""
    return (orientation >> 7) + ((orientation >> 1) & 0x3F) / 60


def orientation(angle: int) -> int:
    """The orientation parameter of whole degrees."""
    return angle << 7


@structure("MO:DCA Begin structured fields: name and triplets (e.g. BDT, BPG, BNG, BRS)")
class Begin(Structure):
    """`name` may be missing. BDT, BPT, BRS and others have two reserved bytes before their triplets:
    decode those with `BeginReserved`."""

    name: Bytes8 = b"\xff" * 8
    triplets: Rest = b""


@structure("MO:DCA Begin Document (BDT), Begin Resource (BRS): name, reserved bytes, triplets")
class BeginReserved(Structure):
    name: Bytes8 = b"\xff" * 8
    reserved: U16 = 0
    triplets: Rest = b""


def begin_triplets(data: bytes) -> bytes:
    """The triplets of a Begin field. Two zero bytes in front of them are reserved, as some fields have them
    and some writers put them in all: no triplet has a length of 0."""
    at = BeginReserved.shape.size if data[8:10] == b"\0\0" else Begin.shape.size
    return data[at:]


@structure("MO:DCA End structured fields: name and triplets")
class End(Structure):
    name: Bytes8 = b"\xff" * 8
    triplets: Rest = b""


@structure("MO:DCA Page Descriptor (PGD)")
class PageDescriptor(Structure):
    """Units and extent of a page or overlay presentation space."""

    x_base: U8
    y_base: U8
    x_units: U16
    y_units: U16
    x_size: U24
    y_size: U24
    _reserved: Pad3 = None
    triplets: Rest = b""


@structure("MO:DCA Presentation Text Data Descriptor (PTD) Format 2")
class PresentationTextDescriptor(Structure):
    """Units of the text's measurements; `controls` are initial text conditions (PTOCA)."""

    x_base: U8
    y_base: U8
    x_units: U16
    y_units: U16
    x_size: U24
    y_size: U24
    flags: U16 = 0
    controls: Rest = b""


@structure("MO:DCA Presentation Text Data Descriptor (PTD) Format 1")
class PresentationTextDescriptorFormat1(Structure):
    x_base: U8
    y_base: U8
    x_units: U16
    y_units: U16
    x_size: U16
    y_size: U16
    flags: U16 = 0


@structure("MO:DCA Object Area Descriptor (OBD)")
class ObjectAreaDescriptor(Structure):
    triplets: Rest


@structure("MO:DCA Object Area Position (OBP)")
class ObjectAreaPosition(Structure):
    """Origin and orientation of an object area in L-units of the page; content offset in its own."""

    identifier: U8
    group_length: U8
    x_origin: S24
    y_origin: S24
    x_orientation: U16
    y_orientation: U16
    _reserved: Pad1
    x_content: S24
    y_content: S24
    x_content_orientation: U16
    y_content_orientation: U16
    reference: U8 = 1


@structure("MO:DCA Map Image, Graphics, Bar Code Object, Map Container Data, Map Presentation Text: group")
class MapObjectGroup(Structure):
    triplets: Rest


@structure("MO:DCA Map Image, Graphics, Bar Code Object, Map Container Data, Map Presentation Text")
class MapObject(Structure):
    """MIO, MGO, MBC, MCD and MPT: one repeating group with a Mapping Option triplet."""

    groups: Annotated[list[MapObjectGroup], Groups(MapObjectGroup, prefix=2)]


@structure("MO:DCA Map Coded Font, Map Data Resource, Map Page Overlay, …: repeating group of triplets")
class MapGroup(Structure):
    triplets: Rest


@structure("MO:DCA Map Coded Font (MCF) Format 2, MDR, MPO, MPG, MMT, MMD")
class MapResources(Structure):
    """Fields that map resources by triplets in repeating groups, each with a 2-byte length."""

    groups: Annotated[list[MapGroup], Groups(MapGroup, prefix=2)]


@structure("MO:DCA Appendix C Map Coded Font (MCF) Format 1: repeating group")
class MapCodedFontFormat1Group(Structure):
    """Names are EBCDIC, X'FF…' where not given. `rotation` is a character rotation."""

    local_id: U8
    _reserved: Pad1
    section: U8
    _reserved_2: Pad1
    coded_font_name: Bytes8
    code_page_name: Bytes8
    character_set_name: Bytes8
    rotation: U16 = 0


@structure("MO:DCA Appendix C Map Coded Font (MCF) Format 1")
class MapCodedFontFormat1(Structure):
    """`group_length` is that of every repeating group; groups of old producers leave the rotation out."""

    group_length: U8
    _reserved: Pad3
    groups: Rest


@structure("MO:DCA Map Page Segment (MPS): repeating group")
class MapPageSegmentGroup(Structure):
    _reserved: Pad4
    name: Bytes8


@structure("MO:DCA Map Page Segment (MPS)")
class MapPageSegment(Structure):
    group_length: U8
    _reserved: Pad3
    groups: Annotated[list[MapPageSegmentGroup], Groups(MapPageSegmentGroup)]


@structure("MO:DCA Map Medium Overlay (MMO): repeating group")
class MapMediumOverlayGroup(Structure):
    local_id: U8
    flags: U8
    _reserved: Pad2
    name: Bytes8


@structure("MO:DCA Map Medium Overlay (MMO)")
class MapMediumOverlay(Structure):
    group_length: U8
    _reserved: Pad3
    groups: Annotated[list[MapMediumOverlayGroup], Groups(MapMediumOverlayGroup)]


@structure("MO:DCA Map Suppression (MSU): repeating group")
class MapSuppressionGroup(Structure):
    name: Bytes8
    _reserved: Pad1
    local_id: U8


@structure("MO:DCA Map Suppression (MSU)")
class MapSuppression(Structure):
    groups: Annotated[list[MapSuppressionGroup], Groups(MapSuppressionGroup)]


@structure("MO:DCA Include Object (IOB)")
class IncludeObject(Structure):
    """Offsets in L-units of the page; -1 and X'FFFF' mean "as the object says"."""

    name: Bytes8
    _reserved: Pad1
    object_type: U8
    x_origin: S24
    y_origin: S24
    x_orientation: U16
    y_orientation: U16
    x_content: S24
    y_content: S24
    reference: U8 = 1
    triplets: Rest = b""


@structure("MO:DCA Include Page Overlay (IPO)")
class IncludePageOverlay(Structure):
    name: Bytes8
    x_origin: S24
    y_origin: S24
    orientation: U16 = 0
    triplets: Rest = b""


@structure("MO:DCA Include Page Segment (IPS)")
class IncludePageSegment(Structure):
    name: Bytes8
    x_origin: S24
    y_origin: S24
    triplets: Rest = b""


@structure("MO:DCA Include Page (IPG)")
class IncludePage(Structure):
    name: Bytes8
    _reserved: Pad8 = None
    flags: U8 = 0x80
    triplets: Rest = b""


@structure("MO:DCA Invoke Medium Map (IMM)")
class InvokeMediumMap(Structure):
    name: Bytes8
    triplets: Rest = b""


@structure("MO:DCA Medium Descriptor (MDD)")
class MediumDescriptor(Structure):
    """A size of 0 or X'FFFFFF' is that of the medium in the printer."""

    x_base: U8
    y_base: U8
    x_units: U16
    y_units: U16
    x_size: U24 = 0
    y_size: U24 = 0
    flags: U8 = 0
    triplets: Rest = b""


@structure("MO:DCA Medium Copy Count (MCC): repeating group")
class CopySubgroup(Structure):
    first: U16
    last: U16
    _reserved: Pad1
    modification_id: U8


@structure("MO:DCA Medium Copy Count (MCC)")
class MediumCopyCount(Structure):
    groups: Annotated[list[CopySubgroup], Groups(CopySubgroup)]


@structure("MO:DCA Medium Modification Control (MMC): keyword")
class MediumKeyword(Structure):
    keyword: U8
    value: U8


@structure("MO:DCA Medium Modification Control (MMC)")
class MediumModificationControl(Structure):
    identifier: U8
    constant: U8
    keywords: Annotated[list[MediumKeyword], Groups(MediumKeyword)]


@structure("MO:DCA Medium Finishing Control (MFC)")
class MediumFinishingControl(Structure):
    """`scope` 4 finishes each sheet, 5 a collection of sheets that `collection` begins or continues."""

    flags: U8
    _reserved: Pad1
    collection: U8
    scope: U8 = 0
    triplets: Rest = b""


@structure("MO:DCA Page Modification Control (PMC)")
class PageModificationControl(Structure):
    identifier: U8
    _reserved: Pad1
    triplets: Rest = b""


@structure("MO:DCA Page Position (PGP) Format 2: repeating group")
class PagePositionGroup(Structure):
    """Page origin on the medium, in L-units of the medium. Flag bit 3: not intended for viewing."""

    x_origin: S24
    y_origin: S24
    orientation: U16
    side: U8
    flags: U8 = 0
    modification_id: U8 = 0xFF


@structure("MO:DCA Page Position (PGP) Format 2")
class PagePosition(Structure):
    constant: U8
    groups: Annotated[list[PagePositionGroup], Groups(PagePositionGroup, prefix=1)]


@structure("MO:DCA Appendix C Page Position (PGP) Format 1")
class PagePositionFormat1(Structure):
    x_origin: S24
    y_origin: S24


@structure("MO:DCA Presentation Environment Control (PEC)")
class PresentationEnvironmentControl(Structure):
    _reserved: Pad2
    triplets: Rest = b""


@structure("MO:DCA Presentation Fidelity Control (PFC)")
class PresentationFidelityControl(Structure):
    flags: U8
    _reserved: Pad3
    triplets: Rest = b""


@structure("MO:DCA Tag Logical Element (TLE)")
class TagLogicalElement(Structure):
    """Attribute name in FQN X'0B', value in triplet X'36'."""

    triplets: Rest


@structure("MO:DCA Link Logical Element (LLE): repeating group")
class LinkGroup(Structure):
    role: U8
    triplets: Rest


@structure("MO:DCA Link Logical Element (LLE)")
class LinkLogicalElement(Structure):
    """`link_type` 1 navigation, 2 annotation, 3 append."""

    link_type: U8
    _reserved: Pad1
    groups: Annotated[list[LinkGroup], Groups(LinkGroup, prefix=2)]


@structure("MO:DCA Index Element (IEL)")
class IndexElement(Structure):
    triplets: Rest


@structure("MO:DCA Preprocess Presentation Object (PPO): repeating group")
class PreprocessGroup(Structure):
    object_type: U8
    _reserved: Pad2
    process_flags: U8
    x_origin: S24
    y_origin: S24
    triplets: Rest = b""


@structure("MO:DCA Preprocess Presentation Object (PPO)")
class PreprocessPresentationObject(Structure):
    groups: Annotated[list[PreprocessGroup], Groups(PreprocessGroup, prefix=2)]


@structure("MO:DCA Container Data Descriptor (CDD)")
class ContainerDataDescriptor(Structure):
    """Size of the object in its container; 0 where the container's own format says it."""

    x_base: U8
    y_base: U8
    x_units: U16
    y_units: U16
    x_size: U24
    y_size: U24
    triplets: Rest = b""


@structure("MO:DCA Form Environment Group Descriptor (FGD, retired)")
class FormGroupDescriptor(Structure):
    parameters: Rest


@structure("MO:DCA Color Attribute Table (CAT, retired)")
class ColorAttributeTable(Structure):
    parameters: Rest


@structure("MO:DCA Appendix C Composed Text Control (CTC)")
class ComposedTextControl(Structure):
    constant: Rest


@structure("MO:DCA No Operation (NOP)")
class NoOperation(Structure):
    data: Rest


@structure(
    "MO:DCA Presentation Text Data (PTX), Image Picture Data (IPD), Graphics Data (GAD), … : object data"
)
class ObjectData(Structure):
    data: Rest
