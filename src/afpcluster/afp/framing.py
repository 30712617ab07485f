"""Records of an AFP file: the one place that knows X'5A', lengths, flags, padding and host prefixes.

A record is one structured field: X'5A', length (2 bytes, itself included, X'5A' not), type (3 bytes),
flags, 2 reserved bytes, optional extension, data, optional padding (MO:DCA "Structured Field
Introducer"). Files that came from a host may carry a length in front of every record: 4 bytes (RDW, and
4 more, a BDW, in front of every block) or 2. Line ends and filler between records are skipped, anything
else with a finding (`transfer` says what may have happened). Segmented structured fields are joined.
`scan` finds records without building them; `read` builds those of a range. Memory is one window.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from afpcluster.afp.fields import FIELDS
from afpcluster.afp.transfer import cause_of_damage, foreign, translated, why_not_afp
from afpcluster.findings import Findings, NotAfpError, Severity, TruncatedError

CARRIAGE_CONTROL = 0x5A
SPEC = "MO:DCA Structured Field Introducer"
_EXTENSION, _SEGMENTED, _PADDED = 0x80, 0x20, 0x08
_WINDOW = 1 << 20
_LONGEST = 0x10010  # more bytes than any record has
_SEARCH_LIMIT = 1 << 16  # how far the first record may lie from the start of the file
_FILLER = b"\x00\x40\x0a\x0d\x15\x25\x1a\x20"  # zeros, spaces and line ends of both worlds, end of file
_CATEGORIES = frozenset(type_ >> 8 & 0xFF for type_ in FIELDS)


@dataclass(slots=True)
class Record:
    """One structured field. `type` is its 3-byte identifier as a number (0xD3A8AF is BPG), `offset` that
    of its X'5A' in the file, `data` what follows the introducer, without extension and padding."""

    type: int
    offset: int
    data: bytes = field(repr=False)

    def encode(self) -> bytes:
        """The record as it stands in a file (always one segment; data of at most 32,759 bytes)."""
        length = len(self.data) + 8
        return b"\x5a" + length.to_bytes(2, "big") + self.type.to_bytes(3, "big") + b"\0\0\0" + self.data


def encode(type_: int, data: bytes = b"") -> bytes:
    """The bytes of a structured field of this type."""
    return Record(type_, 0, data).encode()


class RecordFile:
    """Random access to the records of a seekable source."""

    def __init__(self, source: BinaryIO, findings: Findings) -> None:
        self._source = source
        self._findings = findings
        self.size = source.seek(0, io.SEEK_END)
        self._start, self._prefix = self._detect()
        self._cause: str | None = None  # of damage

    def _detect(self) -> tuple[int, int]:
        """Where the first record is and how long the host prefix in front of each is (0, 2 or 4 bytes)."""
        if self.size == 0:
            raise NotAfpError("input-empty", "The input is empty: 0 bytes. Send an AFP (MO:DCA) print file.")
        self._source.seek(0)
        head = self._source.read(_SEARCH_LIMIT)
        for prefix in (0, 4, 2):
            if _is_record(head, prefix) and (prefix == 0 or _prefix_fits(head, 0, prefix)):
                return 0, prefix
        if _is_record(head, 8) and _prefix_fits(head, 4, 4):
            return 4, 4  # the RDW behind the BDW
        at = -1 if translated(head) or foreign(head) else _find_record(head, 0)
        if at < 0:
            raise NotAfpError("input-not-afp", why_not_afp(head), offset=0)
        if head[:at].strip(_FILLER):
            _report(
                self._findings,
                "leading-bytes",
                f"{at} bytes in front of the first structured field were skipped{cause_of_damage(head[:at])}",
                0,
            )
        return at, 0

    def scan(
        self,
        start: int | None = None,
        *,
        stop: int | None = None,
        report: bool = False,
        window_size: int = _WINDOW,
    ) -> Iterator[tuple[int, int, int, bytes, int]]:
        """(type, offset, end, window, data position) of every record that begins in start..stop-1.

        The data, extension and padding included, is `window[position : position + end - offset - 9]`,
        where `end` is the offset behind the record. Raises TruncatedError where the file ends in a record.
        With `report`, skipped damage becomes a finding: for the one scan that covers the whole file.
        `window_size` is how much is read at a time: more than the longest record.
        """
        at = self._start if start is None else start
        prefix = self._prefix if start is None else 0
        window, base = b"", at
        size, step = self.size, self._prefix
        last = size if stop is None else stop
        at += prefix
        while at < last:
            p = at - base
            if p < 0 or p + _LONGEST > len(window):
                if base + len(window) < size or p < 0 or p > len(window):
                    self._source.seek(at)
                    window, base = self._source.read(window_size), at
                p = at - base
            if p + 9 > len(window) and window[p : p + 1] == b"\x5a":
                raise self._cut_off(at, "its introducer needs 9 bytes")
            length = 0
            if p + 9 <= len(window) and window[p] == CARRIAGE_CONTROL and window[p + 3] == 0xD3:
                length = window[p + 1] << 8 | window[p + 2]
            if length < 8:
                found = self._resynchronise(at, window, p, report)
                if found is None:
                    return
                at = found
                continue
            end = at + 1 + length
            if end > size:
                raise self._cut_off(at, f"it says {length} bytes")
            yield window[p + 3] << 16 | window[p + 4] << 8 | window[p + 5], at, end, window, p + 9
            at = end + step

    def _cut_off(self, at: int, needs: str) -> TruncatedError:
        return TruncatedError(
            "input-truncated",
            f"The structured field at byte {at} is cut off: {needs}, but the file ends {self.size - at} "
            "bytes behind its start. Transfer the file again, in binary.",
            offset=at,
        )

    def read(self, start: int, end: int, findings: Findings | None = None) -> list[Record]:
        """The records that begin in start..end-1; `start` is the X'5A' of a record. What is wrong with them
        goes to `findings`, else to those of the file."""
        found = self._findings if findings is None else findings
        records: list[Record] = []
        pending: Record | None = None
        window_size = min(end - start + _LONGEST, _WINDOW)
        for type_, offset, stop, window, at in self.scan(start, stop=end, window_size=window_size):
            flags = window[at - 3]
            data = window[at : at + stop - offset - 9]
            if flags:
                data = _strip(flags, data, offset, found)
            if pending is not None and pending.type == type_:
                pending.data += data
            else:
                pending = None
                record = Record(type_, offset, data)
                records.append(record)
                if flags & _SEGMENTED:
                    pending = record
            if not flags & _SEGMENTED:
                pending = None
        return records

    @property
    def damage(self) -> str:
        """What was skipped between records, and why it may be there; '' where nothing was."""
        return "" if self._cause is None else f"Bytes that are no structured field were skipped{self._cause}"

    def _resynchronise(self, at: int, window: bytes, p: int, report: bool) -> int | None:
        """The offset of the next record behind damage or filler at `at`; None at the end of the file."""
        if self._prefix == 4 and _is_record(window, p + 4) and _prefix_fits(window, p, 4):
            return at + 4  # what was taken for an RDW is the BDW of the next block
        begin = at - self._prefix  # a wrong host prefix is part of the damage
        filler = True
        while True:
            found = _find_record(window, max(p, 0) + (1 if window[p : p + 1] == b"\x5a" else 0))
            stop = found if found >= 0 else len(window)
            filler = filler and not window[p:stop].strip(_FILLER)
            if found >= 0:
                at += found - p
                break
            at += max(len(window) - p, 1)
            if at >= self.size:
                at = self.size
                break
            at = max(at - 8, begin + 1)
            self._source.seek(at)
            window, p = self._source.read(_WINDOW), 0
            if len(window) < 9:
                at = self.size
                break
        if report and not filler:
            if self._cause is None:  # looked for once: a damaged file has many such places
                self._source.seek(max(begin - _SEARCH_LIMIT, 0))
                before = self._source.read(min(begin, _SEARCH_LIMIT))
                self._cause = cause_of_damage(self._source.read(min(at - begin, _SEARCH_LIMIT)), before)
            _report(self._findings, "damage-skipped", self.damage, begin)
        return at if at < self.size else None


def _strip(flags: int, data: bytes, offset: int, findings: Findings) -> bytes:
    """Take extension and padding off the data, as the introducer's flags say."""
    if flags & _EXTENSION:
        if not data or data[0] == 0 or data[0] > len(data):
            _report(findings, "extension-bad", "Structured field extension has an impossible length", offset)
        else:
            data = data[data[0] :]
    if flags & _PADDED and data:
        count = data[-1] or (int.from_bytes(data[-3:-1], "big") if len(data) >= 3 else 0)
        if not 0 < count <= len(data):
            _report(findings, "padding-bad", "Structured field padding has an impossible length", offset)
        else:
            data = data[:-count]
    return data


def _report(findings: Findings, code: str, message: str, offset: int) -> None:
    findings.add(code, Severity.SKIPPED, message, offset=offset, spec=SPEC)


def _is_record(data: bytes, at: int) -> bool:
    return (
        len(data) >= at + 9
        and data[at] == CARRIAGE_CONTROL
        and data[at + 3] == 0xD3
        and (data[at + 1] << 8 | data[at + 2]) >= 8
    )


def _prefix_fits(data: bytes, at: int, prefix: int) -> bool:
    """Whether the length in the host prefix at `at` agrees with the structured field's own. It stands in
    the first two bytes (RDW), or in all four."""
    length = int.from_bytes(data[at + prefix + 1 : at + prefix + 3], "big") + 1
    said = (int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at : at + prefix], "big"))
    return length in said or length + prefix in said


def _find_record(data: bytes, start: int) -> int:
    """Position of the next plausible record, of a category that there is, or -1."""
    at = data.find(b"\x5a", start)
    while at >= 0 and not (_is_record(data, at) and data[at + 4] in _CATEGORIES):
        at = data.find(b"\x5a", at + 1)
    return at
