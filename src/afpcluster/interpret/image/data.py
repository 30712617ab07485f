"""Making `ImageData`: keys, JPEG as it came, and samples through Pillow where nothing else will do.

Compressed data is passed on whenever the display list can say the same. `Pixels` also says which part of
the samples is the image: coded rows may be longer than the image, JPEG tiles begin in front of it.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import NamedTuple

from PIL import Image as Pillow
from PIL import ImageFile

from afpcluster.afp.ioca import Compression, Reporter
from afpcluster.afp.ioca_segment import Raster
from afpcluster.codecs.jpeg import (
    ARITHMETIC_FRAMES,
    PASSABLE_FRAMES,
    JpegError,
    JpegHeader,
    mark_as_rgb,
    read_header,
)
from afpcluster.display.items import CcittParameters, Encoding, ImageData, ImageModel
from afpcluster.findings import Severity

MAX_DECODED_BYTES = 256 << 20
"""No image is decoded to more than this: what is passed on undecoded is not bound by it."""

_END_OF_JPEG = b"\xff\xd9"
_YCCK = 2  # colour transform of an Adobe marker
_JPEG_MODELS = {1: ImageModel.GRAY, 3: ImageModel.RGB, 4: ImageModel.CMYK}
_PILLOW_MODELS = {"L": ImageModel.GRAY, "RGB": ImageModel.RGB, "CMYK": ImageModel.CMYK}


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


def jpeg_pixels(data: bytes, report: Reporter, *, subtractive: bool = False, ioca: bool = True) -> Pixels:
    """A JPEG, undecoded where a PDF can carry it. Raises ImageProblem.

    `subtractive` reverses it (IOCA "IDE Structure", ASFLAG). Four components with an Adobe marker mean 255
    = no ink, as all programs write such files, but in `ioca` only where they are YCCK.
    """
    try:
        header = read_header(data)
    except JpegError as error:
        raise ImageProblem("jpeg-bad", f"Damaged JPEG data: {error}", "ITU-T T.81 Annex B") from error
    model = _JPEG_MODELS.get(len(header.components))
    if model is None or header.bits != 8 or not header.width or not header.height:
        raise ImageProblem(
            "jpeg-unsupported",
            f"JPEG of {len(header.components)} components with {header.bits} bits, {header.width} x "
            f"{header.height} samples: only 1, 3 or 4 components with 8 bits are supported",
            "ITU-T T.81",
        )
    inverted = subtractive
    if model is ImageModel.CMYK and header.adobe_transform is not None:
        inverted = _ioca_inks_inverted(header, subtractive, report) if ioca else not inverted
    if data.rfind(_END_OF_JPEG) < 0:
        report(
            "jpeg-cut-off", "JPEG data breaks off before its end; what came is shown", "ITU-T T.81 Annex B"
        )
    if header.frame in PASSABLE_FRAMES:
        if header.unmarked_rgb:
            data = mark_as_rgb(data)
        image = make_image(
            header.width, header.height, Encoding.JPEG, model, 8, bytes(data), inverted=inverted
        )
    elif header.frame in ARITHMETIC_FRAMES:
        image = pillow_image(open_with_pillow(data, "JPEG", report), inverted=inverted)
    else:
        raise ImageProblem(
            "jpeg-unsupported",
            f"JPEG process X'{header.frame:02X}' (lossless or hierarchical) is not supported",
            "IOCA External Algorithm Specification",
        )
    return Pixels(image, header.width, header.height)


def _ioca_inks_inverted(header: JpegHeader, subtractive: bool, report: Reporter) -> bool:
    """Whether the inks of a JPEG with an Adobe marker are stored as 255 - value: ASFLAG says so, and YCCK
    is so by definition (IOCA Glossary "YCCK"). Otherwise IOCA's own reading stands, where 0 is no ink."""
    if header.adobe_transform == _YCCK or subtractive:
        return True
    report(
        "jpeg-inks-ambiguous",
        "A CMYK JPEG has an Adobe marker, which often means that inks are stored inverted, but the IDE "
        "structure says additive; 0 is taken as no ink. If colours look reversed, set ASFLAG",
        "IOCA IDE Structure, ASFLAG",
        severity=Severity.INFO,
    )
    return False


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


@contextmanager
def reading(format: str) -> Iterator[None]:
    """Around what reads an image file with Pillow: its errors become ImageProblem, its warnings nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own limit of samples is lower than ours
        try:
            yield
        except _PILLOW_ERRORS as error:
            raise ImageProblem("image-bad", f"Damaged {format} data: {error}", _FILE_SPEC) from error


def pillow_header(data: bytes, format: str, page: int = 0) -> Pillow.Image:
    """An image file opened but not decoded: size, mode and tags. Raises ImageProblem."""
    with reading(format):
        image = Pillow.open(io.BytesIO(data), formats=(format,))
        if page:
            image.seek(page)
    return image


def open_with_pillow(data: bytes, format: str, report: Reporter, *, page: int = 0) -> Pillow.Image:
    """A decoded image file of this Pillow format; of one that breaks off, what can be decoded. Raises
    ImageProblem where it is damaged or too large."""
    image = pillow_header(data, format, page)
    if image.width * image.height * len(image.getbands()) > MAX_DECODED_BYTES:
        raise ImageProblem(
            "image-too-large",
            f"The {format} image of {image.width} x {image.height} samples is too large to be decoded",
            _FILE_SPEC,
        )
    try:
        with reading(format):
            image.load()
    except ImageProblem as problem:
        image = pillow_header(data, format, page)
        _load_what_came(image, format)
        report("image-cut-off", f"{problem}; what came is shown", _FILE_SPEC)
    return image


def _load_what_came(image: Pillow.Image, format: str) -> None:
    """Decode in the mode in which Pillow forgives data that ends early. Raises ImageProblem."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        with reading(format):
            image.load()
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


_FILE_SPEC = "MO:DCA Appendix D Object Type Identifiers"
_PILLOW_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    struct.error,
    MemoryError,
    Pillow.DecompressionBombError,
)
"""What Pillow raises for damaged files."""


def pillow_image(image: Pillow.Image, *, inverted: bool = False, mask: ImageData | None = None) -> ImageData:
    """A decoded image as raw samples; modes without an equal become RGB."""
    if image.mode not in _PILLOW_MODELS:
        image = image.convert("RGB")
    model = _PILLOW_MODELS[image.mode]
    return make_image(
        image.width, image.height, Encoding.RAW, model, 8, image.tobytes(), inverted=inverted, mask=mask
    )


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height in samples; (0, 0) where the header cannot be read."""
    try:
        header = read_header(data)
    except JpegError:
        return 0, 0
    return header.width, header.height
