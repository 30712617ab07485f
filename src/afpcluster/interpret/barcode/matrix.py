"""QR Code, Aztec Code and Han Xin Code (BCOCA "… Special-Function Parameters").

A version that is too small for the data gives way to the smallest that holds it, unless a flag forbids it.
"""

from __future__ import annotations

from afpcluster.afp import bcoca
from afpcluster.afp.bcoca import AztecParameters, HanXinParameters, QrCodeParameters
from afpcluster.interpret.barcode.data import QR_CONVERSIONS, latin_from_ebcdic
from afpcluster.interpret.barcode.special import Content, append_of, check_formats, content_of, square_symbol
from afpcluster.interpret.barcode.symbol import BarCodeError, Request, Row, Symbol
from afpcluster.interpret.barcode.zint import StructuredAppend, TooMuchDataError, encode

_QR_MODULE, _AZTEC_MODULE, _HAN_XIN_MODULE = 12, 14, 12  # mils


def draw_qr_code(request: Request) -> Symbol:
    """A symbol of type X'20'; images of modifier X'12' are not its business."""
    parameters = QrCodeParameters.decode(request.special)
    data = parameters.rest
    if request.modifier == bcoca.QR_WITH_IMAGE:
        images = bcoca.QrCodeImages.decode(data)
        if images.groups_length > len(images.rest):
            raise BarCodeError("EC-0F3B", "the image information blocks are cut off")
        data = images.rest[images.groups_length :]
    translate = QR_CONVERSIONS.get(parameters.conversion)
    if parameters.control & bcoca.EBCDIC and translate is None:
        raise BarCodeError(
            "EC-0F0E", f"conversion X'{parameters.conversion:02X}' of QR Code data is not supported"
        )
    check_formats(request, parameters.functions, parameters.application, ("EC-0F11", "EC-0F12"))
    gs1_flag = bool(parameters.functions & bcoca.GS1_FNC1)
    content = content_of(request, data, parameters.control, gs1_flag, translate or latin_from_ebcdic)
    version, level = parameters.version, parameters.error_correction
    if version > 40:
        request.report("EC-0F0F", f"QR Code version {version} is not 0 to 40; the smallest is used")
        version = 0
    if level > 3:
        request.report("EC-0F10", f"error correction level {level} of QR Code is not 0 to 3; level H is used")
        level = 3
    append = append_of(request, parameters.sequence, parameters.total, 16, b"%d" % parameters.parity)
    rows = _sized("QRCODE", content, level + 1, version, parameters.control, "EC-0F16", append=append)
    return square_symbol(request, rows, _QR_MODULE)


def draw_han_xin(request: Request) -> Symbol:
    """A symbol of type X'27'."""
    parameters = HanXinParameters.decode(request.special)
    if parameters.version > 84:
        raise BarCodeError("EC-0F22", f"Han Xin Code version {parameters.version} is not 0 to 84")
    if not 1 <= parameters.error_correction <= 4:
        raise BarCodeError("EC-0F23", f"error correction level {parameters.error_correction} is not 1 to 4")
    check_formats(request, parameters.functions, parameters.application, ("EC-0F24", "EC-0F25"))
    if parameters.functions & bcoca.GS1_FNC1:
        request.report("", "GS1 format is not supported in Han Xin Code; encoded without it")
    content = content_of(request, parameters.rest[parameters.additional_length :], parameters.control, False)
    level, version = parameters.error_correction, parameters.version
    rows = _sized("HANXIN", content, level, version, parameters.control, "EC-0F21")
    return square_symbol(request, rows, _HAN_XIN_MODULE)


def _sized(
    symbology: str,
    content: Content,
    level: int,
    version: int,
    control: int,
    condition: str,
    *,
    reader_init: bool = False,
    append: StructuredAppend | None = None,
) -> list[Row]:
    """Rows of this version (0: the smallest), or of a bigger one where the control flags allow it."""

    def make(version: int) -> list[Row]:
        options = (level, version, 0)
        return encode(
            symbology, content.data, gs1=content.gs1, reader_init=reader_init, append=append, options=options
        )

    if version:
        try:
            return make(version)
        except TooMuchDataError as error:
            if control & bcoca.REFUSE_BIGGER:
                raise BarCodeError(
                    condition, f"the symbol asked for is too small: {error.message}"
                ) from error
    return make(0)


_FULL_RANGE, _COMPACT, _RUNE = 0, 1, 2
_SMALLEST = 0xFF
_COMPACT_LAYERS = 4
_ZINT_LEVELS = (10, 23, 36, 50)  # percent of codewords for error correction, zint's levels 1 to 4
_DEFAULT_LEVEL = 23


