"""UPC and EAN with their supplements: guard bars, digits in the places the symbology gives them.

Element height times multiplier is the height of the whole symbol, digits included, except for supplements
alone (BCOCA "Element height"). Proportions are those of the nominal symbol of GS1 General Specifications,
in modules.
"""

from __future__ import annotations

from typing import NamedTuple

from afpcluster.afp.bcoca import BarCodeType as T
from afpcluster.display.geometry import Box
from afpcluster.interpret.barcode import check
from afpcluster.interpret.barcode.data import plain_text
from afpcluster.interpret.barcode.symbol import (
    MIL,
    BarCodeError,
    Hri,
    Label,
    Request,
    Row,
    Side,
    Symbol,
    bars_of,
    digits,
)
from afpcluster.interpret.barcode.zint import encode

_MODULE = 13  # mils
_SUPPLEMENT_GAP = 9  # the least that UPC-A allows; EAN-13 allows 7 to 12
_DIGITS_HEIGHT = 9.33  # what the digits take of the symbol's height
_GUARD_DESCENT = 5.0
_DIGIT_PITCH = 7.0
_DIGIT_SIZE = 11.0  # font size: digits of 0.6 em fill their pitch
_OUTSIDE_SIZE = 9.0  # of the digits left and right of UPC symbols
_BASELINE_RISE = 0.9


class _Digits(NamedTuple):
    """Digits centred about module `middle`; `outside` those beside the bars."""

    text: str
    middle: float
    outside: bool = False


class _Main(NamedTuple):
    """A main symbol: its row, the modules whose bars are guards, its digits."""

    row: Row
    guards: tuple[tuple[int, int], ...]
    digits: tuple[_Digits, ...]


def draw_retail(request: Request) -> Symbol:
    """A symbol of types X'03' to X'09', X'16' and X'17'."""
    data = plain_text(request)
    main, supplement = _parts(request, data)
    modules = 0.0
    if main is not None:
        modules = len(main.row)
    row = encode("EANX", supplement.encode("ascii"))[0] if supplement else b""
    if main is not None and row:
        modules += _SUPPLEMENT_GAP
    modules += len(row)
    module = request.module_width(_MODULE, modules)
    if main is None:
        return _supplement_alone(request, row, supplement, module)
    symbol = _main_symbol(request, main, module)
    if row:
        _add_supplement(request, symbol, row, supplement, module)
    return symbol


def _parts(request: Request, data: str) -> tuple[_Main | None, str]:
    """The main symbol, if there is one, and the digits of the supplement."""
    type_, modifier = request.type, request.modifier
    size = {T.UPC_SUPPLEMENT_2: 2, T.EAN_SUPPLEMENT_2: 2, T.UPC_SUPPLEMENT_5: 5, T.EAN_SUPPLEMENT_5: 5}.get(
        T(type_), 0
    )
    if size and modifier == 0:
        return None, digits(data, f"a supplement of {size} digits", (size,))
    number, supplement = (data[:-size], data[-size:]) if size else (data, "")
    if size:
        digits(supplement, "a supplement", (size,))
    if type_ == T.UPC_A or (type_ in (T.UPC_SUPPLEMENT_2, T.UPC_SUPPLEMENT_5) and modifier == 1):
        return _upc_a(number), supplement
    if type_ == T.UPC_E or type_ in (T.UPC_SUPPLEMENT_2, T.UPC_SUPPLEMENT_5):
        return _upc_e(number), supplement
    if type_ == T.EAN_8:
        return _ean_8(number), supplement
    return _ean_13(number), supplement


def _upc_a(number: str) -> _Main:
    full = digits(number, "UPC-A", (11,)) + check.upc_ean(number)
    shown = (
        _Digits(full[0], -5, True),
        _Digits(full[1:6], 28),
        _Digits(full[6:11], 67),
        _Digits(full[11], 100, True),
    )
    return _Main(encode("UPCA", number.encode("ascii"))[0], ((0, 10), (45, 50), (85, 95)), shown)


