"""Unicode Complex Text outside a glyph layout chain: order, shapes and places.

Units are twips, 20 a point. Widths of the font, in points: A V 6, f 3, i 2, alef 5, bet 4, open 3.1,
close 3.3, space 2.5.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from afpcluster.afp.ptoca import PREFIX, TextBuilder
from afpcluster.display.items import GlyphRun, Rectangle
from afpcluster.findings import Findings
from afpcluster.fonts.font import Font
from afpcluster.fonts.unicode.truetype import character_face
from afpcluster.fonts.unicode.unicode_font import standard_character_face, unicode_font, utf8, utf16
from afpcluster.interpret.context import Context
from afpcluster.interpret.text.controls import draw_text
from afpcluster.interpret.text.state import TextSpace
from complex_fonts import GLYPHS, complex_font

FACE = character_face(complex_font())
HELVETICA = [standard_character_face("Helvetica")]
FONTS = {
    1: unicode_font("UPRIGHT", [FACE], utf16, 2, 10.0),
    2: unicode_font("REVERSED", [FACE], utf16, 2, 10.0, rotation=180),
    3: unicode_font("DOWN", [FACE], utf16, 2, 10.0, rotation=90),
    4: unicode_font("UTF8", [FACE], utf8, 1, 10.0),
    5: unicode_font("LINKED", [FACE, *HELVETICA], utf16, 2, 10.0),
    6: unicode_font("STAND-IN", HELVETICA, utf16, 2, 10.0),
    7: unicode_font("WIDE", [FACE], utf16, 2, 10.0, stretch=2.0),
}
ENABLE, LTR, RTL, AS_BEFORE, OFF, FIXED_LTR, FIXED_RTL = 0x02, 0x04, 0x05, 0x12, 0x20, 0x22, 0x23
SHAPE, ONE_TO_ONE = 0x01, 0x20
NORMALIZED, ALTERNATE, RELATIVE, MAINTAIN, RESET = 0x80, 0x40, 0x20, 0x10, 0x08


class Finder:
    def default(self, points: float) -> Font:
        return FONTS[1]


def uct(
    text: str | bytes, bidi: int = ENABLE, glyphs: int = SHAPE, flags: int = 0, alternate: int = 0
) -> bytes:
    data = text if isinstance(text, bytes) else text.encode("utf-16-be")
    operands = bytes((1, 0)) + len(data).to_bytes(2, "big") + bytes((flags, 0, bidi, glyphs)) + bytes(4)
    return PREFIX + bytes((16, 0x6A)) + operands + alternate.to_bytes(2, "big", signed=True) + data


def control(mnemonic: str, *operands: int) -> bytes:
    return TextBuilder().control(mnemonic, *operands).data()


def draw(*parts: bytes, font: int = 1, suppressed: int = 0) -> tuple[list[str], list[str]]:
    """The items as text, and the codes of the findings; a rule shows where the text ends."""
    findings = Findings()
    space = TextSpace(0.05, 0.05, 612.0, 792.0, suppressed=frozenset({suppressed}))
    data = control("SCFL", font) + b"".join(parts) + control("DIR", 20, 20 << 8)
    items = draw_text(data, space, FONTS, Context(findings, Finder()), 0)
    lines = []
    for item in items:
        if isinstance(item, GlyphRun):
            lines.append(_run(item))
        elif isinstance(item, Rectangle):
            lines.append(f"rule {item.x:g},{item.y:g} {item.width:g}x{item.height:g}")
    return lines, [finding.code for finding in findings]


def _run(run: GlyphRun) -> str:
    """Glyphs at their places on the page, and what they read as where it is not what they say."""
    size = run.face.code_size
    codes = [int.from_bytes(run.codes[at : at + size], "big") for at in range(0, len(run.codes), size)]
    names = [GLYPHS[c] if size == 2 else run.face.unicode[c] for c in codes]
    arrangement = run.arrangement
    places = arrangement.placements or [(0.0, 0.0)]
    glyphs = [f"{name} {run.x + x:g},{run.y + y:g}" for name, (x, y) in zip(names, places, strict=False)]
    reading = f" = {arrangement.text}" if arrangement.text is not None else ""
    turned = run.direction + arrangement.rotation
    turn = f" turned {turned:g}" if turned else ""
    return "; ".join(glyphs) + turn + reading


def end(i: float, b: float = 0) -> str:
    """The rule behind the text."""
    return f"rule {i:g},{b:g} 1x1"


PAIR = "אב"  # bet 0, alef 4 from the left; 9 wide
CASES = {
    "ligature": ([uct("fiA")], ["f_i 0,0 = fi", "A 4.5,0", end(10.5)]),
    "kerning": ([uct("AV")], ["A 0,0; V 5,0", end(11)]),
    "mark, in normal form C or not": (
        [uct("A\u0301"), uct("A\u0301", flags=NORMALIZED)],
        ["A 0,0; acute 3,-2 = Á", "A 6,0; acute 9,-2", end(12)],
    ),
    "no glyph processing": ([uct("fiAV", glyphs=ONE_TO_ONE)], ["f 0,0; i 3,0; A 5,0; V 11,0", end(17)]),
    "right-to-left": ([uct(PAIR)], ["bet 0,0; alef 4,0", end(9)]),
    "Arabic shapes": ([uct("بب")], ["beh.fina 0,0 = ب", "beh.init 6.5,0 = ب", end(10)]),
    "first strong character": ([uct(PAIR + "A")], ["A 0,0", "bet 6,0; alef 10,0", end(15)]),
    "paragraph left-to-right": ([uct(PAIR + "A", LTR)], ["bet 0,0; alef 4,0", "A 9,0", end(15)]),
    "paragraph right-to-left": (
        [uct("A " + PAIR, RTL)], ["bet 0,0; alef 4,0", "space 9,0", "A 11.5,0", end(17.5)],
    ),
    "mirrored, shaped": ([uct("א(ב")], ["bet 0,0", "close 4,0 = (", "alef 7.3,0", end(12.3)]),
    "mirrored, one to one": (
        [uct("א(ב", glyphs=ONE_TO_ONE)],
        ["bet 0,0", "close 4,0 = (", "alef 7.3,0", end(12.3)],
    ),
    "fixed left-to-right": ([uct(PAIR, FIXED_LTR)], ["alef 0,0; bet 5,0", end(9)]),
    "fixed right-to-left": ([uct("Af", FIXED_RTL)], ["f 0,0; A 3,0", end(9)]),
    "bidi disabled": ([uct(PAIR + "fi", OFF)], ["alef 0,0; bet 5,0", "f_i 9,0 = fi", end(13.5)]),
    "as before": (
        [uct(PAIR), uct("A" + PAIR, AS_BEFORE)],
        ["bet 0,0; alef 4,0", "bet 9,0; alef 13,0", "A 18,0", end(24)],
    ),
    "as before, without a before": (
        [uct("A" + PAIR, AS_BEFORE)], ["A 0,0", "bet 6,0; alef 10,0", end(15)],
    ),
    "as before, reset": (
        [uct(PAIR), uct("", flags=RESET), uct("A" + PAIR, AS_BEFORE)],
        ["bet 0,0; alef 4,0", "A 9,0", "bet 15,0; alef 19,0", end(24)],
    ),
    "reset with text is none": (
        [uct(PAIR, flags=RESET), uct("A" + PAIR, AS_BEFORE)],
        ["bet 0,0; alef 4,0", "bet 9,0; alef 13,0", "A 18,0", end(24)],
    ),
    "alternate position": (
        [control("AMI", 100), uct(PAIR, flags=ALTERNATE, alternate=400)],
        ["bet 11,0; alef 15,0", end(20)],
    ),
    "alternate position, relative": (
        [control("AMI", 100), uct(PAIR, flags=ALTERNATE | RELATIVE, alternate=400)],
        ["bet 16,0; alef 20,0", end(25)],
    ),
    "alternate position, current maintained": (
        [control("AMI", 100), uct(PAIR, flags=ALTERNATE | MAINTAIN, alternate=400)],
        ["bet 11,0; alef 15,0", end(5)],
    ),
    "alternate position of a paragraph left-to-right": (
        [uct(PAIR, LTR, flags=ALTERNATE, alternate=400)], ["bet 0,0; alef 4,0", end(9)],
    ),
    "alternate position of a fixed direction": (
        [uct(PAIR, FIXED_RTL, flags=ALTERNATE, alternate=400)], ["bet 0,0; alef 4,0", end(9)],
    ),
    "current position maintained": ([uct("A", flags=MAINTAIN)], ["A 0,0", end(0)]),
    "SVI, no SIA": (
        [control("SIA", 20), control("SVI", 200), uct("A V"), uct("A\u00a0V")],
        ["A 0,0; space 6,0; V 16,0", "A 22,0; space 28,0; V 38,0", end(44)],
    ),
    "underscore without spaces": (
        [control("USC", 2), uct("A " + PAIR), control("USC", 0)],
        ["rule 0,1 6x0.5", "A 0,0; space 6,0", "bet 8.5,0; alef 12.5,0", "rule 8.5,1 9x0.5", end(17.5)],
    ),
    "underscore at the alternate position": (
        [control("USC", 1), uct("A"), uct(PAIR, flags=ALTERNATE, alternate=400), control("USC", 0)],
        ["A 0,0", "rule 0,1 6x0.5", "bet 11,0; alef 15,0", "rule 11,1 9x0.5", end(20)],
    ),
    "controls show nothing": ([uct("\u200fA\u200e\u202b\n")], ["A 0,0", end(6)]),
    "90 degrees": (
        [control("STO", 0x2D00, 0x5A00), control("AMB", 0), uct("A\u0301" + PAIR)],
        ["A 612,0; acute 614,3 turned 90 = Á", "bet 612,6; alef 612,10 turned 90", "rule 611,15 1x1"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("parts", "expected"), CASES.values(), ids=CASES)
def test_laid_out(parts: list[bytes], expected: list[str]) -> None:
    assert draw(*parts) == (expected, [])


REVERSED = {  # the right of characters is towards smaller i; the origin of a glyph is its end there
    "paragraph right-to-left": ([uct(PAIR)], ["bet 9,0; alef 5,0 turned 180", end(9)]),
    "paragraph left-to-right": ([uct("Af")], ["A 9,0; f 3,0 turned 180", end(9)]),
    "alternate position": (
        [uct("Af", flags=ALTERNATE, alternate=400)], ["A 20,0; f 14,0 turned 180", end(20)],
    ),
    "no alternate position right-to-left": (
        [uct(PAIR, flags=ALTERNATE, alternate=400)], ["bet 9,0; alef 5,0 turned 180", end(9)],
    ),
    "bidi disabled": ([uct("fA", OFF)], ["A 9,0; f 3,0 turned 180", end(9)]),
    "a mark": ([uct("A\u0301")], ["A 6,0; acute 3,2 turned 180 = Á", end(6)]),
    "underscore": (
        [control("USC", 2), uct("A f"), control("USC", 0)],
        ["rule 0,1 3x0.5", "A 11.5,0; space 5.5,0; f 3,0 turned 180", "rule 5.5,1 6x0.5", end(11.5)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("parts", "expected"), REVERSED.values(), ids=REVERSED)
def test_characters_turned_by_180_degrees(parts: list[bytes], expected: list[str]) -> None:
    assert draw(*parts, font=2) == (expected, [])


def test_linked_fonts_by_character() -> None:
    (first, second, third, _), findings = draw(uct("AbV"), font=5)  # b of Helvetica is 556 wide
    assert (first, second, third) == ("A 0,0", "b 6,0", "V 11.56,0")
    assert findings == []


def test_stand_in_is_shown_right_to_left_with_mirrored_characters() -> None:
    lines, _ = draw(uct("a(", FIXED_RTL), font=6)  # parentheses are 333 wide
    assert lines[:2] == [") 0,0 = (", "a 3.33,0"]


def test_a_font_that_is_stretched() -> None:
    assert draw(uct("A\u0301V"), font=7)[0] == ["A 0,0; acute 6,-2 = Á", "V 12,0", end(24)]


def test_utf8() -> None:
    assert draw(uct(PAIR.encode()), font=4)[0] == ["bet 0,0; alef 4,0", end(9)]


@pytest.mark.parametrize(("font", "data"), [(1, uct("fi", OFF, ONE_TO_ONE)), (3, uct("fi"))])
def test_shown_as_transparent_data(font: int, data: bytes) -> None:
    transparent = TextBuilder().text("fi".encode("utf-16-be")).data()
    assert draw(data, font=font) == draw(transparent, font=font)


def test_suppressed_text_moves_on() -> None:
    assert draw(control("BSU", 3), uct(PAIR), control("ESU", 3), suppressed=3)[0] == [end(9)]


A = "A".encode("utf-16-be")


@pytest.mark.parametrize(
    ("data", "shown", "finding"),
    [
        (uct("fi", bidi=0x03), "f 0,0", "uct-bad"),
        (uct("fi", glyphs=0x02), "f 0,0", "uct-bad"),
        (uct("fi").replace(b"\x6a\x01", b"\x6a\x02"), "f 0,0", "uct-bad"),
        (uct(A + b"\xd8\x00" + A), "A 0,0", "unicode-bad"),
        (uct(A + b"\0"), "A 0,0", "unicode-bad"),
        (PREFIX + b"\x08\x6a\1\0\0\2\0\0" + A, "A 0,0", "control-short"),
        (uct("AZ"), "A 0,0", "glyph-missing"),
    ],
)
def test_bad_text_is_a_finding(data: bytes, shown: str, finding: str) -> None:
    def missing(character: str, count: int) -> None:
        codes.append("glyph-missing")

    codes: list[str] = []
    FONTS[1] = unicode_font("UPRIGHT", [FACE], utf16, 2, 10.0, missing=missing)
    lines, found = draw(data)
    assert lines[0] == shown
    assert finding in found + codes


def test_text_that_is_too_long_goes_on_as_text() -> None:
    lines, findings = draw(uct("A" * 16_384))  # EC-9B01: up to 32,767 bytes; the odd byte is skipped
    assert findings == ["uct-bad", "unicode-bad", "text-odd"]
    assert lines[0].count("A ") == 16_383


def test_text_that_is_cut_off() -> None:
    data = uct("AV")
    findings = Findings()
    items = draw_text(data[:-2], TextSpace(1, 1, 9, 9), FONTS, Context(findings, Finder()), 0)
    assert [_run(item) for item in items if isinstance(item, GlyphRun)] == ["A 0,0"]
    assert [finding.code for finding in findings] == ["control-truncated"]


def trn(text: str | bytes) -> bytes:
    return TextBuilder().text(text if isinstance(text, bytes) else text.encode("utf-16-be")).data()


@pytest.mark.parametrize("font", [1, 4])
def test_no_break_space_is_a_variable_space_of_unicode_text(font: int) -> None:
    """PTOCA Table 16, for text in UTF-16 and UTF-8."""
    text = "A\u00a0 A".encode("utf-16-be" if font == 1 else "utf-8")
    lines, _ = draw(control("SVI", 200), control("USC", 2), trn(text), control("USC", 0), font=font)
    # Runs are shown from where they stand; the glyphs of a word follow each other.
    assert [line for line in lines if "rule" in line] == ["rule 0,1 6x0.5", "rule 26,1 6x0.5", end(32)]


@pytest.mark.parametrize(
    ("data", "font", "finding"),
    [
        (A + b"\0", 1, "text-odd"),
        (A + b"\xdc\x00" + A, 1, "unicode-bad"),
        (b"A\xc0A", 4, "unicode-bad"),
    ],
)
def test_what_is_no_unicode_ends_transparent_data(data: bytes, font: int, finding: str) -> None:
    lines, findings = draw(trn(data), font=font)
    assert (lines[-1], findings) == (end(6), [finding])


def glyph_layout(glyph: str, advance: int) -> bytes:
    """A glyph layout chain of one glyph that moves on by `advance`."""
    layout = bytes((10, 0x6D)) + advance.to_bytes(2, "big") + bytes(6)
    run = bytes((6, 0x8B, 0, 0)) + GLYPHS.index(glyph).to_bytes(2, "big")
    return PREFIX + layout + run + bytes((6, 0x8C, 0, 0, 0, 0))


def test_glyph_layout_is_not_underscored() -> None:
    parts = (control("USC", 1), trn("A"), glyph_layout("beh", 200), trn("A"), control("USC", 0))
    assert [line for line in draw(*parts)[0] if "rule" in line] == [
        "rule 0,1 6x0.5",
        "rule 16,1 6x0.5",
        end(22),
    ]


def test_glyph_layout_has_the_character_rotation_of_its_font() -> None:
    assert draw(glyph_layout("beh", 200), font=2)[0] == ["beh 0,0 turned 180", end(10)]


def test_harfbuzz_is_loaded_with_the_first_complex_text_only() -> None:
    code = "import sys, afpcluster.conversion.work; sys.exit('uharfbuzz' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
