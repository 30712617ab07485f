"""Image files of object containers -> `ImageData` and the resolution they give.

JPEG, JPEG 2000 and one-strip CCITT TIFF pass undecoded; the others are decoded once. One bit per sample is
bilevel: black points paint, the others leave what is below (MO:DCA Appendix D). Of an alpha channel only
"fully transparent" counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from PIL import Image as Pillow

from afpcluster.afp.ioca_codec import reverse_bits
from afpcluster.afp.jpeg import read_header
from afpcluster.display.items import CcittParameters, Encoding, ImageData, ImageModel
from afpcluster.interpret.image_data import (
    ImageProblem,
    jpeg_pixels,
    make_image,
    open_with_pillow,
    pillow_header,
    pillow_image,
)


class FileImage(NamedTuple):
    """An image with its samples per inch, 0 where the file does not say."""

    image: ImageData
    x_density: float = 0.0
    y_density: float = 0.0


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
)


def sniff(data: bytes) -> str | None:
    """The format that the first bytes tell, or None."""
    for magic, format in _MAGIC:
        if data.startswith(magic):
            return format
    return "PDF" if b"%PDF-" in data[:1024] else None


def _jpeg(data: bytes, _page: int) -> FileImage:
    pixels = jpeg_pixels(data)
    header = read_header(data)
    return FileImage(pixels.image, header.x_density, header.y_density)


_JPX_MODELS = {"L": ImageModel.GRAY, "RGB": ImageModel.RGB, "CMYK": ImageModel.CMYK}


def _jpeg_2000(data: bytes, _page: int) -> FileImage:
    """A JP2 file as it came; a bare codestream, or components with alpha, decoded."""
    header = pillow_header(data, "JPEG2000")
    model = _JPX_MODELS.get(header.mode)
    if model is None or not data.startswith(b"\0\0\0\x0c"):
        return _decoded(data, "JPEG2000")
    image = make_image(header.width, header.height, Encoding.JPX, model, 8, data)
    return FileImage(image, *_density(header))


_FAX = {2: 0, 3: 0, 4: -1}  # TIFF Compression -> K
_COMPRESSION, _PHOTOMETRIC, _FILL_ORDER = 259, 262, 266
_OFFSETS, _COUNTS, _T4_OPTIONS, _ROWS_PER_STRIP = 273, 279, 292, 278


def _tiff(data: bytes, page: int) -> FileImage:
    """TIFF; one strip of CCITT data passes undecoded."""
    header = pillow_header(data, "TIFF", page)
    tags: Any = header.tag_v2  # type: ignore[attr-defined]
    offsets, counts = tags.get(_OFFSETS, ()), tags.get(_COUNTS, ())
    compression = tags.get(_COMPRESSION, 1)
    if header.mode != "1" or compression not in _FAX or len(offsets) != 1 or len(counts) != 1:
        return _decoded(data, "TIFF", page)
    strip = data[offsets[0] : offsets[0] + counts[0]]
    if tags.get(_FILL_ORDER, 1) == 2:
        strip = reverse_bits(strip)
    options = tags.get(_T4_OPTIONS, 0) if compression == 3 else 0
    parameters = CcittParameters(
        4 if options & 1 else _FAX[compression],
        black_is_1=tags.get(_PHOTOMETRIC, 0) == 0,  # else coded "white" is what shows black
        byte_align=compression == 2,
        end_of_line=compression == 3,
    )
    image = make_image(
        header.width, header.height, Encoding.CCITT, ImageModel.STENCIL, 1, strip, ccitt=parameters
    )
    return FileImage(image, *_density(header))


def _density(header: Pillow.Image) -> tuple[float, float]:
    """Samples per inch; 1 is what writers put who know none."""
    x, y = header.info.get("dpi", (0.0, 0.0))
    return (float(x), float(y)) if x > 1 and y > 1 else (0.0, 0.0)


def _decoded(data: bytes, format: str, page: int = 0) -> FileImage:
    """Any format, through Pillow."""
    image = open_with_pillow(data, format, page=page)
    density = _density(image)
    if image.mode == "1":
        rows = bytes(image.point(lambda value: 255 - value).tobytes())
        stencil = make_image(image.width, image.height, Encoding.RAW, ImageModel.STENCIL, 1, rows)
        return FileImage(stencil, *density)
    mask = _transparency(image)
    if image.mode in ("LA", "RGBA", "PA"):
        image = image.convert("L" if image.mode == "LA" else "RGB")
    if image.mode == "P":
        return FileImage(_indexed(image, mask), *density)
    if image.mode.startswith("I"):  # 16 bits of gray
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return FileImage(pillow_image(image, mask=mask), *density)


def _indexed(image: Pillow.Image, mask: ImageData | None) -> ImageData:
    palette = bytes(image.getpalette("RGB") or b"")[: 256 * 3]
    return make_image(
        image.width,
        image.height,
        Encoding.RAW,
        ImageModel.INDEXED,
        8,
        image.tobytes(),
        palette=palette,
        mask=mask,
    )


def _transparency(image: Pillow.Image) -> ImageData | None:
    """A stencil of the points that are not fully transparent; None where all are shown."""
    if image.format == "GIF" or not image.has_transparency_data:  # in GIF all points are foreground
        return None
    alpha = image.convert("RGBA").getchannel("A")
    if alpha.getextrema()[0] != 0:
        return None
    rows = alpha.point(lambda value: 255 if value else 0).convert("1").tobytes()
    return make_image(image.width, image.height, Encoding.RAW, ImageModel.STENCIL, 1, rows)


def _through_pillow(format: str) -> Callable[[bytes, int], FileImage]:
    return lambda data, page: _decoded(data, format, page)


FILE_FORMATS: dict[str, Callable[[bytes, int], FileImage]] = {
    "JPEG": _jpeg,
    "JPEG2000": _jpeg_2000,
    "TIFF": _tiff,
} | {format: _through_pillow(format) for format in ("PNG", "GIF", "BMP", "DIB", "PCX")}
"""Format -> reader of (data, page from 0). Readers raise ImageProblem."""

__all__ = ["FILE_FORMATS", "FileImage", "ImageProblem", "sniff"]
