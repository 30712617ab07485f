"""A CID-keyed font program (Adobe Technical Note 5014, "CID-Keyed Font File Format"): a header of PostScript
text, then `StartData` and a binary section with a map (font dictionary and offset of each CID's charstring),
Subrs and charstrings, which are read when they are asked for.

Rules: comments and strings of the header say nothing. Data that are cut off cost the glyphs that lie beyond
the cut. A font dictionary's FontMatrix goes before that of the whole font.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from afpcluster.light import dataclass
from afpcluster.type1 import ProgramDataError
from afpcluster.type1.charstring import CharstringError, Glyph, run_charstring
from afpcluster.type1.cipher import decrypt_charstring

Matrix = tuple[float, ...]  # a b c d e f, from units of the charstrings to ems

_START = re.compile(rb"\(\s*(Binary|Hex)\s*\)\s*(\d+)\s+StartData\s")
_SILENT = re.compile(rb"%[^\r\n]*|\((?:\\.|[^\\()])*\)", re.DOTALL)
_FONT_DICTIONARY = re.compile(rb"\bdup\s+\d+\s+\d+\s+dict\s+(?:dup\s+)?begin\b")
_PRIVATE = b"/Private"
_MATRIX = re.compile(rb"/FontMatrix\s*\[\s*((?:[-+.\dEe]+\s+){5}[-+.\dEe]+)\s*\]")
_NOT_HEXADECIMAL = re.compile(rb"[^0-9A-Fa-f]")
_EM: Matrix = (0.001, 0, 0, 0.001, 0, 0)
_LEAST_SCALE = 1e-5  # below it, both matrices mean the em
_SUBRS_LIMIT = 100_000


@dataclass(slots=True, frozen=True)
class _FontDictionary:
    """What a font dictionary says about its charstrings."""

    len_iv: int
    subrs: Sequence[bytes | None]  # decrypted; None where the data are cut off
    matrix: Matrix

    def subr(self, number: int) -> bytes | None:
        return self.subrs[number] if 0 <= number < len(self.subrs) else None


class CidProgram:
    """A CID-keyed program. Raises ProgramDataError where its header lacks what is needed."""

    def __init__(self, data: bytes) -> None:
        start = _START.search(data)
        if start is None:
            raise ProgramDataError("the CID-keyed program has no StartData")
        self._binary = _binary(data[start.end() :], start.group(1), int(start.group(2)))
        header = _SILENT.sub(b" ", data[: start.start()])
        top, *dictionaries = _FONT_DICTIONARY.split(header)
        if not any(_PRIVATE in text for text in dictionaries):
            top, *dictionaries = header.split(_PRIVATE)
        self._map = _number(top, "CIDMapOffset")
        self._dictionary_bytes = _number(top, "FDBytes")
        self._offset_bytes = _number(top, "GDBytes")
        self._count = _number(top, "CIDCount")
        if not dictionaries or not 1 <= self._offset_bytes <= 4:
            raise ProgramDataError("the CID-keyed program has no font dictionary or no map")
        outer = _matrix(top)
        self._dictionaries = [self._read_dictionary(text, outer) for text in dictionaries]

    def _read_dictionary(self, text: bytes, outer: Matrix | None) -> _FontDictionary:
        len_iv = _number(text, "lenIV", 4)
        offset, size = _number(text, "SubrMapOffset", 0), _number(text, "SDBytes", 0)
        count = min(_number(text, "SubrCount", 0), _SUBRS_LIMIT)
        places = [self._integer(offset + at * size, size) for at in range(count + 1)] if size else []
        subrs = [self._charstring(start, end, len_iv) for start, end in itertools.pairwise(places)]
        return _FontDictionary(len_iv, subrs, _product(_matrix(text), outer))

    def _integer(self, at: int, size: int) -> int | None:
        """None where the data are cut off."""
        data = self._binary[at : at + size]
        return int.from_bytes(data, "big") if len(data) == size else None

    def _charstring(self, start: int | None, end: int | None, len_iv: int) -> bytes | None:
        if start is None or end is None or not start <= end <= len(self._binary):
            return None
        return decrypt_charstring(self._binary[start:end], len_iv)

    def glyph(self, cid: int) -> tuple[Glyph, Matrix] | None:
        """What the glyph of a CID draws, and the matrix that makes its units ems; None where the program has
        none. Raises CharstringError where it cannot be drawn."""
        if not 0 <= cid < self._count:
            return None
        entry = self._dictionary_bytes + self._offset_bytes
        at = self._map + cid * entry
        number = self._integer(at, self._dictionary_bytes)
        start = self._integer(at + self._dictionary_bytes, self._offset_bytes)
        end = self._integer(at + entry + self._dictionary_bytes, self._offset_bytes)
        if start is not None and start == end:
            return None
        if number is None or number >= len(self._dictionaries):
            raise CharstringError("has no font dictionary")
        dictionary = self._dictionaries[number]
        charstring = self._charstring(start, end, dictionary.len_iv)
        if charstring is None:
            raise CharstringError("is beyond the end of the data")
        glyph = run_charstring(charstring, dictionary.subr)
        if glyph.components:
            raise CharstringError("is composed of others, which CID-keyed programs cannot have")
        return glyph, dictionary.matrix


def _binary(data: bytes, coding: bytes, size: int) -> bytes:
    """The binary section of `size` bytes: as it is, or in hexadecimal up to `>`."""
    if coding == b"Binary":
        return data[:size]
    digits = _NOT_HEXADECIMAL.sub(b"", data.partition(b">")[0])
    return bytes.fromhex(digits[: len(digits) & ~1].decode())[:size]


def _matrix(text: bytes) -> Matrix | None:
    match = _MATRIX.search(text)
    try:
        return tuple(float(number) for number in match.group(1).split()) if match else None
    except ValueError:
        return None


def _product(inner: Matrix | None, outer: Matrix | None) -> Matrix:
    """`inner`, then `outer`; where both scale to the em, or neither is there, that is done once."""
    if inner is None or outer is None:
        return inner or outer or _EM
    a, b, c, d, e, f = inner
    o = outer
    found = (
        *(a * o[0] + b * o[2], a * o[1] + b * o[3]),
        *(c * o[0] + d * o[2], c * o[1] + d * o[3]),
        *(e * o[0] + f * o[2] + o[4], e * o[1] + f * o[3] + o[5]),
    )
    return found if max(map(abs, found[:4])) >= _LEAST_SCALE else inner


def _number(text: bytes, name: str, otherwise: int | None = None) -> int:
    """The integer that `name` is defined as."""
    match = re.search(rb"/" + name.encode("ascii") + rb"\s+(-?\d{1,9})\b", text)
    if match is None:
        if otherwise is None:
            raise ProgramDataError(f"the CID-keyed program has no {name}")
        return otherwise
    return int(match.group(1))
