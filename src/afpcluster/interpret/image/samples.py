"""Decoded Pillow images -> `ImageData`: what a sample of each mode means.

A mode that is not in the tables is an ImageProblem. Samples of 12, 16 and 32 bits and floating point become
bytes. Large images are compressed band by band, so that their samples are there once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from typing import Any, TypeAlias

from afpcluster.codecs.png import compressed_bands
from afpcluster.display.items import Encoding, ImageData, ImageModel
from afpcluster.findings import Reporter, Severity
from afpcluster.heavy import Pillow
from afpcluster.interpret.image.data import ImageProblem, make_image

_SPEC = "TIFF 6.0 PhotometricInterpretation, BitsPerSample, SampleFormat"
_BITS, _PHOTOMETRIC, _SAMPLE_FORMAT = 258, 262, 339
_WHITE_IS_ZERO = 0
_UNSIGNED = 1

_LARGE = 1 << 22  # bytes of samples
_BAND_POINTS = 1 << 19
_Convert: TypeAlias = "Callable[[Pillow.Image], Pillow.Image]"

_MODELS = {"L": ImageModel.GRAY, "RGB": ImageModel.RGB, "CMYK": ImageModel.CMYK}


def pillow_image(image: Pillow.Image, *, inverted: bool = False, mask: ImageData | None = None) -> ImageData:
    """An image of a mode that becomes L, RGB or CMYK by itself; its alpha channel does not count."""
    convert = _PLAIN[image.mode]
    model = _MODELS[convert(image.crop((0, 0, 1, 1))).mode]
    encoding, data = _encoded(image, convert)
    return make_image(image.width, image.height, encoding, model, 8, data, inverted=inverted, mask=mask)


def _encoded(image: Pillow.Image, convert: _Convert) -> tuple[Encoding, bytes]:
    """The converted samples: as they are, or of a large image compressed."""
    if image.width * image.height * len(image.getbands()) < _LARGE:
        return Encoding.RAW, convert(image).tobytes()
    bands = (_for_png(convert(band)) for band in _bands(image, before=1))
    return Encoding.PNG, compressed_bands(bands)


def _bands(image: Pillow.Image, before: int = 0) -> Iterator[Pillow.Image]:
    """Some rows at a time, from the second band on with so many rows in front of them."""
    rows = max(1, _BAND_POINTS // image.width)
    for top in range(0, image.height, rows):
        yield image.crop((0, max(0, top - before), image.width, min(top + rows, image.height)))


def _for_png(band: Pillow.Image) -> Pillow.Image:
    """PNG knows no CMYK: its samples, and colour indexes, go in as gray. Inks are left with the filters that
    look upwards."""
    if band.mode in ("L", "RGB"):
        return band
    return Pillow.frombytes("L", (band.width * len(band.getbands()), band.height), band.tobytes())


def shown_where(image: Pillow.Image, shown: Callable[[Pillow.Image], Pillow.Image]) -> ImageData | None:
    """A stencil of the points for which `shown` (bands to mode 1) has white; None where these are all."""
    rows: list[bytes] = []
    hidden = False
    for part in _bands(image):
        band = shown(part)
        hidden = hidden or band.getextrema()[0] == 0
        rows.append(band.tobytes())
    if not hidden:
        return None
    return make_image(image.width, image.height, Encoding.RAW, ImageModel.STENCIL, 1, b"".join(rows))


def not_transparent(image: Pillow.Image) -> ImageData | None:
    """A stencil of the points that are not fully transparent; None where all are shown."""
    if image.mode not in ("LA", "La", "RGBA", "RGBa", "PA"):
        return None
    name = image.getbands()[-1]
    return shown_where(image, lambda band: opaque(band.getchannel(name)))


def opaque(alpha: Pillow.Image) -> Pillow.Image:
    """Where an alpha channel is not 0, in mode 1."""
    return alpha.point(_ALL_BUT_0).convert("1")


_ALL_BUT_0 = [0] + [255] * 255


def stencil(image: Pillow.Image) -> ImageData:
    """An image of mode 1, whose black points paint."""
    return make_image(
        image.width, image.height, Encoding.RAW, ImageModel.STENCIL, 1, image.tobytes(), inverted=True
    )


def indexed(image: Pillow.Image, report: Reporter, mask: ImageData | None = None) -> ImageData:
    """An image of mode P. Indexes behind the end of its palette are black in every viewer."""
    palette = bytes(image.getpalette("RGB") or b"")[: 256 * 3]
    palette = whole_palette(palette, 8, image.getextrema()[1], report)
    encoding, data = _encoded(image, _by())
    size = (image.width, image.height)
    return make_image(*size, encoding, ImageModel.INDEXED, 8, data, palette=palette, mask=mask)


def whole_palette(palette: bytes, bits: int, highest: Any, report: Reporter) -> bytes:
    """The palette with an entry for each index up to `highest`, with a finding where it lacks some."""
    missing = int(highest) + 1 - len(palette) // 3
    if missing <= 0:
        return palette
    report(
        "image-palette-short",
        f"An image has colour indexes up to {highest}, its palette {len(palette) // 3} colours; the others "
        "are shown black",
        _SPEC,
    )
    return palette.ljust(3 << bits, b"\0")


def simplified(image: Pillow.Image, report: Reporter) -> Pillow.Image:
    """The image in a mode that `pillow_image` takes, 1 or P: samples of more than 8 bits become gray of 8.
    Raises ImageProblem for modes that nothing is known of."""
    if image.mode in _WIDE:
        return _WIDE[image.mode](image, report)
    if image.mode not in _PLAIN and image.mode not in ("1", "P"):
        raise ImageProblem(
            "image-mode-unsupported", f"Image samples of the kind {image.mode!r} are not supported", _SPEC
        )
    return image


def _tags(image: Pillow.Image) -> Mapping[int, Any]:
    """The tags of a TIFF; none of other files."""
    return getattr(image, "tag_v2", {})


def _sixteen_bits(image: Pillow.Image, report: Reporter) -> Pillow.Image:
    """The highest 8 bits of samples of up to 16."""
    bits = (_tags(image).get(_BITS) or (16,))[0]
    gray = image.convert("I").point(lambda value: value * (1 / (1 << max(bits, 8) - 8))).convert("L")
    return _turned(image, gray)


def _thirty_two_bits(image: Pillow.Image, report: Reporter) -> Pillow.Image:
    """The highest 8 bits of unsigned samples, where these show anything; else their own range."""
    tags = _tags(image)
    if tags.get(_SAMPLE_FORMAT, (_UNSIGNED,))[0] == _UNSIGNED and (tags.get(_BITS) or (32,))[0] == 32:
        highest = Pillow.frombytes("L", image.size, image.tobytes()[3::4])
        if highest.getextrema() != (0, 0):
            return _turned(image, highest)
    return _own_range(image, report)


def _floating_point(image: Pillow.Image, report: Reporter) -> Pillow.Image:
    """From 0 to 1, where the samples keep to it."""
    low, high = image.getextrema()
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    if 0 <= low <= high <= 1 and high > 0:
        return _turned(image, image.point(lambda value: value * 255 + 0.5).convert("L"))
    return _own_range(image, report)


def _own_range(image: Pillow.Image, report: Reporter) -> Pillow.Image:
    """Samples from their least to their greatest value, with a finding: no one says what is white."""
    low, high = image.getextrema()
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    if not (isfinite(low) and isfinite(high)):
        raise ImageProblem("image-mode-unsupported", "Image samples are not finite numbers", _SPEC)
    report(
        "image-range-guessed",
        f"Image samples go from {low:g} to {high:g}, and nothing says what is black and what is white: the "
        "least is shown black, the greatest white",
        _SPEC,
        severity=Severity.SUBSTITUTED,
    )
    scale = 255 / (high - low) if high > low else 0.0
    gray = image.convert("F").point(lambda value: value * scale + (0.5 - low * scale)).convert("L")
    return _turned(image, gray)


def _turned(image: Pillow.Image, gray: Pillow.Image) -> Pillow.Image:
    """Gray samples with white as the greatest value; Pillow does this itself for up to 8 bits."""
    if _tags(image).get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        return gray.point(range(255, -1, -1))
    return gray


def _by(*modes: str) -> _Convert:
    """Converted by Pillow, through these modes in turn."""

    def convert(image: Pillow.Image) -> Pillow.Image:
        for mode in modes:
            image = image.convert(mode)
        return image

    return convert


_PLAIN: dict[str, _Convert] = {
    **dict.fromkeys(_MODELS, _by()),
    "LA": _by("L"),
    "La": _by("LA", "L"),
    "PA": _by("RGBA", "RGB"),
    "RGBA": _by("RGB"),
    "RGBa": _by("RGBA", "RGB"),
    "RGBX": _by("RGB"),
    "YCbCr": _by("RGB"),
    "LAB": _by("RGB"),
    "HSV": _by("RGB"),
}
"""Pillow's mode -> how it becomes one that outputs know, point by point."""

_WIDE: dict[str, Callable[[Pillow.Image, Reporter], Pillow.Image]] = {
    "I;16": _sixteen_bits,
    "I;16B": _sixteen_bits,
    "I": _thirty_two_bits,
    "F": _floating_point,
}
"""Pillow's modes of more than 8 bits."""
