"""The contents of tiny images, graphics and containers, as structured-field data.

Compressed data comes from Pillow; an image is 16 by 8 points.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

from PIL import Image, TiffImagePlugin

from afpcluster.afp import bcoca, goca, ioca, triplets
from afpcluster.afp.bcoca import BarCodeType
from afpcluster.afp.declare import Structure
from afpcluster.afp.goca_descriptor import WINDOW_SPECIFICATION, WindowSpecification
from afpcluster.afp.im_image import ImageCellPosition, ImageInputDescriptor, ImageOutputControl
from afpcluster.afp.ioca import Compression, Parameter
from afpcluster.afp.ioca_write import encode_parameter, encode_segment
from afpcluster.sample.records import made

WIDTH, HEIGHT = 16, 8
_ROWS = bytes(range(WIDTH * HEIGHT // 8))
_RGB = bytes(value * 7 % 256 for value in range(WIDTH * HEIGHT * 3))
_SIZE = (0, 3000, 3000, WIDTH, HEIGHT)

ImageSeed = tuple[bytes, bytes, int]
"""Image Data Descriptor, image segment, mapping option."""


def _tiff_strip(mode: str, pixels: bytes, compression: str, **tags: int) -> bytes:
    """The one strip of a TIFF file that Pillow writes."""
    out = io.BytesIO()
    info = TiffImagePlugin.ImageFileDirectory_v2()
    for number, value in tags.items():
        info[int(number[1:])] = value
    Image.frombytes(mode, (WIDTH, HEIGHT), pixels).save(out, "TIFF", compression=compression, tiffinfo=info)
    with Image.open(out) as image:
        (start,), (size,) = image.tag_v2[273], image.tag_v2[279]  # type: ignore[attr-defined]
    return out.getvalue()[start : start + size]


def _file(mode: str, pixels: bytes, format_: str) -> bytes:
    out = io.BytesIO()
    Image.frombytes(mode, (WIDTH, HEIGHT), pixels).save(out, format_)
    return out.getvalue()


def _image(
    *parameters: tuple[Parameter, bytes],
    compression: Compression,
    data: bytes,
    function_set: int = 10,
    option: int = 0x20,
) -> ImageSeed:
    identity = encode_parameter(Parameter.FUNCTION_SET, ioca.FunctionSet(1, function_set).encode())
    content = (
        (Parameter.IMAGE_SIZE, ioca.ImageSize(*_SIZE).encode()),
        (Parameter.IMAGE_ENCODING, ioca.ImageEncoding(compression).encode()),
        *parameters,
        *(((Parameter.IMAGE_DATA, data),) if data else ()),
    )
    descriptor = ioca.ImageDataDescriptor(*_SIZE).encode() + identity
    return descriptor, encode_segment(encode_parameter(code, value) for code, value in content), option


def _structure(format_: int, sizes: bytes) -> tuple[Parameter, bytes]:
    return Parameter.IDE_STRUCTURE, made(ioca.IdeStructure, flags=0, format=format_, sizes=sizes).encode()


def _bilevel(compression: Compression, data: Callable[[], bytes], option: int = 0x20) -> ImageSeed:
    return _image((Parameter.IDE_SIZE, b"\x01"), compression=compression, data=data(), option=option)


def _colour(compression: Compression, data: Callable[[], bytes]) -> ImageSeed:
    parameters = ((Parameter.IDE_SIZE, b"\x18"), _structure(ioca.ColourFormat.RGB, b"\x08\x08\x08"))
    return _image(*parameters, compression=compression, data=data(), function_set=42)


def _tiles() -> ImageSeed:
    """Two tiles with a transparency mask over the second, and their table."""
    tile = [
        (Parameter.BEGIN_TILE, b""),
        (Parameter.TILE_POSITION, ioca.TilePosition(0, 0).encode()),
        (Parameter.TILE_SIZE, ioca.TileSize(8, 8).encode()),
        (Parameter.IDE_SIZE, b"\x08"),
    ]
    mask = [
        (Parameter.BEGIN_TRANSPARENCY_MASK, b""),
        (Parameter.IMAGE_SIZE, ioca.ImageSize(0, 3000, 3000, 8, 8).encode()),
        (Parameter.IMAGE_ENCODING, ioca.ImageEncoding(Compression.NONE).encode()),
        (Parameter.IMAGE_DATA, bytes(range(8))),
        (Parameter.END_TRANSPARENCY_MASK, b""),
    ]
    data = [(Parameter.IMAGE_DATA, bytes(range(64))), (Parameter.END_TILE, b"")]
    second = [tile[0], (Parameter.TILE_POSITION, ioca.TilePosition(8, 0).encode()), *tile[2:]]
    table = (Parameter.TILE_TOC, bytes(2))
    return _image(
        table, *tile, *data, *second, *mask, *data, compression=Compression.NONE, data=b"", function_set=45
    )


def _bands() -> ImageSeed:
    bands = [
        (Parameter.BAND_IMAGE_DATA, made(ioca.BandImageData, band=number, data=bytes(128)).encode())
        for number in (1, 2, 3, 4)
    ]
    return _image(
        (Parameter.IDE_SIZE, b"\x20"),
        (Parameter.BAND_IMAGE, ioca.BandImage(4, b"\x08\x08\x08\x08").encode()),
        _structure(ioca.ColourFormat.CMYK, b"\x08\x08\x08\x08"),
        *bands,
        compression=Compression.NONE,
        data=b"",
        function_set=45,
    )


IMAGES: dict[str, Callable[[], ImageSeed]] = {
    "uncompressed": partial(_bilevel, Compression.NONE, lambda: _ROWS, 0x00),
    "g4": partial(_bilevel, Compression.G4_MMR, lambda: _tiff_strip("1", _ROWS, "group4"), 0x10),
    "g3": partial(_bilevel, Compression.G3_MH, lambda: _tiff_strip("1", _ROWS, "group3"), 0x30),
    "tiff_2": partial(_bilevel, Compression.TIFF_2, lambda: _tiff_strip("1", _ROWS, "tiff_ccitt"), 0x41),
    "packbits": partial(_bilevel, Compression.PACKBITS, lambda: _tiff_strip("1", _ROWS, "packbits"), 0x60),
    "lzw": partial(_colour, Compression.LZW, lambda: _tiff_strip("RGB", _RGB, "tiff_lzw")),
    "rgb": partial(_colour, Compression.NONE, lambda: _RGB),
    "jpeg": partial(_colour, Compression.JPEG, lambda: _file("RGB", _RGB, "JPEG")),
    "solid": partial(_bilevel, Compression.SOLID_FILL, lambda: b""),
    "tiles": _tiles,
    "bands": _bands,
}


def _container(identifier: int, data: Callable[[], bytes]) -> tuple[triplets.ObjectClassification, bytes]:
    classification: triplets.ObjectClassification = made(
        triplets.ObjectClassification,
        object_class=1,
        structure_flags=b"\xdc\x00",
        object_id=bytes.fromhex("06072B1200040101").ljust(8, b"\0") + bytes((identifier,)) + bytes(7),
    )
    return classification, data()


def _pdf() -> bytes:
    """A PDF file of one small page."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 50 50]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length 16>>stream\n5 5 20 20 re f  \nendstream",
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in places)
    return out + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start


