"""TrueType and OpenType files in resource folders, found by full font name: what AFP systems keep in a
Resource Access Table (MO:DCA "The Resource Access Table (RAT)") is read from the files themselves.

A process looks into a file once, as long as it does not change: documents come by thousands, and the folders
are the same for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from afpcluster.fonts.foca.code_page import FontDataError
from afpcluster.fonts.unicode.character_map import character_map
from afpcluster.fonts.unicode.font_names import fold, names_in
from afpcluster.fonts.unicode.sfnt import open_font
from afpcluster.fonts.unicode.truetype import CharacterFace, character_face

_SUFFIXES = {".ttf", ".otf", ".ttc", ".otc"}
_MAX_BYTES = 256 << 20


class FontFile(NamedTuple):
    """A file as it is now: another size or time is another file."""

    path: Path
    size: int
    changed: int  # nanoseconds

    @classmethod
    def at(cls, path: Path) -> FontFile:
        """The file at `path`. Raises OSError."""
        state = path.stat()
        return cls(path, state.st_size, state.st_mtime_ns)


class Survey(NamedTuple):
    """What is in a file: its fonts' full names, all their names, and the characters of the first font as the
    bits of a number."""

    full: frozenset[str]
    names: frozenset[str]
    characters: int


@lru_cache(512)
def survey(file: FontFile) -> Survey | None:
    """What is in a file; None where it is no font after all."""
    data = file.path.read_bytes()
    try:
        names = [found for _, found in names_in(data)]
    except FontDataError:
        return None
    full = frozenset[str]().union(*[found.full for found in names])
    every = frozenset[str]().union(*[found.all for found in names])
    return Survey(full, every, _characters(data))


def _characters(data: bytes) -> int:
    try:
        with open_font(data) as font:
            return bits_of(character_map(font))
    except Exception:  # fontTools meets damage with whatever its tables come upon
        return 0


def bits_of(characters: Iterable[int]) -> int:
    """The number whose bits are these code points."""
    bits = bytearray(0x110000 // 8)
    for character in characters:
        if 0 <= character < 0x110000:
            bits[character >> 3] |= 1 << (character & 7)
    return int.from_bytes(bits, "little")


@lru_cache(4)  # a font of Chinese characters takes 30 MB
def face_in(file: FontFile, name: str = "") -> CharacterFace:
    """The font called `name` in a file, the first where none is. Raises FontDataError and OSError."""
    return character_face(file.path.read_bytes(), name)


class FontFolders:
    """The fonts in these folders. The folders are read when the first font is asked for."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = [path for path in folders if path.is_dir()]

    @cached_property
    def _surveys(self) -> dict[FontFile, Survey]:
        """What is in the files, by folder and name."""
        found: dict[FontFile, Survey] = {}
        for path in (path for folder in self._folders for path in sorted(folder.iterdir())):
            if path.suffix.lower() not in _SUFFIXES:
                continue
            file = FontFile.at(path)
            seen = survey(file) if file.size <= _MAX_BYTES else None
            if seen is not None:
                found[file] = seen
        return found

    @cached_property
    def _files(self) -> dict[str, FontFile]:
        """By folded name: full names count before file names, and these before other names of a font."""
        full: dict[str, FontFile] = {}
        stems: dict[str, FontFile] = {}
        others: dict[str, FontFile] = {}
        for file, seen in self._surveys.items():
            stems.setdefault(fold(file.path.stem), file)
            full = dict.fromkeys(seen.full, file) | full
            others = dict.fromkeys(seen.names, file) | others
        return others | stems | full

    def with_characters(self, characters: Iterable[int]) -> FontFile | None:
        """The file whose first font has most of these characters; None where none has half of them."""
        wanted = bits_of(characters)
        most, best = wanted.bit_count() // 2, None
        for file, seen in sorted(self._surveys.items()):
            found = (wanted & seen.characters).bit_count()
            if found > most:
                most, best = found, file
        return best

    def data(self, name: str) -> bytes | None:
        """The file that holds the font called `name`; None where there is none."""
        file = self._files.get(fold(name))
        return file.path.read_bytes() if file is not None else None
