"""How the mapping of the window into the object area shows: what is cut off, which way text runs.

The window is 100 by 100 points unless scaled; the object area is as large as a test says.
"""

from __future__ import annotations

from math import atan2, degrees

import pytest
from graphics_drawing import descriptor, draw_object, encode_segment, font, graphics_object, listing, order

from afpcluster.display.items import GlyphRun
from afpcluster.interpret.context import MappingOption, ObjectArea

LINE = order("line_at_given_position", 0, 500, [(1000, 500)])


def drawn(area: ObjectArea, orders: bytes) -> tuple[list[str], list[str]]:
    items, findings = draw_object(graphics_object([encode_segment(orders)], descriptor(), area=area))
    return listing(items), [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("mapping", "width", "content_x", "clip", "told"),
    [
        (MappingOption.POSITION, 100, 0, "0,0,100,100", []),
        (MappingOption.POSITION, 60, 0, "0,0,100,100", ["object-outside-area"]),
        (MappingOption.POSITION, 150, 70, "70,0,100,100", ["object-outside-area"]),
        (MappingOption.POSITION_AND_TRIM, 60, 0, "0,0,60,100", []),
        (MappingOption.POSITION_AND_TRIM, 150, 70, "70,0,80,100", []),
        (MappingOption.POSITION_AND_TRIM, 200, 0, "0,0,100,100", []),
    ],
)
def test_position_does_not_trim(
    mapping: int, width: float, content_x: float, clip: str, told: list[str]
) -> None:
    area = ObjectArea(width, 100.0, mapping, content_x)
    line = f"  path 0.6 round round: Mo{content_x:g},50 Li{content_x + 100:g},50"
    assert drawn(area, LINE) == ([f"group clip {clip}", line], told)


@pytest.mark.parametrize(
    ("x", "y", "direction"), [(1, 0, 0), (0, 1, 270), (1, 1, 315), (2, 1, 360 - 26.57), (-1, 0, 180)]
)
@pytest.mark.parametrize(("width", "height"), [(100.0, 100.0), (100.0, 200.0), (300.0, 100.0)])
def test_text_runs_along_the_line_to_the_point_of_its_angle(
    x: int, y: int, direction: float, width: float, height: float
) -> None:
    """AFP GOCA "Set Character Angle (GSCA) Order": both are scaled alike."""
    orders = (
        order("set_character_set", 1)
        + order("set_character_angle", x, y)
        + order("character_string_at_given_position", 500, 500, b"\xc1")
        + order("line_at_given_position", 500, 500, [(500 + 100 * x, 500 + 100 * y)])
    )
    area = ObjectArea(width, height, MappingOption.SCALE_TO_FILL)
    data = graphics_object([encode_segment(orders)], descriptor(), area=area, fonts={1: font()})
    items, _ = draw_object(data)
    run = next(item for item in items if isinstance(item, GlyphRun))
    expected = degrees(atan2(-y * height, x * width)) % 360
    assert run.direction == pytest.approx(expected)
    if width == height:
        assert run.direction == pytest.approx(direction, abs=0.01)
