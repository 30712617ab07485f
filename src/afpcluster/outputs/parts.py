"""Outputs of several files: parts in a folder, or in one ZIP file that is written as they come.

A ZIP needs no seekable sink, stores parts as they are (they are compressed already) and has no clock in it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import copy
from pathlib import Path
from typing import IO, Any, Protocol, cast

from afpcluster.heavy import zipfile
from afpcluster.light import dataclass
from afpcluster.outputs.output import Sink
from afpcluster.pdf.file import DigestedSink

ZIP_MEDIA_TYPE = "application/zip"


@dataclass(slots=True, frozen=True)
class Folder:
    """An empty folder to write parts to, in place of a sink."""

    path: Path


class Part(DigestedSink):
    """One file that is being written; how long it is, and its digest."""

    @property
    def sha256(self) -> str:
        return self.digest.hexdigest()


class Parts(Protocol):
    """Takes parts one after the other."""

    def open(self, name: str) -> Any:
        """A context that gives the Part to write."""

    def finish(self) -> int:
        """Write what is left; the size of all in bytes."""

    def abandon(self) -> None:
        """Let go of what is open. Never raises."""


def parts_to(sink: Sink | Folder) -> Parts:
    """Parts in a folder, or in a ZIP file that goes to a sink."""
    return _FolderParts(Path(sink.path)) if isinstance(sink, Folder) else _ZipParts(sink)


class _FolderParts:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.size = 0

    @contextmanager
    def open(self, name: str) -> Iterator[Part]:
        with (self._folder / name).open("xb") as file:
            part = Part(file)
            yield part
        self.size += part.size

    def finish(self) -> int:
        return self.size

    def abandon(self) -> None:
        """Its files are closed one by one."""


class _Counting:
    """A sink that zipfile takes for a stream, since it cannot tell its position."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.size = 0

    def write(self, data: bytes) -> int:
        self._sink.write(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """The sink's owner flushes it."""


class _Contents:
    """The list that zipfile keeps of what it wrote, in a quarter of the memory: entries differ by a name
    and three numbers."""

    def __init__(self) -> None:
        self._like: Any = None  # an entry
        self._names: list[str] = []
        self._numbers = array("Q")

    def append(self, entry: Any) -> None:
        self._like = entry
        self._names.append(entry.filename)
        self._numbers.extend((entry.CRC, entry.file_size, entry.header_offset))

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[Any]:
        numbers = iter(self._numbers)
        for name, crc, size, offset in zip(self._names, numbers, numbers, numbers, strict=True):
            entry = copy(self._like)
            entry.filename, entry.CRC, entry.header_offset = name, crc, offset
            entry.file_size = entry.compress_size = size
            yield entry


class _ZipParts:
    def __init__(self, sink: Sink) -> None:
        self._sink = _Counting(sink)
        self._zip = zipfile.ZipFile(cast(IO[bytes], self._sink), "w")
        self._zip.filelist = cast(Any, _Contents())

    @property
    def size(self) -> int:
        return self._sink.size

    @contextmanager
    def open(self, name: str) -> Iterator[Part]:
        entry = zipfile.ZipInfo(name)  # of 1980: no clock
        entry.external_attr = 0o644 << 16
        with self._zip.open(entry, "w", force_zip64=True) as file:
            yield Part(file)
        self._zip.NameToInfo.clear()  # for reading, which nobody does

    def finish(self) -> int:
        self._zip.close()
        return self._sink.size

    def abandon(self) -> None:
        with suppress(Exception):
            self._zip.close()
