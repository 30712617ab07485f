"""The standard 14 fonts (section 9.6.2.2) and which of them stands in for a face that is not embedded."""

from __future__ import annotations

from collections.abc import Iterable

from afpcluster.display.face import OutlineFace
from afpcluster.heavy import agl

_FAMILIES = {
    # (regular, bold, italic, bold italic)
    "sans": ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique"),
    "serif": ("Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic"),
    "mono": ("Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique"),
}
STANDARD_NAMES = frozenset([name for names in _FAMILIES.values() for name in names]) | {
    "Symbol",
    "ZapfDingbats",
}


def stand_in_name(face: OutlineFace) -> str:
    """The standard font nearest in style."""
    style = face.style
    family = "mono" if style.fixed_pitch else "serif" if style.serif else "sans"
    return _FAMILIES[family][style.bold + 2 * (style.italic_angle != 0)]


def names_by_unicode(face: OutlineFace, codes: Iterable[int]) -> dict[int, str]:
    """Adobe glyph names for codes by the text they stand for: all that another font knows of them."""
    names: dict[int, str] = {}
    for code in codes:
        text = face.unicode.get(code, "")
        if len(text) == 1:
            names[code] = agl.UV2AGL.get(ord(text), f"uni{ord(text):04X}")
    return names


def names_say_text(face: OutlineFace, names: dict[int, str]) -> bool:
    """Whether readers derive the right text from the glyph names, so that ToUnicode can be left out."""
    return all(agl.toUnicode(name) == face.unicode.get(code) for code, name in names.items())
