"""Type 1 font programs, reduced to some glyphs (Adobe Type 1 Font Format, chapters 2, 6 and 7).

Rules: charstrings keep their own encryption and are copied as they are; only the eexec layer is taken
off and put on again. Subrs keep their numbers: unused ones become a bare `return`, and the tail of unused
ones is dropped. Every glyph is run before and after: what comes out must draw the same. A glyph that cannot
be run costs itself where the program is damaged; where it is whole, a viewer may know better, and the
program goes as it came. What cannot be read is a `ProgramError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from afpcluster.outputs.pdf.fonts.embedded_program import ProgramError
from afpcluster.type1 import ProgramDataError
from afpcluster.type1.charstring import CharstringError, Glyph
from afpcluster.type1.cipher import encrypt_charstring, encrypt_eexec
from afpcluster.type1.program import Type1Program, parse_private, type1_program

_ENCODING = re.compile(rb"/Encoding\s+256\s+array.*?\b(?:readonly\s+)?def\b", re.DOTALL)
_FONT_ON_STACK = re.compile(rb"\d+\s+index\s*\Z")  # under which /CharStrings is put
_ALWAYS_KEPT_SUBRS = frozenset(range(4))  # flex and hint replacement
_MISSING_GLYPH = ".notdef"
_EMPTY = b"\x8b\x8b\x0d\x0e"  # 0 0 hsbw endchar
_RETURN = b"\x0b"
_CLOSE_FILE = b"closefile"
_TAIL = b"""end
end
readonly put
noaccess put
dup/FontName get exch definefont pop
mark currentfile closefile
"""


@dataclass(slots=True, frozen=True)
class Type1Subset:
    """The three lengths that PDF's /FontFile wants follow from these parts; there is no third one."""

    clear: bytes
    encrypted: bytes
    missing: tuple[str, ...] = ()  # glyphs asked for that the program has not
    damaged: dict[str, str] = field(default_factory=dict)  # glyphs that show nothing: what is wrong
    whole: str = ""  # why no glyph was left out; nothing for a subset


def subset_type1(data: bytes, glyphs: Iterable[str]) -> Type1Subset:
    """The program with .notdef (made empty) and these glyphs. Raises ProgramError."""
    try:
        program = type1_program(data)
        wanted = list(dict.fromkeys(glyphs))
        missing = tuple([name for name in wanted if name not in program.glyphs])
        drawn, damaged = _run(program, [name for name in wanted if name in program.glyphs])
        if damaged and program.intact:
            return _whole(program, missing, _reasons(damaged))
        if damaged and not drawn:
            raise ProgramError(f"it is damaged: {_reasons(damaged)}")
        private = _rebuilt(program, drawn)
        differing = _differing(parse_private(program.clear, private), drawn)
    except ProgramDataError as error:
        raise ProgramError(str(error)) from error
    if differing:
        return _whole(program, missing, f"glyph {differing} would not be the same in a subset")
    clear = _ENCODING.sub(b"/Encoding StandardEncoding def", program.clear, count=1) + b"\n"
    return Type1Subset(clear, encrypt_eexec(private), missing, damaged)


def _run(program: Type1Program, names: list[str]) -> tuple[dict[str, Glyph], dict[str, str]]:
    """(what each of these glyphs and of those that they are composed of draws, what is wrong with others)."""
    drawn: dict[str, Glyph] = {}
    damaged: dict[str, str] = {}
    for name in names:
        try:
            glyph = program.glyph(name)
            parts = {component: _component(program, component) for component in glyph.components}
        except CharstringError as error:
            damaged[name] = str(error)
        else:
            drawn |= {name: glyph, **parts}
    return drawn, damaged


def _component(program: Type1Program, name: str) -> Glyph:
    if name not in program.glyphs:
        raise CharstringError(f"is composed of {name}, which is not there")
    return program.glyph(name)


def _reasons(damaged: dict[str, str]) -> str:
    name, reason = next(iter(damaged.items()))
    others = f" ({len(damaged)} such glyphs)" if len(damaged) > 1 else ""
    return f"glyph {name} {reason}{others}"


def _whole(program: Type1Program, missing: tuple[str, ...], reason: str) -> Type1Subset:
    private = program.private
    end = private.rfind(_CLOSE_FILE)
    if end >= 0:
        private = private[: end + len(_CLOSE_FILE)] + b"\n"
    return Type1Subset(program.clear + b"\n", encrypt_eexec(private), missing, whole=reason)


def _rebuilt(program: Type1Program, drawn: dict[str, Glyph]) -> bytes:
    """The text of the eexec portion with these glyphs and the Subrs that they call."""
    called = _ALWAYS_KEPT_SUBRS.union(*[glyph.subrs for glyph in drawn.values()])
    out = [program.head]
    if program.subrs:
        count = max(called & program.subrs.keys(), default=-1) + 1
        words, unused = program.subr_words, encrypt_charstring(_RETURN, program.len_iv)
        out.append(b"/Subrs %d array\n" % count)
        for number in range(count):
            data = program.subrs.get(number, unused) if number in called else unused
            out.append(b"dup %d %d %b %b %b\n" % (number, len(data), words.read, data, words.store))
    out.append(_FONT_ON_STACK.sub(b"", program.middle))
    kept = {name: program.glyphs[name] for name in drawn}
    kept[_MISSING_GLYPH] = encrypt_charstring(_EMPTY, program.len_iv)
    words = program.glyph_words
    out.append(b"2 index /CharStrings %d dict dup begin\n" % len(kept))
    for name, data in sorted(kept.items()):
        out.append(b"/%b %d %b %b %b\n" % (name.encode("latin-1"), len(data), words.read, data, words.store))
    out.append(_TAIL)
    return b"".join(out)


def _differing(subset: Type1Program, drawn: dict[str, Glyph]) -> str:
    """The first glyph that the subset does not draw as the program does; nothing where all are equal."""
    for name, glyph in drawn.items():
        try:
            if name != _MISSING_GLYPH and (name not in subset.glyphs or subset.glyph(name) != glyph):
                return name
        except CharstringError:
            return name
    return ""
