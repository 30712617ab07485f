"""Check digits that BCOCA asks for and zint would make otherwise or not at all.

BCOCA "Check Digit Calculation Methods". All take and give decimal digits as text unless said otherwise.
"""

from __future__ import annotations

from itertools import cycle

CODE_39 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
CODABAR = "0123456789-$:/.+ABCD"

IBM_MODULO_11 = (2, 3, 4, 5, 6, 7)
NCR_MODULO_11 = (2, 3, 4, 5, 6, 7, 8, 9)


def upc_ean(number: str) -> str:
    """UPC/EAN check digit: weights 3, 1 from the units digit on."""
    total = sum(int(digit) * weight for digit, weight in zip(reversed(number), cycle((3, 1)), strict=False))
    return str(-total % 10)


def ibm_modulo_10(number: str) -> str:
    """IBM modulus 10: weights 2, 1 from the units digit on, summing the digits of the products."""
    products = (int(digit) * weight for digit, weight in zip(reversed(number), cycle((2, 1)), strict=False))
    return str(-sum(p // 10 + p % 10 for p in products) % 10)


def modulo_11(number: str, weights: tuple[int, ...], complement: bool) -> int:
    """Modulus 11 check value 0..10; `complement` is 11 minus the remainder (11 counts as 0)."""
    total = sum(int(digit) * weight for digit, weight in zip(reversed(number), cycle(weights), strict=False))
    return -total % 11 if complement else total % 11


def code_39(text: str) -> str:
    """Modulo 43 check character of Code 39 characters."""
    return CODE_39[sum(map(CODE_39.index, text)) % 43]


def codabar(text: str) -> str:
    """Modulo 16 check character of a Codabar text with its start and stop characters."""
    return CODABAR[-sum(map(CODABAR.index, text)) % 16]


def japan_postal(values: list[int]) -> int:
    """Check value 0..18 of the values 0..18 of a Japan Postal symbol."""
    return -sum(values) % 19


def upc_e(number: str) -> str | None:
    """The six digits of a UPC-E symbol for the ten information digits of UPC-A in number system 0, or
    None where the zeros do not allow it (GS1 General Specifications "UPC-E", zero suppression)."""
    maker, item = number[:5], number[5:]
    if maker[2:] in ("000", "100", "200") and item[:2] == "00":
        return maker[:2] + item[2:] + maker[2]
    if maker[3:] == "00" and item[:3] == "000":
        return maker[:3] + item[3:] + "3"
    if maker[4] == "0" and item[:4] == "0000":
        return maker[:4] + item[4] + "4"
    if item[:4] == "0000" and item[4] >= "5":
        return maker + item[4]
    return None
