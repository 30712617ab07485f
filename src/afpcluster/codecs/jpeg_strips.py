"""JPEG strips of a TIFF joined to one JPEG, without decoding (TIFF Technical Note 2, ITU-T T.81 Annex B).

The coded data of strips may stand behind each other with restart markers between them, if a strip is a whole
number of MCUs: a restart sets the decoder back as the start of a strip does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from afpcluster.codecs.jpeg import FRAMES

_TABLES = frozenset({0xC4, 0xDB})  # DHT, DQT
_BASELINE = frozenset({0xC0, 0xC1})
_DRI, _SOS, _EOI = 0xDD, 0xDA, b"\xff\xd9"
_SOI = b"\xff\xd8"
_UNWANTED = re.compile(rb"\xff[\x01-\xfe]")  # in coded data: any marker
_LARGEST_INTERVAL = 0xFFFF


class _Strip(NamedTuple):
    """The parts of a strip: segments with tables, body of the frame header, scan header, coded data."""

    tables: list[bytes]
    frame_marker: int
    frame: bytes
    scan: bytes
    coded: bytes

    @property
    def coding(self) -> tuple[object, ...]:
        """How it is coded: all but its height."""
        return self.tables, self.frame_marker, self.frame[:1], self.frame[3:], self.scan

    @property
    def height(self) -> int:
        return int.from_bytes(self.frame[1:3], "big")


def join_strips(
    tables: bytes, strips: Sequence[bytes], width: int, height: int, *, rgb: bool
) -> bytes | None:
    """One JPEG of strips with common `tables` (tag JPEGTables; b'' where they have their own). None where
    they cannot be joined: another process, tables or sizes that differ, damage.

    `rgb`: three components are no YCbCr."""
    common = _segments(tables) if tables else ([], 0)
    parts = [_parse(strip) for strip in strips]
    if common is None or not parts or None in parts:
        return None
    found = [part for part in parts if part is not None]
    first, last = found[0], found[-1]
    size = int.from_bytes(first.frame[3:5], "big")
    if size != width or sum(part.height for part in found) != height:
        return None
    across, down = _mcu(first.frame)
    alike = all(part.coding == first.coding for part in found)
    whole = all(part.height == first.height for part in found[:-1]) and last.height <= first.height
    interval = -(-width // across) * -(-first.height // down)
    if not alike or not whole or (len(found) > 1 and (first.height % down or interval > _LARGEST_INTERVAL)):
        return None
    frame = first.frame[:1] + height.to_bytes(2, "big") + first.frame[3:]
    adobe = b"Adobe\0\x64\0\0\0\0" + bytes((0 if rgb else 1,))
    head = [_SOI, *common[0], *first.tables, _segment(first.frame_marker, frame)]
    if first.frame[5] == 3:
        head.insert(1, _segment(0xEE, adobe))
    if len(found) > 1:
        head.append(_segment(_DRI, interval.to_bytes(2, "big")))
    coded = [found[0].coded]
    for number, part in enumerate(found[1:]):
        coded += (bytes((0xFF, 0xD0 + number % 8)), part.coded)
    return b"".join([*head, first.scan, *coded, _EOI])


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def _mcu(frame: bytes) -> tuple[int, int]:
    """Width and height of an MCU in samples; of one component it is a block (Annex A.2.2)."""
    if frame[5] == 1:
        return 8, 8
    factors = frame[7 : 6 + 3 * frame[5] : 3]
    return 8 * max(factor >> 4 for factor in factors), 8 * max(factor & 15 for factor in factors)


def _parse(strip: bytes) -> _Strip | None:
    found = _segments(strip)
    if found is None:
        return None
    segments, at = found
    tables = [segment for segment in segments if segment[1] in _TABLES]
    frames = [segment for segment in segments if segment[1] in FRAMES]
    if len(frames) != 1 or any(segment[1] == _DRI and segment[4:] != b"\0\0" for segment in segments):
        return None
    frame, marker = frames[0][4:], frames[0][1]
    if marker not in _BASELINE or len(frame) < 6 or len(frame) < 6 + 3 * frame[5]:
        return None
    if not all(factor >> 4 and factor & 15 for factor in frame[7::3]):
        return None
    length = int.from_bytes(strip[at + 2 : at + 4], "big")
    scan, rest = strip[at : at + 2 + length], strip[at + 2 + length :]
    end = _UNWANTED.search(rest)  # the end marker, and nothing in front of it
    if strip[at + 1 : at + 2] != bytes((_SOS,)) or end is None or end[0] != _EOI:
        return None
    return _Strip(tables, marker, frame, scan, rest[: end.start()])


def _segments(data: bytes) -> tuple[list[bytes], int] | None:
    """(segments up to the scan, or the end; the place of that); None where something else is there."""
    if data[:2] != _SOI:
        return None
    found: list[bytes] = []
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] not in (_SOS, 0xD9):
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        found.append(data[at : at + 2 + length])
        at += 2 + max(2, length)
    if at + 2 > len(data) or data[at] != 0xFF or data[at + 1] not in (_SOS, 0xD9):
        return None
    return found, at
