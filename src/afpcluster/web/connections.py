"""The connections of one instance: how many there may be, and what the protocol layer refused.

Rules: when there are too many, the one that is idle longest (no request under way, or none yet) makes room
for the newcomer; where all are at work, the newcomer may ask for the instance's health and nothing else.
So connections that do nothing never shut anybody out, and a crowd never looks like a dead instance. What
is refused before there is a request leaves a log line and counts, too.
"""

from __future__ import annotations

import logging
import resource
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge

_DESCRIPTORS_EACH = 3  # the connection, the document and the result
_DESCRIPTORS_BESIDE = 256
_BEYOND = 64  # connections over the limit, for health alone
_logger = logging.getLogger("afpcluster.web.connections")


class Connection(Protocol):
    """What a protocol must be able to do to be one of the connections."""

    def close_idle(self) -> None: ...


class Connections:
    """All connections that are open; those without a request in the order in which they became idle."""

    def __init__(self, limit: int, registry: CollectorRegistry) -> None:
        self.limit = limit
        self._open: set[Connection] = set()
        self._idle: dict[Connection, None] = {}
        self._refusals = Counter(
            "protocol_refusals",
            "Connections that ended before there was a request, by reason",
            ["reason"],
            registry=registry,
        )
        Gauge("connections", "Open connections", registry=registry).set_function(lambda: len(self._open))

    def opened(self, connection: Connection) -> bool:
        """Whether it may ask for anything; False: for health alone."""
        self._open.add(connection)
        if len(self._open) > self.limit and self._idle:
            oldest = next(iter(self._idle))
            self.closed(oldest)
            oldest.close_idle()
        within = len(self._open) <= self.limit
        self._idle[connection] = None
        return within

    @property
    def crowded(self) -> bool:
        """Not even for health is there room."""
        return len(self._open) > self.limit + _BEYOND

    def busy(self, connection: Connection) -> None:
        """It has a request."""
        self._idle.pop(connection, None)

    def idle(self, connection: Connection) -> None:
        """Its request is over."""
        if connection in self._open:
            self._idle[connection] = None

    def closed(self, connection: Connection) -> None:
        """It is gone. Harmless when told twice."""
        self._open.discard(connection)
        self._idle.pop(connection, None)

    def refused(self, reason: str, client: str) -> None:
        """The protocol layer ended a connection of this client."""
        self._refusals.labels(reason).inc()
        _logger.info("connection refused", extra={"data": {"reason": reason, "client": client}})


def raise_descriptor_limit(connections: int) -> int:
    """Allow as many open files as the connections may need, or as many as may be. How many connections these
    are enough for: with more, not even a heartbeat would be accepted. A warning where that is less."""
    wanted = connections * _DESCRIPTORS_EACH + _DESCRIPTORS_BESIDE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    possible = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft < possible:
        resource.setrlimit(resource.RLIMIT_NOFILE, (possible, hard))
    enough_for = max(1, (max(soft, possible) - _DESCRIPTORS_BESIDE) // _DESCRIPTORS_EACH)
    if enough_for < connections:
        data = {"limit": possible, "wanted": wanted, "connections": enough_for}
        _logger.warning(
            "few descriptors, so fewer connections: raise LimitNOFILE or lower service.max-connections",
            extra={"data": data},
        )
    return min(connections, enough_for)
