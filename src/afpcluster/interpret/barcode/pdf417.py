"""PDF417, full and truncated (BCOCA "PDF417 Special-Function Parameters").

Element height times multiplier is the height of one row. zint makes of a Macro PDF417 Control Block the
segment index, file ID, segment count and the mark of the last segment; other optional fields are reported.
"""

from __future__ import annotations

import re

from afpcluster.afp import bcoca
from afpcluster.afp.bcoca import Pdf417Parameters
from afpcluster.interpret.barcode.data import GliData, gli_0_from_ebcdic
from afpcluster.interpret.barcode.symbol import BarCodeError, Request, Row, Symbol, boxes_of
from afpcluster.interpret.barcode.zint import StructuredAppend, TooMuchDataError, encode

_DEFAULT_MODULE = 14  # mils
_ROW_HEIGHT = 4  # modules
_MOST_CODEWORDS = 928
_MINIMUM_ROWS = 0xFF
_MACRO = re.compile(
    rb"\\928(\d{1,5})((?:\\[0-8]\d\d)+)((?:\\923\\00[0-6][\t\n\r\x20-\x5b\x5d-\x7e]*)*)(\\922)?"
)
_SEGMENT_COUNT = re.compile(rb"\\923\\001(\d{1,5})")


def draw_pdf417(request: Request) -> Symbol:
    """A symbol of type X'1E'."""
    parameters = Pdf417Parameters.decode(request.special)
    if not 1 <= parameters.columns <= 30:
        raise BarCodeError("EC-0F06", f"{parameters.columns} data symbol characters per row are not 1 to 30")
    if parameters.macro_length > len(parameters.rest):
        raise BarCodeError(
            "EC-0F0C",
            f"the Macro PDF417 Control Block is to have {parameters.macro_length} bytes, "
            f"{len(parameters.rest)} are left",
        )
    macro = parameters.rest[: parameters.macro_length]
    data = parameters.rest[parameters.macro_length :]
    if parameters.control & bcoca.EBCDIC:
        macro, data = gli_0_from_ebcdic(macro), gli_0_from_ebcdic(data)
    if not data:
        raise BarCodeError("EC-0C00", "there is no data to encode")
    content = GliData(data, bool(parameters.control & bcoca.IGNORE_ESCAPES))
    for code in content.unknown:
        request.report("", f"codeword \\{code:03d} in PDF417 data is not supported; left out")
    rows = _rows(request, parameters, content, _append(request, macro))
    module = request.module_width(_DEFAULT_MODULE, len(rows[0]))
    height = request.height or _ROW_HEIGHT * module
    bars = boxes_of(rows, [height] * len(rows), module)
    return Symbol(len(rows[0]) * module, len(rows) * height, bars)


def _rows(
    request: Request, parameters: Pdf417Parameters, content: GliData, append: StructuredAppend | None
) -> list[Row]:
    security = parameters.security
    if security > 8:
        request.report("EC-0F09", f"security level {security} is not 0 to 8; level 8 is used")
        security = 8
    wanted = parameters.rows
    if wanted != _MINIMUM_ROWS and not (3 <= wanted <= 90 and wanted * parameters.columns <= _MOST_CODEWORDS):
        request.report(
            "EC-0F07",
            f"{wanted} rows of {parameters.columns} symbol characters are not possible; as few as needed",
        )
        wanted = _MINIMUM_ROWS
    symbology = "PDF417COMP" if request.modifier else "PDF417"

    def make(rows: int) -> list[Row]:
        return encode(
            symbology,
            content.segments,
            reader_init=content.reader_init,
            append=append,
            strict=True,  # else zint adds columns where 90 rows do not do
            options=(security, parameters.columns, rows),
        )

    try:
        rows = make(0)
        # zint warns where rows must be added, so it is asked for more only where they hold the data.
        return make(wanted) if wanted != _MINIMUM_ROWS and wanted > len(rows) else rows
    except TooMuchDataError as error:
        raise BarCodeError("EC-0F08", f"too much data for a PDF417 symbol: {error.message}") from error


def _append(request: Request, macro: bytes) -> StructuredAppend | None:
    """A control block as zint takes it; a wrong one is reported and left out."""
    if not macro:
        return None
    match = _MACRO.fullmatch(macro)
    if match is None or not int(match[1]):
        request.report("EC-0F0D", "the Macro PDF417 Control Block is malformed; drawn without it")
        return None
    index, file_id, fields, last = int(match[1]), match[2], match[3], match[4]
    count = _SEGMENT_COUNT.search(fields)
    total = int(count[1]) if count else (index if last else index + 1)
    if total < max(index, 2) or (last and total != index) or (total == index and not last):
        request.report(
            "EC-0F0D", f"segment {index} of {total} in a Macro PDF417 Control Block; drawn without it"
        )
        return None
    if not count or _SEGMENT_COUNT.sub(b"", fields):
        request.report(
            "", "optional fields of the Macro PDF417 Control Block other than the count are left out"
        )
    return StructuredAppend(index, total, file_id.replace(b"\\", b""))
