"""Runs one service: socket, uvicorn with uvloop and httptools, limits on the wire, drain on SIGTERM.

Rules: SIGTERM or SIGINT starts the drain: heartbeats answer 503 at once, for `drain-grace` seconds
requests are still taken, then the listener closes, requests in flight finish within `drain-timeout`
seconds and the process ends with 0. A second signal skips the grace, a third the waiting.
"""

from __future__ import annotations

import asyncio
import logging
import math
import socket
import time
from types import FrameType

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from afpcluster.web.lifecycle import Lifecycle
from afpcluster.web.settings import ServiceSettings

_logger = logging.getLogger("afpcluster.web.server")


class ListenError(Exception):
    """The address cannot be listened on; the text says which and why."""


def parse_listen(listen: str) -> tuple[str, int]:
    """`ADDR:PORT`, `[V6ADDR]:PORT`. Raises ListenError."""
    host, colon, port = listen.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ListenError(f"--listen {listen!r}: expected ADDR:PORT, for example 127.0.0.1:9091")
    return host.removeprefix("[").removesuffix("]"), int(port)


def bind(listen: str) -> socket.socket:
    """A bound socket that does not listen yet: no connection waits for a service that never starts."""
    host, port = parse_listen(listen)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        raise ListenError(f"--listen {listen}: {error.strerror}") from error
    return bound


def serve(app: ASGIApp, settings: ServiceSettings, lifecycle: Lifecycle, bound: socket.socket) -> None:
    """Serve until drained."""
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=_limited_protocol(settings),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=settings.max_connections,
        timeout_keep_alive=math.ceil(settings.keep_alive_timeout),
        timeout_graceful_shutdown=math.ceil(settings.drain_timeout),
    )
    _DrainingServer(config, settings.drain_grace, lifecycle).run(sockets=[bound])
    _logger.info("stopped")


class _DrainingServer(uvicorn.Server):
    """uvicorn with a grace between the signal and the closing of the listener."""

    def __init__(self, config: uvicorn.Config, grace: float, lifecycle: Lifecycle) -> None:
        super().__init__(config)
        self._grace = grace
        self._lifecycle = lifecycle
        self._close_at = math.inf

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Not recorded in _captured_signals: uvicorn would raise it again and the exit code would not be 0.
        if self.should_exit:
            self.force_exit = True
        elif self._lifecycle.draining:
            self.should_exit = True
        else:
            self._lifecycle.start_draining()
            self._close_at = time.monotonic() + self._grace

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or ():
            address = listener.getsockname()
            _logger.info("listening", extra={"data": {"address": address[0], "port": address[1]}})

    async def on_tick(self, counter: int) -> bool:
        if time.monotonic() >= self._close_at:
            self.should_exit = True
        return await super().on_tick(counter)


def _limited_protocol(settings: ServiceSettings) -> type[asyncio.Protocol]:
    """uvicorn's httptools protocol with what it lacks: limits on headers and on unwanted bodies."""

    class LimitedProtocol(HttpToolsProtocol):
        _header_bytes = 0
        _unwanted_bytes = 0
        _deadline: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._set_deadline()

        def connection_lost(self, exc: Exception | None) -> None:
            self._clear_deadline()
            super().connection_lost(exc)

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._header_bytes = self._unwanted_bytes = 0
            self._set_deadline()

        def on_url(self, url: bytes) -> None:
            self._count_header(len(url))
            super().on_url(url)

        def on_header(self, name: bytes, value: bytes) -> None:
            self._count_header(len(name) + len(value))
            super().on_header(name, value)

        def on_headers_complete(self) -> None:
            self._clear_deadline()
            if self._header_bytes <= settings.max_header_bytes:
                super().on_headers_complete()

        def on_body(self, body: bytes) -> None:
            if self._header_bytes > settings.max_header_bytes:
                return
            if self.cycle.response_complete:  # refused early: swallow politely, but neither much nor long
                self._unwanted_bytes += len(body)
                if self._deadline is None:
                    self._set_deadline()
                if self._unwanted_bytes > settings.max_body_bytes:
                    self.transport.close()
            super().on_body(body)

        def on_message_complete(self) -> None:
            self._clear_deadline()
            if self._header_bytes <= settings.max_header_bytes:
                super().on_message_complete()

        def _count_header(self, length: int) -> None:
            self._header_bytes += length
            if self._header_bytes > settings.max_header_bytes and not self.transport.is_closing():
                self.transport.write(_answer_431(settings.max_header_bytes))
                self.transport.close()

        def _set_deadline(self) -> None:
            self._clear_deadline()
            self._deadline = self.loop.call_later(settings.header_timeout, self._close_late)

        def _clear_deadline(self) -> None:
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

        def _close_late(self) -> None:
            if not self.transport.is_closing():
                self.transport.close()

    return LimitedProtocol


def _answer_431(limit: int) -> bytes:
    text = f"The request's line and headers are larger than {limit} bytes.\n".encode()
    return (
        b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
        b"connection: close\r\ncontent-length: " + str(len(text)).encode() + b"\r\n\r\n" + text
    )
