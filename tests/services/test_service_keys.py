"""Keys, certificates and limits of clients; the audit that nobody can switch off."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from service_processes import (
    Afp2webProcess,
    Reply,
    ServiceProcess,
    WrapperProcess,
    call,
    eventually,
    freeze,
    thaw,
)

from afpcluster.cli import app
from afpcluster.web.keys import hash_of, new_key, parse_clients
from certificates import Authority
from proc_net import is_read

Start = Callable[..., ServiceProcess]
KEYS = {name: new_key() for name in ("billing", "billing-next", "few", "bytes", "one", "wrapper", "large")}
FILE = f"""
billing.keys = {hash_of(KEYS["billing"])}, {hash_of(KEYS["billing-next"])}
billing.certificate = billing.example.com
few.keys = {hash_of(KEYS["few"])}
few.documents-per-minute = 3
bytes.keys = {hash_of(KEYS["bytes"])}
bytes.bytes-per-minute = 1000
one.keys = {hash_of(KEYS["one"])}
one.max-conversions = 1
large.keys = {hash_of(KEYS["large"])}
large.bytes-per-minute = 5000
wrapper.keys = {hash_of(KEYS["wrapper"])}
"""


def bearer(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {KEYS[name]}"}


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clients") / "clients.properties"
    path.write_text(FILE)
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, clients: Path) -> Iterator[Afp2webProcess]:
    """An afp2web for known clients only."""
    instance = Afp2webProcess(tmp_path_factory.mktemp("afp2web"), f"service.clients = {clients}")
    yield instance
    instance.stop()


@pytest.fixture(scope="module")
def wrapper(
    tmp_path_factory: pytest.TempPathFactory, clients: Path, server: Afp2webProcess
) -> Iterator[WrapperProcess]:
    folder = tmp_path_factory.mktemp("wrapper")
    (folder / "key").write_text(KEYS["wrapper"] + "\n")
    properties = f"service.clients = {clients}\nafp2web.api-key-file = {folder / 'key'}"
    instance = WrapperProcess(folder / "service", server.port, properties)
    yield instance
    instance.stop()


@pytest.fixture(scope="module")
def open_wrapper(
    tmp_path_factory: pytest.TempPathFactory, afp2web: Afp2webProcess
) -> Iterator[WrapperProcess]:
    """For everybody."""
    instance = WrapperProcess(tmp_path_factory.mktemp("open"), afp2web.port)
    yield instance
    instance.stop()


def convert(service: ServiceProcess, document: bytes, headers: dict[str, str], query: str = "") -> Reply:
    path = "/wrapperservice/convert" if isinstance(service, WrapperProcess) else "/services/transform"
    return service.call("POST", path + query, document, {"Accept": "application/json", **headers})


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Bearer "}, 401),
        ({"Authorization": f"Basic {KEYS['billing']}"}, 401),
        ({"X-API-Key": KEYS["billing"] + "x"}, 401),
        ({"X-API-Key": hash_of(KEYS["billing"])}, 401),  # who has read the file comes in by nothing in it
        ({"X-Client-Certificate": "billing.example.com"}, 401),  # not from a trusted proxy
        (bearer("billing"), 200),
        (bearer("billing-next"), 200),
        ({"Authorization": f"bearer {KEYS['billing']}"}, 200),
        ({"X-API-Key": KEYS["billing"]}, 200),
    ],
)
def test_who_comes_in(
    server: Afp2webProcess, wrapper: WrapperProcess, document: bytes, headers: dict[str, str], status: int
) -> None:
    for service in (server, wrapper):
        reply = convert(service, document, headers)
        assert reply.status == status, reply.body
        if status == 401:
            assert "Bearer" in reply.headers["WWW-Authenticate"]
            assert reply.json.get("code") or reply.json["ErrorCode"] == "A2W-1012"


@pytest.mark.parametrize(
    "trailer",
    [
        "X-Client-Certificate: billing.example.com",
        f"X-API-Key: {KEYS['billing']}",
        "X-Forwarded-For: 198.51.100.7",
        "Host: other",
    ],
)
def test_what_follows_a_body_is_no_header(start: Start, clients: Path, document: bytes, trailer: str) -> None:
    """Proxies pass trailers on as they are (RFC 9110 section 6.5.1), whatever they do to headers."""
    properties = f"service.clients = {clients}\nservice.trusted-proxies = 127.0.0.1"
    server = start(lambda folder: Afp2webProcess(folder, properties))
    head = "POST /services/transform HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.5\r\n"
    size = f"Transfer-Encoding: chunked\r\n\r\n{len(document):x}\r\n"
    request = (head + size).encode() + document
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(request + f"\r\n0\r\n{trailer}\r\n\r\n".encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 401 ")
    (line,) = eventually(lambda: audited(server))
    assert (line["client"], line["result"]) == ("203.0.113.5", "A2W-1012")


@pytest.mark.parametrize("path", ["/wrapperservice/heartbeat", "/wrapperservice", "/metrics"])
def test_heartbeats_need_no_key(wrapper: WrapperProcess, server: Afp2webProcess, path: str) -> None:
    assert wrapper.call("GET", path).status == 200
    assert server.heartbeat().status == 200


def test_the_key_for_afp2web_may_be_in_the_environment(
    server: Afp2webProcess, document: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFPCLUSTER_TEST_KEY", KEYS["wrapper"])
    service = WrapperProcess(tmp_path, server.port, "afp2web.api-key-env = AFPCLUSTER_TEST_KEY")
    try:
        assert convert(service, document, {}).status == 200
    finally:
        service.stop()


def test_a_key_that_is_not_in_the_environment_is_told_at_the_start(tmp_path: Path) -> None:
    properties = tmp_path / "w.properties"
    target = "afp2web.host-protocol=http\nafp2web.host=127.0.0.1\nafp2web.port=1\n"
    properties.write_text(f"{target}afp2web.api-key-env = AFPCLUSTER_NO_SUCH_KEY\n")
    call = [sys.executable, "-m", "afpcluster", "serve-wrapper", "--listen", "127.0.0.1:0"]
    done = subprocess.run([*call, "--properties", properties], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "key for afp2web: AFPCLUSTER_NO_SUCH_KEY in the environment: expected one key" in done.stderr


def test_a_certificate_is_the_other_way_in(
    start: Start, clients: Path, tmp_path: Path, document: bytes
) -> None:
    authority = Authority(tmp_path)
    own = authority.issue("server")
    properties = (
        f"service.clients = {clients}\nservice.tls-certificate = {own}\n"
        f"service.tls-client-ca = {authority.path}"
    )
    server = start(lambda folder: Afp2webProcess(folder, properties, tls=authority.client()))
    for name, status in (("billing.example.com", 200), ("nobody.example.com", 401)):
        context = authority.client(authority.issue(name))
        assert call(server.port, "POST", "/services/transform", document, tls=context).status == status
    assert audited(server)[0]["certificate"] == "billing.example.com"
    assert audited(server)[0]["client_name"] == "billing"


def test_a_trusted_proxy_tells_the_certificate(start: Start, clients: Path, document: bytes) -> None:
    properties = f"service.clients = {clients}\nservice.trusted-proxies = 127.0.0.1"
    server = start(lambda folder: Afp2webProcess(folder, properties))
    for name, status in (("billing.example.com", 200), ("nobody.example.com", 401)):
        assert convert(server, document, {"X-Client-Certificate": name}).status == status


def test_documents_a_minute(wrapper: WrapperProcess, document: bytes) -> None:
    replies = [convert(wrapper, document, bearer("few")) for _ in range(4)]
    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert replies[-1].json["code"] == "client-limit"
    assert 1 <= int(replies[-1].headers["Retry-After"]) <= 20  # one of three a minute
    assert convert(wrapper, document, bearer("billing")).status == 200


def test_bytes_a_minute(server: Afp2webProcess, document: bytes) -> None:
    """A document may be larger than a minute's bytes; the next one waits for it to be paid."""
    padded = document + b"\x00" * (2000 - len(document))
    assert convert(server, padded, bearer("bytes")).status == 200
    reply = convert(server, document, bearer("bytes"))
    assert (reply.status, reply.json["ErrorCode"]) == (429, "A2W-1013")
    assert 50 <= int(reply.headers["Retry-After"]) <= 70


