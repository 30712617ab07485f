"""What travels from the maker of a page to the writer of the document, possibly between processes.

Rules: a packet is plain picklable data. It names faces, images and other shared things by key; the thing
itself travels only in the first packet of its maker that uses it (`payloads`). In a content stream the
things are called F1, F2 ... (fonts), I1 ... (images), X1 ... (forms) and P1 ... (patterns), in order of
first use, so that a page's bytes depend on the page alone.
"""

from __future__ import annotations

from dataclasses import field
from typing import NamedTuple

from afpcluster.display.face import Face, FontProgram
from afpcluster.display.geometry import Box, Matrix
from afpcluster.display.place import NOWHERE, GroupStart, Place
from afpcluster.findings import Finding
from afpcluster.light import dataclass
from afpcluster.outputs.index.entries import Packet as IndexPacket
from afpcluster.pdf.values import PdfDict

LAB_NAME = "CIELAB"  # of the one colour space that needs a resource: no name that PDF has itself
MULTIPLY_NAME = "Multiply"  # of the graphics state that blends


class FontUse(NamedTuple):
    """A font of a content stream: a face, or one section (high byte) of a two-byte raster face.
    `codes` are those shown: one byte each, or two for two-byte faces that are not in sections. `texts` are
    what codes stand for that the face knows no text of, such as ligatures: from where they are shown."""

    face_key: str
    section: int | None
    codes: bytes | tuple[int, ...]
    texts: tuple[tuple[int, str], ...] = ()


class LostCharacters(NamedTuple):
    """What a finding says of a character that is not shown, and how often it was to be shown."""

    message: str
    times: int


@dataclass(slots=True)
class Content:
    """A content stream and what it names: position in a tuple is the number in the name, from 1."""

    data: bytes
    compressed: bool
    fonts: tuple[FontUse, ...] = ()
    images: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()  # keys of FormPayload and PdfPayload
    patterns: tuple[str, ...] = ()
    uses_lab: bool = False
    uses_cmyk: bool = False
    multiplies: bool = False  # some form with MULTIPLY_NAME
    nesting: int = 0  # how deep graphics states are saved in each other
    lost: tuple[LostCharacters, ...] = ()


@dataclass(slots=True)
class FacePayload:
    """A face without the data of its program, which travels by itself since faces share it."""

    key: str
    face: Face


@dataclass(slots=True)
class ProgramPayload:
    key: str
    program: FontProgram


@dataclass(slots=True)
class ImagePayload:
    """An image XObject: stream dictionary, encoded data, and its mask's."""

    key: str
    entries: PdfDict
    data: bytes = field(repr=False)
    mask: ImagePayload | None = None


@dataclass(slots=True)
class FormPayload:
    """Items that are stored once: a form XObject, in content units (see `content`). `as_whole` makes a
    transparency group of them."""

    key: str
    content: Content
    box: tuple[int, int, int, int]
    as_whole: bool = False


@dataclass(slots=True)
class PatternPayload:
    """A tiling pattern: its cell in content units, `matrix` to the space of the stream that uses it."""

    key: str
    content: Content
    width: float
    height: float
    matrix: Matrix


@dataclass(slots=True)
class PdfPayload:
    """A page of another PDF file, to become a form XObject on the unit square."""

    key: str
    data: bytes = field(repr=False)
    page: int = 0
    origin: int | None = None  # place in the input of the object that holds it


class Element(NamedTuple):
    """An element of the structure: its type, the marks of its sequences in the order of reading, and of a
    figure the box, in points from the upper left corner of the page, and the alternate text."""

    kind: bytes
    marks: tuple[int, ...]
    box: Box | None = None
    alternate: str = ""


Payload = FacePayload | ProgramPayload | ImagePayload | FormPayload | PatternPayload | PdfPayload


class LinkArea(NamedTuple):
    """A link annotation: corners in points from the page's lower left corner."""

    rectangle: tuple[float, float, float, float]
    uri: str | None
    page: int | None


@dataclass(slots=True)
class PagePacket:
    """Everything the document writer needs for one page; `width` and `height` in points."""

    number: int
    width: float
    height: float
    content: Content
    links: tuple[LinkArea, ...] = ()
    groups: tuple[GroupStart, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()  # the page's own tags
    place: Place = NOWHERE
    index: tuple[IndexPacket, ...] = ()  # what the attached index says of the page
    payloads: list[Payload] = field(default_factory=list)  # what a payload names comes before it
    findings: tuple[Finding, ...] = ()
    objections: tuple[str, ...] = ()  # why it cannot be in an archive
    elements: tuple[Element, ...] = ()  # of a tagged page
