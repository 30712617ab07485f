"""An SVG file -> display items in points (MO:DCA "AFPC SVG Subset").

What is not drawn as the file says is noted by name, and told once an object.
"""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from afpcluster.display.colour import BLACK
from afpcluster.display.geometry import IDENTITY, Box, Matrix, scaling, translation
from afpcluster.display.items import ClipPath, Close, Group, Image, ImageData, Item, Path, Segment
from afpcluster.findings import Reporter, Severity
from afpcluster.interpret.container.svg.paint import Painter, reference
from afpcluster.interpret.container.svg.shapes import SHAPES, BadPath, segments_of
from afpcluster.interpret.container.svg.style import INITIAL, Style, read_sheet, style_of
from afpcluster.interpret.container.svg.tree import Element, read_tree
from afpcluster.interpret.container.svg.values import absolute_length, fraction, length, numbers, transform
from afpcluster.interpret.context import Budget, BudgetSpent

_SPEC = "MO:DCA AFPC SVG Subset"
_POINTS = 72 / 96  # to the user unit, which is a CSS pixel
_DEFAULT_SIZE = (300.0, 150.0)  # that of replaced elements in CSS
_SILENT = frozenset(
    {"", "defs", "desc", "metadata", "title", "style", "script", "symbol", "clipPath", "marker", "pattern"}
    | {"linearGradient", "radialGradient", "mask", "filter", "animate", "animateTransform", "set", "view"}
    | {"animateMotion", "animateColor", "cursor", "color-profile", "font", "font-face"}
)
"""What draws nothing by itself: it is used by others, says something about the file, or moves."""
_DEEPEST = 200
_MOST_DRAWN = 100_000  # elements, uses of others counted each time

ReadImage = Callable[[bytes], ImageData | None]
"""Reads an image file; None where it cannot, which it has reported."""


class View(NamedTuple):
    """A viewport: its size in user units, what the percentages inside of it are of."""

    width: float
    height: float

    @property
    def diagonal(self) -> float:
        return float(((self.width**2 + self.height**2) / 2) ** 0.5)


class Svg(NamedTuple):
    """The items of a file and the size of its presentation space, in points."""

    items: list[Item]
    width: float
    height: float


def draw_svg(
    data: bytes, size: tuple[float, float] | None, budget: Budget, read_image: ReadImage, report: Reporter
) -> Svg:
    """The items of a file; `size` in points where it does not say its own. Raises SvgError."""
    root = read_tree(data)
    width, height = (absolute_length(root.attributes.get(name)) for name in ("width", "height"))
    box = numbers(root.attributes.get("viewBox", ""))
    if width <= 0 or height <= 0:
        if size is not None:
            width, height = size[0] / _POINTS, size[1] / _POINTS
        elif len(box) == 4 and box[2] > 0 and box[3] > 0:
            width, height = box[2:]
        else:
            width, height = _DEFAULT_SIZE
    drawing = _Drawing(root, budget, read_image)
    try:
        items = drawing.viewport(root, INITIAL, View(width, height), 1.0, 0)
    except BudgetSpent:
        items = []
        drawing.note("all of it, since the page has drawn too much")
    drawing.tell(report)
    whole = Group(items, scaling(_POINTS, _POINTS), Box(0, 0, width, height))
    return Svg([whole] if items else [], width * _POINTS, height * _POINTS)


