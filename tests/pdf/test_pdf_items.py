"""Rectangles, paths, groups, clips, shared items and patterns: where their ink is."""

from __future__ import annotations

import pytest
from pdf_pages import BLACK, RED, WHITE, Pixel, check_pixels, page_of

from afpcluster.display.colour import Colour, cmyk, gray, lab, rgb
from afpcluster.display.geometry import Box, Matrix, rotation, scaling, translation
from afpcluster.display.items import (
    Cap,
    ClipPath,
    Close,
    Curve,
    Group,
    Item,
    Join,
    Line,
    Move,
    Page,
    Path,
    Rectangle,
    Segment,
    Shared,
    SharedItems,
    Stroke,
    TilePattern,
)
from rendering import pdf_of, rendered

GREEN = (0, 255, 0)


def square(x: float, y: float, size: float) -> list[Segment]:
    return [Move((x, y)), Line((x + size, y)), Line((x + size, y + size)), Line((x, y + size)), Close()]


OVERLAY = SharedItems([Rectangle(0, 0, 10, 10), Rectangle(10, 10, 10, 10, rgb(1, 0, 0))])
NESTED = SharedItems([Shared(OVERLAY, translation(20, 0))])
RED_LINE = Stroke(rgb(1, 0, 0), 4)
TILE = TilePattern(20, 20, SharedItems([Rectangle(0, 0, 10, 10, rgb(1, 0, 0))]))
RING = [*square(20, 20, 60), *square(40, 40, 20)]


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param(
            [Rectangle(10, 20, 30, 5)],
            {(11, 21): BLACK, (39, 24): BLACK, (41, 22): WHITE, (11, 26): WHITE},
            id="rectangle",
        ),
        pytest.param([Rectangle(40, 25, -30, -5)], {(11, 21): BLACK, (39, 24): BLACK}, id="backwards"),
        pytest.param([Rectangle(10, 20, 0.0001, 50)], {(10, 40): BLACK}, id="hairline is visible"),
        pytest.param([Path(square(20, 20, 40), rgb(1, 0, 0))], {(40, 40): RED, (70, 40): WHITE}, id="fill"),
        pytest.param(
            [Path(square(20, 20, 40), stroke=RED_LINE)], {(20, 40): RED, (40, 40): WHITE}, id="stroke"
        ),
        pytest.param(
            [Path(square(20, 20, 40), rgb(0, 1, 0), RED_LINE)], {(20, 40): RED, (40, 40): GREEN}, id="both"
        ),
        pytest.param([Path(RING, gray(0))], {(30, 50): BLACK, (50, 50): BLACK}, id="nonzero"),
        pytest.param([Path(RING, gray(0), even_odd=True)], {(30, 50): BLACK, (50, 50): WHITE}, id="even-odd"),
        pytest.param(
            [Path([Move((0, 100)), Curve((0, 0, 100, 0, 100, 100))], gray(0))],
            {(50, 30): BLACK, (50, 20): WHITE},
            id="curve",
        ),
        pytest.param(
            [Path([Move((10, 50)), Line((90, 50))], stroke=Stroke(width=4, dashes=(20, 20)))],
            {(20, 50): BLACK, (40, 50): WHITE, (60, 50): BLACK},
            id="dashes",
        ),
        pytest.param(
            [
                Path(
                    [Move((10, 30)), Line((90, 30))], stroke=Stroke(width=4, dashes=(20, 20), dash_phase=20)
                ),
                Path([Move((10, 50)), Line((90, 50))], stroke=Stroke(width=4)),
            ],
            {(20, 30): WHITE, (40, 30): BLACK, (40, 50): BLACK},
            id="dashes end",
        ),
        pytest.param(
            [
                Path(
                    [Move((20, 50)), Line((80, 50))], stroke=Stroke(width=20, cap=Cap.SQUARE, join=Join.ROUND)
                )
            ],
            {(12, 50): BLACK, (12, 42): BLACK, (8, 50): WHITE},
            id="square cap",
        ),
        pytest.param([Path([], gray(0)), Path(square(0, 0, 10))], {(5, 5): WHITE}, id="nothing to paint"),
        pytest.param(
            [Group([Rectangle(5, 5, 10, 10)], translation(20, 30))],
            {(30, 40): BLACK, (10, 10): WHITE},
            id="moved",
        ),
        pytest.param(
            [Group([Rectangle(1, 0, 1, 1)], scaling(20, 30))],
            {(30, 15): BLACK, (10, 15): WHITE},
            id="scaled up",
        ),
        pytest.param(
            [Group([Rectangle(1000, 0, 1000, 1000)], scaling(0.02, 0.02))],
            {(30, 10): BLACK, (10, 10): WHITE},
            id="scaled down",
        ),
        pytest.param(
            [Group([Path([Move((0, 1)), Line((4, 1))], stroke=Stroke(width=1))], scaling(20, 20))],
            {(40, 12): BLACK, (40, 28): BLACK, (40, 33): WHITE},
            id="line width scales",
        ),
        pytest.param(
            [Group([Rectangle(0, 0, 30, 10)], rotation(90).then(translation(50, 0)))],
            {(45, 20): BLACK, (60, 5): WHITE},
            id="turned",
        ),
        pytest.param(
            [Group([Rectangle(0, 0, 99, 99)], clip=Box(20, 20, 30, 30))],
            {(40, 40): BLACK, (60, 40): WHITE},
            id="clipped",
        ),
        pytest.param(
            [Group([Rectangle(0, 0, 10, 10, rgb(1, 0, 0))], translation(20, 20)), Rectangle(50, 50, 10, 10)],
            {(25, 25): RED, (55, 55): BLACK},
            id="state returns",
        ),
        pytest.param(
            [ClipPath(square(20, 20, 30), [Rectangle(0, 0, 99, 99)])],
            {(40, 40): BLACK, (60, 40): WHITE},
            id="clip path",
        ),
        pytest.param(
            [ClipPath(RING, [Rectangle(0, 0, 99, 99)], True)],
            {(30, 50): BLACK, (50, 50): WHITE},
            id="clip even-odd",
        ),
        pytest.param([ClipPath([], [Rectangle(0, 0, 99, 99)])], {(40, 40): WHITE}, id="clip to nothing"),
        pytest.param([Shared(OVERLAY)], {(5, 5): BLACK, (15, 15): RED, (5, 15): WHITE}, id="shared"),
        pytest.param(
            [Rectangle(90, 90, 5, 5, rgb(0, 1, 0)), Shared(OVERLAY, translation(50, 50)), Shared(NESTED)],
            {(55, 55): BLACK, (65, 65): RED, (25, 5): BLACK, (92, 92): GREEN},
            id="shared twice and nested",
        ),
        pytest.param(
            [Group([Shared(OVERLAY)], scaling(3, 3))],
            {(15, 15): BLACK, (45, 45): RED},
            id="shared in a group",
        ),
        pytest.param(
            [Path(square(20, 20, 60), TILE)],
            {(25, 25): RED, (35, 25): WHITE, (45, 45): RED, (85, 85): WHITE},
            id="pattern",
        ),
        pytest.param(
            [Group([Path(square(0, 0, 60), TILE), Path(square(70, 0, 5), gray(0))], translation(10, 10))],
            {(15, 15): RED, (25, 15): WHITE, (35, 35): RED, (82, 12): BLACK},
            id="pattern follows its group",
        ),
        pytest.param(
            [
                Group(
                    [Path(square(0, 0, 60), TILE)], rotation(90).then(translation(80, 10)), Box(0, 0, 50, 50)
                )
            ],
            {(75, 15): RED, (65, 15): WHITE, (55, 35): RED, (25, 15): WHITE},
            id="pattern turns with its group",
        ),
        pytest.param(
            [Group([Group([Path(square(0, 0, 30), TILE)], scaling(2, 2))], translation(10, 10))],
            {(15, 15): RED, (25, 25): RED, (35, 15): WHITE, (55, 55): RED},
            id="pattern grows with its groups",
        ),
        pytest.param(
            [
                Shared(
                    SharedItems([Path(square(0, 0, 60), TILE)]),
                    translation(10, 10),
                )
            ],
            {(15, 15): RED, (25, 15): WHITE, (35, 35): RED},
            id="pattern in shared items",
        ),
        pytest.param(
            [Path(square(0, 0, 60), TilePattern(20, 20, TILE.cell, Matrix(e=10)))],
            {(5, 5): WHITE, (15, 5): RED},
            id="pattern with a matrix",
        ),
    ],
)
def test_ink(items: list[Item], expected: dict[tuple[int, int], Pixel]) -> None:
    check_pixels(rendered(pdf_of([page_of(*items)])), expected)


