"""The door before conversions: who asks, whether they may, whether it is too much.

Rules: without `service.clients` everybody comes in. With it, a key (`Authorization: Bearer KEY` or
`X-API-Key: KEY`) or a certificate must be known; heartbeats and the like are not behind this door. A client
over its limits is told when to come again (429, Retry-After), before its document is read. Limits hold for
each instance, and what was used of them outlives a new file.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter
from starlette.requests import Request
from starlette.responses import Response

from afpcluster.web import audit
from afpcluster.web.errors import ServiceError
from afpcluster.web.followed import Followed
from afpcluster.web.keys import Client, Clients
from afpcluster.web.routes import Handler

_MINUTE = 60.0


@dataclass(slots=True)
class _Minute:
    """A quantity per minute: `left` of it, refilled steadily; below zero is a debt that time pays."""

    left: float
    since: float

    def refill(self, limit: int, now: float) -> None:
        self.left = min(float(limit), self.left + limit * (now - self.since) / _MINUTE)
        self.since = now

    def seconds_until(self, limit: int, wanted: float) -> float:
        return max(0.0, (wanted - self.left) * _MINUTE / limit)


class _Usage:
    """What one client uses now and has used."""

    def __init__(self, client: Client, now: float) -> None:
        self.conversions = 0
        self.documents = _Minute(client.documents_per_minute or 0, now)
        self.bytes = _Minute(client.bytes_per_minute or 0, now)

    def begin(self, client: Client, now: float) -> None:
        """Raises ServiceError when the client is over a limit."""
        waits: list[tuple[float, str]] = []
        if client.max_conversions is not None and self.conversions >= client.max_conversions:
            waits.append((1, f"{client.max_conversions} conversions at a time"))
        if (limit := client.documents_per_minute) is not None:
            self.documents.refill(limit, now)
            waits.append((self.documents.seconds_until(limit, 1), f"{limit} documents a minute"))
        if (limit := client.bytes_per_minute) is not None:
            self.bytes.refill(limit, now)
            waits.append((self.bytes.seconds_until(limit, 1), f"{limit} bytes a minute"))
        wait, what = max(waits, default=(0, ""))
        if wait > 0:
            raise ServiceError(
                429,
                "client-limit",
                f"Client {client.name} may have {what} at this instance; try again in {math.ceil(wait)} s.",
                retry_after=math.ceil(wait),
            )
        self.conversions += 1
        self.documents.left -= 1


class Gate:
    """One instance's door."""

    def __init__(self, clients: Followed[Clients] | None, registry: CollectorRegistry) -> None:
        self._clients = clients
        self._usages: dict[str, _Usage] = {}
        self._refused = Counter("clients_refused", "Requests turned away, by why", ["why"], registry=registry)

    def guard(self, handler: Handler) -> Handler:
        """The handler of conversions, behind the door."""

        async def guarded(request: Request) -> Response:
            try:
                client = self._identify(request)
                request.state.lane = request.state.lane or _lane(client, request)
                with self._admitted(client, request):
                    return await handler(request)
            except ServiceError as error:
                if error.code in ("client-unknown", "client-limit"):
                    self._refused.labels(error.code).inc()
                raise

        return guarded

    def _identify(self, request: Request) -> Client | None:
        """Who asks. Raises ServiceError 401 for a stranger."""
        certificate: str | None = request.state.certificate
        if certificate is not None:
            audit.note(request, certificate=certificate)
        if self._clients is None:
            return None
        clients = self._clients.value
        client = clients.by_certificate.get(certificate) if certificate is not None else None
        if client is None and (key := _key(request)):
            client = clients.with_key(key)
        if client is None:
            raise ServiceError(
                401,
                "client-unknown",
                "This service converts for known clients only: send a key as `Authorization: Bearer KEY`, or "
                "show a certificate that is known here.",
                headers={"WWW-Authenticate": 'Bearer realm="afpcluster"'},
            )
        audit.note(request, client_name=client.name)
        request.state.log["client_name"] = client.name
        return client

    @contextmanager
    def _admitted(self, client: Client | None, request: Request) -> Iterator[None]:
        if client is None:
            yield
            return
        now = time.monotonic()
        usage = self._usages.setdefault(client.name, _Usage(client, now))
        usage.begin(client, now)
        declared = int(request.headers.get("content-length", 0))
        usage.bytes.left -= declared
        request.state.received = 0  # until a body is read
        try:
            yield
        finally:
            usage.conversions -= 1
            usage.bytes.left += declared - request.state.received  # what never came is not paid for


def _lane(client: Client | None, request: Request) -> str:
    """Whose turn it is: a known client's, wherever it asks from; else its address's."""
    if client is not None:
        return client.name
    return request.client.host if request.client else ""


def _key(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key")
