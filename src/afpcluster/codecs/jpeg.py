"""What a JPEG file says about itself: enough to place it and to know whether a PDF can carry it as it is.

Only markers are read (ITU-T T.81 Annex B); no sample is decoded.
"""

from __future__ import annotations

import re

from afpcluster.light import dataclass

_SOI, _EOI, _SOS, _APP0, _APP14 = 0xD8, 0xD9, 0xDA, 0xE0, 0xEE
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
PASSABLE_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended sequential and progressive DCT with Huffman coding: what PDF's DCTDecode reads."""
ARITHMETIC_FRAMES = frozenset({0xC9, 0xCA})
PROGRESSIVE_FRAME = 0xC2
END_OF_IMAGE = b"\xff\xd9"
_NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # behind coded data: neither stuffing nor restart


class JpegError(ValueError):
    """The data is no JPEG, or has no frame header."""


@dataclass(slots=True)
class JpegHeader:
    """Size in samples; `x_density` and `y_density` are samples per inch, 0 where not given."""

    frame: int  # SOF marker, 0xC0 is baseline
    bits: int
    width: int
    height: int
    components: bytes  # component identifiers
    adobe_transform: int | None = None  # of the APP14 marker: 0 none, 1 YCbCr, 2 YCCK
    jfif: bool = False
    x_density: float = 0.0
    y_density: float = 0.0

    @property
    def unmarked_rgb(self) -> bool:
        """Components are named R, G, B and no marker says what they are: no YCbCr in it."""
        return self.components == b"RGB" and not self.jfif and self.adobe_transform is None


def read_header(data: bytes) -> JpegHeader:
    """The header of the first frame. Raises JpegError."""
    if data[:2] != b"\xff\xd8":
        raise JpegError("no JPEG: it does not begin with X'FFD8'")
    at = 2
    jfif, adobe, density = False, None, (0.0, 0.0)
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            at += 1
            continue
        marker = data[at + 1]
        if marker in _STANDALONE or marker in (0x00, 0xFF, _SOI):
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        if marker in FRAMES:
            if len(body) < 6 or len(body) < 6 + 3 * body[5]:
                break
            height, width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
            names = bytes(body[6 : 6 + 3 * body[5] : 3])
            return JpegHeader(marker, body[0], width, height, names, adobe, jfif, *density)
        if marker == _APP0 and body[:5] == b"JFIF\0" and len(body) >= 12:
            jfif, density = True, _density(body)
        elif marker == _APP14 and body[:5] == b"Adobe" and len(body) >= 12:
            adobe = body[11]
        elif marker in (_SOS, _EOI):
            break
        at += 2 + length
    raise JpegError("no JPEG frame header in front of its scan")


def ended(data: bytes) -> bytes:
    """The image up to its end marker; where that is missing, what came of whole segments and coded data
    with an end marker behind it. Markers inside of segments, of thumbnails or comments, are not its own."""
    at = 2
    while found := _NEXT_MARKER.search(data, at):
        at, marker = found.end(), data[found.end() - 1]
        if marker == _EOI:
            return data
        if marker not in _STANDALONE and marker != _SOI:
            end = at + max(2, int.from_bytes(data[at : at + 2], "big"))
            if end > len(data):  # it breaks off in this segment
                return data[: found.start()] + END_OF_IMAGE
            at = end
    return data.rstrip(b"\xff") + END_OF_IMAGE


def _density(jfif: bytes) -> tuple[float, float]:
    x, y = int.from_bytes(jfif[8:10], "big"), int.from_bytes(jfif[10:12], "big")
    factor = {1: 1.0, 2: 2.54}.get(jfif[7], 0.0)
    return x * factor, y * factor


def mark_as_rgb(data: bytes) -> bytes:
    """The same JPEG with an Adobe marker that says "no colour transform"."""
    marker = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"
    return data[:2] + marker + data[2:]