YELLOW, CYAN = rgb(1, 1, 0), rgb(0, 1, 1)
ON_RED = Rectangle(0, 0, 50, 100, rgb(1, 0, 0))  # the left half of the page
LAYERS: list[Item] = [Rectangle(20, 20, 60, 30, YELLOW), Rectangle(20, 40, 60, 40, CYAN)]
MULTIPLIED: dict[tuple[int, int], Pixel] = {
    (30, 30): RED,  # 1, 0, 0 times 1, 1, 0
    (30, 70): BLACK,  # times 0, 1, 1
    (70, 30): (255, 255, 0),  # white takes the colour
    (70, 45): (0, 255, 255),  # cyan covers yellow within the group, so that there is no green
    (70, 70): (0, 255, 255),
    (10, 10): RED,
    (90, 90): WHITE,
}


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param([ON_RED, Group(LAYERS, multiply=True)], MULTIPLIED, id="as a whole"),
        pytest.param(
            [ON_RED, Shared(SharedItems([Group(LAYERS, multiply=True)]))],
            MULTIPLIED,
            id="in shared items",
        ),
        pytest.param(
            [
                Group(
                    [
                        Rectangle(0, 0, 0.05, 0.1, rgb(1, 0, 0)),
                        Group([Group(LAYERS, scaling(0.001, 0.001), multiply=True)]),
                    ],
                    scaling(1000, 1000),
                )
            ],
            MULTIPLIED,
            id="in other units",
        ),
        pytest.param(
            [
                ON_RED,
                Group([Rectangle(0, 0, 99, 99, CYAN)], translation(20, 20), Box(0, 0, 60, 40), multiply=True),
                Rectangle(0, 90, 99, 10, CYAN),
            ],
            {(30, 30): BLACK, (70, 30): (0, 255, 255), (70, 70): WHITE, (30, 95): (0, 255, 255)},
            id="clipped, and normal again",
        ),
        pytest.param(
            [ON_RED, Group([Path(square(0, 0, 60), TILE)], translation(30, 20), multiply=True)],
            {(35, 25): RED, (55, 25): RED, (65, 25): WHITE},
            id="pattern",
        ),
    ],
)
def test_multiplied_groups(items: list[Item], expected: dict[tuple[int, int], Pixel]) -> None:
    """ISO 32000-1 section 11.3.5.2, Multiply: components of both, multiplied."""
    check_pixels(rendered(pdf_of([page_of(*items)])), expected)


