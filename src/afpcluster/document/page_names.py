"""Pages, page groups and documents by name: a walk over the whole file, made when a link first asks.

Names are looked for in one document first; the first of a name counts. MO:DCA "Begin Page (BPG)", "Begin
Named Page Group (BNG)", "Begin Document (BDT)".
"""

from __future__ import annotations

from functools import cached_property

from afpcluster.afp.framing import RecordFile, window_for
from afpcluster.document.assembly import Assembler
from afpcluster.document.attributes import begin_name
from afpcluster.findings import ConversionError, Findings

_ANY = -1
_PAGE, _GROUP, _DOCUMENT = range(3)


class PageNames:
    """Numbers of pages, from 1 in the whole file. `document` counts documents from 1. What is wrong with
    `file` is reported by whoever converts it, so it has findings of its own."""

    def __init__(self, file: RecordFile) -> None:
        self._file = file

    def page(self, name: str, document: int) -> int | None:
        return self._find(_PAGE, name, document)

    def group(self, name: str, document: int) -> int | None:
        """The first page of the group."""
        return self._find(_GROUP, name, document)

    def document(self, name: str) -> int | None:
        """Which document has this name."""
        return self._numbers.get((_DOCUMENT, _ANY, name))

    def _find(self, kind: int, name: str, document: int) -> int | None:
        return self._numbers.get((kind, document, name), self._numbers.get((kind, _ANY, name)))

    @cached_property
    def _numbers(self) -> dict[tuple[int, int, str], int]:
        found: dict[tuple[int, int, str], int] = {}

        def note(kind: int, document: int, name: str, number: int) -> None:
            found.setdefault((kind, document, name), number)
            found.setdefault((kind, _ANY, name), number)

        assembler = Assembler(self._file, Findings(), accept_truncated=True)
        try:
            for unit in assembler.pages():
                begin = next(self._file.scan(unit.start, stop=unit.end, window_size=window_for(0)))
                name = begin_name(self._file.data(*begin[1:]), unit.code_page)
                note(_PAGE, unit.document, name, unit.number)
                note(_DOCUMENT, _ANY, assembler.document_name, unit.document)
                for group in unit.groups:
                    note(_GROUP, unit.document, group.name, unit.number)
        except ConversionError:
            pass  # whoever converts the pages reports it
        return found
