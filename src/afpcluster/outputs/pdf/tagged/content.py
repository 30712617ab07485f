"""The content stream of a page with marks (section 14.6): each item is of one marked sequence.

Rules: items are painted in their order, tagged or not. Runs that follow each other in painting and in
reading are one sequence; what is nothing to be read is an artifact. Sequences of text begin and end inside of
one text object, others outside of them; all inside of one graphics state.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

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
from afpcluster.outputs.pdf.text import Tag

_ARTIFACT, _END_OF_ARTIFACT = Tag(b"/Artifact BMC", in_text=False), Tag(b"EMC", in_text=False)
_END_OF_TEXT = Tag(b"EMC", in_text=True)
_new_tuple = tuple.__new__  # a NamedTuple's own constructor takes three times as long


class TaggedContentWriter(ContentWriter):
    """Writes a page; `elements` are those of its structure when all items are painted."""

    def __init__(self, resources: StreamResources, root: Matrix, plan: PagePlan) -> None:
        super().__init__(resources, root, known_state=True)
        self._tops = plan.tops
        self._runs = zip(plan.paragraphs, plan.places, strict=True)
        self._marks = 0
        self._texts: list[list[tuple[int, int]]] = [[] for _ in plan.tops]  # (place, mark) of a paragraph
        self._figures: list[Element] = []
        self._shown: list[Any] = []  # runs and rectangles that wait to be written, with their tags
        self._open: int | None = None  # the paragraph of the open sequence, or NOT_READ: an artifact
        self._inside = False  # an item that is marked as a whole

    def items(self, items: Sequence[Item]) -> None:
        if self._inside:
            super().items(items)
            return
        runs, shown = self._runs, self._shown
        following = NOT_READ  # the place of a run that is of the open sequence
        for item in items:
            kind = type(item)
            if kind is GlyphRun:
                paragraph, place = next(runs)
                if paragraph == NOT_READ:
                    self._begin_artifact()
                else:
                    if paragraph != self._open or place != following:
                        self._begin_text(paragraph, place)
                    following = place + 1
                shown.append(item)
            elif kind is Rectangle:  # most of what is no text
                self._begin_artifact()
                shown.append(item)
            else:
                self._paint_other(item)
        self._end()
        self._write()

    def _paint_other(self, item: Item) -> None:
        """Paint what is neither text nor a rectangle."""
        if type(item) is Link:
            if self._open != NOT_READ:
                self._end()
            self._paint(item)
            return
        role = role_of(item)
        if role is Role.ARTIFACT:
            self._begin_artifact()
        else:
            self._end()
        self._write()
        if role is Role.ENTERED:
            self._paint(item)
            return
        if role is Role.FIGURE:
            self.text.end()
            box = _box_of(item, self._matrix)
            self._figures.append(Element(b"Figure", (self._marks,), box, _description_of(item)))
            self.out.append(b"/Figure<</MCID %d>>BDC" % self._marks)
            self._marks += 1
        self._inside = True  # its parts have no marks of their own
        self._paint(item)
        self._inside = False
        if role is Role.FIGURE:
            self.text.end()
            self.out.append(b"EMC")

    def _paint(self, item: Item) -> None:
        PAINTERS[type(item)](self, item)

    def _write(self) -> None:
        """Write what waits."""
        if self._shown:
            self.text.marks(self._shown)
            self._shown.clear()

    def _begin_text(self, paragraph: int, place: int) -> None:
        """What follows is text of this paragraph, from a place in the order of reading on."""
        self._end()
        self._open = paragraph
        self._texts[paragraph].append((place, self._marks))
        self._shown.append(_new_tuple(Tag, (b"/P<</MCID %d>>BDC" % self._marks, True)))
        self._marks += 1

    def _begin_artifact(self) -> None:
        """What follows is nothing to be read."""
        if self._open != NOT_READ:
            self._end()
            self._open = NOT_READ
            self._shown.append(_ARTIFACT)

    def _end(self) -> None:
        """End the open sequence, if there is one."""
        if self._open is not None:
            self._shown.append(_END_OF_ARTIFACT if self._open == NOT_READ else _END_OF_TEXT)
            self._open = None

    @property
    def elements(self) -> tuple[Element, ...]:
        """The elements in the order of reading. A figure stands in front of the first paragraph that begins
        further down."""
        found: list[Element] = []
        figures = deque(sorted(self._figures, key=_top_left))
        for top, pieces in zip(self._tops, self._texts, strict=True):
            while figures and _top_left(figures[0])[0] <= top:
                found.append(figures.popleft())
            if pieces:
                pieces.sort()
                found.append(_new_tuple(Element, (b"P", tuple([mark for _, mark in pieces]), None, "")))
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
