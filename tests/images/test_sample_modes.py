"""What the samples of a file mean: every kind is shown as it is meant, or a finding says that it is not."""

from __future__ import annotations

import io
import struct
import zlib
from random import Random

import pytest
from containers import drawn
from iocas import difference
from pictures import file_data, shapes
from pictures_tiff import tiff
from PIL import Image, ImageOps

from afpcluster.codecs.png import Png, read_png, whole_file
from afpcluster.display.colour import rgb
from afpcluster.display.items import Rectangle
from rendering import show

COLOUR = shapes()
SIZE = WIDTH, HEIGHT = COLOUR.size
GRAY = COLOUR.convert("L")
VALUES = GRAY.tobytes()
HALF = Image.new("L", SIZE)
HALF.paste(255, (0, 0, WIDTH // 2, HEIGHT))
GREEN = (0, 255, 0)


def on_green(picture: Image.Image, shown: Image.Image) -> Image.Image:
    wanted = Image.new("RGB", SIZE, GREEN)
    wanted.paste(picture, (0, 0), shown)
    return wanted


def packed(form: str, values: bytes | list[float]) -> bytes:
    return struct.pack(f"{form[0]}{len(values)}{form[1:]}", *values)


def wide(order: str) -> bytes:
    return packed(order + "H", [value * 257 for value in VALUES])


def with_alpha(values: bytes, alpha: bytes) -> bytes:
    return bytes(part for pair in zip(values, alpha, strict=True) for part in pair)


def png_with(key: bytes, picture: bytes) -> bytes:
    """A PNG with a transparent value."""
    return whole_file(read_png(picture)._replace(transparency=key))


def png_16_bits(planes: int) -> bytes:
    """A PNG of 16-bit samples whose high bytes are the picture, all low bytes 7."""
    data = (COLOUR if planes == 3 else GRAY).tobytes()
    rows = b"".join(
        b"\0" + bytes(b for value in data[at : at + WIDTH * planes] for b in (value, 7))
        for at in range(0, len(data), WIDTH * planes)
    )
    return whole_file(Png(WIDTH, HEIGHT, 16, planes - 1, False, b"", b"", zlib.compress(rows)))


def all_but(value: int) -> Image.Image:
    """Where the gray picture has another value."""
    return GRAY.point([0 if v == value else 255 for v in range(256)])


INK = GRAY.point(lambda value: 255 if value > 100 else 0).convert("1")
MULTIPLIED = bytes(map(min, VALUES, HALF.tobytes()))


def twelve_bits() -> bytes:
    pairs = zip(VALUES[::2], VALUES[1::2], strict=True)
    return b"".join(bytes((a, b >> 4, b << 4 & 255)) for a, b in pairs)


EXACT: dict[str, tuple[bytes, Image.Image]] = {
    "gray, associated alpha": (
        tiff(SIZE, [with_alpha(MULTIPLIED, HALF.tobytes())], bits=(8, 8), t338=(1,)),
        on_green(GRAY, HALF),
    ),
    "gray, alpha": (
        tiff(SIZE, [with_alpha(VALUES, HALF.tobytes())], bits=(8, 8), t338=(2,)),
        on_green(GRAY, HALF),
    ),
    "16 bits": (tiff(SIZE, [wide("<")], bits=(16,)), GRAY),
    "16 bits, high byte first": (tiff(SIZE, [wide(">")], bits=(16,), order=">"), GRAY),
    "16 bits, white is 0": (
        tiff(SIZE, [packed("<H", [65535 - v * 257 for v in VALUES])], bits=(16,), photometric=0),
        GRAY,
    ),
    "12 bits": (
        tiff(SIZE, [twelve_bits()], bits=(12,)),
        GRAY,
    ),
    "32 bits": (tiff(SIZE, [packed("<I", [v << 24 for v in VALUES])], bits=(32,)), GRAY),
    "floating point": (tiff(SIZE, [packed("<f", [v / 255 for v in VALUES])], bits=(32,), t339=(3,)), GRAY),
    "floating point, white is 0": (
        tiff(SIZE, [packed("<f", [1 - v / 255 for v in VALUES])], bits=(32,), photometric=0, t339=(3,)),
        GRAY,
    ),
    "PNG, 16 bits": (png_16_bits(1), GRAY),
    "PNG, 16 bits of colour": (png_16_bits(3), COLOUR),
    "PNG, 16 bits, one value transparent": (
        png_with(bytes((VALUES[0], 7)), png_16_bits(1)),
        on_green(GRAY, all_but(VALUES[0])),
    ),
    "PNG, 16 bits, another low byte": (png_with(bytes((VALUES[0], 8)), png_16_bits(1)), GRAY),
    "PNG, 16 bits of colour, one transparent": (
        png_with(bytes((200, 7, 30, 7, 40, 7)), png_16_bits(3)),
        on_green(COLOUR, all_but(VALUES[0])),
    ),
    "PNG, 16 bits of colour, another low byte": (
        png_with(bytes((200, 7, 30, 7, 40, 8)), png_16_bits(3)),
        COLOUR,
    ),
    "PNG, black is transparent": (
        png_with(b"\0\0", file_data(INK, "PNG")),
        on_green(Image.new("L", SIZE, 255), INK),
    ),
    "PNG, white is transparent": (
        png_with(b"\0\1", file_data(INK, "PNG")),
        on_green(Image.new("L", SIZE), INK.convert("L").point(lambda v: 255 - v)),
    ),
    "PNG, gray, one value transparent": (
        png_with(bytes((0, VALUES[0])), file_data(GRAY, "PNG")),
        on_green(GRAY, all_but(VALUES[0])),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "wanted"), EXACT.values(), ids=EXACT)
def test_samples_mean_what_they_say(data: bytes, wanted: Image.Image) -> None:
    items, found = drawn(data)
    assert found == []
    shown = show([Rectangle(0, 0, WIDTH, HEIGHT, rgb(0, 1, 0)), *items], WIDTH, HEIGHT)
    assert difference(shown, wanted) <= 1


GUESSED = {
    "floating point, -5 to 250": tiff(SIZE, [packed("<f", [v - 5.0 for v in VALUES])], bits=(32,), t339=(3,)),
    "32 bits, low ones": tiff(SIZE, [packed("<I", list(VALUES))], bits=(32,)),
    "32 bits, signed": tiff(SIZE, [packed("<i", [v - 100 for v in VALUES])], bits=(32,), t339=(2,)),
    "16 bits, signed": tiff(SIZE, [packed("<h", [v - 100 for v in VALUES])], bits=(16,), t339=(2,)),
}


@pytest.mark.parametrize("data", GUESSED.values(), ids=GUESSED)
def test_samples_without_a_known_range_show_their_own(data: bytes) -> None:
    items, found = drawn(data)
    low, high = GRAY.getextrema()
    assert isinstance(low, int)
    assert isinstance(high, int)
    wanted = GRAY.point([round(255 * (v - low) / (high - low)) % 256 for v in range(256)])
    assert found == ["image-range-guessed"]
    assert difference(show(items, WIDTH, HEIGHT), wanted) <= 1


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_samples_that_are_no_numbers_are_a_finding(value: float) -> None:
    data = tiff(SIZE, [packed("<f", [value] * len(VALUES))], bits=(32,), t339=(3,))
    assert drawn(data) == ([], ["image-mode-unsupported"])


def cut(data: bytes) -> bytes:
    return data[: len(data) * 8 // 10]


def noisy(mode: str) -> Image.Image:
    """A dark picture that does not compress to nothing."""
    chance = Random(1)
    values = bytes(
        chance.randrange(120) for _ in range(WIDTH * HEIGHT * len(Image.new(mode, (1, 1)).getbands()))
    )
    image = Image.frombytes(mode, SIZE, values)
    if mode == "P":
        image.putpalette([part for n in range(128) for part in (n, 0, 0)] + [255, 255, 255])
    return image


def shown_of(data: bytes, finding: str) -> Image.Image:
    items, found = drawn(data)
    assert found == [finding]
    return show(items, WIDTH, HEIGHT)


@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
@pytest.mark.parametrize("file_format", ["PNG", "BMP"])
def test_what_a_file_that_breaks_off_lacks_is_white(file_format: str, mode: str) -> None:
    image = noisy(mode)
    data = file_data(image, file_format)
    shown, wanted = shown_of(data[: len(data) * 8 // 10], "image-cut-off"), image.convert("RGB")
    if file_format == "BMP":  # whose first row is the lowest
        shown, wanted = ImageOps.flip(shown), ImageOps.flip(wanted)
    upper = (0, 0, WIDTH, HEIGHT // 3)
    assert difference(shown.crop(upper), wanted.crop(upper)) == 0
    assert shown.crop((0, HEIGHT - 2, WIDTH, HEIGHT)).getcolors() == [(2 * WIDTH, (255, 255, 255))]


def test_check_sums_of_a_png_that_are_wrong_are_a_finding() -> None:
    data = bytearray(file_data(COLOUR, "PNG"))
    at = data.index(b"IDAT")
    data[at + 4 + int.from_bytes(data[at - 4 : at], "big")] ^= 1
    assert difference(shown_of(bytes(data), "image-checksum-wrong"), COLOUR) == 0


def short_palette() -> bytes:
    """A BMP whose palette has 32 entries, though indexes go to 63."""
    image = Image.frombytes("P", SIZE, bytes(n % 64 for n in range(WIDTH * HEIGHT)))
    image.putpalette([part for n in range(64) for part in (255 - n, 0, 0)])
    data = bytearray(file_data(image, "BMP"))
    start, used = int.from_bytes(data[10:14], "little"), 32
    data[46:50] = used.to_bytes(4, "little")
    head, pixels = data[: 54 + 4 * used], data[start:]
    head[10:14] = len(head).to_bytes(4, "little")
    return bytes(head + pixels)


def png_short_palette(bits: int) -> bytes:
    """The same as a PNG."""
    rows = [bytes((0, *(n % 256 for n in range(WIDTH * bits // 8)))) for _ in range(HEIGHT)]
    palette = bytes(part for n in range(4) for part in (255 - n, 0, 0))
    return whole_file(Png(WIDTH, HEIGHT, bits, 3, False, palette, b"", zlib.compress(b"".join(rows))))


@pytest.mark.parametrize(
    "data", [short_palette(), png_short_palette(8), png_short_palette(4)], ids=["BMP", "PNG", "PNG, 4 bits"]
)
def test_indexes_behind_the_palette_are_black_and_a_finding(data: bytes) -> None:
    items, found = drawn(data)
    shown = show(items, WIDTH, HEIGHT)
    assert found == ["image-palette-short"]
    assert shown.getpixel((0, 0)) == (255, 0, 0)
    assert (0, 0, 0) in {colour for _, colour in shown.getcolors() or []}


def test_a_short_palette_that_is_enough_is_no_finding() -> None:
    image = COLOUR.quantize(5)
    sink = io.BytesIO()
    image.save(sink, "PNG")
    items, found = drawn(sink.getvalue())
    assert found == []
    assert difference(show(items, WIDTH, HEIGHT), image) == 0
