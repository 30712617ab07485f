"""What HAProxy does with the rendered file: limits, errors, headers, checks, queue, log."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import MONITOR, PASSWORD, Loopback, running, wait_for

pytestmark = pytest.mark.skipif(shutil.which("haproxy") is None, reason="haproxy is not installed")
CONVERT = "/wrapperservice/convert"


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loopback]:
    with running(
        tmp_path_factory.mktemp("haproxy"), workers="1", header_timeout="1s", client_timeout="2s"
    ) as made:
        yield made


# (raw request, status, code of the problem)
OWN_ANSWERS = [
    (b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 403, "forbidden"),
    (b"GET /%6Detrics?x=1 HTTP/1.1\r\nHost: x\r\n\r\n", 403, "forbidden"),
    (b"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nx", 408, "request-timeout"),
]

# (raw request, status): no whole, valid head. HAProxy 2.6 answers these from its parser, with a bare page.
BROKEN = [
    (b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    (b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    (b"GET /wrapperservice HT", 408),
]


def exchange(proxy: Loopback, request: bytes) -> tuple[bytes, bytes]:
    """Head, in lower case, and body of the answer to bytes that need not be HTTP."""
    with proxy.connect() as made:
        made.sendall(request)
        answer = http.client.HTTPResponse(made)
        answer.begin()
        lines = [f"{name}: {value}" for name, value in answer.getheaders()]
        return "\r\n".join([f"http/1.1 {answer.status} ", *lines]).lower().encode(), answer.read()


@pytest.mark.parametrize(("request_", "status", "code"), OWN_ANSWERS)
def test_own_answers_are_problems(proxy: Loopback, request_: bytes, status: int, code: str) -> None:
    head, body = exchange(proxy, request_)
    assert head.startswith(b"http/1.1 %d " % status), head
    assert b"content-type: application/problem+json" in head
    problem = json.loads(body)
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, "about:blank")


@pytest.mark.parametrize(("request_", "status"), BROKEN)
def test_broken_requests_are_refused(proxy: Loopback, request_: bytes, status: int) -> None:
    head, _ = exchange(proxy, request_)
    assert head.startswith(b"http/1.1 %d " % status), head


def test_a_server_that_ends_is_a_problem_after_the_repeats(proxy: Loopback) -> None:
    for stub in proxy.stubs.values():
        stub.reset("drop")
    status, headers, body = proxy.ask(CONVERT, b"document", headers={"X-Request-ID": "dropped"})
    assert (status, json.loads(body)["code"]) == (502, "no-whole-answer")
    assert json.loads(body)["requestId"] == headers["x-request-id"] == "dropped"
    assert sum(len(stub.seen) for stub in proxy.stubs.values()) == 3  # once, and two repeats
    for stub in proxy.stubs.values():
        stub.reset()


# (headers of the client, headers that the instance gets; None: not at all, "own": one of HAProxy's)
HEADERS = [
    ({}, {"x-forwarded-for": "127.0.79.46", "x-forwarded-proto": "http", "x-request-id": "own"}),
    (
        {
            "X-Forwarded-For": "1.2.3.4",
            "X-Forwarded-Proto": "https",
            "Forwarded": "for=1.2.3.4",
            "X-Client-Lane": "somebody else",
        },
        {
            "x-forwarded-for": "127.0.79.46",
            "x-forwarded-proto": "http",
            "forwarded": None,
            "x-client-lane": None,
        },
    ),
    ({"X-Request-ID": "Good.id_1-2"}, {"x-request-id": "Good.id_1-2"}),
    ({"X-Request-ID": "two words"}, {"x-request-id": "own"}),
    ({"X-Request-ID": 'a"b'}, {"x-request-id": "own"}),
    ({"X-Request-ID": "x" * 65}, {"x-request-id": "own"}),
    ({"X-Request-ID": "good", "x-request-id": "also"}, {"x-request-id": "own"}),
    ({"traceparent": "00-4bf9-00f0-01"}, {"traceparent": "00-4bf9-00f0-01"}),
]


@pytest.mark.parametrize(("sent", "arrived"), HEADERS)
def test_headers(proxy: Loopback, sent: dict[str, str], arrived: dict[str, str | None]) -> None:
    for stub in proxy.stubs.values():
        stub.reset()
    _, answered, _ = proxy.ask(CONVERT, b"document", headers=sent)
    (seen,) = [headers for stub in proxy.stubs.values() for headers in stub.seen]
    for name, value in arrived.items():
        if value == "own":
            assert re.fullmatch(r"[0-9a-f-]{36}", seen[name])
            assert answered[name] == seen[name]
        else:
            assert seen.get(name) == value


def test_log_line(proxy: Loopback) -> None:
    proxy.ask(CONVERT + "?password=secret", b"document", headers={"X-Request-ID": "logged"})
    proxy.ask("/wrapperservice/heartbeat", headers={"X-Request-ID": "heartbeat"})
    wait_for(lambda: any(line["requestId"] == "logged" for line in proxy.log()))
    (line,) = [line for line in proxy.log() if line["requestId"] == "logged"]
    assert (line["path"], line["method"], line["status"], line["end"]) == (CONVERT, "POST", 200, "--")
    assert (line["client"], line["backend"], line["retries"]) == ("127.0.79.46", "wrapper", "0")
    assert line["server"] in ("wrapper-01", "wrapper-02")
    assert "secret" not in json.dumps(line)
    assert not any(line["requestId"] == "heartbeat" for line in proxy.log())  # it was well


def authorization(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"admin:{password}".encode()).decode()}


def test_stats_asks_for_the_password_and_not_for_ever(proxy: Loopback) -> None:
    guesser = "127.0.79.47"
    assert proxy.ask("/stats", headers=authorization(PASSWORD))[0] == 200
    assert PASSWORD not in (proxy.folder / "haproxy.cfg").read_text()
    answers = [proxy.ask("/stats", headers=authorization(f"{n}"), source=guesser)[0] for n in range(30)]
    assert answers[0] == 401
    assert answers[-1] == 429
    assert proxy.ask("/stats", headers=authorization(PASSWORD))[0] == 200  # somebody else is not hindered


# (source, path, status; None: closed without an answer)
HEALTH = [
    (MONITOR, "/healthz", 200),
    (MONITOR, "/metrics", 200),
    (MONITOR, "/stats", 401),
    (MONITOR, "/wrapperservice", 404),
    ("127.0.79.12", "/healthz", 200),  # the other proxy
    ("127.0.79.46", "/healthz", None),
    ("127.0.79.46", "/metrics", None),
]


@pytest.mark.parametrize(("source", "path", "status"), HEALTH)
def test_health_port(proxy: Loopback, source: str, path: str, status: int | None) -> None:
    port = proxy.topology.ports.health
    if status is None:
        with pytest.raises(OSError, match=r"."):
            proxy.ask(path, port=port, source=source)
    else:
        answered, _, body = proxy.ask(path, port=port, source=source)
        assert answered == status
        assert path != "/metrics" or b"haproxy_server_status" in body


# heartbeat's status, what HAProxy thinks of the server then
CHECKS = [(503, "NOLB"), (200, "UP"), (404, "DOWN"), (200, "UP"), (500, "DOWN"), (200, "UP")]


def test_only_503_drains(proxy: Loopback) -> None:
    for status, state in CHECKS:
        proxy.stubs["wrapper-01"].heartbeat = status
        wait_for(lambda state=state: proxy.states("wrapper")["wrapper-01"] == state)  # type: ignore[misc]
        assert proxy.states("wrapper_short")["wrapper-01"] == state
        assert proxy.states("wrapper")["wrapper-02"] == "UP"


def test_a_heartbeat_that_takes_long_is_asked_for_elsewhere(proxy: Loopback) -> None:
    proxy.stubs["wrapper-01"].heartbeat = 0
    try:
        for _ in range(4):
            began = time.monotonic()
            assert proxy.ask("/wrapperservice/heartbeat")[0] == 200
            assert time.monotonic() - began < 0.8
    finally:
        proxy.stubs["wrapper-01"].heartbeat = 200
        wait_for(lambda: set(proxy.states("wrapper").values()) == {"UP"})


def test_no_server_is_told(proxy: Loopback) -> None:
    wrappers = [stub for name, stub in proxy.stubs.items() if name.startswith("wrapper")]
    for stub in wrappers:
        stub.heartbeat = 503
    try:
        wait_for(lambda: proxy.healthz() == 503)
        status, headers, body = proxy.ask(CONVERT, b"document")
        assert (status, json.loads(body)["code"], headers["retry-after"]) == (503, "no-instance", "1")
    finally:
        for stub in wrappers:
            stub.heartbeat = 200
        wait_for(lambda: set(proxy.states("wrapper").values()) == {"UP"})


@pytest.mark.parametrize(
    ("role", "port_name", "work", "heartbeat"),
    [
        ("wrapper", "wrapper_proxy", CONVERT, "/wrapperservice/heartbeat"),
        ("afp2web", "afp2web_proxy", "/services/transform", "/services/version"),
    ],
)
def test_all_late_is_not_none(tmp_path: Path, role: str, port_name: str, work: str, heartbeat: str) -> None:
    """No heartbeat arrives in time, as on machines with too much to do: work goes on, the VIP stays."""
    with running(tmp_path) as busy:
        port = getattr(busy.topology.ports, port_name)
        for name, stub in busy.stubs.items():
            stub.heartbeat = 0 if name.startswith(role) else 200
        wait_for(lambda: set(busy.states(role).values()) == {"DOWN"}, seconds=10)
        for _ in range(4):
            assert busy.ask(work, b"document", port=port)[::2] == (200, b"document")
        wait_for(lambda: len([line for line in busy.log() if line["path"] == work]) == 4)
        assert {line["backend"] for line in busy.log() if line["path"] == work} == {f"{role}_late"}
        assert busy.ask(heartbeat, port=port)[0] == 200
        assert busy.healthz() == 200
        instances = [name for name in busy.stubs if name.startswith("afp2web")]
        for avoided, other in zip(instances, reversed(instances), strict=True):
            hint = {"X-Avoid-Instance": avoided}
            if role == "afp2web":
                assert busy.ask(work, b"x", port=port, headers=hint)[1]["x-instance"] == other


def test_all_lost_is_told_at_once(tmp_path: Path) -> None:
    with running(tmp_path) as lost:
        for name in lost.stubs:
            if name.startswith("wrapper"):
                lost.lose(name)
        wait_for(lambda: lost.healthz() == 503, seconds=10)
        began = time.monotonic()
        status, headers, body = lost.ask(CONVERT, b"document")
        assert (status, json.loads(body)["code"], headers["retry-after"]) == (503, "no-instance", "1")
        assert time.monotonic() - began < 3


def test_work_waits_in_the_proxy_and_heartbeats_do_not(proxy: Loopback) -> None:
    """One worker per afp2web: four places each; the rest waits, in the fair order, and arrives."""
    stubs = [stub for name, stub in proxy.stubs.items() if name.startswith("afp2web")]
    port = proxy.topology.ports.afp2web_proxy
    for stub in stubs:
        stub.reset("hold")
    ended: list[str] = []

    def post(name: str, source: str) -> None:
        status, _, _ = proxy.ask("/services/transform", b"x", port=port, source=source)
        assert status == 200
        ended.append(name)

    many = [threading.Thread(target=post, args=("many", "127.0.79.46")) for _ in range(40)]
    single = threading.Thread(target=post, args=("single", "127.0.79.48"))
    for thread in many:
        thread.start()
    wait_for(lambda: sum(stub.at_once for stub in stubs) == 8 and proxy.queued("afp2web") == 32)
    single.start()
    wait_for(lambda: proxy.queued("afp2web") == 33)
    began = time.monotonic()
    assert proxy.ask("/services/version", port=port)[0] == 200
    assert time.monotonic() - began < 0.4
    assert [stub.most_at_once for stub in stubs] == [4, 4]
    for stub in stubs:
        stub.release.set()
    for thread in (*many, single):
        thread.join()
    assert len(ended) == 41
    assert ended.index("single") < 20, "one request of a client with one overtakes those of one with forty"


def test_who_leaves_is_not_worked_for(proxy: Loopback) -> None:
    for stub in proxy.stubs.values():
        stub.reset("hold")
    try:
        with proxy.connect() as made:
            made.sendall(b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx" % CONVERT.encode())
            wait_for(lambda: any(stub.at_once for stub in proxy.stubs.values()))
        wait_for(lambda: any(stub.gone.is_set() for stub in proxy.stubs.values()), seconds=0.5)
    finally:
        for stub in proxy.stubs.values():
            stub.reset()


def test_the_instance_that_failed_can_be_avoided(proxy: Loopback) -> None:
    port = proxy.topology.ports.afp2web_proxy
    for avoided, other in (("afp2web-03", "afp2web-04"), ("afp2web-04", "afp2web-03")):
        for _ in range(5):
            hint = {"X-Avoid-Instance": avoided}
            _, headers, _ = proxy.ask("/services/transform", b"x", port=port, headers=hint)
            assert headers["x-instance"] == other


def test_a_slow_body_is_waited_for_and_a_slow_head_is_not(proxy: Loopback) -> None:
    with proxy.connect() as made:
        made.sendall(b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nx" % CONVERT.encode())
        time.sleep(1.2)  # longer than header_timeout, and less than client_timeout
        made.sendall(b"y")
        assert made.recv(100).startswith(b"HTTP/1.1 200 ")
    with proxy.connect() as idle:
        began = time.monotonic()
        while idle.recv(4000):
            pass
        assert 0.8 < time.monotonic() - began < 2


def silent(proxy: Loopback, stack: contextlib.ExitStack, source: str, count: int) -> list[socket.socket]:
    """Connections on which nothing is said; without those that were refused at once."""
    made = []
    for _ in range(count):
        with contextlib.suppress(ConnectionError):
            made.append(stack.enter_context(proxy.connect(source)))
            made[-1].setblocking(False)
    return made


def still_open(connections: list[socket.socket]) -> int:
    count = 0
    for made in connections:
        try:
            made.recv(1)
        except BlockingIOError:
            count += 1
        except ConnectionError:
            pass
    return count


def test_limits_of_a_source_and_of_all(tmp_path: Path) -> None:
    """One source can have 20 connections, all together 30: then health still answers."""
    limits = {"max_connections": "30", "source_connections": "20", "source_requests": "3"}
    with running(tmp_path, **limits, header_timeout="30s") as proxy, contextlib.ExitStack() as stack:
        held = silent(proxy, stack, "127.0.79.50", 25)
        wait_for(lambda: still_open(held) <= 20)
        time.sleep(0.2)  # it closes no more
        assert still_open(held) == 20
        assert proxy.ask("/wrapperservice/heartbeat")[0] == 200  # somebody else
        silent(proxy, stack, "127.0.79.51", 15)  # more than fit in
        for source in (MONITOR, "127.0.79.12"):
            assert proxy.ask("/healthz", port=proxy.topology.ports.health, source=source)[0] == 200
        assert proxy.process.poll() is None


def test_too_many_requests_are_told(tmp_path: Path) -> None:
    with running(tmp_path, source_requests="3", source_rate="5") as proxy:
        for stub in proxy.stubs.values():
            stub.reset("hold")
        threads = [threading.Thread(target=proxy.ask, args=(CONVERT, b"x")) for _ in range(3)]
        for thread in threads:
            thread.start()
        wait_for(lambda: sum(stub.at_once for stub in proxy.stubs.values()) == 3)
        status, headers, body = proxy.ask(CONVERT, b"x")
        assert (status, json.loads(body)["code"], headers["retry-after"]) == (429, "too-many-requests", "1")
        for stub in proxy.stubs.values():
            stub.reset()
        for thread in threads:
            thread.join()
        answers = [proxy.ask(CONVERT, b"x", source="127.0.79.52")[0] for _ in range(60)]
        assert answers[:50] == [200] * 50  # five a second, over ten seconds
        assert answers[-1] == 429
        # wrapper-service speaks for many
        ours = [proxy.ask(CONVERT, b"x", source="127.0.79.21")[0] for _ in range(60)]
        assert set(ours) == {200}