def _upc_e(number: str) -> _Main:
    digits(number, "UPC-E", (10,))
    short = check.upc_e(number)
    if short is None:
        raise BarCodeError("EC-2100", f"the zeros of {number} do not allow a UPC-E symbol")
    shown = (
        _Digits("0", -5, True),
        _Digits(short, 24),
        _Digits(check.upc_ean("0" + number), 56, True),
    )
    return _Main(encode("UPCE", f"0{short}".encode("ascii"))[0], ((0, 3), (45, 51)), shown)


def _ean_8(number: str) -> _Main:
    full = digits(number, "EAN-8", (7,)) + check.upc_ean(number)
    shown = (_Digits(full[:4], 17), _Digits(full[4:], 50))
    return _Main(encode("EANX", number.encode("ascii"))[0], ((0, 3), (31, 36), (64, 67)), shown)


def _ean_13(number: str) -> _Main:
    full = digits(number, "EAN-13", (12,)) + check.upc_ean(number)
    shown = (_Digits(full[0], -6), _Digits(full[1:7], 24), _Digits(full[7:], 71))
    return _Main(encode("EANX", number.encode("ascii"))[0], ((0, 3), (45, 50), (92, 95)), shown)


def _main_symbol(request: Request, main: _Main, module: float) -> Symbol:
    height = request.height or (840 if request.type == T.EAN_8 else 1020) * MIL
    taken = _DIGITS_HEIGHT * module
    shown = request.hri is not Hri.NONE
    baseline = height - _BASELINE_RISE * module
    short = tall = height
    if shown and height > taken:
        short = height - taken
        tall = short + _GUARD_DESCENT * module
    elif shown:  # no room for digits: below the bars, as BCOCA's note allows
        baseline = height + taken - _BASELINE_RISE * module
    boxes = []
    for start, length in bars_of(main.row)[0]:
        guard = any(first <= start < last for first, last in main.guards)
        boxes.append(Box(start * module, 0.0, length * module, tall if guard else short))
    symbol = Symbol(len(main.row) * module, height, boxes)
    if shown:
        for text, middle, outside in main.digits:
            size = (_OUTSIDE_SIZE if outside else _DIGIT_SIZE) * module
            pitch, fits = _DIGIT_PITCH * module, _DIGIT_SIZE * module
            symbol.labels.append(Label(text, middle * module, baseline, size, pitch, fits))
    return symbol


def _add_supplement(request: Request, symbol: Symbol, row: Row, text: str, module: float) -> None:
    """The supplement right of the main symbol, down to its guard bars, with its digits above."""
    shown = request.hri is not Hri.NONE
    bottom = max(box.height for box in symbol.bars)
    top = min(_DIGITS_HEIGHT * module, bottom / 2) if shown else 0.0
    left = symbol.width + _SUPPLEMENT_GAP * module
    for start, length in bars_of(row)[0]:
        symbol.bars.append(Box(left + start * module, top, length * module, bottom - top))
    if shown:
        middle = left + len(row) * module / 2
        pitch = 9 * module
        symbol.labels.append(Label(text, middle, top - module, _DIGIT_SIZE * module, pitch))
    symbol.width = left + len(row) * module


def _supplement_alone(request: Request, row: Row, text: str, module: float) -> Symbol:
    """Type X'06', X'07', X'16', X'17' with modifier X'00': the height is that of the bars."""
    upc = request.type in (T.UPC_SUPPLEMENT_2, T.UPC_SUPPLEMENT_5)
    height = request.height or (770 if upc else 840) * MIL
    boxes = [Box(s * module, 0.0, w * module, height) for s, w in bars_of(row)[0]]
    symbol = Symbol(len(row) * module, height, boxes, hri_side=Side.ABOVE)
    if request.hri is not Hri.NONE:
        middle = symbol.width / 2
        symbol.labels.append(Label(text, middle, -module, _DIGIT_SIZE * module, 9 * module))
    return symbol
