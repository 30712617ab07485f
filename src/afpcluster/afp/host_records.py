"""Records as hosts write them: a descriptor in front of each, taken off by a view.

A descriptor is an RDW (2 bytes of length, a segment code, zero), a BDW in front of the RDW of a block's
first record, or a length of 2 or 4 bytes. A record holds a field, a segment of one (VBS: 1 first, 3 middle,
2 last), or just so many bytes of the stream: put one behind the other, they are the fields.
z/OS "Format V records", "Spanned format-VS records".
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from afpcluster.afp.damage import FILLER, Surroundings, is_introducer
from afpcluster.afp.views import BUFFER, LONGEST, Piece, Source, View

_HEAD = 1 << 14  # bytes that a layout is judged by
_LOOKED_AT = 1 << 12  # bytes, at a time
_CHAIN = 3  # records in a row that no chance makes
_MARKED = re.compile(rb"(?=\x5a..\xd3)", re.DOTALL)


class Layout(NamedTuple):
    """What stands in front of records: `prefix` bytes, the first `width` of which are the length, itself
    `counted` or not; `blocks` begin with a descriptor of their own."""

    prefix: int
    width: int
    counted: bool = True
    blocks: bool = False


LAYOUTS = (
    Layout(4, 2),
    Layout(4, 2, blocks=True),
    Layout(4, 4),
    Layout(4, 4, counted=False),
    Layout(4, 2, counted=False),
    Layout(2, 2),
    Layout(2, 2, counted=False),
)


class JoinedRecords(View):
    """What the records of a file hold. `whole` says whether their lengths lead from the start to the end.
    Else, where records are `aligned` with fields, what is between those that are intact is passed on as
    damage. `cut_off` says that the last of several records is not all there."""

    def __init__(self, source: Source, layout: Layout) -> None:
        super().__init__(source)
        self._around = Surroundings(source)
        self._layout = layout
        self.whole, self.cut_off, self._by_chain = True, False, True
        self._take_notes()
        self.aligned = bool(self._record(0)[1])
        if self.aligned and not self.whole:
            self._by_chain = False
            self._take_notes()

    def _pieces(self, at: int) -> Iterator[Piece]:
        return self._chain(at) if self._by_chain else self._aligned(at)

    def _chain(self, at: int) -> Iterator[Piece]:
        prefix, width, counted, blocks = self._layout
        size, more = self._source_size, 0 if counted else prefix
        buffer, base, block_end, links = b"", at, at, 0
        while at < size:
            p = at - base
            if p + 8 > len(buffer) and base + len(buffer) < size:
                self._source.seek(at)
                buffer, base, p = self._source.read(BUFFER), at, 0
            restart = start = at
            if blocks:
                if at == block_end:
                    block = _block_length(buffer, p)
                    block_end = at + block
                    at, p = at + 4, p + 4
                    if block < 8 or block_end > size:
                        break
                else:
                    restart = -1
            if p + prefix > len(buffer):
                break
            length = buffer[p] << 8 | buffer[p + 1]
            if width == 4:
                length = length << 16 | buffer[p + 2] << 8 | buffer[p + 3]
            elif prefix == 4 and (buffer[p + 3] or buffer[p + 2] > 3):
                break
            length += more
            stop = at + length
            if length < prefix or stop > (block_end if blocks else size):
                if length > prefix and stop > size:  # the file is cut off
                    start = at + prefix
                    self.cut_off = links >= _CHAIN
                break
            yield restart, at + prefix, length - prefix, 0
            at = stop
            links += 1
        else:
            return
        self._source.seek(start)
        rest = self._source.read(BUFFER)
        if rest.strip(FILLER) or start + len(rest) < size:
            self.whole = False
        yield restart, start, size - start, 0

    def _aligned(self, at: int) -> Iterator[Piece]:
        """Records that begin with a field and agree with its length, or go on with it, and what is between
        them."""
        while at < self._source_size:
            begin, stop = self._record(at)
            if not stop:
                stop = self._next_record(at + 1)
                yield at, at, stop - at, 0
            else:
                yield at, begin, stop - begin, 0
            at = stop

    def _record(self, at: int) -> tuple[int, int]:
        """Where the contents of the record at `at` begin and end; (0, 0) where there is none."""
        prefix, width, counted, blocks = self._layout
        head = self._around.bytes_at(at, prefix + 13)
        if blocks and not is_introducer(head, prefix) and is_introducer(head, 4 + prefix):
            at, head = at + 4, head[4:]
        stop = at + int.from_bytes(head[:width], "big") + (0 if counted else prefix)
        if not at + prefix <= stop <= self._source_size:
            return 0, 0
        code = head[2] if prefix == 4 and width == 2 and len(head) > 3 and not head[3] else 0
        begins = is_introducer(head, prefix)
        fits = begins and at + prefix + 1 + int.from_bytes(head[prefix + 1 : prefix + 3], "big") == stop
        if fits or (begins and code == 1) or code in (2, 3):
            return at + prefix, stop
        return 0, 0

    def _next_record(self, at: int) -> int:
        """Where the next record begins that is intact, from `at` on, or a piece of damage must end."""
        prefix, end = self._layout.prefix, min(at + LONGEST, self._source_size)
        while at < end:
            piece = self._around.bytes_at(at, _LOOKED_AT)
            for match in _MARKED.finditer(piece, prefix):
                start = at + match.start() - prefix
                if self._layout.blocks and match.start() >= prefix + 4 and self._record(start - 4)[1]:
                    return start - 4
                if self._record(start)[1]:
                    return start
            if len(piece) < _LOOKED_AT:
                break
            at += len(piece) - 16  # a record may begin near the end of the piece
        return end


def _block_length(data: bytes, at: int) -> int:
    """The length in a block descriptor word: 15 bits, or 31 in the large block interface."""
    if len(data) < at + 4:
        return 0
    if data[at] & 0x80:
        return int.from_bytes(data[at : at + 4], "big") & 0x7FFFFFFF
    return int.from_bytes(data[at : at + 2], "big") if not data[at + 2] | data[at + 3] else 0


def joined_records(
    source: Source, wanted: Callable[[bytes], bool], judged: int = _HEAD
) -> JoinedRecords | None:
    """The view by the first layout that fits and whose records begin with what is `wanted`: what they hold of
    the first `judged` bytes."""
    source.seek(0)
    head = source.read(judged)
    for layout in LAYOUTS:
        if wanted(JoinedRecords(io.BytesIO(head), layout).read(judged)):
            joined = JoinedRecords(source, layout)
            if joined.whole or joined.aligned or joined.cut_off:
                return joined
    return None
