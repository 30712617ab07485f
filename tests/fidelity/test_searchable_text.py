"""The words of a print file are found in its PDF.

Text decoded here, straight from the file's own text controls, font maps and code pages, must be what a PDF
viewer finds on the page. Code pages whose identifiers are a producer's own are left out: nothing says which
characters they are.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import islice
from pathlib import Path

import pypdfium2
import pytest

from afpcluster.afp.fields import CODES
from afpcluster.afp.foca import FontControl, PatternTechnology
from afpcluster.afp.framing import Record, RecordFile
from afpcluster.afp.modca import MapResources
from afpcluster.afp.names import decode_name
from afpcluster.afp.ptoca import split_controls
from afpcluster.convert import convert
from afpcluster.findings import Findings
from afpcluster.fonts.foca.code_page import code_page
from afpcluster.fonts.references import FontReference, mcf1_references, mcf2_reference, mdr_reference
from afpcluster.fonts.stand_in.gcgid import unicode_text
from afpcluster.options import Options
from corpus import afp_files, needs_corpus

FILES = afp_files("real/*.afp")
PAGES = 12  # of each file
LEAST_LETTERS = 3  # of a string that is looked for
SHARE = 0.99
RASTER = PatternTechnology.RASTER
UTF_16 = 0x7200  # an encoding scheme (MO:DCA "Encoding Scheme ID Triplet X'50'")
_MAPS = [CODES[name] for name in ("MCF", "MCF1", "MDR")]
_BPG, _BMO, _EMO, _BRS, _BCP, _ECP = (CODES[name] for name in ("BPG", "BMO", "EMO", "BRS", "BCP", "ECP"))
_SCFL, _TRN = 0xF0, 0xDA

Characters = dict[int, str]  # by code point
Fonts = dict[int, Characters | None]  # by local identifier; None: UTF-16BE


def read(path: Path) -> list[Record]:
    file = RecordFile(io.BytesIO(path.read_bytes()), Findings())
    return file.read(0, file.size)


def inline_code_pages(records: list[Record]) -> dict[str, Characters]:
    """Characters of every code page in the file, by the name of its resource (MO:DCA "Begin Resource")."""
    found: dict[str, Characters] = {}
    name, start = "", 0
    for at, record in enumerate(records):
        if record.type == _BRS:
            name = decode_name(record.data[:8])
        elif record.type == _BCP:
            start = at
        elif record.type == _ECP:
            page = code_page(records[start : at + 1])
            found[name] = {code: text for code, gcgid in page.gcgids.items() if (text := unicode_text(gcgid))}
    return found


def page_strings(records: list[Record]) -> Iterator[list[str]]:
    """Per page, the strings of its text objects whose code page is known; overlays are left out."""
    pages = inline_code_pages(records)
    strings: list[str] | None = None
    fonts: Fonts = {}
    in_overlay = False
    for record in records:
        if record.type in (_BMO, _EMO):
            in_overlay = record.type == _BMO
        elif record.type == _BPG:
            if strings is not None:
                yield strings
            strings, fonts = [], {}
        elif strings is not None and not in_overlay:
            if record.type in _MAPS:
                fonts |= mapped(record, pages)
            elif record.type == CODES["PTX"]:
                strings += list(decoded(record.data, fonts))
    if strings is not None:
        yield strings


def mapped(record: Record, pages: dict[str, Characters]) -> Fonts:
    """The fonts that a map field maps, as far as their characters are known."""
    fonts: Fonts = {}
    for reference in references(record):
        if reference.data_object and reference.text_encoding in (0, UTF_16):
            fonts[reference.local_id] = None
        elif characters := characters_of(reference.code_page, pages):
            fonts[reference.local_id] = characters
    return fonts


def characters_of(name: str, inline: dict[str, Characters]) -> Characters:
    """Of a code page in the file, however few it says; only what is not in the file goes by its name."""
    return inline[name] if name in inline else known_code_page(name)


@cache
def known_code_page(name: str) -> Characters:
    """The code page of an IBM name such as T1V10500, if it is one that Python has."""
    for number in (name[2:].lstrip("0"), name[5:].lstrip("0")):
        with suppress(LookupError):
            return dict(enumerate(bytes(range(256)).decode(f"cp{number}", "replace")))
    return {}


def references(record: Record) -> Iterator[FontReference]:
    if record.type == CODES["MCF1"]:
        yield from mcf1_references(record.data)
        return
    kind = mcf2_reference if record.type == CODES["MCF"] else mdr_reference
    found = (kind(group.triplets) for group in MapResources.decode(record.data).groups)
    yield from (reference for reference in found if reference is not None)


def decoded(data: bytes, fonts: Fonts) -> Iterator[str]:
    local = -1
    for sequence in split_controls(data):
        if isinstance(sequence, bytes):
            continue
        kind, operands = sequence.type & 0xFE, sequence.operands
        if kind == _SCFL:
            local = operands[0]
        elif kind == _TRN and local in fonts:
            characters = fonts[local]
            if characters is None:
                yield operands.decode("utf-16-be")
            else:
                yield "".join(characters.get(value, "") for value in operands)


def letters(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isalnum())


@cache
def strings_of(path: Path) -> list[list[str]]:
    """Of the first pages; the strings of which characters are known."""
    return [
        [text for text in strings if letters(text)] for strings in islice(page_strings(read(path)), PAGES)
    ]


@needs_corpus
def test_half_of_the_files_have_words_to_look_for() -> None:
    assert sum(any(strings_of(path)) for path in FILES) >= len(FILES) / 2


@needs_corpus
@pytest.mark.parametrize("path", FILES, ids=range(len(FILES)))
def test_words_are_found(path: Path) -> None:
    pages = strings_of(path)
    if not any(pages):
        pytest.skip("no text here has a code page with identifiers that are registered")
    looked_for, missed = 0, []
    for number, (strings, text) in enumerate(zip(pages, page_texts(path), strict=False), 1):
        shown = letters(text)
        wanted = [word for string in strings if len(word := letters(string)) >= LEAST_LETTERS]
        looked_for += len(wanted)
        missed += [(number, word) for word in wanted if word not in shown]
    assert looked_for > 0
    assert len(missed) <= (1 - SHARE) * looked_for, f"{len(missed)} of {looked_for} strings: {missed[:5]}"


@needs_corpus
@pytest.mark.parametrize("path", FILES, ids=range(len(FILES)))
def test_text_is_characters(path: Path) -> None:
    """Not private use, where a registered identifier, a glyph name or the text's encoding says which."""
    records = read(path)
    pages = inline_code_pages(records)
    raster = any(r.type == CODES["FNC"] and FontControl.decode(r.data).technology == RASTER for r in records)
    if raster and not any(pages.values()):
        pytest.skip("a raster font whose identifiers are its producer's own: nothing says which characters")
    text = "".join(page_texts(path))
    private = sum("\ue000" <= c <= "\uf8ff" for c in text)
    assert len(text) > 0
    assert private <= (1 - SHARE) * len(text)


@cache
def page_texts(path: Path) -> list[str]:
    """What a viewer finds on the first pages."""
    sink = io.BytesIO()
    convert(io.BytesIO(path.read_bytes()), sink, Options(raise_faults=True))
    pdf = pypdfium2.PdfDocument(sink.getvalue())
    found = []
    try:
        for number in range(min(len(pdf), PAGES)):
            text = pdf[number].get_textpage()
            found.append(str(text.get_text_bounded()))
            text.close()
    finally:
        pdf.close()
    return found
