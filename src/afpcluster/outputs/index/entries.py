"""What every form of the index says of pages, in their order: each document and group in front of its first
page. Makers make the rows of pages and groups; documents are the writer's, who alone sees them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from afpcluster.display.facts import PageFacts, Tag
from afpcluster.display.place import GroupStart
from afpcluster.outputs.output import Sink


class Packet(NamedTuple):
    """A page's part of the index: its document, and the finished bytes of its groups and the page."""

    document: int
    document_name: str
    first_page: int
    data: bytes


def group_tags(group: GroupStart) -> list[Tag]:
    """The tags of a group, each with the code page of its characters."""
    return [
        Tag(name, value, code_page, group.level)
        for (name, value), code_page in zip(group.attributes, group.code_pages, strict=True)
    ]


def parent_of(group: GroupStart, page: PageFacts) -> int | None:
    """The number of the group that a group lies in."""
    return page.place.groups[group.level - 1].number if group.level else None


class EntriesWriter:
    """Puts what `entry_of` says of a document in front of its first page; `file_entry` says of a print
    file, where there are several, what goes in front of it; `head` goes before everything."""

    def __init__(
        self,
        sink: Sink,
        entry_of: Callable[[Packet], bytes],
        file_entry: Callable[[str], bytes],
        head: bytes = b"",
    ) -> None:
        self._sink = sink
        self._entry_of = entry_of
        self._file_entry = file_entry
        self._size = 0
        self._document: int | None = None
        if head:
            self._put(head)

    def _put(self, data: bytes) -> None:
        self._sink.write(data)
        self._size += len(data)

    def begin_file(self, name: str) -> None:
        self._document = None
        self._put(self._file_entry(name))

    def add(self, packet: Packet) -> None:
        if packet.document != self._document:
            self._document = packet.document
            self._put(self._entry_of(packet))
        self._put(packet.data)

    def finish(self) -> int:
        return self._size
