"""Type 1 character sets: names from FNN, programs from FNG, sizes, missing glyphs, character rotation."""

from __future__ import annotations

import pytest
from foca_objects import character_set, code_page, metrics, orientation, outline_set, pfb, type1_program

from afpcluster.afp import foca
from afpcluster.afp.foca import PatternTechnology
from afpcluster.afp.framing import Record
from afpcluster.display.face import OutlineFace, ProgramKind
from afpcluster.fonts.foca import type1
from afpcluster.fonts.foca.active import active_font
from afpcluster.fonts.foca.character_set import character_set as parse
from afpcluster.fonts.foca.code_page import FontDataError
from afpcluster.fonts.foca.code_page import code_page as parse_page
from afpcluster.fonts.foca.faces import face_of

PAGE = {0x81: "LA010000", 0x82: "EX000066", 0x83: "EX000067", 0x40: "SP010000"}
GLYPHS = {
    "EX000066": (b"eacute", 444),
    "EX000067": (b"G67", 500),
    "LA010000": (b"a.alt", 410),
    "SP010000": (b"space", 250),
}


def outline_face() -> OutlineFace:
    face = face_of(parse(outline_set(GLYPHS)), parse_page(code_page(PAGE)))
    assert isinstance(face, OutlineFace)
    return face


def test_glyphs_come_from_the_name_map() -> None:
    face = outline_face()
    assert {code: face.glyphs[code] for code in (0x81, 0x82, 0x83)} == {
        0x81: "a.alt",
        0x82: "eacute",
        0x83: "G67",
    }
    assert {code: face.widths[code] for code in PAGE} == {0x81: 410, 0x82: 444, 0x83: 500, 0x40: 250}


def test_text_by_gcgid_then_glyph_name_then_private_use() -> None:
    face = outline_face()
    assert [face.unicode[code] for code in (0x81, 0x82, 0x83, 0x40)] == ["a", "é", "\ue083", " "]


def test_program_and_style() -> None:
    face = outline_face()
    assert (face.program.kind, face.program.name) == (ProgramKind.TYPE1, "Test-Font")
    assert face.program.data == pfb(type1_program(300))
    assert face.style.box == (-10, -200, 900, 800)
    assert (face.style.italic_angle, face.style.fixed_pitch) == (-9.5, True)
    assert (face.style.ascent, face.style.descent, face.style.cap_height) == (800, -200, 700)


def test_equal_content_has_equal_keys() -> None:
    first, second = outline_face(), outline_face()
    other = face_of(parse(outline_set(GLYPHS)), parse_page(code_page({0x81: "LA010000"})))
    assert first.key == second.key
    assert first.program.key == second.program.key
    assert isinstance(other, OutlineFace)
    assert (other.key == first.key, other.program.key == first.program.key) == (False, True)


def test_a_name_that_no_program_can_have_is_the_missing_glyph() -> None:
    glyphs = {"LA010000": (b"a\0x", 410), "SP010000": (b"space\0", 250)}
    characters, page = parse(outline_set(glyphs, missing_width=333)), parse_page(code_page(PAGE))
    face = face_of(characters, page)
    font = active_font("test", face, characters, page, 10)
    assert face.glyphs == {0x81: "LA010000"}  # which the program lacks: a finding where it is used
    assert [font.advances[code] for code in (0x81, 0x40)] == [3.33, 3.33]
    assert face.widths[0x81] == 333


@pytest.mark.parametrize("width", [0, 300, 1000, 5000])
def test_missing_glyph_width(width: int) -> None:
    program = type1.parsed(type1_program(width))
    assert program is not None
    assert type1.missing_glyph_width(program) == width
    assert type1.parsed(type1_program(width)[:-20]) is None
    assert type1.parsed(b"no program") is None


def test_metrics_without_outlines() -> None:
    index = [metrics("LA010000", 500)]
    characters = parse(character_set([index], technology=PatternTechnology.TYPE1))
    with pytest.raises(FontDataError, match="no outlines"):
        face_of(characters, parse_page(code_page(PAGE)))


# A character 400 wide and 700 high that goes 100 below the baseline, 50 from its left side.
UPRIGHT = metrics("LA010000", 500, 50, 400, ascender=700, descender=100)


