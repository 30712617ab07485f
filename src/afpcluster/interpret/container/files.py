"""Image files of object containers -> `ImageData` and the resolution they give.

JPEG, JPEG 2000 and one-strip CCITT TIFF pass undecoded; the others are decoded once. One bit per sample is
bilevel: black points paint; the others leave what is below, or are white in the types whose whole image is
foreground. Of an alpha channel only "fully transparent" counts, and in some types of TIFF nothing (MO:DCA
Appendix D).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from afpcluster.codecs.jpeg import read_header
from afpcluster.codecs.jpeg2000 import SYCC, Codestream, codestream, colour_space, completed
from afpcluster.display.items import Encoding, ImageData, ImageModel
from afpcluster.findings import Reporter
from afpcluster.heavy import Pillow
from afpcluster.interpret.container.png import png_image, png_size
from afpcluster.interpret.container.tiff import undecoded_fax, undecoded_jpeg
from afpcluster.interpret.container.tiff_pieces import decode_pieces
from afpcluster.interpret.image.data import ImageProblem, make_image
from afpcluster.interpret.image.jpeg import jpeg_pixels, jpeg_size
from afpcluster.interpret.image.pillow import (
    Rescue,
    check_decodable,
    open_with_pillow,
    pillow_header,
    reduced_jpeg_2000,
)
from afpcluster.interpret.image.samples import indexed, not_transparent, pillow_image, simplified, stencil


class Source(NamedTuple):
    """A file: its data, the place of the wanted image in it, its registered type, where to report."""

    data: bytes
    page: int
    kind: int | None
    report: Reporter


class FileImage(NamedTuple):
    """An image with its samples per inch, 0 where the file does not say or does not count. `opaque`: the
    points of a bilevel image that are not significant are white. `height` is that in the file, 0 that of the
    image, which may lack its last rows. `whole` is the size in the file of one that is shown coarser."""

    image: ImageData
    x_density: float = 0.0
    y_density: float = 0.0
    opaque: bool = False
    height: int = 0
    whole: tuple[int, int] | None = None


_TIFF_WITHOUT_ALPHA = (14, 60, 61, 62)
_TIFF_OPAQUE = (60, 62, 66)

_MAGIC = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"%PDF", "PDF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG2000"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
    (b"BM", "BMP"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
)


def sniff(data: bytes) -> str | None:
    """The format that the first bytes tell, or None."""
    for magic, file_format in _MAGIC:
        if data.startswith(magic):
            return file_format
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return "PDF" if b"%PDF-" in data[:1024] else None


def _jpeg(file: Source) -> FileImage:
    pixels = jpeg_pixels(file.data, file.report, ioca=False)
    header = read_header(file.data)
    return FileImage(pixels.image, header.x_density, header.y_density)


_JPX_MODELS = {"L": ImageModel.GRAY, "RGB": ImageModel.RGB, "CMYK": ImageModel.CMYK}


def _jpeg_2000(file: Source) -> FileImage:
    """A JP2 file as it came; decoded where it is a bare codestream or breaks off, or has components with
    alpha or a colour space that not all viewers know."""
    header = pillow_header(file.data, "JPEG2000")
    found = codestream(file.data)
    if found is not None and not found.whole:
        return _jpeg_2000_in_part(file, found)
    model = _JPX_MODELS.get(header.mode)
    if model is None or not file.data.startswith(b"\0\0\0\x0c") or colour_space(file.data) == SYCC:
        return _decoded(file, "JPEG2000")
    image = make_image(header.width, header.height, Encoding.JPX, model, 8, file.data)
    return FileImage(image, *_density(header))


def _jpeg_2000_in_part(file: Source, found: Codestream) -> FileImage:
    """What came of an image that breaks off, at the highest resolution that the cut does not touch: the
    packet that it goes through is noise. Of an image in tiles that is one tile."""
    data, shorter = completed(file.data, found), completed(file.data[:-_CUT_FURTHER], found)
    if data is None or shorter is None:
        raise ImageProblem("image-bad", "JPEG 2000 data breaks off before its first tile", _JPX_SPEC)
    header = pillow_header(data, "JPEG2000")
    check_decodable(header, "JPEG2000")
    if header.width * header.height > _MOST_POINTS * len(file.data):
        told = f"{header.width} x {header.height} points of JPEG 2000 break off after {len(file.data)} bytes"
        raise ImageProblem("image-bad", told, _JPX_SPEC)
    file.report("image-cut-off", "JPEG 2000 data breaks off before its end; what came is shown", _JPX_SPEC)
    finest = None
    for halvings in reversed(range(_RESOLUTIONS)) if found.tiles == 1 else ():
        image = reduced_jpeg_2000(data, halvings)
        if image is None:  # it has not so many resolutions
            continue
        if image != reduced_jpeg_2000(shorter, halvings):
            break
        finest = image
    if finest is not None:
        return FileImage(_samples(finest, file.report), whole=header.size)
    return FileImage(_samples(open_with_pillow(data, "JPEG2000", file.report), file.report))


_CUT_FURTHER, _RESOLUTIONS = 16, 5
_MOST_POINTS = 10_000  # of each byte that came: with less there is nothing to see, and it costs as much
_JPX_SPEC = "ITU-T T.800 Annex A"


def _tiff(file: Source) -> FileImage:
    header = pillow_header(file.data, "TIFF", file.page)
    image = undecoded_fax(file.data, header, file.report) or undecoded_jpeg(file.data, header)
    found = _decoded(file, "TIFF", decode_pieces) if image is None else FileImage(image, *_density(header))
    if file.kind in _TIFF_WITHOUT_ALPHA and found.image.mask is not None:
        found = found._replace(image=replace(found.image, key=found.image.key + "-opaque", mask=None))
    return found._replace(opaque=file.kind in _TIFF_OPAQUE)


def _png(file: Source) -> FileImage:
    image, height = png_image(file.data, file.report)
    return FileImage(image, opaque=True, height=height)


def _density(header: Pillow.Image) -> tuple[float, float]:
    """Samples per inch; 1 is what writers put who know none."""
    x, y = header.info.get("dpi", (0.0, 0.0))
    return (float(x), float(y)) if x > 1 and y > 1 else (0.0, 0.0)


def _decoded(file: Source, file_format: str, rescue: Rescue | None = None) -> FileImage:
    """Any format, through Pillow."""
    image = open_with_pillow(file.data, file_format, file.report, page=file.page, rescue=rescue)
    return FileImage(_samples(image, file.report), *_density(image))


def _samples(image: Pillow.Image, report: Reporter) -> ImageData:
    """A decoded image as the display list has it; in GIF and others without alpha all points are shown."""
    if image.mode == "1":
        return stencil(image)
    if image.mode == "P":
        return indexed(image, report)
    return pillow_image(simplified(image, report), mask=not_transparent(image))


def image_size(file: Source, file_format: str) -> tuple[int, int]:
    """Width and height in samples, before anything is decoded; (0, 0) where the reader will tell what is
    wrong. Raises ImageProblem."""
    if file_format == "JPEG":
        return jpeg_size(file.data)
    if file_format == "PNG":
        return png_size(file.data)
    return pillow_header(file.data, file_format, file.page).size


def _through_pillow(file_format: str) -> Callable[[Source], FileImage]:
    return lambda file: _decoded(file, file_format)


FILE_FORMATS: dict[str, Callable[[Source], FileImage]] = {
    "JPEG": _jpeg,
    "JPEG2000": _jpeg_2000,
    "TIFF": _tiff,
    "PNG": _png,
} | {file_format: _through_pillow(file_format) for file_format in ("GIF", "BMP", "DIB", "PCX", "WEBP")}
"""Format -> its reader. Readers raise ImageProblem."""
