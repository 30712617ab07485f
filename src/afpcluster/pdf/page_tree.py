"""A balanced page tree (section 7.7.3) written while the pages come.

A node is written when it is full and a further sibling shows that it is not the root, so only the open
nodes, one per level, are in memory.
"""

from __future__ import annotations

from dataclasses import field

from afpcluster.light import dataclass
from afpcluster.pdf.file import PdfFile
from afpcluster.pdf.values import PdfDict, Raw, Ref

_FAN_OUT = 32


@dataclass(slots=True)
class _Node:
    ref: Ref
    kids: list[Ref] = field(default_factory=list)
    pages: int = 0


class PageTree:
    """Gives each page its parent; `finish` gives the root for the catalog."""

    def __init__(self, file: PdfFile) -> None:
        self._file = file
        self._open: list[_Node] = [_Node(file.allocate())]  # leaves' level first

    def add(self, page: Ref) -> Ref:
        """Take in the next page; the reference for its /Parent entry."""
        return self._add(0, page, 1)

    def _add(self, level: int, kid: Ref, pages: int) -> Ref:
        if level == len(self._open):
            self._open.append(_Node(self._file.allocate()))
        node = self._open[level]
        if len(node.kids) == _FAN_OUT:
            self._close(level)
            node = self._open[level]
        node.kids.append(kid)
        node.pages += pages
        return node.ref

    def _close(self, level: int) -> None:
        node = self._open[level]
        parent = self._add(level + 1, node.ref, node.pages)
        self._write(node, parent)
        self._open[level] = _Node(self._file.allocate())

    def _write(self, node: _Node, parent: Ref | None) -> None:
        entries: PdfDict = {"Type": Raw(b"/Pages"), "Count": node.pages, "Kids": node.kids}
        if parent is not None:
            entries["Parent"] = parent
        self._file.write(node.ref, entries)

    def finish(self) -> Ref:
        """Write the open nodes; the root's reference."""
        level = 0
        while level < len(self._open) - 1:  # closing a level may open one more
            node = self._open[level]
            self._write(node, self._add(level + 1, node.ref, node.pages))
            level += 1
        root = self._open[level]
        self._write(root, None)
        return root.ref
