"""Structured fields as the sample needs them: thin helpers over the declared structures.

All measurements are twips: units of 1/1440 inch, X'3840' per 10 inches.
"""

from __future__ import annotations

from collections.abc import Iterable

from afpcluster.afp import modca, triplets
from afpcluster.afp.declare import Structure
from afpcluster.afp.declare import made as made
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import encode
from afpcluster.afp.names import encode_name
from afpcluster.sample.typefaces import BODY_CODED_FONT, CODE_PAGE, Style, encode_text, typeface

UNITS = 14_400  # per 10 inches
PAGE_WIDTH, PAGE_HEIGHT = 11_906, 16_838  # A4


def field(mnemonic: str, content: Structure | bytes = b"") -> bytes:
    """One structured field."""
    return encode(CODES[mnemonic], content if isinstance(content, bytes) else content.encode())


def begin(mnemonic: str, name: str) -> bytes:
    return field(mnemonic, encode_name(name))


def triplet(content: Structure) -> bytes:
    """A declared triplet with its length and identifier."""
    return triplets.encode_triplet(triplets.TRIPLET_IDS[type(content)], content.encode())


def qualified_name(kind: int, name: bytes) -> bytes:
    return triplet(triplets.FullyQualifiedName(kind, 0, name))


def enclosed(begin_mnemonic: str, name: str, body: Iterable[bytes], begin_data: bytes = b"") -> bytes:
    """Begin field, body, End field; `begin_data` follows the name in the Begin field."""
    end = "E" + begin_mnemonic[1:]
    return b"".join(
        (field(begin_mnemonic, encode_name(name) + begin_data), *body, field(end, encode_name(name)))
    )


def resource(name: str, object_type: int, body: bytes) -> bytes:
    """A resource object in its envelope (MO:DCA "Begin Resource (BRS)")."""
    kind = triplet(triplets.ResourceObjectType(object_type, bytes(7)))
    head = modca.BeginReserved(encode_name(name), 0, kind).encode()
    return field("BRS", head) + body + field("ERS", encode_name(name))


def map_coded_fonts(styles: Iterable[Style] = Style) -> bytes:
    """The Map Coded Font (MCF) of every page: the body font by coded font, the others by character set."""
    kinds = triplets.FqnType
    groups = []
    for style in styles:
        face = typeface(style)
        if style == Style.BODY:
            names = qualified_name(kinds.CODED_FONT, encode_name(BODY_CODED_FONT))
            size = b""
        else:
            names = qualified_name(kinds.CODE_PAGE, encode_name(CODE_PAGE)) + qualified_name(
                kinds.FONT_CHARACTER_SET, encode_name(face.character_set)
            )
            size = triplet(
                triplets.FontDescriptorSpecification(face.weight, 5, round(face.points * 20), 0, 0, bytes(10))
            )
        local = triplet(triplets.ResourceLocalIdentifier(5, style))
        groups.append(modca.MapGroup(names + local + size))
    return field("MCF", modca.MapResources(groups))


def page_descriptors() -> list[bytes]:
    """Page Descriptor (PGD) and Presentation Text Data Descriptor (PTD) of an A4 sheet."""
    sizes = (0, 0, UNITS, UNITS, PAGE_WIDTH, PAGE_HEIGHT)
    return [
        field("PGD", modca.PageDescriptor(*sizes)),
        field("PTD", modca.PresentationTextDescriptor(*sizes)),
    ]


def text_object(name: str, parts: Iterable[bytes]) -> bytes:
    return enclosed("BPT", name, (field("PTX", part) for part in parts))


def tag(name: str, value: str) -> bytes:
    """A Tag Logical Element (TLE); names and values in the code page of the print file."""
    kind = triplets.FqnType.ATTRIBUTE_GID
    return field(
        "TLE",
        modca.TagLogicalElement(
            qualified_name(kind, encode_text(name))
            + triplet(made(triplets.AttributeValue, value=encode_text(value)))
        ),
    )