class _Drawing:
    """Draws the elements of one file."""

    def __init__(self, root: Element, budget: Budget, read_image: ReadImage) -> None:
        self._named: dict[str, Element] = {}
        self._name(root)
        self._sheet = read_sheet(root)
        self._budget, self._read_image = budget, read_image
        self._notes: Counter[str] = Counter()
        self._drawn = 0
        self._painter = Painter(self._named, self._sheet, self._notes)
        if self._sheet.incomplete:
            self.note("selectors of a style sheet")

    def _name(self, element: Element) -> None:
        if "id" in element.attributes:
            self._named.setdefault(element.attributes["id"], element)
        for child in element.children:
            self._name(child)

    def note(self, what: str) -> None:
        """Something is not drawn as it should be."""
        self._notes[what] += 1

    def tell(self, report: Reporter) -> None:
        """Report the notes: what looks otherwise, and what is missing."""
        otherwise = [name for name in self._notes if name in _LOOKS_OTHERWISE]
        missing = [name for name in self._notes if name not in _LOOKS_OTHERWISE]
        if otherwise:
            report(
                "svg-simplified",
                f"An SVG has {_listed(otherwise)}: shown as one opaque colour, mixed with white",
                _SPEC,
                severity=Severity.SUBSTITUTED,
            )
        if missing:
            report("svg-incomplete", f"Not shown of an SVG: {_listed(missing)}", _SPEC)

    def viewport(self, element: Element, outer: Style, view: View, alpha: float, depth: int) -> list[Item]:
        """The children of an svg or symbol element in a viewport of this size."""
        box = numbers(element.attributes.get("viewBox", ""))
        if len(box) != 4 or box[2] <= 0 or box[3] <= 0:
            return self._children(element, outer, view, alpha, depth)
        fitted = _fitted(box, view, element.attributes.get("preserveAspectRatio", ""))
        items = self._children(element, outer, View(box[2], box[3]), alpha, depth)
        return items if fitted == IDENTITY or not items else [Group(items, fitted)]

    def _children(self, element: Element, outer: Style, view: View, alpha: float, depth: int) -> list[Item]:
        style = style_of(element, outer, self._sheet)
        alpha *= fraction(style.get("opacity"))
        items: list[Item] = []
        for child in element.children:
            items += self.element(child, style, view, alpha, depth + 1)
        return items

    def element(self, element: Element, outer: Style, view: View, alpha: float, depth: int) -> list[Item]:
        """The items of one element, in its parent's system."""
        if element.name in _SILENT:
            return []
        self._drawn += 1
        if depth > _DEEPEST or self._drawn > _MOST_DRAWN:
            self.note("elements that are too many, or nested too deep")
            return []
        style = style_of(element, outer, self._sheet)
        if style.get("display") == "none":
            return []
        items = self._content(element, outer, style, view, alpha, depth)
        if not items:
            return []
        for name in ("mask", "filter"):
            if style.get(name, "none") != "none":
                self.note(f"a {name}")
        clip = reference(style.get("clip-path"))
        if clip is not None:
            items = self._clipped(items, clip, view)
        matrix = transform(element.attributes.get("transform"))
        return items if matrix == IDENTITY else [Group(items, matrix)]

    def _content(
        self, element: Element, outer: Style, style: Style, view: View, alpha: float, depth: int
    ) -> list[Item]:
        match element.name:
            case name if name in SHAPES:
                return self._shape(element, style, view, alpha)
            case "svg":
                return self._nested(element, outer, view, alpha, depth)
            case "use":
                return self._use(element, style, view, alpha, depth)
            case "switch":
                first = next((child for child in element.children if child.name not in _SILENT), None)
                return self.element(first, style, view, alpha, depth + 1) if first is not None else []
            case "image":
                return self._image(element, view)
            case "g" | "a":
                return self._children(element, outer, view, alpha, depth)
            case "text":
                self.note("text")
            case other:
                self.note(f"{other} elements")
        return []

    def _shape(self, element: Element, style: Style, view: View, alpha: float) -> list[Item]:
        if style["visibility"] != "visible":
            return []
        segments = self._segments(element, view)
        if not segments:
            return []
        if any(element.attributes.get(name) or style.get(name) for name in _MARKERS):
            self.note("markers")
        alpha *= fraction(style.get("opacity"))
        fill = None if element.name == "line" else self._painter.colour(style, "fill", alpha)
        stroke = self._painter.stroke(style, alpha, view.diagonal)
        if fill is None and stroke is None:
            return []
        return [Path(segments, fill, stroke, style["fill-rule"] == "evenodd")]

    def _segments(self, element: Element, view: View) -> list[Segment]:
        try:
            segments = segments_of(element, view.width, view.height)
        except BadPath as error:
            self.note("path data behind an error")
            segments = error.segments
        self._budget.draw(len(segments))
        return segments

    def _nested(self, element: Element, outer: Style, view: View, alpha: float, depth: int) -> list[Item]:
        given = element.attributes
        x, y = length(given.get("x"), view.width), length(given.get("y"), view.height)
        inner = View(
            length(given.get("width"), view.width, view.width),
            length(given.get("height"), view.height, view.height),
        )
        items = self.viewport(element, outer, inner, alpha, depth)
        return [Group(items, translation(x, y), Box(0, 0, inner.width, inner.height))] if items else []

    def _use(self, element: Element, style: Style, view: View, alpha: float, depth: int) -> list[Item]:
        """Another element once more. One that uses itself ends at the depth that is allowed."""
        given = element.attributes
        href = given.get("href", "")
        target = self._named.get(href[1:]) if href.startswith("#") else None
        if target is None:
            self.note("elements of other files" if href and not href.startswith("#") else "uses of nothing")
            return []
        alpha *= fraction(style.get("opacity"))
        depth += _DEEPEST // 10
        if target.name in ("symbol", "svg"):
            sizes: dict[str, str] = {name: given[name] for name in ("width", "height") if name in given}
            target = replace(target, name="svg", attributes={**target.attributes, **sizes})
        items = self.element(target, style, view, alpha, depth)
        x, y = length(given.get("x"), view.width), length(given.get("y"), view.height)
        return [Group(items, translation(x, y))] if items and (x or y) else items

    def _image(self, element: Element, view: View) -> list[Item]:
        given = element.attributes
        data = _inline_data(given.get("href", ""))
        if data is None:
            self.note("images outside of the file")
            return []
        image = self._read_image(data)
        if image is None:
            return []
        x, y = length(given.get("x"), view.width), length(given.get("y"), view.height)
        width = length(given.get("width"), view.width, image.width)
        height = length(given.get("height"), view.height, image.height)
        place = View(width, height)
        fitted = _fitted([0, 0, image.width, image.height], place, given.get("preserveAspectRatio", ""))
        matrix = scaling(image.width, image.height).then(fitted).then(translation(x, y))
        return [Group([Image(image, matrix, BLACK)], clip=Box(x, y, width, height))]

    def _clipped(self, items: list[Item], name: str, view: View) -> list[Item]:
        """Items inside of a clip path; several shapes in one that overlap count as their union."""
        clip = self._named.get(name)
        if clip is None or clip.name != "clipPath":
            return items
        if clip.attributes.get("clipPathUnits") == "objectBoundingBox":
            self.note("clipping by the box of an object")
            return items
        style = style_of(clip, INITIAL, self._sheet)
        outer = transform(clip.attributes.get("transform"))
        segments: list[Segment] = []
        even_odd = False
        for child in clip.children:
            if child.name == "use":
                target = self._named.get(child.attributes.get("href", "")[1:])
                place = translation(
                    length(child.attributes.get("x"), view.width),
                    length(child.attributes.get("y"), view.height),
                ).then(transform(child.attributes.get("transform")))
            else:
                target, place = child, IDENTITY
            if target is None or target.name not in SHAPES:
                continue
            own = style_of(target, style, self._sheet)
            even_odd = even_odd or own["clip-rule"] == "evenodd"
            matrix = transform(target.attributes.get("transform")).then(place).then(outer)
            segments += [_moved(segment, matrix) for segment in self._segments(target, view)]
        return [ClipPath(segments, items, even_odd)]


