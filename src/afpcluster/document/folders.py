"""Resources outside the print file: folders, and resource group files.

A folder holds one resource a file, named as the AFP resource, any or no extension. Only the name in the
file counts, never its case or extension; a name with path separators finds nothing. A file of a folder is
looked at once, however often and under whatever types it is asked for, and is open only while it is read:
a document may use more of them than a process may have open.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, cast

from afpcluster.afp.damage import CARRIAGE_CONTROL
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import RecordFile
from afpcluster.document.resources import (
    CHARACTER_SET,
    CODE_PAGE,
    CONTAINER,
    TYPE_OF_BEGIN,
    Resource,
    ResourceScope,
    fold,
    scan_resources,
)
from afpcluster.findings import ConversionError, Findings

_MAX_BYTES = 256 << 20
_RECORD = bytes((CARRIAGE_CONTROL,))


class FolderScope(ResourceScope):
    """The resources of the caller's paths, in their order. Group files stay open until `close`."""

    def __init__(self, paths: tuple[Path, ...], findings: Findings) -> None:
        super().__init__()
        self._open_files = ExitStack()
        self._findings = findings
        self._folders = [path for path in paths if path.is_dir()]
        self._met: dict[Path, _FolderFile] = {}
        for path in paths:
            if path.is_file():
                self._add_group_file(path)
            elif not path.is_dir():
                raise ConversionError(
                    "resource-path-missing",
                    f"The resource path {path} is neither a folder nor a file. Correct or remove it.",
                )

    def _add_group_file(self, path: Path) -> None:
        with self._findings.kept():
            file = RecordFile(self._open_files.enter_context(path.open("rb")), self._findings)
            for resource in scan_resources(file, None, self._findings):
                self.add(resource)

    @cached_property
    def _files(self) -> dict[str, Path]:
        """Every file of the folders by folded name with and without extension, first folder first."""
        found: dict[str, Path] = {}
        for folder in self._folders:
            entries = sorted(p for p in folder.iterdir() if p.is_file())
            for path in entries:
                found.setdefault(fold(path.name), path)
            for path in entries:
                found.setdefault(fold(path.stem), path)
        return found

    def find(self, kind: int, name: str) -> Resource | None:
        found = super().find(kind, name)
        if found is not None:
            return found
        path = self._files.get(fold(name))
        return self._file(path, name).resource(kind) if path is not None else None

    def _file(self, path: Path, name: str) -> _FolderFile:
        """The file of a folder, which is asked for by this name."""
        if path not in self._met:
            self._met[path] = _FolderFile(path, name, self._findings)
        return self._met[path]

    def of_kind(self, kind: int) -> Iterator[Resource]:
        """Those of group files, and fonts in files of their own, since fonts are asked for by number, too.
        Any other resource of a folder is there for those who ask for it by name."""
        yield from super().of_kind(kind)
        if kind not in (CHARACTER_SET, CODE_PAGE):
            return
        for path in dict.fromkeys(self._files.values()):
            file = self._file(path, path.stem)
            if file.may_hold(kind):
                found = file.resource(kind)
                if found is not None:
                    yield found

    def close(self) -> None:
        """Close the group files; resources in them that were not read yet cannot be read any more."""
        self._open_files.close()


class _FolderFile:
    """One file of a folder, and what it holds."""

    def __init__(self, path: Path, name: str, findings: Findings) -> None:
        self._path = path
        self._name = name
        self._findings = findings

    def resource(self, kind: int) -> Resource | None:
        """The resource where it is of this kind. A file that is no AFP is an object container."""
        if not self._is_usable:
            return None
        if kind == CONTAINER and self._head[:1] != _RECORD:
            return self._container
        found = self._object
        return found if found is not None and found.kind == kind else None

    @cached_property
    def _is_usable(self) -> bool:
        size = self._path.stat().st_size
        if size > _MAX_BYTES:
            self._findings.at(None, spec="MO:DCA Resource Search Order")(
                "resource-too-large",
                f"The resource {self._path.name} has {size} bytes, more than {_MAX_BYTES}; it is not used",
            )
        return size <= _MAX_BYTES

    def may_hold(self, kind: int) -> bool:
        """Whether the first structured field begins a resource of this kind, or one of a kind that is said
        later."""
        type_ = int.from_bytes(self._head[3:], "big")
        return self._head[:1] == _RECORD and (type_ == CODES["BRS"] or TYPE_OF_BEGIN.get(type_) == kind)

    @cached_property
    def _head(self) -> bytes:
        """What the file begins with: X'5A', length and type where that is a structured field."""
        with self._path.open("rb") as file:
            return file.read(6)

    @cached_property
    def _container(self) -> Resource:
        return Resource(CONTAINER, (self._name,), self._findings, raw=self._path.read_bytes)

    @cached_property
    def _object(self) -> Resource | None:
        """The first AFP resource in the file; None where there is none."""
        try:
            file = RecordFile(cast(BinaryIO, _OpenWhileRead(self._path)), self._findings)
            found = next(iter(scan_resources(file, None, self._findings)), None)
        except ConversionError:
            return None
        if found is not None:
            found.names = (*found.names, self._name)
        return found


class _OpenWhileRead(io.RawIOBase):
    """A file to read from that is open only during each read. Raises OSError where it cannot be."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size = path.stat().st_size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        with self._path.open("rb", buffering=0) as file:
            file.seek(self._at)
            count = file.readinto(buffer) or 0
        self._at += count
        return count