def draw_aztec(request: Request) -> Symbol:
    """A symbol of type X'26'."""
    parameters = AztecParameters.decode(request.special)
    id_, data = _aztec_append_id(parameters)
    if request.modifier == _RUNE:
        return _rune(request, data, parameters.control)
    check_formats(request, parameters.functions, parameters.application, ("EC-0F1A", "EC-0F1B"))
    gs1_flag = bool(parameters.functions & bcoca.GS1_FNC1)
    content = content_of(request, data, parameters.control, gs1_flag)
    append = append_of(request, parameters.sequence, parameters.total, 26, id_)
    layers = _aztec_layers(request, parameters)
    level = _aztec_level(request, parameters.error_correction)
    reader = bool(parameters.functions & bcoca.READER_PROGRAMMING)
    if request.modifier in (_FULL_RANGE, _COMPACT):
        rows = _aztec_format(request, parameters, content, level, layers, append)
    else:
        rows = _sized("AZTEC", content, level, 0, 0, "EC-0F17", reader_init=reader, append=append)
    return square_symbol(request, rows, _AZTEC_MODULE)


def _aztec_append_id(parameters: AztecParameters) -> tuple[bytes, bytes]:
    """The structured append ID, translated, and the data."""
    length = parameters.append_id_length
    id_, rest = parameters.rest[:length], parameters.rest[length:]
    if length and not parameters.sequence:
        raise BarCodeError("EC-0F1C", "a structured append ID without structured append")
    if parameters.control & bcoca.EBCDIC:
        id_ = latin_from_ebcdic(id_)
    if b" " in id_:
        raise BarCodeError("EC-0F1D", "the structured append ID holds a space")
    return id_, rest[1 + rest[0] :] if rest else b""


def _aztec_layers(request: Request, parameters: AztecParameters) -> int:
    """Layers asked for, 0 for the smallest symbol."""
    layers = parameters.layers
    if layers == _SMALLEST:
        return 0
    reader = bool(parameters.functions & bcoca.READER_PROGRAMMING)
    most = {(_FULL_RANGE, False): 32, (_FULL_RANGE, True): 22, (_COMPACT, False): 4, (_COMPACT, True): 1}.get(
        (request.modifier, reader), 0
    )
    if not 1 <= layers <= most:
        raise BarCodeError("EC-0F18", f"{layers} layers are not possible in an Aztec Code of this modifier")
    return layers


def _aztec_level(request: Request, percent: int) -> int:
    """zint's level of error correction that gives at least so many percent, as far as there is one."""
    if percent == _SMALLEST:
        percent = _DEFAULT_LEVEL
    if not 5 <= percent <= 95:
        raise BarCodeError("EC-0F19", f"error correction of {percent} percent is not 5 to 95")
    if percent > _ZINT_LEVELS[-1]:
        request.report(
            "", f"Aztec Code has {_ZINT_LEVELS[-1]} percent of error correction in place of {percent}"
        )
        return len(_ZINT_LEVELS)
    return next(level for level, most in enumerate(_ZINT_LEVELS, 1) if percent <= most)


def _aztec_format(
    request: Request,
    parameters: AztecParameters,
    content: Content,
    level: int,
    layers: int,
    append: StructuredAppend | None,
) -> list[Row]:
    """Rows of a full-range or compact symbol with at least so many layers.

    zint takes versions 1 to 4 for compact and 5 to 36 for full-range symbols, and ignores the level with
    them: so the least number of layers is found by what zint needs at this level.
    """
    reader = bool(parameters.functions & bcoca.READER_PROGRAMMING)
    compact = request.modifier == _COMPACT

    def make(version: int) -> list[Row]:
        options = (level if version == 0 else -1, version, 0)
        return encode(
            "AZTEC", content.data, gs1=content.gs1, reader_init=reader, append=append, options=options
        )

    least = _layers_of(len(make(0)), compact)
    limit = (1 if reader else _COMPACT_LAYERS) if compact else (22 if reader else 32)
    if layers and least > layers and parameters.control & bcoca.REFUSE_BIGGER:
        raise BarCodeError("EC-0F17", f"{layers} layers of Aztec Code do not hold the data")
    chosen = max(least, layers)
    if chosen > limit:
        condition = "EC-0F1E" if reader else "EC-0C00"
        raise BarCodeError(condition, f"the data needs more than the {limit} layers of this Aztec Code")
    return make(chosen if compact else chosen + _COMPACT_LAYERS)


def _layers_of(size: int, compact: bool) -> int:
    """Layers that this format needs for what zint put into a symbol of `size` modules.

    zint prefers compact symbols, up to 27 modules; full-range symbols hold more with as many layers.
    """
    if size <= 11 + 4 * _COMPACT_LAYERS:
        return (size - 11) // 4
    if compact:
        return _COMPACT_LAYERS + 1
    # A full-range symbol grows by four modules a layer, and two for each new part of its reference grid.
    for layers in range(1, 33):
        if 15 + 4 * layers + 2 * ((layers * 2 + 6) // 15) >= size:
            return layers
    return 32


def _rune(request: Request, data: bytes, control: int) -> Symbol:
    """A rune holds one byte."""
    if len(data) != 1:
        raise BarCodeError("EC-0C00", f"an Aztec Code rune holds one byte, the data has {len(data)}")
    if control & bcoca.EBCDIC:
        data = latin_from_ebcdic(data)
    return square_symbol(request, encode("AZRUNE", b"%d" % data[0]), _AZTEC_MODULE)
