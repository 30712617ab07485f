"""The profiles of archives against those of LittleCMS, and against the colours that they are made of."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageCms

from afpcluster.outputs.pdf.icc import cmyk_profile, srgb_profile

SRGB = ImageCms.createProfile("sRGB")
LAB = ImageCms.createProfile("LAB")


def test_srgb_is_srgb() -> None:
    picture = Image.new("RGB", (256, 3))
    for level in range(256):
        for row, colour in enumerate([(level, level, level), (level, 255 - level, 40), (0, level, 255)]):
            picture.putpixel((level, row), colour)
    shown = ImageCms.profileToProfile(picture, ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile())), SRGB)
    assert shown is not None
    pairs = zip(picture.tobytes(), shown.tobytes(), strict=True)
    assert max(abs(before - after) for before, after in pairs) <= 1


# Relative to the paper, hence a little lighter than ISO 12647-2 has them.
INKS = {
    (0, 0, 0, 0): (100, 0, 0),
    (255, 0, 0, 0): (58, -39, -51),
    (0, 255, 0, 0): (51, 78, -2),
    (0, 0, 255, 0): (94, -5, 97),
    (0, 255, 255, 0): (50, 71, 50),
    (0, 0, 0, 255): (17, 0, 0),
}


@pytest.mark.parametrize("inks", INKS)
def test_inks_look_like_those_of_offset_printing(inks: tuple[int, int, int, int]) -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(cmyk_profile()))
    shown = ImageCms.profileToProfile(Image.new("CMYK", (1, 1), inks), profile, LAB, outputMode="LAB")
    assert shown is not None
    lightness, a, b = shown.tobytes()
    signed = [value - 256 if value > 127 else value for value in (a, b)]
    found = (lightness / 2.55, *signed)
    assert all(abs(x - y) <= 3 for x, y in zip(found, INKS[inks], strict=True)), found


def test_dots_grow_in_print() -> None:
    """Half a dot covers 64 percent of the paper."""
    profile = ImageCms.ImageCmsProfile(io.BytesIO(cmyk_profile()))
    shown = ImageCms.profileToProfile(
        Image.new("CMYK", (1, 1), (0, 0, 0, 128)), profile, SRGB, outputMode="RGB"
    )
    assert shown is not None
    level = shown.getpixel((0, 0))
    assert all(155 <= value <= 165 for value in level)  # type: ignore[union-attr]
