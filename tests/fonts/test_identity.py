"""Which text a code point stands for: that of its identifier, of its glyph, inferred, or private."""

from __future__ import annotations

import pytest
from foca_objects import code_page, outline_set, resource
from map_groups import local_id, mcf, name
from scopes import codes, scope

from afpcluster.afp.code_pages import character_codes
from afpcluster.afp.framing import Record
from afpcluster.display.face import is_private
from afpcluster.document.resources import CHARACTER_SET, CODE_PAGE
from afpcluster.findings import Findings
from afpcluster.fonts.foca.character_set import character_set as parse
from afpcluster.fonts.foca.code_page import CodePage
from afpcluster.fonts.foca.code_page import code_page as parse_page
from afpcluster.fonts.foca.faces import face_of
from afpcluster.fonts.library import FontLibrary
from afpcluster.fonts.stand_in import gcgid

ALL = range(0x40, 0xFF)


def numbered(known: int, meant: str, prefix: str = "EX", codes: range = ALL) -> dict[int, str]:
    """Code points of a known code page with identifiers that count in the codec `meant`."""
    page = character_codes(known)
    assert page is not None
    texts = {code: text.encode(meant, "ignore") for code, text in page.characters.items() if code in codes}
    return {code: f"{prefix}{number[0]:03}000" for code, number in texts.items() if len(number) == 1}


def registered(known: int, without: str) -> dict[int, str]:
    """A known code page whose characters `without` have identifiers of a producer's own."""
    page = character_codes(known)
    assert page is not None
    found = {code: gcgid.identifier(character) for code, character in page.characters.items()}
    own = {code: f"QQ0000{code:02X}" for code, character in page.characters.items() if character in without}
    return {code: identifier for code, identifier in found.items() if identifier} | own


def spoilt(identifiers: dict[int, str], share: float) -> dict[int, str]:
    """The same with the identifiers of a part of the letters in other places."""
    codes = sorted(identifiers)
    letters = [code for code in codes if code >= 0x81]
    moved = letters[: int(len(letters) * share)]
    turned = dict(zip(moved, [identifiers[code] for code in moved[1:] + moved[:1]], strict=True))
    return identifiers | turned


def text_of(page: CodePage, codes: str) -> str:
    """The text that a font under this code page gives to code points; ? for a private one."""
    identifiers = dict.fromkeys(page.gcgids.values(), (b"Q77", 500))
    face = face_of(parse(outline_set(identifiers)), page)
    texts = [face.unicode[code] for code in bytes.fromhex(codes)]
    return "".join("?" if is_private(text) else text for text in texts)


CASES = {
    "Windows-1252 in EBCDIC": (code_page(numbered(500, "cp1252")), "C1F181C0DC9F", "A1a{ü¤"),
    "another prefix": (code_page(numbered(500, "cp1252", "3K")), "C1F181", "A1a"),
    "German EBCDIC": (code_page(numbered(273, "cp1252")), "C1C0D0", "Aäü"),
    "capitals and digits only": (
        code_page(numbered(500, "cp1252", codes=range(0xC1, 0xFA)) | {0x40: "EX032000"}), "C1F1", "A1",
    ),
    "Cyrillic": (code_page(numbered(1025, "cp1251")), "C1A077", "Aяа"),
    "Greek": (code_page(numbered(875, "cp1253")), "C14181", "AΑa"),
    "code page 850": (code_page(numbered(500, "cp850")), "C1DC", "Aü"),
    "Windows-1252 itself": (
        code_page(numbered(1252, "cp1252", codes=range(0x20, 0x100)), space=0x20), "41FC", "Aü",
    ),
    "a few are elsewhere": (code_page(spoilt(numbered(500, "cp1252"), 0.08)), "C1F1", "A1"),
    "too many are elsewhere": (code_page(spoilt(numbered(500, "cp1252"), 0.4)), "C1F1", "??"),
    "no space": (code_page(numbered(500, "cp1252", codes=range(0x81, 0xFA))), "C1F1", "??"),
    "too few to tell": (code_page({0x40: "EX032000", 0xC1: "EX065000"}), "C1", "?"),
    "scrambled": (code_page({0x40 + at: f"EX{32 + at:03}000" for at in range(96)}), "4181", "??"),
    "numbers of another kind": (code_page({code: f"EMC000{code:02X}" for code in ALL}), "C1F1", "??"),
    "by its number": (code_page(registered(273, "äöü€"), number=273), "C1C06AD0", "Aäöü"),
    "by the number in its name": (code_page(registered(273, "äöü"), name="T1V10273", number=0), "C0", "ä"),
    "a number that is not true": (code_page(registered(273, "äöü"), number=1252), "C1C0", "A?"),
    "all are unknown": (code_page({code: f"QQ0000{code:02X}" for code in ALL}, number=500), "C1", "?"),
}  # fmt: skip


@pytest.mark.parametrize(("page", "codes", "text"), CASES.values(), ids=CASES)
def test_text(page: list[Record], codes: str, text: str) -> None:
    assert text_of(parse_page(page), codes) == text


@pytest.mark.parametrize(
    ("page", "expected"), [(CASES["Cyrillic"][0], ["text-inferred"]), (code_page({}), [])]
)
def test_what_is_inferred_is_told(page: list[Record], expected: list[str]) -> None:
    findings = Findings()
    resources = scope(
        resource(CHARACTER_SET, "C0TEST", outline_set({"EX065000": (b"Q77", 500)})),
        resource(CODE_PAGE, "T1TEST", page),
    )
    group = name(0x86, "C0TEST") + name(0x85, "T1TEST") + local_id(1)
    FontLibrary(findings).fonts_of(mcf(group), resources)
    assert codes(findings) == expected
