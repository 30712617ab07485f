"""Postal bar codes: bars of two or four heights, at a pitch and in a size that the symbology fixes.

A bar is F (full), A (ascending), D (descending) or T (timing, tracking). Sizes are BCOCA's "Sizing Targets
for Fixed-Size Bar Code Types" and "Default Value Recommendations"; any module width but the default asks
for the small size. Only the Japan Postal symbol follows the module width.
"""

from __future__ import annotations

from typing import NamedTuple

from afpcluster.afp.bcoca import BarCodeType as T
from afpcluster.display.geometry import Box
from afpcluster.interpret.barcode import check
from afpcluster.interpret.barcode.australia import australia_post
from afpcluster.interpret.barcode.data import plain_text
from afpcluster.interpret.barcode.symbol import (
    INCH,
    MIL,
    MILLIMETRE,
    BarCodeError,
    Request,
    Side,
    Symbol,
    digits,
)
from afpcluster.interpret.barcode.zint import encode


class Size(NamedTuple):
    """Bar width, distance from bar to bar, whole height and timing bar height, in points."""

    bar: float
    pitch: float
    height: float
    timing: float


_SIZES: dict[int, tuple[Size, Size]] = {
    T.POSTNET: (
        Size(20 * MIL, INCH / 22, 125 * MIL, 50 * MIL),
        Size(15.3 * MIL, INCH / 24, 115 * MIL, 40 * MIL),
    ),
    T.RM4SCC: (
        Size(20 * MIL, INCH / 22, 5.03 * MILLIMETRE, 1.27 * MILLIMETRE),
        Size(15 * MIL, INCH / 24, 4.22 * MILLIMETRE, 1.02 * MILLIMETRE),
    ),
    T.AUSTRALIA_POST: (
        Size(20 * MIL, INCH / 23.5, 5.0 * MILLIMETRE, 1.3 * MILLIMETRE),
        Size(0.4 * MILLIMETRE, 30.5 / 30 * MILLIMETRE, 4.2 * MILLIMETRE, 1.0 * MILLIMETRE),
    ),
    T.INTELLIGENT_MAIL: (
        Size(20 * MIL, INCH / 22, 145 * MIL, 48 * MIL),
        Size(15 * MIL, INCH / 24, 125 * MIL, 40 * MIL),
    ),
    T.MAILMARK: (
        Size(21 * MIL, INCH / 21.2, 5.1 * MILLIMETRE, 1.3 * MILLIMETRE),
        Size(15 * MIL, INCH / 24, 4.22 * MILLIMETRE, 1.02 * MILLIMETRE),
    ),
}
"""Optimal and small size by type."""
_JAPAN_MODULE = 24  # mils
_HRI_GAP = 2.0  # points


def draw_postal(request: Request) -> Symbol:
    """A symbol of type X'18', X'1A', X'1B', X'1F', X'22' or X'25'."""
    text = plain_text(request)
    hri = ""
    if request.type == T.POSTNET:
        bars = _postnet(text, request.modifier)
    elif request.type == T.RM4SCC:
        bars = _royal_mail(text, request.modifier)
    elif request.type == T.JAPAN_POSTAL:
        bars = _japan_direct(request.special) if request.modifier == 1 else _japan(text)
    elif request.type == T.AUSTRALIA_POST:
        bars, hri = australia_post(text, request.modifier)
    elif request.type == T.INTELLIGENT_MAIL:
        bars, hri = _intelligent_mail(text, request.modifier)
    else:
        bars = _mailmark(text, request.modifier)
    symbol = _symbol(bars, _size(request, len(bars)))
    symbol.hri, symbol.hri_gap = hri, _HRI_GAP
    symbol.hri_side = Side.ABOVE if request.type == T.AUSTRALIA_POST else Side.EITHER
    return symbol


def _size(request: Request, bars: int) -> Size:
    if request.type == T.JAPAN_POSTAL:
        module = request.module_width(_JAPAN_MODULE, 2 * bars - 1)
        return Size(module, 2 * module, 6 * module, 2 * module)
    optimal, small = _SIZES[request.type]
    too_wide = request.desired_width and _width(bars, optimal) > request.desired_width
    return small if too_wide or (request.module is not None and not request.desired_width) else optimal


def _width(bars: int, size: Size) -> float:
    return (bars - 1) * size.pitch + size.bar


def _symbol(bars: str, size: Size) -> Symbol:
    """Bars in their places: timing bars in the middle, or at the foot of codes with two heights."""
    two_heights = not set(bars) - set("FS")
    timing_top = size.height - size.timing if two_heights else (size.height - size.timing) / 2
    boxes = []
    for number, bar in enumerate(bars):
        top = 0.0 if bar in "FA" else timing_top
        bottom = size.height if bar in "FDS" else timing_top + size.timing
        boxes.append(Box(number * size.pitch, top, size.bar, bottom - top))
    return Symbol(_width(len(bars), size), size.height, boxes)


_POSTNET = ("FFSSS", "SSSFF", "SSFSF", "SSFFS", "SFSSF", "SFSFS", "SFFSS", "FSSSF", "FSSFS", "FSFSS")
"""Full and short (S) bars of the digits; PLANET has them the other way round."""


