"""wrapper-service between clients and servers that fail in every way."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from scripted_server import ScriptedServer, answer, refusal
from service_processes import Afp2webProcess, Reply, WrapperProcess, eventually, freeze, thaw

Start = Callable[..., Afp2webProcess]
MULTIPART = {"Content-Type": "multipart/form-data; boundary=cut"}


PDF = b"%PDF-1.7\n" + b"x" * 5000
WHOLE = answer(200, PDF)


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def scripted(tmp_path_factory: pytest.TempPathFactory, server: ScriptedServer) -> Iterator[WrapperProcess]:
    """A wrapper-service whose afp2web is the scripted server."""
    properties = "afp2web.max-answer-bytes = 1000000\nservice.spool-memory-bytes = 100000\n"
    wrapper = WrapperProcess(tmp_path_factory.mktemp("scripted"), server.port, properties)
    yield wrapper
    wrapper.stop()


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory, server: ScriptedServer) -> Iterator[WrapperProcess]:
    """The same, with a deadline that is soon over."""
    properties = "afp2web.deadline-seconds = 1.5\n"
    wrapper = WrapperProcess(tmp_path_factory.mktemp("hurried"), server.port, properties)
    yield wrapper
    wrapper.stop()


@pytest.mark.parametrize(
    ("lines", "status", "code", "calls"),
    [
        ([WHOLE], 200, None, 1),
        ([None, WHOLE], 200, None, 2),
        ([refusal(503, "A2W-5001")] * 4 + [WHOLE], 200, None, 5),
        ([answer(502, b"<html>a proxy", "text/html"), answer(504), WHOLE], 200, None, 3),
        ([answer(200, PDF, length=len(PDF) + 1), WHOLE], 200, None, 2),
        ([answer(200, PDF, length=None), WHOLE], 200, None, 2),
        ([b"HTTP/1.1 200 OK\r\nContent-Le", WHOLE], 200, None, 2),
        ([b"nonsense\r\n\r\n", WHOLE], 200, None, 2),
        ([answer(302), WHOLE], 200, None, 2),
        ([answer(408), answer(429), WHOLE], 200, None, 3),
        ([refusal(500, "A2W-5003"), WHOLE], 200, None, 2),
        ([refusal(500, "A2W-5003")], 502, "afp2web-failed", 3),
        ([refusal(504, "A2W-5004"), None, refusal(500, "A2W-5000")], 502, "afp2web-failed", 4),
        ([refusal(422, "A2W-2001")], 422, "A2W-2001", 1),
        ([refusal(413, "A2W-1007")], 413, "A2W-1007", 1),
        ([refusal(501, "A2W-3003")], 501, "A2W-3003", 1),
        ([answer(404, b"<html>", "text/html")], 404, "afp2web-refused", 1),
        ([answer(499, b"<html>", "text/html")], 499, "afp2web-refused", 1),
        ([refusal(401, "A2W-1012"), answer(403), WHOLE], 200, None, 3),
        ([refusal(401, "A2W-1012")], 504, "afp2web-unavailable", None),
        ([answer(200, b"<html>", "text/html"), WHOLE], 200, None, 2),
        ([answer(200, b"", length=2_000_000)], 502, "answer-too-large", 1),
    ],
)
def test_which_answers_are_repeated(
    scripted: WrapperProcess,
    hurried: WrapperProcess,
    server: ScriptedServer,
    lines: list[bytes | None],
    status: int,
    code: str | None,
    calls: int | None,
) -> None:
    server.play(*lines)
    wrapper = hurried if calls is None else scripted
    reply = wrapper.convert(b"the document")
    assert reply.status == status, reply.body
    if calls is not None:  # else until the deadline
        assert server.bodies == [b"the document"] * calls
    if code is None:
        assert reply.body == PDF
        assert reply.headers["X-Wrapper-Attempts"] == str(calls)
    else:
        assert reply.headers.get_content_type() == "application/problem+json"
        assert (reply.json["code"], reply.json["status"]) == (code, status)
        assert reply.json["requestId"] == reply.headers["X-Request-ID"]
    eventually(lambda: wrapper.open_temp_files() == 0)


@pytest.mark.parametrize(("characters", "status"), [(600, 200), (1300, 400)])
def test_parameters_that_afp2web_could_not_take(
    scripted: WrapperProcess, server: ScriptedServer, characters: int, status: int
) -> None:
    """A Chinese character has three bytes in a form and nine in a URL."""
    part = '--cut\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    names = ("title", "password", "groups", "part-name")
    form = (
        "".join(part % (name, "\u4e2d" * characters) for name in names) + part % ("file", "x") + "--cut--\r\n"
    )
    server.play(WHOLE)
    reply = scripted.call("POST", "/wrapperservice/convert", form.encode(), MULTIPART)
    assert reply.status == status, reply.body
    assert len(server.bodies) == (status == 200)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (
            MULTIPART,
            '--cut\r\nContent-Disposition: form-data; name="upload"; filename="a"\r\n\r\n%s\r\n--cut--\r\n',
        ),
        ({"Content-Type": "application/json"}, '{"upload": "%s"}'),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "upload=%s"),
    ],
)
def test_a_document_in_a_field_of_another_name(
    scripted: WrapperProcess, headers: dict[str, str], body: str
) -> None:
    """Who sends it is told which field it belongs in."""
    reply = scripted.call("POST", "/wrapperservice/convert", (body % ("A" * 100_000)).encode(), headers)
    assert (reply.status, reply.json["code"]) == (400, "too-many-parameters")
    assert "The document's field is file or document or inputbuffer." in reply.json["detail"]


def test_offset_and_code_of_a_refusal_are_passed_on(scripted: WrapperProcess, server: ScriptedServer) -> None:
    server.play(refusal(422, "A2W-2002"))
    problem = scripted.convert(b"x").json
    assert (problem["code"], problem["offset"], problem["detail"]) == ("A2W-2002", 7, "no")


@pytest.mark.parametrize("size", [10, 3_000_000])
def test_a_spooled_document_is_sent_again_whole(
    scripted: WrapperProcess, server: ScriptedServer, size: int
) -> None:
    document = os.urandom(size)
    server.play(None, answer(503), WHOLE)
    assert scripted.convert(document).body == PDF
    assert server.bodies == [document] * 3


def test_repeating_ends_at_the_deadline(hurried: WrapperProcess, server: ScriptedServer) -> None:
    server.play(answer(503))
    began = time.monotonic()
    reply = hurried.convert(b"x")
    assert (reply.status, reply.json["code"]) == (504, "afp2web-unavailable")
    assert time.monotonic() - began < 2.5
    assert 5 <= len(server.bodies) <= 12


@contextmanager
def full_backlog() -> Iterator[int]:
    """The port of a server to which no connection can be made: it takes none, and its backlog is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as stack:
        port = listener.getsockname()[1]
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        yield port


