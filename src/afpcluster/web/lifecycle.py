"""Whether this process should get new work: starting, up, failing, draining.

Rules: draining starts with SIGTERM, or when an operator leaves the drain file, and ends when the file is
taken away. Meanwhile heartbeats answer 503 while requests are still served, so that the proxies take the
instance out, and after SIGTERM before its listener closes.
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path

from afpcluster.web.metrics import HttpMetrics


class State(StrEnum):
    """As the heartbeats say it."""

    STARTING = "STARTING"
    UP = "UP"
    FAILING = "FAILING"
    DRAINING = "DRAINING"


class Lifecycle:
    """Shared by the server (which drains) and the heartbeats (which tell)."""

    def __init__(self, metrics: HttpMetrics, drain_file: Path | None) -> None:
        self._metrics = metrics
        self._drain_file = drain_file
        self._ending = False
        self._drained = False
        self.look()

    @property
    def draining(self) -> bool:
        return self._ending or self._drained

    @property
    def ending(self) -> bool:
        """Not only drained: the process will end."""
        return self._ending

    def start_draining(self) -> None:
        """From now on no new work should come here, and the process ends when all is done."""
        self._ending = True
        self._metrics.draining.set(1)

    def look(self) -> None:
        """Is the drain file there?"""
        self._drained = self._drain_file is not None and os.path.exists(self._drain_file)
        self._metrics.draining.set(self.draining)

    def state(self, ready: bool = True, started: bool = True) -> State:
        """`ready`: the service itself could take work now; `started`: it could at some time."""
        if self.draining:
            return State.DRAINING
        if not started:
            return State.STARTING
        return State.UP if ready else State.FAILING
