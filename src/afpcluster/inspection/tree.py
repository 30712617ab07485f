"""A print file -> its structured fields in order, each with its place, its nesting and its parts. Streaming:
one window of the file is in memory, and the names of what is open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from afpcluster.afp import code_pages
from afpcluster.afp.dissect import Part, dissect
from afpcluster.afp.fields import CODES, end_of, is_begin, is_end, known, mnemonic
from afpcluster.afp.framing import RecordFile
from afpcluster.afp.names import decode_name
from afpcluster.afp.views import Source
from afpcluster.document.attributes import declared_code_page
from afpcluster.findings import ConversionError, Findings, Severity
from afpcluster.light import dataclass

_BPG, _EPG, _BRS, _ERS, _BDT = (CODES[name] for name in ("BPG", "EPG", "BRS", "ERS", "BDT"))
_DEEPEST = 64


@dataclass(slots=True, frozen=True)
class FieldShown:
    """One structured field. `offset` is that of its X'5A' in the file, `length` the bytes from there to its
    end, `level` how many objects it lies in, `page` the page of the file that it is of (None: of none)."""

    offset: int
    length: int
    type: int
    level: int
    page: int | None
    data: bytes
    code_page: int

    @property
    def mnemonic(self) -> str:
        return mnemonic(self.type)

    @property
    def title(self) -> str:
        """The name of the field in the reference."""
        found = known(self.type)
        return found.name if found else "Unknown field"

    @property
    def name(self) -> str:
        """The name that a Begin or End gives."""
        return decode_name(self.data[:8]) if is_begin(self.type) or is_end(self.type) else ""

    @property
    def parts(self) -> list[Part]:
        return dissect(self.type, self.data, self.code_page)

    def as_dict(self, *, brief: bool = False) -> dict[str, Any]:
        """As JSON has it; `brief` without its parts."""
        head = {
            "offset": self.offset,
            "length": self.length,
            "type": f"{self.type:06X}",
            "mnemonic": self.mnemonic,
            "title": self.title,
            "level": self.level,
            "page": self.page,
        }
        return head if brief else {**head, "parts": [part.as_dict() for part in self.parts]}


def fields_of(source: Source, findings: Findings) -> Iterator[FieldShown]:
    """Every structured field, to the end of the file or where it is cut off; damage goes to `findings`.
    Nothing comes of a file that is not AFP, and a finding says so."""
    try:
        file = RecordFile(source, findings)
        yield from _fields(file, findings)
    except ConversionError as error:
        findings.at(error.offset)(error.code, error.message, severity=Severity.ERROR)


def _fields(file: RecordFile, findings: Findings) -> Iterator[FieldShown]:
    opened: list[tuple[int, int]] = []  # Begin fields and the code pages that they declare
    pages, page, resources = 0, None, 0
    for type_, at, end, window, begin in file.scan(report=True):
        data = file.data(at, end, window, begin, findings)
        if is_end(type_):
            for depth in range(len(opened) - 1, -1, -1):
                if end_of(opened[depth][0]) == type_:
                    del opened[depth:]
                    break
        outer = opened[-1][1] if opened else code_pages.DEFAULT
        resources += (type_ == _BRS) - (type_ == _ERS and resources > 0)
        if type_ == _BPG and not resources:
            pages += 1
            page = pages
        offset = file.origin(at)
        yield FieldShown(offset, file.origin(end) - offset, type_, len(opened), page, data, outer)
        if type_ == _EPG:
            page = None
        if is_begin(type_) and len(opened) < _DEEPEST:
            opened.append((type_, declared_code_page(data[10 if type_ == _BDT else 8 :], outer)))
