"""Showing text: strings of code points become glyph runs and move the position.

The common case, a single-byte font without adjustments, is one item and one sum. PTOCA "Transparent
Data (TRN)", "Repeat String (RPS)", "Set Intercharacter Adjustment (SIA)".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from afpcluster.display.items import GlyphRun
from afpcluster.interpret.font import FaceRun, Font
from afpcluster.interpret.text_fields import SPACE_BYPASS
from afpcluster.interpret.text_state import TextState

SPACES = (" ", "\u00a0")  # of Unicode text: space and variable space characters (PTOCA Table 16)
_new_tuple = tuple.__new__  # a NamedTuple's own constructor takes three times as long


class ShownText(TextState):
    """The state, and how text is shown with it."""

    __slots__ = ()

    def show(self, text: bytes) -> None:
        """Present a string of code points at the current position and move behind it.

        In the common case the move is only noted (`owed`): most producers give the next position anew.
        """
        if self.owed:
            self.settle()
        font = self.plain_font
        if font is None or not text:
            self._show_specially(text)
            return
        x, y = (self.i, self.b) if self.upright else self.point(self.i, self.b)
        self.items.append(
            _new_tuple(
                GlyphRun,
                (
                    font.face,
                    font.size,
                    x,
                    y,
                    text,
                    self.colour,
                    self.direction,
                    0.0,
                    (),
                    font.stretch,
                    0.0,
                    None,
                    None,
                ),
            )
        )
        self.owed = text

    def _show_specially(self, text: bytes) -> None:
        """Text with anything unusual about it: font, adjustments, fields, suppression."""
        font = self.font or self.default_font()
        if font.code_size == 2 and len(text) & 1:
            text = text[:-1]
        if not text:
            return
        if not font.simple:
            self._show_runs(font, text)
        else:
            self._show_adjusted(font, text)
        self.choose_plain_font()

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
            x, y = self.point(start, self.b)
            self.items.append(
                GlyphRun(
                    font.face,
                    font.size,
                    x,
                    y,
                    text,
                    self.colour,
                    self.direction,
                    gaps=tuple(gaps),
                    stretch=font.stretch,
                )
            )
        self.i = i
        self.in_word = in_word

    def _show_runs(self, font: Font, text: bytes) -> None:
        """Text of double-byte, linked or turned fonts: word by word where anything unusual is in force."""
        for is_space, chunk in words_of(font, text) if self.unusual else [(False, text)]:
            if not is_space and self.in_word:
                self.i += self.adjustment
            start = self.i
            self._show_word(font, chunk, 0.0 if is_space else self.adjustment)
            if is_space and self.space_increment is not None:
                self.i = start + self.space_increment * (len(chunk) // font.code_size)
            for field in self.fields:
                field.shown(self, start, self.i, SPACE_BYPASS if is_space else 0)
            self.in_word = not is_space

    def _show_word(self, font: Font, text: bytes, adjustment: float) -> None:
        """One run for each face that takes part, `adjustment` between characters."""
        runs = [FaceRun(font.face, text, font.advance(text))] if font.split is None else font.split(text)
        for number, (face, codes, advance, part) in enumerate(runs):
            size = 2 if face.code_size == 2 else 1
            if self.suppression is None:
                x, y = self.point(self.i, self.b)
                laid = part or font
                placements = None
                if laid.placement is not None:
                    placements = self._placements(laid, codes, size, adjustment)
                run = GlyphRun(face, laid.size, x, y, codes, self.colour, self.direction, adjustment)
                turned = run._replace(stretch=laid.stretch, rotation=laid.rotation, placements=placements)
                self.items.append(turned)
            between = max(len(codes) // size - (number == len(runs) - 1), 0)
            self.i += advance + adjustment * between

    def _placements(
        self, font: Font, codes: bytes, size: int, adjustment: float
    ) -> list[tuple[float, float]]:
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
            i += adjustment
        return placed

    transparent_data = show

    def repeat_string(self, data: bytes) -> None:
        if len(data) < 3:
            return
        length, pattern = int.from_bytes(data[:2], "big"), data[2:]
        self.show((pattern * (length // len(pattern) + 1))[:length])


def words_of(font: Font, text: bytes) -> Iterator[tuple[bool, bytes]]:
    """Text cut where variable space characters begin and end: (whether they are spaces, the code points)."""
    size = font.code_size
    if font.space_code < 0:
        yield False, text
        return
    space = font.space_code.to_bytes(size, "big")
    codes = [text[at : at + size] for at in range(0, len(text), size)]
    for is_space, group in groupby(codes, space.__eq__):
        yield is_space, b"".join(group)
