"""What happens around a conversion: others go on, and nothing is left behind."""

from __future__ import annotations

import io
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from statistics import median

import pytest
from service_processes import Afp2webProcess, Reply, eventually, freeze, thaw

from afpcluster.convert import convert
from afpcluster.sample import write_sample

Start = Callable[..., Afp2webProcess]


@contextmanager
def in_background() -> Iterator[Callable[..., Future[Reply]]]:
    with ThreadPoolExecutor(8) as threads:
        yield threads.submit


def wait_until_busy(instance: Afp2webProcess, workers: int = 1) -> None:
    eventually(lambda: instance.metric("workers_alive") - instance.metric("workers_idle") >= workers)


def outcome(reply: Reply) -> tuple[int, str | None]:
    return reply.status, reply.headers["X-AFP2web-ErrorCode"]


@pytest.fixture(autouse=True)
def _all_as_before(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "afp2web" in request.fixturenames:
        instance = request.getfixturevalue("afp2web")
        instance.wait_until_whole()
        eventually(lambda: instance.open_temp_files() == 0)


def heartbeat_seconds(instance: Afp2webProcess) -> float:
    began = time.perf_counter()
    assert instance.heartbeat().status == 200
    return time.perf_counter() - began


def test_heartbeat_while_all_workers_are_frozen(
    afp2web: Afp2webProcess, document: bytes, converted: bytes
) -> None:
    workers = afp2web.workers()
    freeze(*workers)
    with in_background() as run:
        replies = [run(afp2web.transform, document) for _ in range(4)]
        eventually(lambda: afp2web.metric("queue_length") == 2)
        times = [heartbeat_seconds(afp2web) for _ in range(20)]
        thaw(*workers)
        assert [reply.result().body for reply in replies] == [converted] * 4
    assert median(times) < 0.1, times


def test_heartbeat_while_all_workers_compute(afp2web: Afp2webProcess) -> None:
    """Statements for every worker, and as many waiting: the processors are busy, the answers prompt."""
    print_file = io.BytesIO()
    write_sample(print_file, statements=10)
    expected = io.BytesIO()
    result = convert(io.BytesIO(print_file.getvalue()), expected)
    times = []
    with in_background() as run:
        replies = [run(afp2web.transform, print_file.getvalue()) for _ in range(4)]
        while not all(reply.done() for reply in replies):
            times.append(heartbeat_seconds(afp2web))
        assert [reply.result().body for reply in replies] == [expected.getvalue()] * 4
    assert {reply.result().headers["X-AFP2web-Pages"] for reply in replies} == {str(result.pages)}
    assert median(times) < 0.1, times


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGSEGV])
def test_a_worker_that_dies_fails_only_its_own_request(
    afp2web: Afp2webProcess, document: bytes, converted: bytes, death: signal.Signals
) -> None:
    before = afp2web.workers()
    long = io.BytesIO()
    write_sample(long, statements=300)
    with in_background() as run:
        used = {worker: ticks(worker) for worker in before}
        reply = run(afp2web.transform, long.getvalue())
        # A tenth of a second of processor time: it has begun, and is far from its end.
        begun = eventually(lambda: [worker for worker in before if ticks(worker) - used[worker] >= 10], 30)
        os.kill(begun[0], death)
        assert afp2web.transform(document).body == converted
        assert outcome(reply.result()) == (500, "A2W-5003")
    eventually(lambda: len(set(before) & set(afp2web.workers())) == 2)


def ticks(pid: int) -> int:
    """Processor time that it has used, in 1/100 s."""
    with open(f"/proc/{pid}/stat") as stat:
        return sum(map(int, stat.read().rpartition(")")[2].split()[11:13]))


def test_idle_workers_that_die_are_replaced(
    afp2web: Afp2webProcess, document: bytes, converted: bytes
) -> None:
    before = afp2web.workers()
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    eventually(lambda: len(afp2web.workers()) == 3 and not set(afp2web.workers()) & set(before))
    assert afp2web.transform(document).body == converted


def test_workers_ignore_the_signals_of_terminal_and_supervisor(afp2web: Afp2webProcess) -> None:
    before = afp2web.workers()
    for worker in before:
        os.kill(worker, signal.SIGTERM)
        os.kill(worker, signal.SIGINT)
    time.sleep(0.2)
    assert afp2web.workers() == before


def test_a_client_that_leaves_cancels_its_conversion(afp2web: Afp2webProcess, document: bytes) -> None:
    before = afp2web.workers()
    freeze(*before)
    head = f"POST /services/transform HTTP/1.1\r\nHost: x\r\nContent-Length: {len(document)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", afp2web.port)) as connection:
        connection.sendall(head.encode() + document)
        wait_until_busy(afp2web)
        assert afp2web.open_temp_files() > 0
    eventually(lambda: len(set(before) & set(afp2web.workers())) == 2)
    thaw(*(set(before) & set(afp2web.workers())))
    eventually(lambda: any(line["status"] == 499 for line in afp2web.logged("request")))


def test_a_client_that_leaves_while_it_sends(afp2web: Afp2webProcess) -> None:
    head = b"POST /services/transform HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", afp2web.port)) as connection:
        connection.sendall(head + b"x" * 3_000_000)
        eventually(lambda: afp2web.open_temp_files() > 0)
    eventually(lambda: afp2web.open_temp_files() == 0)


@pytest.mark.parametrize(
    ("properties", "requests", "expected"),
    [
        ("afp2web.convert-timeout-seconds = 2", 1, (504, "A2W-5004")),
        ("afp2web.queue-limit = 0", 3, (503, "A2W-5001")),
        ("afp2web.queue-timeout-seconds = 0.3", 3, (503, "A2W-5001")),
    ],
)
def test_limits_of_time_and_queue(
    start: Start, document: bytes, properties: str, requests: int, expected: tuple[int, str]
) -> None:
    instance = start(lambda folder: Afp2webProcess(folder, properties))
    workers = instance.workers()
    freeze(*workers)
    with in_background() as run:
        replies = [run(instance.transform, document) for _ in range(requests)]
        eventually(lambda: any(reply.done() for reply in replies))
        refused = next(reply.result() for reply in replies if reply.done())
        assert outcome(refused) == expected
        if expected[0] == 503:
            assert refused.headers["Retry-After"] == "1"
        thaw(*(set(workers) & set(instance.workers())))
        assert sorted(reply.result().status for reply in replies)[:-1] == [200] * (requests - 1)
    instance.wait_until_whole()
    assert instance.transform(document).status == 200
    eventually(lambda: instance.open_temp_files() == 0)


def test_a_result_over_the_limit_is_refused(start: Start, document: bytes) -> None:
    instance = start(lambda folder: Afp2webProcess(folder, "afp2web.max-output-bytes = 200"))
    assert outcome(instance.transform(document)) == (413, "A2W-2003")
    eventually(lambda: instance.open_temp_files() == 0)


def test_workers_die_with_a_server_that_is_killed(start: Start, document: bytes) -> None:
    instance = start(Afp2webProcess)
    workers = instance.workers()
    instance.process.kill()
    instance.process.wait()
    eventually(lambda: not any(_lives(worker) for worker in workers))
    assert list(instance.temp_dir.iterdir()) == []


def _lives(pid: int) -> bool:
    """Zombies that nobody has collected yet do not count."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
