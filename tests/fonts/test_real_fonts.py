"""Fonts of real print files, as an oracle for GCGIDs: the glyph names of the font programs, and code pages
whose number Python knows. Skipped where the corpus is not beside the project."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fontTools import agl

from afpcluster.afp import foca
from afpcluster.afp.framing import Record, RecordFile
from afpcluster.findings import Findings
from afpcluster.fonts.foca.character_set import CharacterSet, character_set
from afpcluster.fonts.foca.code_page import CodePage, code_page
from afpcluster.fonts.stand_in import gcgid
from corpus import afp_files, needs_corpus

FILES = afp_files()

# Identifiers whose glyphs have names of a close relative: accents, spaces, letters used as symbols.
_RELATIVES = {
    "^": "\u02c6",
    "~": "\u02dc",
    "\u00af": "\u203e",
    "\u00a0": " ",
    "\u00ad": "-",
    "\u03bc": "\u00b5",
    "\u03a9": "\u2126",
}

pytestmark = needs_corpus


def objects(path: Path) -> Iterator[list[Record]]:
    """The records of every font object of a file."""
    with path.open("rb") as source:
        file = RecordFile(source, Findings())
        current: list[Record] = []
        for type_, offset, end, _, _ in file.scan():
            if type_ in (foca.BFN, foca.BCP):
                current = [Record(type_, offset, b"")]
            elif type_ in (foca.EFN, foca.ECP) and current:
                yield file.read(current[0].offset, end)
                current = []


def character_sets() -> Iterator[CharacterSet]:
    for path in FILES:
        for records in objects(path):
            if records[0].type == foca.BFN:
                yield character_set(records)


def code_pages() -> Iterator[CodePage]:
    for path in FILES:
        for records in objects(path):
            if records[0].type == foca.BCP:
                yield code_page(records)


def test_glyph_names_agree_with_identifiers() -> None:
    compared, wrong = 0, []
    for characters in character_sets():
        for identifier, name in characters.names().items():
            text, named = gcgid.unicode_text(identifier), agl.toUnicode(name.decode("latin-1"))
            if text and named and len(named) == 1 and not "\ue000" <= named <= "\uf8ff":
                compared += 1
                raised = identifier[4:] == "1000"
                if text != named and _RELATIVES.get(text) != named and not raised:
                    wrong.append((identifier, text, named))
    assert compared > 500
    assert wrong == []


def test_identifiers_agree_with_code_page_numbers() -> None:
    compared = 0
    for page in code_pages():
        if page.number != 1252:
            continue
        for code, identifier in page.gcgids.items():
            text = gcgid.unicode_text(identifier)
            compared += 1
            assert text == bytes([code]).decode("cp1252")
    assert compared > 100
