"""Prometheus metrics of one service process, each process with its own registry.

Rules: labels are bounded (route patterns, not paths; outcome names, not texts).
"""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from starlette.requests import Request
from starlette.responses import Response

from afpcluster import __version__

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
disable_created_metrics()  # type: ignore[no-untyped-call]
_SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class HttpMetrics:
    """What both services count; services add their own metrics to `registry`."""

    def __init__(self, service: str, instance: str) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "http_requests",
            "Requests answered; status 499 when the client left before",
            ["route", "method", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "http_request_seconds",
            "Time from the request's headers to the answer's last byte",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.in_flight = Gauge("http_requests_in_flight", "Requests being served", registry=self.registry)
        self.bodies = Gauge("bodies_being_read", "Request bodies on their way in", registry=self.registry)
        self.body_bytes = Counter("body_bytes", "Bytes of request bodies read", registry=self.registry)
        self.free_bytes = Gauge("storage_free_bytes", "Free temporary storage", registry=self.registry)
        self.draining = Gauge("draining", "1 while the instance takes nothing new", registry=self.registry)
        info = Gauge("service_info", "Always 1", ["service", "instance", "version"], registry=self.registry)
        info.labels(service, instance, __version__).set(1)

    async def answer(self, _request: Request) -> Response:
        """GET /metrics"""
        return Response(generate_latest(self.registry), media_type=MEDIA_TYPE)
