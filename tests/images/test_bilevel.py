"""Bilevel IOCA images as a viewer shows them: every compression and recording algorithm."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from iocas import HEIGHT, WIDTH, YCBCR, check, colours, difference, drawn, encoding, ide, size
from pictures import bilevel, fax_data, ink_rows, tiff_strip
from pictures_fax import g4_by_hand, mh_by_hand, packed
from PIL import Image

from afpcluster.afp.ioca import Compression, Parameter, Recording
from afpcluster.afp.ioca_write import encode_data, encode_parameter, g4_content
from afpcluster.codecs.bytewise import reverse_bits
from afpcluster.display.items import Encoding, ImageModel
from rendering import show


def fax(image: Image.Image, compression: int, scheme: str, **options: int) -> list[bytes]:
    return [size(*image.size), encoding(compression, **options), encode_data(fax_data(image, scheme))]


PLAIN, ODD = bilevel(WIDTH, HEIGHT), bilevel(43, HEIGHT)
WIDE = Image.new("1", (48, HEIGHT), 255)
WIDE.paste(ODD)


@pytest.mark.parametrize(
    ("compression", "scheme"),
    [
        (Compression.G4_MMR, "G4"),
        (Compression.G3_MH, "MH"),
        (Compression.G3_MR, "MR"),
        (Compression.TIFF_2, "TIFF 2"),
    ],
)
def test_ccitt_passes_undecoded(compression: int, scheme: str) -> None:
    item = check(fax(PLAIN, compression, scheme), PLAIN)
    assert item.image.encoding is Encoding.CCITT
    assert item.image.data == fax_data(PLAIN, scheme)


@pytest.mark.parametrize(
    ("coded", "recording"),
    [
        (WIDE, Recording.RIDIC),  # as the reference wants it: rows padded to bytes
        (ODD, Recording.UNPADDED_RIDIC),
        (ODD, Recording.RIDIC),  # wrong, and common: TIFF data wrapped as it was
    ],
)
def test_rows_of_43_points(coded: Image.Image, recording: int) -> None:
    content = [size(43), encoding(Compression.G4_MMR, recording), encode_data(fax_data(coded, "G4"))]
    check(content, ODD)


def _bottom_up(image: Image.Image) -> bytes:
    rows, length = ink_rows(image), (image.width + 7) // 8
    padded = [
        rows[at : at + length].ljust((image.width + 31) // 32 * 4, b"\0")
        for at in range(0, len(rows), length)
    ]
    return b"".join(reversed(padded))


def _unpadded(image: Image.Image) -> bytes:
    bits = "".join(
        f"{value:08b}"[: min(8, image.width - at)]
        for y in range(image.height)
        for at, value in _row(image, y)
    )
    return int(bits.ljust((len(bits) + 7) // 8 * 8, "0"), 2).to_bytes((len(bits) + 7) // 8, "big")


def _row(image: Image.Image, y: int) -> list[tuple[int, int]]:
    length = (image.width + 7) // 8
    return [(8 * n, value) for n, value in enumerate(ink_rows(image)[y * length : (y + 1) * length])]


BILEVEL = {
    "by default": [size(43), encode_data(ink_rows(ODD))],
    "not compressed": [size(43), encoding(Compression.NONE), ide(1), encode_data(ink_rows(ODD))],
    "height from the data": [size(43, 0), encoding(Compression.NONE), encode_data(ink_rows(ODD))],
    "bottom to top": [
        size(43),
        encoding(Compression.NONE, Recording.BOTTOM_TO_TOP),
        encode_data(_bottom_up(ODD)),
    ],
    "G4, bottom to top": [
        size(43),
        encoding(Compression.G4_MMR, Recording.BOTTOM_TO_TOP),
        encode_data(fax_data(Image.frombytes("1", (64, HEIGHT), _bottom_up(ODD), "raw", "1;I"), "G4")),
    ],
    "G4, bottom to top, height from the data": [
        size(43, 0),
        encoding(Compression.G4_MMR, Recording.BOTTOM_TO_TOP),
        encode_data(fax_data(Image.frombytes("1", (64, HEIGHT), _bottom_up(ODD), "raw", "1;I"), "G4")),
    ],
    "rows without padding": [
        size(43),
        encoding(Compression.NONE, Recording.UNPADDED_RIDIC),
        encode_data(_unpadded(ODD)),
    ],
    "rows without padding, though RIDIC": [
        size(43),
        encoding(Compression.NONE),
        encode_data(_unpadded(ODD)),
    ],
    "bits from right to left": [
        size(43),
        encoding(Compression.NONE, order=1),
        encode_data(reverse_bits(ink_rows(ODD))),
    ],
    "PackBits": [
        size(43),
        encoding(Compression.PACKBITS),
        encode_data(tiff_strip(ODD, "packbits", photometric=0)),
    ],
    "LZW": [size(43), encoding(Compression.LZW), encode_data(tiff_strip(ODD, "tiff_lzw", photometric=0))],
    "G4, height from the data": [
        size(43, 0),
        encoding(Compression.G4_MMR, 4),
        encode_data(fax_data(ODD, "G4")),
    ],
    "G4, bits from right to left": [
        size(43),
        encoding(Compression.G4_MMR, 4, 1),
        encode_data(reverse_bits(fax_data(ODD, "G4"))),
    ],
    "subtractive is ignored": [size(43), ide(1), colours(YCBCR, 1, flags=0x80), encode_data(ink_rows(ODD))],
    "by the writer": g4_content(43, HEIGHT, 72, fax_data(ODD, "G4")),
    "one band": [
        size(43),
        encode_parameter(Parameter.BAND_IMAGE, b"\x01\x01"),
        encode_parameter(Parameter.BAND_IMAGE_DATA, b"\x01\0\0" + ink_rows(ODD)),
    ],
}


@pytest.mark.parametrize("name", BILEVEL)
def test_bilevel(name: str) -> None:
    assert check(BILEVEL[name], ODD).image.model is ImageModel.STENCIL


TOP = PLAIN.copy()
TOP.paste(255, (0, 20, WIDTH, HEIGHT))


@pytest.mark.parametrize("ended", [True, False])
def test_rows_that_the_data_lacks_stay_blank(ended: bool) -> None:
    """IOCA EC-9511: what could be decompressed is presented."""
    data = g4_by_hand(PLAIN, rows=20, ended=ended)
    items, found = drawn([size(), encoding(Compression.G4_MMR), encode_data(data)])
    assert found == ["ioca-data-short"]
    assert difference(show(items, WIDTH, HEIGHT), TOP) == 0


def test_data_without_an_end_of_block_is_whole() -> None:
    check([size(), encoding(Compression.G4_MMR), encode_data(g4_by_hand(PLAIN, ended=False))], PLAIN)


def test_rows_of_large_data_stay_blank_too() -> None:
    noise = Image.frombytes("1", (512, 400), Random(1).randbytes(512 * 400 // 8))
    data = fax_data(noise, "G4")
    items, found = drawn([size(512, 900), encoding(Compression.G4_MMR), encode_data(data)], (512, 900))
    wanted = Image.new("1", (512, 900), 255)
    wanted.paste(noise)
    assert found == ["ioca-data-short"]
    assert difference(show(items, 512, 900), wanted) == 0


@pytest.mark.parametrize(
    ("image", "recording"),
    [(ODD, Recording.RIDIC), (ODD, Recording.UNPADDED_RIDIC), (PLAIN, Recording.RIDIC)],
)
def test_coded_rows_that_begin_at_bytes(image: Image.Image, recording: int) -> None:
    data = g4_by_hand(image, aligned=True)
    check([size(*image.size), encoding(Compression.G4_MMR, recording), encode_data(data)], image)


EOL = "000000000001"


@pytest.mark.parametrize("image", [PLAIN, ODD])
@pytest.mark.parametrize(
    "options",
    [
        {},  # no end of line at all
        {"aligned": True},  # that of TIFF's algorithm 2
        {"before": EOL},
        {"before": "0000" + EOL},  # with fill bits
        {"behind": EOL},  # behind each row, though T.4 has it in front
        {"aligned": True, "before": EOL},
    ],
)
def test_one_dimensional_rows(image: Image.Image, options: dict[str, Any]) -> None:
    data = mh_by_hand(image, **options)
    check([size(*image.size), encoding(Compression.G3_MH, 4), encode_data(data)], image)


def test_rows_behind_the_height_are_not_shown() -> None:
    """IOCA "Image Size": padding scan lines do not count."""
    content = [size(WIDTH, 20), encoding(Compression.G4_MMR), encode_data(g4_by_hand(PLAIN))]
    check(content, PLAIN.crop((0, 0, WIDTH, 20)))


def test_uncompressed_mode_is_decoded() -> None:
    """Which no PDF can say: points as 001 and 01, three zeros in the exit code."""
    data = packed("0000001111" + "001" + "01" + "0000000001" + "0" + "000000000001" * 2)
    wanted = Image.new("1", (8, 1), 255)
    for x in (2, 4):
        wanted.putpixel((x, 0), 0)
    items, found = drawn([size(8, 1), encoding(Compression.G4_MMR), encode_data(data)], (8, 1))
    assert found == []
    assert difference(show(items, 8, 1), wanted) == 0


@pytest.mark.parametrize("recording", [Recording.EXTERNAL, 0])
def test_a_recording_algorithm_that_is_not_supported(recording: int) -> None:
    items, found = drawn([size(), encoding(Compression.NONE, recording), encode_data(ink_rows(PLAIN))])
    assert found == ["ioca-recording-unsupported"]
    assert difference(show(items, WIDTH, HEIGHT), PLAIN) == 0


def test_insignificant_points_leave_what_is_below() -> None:
    items, _ = drawn([size(), encode_data(bytes(WIDTH // 8 * HEIGHT))])
    assert difference(show(items, WIDTH, HEIGHT), Image.new("RGB", (WIDTH, HEIGHT), "white")) == 0
