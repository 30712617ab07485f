"""A sample of what `make image-files` compares, made here: file, AFP, PDF, what PDFium shows, against Pillow.

Inks are left out, of which every program has ideas of its own; `test_container` and `test_colour` have them.
"""

from __future__ import annotations

import zlib

import pytest
from pictures import bilevel, file_data, shapes
from PIL import Image

from afpcluster.codecs.png import Png, whole_file
from benchmarks.images.comparison import Verdict, compare, reference

MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "YCbCr", "LAB", "I;16"),
    "JPEG": ("L", "RGB"),
    "JPEG2000": ("L", "LA", "RGB", "RGBA"),
    "GIF": ("1", "L", "P"),
    "BMP": ("1", "L", "P", "RGB", "RGBA"),
    "PCX": ("1", "L", "P", "RGB"),
    "WEBP": ("RGB", "RGBA"),
}
SUFFIXES = {"PCX": ".pcx"}
LOSSLESS = {"WEBP": {"lossless": True}, "JPEG": {"quality": 95}}


def picture(mode: str, size: tuple[int, int]) -> Image.Image:
    """Colours, and points that are fully transparent where there is an alpha channel."""
    if mode == "1":
        return bilevel(*size)
    image = shapes(size)
    if mode in ("LAB", "I;16"):
        return image.convert("L").convert("LAB" if mode == "LAB" else "I").convert(mode)
    if mode.endswith("A"):
        image.putalpha(bilevel(*size).convert("L"))
    return image.convert(mode)


@pytest.mark.parametrize("size", [(48, 32), (37, 29), (1, 1)])
@pytest.mark.parametrize(
    ("file_format", "mode"), [(file_format, mode) for file_format in MODES for mode in MODES[file_format]]
)
def test_modes_of_files(file_format: str, mode: str, size: tuple[int, int]) -> None:
    data = file_data(picture(mode, size), file_format, **LOSSLESS.get(file_format, {}))
    found = compare("file" + SUFFIXES.get(file_format, ""), data)
    assert (found.verdict, found.codes) == (Verdict.SAME, ())


@pytest.mark.parametrize("compression", ["raw", "packbits", "tiff_lzw", "tiff_adobe_deflate", "jpeg"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_compressions_of_tiff(mode: str, compression: str) -> None:
    found = compare("file", file_data(picture(mode, (48, 32)), "TIFF", compression=compression))
    assert (found.verdict, found.codes) == (Verdict.SAME, ())


KINDS = [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4), (3, 8)]
KINDS += [(4, 8), (4, 16), (6, 8), (6, 16)]


def png(colour_type: int, bits: int, *, key: bool) -> bytes:
    """A PNG of this kind whose rows have all filter types, with or without a transparent value or palette
    entry."""
    width, height = 45, 20
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour_type]
    length = (width * samples * bits + 7) // 8
    rows = b"".join(
        bytes((y % 2,)) + bytes((x * 37 + y * y * 11) % 256 if y % 3 else 0 for x in range(length))
        for y in range(height)
    )
    palette = bytes((n * 53 + 7) % 256 for n in range(3 << bits)) if colour_type == 3 else b""
    transparency = {0: b"\0\0", 2: bytes(6), 3: b"\xff\0\x80"}.get(colour_type, b"") if key else b""
    return whole_file(
        Png(width, height, bits, colour_type, False, palette, transparency, zlib.compress(rows))
    )


@pytest.mark.parametrize("key", [False, True])
@pytest.mark.parametrize(("colour_type", "bits"), KINDS)
def test_kinds_of_png(colour_type: int, bits: int, key: bool) -> None:
    data = png(colour_type, bits, key=key)
    found = compare("file.png", data)
    if reference(data) is not None:
        assert (found.verdict, found.codes) == (Verdict.SAME, ())
    else:
        assert key
        assert bits == 16
