"""Many clients, slow ones, rude ones: who does nothing shuts nobody out, and what is refused is told."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import pytest
from service_processes import (
    Afp2webProcess,
    ServiceProcess,
    WrapperProcess,
    eventually,
    freeze,
    heard,
    thaw,
)

from proc_net import is_read

Start = Callable[..., ServiceProcess]
HEAD = b"POST /services/transform HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n"


def said(port: int, *pieces: bytes) -> bytes:
    """All that the server says until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        for piece in pieces:
            connection.sendall(piece)
        return heard(connection)


@contextmanager
def idle_connections(port: int, count: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        yield [
            stack.enter_context(closing(socket.create_connection(("127.0.0.1", port)))) for _ in range(count)
        ]


@contextmanager
def slow_bodies(port: int, path: str, count: int) -> Iterator[list[socket.socket]]:
    """Uploads that have begun, and send a byte now and then."""
    with idle_connections(port, count) as connections:
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx"
        for connection in connections:
            connection.sendall(head.encode())
        yield connections


def test_idle_connections_make_room(start: Start, document: bytes, converted: bytes) -> None:
    instance = start(lambda folder: Afp2webProcess(folder, "service.max-connections = 20"))
    with idle_connections(instance.port, 60):
        assert instance.heartbeat().status == 200
        assert instance.call("POST", "/services/transform", document).body == converted
    assert isinstance(instance, Afp2webProcess)
    assert instance.metric("protocol_refusals_total") >= 40
    assert instance.logged("connection refused")[0]["reason"] == "made-room"


def test_connections_at_work_leave_the_heartbeat_alone(start: Start, document: bytes) -> None:
    properties = "service.max-connections = 4\nafp2web.queue-limit = 10"
    instance = start(lambda folder: Afp2webProcess(folder, properties))
    assert isinstance(instance, Afp2webProcess)
    workers = instance.workers()
    freeze(*workers)
    with idle_connections(instance.port, 4) as working:
        for connection in working:
            connection.sendall(HEAD + b"Content-Length: %d\r\n\r\n%s" % (len(document), document))
            eventually(lambda connection=connection: is_read(connection))
        eventually(lambda: instance.metric("queue_length") == 2)
        assert instance.heartbeat().status == 200
        refused = instance.transform(document)
        assert (refused.status, refused.json["ErrorCode"]) == (503, "A2W-5001")
        assert refused.headers["Connection"] == "close"
        thaw(*workers)
        assert [connection.recv(12) for connection in working] == [b"HTTP/1.1 200"] * 4


def test_slow_bodies_make_room(start: Start, document: bytes) -> None:
    instance = start(lambda folder: Afp2webProcess(folder, "service.max-bodies = 5"))
    assert isinstance(instance, Afp2webProcess)
    with slow_bodies(instance.port, "/services/transform", 5) as slow:
        eventually(lambda: instance.metric("bodies_being_read") == 5)
        time.sleep(1.1)
        slow[0].sendall(b"x")
        assert [instance.transform(document).status for _ in range(3)] == [200] * 3
        assert b" 408 " in slow[1].recv(4096)


@pytest.mark.parametrize("count", [3, 40])
def test_slow_bodies_take_no_place(start: Start, document: bytes, converted: bytes, count: int) -> None:
    afp2web = start(lambda folder: Afp2webProcess(folder, "afp2web.queue-limit = 0"))
    wrapper = start(lambda folder: WrapperProcess(folder, afp2web.port, "wrapper.max-conversions = 2"))
    with (
        slow_bodies(afp2web.port, "/services/transform", count),
        slow_bodies(wrapper.port, "/wrapperservice/convert", count),
    ):
        time.sleep(1.5)
        for instance, path in ((afp2web, "/services/transform"), (wrapper, "/wrapperservice/convert")):
            for _ in range(3):
                assert instance.call("POST", path, document).body == converted


def test_a_body_must_keep_its_pace(start: Start) -> None:
    properties = "service.body-idle-timeout-seconds = 0.5\nservice.body-min-bytes-per-second = 1000"
    instance = start(lambda folder: Afp2webProcess(folder, properties))
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", instance.port), timeout=5) as connection:
        connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
        answer = b""
        connection.settimeout(0.1)
        while not answer and time.monotonic() - began < 5:
            connection.sendall(b"x" * 10)
            try:
                answer = connection.recv(4096)
            except TimeoutError:
                continue
    assert b"A2W-1008" in answer
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("expect", [b"", b"Expect: 100-continue\r\n"])
def test_who_is_refused_sends_no_body(start: Start, document: bytes, expect: bytes) -> None:
    instance = start(lambda folder: Afp2webProcess(folder, "afp2web.queue-limit = 0"))
    assert isinstance(instance, Afp2webProcess)
    workers = instance.workers()
    freeze(*workers)
    with ThreadPoolExecutor(2) as threads:
        replies = [threads.submit(instance.transform, document) for _ in range(2)]
        eventually(lambda: instance.metric("workers_idle") == 0)
        before = instance.metric("body_bytes_total")
        with socket.create_connection(("127.0.0.1", instance.port), timeout=5) as connection:
            connection.sendall(HEAD + b"Content-Length: 9000000\r\n" + expect + b"\r\n")
            answer = connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 1\r\n" in answer.lower()
        assert instance.metric("body_bytes_total") == before
        thaw(*workers)
        assert [reply.result().status for reply in replies] == [200] * 2


@pytest.mark.parametrize(
    ("request_", "status", "reason"),
    [
        (b"\0\1\2\r\n\r\n", 400, "400"),
        (b"GET /services HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400, "400"),
        (b"GET /services HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n", 400, "400"),
        (b"GET /services HTTP/1.1\r\nX: " + b"x" * 40_000 + b"\r\n\r\n", 431, "431"),
    ],
)
def test_what_the_protocol_refuses_is_told(
    afp2web: Afp2webProcess, request_: bytes, status: int, reason: str
) -> None:
    before = afp2web.metric("protocol_refusals_total")
    head, _, body = said(afp2web.port, request_).partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert b"content-type: application/problem+json" in head
    assert json.loads(body)["status"] == status
    eventually(lambda: afp2web.metric("protocol_refusals_total") == before + 1)
    assert afp2web.logged("connection refused")[-1]["reason"] == reason
    assert afp2web.logged("connection refused")[-1]["client"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /services/version HTTP/1.1\r\n", 400),
        (b"GET /services/version HTTP/1.1\r\nHost: a\r\nHost: b\r\n", 400),
        (b"GET /services/version HTTP/1.1\r\nHost: a\r\n", 200),
        (b"GET /services/version HTTP/1.0\r\n", 200),
    ],
)
def test_the_host_header(afp2web: Afp2webProcess, head: bytes, status: int) -> None:
    answer = said(afp2web.port, head + b"Accept: application/json\r\nConnection: close\r\n\r\n")
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert (b"A2W-1011" in answer and b"Host" in answer) is (status == 400)


@pytest.mark.parametrize("length", [4_000, 4_100, 40_000])
def test_a_long_file_name(start: Start, document: bytes, length: int) -> None:
    afp2web = start(Afp2webProcess)
    wrapper = start(lambda folder: WrapperProcess(folder, afp2web.port))
    name = "n" * length
    for instance, path, field in (
        (afp2web, "/services/transform", "InputBuffer"),
        (wrapper, "/wrapperservice/convert", "file"),
    ):
        form = (
            f'--cut\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode()
            + document
            + b"\r\n--cut--\r\n"
        )
        reply = instance.call("POST", path, form, {"Content-Type": "multipart/form-data; boundary=cut"})
        assert reply.status == (200 if length <= 4_096 else 400), reply.body
