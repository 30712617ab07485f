"""The text of a Type 1 program around its charstrings, written anew (Adobe Type 1 Font Format, chapters 2 and
5): whatever stood in the source, every viewer can read it. What shapes and hints depend on is taken over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby

from afpcluster.type1 import ProgramDataError
from afpcluster.type1.cipher import eexec_piece, eexec_portion, encrypt_charstring
from afpcluster.type1.kept import kept
from afpcluster.type1.program import Type1Program, parse_private

_NUMBER = rb"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_NAME = re.compile(rb"/FontName\s*/([!-$&'*-.0-;=?-Z\\^-z|~]{1,127})")
_MATRIX = re.compile(rb"/FontMatrix\s*[\[{]\s*(" + _NUMBER + rb"(?:\s+" + _NUMBER + rb"){5})\s*[\]}]")
_BOX = re.compile(rb"/FontBBox\s*[\[{]\s*(" + _NUMBER + rb"(?:\s+" + _NUMBER + rb"){3})\s*[\]}]")
_PAINT = re.compile(rb"/(PaintType|StrokeWidth)\s+(" + _NUMBER + rb")\s")
# Hints for the whole font, section 5.2 on: arrays, and single values.
_HINTS = re.compile(
    rb"/(BlueValues|OtherBlues|FamilyBlues|FamilyOtherBlues|StdHW|StdVW|StemSnapH|StemSnapV)\s*"
    rb"[\[{]\s*((?:" + _NUMBER + rb"\s+){0,23}(?:" + _NUMBER + rb")?)\s*[\]}]"
    rb"|/(BlueScale|BlueShift|BlueFuzz|ForceBold|LanguageGroup|RndStemUp|ExpansionFactor)\s+"
    rb"(" + _NUMBER + rb"|true|false)\s"
)
_PRIVATE = b"""dup /Private 24 dict dup begin
/RD {string currentfile exch readstring pop} executeonly def
/ND {noaccess def} executeonly def
/NP {noaccess put} executeonly def
/MinFeature {16 16} def
/password 5839 def
"""
# Flex and hint replacement, as programs have it that leave both to the interpreter (chapter 8).
_OTHER_SUBRS = b"""/OtherSubrs [{} {} {} {systemdict /internaldict known not {pop 3}
{1183615869 systemdict /internaldict get exec dup /startlock known {/startlock get exec}
{dup /strtlck known {/strtlck get exec} {pop 3} ifelse} ifelse} ifelse} executeonly] ND
"""
_GLYPHS = b"2 index /CharStrings %d dict dup begin\n"
_TAIL = b"""end
end
readonly put
noaccess put
dup /FontName get exch definefont pop
mark currentfile closefile
"""
_RETURN = b"\x0b"
_SUBR = b"dup %d %d RD %b NP\n"


class UnreadableEntry(Exception):
    """What is written of a charstring is not read back as the same."""


@lru_cache(maxsize=64)
def clear_text(clear: bytes) -> bytes:
    """The text up to the eexec portion, for a program of which this is the clear text."""
    match = _NAME.search(clear)
    name = match[1] if match else b"Font"
    paint = dict(_PAINT.findall(clear))
    stroke = b"/StrokeWidth %b def\n" % paint[b"StrokeWidth"] if b"StrokeWidth" in paint else b""
    return b"".join(
        [
            b"%%!PS-AdobeFont-1.0: %b\n12 dict begin\n/FontName /%b def\n" % (name, name),
            b"/PaintType %b def\n" % (b"2" if paint.get(b"PaintType") == b"2" else b"0"),
            stroke,
            b"/FontType 1 def\n/Encoding StandardEncoding def\n",
            b"/FontMatrix [%b] readonly def\n" % _matrix(clear),
            b"/FontBBox {%b} readonly def\n" % _box(clear),
            b"currentdict end\ncurrentfile eexec\n",
        ]
    )


def private_portion(
    program: Type1Program, subrs: Sequence[bytes | None], glyphs: Mapping[str, bytes]
) -> bytes:
    """The eexec portion with these Subrs and glyphs, which are encrypted as the program's; a Subr of None is
    not called. It is made of pieces, which for the most part come again in other subsets. Raises
    UnreadableEntry."""
    pieces: list[bytes] = []
    if subrs:
        pieces.append(eexec_piece(b"/Subrs %d array\n" % len(subrs)))
        for unused, numbered in groupby(enumerate(subrs), lambda subr: subr[1] is None):
            if unused:
                blank = encrypt_charstring(_RETURN, program.len_iv)
                entries = b"".join([_SUBR % (number, len(blank), blank) for number, _ in numbered])
                pieces.append(eexec_piece(entries))
            else:
                pieces += [_subr_piece(data or b"", number) for number, data in numbered]
        pieces.append(eexec_piece(b"ND\n"))
    pieces.append(eexec_piece(_GLYPHS % len(glyphs)))
    pieces += [_glyph_piece(data, name) for name, data in sorted(glyphs.items())]
    return eexec_portion(_head(program.head, program.len_iv), pieces, _TAIL)


@lru_cache(maxsize=64)
def _head(head: bytes, len_iv: int) -> bytes:
    """The text in front of Subrs and glyphs, with the hints of a program's."""
    out = [_PRIVATE]
    hints = {b"BlueValues": b"[]"}
    for array, numbers, single, value in _HINTS.findall(head):
        hints.setdefault(single, value) if single else hints.update(
            {array: b"[%b]" % b" ".join(numbers.split())}
        )
    out += [b"/%b %b def\n" % hint for hint in hints.items()]
    if len_iv != 4:
        out.append(b"/lenIV %d def\n" % len_iv)
    out.append(_OTHER_SUBRS)
    return b"".join(out)


@kept
def _subr_piece(data: bytes, number: int) -> bytes:
    """The cipher of a Subr's entry. Raises UnreadableEntry."""
    entry = _SUBR % (number, len(data), data)
    read = _read(b"/Subrs 1 array\n%bND\n" % entry + _GLYPHS % 1 + b"/.notdef 0 RD  ND\n")
    if read is None or read.subrs != {number: data}:
        raise UnreadableEntry(f"Subr {number}")
    return eexec_piece(entry)


@kept
def _glyph_piece(data: bytes, name: str) -> bytes:
    """The cipher of a glyph's entry. Raises UnreadableEntry."""
    entry = b"/%b %d RD %b ND\n" % (name.encode("latin-1"), len(data), data)
    read = _read(_GLYPHS % 1 + entry)
    if read is None or read.glyphs != {name: data}:
        raise UnreadableEntry(f"glyph {name}")
    return eexec_piece(entry)


def _read(text: bytes) -> Type1Program | None:
    try:
        return parse_private(b"", text + _TAIL)
    except ProgramDataError:
        return None


def _matrix(text: bytes) -> bytes:
    """The font's own where it can be turned round, which not all damaged ones can."""
    match = _MATRIX.search(text)
    numbers = match[1].split() if match else []
    if numbers:
        a, b, c, d = map(float, numbers[:4])
        if a * d != b * c:
            return b" ".join(numbers)
    return b"0.001 0 0 0.001 0 0"


def program_units(text: bytes) -> float:
    """Units of the program in 1/1000 em."""
    across = float(_matrix(text).split()[0])
    return 0.001 / across if across else 1.0


def _box(text: bytes) -> bytes:
    match = _BOX.search(text)
    return b" ".join(match[1].split()) if match else b"0 0 1000 1000"
