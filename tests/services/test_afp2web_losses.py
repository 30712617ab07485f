"""Workers that are lost, stopped, frozen or left: nobody else notices."""

from __future__ import annotations

import asyncio
import io
import math
import os
import resource
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from prometheus_client import CollectorRegistry
from service_processes import Afp2webProcess, Reply, eventually, freeze, thaw

from afpcluster.afp.ptoca import TextBuilder
from afpcluster.afp2web import pool as pool_module
from afpcluster.afp2web.metrics import PoolMetrics
from afpcluster.afp2web.parameters import TRANSFORM, parse
from afpcluster.afp2web.pool import Pool
from afpcluster.afp2web.settings import Afp2webSettings
from afpcluster.afp2web.wanted import wanted
from afpcluster.afp2web.worker import Limits
from afpcluster.afp2web.worker_process import JobTime, Worker, WorkerError
from afpcluster.convert import convert
from afpcluster.sample import write_sample
from afpcluster.sample.records import enclosed, field
from afpcluster.web.bodies import Body
from afpcluster.web.errors import ServiceError
from benchmarks.fuzz.seed_pages import NAME, print_file
from benchmarks.fuzz.seeds import own_seeds

Start = Callable[..., Afp2webProcess]


@contextmanager
def in_background() -> Iterator[Callable[..., Future[Reply]]]:
    with ThreadPoolExecutor(8) as threads:
        yield threads.submit


@pytest.fixture(scope="module")
def long_document() -> bytes:
    """Some seconds of work, in many pages."""
    file = io.BytesIO()
    write_sample(file, statements=300)
    return file.getvalue()


@pytest.fixture(scope="module")
def memory_bomb() -> bytes:
    """A page of three million rules: their display list takes more memory than a small worker may have."""
    rules = TextBuilder()
    for _ in range(3_000):
        rules.control("DIR", 300, 0x1000)
    piece = field("PTX", rules.data())
    return print_file(enclosed("BPT", NAME, [piece] * 1_000))


def one_worker(properties: str = "", spare: int = 1) -> Callable[[Path], Afp2webProcess]:
    return lambda folder: Afp2webProcess(folder, properties, workers=1, spare=spare)


def send_and_leave(instance: Afp2webProcess, document: bytes) -> Callable[[], None]:
    """A client that sends all and goes away when told."""
    connection = socket.create_connection(("127.0.0.1", instance.port))
    head = f"POST /services/transform HTTP/1.1\r\nHost: x\r\nContent-Length: {len(document)}\r\n\r\n"
    connection.sendall(head.encode() + document)
    return connection.close


def wait_until_running(instance: Afp2webProcess) -> None:
    eventually(lambda: instance.metric("workers_alive") - instance.metric("workers_idle") >= 1)


def wait_until_warm(instance: Afp2webProcess) -> None:
    """Until its workers have loaded what they load while nobody waits: a document is begun at once then."""

    def rests() -> bool:
        before = processor_times(instance)
        time.sleep(0.3)
        return processor_times(instance) == before

    eventually(rests)


def processor_times(instance: Afp2webProcess) -> list[list[str]]:
    stats = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2] for pid in instance.workers())
    return [stat.split()[11:13] for stat in stats]


@pytest.mark.parametrize("waiting", [1, 3])
def test_a_queue_behind_a_client_that_leaves(
    start: Start, document: bytes, converted: bytes, waiting: int
) -> None:
    instance = start(one_worker())
    freeze(*instance.workers())
    leave = send_and_leave(instance, document)
    wait_until_running(instance)
    with in_background() as run:
        replies = [run(instance.transform, document) for _ in range(waiting)]
        eventually(lambda: instance.metric("queue_length") == waiting)
        thaw(*instance.workers()[1:])
        leave()
        assert [reply.result().body for reply in replies] == [converted] * waiting


def test_a_queue_behind_the_time_limit(start: Start, document: bytes, long_document: bytes) -> None:
    instance = start(one_worker("afp2web.convert-timeout-seconds = 4"))
    with in_background() as run:
        late = run(instance.transform, long_document)
        wait_until_running(instance)
        freeze(*instance.workers()[:1])
        replies = [run(instance.transform, document) for _ in range(3)]
        assert (late.result().status, late.result().json["ErrorCode"]) == (504, "A2W-5004")
        assert [reply.result().status for reply in replies] == [200] * 3


