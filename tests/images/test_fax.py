"""CCITT data that is cut off or damaged: what can be decoded is shown, the same in every viewer, and told.

What is passed on undecoded is sound; so the picture of damaged data never depends on the viewer.
"""

from __future__ import annotations

import io
from random import Random

import pytest
from containers import drawn as container_drawn
from iocas import difference, drawn, encoding, size
from pictures import bilevel, fax_data, file_data
from PIL import Image

from afpcluster.afp.ioca import Compression
from afpcluster.afp.ioca_write import encode_data
from afpcluster.codecs.ccitt import RowForm, Scheme, decode
from afpcluster.codecs.ccitt_tiff import encode_g4, is_sound_g4
from afpcluster.display.items import Encoding
from afpcluster.display.items import Image as ImageItem
from afpcluster.interpret.context import ObjectArea
from rendering import show

INK = bilevel(200, 120)
WIDTH, HEIGHT = INK.size
COMPRESSIONS = {"G4": Compression.G4_MMR, "MH": Compression.G3_MH, "MR": Compression.G3_MR}


def image_of(scheme: str, data: bytes) -> tuple[ImageItem, list[str]]:
    items, found = drawn([size(WIDTH, HEIGHT), encoding(COMPRESSIONS[scheme]), encode_data(data)], INK.size)
    (item,) = items
    assert isinstance(item, ImageItem)
    return item, found


@pytest.mark.parametrize("scheme", COMPRESSIONS)
def test_sound_data_passes_undecoded(scheme: str) -> None:
    item, found = image_of(scheme, fax_data(INK, scheme))
    assert found == []
    assert item.image.encoding is Encoding.CCITT


@pytest.mark.parametrize("scheme", COMPRESSIONS)
@pytest.mark.parametrize("part", [0.3, 0.5, 0.9])
def test_data_that_breaks_off_shows_its_rows_and_then_nothing(scheme: str, part: float) -> None:
    data = fax_data(INK, scheme)
    data = data[: int(len(data) * part)]
    item, found = image_of(scheme, data)
    rows = decode(data, RowForm(WIDTH), Scheme(scheme), HEIGHT).height
    wanted = Image.new("1", INK.size, 255)
    wanted.paste(INK.crop((0, 0, WIDTH, rows)))
    assert found == ["ioca-data-short"]
    assert 0.15 * HEIGHT < rows < HEIGHT
    assert difference(show([item], WIDTH, HEIGHT), wanted) <= 0


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("scheme", COMPRESSIONS)
def test_a_flipped_bit_is_told_unless_it_changes_nothing(scheme: str, seed: int) -> None:
    data = bytearray(fax_data(INK, scheme))
    chance = Random(seed)
    at = chance.randrange(len(data) // 4, len(data) * 3 // 4)
    data[at] ^= 1 << chance.randrange(8)
    item, found = image_of(scheme, bytes(data))
    decoded = decode(bytes(data), RowForm(WIDTH), Scheme(scheme), HEIGHT)
    wanted = Image.frombytes("1", INK.size, decoded.rows.ljust(WIDTH // 8 * HEIGHT, b"\0"))
    wanted = wanted.point(lambda value: 255 - value)
    assert difference(show([item], WIDTH, HEIGHT), wanted) == 0
    told = "ccitt-damaged" if decoded.damaged else "ioca-data-short"
    assert found == ([told] if decoded.damaged or decoded.height < HEIGHT else [])
    if scheme == "G4" and item.image.encoding is Encoding.CCITT:
        assert is_sound_g4(bytes(data), WIDTH, HEIGHT) or decoded.height == HEIGHT


@pytest.mark.parametrize("scheme", ["MH", "MR"])
def test_damage_between_end_of_line_codes_costs_few_rows(scheme: str) -> None:
    """Behind it rows are read again; one may be lost or seen twice."""
    data = bytearray(fax_data(INK, scheme))
    data[len(data) // 2 : len(data) // 2 + 2] = b"\0\0"  # no code has so many zeros
    item, found = image_of(scheme, bytes(data))
    shown = show([item], WIDTH, HEIGHT).convert("1")
    part = (0, HEIGHT * 3 // 4, WIDTH, HEIGHT - 4)
    moved = [INK.crop((0, part[1] + by, WIDTH, part[3] + by)) for by in range(-4, 5)]
    assert len(found) == 1
    assert shown.crop(part) in moved
    assert shown.crop((0, 0, WIDTH, HEIGHT // 3)) == INK.crop((0, 0, WIDTH, HEIGHT // 3))


@pytest.mark.parametrize("photometric", [0, 1])
def test_damage_in_a_tiff(photometric: int) -> None:
    data = bytearray(file_data(INK, "TIFF", compression="group4", tiffinfo={262: photometric, 278: HEIGHT}))
    with Image.open(io.BytesIO(data)) as file:
        start, count = file.tag_v2[273][0], file.tag_v2[279][0]  # type: ignore[attr-defined]
    data[start + count // 2 : start + count] = bytes(count - count // 2)
    items, found = container_drawn(bytes(data), area=ObjectArea(WIDTH, HEIGHT))
    shown = show(items, WIDTH, HEIGHT)
    assert found in (["ccitt-damaged"], ["ioca-data-short"])
    assert difference(shown.crop((0, 0, WIDTH, HEIGHT // 4)), INK.crop((0, 0, WIDTH, HEIGHT // 4))) == 0
    assert shown.crop((0, HEIGHT * 3 // 4, WIDTH, HEIGHT)).getcolors() == [
        (WIDTH * HEIGHT // 4, (255, 255, 255))
    ]


@pytest.mark.parametrize("width", [187, 193, 199])
def test_rows_padded_to_bytes_are_shown_sharply(width: int) -> None:
    """RIDIC pads rows before they are coded; the image is placed point by point all the same."""
    image = bilevel(width, HEIGHT)
    padded = Image.new("1", ((width + 7) // 8 * 8, HEIGHT), 255)
    padded.paste(image)
    content = [size(width, HEIGHT), encoding(Compression.G4_MMR), encode_data(fax_data(padded, "G4"))]
    items, found = drawn(content, image.size)
    assert found == []
    assert difference(show(items, width, HEIGHT), image) == 0
    (item,) = items
    assert isinstance(item, ImageItem)
    assert (item.image.width, item.image.encoding) == (width, Encoding.CCITT)


@pytest.mark.parametrize("width", [8, 9, 200])
def test_what_is_encoded_is_sound(width: int) -> None:
    rows = bilevel(width, HEIGHT).tobytes()
    data = encode_g4(width, HEIGHT, rows)
    assert is_sound_g4(data, width, HEIGHT)
    assert is_sound_g4(data[:-3], width, HEIGHT)  # without an end of block
    assert not is_sound_g4(data[: len(data) // 2], width, HEIGHT)
    assert not is_sound_g4(data, width, HEIGHT + 1)
    assert not is_sound_g4(b"", width, HEIGHT)
