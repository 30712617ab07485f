"""Underscore and overstrike fields: which areas of a line get a line or repeated characters.

A field gathers one area at a time: text and controlled white space extend it, bypassed white space,
backward moves and baseline changes end it. It answers each area that is finished; the text state draws it.
PTOCA "Underscore (USC)", "Overstrike (OVS)".
"""

from __future__ import annotations

from afpcluster.fonts.font import Font

_NO_BYPASS = 0x01
SPACE_BYPASS = 0x02
_ABSOLUTE_BYPASS = 0x04
_RELATIVE_BYPASS = 0x08

Area = tuple[float, float]
"""Where an area begins and ends along the line, in points."""


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

    def shown(self, start: float, end: float, kind: int) -> Area | None:
        """A character (or space: `kind` SPACE_BYPASS) was placed from `start` to `end`; the area that this
        finishes."""
        finished = None
        if kind & self.bypass:
            finished = self.finish()
            self.restart(end)
            return finished
        if start < self.end - 1e-6:
            finished = self.finish()
            self.restart(start)
        self.end = max(self.end, end)
        return finished

    def moved(self, i: float, cause: int) -> Area | None:
        """The position moves inline to `i` by AMI or RMI; the area that this finishes."""
        if i >= self.end and not cause & self.bypass:
            self.end = i
            return None
        finished = self.finish()
        self.restart(i)
        return finished

    def finish(self) -> Area | None:
        """The area gathered so far; the next one begins where it ends."""
        if self.end <= self.start:
            return None
        finished = (self.start, self.end)
        self.start = self.end
        return finished
