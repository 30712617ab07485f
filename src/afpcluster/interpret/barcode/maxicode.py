"""MaxiCode: hexagons about a bull's-eye, in a fixed size (BCOCA "MaxiCode Special-Function Parameters").

30 columns by 33 rows; the optimal symbol has 25.5 mm from the middle of the first column to that of the
last. Rows are sqrt(3)/2 of a column apart, odd ones half a column to the right.
"""

from __future__ import annotations

import re
from math import sqrt

from afpcluster.afp.bcoca import EBCDIC, IGNORE_ESCAPES, MAXICODE_ZIPPER, MaxiCodeParameters
from afpcluster.display.geometry import Box
from afpcluster.display.items import Close, Curve, Item, Line, Move, Path, Segment, Stroke
from afpcluster.interpret.barcode.data import eci_segments, latin_from_ebcdic
from afpcluster.interpret.barcode.special import append_of
from afpcluster.interpret.barcode.symbol import INCH, MILLIMETRE, BarCodeError, Request, Row, Symbol
from afpcluster.interpret.barcode.zint import Segment as DataSegment
from afpcluster.interpret.barcode.zint import encode

_COLUMNS, _ROWS = 30, 33
_OPTIMAL, _SMALL = 25.5 * MILLIMETRE / 29, 24.03 * MILLIMETRE / 29  # points from column to column
_ROW = sqrt(3) / 2  # of a column
_RING_WIDTH = 0.7845  # of a column, like the radii of the rings' middles
_RINGS = (0.9696, 2.5387, 4.1077)
_STRUCTURED = re.compile(
    rb"(\[\)>\x1e01\x1d\d\d)?([^\x1d]{1,99})\x1d(\d{1,3})\x1d(\d{1,3})(?:\x1d|(?=\x1e)|$)(.*)", re.DOTALL
)
_ALPHANUMERIC = re.compile(rb"[A-Z \x22-\x3a]+")
_DOT = INCH / 203
_TEETH, _TOOTH_PITCH, _BLOCK_BARS, _BLOCK_PITCH = 40, 5, 9, 3


def draw_maxicode(request: Request) -> Symbol:
    """A symbol of type X'1D'."""
    parameters = MaxiCodeParameters.decode(request.special)
    data = parameters.rest
    if parameters.control & EBCDIC:
        data = latin_from_ebcdic(data)
    if parameters.mode not in range(2, 7):
        raise BarCodeError("EC-0F05", f"MaxiCode mode {parameters.mode} is not 2 to 6")
    primary = ""
    if parameters.mode in (2, 3):
        primary, data = _structured(data, parameters.mode)
    segments = [DataSegment(data)] if parameters.control & IGNORE_ESCAPES else eci_segments(data)
    append = append_of(request, parameters.sequence, parameters.total, 8)
    options = (parameters.mode, 0, 0)
    rows = encode("MAXICODE", segments, append=append, primary=primary, options=options)
    column = _column(request)
    shapes: list[Item] = [_hexagons(rows, column, request), *_rings(column, request)]
    zipper = _zipper(column) if parameters.functions & MAXICODE_ZIPPER else []
    height = (32 * _ROW + 2 / sqrt(3)) * column
    return Symbol(_COLUMNS * column, height, zipper, shapes=shapes)


def _column(request: Request) -> float:
    """Points from column to column: small for any module width but the default, or to fit a width."""
    if request.desired_width:
        return _OPTIMAL if request.desired_width >= _COLUMNS * _OPTIMAL else _SMALL
    return _OPTIMAL if request.module is None else _SMALL


def _structured(data: bytes, mode: int) -> tuple[str, bytes]:
    """Postal code, country and service class as zint's primary message; the rest is the secondary one."""
    match = _STRUCTURED.fullmatch(data)
    code = match[2] if match else b""
    fits = code.isdigit() and len(code) <= 9 if mode == 2 else _ALPHANUMERIC.fullmatch(code) is not None
    if match is None or not fits:
        raise BarCodeError(
            "EC-2100",
            f"MaxiCode mode {mode} needs postal code, country and service class, separated by GS (X'1D')",
        )
    prefix, country, service, rest = match[1] or b"", int(match[3]), int(match[4]), match[5]
    postal = code.decode("ascii")
    if mode == 3:
        postal = postal[:6].ljust(6)
    # zint wants at least something in the secondary message; an empty one is filled with a pad character.
    return f"{postal}{country:03d}{service:03d}", prefix + rest or b" "


def _hexagons(rows: list[Row], column: float, request: Request) -> Path:
    """One path of all dark modules."""
    half, side = column / 2, column / sqrt(3)
    segments: list[Segment] = []
    for r, row in enumerate(rows):
        y = side + r * _ROW * column
        for c, dark in enumerate(row):
            if not dark:
                continue
            x = (c + 0.5 + r % 2 / 2) * column
            segments += [
                Move((x, y - side)),
                Line((x + half, y - side / 2)),
                Line((x + half, y + side / 2)),
                Line((x, y + side)),
                Line((x - half, y + side / 2)),
                Line((x - half, y - side / 2)),
                Close(),
            ]
    return Path(segments, fill=request.colour)


def _rings(column: float, request: Request) -> list[Path]:
    x, y = 14.5 * column, (1 / sqrt(3) + 16 * _ROW) * column
    stroke = Stroke(request.colour, _RING_WIDTH * column)
    return [Path(_circle(x, y, radius * column), stroke=stroke) for radius in _RINGS]


def _circle(x: float, y: float, r: float) -> list[Segment]:
    k = 0.5522847498 * r
    return [
        Move((x + r, y)),
        Curve((x + r, y + k, x + k, y + r, x, y + r)),
        Curve((x - k, y + r, x - r, y + k, x - r, y)),
        Curve((x - r, y - k, x - k, y - r, x, y - r)),
        Curve((x + k, y - r, x + r, y - k, x + r, y)),
        Close(),
    ]


def _zipper(column: float) -> list[Box]:
    """Zipper test pattern right of the symbol and the contrast block above it (BCOCA Figure 11)."""
    left = _COLUMNS * column + 19 * _DOT
    bars = [Box(left, (3 * n - 38) * _DOT, 28 * _DOT, 2 * _DOT) for n in range(_BLOCK_BARS)]
    for tooth in range(_TEETH):
        for step, rise in enumerate((0, 2, 0)):
            y = (tooth * _TOOTH_PITCH + rise) * _DOT
            bars.append(Box(left + 10 * step * _DOT, y, 12 * _DOT, 2 * _DOT))
    return bars
