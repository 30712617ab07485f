"""Which text a code point stands for, in this order: the code page's own Unicode value, the registered GCGID,
the glyph's name in the font program, what can be inferred, else a private use character, so that it harms
neither search nor copy of its neighbours.

Producers make identifiers of their own. Two kinds of code pages with such tell what they mean, where their
space and nearly all letters and digits agree with a code page that is known: identifiers such as EX065000,
whose number is a code point of a PC or Windows code page, and those of a page that says its number (CPGID).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from afpcluster.afp.code_pages import character_codes
from afpcluster.fonts.foca.code_page import CodePage
from afpcluster.fonts.stand_in import gcgid
from afpcluster.fonts.stand_in.builtin_code_pages import number_of
from afpcluster.heavy import agl
from afpcluster.light import dataclass

PRIVATE_USE = 0xE000
PRIVATE_USE_PLANE = 0xF0000

_NUMBERED = re.compile(r"[A-Z0-9]{2}(\d{3})000")
_NUMBERED_BY = (1252, 1250, 1251, 1253, 1254, 1257, 850, 852, 437)  # what such numbers count in
_KNOWN = (
    500,
    1252,
    37,
    273,
    277,
    278,
    280,
    284,
    285,
    297,
    870,
    871,
    875,
    1025,
    1026,
    1047,
    1250,
    1251,
    1253,
    850,
)
_LEAST_AGREEMENT = 0.9
_LEAST_LETTERS = 10  # letters and digits that are compared


@dataclass(slots=True, frozen=True)
class Inference:
    """Texts of identifiers that are nobody's but their producer's, and why they are believed."""

    texts: Mapping[str, str]
    reason: str


def unicode_of(
    code_page: CodePage, identifiers: Mapping[int, str], names: Mapping[str, bytes]
) -> dict[int, str]:
    """Text of the code points that stand for these identifiers; `names` are glyph names by identifier."""
    texts: dict[int, str] = {}
    for code, identifier in sorted(identifiers.items()):
        text = code_page.unicode.get(code) or gcgid.unicode_text(identifier)
        if text is None and identifier in names:
            text = agl.toUnicode(names[identifier].decode("latin-1"))
        if not text or text < " ":
            text = _inferred(code_page, identifier)
        texts[code] = text or chr((PRIVATE_USE if code_page.code_size == 1 else PRIVATE_USE_PLANE) + code)
    if code_page.space_code >= 0:
        texts[code_page.space_code] = " "
    return texts


def _inferred(code_page: CodePage, identifier: str) -> str | None:
    found = inference(code_page)
    return found.texts.get(identifier) if found else None


@lru_cache(maxsize=256)
def inference(code_page: CodePage) -> Inference | None:
    """What can be inferred of the identifiers of a code page that are not registered; None for nothing."""
    unknown = {
        code: identifier
        for code, identifier in code_page.gcgids.items()
        if not code_page.unicode.get(code) and gcgid.unicode_text(identifier) is None
    }
    return _by_numbers(code_page, unknown) or _by_cpgid(code_page, unknown) if unknown else None


def _by_numbers(code_page: CodePage, unknown: Mapping[int, str]) -> Inference | None:
    """Identifiers XXnnn000: the numbers are code points of a PC or Windows code page."""
    matches = {code: _NUMBERED.fullmatch(identifier) for code, identifier in unknown.items()}
    numbers = {code: int(match.group(1)) for code, match in matches.items() if match}
    if 32 not in numbers.values():
        return None
    best: tuple[float, int, int] = (0.0, 0, 0)
    for meant in _NUMBERED_BY:
        characters = _characters(meant)
        texts = {code: characters[number] for code, number in numbers.items() if number in characters}
        for known in dict.fromkeys((code_page.number, *_KNOWN)):
            found = _agreement(_characters(known), texts)
            best = max(best, (found, meant, known), key=lambda candidate: candidate[0])
    agreement, meant, known = best
    if agreement < _LEAST_AGREEMENT:
        return None
    characters = _characters(meant)
    return Inference(
        {unknown[code]: characters[number] for code, number in numbers.items() if number in characters},
        f"the numbers in identifiers such as {next(iter(unknown.values()))} are taken for code points of "
        f"code page {meant}, with which code page {known} agrees at {agreement:.0%}",
    )


def _by_cpgid(code_page: CodePage, unknown: Mapping[int, str]) -> Inference | None:
    """A code page whose number is known: what it has registered identifiers for must agree."""
    number = code_page.number or number_of(code_page.name) or 0
    characters = _characters(number)
    registered = {
        code: code_page.unicode.get(code) or gcgid.unicode_text(identifier) or ""
        for code, identifier in code_page.gcgids.items()
        if code not in unknown
    }
    agreement = _agreement(characters, registered)
    if agreement < _LEAST_AGREEMENT:
        return None
    return Inference(
        {identifier: characters[code] for code, identifier in unknown.items() if code in characters},
        f"identifiers such as {next(iter(unknown.values()))} are taken for the characters of code page "
        f"{number}, with which the others agree at {agreement:.0%}",
    )


def _characters(number: int) -> Mapping[int, str]:
    page = character_codes(number)
    return page.characters if page is not None else {}


def _agreement(known: Mapping[int, str], texts: Mapping[int, str]) -> float:
    """Which part of the letters and digits of a known code page `texts` has at their code points; 0 where it
    has too few of them, or the space elsewhere."""
    if not any(character == " " and texts.get(code) == " " for code, character in known.items()):
        return 0.0
    compared = [character == texts[code] for code, character in known.items()
                if character.isalnum() and code in texts]  # fmt: skip
    return sum(compared) / len(compared) if len(compared) >= _LEAST_LETTERS else 0.0
