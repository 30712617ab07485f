"""CID-keyed fonts: CMap files and the objects of FNG."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from foca_objects import character_set, code_page, metrics, name_map, orientation, outline_object

from afpcluster.afp import foca
from afpcluster.afp.foca import OutlineObject, PatternTechnology
from afpcluster.afp.framing import Record
from afpcluster.afp.names import encode_name
from afpcluster.display.face import Face, OutlineFace, ProgramKind
from afpcluster.fonts.foca.active import active_font
from afpcluster.fonts.foca.character_set import CharacterSet
from afpcluster.fonts.foca.character_set import character_set as parse
from afpcluster.fonts.foca.cid import cid_font, parse_cmap
from afpcluster.fonts.foca.code_page import CodePage, FontDataError
from afpcluster.fonts.foca.code_page import code_page as parse_page
from afpcluster.fonts.foca.faces import face_of
from afpcluster.outputs.pdf.fonts.dictionaries import used_glyphs

CMAP = b"""%!PS-Adobe-3.0 Resource-CMap
/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CMapName /Test-H def % 1 begincidchar <00> 99 endcidchar is a comment
1 begincodespacerange <0000> <FFFF> endcodespacerange
2 begincidchar <8141> 7 <20> 1 endcidchar
2 begincidrange <8150> <8152> 100
<00 80> <00ff> 300 endcidrange
endcmap"""
VERTICAL = b"/Test-H usecmap /CMapName /Test-V def 1 begincidchar <8141> 8000 endcidchar"
PROGRAM = b"%!PS-Adobe-3.0 Resource-CIDFont\n/CIDFontName /Test-CID def\n(Binary) 4 StartData \0\1\2\3"
MAIN = b"\x01\x00\x00\x01" + bytes(4)  # descriptor: CMap, primary, linked, horizontal
DOWN = b"\x01\x00\x00\x02" + bytes(4)
FONT = b"\x05\x00" + bytes(4)


@pytest.mark.parametrize(
    ("code", "cid"),
    [
        ("8141", 7),
        ("20", 1),
        ("8150", 100),
        ("8152", 102),
        ("8153", None),
        ("0085", 305),
        ("85", None),  # ranges are of two bytes
        ("00", None),  # stands in a comment
    ],
)
def test_cmap(code: str, cid: int | None) -> None:
    cmap = parse_cmap(CMAP, {})
    assert cmap.name == "Test-H"
    assert cmap.cid(bytes.fromhex(code)) == cid


@pytest.mark.parametrize(
    ("ranges", "cids"),
    [
        (b"<8140> <8142> 100 <8145> <8146> 200", {0x8140: 100, 0x8142: 102, 0x8143: None, 0x8146: 201}),
        (  # a narrow range in a wide one
            b"<8140> <8150> 100 <8145> <8146> 200",
            {0x8144: 104, 0x8145: 200, 0x8146: 201, 0x8147: 107, 0x8150: 116, 0x8151: None},
        ),
        (b"<8145> <8145> 200 <8140> <8150> 100", {0x8144: 104, 0x8145: 200, 0x8146: 106}),
        (b"<8140> <8140> 1 <8140> <8150> 100", {0x8140: 1, 0x8141: 101}),
        (b"<8140> <8145> 100 <8143> <8148> 200", {0x8142: 102, 0x8143: 200, 0x8145: 202, 0x8148: 205}),
        (
            b"<8100> <81ff> 0 <8110> <81ee> 1000 <8120> <8130> 2000 <81f0> <81f1> 3000",
            {0x810F: 15, 0x8110: 1000, 0x8120: 2000, 0x8131: 1033, 0x81EF: 239, 0x81F1: 3001, 0x81FF: 255},
        ),
        (b"<8150> <8140> 100", {0x8145: None, 0x8150: None}),  # the wrong way round
        (b"<41> <43> 7 <0040> <0050> 100", {0x40: 100, 0x41: 101}),  # codes of one byte are others
    ],
)
def test_ranges_that_overlap(ranges: bytes, cids: dict[int, int | None]) -> None:
    cmap = parse_cmap(b"9 begincidrange " + ranges + b" endcidrange", {})
    assert {code: cmap.cid(code.to_bytes(2, "big")) for code in cids} == cids


def test_cmap_that_uses_another() -> None:
    cmap = parse_cmap(VERTICAL, {"Test-H": parse_cmap(CMAP, {})})
    assert [cmap.cid(code) for code in (b"\x81\x41", b"\x81\x50")] == [8000, 100]


@pytest.mark.parametrize(
    ("objects", "problem"),
    [
        ([OutlineObject(b"", MAIN, CMAP)], "no CID font object"),
        ([OutlineObject(b"", FONT, PROGRAM)], "no primary CMap"),
        ([], "no CID font object"),
    ],
)
def test_incomplete_fonts(objects: list[OutlineObject], problem: str) -> None:
    with pytest.raises(FontDataError, match=problem):
        cid_font(objects, "Test")


NAMES = {"JA000000": b"\x81\x41", "JI000000": b"\x81\x51", "SP010000": b"\x20"}
CODES = {0x4481: "JA000000", 0x4482: "JI000000", 0x4040: "SP010000"}


def keyed(index: bytes, **options: Any) -> CharacterSet:
    """A CID-keyed character set with these FNI data: a horizontal and a vertical CMap, and the program."""
    objects = (
        outline_object(VERTICAL, b"V", DOWN)
        + outline_object(CMAP, b"H", MAIN)
        + outline_object(PROGRAM, b"F", FONT)
    )
    made = character_set(
        [],
        technology=PatternTechnology.CID_KEYED,
        names=b"\x02\x05" + name_map(NAMES)[2:],
        name_count=3,
        patterns=objects,
        **options,
    )
    return parse([*made[:6], Record(foca.FNI, 0, index), *made[6:]])


def page(**options: Any) -> CodePage:
    return parse_page(code_page(CODES, wide=True, space=0x4040, **options))


def outline(face: Face) -> OutlineFace:
    assert isinstance(face, OutlineFace)
    return face


FULL = b"".join(
    entry.encode()
    for entry in (
        metrics("JA000000", 1000, 0, 900),
        metrics("JI000000", 500, 0, 400),
        metrics("SP010000", 250),
    )
)


def test_face_of_a_double_byte_font() -> None:
    face = outline(face_of(keyed(FULL), page()))
    assert (face.program.kind, face.program.name) == (ProgramKind.CID_TYPE1, "Test-CID")
    assert (face.code_size, face.glyphs) == (2, {0x4481: 7, 0x4482: 101})
    assert face.widths == {0x4481: 1000, 0x4482: 500, 0x4040: 250}
    assert face.unicode == {0x4481: "ア", 0x4482: "イ", 0x4040: " "}


def test_shapes_for_vertical_writing() -> None:
    """FOCA "Font Patterns (FNG)", Writing Direction Code."""
    face, upright = (outline(face_of(keyed(FULL), page(), vertical=flag)) for flag in (True, False))
    assert face.glyphs == {0x4481: 8000, 0x4482: 101}
    assert (face.key == upright.key, face.program.key == upright.program.key) == (False, True)


def test_codes_that_show_nothing_are_no_cids() -> None:
    face = outline(face_of(keyed(FULL), page()))
    assert used_glyphs(face, [0x4481, 0x4040, 0x1234]) == {0x4481: 7}


@pytest.mark.parametrize(
    ("options", "width"),
    [
        ({"default": "JI000000"}, 500),
        ({"default": "JI000000", "default_flags": 0x20}, 0),  # no increment
        ({"default": "XX000000"}, 250),  # not there: the space
    ],
)
def test_code_points_that_are_not_listed(options: dict[str, Any], width: int) -> None:
    characters = keyed(FULL)
    face = outline(face_of(characters, page(**options)))
    assert face.default_width == width
    font = active_font("test", face, characters, page(**options), 10, stretch=2)
    assert font.advance(b"\x44\x99") == pytest.approx(width / 100 * 2)


def test_characters_without_metrics_have_the_nominal_increment() -> None:
    """FOCA "Nominal Character Increment": FNI lists only those that differ, here without boxes."""
    listed = encode_name("JI000000") + (500).to_bytes(2, "big")
    characters = keyed(listed, index_group_length=10, orientations=[orientation(nominal=960)])
    face = outline(face_of(characters, page(default="JA000000")))
    assert face.glyphs == {0x4481: 7, 0x4482: 101}
    assert face.widths == {0x4481: 960, 0x4482: 500, 0x4040: 250}
    assert face.default_width == 960


@pytest.mark.parametrize(
    ("rotation", "advance", "first", "second"),
    [
        # boxes from 200 below to 800 above the baseline, as wide as the increment, centred across it
        (270, [1000, 800], (800, -480), (700, -250)),
        (90, [1000, 800], (200, 480), (100, 250)),
        (180, [960, 500], (960, 0), (500, 0)),
    ],
)
def test_character_rotation_by_increments_only(
    rotation: int, advance: list[int], first: tuple[int, int], second: tuple[int, int]
) -> None:
    upright = encode_name("JI000000") + (500).to_bytes(2, "big")
    turned = encode_name("JI000000") + advance[1].to_bytes(2, "big")
    made = keyed(
        upright,
        index_group_length=10,
        orientations=[orientation(nominal=960), orientation(rotation, index=1, nominal=advance[0])],
    )
    characters = replace(made, indexes=[upright, turned])
    font = active_font("test", face_of(characters, page()), characters, page(), 1000, rotation)
    assert [font.advance(code) for code in (b"\x44\x81", b"\x44\x82")] == pytest.approx(advance)
    assert font.placement is not None
    assert (font.placement[0x4481], font.placement[0x4482]) == (pytest.approx(first), pytest.approx(second))
