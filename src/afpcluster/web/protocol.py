"""uvicorn's httptools protocol with what it lacks: limits on headers and on unwanted bodies."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from afpcluster.web.settings import ServiceSettings
from afpcluster.web.tls import common_name


def limited_protocol(settings: ServiceSettings) -> type[asyncio.Protocol]:
    """The protocol class of a service with these settings."""

    class LimitedProtocol(HttpToolsProtocol):
        _header_bytes = 0
        _unwanted_bytes = 0
        _deadline: asyncio.TimerHandle | None = None
        _certificate: str | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._certificate = common_name(transport.get_extra_info("peercert") or {})
            self._set_deadline()

        def connection_lost(self, exc: Exception | None) -> None:
            self._clear_deadline()
            super().connection_lost(exc)

        def on_message_begin(self) -> None:
            super().on_message_begin()
            if self._certificate is not None:
                self.scope["state"]["certificate"] = self._certificate
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
