"""The content stream of a page with marks (section 14.6): each item is of one marked sequence.

Rules: items are painted in their order, tagged or not. Runs that follow each other in painting and in
reading are one sequence; what is nothing to be read is an artifact. Sequences of text begin and end inside of
one text object, others outside of them; all inside of one graphics state.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from afpcluster.display.geometry import Box, Matrix, Point
from afpcluster.display.items import (
    ClipPath,
    EmbeddedPdf,
    GlyphRun,
    Group,
    Image,
    Item,
    Link,
    Rectangle,
    Shared,
)
from afpcluster.display.walk import flattened
from afpcluster.outputs.pdf.content import PAINTERS, ContentWriter
from afpcluster.outputs.pdf.packet import Element
from afpcluster.outputs.pdf.resources import StreamResources
from afpcluster.outputs.pdf.tagged.plan import NOT_READ, PagePlan, Role, role_of

_ARTIFACT = b"/Artifact BMC"


class TaggedContentWriter(ContentWriter):
    """Writes a page; `elements` are those of its structure when all items are painted."""

    def __init__(self, resources: StreamResources, root: Matrix, plan: PagePlan) -> None:
        super().__init__(resources, root, known_state=True)
        self._plan = plan
        self._run = 0
        self._marks = 0
        self._texts: list[list[tuple[int, int]]] = [[] for _ in plan.tops]  # (place, mark) of a paragraph
        self._figures: list[Element] = []
        self._in_artifact = False
        self._inside = False  # an item that is marked as a whole

    def items(self, items: Sequence[Item]) -> None:
        if self._inside:
            super().items(items)
            return
        at, end = 0, len(items)
        while at < end:
            item = items[at]
            kind = type(item)
            if kind is GlyphRun:
                at = self._text(items, at)
                continue
            at += 1
            if kind is Rectangle:  # most of what is no text
                if not self._in_artifact:
                    self._enter_artifact()
                self._paint(item)
                continue
            if kind is Link:
                self._paint(item)
                continue
            match role_of(item):
                case Role.ENTERED:
                    self._leave_artifact()
                    self._paint(item)
                case Role.FIGURE:
                    self._leave_artifact()
                    self.text.end()
                    box = _box_of(item, self._matrix)
                    self._figures.append(Element(b"Figure", (self._marks,), box, _description_of(item)))
                    self.out.append(b"/Figure<</MCID %d>>BDC" % self._marks)
                    self._marks += 1
                    self._paint_whole(item)
                    self._end()
                case Role.ARTIFACT:
                    self._enter_artifact()
                    self._paint_whole(item)
        self._leave_artifact()

    def _paint(self, item: Item) -> None:
        PAINTERS[type(item)](self, item)

    def _paint_whole(self, item: Item) -> None:
        """Paint an item whose parts have no marks of their own."""
        self._inside = True
        self._paint(item)
        self._inside = False

    def _text(self, items: Sequence[Item], at: int) -> int:
        """Show the runs from `items[at]` that are of one sequence; the position behind them."""
        places, paragraphs = self._plan.places, self._plan.paragraphs
        start, number, end = at, self._run, len(items)
        place, paragraph = places[number], paragraphs[number]
        step = 0 if place == NOT_READ else 1
        first = place
        while True:
            at += 1
            number += 1
            if at == end or type(items[at]) is not GlyphRun:
                break
            if paragraphs[number] != paragraph or places[number] != place + step:
                break
            place += step
        self._run = number
        if paragraph == NOT_READ:
            self._enter_artifact()
            self.text.marks(items[start:at])
        else:
            if self._in_artifact:
                self._leave_artifact()
            if not self.text.open:
                self.text.begin()
            mark = self._marks
            self._marks += 1
            self._texts[paragraph].append((first, mark))
            self.out.append(b"/P<</MCID %d>>BDC" % mark)
            self.text.marks(items[start:at])
            self.out.append(b"EMC")
        return at

    def _end(self) -> None:
        self.text.end()
        self.out.append(b"EMC")

    def _enter_artifact(self) -> None:
        if not self._in_artifact:
            self.text.end()
            self.out.append(_ARTIFACT)
            self._in_artifact = True

    def _leave_artifact(self) -> None:
        if self._in_artifact:
            self._end()
            self._in_artifact = False

    @property
    def elements(self) -> tuple[Element, ...]:
        """The elements in the order of reading. A figure stands in front of the first paragraph that begins
        further down."""
        found: list[Element] = []
        figures = deque(sorted(self._figures, key=_top_left))
        for top, pieces in zip(self._plan.tops, self._texts, strict=True):
            while figures and _top_left(figures[0])[0] <= top:
                found.append(figures.popleft())
            if pieces:
                found.append(Element(b"P", tuple([mark for _, mark in sorted(pieces)])))
        return (*found, *figures)


def _top_left(figure: Element) -> tuple[float, float]:
    assert figure.box is not None
    return figure.box.y, figure.box.x


def _description_of(item: Item) -> str:
    """What the print file says of the pictures of an item, one behind the other."""
    if isinstance(item, Shared):
        parts: Sequence[Item] = item.shared.items
    elif isinstance(item, Group | ClipPath):
        parts = item.items
    else:
        return ""
    own = item.description if isinstance(item, Group) else ""
    return own or "; ".join(filter(None, map(_description_of, parts)))


def _box_of(item: Item, matrix: Matrix) -> Box:
    """The box around the pictures of an item, as far as a clip of the item itself leaves it."""
    corners: list[Point] = []
    for part, placed in flattened([item], matrix):
        if isinstance(part, Image | EmbeddedPdf):
            corners += _corners(Box(0, 0, 1, 1), part.matrix.then(placed))
    if isinstance(item, Group) and item.clip is not None:
        edges = _corners(item.clip, item.matrix.then(matrix))
        left, right = min(x for x, _ in edges), max(x for x, _ in edges)
        top, bottom = min(y for _, y in edges), max(y for _, y in edges)
        corners = [(min(max(x, left), right), min(max(y, top), bottom)) for x, y in corners]
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    return Box(left, top, max(x for x, _ in corners) - left, max(y for _, y in corners) - top)


def _corners(box: Box, matrix: Matrix) -> list[Point]:
    left, top, right, bottom = box.x, box.y, box.x + box.width, box.y + box.height
    return [matrix.apply(x, y) for x, y in ((left, top), (right, top), (left, bottom), (right, bottom))]