@pytest.mark.parametrize(
    "headers", ["Content-Length: 99999999999", "Content-Length: 4999\r\nContent-Encoding: gzip"]
)
def test_bytes_that_were_refused_unseen_are_not_paid_for(
    server: Afp2webProcess, document: bytes, headers: str
) -> None:
    head = f"POST /services/transform HTTP/1.1\r\nHost: x\r\n{headers}\r\nX-API-Key: {KEYS['large']}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head.encode())
        assert connection.recv(12) in (b"HTTP/1.1 413", b"HTTP/1.1 415")
    assert convert(server, document, bearer("large")).status == 200


def test_conversions_at_a_time(server: Afp2webProcess, document: bytes) -> None:
    server.wait_until_whole()
    workers = server.workers()
    freeze(*workers)
    try:
        with ThreadPoolExecutor(1) as threads:
            first = threads.submit(convert, server, document, bearer("one"))
            eventually(lambda: server.metric("workers_idle") == 1)
            assert convert(server, document, bearer("one")).status == 429
            thaw(*workers)
            assert first.result().status == 200
    finally:
        thaw(*workers)
    assert convert(server, document, bearer("one")).status == 200


@pytest.mark.parametrize("teller", ["the key", "wrapper-service"])
def test_a_client_takes_its_turns_as_one_wherever_it_asks_from(
    start: Start, clients: Path, document: bytes, teller: str
) -> None:
    properties = (
        f"service.clients = {clients}\nservice.trusted-proxies = 127.0.0.0/8\nafp2web.queue-limit = 2"
    )
    server = start(lambda folder: Afp2webProcess(folder, properties, workers=1, spare=0))
    assert isinstance(server, Afp2webProcess)

    def ask(name: str, address: str) -> int:
        told = bearer("wrapper") | {"X-Client-Lane": name} if teller == "wrapper-service" else bearer(name)
        return convert(server, document, {**told, "X-Forwarded-For": address}).status

    freeze(*server.workers())
    with ThreadPoolExecutor(4) as threads:
        many = [threads.submit(ask, "billing", f"192.0.2.{number}") for number in range(3)]
        eventually(lambda: server.metric("queue_length") == 2)
        other = threads.submit(ask, "few", "192.0.2.9")
        eventually(lambda: any(asked.done() for asked in (*many, other)))
        thaw(*server.workers())
        assert other.result() == 200
        assert sorted(asked.result() for asked in many) == [200, 200, 503]


