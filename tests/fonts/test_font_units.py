"""FNC units of measure that leave open how large the characters of a font are."""

from __future__ import annotations

from typing import Any

import pytest
from foca_objects import character_set, code_page, metrics, resource
from map_groups import local_id, mcf, name
from scopes import scope

from afpcluster.afp import foca
from afpcluster.display.face import RasterFace
from afpcluster.document.resources import CHARACTER_SET, CODE_PAGE
from afpcluster.findings import Findings, Severity
from afpcluster.fonts.library import FontLibrary

PAIR = name(0x86, "C0TEST") + name(0x85, "T1TEST") + local_id(1)
INDEX = [metrics("LA010000", 24, 0, 24, ascender=24)]


@pytest.mark.parametrize(
    ("fixed", "units", "told", "pels"),
    [
        (True, {}, None, 40),
        (False, {}, None, 40),
        (True, {"y_units": 3000}, "units of X and Y differ; those of X count for both", 40),
        (True, {"y_unit_base": 2}, "units of X and Y differ; those of X count for both", 40),
        (False, {"shape_y_units": 3000}, "units of X and Y differ; those of X count for both", 40),
        (True, {"shape_x_units": 3000, "shape_y_units": 3000}, None, 40),  # not used, says Table 15
        (True, {"x_units": 3000, "y_units": 3000, "shape_x_units": 2400}, None, 50),
        (
            False,
            {"shape_x_units": 0, "shape_y_units": 0},
            "raster patterns have no resolution; 240 to the inch is taken",
            40,
        ),
        (
            True,
            {"x_units": 0, "y_units": 0},
            "0 units to the base X'00' are not possible; 2400 to 10 inches are taken",
            40,
        ),
        (
            True,
            {"x_unit_base": 1, "y_unit_base": 1},
            "2400 units to the base X'01' are not possible; 2400 to 10 inches are taken",
            40,
        ),
    ],
)
def test_units(fixed: bool, units: dict[str, Any], told: str | None, pels: float) -> None:
    """FOCA table "Relationship Between FNC Unit of Measure and Font Resolution Fields"."""
    built = character_set([INDEX], fixed=fixed, size=12, boxes=[(24, 24, 0)], patterns=b"\xff" * 72)
    for record in built:
        if record.type == foca.FNC:
            control = foca.FontControl.decode(record.data)
            for unit, value in units.items():
                setattr(control, unit, value)
            record.data = control.encode()
    findings = Findings()
    resources = scope(
        resource(CHARACTER_SET, "C0TEST", built),
        resource(CODE_PAGE, "T1TEST", code_page({0x81: "LA010000"})),
    )
    face = FontLibrary(findings).fonts_of(mcf(PAIR), resources)[1].face
    assert isinstance(face, RasterFace)
    assert face.pels_per_em == pytest.approx(pels)
    shown = [(found.code, found.severity, found.message) for found in findings]
    assert shown == ([("font-units", Severity.SUBSTITUTED, f"C0TEST: {told}")] if told else [])
