"""Glyphs for vertical writing of TrueType fonts (GSUB "vert", "vrt2"), for characters turned by 90 and 270
degrees; they read as before."""

from __future__ import annotations

import pytest
from map_groups import data_object_font, full_name, internal_id, mdr
from scopes import codes, scope
from sfnt_files import truetype, with_table

from afpcluster.afp.modca import orientation
from afpcluster.document.resources import CONTAINER, Resource
from afpcluster.findings import Findings
from afpcluster.fonts.font import Font
from afpcluster.fonts.library import FontLibrary

TEXT = "A、。"
CHARACTERS = "A、。VW"  # glyphs 1 to 5
VERT = "feature vert { sub u3001 by u0056; sub u3002 by u0057; } vert;"
VRT2 = "feature vrt2 { sub u3002 by u0056; } vrt2;"
EXTENSION = "lookup L useExtension { sub u3001 by u0056; } L; feature vert { lookup L; } vert;"
OTHERS = "feature liga { sub u0041 u3001 by u0056; } liga; feature smcp { sub u3001 by u0056; } smcp;"


def font_of(data: bytes, rotation: int, findings: Findings) -> Font:
    group = full_name(0xDE, "Upright") + internal_id(3) + data_object_font(10, rotation=orientation(rotation))
    container = Resource(CONTAINER, ("Upright",), Findings(), raw=lambda: data)
    return FontLibrary(findings).fonts_of(mdr(group), scope(container))[3]


@pytest.mark.parametrize(
    ("features", "rotation", "glyphs"),
    [
        ("", 270, [1, 2, 3]),
        (VERT, 0, [1, 2, 3]),
        (VERT, 180, [1, 2, 3]),
        (VERT, 270, [1, 4, 5]),
        (VERT, 90, [1, 4, 5]),
        (VERT + VRT2, 270, [1, 4, 4]),
        (EXTENSION, 270, [1, 4, 3]),
        (OTHERS, 270, [1, 2, 3]),
    ],
)
def test_glyphs_for_vertical_writing(features: str, rotation: int, glyphs: list[int]) -> None:
    findings = Findings()
    font = font_of(truetype("Upright", CHARACTERS, features=features), rotation, findings)
    assert font.split is not None
    (run,) = font.split(TEXT.encode("utf-16-be"))
    assert [int.from_bytes(run.codes[at : at + 2], "big") for at in range(0, 6, 2)] == glyphs
    assert (run.text or "".join([run.face.unicode[glyph] for glyph in glyphs])) == TEXT
    assert codes(findings) == []


def test_both_forms_of_one_font_are_faces_of_their_own() -> None:
    data = truetype("Upright", CHARACTERS, features=VERT)
    faces = [font_of(data, rotation, Findings()).face for rotation in (0, 270)]
    assert len({face.key for face in faces}) == 2


def test_a_damaged_table_is_told() -> None:
    findings = Findings()
    whole = truetype("Upright", CHARACTERS, features=VERT)
    font = font_of(with_table(whole, "GSUB", b"\0\1\0\0" + 6 * b"\xff"), 270, findings)
    assert font.split is not None
    assert font.split(TEXT.encode("utf-16-be"))[0].codes == b"\0\1\0\2\0\3"
    assert codes(findings) == ["font-vertical-forms"]
