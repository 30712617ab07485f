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

from PIL import Image as Pillow

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GRAY, RGB, INDEXED, GRAY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
_SAMPLES = {GRAY: 1, RGB: 3, INDEXED: 1, GRAY_ALPHA: 2, RGB_ALPHA: 4}
_FILTERS = bytes(range(5))
_USED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
_PIECE = 1 << 20  # bytes of rows inflated at once
_FED = 1 << 16  # bytes of compressed data inflated at once


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
    length = png.row_length + 1
    piece = max(1, _PIECE // length) * length
    inflater = zlib.decompressobj()
    fed, pending, held, rows = 0, b"", b"", 0
    while rows < png.height:
        if not pending:
            pending = png.rows[fed : fed + _FED]
            fed += _FED
        try:
            held += inflater.decompress(pending, piece - len(held))
        except zlib.error:
            return rows
        pending = inflater.unconsumed_tail
        whole = len(held) // length
        filters = held[: whole * length : length]
        if filters.translate(None, _FILTERS):  # a filter type that does not exist
            return rows + next(n for n, value in enumerate(filters) if value not in _FILTERS)
        rows += whole
        held = held[whole * length :]
        if not whole and (inflater.eof or (fed >= len(png.rows) and not pending)):
            break
    return min(rows, png.height)


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
