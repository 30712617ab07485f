"""Who gets a place of wrapper-service, and who must give one back."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from service_processes import Afp2webProcess, ServiceProcess, WrapperProcess

from afpcluster.web.bodies import Body
from afpcluster.web.errors import ServiceError
from afpcluster.wrapper.places import Place, Places

Start = Callable[..., ServiceProcess]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def crowd(limit: int, clients: str) -> list[str]:
    """The fates of documents that come one after the other: `c` converted, `l` its place lost, `r` refused.
    Those of capital letters stay on their way until the others are over."""
    places, clock, over = Places(limit), Clock(), asyncio.Event()
    fates = [""] * len(clients)

    async def one(number: int, client: str) -> None:
        place = Place(Body(clock, client.lower()))
        try:
            with places.coming(place):
                if client.isupper():
                    await over.wait()
            async with places.converting(place):
                await over.wait()
            fates[number] = "c"
        except ServiceError as error:
            fates[number] = {503: "l" if place.lost else "r"}[error.status]

    tasks = []
    for number, client in enumerate(clients):
        tasks.append(asyncio.create_task(one(number, client)))
        for _ in range(5):
            await asyncio.sleep(0)
    assert places.taken <= limit
    over.set()
    await asyncio.gather(*tasks)
    assert places.taken == 0
    return fates


@pytest.mark.parametrize(
    ("limit", "clients", "fates"),
    [
        (3, "aaa", "ccc"),
        (3, "aaaa", "cccr"),
        (3, "abcd", "cccr"),
        (3, "aaab", "cclc"),  # the last one that came
        (4, "aaaabbb", "ccllccr"),  # until both have as many
        (2, "ab", "cc"),
        (1, "ab", "cr"),
        (3, "aaAb", "cccc"),  # who lost a place on the way takes the chance that is there later
        (3, "aAab", "cccc"),  # who is on the way loses no conversion
    ],
)
def test_no_client_gets_more_than_the_others_leave(limit: int, clients: str, fates: str) -> None:
    assert "".join(asyncio.run(crowd(limit, clients))) == fates


def test_who_comes_slowly_keeps_no_place() -> None:
    places, clock = Places(1), Clock()
    with places.coming(Place(Body(clock, "slow"))):
        with pytest.raises(ServiceError), places.coming(Place(Body(clock, "other"))):
            pass
        clock.now = 2
        with places.coming(Place(Body(clock, "other"))):
            pass


@contextmanager
def beginning_again_and_again(port: int, path: str) -> Iterator[None]:
    """From another address, sixty bodies a second are begun, of which nothing comes."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n".encode()
    over = threading.Event()

    def begin() -> None:
        connections = []
        while not over.wait(1 / 60):
            connections.append(socket.create_connection(("127.0.0.1", port), 5, ("127.0.0.2", 0)))
            connections[-1].sendall(head)
        for connection in connections:
            connection.close()

    thread = threading.Thread(target=begin)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_who_begins_again_and_again_shuts_nobody_out(start: Start, document: bytes) -> None:
    afp2web = start(lambda folder: Afp2webProcess(folder, "afp2web.queue-limit = 4"))
    wrapper = start(lambda folder: WrapperProcess(folder, afp2web.port, "wrapper.max-conversions = 6"))
    for service, path in ((afp2web, "/services/transform"), (wrapper, "/wrapperservice/convert")):
        with beginning_again_and_again(service.port, path):
            time.sleep(0.5)
            statuses = [service.call("POST", path, document).status for _ in range(20)]
        assert statuses == [200] * 20
