"""Extension fonts: user-defined characters beside those of their base (FOCA "Extension Font")."""

from __future__ import annotations

from typing import Any

import pytest
from foca_objects import character_set, code_page, metrics, outline_set, resource
from map_groups import descriptor, local_id, mcf, name
from scopes import codes, scope

from afpcluster.afp import foca
from afpcluster.afp.triplets import encode_triplet
from afpcluster.document.resources import CHARACTER_SET, CODE_PAGE, Resource
from afpcluster.findings import Findings
from afpcluster.fonts.library import FontLibrary

PAIR = name(0x86, "CZTEST") + name(0x85, "T1TEST") + local_id(1)


def page(gcgids: dict[int, str], **options: Any) -> Resource:
    return resource(CODE_PAGE, "T1TEST", code_page(gcgids, **options))


def outlines(called: str, glyph: str, increment: int, number: int, **options: Any) -> Resource:
    """An outline font of one character and a space, with graphic character set `number`."""
    glyphs = {glyph: (b"x", increment), "SP010000": (b"space", 250)}
    return resource(CHARACTER_SET, called, outline_set(glyphs, character_set_id=number, **options))


def extension(number: int | None, **options: Any) -> Resource:
    triplets = encode_triplet(0x6D, number.to_bytes(2, "big")) if number is not None else b""
    return outlines("CZTEST", "LA010000", 900, 77, flags=foca.FONT_EXTENSION, triplets=triplets, **options)


@pytest.mark.parametrize("number", [None, 0, 7000])
def test_extension_fonts_without_their_base_are_told(number: int | None) -> None:
    findings = Findings()
    resources = scope(
        extension(number),
        outlines("CZBASE", "LB010000", 600, 697),
        page({0x81: "LA010000", 0x40: "SP010000"}),
    )
    FontLibrary(findings).fonts_of(mcf(PAIR), resources)
    assert codes(findings) == ["font-extension"]


def test_the_base_of_an_extension_font_is_of_its_technology_and_size() -> None:
    """All have the graphic character set; nearer ones differ in what is drawn, or in size."""

    def raster(called: str, size: float, **options: Any) -> Resource:
        entries = [metrics("LA010000", 500), metrics("LB010000", 500)]
        made = character_set(
            [entries], name=called, size=size, boxes=[(8, 1, 0)], patterns=b"\xff", **options
        )
        return resource(CHARACTER_SET, called, made)

    triplet = encode_triplet(0x6D, (697).to_bytes(2, "big"))
    resources = scope(
        raster("CZTEST", 12, flags=foca.FONT_EXTENSION, triplets=triplet),
        outlines("CZOTHER", "LB010000", 111, 697, size=12),
        raster("C0SMALL", 9, character_set_id=697),
        raster("C0RIGHT", 12, character_set_id=697),
        page({0x81: "LA010000", 0x82: "LX010000"}, default="LB010000"),
    )
    font = FontLibrary(Findings()).fonts_of(mcf(PAIR), resources)[1]
    assert font.advance(b"\x82") == pytest.approx(6)


@pytest.mark.parametrize("rotation", [0, 180])
def test_extension_fonts_add_to_their_base(rotation: int) -> None:
    """FOCA "Extension Font": user-defined characters; all others are those of the base, found by its
    graphic character set and, where several have that, by its typeface."""
    resources = scope(
        outlines("CZOTHER", "LB010000", 111, 697, typeface_id=5),
        extension(697, typeface_id=2304),
        outlines("CZBASE", "LB010000", 600, 697, typeface_id=2304),
        page({0x81: "LA010000", 0x82: "LB010000", 0x40: "SP010000"}),
    )
    findings = Findings()
    turn = encode_triplet(0x26, b"\x5a\0") if rotation else b""
    font = FontLibrary(findings).fonts_of(mcf(PAIR + descriptor(10) + turn), resources)[1]
    assert codes(findings) == []
    assert font.split is not None
    runs = font.split(b"\x82\x82\x81\x40\xc1")
    assert [(run.codes, run.advance) for run in runs] == [
        (b"\x82\x82", pytest.approx(12)),
        (b"\x81\x40", pytest.approx(11.5)),
        (b"\xc1", pytest.approx(2.5)),  # the base's default character
    ]
    assert runs[0].face is runs[2].face is not runs[1].face
    assert [bool(run.font and run.font.placement) for run in runs] == [bool(rotation)] * 3
    assert [font.advances[code] for code in (0x81, 0x82)] == pytest.approx([9, 6])
