"""TIFF files with a damaged strip or tile, or one that breaks off: the others are shown."""

from __future__ import annotations

import struct
import zlib
from random import Random

import pytest
from containers import HEIGHT, WIDTH, drawn
from iocas import difference
from pictures_tiff import tiff
from PIL import Image, ImageChops

from afpcluster.interpret.context import ObjectArea
from rendering import show

SIZE = WIDTH, HEIGHT
ROWS = 8
DEFLATE = 8
NOISE = Image.frombytes("RGB", SIZE, bytes(Random(1).randrange(200) for _ in range(WIDTH * HEIGHT * 3)))


def strips(image: Image.Image) -> list[bytes]:
    return [image.crop((0, y, WIDTH, y + ROWS)).tobytes() for y in range(0, HEIGHT, ROWS)]


def tiles(image: Image.Image) -> list[bytes]:
    return [
        image.crop((x, y, x + 16, y + 16)).tobytes()
        for y in range(0, HEIGHT, 16)
        for x in range(0, WIDTH, 16)
    ]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
@pytest.mark.parametrize("bad", [0, 1, 3])
def test_a_damaged_strip(bad: int, mode: str, order: str) -> None:
    image = NOISE.quantize(64) if mode == "P" else NOISE.convert(mode)
    palette = image.getpalette() or []
    palette += [255] * (768 - len(palette))
    colours = [value * 257 for part in range(3) for value in palette[part::3]]
    pieces = [zlib.compress(strip) for strip in strips(image)]
    pieces[bad] = b"this is not it"
    data = tiff(
        SIZE,
        pieces,
        bits=(8, 8, 8) if mode == "RGB" else (8,),
        photometric={"L": 1, "RGB": 2, "P": 3}[mode],
        order=order,
        t259=(DEFLATE,),
        **({"t320": colours} if mode == "P" else {}),
    )
    items, found = drawn(data)
    wanted = image.convert("RGB")
    wanted.paste("white", (0, bad * ROWS, WIDTH, (bad + 1) * ROWS))
    assert found == ["image-damaged-in-part"]
    assert difference(show(items, WIDTH, HEIGHT), wanted) == 0


@pytest.mark.parametrize("bad", [0, 4])
def test_a_damaged_tile(bad: int) -> None:
    pieces = [zlib.compress(tile) for tile in tiles(NOISE)]
    pieces[bad] = pieces[bad][:3]
    data = tiff(SIZE, pieces, bits=(8, 8, 8), photometric=2, tile=(16, 16), t259=(DEFLATE,))
    items, found = drawn(data)
    wanted = NOISE.copy()
    x, y = bad % 3 * 16, bad // 3 * 16
    wanted.paste("white", (x, y, x + 16, y + 16))
    assert found == ["image-damaged-in-part"]
    assert difference(show(items, WIDTH, HEIGHT), wanted) == 0


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_strip_that_breaks_off_of_an_image_that_is_turned(orientation: int) -> None:
    pieces = strips(NOISE)
    pieces[-1] = pieces[-1][: WIDTH * 3 * 2]
    whole = tiff(SIZE, strips(NOISE), bits=(8, 8, 8), photometric=2, t274=(orientation,))
    cut = tiff(SIZE, pieces, bits=(8, 8, 8), photometric=2, t274=(orientation,))
    across, down = SIZE if orientation < 5 else (HEIGHT, WIDTH)
    shown = []
    for data in (whole, cut):
        items, found = drawn(data, area=ObjectArea(across, down))
        shown.append(show(items, across, down))
    assert found == ["image-damaged-in-part"]
    changed = ImageChops.difference(*shown).convert("L").point(lambda value: 255 if value else 0)
    assert changed.histogram()[255] == WIDTH * 6


def test_a_file_without_a_single_good_strip_is_a_finding() -> None:
    data = tiff(SIZE, [b"bad", b"worse"], bits=(8, 8, 8), photometric=2, t259=(DEFLATE,))
    assert drawn(data) == ([], ["image-bad"])


def test_a_tag_whose_value_lies_outside_of_the_file_counts_as_missing() -> None:
    tags = ((256, 254), (257, 8), (259, 1), (262, 1), (273, 110), (278, 8), (279, 16), (284, 1))
    entries = [struct.pack("<HHII", tag, 3, 32 if tag == 262 else 1, value) for tag, value in tags]
    data = struct.pack("<2sHIH", b"II", 42, 8, len(tags)) + b"".join(entries) + bytes(8)
    _, found = drawn(data)
    assert found == ["image-damaged-in-part"]
