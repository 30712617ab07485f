"""Data Matrix with ECC 200 (BCOCA "Data Matrix Special-Function Parameters").

Without a size the smallest square is taken. zint chooses the encodation scheme itself, as a receiver may.
"""

from __future__ import annotations

from afpcluster.afp import bcoca
from afpcluster.afp.bcoca import DataMatrixParameters
from afpcluster.interpret.barcode.special import Content, append_of, check_formats, content_of, square_symbol
from afpcluster.interpret.barcode.symbol import BarCodeError, Request, Row, Symbol
from afpcluster.interpret.barcode.zint import StructuredAppend, TooMuchDataError, encode

_DEFAULT_MODULE = 21  # mils
_SQUARE = 100  # zint: squares only
_SIZES = [
    *((n, n) for n in (10, 12, 14, 16, 18, 20, 22, 24, 26, 32, 36, 40, 44, 48, 52, 64, 72, 80, 88, 96)),
    *((n, n) for n in (104, 120, 132, 144)),
    (8, 18), (8, 32), (12, 26), (12, 36), (16, 36), (16, 48),
    (8, 48), (8, 64), (8, 80), (8, 96), (8, 120), (8, 144), (12, 64), (12, 88), (16, 64), (20, 36), (20, 44),
    (20, 64), (22, 48), (24, 48), (24, 64), (26, 40), (26, 48), (26, 64),
]  # fmt: skip
"""(rows, row size) in the order of zint's versions, which count from 1; the first 30 for modifier X'00'."""
_ORIGINAL_SIZES = 30
_MACRO_HEADER, _MACRO_TRAILER = b"[)>\x1e%s\x1d", b"\x1e\x04"


def draw_data_matrix(request: Request) -> Symbol:
    """A symbol of type X'1C'."""
    parameters = DataMatrixParameters.decode(request.special)
    macro = _check_functions(parameters)
    check_formats(request, parameters.functions, 0, ("EC-0F0A", "EC-0F0A"))
    gs1_flag = bool(parameters.functions & bcoca.GS1_FNC1)
    content = content_of(request, parameters.rest, parameters.control, gs1_flag)
    if macro and not isinstance(content.data, bytes):
        first = content.data[0]
        content.data[0] = first._replace(data=_MACRO_HEADER % macro + first.data)
        last = content.data[-1]
        content.data[-1] = last._replace(data=last.data + _MACRO_TRAILER)
    return square_symbol(request, _rows(request, parameters, content), _DEFAULT_MODULE)


def _check_functions(parameters: DataMatrixParameters) -> bytes:
    """The number of the header and trailer macro, if one is asked for; refuses what excludes each other."""
    functions = parameters.functions
    macro = {bcoca.DATA_MATRIX_MACRO_05: b"05", bcoca.DATA_MATRIX_MACRO_06: b"06"}.get(
        functions & bcoca.DATA_MATRIX_MACRO, b""
    )
    formats = bool(functions & (bcoca.GS1_FNC1 | bcoca.INDUSTRY_FNC1))
    programming = bool(functions & bcoca.READER_PROGRAMMING)
    append = parameters.sequence != 0
    if formats + programming + bool(macro) > 1 or (append and (programming or macro)):
        raise BarCodeError(
            "EC-0F0A",
            "structured append, FNC1, reader programming and header/trailer macro do not go together",
        )
    return macro


def _append(request: Request, parameters: DataMatrixParameters) -> StructuredAppend | None:
    high, low = parameters.file_id_high, parameters.file_id_low
    append = append_of(request, parameters.sequence, parameters.total, 16, b"%03d%03d" % (high, low))
    if append is not None and not (1 <= high <= 254 and 1 <= low <= 254):
        request.report(
            "EC-0F0B", f"file identification X'{high:02X}{low:02X}'; drawn without structured append"
        )
        return None
    return append


def _rows(request: Request, parameters: DataMatrixParameters, content: Content) -> list[Row]:
    append = _append(request, parameters)
    programming = bool(parameters.functions & bcoca.READER_PROGRAMMING)

    def make(version: int) -> list[Row]:
        return encode(
            "DATAMATRIX",
            content.data,
            gs1=content.gs1,
            reader_init=programming,
            append=append,
            options=(-1, version, 0 if version else _SQUARE),
        )

    wanted = _wanted(request, parameters)
    for version in wanted:
        try:
            return make(version)
        except TooMuchDataError:
            continue
    if wanted and parameters.control & bcoca.REFUSE_BIGGER:
        raise BarCodeError("EC-0F20", "the data does not fit into the Data Matrix symbol asked for")
    for version in _bigger(request, wanted):
        try:
            return make(version)
        except TooMuchDataError:
            continue
    return make(0)


def _sizes(request: Request) -> list[tuple[int, int]]:
    return _SIZES if request.modifier else _SIZES[:_ORIGINAL_SIZES]


def _wanted(request: Request, parameters: DataMatrixParameters) -> list[int]:
    """Versions of the size asked for; several where only one of its two measures is given."""
    wanted = (parameters.rows, parameters.row_size)
    sizes = _sizes(request)
    for index, name in enumerate(("number of rows", "row size")):
        if wanted[index] and all(size[index] != wanted[index] for size in sizes):
            request.report("EC-0F00", f"{wanted[index]} is no {name} of a Data Matrix symbol; not used")
            wanted = (0, wanted[1]) if index == 0 else (wanted[0], 0)
    if wanted == (0, 0):
        return []
    found = [
        n for n, size in enumerate(sizes, 1) if all(w in (0, s) for w, s in zip(wanted, size, strict=True))
    ]
    if not found:
        request.report(
            "EC-0F00", f"there is no Data Matrix symbol of {wanted[0]} rows by {wanted[1]}; not used"
        )
    return found


def _bigger(request: Request, wanted: list[int]) -> list[int]:
    """Bigger versions than those, the smallest first, of about the same aspect ratio."""
    if not wanted:
        return []
    sizes = _sizes(request)
    rows, row_size = sizes[wanted[-1] - 1]
    ratio = row_size / rows
    found = [
        (r * c, version)
        for version, (r, c) in enumerate(sizes, 1)
        if r * c > rows * row_size and 0.6 < (c / r) / ratio < 1.67
    ]
    return [version for _, version in sorted(found)]
