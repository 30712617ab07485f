"""Australia Post 4-state bars: zint lacks proprietary encoding and short customer information.

Bars are written 0 to 3 as in the reference: full, ascending, descending, timing. Tables N and C, filler bars
and the Reed-Solomon code over GF(64) are those of Australia Post's "Customer Barcoding Technical
Specifications"; formats are BCOCA "Australia Post Modifier Values".
"""

from __future__ import annotations

import re
from typing import NamedTuple

from afpcluster.interpret.barcode.symbol import BarCodeError

_START_STOP = "13"
_FILLER = "3"
_TABLE_N = ("00", "01", "02", "10", "11", "12", "20", "21", "22", "30")
_C_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 #"
_C_BARS = (
    "000001002010011012020021022100101102110111112120121122200201202210211212220221"
    "023030031032033103113123130131132133203213223230231232233303313323330331332333"
    "222300301302310311312320321322003013"
)
_TABLE_C = {character: _C_BARS[3 * n : 3 * n + 3] for n, character in enumerate(_C_CHARACTERS)}


class _Format(NamedTuple):
    """Format control code, bars of customer information, and what that may hold."""

    code: str
    bars: int
    pattern: str = ""


_N, _C, _BARS = r"\d", "[A-Za-z0-9 #]", "[0-3]"
_FORMATS = {
    1: _Format("11", 0),
    2: _Format("59", 16, _N + "{0,8}"),
    3: _Format("59", 16, _C + "{0,5}"),
    4: _Format("59", 16, _BARS + "{0,16}"),
    5: _Format("62", 31, _N + "{0,15}"),
    6: _Format("62", 31, _C + "{0,10}"),
    7: _Format("62", 31, _BARS + "{0,31}"),
    8: _Format("45", 0),
}


def australia_post(text: str, modifier: int) -> tuple[str, str]:
    """The bars (F, A, D, T) and the text for people: format control code, sorting code, customer data."""
    format_ = _FORMATS[modifier]
    match = re.fullmatch(rf"(\d{{8}})({format_.pattern})", text, re.ASCII)
    if match is None:
        raise BarCodeError(
            "EC-2100" if len(text) >= 8 else "EC-0C00",
            f"Australia Post data of this modifier is 8 digits and {format_.pattern or 'nothing'}; "
            f"the data is {text!r}",
        )
    sorting, customer = match.groups()
    bars = "".join(_TABLE_N[int(digit)] for digit in format_.code + sorting)
    if format_.pattern.startswith(_N):
        bars += "".join(_TABLE_N[int(digit)] for digit in customer)
    elif format_.pattern.startswith(_C):
        bars += "".join(_TABLE_C[character] for character in customer)
    else:
        bars += customer
    # Formats without customer information carry one filler bar to make whole triples.
    bars = bars.ljust(20 + (format_.bars or 1), _FILLER)
    bars += _parity(bars)
    hri = f"{format_.code}{sorting}{customer}"
    return f"{_START_STOP}{bars}{_START_STOP}".translate(str.maketrans("0123", "FADT")), hri


def _parity(bars: str) -> str:
    """Twelve bars of Reed-Solomon code: four symbols of three bars over GF(64), x^6 + x + 1."""
    symbols = [int(bars[at : at + 3], 4) for at in range(0, len(bars), 3)]
    remainder = [0, 0, 0, 0]
    for symbol in symbols:
        factor = symbol ^ remainder[0]
        remainder = [
            following ^ _multiply(factor, coefficient)
            for following, coefficient in zip([*remainder[1:], 0], _GENERATOR, strict=True)
        ]
    return "".join(f"{s >> 4 & 3}{s >> 2 & 3}{s & 3}" for s in remainder)


def _multiply(a: int, b: int) -> int:
    product = 0
    for bit in range(6):
        if b >> bit & 1:
            product ^= a << bit
    for bit in range(10, 5, -1):
        if product >> bit & 1:
            product ^= 0x43 << (bit - 6)
    return product


def _generator() -> list[int]:
    """Coefficients of (x - a)(x - a^2)(x - a^3)(x - a^4), the highest (1) left out."""
    polynomial = [1]
    root = 1
    for _ in range(4):
        root = _multiply(root, 2)
        shifted = [*polynomial, 0]
        scaled = [0, *[_multiply(c, root) for c in polynomial]]
        polynomial = [a ^ b for a, b in zip(shifted, scaled, strict=True)]
    return polynomial[1:]


_GENERATOR = _generator()
