"""Page labels (PDF section 12.4.2): what viewers call a page.

A page is called by its number in its document, behind the document's where there are several: "2-1". Of a
selection each page keeps the number that it has in the file. Runs of pages cost some bytes each.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from afpcluster.display.place import Place
from afpcluster.pdf.file import PdfFile
from afpcluster.pdf.number_tree import LEAF, number_tree
from afpcluster.pdf.values import PdfDict, Raw, Value


class PageLabels:
    """Takes the place of each page in turn."""

    def __init__(self) -> None:
        self._runs = array("L")  # index of the first page, document, number of the first page
        self._count = 0
        self._next: tuple[int, int] = (0, 0)
        self._in_front = 0  # documents of the print files in front of this one

    def begin_file(self) -> None:
        """Another print file, whose documents are counted on."""
        if self._count:
            self._in_front = max(self._next[0], self._in_front + 1)

    def add(self, place: Place) -> None:
        document = self._in_front + place.document
        if (document, place.page) != self._next:
            self._runs.extend((self._count, document, place.page))
        self._next = (document, place.page + 1)
        self._count += 1

    def tree(self, file: PdfFile) -> PdfDict | None:
        """The number tree for the catalog; None where pages are simply called 1, 2, 3."""
        runs = len(self._runs) // 3
        if runs == 0 or (runs == 1 and self._runs[2] in (0, 1)):
            return None
        if runs <= LEAF:
            return {"Nums": [item for entry in self._entries() for item in entry]}
        return number_tree(file, self._entries())

    def _entries(self) -> Iterator[tuple[int, Value]]:
        """The index of the first page of each run, and how the run is called."""
        first = self._runs[1]
        several = any(self._runs[at] != first for at in range(4, len(self._runs), 3))
        for at in range(0, len(self._runs), 3):
            index, document, number = self._runs[at : at + 3]
            label: PdfDict = {"S": Raw(b"/D")}
            if several:
                label["P"] = f"{document}-"
            if number > 1:
                label["St"] = number
            yield index, label
