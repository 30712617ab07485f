"""Faces whose codes are one byte and whose glyphs have names -> Type 1 fonts (section 9.6.2)."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from afpcluster.display.face import OutlineFace, ProgramKind
from afpcluster.outputs.pdf.fonts.dictionaries import (
    FontRules,
    differences,
    glyph_list,
    listed_widths,
    unicode_cmap,
    used_glyphs,
    width_of,
    write_descriptor,
)
from afpcluster.outputs.pdf.fonts.embedded_program import EmbeddedProgram
from afpcluster.outputs.pdf.fonts.programs import base_font
from afpcluster.outputs.pdf.fonts.standard import (
    STANDARD_NAMES,
    names_by_unicode,
    names_say_text,
    stand_in_name,
)
from afpcluster.pdf.file import PdfFile
from afpcluster.pdf.values import PdfDict, Raw, Ref

_NO_GLYPH = ".notdef"


def write_simple_font(
    file: PdfFile,
    ref: Ref,
    face: OutlineFace,
    codes: list[int],
    program: EmbeddedProgram | None,
    program_ref: Ref | None,
    rules: FontRules,
) -> None:
    """Write the font as `ref`. Without a program it is one of the standard fonts: the one the face names,
    or the nearest in style."""
    fallback = stand_in_name(face)
    named = program is not None or face.program.kind is ProgramKind.STANDARD
    if named and face.program.name in STANDARD_NAMES:
        fallback = face.program.name
    renamed = tuple(program.names.items()) if program is not None else ()
    shown = _shown(face, bytes(codes), renamed if named else None, rules.always_text)
    name = base_font(face.program, program, fallback)
    listed = glyph_list(shown.names) if rules.lists_glyphs else None
    entries: PdfDict = {
        "Type": Raw(b"/Font"),
        "Subtype": Raw(b"/Type1"),
        "BaseFont": name,
        **shown.widths,
        "FontDescriptor": write_descriptor(file, name, face.style, program, program_ref, listed),
        "Encoding": {"Type": Raw(b"/Encoding"), "Differences": shown.differences},
    }
    if shown.unicode is not None:
        entries["ToUnicode"] = file.add_stream({}, shown.unicode)
    file.write(ref, entries)


class _Shown(NamedTuple):
    """What a font says of its codes: the names of their glyphs, and a ToUnicode CMap, if it needs one."""

    names: tuple[str, ...]
    widths: PdfDict
    differences: Raw
    unicode: bytes | None


class _Code(NamedTuple):
    """What a font says of one of its codes: the name of its glyph, whether that says its text, its width."""

    name: str
    says_text: bool
    width: bytes


class _Codes(dict[int, _Code]):
    """By code. `renamed` are glyphs that have another name in the program; None: glyphs are known by text
    alone. A code without a glyph shows nothing, whatever the program's own encoding has there."""

    def __init__(self, face: OutlineFace, renamed: tuple[tuple[str | int, str], ...] | None) -> None:
        self._face = face
        self._renamed = None if renamed is None else dict(renamed)

    def __missing__(self, code: int) -> _Code:
        face = self._face
        if self._renamed is None:
            name = names_by_unicode(face, (code,)).get(code, _NO_GLYPH)
        else:
            glyph = used_glyphs(face, (code,)).get(code, _NO_GLYPH)
            name = self._renamed.get(glyph, str(glyph))
        width = width_of(face.widths.get(code, face.default_width))
        found = self[code] = _Code(name, names_say_text(face, {code: name}), width)
        return found


_codes_of = lru_cache(maxsize=64)(_Codes)


@lru_cache(maxsize=64)  # parts of a print file often show the same codes
def _shown(
    face: OutlineFace, codes: bytes, renamed: tuple[tuple[str | int, str], ...] | None, always_text: bool
) -> _Shown:
    """`renamed` is as for `_Codes`. With `always_text` there is a ToUnicode CMap also where the names say the
    text."""
    known = _codes_of(face, renamed)
    shown = {code: known[code] for code in codes}
    says_all = not always_text and all(code.says_text for code in shown.values())
    return _Shown(
        tuple([code.name for code in shown.values()]),
        listed_widths({code: one.width for code, one in shown.items()}),
        differences({code: one.name for code, one in shown.items()}),
        None if says_all else unicode_cmap(face.unicode, codes, 1),
    )
