"""Requests go on while HAProxy reloads (SIGUSR2), in plain text and with TLS on both sides."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import signal
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from loopback import CLIENT, MONITOR, Loopback, running, wait_for

from certificates import Authority

pytestmark = pytest.mark.skipif(shutil.which("haproxy") is None, reason="haproxy is not installed")
CONVERT = "/wrapperservice/convert"
PROXY = "127.0.79.11"
LARGE = b"x" * 1_000_000  # more than HAProxy could send again


@pytest.fixture(params=["plain", "tls"])
def proxy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Loopback, ssl.SSLContext | None]]:
    if request.param == "plain":
        with running(tmp_path) as made:
            yield made, None
        return
    authority = Authority(tmp_path)
    settings = {
        "authority": str(authority.path),
        "proxy_certificate": str(authority.issue("proxy", hosts=[PROXY])),
        "service_certificate": "/not/read.pem",
        "afp2web_protocol": "https",
    }
    names = ("wrapper-01", "wrapper-02", "afp2web-03", "afp2web-04")
    with running(tmp_path, {name: authority.issue(name, hosts=[name]) for name in names}, **settings) as made:
        yield made, authority.client()


def serving(proxy: Loopback) -> str:
    """The PID of the process that answers."""
    _, headers, _ = proxy.ask("/healthz", port=proxy.topology.ports.health, source=MONITOR)
    return headers["x-process"]


def reload(proxy: Loopback, already: int) -> None:
    """When the file has been loaded so many times. A signal before the master waits for one is lost: it is
    sent again until the master says that it loads once more."""
    log = proxy.folder / "log"

    def said(words: str) -> int:
        return log.read_text(errors="replace").count(words)

    wait_for(lambda: said("Loading success") == already, 20)
    for _ in range(5):
        proxy.process.send_signal(signal.SIGUSR2)
        with contextlib.suppress(AssertionError):
            wait_for(lambda: said("Reloading HAProxy") == already, 3)
            return
    raise AssertionError("HAProxy does not reload")


def test_nothing_fails(proxy: tuple[Loopback, ssl.SSLContext | None]) -> None:
    """New connections never; kept ones may end, at most once for each reload. Bodies of all sizes."""
    made, context = proxy
    over, wrong, cut, done = threading.Event(), list[str](), list[str](), list[bytes]()

    def connect() -> http.client.HTTPConnection:
        place = (PROXY, made.topology.ports.wrapper_proxy)
        if context is None:
            return http.client.HTTPConnection(*place, 10, (CLIENT, 0))
        return http.client.HTTPSConnection(*place, timeout=10, source_address=(CLIENT, 0), context=context)

    def send(connection: http.client.HTTPConnection, body: bytes) -> None:
        connection.request("POST", CONVERT, body)
        answer = connection.getresponse()
        if answer.status != 200 or answer.read() != body:
            wrong.append(f"status {answer.status}")
        done.append(body)

    def come_anew(body: bytes) -> None:
        with contextlib.closing(connect()) as connection:
            send(connection, body)

    def keep(connections: list[http.client.HTTPConnection], body: bytes) -> None:
        try:
            send(connections[0], body)
        except (OSError, http.client.HTTPException) as error:
            cut.append(str(error))
            connections[0].close()
            connections[0] = connect()
            send(connections[0], body)

    def repeat(what: Callable[[bytes], None], body: bytes) -> None:
        while not over.is_set():
            try:
                what(body)
            except (OSError, http.client.HTTPException) as error:
                wrong.append(f"{type(error).__name__}: {error}")
            time.sleep(0.05)  # stubs and clients share this process

    kept = [connect()]
    calls: list[tuple[Callable[[bytes], None], bytes]] = [
        (come_anew, b"small"),
        (come_anew, LARGE),
        (lambda body: keep(kept, body), b"small"),
    ]
    threads = [threading.Thread(target=repeat, args=call) for call in calls]
    for thread in threads:
        thread.start()
    try:
        for number in range(1, 5):
            before = serving(made)
            reload(made, number)
            wait_for(lambda old=before: serving(made) != old, 20)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    kept[0].close()
    assert wrong == []
    assert len(cut) <= 4
    assert {len(body) for body in done} == {len(b"small"), len(LARGE)}
    assert made.process.poll() is None


def test_a_file_that_cannot_be_used_changes_nothing(proxy: tuple[Loopback, ssl.SSLContext | None]) -> None:
    made, context = proxy
    before = serving(made)
    (made.folder / "haproxy.cfg").write_text("nonsense\n")
    reload(made, 1)
    wait_for(lambda: "Fatal errors found" in (made.folder / "log").read_text(errors="replace"), 20)
    assert made.ask(CONVERT, b"x", tls=context)[0] == 200
    assert serving(made) == before
    assert made.process.poll() is None
