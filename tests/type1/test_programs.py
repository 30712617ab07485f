"""Programs as makers and transports leave them: where the eexec portion begins, and how its entries are
declared. What a subset of them draws is what FreeType sees in the whole program."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from type1_programs import BOX, HEADER, STANDARD_SUBRS, TRAILER, Code, cipher, pfa, pfb, private

from afpcluster.outputs.pdf.fonts.embedded_program import ProgramError
from afpcluster.outputs.pdf.fonts.type1 import subset_type1
from afpcluster.type1 import ProgramDataError
from afpcluster.type1.program import type1_program
from benchmarks.fonts.freetype_font import FreeTypeFont

GLYPHS: dict[str, Code] = {
    "A": (20, 500, "hsbw", 5, "callsubr", "endchar"),
    "B": (30, 600, "hsbw", 100, "vmoveto", 6, 4, "callsubr", "endchar"),
    "C": (40, 700, "hsbw", 0, "vmoveto", *BOX, "endchar"),
}
SUBRS: tuple[Code, ...] = (*STANDARD_SUBRS, (*BOX, "return"), (50, "hmoveto", *BOX, "return"))
TEXT = private(GLYPHS, SUBRS)
PLAIN = pfa(TEXT)
NOTICE = HEADER.replace(
    b"/PaintType", b"/Notice (the \\) word (currentfile) eexec is here) def\n% currentfile eexec \n/PaintType"
)


def with_subr(number: int, change: Callable[[bytes], bytes]) -> bytes:
    """The text of the eexec portion with one Subr's entry changed."""
    start = TEXT.index(b"dup %d " % number)
    end = TEXT.index(b" NP\n", start) + 4
    return TEXT[:start] + change(TEXT[start:end]) + TEXT[end:]


def subset_glyphs(data: bytes) -> dict[str, object]:
    subset = subset_type1(data, GLYPHS)
    assert (subset.missing, subset.damaged, subset.whole) == ((), {}, "")
    font = FreeTypeFont(subset.clear + subset.encrypted)
    return {name: font.glyph(name) for name in GLYPHS}


EXPECTED = {name: FreeTypeFont(PLAIN).glyph(name) for name in GLYPHS}


@pytest.mark.parametrize(
    "data",
    {
        "pfb": pfb(TEXT),
        "pfb, last segment cut": pfb(TEXT)[: -len(TRAILER) - 8],
        "pfb, first length wrong": pfb(TEXT)[:2] + b"\x10" + pfb(TEXT)[3:],
        "hexadecimal": HEADER
        + b"currentfile eexec\n"
        + cipher(TEXT).hex("\n", 32).encode()
        + b"\n"
        + TRAILER,
        "hexadecimal, upper case": HEADER + b"currentfile eexec\r" + cipher(TEXT).hex().upper().encode(),
        "no trailer": pfa(TEXT, trailer=b""),
        **{
            f"eexec and {behind!r}": pfa(TEXT, behind=behind)
            for behind in (b"\r", b"\r\n", b"\n\n", b"\r\n\r\n", b" ", b" \n", b"\t")
        },
        **{f"pfb, eexec and {behind!r}": pfb(TEXT, behind=behind) for behind in (b"\n\n", b" \r", b"")},
        "the word in a notice": pfa(TEXT, header=NOTICE),
        "the word in a notice, pfb": pfb(TEXT, header=NOTICE),
        "junk in front": b"junk\0\n" + PLAIN,
        "junk in front, pfb": b"\0junk" + pfb(TEXT),
        "another first line": pfa(
            TEXT, header=HEADER.replace(b"%!PS-AdobeFont-1.0: Made", b"%!PS-Adobe-3.0")
        ),
        "no first line": pfa(TEXT, header=HEADER.split(b"\n", 1)[1]),
        "CharStrings defined first": pfa(
            private(GLYPHS, SUBRS, glyphs_head=b"/CharStrings %d dict def CharStrings begin\n")
        ),
        "CharStrings with a comment": pfa(
            private(GLYPHS, SUBRS, glyphs_head=b"2 index /CharStrings %d dict dup begin %% A/B, end of B\n")
        ),
        "Subrs with a comment": pfa(private(GLYPHS, SUBRS, subrs_head=b"/Subrs %d array %% dup 0 3 RD \n")),
        "Subrs declared too many": pfa(private(GLYPHS, SUBRS, subrs_head=b"/Subrs 9%d array\n")),
        "noaccess put": pfa(private(GLYPHS, SUBRS, put=b"noaccess put")),
        **{f"lenIV {len_iv}": pfa(private(GLYPHS, SUBRS, len_iv=len_iv)) for len_iv in (0, 1, -1)},
    }.items(),
    ids=lambda case: case[0],
)
def test_ways_of_writing(data: tuple[str, bytes]) -> None:
    assert subset_glyphs(data[1]) == EXPECTED


