"""Double-byte fonts in sections: the space character, character rotation, what sections share, sections
that are not there."""

from __future__ import annotations

import pytest
from foca_objects import character_set, code_page, metrics, orientation, resource
from map_groups import local_id, mcf, name

from afpcluster.afp.ptoca import TextBuilder
from afpcluster.afp.triplets import encode_triplet
from afpcluster.display.items import GlyphRun
from afpcluster.document.resources import CHARACTER_SET, CODE_PAGE, ResourceScope
from afpcluster.findings import Findings
from afpcluster.fonts.font import Font
from afpcluster.fonts.library import FontLibrary
from afpcluster.interpret.context import Context
from afpcluster.interpret.text.controls import draw_text
from afpcluster.interpret.text.state import TextSpace

SECTION_41, SECTION_45 = encode_triplet(0x25, b"\x41"), encode_triplet(0x25, b"\x45")
ROTATED_270 = encode_triplet(0x26, b"\x87\x00")

# At 240 pels an inch and 12 points: an em is 40 pels; 20 pels are 6 points.
UPRIGHT = metrics("JA000000", 20, 2, 16, ascender=20, descender=4, index=0)
TURNED = metrics("JA000000", 40, 6, 24, ascender=8, index=0)


def scope() -> ResourceScope:
    """The same character set and code page for all sections; the space character is X'4040'."""
    characters = character_set(
        [[UPRIGHT], [TURNED]],
        fixed=True,
        size=12,
        boxes=[(8, 1, 0)],
        patterns=b"\xff",
        orientations=[orientation(space=10), orientation(270, space=30, index=1)],
    )
    found = ResourceScope()
    found.add(resource(CHARACTER_SET, "C0TEST", characters))
    found.add(resource(CODE_PAGE, "T1TEST", code_page({0x40: "JA000000", 0x41: "JA000000"})))
    return found


PAIR = name(0x86, "C0TEST") + name(0x85, "T1TEST")


def font_of(first: bytes, second: bytes, findings: Findings | None = None) -> Font:
    groups = (PAIR + local_id(1) + first, PAIR + second)
    return FontLibrary(Findings() if findings is None else findings).fonts_of(mcf(*groups), scope())[1]


def runs(font: Font, text: bytes) -> list[tuple[bytes, float]]:
    assert font.split is not None
    return [(run.codes, pytest.approx(run.advance)) for run in font.split(text)]


def test_one_section_alone_has_two_bytes_a_code_as_well() -> None:
    font = FontLibrary(Findings()).fonts_of(mcf(PAIR + local_id(1) + SECTION_41), scope())[1]
    assert (font.code_size, runs(font, b"\x41\x41\x40\x40")) == (2, [(b"\x41", 6), (b"", 3)])


def test_the_space_character_needs_no_section() -> None:
    """FOCA "Space Character Increment": it is the only one of a double-byte font's space."""
    findings = Findings()
    font = font_of(SECTION_41, SECTION_45, findings)
    assert (font.space_code, font.space_increment) == (0x4040, pytest.approx(3))
    assert runs(font, b"\x41\x41\x40\x40\x40\x40\x45\x41") == [(b"\x41", 6), (b"", 6), (b"\x41", 6)]
    assert font.advance(b"\x41\x41\x40\x40") == pytest.approx(9)
    assert list(findings) == []


def test_the_space_code_of_a_section_is_a_character_like_any_other() -> None:
    """FOCA "Space Character Section Number": X'4140' is not the space X'4040'."""
    font = font_of(SECTION_41, SECTION_45)
    assert runs(font, b"\x41\x40") == [(b"\x40", 6)]
    assert font.split is not None
    assert 0x40 in font.split(b"\x41\x40")[0].face.glyphs  # type: ignore[operator,union-attr]


def test_a_section_that_is_not_there_is_told_once() -> None:
    findings = Findings()
    font = font_of(SECTION_41, SECTION_45, findings)
    assert runs(font, b"\x77\x41\x41\x41\x77\x41") == [(b"\x41", 6)]
    assert [(f.code, "X'77'" in f.message) for f in findings] == [("font-section-missing", True)]


@pytest.mark.parametrize(("first", "second"), [(ROTATED_270, b""), (b"", ROTATED_270)])
def test_sections_share_what_one_of_them_says(first: bytes, second: bytes) -> None:
    font = font_of(SECTION_41 + first, SECTION_45 + second)
    assert font.rotation == 270
    assert runs(font, b"\x41\x41\x45\x41") == [(b"\x41", 12), (b"\x41", 12)]


def test_turned_characters_of_a_section_stand_at_their_places() -> None:
    """FOCA "Character Rotation": turned by 270 degrees the top of the box comes first, its right side
    hangs from the baseline offset: 6 + 20 pels along, 8 - 18 up."""
    font = font_of(SECTION_41 + ROTATED_270, SECTION_45)
    data = TextBuilder().control("SCFL", 1).text(b"\x41\x41\x41\x41\x40\x40\x45\x41").data()
    items = draw_text(data, TextSpace(0.05, 0.05, 612, 792), {1: font}, Context(Findings(), None), 0)  # type: ignore[arg-type]
    found = [
        (
            item.x,
            item.arrangement.rotation,
            [(round(x, 6), round(y, 6)) for x, y in item.arrangement.placements or ()],
        )
        for item in items
        if isinstance(item, GlyphRun) and item.codes
    ]
    # an em along the baseline for each character, 30 pels for the space
    assert found == [
        (0, 270, [(7.8, 3.0), (19.8, 3.0)]),
        (pytest.approx(33), 270, [(7.8, 3.0)]),
    ]
