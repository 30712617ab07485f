"""No item changes how another looks: a page of random items shows what they show one by one, painted over
each other. What a viewer keeps from one operator to the next (font, colour, matrix, spacing, line style) is
where a writer goes wrong without a look at any single item finding it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image as PillowImage
from PIL import ImageChops, ImageFilter, ImageOps
from test_pdf_text import ONE_BYTE, TWO_BYTE

from afpcluster.display.colour import BLACK, Colour, rgb
from afpcluster.display.face import Face
from afpcluster.display.geometry import Box, Matrix, translation
from afpcluster.display.items import (
    Arrangement,
    Cap,
    ClipPath,
    Close,
    Curve,
    Encoding,
    GlyphRun,
    Group,
    Image,
    ImageData,
    ImageModel,
    Item,
    Join,
    Line,
    Move,
    Path,
    Rectangle,
    Shared,
    SharedItems,
    Stroke,
)
from rendering import show

SIDE = 120
SHADES = {BLACK: (0, 0, 0), rgb(1, 0, 0): (255, 0, 0), rgb(0, 0, 1): (0, 0, 255), rgb(0, 0.6, 0): (0, 153, 0)}
FACES: list[tuple[Face, list[bytes]]] = [
    *((face, [b"\xc1", b"\xc2", b"\xc3"]) for face in ONE_BYTE.values()),
    *((face, [codes[:2], codes[2:]]) for face, codes in TWO_BYTE.values()),
]
STENCIL = ImageData("stencil", 8, 8, Encoding.RAW, ImageModel.STENCIL, 1, bytes.fromhex("ff818181ff0f0fff"))
SEEDS = 300


class Maker:
    """Random items."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.faces = self.random.sample(FACES, self.random.choice([1, 2]))
        self.shared: list[SharedItems] = []

    def items(self, depth: int = 0) -> list[Item]:
        return [self.item(depth) for _ in range(self.random.randint(3, 9))]

    def item(self, depth: int) -> Item:
        kinds = [self.run] * 6 + [self.rectangle] * 3 + [self.path, self.image]
        if depth < 2:
            kinds += [lambda: self.group(depth), lambda: self.clipped(depth), lambda: self.use(depth)]
        return self.random.choice(kinds)()

    def place(self) -> tuple[float, float]:
        return round(self.random.uniform(0, SIDE), 2), round(self.random.uniform(0, SIDE), 2)

    def colour(self) -> Colour:
        return self.random.choice(list(SHADES))

    def run(self) -> Item:
        face, glyphs = self.random.choice(self.faces)
        count = self.random.randint(1, 4)
        ways: list[dict[str, Any]] = [{}] * 8 + [
            {"spacing": 3.5},
            {"gaps": ((0, 2.0), (count - 1, 5.5))},
            {"placements": [self.place() for _ in range(count)], "rotation": self.random.choice([0, 30])},
            {"text": "said"},
        ]
        return GlyphRun(
            face,
            self.random.choice([10, 10, 10, 17.5]),
            *self.place(),
            b"".join(self.random.choices(glyphs, k=count)),
            self.colour(),
            self.random.choice([0, 0, 0, 0, 90, 180, 270, 33]),
            self.random.choice([1, 1, 1, 1.5]),
            Arrangement(**self.random.choice(ways)),
        )

    def rectangle(self) -> Item:
        return Rectangle(*self.place(), *self.random.choice([(30, 2), (1.5, 40), (20, 12)]), self.colour())

    def path(self) -> Item:
        curve = Curve((*self.place(), *self.place(), *self.place()))
        colour = self.colour()
        stroke = Stroke(
            colour,
            self.random.choice([1, 3]),
            self.random.choice(list(Cap)),
            self.random.choice(list(Join)),
            self.random.choice([(), (4, 2)]),
        )
        painted: dict[str, Any] = self.random.choice(
            [{"fill": colour}, {"stroke": stroke}, {"fill": colour, "stroke": stroke}]
        )
        outline = [Move(self.place()), Line(self.place()), curve, Line(self.place()), Close()]
        return Path(outline, even_odd=self.random.random() < 0.5, **painted)

    def image(self) -> Item:
        return Image(STENCIL, Matrix(24, 0, 0, 16).then(translation(*self.place())), self.colour())

    def matrix(self) -> Matrix:
        x, y = self.place()
        linear = self.random.choice(
            [(1, 0, 0, 1), (0, 1, -1, 0), (0.5, 0, 0, 2), (0.01, 0, 0, 0.01), (0.8, 0.6, -0.6, 0.8)]
        )
        return Matrix(*linear, x / 3, y / 3)

    def group(self, depth: int) -> Item:
        clip = self.random.choice([None, Box(10, 10, 60, 70)])
        return Group(self.items(depth + 1), self.matrix(), clip)

    def clipped(self, depth: int) -> Item:
        outline = [Move((5, 5)), Line((90, 20)), Line((60, 100)), Close()]
        return ClipPath([*outline], self.items(depth + 1))

    def use(self, depth: int) -> Item:
        if not self.shared or self.random.random() < 0.5:
            self.shared.append(SharedItems(self.items(2)))
        return Shared(self.random.choice(self.shared), self.matrix())


def alone(item: Item) -> Iterator[tuple[Item, Colour]]:
    """Each single thing in an item as an item by itself in black, and its colour."""
    if isinstance(item, Group | ClipPath):
        for inner in item.items:
            for leaf, colour in alone(inner):
                yield replace(item, items=[leaf]), colour
    elif isinstance(item, Shared):
        yield from alone(Group(item.shared.items, item.matrix))
    elif isinstance(item, GlyphRun | Rectangle):
        yield item._replace(colour=BLACK), item.colour
    elif isinstance(item, Path):
        stroke = replace(item.stroke, colour=BLACK) if item.stroke else None
        colour = item.stroke.colour if item.stroke else item.fill
        assert isinstance(colour, Colour)
        yield replace(item, stroke=stroke, fill=BLACK if item.fill else None), colour
    else:
        assert isinstance(item, Image)
        yield replace(item, colour=BLACK), item.colour


def painted_over_each_other(items: list[Item]) -> PillowImage.Image:
    canvas = PillowImage.new("RGB", (SIDE, SIDE), "white")
    for item in items:
        for leaf, colour in alone(item):
            covered = ImageOps.invert(show([leaf], SIDE, SIDE).convert("L"))
            canvas.paste(SHADES[colour], (0, 0), covered)
    return canvas


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_item_changes_how_another_looks(seed: int) -> None:
    items = Maker(seed).items()
    difference = ImageChops.difference(show(items, SIDE, SIDE), painted_over_each_other(items)).convert("L")
    # A viewer rounds places to pixels, which is off by one where items are nested otherwise.
    assert (
        difference.point(lambda value: 255 * (value > 40)).filter(ImageFilter.MinFilter(3)).getbbox() is None
    )
