"""CID-keyed fonts: CMap files and the objects of FNG."""

from __future__ import annotations

import pytest
from foca_objects import character_set, code_page, metrics, name_map, outline_object

from afpcluster.afp.foca import OutlineObject, PatternTechnology
from afpcluster.display.face import OutlineFace, ProgramKind
from afpcluster.fonts.character_set import character_set as parse
from afpcluster.fonts.cid import cid_font, parse_cmap
from afpcluster.fonts.code_page import FontDataError
from afpcluster.fonts.code_page import code_page as parse_page
from afpcluster.fonts.faces import face_of

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


def test_face_of_a_double_byte_font() -> None:
    names = {"JA000000": b"\x81\x41", "JI000000": b"\x81\x51", "SP010000": b"\x20"}
    index = [metrics("JA000000", 1000, 0, 900), metrics("JI000000", 500, 0, 400), metrics("SP010000", 250)]
    objects = (
        outline_object(VERTICAL, b"V", DOWN)
        + outline_object(CMAP, b"H", MAIN)
        + outline_object(PROGRAM, b"F", FONT)
    )
    characters = parse(
        character_set(
            [index],
            technology=PatternTechnology.CID_KEYED,
            names=b"\x02\x05" + name_map(names)[2:],
            name_count=3,
            patterns=objects,
        )
    )
    page = parse_page(
        code_page({0x4481: "JA000000", 0x4482: "JI000000", 0x4040: "SP010000"}, wide=True, space=0x4040)
    )
    face = face_of(characters, page)
    assert isinstance(face, OutlineFace)
    assert (face.program.kind, face.program.name) == (ProgramKind.CID_TYPE1, "Test-CID")
    assert (face.code_size, face.glyphs) == (2, {0x4481: 7, 0x4482: 101})
    assert face.widths == {0x4481: 1000, 0x4482: 500, 0x4040: 250}
    assert face.unicode == {0x4481: "ア", 0x4482: "イ", 0x4040: " "}
