"""A body of bytes that is kept: in memory while small, in an anonymous file beyond.

Rules: the file never has a name, so nothing is left behind however the process ends. Disk writes go
through a thread in large pieces, so that a slow disk does not hold up heartbeats; what is small is done
at once, since the thread would cost more (measured: half of all requests per second). Large pieces are kept
as they come, so that a body is not copied; small ones are joined, since each would cost more than it holds.
Reads use `pread`, so that an abandoned reader cannot move the position of the next one.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

from afpcluster.web.errors import ServiceError

PIECE = 256 * 1024
_FLUSH = 1024 * 1024
_JOINED = 16 * 1024  # smaller pieces are


def anonymous_file(temp_dir: Path) -> IO[bytes]:
    """A file without a name in `temp_dir`, unbuffered: closing it has nothing left to write.

    Raises ServiceError when the storage refuses."""
    try:
        return cast(IO[bytes], tempfile.TemporaryFile(dir=temp_dir, buffering=0))
    except OSError as error:
        raise _storage_error(temp_dir, error) from error


def _small_file(temp_dir: Path) -> IO[bytes]:
    """A file for what was in memory, and stays there if the kernel lets it: ext4 looks ever longer for an
    inode, the more files were closed within a minute (measured: 0.1 ms at 100 a second).

    Raises ServiceError."""
    try:
        return io.FileIO(os.memfd_create("afpcluster"), "rb+")
    except OSError:
        return anonymous_file(temp_dir)


class Spool:
    """Write with `write`, end with `finish`, then read as often as wanted. `size` is in bytes.

    `hashed`: `sha256` will be asked for."""

    def __init__(self, temp_dir: Path, memory_bytes: int, *, hashed: bool = False) -> None:
        self.size = 0
        self._hash = hashlib.sha256() if hashed else None
        self._temp_dir = temp_dir
        self._memory_bytes = memory_bytes
        self._pieces: list[bytes | bytearray] = []  # what no file has yet
        self._held = 0  # bytes in them
        self._file: IO[bytes] | None = None

    async def write(self, data: bytes) -> None:
        """Append `data`. Raises ServiceError when the storage refuses."""
        if not data:
            return
        if len(data) >= _JOINED:
            self._pieces.append(data)
        elif self._pieces and isinstance(last := self._pieces[-1], bytearray) and len(last) < PIECE:
            last += data
        else:
            self._pieces.append(bytearray(data))
        self._held += len(data)
        self.size += len(data)
        if self._hash is not None:
            self._hash.update(data)
        if self._held > (_FLUSH if self._file else self._memory_bytes):
            await self._flush()

    async def finish(self) -> None:
        """No more writes; all bytes can be read now."""
        if self._file is not None:
            await self._flush()

    def sha256(self) -> str:
        """Of all that was written, in hexadecimal; only of a spool made `hashed`."""
        assert self._hash is not None  # asked for at its making
        return self._hash.hexdigest()

    async def as_file(self) -> IO[bytes]:
        """The bytes in a file (made now if they were in memory); it belongs to the spool."""
        if self._file is None and self.size <= PIECE:
            self._file = _small_file(self._temp_dir)
        await self._flush()
        assert self._file is not None  # _flush made it
        return self._file

    async def pieces(self) -> AsyncIterator[bytes]:
        """The bytes from the start, in pieces; may be called again."""
        if self._file is None:
            for kept in self._pieces:
                yield bytes(kept)
            return
        async for piece in file_pieces(self._file, self.size):
            yield piece

    def close(self) -> None:
        """Give memory and file back. Harmless when done twice; never raises."""
        self._pieces = []
        if self._file is not None:
            with suppress(OSError):
                self._file.close()

    async def _flush(self) -> None:
        try:
            if self._file is None:
                self._file = anonymous_file(self._temp_dir)
            pieces, held = self._pieces, self._held
            self._pieces, self._held = [], 0
            if held <= PIECE:
                _append(self._file, pieces)
            else:
                await asyncio.to_thread(_append, self._file, pieces)
        except OSError as error:
            raise _storage_error(self._temp_dir, error) from error


def _append(file: IO[bytes], pieces: Sequence[bytes | bytearray]) -> None:
    for piece in pieces:
        rest = memoryview(piece)
        while rest:
            rest = rest[file.write(rest) :]


async def file_pieces(file: IO[bytes], size: int) -> AsyncIterator[bytes]:
    """The first `size` bytes of `file`. Raises OSError when the file is shorter."""
    offset = 0
    while offset < size:
        where = file.fileno(), min(PIECE, size - offset), offset
        piece = os.pread(*where) if size <= PIECE else await asyncio.to_thread(os.pread, *where)
        if not piece:
            raise OSError(f"temporary file ends at byte {offset} of {size}")
        offset += len(piece)
        yield piece


def _storage_error(temp_dir: Path, error: OSError) -> ServiceError:
    return ServiceError(
        503,
        "storage-failed",
        f"Temporary storage in {temp_dir} failed: {error.strerror}. Free space there, then send it again.",
        retry_after=5,
    )
