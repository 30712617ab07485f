"""What lies wholly off its page: nobody sees it, in print neither, and a finding says so.

Some producers put marks for their own machines there, so it is no loss. What a medium map puts beside the
page is one: it is on the paper. What is only partly off the page is not told. Text and rules that begin on
the page are looked at together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from operator import attrgetter
from weakref import WeakKeyDictionary

from afpcluster.afp.framing import Record
from afpcluster.display.geometry import IDENTITY, Matrix, turned_at
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
)
from afpcluster.findings import Findings, Severity
from afpcluster.interpret.letters import ASCENT, descent

_X, _Y = attrgetter("x"), attrgetter("y")
_KINDS = {Rectangle: "A rule", Image: "An image", EmbeddedPdf: "A PDF page", Path: "A drawing"}
_MOST_KNOWN = 64  # places of shared items

Size = tuple[float, float]
"""Width and height of the page in points."""


class OffPage:
    """Finds what lies off its page. What pages share is looked at once for each place that it has."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._known: WeakKeyDictionary[SharedItems, dict[tuple[Matrix, Size], Sequence[str]]]
        self._known = WeakKeyDictionary()

    def look(self, items: Sequence[Item], page: Size, begin: Record) -> None:
        """Record which of the items that `begin` brings onto the page lie off it, in the page's points."""
        self._tell(items, page, begin, "{} lies wholly off the page, where it cannot be seen", Severity.INFO)

    def look_at_form(self, items: Sequence[Item], page: Size, begin: Record) -> None:
        """The same for what the medium map in force brings onto the page that `begin` begins."""
        told = "{} of an overlay of the medium map lies off the page, where only a sheet would show it"
        self._tell(items, page, begin, told, Severity.SKIPPED)

    def look_at_sheet(self, items: Sequence[Item], medium: Size, offset: int | None) -> None:
        """The same for overlays on a sheet side of this size; `offset` is that of its first page."""
        told = "{} of an overlay of the medium map lies off the medium, where it cannot be seen"
        self._tell(items, medium, offset, told, Severity.INFO)

    def _tell(
        self, items: Sequence[Item], page: Size, place: Record | int | None, told: str, severity: Severity
    ) -> None:
        found = self._beyond(items, IDENTITY, page)
        for kind, count in Counter(found).items() if found else ():
            report = self._findings.at(place, spec="MO:DCA Chapter 3 Presentation Space")
            report("off-page", told.format(kind), severity=severity, count=count)

    def _beyond(self, items: Sequence[Item], matrix: Matrix, page: Size) -> Sequence[str]:
        """A word for each of the items that `matrix` puts off the page."""
        if _all_begin_inside(items, matrix, page):
            return ()
        found: list[str] = []
        for item in items:
            match item:
                case Group():
                    found += self._beyond(item.items, item.matrix.then(matrix), page)
                case Shared():
                    found += self._beyond_of(item.shared, item.matrix.then(matrix), page)
                case ClipPath():
                    found += self._beyond(item.items, matrix, page)
                case GlyphRun():
                    if not _meets(_corners_of_run(item), matrix, page) and _text(item).strip():
                        found.append("Text")
                case Rectangle():
                    x, y, right, bottom = item.x, item.y, item.x + item.width, item.y + item.height
                    if not _meets([(x, y), (right, bottom), (x, bottom), (right, y)], matrix, page):
                        found.append(_KINDS[Rectangle])
                case Image() | EmbeddedPdf():
                    if not _meets(_UNIT_SQUARE, item.matrix.then(matrix), page):
                        found.append(_KINDS[type(item)])
                case Path():
                    points = (part[at : at + 2] for part in item.segments for at in range(0, len(part), 2))
                    if not _meets(points, matrix, page):
                        found.append(_KINDS[Path])
                case Link():
                    pass
        return found

    def _beyond_of(self, shared: SharedItems, matrix: Matrix, page: Size) -> Sequence[str]:
        known = self._known.setdefault(shared, {})
        found = known.get((matrix, page))
        if found is None:
            if len(known) >= _MOST_KNOWN:
                known.clear()
            found = known[matrix, page] = self._beyond(shared.items, matrix, page)
        return found


_UNIT_SQUARE = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]


def _all_begin_inside(items: Sequence[Item], matrix: Matrix, page: Size) -> bool:
    """Whether all of the items have an origin, and that on the page: the quick answer for text and rules."""
    xs: list[float]
    ys: list[float]
    try:
        xs, ys = list(map(_X, items)), list(map(_Y, items))
    except AttributeError:  # some have none
        return False
    if not xs:
        return True
    left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
    if matrix is not IDENTITY:
        corners = [matrix.apply(x, y) for x in (left, right) for y in (top, bottom)]
        left, top = min(x for x, _ in corners), min(y for _, y in corners)
        right, bottom = max(x for x, _ in corners), max(y for _, y in corners)
    return left >= 0 and top > 0 and right < page[0] and bottom < page[1]


def _meets(points: Iterable[Sequence[float]], matrix: Matrix, page: Size) -> bool:
    """Whether the box around the points has anything in common with the page, or there are none."""
    width, height = page
    xs, ys = [], []
    for point in points:
        x, y = matrix.apply(*point)
        if 0 < x < width and 0 < y < height:
            return True
        xs.append(x)
        ys.append(y)
    return not xs or (max(xs) > 0 and max(ys) > 0 and min(xs) < width and min(ys) < height)


def _corners_of_run(run: GlyphRun) -> list[tuple[float, float]]:
    """The corners of a box around the run's letters, in its system."""
    face, text = run.face, _text(run)
    top, bottom = -ASCENT * run.size, descent(text) * run.size
    spacing, gaps, _, placements, _ = run.arrangement
    if placements is not None:
        ends = (-run.size, run.size)
        return [(run.x + x + dx, run.y + y + dy) for x, y in placements for dx in ends for dy in ends]
    widths = sum(face.widths.get(code, face.default_width) for code in _codes(run)) / 1000
    between = spacing * len(run.codes) + sum(gap for _, gap in gaps)
    length = widths * run.size * run.stretch + between
    turned = turned_at(run.direction, run.x, run.y)
    return [turned.apply(x, y) for x in (0.0, length) for y in (top, bottom)]


def _codes(run: GlyphRun) -> list[int]:
    size = run.face.code_size
    return [int.from_bytes(run.codes[at : at + size], "big") for at in range(0, len(run.codes), size)]


def _text(run: GlyphRun) -> str:
    """What the run reads as; a letter for each that nobody knows."""
    return run.arrangement.text or "".join(run.face.unicode.get(code, "x") for code in _codes(run))
