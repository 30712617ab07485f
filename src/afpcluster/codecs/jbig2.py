"""JBIG2 data as a PDF wants it: segments in sequence, without file header, end of page and end of file.

Only segment headers are read (ITU-T T.88 section 7.2), nothing is decoded.
"""

from __future__ import annotations

from typing import NamedTuple

_MAGIC = b"\x97JB2\r\n\x1a\n"
_PAGE_INFORMATION, _END_OF_PAGE, _END_OF_STRIPE, _END_OF_FILE = 48, 49, 50, 51
_UNKNOWN = 0xFFFFFFFF


class Jbig2Error(ValueError):
    """The segments cannot be followed, or no page is described."""


class _Segment(NamedTuple):
    type: int
    header: bytes
    length: int
    end: int  # of the header in the file
    page: int  # that it belongs to, 0 is all of them


class Embedded(NamedTuple):
    """Segments in embedded organisation, the size of the page, how many pages there are, and whether some
    segment breaks off."""

    data: bytes
    width: int
    height: int
    pages: int
    cut_off: bool


def embedded_stream(data: bytes) -> Embedded:
    """The first page, with the segments that belong to no page. Raises Jbig2Error."""
    at, sequential = 0, True
    if data.startswith(_MAGIC):
        if len(data) < 9:
            raise Jbig2Error("only a file header")
        sequential = bool(data[8] & 1)
        at = 9 if data[8] & 2 else 13
    found = _segments(data, at, sequential)
    pages = list(dict.fromkeys(segment.page for segment, _ in found if segment.type == _PAGE_INFORMATION))
    parts: list[bytes] = []
    width = height = stripes = 0
    cut_off = False
    for segment, body in found:
        if segment.page not in (0, *pages[:1]) or segment.type in (_END_OF_PAGE, _END_OF_FILE):
            continue
        cut_off = cut_off or len(body) < segment.length != _UNKNOWN
        if segment.type == _PAGE_INFORMATION and len(body) >= 8:
            width, height = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
        elif segment.type == _END_OF_STRIPE:
            stripes = int.from_bytes(body[:4], "big") + 1
        parts += (segment.header, body)
    if height == _UNKNOWN:  # its stripes say how far the page goes (section 7.4.10)
        height = stripes
    if not width or not height:
        raise Jbig2Error("no page information with a size")
    return Embedded(b"".join(parts), width, height, len(pages), cut_off)


def _segments(data: bytes, at: int, sequential: bool) -> list[tuple[_Segment, bytes]]:
    found: list[tuple[_Segment, bytes]] = []
    if sequential:
        while at + 11 <= len(data):
            segment = _header(data, at)
            length = len(data) - segment.end if segment.length == _UNKNOWN else segment.length
            at = segment.end + length
            found.append((segment, data[segment.end : at]))
        return found
    headers: list[_Segment] = []
    while at + 11 <= len(data):
        headers.append(_header(data, at))
        at = headers[-1].end
        if headers[-1].type == _END_OF_FILE:
            break
    for segment in headers:
        found.append((segment, data[at : at + segment.length]))
        at += segment.length
    return found


def _header(data: bytes, start: int) -> _Segment:
    """The segment header at `start` (section 7.2.2 to 7.2.7)."""
    number = int.from_bytes(data[start : start + 4], "big")
    flags = data[start + 4]
    at = start + 5
    count = data[at] >> 5
    if count == 7:
        count = int.from_bytes(data[at : at + 4], "big") & 0x1FFFFFFF
        at += 4 + (count + 8) // 8
    else:
        at += 1
    at += count * (1 if number <= 256 else 2 if number <= 65536 else 4)
    page, at = at, at + (4 if flags & 0x40 else 1)
    if at + 4 > len(data):
        raise Jbig2Error(f"the segment header at byte {start} runs past the end")
    length, owner = int.from_bytes(data[at : at + 4], "big"), int.from_bytes(data[page:at], "big")
    return _Segment(flags & 0x3F, data[start : at + 4], length, at + 4, owner)
