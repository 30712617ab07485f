"""Making `ImageData`: keys, and what is wrong with an image.

Compressed data is passed on whenever the display list can say the same. `Pixels` also says which part of
the samples is the image: coded rows may be longer than the image, JPEG tiles begin in front of it.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

from afpcluster.afp.ioca import Compression, Recording
from afpcluster.afp.ioca_segment import Raster
from afpcluster.display.items import CcittParameters, Encoding, ImageData, ImageModel
from afpcluster.findings import Reporter, Severity

MAX_DECODED_BYTES = 256 << 20
"""No image is decoded to more than this: what is passed on undecoded is not bound by it."""


class Pixels(NamedTuple):
    """Samples, and the image in them: `width` by `height` samples from column `left`, row `top`, which may
    be halves in tiles of half resolution."""

    image: ImageData
    width: int
    height: int
    left: float = 0
    top: float = 0


class ImageProblem(Exception):
    """This image cannot be shown. `code` and text are for a finding; `spec` names the section."""

    def __init__(self, code: str, message: str, spec: str) -> None:
        super().__init__(message)
        self.code = code
        self.spec = spec

    def report(self, report: Reporter, offset: int | None = None) -> None:
        report(self.code, f"{self}; the image is not shown", self.spec, offset=offset)


def compression_problem(compression: int) -> ImageProblem:
    """What to say of an algorithm that nothing here decodes for this kind of image."""
    names = {int(c): c.name for c in Compression}
    return ImageProblem(
        "ioca-compression-unsupported",
        f"Image compression algorithm X'{compression:02X}' ({names.get(compression, 'unknown')}) is not "
        "supported for this kind of image",
        "IOCA Image Encoding",
    )


def make_image(
    width: int,
    height: int,
    encoding: Encoding,
    model: ImageModel,
    bits: int,
    data: bytes,
    *,
    ccitt: CcittParameters | None = None,
    palette: bytes | None = None,
    inverted: bool = False,
    mask: ImageData | None = None,
) -> ImageData:
    """Image data with its key: a hash of all that makes it, the same in every process."""
    said = (width, height, encoding.value, model.value, bits, ccitt, palette, inverted, mask and mask.key)
    key = blake2b(repr(said).encode(), digest_size=16)
    key.update(data)
    return ImageData(
        key.hexdigest(), width, height, encoding, model, bits, data, ccitt, palette, inverted, mask
    )


def report_surplus(raster: Raster, data: bytes, row_bits: int, rows: int, report: Reporter) -> None:
    """Say where uncompressed data goes on behind its rows. Zeros are padding. A row ends with a byte, or with
    four where the rows go from the bottom up."""
    unit = 32 if raster.encoding.recording == Recording.BOTTOM_TO_TOP else 8
    size = -(-row_bits // unit) * unit // 8 * rows
    if size and any(data[size:]):
        told = f"Image data has {len(data) - size} bytes more than its rows of {size}; they are not shown"
        report("ioca-data-long", told, "IOCA Image Data")


def report_size(raster: Raster, width: int, height: int, report: Reporter) -> None:
    """Say where coded data has another size than its parameters: that of the data counts."""
    if (width, height) != (raster.width, raster.height):
        report(
            "ioca-size-differs",
            f"Image data of {width} x {height} points is described as {raster.width} x {raster.height}; the "
            "size in the data is used",
            "IOCA Image Size, EC-9401",
            severity=Severity.INFO,
            offset=raster.offset,
        )
