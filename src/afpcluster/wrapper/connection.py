"""The HTTP client towards afp2web: sockets that notice a lost peer, bodies that wait to be asked for.

Rules: a large document is announced (`Expect: 100-continue`, RFC 9110 section 10.1.1) and sent when the
server says so, so that a busy one refuses it unseen. A server that says nothing for a moment gets it all the
same. First attempts use connections that others have used just before, since making one costs as much as all
the rest; repeats and probes use new ones, which tell how things stand.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from aiohttp import ClientRequest

from afpcluster.web.spool import Spool
from afpcluster.wrapper.budget import Carriage
from afpcluster.wrapper.settings import WrapperSettings

ANNOUNCED_BYTES = 64 * 1024  # a smaller document costs less than asking first
_PATIENCE_SECONDS = 0.3
_KEPT_SECONDS = 5.0  # shorter than the proxies and afp2web keep them, so that they seldom close first


class _PatientRequest(ClientRequest):
    """Waits for "100 Continue" for a moment only; aiohttp alone would wait for ever."""

    def update_expect_continue(self, expect: bool = False) -> None:
        super().update_expect_continue(expect)
        if (asked := self._continue) is not None:
            self.loop.call_later(_PATIENCE_SECONDS, _proceed, asked)


def _proceed(asked: asyncio.Future[bool]) -> None:
    if not asked.done():
        asked.set_result(True)


def open_session(settings: WrapperSettings, *, kept: bool) -> aiohttp.ClientSession:
    """With connections that are `kept` for a moment, or a new one for each request."""
    connector = aiohttp.TCPConnector(
        force_close=not kept,
        keepalive_timeout=_KEPT_SECONDS if kept else None,
        limit=0,
        use_dns_cache=False,
        socket_factory=lambda address: _socket(address, settings.dead_peer_timeout),
    )
    return aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=settings.connect_timeout),
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        request_class=_PatientRequest,
    )


async def body_arguments(document: Spool, carriage: Carriage) -> dict[str, Any]:
    """The arguments of a request that carries `document`."""
    if document.size > ANNOUNCED_BYTES:
        return {"data": _counted(document, carriage), "expect100": True}
    carriage.bytes = document.size
    return {"data": b"".join([piece async for piece in document.pieces()]), "expect100": False}


async def _counted(document: Spool, carriage: Carriage) -> AsyncIterator[bytes]:
    async for piece in document.pieces():
        carriage.bytes += len(piece)
        yield piece


def _socket(address: Any, dead_peer_timeout: float) -> socket.socket:
    """A socket that notices a peer which vanished without a word. The time also runs while a living peer
    does not read, so it is long; a peer that is there again without knowing the connection (a moved VIP)
    refuses the keep-alive that is sent each second."""
    made = socket.socket(family=address[0], type=address[1], proto=address[2])
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(dead_peer_timeout * 1000))
    return made