def test_keys_change_while_the_service_runs(start: Start, tmp_path: Path, document: bytes) -> None:
    path = tmp_path / "clients.properties"
    path.write_text(f"a.keys = {hash_of('old')}\na.documents-per-minute = 1000\n")
    server = start(lambda folder: Afp2webProcess(folder, f"service.clients = {path}"))

    def status(key: str) -> int:
        return convert(server, document, {"X-API-Key": key}).status

    assert (status("old"), status("new")) == (200, 401)
    path.write_text(f"a.keys = {hash_of('old')}, {hash_of('new')}\n")
    eventually(lambda: status("new") == 200)
    assert status("old") == 200
    path.write_text(f"a.keys = {hash_of('new')}\n")
    eventually(lambda: status("old") == 401)
    assert status("new") == 200
    path.write_text("a.keys = the-key-itself\n")
    eventually(lambda: "clients: a.keys" in str(server.heartbeat().json.get("Warnings")))
    assert status("new") == 200
    assert "the-key-itself" not in json.dumps(server.log())


def test_keys_are_rotated_under_load(start: Start, tmp_path: Path, document: bytes) -> None:
    """A new key is there before the clients have it, the old one until none has it any more."""
    path = tmp_path / "clients.properties"

    def known(*keys: str) -> None:
        text = f"a.keys = {', '.join(map(hash_of, keys))}\na.documents-per-minute = 100000\n"
        (tmp_path / "next").write_text(text)
        os.replace(tmp_path / "next", path)
        eventually(lambda: all(convert(server, document, {"X-API-Key": key}).status == 200 for key in keys))

    path.write_text(f"a.keys = {hash_of('key 0')}\n")
    server = start(lambda folder: Afp2webProcess(folder, f"service.clients = {path}"))
    current, ended, used = "key 0", False, [""] * 3

    def ask(client: int) -> list[int]:
        found = []
        while not ended:
            used[client] = current
            found.append(convert(server, document, {"X-API-Key": used[client]}).status)
        return found

    with ThreadPoolExecutor(len(used)) as threads:
        clients = [threads.submit(ask, client) for client in range(len(used))]
        try:
            for number in range(1, 6):
                old, new = current, f"key {number}"
                known(old, new)
                current = new
                eventually(lambda new=new: used == [new] * len(used))
                known(new)
                eventually(lambda old=old: convert(server, document, {"X-API-Key": old}).status == 401)
        finally:
            ended = True
        statuses = [status for client in clients for status in client.result()]
    assert set(statuses) == {200}


