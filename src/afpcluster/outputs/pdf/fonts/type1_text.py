"""The text of a Type 1 program around its charstrings, written anew (Adobe Type 1 Font Format, chapters 2 and
5): whatever stood in the source, every viewer can read it. What shapes and hints depend on is taken over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from afpcluster.type1.program import Type1Program

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
_TAIL = b"""end
end
readonly put
noaccess put
dup /FontName get exch definefont pop
mark currentfile closefile
"""


def clear_text(program: Type1Program) -> bytes:
    """The text up to the eexec portion."""
    match = _NAME.search(program.clear)
    name = match[1] if match else b"Font"
    paint = dict(_PAINT.findall(program.clear))
    stroke = b"/StrokeWidth %b def\n" % paint[b"StrokeWidth"] if b"StrokeWidth" in paint else b""
    return b"".join(
        [
            b"%%!PS-AdobeFont-1.0: %b\n12 dict begin\n/FontName /%b def\n" % (name, name),
            b"/PaintType %b def\n" % (b"2" if paint.get(b"PaintType") == b"2" else b"0"),
            stroke,
            b"/FontType 1 def\n/Encoding StandardEncoding def\n",
            b"/FontMatrix [%b] readonly def\n" % _matrix(program.clear),
            b"/FontBBox {%b} readonly def\n" % _box(program.clear),
            b"currentdict end\ncurrentfile eexec\n",
        ]
    )


def private_text(program: Type1Program, subrs: Sequence[bytes], glyphs: Mapping[str, bytes]) -> bytes:
    """The text of the eexec portion with these Subrs and glyphs, which are encrypted as the program's."""
    out = [_PRIVATE]
    hints = {b"BlueValues": b"[]"}
    for array, numbers, single, value in _HINTS.findall(program.head):
        hints.setdefault(single, value) if single else hints.update(
            {array: b"[%b]" % b" ".join(numbers.split())}
        )
    out += [b"/%b %b def\n" % hint for hint in hints.items()]
    if program.len_iv != 4:
        out.append(b"/lenIV %d def\n" % program.len_iv)
    out.append(_OTHER_SUBRS)
    if subrs:
        out.append(b"/Subrs %d array\n" % len(subrs))
        out += [b"dup %d %d RD %b NP\n" % (number, len(data), data) for number, data in enumerate(subrs)]
        out.append(b"ND\n")
    out.append(b"2 index /CharStrings %d dict dup begin\n" % len(glyphs))
    for name, data in sorted(glyphs.items()):
        out.append(b"/%b %d RD %b ND\n" % (name.encode("latin-1"), len(data), data))
    out.append(_TAIL)
    return b"".join(out)


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
