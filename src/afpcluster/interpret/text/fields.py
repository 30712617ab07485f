"""Underscore and overstrike fields: which stretches of a line get a line or repeated characters.

A field gathers one area at a time: text and controlled white space extend it, bypassed white space,
backward moves and baseline changes end it. PTOCA "Underscore (USC)", "Overstrike (OVS)".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from afpcluster.display.items import GlyphRun, Rectangle

if TYPE_CHECKING:
    from afpcluster.fonts.font import Font
    from afpcluster.interpret.text.state import TextState

_NO_BYPASS = 0x01
SPACE_BYPASS = 0x02
_ABSOLUTE_BYPASS = 0x04
_RELATIVE_BYPASS = 0x08


class TextField:
    """One open field; `character` is the overstrike code point, of the font that was active when the field
    began; None for an underscore."""

    ABSOLUTE = _ABSOLUTE_BYPASS
    RELATIVE = _RELATIVE_BYPASS

    __slots__ = ("bypass", "character", "end", "font", "start")

    def __init__(
        self, bypass: int, start: float, character: int | None = None, font: Font | None = None
    ) -> None:
        self.font = font
        self.bypass = 0 if bypass & _NO_BYPASS else bypass & 0x0E
        self.character = character
        self.start = self.end = start

    def restart(self, i: float) -> None:
        """Begin a new area at `i`."""
        self.start = self.end = i

    def shown(self, state: TextState, start: float, end: float, kind: int) -> None:
        """A character (or space: `kind` SPACE_BYPASS) was placed from `start` to `end`."""
        if kind & self.bypass:
            self.flush(state)
            self.restart(end)
            return
        if start < self.end - 1e-6:
            self.flush(state)
            self.restart(start)
        self.end = max(self.end, end)

    def moved(self, state: TextState, i: float, cause: int) -> None:
        """The position moves inline to `i` by AMI or RMI."""
        if i >= self.end and not cause & self.bypass:
            self.end = i
        else:
            self.flush(state)
            self.restart(i)

    def flush(self, state: TextState) -> None:
        """Draw the area gathered so far."""
        if self.end <= self.start or state.suppression is not None:
            return
        if self.character is not None and self.font is not None:
            self._overstrike(state, self.font, self.character)
        elif state.font is not None:
            self._underscore(state, state.font)
        self.start = self.end

    def _underscore(self, state: TextState, font: Font) -> None:
        """On the established baseline, also below characters on a temporary one."""
        top = state.b - state.shift + (font.underscore_position or font.size * 0.1)
        thickness = font.underscore_thickness or font.size * 0.05
        x0, y0 = state.point(self.start, top)
        x1, y1 = state.point(self.end, top + thickness)
        state.items.append(Rectangle(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0), state.colour))

    def _overstrike(self, state: TextState, font: Font, character: int) -> None:
        """On the current baseline."""
        code = character.to_bytes(2, "big") if font.code_size == 2 else bytes((character & 0xFF,))
        width = font.advance(code)
        if width <= 0:
            return
        count = max(int((self.end - self.start) / width + 1e-6), 1)
        runs = font.split(code * count) if font.split else None
        face, codes = (runs[0].face, runs[0].codes) if runs else (font.face, code * count)
        x, y = state.point(self.start, state.b)
        state.items.append(
            GlyphRun(face, font.size, x, y, codes, state.colour, state.direction, stretch=font.stretch)
        )
