"""What belongs to characters stands on the I axis as they do, on whichever side lines go on (B axis).

PTOCA "Set Text Orientation (STO)", "Underscore (USC)", "Overstrike (OVS)". L-units are points, the space
is 600 by 800 of them.
"""

from __future__ import annotations

from typing import Any

import pytest

from afpcluster.afp.ptoca import TextBuilder
from afpcluster.display.face import FontProgram, OutlineFace, ProgramKind
from afpcluster.display.items import GlyphRun, Rectangle
from afpcluster.findings import Findings
from afpcluster.fonts.font import Font
from afpcluster.interpret.context import Context
from afpcluster.interpret.text.controls import draw_text
from afpcluster.interpret.text.state import TextSpace

SPACE = TextSpace(1.0, 1.0, 600.0, 800.0)
X, Y = 100, 300
FACE = OutlineFace("test", FontProgram("test", ProgramKind.STANDARD, "Courier"), 1, {}, {}, {})
TURNED = Font(
    "TURNED",
    FACE,
    10.0,
    1,
    (6.0,) * 256,
    rotation=90,
    placement=dict.fromkeys(range(256), (1.0, 2.0)),
    underscore_position=1.0,
    underscore_thickness=0.5,
)

Lines = list[tuple[Any, ...]]


def drawn(i_axis: int, b_axis: int, field: list[tuple[Any, ...]]) -> Lines:
    """Kind and place of what stands at (X, Y) with these axes (degrees)."""
    from_corner = {0: X, 90: Y, 180: 600 - X, 270: 800 - Y}
    builder = TextBuilder().control("STO", i_axis << 7, b_axis << 7).control("SCFL", 1)
    builder.control("AMI", from_corner[i_axis]).control("AMB", from_corner[b_axis])
    for name, *operands in field:
        builder.control(name, *operands)
    builder.text(b"\xc1\xc2")
    findings = Findings()
    found: Lines = []
    for item in draw_text(builder.data(), SPACE, {1: TURNED}, Context(findings, None), 0):  # type: ignore[arg-type]
        if isinstance(item, GlyphRun):
            places = [(item.x + x, item.y + y) for x, y in item.arrangement.placements or ()]
            found.append((item.codes, item.direction, item.arrangement.rotation, *places))
        elif isinstance(item, Rectangle):
            found.append(("rule", item.x, item.y, item.width, item.height))
    assert not list(findings)
    return found


WANTED: dict[int, Lines] = {  # glyphs 1 along and 2 above; the rule 1 below, as long as both
    0: [(b"\xc1\xc2", 0, 90, (101, 298), (107, 298)), ("rule", 100, 301, 12, 0.5)],
    90: [(b"\xc1\xc2", 90, 90, (102, 301), (102, 307)), ("rule", 98.5, 300, 0.5, 12)],
    180: [(b"\xc1\xc2", 180, 90, (99, 302), (93, 302)), ("rule", 88, 298.5, 12, 0.5)],
    270: [(b"\xc1\xc2", 270, 90, (98, 299), (98, 293)), ("rule", 101, 288, 0.5, 12)],
}


@pytest.mark.parametrize("side", [90, 270])
@pytest.mark.parametrize("i_axis", WANTED)
def test_underscored_text_of_a_turned_font(i_axis: int, side: int) -> None:
    assert drawn(i_axis, (i_axis + side) % 360, [("USC", 1)]) == WANTED[i_axis]


@pytest.mark.parametrize("side", [90, 270])
@pytest.mark.parametrize("i_axis", WANTED)
def test_overstrike_stands_as_the_text_does(i_axis: int, side: int) -> None:
    text = WANTED[i_axis][0]
    assert drawn(i_axis, (i_axis + side) % 360, [("OVS", 1, 0x61)]) == [text, (b"\x61\x61", *text[1:])]
