"""TIFF files made by hand, as Pillow does not write them."""

from __future__ import annotations

import struct
from collections.abc import Sequence

_SHORT, _LONG = 3, 4


def tiff(
    size: tuple[int, int],
    strips: Sequence[bytes],
    *,
    bits: Sequence[int] = (8,),
    photometric: int = 1,
    order: str = "<",
    tile: tuple[int, int] | None = None,
    **tags: Sequence[int],
) -> bytes:
    """A file of one image in strips of equal height, or in tiles. Further tags as `t339=(3,)`."""
    width, height = size
    rows = -(-height // len(strips))
    entries: dict[int, Sequence[int]] = {
        256: (width,),
        257: (height,),
        258: bits,
        259: (1,),
        262: (photometric,),
        277: (len(bits),),
        278: (rows,),
        **{int(name[1:]): values for name, values in tags.items()},
    }
    where, sizes = (273, 279) if tile is None else (324, 325)
    if tile is not None:
        del entries[278]
        entries |= {322: (tile[0],), 323: (tile[1],)}
    starts = [8 + sum(map(len, strips[:n])) for n in range(len(strips))]
    entries |= {where: starts, sizes: [len(strip) for strip in strips]}
    body = b"".join(strips)
    at = 8 + len(body)
    directory, extra = b"", b""
    behind = at + 2 + 12 * len(entries) + 4
    for tag, values in sorted(entries.items()):
        kind, form = (_LONG, "I") if tag in (where, sizes) else (_SHORT, "H")
        if tag == 347:
            kind, form = 7, "B"
        packed = struct.pack(f"{order}{len(values)}{form}", *values)
        if len(packed) > 4:
            packed, extra = struct.pack(f"{order}I", behind + len(extra)), extra + packed
        directory += struct.pack(f"{order}HHI", tag, kind, len(values)) + packed.ljust(4, b"\0")
    head = {"<": b"II", ">": b"MM"}[order] + struct.pack(f"{order}HI", 42, at)
    return head + body + struct.pack(f"{order}H", len(entries)) + directory + bytes(4) + extra
