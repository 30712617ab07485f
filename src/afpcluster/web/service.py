"""What both services share in one instance, and the ASGI application around a service's handlers.

Rules: every refusal leaves as the service's error answer.
"""

from __future__ import annotations

from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from afpcluster.web.answers import Answers
from afpcluster.web.bodies import Bodies
from afpcluster.web.connections import Connections
from afpcluster.web.errors import ServiceError
from afpcluster.web.followed import Followed
from afpcluster.web.followed_metrics import FollowedMetrics, ending_soon
from afpcluster.web.gate import Gate
from afpcluster.web.keys import followed_clients
from afpcluster.web.lifecycle import Lifecycle
from afpcluster.web.metrics import HttpMetrics
from afpcluster.web.middleware import ErrorAnswer, RequestScope
from afpcluster.web.passage import give_back
from afpcluster.web.routes import Lifespan, Route, Routes
from afpcluster.web.settings import ServiceSettings
from afpcluster.web.storage import Storage
from afpcluster.web.tls import Tls, server_tls

T = TypeVar("T")


class Service:
    """The shared parts of one instance."""

    def __init__(self, name: str, settings: ServiceSettings, error_answer: ErrorAnswer) -> None:
        self.name = name
        self.settings = settings
        self.metrics = HttpMetrics(name, settings.instance)
        self.lifecycle = Lifecycle(self.metrics, settings.drain_file)
        self.bodies = Bodies(settings, self.metrics)
        self.answers = Answers(settings.max_bodies)
        self.connections = Connections(settings.max_connections, self.metrics.registry)
        self.storage = Storage(settings.temp_dir, settings.min_free_bytes)
        self.metrics.free_bytes.set_function(lambda: self.storage.free_bytes)
        self._error_answer = error_answer
        self._followed: list[Followed[Any]] = []
        self.tls = self._own_tls()
        clients = self.follow(followed_clients(settings.clients)) if settings.clients else None
        self.gate = Gate(clients, self.metrics.registry)
        self.metrics.registry.register(FollowedMetrics(self._followed))

    def _own_tls(self) -> Followed[Tls] | None:
        settings = self.settings
        if (certificate := settings.tls_certificate) is None:
            return None
        required = settings.tls_client_certificate == "required"
        tls = server_tls(
            certificate, settings.tls_key or certificate, settings.tls_client_ca, required=required
        )
        return self.follow(tls)

    def follow(self, followed: Followed[T]) -> Followed[T]:
        """From now on `look` looks at these files, too."""
        self._followed.append(followed)
        return followed

    def look(self) -> None:
        """One look at all files that are followed, the drain file, and at storage that failed or is nearly
        full; every second or so."""
        self.storage.look()
        self._give_room()
        self.lifecycle.look()
        for followed in self._followed:
            followed.look()

    @property
    def warnings(self) -> list[str]:
        """What an operator should know of the files that are followed."""
        refused = [
            f"{followed.refused}; what was in force stays" for followed in self._followed if followed.refused
        ]
        return refused + ending_soon(self._followed)

    def app(self, lifespan: Lifespan, routes: list[Route]) -> ASGIApp:
        """The application of these routes and of GET /metrics."""
        metrics = Route("/metrics", self.metrics.answer, ("GET",))
        served = Routes([*routes, metrics], self._answer_error, lifespan)
        return RequestScope(
            served,
            lifecycle=self.lifecycle,
            metrics=self.metrics,
            error_answer=self._error_answer,
            trusted_proxies=self.settings.trusted_proxies,
            audited={route.path for route in routes if route.audited},
        )

    def _answer_error(self, request: Request, error: ServiceError) -> Response:
        if error.code == "storage-failed":
            self.storage.failed(error.message)
            self._give_room(at_least=1)
        return self._error_answer(request, error)

    def _give_room(self, at_least: int = 0) -> None:
        """Where bytes of storage are missing, those lose theirs whose clients send or read most slowly."""
        give_back(max(self.storage.missing_bytes, at_least), [*self.bodies, *self.answers])
