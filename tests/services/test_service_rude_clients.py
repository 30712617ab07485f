"""Clients that ask faster than they listen, or do not listen at all."""

from __future__ import annotations

import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from scripted_server import ScriptedServer, answer
from service_processes import WrapperProcess, eventually, heard

CONVERT = b"POST /wrapperservice/convert HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12345"
LIVEZ = b"GET /wrapperservice/livez HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = LIVEZ.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
LARGE = 20_000_000


@pytest.fixture(scope="module")
def wrapper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WrapperProcess]:
    """Each conversion has a large result, which must be taken within a second."""
    server = ScriptedServer()
    server.play(answer(200, bytes(LARGE)))
    folder = tmp_path_factory.mktemp("rude")
    wrapper = WrapperProcess(folder, server.port, "service.answer-timeout-seconds = 1")
    yield wrapper
    wrapper.stop()
    server.close()


def said(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        return heard(connection)


def test_some_requests_may_be_sent_before_they_are_answered(wrapper: WrapperProcess) -> None:
    assert said(wrapper.port, LIVEZ * 60 + LAST).count(b"HTTP/1.1 200 OK") == 61


def test_a_flood_of_requests_on_one_connection_holds_up_nobody(wrapper: WrapperProcess) -> None:
    with socket.create_connection(("127.0.0.1", wrapper.port), timeout=10) as connection:
        with suppress(OSError):  # it is ended meanwhile
            connection.sendall(LIVEZ * 60_000)
        assert wrapper.heartbeat().status == 200
        eventually(lambda: "pipelining" in [x["reason"] for x in wrapper.logged("connection refused")])


def test_many_small_headers_count_as_large(wrapper: WrapperProcess) -> None:
    assert said(wrapper.port, LAST[:-2] + b"a:\r\n" * 500 + b"\r\n").startswith(b"HTTP/1.1 200 ")
    assert said(wrapper.port, LAST[:-2] + b"a:\r\n" * 2000 + b"\r\n").startswith(b"HTTP/1.1 431 ")


def _leaves(connection: socket.socket) -> None:
    connection.recv(1000)
    connection.close()


@pytest.mark.parametrize("behaviour", [_leaves, lambda _: None], ids=["leaves amid it", "never reads"])
def test_who_does_not_take_his_answer(
    wrapper: WrapperProcess, behaviour: Callable[[socket.socket], None]
) -> None:
    """The audit does not say that he has it, and nothing is kept for him."""
    before = len(wrapper.logged("audit"))
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(10)
        connection.connect(("127.0.0.1", wrapper.port))
        connection.sendall(CONVERT)
        behaviour(connection)
        line = eventually(lambda: wrapper.logged("audit")[before:])[0]
        assert (line["result"], line["status"]) == ("client-gone", 499)
        assert line["bytes_out"] < LARGE
        eventually(lambda: wrapper.metric("connections") == 1)
    eventually(lambda: wrapper.open_temp_files() == 0)
    assert not wrapper.logged("internal error")


def test_whole_answers_are_in_the_audit_as_such(wrapper: WrapperProcess) -> None:
    before = len(wrapper.logged("audit"))
    assert len(wrapper.convert(b"12345").body) == LARGE
    line = eventually(lambda: wrapper.logged("audit")[before:])[0]
    assert (line["result"], line["bytes_out"]) == ("ok", LARGE)


@pytest.mark.parametrize(
    ("files", "connections"),
    [(20_000, 6500), (1024, 256), (300, 14), (64, 1)],
)
def test_no_more_connections_than_files_may_be_open(files: int, connections: int) -> None:
    """Else idle ones would leave no room for a heartbeat. (The least is one, and those for health.)"""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < files:
        pytest.skip(f"this system allows no {files} open files")
    code = f"""
import resource
from afpcluster.web.connections import raise_descriptor_limit
resource.setrlimit(resource.RLIMIT_NOFILE, (64, {files}))
print(raise_descriptor_limit(6500))
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(said.stdout) == connections
