"""Whether this instance can do its work, and why not: storage, places, and the afp2web it calls.

Rules: `livez` says that the process answers; the heartbeat says that it takes requests; `readyz` says that
they would succeed. Targets are asked at most once a second, however often somebody asks here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from afpcluster.web.lifecycle import Lifecycle
from afpcluster.web.storage import Storage
from afpcluster.wrapper.gateway import Gateway
from afpcluster.wrapper.settings import Target, WrapperSettings

_ASK_AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Report:
    """`reasons` are why the instance is not ready; empty when it is."""

    reasons: tuple[str, ...]
    members: dict[str, Any]


class Health:
    """`targets` are those in force; `converting` is how many places are taken."""

    def __init__(
        self,
        settings: WrapperSettings,
        lifecycle: Lifecycle,
        storage: Storage,
        gateway: Gateway,
        targets: Callable[[], tuple[Target, ...]],
        converting: Callable[[], int],
        registry: CollectorRegistry,
    ) -> None:
        self._settings = settings
        self._lifecycle = lifecycle
        self._storage = storage
        self._gateway = gateway
        self._targets = targets
        self._converting = converting
        self._asked_at = -_ASK_AGAIN_SECONDS
        self._asked: dict[Target, str | None] = {}
        self._asking = asyncio.Lock()
        places = Gauge("conversion_places", "Conversions at the same time", ["what"], registry=registry)
        places.labels("taken").set_function(converting)
        places.labels("all").set(settings.max_conversions)
        registry.register(_CircuitMetrics(gateway, targets))

    async def report(self) -> Report:
        """Everything that conversions need, looked at now."""
        reasons = ["draining"] if self._lifecycle.draining else []
        storage = self._storage.trouble
        if storage is not None:
            reasons.append(f"storage: {storage}")
        taken, places = self._converting(), self._settings.max_conversions
        if taken >= places:
            reasons.append(f"slots: all {places} are taken")
        troubles = await self._ask()
        if all(troubles.values()):
            reasons += [f"afp2web: {target.url} {trouble}" for target, trouble in troubles.items()]
        members = {
            "storage": storage or "ok",
            "slots": {"taken": taken, "all": places},
            "targets": [self._target(target, trouble) for target, trouble in troubles.items()],
        }
        return Report(tuple(reasons), members)

    def _target(self, target: Target, trouble: str | None) -> dict[str, Any]:
        circuit = self._gateway.circuits.of(target)
        members: dict[str, Any] = {"url": target.url, "ready": trouble is None}
        members["circuit"] = "open" if circuit.open else "closed"
        if text := trouble or circuit.reason:
            members["reason"] = text
        return members

    async def _ask(self) -> dict[Target, str | None]:
        """What is wrong with each target; None when its heartbeat says 200."""
        async with self._asking:
            targets = self._targets()
            now = time.monotonic()
            if now - self._asked_at >= _ASK_AGAIN_SECONDS or set(targets) != set(self._asked):
                troubles = await asyncio.gather(*(self._trouble(target) for target in targets))
                self._asked, self._asked_at = dict(zip(targets, troubles, strict=True)), time.monotonic()
            return self._asked

    async def _trouble(self, target: Target) -> str | None:
        seconds = self._settings.probe_interval
        status = await self._gateway.probe(target, seconds)
        if status is None:
            return f"does not answer within {seconds:g} s"
        return None if status == 200 else f"answers {status}"


class _CircuitMetrics(Collector):
    """Of the targets in force alone, so that the labels stay few."""

    def __init__(self, gateway: Gateway, targets: Callable[[], tuple[Target, ...]]) -> None:
        self._gateway = gateway
        self._targets = targets

    def collect(self) -> Iterator[GaugeMetricFamily]:
        opened = GaugeMetricFamily(
            "afp2web_circuit_open", "1 while a target is passed over", labels=["target"]
        )
        for target in dict.fromkeys(self._targets()):
            opened.add_metric([target.url], self._gateway.circuits.of(target).open)
        yield opened
