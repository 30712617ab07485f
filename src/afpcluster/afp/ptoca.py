"""PTOCA control sequences as rows: code, mnemonic, name, operands; and how a text string splits into them.

A control sequence is X'2BD3', length, type, operands; a chained one (odd type) is followed by the next
without X'2BD3'. Everything outside control sequences is text. `TABLE[type]` gives the row for both the
unchained and the chained type; `name` is what the interpreter's handler is called.
PTOCA Chapter 4 "Control Sequence", Table 4 "Summary of PTOCA Control Sequences".
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from afpcluster.light import dataclass

PREFIX = b"\x2b\xd3"
_INT24 = "3s"


class Operand(NamedTuple):
    """One operand: its name in the reference, struct format, and whether it may be missing at the end."""

    name: str
    format: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """One control sequence. `code` is the unchained (even) type; where only one parity exists,
    `chained_only` or `unchained_only` says so. Without operands declared, the handler gets all bytes."""

    code: int
    mnemonic: str
    name: str
    operands: tuple[Operand, ...] = ()
    parity: str = "both"  # "both", "even" (ends its chain), "odd" (must be chained)

    @property
    def required(self) -> int:
        """Bytes of the operands that must be there."""
        return self._sizes()[len([o for o in self.operands if not o.optional])]

    def taken(self, size: int) -> int:
        """Bytes of whole operands among the first `size` bytes."""
        return max(total for total in self._sizes() if total <= max(size, 0))

    def _sizes(self) -> list[int]:
        """Bytes of the first operands: of none, one, two, …"""
        formats = [operand.format for operand in self.operands]
        return [struct.calcsize(">" + "".join(formats[:count])) for count in range(len(formats) + 1)]


def _row(code: int, mnemonic: str, name: str, operands: str = "", parity: str = "both") -> Control:
    """`operands` are "NAME:format" words; a trailing "?" makes one optional."""
    parsed = []
    for word in operands.split():
        operand, format_ = word.split(":")
        parsed.append(Operand(operand, format_.rstrip("?"), format_.endswith("?")))
    return Control(code, mnemonic, name, tuple(parsed), parity)


CONTROLS: tuple[Control, ...] = (
    _row(0xC0, "SIM", "set_inline_margin", "DSPLCMNT:h"),
    _row(0xC2, "SIA", "set_intercharacter_adjustment", "ADJSTMNT:h DIRCTION:B?"),
    _row(0xC4, "SVI", "set_variable_space_increment", "INCRMENT:h"),
    _row(0xC6, "AMI", "absolute_move_inline", "DSPLCMNT:h"),
    _row(0xC8, "RMI", "relative_move_inline", "INCRMENT:h"),
    _row(0xD0, "SBI", "set_baseline_increment", "INCRMENT:h"),
    _row(0xD2, "AMB", "absolute_move_baseline", "DSPLCMNT:h"),
    _row(0xD4, "RMB", "relative_move_baseline", "INCRMENT:h"),
    _row(0xD8, "BLN", "begin_line"),
    _row(0xF6, "STO", "set_text_orientation", "IORNTION:H BORNTION:H"),
    _row(0xDA, "TRN", "transparent_data"),
    _row(0xEE, "RPS", "repeat_string"),
    _row(0xF8, "NOP", "no_operation"),
    _row(0xE4, "DIR", "draw_inline_rule", f"RLENGTH:h RWIDTH:{_INT24}?"),
    _row(0xE6, "DBR", "draw_baseline_rule", f"RLENGTH:h RWIDTH:{_INT24}?"),
    _row(0x74, "STC", "set_text_color", "FRGCOLOR:H PRECSION:B?"),
    _row(0x80, "SEC", "set_extended_text_color"),
    _row(0xF0, "SCFL", "set_coded_font_local", "LID:B"),
    _row(0xF2, "BSU", "begin_suppression", "LID:B"),
    _row(0xF4, "ESU", "end_suppression", "LID:B"),
    _row(0x72, "OVS", "overstrike", "BYPSIDEN:B OVERCHAR:H"),
    _row(0x76, "USC", "underscore", "BYPSIDEN:B"),
    _row(0x78, "TBM", "temporary_baseline_move", "DIRCTION:B PRECSION:B? INCRMENT:h?"),
    _row(0x6A, "UCT", "unicode_complex_text", parity="even"),
    _row(0x6C, "GLC", "glyph_layout_control", parity="odd"),
    _row(0x8A, "GIR", "glyph_id_run", parity="odd"),
    _row(0x8C, "GAR", "glyph_advance_run"),
    _row(0x8E, "GOR", "glyph_offset_run"),
    _row(0x98, "ENC", "encrypted_data"),
    _row(0x9A, "SKI", "set_key_information"),
    _row(0x9C, "SEA", "set_encrypted_alternate"),
)

TABLE: tuple[Control | None, ...] = tuple(
    next((c for c in CONTROLS if c.code == code & 0xFE), None) for code in range(256)
)


def operand_decoder(control: Control) -> Callable[[bytes], tuple[Any, ...] | None]:
    """A function from operand bytes to operand values, in order; missing optional ones are left out.

    It answers None where a required operand is missing. 3-byte operands stay bytes.
    """
    if not control.operands:
        return lambda data: (data,)
    cuts = []  # longest first: (size, unpack)
    for count in range(len(control.operands), -1, -1):
        formats = ">" + "".join(o.format for o in control.operands[:count])
        if all(o.optional for o in control.operands[count:]):
            cuts.append((struct.calcsize(formats), struct.Struct(formats).unpack_from))
    (full, unpack), rest = cuts[0], tuple(cuts[1:])

    def decode(data: bytes) -> tuple[Any, ...] | None:
        if len(data) >= full:
            return unpack(data)
        for size, unpack_short in rest:
            if len(data) >= size:
                return unpack_short(data)
        return None

    return decode


class Sequence(NamedTuple):
    """A control sequence: `type` with its chaining bit, operand bytes, position of its length byte."""

    type: int
    operands: bytes
    position: int


def split_controls(data: bytes) -> Iterator[Sequence | bytes]:
    """Control sequences and the text between them, in order; for dumps and tests.

    Stops where a sequence's length is impossible. The bytes after UCT that it covers come as text.
    """
    at, end, chained = 0, len(data), False
    while at < end:
        if not chained:
            found = data.find(PREFIX, at)
            if found != at:
                stop = found if found >= 0 else end
                yield data[at:stop]
                at = stop
                continue
            at += 2
        if at + 2 > end or data[at] < 2 or at + data[at] > end:
            return
        yield Sequence(data[at + 1], data[at + 2 : at + data[at]], at)
        chained = bool(data[at + 1] & 1)
        at += data[at]


class TextBuilder:
    """Writes presentation text: every call adds one control sequence, chained where the next follows.

    Operands are L-units. `data()` is what goes into PTX records; a PTX holds at most 32,759 bytes and
    may end only between control sequences of an unbroken chain, see `records`.
    """

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def control(self, mnemonic: str, *operands: int, data: bytes = b"") -> TextBuilder:
        """Add the control with this mnemonic; `data` for controls without declared operands."""
        self._parts.append(_with_data(mnemonic, data) if data else _with_operands(mnemonic, operands))
        return self

    def text(self, data: bytes) -> TextBuilder:
        """Add text, as Transparent Data of at most 253 bytes each."""
        for at in range(0, len(data), 253):
            self.control("TRN", data=data[at : at + 253])
        return self

    def records(self, limit: int = 32_000) -> list[bytes]:
        """The text as contents of PTX records of at most `limit` bytes, each a chain of its own."""
        found: list[bytes] = []
        chain: list[bytes] = []
        size = 2
        for part in self._parts:
            if size + len(part) > limit and chain:
                found.append(_chain(chain))
                chain, size = [], 2
            chain.append(part)
            size += len(part)
        if chain:
            found.append(_chain(chain))
        return found

    def data(self) -> bytes:
        """All of it as one chain."""
        return _chain(self._parts) if self._parts else b""


_BY_MNEMONIC = {control.mnemonic: control for control in CONTROLS}


def _with_data(mnemonic: str, data: bytes) -> bytes:
    return bytes((len(data) + 2, _BY_MNEMONIC[mnemonic].code | 1)) + data


@lru_cache(maxsize=1 << 16)
def _with_operands(mnemonic: str, operands: tuple[int, ...]) -> bytes:
    """A chained control; cached, because the same places and fonts come again on every page."""
    parts = [
        value.to_bytes(3, "big", signed=True) if o.format == _INT24 else struct.pack(">" + o.format, value)
        for o, value in zip(_BY_MNEMONIC[mnemonic].operands, operands, strict=False)
    ]
    return _with_data(mnemonic, b"".join(parts))


def _chain(parts: list[bytes]) -> bytes:
    last = parts[-1]
    return PREFIX + b"".join(parts[:-1]) + last[:1] + bytes((last[1] & 0xFE,)) + last[2:]
