"""The 14 fonts that every PDF viewer has: widths, style, and a face for a code page.

A code point shows the glyph whose name stands for its Unicode text. Of the text fonts only the standard Latin
character set counts (PDF 32000-1 Annex D): viewers put fonts of their own in their place that have no more.
What is lacking is in the face's `lost`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from unicodedata import category

from afpcluster.display.face import FaceStyle, FontProgram, OutlineFace, ProgramKind
from afpcluster.fonts.foca.code_page import CodePage
from afpcluster.fonts.foca.identity import inference
from afpcluster.fonts.stand_in import gcgid
from afpcluster.heavy import agl

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
_SIGNS = ("Symbol", "ZapfDingbats")  # each with a character set of its own


@lru_cache(maxsize=1)
def _tables() -> dict[str, Mapping[str, float]]:
    """Font name -> glyph name -> width."""
    tables: dict[str, dict[str, float]] = {}
    columns: list[str] = []
    for line in Path(__file__).with_name("standard_widths.txt").read_text("ascii").splitlines():
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


@lru_cache(maxsize=len(_STYLES))
def _shown_glyphs(name: str) -> Mapping[str, str]:
    """Character -> glyph name, of those that every viewer shows: of text fonts the standard Latin character
    set, which is that of StandardEncoding and WinAnsiEncoding."""
    from fontTools.encodings.StandardEncoding import StandardEncoding

    standard = {*StandardEncoding} - {".notdef"}
    return {
        text: glyph
        for text, glyph in _glyph_names(name).items()
        if name in _SIGNS or glyph in standard or text.encode("cp1252", "ignore")
    }


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


def lost_characters(font: str, code_page: CodePage, shown: Collection[int]) -> dict[int, str]:
    """What findings say of the code points whose characters `font` lacks; `shown` are those it has."""
    return code_page.invalid_codes() | {
        code: f"Font {font} has no glyph for {character_label(text)}"
        for code, text in characters_of(code_page).items()
        if code not in shown and code not in code_page.not_printed and is_visible(text)
    }


def is_visible(text: str) -> bool:
    """Whether text should leave ink."""
    return any(category(character)[0] not in "ZC" for character in text)


def character_label(text: str) -> str:
    """How findings call a character: its number and itself."""
    return f"{' '.join([f'U+{ord(character):04X}' for character in text])} {text}"


def standard_face(name: str, code_page: CodePage) -> OutlineFace:
    """The face of a standard font under a code page, single-byte or double-byte."""
    table, names, shown = widths(name), _glyph_names(name), _shown_glyphs(name)
    texts = {code: text for code, text in sorted(characters_of(code_page).items()) if text >= " "}
    printed = {code: text for code, text in texts.items() if code not in code_page.not_printed}
    glyphs: dict[int, str | int] = {code: shown[text] for code, text in printed.items() if text in shown}
    return OutlineFace(
        key=f"standard-{name}-{code_page.key}",
        program=FontProgram(key=f"standard-{name}", kind=ProgramKind.STANDARD, name=name),
        code_size=code_page.code_size,
        glyphs=glyphs,
        widths={code: table[names[text]] for code, text in printed.items() if text in names},
        unicode=texts,
        default_width=_COURIER_WIDTH if name.startswith("Courier") else table["space"],
        style=style(name),
        lost=lost_characters(name, code_page, glyphs),
    )


@lru_cache(maxsize=len(_STYLES))
def all_characters_face(name: str) -> OutlineFace:
    """The face of a standard font with a code for each of its characters, where it can that of code page
    1252: what Unicode text needs."""
    table, names = widths(name), _shown_glyphs(name)
    codes = {text: data[0] for text in names if (data := text.encode("cp1252", "ignore"))}
    free = (code for code in range(1, 0x100) if code not in set(codes.values()))
    codes |= {text: next(free) for text in names if text not in codes}
    return OutlineFace(
        key=f"standard-{name}-all",
        program=FontProgram(key=f"standard-{name}", kind=ProgramKind.STANDARD, name=name),
        code_size=1,
        glyphs={code: names[text] for text, code in codes.items()},
        widths={code: table[names[text]] for text, code in codes.items()},
        unicode={code: text for text, code in codes.items()},
        default_width=_COURIER_WIDTH if name.startswith("Courier") else table["space"],
        style=style(name),
    )
