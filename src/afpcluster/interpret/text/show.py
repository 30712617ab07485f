"""Showing text: strings of code points become glyph runs and move the position.

The common case, a single-byte font without adjustments, is one item and one sum. PTOCA "Transparent
Data (TRN)", "Repeat String (RPS)", "Set Intercharacter Adjustment (SIA)".
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from afpcluster.display.items import PLAIN, Arrangement, GlyphRun
from afpcluster.fonts.font import Font
from afpcluster.interpret.context import Budget
from afpcluster.interpret.text.fields import SPACE_BYPASS
from afpcluster.interpret.text.settings import TextSettings
from afpcluster.interpret.text.word import draw_word

SPACES = (" ", "\u00a0")  # of Unicode text: space and variable space characters (PTOCA Table 16)
_MAX_REPEATED = 0x7FFF  # RLENGTH
_new_tuple = tuple.__new__  # a NamedTuple's own constructor takes three times as long


class ShownText(TextSettings):
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
        x, y = self.i, self.b
        if not self.upright:
            x, y = self.point(x, y)
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
                    font.stretch,
                    PLAIN,
                ),
            )
        )
        self.owed = text
        self.owed_font = font

    def _show_specially(self, text: bytes) -> None:
        """Text with anything unusual about it: font, adjustments, fields, suppression."""
        font = self.font or self.default_font()
        if font.code_size == 2 and len(text) & 1:
            self.report("text-odd", "The odd byte at the end of double-byte text was skipped (EC-1A01)")
            text = text[:-1]
        if font.codec is not None:
            text = self.valid(text, font.codec)
        if not text:
            return
        if not font.simple:
            self._show_runs(font, text)
        else:
            self._show_adjusted(font, text)
        self.choose_plain_font()

    def valid(self, text: bytes, codec: str) -> bytes:
        """Unicode text up to the first code point that is none."""
        try:
            text.decode(codec)
        except UnicodeDecodeError as problem:
            self.report(
                "unicode-bad",
                f"Text is not {codec.upper()} from byte {problem.start} on; the rest is skipped (EC-1A03)",
            )
            return text[: problem.start]
        return text

    def _show_adjusted(self, font: Font, text: bytes) -> None:
        """Single-byte text with SIA or SVI in force, or inside an underscore or overstrike field.

        SIA goes between characters of a word only; a character without increment is one with what follows
        it. SVI replaces the space's increment.
        """
        advances, space_code, adjustment = font.advances, font.space_code, self.adjustment
        space = advances[space_code]
        if self.space_increment is not None and font.variable_space:
            space = self.space_increment
        i = start = self.i + (adjustment if self.in_word and text[0] != space_code else 0.0)
        gaps: list[tuple[int, float]] = []
        in_word, gap = False, 0.0
        for index, code in enumerate(text):
            if code == space_code:
                for field in self.fields:
                    self.draw_area(field, field.shown(i, i + space, SPACE_BYPASS))
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
                self.draw_area(field, field.shown(i, i + advances[code], 0))
            i += advances[code]
            in_word = advances[code] != 0.0
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
                    font.stretch,
                    Arrangement(gaps=tuple(gaps)) if gaps else PLAIN,
                )
            )
        self.i = i
        self.in_word = in_word

    def _show_runs(self, font: Font, text: bytes) -> None:
        """Text of double-byte, linked or turned fonts: word by word where anything unusual is in force."""
        for spaces, chunk in words_of(font, text) if self.unusual else [(0, text)]:
            if not spaces and self.in_word:
                self.i += self.adjustment
            start = self.i
            self.i += draw_word(self, font, chunk, self.i, 0.0 if spaces else self.adjustment)
            if spaces and self.space_increment is not None and font.variable_space:
                self.i = start + self.space_increment * spaces
            for field in self.fields:
                self.draw_area(field, field.shown(start, self.i, SPACE_BYPASS if spaces else 0))
            self.in_word = not spaces

    transparent_data = show

    def repeat_string(self, data: bytes) -> None:
        """RPS: the pattern, repeated to a length in bytes. What is against the rules is skipped whole."""
        length, pattern = int.from_bytes(data[:2], "big"), data[2:]
        font = self.font or self.default_font()
        if len(data) < 2:
            self.report("control-short", "RPS lacks a required operand and was skipped")
        elif length > _MAX_REPEATED:
            self.report("repeat-bad", f"RPS has length {length} and was skipped (EC-1901)")
        elif font.code_size == 2 and (length | len(pattern)) & 1:
            self.report("repeat-bad", "RPS has half of a double-byte character and was skipped (EC-1A01)")
        elif length and not pattern:
            self.report("repeat-bad", "RPS has nothing to repeat and was skipped (EC-1F01)")
        elif not self.context.budget.repeat(length):
            message = f"Text repeated beyond {Budget.REPEATED_CHARACTERS:,} bytes on a page is not shown"
            self.report("repeat-limit", message)
        elif length:
            if font.codec is not None:
                pattern = self.valid(pattern, font.codec)
            self.show((pattern * (length // (len(pattern) or 1) + 1))[:length])


def words_of(font: Font, text: bytes) -> Iterator[tuple[int, bytes]]:
    """Text cut where space characters begin and end: (how many of them, the code points)."""
    size = font.code_size
    if font.codec is not None:
        for is_space, group in groupby(text.decode(font.codec), SPACES.__contains__):
            characters = "".join(group)
            yield len(characters) if is_space else 0, characters.encode(font.codec)
    elif font.space_code < 0:
        yield 0, text
    else:
        space = font.space_code.to_bytes(size, "big")
        codes = [text[at : at + size] for at in range(0, len(text), size)]
        for is_space, parts in groupby(codes, space.__eq__):
            word = b"".join(parts)
            yield len(word) // size if is_space else 0, word
