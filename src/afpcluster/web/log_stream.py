"""Log lines to a pipe that perhaps nobody reads: what writes them goes on.

A Docker daemon that is stopped, or a log collector that hangs, reads nothing; a pipe holds 64 KiB, then a
write waits, and with it the service. So a line that would have to wait is handed to a thread that waits
instead, and so are all that follow it. When the reader is back, they are written in order, and the thread
ends.
"""

from __future__ import annotations

import json
import logging
import os
import select
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from threading import RLock, Thread

_MOST_WAITING = 16 * 1024 * 1024
"""Bytes of lines that wait at most; what comes then is lost, and counted."""
_LAST_SECONDS = 2.0  # that the lines which wait are given when the process ends


class PatientHandler(logging.Handler):
    """Writes lines to a file descriptor. Those that cannot be written at all are dropped: where to say so?"""

    def __init__(self, descriptor: int, most_waiting: int = _MOST_WAITING) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._most_waiting = most_waiting
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLOUT)
        self._lock = RLock()  # of what follows, which the thread uses, too; signals may log within a line
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._lost = 0
        self._thread: Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        line = (self.format(record) + "\n").encode("utf-8", "backslashreplace")
        with self._lock:
            if self._thread is None and self._takes(line):
                self._write(line)
            elif self._waiting_bytes + len(line) > self._most_waiting:
                self._lost += 1
            else:
                self._waiting.append(line)
                self._waiting_bytes += len(line)
                if self._thread is None:
                    self._thread = Thread(target=self._catch_up, name="log", daemon=True)
                    self._thread.start()

    def close(self) -> None:
        if (thread := self._thread) is not None:
            thread.join(_LAST_SECONDS)
        super().close()

    def _takes(self, line: bytes) -> bool:
        """Whether writing it does not wait: so much a pipe takes once it takes anything (pipe(7))."""
        return len(line) <= select.PIPE_BUF and bool(self._poll.poll(0))

    def _catch_up(self) -> None:
        while (line := self._next()) is not None:
            self._write(line)

    def _next(self) -> bytes | None:
        """The line that waits longest; None when none does, and then the thread is no more."""
        with self._lock:
            if self._waiting:
                line = self._waiting.popleft()
                self._waiting_bytes -= len(line)
                return line
            if self._lost:
                lost, self._lost = self._lost, 0
                return _lost_line(lost)
            self._thread = None
            return None

    def _write(self, line: bytes) -> None:
        with suppress(OSError):
            while line:
                line = line[os.write(self._descriptor, line) :]


def _lost_line(count: int) -> bytes:
    told = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "level": "ERROR",
        "message": "log lines were lost, since nobody read the log",
        "lines": count,
    }
    return json.dumps(told).encode() + b"\n"
