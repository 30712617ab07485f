"""The pictures of the sample, drawn by this code: a logo, a panorama, a signature.

Drawn four times as large and reduced, so that edges are smooth. Sizes are pixels; each picture is made
once per process.
"""

from __future__ import annotations

import io
from functools import cache
from math import cos, exp, pi, sin

from PIL import Image, ImageDraw

from afpcluster.light import dataclass

TEAL, DEEP, AMBER, PAPER = (0, 98, 114), (0, 61, 77), (244, 158, 44), (255, 255, 255)
_OVER = 4


@dataclass(frozen=True, slots=True)
class Picture:
    """A compressed picture: `data` is JPEG, or T.6 (G4) rows where 1 is ink if `bilevel`."""

    width: int
    height: int
    bilevel: bool
    data: bytes


def _jpeg(image: Image.Image, quality: int) -> Picture:
    small = image.resize((image.width // _OVER, image.height // _OVER), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "JPEG", quality=quality, subsampling=0)
    return Picture(small.width, small.height, False, out.getvalue())


@cache
def logo() -> Picture:
    """A kingfisher over water in a round badge, on white paper."""
    size = 240 * _OVER
    image = Image.new("RGB", (size, size), PAPER)
    draw = ImageDraw.Draw(image)

    def at(*points: float) -> list[tuple[float, float]]:
        return [(points[i] * size, points[i + 1] * size) for i in range(0, len(points), 2)]

    draw.ellipse((0, 0, size - 1, size - 1), fill=TEAL)
    draw.ellipse(at(0.55, 0.16, 0.79, 0.40), fill=AMBER)
    draw.polygon(at(0.14, 0.44, 0.40, 0.33, 0.42, 0.42), fill=PAPER)  # beak
    draw.ellipse(at(0.34, 0.28, 0.54, 0.48), fill=PAPER)  # head
    draw.polygon(at(0.40, 0.45, 0.53, 0.33, 0.80, 0.52, 0.88, 0.68, 0.60, 0.64, 0.45, 0.56), fill=PAPER)
    draw.polygon(at(0.50, 0.44, 0.70, 0.53, 0.80, 0.64, 0.60, 0.60), fill=DEEP)  # wing
    draw.ellipse(at(0.41, 0.34, 0.455, 0.385), fill=DEEP)
    for row, level in enumerate((0.74, 0.82, 0.90)):
        half = (0.25 - (level - 0.5) ** 2) ** 0.5 - 0.04
        points = [
            (
                size * (0.5 - half + 2 * half * i / 60),
                size * (level + 0.014 * sin(i / 60 * 5 * pi + row * pi)),
            )
            for i in range(61)
        ]
        draw.line(points, fill=PAPER, width=size // 55, joint="curve")
    return _jpeg(image, 88)


@cache
def panorama() -> Picture:
    """A lake with hills at sunset, for the last page."""
    width, height = 1200 * _OVER, 216 * _OVER
    shore = int(height * 0.70)
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for y in range(height):
        depth = y / shore if y < shore else 1 - 0.75 * (y - shore) / (height - shore)
        draw.line(((0, y), (width, y)), fill=_blend((46, 92, 130), (253, 200, 132), depth**1.4))
    sun, radius = (int(width * 0.71), int(height * 0.36)), int(height * 0.12)
    draw.ellipse((sun[0] - radius, sun[1] - radius, sun[0] + radius, sun[1] + radius), fill=(255, 240, 206))
    for layer, (base, colour) in enumerate(
        ((0.50, (122, 120, 142)), (0.60, (72, 92, 118)), (0.68, (30, 62, 84)))
    ):
        ridge = [
            (x, height * base - height * _ridge(x / width * (5 + layer * 2), layer) * (0.30 - 0.07 * layer))
            for x in range(0, width + 8, 8)
        ]
        draw.polygon([(0, shore), *ridge, (width, shore)], fill=colour)
    for stripe in range(9):
        y = shore + int((height - shore) * (stripe + 0.5) / 9)
        half = radius * (1.5 - stripe * 0.10) * (0.7 + 0.3 * cos(stripe * 2.1))
        draw.line(((sun[0] - half, y), (sun[0] + half, y)), fill=(255, 232, 188), width=height // 90)
    return _jpeg(image, 82)


def _ridge(x: float, layer: int) -> float:
    """The height of a chain of hills, 0..1, smooth and different for every layer."""
    shift = layer * 1.7
    waves = 0.5 + 0.28 * sin(x + shift) + 0.15 * sin(2.3 * x + 2 * shift) + 0.07 * sin(5.1 * x + shift)
    return max(0.05, waves * (1 - 0.5 * exp(-((x - 3.2 - shift) ** 2))))


def _blend(first: tuple[int, int, int], second: tuple[int, int, int], part: float) -> tuple[int, int, int]:
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(first, second, strict=True))
    return red, green, blue


@cache
def signature() -> Picture:
    """A signature in ink, bilevel, at 300 pixels per inch."""
    width, height = 600, 150
    large = Image.new("L", (width * 2, height * 2), 255)
    draw = ImageDraw.Draw(large)
    for stroke in _STROKES:
        points = list(_curve(stroke))
        for index, (x, y) in enumerate(points):
            pen = 3.0 + 2.4 * sin(pi * index / len(points)) + 1.2 * sin(index / 9)
            draw.ellipse((2 * x - pen, 2 * y - pen, 2 * x + pen, 2 * y + pen), fill=0)
    ink = large.resize((width, height), Image.Resampling.LANCZOS).point(lambda v: 0 if v > 150 else 255, "1")
    out = io.BytesIO()
    ink.save(out, "TIFF", compression="group4")
    return Picture(width, height, True, _only_strip(out.getvalue()))


_STROKES = (
    ((40, 96), (72, 12), (96, 14), (74, 122), (60, 140), (40, 118), (96, 70), (150, 62), (128, 104),
     (160, 66), (168, 104), (200, 64), (204, 104), (236, 70), (232, 108), (262, 92)),
    ((286, 22), (292, 118), (276, 128), (288, 60), (340, 16), (366, 40), (318, 76), (352, 112), (392, 96),
     (404, 66), (392, 104), (426, 74), (424, 106), (452, 30), (446, 108), (478, 28), (470, 108), (560, 60)),
    ((226, 132), (360, 120), (540, 122)),
)  # fmt: skip


def _curve(points: tuple[tuple[int, int], ...]) -> list[tuple[float, float]]:
    """A smooth line through the points (Catmull-Rom)."""
    ends = (points[0], *points, points[-1])
    found = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for step in range(60):
            t = step / 60
            weights = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2)
            found.append(
                (
                    sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True)) / 2,
                    sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True)) / 2,
                )
            )
    return found


def _only_strip(tiff: bytes) -> bytes:
    """The compressed data of a TIFF file with one strip."""
    with Image.open(io.BytesIO(tiff)) as image:
        tags = image.tag_v2  # type: ignore[attr-defined]
        (start,), (size,) = tags[273], tags[279]
    return tiff[start : start + size]
