"""JPEG strips of TIFF files, joined to one JPEG that passes undecoded: the same samples as one by one."""

from __future__ import annotations

import io

import pytest
from containers import drawn
from iocas import difference
from pictures import file_data, shapes
from pictures_tiff import tiff
from PIL import Image, ImageFilter

from afpcluster.codecs.jpeg_strips import join_strips
from afpcluster.display.items import Encoding
from afpcluster.display.items import Image as ImageItem
from afpcluster.interpret.context import ObjectArea
from rendering import show

SIZE = (100, 75)
PICTURE = shapes(SIZE).filter(ImageFilter.GaussianBlur(3))
BITS = {"L": (8,), "RGB": (8, 8, 8)}


def strip(image: Image.Image, **options: object) -> bytes:
    return file_data(image, "JPEG", quality=92, **options)


def strips(image: Image.Image, rows: int, **options: object) -> list[bytes]:
    tops = range(0, image.height, rows)
    return [strip(image.crop((0, y, image.width, min(y + rows, image.height))), **options) for y in tops]


@pytest.mark.parametrize(
    ("mode", "rows", "options"),
    [
        ("L", 75, {}),
        ("L", 16, {}),
        ("L", 8, {}),
        ("RGB", 75, {}),
        ("RGB", 16, {"subsampling": 2}),
        ("RGB", 32, {"subsampling": 2}),
        ("RGB", 8, {"subsampling": 1}),
        ("RGB", 24, {"subsampling": 0}),
    ],
)
def test_strips_are_joined(mode: str, rows: int, options: dict[str, object]) -> None:
    image = PICTURE.convert(mode)
    pieces = strips(image, rows, **options)
    data = tiff(SIZE, pieces, bits=BITS[mode], photometric=6 if mode == "RGB" else 1, t259=(7,), t278=(rows,))
    items, found = drawn(data, area=ObjectArea(*SIZE))
    (item,) = items
    assert isinstance(item, ImageItem)
    assert found == []
    assert item.image.encoding is Encoding.JPEG
    decoded = Image.new(mode, SIZE)
    for number, piece in enumerate(pieces):
        with Image.open(io.BytesIO(piece)) as part:
            decoded.paste(part, (0, number * rows))
    with Image.open(io.BytesIO(item.image.data)) as joined:
        assert difference(joined.convert("RGB"), decoded) <= 40  # at borders of strips colour is smoothed
        assert difference(joined.convert("L").convert("RGB"), decoded.convert("L")) <= 12
    assert difference(show(items, *SIZE), PICTURE.convert(mode)) <= 40


@pytest.mark.parametrize("size", [(100, 75), (1_000, 700)])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_strips_of_libtiff_with_tables_of_their_own(mode: str, size: tuple[int, int]) -> None:
    image = shapes(size).filter(ImageFilter.GaussianBlur(3)).convert(mode)
    data = file_data(image, "TIFF", compression="jpeg", quality=92, strip_size=size[0] * 16 * len(BITS[mode]))
    items, found = drawn(data, area=ObjectArea(*size))
    (item,) = items
    assert isinstance(item, ImageItem)
    assert found == []
    assert item.image.encoding is Encoding.JPEG
    assert len(item.image.data) < 1.1 * len(data)
    assert difference(show(items, *size), image) <= 40


UPPER, LOWER = PICTURE.crop((0, 0, 100, 64)), PICTURE.crop((0, 64, 100, 75))
WHOLE = strips(PICTURE, 16, subsampling=2)


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [b""],
        [WHOLE[0][:-2], *WHOLE[1:]],  # an end that is missing
        [WHOLE[0][:60], *WHOLE[1:]],
        [*WHOLE[:-1], b"\xff\xd8\xff\xd9"],
        WHOLE[:-1],  # rows that are missing
        [strip(PICTURE, progressive=True)],
        strips(PICTURE, 8, subsampling=2),  # half an MCU each
        [*strips(UPPER, 16, subsampling=2), strip(LOWER, subsampling=0)],
        [strip(UPPER, subsampling=2), file_data(LOWER, "JPEG", quality=20)],
        [strip(PICTURE.crop((0, 0, 96, 75)))],  # another width
        [strip(PICTURE, restart_marker_blocks=2)],
    ],
)  # fmt: skip
def test_what_cannot_be_joined(pieces: list[bytes]) -> None:
    assert join_strips(b"", pieces, *SIZE, rgb=False) is None


@pytest.mark.parametrize("at", range(0, len(WHOLE[1]), 37))
def test_damage_never_fails(at: int) -> None:
    damaged = bytearray(WHOLE[1])
    damaged[at] ^= 0xFF
    join_strips(b"", [WHOLE[0], bytes(damaged), *WHOLE[2:]], *SIZE, rgb=False)
    join_strips(bytes(damaged), WHOLE, *SIZE, rgb=False)


def test_samples_that_are_rgb_are_no_ycbcr() -> None:
    """PhotometricInterpretation 2: a marker says so, whatever the names of the components."""
    planes = Image.merge("YCbCr", PICTURE.split())  # RGB samples in a JPEG without a colour transform
    data = tiff(SIZE, [strip(planes)], bits=(8, 8, 8), photometric=2, t259=(7,))
    items, found = drawn(data, area=ObjectArea(*SIZE))
    (item,) = items
    assert isinstance(item, ImageItem)
    assert found == []
    assert item.image.encoding is Encoding.JPEG
    assert difference(show(items, *SIZE), PICTURE) <= 40
