"""Unicode Complex Text (UCT) outside a glyph layout chain: bidi layout and glyph processing of a string.

PTOCA "Unicode Complex Text (UCT)", "Bidi Layout Processing for UCT Text". Fonts that are no data-object
fonts, other encodings than Unicode and vertical writing show the code points as Transparent Data does.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import NamedTuple
from unicodedata import normalize

from afpcluster.display.items import Arrangement, GlyphRun
from afpcluster.fonts.font import Font, GlyphStretch, Shape
from afpcluster.fonts.unicode.bidi import CONTROLS, embedding_levels, paragraph_level, visual_order
from afpcluster.fonts.unicode.truetype import reading
from afpcluster.interpret.text.fields import SPACE_BYPASS
from afpcluster.interpret.text.show import SPACES, ShownText

_MAX_LENGTH = 0x7FFF  # CTLNGTH
_OPERANDS = struct.Struct(">BxHBxBB4xh")
_NORMALIZED, _ALTERNATE, _RELATIVE, _MAINTAIN, _RESET = 0x80, 0x40, 0x20, 0x10, 0x08  # CTFLGS
_FIRST_STRONG, _LEFT_TO_RIGHT, _RIGHT_TO_LEFT, _AS_BEFORE = 0x02, 0x04, 0x05, 0x12  # BIDICT
_DISABLED, _FIXED_LEFT_TO_RIGHT, _FIXED_RIGHT_TO_LEFT = 0x20, 0x22, 0x23
_ENABLED = (_FIRST_STRONG, _LEFT_TO_RIGHT, _RIGHT_TO_LEFT, _AS_BEFORE)
_SHAPE, _ONE_TO_ONE = 0x01, 0x20  # GLYPHCT


class _Controls(NamedTuple):
    version: int
    length: int
    flags: int
    bidi: int
    glyphs: int
    alternate: int  # ALTIPOS, L-units

    @property
    def valid(self) -> bool:
        directions = (*_ENABLED, _DISABLED, _FIXED_LEFT_TO_RIGHT, _FIXED_RIGHT_TO_LEFT)
        return self.version == 1 and self.bidi in directions and self.glyphs in (_SHAPE, _ONE_TO_ONE)


def covered(state: ShownText, data: bytes, at: int) -> tuple[bytes, int]:
    """The code points that the UCT at `at` (its length) covers, and the position behind them."""
    start = at + data[at]
    length = int.from_bytes(data[at + 4 : at + 6], "big") if data[at] >= 6 else 0
    if length > _MAX_LENGTH:
        state.report("uct-bad", f"UCT has {length} bytes of text; only {_MAX_LENGTH} are allowed (EC-9B01)")
        length = _MAX_LENGTH
    if start + length > len(data):
        state.report("control-truncated", "Text ends inside the code points of Unicode Complex Text (UCT)")
    return data[start : start + length], min(start + length, len(data))


def show_complex_text(state: ShownText, data: bytes, at: int) -> int:
    """Show the text of the UCT at `at` (its length); the position behind it."""
    points, behind = covered(state, data, at)
    operands = data[at + 2 : at + data[at]]
    if len(operands) < _OPERANDS.size:
        state.report("control-short", "UCT lacks required operands; its code points are shown one by one")
        state.show(points)
        return behind
    controls = _Controls(*_OPERANDS.unpack_from(operands))
    if not points:
        if controls.flags & _RESET:
            state.paragraph_level = None
        return behind
    font = state.font or state.default_font()
    if font.codec is None or font.shape is None:
        state.show(points)
    elif not controls.valid:
        state.report("uct-bad", "UCT has an invalid control; its code points are shown one by one (EC-9B01)")
        state.show(points)
    elif controls.bidi == _DISABLED and controls.glyphs == _ONE_TO_ONE:
        state.show(points)
    else:
        text = state.valid(points, font.codec).decode(font.codec)
        if text:
            _lay_out(state, font, font.shape, text, controls)
    return behind


def _lay_out(state: ShownText, font: Font, shape: Shape, text: str, controls: _Controls) -> None:
    """Bidi layout and glyph processing; place the text at Ic or Ia (Table 14) and move on."""
    state.settle()
    if not controls.flags & _NORMALIZED:
        text = normalize("NFC", text)
    reversed_mode = font.rotation == 180  # characters stand on their heads: their right is -i
    alternate = False
    if controls.bidi in _ENABLED:
        base = state.paragraph_level = _paragraph(text, controls.bidi, state.paragraph_level)
        levels = embedding_levels(text, base)
        alternate = bool(controls.flags & _ALTERNATE) and base != int(reversed_mode)
    else:
        rightward = controls.bidi == _FIXED_LEFT_TO_RIGHT or (
            controls.bidi == _DISABLED and not reversed_mode
        )
        levels = [0 if rightward else 1] * len(text)
    stretches = shape(text, levels, controls.glyphs == _SHAPE)
    width, placed, spans = _placed(state, text, stretches, reversed_mode)
    current = start = state.i
    if alternate:
        current = controls.alternate * state.i_unit + (current if controls.flags & _RELATIVE else 0.0)
        start = current - width
    _extend_fields(state, text, start, spans)
    if state.suppression is None:
        _add_runs(state, font, text, placed, start)
    if not controls.flags & _MAINTAIN:
        state.i = current if alternate else start + width
    state.in_word = text[-1] not in SPACES
    state.choose_plain_font()


def _paragraph(text: str, bidi: int, before: int | None) -> int:
    """The paragraph direction (BIDICT): 0 left-to-right, 1 right-to-left."""
    if bidi == _LEFT_TO_RIGHT:
        return 0
    if bidi == _RIGHT_TO_LEFT:
        return 1
    if bidi == _AS_BEFORE and before is not None:
        return before
    return paragraph_level(text) or 0


_Span = tuple[float, float, int]  # from and to in points from the start of the text, its character
_PlacedStretch = tuple[GlyphStretch, list[tuple[float, float]]]  # origins of its glyphs from there, i and b


def _placed(
    state: ShownText, text: str, stretches: Sequence[GlyphStretch], reversed_mode: bool
) -> tuple[float, list[_PlacedStretch], list[_Span]]:
    """The width; the stretches from left to right; what each glyph takes up, in the i-direction. SVI sets
    the increment of spaces, SIA has no effect."""
    placed: list[_PlacedStretch] = []
    spans: list[_Span] = []
    right = 0.0
    sign = -1 if reversed_mode else 1
    for number in visual_order([stretch.level for stretch in stretches]):
        origins = []
        for glyph in stretches[number].glyphs:
            origins.append((sign * (right + glyph.x), -sign * glyph.y))
            advance = glyph.advance
            if advance and state.space_increment is not None and text[glyph.character] in SPACES:
                advance = state.space_increment
            spans.append((right, right + advance, glyph.character))
            right += advance
        placed.append((stretches[number], origins))
    if reversed_mode:
        placed = [(stretch, [(right + i, b) for i, b in origins]) for stretch, origins in placed]
        spans = [(right - to, right - from_, character) for from_, to, character in reversed(spans)]
    return right, placed, spans


def _extend_fields(state: ShownText, text: str, start: float, spans: Sequence[_Span]) -> None:
    """Underscore and overstrike what was placed from `start` on; a new area where that is not Ic."""
    for field in state.fields:
        if start != state.i:
            state.draw_area(field, field.finish())
            field.restart(start)
        for from_, to, character in spans:
            kind = SPACE_BYPASS if text[character] in SPACES else 0
            state.draw_area(field, field.shown(start + from_, start + to, kind))


def _add_runs(
    state: ShownText, font: Font, text: str, stretches: Sequence[_PlacedStretch], start: float
) -> None:
    """The runs from left to right, as readers of PDF expect them; they find the logical order again."""
    x, y = state.point(start, state.b)
    for stretch, origins in stretches:
        for numbers, read_as in _readings(stretch, text):
            state.items.append(
                GlyphRun(
                    stretch.face,
                    font.size,
                    x,
                    y,
                    b"".join([stretch.code(number) for number in numbers]),
                    state.colour,
                    state.direction,
                    font.stretch,
                    Arrangement(
                        rotation=font.rotation,
                        placements=[state.beside(*origins[number]) for number in numbers],
                        text=read_as,
                    ),
                )
            )


def _readings(stretch: GlyphStretch, text: str) -> list[tuple[list[int], str | None]]:
    """Numbers of glyphs that make a run, and what it reads as where that is not what its glyphs say.

    Each ligature or turned shape is a run by itself: a reader takes what a run reads as for one piece, and
    the order of pieces from their places; and what a glyph reads as is known of it alone.
    """
    glyphs = stretch.glyphs
    starts = sorted({glyph.character for glyph in glyphs})
    own = {
        start: "".join([c for c in text[start:end] if c not in CONTROLS])
        for start, end in pairwise([*starts, stretch.end])
    }
    said = stretch.face.unicode
    clusters = [
        (start, list(numbers))
        for start, numbers in groupby(range(len(glyphs)), lambda n: glyphs[n].character)
    ]
    plain = {
        start: "".join([said.get(glyphs[n].code, "") for n in ns]) in (own[start], reading(own[start]))
        for start, ns in clusters
    }
    if all(plain.values()):
        return [(list(range(len(glyphs))), None)] if glyphs else []
    found: list[tuple[list[int], str | None]] = []
    for start, numbers in clusters:
        if plain[start] and found and found[-1][1] is None:
            found[-1][0].extend(numbers)
        else:
            found.append((numbers, None if plain[start] else own[start]))
    return found
