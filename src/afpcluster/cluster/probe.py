"""Asks URLs, many at once, and says what each answered. No proxy of the environment is used."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import ssl
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from afpcluster.cluster.urls import Url


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is None when there was no HTTP answer; `error` then says why. `seconds` it took. `warnings`
    are what a heartbeat says an operator should know."""

    url: Url
    status: int | None
    seconds: float
    error: str = ""
    warnings: tuple[str, ...] = ()
    certificate_ends: datetime | None = None

    @property
    def good(self) -> bool:
        return self.status == self.url.expect


def probe(urls: Sequence[Url], timeout: float = 2.0) -> tuple[Answer, ...]:
    """One GET to each; `timeout` in seconds."""
    with ThreadPoolExecutor(max_workers=max(1, len(urls))) as pool:
        return tuple(pool.map(lambda url: _get(url, timeout), urls))


def _get(url: Url, timeout: float) -> Answer:
    headers = {"Accept": "application/json"}
    if url.user is not None:
        token = base64.b64encode(f"{url.user}:{url.password}".encode()).decode()
        headers["Authorization"] = f"Basic {token}"
    started = time.monotonic()
    connection = connect(url, timeout)
    try:
        connection.request("GET", url.path, headers=headers)
        ends = _certificate_ends(connection.sock)
        response = connection.getresponse()
        warnings = _warnings(response.read())
        return Answer(url, response.status, time.monotonic() - started, "", warnings, ends)
    except (OSError, http.client.HTTPException) as error:
        return Answer(url, None, time.monotonic() - started, str(error) or type(error).__name__)
    finally:
        connection.close()


def connect(url: Url, timeout: float) -> http.client.HTTPConnection:
    """Not connected yet; by TLS, and verified, where the URL says so."""
    if url.authority is None:
        return http.client.HTTPConnection(url.address, url.port, timeout=timeout)
    context = ssl.create_default_context(cafile=url.authority)
    return http.client.HTTPSConnection(url.address, url.port, timeout=timeout, context=context)


def _certificate_ends(connected: socket.socket) -> datetime | None:
    certificate = connected.getpeercert() if isinstance(connected, ssl.SSLSocket) else None
    if not certificate:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)


def _warnings(body: bytes) -> tuple[str, ...]:
    """The member `warnings` (of afp2web `Warnings`) of an answer that is a JSON object."""
    try:
        members = json.loads(body)
    except ValueError:
        return ()
    if not isinstance(members, dict):
        return ()
    return tuple(str(text) for text in members.get("warnings") or members.get("Warnings") or ())
