"""Items without blending, for documents that may have no transparency: only where they show exactly the same.

Rules: what is multiplied with bare paper, or is black wherever it paints, looks as if it were painted over.
All else needs transparency.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from afpcluster.display.colour import BLACK, WHITE, Colour, rgb
from afpcluster.display.items import (
    ClipPath,
    GlyphRun,
    Group,
    Image,
    ImageModel,
    Item,
    Link,
    Path,
    Rectangle,
    Shared,
    TilePattern,
)
from afpcluster.display.walk import flattened

_BLACKS = frozenset({BLACK, rgb(0.0, 0.0, 0.0)})
_WHITES = frozenset({WHITE, rgb(1.0, 1.0, 1.0)})


class BlendingNeeded(Exception):
    """Something is multiplied with what is beneath, and shows other colours for it."""


def unblended(items: Sequence[Item]) -> Sequence[Item]:
    """The items themselves where nothing is blended, else others that show the same on white paper. Raises
    BlendingNeeded."""
    if not _blends(items):
        return items
    return _painted_over(items, bare=True)


def _blends(items: Iterable[Item]) -> bool:
    """Whether anything in these items is multiplied."""
    for item in items:
        match item:
            case GlyphRun():
                continue
            case Group():
                if item.multiply or _blends(item.items):
                    return True
            case ClipPath():
                if _blends(item.items):
                    return True
            case Shared():
                if _blends(item.shared.items):
                    return True
            case Path(fill=TilePattern() as fill):
                if _blends(fill.cell.items):
                    return True
            case _:
                pass
    return False


def _painted_over(items: Iterable[Item], *, bare: bool) -> list[Item]:
    """`bare`: nothing but white is beneath."""
    found: list[Item] = []
    for item in items:
        if _blends([item]):
            item = _one_painted_over(item, bare=bare)
        found.append(item)
        bare = bare and _leaves_bare(item)
    return found


def _one_painted_over(item: Item, *, bare: bool) -> Item:
    match item:
        case Group():
            inner = replace(item, items=_painted_over(item.items, bare=bare or item.multiply), multiply=False)
            if item.multiply and not bare and not all(_is_black(part) for part, _ in flattened(item.items)):
                raise BlendingNeeded
            return inner
        case ClipPath():
            return replace(item, items=_painted_over(item.items, bare=bare))
        case Shared():
            return Group(_painted_over(item.shared.items, bare=bare), item.matrix)
        case _:
            raise BlendingNeeded  # in a pattern's cell, which is repeated over itself


def _leaves_bare(item: Item) -> bool:
    """Whether paper is white after an item was painted on it."""
    return all(
        isinstance(part, Link) or (isinstance(part, Rectangle) and part.colour in _WHITES)
        for part, _ in flattened([item])
    )


def _is_black(item: Item) -> bool:
    """Whether an item paints in black alone."""
    match item:
        case Link():
            return True
        case GlyphRun(colour=colour) | Rectangle(colour=colour):
            return colour in _BLACKS
        case Image():
            return item.image.model is ImageModel.STENCIL and item.colour in _BLACKS
        case Path(fill=fill, stroke=stroke):
            colours = [fill, stroke.colour if stroke else None]
            return all(
                colour is None or (isinstance(colour, Colour) and colour in _BLACKS) for colour in colours
            )
        case _:
            return False
