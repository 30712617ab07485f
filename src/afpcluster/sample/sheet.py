"""Writing on a page: text and rules at places in twips, as presentation text (PTOCA).

A `Sheet` remembers font, colour and orientation and sets them only when they change. Rules are drawn
downwards and to the right of their corner, whatever the orientation.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from afpcluster.afp.modca import orientation
from afpcluster.afp.ptoca import TextBuilder
from afpcluster.afp.triplets import ColorSpecification
from afpcluster.sample.records import PAGE_HEIGHT, PAGE_WIDTH, made
from afpcluster.sample.typefaces import Style, encode_text, typeface

Colour = tuple[int, ...]
"""RGB (three values 0..255) or CMYK (four values 0..255)."""

BLACK: Colour = (0, 0, 0, 255)
TEAL: Colour = (0, 98, 114)
GREY: Colour = (0, 0, 0, 140)
PALE: Colour = (229, 240, 242)
FAINT: Colour = (246, 249, 250)
AMBER: Colour = (244, 158, 44)
WHITE: Colour = (255, 255, 255)
RED: Colour = (176, 42, 36)


class Sheet:
    """The presentation text of one page or overlay."""

    def __init__(self) -> None:
        self._text = TextBuilder()
        self._style: Style | None = None
        self._colour: Colour | None = None

    def write(self, x: float, y: float, text: str | bytes, style: Style, colour: Colour = BLACK) -> None:
        """Text that begins at x with its baseline at y."""
        self._select(style, colour)
        self._move(x, y)
        self._text.text(encode_text(text) if isinstance(text, str) else text)

    def write_right(
        self, right: float, y: float, text: str | bytes, style: Style, colour: Colour = BLACK
    ) -> None:
        """Text that ends at `right`."""
        data = encode_text(text) if isinstance(text, str) else text
        self.write(right - typeface(style).width(data), y, data, style, colour)

    def write_column(
        self, x: float, y: float, lines: Iterable[str], leading: float, style: Style, colour: Colour = BLACK
    ) -> float:
        """Lines below each other; answers the baseline of the line that would follow."""
        for line in lines:
            self.write(x, y, line, style, colour)
            y += leading
        return y

    def write_upwards(self, x: float, y: float, text: str, style: Style, colour: Colour = BLACK) -> None:
        """Text that runs up the page from y, its baseline at x; origin of its axes: lower left corner."""
        self._sideways(270, 0, PAGE_HEIGHT - y, x, text, style, colour)

    def write_downwards(self, x: float, y: float, text: str, style: Style, colour: Colour = BLACK) -> None:
        """Text that runs down the page from y, its baseline at x; origin of its axes: upper right corner."""
        self._sideways(90, 180, y, PAGE_WIDTH - x, text, style, colour)

    def _sideways(
        self, inline: int, baseline: int, i: float, b: float, text: str, style: Style, colour: Colour
    ) -> None:
        self._select(style, colour)
        self._text.control("STO", orientation(inline), orientation(baseline))
        self._move(i, b)
        self._text.text(encode_text(text)).control("STO", orientation(0), orientation(90))

    def rule(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle, its upper left corner at (x, y)."""
        self._paint(colour)
        self._move(x, y)
        self._text.control("DIR", round(width), round(height) << 8)

    def upright(self, x: float, y: float, height: float, width: float, colour: Colour) -> None:
        """The same, drawn along the baseline direction."""
        self._paint(colour)
        self._move(x, y)
        self._text.control("DBR", round(height), round(width) << 8)

    def records(self) -> list[bytes]:
        return self._text.records()

    def _move(self, inline: float, baseline: float) -> None:
        self._text.control("AMI", round(inline)).control("AMB", round(baseline))

    def _select(self, style: Style, colour: Colour) -> None:
        if style is not self._style:
            self._text.control("SCFL", style)
            self._style = style
        self._paint(colour)

    def _paint(self, colour: Colour) -> None:
        if colour != self._colour:
            self._text.control("SEC", data=_colour_operands(colour))
            self._colour = colour


@cache
def _colour_operands(colour: Colour) -> bytes:
    """Operands of Set Extended Text Color: laid out as the contents of a Color Specification triplet."""
    space = 1 if len(colour) == 3 else 4  # RGB or CMYK
    return made(
        ColorSpecification,
        space=space,
        size_1=8,
        size_2=8,
        size_3=8,
        size_4=8 * (len(colour) - 3),
        color=bytes(colour),
    ).encode()
