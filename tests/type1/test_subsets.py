"""Every glyph of a subset equals its source: outline and width, as FreeType sees them. Programs of other
makers, and one made by fontTools with all that charstrings can do."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from fontTools.t1Lib import T1Font
from type1_programs import RICH_GLYPHS, RICH_SUBRS, URW, needs_urw, pfa, private

from afpcluster.display.face import FontProgram, OutlineFace, ProgramKind
from afpcluster.display.items import GlyphRun, Page
from afpcluster.findings import Findings
from afpcluster.outputs.pdf.fonts.type1 import subset_type1
from afpcluster.type1.program import type1_program
from benchmarks.fonts.freetype_font import FreeTypeFont
from rendering import pdf_of, rendered

MADE = pfa(private(RICH_GLYPHS, RICH_SUBRS))


def check(data: bytes, names: Iterable[str]) -> None:
    """Each of these glyphs looks the same in the subset of all of them."""
    names = list(names)
    subset = subset_type1(data, names)
    assert (subset.missing, subset.damaged, subset.whole) == ((), {}, "")
    source, embedded = FreeTypeFont(data), FreeTypeFont(subset.clear + subset.encrypted)
    wrong = [
        name for name in names if source.glyph(name) is None or embedded.glyph(name) != source.glyph(name)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", RICH_GLYPHS)
def test_one_glyph(name: str) -> None:
    check(MADE, [name])


def test_all_glyphs() -> None:
    check(MADE, RICH_GLYPHS)


def test_only_what_is_used_is_kept() -> None:
    subset = subset_type1(MADE, ["Aacute"])
    program = type1_program(subset.clear + subset.encrypted)
    assert set(program.glyphs) == {".notdef", "A", "acute", "Aacute"}
    assert len(program.subrs) == 8
    assert program.subrs[6] != type1_program(MADE).subrs[6]  # emptied
    assert program.glyph(".notdef").blank


def test_made_by_font_tools(tmp_path: Path) -> None:
    """What fontTools writes of the same font."""
    file = tmp_path / "made.pfa"
    file.write_bytes(MADE)
    font = T1Font(str(file))
    font.parse()
    check(font.createData(), RICH_GLYPHS)


@needs_urw
@pytest.mark.parametrize("name", ["NimbusSans-Regular", "P052-BoldItalic", "Z003-MediumItalic", "D050000L"])
def test_fonts_of_another_maker(name: str) -> None:
    """Nimbus has 150 Subrs, most of them called through Subr 4 with a number from the stack."""
    data = (URW / f"{name}.t1").read_bytes()
    names = [name for name in type1_program(data).glyphs if name != ".notdef"]
    for start in range(0, len(names), 200):
        check(data, names[start : start + 200][::3])
    for name in names[40:60]:
        check(data, [name])


@pytest.mark.parametrize("name", ["A", "f#g", "gr\xfcn", "\x8f\xff", "a(b", "<>", "x" * 127])
def test_names_of_all_kinds(name: str) -> None:
    """Viewers find the glyph by the name in the PDF."""
    data = pfa(private({name: RICH_GLYPHS["A"], "x6772fc6e": RICH_GLYPHS["B"]}, RICH_SUBRS))
    program = FontProgram("key", ProgramKind.TYPE1, "Made", data)
    face = OutlineFace("face", program, 1, {1: name}, {1: 500.0}, {1: "A"})
    found = Findings()
    embedded = pdf_of([Page(1, 100, 100, [GlyphRun(face, 20, 10, 50, b"\1")])], findings=found)
    assert list(found) == []
    assert rendered(embedded).getpixel((14, 47)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("data", "findings"),
    {
        "whole": (
            pfa(
                private(
                    {**RICH_GLYPHS, "A": (0, 500, "hsbw", 1, 2, 2, 14, "callothersubr", "endchar")},
                    RICH_SUBRS,
                )
            ),
            {
                "font-not-subset": "font program Made is embedded as it came, with all its glyphs, of which "
                "viewers may not show all: "
                "glyph A calls OtherSubr 14 with 2 arguments, which is not known"
            },
        ),
        "damaged": (
            pfa(private(RICH_GLYPHS, RICH_SUBRS).replace(b"dup 5 ", b"dup 5 x")),
            {
                "font-glyph-damaged": "font program Made is damaged: "
                "glyph A calls Subr 5, which is not there (1 in all); they show nothing"
            },
        ),
        "sound": (MADE, {}),
    }.values(),
)
def test_what_a_reader_of_findings_is_told(data: bytes, findings: dict[str, str]) -> None:
    found = Findings()
    program = FontProgram("key", ProgramKind.TYPE1, "Made", data)
    face = OutlineFace("face", program, 1, {1: "A", 2: "B"}, {1: 500.0, 2: 600.0}, {1: "A", 2: "B"})
    embedded = pdf_of([Page(1, 100, 100, [GlyphRun(face, 20, 10, 50, b"\1\2")])], findings=found)
    assert {finding.code: finding.message for finding in found} == findings
    shown = rendered(embedded).convert("L")
    assert shown.getpixel((14, 47)) == (255 if findings else 0)
    assert shown.getpixel((24, 47)) == 0
