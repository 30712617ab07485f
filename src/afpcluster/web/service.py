"""What makes a FastAPI application one of our services: errors, metrics, middleware.

Rules: no interactive documentation (it would load scripts from elsewhere); every refusal, also the
framework's own, leaves as the service's error answer.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar, cast

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from afpcluster import __version__
from afpcluster.web.bodies import Bodies
from afpcluster.web.connections import Connections
from afpcluster.web.errors import ServiceError, from_http
from afpcluster.web.followed import Followed
from afpcluster.web.followed_metrics import FollowedMetrics, ending_soon
from afpcluster.web.gate import Gate
from afpcluster.web.keys import followed_clients
from afpcluster.web.lifecycle import Lifecycle
from afpcluster.web.metrics import HttpMetrics
from afpcluster.web.middleware import ErrorAnswer, RequestScope
from afpcluster.web.settings import ServiceSettings
from afpcluster.web.storage import Storage
from afpcluster.web.tls import Tls, server_tls

T = TypeVar("T")
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Service:
    """The shared parts of one instance."""

    def __init__(self, name: str, settings: ServiceSettings, error_answer: ErrorAnswer) -> None:
        self.name = name
        self.settings = settings
        self.metrics = HttpMetrics(name, settings.instance)
        self.lifecycle = Lifecycle(self.metrics, settings.drain_file)
        self.bodies = Bodies(settings, self.metrics)
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
        """One look at all files that are followed, the drain file, and at storage that failed; every
        second or so."""
        self.storage.look()
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

    def app(self, lifespan: Lifespan, openapi_url: str | None) -> FastAPI:
        """An application with GET /metrics, to which the service adds its routes."""
        app = FastAPI(
            title=self.name,
            version=__version__,
            openapi_url=openapi_url,
            docs_url=None,
            redoc_url=None,
            lifespan=lifespan,
            redirect_slashes=False,
        )
        app.add_exception_handler(ServiceError, self._on_service_error)
        app.add_exception_handler(HTTPException, self._on_http_exception)
        app.add_middleware(
            RequestScope,
            lifecycle=self.lifecycle,
            metrics=self.metrics,
            error_answer=self._error_answer,
            trusted_proxies=self.settings.trusted_proxies,
        )
        app.add_api_route("/metrics", self.metrics.answer, methods=["GET"], include_in_schema=False)
        return app

    async def _on_service_error(self, request: Request, error: Exception) -> Response:
        refusal = cast(ServiceError, error)
        if refusal.code == "storage-failed":
            self.storage.failed(refusal.message)
        return self._error_answer(request, refusal)

    async def _on_http_exception(self, request: Request, error: Exception) -> Response:
        refusal = cast(HTTPException, error)
        return self._error_answer(request, from_http(refusal.status_code, refusal.detail, refusal.headers))
