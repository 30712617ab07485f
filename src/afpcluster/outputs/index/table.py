"""The index as CSV: a row for each document, group, page, tag, note, font and resource, in the order of the
file. A tag's or note's row stands behind that of what it belongs to. UTF-8, RFC 4180;
text that a spreadsheet would take for a formula has an apostrophe in front."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any, ClassVar

from afpcluster.display.facts import PageFacts, Tag
from afpcluster.findings import Findings
from afpcluster.light import dataclass
from afpcluster.outputs.index.entries import EntriesWriter, Packet, group_tags
from afpcluster.outputs.output import Sink, Takes
from afpcluster.spreadsheet import cells

COLUMNS = (
    *("record", "document", "group", "page", "level", "name", "value", "code_page"),
    *("width", "height", "orientation", "offset", "bytes", "medium_map"),
)


def _rows(rows: Iterable[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writerows(map(cells, rows))
    return text.getvalue().encode("utf-8", "replace")


def page_rows(page: PageFacts) -> bytes:
    """The rows of the groups that begin with a page, and of the page."""
    rows: list[dict[str, Any]] = []
    for group in page.groups:
        of_group: dict[str, Any] = {"document": page.place.document, "group": group.number}
        rows.append(
            {"record": "group", "page": page.number, "level": group.level, "name": group.name}
            | {"offset": group.offset}
            | of_group
        )
        rows += _tags(group_tags(group), of_group)
    around = page.place.groups
    about: dict[str, Any] = {
        "document": page.place.document,
        "group": around[-1].number if around else "",
        "page": page.number,
    }
    rows.append(
        {
            "record": "page",
            "level": len(around),
            "name": page.name,
            "width": round(page.width, 3),
            "height": round(page.height, 3),
            "orientation": page.orientation,
            "offset": page.offset,
            "bytes": page.size,
            "medium_map": page.medium_map,
        }
        | about
    )
    rows += _tags((*page.loose_tags, *page.tags), about)
    rows += [{"record": "note", "value": note} | about for note in page.notes]
    rows += [{"record": used.kind, "name": used.name} | about for used in page.uses]
    return _rows(rows)


def _tags(tags: Iterable[Tag], about: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"record": "tag"} | tag._asdict() | about for tag in tags]


class _Maker:
    def packet(self, page: PageFacts) -> Packet:
        place = page.place
        return Packet(place.document, place.document_name, page.number, page_rows(page))


def _document_row(packet: Packet) -> bytes:
    row = {"record": "document", "document": packet.document, "name": packet.document_name}
    return _rows([row | {"page": packet.first_page}])


def _file_row(name: str) -> bytes:
    return _rows([{"record": "file", "name": name}])


@dataclass(slots=True, frozen=True)
class CsvOutput:
    """The index as a table."""

    media_type: ClassVar[str] = "text/csv; charset=utf-8"
    takes: ClassVar[Takes] = Takes.FACTS

    def maker(self) -> _Maker:
        return _Maker()

    def writer(self, sink: Sink, findings: Findings) -> EntriesWriter:
        return EntriesWriter(
            sink, _document_row, _file_row, head=_rows([dict(zip(COLUMNS, COLUMNS, strict=True))])
        )
