"""Display items -> a content stream: graphics state, paths, images, groups. Text is in `text`.

Rules: coordinates are whole numbers, `unit` of them to a length of one, with y downwards as in the
display list; one matrix at the head of the page (or on the form) makes points of them. Whole numbers are
short, quick to print, and with 100 to the point exact for every unit AFP files use in practice. Nothing
is said twice: the writer knows the state a viewer is in. Text stays in one BT..ET until something else
must be painted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from afpcluster.display.geometry import IDENTITY, Matrix
from afpcluster.display.items import (
    Cap,
    ClipPath,
    Close,
    Curve,
    EmbeddedPdf,
    GlyphRun,
    Group,
    Image,
    ImageModel,
    Item,
    Join,
    Line,
    Link,
    Move,
    Path,
    Rectangle,
    Segment,
    Shared,
    Stroke,
    TilePattern,
)
from afpcluster.outputs.pdf.colour import stroke_operator
from afpcluster.outputs.pdf.packet import MULTIPLY_NAME, Element, LinkArea
from afpcluster.outputs.pdf.resources import StreamResources
from afpcluster.outputs.pdf.text import TextWriter
from afpcluster.outputs.pdf.units import PAGE_UNIT, box_in_units, corners_of, unit_for
from afpcluster.pdf.values import numbers

_CAPS = {Cap.BUTT: 0, Cap.ROUND: 1, Cap.SQUARE: 2}
_JOINS = {Join.MITRE: 0, Join.ROUND: 1, Join.BEVEL: 2}


class ContentWriter:
    """Writes the items of one content stream. `root` maps its points to the stream's own space (for
    patterns, which do not follow the current matrix). A form or pattern is painted in whatever state
    its user is in: `known_state` is False for them."""

    def __init__(self, resources: StreamResources, root: Matrix, *, known_state: bool) -> None:
        self.out: list[bytes] = []
        self.links: list[LinkArea] = []
        self.text = TextWriter(self.out, resources, PAGE_UNIT, known_state=known_state)
        self._resources = resources
        self._unit: float = PAGE_UNIT
        self._root = root
        self._matrix = IDENTITY  # from the current items' system to the stream's points
        self._stroke = _PLAIN_STROKE if known_state else None
        self._depth = 0
        self.nesting = 0  # the deepest so far

    @property
    def elements(self) -> tuple[Element, ...]:
        """Those of the structure, where the stream is that of a tagged page."""
        return ()

    def items(self, items: Sequence[Item]) -> None:
        """Paint `items` in order."""
        begin = 0
        others = [at for at, item in enumerate(items) if type(item) not in _MARKS]
        for at in others:
            if begin < at:
                self.text.marks(items[begin:at])
            PAINTERS[type(items[at])](self, items[at])
            begin = at + 1
        if begin < len(items):
            self.text.marks(items[begin:])

    def data(self) -> bytes:
        """The finished stream, uncompressed."""
        self.text.end()
        return b"\n".join(self.out)

    # Paths

    def _rectangle(self, item: Rectangle) -> None:
        self.text.marks([item])

    def _path(self, item: Path) -> None:
        if not item.segments or (item.fill is None and item.stroke is None):
            return
        self.text.end()
        if isinstance(item.fill, TilePattern):
            pattern = self._resources.pattern(item.fill, self._matrix.then(self._root))
            self.text.set_fill_pattern(pattern)
        elif item.fill is not None and item.fill != self.text.fill:
            self.text.set_fill(item.fill)
        if item.stroke is not None and item.stroke != self._stroke:
            self._set_stroke(item.stroke)
        self._outline(item.segments)
        if item.fill is None:
            self.out.append(b"S")
        else:
            operator = b"f" if item.stroke is None else b"B"
            self.out.append(operator + b"*" if item.even_odd else operator)

    def _outline(self, segments: Iterable[Segment]) -> None:
        unit, out = self._unit, self.out
        for segment in segments:
            out.append(_SEGMENTS[type(segment)] % tuple([round(value * unit) for value in segment]))

    def _set_stroke(self, stroke: Stroke) -> None:
        was, out, unit = self._stroke, self.out, self._unit
        if was is None or stroke.colour != was.colour:
            self._resources.note_colour(stroke.colour)
            out.append(stroke_operator(stroke.colour))
        if was is None or (stroke.width, unit) != (was.width, PAGE_UNIT):
            out.append(b"%d w" % round(stroke.width * unit))
        if was is None or stroke.cap is not was.cap:
            out.append(b"%d J" % _CAPS[stroke.cap])
        if was is None or stroke.join is not was.join:
            out.append(b"%d j" % _JOINS[stroke.join])
        if was is None or stroke.dashes or was.dashes:
            # A dash list of zeros alone would be an error (section 8.4.3.6).
            dashes = stroke.dashes if any(stroke.dashes) else ()
            lengths = " ".join([str(round(length * unit)) for length in dashes])
            out.append(f"[{lengths}]{round(stroke.dash_phase * unit)} d".encode())
        self._stroke = stroke

    # Images and forms

    def _image(self, item: Image) -> None:
        self.text.end()
        if item.image.model is ImageModel.STENCIL and item.colour != self.text.fill:
            self.text.set_fill(item.colour)
        self._paint_unit_square(item.matrix, self._resources.image(item.image))

    def _embedded_pdf(self, item: EmbeddedPdf) -> None:
        self.text.end()
        self._paint_unit_square(item.matrix, self._resources.embedded_pdf(item))

    def _paint_unit_square(self, matrix: Matrix, name: str) -> None:
        """PDF has (0, 0) of an image in its lower left corner, display items in the upper left."""
        a, b, c, d, e, f = matrix
        unit = self._unit
        values = [round(v * unit, 2) for v in (a, b, -c, -d, e + c, f + d)]
        if values[0] * values[3] != values[1] * values[2]:  # else it has no area
            self.out.append(f"q {numbers(values, 2)} cm/{name} Do Q".encode())

    def _shared(self, item: Shared) -> None:
        self.text.end()
        name, links = self._resources.form(item.shared)
        matrix = item.matrix.then(self._matrix)
        self.links += [place_link(link, matrix) for link in links]
        concatenation = self._concatenation(item.matrix, PAGE_UNIT)
        if concatenation == _NO_CHANGE:
            self.out.append(f"/{name} Do".encode())
        else:
            self.out.append(f"q {concatenation}/{name} Do Q".encode())

    def _multiplied(self, item: Group) -> None:
        """A group that blends with what is beneath as a whole, which takes a form (section 11.6.6)."""
        self.text.end()
        name, links = self._resources.group(replace(item, multiply=False))
        self.links += [place_link(link, self._matrix) for link in links]
        concatenation = self._concatenation(IDENTITY, PAGE_UNIT)
        scale = concatenation if concatenation != _NO_CHANGE else ""
        self.out.append(f"q/{MULTIPLY_NAME} gs {scale}/{name} Do Q".encode())

    # Coordinate systems and clips

    def _group(self, item: Group) -> None:
        if item.multiply:
            self._multiplied(item)
            return
        self.text.end()
        outer_matrix, outer_unit = self._matrix, self._unit
        unit = unit_for(item.matrix.then(outer_matrix))
        outer_state = self._save()
        concatenation = self._concatenation(item.matrix, unit)
        if concatenation != _NO_CHANGE:
            self.out.append(concatenation.encode())
        self._matrix = item.matrix.then(outer_matrix)
        self._set_unit(unit)
        outer_origin = self._resources.origin
        if item.origin is not None:
            self._resources.origin = item.origin
        if item.clip is not None:
            self.out.append(b"%d %d %d %d re W n" % box_in_units(unit, *item.clip))
        self.items(item.items)
        self.text.end()
        self._matrix = outer_matrix
        self._resources.origin = outer_origin
        self._set_unit(outer_unit)
        self._restore(outer_state)

    def _clip_path(self, item: ClipPath) -> None:
        self.text.end()
        outer_state = self._save()
        # Clipping to a path without an area hides everything, as it should.
        self._outline(item.segments or [Move((0.0, 0.0)), Close()])
        self.out.append(b"W* n" if item.even_odd else b"W n")
        self.items(item.items)
        self.text.end()
        self._restore(outer_state)

    def _concatenation(self, matrix: Matrix, unit: float) -> str:
        """The operation after which coordinates in `unit` of a system mean what `matrix` makes of them."""
        return _concatenation(matrix, unit, self._unit)

    def _set_unit(self, unit: float) -> None:
        if unit != self._unit:
            self._unit = unit
            self.text.set_unit(unit)
            self._stroke = None  # its width and dashes were in the other unit

    def _save(self) -> tuple[object, ...]:
        self.out.append(b"q")
        self._depth += 1
        self.nesting = max(self.nesting, self._depth)
        return (self._stroke, self.text.state())

    def _restore(self, state: tuple[Any, ...]) -> None:
        self.out.append(b"Q")
        self._depth -= 1
        self._stroke = state[0]
        self.text.set_state(state[1])

    def _link(self, item: Link) -> None:
        self.links.append(place_link(LinkArea(corners_of(item.box), item.uri, item.page), self._matrix))


_MARKS = frozenset({GlyphRun, Rectangle})  # what the text writer shows
PAINTERS: dict[type, Callable[[ContentWriter, Any], None]] = {
    Rectangle: ContentWriter._rectangle,
    Path: ContentWriter._path,
    Image: ContentWriter._image,
    EmbeddedPdf: ContentWriter._embedded_pdf,
    Group: ContentWriter._group,
    Shared: ContentWriter._shared,
    ClipPath: ContentWriter._clip_path,
    Link: ContentWriter._link,
}
_NO_CHANGE = "1 0 0 1 0 0 cm"
_PLAIN_STROKE = Stroke()
_SEGMENTS: dict[type, bytes] = {
    Move: b"%d %d m",
    Line: b"%d %d l",
    Curve: b"%d %d %d %d %d %d c",
    Close: b"h",
}


@lru_cache(maxsize=1024)  # pages have the same things at the same places
def _concatenation(matrix: Matrix, unit: float, outer: float) -> str:
    if unit == outer and matrix == IDENTITY:  # as most overlays are placed
        return _NO_CHANGE
    scale = outer / unit
    a, b, c, d, e, f = matrix
    linear = numbers((a * scale, b * scale, c * scale, d * scale), 7)
    return f"{linear} {numbers((e * outer, f * outer), 2)} cm"


def place_link(link: LinkArea, matrix: Matrix) -> LinkArea:
    """The link in the system that `matrix` maps to: the box around its corners."""
    x1, y1, x2, y2 = link.rectangle
    points = [matrix.apply(x, y) for x, y in ((x1, y1), (x2, y1), (x1, y2), (x2, y2))]
    across, down = [x for x, _ in points], [y for _, y in points]
    return LinkArea((min(across), min(down), max(across), max(down)), link.uri, link.page)
