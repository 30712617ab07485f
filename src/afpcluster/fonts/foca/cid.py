"""CID-keyed outline fonts: the CID font program among the FNG objects, and their CMaps.

The name map gives a CMap code for every GCGID (FOCA "Font Name Map (FNN)", format X'05'); the CMap gives
the CID. CMaps are the PostScript text of Adobe Technical Note 5014; only their mapping operators count.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import field
from hashlib import sha256
from itertools import groupby
from math import inf
from typing import NamedTuple

from afpcluster.afp.foca import OutlineObject
from afpcluster.display.face import FontProgram, ProgramKind
from afpcluster.fonts.foca import type1
from afpcluster.fonts.foca.code_page import FontDataError
from afpcluster.light import dataclass
from afpcluster.type1.program import join_segments

_CMAP, _CID_FONT = 1, 5  # FOCA "Object Type"
_PRIMARY, _HORIZONTAL, _VERTICAL = 0, 1, 2
_TOKEN = re.compile(rb"<([0-9A-Fa-f\s]*)>|/([^\s/<>\[\](){}%]+)|%[^\r\n]*|([^\s/<>\[\](){}%]+)")
_CID_NAME = re.compile(rb"/CIDFontName\s*/([^\s/\[\](){}<>%]+)")


class _Range(NamedTuple):
    """Codes of one length, of which the lowest has this CID."""

    length: int
    low: int
    high: int
    cid: int


@dataclass(slots=True)
class CMap:
    """Code -> CID, by single codes and by ranges that do not overlap; `base` is the CMap that `usecmap`
    names."""

    name: str = ""
    single: dict[bytes, int] = field(default_factory=dict)
    ranges: list[_Range] = field(default_factory=list)  # in order
    base: CMap | None = None

    def cid(self, code: bytes) -> int | None:
        """The CID of a code; None where the CMap has none."""
        cmap: CMap | None = self
        while cmap is not None:
            found = cmap.single.get(code)
            if found is not None:
                return found
            sought = (len(code), int.from_bytes(code, "big"))
            at = bisect_right(cmap.ranges, sought, key=_first) - 1
            if at >= 0 and sought <= _last(cmap.ranges[at]):
                return cmap.ranges[at].cid + sought[1] - cmap.ranges[at].low
            cmap = cmap.base
        return None


@dataclass(slots=True, frozen=True)
class CidFont:
    """A CID font program and the CMap that leads into it."""

    program: FontProgram
    cmap: CMap

    def cid(self, code: bytes) -> int | None:
        return self.cmap.cid(code)


def cid_font(objects: list[OutlineObject], name: str, *, vertical: bool = False) -> CidFont:
    """The font in the objects of FNG, with its CMap for horizontal or vertical writing; the other one where
    it has only that. Raises FontDataError where program or CMap is missing."""
    cmaps: dict[str, CMap] = {}
    for item in objects:
        if item.descriptor[:1] == bytes((_CMAP,)):
            cmap = parse_cmap(item.data, cmaps)
            cmaps[cmap.name] = cmap
    primary: bytes | None = None
    program: FontProgram | None = None
    for item in objects:
        kind = item.descriptor[0] if item.descriptor else 0
        if kind == _CMAP:
            precedence, direction = item.descriptor[1:2] or b"\0", item.descriptor[3:4] or b"\0"
            fits = direction[0] != (_HORIZONTAL if vertical else _VERTICAL)
            if precedence[0] == _PRIMARY and (primary is None or fits):
                primary = item.data
        elif kind == _CID_FONT or (program is None and b"StartData" in item.data[:65536]):
            program = _program(item.data, name)
    if program is None:
        raise FontDataError(f"CID-keyed font {name} has no CID font object (FNG)")
    if primary is None:
        raise FontDataError(f"CID-keyed font {name} has no primary CMap object (FNG)")
    # Parsed with all others at hand, of which one further on may be its base.
    return CidFont(program, parse_cmap(primary, cmaps))


def _program(data: bytes, name: str) -> FontProgram:
    data = join_segments(data)
    match = _CID_NAME.search(data[:65536])
    kind = ProgramKind.CID_CFF if data[:1] == b"\x01" else ProgramKind.CID_TYPE1
    return FontProgram(
        key=sha256(data).hexdigest()[:16],
        kind=kind,
        name=match.group(1).decode("latin-1") if match else type1.font_name(b"", name),
        data=data,
    )


def parse_cmap(data: bytes, known: dict[str, CMap]) -> CMap:
    """The mappings of a CMap file; `known` are the CMaps that it may build on."""
    cmap = CMap()
    ranges: list[_Range] = []
    tokens = _tokens(data)
    last: bytes | str = ""
    for token in tokens:
        if token == "usecmap" and isinstance(last, str):
            cmap.base = known.get(last.removeprefix("/"))
        elif token == "/CMapName":
            following = next(tokens, "")
            cmap.name = cmap.name or (following.removeprefix("/") if isinstance(following, str) else "")
        elif token == "begincidchar":
            operands = _until(tokens, "endcidchar")
            for code, value in zip(operands[::2], operands[1::2], strict=False):
                if isinstance(code, bytes) and isinstance(value, str) and value.isdigit():
                    cmap.single[code] = int(value)
        elif token == "begincidrange":
            operands = _until(tokens, "endcidrange")
            for low, high, value in zip(operands[::3], operands[1::3], operands[2::3], strict=False):
                if isinstance(low, bytes) and isinstance(high, bytes) and str(value).isdigit():
                    codes = int.from_bytes(low, "big"), int.from_bytes(high, "big")
                    ranges.append(_Range(len(low), *codes, int(value)))
        last = token
    ranges.sort(key=lambda one: (one.length, one.low, -one.high))
    for _, group in groupby(ranges, lambda one: one.length):
        cmap.ranges += _without_overlaps(group)
    return cmap


def _without_overlaps(ranges: Iterable[_Range]) -> Iterator[_Range]:
    """The same mappings by ranges that do not overlap. Where some do, the one that begins last counts, or
    ends first: a narrow one in a wide one. `ranges` are in order, their codes of one length."""
    open_: list[_Range] = []
    at = 0

    def until(end: float) -> Iterator[_Range]:
        nonlocal at
        while open_ and at < end:
            length, low, high, cid = open_[-1]
            last = int(min(high, end - 1))
            if at <= last:
                yield _Range(length, at, last, cid + at - low)
                at = last + 1
            if last == high:
                open_.pop()

    for one in ranges:
        yield from until(one.low)
        open_.append(one)
        at = one.low
    yield from until(inf)


def _first(mapped: _Range) -> tuple[int, int]:
    return mapped.length, mapped.low


def _last(mapped: _Range) -> tuple[int, int]:
    return mapped.length, mapped.high


def _tokens(data: bytes) -> Iterator[bytes | str]:
    """Hexadecimal strings as bytes, names with their slash and words as text."""
    for match in _TOKEN.finditer(data):
        code, name, word = match.groups()
        if code is not None:
            digits = b"".join(code.split())
            yield bytes.fromhex((digits + b"0" * (len(digits) & 1)).decode("ascii"))
        elif name is not None:
            yield "/" + name.decode("latin-1")
        elif word is not None:
            yield word.decode("latin-1")


def _until(tokens: Iterator[bytes | str], end: str) -> list[bytes | str]:
    found: list[bytes | str] = []
    for token in tokens:
        if token == end:
            break
        found.append(token)
    return found
