"""Type 1 font programs, reduced to some glyphs (Adobe Type 1 Font Format, chapters 2, 6 and 7).

Rules: charstrings keep their own encryption and are copied as they are; the text around them is written anew.
Subrs keep their numbers: unused ones become a bare `return`, and the tail of unused ones is dropped. Every
glyph is run, which tells the Subrs that it calls, and every charstring is read back from what is written of
it: the same charstring that calls the same Subrs draws the same. A glyph that cannot be run costs itself
where the program is damaged; where it is whole, a viewer may know better, and the program goes as it came.
What cannot be read is a `ProgramError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field

from afpcluster.light import dataclass
from afpcluster.outputs.pdf.fonts.embedded_program import ProgramError
from afpcluster.outputs.pdf.fonts.metrics import Metrics, added_glyphs
from afpcluster.outputs.pdf.fonts.type1_text import (
    UnreadableEntry,
    clear_text,
    private_portion,
    program_units,
)
from afpcluster.type1 import ProgramDataError
from afpcluster.type1.charstring import CharstringError, Glyph, with_width
from afpcluster.type1.cipher import (
    decrypt_charstring,
    encrypt_charstring,
    encrypt_eexec,
)
from afpcluster.type1.program import Type1Program, type1_program

_PLAIN_NAME = re.compile(r"[!-$&'*-.0-;=?-Z\\^-z|~]{1,127}")
_ALWAYS_KEPT_SUBRS = frozenset(range(4))  # flex and hint replacement
_MISSING_GLYPH = ".notdef"
_EMPTY = b"\x8b\x8b\x0d\x0e"  # 0 0 hsbw endchar
_SAME_WIDTH = 0.5  # 1/1000 em
_CLOSE_FILE = b"closefile"


@dataclass(slots=True, frozen=True)
class Type1Subset:
    """The three lengths that PDF's /FontFile wants follow from these parts; there is no third one."""

    clear: bytes
    encrypted: bytes
    missing: tuple[str, ...] = ()  # glyphs asked for that the program has not
    damaged: dict[str, str] = field(default_factory=dict)  # glyphs that show nothing: what is wrong
    whole: str = ""  # why no glyph was left out; nothing for a subset
    renamed: Mapping[str | int, str] = field(default_factory=dict)  # glyphs that have another name in it


def subset_type1(data: bytes, glyphs: Iterable[str], metrics: Metrics | None = None) -> Type1Subset:
    """The program with .notdef (made empty) and these glyphs, measuring what `metrics` say. Raises
    ProgramError."""
    try:
        program = type1_program(data)
        wanted = list(dict.fromkeys(glyphs))
        missing = tuple([name for name in wanted if name not in program.glyphs])
        drawn, damaged = _run(program, [name for name in wanted if name in program.glyphs])
        if damaged and program.intact:
            return _whole(program, missing, _reasons(damaged))
        if damaged and not drawn:
            raise ProgramError(f"it is damaged: {_reasons(damaged)}")
        if wanted and not drawn:
            raise ProgramError(
                f"it has none of the {len(wanted)} glyphs that are used: {', '.join(wanted[:5])}"
            )
        renamed = _renamed(program, drawn)
        charstrings = {name: program.glyphs[name] for name in drawn}
        if metrics is not None:
            charstrings = _measured(program, charstrings, metrics)
        encrypted = _rebuilt(program, charstrings, drawn, renamed, metrics)
    except UnreadableEntry as entry:
        return _whole(program, missing, f"{entry} would not be the same in a subset")
    except (ProgramDataError, CharstringError) as error:
        raise ProgramError(str(error)) from error
    return Type1Subset(clear_text(program.clear), encrypted, missing, damaged, renamed=renamed)


def _run(program: Type1Program, names: list[str]) -> tuple[dict[str, Glyph], dict[str, str]]:
    """(what each of these glyphs and of those that they are composed of draws, what is wrong with others)."""
    drawn: dict[str, Glyph] = {}
    damaged: dict[str, str] = {}
    for name in names:
        try:
            glyph = program.glyph(name)
            parts = {part: _component(program, part) for part in glyph.components} if glyph.components else {}
        except CharstringError as error:
            damaged[name] = str(error)
        else:
            drawn[name] = glyph
            drawn |= parts
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


def _renamed(program: Type1Program, names: Iterable[str]) -> dict[str | int, str]:
    """Names that every reader takes, for glyphs whose own are not plain ASCII or hold delimiters: PDF writes
    names in UTF-8, Type 1 programs in bytes."""
    found: dict[str | int, str] = {}
    for name in names:
        if not _PLAIN_NAME.fullmatch(name):
            plain = "x" + name.encode("latin-1").hex()
            while plain in program.glyphs:
                plain += "x"
            found[name] = plain
    return found


def _measured(program: Type1Program, charstrings: dict[str, bytes], metrics: Metrics) -> dict[str, bytes]:
    """The charstrings with the widths of `metrics` where they differ from these by what is noticed."""
    scale = program_units(program.clear)
    found = dict(charstrings)
    for name, width in metrics.widths.items():
        if name in charstrings and abs(program.glyph(str(name)).width - width * scale) > _SAME_WIDTH * scale:
            plain = decrypt_charstring(charstrings[str(name)], program.len_iv)
            found[str(name)] = encrypt_charstring(with_width(plain, round(width * scale)), program.len_iv)
    return found


def _rebuilt(
    program: Type1Program,
    charstrings: Mapping[str, bytes],
    drawn: dict[str, Glyph],
    renamed: Mapping[str | int, str],
    metrics: Metrics | None,
) -> bytes:
    """The eexec portion with these glyphs and the Subrs that they call."""
    called = _ALWAYS_KEPT_SUBRS.union(*[glyph.subrs for glyph in drawn.values()])
    count = max(called & program.subrs.keys(), default=-1) + 1
    subrs = [program.subrs.get(number) if number in called else None for number in range(count)]
    glyphs = {renamed.get(name, name): data for name, data in charstrings.items()}
    for name, width in added_glyphs(metrics):  # the sign for missing characters is empty here
        blank = with_width(_EMPTY, round(width * program_units(program.clear)))
        glyphs[name] = encrypt_charstring(blank, program.len_iv)
    glyphs[_MISSING_GLYPH] = encrypt_charstring(_EMPTY, program.len_iv)
    return private_portion(program, subrs, glyphs)
