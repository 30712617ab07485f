"""HTTP sessions of the clients in a drill: they behave as the manual tells real ones to."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from typing import Any

import aiohttp

CONNECT_TIMEOUT = 0.5  # seconds
UNACKNOWLEDGED = 3_000  # ms: longer than any proxy that is alive leaves data unacknowledged


def session(authority: Path | None, timeout: float, *, kept: bool = False) -> aiohttp.ClientSession:
    """`timeout` in seconds, for a whole request; `kept`: connections are used again; `authority` verifies the
    cluster where it speaks TLS."""
    times = aiohttp.ClientTimeout(total=timeout, sock_connect=CONNECT_TIMEOUT)
    tls = True if authority is None else ssl.create_default_context(cafile=authority)
    connector = aiohttp.TCPConnector(force_close=not kept, limit=0, socket_factory=_socket, ssl=tls)
    return aiohttp.ClientSession(connector=connector, timeout=times)


def _socket(address: Any) -> socket.socket:
    """A proxy that vanished without a word is noticed: by keepalive while its answer is waited for, by the
    user timeout while it has not acknowledged what was sent (keepalive is silent then)."""
    made = socket.socket(family=address[0], type=address[1], proto=address[2])
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 2)):
        made.setsockopt(socket.IPPROTO_TCP, option, value)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED)
    return made
