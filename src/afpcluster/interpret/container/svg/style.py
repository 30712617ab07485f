"""Which properties apply to an element (SVG 1.1 chapter 6): inherited, of attributes, of style sheets.

Selectors are those of one element: a type, classes, an identifier, and these together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from afpcluster.interpret.container.svg.tree import Element

_INHERITED = {
    "clip-rule": "nonzero",
    "color": "black",
    "fill": "black",
    "fill-opacity": "1",
    "fill-rule": "nonzero",
    "stroke": "none",
    "stroke-dasharray": "none",
    "stroke-dashoffset": "0",
    "stroke-linecap": "butt",
    "stroke-linejoin": "miter",
    "stroke-opacity": "1",
    "stroke-width": "1",
    "visibility": "visible",
}
_OWN = ("clip-path", "display", "filter", "mask", "opacity", "stop-color", "stop-opacity")
"""Properties that children do not inherit."""

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_SELECTOR = re.compile(r"(\*|[\w-]+)?((?:[.#][\w-]+)*)$")
_MOST_RULES = 2_000

Style = dict[str, str]


class Rule(NamedTuple):
    """One selector with its properties; more specific ones come later in a sheet."""

    type: str  # "" any
    classes: frozenset[str]
    identifier: str
    properties: Style

    def matches(self, element: Element, classes: frozenset[str]) -> bool:
        return (
            (not self.type or self.type == element.name)
            and self.classes <= classes
            and (not self.identifier or self.identifier == element.attributes.get("id"))
        )


class Sheet:
    """The rules of a file in rising specificity; `incomplete`: some selector is not known."""

    def __init__(self, rules: list[Rule], incomplete: bool) -> None:
        self._rules, self.incomplete = rules, incomplete
        self._classes = frozenset().union(*(rule.classes for rule in rules))
        self._identifiers = {rule.identifier for rule in rules}
        self._found: dict[tuple[str, frozenset[str], str], Style] = {}

    def properties(self, element: Element) -> Style:
        """What the rules say of an element; elements that they do not tell apart are looked at once."""
        if not self._rules:
            return {}
        classes = self._classes.intersection(element.attributes.get("class", "").split())
        identifier = element.attributes.get("id", "")
        key = (element.name, classes, identifier if identifier in self._identifiers else "")
        if key not in self._found:
            self._found[key] = {}
            for rule in self._rules:
                if rule.matches(element, classes):
                    self._found[key] |= rule.properties
        return self._found[key]


INITIAL: Style = dict(_INHERITED)


def read_sheet(root: Element) -> Sheet:
    """The rules of all style elements."""
    rules: list[Rule] = []
    incomplete = False
    for text in _style_texts(root):
        for selectors, body in _RULE.findall(_COMMENT.sub("", text)):
            for selector in selectors.split(","):
                found = _SELECTOR.match(selector.strip())
                if found is None or not selector.strip() or len(rules) >= _MOST_RULES:
                    incomplete = True
                    continue
                parts = re.findall(r"([.#])([\w-]+)", found[2])
                rules.append(
                    Rule(
                        "" if found[1] in (None, "*") else found[1],
                        frozenset(name for mark, name in parts if mark == "."),
                        next((name for mark, name in parts if mark == "#"), ""),
                        declarations(body),
                    )
                )
    rules.sort(key=lambda rule: (bool(rule.identifier), len(rule.classes), bool(rule.type)))
    return Sheet(rules, incomplete)


def _style_texts(element: Element) -> Iterator[str]:
    if element.name == "style":
        yield element.text
    for child in element.children:
        yield from _style_texts(child)


def declarations(text: str) -> Style:
    """Properties of a style attribute or rule."""
    found = {}
    for declaration in text.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            found[name.strip().lower()] = value.replace("!important", "").strip()
    return found


def style_of(element: Element, outer: Style, sheet: Sheet) -> Style:
    """The properties of an element inside of one that has those of `outer`."""
    style = {name: outer[name] for name in _INHERITED}
    attributes = element.attributes
    given = {name: attributes[name].strip() for name in (*_INHERITED, *_OWN) if name in attributes}
    given |= sheet.properties(element)
    given |= declarations(attributes.get("style", ""))
    style |= {name: value for name, value in given.items() if value != "inherit"}
    return style
