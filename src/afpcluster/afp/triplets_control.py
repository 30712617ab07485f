"""Triplets that move nothing on a page: index positions, counts, stamps, finishing and fidelity controls.

MO:DCA Chapter 6 "MO:DCA Triplets". `afp.triplets` has the others, and the table of all.
"""

from __future__ import annotations

from afpcluster.afp.declare import U8, U16, U32, Pad1, Pad2, Rest, Structure, structure


@structure("MO:DCA MO:DCA Interchange Set Triplet X'18'")
class InterchangeSet(Structure):
    kind: U8
    identifier: U16


@structure("MO:DCA Object Byte Offset Triplet X'2D'")
class ObjectByteOffset(Structure):
    offset: U32
    high_offset: U32 = 0


@structure("MO:DCA Object Byte Extent Triplet X'57'")
class ObjectByteExtent(Structure):
    extent: U32
    high_extent: U32 = 0


@structure("MO:DCA Object Structured Field Offset Triplet X'58'")
class ObjectStructuredFieldOffset(Structure):
    offset: U32
    high_offset: U32 = 0


@structure("MO:DCA Object Structured Field Extent Triplet X'59'")
class ObjectStructuredFieldExtent(Structure):
    extent: U32
    high_extent: U32 = 0


@structure("MO:DCA Object Count Triplet X'5E'")
class ObjectCount(Structure):
    object_type: U8
    _reserved: Pad1
    count: U32
    high_count: U32 = 0


@structure("MO:DCA Local Date and Time Stamp Triplet X'62'")
class LocalDateAndTimeStamp(Structure):
    kind: U8
    stamp: Rest


@structure("MO:DCA Comment Triplet X'65'")
class Comment(Structure):
    text: Rest


@structure("MO:DCA Universal Date and Time Stamp Triplet X'72'")
class UniversalDateAndTimeStamp(Structure):
    _reserved: Pad1
    year: U16
    month: U8
    day: U8
    hour: U8
    minute: U8
    second: U8
    zone: U8
    zone_hours: U8
    zone_minutes: U8


@structure("MO:DCA Toner Saver Triplet X'74'")
class TonerSaver(Structure):
    _reserved: Pad1
    control: U8


@structure("MO:DCA Color Fidelity Triplet X'75'")
class ColorFidelity(Structure):
    continuation: U8
    _reserved: Pad1
    reporting: U8
    _reserved_2: Pad1
    substitution: U8


@structure("MO:DCA Font Fidelity Triplet X'78'")
class FontFidelity(Structure):
    continuation: U8


@structure("MO:DCA Attribute Qualifier Triplet X'80'")
class AttributeQualifier(Structure):
    sequence: U32
    level: U32


@structure("MO:DCA Parameter Value Triplet X'82'")
class ParameterValue(Structure):
    _reserved: Pad1
    syntax: U8
    value: Rest


@structure("MO:DCA Presentation Control Triplet X'83'")
class PresentationControl(Structure):
    flags: U8


@structure("MO:DCA Finishing Operation Triplet X'85'")
class FinishingOperation(Structure):
    operation: U8
    _reserved: Pad2
    reference: U8
    count: U8
    axis_offset: U16
    positions: Rest = b""


@structure("MO:DCA Text Fidelity Triplet X'86'")
class TextFidelity(Structure):
    continuation: U8
    _reserved: Pad1
    reporting: U8
    reserved: Rest = b""


@structure("MO:DCA Media Fidelity Triplet X'87'")
class MediaFidelity(Structure):
    continuation: U8
    reserved: Rest = b""


@structure("MO:DCA Finishing Fidelity Triplet X'88'")
class FinishingFidelity(Structure):
    continuation: U8
    _reserved: Pad1
    reporting: U8
    reserved: Rest = b""


@structure("MO:DCA Locale Selector Triplet X'8C'")
class LocaleSelector(Structure):
    _reserved: Pad1
    flags: U8
    locale: Rest


@structure("MO:DCA UP3i Finishing Operation Triplet X'8E'")
class Up3iFinishingOperation(Structure):
    sequence: U8
    _reserved: Pad1
    data: Rest


@structure("MO:DCA Rendering Intent Triplet X'95'")
class RenderingIntent(Structure):
    _reserved: Pad2
    ioca: U8
    container: U8
    ptoca: U8
    goca: U8
    reserved: Rest = b""


@structure("MO:DCA CMR Tag Fidelity Triplet X'96'")
class CmrTagFidelity(Structure):
    continuation: U8
    _reserved: Pad1
    reporting: U8
    reserved: Rest = b""


@structure("MO:DCA Device Appearance Triplet X'97'")
class DeviceAppearance(Structure):
    _reserved: Pad1
    appearance: U16
    reserved: Rest = b""


@structure("MO:DCA Keep Group Together Triplet X'9D'")
class KeepGroupTogether(Structure):
    _reserved: Pad1
    control: U8


@structure("MO:DCA Setup Name Triplet X'9E'")
class SetupName(Structure):
    _reserved: Pad2
    name: Rest


@structure("MO:DCA Medium Map Page Number Triplet X'56'")
class MediumMapPageNumber(Structure):
    number: U32
