"""Metrics of a character at a rotation for which the font gives none, or an increment only."""

from __future__ import annotations

from dataclasses import replace

from afpcluster.afp.foca import CharacterMetrics


def turned(
    upright: CharacterMetrics, rotation: int, extent: int, increment: int | None = None
) -> CharacterMetrics:
    """Metrics at 90, 180 or 270 degrees from those of rotation 0, where the font gives at most an increment.

    180 degrees mirrors them. At 90 and 270 a character takes `extent`, the font's maximum baseline extent
    (or its own height), along the baseline and is centred across it, as IBM's own fonts do.
    """
    m = upright
    if rotation == 180:
        goes = m.increment if increment is None else increment
        return replace(
            m,
            increment=goes,
            ascender=m.descender,
            descender=m.ascender,
            a_space=m.c_space,
            c_space=goes - m.c_space - m.b_space,
            baseline_offset=m.descender,
        )
    height, half = m.ascender + m.descender, m.b_space // 2
    goes = max(extent, height) if increment is None else increment
    before = (goes - height) // 2
    return replace(
        m,
        increment=goes,
        ascender=half,
        descender=half,
        a_space=before,
        b_space=height,
        c_space=goes - height - before,
        baseline_offset=half,
    )


def upright(turned_: CharacterMetrics, rotation: int) -> CharacterMetrics:
    """Metrics at rotation 0 of a character that has them for another rotation only: it stands on the
    baseline, as wide as it is."""
    m = turned_
    if rotation == 180:
        return turned(m, rotation, 0)
    width = m.ascender + m.descender
    return replace(
        m,
        increment=width,
        ascender=m.b_space,
        descender=0,
        a_space=0,
        b_space=width,
        c_space=0,
        baseline_offset=m.b_space,
    )