def test_a_server_that_takes_no_connection_is_not_taken_for_a_slow_conversion(start: Start) -> None:
    """The document is not suspected, and the client is told to come again."""
    with full_backlog() as port:
        properties = "afp2web.connect-timeout-seconds = 0.1\nafp2web.deadline-seconds = 2"
        reply = start(lambda folder: WrapperProcess(folder, port, properties)).convert(b"x")
    assert (reply.status, reply.json["code"]) == (504, "afp2web-unavailable")
    assert "ConnectionTimeoutError" in reply.json["detail"]


@pytest.mark.parametrize(
    ("query", "headers", "body", "status", "code"),
    [
        ("?strict=perhaps", {}, b"x", 400, "parameter-value"),
        ("?fail-on=info", {}, b"x", 400, "parameter-value"),
        ("?pdf-a=4f", {}, b"x", 400, "parameter-value"),
        ("?nonsense=1", {}, b"x", 400, "parameter-unknown"),
        ("?OutputFormat=TIFF", {}, b"x", 400, "parameter-unknown"),
        ("?strict=true&STRICT=false", {}, b"x", 400, "parameter-twice"),
        ("", {}, b"", 400, "document-missing"),
        ("", {"Content-Type": "text/plain"}, b"x", 415, "media-type"),
        ("", MULTIPART, b"--cut--", 400, "document-missing"),
        ("/more", {}, b"x", 404, "not-found"),
    ],
)
def test_refusals_of_its_own(
    shared: WrapperProcess, query: str, headers: dict[str, str], body: bytes, status: int, code: str
) -> None:
    reply = shared.convert(body, query, **headers)
    assert (reply.status, reply.json["code"]) == (status, code)
    assert reply.headers.get_content_type() == "application/problem+json"