@pytest.mark.parametrize(
    ("text", "damaged"),
    {
        "length of a Subr too great": (
            with_subr(5, lambda entry: entry.replace(b"dup 5 ", b"dup 5 9")),
            {"A"},
        ),
        "no length": (with_subr(5, lambda entry: entry.replace(b"dup 5 ", b"dup 5 x")), {"A"}),
        "overwritten": (with_subr(5, lambda entry: entry[:12] + bytes(len(entry) - 12)), {"A"}),
        "left out": (with_subr(6, lambda entry: b""), None),
        "not there at all": (
            private({**GLYPHS, "A": (20, 500, "hsbw", 9, "callsubr", "endchar")}, SUBRS),
            None,
        ),
    }.values(),
)
def test_damaged_subrs_cost_the_glyphs_that_call_them(text: bytes, damaged: set[str] | None) -> None:
    """Where every entry can be read, it is not known that the program is damaged: it goes as it came."""
    subset = subset_type1(pfa(text), GLYPHS)
    if damaged is None:
        assert (subset.damaged, subset.whole != "") == ({}, True)
        return
    assert (set(subset.damaged), subset.whole) == (damaged, "")
    font = FreeTypeFont(subset.clear + subset.encrypted)
    assert {name: font.glyph(name) for name in set(GLYPHS) - damaged} == {
        name: glyph for name, glyph in EXPECTED.items() if name not in damaged
    }
    assert [font.glyph(name) for name in damaged] == [None] * len(damaged)


@pytest.mark.parametrize("cut", [0.3, 0.6])
def test_cut_programs_have_the_glyphs_in_front_of_the_cut(cut: float) -> None:
    start, end = TEXT.index(b"/A "), TEXT.index(b"/C ") + 30
    text = TEXT[: start + round((end - start) * cut)]
    names = type1_program(pfa(text, trailer=b"")).glyphs.keys() - {".notdef"}
    assert names < GLYPHS.keys()
    subset = subset_type1(pfa(text, trailer=b""), GLYPHS)
    assert set(subset.missing) == GLYPHS.keys() - names
    font = FreeTypeFont(subset.clear + subset.encrypted)
    assert {name: font.glyph(name) for name in names} == {name: EXPECTED[name] for name in names}


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "no eexec"),
        (b"%!PS-AdobeFont-1.0 no font", "no eexec"),
        (pfa(b"nothing of use"), "no CharStrings"),
        (pfa(private({}).replace(b"/.notdef 1", b"/.notdef x")), "no glyph can be read"),
    ],
)
def test_no_program(data: bytes, problem: str) -> None:
    with pytest.raises(ProgramDataError, match=problem):
        type1_program(data)
    with pytest.raises(ProgramError, match=problem):
        subset_type1(data, ["A"])


def test_all_glyphs_damaged() -> None:
    text = with_subr(5, lambda entry: entry[:12] + bytes(len(entry) - 12))
    with pytest.raises(ProgramError, match="glyph A calls Subr 5, which is not there"):
        subset_type1(pfa(text), ["A"])