def test_a_queue_behind_too_much_memory(start: Start, document: bytes, memory_bomb: bytes) -> None:
    instance = start(one_worker("afp2web.worker-memory-bytes = 300000000"))
    with in_background() as run:
        bomb = run(instance.transform, memory_bomb)
        wait_until_running(instance)
        replies = [run(instance.transform, document) for _ in range(3)]
        assert (bomb.result().status, bomb.result().json["ErrorCode"]) == (413, "A2W-2005")
        assert [reply.result().status for reply in replies] == [200] * 3


def test_a_client_that_leaves_costs_no_worker(start: Start, document: bytes, long_document: bytes) -> None:
    instance = start(one_worker())
    before = instance.workers()
    leave = send_and_leave(instance, long_document)
    wait_until_running(instance)
    began = time.monotonic()
    leave()
    instance.wait_until_whole()
    assert time.monotonic() - began < 2
    assert instance.transform(document).status == 200
    assert instance.workers() == before
    assert instance.metric("workers_replaced_total") == 0


def test_a_worker_without_a_processor_has_longer_to_stop(
    start: Start, document: bytes, long_document: bytes
) -> None:
    """It cannot heed before it has one; to kill it and start another would cost the machine still more."""
    instance = start(one_worker(spare=0))
    (worker,) = before = instance.workers()
    processor = min(os.sched_getaffinity(0))
    hog = ["nice", "-n", "-5", "sh", "-c", "while :; do :; done"]
    leave = send_and_leave(instance, long_document)
    wait_until_running(instance)
    with ExitStack() as stack:
        for thread in os.listdir(f"/proc/{worker}/task"):
            os.sched_setaffinity(int(thread), {processor})
        for _ in range(6):
            process = subprocess.Popen(hog)
            stack.callback(process.wait)
            stack.callback(process.kill)
            os.sched_setaffinity(process.pid, {processor})
        leave()
        time.sleep(2.5)
    instance.wait_until_whole()
    assert instance.workers() == before
    assert instance.transform(document).status == 200


