"""Requests that break in the middle: what was asked before is answered, what was not understood is told."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator

import pytest
from scripted_server import ScriptedServer, answer, refusal
from service_processes import (
    Afp2webProcess,
    ServiceProcess,
    WrapperProcess,
    eventually,
    freeze,
    heard,
    thaw,
)

PATHS = {"afp2web": "/services/transform", "wrapper": "/wrapperservice/convert"}
LARGE = 3_000_000


@pytest.fixture(scope="module")
def afp2web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Afp2webProcess]:
    """It does not wait long for headers."""
    instance = Afp2webProcess(tmp_path_factory.mktemp("afp2web"), "service.header-timeout-seconds = 0.3")
    yield instance
    instance.stop()


@pytest.fixture(scope="module")
def target() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def wrapper(tmp_path_factory: pytest.TempPathFactory, target: ScriptedServer) -> Iterator[WrapperProcess]:
    properties = "afp2web.deadline-seconds = 0.5"
    wrapper = WrapperProcess(tmp_path_factory.mktemp("wrapper"), target.port, properties)
    yield wrapper
    wrapper.stop()


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory, target: ScriptedServer) -> Iterator[WrapperProcess]:
    """The same, with all the time that it needs."""
    wrapper = WrapperProcess(tmp_path_factory.mktemp("patient"), target.port)
    yield wrapper
    wrapper.stop()


@pytest.fixture(params=PATHS)
def service(request: pytest.FixtureRequest) -> ServiceProcess:
    instance: ServiceProcess = request.getfixturevalue(request.param)
    return instance


def path(service: ServiceProcess) -> bytes:
    return PATHS["wrapper" if isinstance(service, WrapperProcess) else "afp2web"].encode()


def post(service: ServiceProcess, *headers: bytes) -> bytes:
    lines = [b"POST %s HTTP/1.1" % path(service), b"Host: x", b"Accept: application/json", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def said(port: int, *pieces: bytes, pause: float = 0.2) -> bytes:
    """All that the service says until it ends the connection, to pieces that come one after the other."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        return heard(connection)


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ((b"4\r\nabcd\r\n", b"zz\r\n"), 400),  # no length
        ((b"4\r\nabcd", b"efgh\r\n0\r\n\r\n"), 400),  # longer than it says
        ((b"4\r\nabcd\r\nffffffffffffffffff\r\n",), 400),
        ((b"4\r\nabcd\r\n0\r\nx: \0\r\n\r\n",), 400),  # a trailer that is none
        ((b"4\r\nabcd\r\n0\r\n" + b"x: y\r\n" * 10_000 + b"\r\n",), 431),
    ],
)
def test_a_body_that_breaks_is_told_as_such(
    service: ServiceProcess, pieces: tuple[bytes, ...], status: int
) -> None:
    before = len(service.logged("audit"))
    head, _, body = said(service.port, post(service, b"Transfer-Encoding: chunked"), *pieces).partition(
        b"\r\n\r\n"
    )
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"connection: close" in head.lower()
    problem = json.loads(body)
    code = "body-malformed" if isinstance(service, WrapperProcess) else "A2W-1005"
    assert (problem["code"], problem["status"]) == (code, status)
    (line,) = eventually(lambda: service.logged("audit")[before:])
    assert (line["result"], line["status"], line["request_id"]) == (code, status, problem["requestId"])


@pytest.mark.parametrize(
    "coding",
    [b"gzip, chunked", b"chunked, gzip", b"identity", b"x", b"chunked\r\nTransfer-Encoding: chunked"],
)
def test_a_transfer_coding_that_we_cannot_read(service: ServiceProcess, coding: bytes) -> None:
    head = post(service, b"Transfer-Encoding: " + coding)
    answered = said(service.port, head + b"1\r\nx\r\n0\r\n\r\n")
    assert answered.startswith(b"HTTP/1.1 400 ")
    assert answered.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("protocol", [b"h2c", b"TLS/1.2", b"websocket"])
@pytest.mark.parametrize("cut", [0, 1, 50])
@pytest.mark.parametrize("chunked", [True, False])
def test_an_offer_of_another_protocol_is_ignored(
    afp2web: Afp2webProcess, document: bytes, converted: bytes, protocol: bytes, cut: int, chunked: bool
) -> None:
    """As some HTTP clients make it with each request (RFC 9110 section 7.8). `cut`:
    bytes of the body that come with the headers."""
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(document), document) if chunked else document
    framing = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % len(document)
    offer = b"Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\nUpgrade: " + protocol
    again = post(afp2web, framing) + body  # is not in the document
    answered = said(afp2web.port, post(afp2web, offer, framing) + body[:cut], body[cut:] + again)
    assert answered.startswith(b"HTTP/1.1 200 ")
    assert answered.endswith(b"\r\n\r\n" + converted)
    assert answered.count(b"HTTP/1.1 ") == 1


