"""wrapper-service before an afp2web that has too much to do, or that pauses."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from service_processes import Afp2webProcess, WrapperProcess, eventually

from afpcluster.afp.framing import encode

PDF = b"%PDF-1.7\n"
WHOLE = (
    b"HTTP/1.1 200 X\r\nContent-Type: application/pdf\r\nContent-Length: 9\r\nConnection: close\r\n\r\n" + PDF
)
BUSY = b"HTTP/1.1 503 X\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class SmallServer:
    """Converts `places` documents at a time, `seconds` each, and refuses others, before their bodies when it
    is asked first. `received` are the bytes of bodies; `pause` seconds pass before a body is read."""

    def __init__(self, places: int, seconds: float, pause: float = 0) -> None:
        self._places = threading.Semaphore(places)
        self._seconds = seconds
        self._pause = pause
        self._lock = threading.Lock()
        self.received = self.calls = 0
        self.expected: list[bool] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            head = b""
            while b"\r\n\r\n" not in head:
                head += connection.recv(1)
            head = head.lower()
            if head.startswith(b"head"):
                connection.sendall(WHOLE.removesuffix(PDF))
                return
            expects = b"expect: 100-continue" in head
            with self._lock:
                self.calls += 1
                self.expected.append(expects)
            if not self._places.acquire(blocking=False):
                if not expects:
                    self._read(connection, head)
                connection.sendall(BUSY)
                return
            try:
                if expects:
                    connection.sendall(CONTINUE)
                time.sleep(self._pause)
                self._read(connection, head)
                time.sleep(self._seconds)
                connection.sendall(WHOLE)
            finally:
                self._places.release()

    def _read(self, connection: socket.socket, head: bytes) -> None:
        left = int(head.split(b"content-length:")[1].split()[0])
        while left:
            piece = len(connection.recv(65536))
            left -= piece
            with self._lock:
                self.received += piece

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def servers() -> Iterator[list[SmallServer]]:
    made: list[SmallServer] = []
    yield made
    for server in made:
        server.close()


def wrapper_before(
    folder: Path, servers: list[SmallServer], server: SmallServer, more: str = ""
) -> WrapperProcess:
    servers.append(server)
    return WrapperProcess(folder / "wrapper", server.port, more)


@pytest.mark.parametrize("size", [20_000, 259_000])
def test_what_is_carried_in_vain_is_bounded(tmp_path: Path, servers: list[SmallServer], size: int) -> None:
    """40 conversions at a time for a server with 10 places; a document costs it 0.2 s."""
    server = SmallServer(places=10, seconds=0.2)
    wrapper = wrapper_before(tmp_path, servers, server, "wrapper.max-conversions = 40\n")
    documents = 160
    try:
        with ThreadPoolExecutor(40) as threads:
            replies = list(threads.map(lambda _: wrapper.convert(os.urandom(size)).status, range(documents)))
    finally:
        wrapper.stop()
    assert replies == [200] * documents
    assert server.expected.count(True) == (server.calls if size > 64 * 1024 else 0)
    allowed = 1.3 if size > 64 * 1024 else 2.0  # small ones are not announced: the budget alone holds them
    assert server.received <= allowed * documents * size, server.calls


def test_a_real_afp2web_under_overload(tmp_path: Path, document: bytes) -> None:
    """Places for 2 + 4 documents, 40 conversions at a time, each document a quarter of a megabyte."""
    size = 250_000
    padding = encode(0xD3EEEE, bytes(30_000)) * 8
    large = document + padding
    large += encode(0xD3EEEE, bytes(size - len(large) - len(encode(0xD3EEEE))))
    server = Afp2webProcess(tmp_path / "afp2web", "afp2web.queue-limit = 4")
    wrapper = WrapperProcess(tmp_path / "wrapper", server.port, "wrapper.max-conversions = 40")
    documents = 120
    try:
        with ThreadPoolExecutor(40) as threads:
            replies = list(threads.map(lambda _: wrapper.convert(large).status, range(documents)))
        metrics = wrapper.call("GET", "/metrics").body.decode()
    finally:
        wrapper.stop()
        server.stop()
    carried = next(float(x.split()[1]) for x in metrics.splitlines() if x.startswith("afp2web_carried"))
    assert replies == [200] * documents
    assert carried <= 1.3 * documents * size


def test_a_busy_server_is_asked_again_when_it_said(tmp_path: Path, servers: list[SmallServer]) -> None:
    server = SmallServer(places=1, seconds=2.5)
    wrapper = wrapper_before(tmp_path, servers, server)
    try:
        with ThreadPoolExecutor(2) as threads:
            first = threads.submit(wrapper.convert, b"x" * 100_000)
            eventually(lambda: server.calls == 1)
            second = threads.submit(wrapper.convert, b"x" * 100_000)
            assert (first.result().status, second.result().status) == (200, 200)
    finally:
        wrapper.stop()
    assert server.calls <= 1 + 4  # each second, not each 20 ms


def test_a_server_that_pauses_gets_the_document_once(tmp_path: Path, servers: list[SmallServer]) -> None:
    """The window stays closed for longer than two seconds; the probes are answered meanwhile."""
    server = SmallServer(places=1, seconds=0, pause=4)
    wrapper = wrapper_before(tmp_path, servers, server)
    size = 30_000_000
    try:
        reply = wrapper.convert(bytes(size))
    finally:
        wrapper.stop()
    assert (reply.status, reply.headers["X-Wrapper-Attempts"]) == (200, "1")
    assert server.received == size


def test_a_server_that_never_says_continue_gets_the_document_all_the_same(
    tmp_path: Path, servers: list[SmallServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("test_wrapper_overload.CONTINUE", b"")
    server = SmallServer(places=1, seconds=0)
    wrapper = wrapper_before(tmp_path, servers, server)
    try:
        assert wrapper.convert(bytes(100_000)).status == 200
    finally:
        wrapper.stop()
    assert server.expected == [True]
