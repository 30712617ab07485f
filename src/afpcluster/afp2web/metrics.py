"""Metrics of the conversions and of the pool that makes them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class PoolMetrics:
    """What afp2web counts beside the requests."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.conversions = Counter(
            "conversions", "Conversions by outcome: ok, or the error code", ["outcome"], registry=registry
        )
        self.seconds = Histogram(
            "conversion_seconds", "Time of a conversion in its worker", buckets=_SECONDS, registry=registry
        )
        self.pages = Counter("pages", "Pages converted", registry=registry)
        self.input_bytes = Counter("input_bytes", "Bytes of documents converted", registry=registry)
        self.output_bytes = Counter("output_bytes", "Bytes of results", registry=registry)
        self.findings = Counter("findings", "Findings by severity", ["severity"], registry=registry)
        self.queue_length = Gauge("queue_length", "Conversions that wait for a worker", registry=registry)
        self.queue_seconds = Histogram(
            "queue_seconds", "Time that a document waited for a worker", buckets=_SECONDS, registry=registry
        )
        self.workers_idle = Gauge("workers_idle", "Conversions that could start now", registry=registry)
        self.workers_alive = Gauge("workers_alive", "Workers that live, spare ones apart", registry=registry)
        self.workers_spare = Gauge("workers_spare", "Spare workers that live", registry=registry)
        self.worker_memory = Gauge(
            "worker_memory_bytes", "Resident memory of all workers together", registry=registry
        )
        self.workers_replaced = Counter(
            "workers_replaced", "Workers that ended or were killed", registry=registry
        )
