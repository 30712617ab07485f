"""A PDF file written forwards, object by object.

Rules: nothing written is kept but its place, eight bytes an object. Objects other than streams go into
object streams (section 7.5.7), closed at a fixed size, and a cross-reference stream (7.5.8) ends the
file. With `object_streams=False` the file has neither, as before PDF 1.5; with `compress=False` no compressed
streams either, so that it reads as text.
The file identifier (14.4) is a digest of the content: no clock, no random number.
"""

from __future__ import annotations

import hashlib
import zlib
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Protocol

from afpcluster.pdf.values import PdfDict, Raw, Ref, Value, serialise

COMPRESSION_LEVEL = 6
_SMALL = 2048  # bytes of what may come again: metadata, CMaps
_OBJECTS_PER_STREAM = 200
_STREAM_SIZE = 1 << 16
_IN_OBJECT_STREAM = 1 << 63  # a place: this bit, the object stream's number << 16, the index in it
_HEADER = b"%%PDF-%b\n%%\xe2\xe3\xcf\xd3\n"
_ROWS_AT_ONCE = 4096  # of a cross-reference table


class Sink(Protocol):
    """What a PDF is written to: a binary file, a socket's file, a buffer."""

    def write(self, data: bytes, /) -> object: ...


def deflate(data: bytes) -> bytes:
    """Compress for FlateDecode, always alike."""
    return _deflated(data) if len(data) < _SMALL else zlib.compress(data, COMPRESSION_LEVEL)


@lru_cache(maxsize=64)  # parts of a print file have much in common
def _deflated(data: bytes) -> bytes:
    return zlib.compress(data, COMPRESSION_LEVEL)


