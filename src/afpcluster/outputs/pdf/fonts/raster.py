"""Raster faces -> Type 3 fonts (section 9.6.5): each glyph a stencil, in the current colour."""

from __future__ import annotations

from afpcluster.codecs.ccitt_tiff import encode_g4
from afpcluster.display.face import RasterFace, RasterGlyph
from afpcluster.outputs.pdf.ccitt import g4_may_pay, g4_parameters
from afpcluster.outputs.pdf.fonts.dictionaries import differences, simple_widths, write_to_unicode
from afpcluster.pdf.file import PdfFile, deflate
from afpcluster.pdf.values import PdfDict, Raw, Ref, number, serialise

_BLANK = RasterGlyph(0, 0, 0, 0, b"")


def write_raster_font(
    file: PdfFile, ref: Ref, face: RasterFace, section: int | None, codes: list[int]
) -> None:
    """Write the font as `ref`. `section` is the high byte of the codes of a two-byte face, of which a
    Type 3 font can hold 256 at a time. Glyph space is pels."""
    base = (section or 0) << 8
    per_em = face.pels_per_em
    widths = {code: face.widths.get(base + code, face.default_width) * per_em / 1000 for code in codes}
    glyphs = {code: face.glyphs[base + code] for code in codes if base + code in face.glyphs}
    # Code points that share a glyph share its procedure. Without a glyph the procedure only advances: a
    # code without one is an error to some viewers.
    descriptions = {
        code: _procedure(glyphs.get(code, _BLANK), widths[code], compress=file.compress) for code in codes
    }
    written = {data: file.add_stream({}, data) for data in dict.fromkeys(descriptions.values())}
    procedures = {f"g{code}": written[data] for code, data in descriptions.items()}
    drawn = list(glyphs.values())
    entries: PdfDict = {
        "Type": Raw(b"/Font"),
        "Subtype": Raw(b"/Type3"),
        "FontBBox": [
            min((glyph.left for glyph in drawn), default=0),
            min((glyph.top - glyph.height for glyph in drawn), default=0),
            max((glyph.left + glyph.width for glyph in drawn), default=0),
            max((glyph.top for glyph in drawn), default=0),
        ],
        "FontMatrix": [1 / per_em, 0, 0, 1 / per_em, 0, 0],
        "CharProcs": procedures,
        "Encoding": {"Type": Raw(b"/Encoding"), "Differences": differences({c: f"g{c}" for c in codes})},
        **simple_widths(widths, 0.0, codes),
        "Resources": {},
    }
    unicode = {code: face.unicode[base + code] for code in codes if base + code in face.unicode}
    to_unicode = write_to_unicode(file, unicode, codes, 1)
    if to_unicode is not None:
        entries["ToUnicode"] = to_unicode
    file.write(ref, entries)


def without_pattern(face: RasterFace, section: int | None, codes: list[int]) -> list[int]:
    """The codes of the face, of these of a section, that stand for something and have nothing to show."""
    found = [(section or 0) << 8 | code for code in codes]
    return [code for code in found if face.unicode.get(code, " ").strip() and code not in face.glyphs]


def _procedure(glyph: RasterGlyph, width: float, *, compress: bool) -> bytes:
    """The glyph description: d1, so that it takes the colour of the text, then the bitmap as an inline
    stencil. 1 is ink in the bitmap, so /Decode turns the stencil's sense round."""
    right, bottom = glyph.left + glyph.width, glyph.top - glyph.height
    head = f"{number(width)} 0 {glyph.left} {bottom} {right} {glyph.top} d1".encode()
    if glyph.width <= 0 or glyph.height <= 0:
        return head
    size = (glyph.width + 7) // 8 * glyph.height
    bits = glyph.bits[:size].ljust(size, b"\0")
    head += (
        f"\n{glyph.width} 0 0 {glyph.height} {glyph.left} {bottom} cm"
        f"\nBI/W {glyph.width}/H {glyph.height}/IM true/D[1 0]"
    ).encode()
    plain = head + b"ID " + bits + b"\nEI"
    if not compress or not g4_may_pay(bits, deflate(plain)):
        return plain
    parameters = serialise(g4_parameters(glyph.width, glyph.height))
    encoded = encode_g4(glyph.width, glyph.height, bits)
    coded = head + b"/F/CCF/DP%b ID " % parameters + encoded + b"\nEI"
    return min(plain, coded, key=lambda data: len(deflate(data)))
