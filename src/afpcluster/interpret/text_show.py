"""Showing text: strings of code points become glyph runs and move the position.

The common case, a single-byte font without adjustments, is one item and one sum. PTOCA "Transparent
Data (TRN)", "Repeat String (RPS)", "Set Intercharacter Adjustment (SIA)".
"""

from __future__ import annotations

from collections.abc import Mapping

from afpcluster.display.items import GlyphRun
from afpcluster.interpret.font import FaceRun, Font
from afpcluster.interpret.text_fields import SPACE_BYPASS
from afpcluster.interpret.text_state import TextState


class ShownText(TextState):
    """The state, and how text is shown with it."""

    __slots__ = ()

    def show(self, text: bytes) -> None:
        """Present a string of code points at the current position and move behind it."""
        font = self.font
        if font is None:
            font = self.default_font()
        if not text:
            return
        if font.code_size == 2 and len(text) & 1:
            text = text[:-1]
        start = self.i
        adjusted = self.adjustment != 0.0 or self.space_increment is not None
        if font.split is not None or font.placement is not None or font.code_size != 1:
            self._show_runs(font, text)
        elif adjusted or self.fields:
            self._show_adjusted(font, text)
        else:
            if self.suppression is None:
                self._append(font, text, start)
            advances = font.advances
            self.i = start + sum(map(advances.__getitem__, text))
            self.in_word = text[-1] != font.space_code

    def _append(
        self,
        font: Font,
        codes: bytes,
        i: float,
        spacing: float = 0.0,
        gaps: tuple[tuple[int, float], ...] = (),
    ) -> None:
        b = self.b
        self.items.append(
            GlyphRun(
                font.face,
                font.size,
                self.origin_x + i * self.i_x + b * self.b_x,
                self.origin_y + i * self.i_y + b * self.b_y,
                codes,
                self.colour,
                self.direction,
                spacing,
                gaps,
                font.stretch,
                font.rotation,
            )
        )

    def _show_adjusted(self, font: Font, text: bytes) -> None:
        """Single-byte text with SIA or SVI in force, or inside an underscore or overstrike field.

        SIA goes between characters of a word only; SVI replaces the space's increment.
        """
        advances, space_code, adjustment = font.advances, font.space_code, self.adjustment
        space = advances[space_code] if self.space_increment is None else self.space_increment
        i = start = self.i + (adjustment if self.in_word and text[0] != space_code else 0.0)
        gaps: list[tuple[int, float]] = []
        in_word, gap = False, 0.0
        for index, code in enumerate(text):
            if code == space_code:
                for field in self.fields:
                    field.shown(self, i, i + space, SPACE_BYPASS)
                i += space
                gap += space - advances[code]
                in_word = False
                continue
            if in_word:
                i += adjustment
                gap += adjustment
            if gap:
                gaps.append((index, gap))
                gap = 0.0
            for field in self.fields:
                field.shown(self, i, i + advances[code], 0)
            i += advances[code]
            in_word = True
        if self.suppression is None:
            self._append(font, text, start, 0.0, tuple(gaps))
        self.i = i
        self.in_word = in_word

    def _show_runs(self, font: Font, text: bytes) -> None:
        """Text of double-byte, linked or turned fonts: run by run, glyph by glyph where needed."""
        pieces = [FaceRun(font.face, text, font.advance(text))] if font.split is None else font.split(text)
        for face, codes, advance in pieces:
            size = 2 if face.code_size == 2 else 1
            glyphs = max(len(codes) // size, 1)
            extra = self.adjustment * glyphs
            if self.suppression is None:
                x, y = self.point(self.i, self.b)
                run = GlyphRun(
                    face, font.size, x, y, codes, self.colour, self.direction, self.adjustment,
                    stretch=font.stretch, rotation=font.rotation,
                )  # fmt: skip
                if font.placement is not None:
                    run.placements = self._placements(font, codes, size)
                self.items.append(run)
            for field in self.fields:
                field.shown(self, self.i, self.i + advance + extra, 0)
            self.i += advance + extra
        self.in_word = True

    def _placements(self, font: Font, codes: bytes, size: int) -> list[tuple[float, float]]:
        """Page offsets of the glyph origins of a string in a font with character rotation."""
        placement, advances = font.placement or {}, font.advances
        placed = []
        i = 0.0
        for at in range(0, len(codes), size):
            code = int.from_bytes(codes[at : at + size], "big")
            along, up = placement.get(code, (0.0, 0.0))
            placed.append((
                (i + along) * self.i_x - up * self.b_x,
                (i + along) * self.i_y - up * self.b_y,
            ))  # fmt: skip
            i += advances.get(code, 0.0) if isinstance(advances, Mapping) else advances[code]
            i += self.adjustment
        return placed

    transparent_data = show

    def repeat_string(self, data: bytes) -> None:
        if len(data) < 3:
            return
        length, pattern = int.from_bytes(data[:2], "big"), data[2:]
        self.show((pattern * (length // len(pattern) + 1))[:length])