_MARKERS = ("marker", "marker-start", "marker-mid", "marker-end")
_LOOKS_OTHERWISE = ("opacity", "a gradient")
_LISTED = 12


def _listed(names: list[str]) -> str:
    """Names in a row, not too many."""
    shown = sorted(names)[:_LISTED]
    return ", ".join(shown) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")


def _moved(segment: Segment, matrix: Matrix) -> Segment:
    """A segment in the system that `matrix` leads to."""
    if isinstance(segment, Close):
        return segment
    points = zip(segment[::2], segment[1::2], strict=True)
    moved = [part for point in points for part in matrix.apply(*point)]
    return type(segment)(moved)


def _fitted(box: list[float], view: View, ratio: str) -> Matrix:
    """From a viewBox to its viewport (SVG 1.1 section 7.8)."""
    x, y, width, height = box
    across, down = view.width / width, view.height / height
    words = ratio.split()
    align = next((word for word in words if word.startswith("x") or word == "none"), "xMidYMid")
    if align == "none":
        return translation(-x, -y).then(scaling(across, down))
    scale = max(across, down) if "slice" in words else min(across, down)
    share = {"Min": 0.0, "Mid": 0.5, "Max": 1.0}
    left = (view.width - width * scale) * share.get(align[1:4], 0.5)
    top = (view.height - height * scale) * share.get(align[5:8], 0.5)
    return translation(-x, -y).then(scaling(scale, scale)).then(translation(left, top))


def _inline_data(href: str) -> bytes | None:
    """The data of a `data:` URI."""
    head, comma, body = href.partition(",")
    if not head.startswith("data:") or not comma:
        return None
    data = unquote_to_bytes(body)
    if not head.endswith(";base64"):
        return data
    try:
        return base64.b64decode(b"".join(data.split()))
    except binascii.Error:
        return None
