"""PNG files taken apart, and the compressed rows that are their heart (PNG Specification, second edition).

The rows of a file that is whole can be passed on as they are. `first_rows` says how many of them are there
by inflating them piece by piece: no more than a piece is held.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from afpcluster.heavy import Pillow

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GRAY, RGB, INDEXED, GRAY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
_SAMPLES = {GRAY: 1, RGB: 3, INDEXED: 1, GRAY_ALPHA: 2, RGB_ALPHA: 4}
_FILTERS = bytes(range(5))
_USED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
_PIECE = 1 << 20  # bytes of rows inflated at once
_FED = 1 << 16  # bytes of compressed data inflated at once
_STEP = 16  # of them, where they are damaged


class PngError(ValueError):
    """The data is no PNG, or its header says what no PNG has."""


class Png(NamedTuple):
    """What a file says; `rows` is its IDAT data: zlib data of filtered rows."""

    width: int
    height: int
    bits: int  # of a sample
    colour_type: int
    interlaced: bool
    palette: bytes  # RGB triples
    transparency: bytes  # of tRNS
    rows: bytes
    damaged: tuple[str, ...] = ()  # chunks whose check sums are wrong

    @property
    def row_length(self) -> int:
        """Bytes of a row, without its filter type."""
        return (self.width * self.bits * _SAMPLES[self.colour_type] + 7) // 8


def read_png(data: bytes) -> Png:
    """The parts of a file, as far as it goes. Raises PngError."""
    damaged: list[str] = []
    chunks = _chunks(data, damaged)
    kind, header = next(chunks, (b"", b""))
    if kind != b"IHDR" or len(header) < 13:
        raise PngError("no PNG: it does not begin with an image header")
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    bits, colour_type, interlace = header[8], header[9], header[12]
    if colour_type not in _SAMPLES or bits not in (1, 2, 4, 8, 16) or not width or not height:
        raise PngError(f"colour type {colour_type} with {bits} bits, {width} x {height} samples")
    found: dict[bytes, bytes] = {}
    rows: list[bytes] = []
    for kind, body in chunks:
        if kind == b"IDAT":
            rows.append(body)
        else:
            found.setdefault(kind, body)
    if not rows:
        raise PngError("no image data")
    palette = found.get(b"PLTE", b"")
    return Png(
        width,
        height,
        bits,
        colour_type,
        interlace != 0,
        palette[: len(palette) // 3 * 3],
        found.get(b"tRNS", b""),
        b"".join(rows),
        tuple(damaged),
    )


def _chunks(data: bytes, damaged: list[str]) -> Iterator[tuple[bytes, bytes]]:
    """(type, body) of each chunk up to IEND; the last one may be cut off. Names of those with a wrong check
    sum go to `damaged`."""
    at = len(SIGNATURE)
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if kind == b"IEND":
            return
        body, end = data[at + 8 : at + 8 + size], at + 12 + size
        if (
            damaged is not None
            and end <= len(data)
            and kind in _USED
            and _sum(kind, body) != data[end - 4 : end]
        ):
            damaged.append(kind.decode())
        yield kind, body
        at = end


def _sum(kind: bytes, body: bytes) -> bytes:
    """The check sum of a chunk."""
    return zlib.crc32(body, zlib.crc32(kind)).to_bytes(4, "big")


def whole_file(png: Png) -> bytes:
    """A PNG file of the parts, with check sums that are right."""
    header = struct.pack(
        ">IIBBBBB", png.width, png.height, png.bits, png.colour_type, 0, 0, 1 if png.interlaced else 0
    )
    parts = ((b"IHDR", header), (b"PLTE", png.palette), (b"tRNS", png.transparency), (b"IDAT", png.rows))
    return SIGNATURE + b"".join(
        [
            len(body).to_bytes(4, "big") + kind + body + _sum(kind, body)
            for kind, body in (*parts, (b"IEND", b""))
            if body or kind == b"IEND"
        ]
    )


def first_rows(png: Png) -> int:
    """How many whole rows of a file that is not interlaced can be read without a fault."""
    return sum(len(rows) for rows in _rows(png)) // (png.row_length + 1)


def only_first_rows(png: Png, count: int) -> Png:
    """The file with its first rows alone, compressed anew: what is behind them is damaged or missing."""
    packer = zlib.compressobj(1)
    packed = [packer.compress(rows) for rows in _rows(png._replace(height=count))]
    return png._replace(height=count, rows=b"".join([*packed, packer.flush()]))


def _rows(png: Png) -> Iterator[bytes]:
    """Whole rows, some at a time, each behind its filter type: up to one that cannot be."""
    length, held, wanted = png.row_length + 1, b"", png.height
    for data in _inflated(png.rows):
        held += data
        whole = min(len(held) // length, wanted)
        filters = held[: whole * length : length]
        if filters.translate(None, _FILTERS):  # a filter type that does not exist
            yield held[: next(n for n, value in enumerate(filters) if value not in _FILTERS) * length]
            return
        if whole:
            yield held[: whole * length]
        held, wanted = held[whole * length :], wanted - whole
        if not wanted:
            return


def _inflated(data: bytes) -> Iterator[bytes]:
    """Inflated data in pieces, up to where it ends or is damaged."""
    inflater = zlib.decompressobj()
    for at in range(0, len(data), _FED):
        pending = data[at : at + _FED]
        more = True
        while more and not inflater.eof:
            spare = inflater.copy()
            try:
                piece = inflater.decompress(pending, _PIECE)
            except zlib.error:
                yield from _up_to_damage(spare, pending)
                return
            yield piece
            pending = inflater.unconsumed_tail
            more = bool(pending) or len(piece) == _PIECE


def _up_to_damage(inflater: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """What can be inflated of a piece that is damaged somewhere, in small steps."""
    for at in range(0, len(data), _STEP):
        try:
            yield inflater.decompress(data[at : at + _STEP])
        except zlib.error:
            return


def compressed_rows(image: Pillow.Image, level: int = -1) -> bytes:
    """The IDAT data of a PNG file of this image (mode L or RGB); each row gets the filter that suits it."""
    sink = io.BytesIO()
    image.save(sink, "PNG", compress_level=level)
    return b"".join([body for kind, body in _chunks(sink.getvalue(), []) if kind == b"IDAT"])


def compressed_bands(bands: Iterable[Pillow.Image]) -> bytes:
    """IDAT data of an image that comes in bands from top to bottom: of all but the first the first row is
    the last row of the band before, which the filters of the next one look at."""
    packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS, 8, zlib.Z_FILTERED)
    parts: list[bytes] = []
    for number, band in enumerate(bands):
        filtered = zlib.decompress(compressed_rows(band, level=0))
        parts.append(packer.compress(memoryview(filtered)[len(filtered) // band.height if number else 0 :]))
    return b"".join([*parts, packer.flush()])
