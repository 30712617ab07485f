"""Font files as they come: damaged tables, packed files, names, instances, maps in other encodings."""

from __future__ import annotations

import io
from collections.abc import Callable
from time import process_time

import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.misc.psCharStrings import T2CharString
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from fontTools.ttLib.tables.TupleVariation import TupleVariation
from sfnt_files import collection, truetype, with_table

from afpcluster.display.items import GlyphRun, Page
from afpcluster.findings import Findings
from afpcluster.fonts.foca.code_page import FontDataError
from afpcluster.fonts.unicode.sfnt import UnusableOutlines
from afpcluster.fonts.unicode.truetype import CharacterFace, character_face
from benchmarks.fonts.freetype_font import FreeTypeFont
from cycles import left_in_cycles
from rendering import pdf_of

LATIN = truetype("Latin One", "ABC")


def table(tag: str, data: bytes = LATIN) -> bytes:
    return bytes(TTFont(io.BytesIO(data)).reader[tag])


def changed(tag: str, change: Callable[[bytes], bytes], data: bytes = LATIN) -> bytes:
    return with_table(data, tag, change(table(tag, data)))


def packed(data: bytes) -> bytes:
    font = TTFont(io.BytesIO(data))
    font.flavor = "woff"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def remarks(face: CharacterFace) -> list[str]:
    return [remark.code for remark in face.remarks]


@pytest.mark.parametrize("tag", ["OS/2", "post", "name"])
@pytest.mark.parametrize("length", [0, 3, 5])
def test_tables_that_drawing_does_not_need_are_left_out(tag: str, length: int) -> None:
    face = character_face(changed(tag, lambda content: content[:length]), "Latin One")
    assert face.codes == {ord("A"): 1, ord("B"): 2, ord("C"): 3}
    assert remarks(face) == ["font-mended"]
    assert tag not in TTFont(io.BytesIO(face.face.program.data))


@pytest.mark.parametrize(
    ("kept", "widths"), [(16, [0, 10, 20, 30]), (12, [0, 10, 20, 20]), (6, [0, 0, 0, 0])]
)
def test_missing_widths_repeat_the_last_one(kept: int, widths: list[float]) -> None:
    """hmtx has four bytes for each of the four glyphs."""
    face = character_face(changed("hmtx", lambda content: content[:kept])).face
    assert [face.widths[glyph] for glyph in range(4)] == widths


def test_a_packed_font_is_unpacked() -> None:
    face = character_face(packed(LATIN))
    assert face.face.program.data[:4] == b"\0\1\0\0"
    assert remarks(face) == []
    assert face.codes == character_face(LATIN).codes


