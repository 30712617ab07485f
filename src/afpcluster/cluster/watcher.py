"""Watches one HAProxy and keeps Keepalived's track file: 0 healthy, 1 fault.

Rules: death is seen through a pidfd, at once; a freeze through GET /healthz, which HAProxy answers
itself: so many misses in a row are a fault. One good answer of a living process makes it healthy again.
The PID file is read again after each death, so that a restarted HAProxy is found. The file is replaced
atomically and only when the state changes. `Health` decides and touches nothing; `watch` does the rest.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from dataclasses import dataclass
from pathlib import Path

_REQUEST = b"GET /healthz HTTP/1.0\r\n\r\n"
_GOOD = (b"HTTP/1.0 200", b"HTTP/1.1 200")


@dataclass(slots=True)
class Health:
    """What the last events say about HAProxy. It counts as faulty until it has answered once."""

    allowed_misses: int
    alive: bool = False
    misses: int = 0
    answered: bool = False

    def started(self) -> None:
        self.alive, self.answered, self.misses = True, False, 0

    def died(self) -> None:
        self.alive = False

    def answer(self, good: bool) -> None:
        """One poll of /healthz: a good answer, or none in time, or a bad one."""
        self.misses = 0 if good else self.misses + 1
        self.answered = good or self.answered

    @property
    def healthy(self) -> bool:
        return self.alive and self.answered and self.misses < self.allowed_misses


@dataclass(frozen=True, slots=True)
class Settings:
    """Durations in seconds."""

    pid_file: Path
    track_file: Path
    port: int
    interval: float
    timeout: float
    misses: int


class Watcher:
    """The acting half. It ends with its process (SIGTERM) and then leaves the last state in the file, so
    that restarting the watcher moves nothing."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._health = Health(settings.misses)
        self._pidfd: int | None = None
        self._published: bool | None = None

    def run(self) -> None:
        """Watch for ever. Raises `OSError` when the track file cannot be written."""
        due = time.monotonic()
        while True:
            if self._pidfd is None:
                self._find_process()
            if self._pidfd is not None:
                self._poll_healthz(time.monotonic() + self._settings.timeout)
            self._publish()
            # After a late poll the next one follows at once, but missed ones are not made up for.
            due = max(due + self._settings.interval, time.monotonic())
            while time.monotonic() < due:
                self._wait(None, due)  # ends early when the process dies
                self._publish()

    def _find_process(self) -> None:
        """Open the process in the PID file, if there is one and it lives."""
        with contextlib.suppress(OSError, ValueError):
            pid = int(self._settings.pid_file.read_text(encoding="ascii"))
            self._pidfd = os.pidfd_open(pid)
            self._health.started()

    def _poll_healthz(self, deadline: float) -> None:
        try:
            with socket.create_connection(
                ("127.0.0.1", self._settings.port), self._settings.timeout
            ) as asked:
                asked.sendall(_REQUEST)
                good = self._wait(asked, deadline) and asked.recv(64).startswith(_GOOD)
        except OSError:
            good = False
        self._health.answer(good)

    def _wait(self, answer: socket.socket | None, deadline: float) -> bool:
        """Wait until the answer can be read (True), the process dies, or the deadline (False)."""
        while True:
            watched = [item for item in (answer, self._pidfd) if item is not None]
            ready = select.select(watched, [], [], max(0.0, deadline - time.monotonic()))[0]
            if self._pidfd is not None and self._pidfd in ready:
                os.close(self._pidfd)
                self._pidfd = None
                self._health.died()
                return False
            if ready or time.monotonic() >= deadline:
                return bool(ready)

    def _publish(self) -> None:
        if self._health.healthy == self._published:
            return
        self._published = self._health.healthy
        text = "0\n" if self._published else "1\n"
        fresh = self._settings.track_file.with_suffix(".new")
        fresh.write_text(text, encoding="ascii")
        fresh.replace(self._settings.track_file)
        print(f"haproxy {'healthy' if self._published else 'FAULT'}: {self._health}", flush=True)
