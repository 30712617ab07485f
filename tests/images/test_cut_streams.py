"""JPEG and JPEG 2000 data that breaks off: what came is shown, the same in every viewer, and told."""

from __future__ import annotations

import io

import pytest
from containers import HEIGHT, WIDTH, drawn
from iocas import difference
from pictures import file_data, shapes
from PIL import Image, ImageFilter

from afpcluster.codecs.jpeg import END_OF_IMAGE, ended
from afpcluster.codecs.jpeg2000 import SYCC, codestream, colour_space, completed
from afpcluster.display.items import Encoding, amount_of
from afpcluster.display.items import Image as ImageItem
from afpcluster.interpret.context import ObjectArea
from rendering import show

LARGE = shapes((240, 160)).filter(ImageFilter.GaussianBlur(8))
AREA = ObjectArea(*LARGE.size)


def item_of(data: bytes) -> tuple[ImageItem, list[str]]:
    items, found = drawn(data, area=AREA)
    (item,) = items
    assert isinstance(item, ImageItem)
    return item, found


def baseline(**options: object) -> bytes:
    return file_data(LARGE, "JPEG", quality=90, **options)


def comment(body: bytes) -> bytes:
    return b"\xff\xfe" + (len(body) + 2).to_bytes(2, "big") + body


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (baseline(), baseline()),
        (baseline() + b"behind it", baseline() + b"behind it"),
        (baseline()[:-2], baseline()),
        (baseline()[:-3] + b"\xff", baseline()[:-3] + END_OF_IMAGE),
        (baseline()[:2] + comment(END_OF_IMAGE) + baseline()[2:-2], None),
        (baseline()[:2] + comment(b"\xff\xd8" + END_OF_IMAGE) + baseline()[2:], None),
    ],
)
def test_an_end_marker_is_the_one_of_the_image(data: bytes, wanted: bytes | None) -> None:
    if wanted is None:
        wanted = data if data.endswith(END_OF_IMAGE) else data + END_OF_IMAGE
    assert ended(data) == wanted


@pytest.mark.parametrize("extra", [b"", comment(b"a thumbnail" + END_OF_IMAGE)])
def test_a_baseline_jpeg_gets_its_end_marker(extra: bytes) -> None:
    whole = baseline()
    item, found = item_of(whole[:2] + extra + whole[2 : len(whole) // 2])
    assert found == ["jpeg-cut-off"]
    assert item.image.encoding is Encoding.JPEG
    assert item.image.data.endswith(END_OF_IMAGE)
    upper = (0, 0, LARGE.width, LARGE.height // 4)
    with Image.open(io.BytesIO(item.image.data)) as decoded:  # not by qpdf, which finds fault with it
        assert difference(decoded.crop(upper), LARGE.crop(upper)) < 30


def test_a_baseline_jpeg_that_lacks_its_end_marker_alone_is_whole() -> None:
    item, found = item_of(baseline()[:-2])
    assert found == ["jpeg-cut-off"]
    assert difference(show([item], *LARGE.size), LARGE) < 30


@pytest.mark.parametrize("part", [0.4, 0.5, 0.6, 0.7, 0.8])
def test_a_progressive_jpeg_is_decoded(part: float) -> None:
    """Its scans are passes over the whole image, which viewers show or not."""
    whole = baseline(progressive=True)
    item, found = item_of(whole[: int(len(whole) * part)])
    assert found == ["jpeg-cut-off"]
    assert item.image.encoding is Encoding.RAW
    assert average_difference(show([item], *LARGE.size), LARGE) < 30


def average_difference(shown: Image.Image, wanted: Image.Image) -> float:
    one, two = (image.resize((24, 16)).convert("RGB").tobytes() for image in (shown, wanted))
    return sum(abs(a - b) for a, b in zip(one, two, strict=True)) / len(one)


CUT = {
    "layers": {"quality_layers": [80, 40, 20]},
    "lossless": {},
    "irreversible": {"irreversible": True},
    "resolutions first": {"progression": "RLCP"},
    "tiles": {"tile_size": (64, 64)},
}


@pytest.mark.parametrize("name", CUT)
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_jpeg_2000_file_is_shown_coarsely(part: float, name: str) -> None:
    whole = file_data(LARGE, "JPEG2000", **CUT[name])
    item, found = item_of(whole[: int(len(whole) * part)])
    assert found == ["image-cut-off"]
    assert item.image.encoding is Encoding.RAW
    assert item.matrix == item_of(whole)[0].matrix  # as large as the whole image
    if name != "tiles":
        assert average_difference(show([item], *LARGE.size), LARGE) < 25


def test_of_a_huge_jpeg_2000_image_a_few_bytes_are_not_shown() -> None:
    """To decode it would cost as much as the whole."""
    data = file_data(LARGE, "JPEG2000", tile_size=(64, 64))
    at = data.index(b"\xff\x4f\xff\x51") + 8
    wide = data[:at] + (1 << 19).to_bytes(4, "big") + data[at + 4 : 600]
    items, found = drawn(wide, area=AREA)
    assert (amount_of(items) <= 20, found) == (True, ["image-bad"])


def test_of_tiles_those_that_came_are_shown() -> None:
    whole = file_data(LARGE, "JPEG2000", **CUT["tiles"])
    item, _ = item_of(whole[: len(whole) * 6 // 10])
    upper = (0, 0, LARGE.width, 60)
    assert difference(show([item], *LARGE.size).crop(upper), LARGE.crop(upper)) < 30


@pytest.mark.parametrize("name", CUT)
def test_the_end_of_a_codestream(name: str) -> None:
    data = file_data(LARGE, "JPEG2000", **CUT[name])
    found = codestream(data)
    assert found is not None
    assert found.whole
    assert len(found.tile_parts) == (12 if name == "tiles" else 1)
    cut = codestream(data[:-2])
    assert cut is not None
    assert not cut.whole


def test_a_codestream_without_a_tile_is_not_shown() -> None:
    data = file_data(LARGE, "JPEG2000")
    found = codestream(data)
    assert found is not None
    start = data[: found.tile_parts[0]]
    begun = codestream(start)
    assert begun is not None
    assert completed(start, begun) is None
    assert drawn(start) == ([], ["image-bad"])
    assert codestream(b"nothing") is None


def test_a_colour_space_that_viewers_show_differently_is_decoded() -> None:
    data = bytearray(file_data(shapes(), "JPEG2000"))
    at = data.index(b"colr") + 7
    data[at : at + 4] = SYCC.to_bytes(4, "big")
    assert colour_space(bytes(data)) == SYCC
    items, found = drawn(bytes(data))
    assert found == []
    assert isinstance(items[0], ImageItem)
    assert items[0].image.encoding is Encoding.RAW
    with Image.open(io.BytesIO(data)) as reference:
        assert difference(show(items, WIDTH, HEIGHT), reference) <= 2


@pytest.mark.parametrize("length", [b"\x7f\xff\xff\xff", b"\xff" * 4, b"\0\0\0\1", bytes(4)])
def test_a_length_that_cannot_be_costs_nothing(length: bytes) -> None:
    data = bytearray(file_data(LARGE, "JPEG2000"))
    found = codestream(bytes(data))
    assert found is not None
    at = found.tile_parts[0] + 6
    data[at : at + 4] = length
    part = bytes(data[:-100])
    begun = codestream(part)
    assert begun is not None
    assert len(completed(part, begun) or b"") < len(data) + 100_000
    assert "image-cut-off" in drawn(part)[1]
