"""Fonts that are not there: which standard font stands in, and at which size. The table is documented
in docs/fonts.md and extended by the caller's own files.

IBM's names say much: C0H200B0 is a character set (C0), Helvetica (H), roman medium (2), 12 points (B);
X1GT12 is a coded font, Gothic Text, 12 characters an inch. Typeface numbers (FGID) are IBM's registry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from afpcluster.findings import ConversionError
from afpcluster.fonts.character_set import CharacterSet
from afpcluster.fonts.references import FontReference
from afpcluster.fonts.standard import STANDARD_FONTS

FILE_NAME = "font-substitutions.txt"
"""A file of this name in a resource folder extends the table."""

DEFAULT_SIZE = 10.0
_BOLD_WEIGHT = 6  # FOCA "Weight Class": semibold and above

# family -> regular, bold, italic, bold italic
_FAMILIES = {
    "Helvetica": ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique"),
    "Times": ("Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic"),
    "Courier": ("Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique"),
    "Symbol": ("Symbol",) * 4,
    "ZapfDingbats": ("ZapfDingbats",) * 4,
}

# Third character of a core interchange name: the design. The fourth is 2 roman, 3 italic, 4 bold, 5 both.
_DESIGNS = {"H": "Helvetica", "N": "Times", "4": "Courier", "S": "Times", "T": "Times"}
_CORE = re.compile(r"[CX][0-9A-GZ]([HN4])([2-5])\d\d([0-9A-Z])?0?$")

# Letters of a fixed-pitch name such as X0GT12 or C0S0CR10 -> family and bold, italic
_PITCHED = {
    "GT": ("Courier", False, False),  # Gothic Text
    "GB": ("Courier", True, False),  # Gothic Bold
    "GR": ("Courier", False, False),
    "CR": ("Courier", False, False),  # Courier
    "CB": ("Courier", True, False),
    "CI": ("Courier", False, True),
    "LR": ("Courier", False, False),  # Letter Gothic
    "LG": ("Courier", False, False),
    "LB": ("Courier", True, False),
    "PR": ("Courier", False, False),  # Prestige
    "PB": ("Courier", True, False),
    "PI": ("Courier", False, True),
    "ST": ("Courier", False, False),  # Serif Text
    "SI": ("Courier", False, True),
    "SB": ("Courier", True, False),
    "RT": ("Courier", False, False),  # Roman Text
    "KR": ("Courier", False, False),
    "OA": ("Courier", False, False),  # OCR-A
    "OB": ("Courier", False, False),  # OCR-B
}
_PITCH = re.compile(r"[CX][0-9A-G](?:[A-Z]0)?([A-Z]{2})(\d\d)$")

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

# FGID -> standard font, for typographic designs of the core interchange set
_TYPEFACES = {
    416: "Courier",
    420: "Courier-Bold",
    424: "Courier-Oblique",
    428: "Courier-BoldOblique",
    2304: "Helvetica",
    2305: "Helvetica-Bold",
    2306: "Helvetica-Oblique",
    2307: "Helvetica-BoldOblique",
    2308: "Times-Roman",
    2309: "Times-Bold",
    2310: "Times-Italic",
    2311: "Times-BoldItalic",
    5687: "Times-Roman",
    5707: "Times-Bold",
    5815: "Times-Italic",
    5835: "Times-BoldItalic",
}
_LAST_FIXED_PITCH_FGID = 750
_FIXED_PITCH_FGIDS = range(3840, 4096)
_COURIER_SPACE = 0.6  # em
_PROPORTIONAL_SPACE = 1 / 3  # em, of the horizontal font size


@dataclass(slots=True, frozen=True)
class Substitute:
    """What stands in for a font: one of STANDARD_FONTS, or a font in the resource folders by name;
    `size` in points, 0 where the name does not say one."""

    font: str
    size: float = 0.0


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
    found = _by_typeface_id(reference) or _by_ibm_name(name)
    if found is None:
        words = f"{typeface} {reference.data_object}".lower()
        bold = reference.weight >= _BOLD_WEIGHT or "bold" in words or "black" in words
        italic = reference.italic or "italic" in words or "oblique" in words
        found = Substitute(styled(_family(words), bold, italic))
    size = found.size or _size_by_width(reference, found.font.startswith("Courier"))
    return replace(found, size=size)


def substitute_for_shapes(reference: FontReference, rules: Iterable[Rule], characters: CharacterSet) -> str:
    """The standard font for a character set that has metrics only: what the font says of itself counts."""
    described = replace(
        reference,
        weight=_BOLD_WEIGHT if characters.bold else reference.weight,
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


def _by_typeface_id(reference: FontReference) -> Substitute | None:
    if reference.grid is None:
        return None
    number = reference.grid.typeface
    if number in _TYPEFACES:
        return Substitute(_TYPEFACES[number])
    fixed = 0 < number < _LAST_FIXED_PITCH_FGID or number in _FIXED_PITCH_FGIDS
    bold, italic = reference.weight >= _BOLD_WEIGHT, reference.italic
    return Substitute(styled("Courier" if fixed else "Times", bold, italic))


def _by_ibm_name(name: str) -> Substitute | None:
    if match := _CORE.match(name):
        design, style, size = match.groups()
        font = styled(_DESIGNS[design], style in "45", style in "35")
        return Substitute(font, size_of_letter(size) if size and not name.startswith("CZ") else 0.0)
    if (match := _PITCH.match(name)) and match.group(1) in _PITCHED:
        family, bold, italic = _PITCHED[match.group(1)]
        pitch = int(match.group(2))
        return Substitute(styled(family, bold, italic), 72 / pitch / _COURIER_SPACE if pitch else 0.0)
    return None


def size_of_letter(letter: str) -> float:
    """Points of the size character in a core interchange name: 1-9, 0 is 10, A is 11, B is 12 ... Z 36."""
    if letter.isdigit():
        return float(letter) or 10.0
    return 11.0 + ord(letter) - ord("A")


def _size_by_width(reference: FontReference, fixed: bool) -> float:
    """MO:DCA "Font Descriptor Specification Triplet X'1F'", FtWidth."""
    return reference.width / (_COURIER_SPACE if fixed else _PROPORTIONAL_SPACE)


def is_standard(font: str) -> bool:
    """Whether a substitute is one of the 14 fonts that need no file."""
    return font in STANDARD_FONTS