def test_a_packed_font_that_unpacks_without_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of zeros takes a thousandth of its size, and a directory may say anything of it."""
    large = packed(with_table(LATIN, "zero", bytes(1 << 20)))
    assert len(large) < 10_000
    assert character_face(large).codes == character_face(LATIN).codes
    monkeypatch.setattr("afpcluster.fonts.unicode.sfnt._MOST_UNPACKED", 1 << 20)
    for said in (1 << 20, 2_000):  # its size, behind its tag, its place and its packed size
        at = large.index(b"zero") + 12
        lying = large[:at] + said.to_bytes(4, "big") + large[at + 4 :]
        with pytest.raises(FontDataError, match="unpacks to more than"):
            character_face(lying)


def test_a_collection_that_names_one_font_without_end() -> None:
    """Every one that it names is opened, and asked for its name."""
    count = 100_000
    place = 12 + 4 * count
    moved = bytearray(LATIN)
    for at in range(20, 12 + 16 * int.from_bytes(LATIN[4:6], "big"), 16):  # where each table lies
        moved[at : at + 4] = (int.from_bytes(moved[at : at + 4], "big") + place).to_bytes(4, "big")
    head = b"ttcf\0\1\0\0" + count.to_bytes(4, "big")
    endless = head + place.to_bytes(4, "big") * count + bytes(moved)
    began = process_time()
    face = character_face(endless, "Another")
    assert process_time() - began < 5
    assert (remarks(face), len(face.codes)) == (["font-name-missing"], 3)


def test_outlines_count_and_not_what_the_file_says_of_itself() -> None:
    program = character_face(b"OTTO" + LATIN[4:]).face.program
    assert (program.kind, program.data[:4]) == ("truetype", b"\0\1\0\0")


def test_an_untouched_font_stays_as_it_is() -> None:
    assert character_face(LATIN).face.program.data is LATIN


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (changed("loca", lambda content: content[:-2]), UnusableOutlines),
        (changed("loca", lambda content: content[:-1]), UnusableOutlines),
        (changed("glyf", lambda content: content[:20]), UnusableOutlines),
        (changed("hmtx", lambda content: b""), FontDataError),
        (changed("head", lambda content: content[:18] + b"\0\0" + content[20:]), FontDataError),  # 0 an em
        (changed("maxp", lambda content: content[:3]), FontDataError),
    ],
)
def test_what_cannot_be_drawn_is_refused(data: bytes, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        character_face(data, "Latin One")


def mapped(platform: int, encoding: int, entries: dict[int, int], length: int = 4) -> bytes:
    """A font whose only map says this: code -> glyph."""
    font = TTFont(io.BytesIO(LATIN))
    order = font.getGlyphOrder()
    subtable = CmapSubtable.newSubtable(length)
    subtable.platformID, subtable.platEncID, subtable.language = platform, encoding, 0
    subtable.cmap = {code: order[glyph] for code, glyph in entries.items()}
    font["cmap"].tables = [subtable]
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("platform", "encoding", "codes", "characters"),
    [
        (1, 0, {0x80: 1, 0xA7: 2, 0xDF: 3}, "Äßﬂ"),  # Mac Roman
        (1, 7, {0x80: 1, 0xDF: 2}, "Ая"),  # Mac Cyrillic
        (3, 2, {0x41: 1, 0xB1: 2, 0x93FA: 3}, "Aｱ日"),  # Shift-JIS
        (3, 3, {0xB0A1: 1}, "啊"),  # GB 2312
        (3, 4, {0xA440: 1}, "一"),  # Big5
        (3, 5, {0xB0A1: 1}, "가"),  # Wansung
        (3, 6, {0x8861: 1}, "가"),  # Johab
        (0, 3, {0xE9: 1}, "é"),
        (3, 0, {0xF041: 1}, "A\uf041"),
    ],
)
def test_character_maps_by_their_encoding(
    platform: int, encoding: int, codes: dict[int, int], characters: str
) -> None:
    found = character_face(mapped(platform, encoding, codes)).codes
    glyphs = list(codes.values()) if len(codes) > 1 else [1] * len(characters)
    assert found == {ord(character): glyph for character, glyph in zip(characters, glyphs, strict=True)}


@pytest.mark.parametrize(
    ("characters", "read"),
    [
        ("\u2f47\u65e5", "\u65e5"),  # Kangxi radical and ideograph
        ("\u2e9d\u6708", "\u6708"),  # CJK radical
        ("\uf900\u8c48", "\u8c48"),  # compatibility ideograph
        ("\u00ad\u2013", "\u2013"),
        ("\u2126\u03a9", "\u03a9"),
        ("\u00b5\u03bc", "\u00b5"),
        ("\ue000\u2022", "\u2022"),
        (" \u00a0", " "),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_shared_glyph_reads_as_usual_text(characters: str, read: str, turned: bool) -> None:
    entries = {ord(character): 1 for character in (characters[::-1] if turned else characters)}
    assert character_face(mapped(3, 1, entries)).face.unicode == {1: read}


@pytest.mark.parametrize(
    ("name", "index", "found"),
    [
        ("Greek One", 1, True),  # full name
        ("GreekOne", 1, True),  # PostScript name
        ("Greek One Regular", 1, True),  # family and subfamily
        ("Greek Two", 0, False),
        ("", 0, False),
    ],
)
def test_names_in_a_collection(name: str, index: int, found: bool) -> None:
    face = character_face(collection(truetype("Latin One", "A"), truetype("Greek One", "α")), name)
    assert face.face.program.index == index
    assert remarks(face) == ([] if found else ["font-name-missing"])


def variable() -> bytes:
    """A font whose letter A is 500 units wide, 900 in the instance called Wide."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "A"])
    builder.setupCharacterMap({0x41: "A"})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 700))
    pen.lineTo((500, 0))
    pen.closePath()
    builder.setupGlyf(dict.fromkeys((".notdef", "A"), pen.glyph()))
    builder.setupHorizontalMetrics({".notdef": (500, 0), "A": (500, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Elastic", "styleName": "Regular", "fullName": "Elastic Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.setupFvar([("wdth", 100, 100, 200, "Width")], [{"location": {"wdth": 200}, "stylename": "Wide"}])
    deltas = [(0, 0), (0, 0), (400, 0), (0, 0), (400, 0), (0, 0), (0, 0)]
    builder.setupGvar({"A": [TupleVariation({"wdth": (0, 1, 1)}, deltas)]})
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "width", "codes"),
    [
        ("Elastic Regular", 500, []),
        ("Elastic", 500, []),
        ("Elastic Wide", 900, []),
        ("Elastic Thin", 500, ["font-name-missing"]),
    ],
)
def test_instances_of_a_variable_font(name: str, width: float, codes: list[str]) -> None:
    face = character_face(variable(), name)
    assert (face.face.widths[1], remarks(face)) == (width, codes)


def damaged_glyphs(names: list[str], data: bytes = LATIN) -> bytes:
    """The font with these glyphs promising more contours than there are."""
    font = TTFont(io.BytesIO(data))
    places, table = font["loca"].locations, bytearray(font.reader["glyf"])
    for name in names:
        at = places[font.getGlyphID(name)]
        table[at : at + 2] = b"\x7f\xff"
    return with_table(data, "glyf", bytes(table))


def test_a_font_without_a_glyph_that_draws_is_refused() -> None:
    with pytest.raises(UnusableOutlines):
        character_face(damaged_glyphs(TTFont(io.BytesIO(LATIN)).getGlyphOrder()))


def opentype(*program: int | str) -> bytes:
    """An OpenType font whose glyphs, one of them for "A", are this Type 2 charstring."""
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder([".notdef", "A"])
    builder.setupCharacterMap({0x41: "A"})
    glyph = T2CharString(program=[*program])
    builder.setupCFF("Calls", {}, {".notdef": glyph, "A": glyph}, {})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "A": (500, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Calls", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.font.recalcBBoxes = False  # that would call it
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


def damaged_subrs() -> bytes:
    """One whose glyphs call a subroutine that is not there."""
    return opentype(500, 400, "callgsubr", "endchar")


@pytest.mark.parametrize("data", [LATIN, opentype(500, 100, "hlineto", "endchar")], ids=["glyf", "CFF"])
def test_a_file_that_is_read_stays_with_nobody(data: bytes) -> None:
    character_face(data)  # what is loaded and made once may be anything
    with left_in_cycles() as left:
        character_face(data)
    assert left == []


def test_subroutines_that_are_not_there_are_found_before_use() -> None:
    with pytest.raises(UnusableOutlines):
        character_face(damaged_subrs())


@pytest.mark.parametrize("shown", ["ABC", "B"])
def test_glyphs_that_do_not_draw_are_told_and_cost_themselves_alone(shown: str) -> None:
    face = character_face(damaged_glyphs(["u0042"])).face
    codes = b"".join([("ABC".index(letter) + 1).to_bytes(2, "big") for letter in shown])
    findings = Findings()
    pdf = pdf_of([Page(1, 100, 100, [GlyphRun(face, 20, 10, 50, codes)])], findings=findings)
    told = [(finding.code, "glyph 2 cannot be drawn" in finding.message) for finding in findings]
    assert told == [("font-glyph-damaged", True)]
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        (font,) = opened.pages[0].Resources.Font.values()
        embedded = FreeTypeFont(font.DescendantFonts[0].FontDescriptor.FontFile3.read_bytes())
    assert embedded.count == len(shown)  # .notdef in place of B
    triangle = ((0, 0), (0, 500), (250, 0))  # of half the units
    assert [embedded.outline(at)[0] for at in range(1, embedded.count)] == [triangle] * (len(shown) - 1)


@pytest.mark.parametrize("name", ["Nul\0 (in) /it%", "Ünïcode", "", "\u65e5\u672c"])
def test_names_that_pdf_cannot_say(name: str) -> None:
    font = TTFont(io.BytesIO(LATIN))
    font["name"].setName(name, 6, 3, 1, 0x409)
    font["name"].names = [record for record in font["name"].names if record.platformID == 3]
    out = io.BytesIO()
    font.save(out)
    run = GlyphRun(character_face(out.getvalue()).face, 20, 10, 50, b"\0\1")
    with pikepdf.open(io.BytesIO(pdf_of([Page(1, 100, 100, [run])]))) as pdf:
        (shown,) = pdf.pages[0].Resources.Font.values()
        assert str(shown.BaseFont)[1:].isascii()
