"""Whether this process should get new work: starting, up, failing, draining.

Rules: draining starts with SIGTERM; from then on heartbeats answer 503 while requests are still served,
so that the proxies take the instance out before its listener closes.
"""

from __future__ import annotations

from enum import StrEnum

from afpcluster.web.metrics import HttpMetrics


class State(StrEnum):
    """As the heartbeats say it."""

    STARTING = "STARTING"
    UP = "UP"
    FAILING = "FAILING"
    DRAINING = "DRAINING"


class Lifecycle:
    """Shared by the server (which drains) and the heartbeats (which tell)."""

    def __init__(self, metrics: HttpMetrics) -> None:
        self._metrics = metrics
        self._draining = False

    @property
    def draining(self) -> bool:
        return self._draining

    def start_draining(self) -> None:
        """From now on no new work should come here."""
        self._draining = True
        self._metrics.draining.set(1)

    def state(self, ready: bool = True, started: bool = True) -> State:
        """`ready`: the service itself could take work now; `started`: it could at some time."""
        if self._draining:
            return State.DRAINING
        if not started:
            return State.STARTING
        return State.UP if ready else State.FAILING
