"""Mutations of AFP files: every one is made from a random sequence alone, so that its seed repeats it.

Some work on bytes, some on records (structured fields), some know what is inside a record. One input
gets one to four of them. Lengths are lied about on purpose in some and kept right in others, so that
damage reaches the code behind the framing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from afpcluster.afp.fields import CODES
from afpcluster.afp.ptoca import CONTROLS, PREFIX
from benchmarks.fuzz.framings import FRAMINGS

INTERESTING = (0, 1, 2, 3, 7, 8, 0x10, 0x20, 0x40, 0x5A, 0x7F, 0x80, 0xD3, 0xFE, 0xFF)
WORDS = (0, 1, 2, 7, 8, 9, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF)
MAXIMUM_SIZE = 1 << 16  # inputs do not grow past this
_LARGEST_FRAMED = 32_000  # what a descriptor's length can say, and its framing fits into an input
_TYPES = tuple(CODES.values())


def mutated(random: Random, seeds: Sequence[bytes]) -> bytes:
    """One input: a seed with one to four mutations; one in six is framed as hosts do, and may be damaged
    after that."""
    data = random.choice(seeds)
    for _ in range(1 + int(random.random() ** 2 * 4)):
        data = random.choice(MUTATIONS)(random, data, seeds)
    if random.random() < 1 / 6:
        data = FRAMINGS[random.choice(list(FRAMINGS))](split(data[:_LARGEST_FRAMED]))
        if random.random() < 1 / 2:
            data = random.choice(_DATA)(random, data, seeds)
    return data[:MAXIMUM_SIZE]


def split(data: bytes) -> list[bytes]:
    """The records of a file, introducers included; what is no record stays with the one before it."""
    found, at, end = [], 0, len(data)
    while at < end:
        stop = at + 1 + int.from_bytes(data[at + 1 : at + 3], "big")
        if data[at] != 0x5A or stop <= at + 8:
            stop = end
        found.append(data[at:stop])
        at = stop
    return found


def _with_length(record: bytes) -> bytes:
    """A record whose introducer says its real length."""
    return b"\x5a" + min(len(record) - 1, 0xFFFF).to_bytes(2, "big") + record[3:]


def _place(random: Random, size: int) -> int:
    return int(random.random() * size)


def flip_bits(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    if not data:
        return data
    changed = bytearray(data)
    for _ in range(1 + _place(random, 6)):
        changed[_place(random, len(changed))] ^= 1 << _place(random, 8)
    return bytes(changed)


def set_bytes(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    if not data:
        return data
    changed = bytearray(data)
    for _ in range(1 + _place(random, 4)):
        changed[_place(random, len(changed))] = random.choice(INTERESTING)
    return bytes(changed)


def set_word(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    at = _place(random, len(data))
    return data[:at] + random.choice(WORDS).to_bytes(2, "big") + data[at + 2 :]


def truncate(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    return data[: _place(random, len(data) + 1)]


def cut_out(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    at = _place(random, len(data))
    return data[:at] + data[at + 1 + _place(random, 40) :]


def insert(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    at = _place(random, len(data) + 1)
    return data[:at] + random.randbytes(1 + _place(random, 12)) + data[at:]


def repeat_bytes(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    at = _place(random, len(data))
    part = data[at : at + 1 + _place(random, 30)]
    return data[:at] + part * (1 + _place(random, 8)) + data[at:]


def delete_record(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    records = split(data)
    if records:
        del records[_place(random, len(records))]
    return b"".join(records)


def repeat_record(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    records = split(data)
    if records:
        at = _place(random, len(records))
        records[at:at] = [records[at]] * (1 + _place(random, 3))
    return b"".join(records)


def swap_records(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    records = split(data)
    if records:
        a, b = _place(random, len(records)), _place(random, len(records))
        records[a], records[b] = records[b], records[a]
    return b"".join(records)


def lie_about_length(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    records = split(data)
    if records:
        at = _place(random, len(records))
        length = max(0, len(records[at]) - 1 + random.choice((-9, -2, -1, 1, 2, 7, 300)))
        length = random.choice((length, length, random.choice(WORDS))) & 0xFFFF
        records[at] = records[at][:1] + length.to_bytes(2, "big") + records[at][3:]
    return b"".join(records)


def change_type(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    records = split(data)
    if records:
        at = _place(random, len(records))
        records[at] = records[at][:3] + random.choice(_TYPES).to_bytes(3, "big") + records[at][6:]
    return b"".join(records)


def set_flags(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    """Introducer flags: extension, segmentation, padding."""
    records = split(data)
    if records:
        at = _place(random, len(records))
        flags = random.choice((0x80, 0x20, 0x08, 0x28, 0xA8, 0xFF))
        records[at] = records[at][:6] + bytes((flags,)) + records[at][7:]
    return b"".join(records)


def splice(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    """Records of another file in the middle of this one."""
    records, other = split(data), split(random.choice(seeds))
    if not records or not other:
        return data
    start = _place(random, len(other))
    at = _place(random, len(records) + 1)
    records[at:at] = other[start : start + 1 + _place(random, 12)]
    return b"".join(records)


def _in_record(random: Random, data: bytes, change: Callable[[Random, bytes], bytes]) -> bytes:
    """Change the data of one record (those with data before those without); its length stays right."""
    records = split(data)
    full = [index for index, record in enumerate(records) if len(record) > 9]
    if not full:
        return data
    at = random.choice(full)
    records[at] = _with_length(records[at][:9] + change(random, records[at][9:])[:32_000])
    return b"".join(records)


def change_data(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    return _in_record(random, data, lambda r, d: random.choice(_DATA)(r, d, ()))


def change_parameter(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    """A big-endian number of 1 to 3 bytes near the start of a record's data, where parameters are."""

    def change(random: Random, content: bytes) -> bytes:
        size = 1 + _place(random, 3)
        at = _place(random, min(len(content), 48))
        return content[:at] + random.choice(WORDS).to_bytes(3, "big")[-size:] + content[at + size :]

    return _in_record(random, data, change)


