"""A PDF file written forwards, object by object.

Rules: nothing written is kept but its place, eight bytes an object, which are those of its cross-reference
entry: its type, six for an offset or the number of an object stream, and the index in that. Objects other
than streams go into object streams (section 7.5.7), closed at a fixed size, and a cross-reference stream
(7.5.8) ends the file. With `object_streams=False` the file has neither, as before PDF 1.5; with
`compress=False` no compressed streams either, so that it reads as text.
The file identifier (14.4) is a digest of the content: no clock, no random number.
"""

from __future__ import annotations

import hashlib
import sys
import zlib
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, chain
from typing import Protocol

from afpcluster.pdf.values import PdfDict, Raw, Ref, Value, serialise

COMPRESSION_LEVEL = 6
_SMALL = 2048  # bytes of what may come again: metadata, CMaps
_OBJECTS_PER_STREAM = 200
_STREAM_SIZE = 1 << 16
_AT, _IN_OBJECT_STREAM = 1 << 56, 2 << 56  # what a place begins with
_PLACE_SIZE = 8  # bytes
_HEADER = b"%%PDF-%b\n%%\xe2\xe3\xcf\xd3\n"
_ROWS_AT_ONCE = 4096  # of a cross-reference table


class Sink(Protocol):
    """What a PDF is written to: a binary file, a socket's file, a buffer."""

    def write(self, data: bytes, /) -> object: ...


class DigestedSink:
    """A sink, with the SHA-256 digest and the size of what was written to it."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes, /) -> int:
        self._sink.write(data)
        self.digest.update(data)
        self.size += len(data)
        return len(data)


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
        self._sink = sink if isinstance(sink, DigestedSink) else DigestedSink(sink)
        self._places = array("Q", [0])  # by object number; 0: not written
        self._waiting: list[int] = []  # numbers of objects for the next object stream
        self._bodies: list[bytes] = []  # and what they are
        self._bodies_size = 0
        self._sink.write(_HEADER % version.encode())

    @property
    def size(self) -> int:
        """Of the file so far, in bytes."""
        return self._sink.size

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
        self._waiting.append(ref)
        self._bodies.append(data)
        self._bodies_size += len(data)
        self._write_full()

    def _write_full(self) -> None:
        if len(self._waiting) >= _OBJECTS_PER_STREAM or self._bodies_size >= _STREAM_SIZE:
            self._write_waiting()

    def add_all(self, values: Sequence[bytes]) -> range:
        """Write values that are PDF syntax already as new objects; the numbers of these."""
        numbers = range(len(self._places), len(self._places) + len(values))
        self._places.frombytes(bytes(self._places.itemsize * len(values)))
        if not self._object_streams:
            for number, data in zip(numbers, values, strict=True):
                self._put_object(number, data)
            return numbers
        at = 0
        while at < len(values):
            end = at + _OBJECTS_PER_STREAM - len(self._waiting)
            bodies = values[at:end]
            self._waiting += numbers[at:end]
            self._bodies += bodies
            self._bodies_size += sum(map(len, bodies))
            self._write_full()
            at = end
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
        self._places[ref] = _AT | self.size << 8
        self._sink.write(b"%d 0 obj\n%b\nendobj\n" % (ref, body))

    def _write_waiting(self) -> None:
        """Write the waiting objects as one object stream (section 7.5.7)."""
        numbers, bodies = self._waiting, self._bodies
        if not numbers:
            return
        self._waiting, self._bodies, self._bodies_size = [], [], 0
        ref = self.allocate()
        places = self._places
        for place, number in enumerate(numbers, _IN_OBJECT_STREAM | ref << 8):
            if places[number]:
                raise ValueError(f"PDF object {number} written twice")
            places[number] = place
        offsets = accumulate([len(body) + 1 for body in bodies], initial=0)
        head = b"".join([b"%d %d " % pair for pair in zip(numbers, offsets, strict=False)])
        entries: PdfDict = {"Type": Raw(b"/ObjStm"), "N": len(numbers), "First": len(head)}
        self.write_stream(ref, entries, head + b"\n".join(bodies))

    def finish(self, root: Ref, info: Ref | None = None) -> int:
        """Write the cross-reference and the trailer; the size of the file in bytes."""
        self._write_waiting()
        identifier = self._sink.digest.digest()[:16]
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
        columns = (0, *range(_PLACE_SIZE - 1 - width, _PLACE_SIZE))  # of the bytes of a place
        row_size = len(columns) + 1
        packer = zlib.compressobj(COMPRESSION_LEVEL)
        packed: list[bytes] = []
        above = bytes(_PLACE_SIZE)
        for places in chain(self._bands(0), [array("Q", [_AT | start << 8])]):  # the last is the stream's own
            rows = _big_endian(places)
            changes = _minus(rows, above + rows[:-_PLACE_SIZE])
            predicted = bytearray(b"\x02" * (row_size * len(places)))  # PNG's Up (section 7.4.4.4)
            for at, column in enumerate(columns, 1):
                predicted[at::row_size] = changes[column::_PLACE_SIZE]
            packed.append(packer.compress(predicted))
            above = rows[-_PLACE_SIZE:]
        packed.append(packer.flush())
        entries: PdfDict = {
            "Type": Raw(b"/XRef"),
            "Size": len(self._places) + 1,
            "W": [1, width, 1],
            "Filter": Raw(b"/FlateDecode"),
            "DecodeParms": {"Predictor": 12, "Columns": len(columns)},
            **trailer,
        }
        self.add_stream(entries, b"".join(packed), encoded=True)
        self._sink.write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _write_xref_table(self, trailer: PdfDict) -> None:
        """Section 7.5.4."""
        start = self.size
        trailer = {"Size": len(self._places), **trailer}
        self._sink.write(b"xref\n0 %d\n0000000000 65535 f \n" % len(self._places))
        for places in self._bands(1):
            rows = [
                b"%010d 00000 n \n" % ((place ^ _AT) >> 8) if place else b"0000000000 00000 f \n"
                for place in places
            ]
            self._sink.write(b"".join(rows))
        self._sink.write(b"trailer\n%b\nstartxref\n%d\n%%%%EOF\n" % (serialise(trailer), start))

    def _bands(self, first: int) -> Iterator[array[int]]:
        """The places from `first` on, a few at a time: no copy of them all."""
        for at in range(first, len(self._places), _ROWS_AT_ONCE):
            yield self._places[at : at + _ROWS_AT_ONCE]


def _big_endian(places: array[int]) -> bytes:
    if sys.byteorder == "little":
        places = places[:]
        places.byteswap()
    return places.tobytes()


def _minus(data: bytes, other: bytes) -> bytes:
    """Each byte minus that of `other`, modulo 256: all at once, as two numbers. Their high bits are set and
    cleared, so that no byte borrows from the next, and put right in the end."""
    size = len(data)
    high = int.from_bytes(b"\x80" * size, "big")
    one, two = int.from_bytes(data, "big"), int.from_bytes(other, "big")
    low = (one | high) - (two & ~high)
    return (low ^ (~(one ^ two) & high)).to_bytes(size, "big")
