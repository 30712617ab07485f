"""Raster character sets: units, boxes, placement of bitmaps, increments, default and space characters."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from click.testing import CliRunner
from foca_objects import character_set, code_page, metrics, orientation
from map_groups import local_id, mcf, name

from afpcluster.afp import modca, ptoca
from afpcluster.afp.foca import OrientationFlag
from afpcluster.cli import app
from afpcluster.display.face import RasterFace, RasterGlyph
from afpcluster.fonts.foca.active import active_font
from afpcluster.fonts.foca.character_set import CharacterSet
from afpcluster.fonts.foca.character_set import character_set as parse
from afpcluster.fonts.foca.code_page import CodePage
from afpcluster.fonts.foca.code_page import code_page as parse_page
from afpcluster.fonts.foca.faces import face_of
from afpcluster.fonts.font import Font
from afpcluster.fonts.stand_in.standard import standard_face
from afpcluster.sample.records import UNITS, enclosed, field

# "a": 3 by 2 pels, "b": 9 by 1 pels, a dot for the space that must never show
PATTERNS = b"\xa0\x40" + b"\xff\x80" + b"\x80"
BOXES = [(3, 2, 0), (9, 1, 2), (1, 1, 4)]
PAGE = {0x81: "LA010000", 0x82: "LB010000", 0x40: "SP010000", 0x83: "EX000001"}


def build(fixed: bool, **options: Any) -> tuple[CharacterSet, CodePage]:
    """ "a" and "b" at 240 pels an inch and 12 points: an em is 40 pels, a pel 25 relative units."""
    scale = 1 if fixed else 25
    index = [
        metrics("LA010000", 4 * scale, 1 * scale, 3 * scale, ascender=2 * scale, index=0),
        metrics("LB010000", 12 * scale, -1 * scale, 9 * scale, ascender=5 * scale, index=1),
        metrics("SP010000", 6 * scale, 0, 1 * scale, ascender=1 * scale, index=2),
        metrics("EX000001", 5 * scale, 0, 9 * scale, ascender=1 * scale, index=1),
    ]
    defaults: dict[str, Any] = {
        "fixed": fixed,
        "size": 12,
        "boxes": BOXES,
        "patterns": PATTERNS,
        "orientations": [orientation(space=7 * scale)],
    }
    return parse(character_set([index], **(defaults | options))), parse_page(code_page(PAGE))


def font_of(characters: CharacterSet, page: CodePage) -> Font:
    return active_font("test", face_of(characters, page), characters, page, characters.size)


@pytest.mark.parametrize("fixed", [True, False], ids=["fixed metrics", "relative metrics"])
def test_metrics_and_bitmaps(fixed: bool) -> None:
    characters, page = build(fixed)
    font = font_of(characters, page)
    face = font.face
    assert isinstance(face, RasterFace)
    assert face.pels_per_em == pytest.approx(40)
    assert face.glyphs[0x81] == RasterGlyph(3, 2, 1, 2, b"\xa0\x40")
    assert face.glyphs[0x82] == RasterGlyph(9, 1, -1, 5, b"\xff\x80")
    assert {code: round(width, 6) for code, width in face.widths.items() if code in PAGE} == {
        0x81: 100,
        0x82: 300,
        0x40: 175,
        0x83: 125,
    }
    assert [round(font.advances[code], 6) for code in (0x81, 0x82, 0x40)] == [1.2, 3.6, 2.1]
    assert (font.size, font.space_code, round(font.space_increment, 6)) == (12, 0x40, 2.1)


def test_the_space_shows_nothing_but_reads_as_space() -> None:
    characters, page = build(True)
    face = face_of(characters, page)
    assert 0x40 not in face.glyphs
    assert face.unicode[0x40] == " "


def test_a_glyph_without_text_is_private_use_and_alone() -> None:
    face = face_of(*build(True))
    assert (face.unicode[0x81], face.unicode[0x82], face.unicode[0x83]) == ("a", "b", "\ue083")


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (0x00, None),
        (0x40, None),  # No Presentation is a wish
        (0x80, "Code page T1TEST says that code point X'81' is invalid"),
        (0xC0, None),
    ],
)
def test_invalid_code_points_are_told(flags: int, told: str | None) -> None:
    """FOCA "Invalid Coded Character"; under a font and under one that stands in."""
    characters, _ = build(True)
    page = parse_page(code_page(PAGE, flags={0x81: flags}))
    for face in (face_of(characters, page), standard_face("Helvetica", page)):
        assert (0x81 in face.glyphs) == (flags == 0)
        assert face.lost.get(0x81) == told


def test_codes_outside_the_page_take_the_default_character() -> None:
    characters, _ = build(True)
    page = parse_page(code_page(PAGE, default="LB010000"))
    face = face_of(characters, page)
    assert face.glyphs[0xC1] == face.glyphs[0x82]
    assert face.widths[0xC1] == face.widths[0x82]
    blank = parse_page(code_page(PAGE))
    assert 0xC1 not in face_of(characters, blank).glyphs
    assert face_of(characters, blank).widths[0xC1] == pytest.approx(150)  # the space character's own


@pytest.mark.parametrize(
    ("fixed", "expected"), [(True, (-2, 0, 4, 3)), (False, (-3, -1, 4, 3))], ids=["fixed", "relative"]
)
def test_pels_beyond_the_baseline(fixed: bool, expected: tuple[int, ...]) -> None:
    """FOCA "Font Index (FNI)": a negative number of pels counts the one at the edge, too."""
    index = [
        metrics("LA010000", 4, 0, 3, ascender=-3, descender=-1),
        metrics("LB010000", 4, 0, 3, ascender=4, descender=3),
    ]
    found = parse(character_set([index], fixed=fixed, size=12)).metrics(0)
    below, above = found["LA010000"], found["LB010000"]
    assert (below.ascender, below.descender, above.ascender, above.descender) == expected


def test_codes_without_any_character_go_as_far_as_the_space() -> None:
    characters, _ = build(True)
    page = parse_page(code_page({0x81: "LA010000", 0x82: "LZ010000"}, default="XX000000"))
    font = font_of(characters, page)
    assert [round(font.advances[code], 6) for code in (0x81, 0x82, 0xC1, 0x40)] == [1.2, 2.1, 2.1, 2.1]


@pytest.mark.parametrize(
    ("fixed", "offset", "flags", "top"),
    [
        (True, 3, 0, 3),
        (True, -1, 0, 0),  # the pel just below the baseline is counted
        (True, -3, 0, -2),
        (True, -3, 0x08, -3),  # FNC "Use Flags", bit 4: not altered
        (True, 0, 0, None),  # "not print"
        (True, 0, 0x08, 0),
        (False, -75, 0, -3),  # relative units: distances
        (False, 0, 0, 0),
    ],
)
def test_baseline_offset_below_the_baseline(fixed: bool, offset: int, flags: int, top: int | None) -> None:
    """FOCA "Font Index (FNI)", Baseline Offset: a pel is 25 relative units here."""
    index = [metrics("LA010000", 4, 0, 3, ascender=offset)]
    characters = parse(
        character_set([index], fixed=fixed, size=12, boxes=BOXES, patterns=PATTERNS, flags=flags)
    )
    face = face_of(characters, parse_page(code_page(PAGE)))
    glyph = face.glyphs[0x81]
    assert isinstance(glyph, RasterGlyph)
    assert (glyph.top if glyph.bits else None) == top


@pytest.mark.parametrize(
    ("flag", "options", "expected"),
    [
        (OrientationFlag.UNIFORM_INCREMENT, {"increment": 8}, (200.0, 1, 2)),
        (OrientationFlag.UNIFORM_BASELINE_OFFSET, {"offset": 9}, (100.0, 1, 9)),
        (OrientationFlag.UNIFORM_A_SPACE, {"a_space": 4}, (100.0, 4, 2)),
    ],
)
def test_uniform_values(flag: int, options: dict[str, int], expected: tuple[float, int, int]) -> None:
    characters, page = build(True, orientations=[orientation(flags=flag, **options)])
    face = face_of(characters, page)
    glyph = face.glyphs[0x81]
    assert isinstance(glyph, RasterGlyph)
    assert (face.widths[0x81], glyph.left, glyph.top) == expected


def test_uniform_box_and_alignment() -> None:
    characters, page = build(
        True, flags=0x02, boxes=[(1, 1, 0), (1, 1, 1)], alignment=2, patterns=b"\x80\0\0\0\x80"
    )
    face = face_of(characters, page)  # FNC says boxes of 1 by 1; offsets count in 4 bytes
    assert face.glyphs[0x82] == RasterGlyph(1, 1, -1, 5, b"\x80")


def test_pattern_data_that_is_not_there_hides_one_character_only() -> None:
    face = face_of(*build(True, patterns=PATTERNS[:3]))
    assert sorted(face.glyphs) == [0x81]


@pytest.mark.parametrize(
    ("size", "options", "expected"),
    [
        (9, {}, 9),
        (0, {"orientations": [orientation(em=50)]}, 15),  # the em space, 50 pels of 240 an inch
        (0, {"orientations": [orientation(em=0)]}, 10),
    ],
)
def test_nominal_size(size: float, options: dict[str, Any], expected: float) -> None:
    assert build(True, size=size, **options)[0].size == expected


def print_file() -> bytes:
    """One page with one character, 72 points from the left: a black square of 10 points behind an A-space of
    10 points (pels at 240 an inch, 33 to 10 points)."""
    index = [metrics("LA010000", 100, 33, 33, ascender=33)]
    square = character_set([index], fixed=True, size=10, boxes=[(33, 33, 0)], patterns=b"\xff" * 5 * 33)
    fonts = b"".join(record.encode() for record in (*square, *code_page({0x81: "LA010000"})))
    unit = (0, 0, UNITS, UNITS)
    text = ptoca.TextBuilder().control("SCFL", 1).control("AMI", 1440).control("AMB", 1440).text(b"\x81")
    environment = enclosed(
        "BAG",
        "AEG",
        (
            mcf(name(0x85, "T1TEST") + name(0x86, "C0TEST") + local_id(1)).encode(),
            field("PGD", modca.PageDescriptor(*unit, 2880, 2880)),
            field("PTD", modca.PresentationTextDescriptor(*unit, 2880, 2880)),
        ),
    )
    shown = enclosed("BPT", "TEXT", (field("PTX", part) for part in text.records()))
    page = enclosed("BPG", "PAGE", (environment, shown))
    return enclosed("BRG", "GROUP", (fonts,)) + enclosed("BDT", "DOC", (page,), b"\0\0")


@pytest.mark.parametrize(("options", "left"), [((), 82), (("--no-raster-a-space",), 72)])
def test_the_place_of_a_character_in_the_pdf(options: tuple[str, ...], left: int, tmp_path: Path) -> None:
    (tmp_path / "in.afp").write_bytes(print_file())
    command = ["convert", str(tmp_path / "in.afp"), "-o", str(tmp_path / "out.pdf"), *options]
    shown = CliRunner().invoke(app, command)
    assert shown.exit_code == 0, shown.output
    pdf = pypdfium2.PdfDocument(io.BytesIO((tmp_path / "out.pdf").read_bytes()))
    try:
        picture = pdf[0].render(scale=1).to_pil().convert("L").point(lambda value: 255 * (value < 128))
    finally:
        pdf.close()
    box = picture.getbbox()
    assert box is not None
    assert (box[0], box[2] - box[0]) == (pytest.approx(left, abs=1), pytest.approx(10, abs=1))
