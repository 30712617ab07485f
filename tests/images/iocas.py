"""IOCA self-defining fields for tests, and what a viewer shows of the images they make."""

from __future__ import annotations

from collections.abc import Sequence

from pictures import codes, context, image_object
from PIL import Image, ImageChops

from afpcluster.afp.ioca import Parameter, Recording
from afpcluster.afp.ioca_write import encode_parameter, encode_segment
from afpcluster.display.items import Group, Item
from afpcluster.display.items import Image as ImageItem
from afpcluster.interpret.image.ioca import draw_image
from rendering import show

WIDTH, HEIGHT = 48, 32
RGB, YCRCB, CMYK, YCBCR = 1, 2, 4, 0x12


def size(width: int = WIDTH, height: int = HEIGHT) -> bytes:
    return encode_parameter(
        Parameter.IMAGE_SIZE, b"\0" + b"".join(v.to_bytes(2, "big") for v in (720, 720, width, height))
    )


def encoding(compression: int, recording: int = Recording.RIDIC, order: int = 0) -> bytes:
    return encode_parameter(Parameter.IMAGE_ENCODING, bytes((compression, recording, order)))


def ide(bits: int) -> bytes:
    return encode_parameter(Parameter.IDE_SIZE, bytes((bits,)))


def colours(colour_format: int, *sizes: int, flags: int = 0) -> bytes:
    return encode_parameter(Parameter.IDE_STRUCTURE, bytes((flags, colour_format, 0, 0, 0, *sizes)))


def bands(compression: int, *planes: bytes) -> list[bytes]:
    """Band Image and the data of each band in two pieces."""
    fields = [
        encode_parameter(Parameter.BAND_IMAGE, bytes((len(planes), *(8 for _ in planes)))),
        encoding(compression),
    ]
    for number, plane in enumerate(planes, 1):
        half = len(plane) // 2
        for part in (plane[:half], plane[half:]) if plane else (b"",):
            fields.append(encode_parameter(Parameter.BAND_IMAGE_DATA, bytes((number, 0, 0)) + part))
    return fields


def drawn(content: Sequence[bytes], space: tuple[int, int] = (WIDTH, HEIGHT)) -> tuple[list[Item], list[str]]:
    found = context()
    return draw_image(image_object(encode_segment(content), space), found), codes(found)


def difference(shown: Image.Image, wanted: Image.Image) -> int:
    """The largest difference of any channel of any pixel."""
    extrema = ImageChops.difference(shown, wanted.convert("RGB")).getextrema()
    return max(high for _low, high in extrema)  # type: ignore[misc]


def check(content: Sequence[bytes], wanted: Image.Image, tolerance: int = 0) -> ImageItem:
    """Draws without findings and shows `wanted` at one pixel per image point; the image item."""
    items, found = drawn(content, wanted.size)
    assert found == []
    assert difference(show(items, *wanted.size), wanted) <= tolerance
    item = items[0]
    while isinstance(item, Group):
        item = item.items[0]
    assert isinstance(item, ImageItem)
    return item