@pytest.mark.parametrize(
    ("rotation", "turned", "advance", "origin"),
    [
        # a vertical font of its own: 90 puts the bottom first, 270 the top, both centred
        (90, metrics("LA010000", 1000, 100, 800, ascender=200), 1000, (200, 250)),
        (180, metrics("LA010000", 500, 50, 400, ascender=100), 500, (500, 0)),
        (270, metrics("LA010000", 1000, 100, 800, ascender=200), 1000, (800, -250)),
        # none: derived from rotation 0 with an extent of 1000
        (90, None, 1000, (200, 250)),
        (180, None, 500, (500, 0)),
        (270, None, 1000, (800, -250)),
    ],
)
def test_character_rotation(rotation: int, turned: object, advance: int, origin: tuple[int, int]) -> None:
    indexes = [[UPRIGHT]]
    orientations = [orientation()]
    if turned is not None:
        indexes.append([turned])  # type: ignore[list-item]
        orientations.append(orientation(rotation, index=1))
    characters = parse(character_set(indexes, orientations=orientations))
    page = parse_page(code_page({0x81: "LA010000"}))
    face = OutlineFace("key", outline_face().program, 1, {}, {}, {})
    font = active_font("test", face, characters, page, 1000, rotation)
    assert font.rotation == rotation
    assert font.advances[0x81] == pytest.approx(advance)
    assert font.placement is not None
    assert font.placement[0x81] == pytest.approx(origin)


@pytest.mark.parametrize(
    ("rotation", "turned", "advance", "origin"),
    [
        # a box 400 wide and 800 high, 200 of its width left of the baseline
        (90, metrics("LA010000", 1000, 100, 800, ascender=200, descender=200), 1000, (100, 200)),
        (180, metrics("LA010000", 500, 50, 400, ascender=100, descender=700), 500, (500, 0)),
        (270, metrics("LA010000", 1000, 100, 800, ascender=200, descender=200), 1000, (900, -200)),
    ],
)
def test_fonts_without_rotation_0(
    rotation: int, turned: foca.CharacterMetrics, advance: int, origin: tuple[int, int]
) -> None:
    """Turned characters stand where their metrics put them; upright ones stand on the baseline."""
    characters = parse(character_set([[turned]], orientations=[orientation(rotation)]))
    page = parse_page(code_page({0x81: "LA010000"}))
    face = OutlineFace("key", outline_face().program, 1, {}, {}, {})
    font = active_font("test", face, characters, page, 1000, rotation)
    assert font.advances[0x81] == pytest.approx(advance)
    assert font.placement is not None
    assert font.placement[0x81] == pytest.approx(origin)
    plain = characters.metrics(0)["LA010000"]
    box = (plain.a_space + plain.b_space, plain.baseline_offset + plain.descender)
    assert box == ((450, 800) if rotation == 180 else (400, 800))
    assert active_font("test", face, characters, page, 1000).advances[0x81] == pytest.approx(
        500 if rotation == 180 else 400
    )


@pytest.mark.parametrize(
    ("values", "position", "thickness"),
    [((100, 50), 1.0, 0.5), ((0, 0), 0.75, 0.5), ((-20, 30), -0.2, 0.3)],
)
def test_underscores(values: tuple[int, int], position: float, thickness: float) -> None:
    """FOCA "Underscore Position", "Underscore Width": 75 and 50 thousandths where nothing is said."""
    made = outline_set(GLYPHS)
    position_field = foca.FontPosition(500, 700, 800, 200, values[1], underscore_position=values[0])
    made = [Record(r.type, 0, position_field.encode()) if r.type == foca.FNP else r for r in made]
    characters, page = parse(made), parse_page(code_page(PAGE))
    font = active_font("test", face_of(characters, page), characters, page, 10)
    assert (font.underscore_position, font.underscore_thickness) == pytest.approx((position, thickness))


def test_stretch_is_along_the_baseline_only() -> None:
    characters, page = parse(outline_set(GLYPHS)), parse_page(code_page(PAGE))
    font = active_font("test", face_of(characters, page), characters, page, 10, stretch=1.5)
    assert font.advances[0x81] == pytest.approx(4.1 * 1.5)
    assert (font.size, font.stretch, font.ascender) == (10, 1.5, pytest.approx(8))
