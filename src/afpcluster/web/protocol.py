"""uvicorn's httptools protocol with what it lacks: limits on headers, connections and unwanted bodies.

Rules: an answer given here, before there is a request for the service, is a problem document; each such end
of a connection is logged and counted. What cannot be read on never touches the answers of the requests before
it: these are given, then the connection ends. A body that breaks is the service's to refuse. Requests may be
sent before the earlier ones are answered, but only `_MOST_UNANSWERED`: each holds memory, and one read brings
thousands. `Upgrade` is ignored, as a server may that has no other protocol (RFC 9110 section 7.8).
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import httptools
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from afpcluster.web.connections import Connection, Connections
from afpcluster.web.errors import ServiceError, problem_members
from afpcluster.web.settings import ServiceSettings
from afpcluster.web.tls import common_name

_HEALTH_SECONDS = 1.0  # for the headers on a connection that is one too many
_MOST_UNANSWERED = 64  # requests of one connection
_CODING = b"transfer-encoding"
_FRAMING = (b"content-length", _CODING)
_HEADER_OVERHEAD = 32  # bytes that each header counts besides its own, as in RFC 9113 section 10.5.1


class _Ended(Exception):
    """The connection is at its end: whatever else was read from it is not looked at."""


@dataclass(frozen=True, slots=True)
class _BodyAlone:
    """What a parser tells of a request that is nothing but a body."""

    on_body: Callable[[bytes], None]
    on_message_complete: Callable[[], None]


def limited_protocol(settings: ServiceSettings, connections: Connections) -> type[asyncio.Protocol]:
    """The protocol class of a service with these settings."""

    class LimitedProtocol(HttpToolsProtocol, Connection):
        _header_bytes = 0
        _unwanted_bytes = 0
        _deadline: asyncio.TimerHandle | None = None
        _certificate: str | None = None
        _health_only = False
        _unanswered: Sequence[RequestResponseCycle] = ()
        _in_message = False  # between a request's headers and the end of its body
        _framing: Sequence[tuple[bytes, bytes]] = ()  # the headers that say how long the body is
        _over = False  # nothing more is taken from this connection

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._certificate = common_name(transport.get_extra_info("peercert") or {})
            self._health_only = not connections.opened(self)
            if connections.crowded:
                self._end("connections")
            self._set_deadline()

        def connection_lost(self, exc: Exception | None) -> None:
            self._clear_deadline()
            connections.closed(self)
            for cycle in self._unanswered:  # uvicorn tells the last request alone, which others may precede
                cycle.disconnected = True
                cycle.message_event.set()
            super().connection_lost(exc)
            self._unset_keepalive_if_required()  # uvicorn's own forgets it where the client resets

        def data_received(self, data: bytes) -> None:
            self._unset_keepalive_if_required()
            while data and not self._over:
                try:
                    self.parser.feed_data(data)
                    return
                except httptools.HttpParserUpgrade as upgrade:  # of which nothing is done: HTTP/1.1 goes on
                    data = data[upgrade.args[0] :]
                    if self._in_message:
                        data = self._as_body(data)
                except httptools.HttpParserError:
                    self._refuse(400, "Invalid HTTP request received.")

        def _as_body(self, data: bytes) -> bytes:
            """`data` is the body of a request with `Upgrade`, which its parser takes for the other protocol:
            what one that sees nothing but a body is to read. The connection ends with the answer."""
            self.cycle.keep_alive = False
            self.parser = httptools.HttpRequestParser(_BodyAlone(self.on_body, self._body_alone_ends))
            framing = b"".join(b"%s: %s\r\n" % header for header in self._framing)
            return b"POST / HTTP/1.1\r\n%s\r\n%s" % (framing, data)

        def _body_alone_ends(self) -> None:
            self.on_message_complete()
            self._over = True
            raise _Ended

        def on_message_begin(self) -> None:
            if len(self.pipeline) >= _MOST_UNANSWERED:
                self._end("pipelining")
                raise _Ended
            super().on_message_begin()
            self.scope["state"]["health_only"] = self._health_only
            if self._certificate is not None:
                self.scope["state"]["certificate"] = self._certificate
            self._header_bytes = self._unwanted_bytes = 0
            self._set_deadline()

        def on_url(self, url: bytes) -> None:
            self._count_header(len(url))
            super().on_url(url)

        def on_header(self, name: bytes, value: bytes) -> None:
            self._count_header(len(name) + len(value) + _HEADER_OVERHEAD)
            if not self._in_message:  # else a trailer: among the headers it would pass for what a proxy says
                super().on_header(name, value)

        def on_headers_complete(self) -> None:
            framing = [header for header in self.headers if header[0] in _FRAMING]
            if len(framing) > 1 or (
                framing and framing[0][0] == _CODING and framing[0][1].lower() != b"chunked"
            ):
                self._refuse(400, "The only Transfer-Encoding that is accepted is chunked.")
                raise _Ended
            self._clear_deadline()
            connections.busy(self)
            super().on_headers_complete()
            self._in_message = True
            self._framing = framing
            self.scope["state"]["cycle"] = self.cycle  # tells whether the client has left amid its answer
            before = [cycle for cycle in self._unanswered if not cycle.response_complete]
            self._unanswered = [*before, self.cycle]

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if not self.pipeline:
                connections.idle(self)

        def on_body(self, body: bytes) -> None:
            if self.cycle.response_complete:  # refused early: swallow politely, but neither much nor long
                self._unwanted_bytes += len(body)
                if self._deadline is None:
                    self._set_deadline()
                if self._unwanted_bytes > settings.max_body_bytes:
                    self._end("unwanted-body")
                return
            cycle = self.cycle
            if not cycle.body:  # as nearly always: the piece goes on as it is, where uvicorn copies it twice
                cycle.body = body  # type: ignore[assignment]
            elif isinstance(cycle.body, bytearray):
                cycle.body += body
            else:
                cycle.body = bytearray(cycle.body + body)
            if len(cycle.body) > HIGH_WATER_LIMIT:
                self.flow.pause_reading()
            cycle.message_event.set()

        def on_message_complete(self) -> None:
            self._clear_deadline()
            if self.parser.should_upgrade() and self._framing:
                return  # the body is still to come
            self._in_message = False
            super().on_message_complete()

        def _count_header(self, length: int) -> None:
            self._header_bytes += length
            if self._header_bytes > (limit := settings.max_header_bytes):
                self._refuse(431, f"The request's line and headers are larger than {limit} bytes.")
                raise _Ended

        def close_idle(self) -> None:
            self._end("made-room")

        @property
        def _answering(self) -> bool:
            """Requests are under way, or wait for those before them."""
            return self.cycle is not None and not self.cycle.response_complete

        def _refuse(self, status: int, detail: str) -> None:
            """What was read is no request, or not the rest of one."""
            if self._over or self.transport.is_closing():
                return
            if not self._answering:
                if not self._in_message:  # else it was answered early
                    self.transport.write(_problem(status, detail))
            elif self._in_message:
                self.cycle.scope["state"]["broken"] = _broken_body(status)
                self.cycle.message_event.set()
            self._end(str(status))

        def _end(self, reason: str) -> None:
            """The connection ends, as soon as the requests that there are have been answered."""
            if self._over or self.transport.is_closing():
                return
            connections.refused(reason, self.client[0] if self.client else "")
            self._over = True
            self._clear_deadline()
            if self._answering:
                self.cycle.keep_alive = False  # of the last one
            else:
                self.transport.close()

        def _set_deadline(self) -> None:
            self._clear_deadline()
            seconds = _HEALTH_SECONDS if self._health_only else settings.header_timeout
            self._deadline = self.loop.call_later(seconds, self._end, "too-slow")

        def _clear_deadline(self) -> None:
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

    return LimitedProtocol


def _broken_body(status: int) -> ServiceError:
    """Only chunked bodies can break (RFC 9112 section 7.1): in others every byte is allowed."""
    detail = "The body's chunked coding, or what follows it, cannot be read."
    return ServiceError(status, "body-malformed", detail, headers={"Connection": "close"})


def _problem(status: int, detail: str) -> bytes:
    """A whole answer, after which the connection ends."""
    members = problem_members(ServiceError(status, "http-error", detail), "http-error", uuid.uuid4().hex)
    body = json.dumps(members).encode()
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: application/problem+json\r\n"
        f"connection: close\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
