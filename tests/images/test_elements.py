"""Image data elements: sizes that disagree, samples of few bits, subsampled colour, inks of JPEG files."""

from __future__ import annotations

import pytest
from iocas import (
    CMYK,
    HEIGHT,
    RGB,
    WIDTH,
    YCBCR,
    YCRCB,
    bands,
    check,
    colours,
    difference,
    drawn,
    encoding,
    ide,
    size,
)
from pictures import bilevel, context, fax_data, file_data, image_object, ink_rows, shapes, tiff_strip
from PIL import Image

from afpcluster.afp.ioca import Compression, Parameter
from afpcluster.afp.ioca_write import encode_data, encode_parameter, encode_segment
from afpcluster.display.items import Image as ImageItem
from afpcluster.findings import Severity
from afpcluster.interpret.image.ioca import draw_image
from rendering import show

INK, COLOUR = bilevel(WIDTH, HEIGHT), shapes()
GRAY = COLOUR.convert("L")
GRAY_BYTES, RGB_BYTES = GRAY.tobytes(), COLOUR.tobytes()
FAX = fax_data(INK, "G4")
RGB_LZW = tiff_strip(COLOUR, "tiff_lzw")
PLAIN, LZW, G4 = (encoding(c) for c in (Compression.NONE, Compression.LZW, Compression.G4_MMR))

DISAGREEING = {
    "size 24, structure gray, gray data": (
        [PLAIN, ide(24), colours(YCBCR, 8), encode_data(GRAY_BYTES)],
        GRAY,
    ),
    "size 8, structure RGB, gray data": (
        [PLAIN, ide(8), colours(RGB, 8, 8, 8), encode_data(GRAY_BYTES)],
        GRAY,
    ),
    "size 8, structure RGB, RGB data": (
        [PLAIN, ide(8), colours(RGB, 8, 8, 8), encode_data(RGB_BYTES)],
        COLOUR,
    ),
    "no size, structure RGB": ([PLAIN, colours(RGB, 8, 8, 8), encode_data(RGB_BYTES)], COLOUR),
    "no size, structure RGB, compressed": ([LZW, colours(RGB, 8, 8, 8), encode_data(RGB_LZW)], COLOUR),
    "size 24, no structure": ([PLAIN, ide(24), encode_data(RGB_BYTES)], COLOUR),
    "size 8, G4 data": ([G4, ide(8), encode_data(FAX)], INK),
    "structure RGB, G4 data": ([G4, ide(24), colours(RGB, 8, 8, 8), encode_data(FAX)], INK),
    "size 1, structure gray, bilevel data": (
        [PLAIN, ide(1), colours(YCBCR, 8), encode_data(ink_rows(INK))],
        INK,
    ),
}


@pytest.mark.parametrize("name", DISAGREEING)
def test_the_amount_of_data_tells_which_size_is_right(name: str) -> None:
    """IOCA EC-9B18, where receivers stop: shown all the same, and reported."""
    content, wanted = DISAGREEING[name]
    items, found = drawn([size(), *content])
    assert found == ["ioca-ide-mismatch"]
    assert difference(show(items, WIDTH, HEIGHT), wanted) == 0


def few_bits(*values: int) -> bytes:
    """Nibbles as bytes."""
    return bytes(a << 4 | b for a, b in zip(values[::2], values[1::2], strict=True))


def test_ycc_of_four_bits() -> None:
    """Two points: Y 15 and 0 of 15, no chroma (8 of 15 is 136 of 255, a trace above the middle)."""
    content = [size(2, 1), PLAIN, ide(12), colours(YCBCR, 4, 4, 4), encode_data(few_bits(15, 8, 8, 0, 8, 8))]
    items, found = drawn(content, (2, 1))
    assert found == []
    (item,) = items
    assert isinstance(item, ImageItem)
    wanted = Image.new("YCbCr", (2, 1))
    wanted.putdata([(255, 136, 136), (0, 136, 136)])
    assert item.image.data == wanted.convert("RGB").tobytes()


def named(*names: str) -> bytes:
    """nColor Names."""
    coded = [f"AFPC_Device_{name}".encode("utf-16-be") for name in names]
    groups = b"".join(len(name).to_bytes(2, "big") + name for name in coded)
    return encode_parameter(Parameter.NCOLOUR_NAMES, b"\0\0" + groups)


@pytest.mark.parametrize(
    ("names", "samples", "wanted"),
    [
        (("C", "K"), (15, 0, 3, 15), (255, 0, 0, 0, 51, 0, 0, 255)),
        (("B", "R"), (15, 3, 0, 5), (51, 0, 255, 85, 0, 0)),
    ],
)
def test_colorants_of_four_bits(
    names: tuple[str, ...], samples: tuple[int, ...], wanted: tuple[int, ...]
) -> None:
    content = [size(2, 1), PLAIN, ide(8), colours(0x82, 4, 4), named(*names), encode_data(few_bits(*samples))]
    items, found = drawn(content, (2, 1))
    assert found == []
    assert items[0].image.data == bytes(wanted)  # type: ignore[union-attr]


@pytest.mark.parametrize("names", [("C", "R"), ("C",), ("Gold", "K")])
def test_colorants_of_no_device_are_a_finding(names: tuple[str, ...]) -> None:
    content = [size(2, 1), PLAIN, ide(8), colours(0x82, 4, 4), named(*names), encode_data(b"\0\0")]
    assert drawn(content, (2, 1)) == ([], ["ioca-ncolor-unsupported"])


