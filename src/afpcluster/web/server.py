"""Runs one service: socket, uvicorn with uvloop and httptools, limits on the wire, drain on SIGTERM.

Rules: SIGTERM or SIGINT starts the drain: heartbeats answer 503 at once, for `drain-grace` seconds
requests are still taken, then the listener closes, requests in flight finish within `drain-timeout`
seconds and the process ends with 0. A second signal skips the grace, a third the waiting.
"""

from __future__ import annotations

import logging
import math
import socket
import time
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from afpcluster.web.lifecycle import Lifecycle
from afpcluster.web.protocol import limited_protocol
from afpcluster.web.service import Service
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


def serve(app: ASGIApp, settings: ServiceSettings, service: Service, bound: socket.socket) -> None:
    """Serve until drained."""
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=limited_protocol(settings),
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
    _DrainingServer(config, settings.drain_grace, service.lifecycle).run(sockets=[bound])
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
