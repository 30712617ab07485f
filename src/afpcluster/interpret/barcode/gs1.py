"""GS1 element strings: application identifiers in the data of GS1-128, DataBar Expanded and matrix codes.

The length of an application identifier follows from its first two digits, and so does the length of the
data for those that need no FNC1 behind them (GS1 General Specifications "GS1 Application Identifiers",
"Predefined length").
"""

from __future__ import annotations

from typing import NamedTuple

from afpcluster.interpret.barcode.symbol import BarCodeError

_THREE_DIGITS = {"23", "24", "25", "40", "41", "42", "71"}
_FOUR_DIGITS = {"31", "32", "33", "34", "35", "36", "39", "43", "70", "72", "80", "81", "82"}
_TWO_DIGITS = {
    "00", "01", "02", "03", "10", "11", "12", "13", "15", "16", "17", "20", "21", "22", "30", "37",
    "90", "91", "92", "93", "94", "95", "96", "97", "98", "99",
}  # fmt: skip
_PREDEFINED = {
    "00": 20, "01": 16, "02": 16, "03": 16, "11": 8, "12": 8, "13": 8, "15": 8, "16": 8, "17": 8,
    "20": 4, "31": 10, "32": 10, "33": 10, "34": 10, "35": 10, "36": 10, "41": 16,
}  # fmt: skip
"""First two digits -> length of identifier and data together."""


class Element(NamedTuple):
    """An application identifier and its data."""

    identifier: str
    data: str


def elements(text: str, separator: str) -> list[Element]:
    """The elements of a string; `separator` ends those of variable length (FNC1, or GS in matrix codes).

    Raises BarCodeError EC-1200 where an identifier is unknown or its data is missing.
    """
    found = []
    for part in text.strip(separator).split(separator):
        rest = part
        while True:
            length = _identifier_length(rest)
            whole = _PREDEFINED.get(rest[:2], len(rest))
            if len(rest) < whole or len(rest) <= length:
                raise BarCodeError(
                    "EC-1200", f"too little data for application identifier {rest[:length]}: {rest!r}"
                )
            found.append(Element(rest[:length], rest[length:whole]))
            rest = rest[whole:]
            if not rest:
                break
    return found


def _identifier_length(text: str) -> int:
    prefix = text[:2]
    for length, prefixes in ((2, _TWO_DIGITS), (3, _THREE_DIGITS), (4, _FOUR_DIGITS)):
        if prefix in prefixes and text[:length].isdigit():
            return length
    raise BarCodeError("EC-1200", f"{text[:4]!r} begins with no GS1 application identifier")


def bracketed(found: list[Element], brackets: str = "[]") -> str:
    """Elements with their identifiers in brackets: the form zint takes, or (round) the one people read."""
    return "".join(f"{brackets[0]}{e.identifier}{brackets[1]}{e.data}" for e in found)
