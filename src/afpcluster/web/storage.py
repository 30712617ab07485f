"""Temporary storage: whether it can take documents, as the heartbeats tell.

Rules: storage that failed once counts as failed until a small file could be written again, which is tried
every second or so, apart from the requests. Too little free space is trouble before anything fails.
"""

from __future__ import annotations

import os
import tempfile
import threading
from pathlib import Path

_PROBE_BYTES = 64 * 1024
_LEAST_PART = 10  # of a small file system: a tenth of it may be less than the limit in bytes


class Storage:
    """The folder for temporary files of one instance."""

    def __init__(self, folder: Path, min_free_bytes: int) -> None:
        self._folder = folder
        self._min_free_bytes = min_free_bytes
        self._failure: str | None = None
        self._probing = threading.Lock()

    @property
    def free_bytes(self) -> int:
        """Free for this process; 0 where it cannot be told."""
        try:
            status = os.statvfs(self._folder)
        except OSError:
            return 0
        return status.f_bavail * status.f_frsize

    @property
    def trouble(self) -> str | None:
        """Why documents cannot be kept now; None when they can."""
        if self._failure is not None:
            return self._failure
        try:
            status = os.statvfs(self._folder)
        except OSError as error:
            return f"{self._folder}: {error.strerror}"
        free, least = self._free_and_least(status)
        if free < least:
            return f"{self._folder}: {free} bytes are free; at least {least} must be (service.min-free-bytes)"
        return None

    @property
    def missing_bytes(self) -> int:
        """How many more should be free; 0 where all is well, or nothing can be told."""
        try:
            free, least = self._free_and_least(os.statvfs(self._folder))
        except OSError:
            return 0
        return max(0, least - free)

    def _free_and_least(self, status: os.statvfs_result) -> tuple[int, int]:
        """Bytes that are free, and that should be."""
        free, all_bytes = status.f_bavail * status.f_frsize, status.f_blocks * status.f_frsize
        return free, min(self._min_free_bytes, all_bytes // _LEAST_PART)

    def failed(self, why: str) -> None:
        """A request met storage that failed; the text is for the operator."""
        self._failure = why

    def look(self) -> None:
        """After a failure, try whether it works again; in a thread, since a bad disk may take its time."""
        if self._failure is not None and self._probing.acquire(blocking=False):
            threading.Thread(target=self._probe, daemon=True).start()

    def _probe(self) -> None:
        try:
            with tempfile.TemporaryFile(dir=self._folder, buffering=0) as file:
                if file.write(bytes(_PROBE_BYTES)) == _PROBE_BYTES:
                    self._failure = None
        except OSError as error:
            self._failure = f"{self._folder}: {error.strerror}"
        finally:
            self._probing.release()
