"""What areas are filled with: the default pattern set as tiles, and custom patterns.

The reference shows the default set as pictures only and leaves dot size and spacing to the device: here
a cell of 8 by 8 dots, a dot is 1/120 inch, and dots come in the order of a dispersed dither so that the
eight dotted patterns grow lighter evenly. Patterns of the default set are not scaled with the picture.
AFP GOCA "Patterns", "Set Pattern Symbol (GSPT) Order".
"""

from __future__ import annotations

from dataclasses import field
from functools import lru_cache

from afpcluster.display.colour import Colour
from afpcluster.display.items import Item, Paint, Rectangle, SharedItems, TilePattern
from afpcluster.display.walk import recoloured
from afpcluster.light import dataclass

SOLID = 0x10
NO_FILL = (0x0F, 0x40)
RECOLOUR_LIMIT = 100_000
"""Items that one bilevel custom pattern may grow to in all its colours together."""

_CELL = 8  # dots in width and height
_DOT = 72 / 120  # points
_DOTS = {1: 40, 2: 32, 3: 24, 4: 16, 5: 12, 6: 8, 7: 4, 8: 2}  # of the 64 in a cell, by pattern symbol


def _dither_rank(x: int, y: int) -> int:
    """When dot (x, y) of a cell appears in a dispersed (Bayer) dither: 0 first, 63 last."""
    rank = 0
    for bit in range(3):
        a, b = x >> bit & 1, y >> bit & 1
        rank = rank << 2 | (a ^ b) << 1 | b
    return rank


def _is_set(symbol: int, x: int, y: int) -> bool:
    """Whether dot (x, y), y downwards, belongs to a pattern of the default set."""
    if symbol in _DOTS:
        return _dither_rank(x, y) < _DOTS[symbol]
    period = 8 if symbol in (0x0C, 0x0E) else 4  # "diagonal lines 2" stand wider apart
    along = {0x09: x, 0x0A: y, 0x0B: x + y, 0x0C: x + y}.get(symbol, x - y)
    return along % period == 0


@lru_cache(256)
def default_pattern(symbol: int, colour: Colour) -> Paint | None:
    """The paint of a symbol of the default pattern set; None for "no fill". `symbol` is X'01'..X'10' or
    X'40'."""
    if symbol in NO_FILL:
        return None
    if symbol == SOLID:
        return colour
    dots: list[Item] = []
    for y in range(_CELL):
        row = [_is_set(symbol, x, y) for x in range(_CELL)]
        start = 0
        for x in range(_CELL + 1):  # one rectangle for dots side by side
            if x < _CELL and row[x]:
                continue
            if x > start:
                dots.append(Rectangle(start * _DOT, y * _DOT, (x - start) * _DOT, _DOT, colour))
            start = x + 1
    size = _CELL * _DOT
    return TilePattern(size, size, SharedItems(dots))


def is_default_symbol(symbol: int) -> bool:
    """Whether the default pattern set has this symbol."""
    return 1 <= symbol <= SOLID or symbol in NO_FILL


@dataclass(slots=True, eq=False)
class CustomPattern:
    """A custom pattern: a cell in points. A bilevel one is coloured by its use."""

    width: float
    height: float
    cell: SharedItems
    full_colour: bool
    _coloured: dict[Colour, SharedItems] = field(default_factory=dict)

    def paint(self, colour: Colour) -> TilePattern | None:
        """The pattern as paint; None when it was used in too many colours (RECOLOUR_LIMIT)."""
        if self.full_colour:
            return TilePattern(self.width, self.height, self.cell)
        cell = self._coloured.get(colour)
        if cell is None:
            if (len(self._coloured) + 1) * len(self.cell.items) > RECOLOUR_LIMIT:
                return None
            cell = self._coloured[colour] = SharedItems(recoloured(self.cell.items, colour))
        return TilePattern(self.width, self.height, cell)
