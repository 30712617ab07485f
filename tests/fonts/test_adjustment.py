"""The Metric Adjustment triplet of coded fonts (FOCA "Metric Adjustment Triplet X'79'"). Units are 1/300
inch, so that 25 of them are 6 points."""

from __future__ import annotations

from typing import Any

import pytest
from foca_objects import character_set, code_page, metrics, outline_set, records, resource
from map_groups import descriptor, local_id, mcf, name

from afpcluster.afp import foca
from afpcluster.afp.names import encode_name
from afpcluster.afp.triplets import encode_triplet
from afpcluster.display.face import OutlineFace
from afpcluster.document.resources import CHARACTER_SET, CODE_PAGE, CODED_FONT, Resource, ResourceScope
from afpcluster.findings import Findings
from afpcluster.fonts.font import Font
from afpcluster.fonts.library import FontLibrary

GLYPHS = {"LA010000": (b"a", 500), "LB010000": (b"b", 700), "SP010000": (b"space", 250)}
PAGE = {0x81: "LA010000", 0x82: "LB010000", 0x40: "SP010000"}


def triplet(horizontal: int = 0, vertical: int = 0, across: int = 0, down: int = 0, base: int = 0) -> bytes:
    content = foca.MetricAdjustment(
        unit_base=base,
        x_units=3000,
        y_units=3000,
        horizontal_increment=horizontal,
        vertical_increment=vertical,
        horizontal_baseline_adjustment=across,
        vertical_baseline_adjustment=down,
    )
    return encode_triplet(0x79, content.encode())


def font_of(
    adjustment: bytes, group: bytes = b"", *, size: float = 10, scale: float = 0, characters: Any = None
) -> Font:
    section = foca.CodedFontSection(
        encode_name("CZTEST"), encode_name("T1TEST"), round(size * 20), round(scale * 20)
    )
    control = foca.CodedFontControl(25, triplets=adjustment)
    resources: tuple[Resource, ...] = (
        resource(CHARACTER_SET, "CZTEST", characters or outline_set(GLYPHS, size=8)),
        resource(CODE_PAGE, "T1TEST", code_page(PAGE, flags={0x82: 0x20})),
        resource(CODED_FONT, "XZTEST", records((foca.CFC, control.encode()), (foca.CFI, section.encode()))),
    )
    scope = ResourceScope()
    for item in resources:
        scope.add(item)
    findings = Findings()
    fonts = FontLibrary(findings).fonts_of(mcf(name(0x8E, "XZTEST") + local_id(1) + group), scope)
    sideways = group in (rotated("2D00"), rotated("8700"))  # which the font has no metrics for
    assert [found.code for found in findings] == ["font-rotation-missing"] * sideways
    return fonts[1]


def rotated(code: str) -> bytes:
    return encode_triplet(0x26, bytes.fromhex(code))


def test_uniform_increment() -> None:
    """All that move the position go 6 points; the face says so as well, and is another one."""
    font = font_of(triplet(horizontal=25))
    # 82 does not increment; C1 is not listed, and as wide as all others
    assert [font.advances[code] for code in (0x81, 0x82, 0x40, 0xC1)] == pytest.approx([6, 0, 6, 6])
    assert (font.simple, font.space_increment) == (True, pytest.approx(6))
    assert isinstance(font.face, OutlineFace)
    assert [font.face.widths[code] for code in (0x81, 0x82)] == pytest.approx([600, 0])
    assert font.face.key != font_of(b"").face.key


def test_uniform_increment_beside_a_horizontal_scale() -> None:
    font = font_of(triplet(horizontal=25), scale=20)
    assert isinstance(font.face, OutlineFace)
    assert (font.stretch, font.advances[0x81], font.face.widths[0x81]) == (
        2,
        pytest.approx(6),
        pytest.approx(300),  # stretched twofold
    )


@pytest.mark.parametrize(
    ("rotation", "advance", "raised"),
    [("0000", 6, 1.2), ("2D00", 12, 2.4), ("5A00", 6, -1.2), ("8700", 12, -2.4)],
)
def test_rotations(rotation: str, advance: float, raised: float) -> None:
    """Writing at 0 and 180 degrees is horizontal; the baseline adjustment is added at 0 and 90 only."""
    plain = font_of(b"", rotated(rotation))
    font = font_of(triplet(25, 50, across=5, down=10), rotated(rotation))
    assert font.advances[0x81] == pytest.approx(advance)
    along, up = plain.placement[0x81] if plain.placement else (0.0, 0.0)
    assert font.placement is not None
    assert font.placement[0x81] == (pytest.approx(along), pytest.approx(up + raised))


@pytest.mark.parametrize(
    ("adjustment", "group", "size"),
    [
        (triplet(horizontal=25), descriptor(12), 10),  # a size from elsewhere
        (triplet(horizontal=25), b"", 0),  # none in the coded font
        (triplet(horizontal=25, base=2), b"", 10),
        (triplet(vertical=25), b"", 10),
        (triplet(horizontal=25)[:9], b"", 10),
    ],
)
def test_not_applied(adjustment: bytes, group: bytes, size: float) -> None:
    font, plain = (font_of(part, group, size=size) for part in (adjustment, b""))
    assert (font.advances, font.face.key) == (plain.advances, plain.face.key)


def test_raster_fonts_are_as_they_are() -> None:
    raster = character_set([[metrics("LA010000", 500)]], boxes=[(8, 1, 0)], patterns=b"\xff")
    assert font_of(triplet(horizontal=25), characters=raster).advances[0x81] == pytest.approx(5)
