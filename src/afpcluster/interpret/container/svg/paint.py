"""What shapes are painted with: colours, gradients as one colour, strokes (SVG 1.1 chapters 11 and 13)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from afpcluster.display.colour import Colour, as_rgb, rgb
from afpcluster.display.items import Cap, Join, Stroke
from afpcluster.interpret.container.svg.style import INITIAL, Sheet, Style, style_of
from afpcluster.interpret.container.svg.tree import Element
from afpcluster.interpret.container.svg.values import colour, fraction, length

_REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")]+)['\"]?\s*\)\s*(.*)$")
_CAPS = {"round": Cap.ROUND, "square": Cap.SQUARE}
_JOINS = {"round": Join.ROUND, "bevel": Join.BEVEL}
_GRADIENTS = ("linearGradient", "radialGradient")
_DEEPEST_REFERENCE = 8


def reference(value: str | None) -> str | None:
    """The identifier that a `url(#…)` names."""
    found = _REFERENCE.match((value or "").strip())
    return found[1] if found else None


class Painter:
    """Finds paints by the elements of one file; counts in `notes` what is not drawn as it should be."""

    def __init__(self, named: Mapping[str, Element], sheet: Sheet, notes: Counter[str]) -> None:
        self._named, self._sheet, self._notes = named, sheet, notes

    def colour(self, style: Style, name: str, alpha: float) -> Colour | None:
        """What `fill` or `stroke` paints with; None paints nothing. What shines through is mixed with white,
        the colour of paper."""
        value = style[name]
        found = _REFERENCE.match(value)
        paint = self._gradient(found[1]) if found else None
        if paint is None and found:
            if not found[2].strip():
                self._notes["paints other than colours and gradients"] += 1
            value = found[2].strip() or "none"
        if paint is None:
            paint = colour(style["color"] if value.lower() == "currentcolor" else value)
        if paint is None:
            if value.lower() != "none":
                self._notes[f"the paint {value[:40]!r}"] += 1
            return None
        alpha *= paint[1] * fraction(style[f"{name}-opacity"])
        if alpha <= 0:
            return None
        if alpha < 1:
            self._notes["opacity"] += 1
        parts = as_rgb(paint[0]) or (0.0, 0.0, 0.0)
        return rgb(*(1 - (1 - part) * alpha for part in parts))

    def _gradient(self, name: str) -> tuple[Colour, float] | None:
        """The mean colour of a gradient; None where it is none."""
        stops: list[tuple[tuple[float, float, float], float]] = []
        element = self._named.get(name)
        for _ in range(_DEEPEST_REFERENCE):
            if element is None or element.name not in _GRADIENTS:
                return None
            stops = [stop for child in element.children if child.name == "stop" for stop in self._stop(child)]
            if stops:
                break
            element = self._named.get(element.attributes.get("href", "").removeprefix("#"))
        if not stops:
            return None
        self._notes["a gradient"] += 1
        mean = [sum(parts[n] for parts, _ in stops) / len(stops) for n in range(3)]
        return rgb(*mean), sum(opacity for _, opacity in stops) / len(stops)

    def _stop(self, element: Element) -> list[tuple[tuple[float, float, float], float]]:
        style = style_of(element, INITIAL, self._sheet)
        found = colour(style.get("stop-color", "black"))
        parts = as_rgb(found[0]) if found else None
        if found is None or parts is None:
            return []
        return [(parts, found[1] * fraction(style.get("stop-opacity")))]

    def stroke(self, style: Style, alpha: float, diagonal: float) -> Stroke | None:
        """How the outline is drawn; None where it is not."""
        width = length(style["stroke-width"], diagonal, 1.0)
        paint = self.colour(style, "stroke", alpha) if width > 0 else None
        if paint is None:
            return None
        dashes = [] if style["stroke-dasharray"] == "none" else _dashes(style["stroke-dasharray"], diagonal)
        return Stroke(
            paint,
            width,
            _CAPS.get(style["stroke-linecap"], Cap.BUTT),
            _JOINS.get(style["stroke-linejoin"], Join.MITRE),
            tuple(dashes),
            length(style["stroke-dashoffset"], diagonal) if dashes else 0.0,
        )


_MOST_DASHES = 64


def _dashes(text: str, diagonal: float) -> list[float]:
    """Lengths of dashes and gaps, an even number of them; none where the list is in error or all zeros."""
    parts = [part for part in re.split(r"[\s,]+", text.strip()) if part]
    lengths = [length(part, diagonal, -1.0) for part in parts[:_MOST_DASHES]]
    if not lengths or min(lengths) < 0 or not any(lengths):
        return []
    return lengths * 2 if len(lengths) % 2 else lengths
