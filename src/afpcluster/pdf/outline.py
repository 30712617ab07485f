"""The document outline (bookmarks, section 12.3.3) written while the pages come.

An item is written when its next sibling is closed, so only two items per level are in memory: until then
the items below it may be put into one (`wrap`), which takes its object, since they name it.
"""

from __future__ import annotations

from dataclasses import replace

from afpcluster.light import dataclass
from afpcluster.pdf.file import PdfFile
from afpcluster.pdf.values import PdfDict, Ref, Value


@dataclass(slots=True)
class _Item:
    ref: Ref
    title: str
    destination: Value
    parent: Ref
    held: _Item | None  # the sibling before it, which is written when it is closed itself
    level: int
    previous: Ref | None = None
    first: Ref | None = None
    last: Ref | None = None
    children: int = 0


class Outline:
    """Items in document order; a deeper level nests below the item before it. Items start closed."""

    def __init__(self, file: PdfFile) -> None:
        self._file = file
        self._root: _Item | None = None
        self._open: list[_Item] = []

    def add(self, title: str, level: int, destination: Value) -> None:
        """Append an item that shows `destination` (section 12.3.2)."""
        if self._root is None:
            root = self._file.allocate()
            self._root = _Item(root, "", None, root, None, -1)
        previous: _Item | None = None
        ref = self._file.allocate()
        while self._open and self._open[-1].level >= level:
            previous = self._close(self._open.pop(), previous)
        parent = self._open[-1] if self._open else self._root
        before = previous.ref if previous is not None else None
        self._open.append(_Item(ref, title, destination, parent.ref, previous, level, before))
        parent.first = parent.first or ref
        parent.last = ref
        parent.children += 1

    def wrap(self, level: int, title: str, destination: Value) -> None:
        """Put the items of `level` that lie in the open item above into one, which others of this level then
        follow."""
        around = self._root if level == 0 else self._open[level - 1]
        if around is None or around.first is None:
            self.add(title, level, destination)
            return
        ref = self._file.allocate()
        inner = replace(
            around, title=title, destination=destination, parent=ref, held=None, level=level, previous=None
        )
        around.ref, around.first, around.last, around.children = ref, inner.ref, inner.ref, 1
        for item in self._open[level:]:
            item.level += 1
        self._open.insert(level, inner)

    def _close(self, item: _Item, deeper: _Item | None) -> _Item:
        """`item` gets no more below it, of which `deeper` is the last."""
        if deeper is not None:
            self._write(deeper, None)
        if item.held is not None:
            self._write(item.held, item.ref)
            item.held = None
        return item

    def _write(self, item: _Item, following: Ref | None) -> None:
        entries: PdfDict = {"Title": item.title, "Parent": item.parent, "Dest": item.destination}
        if item.previous is not None:
            entries["Prev"] = item.previous
        if following is not None:
            entries["Next"] = following
        if item.first is not None:
            entries |= {"First": item.first, "Last": item.last, "Count": -item.children}
        self._file.write(item.ref, entries)

    def finish(self) -> Ref | None:
        """Write the open items; the outline's reference for the catalog, or None without any item."""
        if self._root is None:
            return None
        last: _Item | None = None
        while self._open:
            last = self._close(self._open.pop(), last)
        if last is not None:
            self._write(last, None)
        root = self._root
        self._file.write(root.ref, {"First": root.first, "Last": root.last, "Count": root.children})
        return root.ref
