"""Faces whose codes are one byte and whose glyphs have names -> Type 1 fonts (section 9.6.2)."""

from __future__ import annotations

from afpcluster.display.face import OutlineFace, ProgramKind
from afpcluster.outputs.pdf.fonts.dictionaries import (
    FontRules,
    differences,
    glyph_list,
    simple_widths,
    used_glyphs,
    write_descriptor,
    write_to_unicode,
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
    names: dict[int, str] = {}
    fallback = stand_in_name(face)
    if program is not None or face.program.kind is ProgramKind.STANDARD:
        renamed = program.names if program is not None else {}
        names = {code: renamed.get(glyph, str(glyph)) for code, glyph in used_glyphs(face, codes).items()}
        if face.program.name in STANDARD_NAMES:
            fallback = face.program.name
    else:
        names = names_by_unicode(face, codes)
    name = base_font(face.program, program, fallback)
    # A code without a glyph shows nothing, whatever the program's own encoding has there.
    encoding = {code: names.get(code, ".notdef") for code in codes}
    listed = glyph_list(encoding.values()) if rules.lists_glyphs else None
    entries: PdfDict = {
        "Type": Raw(b"/Font"),
        "Subtype": Raw(b"/Type1"),
        "BaseFont": name,
        **simple_widths(face.widths, face.default_width, codes),
        "FontDescriptor": write_descriptor(file, name, face.style, program, program_ref, listed),
        "Encoding": {"Type": Raw(b"/Encoding"), "Differences": differences(encoding)},
    }
    if rules.always_text or not names_say_text(face, encoding):
        to_unicode = write_to_unicode(file, face.unicode, codes, 1)
        if to_unicode is not None:
            entries["ToUnicode"] = to_unicode
    file.write(ref, entries)
