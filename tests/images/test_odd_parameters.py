"""Image parameters and data that do not go together, or have reserved values: what is taken is told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from iocas import RGB, YCBCR, bands, colours, drawn, encoding, ide, size

from afpcluster.afp.ioca import Compression, Parameter, Recording
from afpcluster.afp.ioca_write import encode_parameter

WIDTH, HEIGHT = 48, 32
INK, SAMPLES = bytes(WIDTH // 8 * HEIGHT), bytes(WIDTH * HEIGHT)
MORE = b"\0\1"
RAW = encoding(Compression.NONE)
BILEVEL = [size(), RAW, ide(1)]
COLOUR = [size(), RAW, ide(24), colours(RGB, 8, 8, 8)]
PLANES = [size(), ide(24), colours(RGB, 8, 8, 8)]
THREE = bands(Compression.NONE, SAMPLES, SAMPLES, SAMPLES)
PLACE = encode_parameter(Parameter.TILE_POSITION, bytes(8))


def data(raw: bytes) -> bytes:
    return encode_parameter(Parameter.IMAGE_DATA, raw)


def band(number: int, raw: bytes) -> bytes:
    return encode_parameter(Parameter.BAND_IMAGE_DATA, bytes((number, 0, 0)) + raw)


def table(number: int) -> bytes:
    return encode_parameter(Parameter.IMAGE_LUT_ID, bytes((number,)))


def tile(*parameters: bytes) -> list[bytes]:
    whole = WIDTH.to_bytes(4, "big") + HEIGHT.to_bytes(4, "big") + b"\1"
    return [
        encode_parameter(Parameter.TILE_TOC, bytes(2)),
        encode_parameter(Parameter.BEGIN_TILE, b""),
        *parameters,
        encode_parameter(Parameter.TILE_SIZE, whole),
        RAW,
        ide(1),
        data(INK),
        encode_parameter(Parameter.END_TILE, b""),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ([*BILEVEL, data(INK)], []),
        ([*BILEVEL, data(INK), data(bytes(100))], []),
        ([*BILEVEL, data(INK), data(MORE)], ["ioca-data-long"]),
        ([size(), encoding(Compression.NONE, Recording.BOTTOM_TO_TOP), ide(1), data(bytes(256))], []),
        (
            [size(), encoding(Compression.NONE, Recording.BOTTOM_TO_TOP), ide(1), data(bytes(256) + MORE)],
            ["ioca-data-long"],
        ),
        ([*COLOUR, data(SAMPLES * 3)], []),
        ([*COLOUR, data(SAMPLES * 3 + MORE)], ["ioca-data-long"]),
        ([size(), encoding(Compression.NONE, order=1), ide(1), data(INK)], []),
        ([size(), encoding(Compression.NONE, order=7), ide(1), data(INK)], ["ioca-parameter-bad"]),
        ([size(), RAW, ide(24), colours(YCBCR, 8, 8, 8), data(SAMPLES * 3)], []),
        ([size(), RAW, ide(24), colours(0x77, 8, 8, 8), data(SAMPLES * 3)], ["ioca-parameter-bad"]),
        ([size(), RAW, ide(8), table(0), data(SAMPLES)], []),
        ([size(), RAW, ide(8), table(5), data(SAMPLES)], ["ioca-parameter-bad"]),
        ([*PLANES, *THREE], []),
        ([*PLANES, *THREE, band(9, b"..")], ["ioca-band-unexpected"]),
        ([*PLANES, *bands(Compression.NONE, *[SAMPLES] * 4)], ["ioca-band-unexpected"]),
        (
            [*PLANES, *bands(Compression.NONE, SAMPLES, SAMPLES, SAMPLES + MORE)],
            ["ioca-data-long"],
        ),
        (tile(PLACE), []),
        (tile(), ["ioca-tile-unplaced"]),
    ],
)
def test_what_is_odd_is_told(content: Sequence[bytes], told: list[str]) -> None:
    items, found = drawn(content)
    assert items
    assert found == told
