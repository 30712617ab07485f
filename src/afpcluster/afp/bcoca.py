"""Bar code structures: BCOCA descriptor, symbol data and the special functions of two-dimensional codes.

The Bar Code Data Descriptor (BDD) holds one `BarCodeSymbolDescriptor`, each Bar Code Data (BDA) one
`BarCodeSymbolData`. What begins the data of a two-dimensional code is `SPECIAL_FUNCTIONS[type]`; the
rest of that structure is the data to encode, save for the parts of variable length that its docstring
names. Types, modifiers and flags stay plain integers; their values are the constants here.
"""

from __future__ import annotations

from enum import IntEnum

from afpcluster.afp.declare import S16, U8, U16, Pad1, Pad2, Rest, Structure, structure


class BarCodeType(IntEnum):
    """BCOCA "Bar Code Types"."""

    CODE_39 = 0x01
    MSI = 0x02
    UPC_A = 0x03
    UPC_E = 0x05
    UPC_SUPPLEMENT_2 = 0x06
    UPC_SUPPLEMENT_5 = 0x07
    EAN_8 = 0x08
    EAN_13 = 0x09
    INDUSTRIAL_2_OF_5 = 0x0A
    MATRIX_2_OF_5 = 0x0B
    INTERLEAVED_2_OF_5 = 0x0C
    CODABAR = 0x0D
    CODE_128 = 0x11
    EAN_SUPPLEMENT_2 = 0x16
    EAN_SUPPLEMENT_5 = 0x17
    POSTNET = 0x18
    RM4SCC = 0x1A
    JAPAN_POSTAL = 0x1B
    DATA_MATRIX = 0x1C
    MAXICODE = 0x1D
    PDF417 = 0x1E
    AUSTRALIA_POST = 0x1F
    QR_CODE = 0x20
    CODE_93 = 0x21
    INTELLIGENT_MAIL = 0x22
    RED_TAG = 0x23
    GS1_DATABAR = 0x24
    MAILMARK = 0x25
    AZTEC = 0x26
    HAN_XIN = 0x27


RETIRED_TYPES = {
    (0x0E, 0): (BarCodeType.EAN_8, 0),
    (0x0F, 0): (BarCodeType.EAN_13, 0),
    (0x10, 1): (BarCodeType.CODE_39, 1),
    (0x10, 2): (BarCodeType.CODE_39, 2),
    (0x16, 2): (BarCodeType.EAN_SUPPLEMENT_2, 1),
    (0x17, 2): (BarCodeType.EAN_SUPPLEMENT_5, 1),
}
"""Types and modifiers of old files that only repeat others: retired items 10, 11, 12, 17 and 18."""

DEFAULT_8 = 0xFF
DEFAULT_16 = 0xFFFF


@structure("BCOCA Bar Code Symbol Descriptor (BSD)")
class BarCodeSymbolDescriptor(Structure):
    """Size of the presentation space, kind of symbol and its measures. `module_width` is in mils, extents,
    `symbol_width` and `element_height` in L-units; `triplets` may hold a Color Specification."""

    unit_base: U8
    _reserved: Pad1
    x_units: U16
    y_units: U16
    x_extent: U16
    y_extent: U16
    symbol_width: U16
    type: U8
    modifier: U8
    font_local_id: U8 = DEFAULT_8
    colour: U16 = DEFAULT_16
    module_width: U8 = DEFAULT_8
    element_height: U16 = DEFAULT_16
    height_multiplier: U8 = 1
    wide_to_narrow: U16 = DEFAULT_16
    triplets: Rest = b""


HRI_NOT_PRESENTED = 0x80
HRI_POSITION = 0x60
HRI_BELOW, HRI_ABOVE = 0x20, 0x40
ASTERISKS = 0x10
ASCII_DATA = 0x08  # retired item 21
SUPPRESS_SYMBOL = 0x04
SUPPRESS_BLANKS = 0x02


@structure("BCOCA Bar Code Symbol Data (BSA)")
class BarCodeSymbolData(Structure):
    """Where one symbol stands (L-units of the descriptor) and what it encodes, special functions first."""

    flags: U8
    x_offset: U16
    y_offset: U16
    data: Rest


