"""Layers (optional content groups) of embedded PDF pages, in our document: those that are off when their own
file is printed are off here too. PDF 32000-1, 8.11 "Optional Content".
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
    """Object numbers and generations of the groups that the file's default configuration hides in print."""
    properties = source.Root.get("/OCProperties")
    if not isinstance(properties, pikepdf.Dictionary):
        return set()
    default = properties.get("/D")
    if not isinstance(default, pikepdf.Dictionary):
        return set()
    off = _numbers(default.get("/OFF"))
    if default.get("/BaseState") == pikepdf.Name.OFF:
        off |= _numbers(properties.get("/OCGs")) - _numbers(default.get("/ON"))
    for usage in _dictionaries(default.get("/AS")):
        if usage.get("/Event") == pikepdf.Name.Print:
            for group in _dictionaries(usage.get("/OCGs")):
                state = _print_state(group)
                if state == pikepdf.Name.OFF:
                    off.add(group.objgen)
                elif state == pikepdf.Name.ON:
                    off.discard(group.objgen)
    return off


def _print_state(group: pikepdf.Object) -> Any:
    """ON or OFF, as a group's usage has it for print (section 8.11.4.4); None where it says nothing."""
    usage = group.get("/Usage")
    said = usage.get("/Print") if isinstance(usage, pikepdf.Dictionary) else None
    return said.get("/PrintState") if isinstance(said, pikepdf.Dictionary) else None


def _dictionaries(array: Any) -> list[pikepdf.Object]:
    if not isinstance(array, pikepdf.Array):
        return []
    return [item for item in array.as_list() if isinstance(item, pikepdf.Dictionary)]


def _numbers(groups: Any) -> set[tuple[int, int]]:
    return {group.objgen for group in _dictionaries(groups)}
