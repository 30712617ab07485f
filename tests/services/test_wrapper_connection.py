"""The HTTP client towards afp2web, against servers that say what a test lets them say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import cast

import pytest

from afpcluster.web.spool import Spool
from afpcluster.wrapper import connection as client
from afpcluster.wrapper.budget import Carriage
from afpcluster.wrapper.connection import BrokenError, ConnectError, Connection, Connections
from afpcluster.wrapper.gateway import _head
from afpcluster.wrapper.settings import Target, WrapperSettings

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_LARGE = client.ANNOUNCED_BYTES + 1
_WELL = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class _Server:
    """`said` is what came, connection by connection."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self.said: list[bytearray] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.append(cast("asyncio.Task[None]", asyncio.current_task()))
        self.said.append(bytearray())
        recorded = asyncio.StreamReader()

        async def record() -> None:
            with suppress(OSError):
                while data := await reader.read(65536):
                    self.said[-1] += data
                    recorded.feed_data(data)
            recorded.feed_eof()

        task = asyncio.create_task(record())
        with suppress(asyncio.IncompleteReadError, OSError):
            await self._serve(recorded, writer)
        writer.close()
        await task
        with suppress(OSError):
            await writer.wait_closed()


@asynccontextmanager
async def served(serve: Serve) -> AsyncIterator[tuple[_Server, Target, Connections]]:
    server = _Server(serve)
    async with await asyncio.start_server(server, "127.0.0.1", 0) as listening:
        target = Target("http", "127.0.0.1", listening.sockets[0].getsockname()[1])
        settings = WrapperSettings.model_validate(
            {
                "afp2web.host-protocol": "http",
                "afp2web.host": target.host,
                "afp2web.port": target.port,
                "afp2web.connect-timeout-seconds": 1,
            }
        )
        connections = Connections(settings)
        try:
            yield server, target, connections
        finally:
            connections.close()
            await asyncio.gather(*server.tasks)


async def document(size: int) -> Spool:
    spool = Spool(Path("/tmp"), 1 << 20)
    await spool.write(b"d" * size)
    await spool.finish()
    return spool


async def call(connection: Connection, target: Target, size: int, carriage: Carriage | None = None) -> bytes:
    """The answer's body."""
    headers = {"Content-Length": str(size)} | ({"Expect": "100-continue"} if size >= _LARGE else {})
    head = _head("POST", "/", target, headers, kept=True)
    await connection.send(head, await document(size), carriage or Carriage())
    await connection.answer_begins()
    return b"".join([piece async for piece in connection.pieces()])


