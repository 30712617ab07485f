"""The 14 fonts that every PDF viewer has: widths, style, and a face for a code page.

A code point shows the glyph whose name stands for its Unicode text; what the font lacks stays blank.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from fontTools import agl

from afpcluster.display.face import FaceStyle, FontProgram, OutlineFace, ProgramKind
from afpcluster.fonts.foca.code_page import CodePage
from afpcluster.fonts.foca.identity import inference
from afpcluster.fonts.stand_in import gcgid

_COURIER_WIDTH = 600.0

# ascent, descent, cap height, angle, box
_STYLES: dict[str, tuple[float, float, float, float, tuple[float, float, float, float]]] = {
    "Courier": (629, -157, 562, 0, (-23, -250, 715, 805)),
    "Courier-Bold": (629, -157, 562, 0, (-113, -250, 749, 801)),
    "Courier-Oblique": (629, -157, 562, -12, (-27, -250, 849, 805)),
    "Courier-BoldOblique": (629, -157, 562, -12, (-57, -250, 869, 801)),
    "Helvetica": (718, -207, 718, 0, (-166, -225, 1000, 931)),
    "Helvetica-Bold": (718, -207, 718, 0, (-170, -228, 1003, 962)),
    "Helvetica-Oblique": (718, -207, 718, -12, (-170, -225, 1116, 931)),
    "Helvetica-BoldOblique": (718, -207, 718, -12, (-174, -228, 1114, 962)),
    "Times-Roman": (683, -217, 662, 0, (-168, -218, 1000, 898)),
    "Times-Bold": (683, -217, 676, 0, (-168, -218, 1000, 935)),
    "Times-Italic": (683, -217, 653, -15.5, (-169, -217, 1010, 883)),
    "Times-BoldItalic": (683, -217, 669, -15, (-200, -218, 996, 921)),
    "Symbol": (1010, -293, 673, 0, (-180, -293, 1090, 1010)),
    "ZapfDingbats": (820, -143, 691, 0, (-1, -143, 981, 820)),
}

STANDARD_FONTS = frozenset(_STYLES)


@lru_cache(maxsize=1)
def _tables() -> dict[str, Mapping[str, float]]:
    """Font name -> glyph name -> width."""
    tables: dict[str, dict[str, float]] = {}
    columns: list[str] = []
    for line in files(__package__).joinpath("standard_widths.txt").read_text("ascii").splitlines():
        if line.startswith("["):
            columns = line.strip("[]").split()
            tables.update((name, {}) for name in columns)
        elif not line.startswith("#"):
            for entry in filter(None, map(str.strip, line.split(";"))):
                glyph, *widths = entry.split()
                for name, width in zip(columns, widths, strict=True):
                    tables[name][glyph] = float(width)
    tables["Helvetica-Oblique"] = tables["Helvetica"]
    tables["Helvetica-BoldOblique"] = tables["Helvetica-Bold"]
    courier = dict.fromkeys(tables["Helvetica"], _COURIER_WIDTH)
    for name in STANDARD_FONTS:
        tables.setdefault(name, courier)
    return {name: MappingProxyType(table) for name, table in tables.items()}


def widths(name: str) -> Mapping[str, float]:
    """Glyph name -> width in 1/1000 em, for one of STANDARD_FONTS."""
    return _tables()[name]


@lru_cache(maxsize=len(_STYLES))
def _glyph_names(name: str) -> Mapping[str, str]:
    """Character -> glyph name of a standard font."""
    found: dict[str, str] = {}
    for glyph in widths(name):
        text = agl.toUnicode(glyph, isZapfDingbats=name == "ZapfDingbats")
        if len(text) == 1:
            found.setdefault(text, glyph)
    for text, like in (("\u00a0", " "), ("\u00ad", "-"), ("‾", "¯"), ("ˉ", "¯"), ("∙", "·"), ("\u2007", "0")):
        if like in found:
            found.setdefault(text, "space" if text == "\u2007" else found[like])
    for text, like in (("μ", "µ"), ("Ω", "Ω"), ("Δ", "∆"), ("―", "—"), ("￥", "¥"), ("˜", "~")):
        if like in found:
            found.setdefault(text, found[like])
    return found


def style(name: str) -> FaceStyle:
    """The style of a standard font."""
    ascent, descent, cap_height, angle, box = _STYLES[name]
    return FaceStyle(
        ascent=ascent,
        descent=descent,
        cap_height=cap_height,
        italic_angle=angle,
        fixed_pitch=name.startswith("Courier"),
        serif=name.startswith(("Times", "Courier")),
        bold="Bold" in name,
        box=box,
    )


def characters_of(code_page: CodePage) -> dict[int, str]:
    """Code point -> Unicode text, where code page or GCGID says one. Code points that a single-byte page does
    not list stand for its default character (FOCA "Code Page Control (CPC)")."""
    found: dict[int, str] = {}
    if code_page.code_size == 1 and code_page.default_text:
        found = {code: code_page.default_text for code in range(256) if code not in code_page.gcgids}
    inferred = inference(code_page)
    for code, identifier in code_page.gcgids.items():
        text = gcgid.unicode_text(identifier)
        if text is None and inferred is not None:
            text = inferred.texts.get(identifier)
        if text is not None:
            found[code] = text
    return found | dict(code_page.unicode)


def standard_face(name: str, code_page: CodePage) -> OutlineFace:
    """The face of a standard font under a code page, single-byte or double-byte."""
    table, names = widths(name), _glyph_names(name)
    glyphs: dict[int, str | int] = {}
    unicode: dict[int, str] = {}
    for code, text in sorted(characters_of(code_page).items()):
        glyph = names.get(text)
        if glyph is not None and code not in code_page.not_printed:
            glyphs[code] = glyph
        if text >= " ":
            unicode[code] = text
    return OutlineFace(
        key=f"standard-{name}-{code_page.key}",
        program=FontProgram(key=f"standard-{name}", kind=ProgramKind.STANDARD, name=name),
        code_size=code_page.code_size,
        glyphs=glyphs,
        widths={code: table[str(glyph)] for code, glyph in glyphs.items()},
        unicode=unicode,
        default_width=_COURIER_WIDTH if name.startswith("Courier") else table["space"],
        style=style(name),
    )
