"""Linear bar codes whose height is free: Code 39, 93, 128, MSI, 2-of-5, Codabar.

Each encoder gives one row of modules and the text people read; `linear` adds measures (BCOCA "Default
Value Recommendations"). In two-level codes every element wider than a module takes the wide-to-narrow
ratio, so zint's own ratio does not matter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from afpcluster.afp.bcoca import BarCodeType as T
from afpcluster.display.geometry import Box
from afpcluster.interpret.barcode import check
from afpcluster.interpret.barcode.data import plain_text
from afpcluster.interpret.barcode.symbol import (
    MIL,
    BarCodeError,
    Request,
    Row,
    Symbol,
    bars_of,
    digits,
)
from afpcluster.interpret.barcode.zint import encode

_DEFAULT_MODULE = 13  # mils
_DEFAULT_HEIGHT, _WIDTH_SHARE = 250, 0.15
_QUIET_ZONE, _BEARER = 10, 2  # modules
OPEN_BOX, FILLED_BOX = "\u25a1", "\u25a0"


class Linear(NamedTuple):
    """A row of modules and its human-readable text. `ratio` is the default ratio of a two-level code."""

    row: Row
    hri: str
    ratio: float | None = None


def linear(request: Request, code: Linear, module_mils: float, height_mils: float) -> Symbol:
    """A symbol of one row with the request's measures."""
    ratio = (request.ratio or code.ratio) if code.ratio is not None else None
    bars, modules = bars_of(code.row, ratio)
    module = request.module_width(module_mils, modules)
    width = modules * module
    height = request.height or max(height_mils * MIL, _WIDTH_SHARE * width)
    boxes = [Box(start * module, 0.0, length * module, height) for start, length in bars]
    return Symbol(width, height, boxes, hri=code.hri, hri_gap=module)


def draw_linear(request: Request) -> Symbol:
    """A symbol of the types in `ENCODERS`."""
    height = 300 if request.type == T.MSI else _DEFAULT_HEIGHT
    code = ENCODERS[request.type](request)
    symbol = linear(request, code, _DEFAULT_MODULE, height)
    if request.type == T.INTERLEAVED_2_OF_5 and request.modifier in (3, 4):
        _bearer_bars(request, code, symbol)
    return symbol


def _bearer_bars(request: Request, code: Linear, symbol: Symbol) -> None:
    """Bars around (modifier X'03') or above and below (X'04') an Interleaved 2-of-5 symbol.

    The desired symbol width includes the quiet zones and the vertical bars.
    """
    modules = bars_of(code.row, request.ratio or code.ratio)[1]
    if request.desired_width:
        outside = 2 * (_QUIET_ZONE + _BEARER) if request.modifier == 3 else 0
        module = request.desired_width / (modules + outside)
        shrink = module / (request.desired_width / modules)
        symbol.bars = [box._replace(x=box.x * shrink, width=box.width * shrink) for box in symbol.bars]
        symbol.width *= shrink
    module = symbol.width / modules
    thick = _BEARER * module
    left, width = 0.0, symbol.width
    if request.modifier == 3:
        left = -(_QUIET_ZONE * module + thick)
        width -= 2 * left
        for x in (left, left + width - thick):
            symbol.bars.append(Box(x, 0.0, thick, symbol.height))
    symbol.bars += [Box(left, -thick, width, thick), Box(left, symbol.height, width, thick)]
    symbol.hri_gap = thick + module


def _code_39(request: Request) -> Linear:
    """Modifier X'01' as the data is, X'02' with a check character; both are shown."""
    text = "".join(_full_ascii(c, "$%/+", check.CODE_39) for c in plain_text(request))
    if request.modifier == 2:
        text += check.code_39(text)
    (row,) = encode("CODE39", text.encode("ascii"))
    return Linear(row, f"*{text}*" if request.asterisks else text, 2.5)


def _full_ascii(character: str, shifts: str, own: str) -> str:
    """The character, or the shift and letter that stand for it in Code 39 and Code 93.

    `shifts` are the shift characters in the order $, %, /, +.
    """
    if character in own:
        return character
    code = ord(character)
    dollar, percent, slash, plus = tuple(shifts)
    for low, high, shift, letter in (
        (1, 26, dollar, "A"), (27, 31, percent, "A"), (33, 44, slash, "A"), (47, 47, slash, "O"),
        (58, 58, slash, "Z"), (59, 63, percent, "F"), (91, 95, percent, "K"), (97, 122, plus, "A"),
        (123, 127, percent, "P"), (0, 0, percent, "U"), (64, 64, percent, "V"), (96, 96, percent, "W"),
    ):  # fmt: skip
        if low <= code <= high:
            return shift + chr(ord(letter) + code - low)
    raise BarCodeError("EC-2100", f"{character!r} is no ASCII character")


