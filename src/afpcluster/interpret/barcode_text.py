"""Human-readable interpretation and other text beside a bar code, in the mapped or the device's font.

The squares of Code 93 are drawn, since few fonts have them.
"""

from __future__ import annotations

from collections.abc import Callable

from afpcluster.display.colour import Colour
from afpcluster.display.geometry import Box
from afpcluster.display.items import Close, GlyphRun, Item, Line, Move, Path, Segment, Stroke
from afpcluster.interpret.barcode_linear import FILLED_BOX, OPEN_BOX
from afpcluster.interpret.barcode_symbol import Hri, Label, Side, Symbol, path_of
from afpcluster.interpret.font import Font

FontOf = Callable[[float], Font]
"""The font of bar code text; the size counts where no font is mapped."""

_DEFAULT_SIZE, _LEAST_SIZE = 10.0, 5.0
_CAPITAL = 0.66  # height of capitals and digits, of the font size
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
    return Label(symbol.hri, symbol.width / 2, baseline, size)


def draw_label(label: Label, font_of: FontOf, colour: Colour) -> list[Item]:
    """The items of a label, in the coordinates of its symbol."""
    font = font_of(label.size)
    widths = [_width(font, character) for character in label.text]
    width = sum(widths) if label.pitch is None else label.pitch * len(label.text)
    return _draw(label, font, widths, label.x - width / 2, colour)


def draw_text(text: str, x: float, baseline: float, font: Font, colour: Colour) -> list[Item]:
    """Text whose first character stands at (x, baseline)."""
    widths = [_width(font, character) for character in text]
    return _draw(Label(text, x, baseline, font.size), font, widths, x, colour)


def _draw(label: Label, font: Font, widths: list[float], x: float, colour: Colour) -> list[Item]:
    items: list[Item] = []
    pending = ""
    start = x
    for character, width in zip(label.text, widths, strict=True):
        cell = label.pitch if label.pitch is not None else width
        if character in (OPEN_BOX, FILLED_BOX):
            items += _runs(font, pending, start, label.baseline, colour)
            items.append(_square(character, x, label.baseline, font.size, colour))
            pending, start = "", x + cell
        elif label.pitch is not None:
            items += _runs(font, character, x + (cell - width) / 2, label.baseline, colour)
            start = x + cell
        else:
            pending += character
        x += cell
    return [*items, *_runs(font, pending, start, label.baseline, colour)]


def _width(font: Font, character: str) -> float:
    if character in (OPEN_BOX, FILLED_BOX):
        return _EM_WIDTH * font.size
    return font.advance(_codes(font, character))


def _square(character: str, x: float, baseline: float, size: float, colour: Colour) -> Path:
    inset, side = 0.08 * size, 0.44 * size
    box = Box(x + inset, baseline - side, side, side)
    if character == FILLED_BOX:
        return path_of([box], colour)
    corners = [(box.x, box.y), (box.x + side, box.y), (box.x + side, box.y + side), (box.x, box.y + side)]
    segments: list[Segment] = [Move(corners[0]), *map(Line, corners[1:]), Close()]
    return Path(segments, stroke=Stroke(colour, 0.06 * size))


def _runs(font: Font, text: str, x: float, baseline: float, colour: Colour) -> list[Item]:
    if not text:
        return []
    codes = _codes(font, text)
    if font.split is None:
        return [GlyphRun(font.face, font.size, x, baseline, codes, colour, stretch=font.stretch, text=text)]
    items: list[Item] = []
    for run in font.split(codes):
        items.append(GlyphRun(run.face, font.size, x, baseline, run.codes, colour, stretch=font.stretch))
        x += run.advance
    return items


def _codes(font: Font, text: str) -> bytes:
    """The font's codes for a text: by what its glyphs stand for, else code page 500."""
    if font.code_size == 2:
        return text.encode("utf-16-be")
    if font.split is not None:
        return text.encode("cp500", "replace")
    by_text = {character: code for code, character in font.face.unicode.items() if code < 256}
    return bytes(by_text.get(c, (c.encode("cp500", "replace"))[0]) for c in text)