def test_whatever_becomes_of_the_file_of_clients(start: Start, tmp_path: Path, document: bytes) -> None:
    """Who was let in still is, the heartbeat tells, and nobody waits."""
    path = tmp_path / "clients.properties"
    path.write_text(good := f"a.keys = {hash_of('key')}\n")
    server = start(lambda folder: Afp2webProcess(folder, f"service.clients = {path}"))
    damages: dict[str, Callable[[], object]] = {
        "nobody in it": lambda: path.write_bytes(b""),  # as a full disk leaves it
        "cut": lambda: path.write_text(good[:-10]),
        "decode": lambda: path.write_bytes(os.urandom(4096)),
        "larger than": lambda: path.write_text(good + "#" * 5_000_000),
        "No such file": path.unlink,
        "no regular file": lambda: os.mkfifo(path),
        "Is a directory": lambda: (path.unlink(), path.mkdir()),
    }
    for reason, damage in damages.items():
        damage()
        told = "is not a SHA-256" if reason == "cut" else reason
        eventually(lambda told=told: told in str(server.heartbeat().json.get("Warnings")))
        assert convert(server, document, {"X-API-Key": "key"}).status == 200
        assert convert(server, document, {"X-API-Key": "other"}).status == 401
    path.rmdir()
    path.write_text(f"a.keys = {hash_of('other')}\n")
    eventually(lambda: "Warnings" not in server.heartbeat().json)
    assert convert(server, document, {"X-API-Key": "other"}).status == 200


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a.keys = secret\n", "a.keys: secret… is not a SHA-256"),
        (f"a.keys = {hash_of('x')}\nb.keys = {hash_of('x')}\n", "b.keys: the same as a's"),
        ("a.certificate = x\nb.certificate = x\n", "b.certificate: the same as a's"),
        ("a.max-conversions = 0\n", "a.max-conversions = '0'"),
        ("a.bytes-per-minute = 1.5\n", "a.bytes-per-minute = '1.5'"),
        ("a.limit = 1\n", "a.limit: unknown"),
        ("", "nobody in it"),
        ("a.max-conversions = 1\n", "nobody in it"),
        ("keys = 1\n", "keys: unknown"),
        ("a b.keys = 1\n", "unknown"),
        (f"a.keys = {hash_of('x')}\na.keys = {hash_of('y')}\n", "a.keys: given twice"),
    ],
)
def test_bad_files_of_clients_are_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse_clients(text.encode())
    assert said in str(caught.value)


def test_a_new_key_is_made_and_its_line_told() -> None:
    argv = [sys.executable, "-m", "afpcluster", "new-key", "billing"]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=True)
    key = ended.stderr.splitlines()[-1]
    client = parse_clients(ended.stdout.encode()).with_key(key)
    assert client is not None
    assert client.name == "billing"


@pytest.mark.parametrize("name", ["two words", "a=b", "", "é", "x" * 65])
def test_a_name_that_the_file_of_clients_cannot_have(name: str) -> None:
    shown = CliRunner().invoke(app, ["new-key", name])
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert "is no client's name" in shown.stderr


def audited(service: ServiceProcess) -> list[dict[str, Any]]:
    return service.logged("audit")


