"""Libraries that load slowly, imported when something of them is first asked for.

The rule: what a page of text does without is taken from here, or imported by the function that needs it.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__all__ = ["Pillow", "agl", "multiprocessing", "ttLib", "zipfile"]


class _Heavy(ModuleType):
    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


if TYPE_CHECKING:
    import multiprocessing as multiprocessing
    import zipfile as zipfile

    from fontTools import agl as agl
    from fontTools import ttLib as ttLib
    from PIL import Image as Pillow
else:
    agl = _Heavy("fontTools.agl")
    ttLib = _Heavy("fontTools.ttLib")
    Pillow = _Heavy("PIL.Image")
    multiprocessing = _Heavy("multiprocessing")
    zipfile = _Heavy("zipfile")
