"""The HTTP client towards afp2web: sockets that notice a lost peer, bodies that wait to be asked for.

Rules: a large document is announced (`Expect: 100-continue`, RFC 9110 section 10.1.1) and sent when the
server says so, so that a busy one refuses it unseen. A server that says nothing for a moment gets it all the
same; one that answers before it has all of it gets no more. First attempts use connections that others have
used just before, since making one costs as much as all the rest; repeats and probes use new ones, which tell
how things stand. No more of an answer is taken in than is asked for. It is no client for anybody else: it
does what afp2web and the proxies before it need, at half the cost of a general one.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import httptools

from afpcluster.web.spool import Spool
from afpcluster.wrapper.budget import Carriage
from afpcluster.wrapper.settings import Target, WrapperSettings

ANNOUNCED_BYTES = 64 * 1024  # a smaller document costs less than asking first
_PATIENCE_SECONDS = 0.3
_KEPT_SECONDS = 5.0  # shorter than the proxies and afp2web keep them, so that they seldom close first
_MOST_HEAD_BYTES = 64 * 1024
_MOST_AHEAD_BYTES = 256 * 1024  # of an answer, until somebody takes them
_CONTINUE = 100


_Peer = tuple[Target, ssl.SSLContext | bool]


class ConnectError(Exception):
    """No connection was made, so nothing was sent; the text says why."""


class ConnectionTimeoutError(ConnectError):
    """The other side says nothing at all."""


class BrokenError(Exception):
    """The connection or the answer ended too early, or is no HTTP; the text says how."""


class Connection(asyncio.Protocol):
    """One connection, with one call at a time. Header names are in lower case."""

    def __init__(self, gone: Callable[[Connection], None]) -> None:
        self._gone = gone
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._writable, self._reading = True, True
        self._waiter: asyncio.Future[None] | None = None
        self.lost: str | None = None  # why it is of no more use
        self.idle_since = 0.0
        self._begin()

    def _begin(self) -> None:
        """A new call."""
        self._parser = httptools.HttpResponseParser(self)
        self.status = 0  # of the final answer, once its head is whole
        self.headers: dict[str, str] = {}
        self.content_length: int | None = None
        self.complete = False
        self._continued = False
        self._head_bytes = 0
        self._pieces: list[bytes] = []
        self._ahead = 0
        self._to_its_end = False  # the answer ends with the connection
        self._kept = False
        self._sent = False  # the whole request

    # What asyncio tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self._to_its_end and error is None:
            self.complete = True
        self._lose(_reason(error) if error is not None else "the connection was closed")
        self._gone(self)

    def data_received(self, data: bytes) -> None:
        try:
            if self.complete:  # nobody asked
                raise httptools.HttpParserError
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._lose("the answer is no HTTP")
            self.close()
        self._wake()

    def pause_writing(self) -> None:
        self._writable = False

    def resume_writing(self) -> None:
        self._writable = True
        self._wake()

    # What the parser tells.

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_bytes += len(name) + len(value)
        if self._head_bytes > _MOST_HEAD_BYTES:
            raise httptools.HttpParserCallbackError("head too large")
        if not self.status:  # else a trailer
            self.headers[name.decode("latin-1").lower()] = value.decode("utf-8", "surrogateescape")

    def on_headers_complete(self) -> None:
        if self.complete:
            raise httptools.HttpParserCallbackError("a second answer")
        status = self._parser.get_status_code()
        if status < 200:
            self._continued = self._continued or status == _CONTINUE
            self.headers = {}
            return
        length = self.headers.get("content-length", "")
        self.content_length = int(length) if length.isascii() and length.isdigit() else None
        self._to_its_end = self.content_length is None and "transfer-encoding" not in self.headers
        self._kept = self._parser.should_keep_alive()
        self.status = status

    def on_body(self, body: bytes) -> None:
        self._pieces.append(body)
        self._ahead += len(body)
        if self._ahead > _MOST_AHEAD_BYTES and self._reading and self._transport is not None:
            self._reading = False
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        self.complete = self.complete or bool(self.status)

    # What a call does.

    @property
    def reusable(self) -> bool:
        """Nothing of the call is left, and the server goes on."""
        whole = self._sent and self.complete and not self._pieces
        return whole and self._kept and self.lost is None

    async def send(self, head: bytes, document: Spool | None, carriage: Carriage | None) -> None:
        """A request. It is not sent to its end where the answer comes before. Raises BrokenError."""
        self._begin()
        transport = self._open_transport()
        if document is None or carriage is None:
            transport.write(head)
            self._sent = True
            return
        if document.size > ANNOUNCED_BYTES:
            transport.write(head)
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await self._until(lambda: self._continued or bool(self.status))
            head = b""
        async for piece in document.pieces():
            if self.status:
                return
            transport = self._open_transport()
            transport.writelines((head, piece) if head else (piece,))
            head = b""
            carriage.bytes += len(piece)
            await self._until(lambda: self._writable or bool(self.status))
        self._sent = True

    async def answer_begins(self) -> None:
        """Until the answer's head is there. Raises BrokenError."""
        await self._until(lambda: bool(self.status))

    async def pieces(self) -> AsyncIterator[bytes]:
        """The answer's body, as it comes. Raises BrokenError where it ends too early."""
        while True:
            await self._until(lambda: bool(self._pieces) or self.complete)
            pieces, self._pieces, self._ahead = self._pieces, [], 0
            if not self._reading and self._transport is not None:
                self._reading = True
                self._transport.resume_reading()
            for piece in pieces:
                yield piece
            if self.complete and not self._pieces:
                return

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _open_transport(self) -> asyncio.Transport:
        if self._transport is None or self.lost is not None:
            raise BrokenError(self.lost or "not connected")
        return self._transport

    async def _until(self, come: Callable[[], bool]) -> None:
        """Raises BrokenError where that cannot come any more."""
        while not come():
            if self.lost is not None:
                raise BrokenError(self.lost)
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None

    def _lose(self, why: str) -> None:
        if self.lost is None:
            self.lost = why
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Connections:
    """Makes connections, and keeps those that were used just before."""

    def __init__(self, settings: WrapperSettings) -> None:
        self._settings = settings
        self._idle: dict[_Peer, list[Connection]] = {}
        self._all: set[Connection] = set()
        self._sweeping: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def connected(
        self, target: Target, tls: ssl.SSLContext | bool, *, kept: bool
    ) -> AsyncIterator[Connection]:
        """For one call: one that is kept, and is kept afterwards, or a new one. Raises ConnectError."""
        peer = target, tls
        connection = (self._kept(peer) if kept else None) or await self._new(target, tls)
        try:
            yield connection
        finally:
            if kept and connection.reusable:
                self._keep(peer, connection)
            else:
                connection.close()

    def close(self) -> None:
        if self._sweeping is not None:
            self._sweeping.cancel()
        for connection in [*self._all]:
            connection.close()

    def _keep(self, peer: _Peer, connection: Connection) -> None:
        loop = asyncio.get_running_loop()
        connection.idle_since = loop.time()
        self._idle.setdefault(peer, []).append(connection)
        if self._sweeping is None:
            self._sweeping = loop.call_later(_KEPT_SECONDS, self._sweep)

    def _sweep(self) -> None:
        """Close those that nobody wanted for long."""
        self._sweeping = None
        for peer in [*self._idle]:
            self._close_old(peer)
        if self._idle:
            self._sweeping = asyncio.get_running_loop().call_later(_KEPT_SECONDS, self._sweep)

    def _close_old(self, peer: _Peer) -> list[Connection]:
        """The others, the newest last."""
        oldest = asyncio.get_running_loop().time() - _KEPT_SECONDS
        idle = self._idle.get(peer, [])
        while idle and idle[0].idle_since <= oldest:
            idle.pop(0).close()
        if not idle:
            self._idle.pop(peer, None)
        return idle

    def _kept(self, peer: _Peer) -> Connection | None:
        idle = self._close_old(peer)
        while idle:
            if (connection := idle.pop()).lost is None:
                return connection
        return None

    async def _new(self, target: Target, tls: ssl.SSLContext | bool) -> Connection:
        loop = asyncio.get_running_loop()
        host = target.host.removeprefix("[").removesuffix("]")
        try:
            addresses = await loop.getaddrinfo(host, target.port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise ConnectError(_reason(error)) from error
        security = {"ssl": tls, "server_hostname": host} if target.protocol == "https" else {}
        last: Exception = OSError("no address")
        for address in addresses:
            try:
                async with asyncio.timeout(self._settings.connect_timeout):
                    return await self._connect(address, security)
            except (OSError, ValueError) as error:  # ssl.CertificateError is a ValueError, too
                last = error
        if isinstance(last, TimeoutError):
            raise ConnectionTimeoutError(f"none within {self._settings.connect_timeout:g} s") from last
        raise ConnectError(_reason(last)) from last

    async def _connect(self, address: Any, security: dict[str, Any]) -> Connection:
        loop = asyncio.get_running_loop()
        made = _socket(address, self._settings.dead_peer_timeout)
        try:
            await loop.sock_connect(made, address[4])
            _, connection = await loop.create_connection(
                lambda: Connection(self._all.discard), sock=made, **security
            )
        except BaseException:
            made.close()
            raise
        self._all.add(connection)
        return connection


def _socket(address: Any, dead_peer_timeout: float) -> socket.socket:
    """A socket that notices a peer which vanished without a word. The time also runs while a living peer
    does not read, so it is long; a peer that is there again without knowing the connection (a moved VIP)
    refuses the keep-alive that is sent each second."""
    made = socket.socket(family=address[0], type=address[1], proto=address[2])
    made.setblocking(False)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(dead_peer_timeout * 1000))
    return made


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__
