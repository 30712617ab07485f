"""What a coded font changes of its outline fonts' metrics (FOCA "Metric Adjustment Triplet X'79'"): one
increment for all characters, and how far they stand above their own baseline offset."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from afpcluster.afp.foca import MetricAdjustment, UnitBase
from afpcluster.display.face import OutlineFace
from afpcluster.fonts.font import Font


class Adjustment(NamedTuple):
    """In points at one character rotation; an increment of 0 leaves the characters their own."""

    increment: float
    raised: float


def adjustment_at(triplet: MetricAdjustment | None, rotation: int) -> Adjustment | None:
    """What applies at this rotation; None where nothing does. At 180 and 270 degrees the baseline
    adjustment is subtracted."""
    if triplet is None or triplet.unit_base != UnitBase.FIXED or not triplet.x_units:
        return None
    point = 720 / triplet.x_units  # units are per 10 inches
    if rotation in (90, 270):
        increment, raised = triplet.vertical_increment, triplet.vertical_baseline_adjustment
    else:
        increment, raised = triplet.horizontal_increment, triplet.horizontal_baseline_adjustment
    if not increment and not raised:
        return None
    return Adjustment(increment * point, (raised if rotation in (0, 90) else -raised) * point)


def adjusted_font(font: Font, adjustment: Adjustment, moving: Collection[int]) -> Font:
    """`font` with the adjustment; `moving` are the code points that move the position at all."""
    if adjustment.increment:
        font = _uniform(
            font, adjustment.increment, {*moving, font.space_code} if font.variable_space else moving
        )
    if adjustment.raised:
        places = font.placement or dict.fromkeys(_codes(font), (0.0, 0.0))
        raised = {code: (along, up + adjustment.raised) for code, (along, up) in places.items()}
        font = replace(font, placement=raised)
    return font


def _uniform(font: Font, increment: float, moving: Collection[int]) -> Font:
    """A and B-space stay, and the C-space is what is left of `increment` points."""
    advances = {code: increment if code in moving else 0.0 for code in _codes(font)}
    face = font.face
    if isinstance(face, OutlineFace) and not font.rotation:  # turned characters are placed one by one
        unit = font.size * font.stretch / 1000
        widths = {code: advance / unit for code, advance in advances.items()}
        key = f"{face.key}-{increment / unit:g}"
        face = replace(face, key=key, widths=widths, default_width=increment / unit)
    return replace(
        font,
        face=face,
        advances=tuple(advances.values()) if font.code_size == 1 else advances,
        space_increment=increment,
    )


def _codes(font: Font) -> Iterable[int]:
    return font.advances if isinstance(font.advances, Mapping) else range(len(font.advances))
