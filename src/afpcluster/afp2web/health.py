"""Whether this instance can convert, and why not: workers, storage, queue."""

from __future__ import annotations

from typing import Any

from afpcluster.afp2web.pool import Pool
from afpcluster.afp2web.settings import Afp2webSettings
from afpcluster.web.service import Service


class Health:
    """The heartbeat fails for what no waiting mends; `readyz` also while draining or with a full line."""

    def __init__(self, settings: Afp2webSettings, service: Service, pool: Pool) -> None:
        self._settings = settings
        self._service = service
        self._pool = pool

    @property
    def reasons(self) -> list[str]:
        """Why no document can be converted, whoever waits how long."""
        troubles = {"workers": self._pool.trouble, "storage": self._service.storage.trouble}
        return [f"{what}: {trouble}" for what, trouble in troubles.items() if trouble is not None]

    def report(self) -> dict[str, Any]:
        """Everything that conversions need, looked at now."""
        line = self._pool.line
        reasons = ["draining"] if self._service.lifecycle.draining else []
        reasons += self.reasons
        if line.full:
            reasons.append(
                f"queue: {line.waiting} documents wait; a place is free in about {line.retry_after} s"
            )
        return {
            "status": "NOT_READY" if reasons else "READY",
            "instance": self._settings.instance,
            "reasons": reasons,
            "workers": {"alive": len(self._pool.alive), "converting": line.running},
            "storage": {"freeBytes": self._service.storage.free_bytes},
            "queue": {"waiting": line.waiting, "limit": self._settings.queue_limit},
        }
