"""The document outline (bookmarks, section 12.3.3) written while the pages come.

An item is written when its next sibling is known, so only one item per level is in memory.
"""

from __future__ import annotations

from dataclasses import dataclass

from afpcluster.pdf.file import PdfFile
from afpcluster.pdf.values import PdfDict, Ref, Value


@dataclass(slots=True)
class _Item:
    ref: Ref
    title: str
    destination: Value
    parent: Ref
    previous: Ref | None
    level: int
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
        previous: Ref | None = None
        ref = self._file.allocate()
        while self._open and self._open[-1].level >= level:
            sibling = self._open.pop()
            # Only the last one popped is the sibling; deeper ones end their level.
            ends_level = bool(self._open) and self._open[-1].level >= level
            self._write(sibling, None if ends_level else ref)
            previous = sibling.ref
        parent = self._open[-1] if self._open else self._root
        self._open.append(_Item(ref, title, destination, parent.ref, previous, level))
        parent.first = parent.first or ref
        parent.last = ref
        parent.children += 1

    def wrap(self, title: str, destination: Value) -> None:
        """Put all items so far into one at the top, which items of level 0 then follow."""
        before = self._root
        if before is None:
            self.add(title, 0, destination)
            return
        ref = self._file.allocate()
        self._root = _Item(ref, "", None, ref, None, -1, before.ref, before.ref, 1)
        for item in self._open:
            item.level += 1
        before.title, before.destination, before.parent, before.level = title, destination, ref, 0
        self._open.insert(0, before)

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
        while self._open:
            self._write(self._open.pop(), None)
        root = self._root
        self._file.write(root.ref, {"First": root.first, "Last": root.last, "Count": root.children})
        return root.ref