class PdfFile:
    """Allocates object numbers and writes objects; every allocated number must be written once."""

    def __init__(
        self, sink: Sink, *, compress: bool = True, object_streams: bool = True, version: str = "1.7"
    ) -> None:
        self.compress = compress
        self._object_streams = compress and object_streams
        self.size = 0
        self._sink = sink
        self._digest = hashlib.sha256()
        self._places = array("Q", [0])  # by object number; 0: not written
        self._pending: list[tuple[int, bytes]] = []
        self._pending_size = 0
        self._put(_HEADER % version.encode())

    def _put(self, data: bytes) -> None:
        self._sink.write(data)
        self._digest.update(data)
        self.size += len(data)

    @property
    def object_count(self) -> int:
        """How many object numbers are given away so far."""
        return len(self._places) - 1

    def allocate(self) -> Ref:
        """A new object number, to be written later."""
        self._places.append(0)
        return Ref(len(self._places) - 1)

    def add(self, value: Value) -> Ref:
        """Write `value` as a new object."""
        ref = self.allocate()
        self.write(ref, value)
        return ref

    def write(self, ref: Ref, value: Value) -> None:
        """Write `value` as the object `ref`. Not for streams, nor for the encryption dictionary."""
        self.write_syntax(ref, serialise(value))

    def write_syntax(self, ref: Ref, data: bytes) -> None:
        """As `write`, of a value that is PDF syntax already."""
        if not self._object_streams:
            self._put_object(ref, data)
            return
        self._pending.append((ref, data))
        self._pending_size += len(data)
        self._write_full()

    def _write_full(self) -> None:
        if len(self._pending) >= _OBJECTS_PER_STREAM or self._pending_size >= _STREAM_SIZE:
            self._write_pending()

    def add_all(self, values: Sequence[bytes]) -> range:
        """Write values that are PDF syntax already as new objects; the numbers of these."""
        numbers = range(len(self._places), len(self._places) + len(values))
        self._places.frombytes(bytes(self._places.itemsize * len(values)))
        if not self._object_streams:
            for number, data in zip(numbers, values, strict=True):
                self._put_object(number, data)
            return numbers
        waiting = list(zip(numbers, values, strict=True))
        while waiting:
            room = _OBJECTS_PER_STREAM - len(self._pending)
            self._pending += waiting[:room]
            self._pending_size += sum([len(data) for _, data in waiting[:room]])
            self._write_full()
            del waiting[:room]
        return numbers

    def add_stream(self, dictionary: PdfDict, data: bytes, *, encoded: bool = False) -> Ref:
        """Write a stream as a new object, see `write_stream`."""
        ref = self.allocate()
        self.write_stream(ref, dictionary, data, encoded=encoded)
        return ref

    def write_stream(self, ref: Ref, dictionary: PdfDict, data: bytes, *, encoded: bool = False) -> None:
        """Write a stream object. `encoded` data is written as it is and `dictionary` names its filters;
        other data is compressed here if that makes it smaller."""
        entries: PdfDict = dict(dictionary)
        if self.compress and not encoded:
            deflated = deflate(data)
            if len(deflated) + len("/Filter/FlateDecode") < len(data):
                entries["Filter"] = Raw(b"/FlateDecode")
                data = deflated
        entries["Length"] = len(data)
        self._put_object(ref, serialise(entries) + b"stream\n" + data + b"\nendstream")

    def _put_object(self, ref: int, body: bytes) -> None:
        if self._places[ref]:
            raise ValueError(f"PDF object {ref} written twice")
        self._places[ref] = self.size
        self._put(b"%d 0 obj\n%b\nendobj\n" % (ref, body))

    def _write_pending(self) -> None:
        """Write the waiting objects as one object stream (section 7.5.7)."""
        if not self._pending:
            return
        ref = self.allocate()
        index: list[bytes] = []
        offset = 0
        for position, (number, data) in enumerate(self._pending):
            if self._places[number]:
                raise ValueError(f"PDF object {number} written twice")
            self._places[number] = _IN_OBJECT_STREAM | ref << 16 | position
            index.append(b"%d %d " % (number, offset))
            offset += len(data) + 1
        head = b"".join(index)
        body = head + b"\n".join([data for _, data in self._pending])
        count = len(self._pending)
        self._pending = []
        self._pending_size = 0
        self.write_stream(ref, {"Type": Raw(b"/ObjStm"), "N": count, "First": len(head)}, body)

    def finish(self, root: Ref, info: Ref | None = None) -> int:
        """Write the cross-reference and the trailer; the size of the file in bytes."""
        self._write_pending()
        identifier = self._digest.digest()[:16]
        trailer: PdfDict = {"Root": root, "ID": [identifier, identifier]}
        if info is not None:
            trailer["Info"] = info
        if self._object_streams:
            self._write_xref_stream(trailer)
        else:
            self._write_xref_table(trailer)
        return self.size

    def _write_xref_stream(self, trailer: PdfDict) -> None:
        """Section 7.5.8.3: type, then offset or stream number, then index, big-endian."""
        start = self.size
        width = (start.bit_length() + 7) // 8
        columns = width + 2
        packer = zlib.compressobj(COMPRESSION_LEVEL)
        packed: list[bytes] = []
        above = bytes(columns)
        for places in chain(self._bands(0), [array("Q", [start])]):  # the last is the stream's own
            rows = bytearray()
            for place in places:
                if place & _IN_OBJECT_STREAM:
                    rows += b"\x02" + ((place ^ _IN_OBJECT_STREAM) >> 16).to_bytes(width, "big")
                    rows.append(place & 0xFFFF)
                else:
                    rows += (b"\x01" if place else b"\x00") + place.to_bytes(width, "big") + b"\x00"
            packed.append(packer.compress(_up_predicted(rows, above)))
            above = bytes(rows[-columns:])
        packed.append(packer.flush())
        entries: PdfDict = {
            "Type": Raw(b"/XRef"),
            "Size": len(self._places) + 1,
            "W": [1, width, 1],
            "Filter": Raw(b"/FlateDecode"),
            "DecodeParms": {"Predictor": 12, "Columns": columns},
            **trailer,
        }
        self.add_stream(entries, b"".join(packed), encoded=True)
        self._put(b"startxref\n%d\n%%%%EOF\n" % start)

    def _write_xref_table(self, trailer: PdfDict) -> None:
        """Section 7.5.4."""
        start = self.size
        trailer = {"Size": len(self._places), **trailer}
        self._put(b"xref\n0 %d\n0000000000 65535 f \n" % len(self._places))
        for places in self._bands(1):
            rows = [b"%010d 00000 n \n" % place if place else b"0000000000 00000 f \n" for place in places]
            self._put(b"".join(rows))
        self._put(b"trailer\n%b\nstartxref\n%d\n%%%%EOF\n" % (serialise(trailer), start))

    def _bands(self, first: int) -> Iterator[array[int]]:
        """The places from `first` on, a few at a time: no copy of them all."""
        for at in range(first, len(self._places), _ROWS_AT_ONCE):
            yield self._places[at : at + _ROWS_AT_ONCE]


def _up_predicted(rows: bytearray, above: bytes) -> bytes:
    """PNG's Up predictor (section 7.4.4.4): each byte minus the one above it, each row behind a 2. `above`
    is the row above the first."""
    columns = len(above)
    shifted = above + rows[:-columns]
    count = len(rows) // columns
    out = bytearray(count * (columns + 1))
    out[0 :: columns + 1] = b"\x02" * count
    for column in range(columns):
        here, over = rows[column::columns], shifted[column::columns]
        out[column + 1 :: columns + 1] = bytes([(a - b) & 255 for a, b in zip(here, over, strict=True)])
    return bytes(out)