def test_equal_multiplied_groups_are_stored_once() -> None:
    pages = [Page(n, 100, 100, [Group([Shared(OVERLAY)], multiply=True)]) for n in (1, 2, 3)]
    assert pdf_of(pages, compress=False).count(b"/Subtype/Form") == 2


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        (gray(0.5), (128, 128, 128)),
        (rgb(1, 0.5, 0), (255, 128, 0)),
        (cmyk(0, 0, 0, 1), (35, 31, 32)),  # as PDFium shows black ink
        (lab(53.2, 80.1, 67.2), (255, 0, 0)),
        (lab(100, 0, 0), WHITE),
    ],
)
def test_colours_of_fills_and_lines(colour: Colour, expected: Pixel) -> None:
    line = Path([Move((60, 50)), Line((90, 50))], stroke=Stroke(colour, 20))
    image = rendered(pdf_of([page_of(Rectangle(10, 10, 30, 30, colour), line)]))
    check_pixels(image, {(20, 20): expected, (75, 50): expected}, tolerance=24)


def test_shared_items_are_stored_once() -> None:
    pages = [Page(n, 100, 100, [Shared(OVERLAY), Shared(NESTED)]) for n in (1, 2, 3)]
    assert pdf_of(pages, compress=False).count(b"/Subtype/Form") == 2
