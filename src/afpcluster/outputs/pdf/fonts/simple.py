"""Faces whose codes are one byte and whose glyphs have names -> Type 1 fonts (section 9.6.2)."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from afpcluster.display.face import OutlineFace, ProgramKind
from afpcluster.outputs.pdf.fonts.dictionaries import (
    FontRules,
    differences,
    glyph_list,
    simple_widths,
    unicode_cmap,
    used_glyphs,
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


@lru_cache(maxsize=64)  # parts of a print file often show the same codes
def _shown(
    face: OutlineFace, codes: bytes, renamed: tuple[tuple[str | int, str], ...] | None, always_text: bool
) -> _Shown:
    """`renamed` are glyphs that have another name in the program; None: glyphs are known by text alone. With
    `always_text` there is a ToUnicode CMap also where the names say the text."""
    if renamed is not None:
        others = dict(renamed)
        names = {code: others.get(glyph, str(glyph)) for code, glyph in used_glyphs(face, codes).items()}
    else:
        names = names_by_unicode(face, codes)
    # A code without a glyph shows nothing, whatever the program's own encoding has there.
    encoding = {code: names.get(code, ".notdef") for code in codes}
    return _Shown(
        tuple(encoding.values()),
        simple_widths(face.widths, face.default_width, codes),
        differences(encoding),
        unicode_cmap(face.unicode, codes, 1) if always_text or not names_say_text(face, encoding) else None,
    )