def test_image_data_beside_bands_is_a_finding() -> None:
    planes = [plane.tobytes() for plane in COLOUR.split()]
    content = [
        size(),
        ide(24),
        colours(RGB, 8, 8, 8),
        *bands(Compression.NONE, *planes),
        encode_data(b"rest"),
    ]
    items, found = drawn(content)
    assert found == ["ioca-data-beside-bands"]
    assert difference(show(items, WIDTH, HEIGHT), COLOUR) == 0


def test_bands_that_are_counted_from_0() -> None:
    numbered = [
        encode_parameter(Parameter.BAND_IMAGE_DATA, bytes((number, 0, 0)) + plane.tobytes())
        for number, plane in enumerate(COLOUR.split())
    ]
    check([size(), PLAIN, ide(24), colours(RGB, 8, 8, 8), *numbered], COLOUR)


def ratios(*values: int) -> bytes:
    return encode_parameter(Parameter.IMAGE_SUBSAMPLING, bytes((1, len(values), *values)))


@pytest.mark.parametrize(
    ("colour_format", "pair"),
    [(YCBCR, (90, 200)), (YCRCB, (200, 90))],
)
@pytest.mark.parametrize("width", [4, 3])
def test_subsampled_colour(colour_format: int, pair: tuple[int, int], width: int) -> None:
    """Function set 11, IOCA "Sampling Ratios", example: Y Y C C of two points each."""
    rows = bytes((10, 60, *pair, 110, 160, 128, 128)) + bytes((210, 250, 128, 128, 30, 80, *pair))
    ycc = Image.new("YCbCr", (4, 2))
    red, none = (90, 200), (128, 128)
    ycc.putdata(
        [(y, *c) for y, c in zip((10, 60, 110, 160), (red, red, none, none), strict=True)]
        + [(y, *c) for y, c in zip((210, 250, 30, 80), (none, none, red, red), strict=True)]
    )
    content = [
        size(width, 2),
        PLAIN,
        ide(24),
        colours(colour_format, 8, 8, 8),
        ratios(2, 1),
        encode_data(rows),
    ]
    items, found = drawn(content, (width, 2))
    assert found == []
    assert difference(show(items, width, 2), ycc.convert("RGB").crop((0, 0, width, 2))) == 0


def test_sampling_ratios_of_one_change_nothing() -> None:
    content = [PLAIN, ide(24), colours(RGB, 8, 8, 8), ratios(1, 1, 1, 1, 1, 1), encode_data(RGB_BYTES)]
    check([size(), *content], COLOUR)


def test_other_sampling_ratios_are_a_finding() -> None:
    content = [PLAIN, ide(24), colours(YCBCR, 8, 8, 8), ratios(2, 2), encode_data(RGB_BYTES)]
    assert drawn([size(), *content]) == ([], ["ioca-subsampling-unsupported"])


def jpeg(image: Image.Image, **options: object) -> bytes:
    return file_data(image, "JPEG", quality=95, **options)


def with_transform(data: bytes, transform: int) -> bytes:
    """A JPEG that Pillow wrote with an Adobe marker, its colour transform replaced."""
    at = data.index(b"Adobe") + 11
    return data[:at] + bytes((transform,)) + data[at + 1 :]


CYAN = Image.merge("CMYK", [Image.new("L", COLOUR.size, value) for value in (255, 0, 0, 0)])
WITH_MARKER = jpeg(CYAN)
MARKER = WITH_MARKER.index(b"Adobe") - 4
WITHOUT_MARKER = WITH_MARKER[:MARKER] + WITH_MARKER[MARKER + 16 :]


@pytest.mark.parametrize(
    ("data", "flags", "inverted", "findings"),
    [
        (WITHOUT_MARKER, 0, False, []),
        (WITHOUT_MARKER, 0x80, True, []),
        (WITH_MARKER, 0, False, ["jpeg-inks-ambiguous"]),  # IOCA: additive, 0 is no ink
        (WITH_MARKER, 0x80, True, []),
        (with_transform(WITH_MARKER, 2), 0, True, []),  # IOCA Glossary "YCCK": reverse video
    ],
)
def test_inks_of_a_jpeg(data: bytes, flags: int, inverted: bool, findings: list[str]) -> None:
    content = [encoding(Compression.JPEG), ide(32), colours(CMYK, 8, 8, 8, 8, flags=flags), encode_data(data)]
    items, found = drawn([size(), *content])
    assert found == findings
    assert items[0].image.inverted is inverted  # type: ignore[union-attr]


@pytest.mark.parametrize(("width", "height"), [(WIDTH + 5, HEIGHT), (WIDTH, HEIGHT - 7)])
def test_the_size_in_a_jpeg_counts(width: int, height: int) -> None:
    """IOCA EC-9401: the size detected in the image data is used."""
    content = [size(width, height), encoding(Compression.JPEG), ide(24), encode_data(jpeg(COLOUR))]
    items, found = drawn(content)
    assert found == ["ioca-size-differs"]
    assert (items[0].matrix.a, items[0].matrix.d) == (WIDTH, HEIGHT)  # type: ignore[union-attr]


def test_lzw_data_may_end_early() -> None:
    """IOCA "Image Encoding", note 5: no exception, the rest is zeros."""
    half = tiff_strip(GRAY.crop((0, 0, WIDTH, HEIGHT // 2)), "tiff_lzw")
    found = context()
    content = [size(), LZW, ide(8), encode_data(half)]
    items = draw_image(image_object(encode_segment(content), (WIDTH, HEIGHT)), found)
    assert [(f.code, f.severity) for f in found.findings] == [("ioca-data-short", Severity.INFO)]
    wanted = Image.new("L", GRAY.size)
    wanted.paste(GRAY.crop((0, 0, WIDTH, HEIGHT // 2)))
    assert difference(show(items, WIDTH, HEIGHT), wanted) == 0
