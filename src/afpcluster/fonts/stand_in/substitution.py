"""Fonts that are not there: which standard font stands in, and at which size. The table is documented
in docs/fonts.md and extended by the caller's own files; what names and numbers say is in `typefaces`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from afpcluster.findings import ConversionError
from afpcluster.fonts.foca.character_set import CharacterSet
from afpcluster.fonts.references import FontReference
from afpcluster.fonts.stand_in import typefaces
from afpcluster.fonts.stand_in.standard import STANDARD_FONTS
from afpcluster.fonts.stand_in.typefaces import Design
from afpcluster.light import dataclass

FILE_NAME = "font-substitutions.txt"
"""A file of this name in a resource folder extends the table."""

DEFAULT_SIZE = 10.0

# family -> regular, bold, italic, bold italic
_FAMILIES = {
    "Helvetica": ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique"),
    "Times": ("Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic"),
    "Courier": ("Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique"),
    "Symbol": ("Symbol",) * 4,
    "ZapfDingbats": ("ZapfDingbats",) * 4,
}

# Words in a typeface or full font name -> family
_WORDS = (
    (
        ("courier", "mono", "gothic text", "letter gothic", "prestige", "typewriter", "ocr", "consol"),
        "Courier",
    ),
    (("helv", "arial", "sans", "verdana", "calibri", "univers", "frutiger", "gothic", "tahoma"), "Helvetica"),
    (("symbol",), "Symbol"),
    (("dingbat", "wingding"), "ZapfDingbats"),
    (("times", "serif", "roman", "garamond", "georgia", "book", "palatino", "sonoran", "century"), "Times"),
)

# Words that tell of other widths; Arial Narrow is 0.82 of Arial.
_ASPECTS = {"narrow": 0.82, **dict.fromkeys(("condensed", " cond"), typefaces.WIDTH_CLASSES[3])}

_PROPORTIONAL_SPACE = 1 / 3  # em, of the horizontal font size


@dataclass(slots=True, frozen=True)
class Substitute:
    """What stands in for a font: one of STANDARD_FONTS, or a font in the resource folders by name;
    `size` and the `width` of every character in points, 0 where the name does not say; `aspect` is how wide
    the font's characters are beside those of one of normal width."""

    font: str
    size: float = 0.0
    width: float = 0.0
    aspect: float = 1.0


@dataclass(slots=True, frozen=True)
class Rule:
    """One line of a substitution file: a pattern for the name (* and ?) and what stands in."""

    pattern: str
    substitute: Substitute


def load_rules(folders: Iterable[Path]) -> tuple[Rule, ...]:
    """The rules of the substitution files in these folders, first folder first. Lines are
    `NAME-PATTERN = FONT [SIZE]`, # begins a comment. Raises ConversionError for a line that is neither."""
    rules: list[Rule] = []
    for folder in folders:
        path = folder / FILE_NAME
        if path.is_file():
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                text = line.partition("#")[0].strip()
                if text:
                    rules.append(_rule(text, f"{path}, line {number}"))
    return tuple(rules)


def _rule(text: str, where: str) -> Rule:
    pattern, equals, target = (part.strip() for part in text.partition("="))
    match = re.fullmatch(r"(.+?)(?:\s+(\d+(?:\.\d+)?))?", target)
    if not pattern or not equals or match is None:
        raise ConversionError(
            "font-substitution-file",
            f"{where}: {text!r} is not a font substitution. Write NAME-PATTERN = FONT or "
            "NAME-PATTERN = FONT SIZE, for example: C0AR* = Helvetica 10",
        )
    return Rule(pattern.upper(), Substitute(match.group(1), float(match.group(2) or 0)))


def substitute_for(reference: FontReference, rules: Iterable[Rule] = (), typeface: str = "") -> Substitute:
    """What stands in for the font of `reference`. Without a size in the reference or the name, the size
    follows from the width in the reference; `typeface` is a name known from elsewhere (FND)."""
    name = (reference.character_set or reference.coded_font or reference.data_object).upper()
    for rule in rules:
        if fnmatchcase(name, rule.pattern):
            return replace(rule.substitute, size=rule.substitute.size or _size_by_width(reference, False))
    grid = reference.grid
    design = typefaces.by_number(grid.typeface, grid.width) if grid else typefaces.by_name(name)
    if design is None or grid is not None:
        design = _by_words(design, reference, f"{typeface} {reference.typeface} {reference.data_object}")
    size = design.size or _size_by_width(reference, design.family == "Courier")
    font = styled(design.family, design.bold, design.italic)
    return Substitute(font, size, design.width, 1.0 if design.family == "Courier" else design.aspect)


def _by_words(design: Design | None, reference: FontReference, words: str) -> Design:
    """`design`, or what the words of a typeface name tell; with weight, width and slant of the reference."""
    words = words.lower()
    if design is None:
        bold, italic = "bold" in words or "black" in words, "italic" in words or "oblique" in words
        aspect = next((aspect for word, aspect in _ASPECTS.items() if word in words), 1.0)
        design = Design(_family(words), bold, italic, aspect=aspect)
    aspect = typefaces.WIDTH_CLASSES.get(reference.width_class, 1.0) if design.aspect == 1 else design.aspect
    bold = design.bold or reference.weight >= typefaces.BOLD_WEIGHT
    return replace(design, bold=bold, italic=design.italic or reference.italic, aspect=aspect)


def substitute_for_shapes(reference: FontReference, rules: Iterable[Rule], characters: CharacterSet) -> str:
    """The standard font for a character set that has metrics only: what the font says of itself counts."""
    described = replace(
        reference,
        weight=typefaces.BOLD_WEIGHT if characters.bold else reference.weight,
        italic=characters.italic or reference.italic,
    )
    found = substitute_for(described, rules, characters.typeface).font
    return found if is_standard(found) else substitute_for(described, (), characters.typeface).font


def styled(family: str, bold: bool, italic: bool) -> str:
    """The standard font of a family in a style."""
    return _FAMILIES[family][bold + 2 * italic]


def _family(words: str) -> str:
    for keys, family in _WORDS:
        if any(key in words for key in keys):
            return family
    return "Helvetica"


def _size_by_width(reference: FontReference, fixed: bool) -> float:
    """MO:DCA "Font Descriptor Specification Triplet X'1F'", FtWidth."""
    return reference.width / (typefaces.FIXED_PITCH_EM if fixed else _PROPORTIONAL_SPACE)


def is_standard(font: str) -> bool:
    """Whether a substitute is one of the 14 fonts that need no file."""
    return font in STANDARD_FONTS
