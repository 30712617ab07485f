"""Bodies on their way in: a limit of their own, and a pace that each must keep.

Rules: a body that is being read holds no place of the work behind it. When the limit is reached, the
slowest body is broken off for the newcomer, so that slow senders never shut the door for others; where
all have just begun, one of the client with most of them, or else the newcomer is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from afpcluster.web.errors import ServiceError
from afpcluster.web.metrics import HttpMetrics
from afpcluster.web.passage import FREE_SECONDS, Passage, slowest
from afpcluster.web.settings import ServiceSettings
from afpcluster.web.shares import who_yields

PACE = 1024 * 1024
"""Bytes a second with which a document on its way keeps a place; the first second is free."""


class Body(Passage):
    """One body on its way in."""

    def keeps(self, pace: float) -> bool:
        """Whether it comes with at least `pace` bytes a second; the first second does not count."""
        return self.seconds <= FREE_SECONDS + self.passed / pace


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a body must come: seconds of silence and in all, bytes a second after the first `idle`."""

    idle: float
    total: float
    rate: float

    def deadline(self, body: Body, now: float) -> float:
        """When the next piece must have come."""
        return min(body.began + self.total, now + self.idle, body.began + self.idle + body.passed / self.rate)


class Bodies:
    """The bodies that one instance reads."""

    def __init__(self, settings: ServiceSettings, metrics: HttpMetrics) -> None:
        self._limit = settings.max_bodies
        self._bodies: dict[Body, None] = {}
        self._metrics = metrics
        self.pace = Pace(settings.body_idle_timeout, settings.body_timeout, settings.body_min_rate)
        metrics.bodies.set_function(lambda: len(self._bodies))

    def __iter__(self) -> Iterator[Body]:
        return iter(self._bodies)

    @contextmanager
    def reading(self, body: Body) -> Iterator[None]:
        """While `body` is read. Raises ServiceError when there are too many."""
        if len(self._bodies) >= self._limit:
            others = [other for other in self._bodies if not other.given_up]
            yielding = next(iter(slowest(others)), None) or who_yields(body.client, others)
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
            self._metrics.body_bytes.inc(body.passed)
