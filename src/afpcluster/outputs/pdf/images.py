"""Image data -> image XObjects (section 8.9.5).

Rules: compressed data passes through untouched, with the parameters that say how to read it; raw data is
compressed here, the smallest of plain deflate, PNG prediction and, with one bit to the pixel, G4.
`inverted` and the stencil's "1 paints" are said by /Decode, never by touching samples.
"""

from __future__ import annotations

from afpcluster.codecs.ccitt_tiff import encode_g4
from afpcluster.codecs.png import compressed_rows
from afpcluster.display.items import Encoding, ImageData, ImageModel
from afpcluster.findings import Reporter
from afpcluster.heavy import Pillow
from afpcluster.outputs.pdf.ccitt import g4_may_pay, g4_parameters
from afpcluster.outputs.pdf.colour import LAB_SPACE
from afpcluster.outputs.pdf.packet import ImagePayload
from afpcluster.pdf.file import deflate
from afpcluster.pdf.values import PdfDict, Raw, Value

_COMPONENTS = {
    ImageModel.STENCIL: 1,
    ImageModel.GRAY: 1,
    ImageModel.RGB: 3,
    ImageModel.CMYK: 4,
    ImageModel.LAB: 3,
    ImageModel.INDEXED: 1,
}
_SPACES: dict[ImageModel, Value] = {
    ImageModel.GRAY: Raw(b"/DeviceGray"),
    ImageModel.RGB: Raw(b"/DeviceRGB"),
    ImageModel.CMYK: Raw(b"/DeviceCMYK"),
    ImageModel.LAB: LAB_SPACE,
}
_FILTERS = {
    Encoding.CCITT: Raw(b"/CCITTFaxDecode"),
    Encoding.JPEG: Raw(b"/DCTDecode"),
    Encoding.JPX: Raw(b"/JPXDecode"),
    Encoding.JBIG2: Raw(b"/JBIG2Decode"),
    Encoding.PNG: Raw(b"/FlateDecode"),
}
_FLATE: PdfDict = {"Filter": Raw(b"/FlateDecode")}
_TRIED_SIZES = range(256, 1 << 26)  # bytes of samples for which more than plain deflate is tried


def encode_image(image: ImageData, *, compress: bool, report: Reporter) -> ImagePayload:
    """The image XObject of `image`, and of its mask. `compress=False` leaves raw data raw."""
    entries: PdfDict = {
        "Type": Raw(b"/XObject"),
        "Subtype": Raw(b"/Image"),
        "Width": image.width,
        "Height": image.height,
    }
    if image.model is ImageModel.STENCIL:
        entries["ImageMask"] = True
    elif image.encoding is not Encoding.JPX:  # which says both itself (section 7.4.9)
        entries["ColorSpace"] = _colour_space(image)
        entries["BitsPerComponent"] = image.bits
    decode = _decode(image)
    if decode:
        entries["Decode"] = decode
    data = image.data
    if image.encoding is Encoding.RAW:
        data = _whole_rows(image, report)
        if compress:
            data = _compressed(image, data, entries)
    else:
        entries["Filter"] = _FILTERS[image.encoding]
        if image.encoding is Encoding.CCITT:
            entries["DecodeParms"] = _ccitt_parameters(image)
        elif image.encoding is Encoding.PNG:
            entries["DecodeParms"] = _png_parameters(image)
    mask = None
    if image.mask is not None:
        mask = encode_image(image.mask, compress=compress, report=report)
        # A mask paints where its sample is 0 (section 8.9.6.3); a stencil's 1 shows: /Decode agrees.
    return ImagePayload(image.key, entries, data, mask)


