"""Letters that the standard fonts lack: shown by an embedded free font, or told."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
from data_object_files import lines, one_font, strings
from foca_objects import character_set, code_page, metrics
from map_groups import descriptor, local_id, name

from afpcluster.afp.triplets import encode_triplet
from afpcluster.convert import convert
from afpcluster.display.items import GlyphRun, Page
from afpcluster.findings import Finding, Findings
from afpcluster.fonts.foca.character_set import character_set as parse
from afpcluster.fonts.foca.code_page import code_page as parse_page
from afpcluster.fonts.foca.faces import face_of
from afpcluster.fonts.stand_in import standard
from afpcluster.fonts.stand_in.free_fonts import FreeFonts, file_names
from afpcluster.options import STAND_IN_FOLDERS, Options
from benchmarks.fuzz.seed_pages import map_font, print_file
from rendering import pdf_of, show

FREE = FreeFonts(STAND_IN_FOLDERS)
TEXT_FONTS = sorted(standard.STANDARD_FONTS - {"Symbol", "ZapfDingbats"})


def converted(data: bytes, folders: tuple[Path, ...] = STAND_IN_FOLDERS) -> tuple[bytes, list[Finding]]:
    sink = io.BytesIO()
    result = convert(io.BytesIO(data), sink, Options(raise_faults=True, stand_in_folders=folders))
    missing = [finding for finding in result.findings if finding.code == "glyph-missing"]
    return sink.getvalue(), missing


def letters_with_ink(pdf: bytes, letters: str) -> str:
    """Those of the letters, 40 points apart from (10, 30) on, at whose place PDFium shows ink."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        shown = document[0].render(scale=2).to_pil().convert("L")
    finally:
        document.close()
    places = [(2 * (8 + 40 * (at % 4)), 2 * (10 + 30 * (at // 4))) for at in range(len(letters))]
    return "".join([
        letter
        for letter, (x, y) in zip(letters, places, strict=True)
        if shown.crop((x, y, x + 60, y + 54)).getextrema()[0] < 128
    ])  # fmt: skip


def apart(codes: list[bytes]) -> bytes:
    return strings([(10 + 40 * (at % 4), 30 + 30 * (at // 4), code) for at, code in enumerate(codes)])


def coded(letters: str, page: str, codec: str, font: str = "C0H20000") -> bytes:
    """A page whose letters are in a coded font that is not there."""
    group = name(0x85, page) + name(0x86, font) + descriptor(16) + local_id(1)
    return print_file(apart([letter.encode(codec) for letter in letters]), maps=map_font(group))


def test_the_packages_are_installed() -> None:
    found = {path.name for folder in STAND_IN_FOLDERS if folder.is_dir() for path in folder.iterdir()}
    assert [one for font in TEXT_FONTS for one in file_names(font) if one not in found] == []


# Where Liberation follows Arial and Times New Roman, and the figure space.
_OTHER_WIDTHS = frozenset("⁄¯ˉ‾±µμ·∙÷―\u2007")


@pytest.mark.parametrize("font", TEXT_FONTS)
def test_widths_are_those_of_the_standard_font(font: str) -> None:
    """Within what rounding to 2048 units an em does; all is there but the wide yen sign."""
    own = standard.all_characters_face(font)
    face = FREE.faces(font)[0]
    texts = {code: text for code, text in own.unicode.items() if ord(text) in face.codes}
    assert set(own.unicode.values()) - set(texts.values()) <= {"￥"}
    off = {
        text: (own.widths[code], face.face.widths[face.codes[ord(text)]])
        for code, text in texts.items()
        if abs(own.widths[code] - face.face.widths[face.codes[ord(text)]]) > 1
    }
    assert off.keys() <= _OTHER_WIDTHS


@pytest.mark.parametrize(
    ("page", "codec", "letters"),
    [
        ("T1001250", "cp1250", "ŻółtąęśćńŹČřěůŤ"),
        ("T1001251", "cp1251", "СчётЖяЮЫЄї"),
        ("T1001253", "cp1253", "ΑβγδΩώ"),
        ("T1001254", "cp1254", "ĞğİıŞş"),
        ("T1001255", "cp1255", "אבגש"),
        ("T1001257", "cp1257", "ĀčėįųūŠž"),
        ("T1V10875", "cp875", "ΑβγδΩώ"),
        ("T1V11026", "cp1026", "ĞğİıŞş"),
    ],
)
@pytest.mark.parametrize("font", ["C0H20000", "C0N50000", "C0440000"])
def test_letters_in_coded_fonts_leave_ink(page: str, codec: str, letters: str, font: str) -> None:
    pdf, missing = converted(coded(letters, page, codec, font))
    assert missing == []
    assert letters_with_ink(pdf, letters) == letters


def test_letters_in_data_object_fonts_leave_ink() -> None:
    letters = "ŁŻłężЖяΩשĞǅ"
    pdf, missing = converted(one_font(None, apart([letter.encode("utf-16-be") for letter in letters])))
    assert missing == []
    assert letters_with_ink(pdf, letters) == letters


@pytest.mark.parametrize("font", sorted(standard.STANDARD_FONTS))
def test_what_a_standard_font_is_said_to_have_leaves_ink(font: str) -> None:
    """In PDFium, whose own fonts have no more than the standard Latin set."""
    face = standard.all_characters_face(font)
    codes = [code for code, text in face.unicode.items() if standard.is_visible(text)]
    items = [
        GlyphRun(face, 16, 10 + 30 * (at % 20), 40 + 30 * (at // 20), bytes([code]))
        for at, code in enumerate(codes)
    ]
    shown = show(items, 620, 500, dpi=144).convert("L")
    blank = [
        face.unicode[code]
        for at, code in enumerate(codes)
        if shown.crop(
            (x := 2 * (8 + 30 * (at % 20)), y := 2 * (20 + 30 * (at // 20)), x + 56, y + 50)
        ).getextrema()[0]
        > 150
    ]
    assert blank == []


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (coded("ŁAŁó", "T1001250", "cp1250"), []),
        (one_font(None, lines("ЖAЖ", "Жя")), [("Test Font", "U+0416 Ж", 3), ("Test Font", "U+044F я", 1)]),
        (
            coded("СAСч", "T1001251", "cp1251"),
            [("Helvetica", "U+0421 С", 2), ("Helvetica", "U+0447 ч", 1)],
        ),
    ],
)
def test_without_free_fonts_every_lost_letter_is_told(data: bytes, told: list[tuple[str, str, int]]) -> None:
    _, missing = converted(data, ())
    assert [(one.message, one.count) for one in missing] == [
        (f"Font {font} has no glyph for {character}", count) for font, character, count in told
    ]


def test_letters_that_no_font_has_are_told() -> None:
    _, missing = converted(one_font(None, lines("กขก")))
    assert [(one.message[-8:], one.count) for one in missing] == [("U+0E01 ก", 2), ("U+0E02 ข", 1)]


def test_characters_that_a_coded_font_lacks_are_told() -> None:
    """The code page has a dollar sign and a space; the font has the letter alone."""
    made = character_set(
        [[metrics("LA010000", 10, 0, 8, ascender=8)]], size=12, boxes=[(8, 8, 0)], patterns=b"\xff" * 8
    )
    page = code_page({0x81: "LA010000", 0x5B: "SC030000", 0x40: "SP010000", 0x41: "SP300000"})
    face = face_of(parse(made), parse_page(page))
    findings = Findings()
    run = GlyphRun(face, 12, 10, 50, b"\x5b\x81\x40\x41\x5b\x33")
    pdf_of([Page(1, 100, 100, [run])], findings=findings)
    found = [(one.code, one.message, one.count) for one in findings]
    assert found == [
        ("glyph-missing", "Code page T1TEST does not list code point X'33' (C0TEST)", 1),
        ("glyph-missing", "Font C0TEST has no glyph for SC030000 (U+0024 $)", 2),
    ]


def test_a_utf8_font_is_told_by_its_name() -> None:
    group = encode_triplet(0x50, bytes.fromhex("00007807"))
    _, missing = converted(one_font(None, lines("ก", codec="utf-8"), name="Thai Sans", encoding=group))
    assert [one.message for one in missing] == ["Font Thai Sans has no glyph for U+0E01 ก"]
