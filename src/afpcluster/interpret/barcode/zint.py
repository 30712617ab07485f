"""The one place that calls zint: from data and options to rows of modules.

zint draws nothing and checks nothing that BCOCA sees differently: check digits, bar heights, wide bars and
text are made by the callers. It writes its warnings to standard error, so callers avoid what it warns of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import zint

from afpcluster.interpret.barcode.symbol import BarCodeError, Row

_ROW_BYTES = 144  # a row of zint's `encoded_data`: one bit a module, least significant first


class Segment(NamedTuple):
    """Data in one character encoding: an ECI number, 0 for the symbology's default."""

    data: bytes
    eci: int = 0


class StructuredAppend(NamedTuple):
    """One symbol of several that belong together: `place` is 1 to `total`."""

    place: int
    total: int
    id: bytes = b""


class TooMuchDataError(BarCodeError):
    """The data does not fit into the symbol, or into any symbol."""


def encode(
    symbology: str,
    data: bytes | Sequence[Segment],
    *,
    gs1: bool = False,
    escapes: bool = False,
    reader_init: bool = False,
    append: StructuredAppend | None = None,
    primary: str = "",
    strict: bool = False,
    options: tuple[int, int, int] = (-1, 0, 0),
) -> list[Row]:
    """The rows of a symbol, from the top. `options` are zint's option_1..3 of this symbology.

    `gs1` data has its application identifiers in brackets; `strict` takes zint's warnings for refusals.
    Raises TooMuchDataError where the data does not fit (callers know what that means for theirs), else
    BarCodeError EC-2100 where zint refuses it.
    """
    symbol: Any = zint.Symbol()
    symbol.symbology = zint.Symbology[symbology]
    symbol.option_1, symbol.option_2, symbol.option_3 = options
    if gs1:
        symbol.input_mode = zint.InputMode.GS1 | zint.InputMode.GS1NOCHECK
    elif escapes:
        symbol.input_mode = zint.InputMode.EXTRA_ESCAPE
    if reader_init:
        symbol.output_options = zint.OutputOptions.READER_INIT
    if append is not None:
        symbol.structapp = zint.StructApp(*append)
    if strict:
        symbol.warn_level = zint.WarningLevel.FAIL_ALL
    if primary:
        symbol.primary = primary
    try:
        if isinstance(data, bytes):
            symbol.encode(data)
        elif len(data) == 1 and not data[0].eci:
            symbol.encode(data[0].data)
        else:
            symbol.encode_segs([zint.Seg(part.data, part.eci) for part in data])
    except (RuntimeError, ValueError) as error:
        message = f"the data cannot be encoded: {error}"
        if "too long" in message or "increased" in message:
            raise TooMuchDataError("EC-0C00", message) from error
        raise BarCodeError("EC-2100", message) from error
    return _rows(symbol)


def _rows(symbol: Any) -> list[Row]:
    packed = memoryview(symbol.encoded_data).cast("B")
    width = range(symbol.width)
    return [
        bytes(packed[start + (x >> 3)] >> (x & 7) & 1 for x in width)
        for start in range(0, symbol.rows * _ROW_BYTES, _ROW_BYTES)
    ]
