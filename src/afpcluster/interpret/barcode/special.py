"""What the special functions of two-dimensional codes have in common.

Control flags (EBCDIC, escape sequences), structured append, GS1 and industry formats; square modules.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from afpcluster.afp import bcoca
from afpcluster.interpret.barcode import gs1
from afpcluster.interpret.barcode.data import eci_segments, latin_from_ebcdic
from afpcluster.interpret.barcode.symbol import BarCodeError, Request, Row, Symbol, boxes_of
from afpcluster.interpret.barcode.zint import Segment, StructuredAppend

_GS = "\x1d"


class Content(NamedTuple):
    """Data as zint takes it: segments, or GS1 element strings in brackets."""

    data: bytes | list[Segment]
    gs1: bool = False


def content_of(
    request: Request,
    data: bytes,
    control: int,
    gs1_flag: bool,
    translate: Callable[[bytes], bytes] = latin_from_ebcdic,
) -> Content:
    """The data of a matrix code after translation and escape sequences."""
    if control & bcoca.EBCDIC:
        data = translate(data)
    if not data:
        raise BarCodeError("EC-0C00", "there is no data to encode")
    if gs1_flag:
        try:
            found = gs1.elements(data.decode("ascii"), _GS)
        except (BarCodeError, UnicodeDecodeError) as error:
            request.report("EC-1200", f"no GS1 element string ({error}); encoded without GS1")
        else:
            return Content(gs1.bracketed(found).encode("ascii"), gs1=True)
    if control & bcoca.IGNORE_ESCAPES:
        return Content([Segment(data)])
    return Content(eci_segments(data))


def append_of(
    request: Request, sequence: int, total: int, most: int, id_: bytes = b""
) -> StructuredAppend | None:
    """Structured append information; what is wrong with it is reported and leaves it out."""
    if sequence == total == 0:
        return None
    for wrong, condition, message in (
        (sequence == 0 or total == 0, "EC-0F03", "one of sequence indicator and number of symbols is 0"),
        (sequence > most, "EC-0F01", f"sequence indicator {sequence} is not 1 to {most}"),
        (not 2 <= total <= most, "EC-0F04", f"number of symbols {total} is not 2 to {most}"),
        (sequence > total, "EC-0F02", f"sequence indicator {sequence} of {total} symbols"),
    ):
        if wrong:
            request.report(condition, f"structured append: {message}; drawn without it")
            return None
    return StructuredAppend(sequence, total, id_)


def check_formats(request: Request, functions: int, application: int, conditions: tuple[str, str]) -> None:
    """GS1 and industry FNC1 exclude each other; the latter's application indicator must be valid.

    `conditions` are those for a wrong combination and for a wrong indicator. The industry format itself
    cannot be encoded and is reported.
    """
    if not functions & bcoca.INDUSTRY_FNC1:
        return
    if functions & bcoca.GS1_FNC1:
        raise BarCodeError(conditions[0], "both the GS1 and the industry format (FNC1) are asked for")
    if not (application <= 99 or chr(max(application - 100, 0)).isalpha()):
        raise BarCodeError(conditions[1], f"X'{application:02X}' is no application indicator")
    request.report("", "the industry format (FNC1) is not supported; encoded without it")


def square_symbol(request: Request, rows: list[Row], default_mils: float) -> Symbol:
    """A symbol of square modules."""
    module = request.module_width(default_mils, len(rows[0]))
    bars = boxes_of(rows, [module] * len(rows), module)
    return Symbol(len(rows[0]) * module, len(rows) * module, bars)
