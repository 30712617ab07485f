"""What a bar code symbol is made of before it stands on the page, and what its makers are told.

A `Request` holds the descriptor's measures in points and the data without special functions; a maker
answers with a `Symbol` whose origin is the top left corner of the rectangle around its bars (BCOCA
"Symbol Placement"). What cannot be encoded raises `BarCodeError` with the reference's exception condition.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from enum import Enum
from itertools import groupby

from afpcluster.display.colour import BLACK, Colour
from afpcluster.display.geometry import Box
from afpcluster.display.items import Close, Item, Line, Move, Path, Segment
from afpcluster.light import dataclass

MIL = 0.072
"""Points per thousandth of an inch."""
INCH = 72.0
MILLIMETRE = 72 / 25.4

Row = bytes
"""A row of modules, one byte each: 1 is dark."""


class BarCodeError(Exception):
    """No symbol can be made. `condition` is the exception condition of the reference: "EC-2100"."""

    def __init__(self, condition: str, message: str) -> None:
        super().__init__(message)
        self.condition = condition
        self.message = message


class Hri(Enum):
    """Where the human-readable interpretation goes."""

    NONE = 0
    DEFAULT = 1
    BELOW = 2
    ABOVE = 3


class Side(Enum):
    """Where the general human-readable text of a symbol may stand."""

    EITHER = 0
    BELOW = 1
    ABOVE = 2


@dataclass(slots=True)
class Label:
    """Text that belongs to a symbol. `x` is the middle of the text, `baseline` its baseline, both from the
    symbol's origin. `size` counts for the default font only. `pitch` spreads the characters evenly.
    Under bars, `fits` is the largest font that keeps clear of them there: a larger one stands lower. `above`:
    it stands on the bars, what reaches below its baseline too."""

    text: str
    x: float
    baseline: float
    size: float
    pitch: float | None = None
    fits: float | None = None
    above: bool = False


@dataclass(slots=True)
class Symbol:
    """A finished symbol, in points. `hri` is text to be centred above or below the bars; `labels` have
    their places already; `shapes` are drawn besides the bars."""

    width: float
    height: float
    bars: list[Box]
    hri: str = ""
    hri_side: Side = Side.EITHER
    hri_gap: float = 1.0
    labels: list[Label] = field(default_factory=list)
    shapes: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Request:
    """What to make. None stands for the default of the symbology; lengths are points.

    `special` are the BSA bytes after the offsets: the data, for two-dimensional codes with the special
    functions in front. `report` records an exception condition whose standard action is to go on.
    """

    type: int
    modifier: int
    special: bytes
    report: Callable[[str, str], None]
    module: float | None = None
    height: float | None = None
    ratio: float | None = None
    desired_width: float | None = None
    hri: Hri = Hri.DEFAULT
    asterisks: bool = False
    ascii: bool = False
    colour: Colour = BLACK

    def module_width(self, default_mils: float, modules: float) -> float:
        """The module width of a symbol of so many modules (BSD bytes 10-11 before byte 17)."""
        if self.desired_width:
            return self.desired_width / modules
        return self.module or default_mils * MIL


def runs(row: Row) -> list[tuple[bool, int]]:
    """Dark and light stretches of a row in turn, with their lengths in modules."""
    return [(dark == 1, len(list(group))) for dark, group in groupby(row)]


def bars_of(row: Row, ratio: float | None = None) -> tuple[list[tuple[float, float]], float]:
    """(start, width) of the dark bars of a row and the width of all, in modules.

    With `ratio` the row is of two levels: whatever is wider than a module counts as wide.
    """
    at = 0.0
    bars = []
    for dark, length in runs(row):
        width = float(length) if ratio is None or length == 1 else ratio
        if dark:
            bars.append((at, width))
        at += width
    return bars, at


def boxes_of(rows: Sequence[Row], heights: Sequence[float], module: float) -> list[Box]:
    """Rectangles of the dark modules of stacked rows; equal stretches of neighbouring rows are one."""
    done: list[Box] = []
    open_: dict[tuple[float, float], Box] = {}
    y = 0.0
    for row, height in zip(rows, heights, strict=True):
        here: dict[tuple[float, float], Box] = {}
        for start, width in bars_of(row)[0]:
            above = open_.pop((start, width), None)
            if above is not None:
                here[start, width] = above._replace(height=above.height + height)
            else:
                here[start, width] = Box(start * module, y, width * module, height)
        done += open_.values()
        open_ = here
        y += height
    return [*done, *open_.values()]


def path_of(boxes: Sequence[Box], colour: Colour) -> Path:
    """One path for many rectangles: no hairlines between those that touch."""
    segments: list[Segment] = []
    for x, y, width, height in boxes:
        segments += [
            Move((x, y)),
            Line((x + width, y)),
            Line((x + width, y + height)),
            Line((x, y + height)),
            Close(),
        ]
    return Path(segments, fill=colour)


def digits(text: str, what: str, lengths: Sequence[int] = (), condition: str = "EC-0C00") -> str:
    """`text` if it is all digits and of an allowed length, else BarCodeError."""
    if not text.isascii() or not text.isdigit():
        raise BarCodeError("EC-2100", f"{what} holds digits only, the data is {text!r}")
    if lengths and len(text) not in lengths:
        allowed = ", ".join(str(n) for n in lengths)
        raise BarCodeError(condition, f"{what} takes {allowed} digits, the data has {len(text)}")
    return text