CONTAINERS: dict[str, Callable[[], tuple[triplets.ObjectClassification, bytes]]] = {
    "jpeg": partial(_container, 23, lambda: _file("L", _RGB[:128], "JPEG")),
    "png": partial(_container, 65, lambda: _file("RGB", _RGB, "PNG")),
    "gif": partial(_container, 22, lambda: _file("L", _RGB[:128], "GIF")),
    "tiff": partial(_container, 14, lambda: _file("1", _ROWS, "TIFF")),
    "pdf": partial(_container, 25, _pdf),
}


_SAMPLES = {
    "points": [(10, 10), (90, 40), (60, 90), (20, 70)],
    "offsets": [(5, 5), (9, -4)],
    "pairs": [(256, 128)],
}
_ORDER_VALUES = {"h": 30, "H": 1, "B": 1, "i": 60 << 16}
_ENCLOSING = ("begin_area", "end_area", "begin_image_at", "end_image", "image_data", "end_segment")


def graphics() -> tuple[bytes, bytes]:
    """Graphics Data Descriptor and one segment with every drawing order, some inside an area."""
    window = made(
        WindowSpecification,
        flags=0,
        reserved=0,
        format=0,
        unit_base=0,
        x_units=1440,
        y_units=1440,
        image_resolution=0,
        left=0,
        right=100,
        bottom=0,
        top=100,
    ).encode()
    names = goca.ORDERS_BY_NAME
    drawing = b"".join(
        _order(order) for order in goca.ORDERS.values() if not order.name.startswith(_ENCLOSING)
    )
    area = names["begin_area"].encode(0xC0) + names["box_at_given_position"].encode(0, 5, 5, 60, 60)
    area += names["end_area"].encode(b"")
    image = names["begin_image_at_given_position"].encode(10, 10, 0, 0, 8, 2)
    image += names["image_data"].encode(b"\xaa") * 2 + names["end_image"].encode(b"")
    orders = drawing + area + image
    segment = b"\x70\x0c" + goca.BeginSegment(b"\0\0\0\1", 0, 0, len(orders)).encode() + orders
    return bytes((WINDOW_SPECIFICATION, len(window))) + window, segment


