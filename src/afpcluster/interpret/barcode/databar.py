"""GS1 DataBar: one row, or rows with separators between (BCOCA "GS1 DataBar", "Element height").

Heights are in module widths: the least that a version allows is also its default; stacked ones fix it.
"""

from __future__ import annotations

from afpcluster.interpret.barcode import gs1
from afpcluster.interpret.barcode.data import FNC1, code_128_text
from afpcluster.interpret.barcode.symbol import BarCodeError, Request, Row, Side, Symbol, boxes_of, digits
from afpcluster.interpret.barcode.zint import encode

_MODULE = 10  # mils
_STACKED, _STACKED_OMNIDIRECTIONAL, _LIMITED, _EXPANDED = 0x02, 0x03, 0x04, 0x11
_SYMBOLOGY = {0x00: "DBAR_OMN", 0x01: "DBAR_OMN", 0x02: "DBAR_STK", 0x03: "DBAR_OMNSTK", 0x04: "DBAR_LTD"}
_LEAST_HEIGHT = {0x00: 33, 0x01: 13, 0x03: 33, 0x04: 10, 0x11: 34}
_STACKED_ROWS = (5, 1, 7)
_EXPANDED_ROW = 34


def draw_databar(request: Request) -> Symbol:
    """A symbol of type X'24'."""
    text = code_128_text(request.special)
    if request.modifier < _EXPANDED:
        rows, hri = _fourteen_digits(text, request.modifier)
    else:
        rows, hri = _expanded(text, request.modifier)
    module = request.module_width(_MODULE, len(rows[0]))
    heights = [count * module for count in _row_heights(request, len(rows), module)]
    bars = boxes_of(rows, heights, module)
    return Symbol(len(rows[0]) * module, sum(heights), bars, hri, Side.BELOW, module)


def _row_heights(request: Request, rows: int, module: float) -> list[float]:
    """Heights of all rows in modules; separators are one module high."""
    if request.modifier == _STACKED:
        return list(_STACKED_ROWS)
    if request.modifier > _EXPANDED:
        return [_EXPANDED_ROW if row % 4 == 0 else 1 for row in range(rows)]
    least = _LEAST_HEIGHT[request.modifier]
    height = float(least) if request.height is None else request.height / module
    if height < least - 0.01:
        request.report(
            "EC-0805",
            f"the element height is {height:.1f} module widths, the least is {least}, which is used",
        )
        height = least
    return [height, 1, 1, 1, height] if request.modifier == _STACKED_OMNIDIRECTIONAL else [height]


def _fourteen_digits(text: str, modifier: int) -> tuple[list[Row], str]:
    """The 14th digit is only shown: zint makes the symbol of the other 13."""
    number = digits(text, "GS1 DataBar of this modifier", (14,))
    if modifier == _LIMITED and number[0] > "1":
        raise BarCodeError("EC-2100", f"GS1 DataBar Limited begins with 0 or 1, the data is {number}")
    return encode(_SYMBOLOGY[modifier], number[:13].encode("ascii")), f"(01){number}"


def _expanded(text: str, modifier: int) -> tuple[list[Row], str]:
    """Element strings in one row (modifier X'11') or with 2 to 20 symbol characters a row (X'12' on)."""
    found = gs1.elements(text, FNC1)
    if not text.replace(FNC1, "").isascii():
        raise BarCodeError("EC-2100", "GS1 DataBar holds no function characters but FNC1")
    data = gs1.bracketed(found).encode("ascii")
    if modifier == _EXPANDED:
        rows = encode("DBAR_EXP", data, gs1=True)
    else:
        rows = encode("DBAR_EXPSTK", data, gs1=True, options=(-1, modifier - _EXPANDED, 0))
    return rows, gs1.bracketed(found, "()")
