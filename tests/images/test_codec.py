"""Decoders against data that Pillow wrote, and against small data written out by hand."""

from __future__ import annotations

import pytest
from pictures import bilevel, shapes, tiff_strip
from PIL import Image

from afpcluster.codecs.bytewise import (
    decode_lzw,
    decode_rl4,
    pad_rows,
    reverse_bits,
    turn_over,
    undo_predictor,
    unpack_bits,
)


@pytest.mark.parametrize("image", [shapes(), shapes((200, 300)), bilevel(800, 300).convert("L")])
def test_lzw(image: Image.Image) -> None:
    wanted = image.tobytes()
    data = tiff_strip(image, "tiff_lzw")
    assert decode_lzw(data, len(wanted)) == wanted
    assert decode_lzw(data + data, 2 * len(wanted)) == wanted + wanted  # two strips
    early = decode_lzw(data[: len(data) // 2], len(wanted))
    assert 0 < len(early) < len(wanted)
    assert wanted.startswith(early)
    assert decode_lzw(data, 100) == wanted[:100]


def test_predictor() -> None:
    image = shapes((60, 40))
    differences = decode_lzw(tiff_strip(image, "tiff_lzw", predictor=2), 60 * 40 * 3)
    assert differences != image.tobytes()
    assert undo_predictor(differences, 60 * 3, 3) == image.tobytes()


def test_pack_bits() -> None:
    image = bilevel(300, 60)
    assert unpack_bits(tiff_strip(image, "packbits"), 38 * 60) == image.tobytes()


@pytest.mark.parametrize(
    ("data", "limit", "wanted"),
    [
        ("02 AA BB CC", 9, "AABBCC"),
        ("FE 55", 9, "555555"),
        ("80 FF 01", 9, "0101"),
        ("FE 55", 2, "5555"),
        ("05 AA", 9, "AA"),  # cut off
        ("FE", 9, ""),
    ],
)
def test_pack_bits_by_hand(data: str, limit: int, wanted: str) -> None:
    assert unpack_bits(bytes.fromhex(data), limit) == bytes.fromhex(wanted)


@pytest.mark.parametrize(
    ("data", "width", "height", "rows"),
    [
        ("0001 0002 33 FF", 10, 1, "0F00"),  # 4 white, 4 black; end of line at a byte
        ("0001 0003 FE 1FFF", 10, 1, "C000"),  # begins black: 0 white; end of line of 12 bits
        ("0001 0002 07FF 0003 0002 FE7FFF", 8, 3, "7F00FF"),  # row 2 left out
        ("0001 0004 BFC00FFF", 160, 1, "00" * 9 + "FF" * 9 + "8000"),  # 72 white, 73 black
        ("0001 0006 E000FEFEFFFF", 592, 1, "00" * 74),  # 585 white, 0 black, 0 white
        ("0001 0004 F00000FF", 4684, 1, "00" * 585 + "40"),  # 4681 white, 1 black
        ("0000 0002 33 FF 0001 0002 33 FF", 8, 0, "0F0F"),  # numbered from 0, height not given
        ("0001 0002 33", 8, 1, "0F"),  # no end of line
        ("", 8, 2, "0000"),
    ],
)
def test_rl4(data: str, width: int, height: int, rows: str) -> None:
    wanted = bytes.fromhex(rows)
    assert decode_rl4(bytes.fromhex(data), width, height, 1000) == (wanted, height or len(wanted))


def test_rl4_is_limited() -> None:
    rows, count = decode_rl4(bytes.fromhex("0001 0002 33FF FFFF 0002 33FF"), 8, 0, 100)
    assert (rows, count) == (b"\x0f", 1)


@pytest.mark.parametrize(
    ("data", "bits", "height", "wanted"),
    [
        ("A0", 4, 2, "A000"),
        ("B6", 3, 2, "A0A0"),  # 101 101 10
        ("ABCDEF", 12, 2, "ABC0DEF0"),
        ("FF", 8, 1, "FF"),
        ("F0", 4, 3, "F00000"),  # too short
    ],
)
def test_rows_without_padding(data: str, bits: int, height: int, wanted: str) -> None:
    assert pad_rows(bytes.fromhex(data), bits, height).hex().upper() == wanted


def test_bottom_to_top() -> None:
    rows = bytes.fromhex("11220000 33440000")
    assert turn_over(rows, 16, 2) == bytes.fromhex("3344 1122")


def test_bit_order() -> None:
    assert reverse_bits(bytes.fromhex("1A0D71")) == bytes.fromhex("58B08E")  # the reference's own example
