"""The print files of a conversion: one, or several that become one output in their order.

A path is opened only while its file is converted, so that there may be more files than may be open.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from afpcluster.findings import ConversionError
from afpcluster.light import dataclass

Source = BinaryIO | Path | str
"""A print file: an open one that can be read twice, or where it is."""


@dataclass(slots=True, frozen=True)
class PrintFile:
    """One print file; `name` is what findings and bookmarks call it."""

    source: BinaryIO | Path
    name: str

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The file, to read from. One that the caller opened stays open."""
        if isinstance(self.source, Path):
            with self.source.open("rb") as file:
                yield file
        else:
            yield self.source

    @contextmanager
    def as_path(self) -> Iterator[str]:
        """A path under which every process can open the file for itself."""
        if isinstance(self.source, Path):
            yield str(self.source)
            return
        name = getattr(self.source, "name", None)
        if isinstance(name, str) and os.path.isfile(name):
            yield name
            return
        with tempfile.NamedTemporaryFile(prefix="afpcluster-") as copy:
            self.source.seek(0)
            shutil.copyfileobj(self.source, copy)
            copy.flush()
            yield copy.name

    @property
    def size(self) -> int:
        """In bytes. Raises OSError where there is no such file."""
        if isinstance(self.source, Path):
            return self.source.stat().st_size
        return self.source.seek(0, io.SEEK_END)


def print_files(sources: Source | Sequence[Source]) -> list[PrintFile]:
    """The print files of a conversion, named. Raises ConversionError where there is none, OSError where one
    is not there."""
    if isinstance(sources, bytes | bytearray):
        raise TypeError("A print file is a binary file or a path, not bytes: give io.BytesIO(data).")
    several = [sources] if isinstance(sources, str) or not isinstance(sources, Sequence) else sources
    if not several:
        raise ConversionError("input-missing", "There is no print file to convert; name at least one.")
    found = [Path(source) if isinstance(source, str) else source for source in several]
    files = [PrintFile(source, _name(source, number)) for number, source in enumerate(found, 1)]
    for file in files:
        if isinstance(file.source, Path):
            file.source.stat()
    return files


def _name(source: BinaryIO | Path, number: int) -> str:
    name = str(source) if isinstance(source, Path) else getattr(source, "name", None)
    return name if isinstance(name, str) else f"file {number}"
