"""Glyph layout chains (GLC, GIR, GAR, GOR, UCT): glyphs by index at given advances and offsets.

PTOCA "Glyph Layout Control (GLC)", "Glyph ID Run (GIR)", "Glyph Advance Run (GAR)", "Glyph Offset Run
(GOR)". Advances count from where the chain starts; offsets are towards the I axis (up).
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from afpcluster.display.items import Arrangement, GlyphRun
from afpcluster.light import dataclass

if TYPE_CHECKING:
    from afpcluster.interpret.text.state import TextState


def _words(data: bytes) -> list[int]:
    return [data[at] << 8 | data[at + 1] for at in range(0, len(data) - 1, 2)]


@dataclass(slots=True)
class GlyphLayout:
    """One chain as it is gathered; lengths are L-units of the text."""

    inline_advance: int
    font_oid: bytes
    font_name: str
    glyphs: list[int] = field(default_factory=list)
    advances: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    text: str | None = None
    lost: int = 0  # glyphs without an advance

    @classmethod
    def decode(cls, data: bytes) -> GlyphLayout | None:
        """From the operands of GLC; None where they are too short."""
        if len(data) < 8:
            return None
        oid_end = 8 + data[2]
        name = data[oid_end : oid_end + data[3]].decode("utf-16-be", "replace")
        return cls(int.from_bytes(data[:2], "big", signed=True), data[8:oid_end], name)

    def add_glyphs(self, data: bytes) -> None:
        """GIR: begins a group, whose advances and offsets follow in the order of its glyphs."""
        self._end_group()
        self.glyphs += _words(data)

    def _end_group(self) -> None:
        """Leave out what has no partner (EC-9C08), so that the next group is not out of step."""
        count = min(len(self.glyphs), len(self.advances))
        self.lost += len(self.glyphs) - count
        del self.glyphs[count:], self.advances[count:], self.offsets[count:]
        self.offsets += [0] * (count - len(self.offsets))

    def add_advances(self, data: bytes) -> None:
        self.advances += _words(data)

    def add_offsets(self, data: bytes) -> None:
        self.offsets += [w - 0x10000 if w & 0x8000 else w for w in _words(data)]

    def draw(self, state: TextState) -> str | None:
        """Add the chain's glyphs to the state's items; the answer is what was wrong, if anything."""
        font = state.font
        if font is None or not self.glyphs:
            return "A glyph run without an active font or without glyphs is not shown"
        if self.font_oid or self.font_name:
            state.glyph_font = (self.font_oid, self.font_name)
        found = font.glyph_face(*state.glyph_font) if font.glyph_face else None
        if found is None:
            return f"A glyph run needs a TrueType or OpenType font; {font.name} is none, the run is not shown"
        face, exact = found
        self._end_group()
        placements = []
        for advance, offset in zip(self.advances, self.offsets, strict=True):
            i, b = advance * state.i_unit, -offset * state.b_unit
            placements.append((i * state.i_x + b * state.b_x, i * state.i_y + b * state.b_y))
        if state.suppression is None and self.glyphs:
            x, y = state.point(state.i, state.b)
            codes = b"".join(glyph.to_bytes(2, "big") for glyph in self.glyphs)
            state.items.append(
                GlyphRun(
                    face,
                    font.size,
                    x,
                    y,
                    codes,
                    state.colour,
                    state.direction,
                    font.stretch,
                    Arrangement(rotation=font.rotation, placements=placements, text=self.text),
                )
            )
        if self.lost:
            return f"{self.lost} glyphs of a glyph run have no advance and are not shown (EC-9C08)"
        unknown = sum(glyph not in face.widths for glyph in self.glyphs)
        if unknown:
            return f"{unknown} glyph indexes of a glyph run are not in {font.name} (EC-9C02)"
        if not exact:
            return (
                f"A glyph run was made with another version of {font.name}: its glyphs may differ (EC-9C00)"
            )
        return None
