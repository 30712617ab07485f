"""Where the next structured field is when the bytes do not say so: behind filler, behind damage, or inside
a field whose length is wrong.

A length is wrong where no field follows the end it gives, but introducers stand inside that lead from one
to the next past that end. A field that holds fields of its own (AFP in a container) ends where they do.
"""

from __future__ import annotations

import io
import re

from afpcluster.afp.fields import FIELDS
from afpcluster.afp.views import Source

CARRIAGE_CONTROL = 0x5A
INTRODUCER = 9  # bytes, X'5A' included
FILLER = b"\x00\x40\x0a\x0d\x15\x25\x1a\x20"  # zeros, spaces and line ends of both worlds, end of file
_PIECE = 1 << 16
_CATEGORIES = frozenset(type_ >> 8 & 0xFF for type_ in FIELDS)
_CANDIDATE = re.compile(rb"\x5a..\xd3", re.DOTALL)
_FILLER_AND_FIELD = re.compile(rb"[%s]{0,64}(?=\x5a..\xd3)" % re.escape(FILLER), re.DOTALL)
_SURE = 2  # introducers in a row that no chance makes
_BEGIN_PAGE = b"\xd3\xa8\xaf"


def is_introducer(data: bytes, at: int = 0) -> bool:
    """Whether the introducer of a structured field, of a category that there is, stands at `at`."""
    return (
        len(data) >= at + INTRODUCER
        and data[at] == CARRIAGE_CONTROL
        and data[at + 3] == 0xD3
        and (data[at + 1] << 8 | data[at + 2]) >= INTRODUCER - 1
        and data[at + 4] in _CATEGORIES
    )


def find_introducer(data: bytes, start: int) -> int:
    """The position of the next introducer from `start` on, or -1."""
    at = data.find(b"\x5a", start)
    while at >= 0 and not is_introducer(data, at):
        at = data.find(b"\x5a", at + 1)
    return at


def filler_between(data: bytes, begin: int, end: int) -> int:
    """How many bytes of filler stand between the field at begin..end-1 and the next one, where it is plain
    that nothing else does and that the field's length is right; else 0."""
    found = _FILLER_AND_FIELD.match(data, end)
    if found is None or _CANDIDATE.search(data, begin + INTRODUCER, end + 3):
        return 0
    return found.end() - end


class Surroundings:
    """Looks around in a source without disturbing who reads it in order; holds one piece of it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._size = source.seek(0, io.SEEK_END)
        self._piece, self._base = b"", 0

    def bytes_at(self, at: int, count: int) -> bytes:
        """`count` bytes from `at` on, fewer at the end of the file."""
        p = at - self._base
        if p < 0 or (p + count > len(self._piece) and self._base + len(self._piece) < self._size):
            self._base = at - at % _PIECE
            self._source.seek(self._base)
            self._piece = self._source.read(
                count + 4 * _PIECE
            )  # chains are followed ahead of where one looks
            p = at - self._base
        return self._piece[p : p + count]

    def behind_filler(self, at: int) -> int:
        """The offset of the first byte from `at` on that is no filler; the file's size where all are."""
        while at < self._size:
            piece = self.bytes_at(at, _PIECE // 16)
            kept = piece.lstrip(FILLER)
            at += len(piece) - len(kept)
            if kept:
                break
        return at

    def begins_field(self, at: int) -> bool:
        """Whether an introducer stands at `at`, or the part of one that the end of the file leaves."""
        head = self.bytes_at(at, INTRODUCER)
        return is_introducer(head) or (len(head) < INTRODUCER and head[:1] == b"\x5a")

    def next_field(self, at: int) -> int:
        """The offset of the first introducer from `at` on; the file's size where there is none."""
        while at + INTRODUCER <= self._size:
            piece = self.bytes_at(at, _PIECE)
            found = find_introducer(piece, 0)
            if found >= 0:
                return at + found
            at += len(piece) - INTRODUCER + 1
        return self._size

    def pages_begun(self, start: int, end: int) -> int:
        """How many Begin Page identifiers stand in start..end-1."""
        found = 0
        for at in range(start, end, _PIECE):
            found += self.bytes_at(at, min(_PIECE + 2, end - at)).count(_BEGIN_PAGE)
        return found

    def fields_inside(self, at: int, end: int) -> int | None:
        """Where the chain of fields begins that shows that the field at..end-1 is not as long as it says."""
        first = at + INTRODUCER
        data = self.bytes_at(first, min(end, self._size) + 3 - first)
        seen: set[int] = set()
        candidate = _CANDIDATE.search(data)
        while candidate is not None:
            start = first + candidate.start()
            if start not in seen and self._leads_past(start, end, seen):
                return start
            candidate = _CANDIDATE.search(data, candidate.start() + 1)
        return None

    def _leads_past(self, at: int, end: int, seen: set[int]) -> bool:
        """Whether fields follow each other from `at` on, past `end` or until one is damaged itself."""
        introducers = 0
        while at < end:
            seen.add(at)
            head = self.bytes_at(at, INTRODUCER)
            if not is_introducer(head) or int.from_bytes(head[3:6], "big") not in FIELDS:
                return introducers >= _SURE
            introducers += 1
            at += 1 + int.from_bytes(head[1:3], "big")
            if at == end:
                return False  # fields that the field holds
            if at > self._size:
                return introducers >= _SURE
            at = self.behind_filler(at)
        return at == self._size or self.begins_field(at)
