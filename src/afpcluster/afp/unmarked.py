"""Structured fields without X'5A' in front: a view that puts it there.

They are taken for fields where the lengths of several lead from one to the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from afpcluster.afp.damage import FILLER, Surroundings
from afpcluster.afp.fields import FIELDS
from afpcluster.afp.views import BUFFER, LONGEST, Piece, Source, View

_CHAIN = 3  # fields in a row that no chance makes
_LOOKED_AT, _NEW = 1 << 12, (1 << 12) - 16  # bytes at a time, and those in which a field may begin
_GAP = 0x1000  # most bytes of filler between fields
_CANDIDATE = re.compile(rb"(?=..\xd3)", re.DOTALL)


class MarkedFields(View):
    """Structured fields without X'5A', with it; line ends and filler between them stay."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._around = Surroundings(source)
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
                length = (
                    filler_before_field(buffer, p) or self._next_field(at + 1, min(at + LONGEST, size)) - at
                )
            elif at + length < size and not unmarked_length(buffer, p + length):
                inside = self._next_field(at + 8, at + length)
                if inside < at + length:  # its length is wrong
                    length, mark = inside - at, 0
            yield at, at, length, mark
            at += length

    def _next_field(self, at: int, end: int) -> int:
        """Where, from `at` on, several fields follow each other; `end` where they do not in front of that."""
        while at < end:
            piece = self._around.bytes_at(at, _LOOKED_AT)
            for match in _CANDIDATE.finditer(piece, 0, _NEW):
                start = at + match.start()
                if start >= end:
                    break
                if unmarked_length(piece, match.start()) and self._leads_on(start):
                    return start
            at += _NEW - 2
        return end

    def _leads_on(self, at: int) -> bool:
        """As the function of this name, for the source."""
        for links in range(_CHAIN):
            length = unmarked_length(self._around.bytes_at(at, 8), 0)
            if not length:
                return links > 0 and self._around.behind_filler(at) == self._source_size
            at += length
            if at >= self._source_size:
                return at == self._source_size or links > 0
            if not unmarked_length(self._around.bytes_at(at, 8), 0):
                at += filler_before_field(self._around.bytes_at(at, _GAP), 0)
        return True


def unmarked_length(data: bytes, at: int) -> int:
    """The length of the field whose introducer, without X'5A', stands at `at`; 0 where there is none."""
    if at + 8 > len(data) or data[at + 2] != 0xD3:
        return 0
    length = data[at] << 8 | data[at + 1]
    return length if length >= 8 and 0xD30000 | data[at + 3] << 8 | data[at + 4] in FIELDS else 0


def filler_before_field(data: bytes, at: int) -> int:
    """How many bytes of filler stand between `at` and a field; 0 where something else does."""
    rest = data[at : at + _GAP]
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