EBCDIC, IGNORE_ESCAPES, REFUSE_BIGGER = 0x80, 0x40, 0x20
"""Control flags of all special functions."""
GS1_FNC1, INDUSTRY_FNC1 = 0x80, 0x40
READER_PROGRAMMING = 0x20
"""Special-function flags of the matrix codes."""


@structure("BCOCA Aztec Code Special-Function Parameters")
class AztecParameters(Structure):
    """`rest`: structured append ID of `append_id_length` bytes, a length byte and that many bytes, data."""

    control: U8
    _reserved: Pad1
    layers: U8
    error_correction: U8  # percent
    functions: U8
    application: U8
    sequence: U8
    total: U8
    append_id_length: U8
    rest: Rest


@structure("BCOCA Data Matrix Special-Function Parameters")
class DataMatrixParameters(Structure):
    control: U8
    row_size: U16
    rows: U16
    sequence: U8
    total: U8
    file_id_high: U8
    file_id_low: U8
    functions: U8
    rest: Rest


DATA_MATRIX_MACRO = 0x18
DATA_MATRIX_MACRO_05, DATA_MATRIX_MACRO_06 = 0x08, 0x10
DATA_MATRIX_SCHEME = 0x07


@structure("BCOCA Han Xin Code Special-Function Parameters")
class HanXinParameters(Structure):
    """`rest`: `additional_length` bytes without meaning, then the data."""

    control: U8
    _reserved: Pad1
    version: U8
    error_correction: U8
    functions: U8
    application: U8
    additional_length: U8
    rest: Rest


@structure("BCOCA Intelligent Mail Package Barcode Special-Function Parameters")
class PackageParameters(Structure):
    """`rest`: service banner of `banner_length` bytes (UTF-16BE), then the data."""

    _reserved: Pad1
    flags: U8
    _reserved_2: Pad1
    banner_length: U8
    rest: Rest


SUPPRESS_BANNER, SUPPRESS_IDENTIFICATION_BARS = 0x80, 0x40


@structure("BCOCA MaxiCode Special-Function Parameters")
class MaxiCodeParameters(Structure):
    control: U8
    mode: U8
    sequence: U8
    total: U8
    functions: U8
    rest: Rest


MAXICODE_ZIPPER = 0x80


@structure("BCOCA PDF417 Special-Function Parameters")
class Pdf417Parameters(Structure):
    """`rest`: Macro PDF417 Control Block of `macro_length` bytes, then the data."""

    control: U8
    columns: U8
    rows: U8
    security: U8
    macro_length: U16
    rest: Rest


@structure("BCOCA QR Code Special-Function Parameters")
class QrCodeParameters(Structure):
    """With modifier X'12', `rest` begins with `QrCodeImages`."""

    control: U8
    conversion: U8
    version: U8
    error_correction: U8
    sequence: U8
    total: U8
    parity: U8
    functions: U8
    application: U8
    rest: Rest


SPECIAL_FUNCTIONS: dict[int, type[Structure]] = {
    BarCodeType.DATA_MATRIX: DataMatrixParameters,
    BarCodeType.MAXICODE: MaxiCodeParameters,
    BarCodeType.PDF417: Pdf417Parameters,
    BarCodeType.QR_CODE: QrCodeParameters,
    BarCodeType.AZTEC: AztecParameters,
    BarCodeType.HAN_XIN: HanXinParameters,
}
"""What begins the data of a two-dimensional code. Of the linear codes only Code 128 with modifier X'06' has
special functions, `PackageParameters`."""


@structure("BCOCA QR Code with Image Special-Function Parameters")
class QrCodeImages(Structure):
    """`rest`: image information blocks of together `groups_length` bytes, then the data."""

    flags: U8
    groups_length: U16
    rest: Rest


QR_WITH_IMAGE = 0x12
"""The modifier that brings images."""
QR_IMAGES_FIRST, QR_ONLY_IMAGES = 0x80, 0x40


@structure("BCOCA Image Information Block")
class ImageInformation(Structure):
    """Where an image stands beside a QR Code symbol; a length byte (itself not counted) precedes it."""

    _reserved: Pad2
    local_id: U16
    offset_base: U8
    offset_units: U16
    x_offset: S16
    y_offset: S16
    orientation: U16
    coordinate_system: U8
    extent_base: U8
    extent_units: U16
    x_extent: U16
    y_extent: U16
    mapping: U8


PERCENT_BASE = 0x64
"""Unit base of `ImageInformation`: one percent of the symbol's size."""
