"""Human-readable interpretation and other text beside a bar code, in the mapped or the device's font.

The squares of Code 93 are drawn, since few fonts have them.
"""

from __future__ import annotations

import re

from afpcluster.display.colour import BLACK, Colour
from afpcluster.display.geometry import Box
from afpcluster.display.items import Arrangement, Close, GlyphRun, Item, Line, Move, Path, Segment, Stroke
from afpcluster.fonts.font import Font
from afpcluster.interpret.barcode.linear import FILLED_BOX, OPEN_BOX
from afpcluster.interpret.barcode.symbol import Hri, Label, Side, Symbol, path_of
from afpcluster.interpret.letters import ASCENT, descent

_DEFAULT_SIZE, _LEAST_SIZE = 10.0, 5.0
_CAPITAL = 0.66  # height of capitals and digits, of the font size
_SQUARES = (OPEN_BOX, FILLED_BOX)
_SQUARE = re.compile(f"([{OPEN_BOX}{FILLED_BOX}])")
_FULL_WIDTH = 0xFEE0  # from a letter or digit to that of full width
_EM_WIDTH = 0.6  # of a character, to choose a size that fits


def hri_label(symbol: Symbol, hri: Hri) -> Label | None:
    """The place of a symbol's general text: centred on its width, a module away from its bars."""
    if hri is Hri.NONE or not symbol.hri:
        return None
    size = min(_DEFAULT_SIZE, symbol.width / (_EM_WIDTH * len(symbol.hri)))
    size = max(size, _LEAST_SIZE)
    above = symbol.hri_side is Side.ABOVE or (symbol.hri_side is Side.EITHER and hri is Hri.ABOVE)
    if symbol.hri_side is Side.ABOVE and hri is Hri.BELOW:
        above = False  # Australia Post: "should", not "must"
    baseline = -symbol.hri_gap if above else symbol.height + symbol.hri_gap + _CAPITAL * size
    return Label(symbol.hri, symbol.width / 2, baseline, size, fits=None if above else size, above=above)


def is_crowded(label: Label, font: Font) -> bool:
    """Whether characters at places of their own are wider than these are apart."""
    if label.pitch is None:
        return False
    return max(map(_Pen(font, BLACK).width, label.text), default=0.0) > label.pitch


def draw_label(label: Label, font: Font, colour: Colour) -> list[Item]:
    """The items of a label, in the coordinates of its symbol."""
    pen = _Pen(font, colour)
    baseline = _baseline(label, font.size)
    if label.pitch is None:
        return pen.line(label.text, label.x - pen.width(label.text) / 2, baseline)
    x = label.x - label.pitch * len(label.text) / 2
    items: list[Item] = []
    for character in label.text:
        items += pen.line(character, x + (label.pitch - pen.width(character)) / 2, baseline)
        x += label.pitch
    return items


def _baseline(label: Label, size: float) -> float:
    """That of a label in a font of this size: letters of a mapped font that is larger, and what reaches below
    the baseline, keep clear of the bars."""
    if label.above:
        return label.baseline - descent(label.text) * size
    return label.baseline + (ASCENT * max(size - label.fits, 0.0) if label.fits is not None else 0.0)


def draw_text(text: str, x: float, baseline: float, font: Font, colour: Colour) -> list[Item]:
    """Text whose first character stands at (x, baseline)."""
    return _Pen(font, colour).line(text, x, baseline)


class _Pen:
    """Writes text in one font and colour."""

    def __init__(self, font: Font, colour: Colour) -> None:
        self._font = font
        self._colour = colour
        texts = font.texts if font.split is not None else font.face.unicode
        size = font.code_size
        self._codes = {
            text: code.to_bytes(size, "big") for code, text in (texts or {}).items() if code < 256**size
        }

    def width(self, text: str) -> float:
        """Width of a text in points."""
        return sum(
            _EM_WIDTH * self._font.size if part in _SQUARES else self._font.advance(self._encode(part))
            for part in _parts(text)
        )

    def line(self, text: str, x: float, baseline: float) -> list[Item]:
        """The items of a text that begins at (x, baseline)."""
        items: list[Item] = []
        for part in _parts(text):
            if part in _SQUARES:
                items.append(_square(part, x, baseline, self._font.size, self._colour))
            else:
                items += self._runs(part, x, baseline)
            x += self.width(part)
        return items

    def _runs(self, text: str, x: float, baseline: float) -> list[Item]:
        font, codes = self._font, self._encode(text)
        if font.split is None:
            arrangement = Arrangement(text=text)
            return [
                GlyphRun(
                    font.face,
                    font.size,
                    x,
                    baseline,
                    codes,
                    self._colour,
                    stretch=font.stretch,
                    arrangement=arrangement,
                )
            ]
        items: list[Item] = []
        for part in font.split(codes):
            laid = part.font or font
            items.append(
                GlyphRun(part.face, laid.size, x, baseline, part.codes, self._colour, stretch=laid.stretch)
            )
            x += part.advance
        return items

    def _encode(self, text: str) -> bytes:
        """The font's codes for a text: by what they stand for, also in full width, else Unicode or code
        page 500."""
        if self._font.codec is not None:
            return text.encode(self._font.codec, "replace")
        return b"".join(self._code(character) for character in text)

    def _code(self, character: str) -> bytes:
        wide = "\u3000" if character == " " else chr(ord(character) + _FULL_WIDTH)
        found = self._codes.get(character) or self._codes.get(wide)
        return found or character.encode("cp500" if self._font.code_size == 1 else "utf-16-be", "replace")


def _parts(text: str) -> list[str]:
    """Squares one by one, what is between them as it is."""
    return [part for part in _SQUARE.split(text) if part]


def _square(character: str, x: float, baseline: float, size: float, colour: Colour) -> Path:
    inset, side = 0.08 * size, 0.44 * size
    box = Box(x + inset, baseline - side, side, side)
    if character == FILLED_BOX:
        return path_of([box], colour)
    corners = [(box.x, box.y), (box.x + side, box.y), (box.x + side, box.y + side), (box.x, box.y + side)]
    segments: list[Segment] = [Move(corners[0]), *map(Line, corners[1:]), Close()]
    return Path(segments, stroke=Stroke(colour, 0.06 * size))
