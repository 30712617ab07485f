"""Structured fields without X'5A' in front: a view that puts it there.

They are taken for fields where the lengths of several lead from one to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from afpcluster.afp.damage import FILLER
from afpcluster.afp.fields import FIELDS
from afpcluster.afp.views import BUFFER, Piece, Source, View

_CHAIN = 3  # fields in a row that no chance makes
_CANDIDATE = re.compile(rb"(?=..\xd3)", re.DOTALL)


class MarkedFields(View):
    """Structured fields without X'5A', with it; line ends and filler between them stay."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._take_notes()

    def _pieces(self, at: int) -> Iterator[Piece]:
        size = self._source_size
        buffer, base = b"", at
        while at < size:
            p = at - base
            if p + 0x10000 > len(buffer) and base + len(buffer) < size:
                self._source.seek(at)
                buffer, base, p = self._source.read(BUFFER), at, 0
            length = unmarked_length(buffer, p)
            mark = 1 if length and at + length <= size else 0
            if not mark:
                length = filler_before_field(buffer, p) or self._next_field(at) - at
            yield at, at, length, mark
            at += length

    def _next_field(self, at: int) -> int:
        """Where, behind `at`, several fields follow each other; the size where they do not."""
        at += 1
        while at < self._source_size:
            self._source.seek(at)
            piece = self._source.read(BUFFER)
            found = find_unmarked(piece)
            if found >= 0:
                return at + found
            if at + len(piece) >= self._source_size:
                break
            at += len(piece) // 2
        return self._source_size


def unmarked_length(data: bytes, at: int) -> int:
    """The length of the field whose introducer, without X'5A', stands at `at`; 0 where there is none."""
    if at + 8 > len(data) or data[at + 2] != 0xD3:
        return 0
    length = data[at] << 8 | data[at + 1]
    return length if length >= 8 and 0xD30000 | data[at + 3] << 8 | data[at + 4] in FIELDS else 0


def filler_before_field(data: bytes, at: int) -> int:
    """How many bytes of filler stand between `at` and a field; 0 where something else does."""
    rest = data[at : at + 0x1000]
    most = len(rest) - len(rest.lstrip(FILLER))
    for count in range(most, max(most - 3, 0), -1):  # a length may begin with what looks like filler
        if unmarked_length(data, at + count):
            return count
    return 0


def find_unmarked(data: bytes) -> int:
    """The position in `data` from which on several fields follow each other; -1 where they do not."""
    for match in _CANDIDATE.finditer(data):
        if leads_on(data, match.start()):
            return match.start()
    return -1


def leads_on(data: bytes, at: int) -> bool:
    """Whether several fields without X'5A', or all to the end of `data`, follow each other from `at` on."""
    for links in range(_CHAIN):
        length = unmarked_length(data, at)
        if not length:
            return links > 0 and not data[at:].strip(FILLER)
        at += length
        if at >= len(data):
            return at == len(data) or links > 0
        at += filler_before_field(data, at)
    return True
