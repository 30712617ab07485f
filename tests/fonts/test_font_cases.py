"""TrueType and OpenType fonts of other makers: ink as of the source font, text as in the file."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from unicodedata import normalize

import pikepdf
import pytest
from font_cases import CELL, case, needs_font_cases, picture, wrong_cells

from afpcluster.convert import convert
from afpcluster.options import Options

pytestmark = needs_font_cases

LETTERS = " !&0123456789?@ABCDEFGabcdefghijklmnopÄÖÜßäæçéñöøü–€ﬁﬂ"
CHINESE = "げゆりㆯ忆怾惧愤赏顋颥骨髌鸩鹁黩𠖄𢘜𢰸𢲡"


def converted(name: str) -> tuple[bytes, list[str]]:
    sink = io.BytesIO()
    result = convert(io.BytesIO(case(name)), sink, Options(raise_faults=True))
    return sink.getvalue(), [finding.code for finding in result.findings]


def text_of(pdf: bytes, tmp_path: Path) -> str:
    """What pdftotext finds, without white space."""
    path = tmp_path / "case.pdf"
    path.write_bytes(pdf)
    found = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, check=True, encoding="utf-8"
    )
    return "".join(found.stdout.split())


def twice(letters: str) -> str:
    return "".join([letter * 2 for letter in letters if letter != " "])


@pytest.mark.parametrize(
    ("name", "findings", "letters"),
    [
        ("tt_dj_os2_short", ["font-mended"], LETTERS),
        ("tt_dj_hmtx_short", ["font-mended"], LETTERS),
        ("tt_dj_macroman", [], LETTERS),
        ("tt_dj_woff", [], LETTERS),
        ("ttc_no_such_name", ["font-name-missing"], "0123456789ABCDEFGHabcdefgh"),
        ("tt_stored_box", [], CHINESE),
    ],
)
def test_letters_are_those_of_the_source(
    name: str, findings: list[str], letters: str, tmp_path: Path
) -> None:
    pdf, codes = converted(name)
    assert codes == findings
    assert wrong_cells(picture(pdf), name) == []
    assert text_of(pdf, tmp_path) == twice(letters)


def test_unusable_outlines_become_a_simple_font(tmp_path: Path) -> None:
    pdf, codes = converted("tt_dj_loca_short")
    assert codes[:2] == ["font-not-embedded", "font-substituted"]
    shown = picture(pdf)
    for at, letter in enumerate(LETTERS):
        x, y = at % 12 * CELL, at // 12 * CELL
        assert (shown.crop((x, y, x + CELL, y + CELL)).getextrema()[0] < 128) == (letter != " "), letter
    assert text_of(pdf, tmp_path) == normalize("NFKC", twice(LETTERS))  # poppler spells out ligatures
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        fonts = opened.pages[0].Resources.Font.values()
        assert all(font.Subtype != "/Type0" or "/FontFile2" in _descriptor(font) for font in fonts)


def _descriptor(font: pikepdf.Object) -> pikepdf.Object:
    return font.DescendantFonts[0].FontDescriptor


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("text_kangxi", "日本人大小山川水火木金土月文字"),
        ("text_uct_ligature", "officeaffineQufjordTh"),
    ],
)
def test_text_is_that_of_the_file(name: str, text: str, tmp_path: Path) -> None:
    pdf, codes = converted(name)
    assert codes == []
    assert text_of(pdf, tmp_path) == text


def test_shaped_glyphs_have_text_of_their_own() -> None:
    """For readers that know no ActualText: every code has a ToUnicode entry."""
    pdf, _ = converted("text_uct_ligature")
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        (font,) = opened.pages[0].Resources.Font.values()
        cmap = font.ToUnicode.read_bytes().decode()
        widths = sum(len(part) for part in font.DescendantFonts[0].W if not isinstance(part, int))
    assert "<006600660069>" in cmap  # ffi
    assert cmap.count("<") // 2 >= widths