@pytest.mark.parametrize("level", ["INFO", "OFF"])
def test_the_audit_has_a_line_for_each_conversion(
    start: Start, tmp_path: Path, clients: Path, document: bytes, level: str
) -> None:
    file = tmp_path / "audit.log"
    properties = (
        f"service.clients = {clients}\nservice.audit-file = {file}\nservice.trusted-proxies = 127.0.0.1"
    )
    server = start(lambda folder: Afp2webProcess(folder, properties))
    headers = {"X-Forwarded-For": "203.0.113.5", "X-Request-ID": "the-id", **bearer("billing")}
    query = f"?server_log_level={level}&Filename=statement.afp"
    assert convert(server, document, headers, query).status == 200
    assert convert(server, b"not AFP", headers, query).status == 422
    assert convert(server, document, {}).status == 401
    good, bad, stranger = eventually(lambda: audited(server) if len(audited(server)) == 3 else None)
    expected = {
        "client": "203.0.113.5",
        "client_name": "billing",
        "document": "statement.afp",
        "bytes": len(document),
        "sha256": hashlib.sha256(document).hexdigest(),
        "pages": 1,
        "result": "ok",
        "status": 200,
        "request_id": "the-id",
    }
    assert {name: good[name] for name in expected} == expected
    assert good["ms"] > 0
    assert good["began"] <= good["time"]
    assert (bad["result"], bad["sha256"]) == ("A2W-2001", hashlib.sha256(b"not AFP").hexdigest())
    assert (stranger["result"], stranger.get("client_name")) == ("A2W-1012", None)
    assert [json.loads(line) for line in file.read_text().splitlines()] == [good, bad, stranger]
    assert KEYS["billing"] not in file.read_text()
    file.rename(tmp_path / "audit.log.1")
    convert(server, document, headers)
    eventually(lambda: file.exists() and len(file.read_text().splitlines()) == 1)


@pytest.mark.parametrize(
    ("method", "path", "head", "result"),
    [
        ("POST", "/services/transform", "", "A2W-1011"),  # no Host
        ("POST", "/services/transform", "Host: a\r\nHost: b\r\n", "A2W-1011"),
        ("PUT", "/services/transform", "Host: x\r\n", "A2W-1010"),
        ("POST", "/services/asyncTransform", "Host: x\r\n", "A2W-3005"),
        ("POST", "/services/transform?PageRange=1", "Host: x\r\nContent-Encoding: gzip\r\n", "A2W-1006"),
        ("POST", "/wrapperservice/convert", "", "http-error"),
        ("DELETE", "/wrapperservice/convert", "Host: x\r\n", "method-not-allowed"),
        (
            "POST",
            "/wrapperservice/convert?pages=",
            "Host: x\r\nContent-Encoding: gzip\r\n",
            "content-encoding",
        ),
    ],
)
def test_whatever_refuses_is_in_the_audit(
    afp2web: Afp2webProcess, open_wrapper: WrapperProcess, method: str, path: str, head: str, result: str
) -> None:
    service = open_wrapper if path.startswith("/wrapperservice") else afp2web
    before = len(audited(service))
    with socket.create_connection(("127.0.0.1", service.port), timeout=5) as connection:
        connection.sendall(f"{method} {path} HTTP/1.1\r\n{head}Content-Length: 0\r\n\r\n".encode())
        assert connection.recv(9) == b"HTTP/1.1 "
    (line,) = eventually(lambda: audited(service)[before:])
    assert (line["method"], line["path"], line["result"]) == (method, path.partition("?")[0], result)


def test_who_finds_no_room_is_in_the_audit(start: Start, document: bytes) -> None:
    server = start(lambda folder: Afp2webProcess(folder, "service.max-connections = 2"))
    assert isinstance(server, Afp2webProcess)
    head = f"POST /services/transform HTTP/1.1\r\nHost: x\r\nContent-Length: {len(document)}\r\n\r\n"
    freeze(*server.workers())
    with ExitStack() as coming:
        for _ in range(2):
            connection = coming.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=5))
            connection.sendall(head.encode() + document)
            eventually(lambda connection=connection: is_read(connection))
        assert server.transform(document).status == 503
    eventually(lambda: "A2W-5001" in [line["result"] for line in audited(server)])


def test_a_client_that_leaves_is_in_the_audit(start: Start, document: bytes) -> None:
    server = start(Afp2webProcess)
    assert isinstance(server, Afp2webProcess)
    freeze(*server.workers())
    head = f"POST /services/transform HTTP/1.1\r\nHost: x\r\nContent-Length: {len(document)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head.encode() + document)
        eventually(lambda: server.metric("workers_idle") == 1)
    line = eventually(lambda: audited(server))[0]
    assert (line["result"], line["bytes"]) == ("client-gone", len(document))


def test_the_wrappers_line_and_that_of_afp2web_have_one_id(
    wrapper: WrapperProcess, server: Afp2webProcess, document: bytes
) -> None:
    convert(wrapper, document, {"X-Request-ID": "both", **bearer("billing")})
    for service, name in ((wrapper, "billing"), (server, "wrapper")):
        lines = eventually(lambda s=service: [x for x in audited(s) if x["request_id"] == "both"])
        assert [(line["client_name"], line["pages"]) for line in lines] == [(name, 1)]
