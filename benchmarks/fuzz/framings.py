"""Records as hosts and transfers write them: the same fields, framed otherwise."""

from __future__ import annotations

from collections.abc import Callable
from random import Random


def rdw(data: bytes, code: int = 0) -> bytes:
    """A record descriptor word and the record."""
    return (len(data) + 4).to_bytes(2, "big") + bytes((code, 0)) + data


def blocked(records: list[bytes]) -> bytes:
    """A block descriptor word and the block."""
    return rdw(b"".join(records))


def spanned(records: list[bytes], size: int) -> list[bytes]:
    """Records in segments of at most `size` bytes: 0 whole, 1 first, 3 middle, 2 last."""
    found = []
    for record in records:
        parts = [record[at : at + size] for at in range(0, len(record), size)]
        codes = [1, *[3] * (len(parts) - 2), 2] if len(parts) > 1 else [0]
        found += [rdw(part, code) for part, code in zip(parts, codes, strict=True)]
    return found


def chopped(data: bytes, seed: int, most: int = 60) -> list[bytes]:
    """The bytes in parts of any size, fields or not."""
    random, parts, at = Random(seed), [], 0
    while at < len(data):
        size = random.randrange(1, most)
        parts.append(data[at : at + size])
        at += size
    return parts


def unmarked(records: list[bytes]) -> list[bytes]:
    """The records without X'5A'."""
    return [record[1:] for record in records]


_SHORT, _LONG = 60, 30_000
FRAMINGS: dict[str, Callable[[list[bytes]], bytes]] = {
    "rdw": lambda records: b"".join(map(rdw, records)),
    "bdw": lambda records: b"".join(blocked([rdw(record)]) for record in records),
    "two bytes": lambda records: b"".join((len(r) + 2).to_bytes(2, "big") + r for r in records),
    "spanned": lambda records: b"".join(spanned(records, _SHORT)),
    "chopped": lambda records: b"".join(map(rdw, chopped(b"".join(records), 1, _LONG))),
    "unmarked": lambda records: b"".join(unmarked(records)),
    "unmarked, rdw": lambda records: b"".join(map(rdw, unmarked(records))),
    "unmarked, lines": lambda records: b"\n".join(unmarked(records)) + b"\n",
    "lines": lambda records: b"\r\n".join(records) + b"\r\n",
}
"""By name; what is made has the same structured fields."""