def test_a_client_that_leaves_with_another_request_behind(
    start: Start, document: bytes, long_document: bytes
) -> None:
    instance = start(one_worker())
    head = b"POST /services/transform HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(long_document)
    with socket.create_connection(("127.0.0.1", instance.port)) as connection:
        connection.sendall(head + long_document + b"GET /services/usid HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_until_running(instance)
    eventually(lambda: [line["status"] for line in instance.logged("request") if line.get("status") == 499])
    instance.wait_until_whole()
    assert instance.transform(document).status == 200
    assert not instance.logged("internal error")


def test_clients_that_leave_again_and_again(start: Start, document: bytes, long_document: bytes) -> None:
    """Five a second, with three megabytes each."""
    instance = start(Afp2webProcess)
    statuses, heartbeats = [], []
    document_of_three_megabytes = long_document[:3_000_000]
    end = time.monotonic() + 4
    while time.monotonic() < end:
        leave = send_and_leave(instance, document_of_three_megabytes)
        time.sleep(0.1)
        leave()
        heartbeats.append(instance.heartbeat().status)
        reply = instance.transform(document)
        statuses.append((reply.status, reply.headers["X-AFP2web-ErrorCode"]))
    assert set(heartbeats) == {200}
    assert set(statuses) == {(200, None)}


def test_all_workers_replaced_at_once_are_no_outage(start: Start, document: bytes) -> None:
    """Every conversion ends its worker: the heartbeat stays, and what comes waits."""
    instance = start(one_worker("afp2web.worker-jobs = 1"))
    for _ in range(6):
        assert instance.transform(document).status == 200
        assert instance.heartbeat().status == 200
    eventually(lambda: instance.metric("workers_replaced_total") >= 5)


def test_a_worker_that_uses_much_memory_is_replaced(start: Start, document: bytes) -> None:
    instance = start(one_worker("afp2web.worker-recycle-bytes = 16777216"))
    before = instance.workers()
    assert instance.transform(document).status == 200
    eventually(lambda: instance.metric("workers_replaced_total") == 1)
    eventually(lambda: len(instance.workers()) == 2 and instance.workers() != before)


def test_a_conversion_without_progress_has_an_error_of_its_own(start: Start, long_document: bytes) -> None:
    instance = start(one_worker("afp2web.progress-timeout-seconds = 0.5"))
    with in_background() as run:
        reply = run(instance.transform, long_document)
        wait_until_running(instance)
        freeze(*instance.workers())
        assert (reply.result().status, reply.result().json["ErrorCode"]) == (504, "A2W-5007")
    instance.wait_until_whole()


def test_a_worker_that_stands_still_in_the_middle_goes_on(start: Start, long_document: bytes) -> None:
    """As a machine does that is moved to another one: shorter than a conversion may be without progress."""
    instance = start(one_worker())
    wanted = instance.transform(long_document)
    with in_background() as run:
        reply = run(instance.transform, long_document)
        wait_until_running(instance)
        for _ in range(3):
            freeze(*instance.workers())
            time.sleep(0.2)
            thaw(*instance.workers())
        assert (reply.result().status, reply.result().body) == (200, wanted.body)


def test_a_long_conversion_with_progress_is_left_alone(start: Start, long_document: bytes) -> None:
    """Several times as long as the limit, which is what many pages take here and now, and no single one."""
    began = time.monotonic()
    convert(io.BytesIO(long_document), io.BytesIO())
    once = time.monotonic() - began
    limit = max(1.0, once)
    instance = start(one_worker(f"afp2web.progress-timeout-seconds = {limit}"))
    began = time.monotonic()
    assert instance.transform(long_document * math.ceil(4 * limit / once)).status == 200
    assert time.monotonic() - began > 2 * limit


def test_idle_workers_that_freeze_are_replaced(start: Start, document: bytes) -> None:
    instance = start(Afp2webProcess)
    frozen = instance.workers()
    freeze(*frozen)
    with in_background() as run:
        reply = run(instance.transform, document)  # given to a frozen one, and taken from it
        eventually(lambda: not set(frozen) & set(instance.workers()), 12)
        assert reply.result().status == 200


def test_the_heartbeat_tells_that_no_worker_responds(start: Start, long_document: bytes) -> None:
    instance = start(one_worker(spare=0))
    wait_until_warm(instance)
    with in_background() as run:
        reply = run(instance.transform, long_document)
        wait_until_running(instance)
        workers = instance.workers()
        freeze(*workers)
        eventually(lambda: instance.heartbeat().status == 503, 15)
        assert instance.heartbeat().json["Reasons"] == ["workers: no worker responds"]
        thaw(*workers)
        eventually(lambda: instance.heartbeat().status == 200)
        assert reply.result().status == 200


def test_small_documents_pass_long_ones(start: Start, document: bytes, long_document: bytes) -> None:
    instance = start(lambda folder: Afp2webProcess(folder, "afp2web.small-document-bytes = 10000"))
    with in_background() as run:
        long = [run(instance.transform, long_document) for _ in range(3)]
        eventually(lambda: instance.metric("queue_length") == 1)
        for _ in range(5):
            assert instance.transform(document).status == 200
        assert not any(reply.done() for reply in long)
        assert [reply.result().status for reply in long] == [200] * 3


def test_a_worker_killed_from_outside_is_no_offer_to_the_next(
    start: Start, document: bytes, converted: bytes
) -> None:
    """It is dead, but nobody has noticed: the document goes to another."""
    instance = start(Afp2webProcess)
    for _ in range(10):
        for worker in instance.workers():
            os.kill(worker, signal.SIGKILL)
        assert instance.transform(document).body == converted


def test_workers_that_are_all_lost_before_they_begin(start: Start, document: bytes, converted: bytes) -> None:
    """They can take no more descriptors, so an order comes without its files; a new one can."""
    instance = start(lambda folder: Afp2webProcess(folder, workers=4))
    for worker in instance.workers():
        resource.prlimit(worker, resource.RLIMIT_NOFILE, (0, 0))
    assert instance.transform(document).body == converted


def test_the_kernel_is_not_asked_for_memory_after_each_short_job() -> None:
    class Large:
        memory_looked_at = -math.inf
        asked = 0

        @property
        def memory_bytes(self) -> int:
            self.asked += 1
            return 1 << 40

    async def live() -> None:
        pool = Pool(Afp2webSettings.model_validate({}), PoolMetrics(CollectorRegistry()))
        worker = Large()
        looks = [pool._is_outgrown(cast(Worker, worker), seconds) for seconds in (0.01, 0.01, 0.01, 0.5)]
        assert looks == [True, False, False, True]
        assert worker.asked == 2

    asyncio.run(live())


def test_no_worker_ever_begins(monkeypatch: pytest.MonkeyPatch, document: bytes) -> None:
    """The document is not to blame: whoever sent it may send it again."""

    async def lost(*_: Any) -> Any:
        raise WorkerError("killed by SIGKILL", untouched=True)

    async def live() -> None:
        settings = Afp2webSettings.model_validate({"afp2web.workers": 1})
        pool = Pool(settings, PoolMetrics(CollectorRegistry()))
        pool.start()
        try:
            with pool.admit(Body(time.monotonic, "client")) as ticket:
                await pool.convert(ticket, {}, io.BytesIO(document), io.BytesIO())
        finally:
            await pool.stop()

    monkeypatch.setattr(pool_module.Worker, "run", lost)
    with pytest.raises(ServiceError) as raised:
        asyncio.run(live())
    assert (raised.value.status, raised.value.code) == (503, "busy")
    assert int(raised.value.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("failure", [OSError(24, "Too many open files"), RuntimeError("anything")])
def test_a_slot_survives_any_failure_of_a_start(
    monkeypatch: pytest.MonkeyPatch, failure: Exception, document: bytes
) -> None:
    real, failures = pool_module.Worker.start, [failure, failure]

    async def start(*arguments: Any) -> Any:
        if failures:
            raise failures.pop()
        return await real(*arguments)

    async def live() -> None:
        settings = Afp2webSettings.model_validate({"afp2web.workers": 1})
        pool = Pool(settings, PoolMetrics(CollectorRegistry()))
        pool.start()
        try:
            async with asyncio.timeout(20):
                while len(pool.alive) < 2:
                    await asyncio.sleep(0.05)
        finally:
            await pool.stop()

    monkeypatch.setattr(pool_module.Worker, "start", start)
    asyncio.run(live())
    assert failures == []


def test_everybody_gets_his_own_document(start: Start) -> None:
    """Many short conversions at once: a worker is nobody's before its last answer was taken."""
    instance = start(Afp2webProcess)
    seeds = list(own_seeds().values())
    expected = []
    for seed in seeds:
        sink = io.BytesIO()
        convert(io.BytesIO(seed), sink)
        expected.append(sink.getvalue())
    numbers = [number % len(seeds) for number in range(400)]
    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(lambda number: instance.transform(seeds[number]), numbers))
    for number, reply in zip(numbers, replies, strict=True):
        assert (reply.status, reply.body) == (200, expected[number])
    assert instance.metric("workers_replaced_total") == 0


def test_a_worker_is_nobodys_before_its_answer_was_taken(document: bytes) -> None:
    async def live() -> None:
        worker = await Worker.start(Limits(1 << 31, 1 << 20, 0))
        try:
            for _ in range(20):
                with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as sink:
                    source.write(document)
                    source.flush()
                    folders: dict[str, object] = {"resource_paths": [], "stand_in_folders": []}
                    job = {**wanted(parse([], TRANSFORM)), **folders}
                    running = asyncio.create_task(worker.run(job, source, sink, JobTime(20, 20)))
                    await asyncio.sleep(0)
                    while not running.done():
                        assert not worker.usable
                        await asyncio.sleep(0)
                    assert running.result()["pages"] == 1
                    assert worker.usable
        finally:
            worker.kill()
            await worker.ended()

    asyncio.run(live())
