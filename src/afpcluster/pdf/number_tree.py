"""A number tree (section 7.9.7) of many entries. Leaves are written one by one: none is in memory but the one
that fills, and no array gets long."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from afpcluster.pdf.file import PdfFile
from afpcluster.pdf.values import PdfDict, Value

LEAF = 256  # keys


def number_tree(file: PdfFile, entries: Iterable[tuple[int, Value]]) -> PdfDict:
    """Write the leaves of entries that come in the order of their keys; the root."""
    leaves: list[Value] = []
    waiting = iter(entries)
    while leaf := list(islice(waiting, LEAF)):
        listed = [item for entry in leaf for item in entry]
        leaves.append(file.add({"Limits": [leaf[0][0], leaf[-1][0]], "Nums": listed}))
    return {"Kids": leaves}
