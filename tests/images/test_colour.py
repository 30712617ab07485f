"""Gray and colour IOCA images as a viewer shows them: every colour model, compression and arrangement."""

from __future__ import annotations

import pytest
from iocas import CMYK, HEIGHT, RGB, WIDTH, YCBCR, YCRCB, bands, check, colours, drawn, encoding, ide, size
from pictures import bilevel, fax_data, file_data, shapes, tiff_strip
from PIL import Image, ImageChops

from afpcluster.afp.ioca import Compression, Parameter
from afpcluster.afp.ioca_write import encode_data, encode_parameter, jpeg_content
from afpcluster.display.items import Encoding, ImageModel
from afpcluster.display.items import Image as ImageItem

PLAIN = bilevel(WIDTH, HEIGHT)
COLOUR = shapes()
GRAY = COLOUR.convert("L")
INKS = Image.merge(
    "CMYK", [COLOUR.getchannel(n).point(lambda v: 255 - v) for n in "RGB"] + [Image.new("L", COLOUR.size)]
)
YCC = COLOUR.convert("YCbCr")
FROM_YCC = YCC.convert("RGB")
REVERSED = ImageChops.invert(COLOUR)
YCRCB_SAMPLES = Image.merge("RGB", [YCC.getchannel(n) for n in (0, 2, 1)]).tobytes()
SIXTEEN = GRAY.point(lambda value: value >> 4)
NIBBLES = bytes(a << 4 | b for a, b in zip(SIXTEEN.tobytes()[::2], SIXTEEN.tobytes()[1::2], strict=True))
NIBBLES_GRAY_CODED = bytes(value ^ ((value & 0xEE) >> 1) for value in NIBBLES)


def raw(bits: int, *more: bytes) -> list[bytes]:
    return [size(), encoding(Compression.NONE), ide(bits), *more]


CONTINUOUS = {
    "gray by default": (raw(8, encode_data(GRAY.tobytes())), GRAY),
    "gray, 4 bits": (raw(4, encode_data(NIBBLES)), SIXTEEN.point(lambda v: v * 17)),
    "gray, 4 bits, gray coded": (
        raw(4, colours(YCBCR, 4, flags=0x40), encode_data(NIBBLES_GRAY_CODED)),
        SIXTEEN.point(lambda v: v * 17),
    ),
    "gray, 16 bits": (raw(16, encode_data(bytes(b for v in GRAY.tobytes() for b in (v, 7)))), GRAY),
    "gray, subtractive": (
        raw(8, colours(YCRCB, 8, flags=0x80), encode_data(GRAY.tobytes())),
        ImageChops.invert(GRAY),
    ),
    "RGB": (raw(24, colours(RGB, 8, 8, 8), encode_data(COLOUR.tobytes())), COLOUR),
    "RGB, subtractive": (raw(24, colours(RGB, 8, 8, 8, flags=0x80), encode_data(COLOUR.tobytes())), REVERSED),
    "YCbCr": (raw(24, colours(YCBCR, 8, 8, 8), encode_data(YCC.tobytes())), FROM_YCC),
    "YCrCb": (raw(24, colours(YCRCB, 8, 8, 8), encode_data(YCRCB_SAMPLES)), FROM_YCC),
    "RGB, height from the data": (
        [
            size(WIDTH, 0),
            encoding(Compression.NONE),
            ide(24),
            colours(RGB, 8, 8, 8),
            encode_data(COLOUR.tobytes()),
        ],
        COLOUR,
    ),
    "RGB, LZW": (
        [
            size(),
            encoding(Compression.LZW),
            ide(24),
            colours(RGB, 8, 8, 8),
            encode_data(tiff_strip(COLOUR, "tiff_lzw")),
        ],
        COLOUR,
    ),
    "RGB, LZW with predictor": (
        [
            size(),
            encoding(Compression.LZW_PREDICTOR),
            ide(24),
            colours(RGB, 8, 8, 8),
            encode_data(tiff_strip(COLOUR, "tiff_lzw", predictor=2)),
        ],
        COLOUR,
    ),
    "RGB in bands": (
        [
            size(),
            ide(24),
            colours(RGB, 8, 8, 8),
            *bands(Compression.NONE, *(c.tobytes() for c in COLOUR.split())),
        ],
        COLOUR,
    ),
    "YCbCr in bands": (
        [
            size(),
            ide(24),
            colours(YCBCR, 8, 8, 8),
            *bands(Compression.NONE, *(c.tobytes() for c in YCC.split())),
        ],
        FROM_YCC,
    ),
    "nColor of process colorants": (
        raw(
            16,
            colours(0x82, 8, 8),
            encode_parameter(
                Parameter.NCOLOUR_NAMES,
                b"\0\0"
                + b"".join(
                    len(n).to_bytes(2, "big") + n
                    for n in (f"AFPC_Device_{ink}".encode("utf-16-be") for ink in "KC")
                ),
            ),
            encode_data(bytes(b for v in GRAY.tobytes() for b in (255 - v, 0))),
        ),
        None,
    ),
}


