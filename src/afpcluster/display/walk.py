"""The one traversal of display items: flattened, transformed, recoloured. Every kind of item is handled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from afpcluster.display.colour import Colour
from afpcluster.display.geometry import IDENTITY, Matrix
from afpcluster.display.items import (
    ClipPath,
    EmbeddedPdf,
    GlyphRun,
    Group,
    Image,
    Item,
    Link,
    Path,
    Rectangle,
    Shared,
    SharedItems,
    TilePattern,
)


def flattened(items: Iterable[Item], matrix: Matrix = IDENTITY) -> Iterator[tuple[Item, Matrix]]:
    """Every item that paints or links by itself, in painting order, with the matrix from its system to that
    of the page. Clips are not applied: what they cut is answered whole."""
    for item in items:
        kind = type(item)  # quicker than a match, and nearly all are runs and rules
        if kind is GlyphRun or kind is Rectangle:
            yield item, matrix
        elif isinstance(item, Group):
            yield from flattened(item.items, item.matrix.then(matrix))
        elif isinstance(item, Shared):
            yield from flattened(item.shared.items, item.matrix.then(matrix))
        elif isinstance(item, ClipPath):
            yield from flattened(item.items, matrix)
        else:
            yield item, matrix


def weight(items: Iterable[Item]) -> int:
    """Roughly the bytes that the items hold: their image data and files, and something for each. What is
    shared among them counts once."""
    return _weight(items, set())


def _weight(items: Iterable[Item], met: set[SharedItems]) -> int:
    total = 0
    for item in items:
        total += _ITEM_WEIGHT
        if isinstance(item, Image):
            total += len(item.image.data) + (len(item.image.mask.data) if item.image.mask is not None else 0)
        elif isinstance(item, EmbeddedPdf):
            total += len(item.data)
        elif isinstance(item, Path):
            total += _SEGMENT_WEIGHT * len(item.segments)
        elif isinstance(item, Group | ClipPath):
            total += _weight(item.items, met)
        elif isinstance(item, Shared) and item.shared not in met:
            met.add(item.shared)
            total += _weight(item.shared.items, met)
    return total


_SEGMENT_WEIGHT = 100
_ITEM_WEIGHT = 200


def transformed(item: Item, matrix: Matrix) -> Item:
    """The item in the system that `matrix` leads to."""
    match item:
        case Image() | EmbeddedPdf() | Group() | Shared():
            return replace(item, matrix=item.matrix.then(matrix))
        case Rectangle() if matrix.b == matrix.c == 0 and matrix.a >= 0 and matrix.d >= 0:
            left, top = matrix.apply(item.x, item.y)
            return Rectangle(left, top, item.width * matrix.a, item.height * matrix.d, item.colour)
        case _:
            return Group([item], matrix)


def recoloured(items: Iterable[Item], colour: Colour) -> list[Item]:
    """Copies of the items all in one colour. Images of several colours, embedded PDF pages and links stay
    as they are."""
    return [_recoloured(item, colour) for item in items]


def _recoloured(item: Item, colour: Colour) -> Item:
    match item:
        case GlyphRun() | Rectangle():
            return item._replace(colour=colour)
        case Image():
            return replace(item, colour=colour)
        case Path(fill=fill, stroke=stroke):
            if isinstance(fill, TilePattern):
                fill = replace(fill, cell=SharedItems(recoloured(fill.cell.items, colour)))
            elif fill is not None:
                fill = colour
            return replace(item, fill=fill, stroke=replace(stroke, colour=colour) if stroke else None)
        case Group() | ClipPath():
            return replace(item, items=recoloured(item.items, colour))
        case Shared():
            return replace(item, shared=SharedItems(recoloured(item.shared.items, colour)))
        case EmbeddedPdf() | Link():
            return item
