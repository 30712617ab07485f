"""SIGTERM: heartbeats fail at once, requests do not."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from service_processes import Afp2webProcess, ServiceProcess, WrapperProcess, eventually, freeze, thaw

from afpcluster.web.lifecycle import Lifecycle
from afpcluster.web.metrics import HttpMetrics

Start = Callable[..., ServiceProcess]
JSON = {"Accept": "application/json"}


def make_afp2web(start: Start, properties: str) -> ServiceProcess:
    return start(lambda folder: Afp2webProcess(folder, properties))


def make_wrapper(start: Start, properties: str) -> ServiceProcess:
    return start(lambda folder: WrapperProcess(folder, 1, properties))


@pytest.mark.parametrize("make", [make_afp2web, make_wrapper])
def test_the_heartbeat_fails_at_once_and_the_process_ends_well(
    start: Start, make: Callable[[Start, str], ServiceProcess]
) -> None:
    instance = make(start, "service.drain-grace-seconds = 2")
    instance.process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    instance.heartbeat()  # may be answered before the signal is heeded, but not the next one
    told = instance.heartbeat()
    assert (told.status, told.headers["Connection"]) == (503, "close")
    assert b"DRAINING" in told.body
    assert instance.process.wait(20) == 0
    assert time.monotonic() - began > 1.9


def refuses(instance: ServiceProcess) -> bool:
    """Every connection."""
    try:
        instance.heartbeat()
    except ConnectionRefusedError:
        return True
    except OSError:  # it was made just before
        return False
    return False


def test_requests_in_flight_are_finished(start: Start, document: bytes, converted: bytes) -> None:
    instance = start(Afp2webProcess)
    assert isinstance(instance, Afp2webProcess)
    workers = instance.workers()
    freeze(*workers)
    with ThreadPoolExecutor(4) as threads:
        replies = [threads.submit(instance.transform, document) for _ in range(4)]
        eventually(lambda: instance.metric("queue_length") == 2)
        instance.process.send_signal(signal.SIGTERM)
        eventually(lambda: refuses(instance))  # the grace of 0.3 s is over: nobody is let in any more
        thaw(*workers)
        assert [reply.result().body for reply in replies] == [converted] * 4
    assert instance.process.wait(20) == 0


def test_a_client_that_heeds_the_heartbeat_loses_no_request(start: Start, document: bytes) -> None:
    """As a proxy does: look every 50 ms, send nothing more after the first 503."""
    instance = start(lambda folder: Afp2webProcess(folder, "service.drain-grace-seconds = 2"))
    assert isinstance(instance, Afp2webProcess)
    up = threading.Event()
    up.set()

    statuses: list[int] = []

    def send_while_up() -> None:
        while up.is_set():
            statuses.append(instance.transform(document).status)

    with ThreadPoolExecutor(3) as threads:
        senders = [threads.submit(send_while_up) for _ in range(3)]
        eventually(lambda: len(statuses) > 3)
        instance.process.send_signal(signal.SIGTERM)
        while instance.heartbeat().status == 200:
            time.sleep(0.05)
        up.clear()
        for sender in senders:
            sender.result()
    assert set(statuses) == {200}
    assert instance.process.wait(20) == 0


def test_draining_is_bounded(start: Start, document: bytes) -> None:
    instance = start(lambda folder: Afp2webProcess(folder, "service.drain-timeout-seconds = 1"))
    assert isinstance(instance, Afp2webProcess)
    freeze(*instance.workers())
    with ThreadPoolExecutor(1) as threads:
        reply = threads.submit(instance.transform, document)
        eventually(lambda: instance.metric("workers_idle") == 1)
        instance.process.send_signal(signal.SIGTERM)
        assert (reply.result().status, reply.result().json["ErrorCode"]) == (503, "A2W-5005")
    assert instance.process.wait(20) == 0


def test_a_second_signal_skips_the_grace(start: Start) -> None:
    instance = make_wrapper(start, "service.drain-grace-seconds = 60")
    instance.process.send_signal(signal.SIGTERM)
    eventually(lambda: instance.heartbeat().status == 503)
    instance.process.send_signal(signal.SIGTERM)
    assert instance.process.wait(20) == 0


def test_a_drain_file_that_cannot_be_looked_at_is_none() -> None:
    """Looking at it each second must not end the service."""
    lifecycle = Lifecycle(HttpMetrics("a", "b"), Path("x" * 300))
    assert not lifecycle.draining
