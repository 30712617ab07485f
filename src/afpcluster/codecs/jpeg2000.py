"""What JPEG 2000 data says about itself: whether it is whole, and its colour space (ITU-T T.800 Annexes A and I).

Only boxes and markers are read, no sample is decoded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

SYCC, CMYK = 18, 12
"""Enumerated colour spaces (Annex I.5.3.3) that not all readers know, or that Pillow has as one of its modes."""

_START, _TILE_PART, _END = b"\xff\x4f", 0xFF90, b"\xff\xd9"
_COLOUR_ENUMERATED = 1


class Codestream(NamedTuple):
    """Where the codestream is in the data, and the place of the last tile-part that begins in it."""

    start: int
    last_tile_part: int
    whole: bool  # it has its end marker


def codestream(data: bytes) -> Codestream | None:
    """The codestream of a JP2 file or by itself; None where there is none."""
    start = 0 if data.startswith(_START) else _box(data, b"jp2c")
    if start is None or data[start : start + 2] != _START:
        return None
    at = start + 2
    while at + 4 <= len(data) and int.from_bytes(data[at : at + 2], "big") != _TILE_PART:  # main header
        at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    last = at
    while at + 12 <= len(data) and int.from_bytes(data[at : at + 2], "big") == _TILE_PART:
        last = at
        length = int.from_bytes(data[at + 6 : at + 10], "big")
        if length == 0:  # to the end marker
            return Codestream(start, last, data.rfind(_END) > at)
        at += max(12, length)
    return Codestream(start, last, data[at : at + 2] == _END)


def closed(data: bytes, found: Codestream) -> bytes:
    """A codestream that breaks off, by itself, with its last tile-part as long as what came of it."""
    head, last = data[found.start : found.last_tile_part], data[found.last_tile_part :]
    return head + last[:6] + len(last).to_bytes(4, "big") + last[10:] + _END


def colour_space(data: bytes) -> int | None:
    """The enumerated colour space of a JP2 file; None where it has none."""
    header = _box(data, b"jp2h")
    if header is None:
        return None
    for kind, start, end in _boxes(data, header, len(data)):
        if kind == b"colr" and end - start >= 7 and data[start] == _COLOUR_ENUMERATED:
            return int.from_bytes(data[start + 3 : start + 7], "big")
    return None


def _box(data: bytes, wanted: bytes) -> int | None:
    """Where the contents of the first box of a kind begin."""
    return next((start for kind, start, _ in _boxes(data, 0, len(data)) if kind == wanted), None)


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(kind, start, end of the contents) of each box."""
    while at + 8 <= end:
        length, kind, start = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], at + 8
        if length == 1:
            length, start = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        last = end if length == 0 else min(at + length, end)
        if last < start:
            return
        yield kind, start, last
        at = last
