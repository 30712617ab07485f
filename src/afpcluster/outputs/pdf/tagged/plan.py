"""A page -> its paragraphs in the order of reading.

Rules: text is read as `outputs.text` reads it: columns one behind the other, tables row by row. Lines of a
block are one paragraph where they look alike; a row of a table is one by itself. Rules and drawings are
nothing to be read, nor is what pages share (overlays); a picture is a figure. What is painted a second time,
or is blank, is not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise
from statistics import median_low
from weakref import WeakKeyDictionary

from afpcluster.display.geometry import IDENTITY, Matrix
from afpcluster.display.items import (
    ClipPath,
    EmbeddedPdf,
    GlyphRun,
    Group,
    Image,
    Item,
    Path,
    Rectangle,
    Shared,
    SharedItems,
)
from afpcluster.display.walk import flattened
from afpcluster.outputs.pdf.tagged.phrases import PhraseReader
from afpcluster.outputs.text.layout import blocks_of
from afpcluster.outputs.text.words import Word

NOT_READ = -1
_TABLE_GAP = 2.0  # of the size: words of a row that are further apart are cells
_SAME_SIZE = 1.15
_SAME_PITCH = 1.3  # a line further down, compared with the others, begins a paragraph


class Role(Enum):
    """What an item is to a reader."""

    ENTERED = auto()  # what is in it is looked at by itself
    FIGURE = auto()
    ARTIFACT = auto()


def role_of(item: Item) -> Role:
    """The role of an item that is no text."""
    kind = type(item)
    if kind is Rectangle or kind is Path:  # most are
        return Role.ARTIFACT
    if isinstance(item, Image | EmbeddedPdf):
        return Role.FIGURE
    if isinstance(item, Shared):
        role = _SHARED_ROLES.get(item.shared)
        if role is None:
            text, picture = _contains(item)
            role = _SHARED_ROLES[item.shared] = Role.FIGURE if picture and not text else Role.ARTIFACT
        return role
    if isinstance(item, Group | ClipPath):
        text, picture = _contains(item)
        if picture and not text:
            return Role.FIGURE
        if text and not (isinstance(item, Group) and item.multiply):
            return Role.ENTERED
    return Role.ARTIFACT


_SHARED_ROLES: WeakKeyDictionary[SharedItems, Role] = WeakKeyDictionary()  # they are finished when made


def _contains(item: Item) -> tuple[bool, bool]:
    """Whether there is text in an item, and a picture; of a picture one need not know where there is text."""
    picture = False
    for part, _ in flattened([item]):
        if isinstance(part, GlyphRun):
            return True, picture
        picture = picture or isinstance(part, Image | EmbeddedPdf)
    return False, picture


@dataclass(slots=True)
class PagePlan:
    """By the number of a run on the page, in painting order: its place in the order of reading (NOT_READ: it
    is not read), and the number of its paragraph. `tops` is where each paragraph begins, in points from the
    top of the page."""

    places: list[int]
    paragraphs: list[int]
    tops: list[float]


def plan_of(items: Sequence[Item], reader: PhraseReader) -> PagePlan:
    """The paragraphs of a page of these items."""
    runs: list[tuple[GlyphRun, Matrix]] = []
    _collect(items, IDENTITY, runs)
    places, paragraphs = [NOT_READ] * len(runs), [NOT_READ] * len(runs)
    tops: list[float] = []
    place = 0
    for block in blocks_of(reader.phrases(runs)):
        for lines in _paragraphs(block):
            number = len(tops)
            for line in lines:
                for word in line:
                    for run in word[8]:
                        if places[run] == NOT_READ:
                            places[run], paragraphs[run] = place, number
                            place += 1
            first = lines[0][0]
            tops.append(first.across - first.size if not first.direction else first.box.y)
    return PagePlan(places, paragraphs, tops)


def _collect(items: Iterable[Item], matrix: Matrix, runs: list[tuple[GlyphRun, Matrix]]) -> None:
    """Add the runs that are read, in the order in which they are painted."""
    for item in items:
        if type(item) is GlyphRun:
            runs.append((item, matrix))
        elif isinstance(item, Group | ClipPath) and role_of(item) is Role.ENTERED:
            inner = item.matrix.then(matrix) if isinstance(item, Group) else matrix
            _collect(item.items, inner, runs)


def _paragraphs(block: Sequence[list[Word]]) -> Iterator[list[list[Word]]]:
    """The lines of a block that belong together."""
    if len(block) == 1:
        yield [*block]
        return
    rows = [_is_row(line) for line in block]
    if any(rows):
        yield from _table_rows(block, rows)
        return
    pitches = [below[0].across - above[0].across for above, below in pairwise(block)]
    usual = median_low(pitches) if pitches else 0.0
    part = [block[0]]
    for (above, below), pitch in zip(pairwise(block), pitches, strict=True):
        sizes = (above[0].size, below[0].size)
        if pitch > _SAME_PITCH * usual or max(sizes) > _SAME_SIZE * min(sizes):
            yield part
            part = []
        part.append(below)
    yield part


def _table_rows(block: Sequence[list[Word]], rows: Sequence[bool]) -> Iterator[list[list[Word]]]:
    """The rows of a table, each with the lines below it that are set in from its first cell."""
    part: list[list[Word]] = []
    for line, is_row in zip(block, rows, strict=True):
        if part and (is_row or line[0].along - part[0][0].along < line[0].size):
            yield part
            part = []
        part.append(line)
    yield part


def _is_row(line: Sequence[Word]) -> bool:
    """Whether the words of a line are cells."""
    if len(line) == 1:
        return False
    end = line[0].along
    for _, along, _, length, size, *_ in line:
        if along - end > _TABLE_GAP * size:
            return True
        end = along + length
    return False
