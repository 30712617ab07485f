"""What makes a FastAPI application one of our services: errors, metrics, middleware.

Rules: no interactive documentation (it would load scripts from elsewhere); every refusal, also the
framework's own, leaves as the service's error answer.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import cast

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from afpcluster import __version__
from afpcluster.web.errors import ServiceError, from_http
from afpcluster.web.lifecycle import Lifecycle
from afpcluster.web.metrics import HttpMetrics
from afpcluster.web.middleware import ErrorAnswer, RequestScope
from afpcluster.web.settings import ServiceSettings

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Service:
    """The shared parts of one instance."""

    def __init__(self, name: str, settings: ServiceSettings, error_answer: ErrorAnswer) -> None:
        self.name = name
        self.settings = settings
        self.metrics = HttpMetrics(name, settings.instance)
        self.lifecycle = Lifecycle(self.metrics)
        self._error_answer = error_answer

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
        return self._error_answer(request, cast(ServiceError, error))

    async def _on_http_exception(self, request: Request, error: Exception) -> Response:
        refusal = cast(HTTPException, error)
        return self._error_answer(request, from_http(refusal.status_code, refusal.detail, refusal.headers))
