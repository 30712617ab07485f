"""Runs one service: socket, uvicorn with uvloop and httptools, limits on the wire, drain on SIGTERM.

Rules: SIGTERM or SIGINT starts the drain: heartbeats answer 503 at once, for `drain-grace` seconds
requests are still taken, then the listener closes, requests in flight finish within `drain-timeout`
seconds and the process ends with 0. A second signal skips the grace, a third the waiting.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import math
import socket
import ssl
import time
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from afpcluster.web.connections import raise_descriptor_limit
from afpcluster.web.heap import keep_heap
from afpcluster.web.protocol import limited_protocol
from afpcluster.web.service import Service
from afpcluster.web.settings import ServiceSettings

_LOOK_TICKS = 10  # of 0.1 s: how often followed files are looked at
_logger = logging.getLogger("afpcluster.web.server")


_LISTEN_HINTS = {
    errno.EADDRINUSE: "; `ss -ltnp` shows which program listens there: end it, or choose another port",
    errno.EADDRNOTAVAIL: "; this machine has no such address (0.0.0.0 stands for all that it has)",
    errno.EACCES: "; ports below 1024 are for root: choose another one",
}


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
        hint = _LISTEN_HINTS.get(error.errno or 0, "")
        raise ListenError(f"--listen {listen}: {error.strerror}{hint}") from error
    return bound


def serve(app: ASGIApp, settings: ServiceSettings, service: Service, bound: socket.socket) -> None:
    """Serve until drained."""
    keep_heap()
    service.connections.limit = raise_descriptor_limit(settings.max_connections)
    # Inherited by each connection: one whose client reads nothing of its answer for so long is dropped.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(settings.answer_timeout * 1000))
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=limited_protocol(settings, service.connections),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=math.ceil(settings.keep_alive_timeout),
        timeout_graceful_shutdown=math.ceil(settings.drain_timeout),
    )
    config.load()
    if service.tls is not None:
        config.ssl = service.tls.value.context
    _Server(config, settings, service).run(sockets=[bound])
    _logger.info("stopped")


class _Server(uvicorn.Server):
    """uvicorn with a grace between the signal and the closing of the listener, and with new certificates
    for new connections."""

    def __init__(self, config: uvicorn.Config, settings: ServiceSettings, service: Service) -> None:
        super().__init__(config)
        self._settings = settings
        self._service = service
        self._lifecycle = service.lifecycle
        self._close_at = math.inf
        self._context: ssl.SSLContext | None = None
        self._listening: list[socket.socket] = []  # of TLS: copies that outlive each asyncio server

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Not recorded in _captured_signals: uvicorn would raise it again and the exit code would not be 0.
        if self.should_exit:
            self.force_exit = True
        elif self._lifecycle.ending:
            self.should_exit = True
        else:
            self._lifecycle.start_draining()
            self._close_at = time.monotonic() + self._settings.drain_grace

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if self._service.tls is not None:
            self._listening = [listener.dup() for listener in sockets or ()]
        addresses = [listener.getsockname() for listener in sockets or ()]
        await super().startup(sockets)
        if self._service.tls is not None:
            await self._listen_anew(self._service.tls.value.context)
        for address in addresses:
            data = {"address": address[0], "port": address[1], "tls": self._service.tls is not None}
            _logger.info("listening", extra={"data": data})

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in self._listening:
            listener.close()
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        if time.monotonic() >= self._close_at:
            self.should_exit = True
        if counter % _LOOK_TICKS == 0:
            try:
                await self._look()
            except Exception as error:  # whatever a file or the system does, the service goes on
                _logger.error("look at followed files failed", exc_info=error)
        return await super().on_tick(counter)

    async def _look(self) -> None:
        self._service.look()
        tls = self._service.tls
        if tls is not None and tls.value.context is not self._context:
            await self._listen_anew(tls.value.context)

    async def _listen_anew(self, context: ssl.SSLContext) -> None:
        """Accept with another context on the same sockets: none is closed, so no connection is refused, and
        those there are go on."""
        self._context = context
        before, self.servers = self.servers, []
        for listener in self._listening:
            server = await asyncio.get_running_loop().create_server(
                self._protocol,
                sock=listener.dup(),
                ssl=context,
                ssl_handshake_timeout=self._settings.header_timeout,
                backlog=self.config.backlog,
            )
            self.servers.append(server)
        for server in before:
            server.close()

    def _protocol(self) -> asyncio.Protocol:
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