_UNSHIFTABLE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. "


def _code_93(request: Request) -> Linear:
    """Lower case a to d are the shift characters; two check characters, never shown.

    zint takes ASCII and shifts by itself, so pairs in the data become the character they stand for.
    """
    own = check.CODE_39 + "abcd"
    text = "".join(_full_ascii(c, "abcd", own) for c in plain_text(request))
    plain = []
    at = 0
    while at < len(text):
        size = 2 if text[at] in "abcd" else 1
        plain.append(_UNSHIFTED.get(text[at : at + size], "") if size == 2 else text[at])
        if not plain[-1]:
            raise BarCodeError("EC-2100", f"{text[at : at + size]!r} is no Code 93 shift and character")
        at += size
    (row,) = encode("CODE93", "".join(plain).encode("ascii"))
    shown = "".join(FILLED_BOX if c in "abcd" else c for c in text)
    return Linear(row, f"{OPEN_BOX}{shown}{OPEN_BOX}")


_UNSHIFTED = {
    pair: chr(code) for code in range(128) if len(pair := _full_ascii(chr(code), "abcd", _UNSHIFTABLE)) == 2
}
"""What a shift and the character behind it stand for."""


def _msi(request: Request) -> Linear:
    """Check digits by modifier; none of those made here is shown."""
    modifier = request.modifier
    fewest, most = {1: (3, 15), 2: (2, 14)}.get(modifier, (1, 13))
    number = digits(plain_text(request), "MSI", range(fewest, most + 1))
    shown = number
    if modifier >= 4:
        weights = check.NCR_MODULO_11 if modifier % 2 == 0 else check.IBM_MODULO_11
        value = check.modulo_11(number, weights, complement=modifier >= 6)
        if value == 10 and modifier not in (6, 7):
            raise BarCodeError("EC-0E00", "the first check digit of the MSI symbol would be 10")
        number += str(value % 10)
    elif modifier == 3:
        number += check.ibm_modulo_10(number)
    if modifier >= 2:
        number += check.ibm_modulo_10(number)
    (row,) = encode("MSI_PLESSEY", number.encode("ascii"))
    return Linear(row, shown, 2.0)


def _two_of_five(symbology: str) -> Callable[[Request], Linear]:
    """Modifier X'01' without check digit, others with one, which is shown."""

    def make(request: Request) -> Linear:
        number = digits(plain_text(request), "2-of-5")
        if request.modifier >= 2:
            number += check.upc_ean(number)
        if symbology == "C25INTER" and len(number) % 2:
            number = "0" + number
        (row,) = encode(symbology, number.encode("ascii"))
        return Linear(row, number, 2.5)

    return make


def _codabar(request: Request) -> Linear:
    """Start and stop characters A to D come with the data and are not shown; a check digit is."""
    text = plain_text(request).upper()
    bad = [c for c in text if c not in check.CODABAR]
    if bad:
        raise BarCodeError("EC-2100", f"{bad[0]!r} is no Codabar character")
    if len(text) < 3 or any((c in "ABCD") != (i in (0, len(text) - 1)) for i, c in enumerate(text)):
        raise BarCodeError(
            "EC-2100", "Codabar data begins and ends with A, B, C or D, which occur nowhere else"
        )
    if request.modifier == 2:
        text = text[:-1] + check.codabar(text) + text[-1]
    (row,) = encode("CODABAR", text.encode("ascii"))
    return Linear(row, text[1:-1], 2.5)


ENCODERS: dict[int, Callable[[Request], Linear]] = {
    T.CODE_39: _code_39,
    T.MSI: _msi,
    T.INDUSTRIAL_2_OF_5: _two_of_five("C25IND"),
    T.MATRIX_2_OF_5: _two_of_five("C25STANDARD"),
    T.INTERLEAVED_2_OF_5: _two_of_five("C25INTER"),
    T.CODABAR: _codabar,
    T.CODE_93: _code_93,
}
