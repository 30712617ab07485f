"""Page labels (PDF section 12.4.2): what viewers call a page.

A page is called by its number in its document, behind the document's where there are several: "2-1". Of a
selection each page keeps the number that it has in the file. Runs of pages cost some bytes each.
"""

from __future__ import annotations

from array import array

from afpcluster.display.place import Place
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

    def tree(self) -> PdfDict | None:
        """The number tree for the catalog; None where pages are simply called 1, 2, 3."""
        runs = [tuple(self._runs[at : at + 3]) for at in range(0, len(self._runs), 3)]
        if len(runs) == 1 and runs[0][2] in (0, 1):
            return None
        several = len({document for _, document, _ in runs}) > 1
        entries: list[Value] = []
        for index, document, number in runs:
            label: PdfDict = {"S": Raw(b"/D")}
            if several:
                label["P"] = f"{document}-"
            if number > 1:
                label["St"] = number
            entries += [index, label]
        return {"Nums": entries} if runs else None
