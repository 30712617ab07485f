"""afpcluster: a highly available AFP-to-PDF conversion cluster, and its engine for programs in Python.

`convert`, `index`, `inspect` and what they take are imported when they are asked for (docs/python.md).
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from afpcluster.api import index, inspect
    from afpcluster.convert import Folder, convert
    from afpcluster.findings import ConversionError, Finding
    from afpcluster.options import Colour, FailOn, Format, Layout, Options, PdfA, Result, TextOrder
    from afpcluster.selection import Selection

__version__ = "0.1.0"
__all__ = [
    "Colour",
    "ConversionError",
    "FailOn",
    "Finding",
    "Folder",
    "Format",
    "Layout",
    "Options",
    "PdfA",
    "Result",
    "Selection",
    "TextOrder",
    "convert",
    "index",
    "inspect",
]

_HOMES = {
    "Colour": "options",
    "ConversionError": "findings",
    "FailOn": "options",
    "Finding": "findings",
    "Folder": "convert",
    "Format": "options",
    "Layout": "options",
    "Options": "options",
    "PdfA": "options",
    "Result": "options",
    "Selection": "selection",
    "TextOrder": "options",
    "convert": "convert",
    "index": "api",
    "inspect": "api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


class _Package(ModuleType):
    """`afpcluster.convert` is the function, also once its module of that name is imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "convert" and isinstance(value, ModuleType):
            value = value.convert
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