def _order(order: goca.Order) -> bytes:
    letters = order.required.format[1:] + "".join(shape.format[1:] for shape in order.optional)
    tail = (_SAMPLES.get(order.tail, b"\xc1\xc2"),) if order.tail else ()
    return order.encode(*(_ORDER_VALUES[letter] for letter in letters), *tail)


def im_image() -> list[tuple[str, bytes]]:
    """The fields between Begin and End IM Image: control, descriptor, one cell, raster data."""
    control = ImageOutputControl(40, 60, 0, 0x2D00)
    descriptor = made(
        ImageInputDescriptor, x_base=0, y_base=0, x_resolution=2400, y_resolution=2400, width=16, height=8
    )
    cell = ImageCellPosition(0, 0, 16, 8, 32, 16)
    return [
        ("IOC", control.encode()),
        ("IID", descriptor.encode()),
        ("ICP", cell.encode()),
        ("IRD", _ROWS),
    ]


def _bar_code(type_: BarCodeType, modifier: int, data: bytes) -> tuple[bytes, bytes]:
    """Bar Code Data Descriptor and Bar Code Data of one symbol."""
    descriptor = made(
        bcoca.BarCodeSymbolDescriptor,
        unit_base=0,
        x_units=14_400,
        y_units=14_400,
        x_extent=4_000,
        y_extent=4_000,
        symbol_width=0,
        type=type_,
        modifier=modifier,
        module_width=12,
        element_height=400,
    )
    return descriptor.encode(), bcoca.BarCodeSymbolData(bcoca.HRI_BELOW, 100, 100, data).encode()


def _special(parameters: type[Structure], text: str, **values: int) -> bytes:
    """Special-function parameters, zero where not given, and the data in EBCDIC."""
    fields = dict.fromkeys((name for name, wire in parameters.shape.wires if wire.kind != "pad"), 0)
    made_parameters = made(parameters, **{**fields, **values}, rest=text.encode("cp500"))
    return bytes(made_parameters.encode())


BAR_CODES: dict[str, Callable[[], tuple[bytes, bytes]]] = {
    "code_39": partial(_bar_code, BarCodeType.CODE_39, 2, "AB-12".encode("cp500")),
    "ean_13": partial(_bar_code, BarCodeType.EAN_13, 0, "400123456789".encode("cp500")),
    "code_128": partial(_bar_code, BarCodeType.CODE_128, 2, "Ab12345".encode("cp500")),
    "postnet": partial(_bar_code, BarCodeType.POSTNET, 1, "123456789".encode("cp500")),
    "databar": partial(_bar_code, BarCodeType.GS1_DATABAR, 0, "00012345678905".encode("cp500")),
    "qr_code": lambda: _bar_code(
        BarCodeType.QR_CODE, 2, _special(bcoca.QrCodeParameters, "Abc", control=0x80, error_correction=1)
    ),
    "data_matrix": lambda: _bar_code(
        BarCodeType.DATA_MATRIX, 0, _special(bcoca.DataMatrixParameters, "Abc", control=0x80)
    ),
    "pdf417": lambda: _bar_code(
        BarCodeType.PDF417, 0, _special(bcoca.Pdf417Parameters, "Abc", control=0x80, columns=3, rows=6)
    ),
}
