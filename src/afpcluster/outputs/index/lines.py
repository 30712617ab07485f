"""The index as JSON Lines: an object a line, whose `record` is "document", "group" or "page"."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, ClassVar

from afpcluster.display.facts import PageFacts, Tag
from afpcluster.findings import Findings
from afpcluster.light import dataclass
from afpcluster.outputs.index.entries import EntriesWriter, Packet, group_tags, parent_of
from afpcluster.outputs.output import Sink, Takes

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def page_lines(page: PageFacts) -> bytes:
    """The lines of the groups that begin with a page, and of the page."""
    lines = [
        {
            "record": "group",
            "number": group.number,
            "name": group.name,
            "level": group.level,
            "parent": parent_of(group, page),
            "document": page.place.document,
            "first_page": page.number,
            "offset": group.offset,
            "tags": _tags(group_tags(group)),
        }
        for group in page.groups
    ]
    entry: dict[str, Any] = {
        "record": "page",
        "number": page.number,
        "name": page.name,
        "document": page.place.document,
        "page_in_document": page.place.page,
        "groups": [group.number for group in page.place.groups],
        "width": round(page.width, 3),
        "height": round(page.height, 3),
        "orientation": page.orientation,
        "offset": page.offset,
        "bytes": page.size,
        "medium_map": page.medium_map,
        "tags": _tags(page.tags),
        "fonts": page.used("font"),
        "resources": [{"kind": kind, "name": name} for kind, name in page.uses if kind != "font"],
    }
    if page.loose_tags:
        entry["loose_tags"] = _tags(page.loose_tags)
    if page.notes:
        entry["notes"] = page.notes
    lines.append(entry)
    return b"".join([_ENCODE(line).encode("utf-8", "replace") + b"\n" for line in lines])


def document_line(packet: Packet) -> bytes:
    line = {
        "record": "document",
        "number": packet.document,
        "name": packet.document_name,
        "first_page": packet.first_page,
    }
    return _ENCODE(line).encode("utf-8", "replace") + b"\n"


def _file_line(name: str) -> bytes:
    return _ENCODE({"record": "file", "name": name}).encode("utf-8", "replace") + b"\n"


def _tags(tags: Iterable[Tag]) -> list[dict[str, Any]]:
    return [
        {"name": name, "value": value, "code_page": code_page, "level": level}
        for name, value, code_page, level in tags
    ]


def index_packet(page: PageFacts) -> Packet:
    """The lines of a page, for `LinesWriter`."""
    place = page.place
    return Packet(place.document, place.document_name, page.number, page_lines(page))


class _Maker:
    def packet(self, page: PageFacts) -> Packet:
        return index_packet(page)


def lines_writer(sink: Sink) -> EntriesWriter:
    """Writes packets of this form of the index."""
    return EntriesWriter(sink, document_line, _file_line)


@dataclass(slots=True, frozen=True)
class JsonLinesOutput:
    """The index as JSON Lines."""

    media_type: ClassVar[str] = "application/jsonl"
    takes: ClassVar[Takes] = Takes.FACTS

    def maker(self) -> _Maker:
        return _Maker()

    def writer(self, sink: Sink, findings: Findings) -> EntriesWriter:
        return lines_writer(sink)