async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Requests with a body of three bytes, one after the other."""
    while True:
        await reader.readuntil(b"\r\n\r\nddd")
        writer.write(_WELL)


def test_a_connection_is_used_again_where_it_is_kept() -> None:
    async def live() -> None:
        async with served(answering) as (server, target, connections):
            for kept, made in ((True, 1), (True, 1), (False, 2), (True, 2), (False, 3)):
                async with connections.connected(target, True, kept=kept) as connection:
                    assert await call(connection, target, 3) == b"ok"
                assert len(server.said) == made

    asyncio.run(live())


@pytest.mark.parametrize("old", [False, True])
def test_one_that_is_idle_for_long_or_talks_is_not(monkeypatch: pytest.MonkeyPatch, *, old: bool) -> None:
    async def talking(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"ddd")
        writer.write(_WELL)
        await asyncio.sleep(0.05)
        writer.write(b"" if old else _WELL)
        await reader.read()

    async def live() -> None:
        async with served(talking) as (server, target, connections):
            for _ in range(2):
                async with connections.connected(target, True, kept=True) as connection:
                    assert await call(connection, target, 3) == b"ok"
                await asyncio.sleep(0.15)
            assert len(server.said) == 2

    if old:
        monkeypatch.setattr(client, "_KEPT_SECONDS", 0.1)
    asyncio.run(live())


def test_what_nobody_wants_any_more_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def live() -> None:
        async with served(answering) as (server, target, connections), asyncio.timeout(10):
            async with connections.connected(target, True, kept=True) as connection:
                await call(connection, target, 3)
            await asyncio.gather(*server.tasks)
            assert not connections._idle
            assert connections._sweeping is None

    monkeypatch.setattr(client, "_KEPT_SECONDS", 0.1)
    asyncio.run(live())


def test_a_busy_server_refuses_a_large_document_unseen() -> None:
    async def refusing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nbusy")
        await reader.read()

    async def live() -> None:
        carriage = Carriage()
        async with served(refusing) as (server, target, connections):
            async with connections.connected(target, True, kept=True) as connection:
                assert await call(connection, target, _LARGE, carriage) == b"busy"
                assert (connection.status, connection.headers["retry-after"]) == (503, "7")
                assert not connection.reusable
            assert server.said[0].endswith(b"\r\n\r\n")
        assert carriage.bytes == 0

    asyncio.run(live())


@pytest.mark.parametrize("says", [True, False])
def test_a_server_that_says_nothing_gets_it_all_the_same(*, says: bool) -> None:
    async def patient(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" if says else b"")
        await reader.readexactly(_LARGE)
        writer.write(_WELL)
        await reader.read()

    async def live() -> None:
        carriage = Carriage()
        async with (
            served(patient) as (_, target, connections),
            connections.connected(target, True, kept=True) as connection,
        ):
            assert await call(connection, target, _LARGE, carriage) == b"ok"
            assert connection.reusable
        assert carriage.bytes == _LARGE

    asyncio.run(live())


@pytest.mark.parametrize(
    ("said", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", None),
        (b"HTTP/1.1 200 OK\r\nContent-Le", None),
        (b"", None),
        (b"SSH-2.0-OpenSSH_9.2\r\n", None),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", None),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", None),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", None),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", b"ok"),
        (b"HTTP/1.0 200 OK\r\n\r\nok", b"ok"),
        (b"HTTP/1.1 102 Processing\r\n\r\n" + _WELL, b"ok"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    ],
)
def test_answers(said: bytes, body: bytes | None) -> None:
    """None: it broke off, or is none. All end with the connection."""

    async def saying(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"ddd")
        writer.write(said)

    async def live() -> None:
        async with (
            served(saying) as (_, target, connections),
            asyncio.timeout(10),
            connections.connected(target, True, kept=True) as connection,
        ):
            if body is None:
                with pytest.raises(BrokenError):
                    await call(connection, target, 3)
            else:
                assert await call(connection, target, 3) == body

    asyncio.run(live())


def test_no_more_is_taken_in_than_is_asked_for() -> None:
    size = 32 * 1024 * 1024
    sent = asyncio.Event()

    async def generous(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            await reader.readuntil(b"ddd")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + bytes(size))
            await writer.drain()
            sent.set()

    async def live() -> None:
        async with served(generous) as (server, target, connections), asyncio.timeout(30):
            for _ in range(2):
                async with connections.connected(target, True, kept=True) as connection:
                    head = _head("POST", "/", target, {"Content-Length": "3"}, kept=True)
                    await connection.send(head, await document(3), Carriage())
                    await connection.answer_begins()
                    await asyncio.sleep(0.3)
                    assert not sent.is_set()
                    assert sum([len(piece) async for piece in connection.pieces()]) == size
                    await sent.wait()
                    sent.clear()
            assert len(server.said) == 1

    asyncio.run(live())


def test_where_nobody_listens() -> None:
    async def live() -> None:
        async with served(answering) as (_, target, connections):
            nobody = Target("http", target.host, 1)
            with pytest.raises(ConnectError, match=r"failed|refused"):
                async with connections.connected(nobody, True, kept=True):
                    pass

    asyncio.run(live())


def test_no_header_begins_another_one() -> None:
    with pytest.raises(ValueError, match="line break"):
        _head("POST", "/", Target("http", "x", 1), {"X-Name": "a\r\nX-Other: b"}, kept=True)
