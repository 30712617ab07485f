"""TrueType and OpenType files in resource folders, found by full font name: what AFP systems keep in a
Resource Access Table (MO:DCA "The Resource Access Table (RAT)") is read from the files themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from afpcluster.fonts.foca.code_page import FontDataError
from afpcluster.fonts.unicode.font_names import fold, names_in
from afpcluster.fonts.unicode.sfnt import open_font

_SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}
_MAX_BYTES = 256 << 20


class FontFolders:
    """The fonts in these folders. The folders are read when the first font is asked for."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = [path for path in folders if path.is_dir()]

    @cached_property
    def _paths(self) -> dict[str, Path]:
        """By folded name: full names count before file names, and these before other names of a font."""
        full: dict[str, Path] = {}
        stems: dict[str, Path] = {}
        others: dict[str, Path] = {}
        for path in (path for folder in self._folders for path in sorted(folder.iterdir())):
            if path.suffix.lower() not in _SUFFIXES or path.stat().st_size > _MAX_BYTES:
                continue
            stems.setdefault(fold(path.stem), path)
            try:
                for _, names in names_in(path.read_bytes()):
                    full = dict.fromkeys(names.full, path) | full
                    others = dict.fromkeys(names.all, path) | others
            except FontDataError:
                continue  # not a font after all: as if it were not there
        return others | stems | full

    def files(self, *, at_least: int) -> Iterator[bytes]:
        """The files whose first font has so many glyphs, in the order of their names."""
        for path in dict.fromkeys(sorted(self._paths.values())):
            data = path.read_bytes()
            if _glyph_count(data) >= at_least:
                yield data

    def data(self, name: str) -> bytes | None:
        """The file that holds the font called `name`; None where there is none."""
        path = self._paths.get(fold(name))
        return path.read_bytes() if path is not None else None


def _glyph_count(data: bytes) -> int:
    try:
        with open_font(data) as font:
            return int(font["maxp"].numGlyphs)
    except Exception:  # fontTools meets damage with whatever its tables come upon
        return 0
