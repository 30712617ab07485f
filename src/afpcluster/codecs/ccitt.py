"""CCITT coded bilevel images: a decoder that says how far it came.

Most images pass into the output as they are. Decoding serves what no output can say (IBM MMR, IOCA
Appendix A; uncompressed mode), the height of images that do not give it, and telling how rows were coded:
RIDIC pads rows to bytes in front of compression, but many producers wrap TIFF data that is not padded, and
some begin each coded row at a byte.
Terms are those of ITU-T T.4 and T.6: a row is the list of its changing elements a0, a1, ...
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import islice
from typing import NamedTuple

from afpcluster.codecs.ccitt_codes import (
    BLACK_RUNS,
    CODE_BITS,
    EXTENSION,
    HORIZONTAL,
    MODES,
    PASS,
    WHITE_RUNS,
)
from afpcluster.light import dataclass


class Scheme(Enum):
    """How rows are coded and separated."""

    G4 = "G4"  # T.6: two-dimensional, no end-of-line codes
    G3_MH = "MH"  # T.4 one-dimensional, end-of-line codes optional
    G3_MR = "MR"  # T.4 two-dimensional: a tag behind each end-of-line code
    TIFF_2 = "TIFF 2"  # one-dimensional, rows begin at bytes, no end-of-line codes
    IBM_MMR = "IBM MMR"  # first row one-dimensional, then two-dimensional ones


class Decoded(NamedTuple):
    """Rows padded to bytes, 1 is black; `damaged` where an impossible code ended the decoding, or in T.4 cost
    a row, `uncompressed` where some of it is in uncompressed mode."""

    rows: bytes
    height: int
    damaged: bool
    uncompressed: bool = False


class RowForm(NamedTuple):
    """How rows are coded: their length in image points, and whether each begins at a byte."""

    width: int
    aligned: bool = False


class CodeError(ValueError):
    """A code word that does not exist, or a row that runs past its end."""


@dataclass(slots=True)
class _Bits:
    """A reader of code words; past the end of the data it reads zeros."""

    data: bytes
    at: int = 0  # in bits
    uncompressed: bool = False  # met that mode
    damaged: bool = False  # had to skip to an end-of-line code

    def peek(self, count: int) -> int:
        at = self.at
        start = at >> 3
        window = int.from_bytes(self.data[start : start + 4].ljust(4, b"\0"), "big")
        return window >> 32 - count - (at & 7) & (1 << count) - 1

    def run(self, table: list[tuple[int, int]]) -> int:
        """One run length: any make-up codes and a terminating code (T.4 section 4.1.2)."""
        total = 0
        while True:
            length, bits = table[self.peek(CODE_BITS)]
            if not bits:
                raise CodeError(f"no run length code at bit {self.at}")
            self.at += bits
            total += length
            if length < 64:
                return total

    @property
    def ended(self) -> bool:
        return self.at >= len(self.data) * 8


_EOL_BITS = 12
_BEHIND = 4  # imaginary changes behind the end of a row: b1 of either parity, b2, and one more


def decode(data: bytes, form: RowForm, scheme: Scheme, max_rows: int) -> Decoded:
    """Decode at most `max_rows` rows (of a length above 0)."""
    row_length = (form.width + 7) // 8
    rows: list[bytes] = []
    bits = _Bits(data)
    damaged = False
    try:
        for changes in _rows(bits, form, scheme):
            rows.append(_paint(changes, form.width, row_length))
            if len(rows) >= max_rows:
                break
    except CodeError:
        damaged = bits.at + CODE_BITS <= len(data) * 8  # else it breaks off in a code
    return Decoded(b"".join(rows), len(rows), damaged or bits.damaged, bits.uncompressed)


def coded_form(data: bytes, width: int, scheme: Scheme, *, padded: bool) -> RowForm:
    """How the rows of data for an image of `width` points were coded; `padded` as RIDIC demands.

    Only the right form keeps the codes in step. Rows that begin at bytes, though nothing says so, break
    the others within the first of them.
    """
    widths = sorted({width, (width + 7) // 8 * 8}) if padded else [width]
    if scheme in _ALIGNABLE and not any(_survives(data, RowForm(w), scheme) for w in widths):
        for form in (RowForm(w, aligned=True) for w in reversed(widths)):
            if _survives(data, form, scheme):
                return form
    return RowForm(coded_width(data, width, scheme) if padded else width)


_ALIGNABLE = (Scheme.G4, Scheme.G3_MH)
_FIRST_ROWS = 16


def _survives(data: bytes, form: RowForm, scheme: Scheme) -> bool:
    """Whether the first rows can be decoded so."""
    return _pass_first_rows(_Bits(data), form, scheme)


def begins_uncompressed(data: bytes, form: RowForm, scheme: Scheme) -> bool:
    """Whether uncompressed mode is met in the first rows."""
    bits = _Bits(data)
    _pass_first_rows(bits, form, scheme)
    return bits.uncompressed


def _pass_first_rows(bits: _Bits, form: RowForm, scheme: Scheme) -> bool:
    try:
        for _ in islice(_rows(bits, form, scheme), _FIRST_ROWS):
            pass
    except CodeError:
        return False
    return True


def coded_width(data: bytes, width: int, scheme: Scheme) -> int:
    """The row length, `width` or `width` padded to bytes, that the data was coded with.

    Both are decoded side by side, the first that breaks is wrong. Padded, as RIDIC demands, where neither
    breaks: then both show the same.
    """
    padded = (width + 7) // 8 * 8
    if padded == width:
        return width
    as_padded, as_given = (_rows(_Bits(data), RowForm(w), scheme) for w in (padded, width))
    for _ in range(_PROBE_ROWS):
        try:
            if next(as_given, None) is None:
                break
        except CodeError:
            break
        try:
            if next(as_padded, None) is None:
                break
        except CodeError:
            return width
    return padded


_PROBE_ROWS = 2000


def _paint(changes: list[int], width: int, row_length: int) -> bytes:
    """A row's bits: black from each even changing element to the next odd one."""
    bits = 0
    for start, end in zip(changes[::2], changes[1::2], strict=False):
        bits |= (1 << width - start) - (1 << width - end)
    return (bits << row_length * 8 - width).to_bytes(row_length, "big")