@pytest.mark.parametrize("name", CONTINUOUS)
def test_continuous(name: str) -> None:
    content, wanted = CONTINUOUS[name]
    if wanted is None:  # black ink only: how dark is the viewer's affair
        items, found = drawn(content)
        assert found == []
        assert items[0].image.data[3::4] == ImageChops.invert(GRAY).tobytes()  # type: ignore[union-attr]
        return
    check(content, wanted, tolerance=1)


def inks(*planes: Image.Image | None) -> list[bytes]:
    return [b"" if plane is None else plane.tobytes() for plane in planes]


@pytest.mark.parametrize(
    "content",
    [
        raw(32, colours(CMYK, 8, 8, 8, 8), encode_data(INKS.tobytes())),
        [size(), ide(32), colours(CMYK, 8, 8, 8, 8), *bands(Compression.NONE, *inks(*INKS.split()))],
        [
            size(),
            ide(32),
            colours(CMYK, 8, 8, 8, 8),
            *bands(Compression.NONE, *inks(*INKS.split()[:3], None)),
        ],
        [
            size(),
            ide(32),
            colours(CMYK, 8, 8, 8, 8),
            *bands(Compression.LZW, *(tiff_strip(plane, "tiff_lzw") for plane in INKS.split())),
        ],
    ],
)
def test_cmyk(content: list[bytes]) -> None:
    items, found = drawn(content)
    assert found == []
    (item,) = items
    assert isinstance(item, ImageItem)
    assert (item.image.model, item.image.bits, item.image.data) == (ImageModel.CMYK, 8, INKS.tobytes())


def test_one_bit_per_ink() -> None:
    """Function set 42: four bands of one bit."""
    planes = [PLAIN, ImageChops.invert(PLAIN), bilevel(WIDTH, HEIGHT, 5), bilevel(WIDTH, HEIGHT, 6)]
    band_image = encode_parameter(Parameter.BAND_IMAGE, b"\x04\x01\x01\x01\x01")
    data = [
        encode_parameter(Parameter.BAND_IMAGE_DATA, bytes((n, 0, 0)) + fax_data(plane, "G4"))
        for n, plane in enumerate(planes, 1)
    ]
    content = [size(), encoding(Compression.G4_MMR), ide(4), colours(CMYK, 1, 1, 1, 1), band_image, *data]
    items, found = drawn(content)
    assert found == []
    wanted = Image.merge("CMYK", [ImageChops.invert(plane.convert("L")) for plane in planes])
    assert items[0].image.data == wanted.tobytes()  # type: ignore[union-attr]


JPEG = {
    "colour": (
        jpeg_content(WIDTH, HEIGHT, 72, 3, file_data(COLOUR, "JPEG", quality=95, subsampling=0)),
        COLOUR,
    ),
    "gray": (jpeg_content(WIDTH, HEIGHT, 72, 1, file_data(GRAY, "JPEG", quality=95, subsampling=0)), GRAY),
    "progressive": (
        jpeg_content(
            WIDTH, HEIGHT, 72, 3, file_data(COLOUR, "JPEG", quality=95, subsampling=0, progressive=True)
        ),
        COLOUR,
    ),
    "called RGB": (
        [
            size(),
            encoding(Compression.JPEG),
            ide(24),
            colours(RGB, 8, 8, 8),
            encode_data(file_data(COLOUR, "JPEG", quality=95, subsampling=0)),
        ],
        COLOUR,
    ),
    "size not given": (
        [
            size(0, 0),
            encoding(Compression.JPEG),
            ide(24),
            encode_data(file_data(COLOUR, "JPEG", quality=95, subsampling=0)),
        ],
        COLOUR,
    ),
    "called not compressed": (
        [
            size(),
            encoding(Compression.NONE),
            ide(24),
            encode_data(file_data(COLOUR, "JPEG", quality=95, subsampling=0)),
        ],
        COLOUR,
    ),
    "subtractive": (
        [
            size(),
            encoding(Compression.JPEG),
            ide(8),
            colours(YCBCR, 8, flags=0x80),
            encode_data(file_data(GRAY, "JPEG", quality=95, subsampling=0)),
        ],
        ImageChops.invert(GRAY),
    ),
    "only black ink": (
        [
            size(),
            ide(32),
            colours(CMYK, 8, 8, 8, 8),
            *bands(
                Compression.JPEG,
                b"",
                b"",
                b"",
                file_data(ImageChops.invert(GRAY), "JPEG", quality=95, subsampling=0),
            ),
        ],
        GRAY,
    ),
}


@pytest.mark.parametrize("name", JPEG)
def test_jpeg_passes_undecoded(name: str) -> None:
    content, wanted = JPEG[name]
    assert check(content, wanted, tolerance=60).image.encoding is Encoding.JPEG


def test_jpeg_in_bands_is_put_together() -> None:
    planes = [file_data(plane, "JPEG", quality=100) for plane in INKS.split()]
    items, found = drawn([size(), ide(32), colours(CMYK, 8, 8, 8, 8), *bands(Compression.JPEG, *planes)])
    assert found == []
    made = Image.frombytes("CMYK", (WIDTH, HEIGHT), items[0].image.data)  # type: ignore[union-attr]
    assert max(high for _, high in ImageChops.difference(made, INKS).getextrema()) < 40  # type: ignore[misc]
