"""For programs in Python: what is in print files, as plain values (docs/python.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from afpcluster.conversion.work import Work
from afpcluster.document.document_index import read_document_index
from afpcluster.findings import Findings, NotAfpError
from afpcluster.inspection.tree import FieldShown, fields_of
from afpcluster.options import Options
from afpcluster.outputs.index.lines import JsonLinesOutput, document_line
from afpcluster.outputs.output import Takes


def index(source: BinaryIO, options: Options | None = None) -> Iterator[dict[str, Any]]:
    """The index of a print file, entry by entry as in JSON Lines (docs/how-to/index.md); or of a MO:DCA
    document index (.ind) the groups and pages that it points to. Raises ConversionError."""
    try:
        yield from _of_pages(source, options or Options())
    except NotAfpError as error:
        source.seek(0)
        pointed = list(read_document_index(source, Findings())) if error.code == "input-no-pages" else []
        if not pointed:
            raise
        for one in pointed:
            yield {
                "record": one.kind,
                "name": one.name,
                "document": one.document,
                "offset": one.offset,
                "bytes": one.size,
                "pages": one.pages,
                "medium_map": one.medium_map,
                "tags": [tag._asdict() for tag in one.tags],
            }


def _of_pages(source: BinaryIO, options: Options) -> Iterator[dict[str, Any]]:
    document: int | None = None
    with Work(source, options) as work:
        for _, packet in work.packets(JsonLinesOutput().maker(), Takes.FACTS):
            if packet is None:  # never, with one process
                continue
            if packet.document != document:
                document = packet.document
                yield json.loads(document_line(packet))
            yield from map(json.loads, packet.data.splitlines())


def inspect(source: BinaryIO, findings: Findings | None = None) -> Iterator[FieldShown]:
    """Every structured field of a file, sound or damaged: `offset`, `length`, `mnemonic`, `level`, `page`,
    `name`, and its decoded `parts`. What is wrong with the file goes to `findings`; nothing is raised."""
    return fields_of(source, Findings() if findings is None else findings)
