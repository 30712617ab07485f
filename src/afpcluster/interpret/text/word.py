"""A word of text in any font: one run for each face that takes part, rotated characters at their places.

The common case, all of a string in one upright single-byte face, is shown without this (`show`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from afpcluster.display.geometry import Point
from afpcluster.display.items import PLAIN, Arrangement, GlyphRun
from afpcluster.fonts.font import FaceRun, Font

if TYPE_CHECKING:
    from afpcluster.interpret.text.state import TextState


def draw_word(state: TextState, font: Font, text: bytes, start: float, adjustment: float = 0.0) -> float:
    """Draw code points on the current baseline from `start` on, with `adjustment` between characters; how far
    they go along it. Nothing is drawn while text is suppressed. All lengths are points."""
    i = start
    runs = [FaceRun(font.face, text, font.advance(text))] if font.split is None else font.split(text)
    for number, (face, codes, advance, part, reading) in enumerate(runs):
        size = 2 if face.code_size == 2 else 1
        if state.suppression is None:
            x, y = state.point(i, state.b)
            laid = part or font
            placements = None
            if laid.placement is not None:
                placements = _placements(state, laid, codes, size, adjustment)
            arrangement = Arrangement(adjustment, (), laid.rotation, placements, reading)
            state.items.append(
                GlyphRun(
                    face,
                    laid.size,
                    x,
                    y,
                    codes,
                    state.colour,
                    state.direction,
                    laid.stretch,
                    arrangement if arrangement != PLAIN else PLAIN,
                )
            )
        between = max(len(codes) // size - (number == len(runs) - 1), 0)
        i += advance + adjustment * between
    return i - start


def _placements(state: TextState, font: Font, codes: bytes, size: int, adjustment: float) -> list[Point]:
    """Page offsets of the glyph origins of a string in a font with character rotation."""
    placement, advances = font.placement or {}, font.advances
    placed = []
    i = 0.0
    for at in range(0, len(codes), size):
        code = int.from_bytes(codes[at : at + size], "big")
        along, up = placement.get(code, (0.0, 0.0))
        placed.append(state.beside(i + along, -up))
        i += advances.get(code, 0.0) if isinstance(advances, Mapping) else advances[code]
        i += adjustment
    return placed
