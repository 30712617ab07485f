"""What the services cost: the whole way against the engine alone, with as many processes.

Rules: both in turns, in short rounds, so that other work on the machine meets both alike; the ratio is that
of a pair of rounds, and the median of all pairs counts. Processor time comes from the kernel; what is used
at rest (heartbeats, checks of the workers) is told by itself and taken off. The clients run on the same
processors as everything else: their time is told, and is in the ratio.
"""

from __future__ import annotations

import io
import multiprocessing
import socket
import statistics
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

from afpcluster.conversion.collector import collect_rarely
from afpcluster.convert import convert
from benchmarks.claims import Claim
from benchmarks.services.chain import Chain, running
from benchmarks.services.heartbeat import sample

PROCESSES = 2
CLIENTS = 4
MOST_HOPS = 3.5
"""Milliseconds of processor time a document."""
_SIZES = {9: (3, 0.70), 96: (33, 0.88)}
"""Pages -> statements of the sample, the least part of the engine's speed."""
_HOPS = ("HAProxy", "wrapper-service", "afp2web's server")


@dataclass(frozen=True, slots=True)
class Round:
    """Documents a second, and milliseconds of processor time a document by what used them."""

    speed: float
    cost: dict[str, float]


def overhead(*, quick: bool) -> Iterator[Claim]:
    rounds, seconds = (1, 2.0) if quick else (5, 4.0)
    with running(slow_start=True) as chain, _engines() as engines:
        rest = _at_rest(chain, 2 * seconds)
        detail = "HAProxy, both instances of both services, workers; no document"
        yield Claim("overhead", "at rest", 1000 * sum(rest.values()), "ms CPU/s", detail=detail)
        for pages, (count, least) in _SIZES.items():
            document = sample(count)
            _alone(engines, document, 1.0)
            _through(chain, document, 1.0, rest)
            pairs = [
                (_alone(engines, document, seconds), _through(chain, document, seconds, rest))
                for _ in range(rounds)
            ]
            yield from _claims(pages, least, pairs)


def _claims(pages: int, least: float, pairs: list[tuple[Round, Round]]) -> Iterator[Claim]:
    engine = statistics.median(alone.cost["engine"] for alone, _ in pairs)
    parts = {name: statistics.median(whole.cost[name] for _, whole in pairs) for name in pairs[0][1].cost}
    alone, whole = (statistics.median(each.speed for each in side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(whole.speed / alone.speed for alone, whole in pairs)
    detail = f"{whole:.1f} against {alone:.1f} documents a second"
    yield Claim("overhead", f"{pages} pages, of the engine's speed", ratio, "×", least, True, detail)
    detail = ", ".join(f"{name} {milliseconds:.2f}" for name, milliseconds in parts.items())
    hops = sum(parts[name] for name in _HOPS)
    yield Claim(
        "services", f"{pages} pages, hops", hops, "ms CPU", MOST_HOPS, detail=f"{detail}; engine {engine:.2f}"
    )


def _through(chain: Chain, document: bytes, seconds: float, rest: Mapping[str, float]) -> Round:
    """Over the whole way, from clients that keep their connection."""
    head = (
        b"POST /wrapperservice/convert HTTP/1.1\r\nHost: bench\r\n"
        b"Content-Type: application/vnd.ibm.modcap\r\nContent-Length: %d\r\n\r\n" % len(document)
    )
    before, own, began = chain.cpu_seconds(), time.process_time(), time.perf_counter()
    end = began + seconds

    def client(_number: int) -> int:
        done = 0
        with socket.create_connection(chain.vip, 60) as connection:
            while time.perf_counter() < end:
                connection.sendall(head + document)
                _read_answer(connection)
                done += 1
        return done

    with ThreadPoolExecutor(CLIENTS) as threads:
        done = sum(threads.map(client, range(CLIENTS)))
    took = time.perf_counter() - began
    used = {name: after - before[name] - took * rest[name] for name, after in chain.cpu_seconds().items()}
    used["clients"] = time.process_time() - own
    return Round(done / took, {name: 1000 * cpu / done for name, cpu in used.items()})


def _at_rest(chain: Chain, seconds: float) -> dict[str, float]:
    """Processor seconds a second while nobody asks for anything."""
    before = chain.cpu_seconds()
    time.sleep(seconds)
    return {name: (after - before[name]) / seconds for name, after in chain.cpu_seconds().items()}


def _read_answer(connection: socket.socket) -> None:
    """All of it. Raises RuntimeError when it is no PDF."""
    answer = b""
    while (end := answer.find(b"\r\n\r\n")) < 0:
        answer += connection.recv(1 << 16)
    head = answer[:end].lower()
    if not head.startswith(b"http/1.1 200"):
        raise RuntimeError(f"not converted: {answer[:500]!r}")
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    left = length - (len(answer) - end - 4)
    while left > 0:
        left -= len(connection.recv(min(left, 1 << 18)))


@contextmanager
def _engines() -> Iterator[list[Connection]]:
    """Processes that convert and do nothing else."""
    context = multiprocessing.get_context("spawn")
    ours, processes = [], []
    for _ in range(PROCESSES):
        our_end, their_end = context.Pipe()
        processes.append(context.Process(target=_engine, args=(their_end,), daemon=True))
        processes[-1].start()
        ours.append(our_end)
    try:
        yield ours
    finally:
        for process in processes:
            process.kill()
            process.join()


def _engine(orders: Connection) -> None:
    collect_rarely()
    while True:
        document, seconds = orders.recv()
        began, cpu, done = time.perf_counter(), time.process_time(), 0
        while time.perf_counter() < began + seconds:
            convert(io.BytesIO(document), io.BytesIO())
            done += 1
        orders.send((done, time.perf_counter() - began, time.process_time() - cpu))


def _alone(engines: list[Connection], document: bytes, seconds: float) -> Round:
    for engine in engines:
        engine.send((document, seconds))
    answers = [engine.recv() for engine in engines]
    done = sum(count for count, _, _ in answers)
    speed = sum(count / took for count, took, _ in answers)
    return Round(speed, {"engine": 1000 * sum(cpu for _, _, cpu in answers) / done})
