"""Faces whose glyphs are reached by number -> Type 0 fonts (section 9.7).

Rules: over a TrueType program the CID is the code itself and a CIDToGIDMap finds the glyph, so that faces
with different codes share one program. Over CFF the CID is the program's own and the CMap finds it.
"""

from __future__ import annotations

from afpcluster.display.face import OutlineFace
from afpcluster.outputs.pdf.fonts.dictionaries import (
    FontRules,
    cid_list,
    used_glyphs,
    write_descriptor,
    write_to_unicode,
)
from afpcluster.outputs.pdf.fonts.embedded_program import EmbeddedProgram
from afpcluster.outputs.pdf.fonts.programs import base_font
from afpcluster.outputs.pdf.fonts.standard import stand_in_name
from afpcluster.pdf.cmap import cid_cmap
from afpcluster.pdf.file import PdfFile
from afpcluster.pdf.values import PdfDict, Raw, Ref, Value

_SYSTEM: PdfDict = {"Registry": "Adobe", "Ordering": "Identity", "Supplement": 0}
_IDENTITY = Raw(b"/Identity-H")


def write_composite_font(
    file: PdfFile,
    ref: Ref,
    face: OutlineFace,
    codes: list[int],
    program: EmbeddedProgram | None,
    program_ref: Ref | None,
    rules: FontRules,
) -> None:
    """Write the font as `ref`. Without a program, viewers choose a font of the descriptor's style and
    find its glyphs through ToUnicode as well as they can."""
    name = base_font(face.program, program, stand_in_name(face))
    indexes = (program.indexes if program is not None else None) or {}
    numbers = {code: indexes.get(glyph, 0) for code, glyph in used_glyphs(face, codes).items()}
    truetype = program is None or program.entry == "FontFile2"
    cids = {code: code if truetype else numbers.get(code, 0) for code in codes}
    widths = {cid: face.widths.get(code, face.default_width) for code, cid in cids.items()}
    listed = cid_list(file, cids.values()) if rules.lists_glyphs else None
    default = round(face.default_width)  # some viewers take whole numbers only
    descendant: PdfDict = {
        "Type": Raw(b"/Font"),
        "Subtype": Raw(b"/CIDFontType2") if truetype else Raw(b"/CIDFontType0"),
        "BaseFont": name,
        "CIDSystemInfo": _SYSTEM,
        "FontDescriptor": write_descriptor(file, name, face.style, program, program_ref, listed),
        "DW": default,
        "W": _cid_widths(widths, default),
    }
    if program is not None and truetype:
        descendant["CIDToGIDMap"] = file.add_stream({}, _cid_to_gid_map(numbers))
    entries: PdfDict = {
        "Type": Raw(b"/Font"),
        "Subtype": Raw(b"/Type0"),
        "BaseFont": name,
        "Encoding": _encoding(file, face, cids),
        "DescendantFonts": [file.add(descendant)],
    }
    to_unicode = write_to_unicode(file, face.unicode, codes, face.code_size)
    if to_unicode is not None:
        entries["ToUnicode"] = to_unicode
    file.write(ref, entries)


def _encoding(file: PdfFile, face: OutlineFace, cids: dict[int, int]) -> Value:
    if face.code_size == 2 and all(code == cid for code, cid in cids.items()):
        return _IDENTITY
    name = "AFP-Codes"
    entries: PdfDict = {
        "Type": Raw(b"/CMap"),
        "CMapName": Raw(b"/" + name.encode()),
        "CIDSystemInfo": _SYSTEM,
    }
    return file.add_stream(entries, cid_cmap(name, cids, face.code_size))


def _cid_widths(widths: dict[int, float], default: float) -> list[Value]:
    """The W array (section 9.7.4.3): a first CID, then the widths from it on; the default is left out."""
    entries: list[Value] = []
    run: list[Value] = []
    following = -1
    for cid, width in sorted(widths.items()):
        if width == default:
            continue
        if cid != following:
            run = []
            entries += [cid, run]
        run.append(round(width, 3))
        following = cid + 1
    return entries


def _cid_to_gid_map(numbers: dict[int, int]) -> bytes:
    """Section 9.7.4.2: two bytes for each CID up to the last."""
    table = bytearray(2 * (max(numbers, default=0) + 1))
    for cid, number in numbers.items():
        table[2 * cid : 2 * cid + 2] = number.to_bytes(2, "big")
    return bytes(table)