def _colour_space(image: ImageData) -> Value:
    if image.model is ImageModel.INDEXED:
        palette = image.palette or b"\0\0\0\xff\xff\xff"
        return [Raw(b"/Indexed"), Raw(b"/DeviceRGB"), len(palette) // 3 - 1, palette]
    return _SPACES[image.model]


def _decode(image: ImageData) -> list[float]:
    """The /Decode array, empty where it is the default one."""
    if image.model is ImageModel.STENCIL:
        # JBIG2's filter turns the bits over (section 7.4.7), that of CCITT data is told to.
        black_is_0 = image.encoding in (Encoding.JBIG2, Encoding.CCITT)
        return [] if image.inverted != black_is_0 else [1, 0]
    if not image.inverted:
        return []
    if image.model is ImageModel.INDEXED:
        return [2**image.bits - 1, 0]
    if image.model is ImageModel.LAB:
        return [100, 0, 127, -128, 127, -128]
    return [1, 0] * _COMPONENTS[image.model]


def _ccitt_parameters(image: ImageData) -> PdfDict:
    """Section 7.4.6; defaults are left out.

    What paints in a stencil leaves the filter as 0: viewers take rows that the data does not have as ones,
    and these stay blank then.
    """
    parameters: PdfDict = {"Columns": image.width, "Rows": image.height}
    if image.ccitt is not None:
        ccitt = image.ccitt
        parameters["Columns"] = ccitt.columns or image.width
        if ccitt.k:
            parameters["K"] = ccitt.k
        if ccitt.black_is_1 != (image.model is ImageModel.STENCIL):
            parameters["BlackIs1"] = True
        if ccitt.byte_align:
            parameters["EncodedByteAlign"] = True
        if ccitt.end_of_line:
            parameters["EndOfLine"] = True
    return parameters


def _row_size(image: ImageData) -> int:
    return (image.width * image.bits * _COMPONENTS[image.model] + 7) // 8


def _whole_rows(image: ImageData, report: Reporter) -> bytes:
    """The samples, no fewer and no more than the size of the image asks for."""
    size = _row_size(image) * image.height
    missing = size - len(image.data)
    if missing > 0:
        report(
            "image-data-short",
            f"an image of {image.width} x {image.height} samples lacks {missing} of {size} bytes;"
            " the rest of it is left blank",
        )
        blank = b"\0" if image.model is ImageModel.STENCIL or image.inverted else b"\xff"
        return image.data + blank * missing
    return image.data[:size]


def _compressed(image: ImageData, data: bytes, entries: PdfDict) -> bytes:
    """The samples in the smallest form that suits their kind; `entries` get its filter."""
    deflated = deflate(data)
    encoded, filters = deflated, _FLATE
    if len(data) not in _TRIED_SIZES:
        pass
    elif image.bits == 8 and image.model is not ImageModel.INDEXED:
        encoded, filters = _predicted(image, data)
    elif image.bits == _COMPONENTS[image.model] == 1 and g4_may_pay(data, deflated):
        encoded = encode_g4(image.width, image.height, data)
        filters = {
            "Filter": _FILTERS[Encoding.CCITT],
            "DecodeParms": g4_parameters(image.width, image.height),
        }
    if len(encoded) >= len(deflated):
        encoded, filters = deflated, _FLATE
    entries |= filters
    return encoded


def _predicted(image: ImageData, data: bytes) -> tuple[bytes, PdfDict]:
    """PNG prediction, which picks a filter per row."""
    colours, columns = _png_columns(image)
    rows = Pillow.frombytes("RGB" if colours == 3 else "L", (columns, image.height), data)
    return compressed_rows(rows), {**_FLATE, "DecodeParms": _png_parameters(image)}


def _png_parameters(image: ImageData) -> PdfDict:
    """How rows with PNG filters are read (section 7.4.4.4)."""
    colours, columns = _png_columns(image)
    parameters: PdfDict = {"Predictor": 15, "Colors": colours, "Columns": columns}
    if image.bits != 8:
        parameters["BitsPerComponent"] = image.bits
    return parameters


def _png_columns(image: ImageData) -> tuple[int, int]:
    """(components, columns) as PNG has them: it knows no four components, they go in as one, which leaves
    it the filters that look upwards."""
    components = _COMPONENTS[image.model]
    return (1, image.width * 4) if components == 4 else (components, image.width)
