"""Bodies on their way in: a limit of their own, and a pace that each must keep.

Rules: a body that is being read holds no place of the work behind it. When the limit is reached, the
slowest body is broken off for the newcomer, so that slow senders never shut the door for others; where
all have just begun, one of the client with most of them, or else the newcomer is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from afpcluster.web.errors import ServiceError
from afpcluster.web.metrics import HttpMetrics
from afpcluster.web.settings import ServiceSettings
from afpcluster.web.shares import who_yields

PACE = 1024 * 1024
"""Bytes a second with which a document on its way keeps a place; the first second is free."""
_FREE_SECONDS = 1.0


class Body:
    """One body: how much has come, since when. `clock` gives seconds; `client` is who shares in turns."""

    def __init__(self, clock: Callable[[], float], client: str = "") -> None:
        self.client = client
        self._clock = clock
        self._piece_timeout: asyncio.Timeout | None = None
        self.began = clock()
        self.received = 0
        self.given_up = False

    @property
    def young(self) -> bool:
        """It has had no time to show its pace."""
        return self._clock() - self.began < _FREE_SECONDS

    @property
    def rate(self) -> float:
        """Bytes a second so far."""
        return self.received / max(self._clock() - self.began, 0.001)

    def keeps(self, pace: float) -> bool:
        """Whether it comes with at least `pace` bytes a second; the first second does not count."""
        return self._clock() - self.began <= _FREE_SECONDS + self.received / pace

    def give_up(self) -> None:
        """Its reader shall break it off now."""
        self.given_up = True
        if self._piece_timeout is not None:
            self._piece_timeout.reschedule(self._clock())

    @contextmanager
    def piece(self, timeout: asyncio.Timeout) -> Iterator[None]:
        """While a piece is waited for: `timeout` is what `give_up` ends."""
        self._piece_timeout = timeout
        try:
            yield
        finally:
            self._piece_timeout = None


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a body must come: seconds of silence and in all, bytes a second after the first `idle`."""

    idle: float
    total: float
    rate: float

    def deadline(self, body: Body, now: float) -> float:
        """When the next piece must have come."""
        return min(
            body.began + self.total, now + self.idle, body.began + self.idle + body.received / self.rate
        )


class Bodies:
    """The bodies that one instance reads."""

    def __init__(self, settings: ServiceSettings, metrics: HttpMetrics) -> None:
        self._limit = settings.max_bodies
        self._bodies: dict[Body, None] = {}
        self._metrics = metrics
        self.pace = Pace(settings.body_idle_timeout, settings.body_timeout, settings.body_min_rate)
        metrics.bodies.set_function(lambda: len(self._bodies))

    @contextmanager
    def reading(self, body: Body) -> Iterator[None]:
        """While `body` is read. Raises ServiceError when there are too many."""
        if len(self._bodies) >= self._limit:
            others = [other for other in self._bodies if not other.given_up]
            slow = [other for other in others if not other.young]
            yielding = min(slow, key=lambda other: other.rate) if slow else who_yields(body.client, others)
            if yielding is None:
                raise ServiceError(
                    503,
                    "busy",
                    f"{len(self._bodies)} requests are being received already. Try again in a second.",
                    retry_after=1,
                )
            yielding.give_up()
        self._bodies[body] = None
        try:
            yield
        finally:
            del self._bodies[body]
            self._metrics.body_bytes.inc(body.received)