def _rows(bits: _Bits, form: RowForm, scheme: Scheme) -> Iterator[list[int]]:
    """The changing elements of each row, then `width` some times. Raises CodeError."""
    width = form.width
    aligned = form.aligned or scheme is Scheme.TIFF_2
    reference = [width] * _BEHIND
    two_dimensional = scheme is Scheme.G4
    while not bits.ended:
        ends = 0
        while scheme is not Scheme.TIFF_2 and _skip_end_of_line(bits):
            ends += 1
            if scheme in (Scheme.G3_MR, Scheme.IBM_MMR):
                two_dimensional = bits.peek(1) == 0
                bits.at += 1
        if ends > 1 or bits.ended:  # end of page, or of facsimile block
            return
        try:
            reference = _row_2d(bits, reference, width) if two_dimensional else _row_1d(bits, width)
        except CodeError:
            if scheme not in _WITH_LINE_ENDS or not _skip_to_end_of_line(bits, scheme):
                raise
            bits.damaged = True  # the row before stands for this one (T.4 leaves that to receivers)
        yield reference
        if aligned:
            bits.at = bits.at + 7 & ~7
        elif scheme is Scheme.IBM_MMR:
            two_dimensional = True


_WITH_LINE_ENDS = (Scheme.G3_MH, Scheme.G3_MR)


def _skip_to_end_of_line(bits: _Bits, scheme: Scheme) -> bool:
    """Stop in front of the next end-of-line code behind which a row is coded by itself. Whether there is
    one; after the end of the data, no."""
    while not bits.ended:
        if bits.peek(_EOL_BITS) == 1 and (scheme is Scheme.G3_MH or bits.peek(_EOL_BITS + 1) & 1):
            return True
        bits.at += 1
    return False


