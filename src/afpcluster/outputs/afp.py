"""Pages -> a print file of these pages, with the resources they use and no others.

A resource group goes first, with an envelope for each resource; then the documents, with their groups, tags
and invocations of medium maps around the pages that are there. What only one document had stands in it in
front of the first page that uses it. Joined print files stay so: each with its own resource group.
MO:DCA Chapter 4 "Print File", "Resource Groups".
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import BinaryIO, ClassVar, NamedTuple

from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import encode
from afpcluster.afp.names import encode_name
from afpcluster.display.place import Place
from afpcluster.display.source import Piece, SourcePage, SourceResource
from afpcluster.findings import Findings, Severity
from afpcluster.light import dataclass
from afpcluster.outputs.output import Sink, Takes
from afpcluster.outputs.scratch import scratch_file

_BEGIN_GROUP = encode(CODES["BRG"], encode_name("RESOURCE"))
_END_GROUP, _END_PAGES = encode(CODES["ERG"]), encode(CODES["ENG"])
_END_DOCUMENT = encode(CODES["EDT"])
_COPIED_AT_ONCE = 1 << 20


class _Fields(NamedTuple):
    """Fields that are written once; `data` is None where the maker sent them before."""

    key: Hashable
    data: bytes | None


class _Resource(NamedTuple):
    fields: _Fields
    order: tuple[int, int, str]
    joined: int
    in_document: bool


class _Packet(NamedTuple):
    number: int
    place: Place
    joined: int
    before: bytes
    fields: bytes
    document: _Fields
    groups: tuple[bytes, ...]
    medium_map: _Fields | None
    slot: tuple[int, int]
    resources: tuple[_Resource, ...]


class _Maker:
    def __init__(self) -> None:
        self._sent: set[Hashable] = set()  # resources of the print file
        self._sent_in_document: set[Hashable] = set()
        self._document: Hashable = None  # with the joined file that it is in
        self._medium_map: Hashable = None

    def packet(self, page: SourcePage) -> _Packet:
        around = (page.joined, page.document.key)
        document = _fields(page.document, around == self._document)
        if around != self._document:
            self._document, self._medium_map = around, None
            self._sent_in_document.clear()
        medium_map = page.medium_map
        invoked = _fields(medium_map, medium_map.key == self._medium_map) if medium_map is not None else None
        self._medium_map = medium_map.key if medium_map is not None else None
        return _Packet(
            page.number,
            page.place,
            page.joined,
            page.before,
            page.fields + page.behind,
            document,
            page.groups,
            invoked,
            page.slot,
            tuple([self._resource(one) for one in page.resources]),
        )

    def _resource(self, one: SourceResource) -> _Resource:
        sent = self._sent_in_document if one.in_document else self._sent
        key = (one.joined, one.piece.key)
        fields = _fields(one.piece, key in sent)
        sent.add(key)
        return _Resource(fields, one.order, one.joined, one.in_document)


def _fields(piece: Piece, sent: bool) -> _Fields:
    return _Fields(piece.key, None if sent else piece.read())


@dataclass(slots=True)
class _JoinedFile:
    """What of one joined print file is written: where its documents are in the scratch file."""

    begin: int
    end: int


class _Held(NamedTuple):
    """A resource in the scratch file: its order in the resource group, and where it is."""

    order: tuple[int, int, str]
    offset: int
    size: int


class _Writer:
    """The resource group is known when all pages have come, so these wait in a scratch file."""

    def __init__(self, sink: Sink, findings: Findings) -> None:
        self._sink = sink
        self._findings = findings
        self._pages = scratch_file()
        self._resources = scratch_file()
        self._held: dict[int, dict[Hashable, _Held]] = {}  # by joined print file
        self._joined: dict[int, _JoinedFile] = {}
        self._document: tuple[int, Hashable] | None = None
        self._in_document: set[Hashable] = set()  # keys of the resources that stand in it
        self._groups: list[int] = []  # numbers of those that are open
        self._medium_map: Hashable = None
        self._since = 0  # pages since the medium map was invoked
        self._size = 0

    def add(self, packet: _Packet) -> None:
        around = [group.number for group in packet.place.groups]
        if (packet.joined, packet.document.key) != self._document:
            self._end_document()
            self._begin_document(packet)
        kept = 0
        while kept < min(len(around), len(self._groups)) and self._groups[kept] == around[kept]:
            kept += 1
        self._end_groups(kept)
        self._pages.write(packet.before)  # here, so that no tag becomes one of a group
        self._take(packet)
        for number, head in zip(around[kept:], packet.groups[kept:], strict=True):
            self._groups.append(number)
            self._pages.write(head)
        self._invoke(packet)
        self._pages.write(packet.fields)

    def _begin_document(self, packet: _Packet) -> None:
        at = self._pages.tell()
        self._joined.setdefault(packet.joined, _JoinedFile(at, at))
        self._document = (packet.joined, packet.document.key)
        assert packet.document.data is not None  # the first page of a document brings it
        self._pages.write(packet.document.data)

    def _take(self, packet: _Packet) -> None:
        """Keep the resources that a page is the first to use, or write those of its document."""
        written: list[bytes] = []
        for fields, order, joined, in_document in sorted(packet.resources, key=lambda one: one.order):
            if fields.data is None:
                continue
            if in_document:
                if fields.key not in self._in_document:
                    self._in_document.add(fields.key)
                    written.append(fields.data)
            elif fields.key not in (held := self._held.setdefault(joined, {})):
                held[fields.key] = _Held(order, self._resources.tell(), len(fields.data))
                self._resources.write(fields.data)
        if written:
            self._pages.write(_BEGIN_GROUP + b"".join(written) + _END_GROUP)

    def _invoke(self, packet: _Packet) -> None:
        """Invoke the medium map of a page, where another one is in force."""
        invoked = packet.medium_map
        if invoked is not None and invoked.key != self._medium_map:
            assert invoked.data is not None  # the first page under a medium map brings it
            self._pages.write(invoked.data)
            self._medium_map, self._since = invoked.key, 0
        before, slots = packet.slot
        if before % slots != self._since % slots:
            with self._findings.on_page(packet.number, packet.place.offset):
                self._findings.at(None, "IMM", "MO:DCA Invoke Medium Map (IMM)")(
                    "sheet-place-changed",
                    "Pages in front of this one that share its sheet are left out; its medium map may give "
                    "it another side or other overlays",
                    severity=Severity.SUBSTITUTED,
                )
        self._since += 1

    def _end_groups(self, left: int) -> None:
        while len(self._groups) > left:
            self._groups.pop()
            self._pages.write(_END_PAGES)

    def _end_document(self) -> None:
        if self._document is None:
            return
        self._end_groups(0)
        self._pages.write(_END_DOCUMENT)
        self._joined[self._document[0]].end = self._pages.tell()
        self._document, self._medium_map, self._since = None, None, 0
        self._in_document.clear()

    def finish(self) -> int:
        with self._pages, self._resources:
            self._end_document()
            numbers = sorted(self._joined.keys() | self._held.keys())
            several = len(numbers) > 1
            if several and numbers[0] > 1:  # else the others would have the resources of the first, too
                self._put(_BEGIN_GROUP + _END_GROUP)
            for number in numbers:
                self._write_resources(number, even_none=several and number > 1)
                documents = self._joined.get(number, _JoinedFile(0, 0))
                self._copy(self._pages, documents.begin, documents.end - documents.begin)
        return self._size

    def _write_resources(self, number: int, *, even_none: bool) -> None:
        """The resource group of a joined print file; an empty one, too, tells it from those in front."""
        held = sorted(self._held.get(number, {}).values())
        if not held and not even_none:
            return
        self._put(_BEGIN_GROUP)
        for one in held:
            self._copy(self._resources, one.offset, one.size)
        self._put(_END_GROUP)

    def _copy(self, file: BinaryIO, offset: int, size: int) -> None:
        file.seek(offset)
        while size > 0:
            data = file.read(min(size, _COPIED_AT_ONCE))
            size -= len(data)
            self._put(data)

    def _put(self, data: bytes) -> None:
        self._sink.write(data)
        self._size += len(data)

    def abandon(self) -> None:
        self._pages.close()
        self._resources.close()


@dataclass(slots=True, frozen=True)
class AfpOutput:
    """The pages as a print file."""

    media_type: ClassVar[str] = "application/vnd.afpc.modca"
    takes: ClassVar[Takes] = Takes.SOURCE

    def maker(self) -> _Maker:
        return _Maker()

    def writer(self, sink: Sink, findings: Findings) -> _Writer:
        return _Writer(sink, findings)
