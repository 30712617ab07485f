"""CID-keyed Type 1 programs -> CFF with the glyphs that are used: PDF knows no other form of them.

Adobe Technical Note 5014, "CID-Keyed Font File Format": a header of PostScript text, then `StartData` and
a binary section with a map (font dictionary and offset of each CID's charstring), Subrs and charstrings.
Outlines are taken over as curves; hints are not. Units are 1000 an em.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from fontTools.fontBuilder import FontBuilder
from fontTools.misc import eexec
from fontTools.misc.psCharStrings import T1CharString
from fontTools.pens.t2CharStringPen import T2CharStringPen

from afpcluster.display.face import FontProgram
from afpcluster.outputs.pdf.fonts.embedded_program import EmbeddedProgram, ProgramError
from afpcluster.pdf.values import Raw

_CHARSTRING_KEY = 4330
_START = re.compile(rb"\(\s*(Binary|Hex)\s*\)\s*(\d+)\s+StartData\s")
_UNITS_PER_EM = 1000
_MISSING_GLYPH = ".notdef"


@dataclass(slots=True, frozen=True)
class _Private:
    """What a font dictionary's Private says about its charstrings."""

    len_iv: int
    subrs: list[T1CharString]


def embed_cid_type1(program: FontProgram, cids: Iterable[str | int], tag: str) -> EmbeddedProgram:
    """The glyphs of these CIDs as a CFF program whose glyph indexes stand for them. Raises ProgramError."""
    font = CidProgram(program.data)
    charstrings: dict[str, object] = {_MISSING_GLYPH: _convert(font.charstring(0))}
    indexes: dict[str | int, int] = {}
    missing: list[str | int] = []
    for cid in sorted(cid for cid in cids if isinstance(cid, int)):
        source = font.charstring(cid)
        if source is None:
            missing.append(cid)
        else:
            indexes[cid] = len(charstrings) if cid else 0
            charstrings[f"cid{cid:05d}" if cid else _MISSING_GLYPH] = _convert(source)
    builder = FontBuilder(_UNITS_PER_EM, isTTF=False)
    builder.setupGlyphOrder(list(charstrings))
    builder.setupCFF(program.name or "Font", {}, charstrings, {})
    data: bytes = builder.font["CFF "].compile(builder.font)
    return EmbeddedProgram(
        "FontFile3", {"Subtype": Raw(b"/CIDFontType0C")}, data, tag, indexes=indexes, missing=tuple(missing)
    )


def _convert(source: T1CharString | None) -> object:
    """A Type 1 charstring as Type 2."""
    pen = T2CharStringPen(0, None)
    if source is not None:
        source.draw(pen)
        pen = T2CharStringPen(source.width, None)
        source.draw(pen)
    return pen.getCharString()


class CidProgram:
    """A CID-keyed program, its charstrings read when they are asked for."""

    def __init__(self, data: bytes) -> None:
        start = _START.search(data)
        if start is None:
            raise ProgramError("the CID-keyed program has no StartData")
        self._header = data[: start.start()]
        binary = data[start.end() : start.end() + int(start.group(2))]
        self._binary = bytes.fromhex(binary.decode("ascii", "ignore")) if start.group(1) == b"Hex" else binary
        top, *private = self._header.split(b"/Private")
        self._map = _number(top, "CIDMapOffset")
        self._dictionary_bytes = _number(top, "FDBytes")
        self._offset_bytes = _number(top, "GDBytes")
        self._count = _number(top, "CIDCount")
        if not private or not 1 <= self._offset_bytes <= 4:
            raise ProgramError("the CID-keyed program has no font dictionary or no map")
        self._private = [self._read_private(text) for text in private]

    def _read_private(self, text: bytes) -> _Private:
        len_iv = _number(text, "lenIV", 4)
        offset, size = _number(text, "SubrMapOffset", 0), _number(text, "SDBytes", 0)
        places = [self._integer(offset + at * size, size) for at in range(_number(text, "SubrCount", 0) + 1)]
        subrs: list[T1CharString] = []
        for start, end in itertools.pairwise(places):
            subrs.append(T1CharString(_decrypt(self._binary[start:end], len_iv), subrs=subrs))
        return _Private(len_iv, subrs)

    def _integer(self, at: int, size: int) -> int:
        return int.from_bytes(self._binary[at : at + size], "big")

    def charstring(self, cid: int) -> T1CharString | None:
        """The charstring of a CID; None where the program has none."""
        if not 0 <= cid < self._count:
            return None
        entry = self._dictionary_bytes + self._offset_bytes
        at = self._map + cid * entry
        number = self._integer(at, self._dictionary_bytes)
        start = self._integer(at + self._dictionary_bytes, self._offset_bytes)
        end = self._integer(at + entry + self._dictionary_bytes, self._offset_bytes)
        if start >= end or number >= len(self._private):
            return None
        private = self._private[number]
        return T1CharString(_decrypt(self._binary[start:end], private.len_iv), subrs=private.subrs)


def _decrypt(data: bytes, len_iv: int) -> bytes:
    if len_iv < 0:
        return data
    plain: bytes = eexec.decrypt(data, _CHARSTRING_KEY)[0]
    return plain[len_iv:]


def _number(text: bytes, name: str, otherwise: int | None = None) -> int:
    """The integer that `name` is defined as."""
    match = re.search(rb"/" + name.encode("ascii") + rb"\s+(-?\d+)", text)
    if match is None:
        if otherwise is None:
            raise ProgramError(f"the CID-keyed program has no {name}")
        return otherwise
    return int(match.group(1))