def test_an_unknown_path_is_told_what_there_is(shared: WrapperProcess) -> None:
    detail = shared.convert(b"x", "/more").json["detail"]
    assert "/wrapperservice/convert/more" in detail
    assert "/wrapperservice/heartbeat" in detail


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, afp2web: Afp2webProcess) -> Iterator[WrapperProcess]:
    wrapper = WrapperProcess(tmp_path_factory.mktemp("wrapper"), afp2web.port)
    yield wrapper
    wrapper.stop()


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 200), ("?fail-on=skipped", 422), ("?Fail-On=ERROR", 422)],
)
def test_a_damaged_document_may_be_refused(
    shared: WrapperProcess, document: bytes, query: str, status: int
) -> None:
    reply = shared.convert(document + b"\xfe\x01\x02" * 10, query)
    assert reply.status == status
    if status == 200:
        assert reply.headers["X-AFP2web-Bytes-Lost"] == "30"
    else:
        assert reply.json["code"] == "A2W-2006"
        assert "30 bytes" in reply.json["detail"]


@pytest.mark.parametrize("level", ["1b", "3U"])
def test_archives(shared: WrapperProcess, document: bytes, level: str) -> None:
    reply = shared.convert(document, f"?pdf-a={level}")
    assert reply.status == 200
    assert f"<pdfaid:part>{level[0]}</pdfaid:part>".encode() in reply.body


