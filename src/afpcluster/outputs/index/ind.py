"""The index as AFP: a MO:DCA document index for each document, as ACIF writes it.

BDI, for each page group an Index Element and its tags, for each page likewise, EDI. Offsets are from the
Begin Document, as the reference says (MO:DCA "Index Element (IEL)", "Begin Document Index (BDI)"). Names
and values are UTF-16BE where EBCDIC (code page 500) does not have their characters. A group's element says
how long it is, so its pages wait until it ends: some hundred bytes each.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import ClassVar

from afpcluster.afp import modca
from afpcluster.afp import triplets as t
from afpcluster.afp.declare import Structure, made
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import encode
from afpcluster.afp.names import encode_name
from afpcluster.afp.triplets import FqnType
from afpcluster.afp.triplets_control import (
    AttributeQualifier,
    MediumMapPageNumber,
    ObjectByteExtent,
    ObjectByteOffset,
    ObjectCount,
)
from afpcluster.display.facts import PageFacts, Tag
from afpcluster.display.place import GroupStart
from afpcluster.findings import Findings
from afpcluster.light import dataclass
from afpcluster.outputs.index.entries import group_tags
from afpcluster.outputs.output import Sink, Takes

_PAGE = 0xAF  # object type of pages in Object Count
_EBCDIC, _UTF16 = 500, 1200
_LONGEST = 250  # bytes of a name or value in a triplet


def _triplet(value: Structure) -> bytes:
    return t.encode_triplet(t.TRIPLET_IDS[type(value)], value.encode())


def _characters(*texts: str) -> tuple[bytes, list[bytes]]:
    """The triplet that says how texts are encoded, where it is not the default, and the texts encoded."""
    if all(text.encode("cp500", "ignore").decode("cp500") == text for text in texts):
        return b"", [text.encode("cp500")[:_LONGEST] for text in texts]
    coded = _triplet(t.CodedGraphicCharacterSet(0, _UTF16))
    return coded, [text.encode("utf-16-be", "replace")[:_LONGEST] for text in texts]


def _name(kind: int, name: bytes) -> bytes:
    return _triplet(t.FullyQualifiedName(kind, 0, name))


def _offset(value: int) -> bytes:
    return _triplet(ObjectByteOffset(value & 0xFFFFFFFF, value >> 32))


def _extent(value: int) -> bytes:
    return _triplet(ObjectByteExtent(value & 0xFFFFFFFF, value >> 32))


def tag_field(tag: Tag, number: int) -> bytes:
    """A Tag Logical Element; `number` is its place among those of its group or page, from 1."""
    coded, (name, value) = _characters(tag.name, tag.value)
    attribute = _name(FqnType.ATTRIBUTE_GID, name) + _triplet(made(t.AttributeValue, value=value))
    return encode(CODES["TLE"], coded + attribute + _triplet(AttributeQualifier(number, tag.level)))


def _tags(tags: Iterable[Tag]) -> bytes:
    return b"".join([tag_field(tag, number) for number, tag in enumerate(tags, 1)])


def page_element(page: PageFacts) -> bytes:
    """The element of a page, and its tags."""
    coded, (own, name, medium_map) = _characters(f"P{page.number:07}", page.name, page.medium_map)
    triplets = coded + _name(FqnType.INDEX_ELEMENT_GID, own) + _name(FqnType.BEGIN_PAGE, name)
    if page.medium_map:
        triplets += _name(FqnType.BEGIN_MEDIUM_MAP, medium_map) + _triplet(MediumMapPageNumber(page.map_page))
    triplets += _offset(page.offset - page.document_start) + _extent(page.size)
    return encode(CODES["IEL"], triplets) + _tags((*page.loose_tags, *page.tags))


@dataclass(slots=True)
class _OpenGroup:
    """A group whose end has not come: what lies in it is written behind its element."""

    start: GroupStart
    medium_map: str
    document_start: int
    pages: int = 0
    inside: list[bytes] = field(default_factory=list)

    def element(self, end: int) -> bytes:
        """The element of the group, which ends at `end`, and its tags."""
        own = f"G{self.start.number:07}"
        coded, (own_name, name, medium_map) = _characters(own, self.start.name, self.medium_map)
        triplets = coded + _name(FqnType.INDEX_ELEMENT_GID, own_name)
        triplets += _name(FqnType.BEGIN_PAGE_GROUP, name)
        if self.medium_map:
            triplets += _name(FqnType.BEGIN_MEDIUM_MAP, medium_map)
        triplets += _offset(self.start.offset - self.document_start) + _extent(end - self.start.offset)
        triplets += _triplet(made(ObjectCount, object_type=_PAGE, count=self.pages))
        return encode(CODES["IEL"], triplets) + _tags(group_tags(self.start))


class _Maker:
    def packet(self, page: PageFacts) -> tuple[PageFacts, bytes]:
        return page, page_element(page)


class _Writer:
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._size = 0
        self._document: int | None = None
        self._open: list[_OpenGroup] = []
        self._page_end = 0

    def add(self, packet: tuple[PageFacts, bytes]) -> None:
        page, element = packet
        around = page.place.groups
        kept = 0
        while kept < min(len(around), len(self._open)) and self._open[kept].start == around[kept]:
            kept += 1
        self._close(kept, self._page_end)
        if page.place.document != self._document:
            self._end_document()
            self._document = page.place.document
            self._put(_begin(page.place.document_name))
        for group in around[kept:]:
            self._open.append(_OpenGroup(group, page.medium_map, page.document_start))
        for opened in self._open:
            opened.pages += 1
        self._put(element)
        self._page_end = page.offset + page.size
        for end in page.group_ends[: len(self._open)]:
            self._close(len(self._open) - 1, end)

    def begin_file(self, name: str) -> None:
        self._close(0, self._page_end)
        self._end_document()
        self._document = None

    def _close(self, left: int, end: int) -> None:
        """Write the open groups but the outermost `left`; they end at `end`."""
        while len(self._open) > left:
            group = self._open.pop()
            self._put(group.element(end))
            for part in group.inside:
                self._put(part)

    def _put(self, data: bytes) -> None:
        if self._open:
            self._open[-1].inside.append(data)
        else:
            self._sink.write(data)
            self._size += len(data)

    def _end_document(self) -> None:
        if self._document is not None:
            self._put(encode(CODES["EDI"], encode_name("INDEX")))

    def finish(self) -> int:
        self._close(0, self._page_end)
        self._end_document()
        return self._size


def _begin(document: str) -> bytes:
    coded, (name,) = _characters(document)
    triplets = coded + _name(FqnType.BEGIN_DOCUMENT, name) if document else b""
    return encode(CODES["BDI"], modca.Begin(encode_name("INDEX"), triplets).encode())


@dataclass(slots=True, frozen=True)
class IndOutput:
    """The index as a MO:DCA document index."""

    media_type: ClassVar[str] = "application/vnd.ibm.modcap"
    takes: ClassVar[Takes] = Takes.FACTS

    def maker(self) -> _Maker:
        return _Maker()

    def writer(self, sink: Sink, findings: Findings) -> _Writer:
        return _Writer(sink)
