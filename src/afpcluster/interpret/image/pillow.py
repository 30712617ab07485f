"""Image files read by Pillow: its errors, files that break off, and its limits.

Of a file that is damaged what can be decoded is shown, the rest is white. Pillow's own limit of samples is
off: ours, in image points and in bytes, are told as what they are.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image as Pillow
from PIL import ImageFile, UnidentifiedImageError

from afpcluster.findings import Reporter
from afpcluster.interpret.image.data import ImageProblem
from afpcluster.interpret.image.libtiff import heard

Pillow.MAX_IMAGE_PIXELS = None

_MOST_MEMORY = 400_000_000  # bytes, of one image while it is decoded
_BYTES_PER_POINT = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2}  # in Pillow's memory; 4 in other modes
_PER_ROW = 8  # bytes more: where it begins
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
)
"""What Pillow raises for damaged files."""


@contextmanager
def reading(file_format: str) -> Iterator[None]:
    """Around what reads an image file with Pillow: its errors become ImageProblem, its warnings nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except UnidentifiedImageError as error:  # whose text has nothing but the address of our buffer
            raise ImageProblem(
                "image-unreadable",
                f"The data is not a {file_format} image that can be read: its header is damaged or of a kind "
                "that is not supported",
                _FILE_SPEC,
            ) from error
        except _PILLOW_ERRORS as error:
            raise ImageProblem("image-bad", f"Damaged {file_format} data: {error}", _FILE_SPEC) from error


def pillow_header(data: bytes, file_format: str, page: int = 0) -> Pillow.Image:
    """An image file opened but not decoded: size, mode and tags. Raises ImageProblem."""
    with reading(file_format):
        image = Pillow.open(io.BytesIO(data), formats=(file_format,))
        if page:
            image.seek(page)
    return image


Rescue = Callable[[bytes, Pillow.Image, ImageProblem, Reporter], Pillow.Image]
"""What decodes a damaged file in another way: its data, the opened file, what is wrong."""


def open_with_pillow(
    data: bytes, file_format: str, report: Reporter, *, page: int = 0, rescue: Rescue | None = None
) -> Pillow.Image:
    """A decoded image file of this Pillow format; of one that breaks off, what can be decoded (by `rescue`,
    if given). Raises ImageProblem where it is damaged or too large."""
    image = pillow_header(data, file_format, page)
    check_decodable(image, file_format)
    with heard() as said:
        problem = loading_problem(image, file_format)
    if problem is not None:
        if rescue is not None:
            return rescue(data, pillow_header(data, file_format, page), problem, report)
        image = forgiving(data, file_format, page)
        report("image-cut-off", f"{problem}; what came is shown", _FILE_SPEC)
        return image
    if said:
        message = f"Damaged {file_format} data: {said[0]}; what can be decoded is shown"
        report("image-damaged-in-part", message, _FILE_SPEC)
    return image


def loading_problem(image: Pillow.Image, file_format: str) -> ImageProblem | None:
    """Decode an opened file. What is wrong, where it cannot be: then nothing of it is kept, not even by the
    frames of the error."""
    try:
        with reading(file_format):
            image.load()
        return None
    except ImageProblem as error:
        problem = ImageProblem(error.code, str(error), error.spec)
    image.close()
    return problem


def reduced_jpeg_2000(data: bytes, halvings: int) -> Pillow.Image | None:
    """An image at a lower resolution; None where it has none, or cannot be decoded."""
    try:
        image: Any = pillow_header(data, "JPEG2000")
        image.reduce = halvings
        with reading("JPEG2000"):
            image.load()
    except ImageProblem:
        return None
    return image.copy()  # type: ignore[no-any-return]


def check_decodable(image: Pillow.Image, file_format: str) -> None:
    """Raises ImageProblem where decoding an opened file would take more memory than it may."""
    row = image.width * _BYTES_PER_POINT.get(image.mode, 4) + _PER_ROW
    if row * image.height > _MOST_MEMORY:
        raise ImageProblem(
            "image-too-large",
            f"The {file_format} image of {image.width} x {image.height} samples is too large to be decoded "
            f"(more than {_MOST_MEMORY // 1_000_000} MB of memory)",
            _FILE_SPEC,
        )


def forgiving(data: bytes, file_format: str, page: int = 0) -> Pillow.Image:
    """Decoded in the mode in which Pillow forgives data that ends early, onto white. Raises ImageProblem."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        with reading(file_format):
            image = pillow_header(data, file_format, page)
            if image.mode in ("P", "PA"):
                image.load()  # only then all formats tell their palette
            white = blank(image)
            image = pillow_header(data, file_format, page)
            image.im = Pillow.new(image.mode, image.size, white).im  # which is decoded into
            image.load()
            return image
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def blank(image: Pillow.Image) -> int | float | tuple[int, ...]:
    """The sample that shows white, or as nearly so as the palette has it."""
    if image.mode in ("P", "PA"):
        palette = image.getpalette("RGB") or [0, 0, 0]
        brightness = [sum(palette[at : at + 3]) for at in range(0, len(palette), 3)]
        index = brightness.index(max(brightness))
        return index if image.mode == "P" else (index, 0)
    return _BLANKS.get(image.mode, 0)


_BLANKS: dict[str, int | float | tuple[int, ...]] = {
    "1": 255,
    "L": 255,
    "LA": (255, 0),
    "La": (255, 0),
    "RGB": (255, 255, 255),
    "RGBA": (255, 255, 255, 0),
    "RGBa": (0, 0, 0, 0),
    "CMYK": (0, 0, 0, 0),
    "YCbCr": (255, 128, 128),
    "LAB": (255, 128, 128),
    "I;16": 0xFFFF,
    "I;16B": 0xFFFF,
    "F": 1.0,
}