@pytest.mark.parametrize("path", ["", "/heartbeat", "/livez", "/readyz"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_pages_answer(shared: WrapperProcess, method: str, path: str) -> None:
    reply = shared.call(method, f"/wrapperservice{path}")
    assert reply.status == 200
    assert (reply.body == b"") is (method == "HEAD")


def test_openapi_describes_what_is_offered(shared: WrapperProcess) -> None:
    paths = shared.call("GET", "/wrapperservice/openapi.json").json["paths"]
    assert {path: sorted(methods) for path, methods in paths.items()} == {
        "/wrapperservice": ["get"],
        "/wrapperservice/heartbeat": ["get"],
        "/wrapperservice/livez": ["get"],
        "/wrapperservice/readyz": ["get"],
        "/wrapperservice/convert": ["post"],
    }
    offered = {
        o["path"]
        for o in shared.call("GET", "/wrapperservice", headers={"Accept": "application/json"}).json["offers"]
    }
    assert offered == set(paths) - {"/wrapperservice"} | {"/wrapperservice/openapi.json"}


@pytest.mark.parametrize(
    ("headers", "before", "after"),
    [
        ({}, b"", b""),
        ({"Content-Type": "application/vnd.ibm.modcap"}, b"", b""),
        (
            MULTIPART,
            b'--cut\r\nContent-Disposition: form-data; name="file"; filename="x.afp"\r\n\r\n',
            b"\r\n--cut--\r\n",
        ),
    ],
)
def test_a_document_through_both_services(
    shared: WrapperProcess,
    document: bytes,
    converted: bytes,
    headers: dict[str, str],
    before: bytes,
    after: bytes,
) -> None:
    reply = shared.convert(before + document + after, "?filename=statement.afp", **headers)
    assert (reply.status, reply.body) == (200, converted), reply.body[:500]
    assert reply.headers["X-AFP2web-Pages"] == "1"
    assert 'filename="statement.pdf"' in reply.headers["Content-Disposition"]


def test_the_engines_refusal_through_both_services(shared: WrapperProcess) -> None:
    reply = shared.convert(b"plainly not AFP", "", **{"X-Request-ID": "seen-in-both"})
    assert (reply.status, reply.json["code"], reply.json["requestId"]) == (422, "A2W-2001", "seen-in-both")


def test_a_server_killed_while_it_converts_costs_no_request(
    start: Start, document: bytes, converted: bytes
) -> None:
    first, second = start(Afp2webProcess), start(Afp2webProcess)
    properties = f"afp2web.fallback-targets = http://127.0.0.1:{second.port}"
    wrapper = start(lambda folder: WrapperProcess(folder, first.port, properties))
    freeze(*first.workers())
    with ThreadPoolExecutor(4) as threads:
        replies = [threads.submit(wrapper.convert, document) for _ in range(4)]
        eventually(lambda: first.metric("queue_length") == 2)
        first.process.kill()
        results: list[Reply] = [reply.result() for reply in replies]
    assert [(reply.status, reply.body) for reply in results] == [(200, converted)] * 4
    assert {reply.headers["X-Wrapper-Target"] for reply in results} == {f"http://127.0.0.1:{second.port}"}


def test_a_frozen_server_costs_no_request(start: Start, document: bytes, converted: bytes) -> None:
    first, second = start(Afp2webProcess), start(Afp2webProcess)
    properties = (
        f"afp2web.fallback-targets = http://127.0.0.1:{second.port}\nafp2web.probe-interval-seconds = 0.1"
    )
    wrapper = start(lambda folder: WrapperProcess(folder, first.port, properties))
    freeze(first.process.pid)
    reply = wrapper.convert(document)
    assert (reply.status, reply.body) == (200, converted)
    assert reply.headers["X-Wrapper-Attempts"] == "2"


def test_a_long_conversion_is_not_taken_for_a_frozen_server(
    start: Start, document: bytes, converted: bytes
) -> None:
    server = start(Afp2webProcess)
    wrapper = start(
        lambda folder: WrapperProcess(folder, server.port, "afp2web.probe-interval-seconds = 0.1")
    )
    workers = server.workers()
    freeze(*workers)
    with ThreadPoolExecutor(1) as threads:
        reply = threads.submit(wrapper.convert, document)
        time.sleep(1)
        thaw(*workers)
        assert (reply.result().status, reply.result().body) == (200, converted)
    assert reply.result().headers["X-Wrapper-Attempts"] == "1"


def test_a_worker_killed_while_it_converts_costs_no_request(
    afp2web: Afp2webProcess, shared: WrapperProcess, document: bytes, converted: bytes
) -> None:
    afp2web.wait_until_whole()
    workers = afp2web.workers()
    freeze(*workers)
    with ThreadPoolExecutor(1) as threads:
        reply = threads.submit(shared.convert, document)
        eventually(lambda: afp2web.metric("workers_idle") == 1)
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        assert (reply.result().status, reply.result().body) == (200, converted)


def test_a_client_that_leaves_ends_the_call(
    afp2web: Afp2webProcess, shared: WrapperProcess, document: bytes
) -> None:
    afp2web.wait_until_whole()
    workers = afp2web.workers()
    freeze(*workers)
    head = f"POST /wrapperservice/convert HTTP/1.1\r\nHost: x\r\nContent-Length: {len(document)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", shared.port)) as connection:
        connection.sendall(head.encode() + document)
        eventually(lambda: afp2web.metric("workers_idle") == 1)
    eventually(lambda: len(set(workers) & set(afp2web.workers())) == len(workers) - 1)
    thaw(*(set(workers) & set(afp2web.workers())))
    eventually(lambda: shared.open_temp_files() == 0)
