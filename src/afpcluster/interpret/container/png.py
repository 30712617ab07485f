"""PNG files -> `ImageData` (MO:DCA "AFPC PNG Subset").

The rows of a file that is whole pass as they are, unless they are interlaced or hide points. The resolution
in the file is ignored, and without transparency all points are foreground. Only points that are fully
transparent count as such.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from PIL import ImageChops

from afpcluster.codecs.png import (
    GRAY,
    INDEXED,
    RGB,
    Png,
    PngError,
    first_rows,
    only_first_rows,
    read_png,
    whole_file,
)
from afpcluster.display.items import Encoding, ImageData, ImageModel
from afpcluster.findings import Reporter
from afpcluster.heavy import Pillow
from afpcluster.interpret.image.data import ImageProblem, make_image
from afpcluster.interpret.image.pillow import open_with_pillow, pillow_header
from afpcluster.interpret.image.samples import (
    indexed,
    not_transparent,
    opaque,
    pillow_image,
    shown_where,
    simplified,
    stencil,
    whole_palette,
)

_SPEC = "MO:DCA AFPC PNG Subset"
_MODELS = {GRAY: ImageModel.GRAY, RGB: ImageModel.RGB, INDEXED: ImageModel.INDEXED}
_LARGEST_CHECKED = 64_000_000  # points of an image whose colour indexes are looked at


class PngImage(NamedTuple):
    """An image, with a mask where it hides points, and the height that the file says, whatever came of it."""

    image: ImageData
    height: int


def png_size(data: bytes) -> tuple[int, int]:
    """Width and height in samples; (0, 0) where the header cannot be read."""
    try:
        png = read_png(data)
    except PngError:
        return 0, 0
    return png.width, png.height


def png_image(data: bytes, report: Reporter) -> PngImage:
    """The image of a PNG file. Raises ImageProblem."""
    try:
        png = read_png(data)
    except PngError as error:
        raise ImageProblem("image-bad", f"Damaged PNG data: {error}", _SPEC) from error
    if png.damaged:
        report(
            "image-checksum-wrong",
            f"Check sums of a PNG do not agree with its data ({', '.join(png.damaged)}): it was damaged on "
            "its way; what it holds is shown",
            _SPEC,
        )
    height = png.height
    if not png.interlaced:
        png = _readable(png, report)
    return PngImage(_passed(png, report) if _passable(png) else _decoded(png, report), height)


def _readable(png: Png, report: Reporter) -> Png:
    """The file as far as its rows can be read. Raises ImageProblem where there is none."""
    rows = first_rows(png)
    if rows == png.height:
        return png
    if not rows:
        raise ImageProblem("image-bad", "Damaged PNG data: not one row can be read", _SPEC)
    report("image-cut-off", f"A PNG is cut off or damaged behind row {rows} of {png.height}", _SPEC)
    return only_first_rows(png, rows)


def _decoded(png: Png, report: Reporter) -> ImageData:
    """The image through Pillow."""
    data = whole_file(png)
    image = open_with_pillow(data, "PNG", report)
    mask = _key_mask(png, data, image) if png.colour_type in (GRAY, RGB) else None
    if image.mode == "P":
        return indexed(image, report, _palette_mask(png, image))
    if image.mode == "1":
        if mask is None:
            return stencil(image)
        image = image.convert("L")
    return pillow_image(simplified(image, report), mask=mask or not_transparent(image))


def _passable(png: Png) -> bool:
    """Whether the rows need no change. Gray of 16 bits becomes 8, since a colour may have to be applied."""
    if png.interlaced or png.colour_type not in _MODELS or (png.colour_type, png.bits) == (GRAY, 16):
        return False
    if png.colour_type == INDEXED:
        return bool(png.palette) and png.bits <= 8 and 0 not in png.transparency
    return not png.transparency


def _passed(png: Png, report: Reporter) -> ImageData:
    """The rows as they came."""
    model, palette, inverted = _MODELS[png.colour_type], None, False
    if model is ImageModel.INDEXED:
        palette = png.palette[: 3 << png.bits]
        if len(palette) < 3 << png.bits:
            palette = whole_palette(palette, png.bits, _highest_index(png, report), report)
    elif png.bits == png.colour_type + 1 == 1:  # gray of one bit, of which 0 is black
        model, inverted = ImageModel.STENCIL, True
    size = (png.width, png.height)
    return make_image(*size, Encoding.PNG, model, png.bits, png.rows, palette=palette, inverted=inverted)


def _highest_index(png: Png, report: Reporter) -> int:
    """The highest colour index that is used; of a very large image the highest that there can be."""
    if png.width * png.height > _LARGEST_CHECKED:
        return (1 << png.bits) - 1
    highest = open_with_pillow(whole_file(png), "PNG", report).getextrema()[1]
    assert isinstance(highest, int)
    return highest


def _palette_mask(png: Png, image: Pillow.Image) -> ImageData | None:
    """The points whose colours are not fully transparent."""
    table = [255 if value else 0 for value in png.transparency[:256]]
    table += [255] * (256 - len(table))
    return shown_where(image, lambda band: _as_gray(band).point(table).convert("1"))


def _as_gray(band: Pillow.Image) -> Pillow.Image:
    """Colour indexes as gray."""
    return Pillow.frombytes("L", band.size, band.tobytes())


def _key_mask(png: Png, data: bytes, image: Pillow.Image) -> ImageData | None:
    """The points that have another value than the one transparent one, which counts all of its bits."""
    count = 3 if png.colour_type == RGB else 1
    if len(png.transparency) < 2 * count:
        return None
    key = [int.from_bytes(png.transparency[at : at + 2], "big") for at in range(0, 2 * count, 2)]
    if png.bits < 16:
        largest = (1 << png.bits) - 1
        return shown_where(
            image.convert("L") if count == 1 else image,
            partial(_differs, key=[(value & largest) * 255 // largest for value in key]),
        )
    high, low = _halves(data, image)
    highs = shown_where(high, partial(_differs, key=[value >> 8 for value in key]))
    lows = shown_where(low, partial(_differs, key=[value & 0xFF for value in key]))
    if highs is None or lows is None:
        return None
    rows = (int.from_bytes(highs.data, "big") | int.from_bytes(lows.data, "big")).to_bytes(
        len(lows.data), "big"
    )
    return make_image(high.width, high.height, Encoding.RAW, ImageModel.STENCIL, 1, rows)


def _differs(band: Pillow.Image, key: list[int]) -> Pillow.Image:
    """Where some sample of a band is not that of the key, in mode 1."""
    masks = [
        channel.point([0 if value == wanted else 255 for value in range(256)])
        for channel, wanted in zip(band.split(), key, strict=True)
    ]
    both = masks[0]
    for mask in masks[1:]:
        both = ImageChops.lighter(both, mask)
    return opaque(both)


def _halves(data: bytes, image: Pillow.Image) -> tuple[Pillow.Image, Pillow.Image]:
    """The high and the low bytes of samples of 16 bits."""
    if image.mode == "RGB":  # Pillow keeps the high bytes; read as if of the other byte order, the low ones
        other = pillow_header(data, "PNG")
        other.tile = [tile._replace(args="RGB;16L") for tile in other.tile]  # type: ignore[attr-defined]
        other.load()
        return image, other
    samples = image.tobytes()  # the low byte first, whatever the machine
    return (
        Pillow.frombytes("L", image.size, samples[1::2]),
        Pillow.frombytes("L", image.size, samples[0::2]),
    )
