"""Layers (optional content groups) of embedded PDF pages, in our document: those that are off when their own
file is opened are off here too. PDF 32000-1, 8.11 "Optional Content".
"""

from __future__ import annotations

from typing import Any

import pikepdf

from afpcluster.pdf.values import PdfDict, Ref, Value


class Layers:
    """The groups that were copied, in the order in which they came."""

    def __init__(self) -> None:
        self._groups: list[Value] = []
        self._off: list[Value] = []

    def add(self, group: Ref, *, off: bool) -> None:
        """Take note of a copied group."""
        self._groups.append(group)
        if off:
            self._off.append(group)

    def properties(self) -> PdfDict | None:
        """The entry OCProperties of the catalog; None without any group."""
        if not self._groups:
            return None
        return {"OCGs": self._groups, "D": {"Name": b"Layers", "OFF": self._off}}


def groups_off(source: pikepdf.Pdf) -> set[tuple[int, int]]:
    """Object numbers and generations of the groups that the file's default configuration hides."""
    properties = source.Root.get("/OCProperties")
    if not isinstance(properties, pikepdf.Dictionary):
        return set()
    default = properties.get("/D")
    if not isinstance(default, pikepdf.Dictionary):
        return set()
    off = _numbers(default.get("/OFF"))
    if default.get("/BaseState") == pikepdf.Name.OFF:
        off |= _numbers(properties.get("/OCGs")) - _numbers(default.get("/ON"))
    return off


def _numbers(groups: Any) -> set[tuple[int, int]]:
    if not isinstance(groups, pikepdf.Array):
        return set()
    return {group.objgen for group in groups.as_list() if isinstance(group, pikepdf.Dictionary)}
