"""Paths and methods -> handlers: all that the services need of a framework.

Rules: paths are exact. A handler raises ServiceError for what it refuses, before anything of an answer is
sent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Router
from starlette.types import Receive, Scope, Send

from afpcluster.web.errors import ServiceError

Handler = Callable[[Request], Awaitable[Response]]
Lifespan = Callable[[object], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class Route:
    """Who answers these methods at this path. `audited`: conversions are asked for there."""

    path: str
    handler: Handler
    methods: tuple[str, ...]
    audited: bool = False


class Routes:
    """An ASGI application. `scope["route"]` becomes the path where it is a known one."""

    def __init__(
        self,
        routes: Sequence[Route],
        error_answer: Callable[[Request, ServiceError], Response],
        lifespan: Lifespan,
    ) -> None:
        self._handlers: dict[str, dict[str, Handler]] = {}
        for route in routes:
            self._handlers.setdefault(route.path, {}).update(dict.fromkeys(route.methods, route.handler))
        self._error_answer = error_answer
        self._lifespan = Router(lifespan=lifespan)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._lifespan(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            answer = await self._handler(scope)(request)
        except ServiceError as error:
            answer = self._error_answer(request, error)
        await answer(scope, receive, send)

    def _handler(self, scope: Scope) -> Handler:
        """Raises ServiceError 404 and 405."""
        path = scope["path"]
        if (handlers := self._handlers.get(path)) is None:
            known = ", ".join(self._handlers)
            raise ServiceError(404, "not-found", f"There is nothing at {path[:128]!r}. Here are: {known}.")
        scope["route"] = path
        if (handler := handlers.get(scope["method"])) is None:
            allowed = ", ".join(handlers)
            message = f"{path} answers to {allowed}, not to {scope['method'][:16]}."
            raise ServiceError(405, "method-not-allowed", message, headers={"Allow": allowed})
        return handler