def test_offers_of_another_protocol_without_a_body_cost_no_connection(wrapper: WrapperProcess) -> None:
    offer = b"GET /wrapperservice/livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    last = offer.replace(b"Upgrade\r\nUpgrade: h2c", b"close")
    assert said(wrapper.port, offer * 3 + last).count(b"HTTP/1.1 200 ") == 4
    assert {line["message"] for line in wrapper.log() if line["level"] == "WARNING"} <= {
        "afp2web attempt failed"
    }


def test_a_target_that_is_no_path(service: ServiceProcess) -> None:
    """RFC 9112 section 3.2.3: the authority form, which is a proxy's."""
    answered = said(service.port, post(service).replace(b"POST %s" % path(service), b"CONNECT x:80"))
    assert answered.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("codings", "status"),
    [
        (b"Content-Encoding: identity\r\nContent-Encoding: gzip", 415),
        (b"Content-Encoding: identity, deflate", 415),
        (b"Content-Encoding: identity, Identity", 200),
        (b"Content-Encoding:", 200),
    ],
)
def test_every_content_coding_counts(
    afp2web: Afp2webProcess, document: bytes, codings: bytes, status: int
) -> None:
    head = post(afp2web, codings, b"Connection: close", b"Content-Length: %d" % len(document))
    assert said(afp2web.port, head + document).startswith(b"HTTP/1.1 %d " % status)


def test_a_body_that_nobody_reads_may_break(service: ServiceProcess) -> None:
    """The request is answered, and its connection ends."""
    request = post(service, b"Transfer-Encoding: chunked").replace(b"POST", b"DELETE")
    answered = said(service.port, request + b"zz\r\n")
    assert answered.startswith(b"HTTP/1.1 405 ")
    assert answered.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    "nonsense",
    [b"\0\1\2\r\n\r\n", b"GET / HTTP/1.1\r\nx: " + b"x" * 40_000, b"G"],
    ids=["no HTTP", "431", "slow"],
)
def test_nonsense_behind_a_request_leaves_its_answer_alone(
    afp2web: Afp2webProcess, document: bytes, converted: bytes, nonsense: bytes
) -> None:
    workers = afp2web.workers()
    freeze(*workers)
    refused = len(afp2web.logged("connection refused"))
    head = post(afp2web, b"Content-Length: %d" % len(document))
    with socket.create_connection(("127.0.0.1", afp2web.port), timeout=20) as connection:
        connection.sendall(head + document)
        time.sleep(0.2)
        connection.sendall(nonsense)
        time.sleep(0.5)
        thaw(*workers)
        answered = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answered.startswith(b"HTTP/1.1 200 ")
    assert answered.endswith(b"\r\n\r\n" + converted)
    assert len(afp2web.logged("connection refused")) == refused + 1


def test_nonsense_amid_an_answer_is_not_in_it(wrapper: WrapperProcess, target: ScriptedServer) -> None:
    target.play(answer(200, bytes(LARGE)))
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(20)
        connection.connect(("127.0.0.1", wrapper.port))
        connection.sendall(post(wrapper, b"Content-Length: 1") + b"x")
        begun = connection.recv(100)
        connection.sendall(b"\0\1\2\r\n\r\n")
        answered = begun + b"".join(iter(lambda: connection.recv(65536), b""))
    assert answered.partition(b"\r\n\r\n")[2] == bytes(LARGE)


@pytest.mark.parametrize(
    ("line", "result", "attempts"),
    [
        (answer(200, b"%PDF"), "ok", 1),
        (refusal(422, "A2W-2001"), "A2W-2001", 1),
        (refusal(501, "A2W-3001"), "A2W-3001", 1),
        (refusal(500, "A2W-5003"), "afp2web-failed", 3),
        (None, "afp2web-unavailable", None),  # as many as the time allows
    ],
)
def test_the_audit_tells_the_calls_whatever_came_of_them(
    wrapper: WrapperProcess,
    patient: WrapperProcess,
    target: ScriptedServer,
    line: bytes | None,
    result: str,
    attempts: int | None,
) -> None:
    target.play(line)
    called = wrapper if attempts is None else patient
    before = len(called.logged("audit"))
    called.convert(b"x")
    (audit,) = eventually(lambda: called.logged("audit")[before:])
    assert (audit["result"], audit["target"]) == (result, f"http://127.0.0.1:{target.port}")
    assert audit["attempts"] == len(target.bodies) if attempts is None else attempts
    request = called.logged("request")[-1]
    assert (request["attempts"], request["target"]) == (audit["attempts"], audit["target"])
