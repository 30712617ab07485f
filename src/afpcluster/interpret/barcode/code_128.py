"""Code 128 and what is built of it: GS1-128 and the Intelligent Mail container and package bar codes.

BCOCA "Code 128 (modifier values X'02' through X'06')". The two USPS codes add a banner and identification
bars, whose sizes follow USPS Publication 199: bars 1/32 inch thick, 1/8 inch clear around the symbol.
"""

from __future__ import annotations

import re

from afpcluster.afp.bcoca import SUPPRESS_BANNER, SUPPRESS_IDENTIFICATION_BARS, PackageParameters
from afpcluster.display.geometry import Box
from afpcluster.interpret.barcode import gs1
from afpcluster.interpret.barcode.data import FNC1, FNC2, FNC3, FNC4, code_128_text
from afpcluster.interpret.barcode.linear import Linear, linear
from afpcluster.interpret.barcode.symbol import INCH, BarCodeError, Hri, Label, Request, Row, Side, Symbol
from afpcluster.interpret.barcode.zint import encode

_CONTAINER, _PACKAGE = 5, 6
_CLEAR = INCH / 8
_BAR = INCH / 32
_TEXT_SIZE = 10.0
_SECTION_GAP = 3.0  # points between text and identification bar


def draw_code_128(request: Request) -> Symbol:
    """A symbol of type X'11'."""
    if request.modifier == _CONTAINER:
        return _container(request)
    if request.modifier == _PACKAGE:
        return _package(request)
    text = code_128_text(request.special)
    hri = _shown(text)
    if request.modifier >= 3:
        hri = _gs1_hri(request, text)
    return linear(request, Linear(code_128_row(text), hri), 13, 250)


def code_128_row(text: str) -> Row:
    """The modules of a text with function characters, in the shortest mixture of code sets."""
    reader_init = text.startswith(FNC3)
    text = text.removeprefix(FNC3)
    if FNC2 in text or FNC3 in text:
        raise BarCodeError("EC-2100", "FNC2, and FNC3 behind the first character, are not supported")
    text = re.sub(FNC4 + r"([\0-\x7f])", lambda match: chr(ord(match[1]) | 0x80), text)
    if FNC4 in text:
        raise BarCodeError("EC-2100", "FNC4 must be followed by the character it changes")
    if not text.strip(FNC1):
        raise BarCodeError("EC-0C00", "there is no data to encode in Code 128")
    if FNC1 not in text:
        (row,) = encode("CODE128", text.encode("latin-1"), reader_init=reader_init)
        return row
    text = text.replace("\\^", "\\^^").replace(FNC1, "\\^1")
    (row,) = encode("CODE128", text.encode("latin-1"), escapes=True, reader_init=reader_init)
    return row


def _shown(text: str) -> str:
    """Control and function characters have no graphic: they are left out."""
    return "".join(c for c in text if c.isprintable())


def _gs1_hri(request: Request, text: str) -> str:
    """GS1 data for people; what breaks its rules is reported and shown as it is."""
    if not text.startswith(FNC1):
        request.report("EC-1200", "GS1-128 data must begin with FNC1 (X'8F'); drawn as given")
    try:
        found = gs1.elements(text, FNC1)
    except BarCodeError as error:
        request.report(error.condition, f"{error.message}; drawn as given")
        return _shown(text)
    return gs1.bracketed(found, "()") if request.modifier == 4 else _shown(text)


def _container(request: Request) -> Symbol:
    """Modifier X'05': FNC1, 99M, mailer ID and serial number; the text has two blanks between fields."""
    text = code_128_text(request.special)
    match = re.fullmatch(FNC1 + r"(99)(M)(?:([0-8]\d{5})([\dA-Za-z-]{12})|(9\d{8})([\dA-Za-z-]{9}))", text)
    if match is None:
        raise BarCodeError(
            "EC-1203",
            "Intelligent Mail Container data is FNC1, 99M, a mailer ID (000000-899999 or 900000000-999999999)"
            f" and a serial number, 22 characters in all; the data is {_shown(text)!r}",
        )
    symbol = linear(request, Linear(code_128_row(text), ""), 25, 925)
    hri = "  ".join(part for part in match.groups() if part)
    _usps_frame(request, symbol, "USPS SCAN REQUIRED", hri, bars=True)
    return symbol


def _package(request: Request) -> Symbol:
    """Modifier X'06': optional routing (420 and ZIP code), then the package identification."""
    parameters = PackageParameters.decode(request.special)
    length = 0 if parameters.flags & SUPPRESS_BANNER else parameters.banner_length
    raw, data = parameters.rest[: parameters.banner_length], parameters.rest[parameters.banner_length :]
    banner = ""
    if not parameters.flags & SUPPRESS_BANNER:
        if length == 0:
            raise BarCodeError("EC-0F14", "the USPS service banner is empty, but not suppressed")
        if length % 2:
            raise BarCodeError("EC-0F15", f"the USPS service banner has an odd length, {length} bytes")
        banner = raw.decode("utf-16-be", "replace")
        if len(raw) < length or "\ufffd" in banner:
            raise BarCodeError("EC-0F13", "the USPS service banner is no UTF-16BE text")
    number = code_128_text(data).replace(FNC1, "")
    match = re.fullmatch(r"(420(?:\d{5}|\d{9}))?(9[1-5](?:\d{20}|\d{24}))", number)
    if match is None or len(number) not in (22, 26, 30, 34):
        raise BarCodeError(
            "EC-1205",
            "Intelligent Mail Package data has 22, 26, 30 or 34 digits: 420 and a ZIP code if there is "
            f"routing, then 91 to 95 and the identification; the data is {_shown(number)!r}",
        )
    routing, package = match[1] or "", match[2]
    text = FNC1 + (routing + FNC1 if routing else "") + package
    symbol = linear(request, Linear(code_128_row(text), ""), 16, 750)
    hri = " ".join(package[at : at + 4] for at in range(0, len(package), 4))
    bars = not parameters.flags & SUPPRESS_IDENTIFICATION_BARS
    _usps_frame(request, symbol, banner, hri, bars)
    return symbol


def _usps_frame(request: Request, symbol: Symbol, banner: str, hri: str, bars: bool) -> None:
    """Banner above, text below, and an identification bar beyond each of them."""
    middle = symbol.width / 2
    top, bottom = -_CLEAR, symbol.height + _CLEAR
    if banner:
        symbol.labels.append(Label(banner, middle, top, _TEXT_SIZE))
        top -= _TEXT_SIZE + _SECTION_GAP
    if request.hri is not Hri.NONE:
        symbol.labels.append(Label(hri, middle, bottom + 0.75 * _TEXT_SIZE, _TEXT_SIZE, fits=_TEXT_SIZE))
        bottom += _TEXT_SIZE + _SECTION_GAP
    symbol.hri_side = Side.BELOW
    if bars:
        symbol.bars += [Box(0.0, top - _BAR, symbol.width, _BAR), Box(0.0, bottom, symbol.width, _BAR)]