def _postnet(text: str, modifier: int) -> str:
    what = "PLANET" if modifier == 4 else "POSTNET"
    lengths = {0: (5,), 1: (9,), 2: (11,), 4: (11,)}.get(modifier, range(1, 51))
    number = digits(text, what, lengths)
    number += str(-sum(map(int, number)) % 10)
    bars = "".join(_POSTNET[int(digit)] for digit in number)
    if modifier == 4:
        bars = bars.translate(str.maketrans("FS", "SF"))
    return f"F{bars}F"


def _four_state(symbology: str, data: str) -> str:
    """The bars zint makes: three rows for ascender, timing bar and descender, a bar in every other module."""
    ascender, _, descender = encode(symbology, data.encode("ascii"))
    names = {(1, 1): "F", (1, 0): "A", (0, 1): "D", (0, 0): "T"}
    return "".join(names[pair] for pair in zip(ascender[::2], descender[::2], strict=True))


def _royal_mail(text: str, modifier: int) -> str:
    """RM4SCC, or the Dutch KIX: without start bar, check character and stop bar."""
    text = text.upper()
    if not text.isascii() or not text.isalnum():
        raise BarCodeError("EC-2100", f"RM4SCC and KIX hold digits and letters only, the data is {text!r}")
    if len(text) > 50:
        raise BarCodeError("EC-0C00", f"RM4SCC and KIX take 50 characters, the data has {len(text)}")
    if modifier == 0:
        return _four_state("RM4SCC", text)
    # KIX is without check character, so a longer text is the bars of its parts.
    return "".join(_four_state("KIX", text[at : at + 18]) for at in range(0, len(text), 18))


_JAPAN_CHARACTERS = "0123456789-abcdefgh"
"""Values 0 to 18; a to h are the control characters CC1 to CC8."""
_JAPAN_BARS = (
    "FTT", "FFT", "FDA", "DFA", "FAD", "FTF", "DAF", "AFD", "ADF", "TFF",
    "TFT", "DAT", "DTA", "ADT", "TDA", "ATD", "TAD", "TTF", "FFF",
)  # fmt: skip
_JAPAN_START, _JAPAN_STOP = "FD", "DF"
_JAPAN_DIRECT = {0x4C: _JAPAN_START, 0x6E: _JAPAN_STOP} | {
    code: _JAPAN_BARS[value]
    for value, code in enumerate((*range(0xF0, 0xFA), 0x60, 0x5A, 0x7F, 0x7B, 0xE0, 0x6C, 0x50, 0x7D, 0x4D))
}
_JAPAN_ADDRESS = 13


def _japan(text: str) -> str:
    """Modifier X'00': postal code and address indication number (BCOCA "Japan Postal Bar Code")."""
    text = text.upper()
    code = text.replace("-", "", 1) if text[3:4] == "-" else text
    code, rest = code[:7], code[7:]
    digits(code, "the postal code of a Japan Postal symbol", (7,))
    values = [int(digit) for digit in code]
    for character in rest.removeprefix("-"):
        if "A" <= character <= "Z":
            place = ord(character) - ord("A")
            values += [11 + place // 10, place % 10]
        elif character == "-" or character in "0123456789":
            values.append(_JAPAN_CHARACTERS.index(character))
        else:
            raise BarCodeError("EC-2100", f"{character!r} is no character of a Japan Postal symbol")
    values = values[: 7 + _JAPAN_ADDRESS]
    values += [_JAPAN_CHARACTERS.index("d")] * (7 + _JAPAN_ADDRESS - len(values))
    values.append(check.japan_postal(values))
    return _JAPAN_START + "".join(_JAPAN_BARS[value] for value in values) + _JAPAN_STOP


def _japan_direct(data: bytes) -> str:
    """Modifier X'01': every character as it is, without checks."""
    bad = [code for code in data if code not in _JAPAN_DIRECT]
    if bad or not data:
        raise BarCodeError(
            "EC-2100", f"X'{bytes(bad[:1]).hex().upper()}' is no character of a Japan Postal symbol"
        )
    return "".join(_JAPAN_DIRECT[code] for code in data)


def _intelligent_mail(text: str, modifier: int) -> tuple[str, str]:
    """Tracking code of 20 digits and a ZIP code; the text shows their fields apart."""
    number = digits(text, "an Intelligent Mail Barcode of this modifier", ((20, 25, 29, 31)[modifier],))
    if number[1] > "4":
        raise BarCodeError("EC-2100", f"the second digit of the barcode ID must be 0 to 4, not {number[1]}")
    tracking, zip_code = number[:20], number[20:]
    split = 14 if tracking[5] == "9" else 11  # mailer IDs of nine digits begin with 9
    parts = (tracking[:2], tracking[2:5], tracking[5:split], tracking[split:], zip_code)
    data = f"{tracking}-{zip_code}" if zip_code else tracking
    return _four_state("USPS_IMAIL", data), " ".join(part for part in parts if part)


def _mailmark(text: str, modifier: int) -> str:
    length, name = ((22, "C"), (26, "L"))[modifier]
    if len(text) != length:
        raise BarCodeError("EC-1204", f"Mailmark {name} takes {length} characters, the data has {len(text)}")
    try:
        return _four_state("MAILMARK_4S", text)
    except (BarCodeError, UnicodeError) as error:
        raise BarCodeError("EC-1204", f"no Mailmark {name}: {error}") from error
