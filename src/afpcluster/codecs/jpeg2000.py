"""What JPEG 2000 data says of itself: if it is whole, and its colour space (ITU-T T.800 Annexes A and I).

Only boxes and markers are read, no sample is decoded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

SYCC = 18
"""The enumerated colour space (Annex I.5.3.3) that viewers show differently."""

_START, _TILE_PART, _DATA, _END = b"\xff\x4f", b"\xff\x90", b"\xff\x93", b"\xff\xd9"
_HEADER = 12  # bytes of a tile-part's first marker segment
_COLOUR_ENUMERATED = 1


class Codestream(NamedTuple):
    """Where the codestream and its tile-parts are in the data; `whole`: it has its end marker; `tiles`: how
    many the image has."""

    start: int
    tile_parts: list[int]
    whole: bool
    tiles: int


def codestream(data: bytes) -> Codestream | None:
    """The codestream of a JP2 file or by itself; None where there is none."""
    start = 0 if data.startswith(_START) else _box(data, b"jp2c")
    if start is None or data[start : start + 2] != _START:
        return None
    at = start + 2
    while at + 4 <= len(data) and data[at : at + 2] != _TILE_PART:  # the main header
        at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    parts: list[int] = []
    tiles = _tiles(data, start)
    while at + _HEADER <= len(data) and data[at : at + 2] == _TILE_PART:
        parts.append(at)
        length = int.from_bytes(data[at + 6 : at + 10], "big")
        if length == 0:  # to the end marker
            return Codestream(start, parts, data.rfind(_END) > at, tiles)
        at += max(_HEADER, length)
    return Codestream(start, parts, data[at : at + 2] == _END, tiles)


def completed(data: bytes, found: Codestream) -> bytes | None:
    """A codestream that breaks off, by itself, with zeros for what is missing: packets without content
    (Annex B.10.3), so that decoders show what came, coarsely. None where nothing did."""
    if not found.tile_parts:
        return None
    last = found.tile_parts[-1]
    longest = len(data) - last + _MOST_EMPTY  # whatever it says
    length = min(int.from_bytes(data[last + 6 : last + 10], "big") or longest, longest)
    parts = [data[found.start : last], data[last : last + 6], length.to_bytes(4, "big")]
    parts.append(data[last + 10 :].ljust(length - 10, b"\0"))
    seen = {data[at + 4 : at + 6] for at in found.tile_parts}
    for number in range(min(found.tiles, _MOST_TILES)):
        name = number.to_bytes(2, "big")
        if name not in seen:
            size = (_HEADER + 2 + _EMPTY).to_bytes(4, "big")
            parts.append(_TILE_PART + b"\0\x0a" + name + size + b"\0\1" + _DATA + bytes(_EMPTY))
    return b"".join([*parts, _END])


_EMPTY = 2048  # packets without content, more than tiles have in practice
_MOST_EMPTY = 1 << 16
_MOST_TILES = 4096


def _tiles(data: bytes, start: int) -> int:
    """Number of tiles (SIZ, Annex A.5.1), which the main header begins with."""
    width, height, _left, _top, across, down, tile_left, tile_top = (
        int.from_bytes(data[at : at + 4], "big") for at in range(start + 8, start + 40, 4)
    )
    if not across or not down:
        return 0
    return -(-(width - tile_left) // across) * -(-(height - tile_top) // down)


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
