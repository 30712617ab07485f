"""Heartbeats of all instances while both processors convert and everything comes in that ever disturbed one.

Rules: the load comes from processes of its own, through HAProxy as clients come; the heartbeats are asked for
at the instances, as HAProxy asks. An answer other than 200 is a false "down", and so is a server that HAProxy
takes out.
"""

from __future__ import annotations

import base64
import io
import json
import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException

from afpcluster.cluster.topology import Role
from afpcluster.sample import write_sample
from afpcluster.web.intake import FORM, JSON
from benchmarks.claims import Claim
from benchmarks.fuzz.seeds import own_seeds
from benchmarks.services.chain import HEARTBEATS, Chain, running

_EVERY = 0.05
_CONVERT = "/wrapperservice/convert"
FORM_STATEMENTS = 200  # 10 MB when every byte is percent-encoded

Vip = tuple[str, int]


def heartbeat(*, quick: bool) -> Iterator[Claim]:
    seconds = 8.0 if quick else 180.0
    with running() as chain:
        loads = [
            multiprocessing.get_context("spawn").Process(target=load, args=(chain.vip, seconds), daemon=True)
            for load in (_converters, _crowd, _forms, _leavers, _slow_bodies)
        ]
        for load in loads:
            load.start()
        times, wrong = _ask(chain, seconds)
        for load in loads:
            load.join(60)
            load.kill()
        down = _taken_out(chain)
        done = chain.log(Role.WRAPPER).count('"message": "audit"')
    times.sort()
    detail = f"{len(times)} heartbeats beside {done} requests for conversions"
    yield Claim("heartbeat", "p99", times[int(len(times) * 0.99)], "ms", 100, detail=detail)
    yield Claim("heartbeat", "longest", times[-1], "ms", 250, detail=detail)
    yield Claim(
        "heartbeat", "false downs", len(wrong) + len(down), "", 0, detail="; ".join([*wrong, *down][:3])
    )


def _ask(chain: Chain, seconds: float) -> tuple[list[float], list[str]]:
    """Milliseconds of each heartbeat, and what was answered instead of 200."""
    times, wrong = [], []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for role, path in HEARTBEATS.items():
            for name, place in chain.instances(role):
                began = time.perf_counter()
                try:
                    with closing(HTTPConnection(*place, timeout=2)) as connection:
                        connection.request("GET", path)
                        status: int | str = connection.getresponse().status
                except OSError as error:
                    status = type(error).__name__
                times.append(1000 * (time.perf_counter() - began))
                if status != 200:
                    wrong.append(f"{name}: {status}")
        time.sleep(_EVERY)
    return times, wrong


def _taken_out(chain: Chain) -> list[str]:
    """What HAProxy logged of servers that it took out."""
    lines = chain.log(Role.PROXY).splitlines()
    return [line for line in lines if line.startswith("Server ") and " is DOWN" in line]


def _until(end: float, act: Callable[[], object]) -> None:
    while time.monotonic() < end:
        with suppress(OSError, HTTPException):
            act()


def _post(vip: Vip, body: bytes, media_type: str, pause: float = 0) -> None:
    with closing(HTTPConnection(*vip, timeout=60)) as connection:
        connection.request("POST", _CONVERT, body, {"Content-Type": media_type})
        connection.getresponse().read()
    time.sleep(pause)


def _threads(count: int, seconds: float, act: Callable[[], object]) -> None:
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(count) as threads:
        for _ in range(count):
            threads.submit(_until, end, act)


def _converters(vip: Vip, seconds: float) -> None:
    """More large documents than there are workers."""
    _threads(4, seconds, partial(_post, vip, sample(40), ""))


def _crowd(vip: Vip, seconds: float) -> None:
    """200 clients with small documents, each on a new connection."""
    document = min(own_seeds().values(), key=len)
    _threads(200, seconds, partial(_post, vip, document, "", 4.0))


def _forms(vip: Vip, seconds: float) -> None:
    """Documents of which every byte is percent-encoded, 10 MB, and in base64."""
    document = sample(FORM_STATEMENTS)
    bodies = [
        (form("file", document), FORM),
        (json.dumps({"file": base64.b64encode(document).decode()}).encode(), JSON),
    ]

    def both() -> None:
        for body, media_type in bodies:
            _post(vip, body, media_type, 1.0)

    _threads(1, seconds, both)


def _leavers(vip: Vip, seconds: float) -> None:
    """Five times a second somebody connects, sends 3 MB and leaves."""
    document = sample(200)[: 3 << 20]
    head = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (_CONVERT.encode(), len(document))

    def leave() -> None:
        time.sleep(0.2)
        with socket.create_connection(vip, 10) as connection:
            connection.sendall(head + document)

    _threads(1, seconds, leave)


def _slow_bodies(vip: Vip, seconds: float) -> None:
    """Fifty bodies of a few bytes a second."""
    end = time.monotonic() + seconds
    head = b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" % _CONVERT.encode()
    connections = [socket.create_connection(vip, 10) for _ in range(50)]
    for connection in connections:
        connection.sendall(head)
    while time.monotonic() < end:
        for connection in connections:
            with suppress(OSError):
                connection.sendall(bytes(40))
        time.sleep(1)


def sample(statements: int) -> bytes:
    file = io.BytesIO()
    write_sample(file, statements=statements)
    return file.getvalue()


def form(name: str, document: bytes) -> bytes:
    """The document as a field of a form, every byte percent-encoded."""
    return name.encode() + b"=" + b"".join(b"%%%02X" % byte for byte in document)
