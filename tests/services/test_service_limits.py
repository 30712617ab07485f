"""Limits on what a client may send, and how slowly."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from service_processes import Afp2webProcess, eventually

PROPERTIES = """
service.max-body-bytes = 100000
service.max-form-bytes = 1000
service.spool-memory-bytes = 1000
service.max-header-bytes = 2000
service.header-timeout-seconds = 0.5
service.body-idle-timeout-seconds = 0.5
service.body-timeout-seconds = 1.5
"""
FORM = "application/x-www-form-urlencoded"
HEAD = b"POST /services/transform HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n"


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Afp2webProcess]:
    instance = Afp2webProcess(tmp_path_factory.mktemp("limited"), PROPERTIES)
    yield instance
    eventually(lambda: instance.open_temp_files() == 0)
    instance.stop()


def exchange(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """Everything the server says until it closes, or until it has said all there is."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        for piece in pieces:
            try:
                connection.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                break
            time.sleep(pause)
        said = b""
        with suppress(ConnectionResetError):  # what was sent after the answer is not read
            while b"\r\n\r\n" not in said or (b"ErrorCode" in said and not said.endswith(b"}")):
                received = connection.recv(65536)
                if not received:
                    break
                said += received
        return said


def chunked(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("headers", "body", "status", "code"),
    [
        (b"Content-Length: 100001\r\n", b"x" * 100_001, 413, b"A2W-1007"),
        (b"Content-Length: 99999999\r\n", b"", 413, b"A2W-1007"),
        (b"Content-Length: 99999999\r\nExpect: 100-continue\r\n", b"", 413, b"A2W-1007"),
        (b"Transfer-Encoding: chunked\r\n", chunked(b"x" * 60_000, b"x" * 60_000), 413, b"A2W-1007"),
        (f"Content-Type: {FORM}\r\nContent-Length: 1001\r\n".encode(), b"x" * 1001, 413, b"A2W-1007"),
        (b"Content-Length: 100000\r\n", b"x" * 100_000, 422, b"A2W-2001"),
        (b"Transfer-Encoding: chunked\r\n", chunked(b"x" * 60_000, b"x" * 40_000), 422, b"A2W-2001"),
        (b"Content-Encoding: gzip\r\nContent-Length: 1\r\n", b"x", 415, b"A2W-1006"),
        (b"Content-Length: 10\r\n", b"x", 408, b"A2W-1008"),
        (b"X: " + b"x" * 3000 + b"\r\n", b"", 431, b""),
    ],
)
def test_sizes(limited: Afp2webProcess, headers: bytes, body: bytes, status: int, code: bytes) -> None:
    said = exchange(limited.port, HEAD + headers + b"\r\n" + body)
    assert said.startswith(f"HTTP/1.1 {status} ".encode()), said
    assert code in said


def test_a_body_that_trickles_is_given_up_in_the_end(limited: Afp2webProcess) -> None:
    began = time.monotonic()
    said = exchange(limited.port, HEAD + b"Content-Length: 100\r\n\r\n", *[b"x"] * 8, pause=0.2)
    assert b"A2W-1008" in said
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("said_so_far", [b"", b"GET /services/version HT", HEAD])
def test_headers_that_do_not_come_end_the_connection(limited: Afp2webProcess, said_so_far: bytes) -> None:
    began = time.monotonic()
    assert exchange(limited.port, said_so_far) == b""
    assert 0.3 < time.monotonic() - began < 2


def test_an_unwanted_body_is_not_swallowed_for_ever(limited: Afp2webProcess) -> None:
    refused = b"POST /services/transform?No=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", limited.port), timeout=5) as connection:
        connection.sendall(refused)
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            _send_slowly(connection, 10_000_000)


def _send_slowly(connection: socket.socket, size: int) -> None:
    for _ in range(size // 100_000):
        connection.sendall(b"x" * 100_000)
        time.sleep(0.01)
