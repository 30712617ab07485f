"""What surrounds every request: id, log line, metrics, security headers, last-resort error answer.

Rules: pure ASGI, so that bodies stream both ways. Whatever is asked of a path that converts is in the audit.
A client's X-Request-ID is taken if it is sane, else one is made; it is echoed and stands in every log line.
While draining, every answer closes its connection, so that clients find another instance.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
import uuid
from collections.abc import Callable, Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from afpcluster.web import audit, client, logs
from afpcluster.web.client import Networks
from afpcluster.web.errors import ClientGone, ServiceError
from afpcluster.web.lifecycle import Lifecycle
from afpcluster.web.metrics import HttpMetrics
from afpcluster.web.pages import STYLE_SOURCE

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": f"default-src 'none'; style-src {STYLE_SOURCE}; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
_SECURITY_PAIRS = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
CLIENT_CLOSED_REQUEST = 499  # as nginx logs it; never sent
_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_QUIET_PATHS = (  # asked several times a second
    *("/services/version", "/services/livez", "/services/readyz", "/metrics"),
    *("/wrapperservice/heartbeat", "/wrapperservice/livez", "/wrapperservice/readyz"),
)
_logger = logging.getLogger("afpcluster.web.request")

ErrorAnswer = Callable[[Request, ServiceError], Response]


class RequestScope:
    """The outermost middleware of a service."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        lifecycle: Lifecycle,
        metrics: HttpMetrics,
        error_answer: ErrorAnswer,
        trusted_proxies: Networks,
        audited: Collection[str],
    ) -> None:
        self._app = app
        self._audited = audited
        self._trusted = trusted_proxies
        self._lifecycle = lifecycle
        self._metrics = metrics
        self._error_answer = error_answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send, self._lifecycle, self._trusted)
        if scope["path"] in self._audited:
            audit.begin(scope["state"])
        with self._metrics.in_flight.track_inprogress():
            try:
                await self._serve(exchange)
            finally:
                self._record(exchange)

    async def _serve(self, exchange: _Exchange) -> None:
        if (refusal := _refusal(exchange.scope)) is not None:
            await self._fail(exchange, *refusal)
            return
        try:
            await self._app(exchange.scope, exchange.receive, exchange.send)
        except (ClientDisconnect, ClientGone) as error:
            exchange.status = CLIENT_CLOSED_REQUEST
            exchange.abort()
            if str(error):
                exchange.scope["state"]["log"]["reason"] = str(error)
        except asyncio.CancelledError:  # the drain's time is up
            await self._fail(
                exchange, 503, "stopping", "This instance is stopping; send the request again.", 1
            )
            raise
        except Exception as error:
            _logger.error("internal error", exc_info=error)
            await self._fail(
                exchange,
                500,
                "internal-error",
                "Internal error; the log has the details under this request's id.",
            )

    async def _fail(
        self, exchange: _Exchange, status: int, code: str, message: str, retry_after: int | None = None
    ) -> None:
        if exchange.started:  # too late for an error answer: break off, so that nobody takes it for whole
            exchange.status = status
            exchange.scope["state"]["log"]["error"] = code
            raise ConnectionAbortedError(code)
        answer = self._error_answer(
            Request(exchange.scope), ServiceError(status, code, message, retry_after=retry_after)
        )
        await answer(exchange.scope, exchange.receive, exchange.send)

    def _record(self, exchange: _Exchange) -> None:
        scope, seconds = exchange.scope, time.perf_counter() - exchange.began
        route = scope.get("route", "other")
        self._metrics.requests.labels(route, scope["method"], exchange.status).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        quiet = scope["path"] in _QUIET_PATHS and exchange.status < 400
        data = {
            "method": scope["method"],
            "path": scope["path"][:200],
            "status": exchange.status,
            "ms": round(seconds * 1000, 1),
            "bytes_out": exchange.bytes_out,
            "client": client.peer_address(scope),
            **scope["state"]["log"],
        }
        audit.write(scope["state"], data)
        _logger.log(logging.DEBUG if quiet else logging.INFO, "request", extra={"data": data})


def _refusal(scope: Scope) -> tuple[int, str, str, int | None] | None:
    """Status, code, text and seconds until another try, of a request that no service shall see."""
    if scope["http_version"] == "1.1" and len(Headers(scope=scope).getlist("host")) != 1:
        return 400, "http-error", "HTTP/1.1 needs one Host header, neither none nor several.", None
    if scope["state"].get("health_only") and scope["path"] not in _QUIET_PATHS:
        return 503, "busy", "Too many connections are open at this instance; try again, or elsewhere.", 1
    return None


class _Exchange:
    """One request and its answer, watched."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, lifecycle: Lifecycle, trusted: Networks
    ) -> None:
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        self.request_id = given if _SANE_ID.fullmatch(given) else uuid.uuid4().hex
        logs.request_id.set(self.request_id)
        self._identify(scope, headers, trusted)
        self.scope = scope
        self.began = time.perf_counter()
        self.status = CLIENT_CLOSED_REQUEST
        self.started = False
        self.bytes_out = 0
        self._receive = receive
        self._send = send
        self._lifecycle = lifecycle
        self._unread_expectation = "expect" in headers

    def _identify(self, scope: Scope, headers: Headers, trusted: Networks) -> None:
        """From here on `client` is who asks, whatever proxies are between."""
        peer = client.peer_address(scope)
        address = client.client_address(peer, headers.getlist("x-forwarded-for"), trusted)
        trace = client.trace_headers(headers)
        log = {"peer": peer} if peer != address else {}
        if trace:
            log["traceparent"] = trace["traceparent"]
        scope.setdefault("state", {}).update(
            request_id=self.request_id,
            log=log,
            trace=trace,
            certificate=client.certificate_name(scope, headers, trusted),
            lane=client.lane(scope, headers, trusted),
        )
        if peer != address:
            scope["client"] = (address, 0)

    def abort(self) -> None:
        """Of an answer that is broken off, nothing is kept for who takes it slowly, or not at all."""
        if self.started and (cycle := self.scope["state"].get("cycle")) is not None:
            cycle.disconnected = True
            cycle.transport.abort()

    async def receive(self) -> Message:
        """Raises ServiceError when the rest of the body cannot be read."""
        self._unread_expectation = False
        message = await self._receive()
        if (broken := self.scope["state"].get("broken")) is not None:
            raise broken
        return message

    async def send(self, message: Message) -> None:
        """Raises ClientGone when there is nobody any more to take it."""
        if (cycle := self.scope["state"].get("cycle")) is not None and cycle.disconnected:
            raise ClientGone
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            given = {name for name, _ in message["headers"]}
            message["headers"] += [pair for pair in _SECURITY_PAIRS if pair[0] not in given]
            message["headers"].append((b"x-request-id", self.request_id.encode()))
            # After "Expect: 100-continue" refused, nobody knows whether the body still comes.
            one_too_many = self.scope["state"].get("health_only", False)
            if self._lifecycle.draining or self._unread_expectation or one_too_many:
                MutableHeaders(scope=message)["Connection"] = "close"
        elif message["type"] == "http.response.body":
            self.bytes_out += len(message.get("body", b""))
        await self._send(message)
