"""SVG files as trees of elements, read so that a file can only be what it says itself.

No entities but XML's own, nothing from outside of the file, no more elements than are drawn, no deep nesting.
"""

from __future__ import annotations

import zlib
from dataclasses import field
from xml.parsers import expat

from afpcluster.light import dataclass

_GZIP = b"\x1f\x8b"
_LARGEST = 32 << 20  # bytes of a file that comes compressed
_MOST_ELEMENTS = 200_000
_DEEPEST = 256
_NAMESPACES = ("http://www.w3.org/2000/svg", "")
_LINK_NAMESPACE = "http://www.w3.org/1999/xlink"


class SvgError(ValueError):
    """The file cannot be read: what is wrong with it."""


@dataclass(slots=True)
class Element:
    """An element: its name without namespace ("" in those of others), attributes, children and text."""

    name: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""


def looks_like_svg(data: bytes) -> bool:
    """Whether the file begins as SVG does, behind XML's declaration and comments."""
    return b"<svg" in data[:4096]


def read_tree(data: bytes) -> Element:
    """The root element. Raises SvgError."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(_uncompressed(data), True)
    except expat.ExpatError as error:
        raise SvgError(f"its XML is damaged: {error}") from error
    root = reader.root
    if root is None or root.name != "svg":
        raise SvgError("its root element is not svg")
    return root


def _uncompressed(data: bytes) -> bytes:
    if not data.startswith(_GZIP):
        return data
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        found = inflater.decompress(data, _LARGEST)
    except zlib.error as error:
        raise SvgError(f"its compressed data is damaged: {error}") from error
    if inflater.unconsumed_tail:
        raise SvgError(f"it has more than {_LARGEST >> 20} MiB")
    return found


def _refuse_entity(name: str, *_: object) -> None:
    raise SvgError(f"it declares an entity, {name}, which is not allowed")


class _Reader:
    """Builds the tree from expat's events."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > _MOST_ELEMENTS or len(self._open) >= _DEEPEST:
            raise SvgError(f"it has more than {_MOST_ELEMENTS} elements, or nests deeper than {_DEEPEST}")
        space, _, local = name.rpartition(" ")
        element = Element(local if space in _NAMESPACES else "", _local(attributes))
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, name: str) -> None:
        self._open.pop()

    def text(self, data: str) -> None:
        if self._open:
            self._open[-1].text += data


def _local(attributes: dict[str, str]) -> dict[str, str]:
    """Attributes by their local names; those of other namespaces, but links, do not count."""
    found = {}
    for name, value in attributes.items():
        space, _, local = name.rpartition(" ")
        if space in ("", _LINK_NAMESPACE):
            found[local] = value
    return found
