"""What a print file shows, as lines of text: positions in points on the page, whatever is nested."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from afpcluster.conversion.work import Work
from afpcluster.display.geometry import IDENTITY, Matrix
from afpcluster.display.items import GlyphRun, Group, Image, Item, Page, Path, Rectangle, Shared
from afpcluster.options import Options


def pages(data: bytes) -> list[Page]:
    work = Work(io.BytesIO(data), Options(raise_faults=True))
    return [page for _, page in work.pages() if page is not None]


def finding_codes(data: bytes) -> list[str]:
    work = Work(io.BytesIO(data), Options(raise_faults=True))
    for _ in work.pages():
        pass
    return [finding.code for finding in work.findings()]


def shown(data: bytes) -> list[str]:
    """Every page's size, then its items in the order they are painted."""
    return [line for page in pages(data) for line in _page(page)]


def items_shown(data: bytes) -> list[str]:
    """The items of all pages alone; * for what is multiplied with what lies beneath."""
    return [line for page in pages(data) for line in _items(page.items, IDENTITY)]


def _page(page: Page) -> Iterator[str]:
    yield f"page {_number(page.width)} x {_number(page.height)}"
    yield from _items(page.items, IDENTITY)


def _items(items: Sequence[Item], matrix: Matrix) -> Iterator[str]:
    for item in items:
        match item:
            case GlyphRun():
                text = _text(item)
                turn = round(item.direction + _degrees(matrix)) % 360
                suffix = f" turned {turn}" if turn else ""
                yield f"'{text}' {_number(item.size)} at {_point(matrix, item.x, item.y)}{suffix}"
            case Rectangle():
                corners = (item.x, item.y, item.x + item.width, item.y + item.height)
                yield f"rule {_box(matrix, corners)}{_colour(item)}"
            case Image():
                yield f"image {_box(item.matrix.then(matrix), (0, 0, 1, 1))}"
            case Path():
                yield f"path of {len(item.segments)}"
            case Group():
                mark = "* " if item.multiply else ""
                yield from (mark + line for line in _items(item.items, item.matrix.then(matrix)))
            case Shared():
                yield from _items(item.shared.items, item.matrix.then(matrix))
            case _:
                yield type(item).__name__


def _text(run: GlyphRun) -> str:
    """What a run reads as; glyphs with places of their own are followed by those, from its start."""
    size = run.face.code_size
    codes = [int.from_bytes(run.codes[at : at + size], "big") for at in range(0, len(run.codes), size)]
    text = run.arrangement.text or "".join(run.face.unicode.get(code, "?") for code in codes)
    placements = run.arrangement.placements
    if placements is None:
        return text
    return text + " " + " ".join(f"{_number(x)},{_number(y)}" for x, y in placements)


def _number(value: float) -> str:
    return f"{round(value, 1) + 0.0:g}"


def _point(matrix: Matrix, x: float, y: float) -> str:
    return ",".join(map(_number, matrix.apply(x, y)))


def _box(matrix: Matrix, corners: tuple[float, float, float, float]) -> str:
    """From one corner to the opposite one, as they come to stand on the page."""
    left, top, right, bottom = corners
    return f"{_point(matrix, left, top)} to {_point(matrix, right, bottom)}"


def _degrees(matrix: Matrix) -> float:
    quarter = {(1, 0): 0, (0, 1): 90, (-1, 0): 180, (0, -1): 270}
    return quarter[round(matrix.a), round(matrix.b)]


def _colour(item: Rectangle) -> str:
    space, components = item.colour
    return "" if components in ((0.0,), (0,)) else f" {space} {'/'.join(map(_number, components))}"