def _skip_end_of_line(bits: _Bits) -> bool:
    """Step over an end-of-line code: at least 11 zeros (fill included) and a one."""
    if bits.peek(_EOL_BITS - 1):
        return False
    at, end = bits.at, len(bits.data) * 8
    while bits.at < end and not bits.peek(8):
        bits.at += 8
    while bits.at < end and not bits.peek(1):
        bits.at += 1
    if bits.at >= end:
        return False
    if bits.at - at < _EOL_BITS - 1:
        bits.at = at
        return False
    bits.at += 1
    return True


def _row_1d(bits: _Bits, width: int) -> list[int]:
    changes: list[int] = []
    x = 0
    black = False
    while x < width:
        x += bits.run(BLACK_RUNS if black else WHITE_RUNS)
        if x > width:
            raise CodeError(f"a row runs to {x} of {width} image points")
        changes.append(x)
        black = not black
    changes += [width] * _BEHIND
    return changes


def _row_2d(bits: _Bits, reference: list[int], width: int) -> list[int]:
    """T.6 section 2.2: `reference` is the row above. Changes alternate, so b1 has the parity of a1."""
    changes: list[int] = []
    a0 = -1
    index = 0  # of b1 in the reference row
    while a0 < width:
        while index > 0 and reference[index - 1] > a0:
            index -= 1
        if index & 1 != len(changes) & 1:
            index += 1
        while reference[index] <= a0 and reference[index] < width:
            index += 2
        mode, count = MODES[bits.peek(7)]
        if not count:
            raise CodeError(f"no mode code at bit {bits.at}")
        bits.at += count
        if mode == PASS:
            a0 = reference[index + 1]
        elif mode == HORIZONTAL:
            first, second = (BLACK_RUNS, WHITE_RUNS) if len(changes) & 1 else (WHITE_RUNS, BLACK_RUNS)
            a1 = max(a0, 0) + bits.run(first)
            a0 = a1 + bits.run(second)
            if a0 > width:
                raise CodeError(f"a row runs to {a0} of {width} image points")
            changes += (a1, a0)
        elif mode == EXTENSION:
            a0 = _uncompressed(bits, changes, max(a0, 0), width)
        else:
            a0_new = reference[index] + mode
            if a0_new < max(a0, 0) or a0_new > width:
                raise CodeError(f"a row turns back or runs past its end at {a0_new}")
            a0 = a0_new
            changes.append(a0)
    changes += [width] * _BEHIND
    return changes


_UNCOMPRESSED = 0b111  # the only extension that is defined
_LONGEST_PATTERN, _LONGEST_EXIT = 5, 10  # zeros


def _uncompressed(bits: _Bits, changes: list[int], x: int, width: int) -> int:
    """Uncompressed mode (T.6 section 2.2.5.1, table 5): image points as they are, a one after each fifth
    zero, up to an exit code, which tells the colour behind it. Extends `changes`; the new a0."""
    if bits.peek(3) != _UNCOMPRESSED:
        raise CodeError(f"unknown extension at bit {bits.at}")
    bits.at += 3
    bits.uncompressed = True
    while True:
        zeros = 0
        while zeros <= _LONGEST_EXIT and not bits.peek(1):
            zeros += 1
            bits.at += 1
        bits.at += 1
        if zeros > _LONGEST_EXIT:
            raise CodeError(f"no code of uncompressed mode at bit {bits.at}")
        leaves = zeros > _LONGEST_PATTERN
        white = zeros - _LONGEST_PATTERN - 1 if leaves else zeros
        if white and len(changes) & 1:
            changes.append(x)
        x += white
        black_next = zeros < _LONGEST_PATTERN
        if leaves:
            black_next = bits.peek(1) == 1
            bits.at += 1
        if (black_next or leaves) and (len(changes) & 1) != black_next:
            changes.append(x)
        if leaves:
            return x or -1
        x += black_next
        if x > width:
            raise CodeError(f"a row runs to {x} of {width} image points")
