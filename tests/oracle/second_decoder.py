"""Images of the display list decoded by Pillow and libtiff: for the second painter."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from PIL import Image as PillowImage

from afpcluster.display.items import Encoding, ImageData, ImageModel


def decoded(data: ImageData) -> PillowImage.Image:
    """Grey, RGB, or for stencils a cover in grey: 255 is ink. Raises where nothing here can decode it."""
    size = (data.width, data.height)
    match data.encoding:
        case Encoding.RAW:
            picture = _raw(data)
        case Encoding.CCITT:
            picture = _fax(data)
        case Encoding.PNG:
            picture = _png(data)
        case Encoding.JPEG | Encoding.JPX:
            picture = PillowImage.open(io.BytesIO(data.data))
            picture.load()
        case _:
            raise ValueError(f"no decoder for {data.encoding}")
    if data.inverted:
        picture = picture.point(lambda value: 255 - value)
    if picture.mode not in ("L", "RGB"):
        picture = picture.convert("RGB")
    assert picture.size == size or data.encoding is not Encoding.RAW
    return picture


def _raw(data: ImageData) -> PillowImage.Image:
    channels = {ImageModel.RGB: 3, ImageModel.CMYK: 4, ImageModel.LAB: 3}.get(data.model, 1)
    row = (data.width * channels * data.bits + 7) // 8
    raw = np.frombuffer(data.data[: row * data.height], np.uint8)
    raw = np.pad(raw, (0, row * data.height - len(raw))).reshape(data.height, row)
    if data.bits < 8:
        bits = np.unpackbits(raw, axis=1).reshape(data.height, -1)[:, : data.width * channels * data.bits]
        weights = 1 << np.arange(data.bits - 1, -1, -1)
        samples = (bits.reshape(data.height, -1, data.bits) * weights).sum(axis=2)
    elif data.bits == 16:
        samples = raw.reshape(data.height, -1, 2)[:, :, 0].astype(np.int64)
    else:
        samples = raw.astype(np.int64)
    if data.model is ImageModel.INDEXED:
        palette = np.frombuffer(data.palette or b"", np.uint8).reshape(-1, 3)
        return PillowImage.fromarray(palette[np.minimum(samples, len(palette) - 1)], "RGB")
    top = min((1 << data.bits) - 1, 255)
    shown = (samples * 255 // top).astype(np.uint8)
    if channels == 1:
        return PillowImage.fromarray(shown, "L")
    shown = shown.reshape(data.height, data.width, channels)
    if data.model is ImageModel.CMYK:
        return PillowImage.fromarray(shown, "CMYK").convert("RGB")
    if data.model is ImageModel.LAB:
        return PillowImage.fromarray(shown[:, :, 0], "L")
    return PillowImage.fromarray(shown, "RGB")


def _fax(data: ImageData) -> PillowImage.Image:
    """T.4 and T.6 data by libtiff, in a TIFF made around it."""
    assert data.ccitt is not None
    if data.ccitt.byte_align:
        raise ValueError("no decoder for byte-aligned fax data")
    compression = 4 if data.ccitt.k < 0 else 3
    entries = [
        (256, data.width),
        (257, data.height),
        (258, 1),
        (259, compression),
        (262, 0),
        (273, 8 + 2 + 10 * 12 + 4),
        (277, 1),
        (278, data.height),
        (279, len(data.data)),
        (292, 1 if data.ccitt.k > 0 else 0),
    ]
    head = b"II*\0\x08\0\0\0" + len(entries).to_bytes(2, "little")
    for tag, value in entries:
        head += tag.to_bytes(2, "little") + b"\4\0\1\0\0\0" + value.to_bytes(4, "little")
    picture = PillowImage.open(io.BytesIO(head + bytes(4) + data.data))
    picture.load()
    shown = picture.convert("L")  # black runs are 0
    # As samples: black is 0 in PDF unless BlackIs1. A stencil's ink is sample 1.
    if data.ccitt.black_is_1:
        shown = shown.point(lambda value: 255 - value)
    return shown


def _png(data: ImageData) -> PillowImage.Image:
    """IDAT data in a PNG file made around it."""
    kind = {ImageModel.RGB: 2, ImageModel.INDEXED: 3}.get(data.model, 0)
    header = struct.pack(">IIBBBBB", data.width, data.height, data.bits, kind, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", data.data), (b"IEND", b"")]
    if data.palette:
        chunks.insert(1, (b"PLTE", data.palette))
    file = b"\x89PNG\r\n\x1a\n"
    for name, body in chunks:
        file += struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    picture = PillowImage.open(io.BytesIO(file))
    picture.load()
    if picture.mode.startswith("I"):  # 16 bits
        picture = PillowImage.fromarray((np.asarray(picture) >> 8).astype(np.uint8), "L")
    return picture.convert("RGB" if data.model in (ImageModel.RGB, ImageModel.INDEXED) else "L")
