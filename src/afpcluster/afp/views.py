"""Seekable views of a file: pieces of it, one behind the other.

A view is a list of pieces of its source that is made anew from the nearest of its notes, one every 64 KB:
memory hardly grows with the file. What a view does not understand it passes on as it stands.
"""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from typing import Protocol

BUFFER = 1 << 18  # bytes that a walk reads at a time
LONGEST = 1 << 20  # bytes of a piece: a walk begins again at each
_BETWEEN_NOTES = 1 << 16
_MARK = b"\x5a"


class Source(Protocol):
    """What is read: a binary file, or a view."""

    def seek(self, offset: int, whence: int = 0, /) -> int: ...

    def read(self, size: int = -1, /) -> bytes: ...


Piece = tuple[int, int, int, int]
"""(restart, start, size, mark): `size` bytes of the source from `start` on, behind X'5A' if `mark` is 1. A
walk from `restart` on begins with this piece; -1 where none can. A plain tuple: there is one a record."""


class View(ABC):
    """A seekable stream of pieces of `source`; `_pieces(at)` of a subclass are those from `at` on."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._source_size = source.seek(0, io.SEEK_END)
        self._at = 0
        self._located: tuple[int, Piece, Iterator[Piece]] | None = None

    @abstractmethod
    def _pieces(self, at: int) -> Iterator[Piece]:
        """The pieces from `at` on, in order."""

    def _take_notes(self) -> None:
        """Walk once to the end, for the notes and the size."""
        self._notes, self._restarts = array("Q"), array("Q")
        size = due = 0
        for restart, _, count, mark in self._pieces(0):
            if size >= due and restart >= 0:
                self._notes.append(size)
                self._restarts.append(restart)
                due = size + _BETWEEN_NOTES
            size += count + mark
        self.size = size

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self._at = offset if whence == io.SEEK_SET else self.size + offset
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes from the position on, all with -1."""
        wanted = self.size - self._at if size < 0 else min(size, self.size - self._at)
        if wanted <= 0:
            return b""
        at, pieces = self._from(self._at)
        skip, found, gathered = self._at - at, 0, list[Piece]()
        for piece in pieces:
            length = piece[2] + piece[3]
            if not gathered and skip >= length:
                skip -= length
                continue
            gathered.append(piece)
            found += length
            if found >= skip + wanted:
                break
        first = gathered[0][1]
        self._source.seek(first)
        data = self._source.read(gathered[-1][1] + gathered[-1][2] - first)
        joined = b"".join(
            [_MARK * mark + data[start - first : start - first + size] for _, start, size, mark in gathered]
        )
        self._at += wanted
        return joined[skip : skip + wanted]

    def _from(self, at: int) -> tuple[int, Iterator[Piece]]:
        """The nearest note in front of `at` and the pieces from there on."""
        note = bisect_right(self._notes, at) - 1
        return self._notes[note], self._pieces(self._restarts[note])

    def origin(self, at: int) -> int:
        """Where the byte at `at` is in the file that all views look at. Quick for ascending offsets."""
        if at >= self.size:
            inner = self._source_size
        else:
            if self._located is None or not 0 <= at - self._located[0] < max(
                self._located[1][2], 2 * _BETWEEN_NOTES
            ):
                begin, pieces = self._from(at)
                self._located = begin, next(pieces), pieces
            begin, piece, pieces = self._located
            while at >= begin + piece[2] + piece[3]:
                begin += piece[2] + piece[3]
                piece = next(pieces)
            self._located = begin, piece, pieces
            _, start, _, mark = piece
            inner = start + max(at - begin - mark, 0)
        return self._source.origin(inner) if isinstance(self._source, View) else inner