def change_self_defining(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    """The length or identifier of something that looks like a triplet, group or self-defining field."""

    def change(random: Random, content: bytes) -> bytes:
        starts = [i for i in range(len(content) - 2) if 2 <= content[i] <= len(content) - i]
        if not starts:
            return content
        at = random.choice(starts)
        kind = _place(random, 4)
        if kind == 0:
            return content[:at] + bytes((random.choice(INTERESTING),)) + content[at + 1 :]
        if kind == 1:
            return content[: at + 1] + bytes((_place(random, 256),)) + content[at + 2 :]
        end = at + content[at]
        return content[:at] + content[end:] if kind == 2 else content[:end] + content[at:end] + content[end:]

    return _in_record(random, data, change)


def insert_control(random: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    """A well-formed text control with operands of any kind, at the start or end of presentation text."""
    control = random.choice(CONTROLS)
    size = random.choice((control.required, control.required, _place(random, 20)))
    body = random.choice((random.randbytes(size), bytes(random.choice(INTERESTING) for _ in range(size))))
    code = control.code | (random.random() < 0.3)
    sequence = PREFIX + bytes((size + 2, code)) + body

    def change(random: Random, content: bytes) -> bytes:
        return sequence + content if random.random() < 0.5 else content + sequence

    records = split(data)
    texts = [i for i, r in enumerate(records) if r[3:6] == b"\xd3\xee\x9b"]
    if not texts:
        return _in_record(random, data, change)
    at = random.choice(texts)
    records[at] = _with_length(records[at][:9] + change(random, records[at][9:]))
    return b"".join(records)


_DATA = (flip_bits, set_bytes, set_word, truncate, cut_out, insert, repeat_bytes)

MUTATIONS: tuple[Callable[[Random, bytes, Sequence[bytes]], bytes], ...] = (
    *_DATA,
    delete_record,
    repeat_record,
    swap_records,
    lie_about_length,
    change_type,
    set_flags,
    splice,
    *(change_data, change_parameter, change_self_defining, insert_control) * 3,
)
"""Those that know what is inside a record come three times: they reach deepest."""
