"""Records of an AFP file: the one place that knows X'5A', lengths, flags and padding.

A record is one structured field: X'5A', length (2 bytes, itself included, X'5A' not), type (3 bytes),
flags, 2 reserved bytes, optional extension, data, optional padding (MO:DCA "Structured Field
Introducer"). Files that came from a host may have descriptors in front of records, or lack X'5A': they are
read through a view that mends this (`host_records`, `unmarked`). Line ends and filler between records are
skipped, anything else with a finding (`transfer` says what may have happened); a field whose length is
wrong costs that field alone (`damage`). `scan` finds records without building them; `read` builds those of
a range. Memory is one window. A field in several segments is one record, for everybody: `scan` finds where
it ends, `data` joins it (MO:DCA "Structured Field Segmentation").

Positions are those in the view; `origin` translates them to the file's, for findings.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import field

from afpcluster.afp.damage import (
    CARRIAGE_CONTROL,
    FILLER,
    INTRODUCER,
    Surroundings,
    filler_between,
    find_introducer,
    is_introducer,
)
from afpcluster.afp.fields import is_begin, is_end, mnemonic
from afpcluster.afp.host_records import joined_records
from afpcluster.afp.transfer import (
    Cause,
    cause_of_damage,
    foreign,
    of_printer_job,
    severity_of,
    translated,
    why_not_afp,
)
from afpcluster.afp.unmarked import MarkedFields, find_unmarked, leads_on
from afpcluster.afp.views import Source, View
from afpcluster.findings import Findings, NotAfpError, Reporter, Severity, TruncatedError
from afpcluster.light import dataclass

SPEC = "MO:DCA Structured Field Introducer"
_EXTENSION, _SEGMENTED, _PADDED = 0x80, 0x20, 0x08
_introducer = struct.Struct(">BHBHB").unpack_from  # X'5A', length, class and the rest of the type, flags
_CLASS, _TYPES = 0xD3, 0xD30000
_WINDOW = 1 << 20
_MOST_DATA = 32_759  # bytes in a segment
_LONGEST = 0x10010  # more bytes than any record has
_SEARCH_LIMIT = 1 << 16  # how far the first record may lie from the start of the file
_SKIPPED = "Bytes that are no structured field were skipped"


@dataclass(slots=True)
class Record:
    """One structured field. `type` is its 3-byte identifier as a number (0xD3A8AF is BPG), `offset` that
    of its X'5A' in the file, `data` what follows the introducer, without extension and padding."""

    type: int
    offset: int
    data: bytes = field(repr=False)

    @property
    def mnemonic(self) -> str:
        """The mnemonic of its type."""
        return mnemonic(self.type)

    @property
    def head(self) -> bytes:
        """What a digest of records takes in front of its data: with the length, so that data in which other
        records seem to begin is not taken for them."""
        return self.type.to_bytes(3, "big") + len(self.data).to_bytes(8, "big")

    def encode(self) -> bytes:
        """The record as it stands in a file: in one segment if it is not longer than any may be."""
        data = self.data
        if len(data) <= _MOST_DATA:
            return _segment(self.type, 0, data)
        last = (len(data) - 1) // _MOST_DATA * _MOST_DATA
        parts = [
            _segment(self.type, _SEGMENTED, data[at : at + _MOST_DATA]) for at in range(0, last, _MOST_DATA)
        ]
        return b"".join(parts) + _segment(self.type, 0, data[last:])


def _segment(type_: int, flags: int, data: bytes) -> bytes:
    length = len(data) + 8
    return b"\x5a" + length.to_bytes(2, "big") + type_.to_bytes(3, "big") + bytes((flags, 0, 0)) + data


def encode(type_: int, data: bytes = b"") -> bytes:
    """The bytes of a structured field of this type."""
    return Record(type_, 0, data).encode()


class RecordFile:
    """Random access to the records of a seekable source, or of what another RecordFile reads (`source`)."""

    def __init__(self, source: Source, findings: Findings) -> None:
        self._findings = findings
        if source.seek(0, io.SEEK_END) == 0:
            raise NotAfpError("input-empty", "The input is empty: 0 bytes. Send an AFP (MO:DCA) print file.")
        self.source = source if isinstance(source, View) else _fields_of(source)
        self._view = self.source if isinstance(self.source, View) else None
        self.size = self.source.seek(0, io.SEEK_END)
        self._around = Surroundings(self.source)
        self._cause: Cause | None = None  # of damage
        self.cut_at = self.size  # the position of a record that the end of the file cuts off
        self._start = self._first()

    def _first(self) -> int:
        """Where the first record is."""
        head = self._around.bytes_at(0, _SEARCH_LIMIT)
        if _is_record(head):
            return 0
        at = -1 if translated(head) or foreign(head) else find_introducer(head, 0)
        if at < 0:
            raise NotAfpError("input-not-afp", why_not_afp(head), offset=0)
        if head[:at].strip(FILLER):
            cause = cause_of_damage(head[:at])
            message = f"{at} bytes in front of the first structured field were skipped{cause.text}"
            lost = 0 if cause.severity is Severity.INFO else at
            self._at(0)(cause.code or "leading-bytes", message, severity=cause.severity, bytes_lost=lost)
        return at

    def origin(self, at: int) -> int:
        """Where in the file the byte is that stands at `at` here. Quick for ascending positions."""
        return at if self._view is None else self._view.origin(at)

    def scan(
        self,
        start: int | None = None,
        *,
        stop: int | None = None,
        report: bool = False,
        segments: bool = False,
        window_size: int = _WINDOW,
    ) -> Iterator[tuple[int, int, int, bytes, int]]:
        """(type, offset, end, window, data position) of every record that begins in start..stop-1.

        `data` takes the data out of the window, which has extension and padding, too; `end` is the offset
        behind the record, with those of its segments that begin there; with `segments`, each comes by itself.
        Raises TruncatedError where the file ends in a record.
        With `report`, skipped damage becomes a finding: for the one scan that covers the whole file.
        `window_size` is how much is read at a time: more than the longest record.
        """
        window, base = b"", 0
        known = -1  # the last position whose record is in the window whole
        size = self.size
        at = self._start if start is None else start
        last = size if stop is None else min(stop, size)
        while at < last:
            p = at - base
            if p < 0 or at > known:
                self.source.seek(at)
                window, base, p = self.source.read(window_size), at, 0
                known = at + len(window) - _LONGEST
                if at + len(window) >= size:
                    window += bytes(_LONGEST)  # a record may say that it goes on
                    known = size
            mark, length, class_, type_, flags = _introducer(window, p)
            if length < 8 or mark != CARRIAGE_CONTROL or class_ != _CLASS:
                at = self._resynchronise(at, report)
                continue
            end = following = at + 1 + length
            q = p + 1 + length
            if end != size and (window[q] != CARRIAGE_CONTROL or window[q + 3] != _CLASS):
                filler = filler_between(window, p, q)
                if filler:
                    following = end + filler
                else:
                    end, following = self._where_next(at, end, report)
                    if end < at + 9:
                        at = following
                        continue
            if flags and flags & _SEGMENTED and not segments:
                end, following = self._behind_segments(at, end, following, last, report)
            yield _TYPES | type_, at, end, window, p + 9
            at = following

    def data(
        self,
        offset: int,
        end: int,
        window: bytes,
        at: int,
        findings: Findings | None = None,
        most: int = _LONGEST,
    ) -> bytes:
        """The data of a record that `scan` has found, without extension and padding; what is wrong with these
        goes to `findings`, if there are any. Of one in segments, what begins in its first `most` bytes."""
        flags = window[at - 3]
        if not flags:
            return window[at : at + end - offset - 9]
        found = Findings() if findings is None else findings
        if not flags & _SEGMENTED:
            return _strip(flags, window[at : at + end - offset - 9], self.origin(offset), found)
        return b"".join(self._segments(offset, end, most, found))

    def _segments(self, offset: int, end: int, most: int, findings: Findings) -> Iterator[bytes]:
        """The data of each segment of the record at offset..end-1."""
        flags, stop = 0, offset
        size = window_for(end - offset)
        last = min(end, offset + most)
        for _, begin, stop, window, at in self.scan(offset, stop=last, segments=True, window_size=size):
            flags = window[at - 3]
            yield _strip(flags, window[at : at + stop - begin - 9], self.origin(begin), findings)
        if not flags & _SEGMENTED:
            return
        if stop < end:
            message = f"Of a structured field of {end - offset} bytes in segments, {stop - offset} are read"
        else:
            message = "A structured field says that it goes on in another segment, and none follows"
        findings.add("segments-not-read", Severity.ERROR, message, offset=self.origin(offset), spec=SPEC)

    def _behind_segments(self, at: int, end: int, following: int, last: int, report: bool) -> tuple[int, int]:
        """Where the record ends whose first segment is at..end-1, and where the next one is; none of its
        segments begins at `last` or behind it."""
        type_ = self._around.bytes_at(at + 3, 3)
        flags = _SEGMENTED
        while flags & _SEGMENTED and following < last:
            head = self._around.bytes_at(following, INTRODUCER)
            if not is_introducer(head) or head[3:6] != type_:
                break
            stop = behind = following + 1 + int.from_bytes(head[1:3], "big")
            if stop != self.size and not self._around.begins_field(stop):
                stop, behind = self._where_next(following, stop, report)
            if stop >= following + INTRODUCER:  # else it is left out
                end, flags = stop, head[6]
            following = behind
        return end, following

    def _where_next(self, at: int, end: int, report: bool) -> tuple[int, int]:
        """Where the record at..end-1, which no record follows directly, really ends, and where the next one
        is. The end is `at` if the record cannot be read."""
        resumed = self._around.fields_inside(at, end)
        if resumed is not None:
            return self._wrong_length(at, resumed, report), resumed
        if end > self.size:
            raise self._cut_off(at, f"it says {end - at - 1} bytes")
        following = self._around.behind_filler(end)
        if following < self.size and not self._around.begins_field(following):
            following = self._resynchronise(end, report)
        return end, following

    def _wrong_length(self, at: int, resumed: int, report: bool) -> int:
        """The end of a record whose length is wrong: Begin and End end where the next record begins, what
        is in others cannot be trusted."""
        type_ = int.from_bytes(self._around.bytes_at(at + 3, 3), "big")
        kept = is_begin(type_) or is_end(type_)
        if report:
            done = "It is read up to there" if kept else "It is left out"
            self._at(at)(
                "field-length-wrong",
                f"The length of a structured field ({mnemonic(type_)}) is wrong: other fields begin before "
                f"it ends. {done}, and reading goes on with these",
                severity=Severity.ERROR,
                bytes_lost=0 if kept else resumed - at,
            )
        return resumed if kept else at

    def _cut_off(self, at: int, needs: str) -> TruncatedError:
        offset, self.cut_at = self.origin(at), at
        return TruncatedError(
            "input-truncated",
            f"The structured field at byte {offset} is cut off: {needs}, but the file ends "
            f"{self.size - at} bytes behind its start. Transfer the file again, in binary.",
            offset=offset,
        )

    def read(self, start: int, end: int, findings: Findings | None = None) -> list[Record]:
        """The records that begin in start..end-1; `start` is the X'5A' of a record. What is wrong with them
        goes to `findings`, else to those of the file."""
        found = self._findings if findings is None else findings
        window_size = window_for(end - start)
        moved = self._view is not None
        whole = self.size
        return [
            Record(type_, self.origin(at) if moved else at, self.data(at, stop, window, begin, found, whole))
            for type_, at, stop, window, begin in self.scan(start, stop=end, window_size=window_size)
        ]

    @property
    def damage(self) -> str:
        """What was skipped between records, and why it may be there; '' where nothing was."""
        return f"{_SKIPPED}{self._cause.text}" if self._cause else ""

    def _at(self, position: int) -> Reporter:
        """Records findings about what stands at a position."""
        return self._findings.at(self.origin(position), spec=SPEC)

    def _resynchronise(self, at: int, report: bool) -> int:
        """Where the next record is behind damage or filler at `at`; the size at the end of the file."""
        head = self._around.bytes_at(at, 9)
        if head[:1] == b"\x5a" and at + len(head) == self.size and len(head) < 9:
            raise self._cut_off(at, "its introducer needs 9 bytes")
        begin = at
        at = self._around.next_field(at + 1)
        if report and self._around.behind_filler(begin) < at:
            self._damage(begin, at)
        return at

    def _damage(self, begin: int, end: int) -> None:
        """Report that begin..end-1 are skipped. What is in front is looked at once: a damaged file has many
        such places."""
        skipped = self._around.bytes_at(begin, min(end - begin, _SEARCH_LIMIT))
        if of_printer_job(skipped):
            self._at(begin)(
                "damage-skipped", f"{_SKIPPED}{cause_of_damage(skipped).text}", severity=Severity.INFO
            )
            return
        if self._cause is None:
            before = self._around.bytes_at(max(begin - _SEARCH_LIMIT, 0), min(begin, _SEARCH_LIMIT))
            self._cause = cause_of_damage(skipped, before)
        elif self._cause.code or not self._cause.text:  # else it has befallen the whole file
            self._cause = cause_of_damage(skipped)
        lost = end - begin
        known = self._cause.severity if self._cause.text else severity_of(lost)
        self._at(begin)("damage-skipped", self.damage, severity=known, bytes_lost=lost)
        pages = self._around.pages_begun(begin, end)
        if pages:
            message = "A page begins in bytes that cannot be read; it is lost"
            self._at(begin)("page-lost", message, severity=Severity.ERROR, count=pages)


def window_for(size: int) -> int:
    """The window with which so many bytes are scanned at one reading, where they are not too many."""
    return min(size + _LONGEST, _WINDOW)


def _strip(flags: int, data: bytes, offset: int, findings: Findings) -> bytes:
    """Take extension and padding off the data, as the introducer's flags say."""
    if flags & _EXTENSION:
        if not data or data[0] == 0 or data[0] > len(data):
            message = "Structured field extension has an impossible length"
            findings.add("extension-bad", Severity.SKIPPED, message, offset=offset, spec=SPEC)
        else:
            data = data[data[0] :]
    if flags & _PADDED and data:
        count = data[-1] or (int.from_bytes(data[-3:-1], "big") if len(data) >= 3 else 0)
        if not 0 < count <= len(data):
            message = "Structured field padding has an impossible length"
            findings.add("padding-bad", Severity.SKIPPED, message, offset=offset, spec=SPEC)
        else:
            data = data[:-count]
    return data


def _fields_of(source: Source) -> Source:
    """The source, or a view of it in which nothing stands in front of records but X'5A'."""
    source.seek(0)
    head = source.read(_SEARCH_LIMIT)
    if _is_record(head) or translated(head) or foreign(head):
        return source
    joined = joined_records(source, lambda begins: _is_record(begins) or leads_on(begins, 0))
    if joined is not None:
        joined.seek(0)
        return joined if _is_record(joined.read(9)) else MarkedFields(joined)
    unmarked = find_unmarked(head)
    if unmarked >= 0 and not 0 <= find_introducer(head, 0) < unmarked:
        return MarkedFields(source)
    joined = joined_records(source, lambda begins: find_introducer(begins, 0) > 0, _SEARCH_LIMIT)
    if joined is not None and joined.whole:  # other records in front, as line data is
        return joined
    return source


def _is_record(data: bytes) -> bool:
    """Whether a file that begins with `data` is one whose records are not of the categories that there are,
    too."""
    return (
        len(data) >= 9 and data[0] == CARRIAGE_CONTROL and data[3] == 0xD3 and (data[1] << 8 | data[2]) >= 8
    )
