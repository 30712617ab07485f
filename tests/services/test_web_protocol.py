"""A connection that has ended leaves nothing behind, however it ended."""

from __future__ import annotations

import asyncio
import gc
import socket
import struct
import weakref
from typing import Any

import pytest
import uvicorn
from prometheus_client import CollectorRegistry
from uvicorn.server import ServerState

from afpcluster.web.connections import Connections
from afpcluster.web.protocol import limited_protocol
from afpcluster.web.settings import ServiceSettings

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
RESET = struct.pack("ii", 1, 0)  # lingers for no time: what closes the socket resets the connection


async def answer(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("requests", [0, 1, 2])
@pytest.mark.parametrize("reset", [False, True])
def test_nothing_holds_a_connection_that_has_ended(requests: int, reset: bool) -> None:
    async def held_after_its_end() -> int:
        connections = Connections(10, CollectorRegistry())
        config = uvicorn.Config(
            answer, http=limited_protocol(ServiceSettings(), connections), log_config=None
        )
        config.load()
        made: weakref.WeakSet[asyncio.Protocol] = weakref.WeakSet()
        ended = asyncio.Event()

        class Observed(config.http_protocol_class):  # type: ignore[misc, name-defined]
            def connection_made(self, transport: asyncio.Transport) -> None:
                made.add(self)
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                super().connection_lost(exc)
                ended.set()

        state = ServerState()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Observed(config, state, {}), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for _ in range(requests):
            writer.write(REQUEST)
            await reader.readuntil(b"\r\n\r\n")
        if reset:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        writer.close()
        async with asyncio.timeout(5):
            await ended.wait()
        await asyncio.gather(*state.tasks)
        server.close()
        deadline = loop.time() + 5
        while made and loop.time() < deadline:
            await asyncio.sleep(0.01)  # what called `connection_lost` returns
            gc.collect()
        return len(made)

    assert asyncio.run(held_after_its_end()) == 0
