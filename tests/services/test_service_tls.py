"""HTTPS of both services and between them; certificates that change, are missing, wrong or end."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from service_processes import Afp2webProcess, ServiceProcess, WrapperProcess, call, eventually

from afpcluster.web.settings import PropertiesError
from afpcluster.web.tls import client_tls, server_tls
from certificates import Authority

Start = Callable[..., ServiceProcess]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def secured(start: Start, authority: Authority, more: str = "", client: Path | None = None) -> Afp2webProcess:
    """An afp2web that speaks HTTPS, and asks for certificates of the authority."""
    certificate = authority.issue("afp2web", file="server")
    properties = f"service.tls-certificate = {certificate}\nservice.tls-client-ca = {authority.path}\n{more}"
    made = start(lambda folder: Afp2webProcess(folder, properties, tls=authority.client(client)))
    assert isinstance(made, Afp2webProcess)
    return made


def shown(port: int, context: ssl.SSLContext) -> bytes | None:
    """The certificate that a server shows to a new connection."""
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
    ):
        return connection.getpeercert(binary_form=True)


def test_a_document_through_both_services_by_https(
    start: Start, authority: Authority, document: bytes, converted: bytes
) -> None:
    own = authority.issue("wrapper")
    server = secured(start, authority, "service.tls-client-certificate = required", own)
    properties = (
        f"service.tls-certificate = {own}\nafp2web.tls-ca = {authority.path}\n"
        f"afp2web.tls-certificate = {own}\nafp2web.fallback-targets = https://127.0.0.1:{server.port}"
    )
    wrapper = start(lambda folder: WrapperProcess(folder, 1, properties, tls=authority.client()))
    assert isinstance(wrapper, WrapperProcess)
    reply = wrapper.convert(document)
    assert (reply.status, reply.body) == (200, converted)
    assert reply.headers["X-Wrapper-Target"] == f"https://127.0.0.1:{server.port}"


@pytest.mark.parametrize(
    ("required", "client", "comes_in"),
    [
        ("optional", None, True),
        ("optional", "ours", True),
        ("optional", "stranger", False),
        ("required", None, False),
        ("required", "ours", True),
    ],
)
def test_who_comes_in(
    start: Start, authority: Authority, tmp_path: Path, required: str, client: str | None, comes_in: bool
) -> None:
    ours = authority.issue("somebody")
    server = secured(start, authority, f"service.tls-client-certificate = {required}", ours)
    stranger = Authority(tmp_path, "Another Authority").issue("stranger")
    context = authority.client({"ours": ours, "stranger": stranger, None: None}[client])
    if comes_in:
        assert call(server.port, "GET", "/services/version", tls=context).status == 200
    else:
        with pytest.raises((ssl.SSLError, ConnectionResetError, BrokenPipeError, http.client.HTTPException)):
            call(server.port, "GET", "/services/version", tls=context)


def test_what_is_too_old_or_no_tls_stays_out(start: Start, authority: Authority) -> None:
    server = secured(start, authority)
    context = authority.client()
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        shown(server.port, context)
    with pytest.raises((http.client.HTTPException, ConnectionResetError)):
        call(server.port, "GET", "/services/version")


def test_a_server_of_another_authority_is_not_called(
    start: Start, authority: Authority, tmp_path: Path, document: bytes
) -> None:
    server = secured(start, authority)
    stranger = Authority(tmp_path, "Another Authority")
    properties = (
        f"afp2web.tls-ca = {stranger.path}\nafp2web.deadline-seconds = 1\n"
        f"afp2web.fallback-targets = https://127.0.0.1:{server.port}"
    )
    wrapper = start(lambda folder: WrapperProcess(folder, 1, properties))
    assert isinstance(wrapper, WrapperProcess)
    reply = wrapper.convert(document)
    assert (reply.status, reply.json["code"]) == (504, "afp2web-unavailable")
    assert "certificate" in str(wrapper.logged("afp2web attempt failed")).lower()


def test_a_new_certificate_counts_and_no_connection_is_lost(
    start: Start, authority: Authority, document: bytes
) -> None:
    server = secured(start, authority)
    old = shown(server.port, authority.client())
    stop, statuses = threading.Event(), []

    def keep_asking() -> None:
        kept = http.client.HTTPSConnection("127.0.0.1", server.port, context=authority.client())
        while not stop.is_set():
            kept.request("POST", "/services/transform", document)  # on one connection all the time
            reply = kept.getresponse()
            reply.read()
            statuses.append(reply.status)
            statuses.append(server.heartbeat().status)  # on a new one each time
        kept.close()

    asking = threading.Thread(target=keep_asking)
    asking.start()
    try:
        authority.issue("afp2web", file="server")
        eventually(lambda: shown(server.port, authority.client()) != old)
        before = len(statuses)
        eventually(lambda: len(statuses) > before + 10, 60)
    finally:
        stop.set()
        asking.join()
    assert set(statuses) == {200}
    assert before > 0


@pytest.mark.parametrize("bad", [b"", b"nonsense", None])
def test_bad_files_are_refused_and_the_old_ones_stay(
    start: Start, authority: Authority, tmp_path: Path, bad: bytes | None
) -> None:
    server = secured(start, authority)
    old = shown(server.port, authority.client())
    path = tmp_path / "server.pem"
    good = path.read_bytes()
    path.unlink() if bad is None else path.write_bytes(bad)
    eventually(lambda: "TLS of this service" in str(server.heartbeat().json.get("Warnings")))
    assert shown(server.port, authority.client()) == old
    assert b'files_refused{what="TLS of this service"} 1.0' in server.call("GET", "/metrics").body
    path.write_bytes(good)
    eventually(lambda: "Warnings" not in server.heartbeat().json)


def test_an_authority_that_is_taken_away_counts_no_more(
    start: Start, authority: Authority, tmp_path: Path
) -> None:
    server = secured(start, authority)
    client = authority.client(authority.issue("somebody"))
    assert call(server.port, "GET", "/services/version", tls=client).status == 200
    other = Authority(tmp_path, "Another Authority")
    authority.path.with_name("kept.pem").write_bytes(authority.path.read_bytes())
    authority.path.write_bytes(other.path.read_bytes())

    def refused() -> bool:
        try:
            return call(server.port, "GET", "/services/version", tls=client).status == 0
        except (OSError, http.client.HTTPException):
            return True

    eventually(refused)


def test_the_end_of_a_certificate_is_told(start: Start, authority: Authority) -> None:
    server = secured(start, authority)
    assert "Warnings" not in server.heartbeat().json
    assert (
        b'certificate_end_seconds{what="TLS of this service",whose="own"}'
        in server.call("GET", "/metrics").body
    )
    authority.issue("afp2web", timedelta(days=3), file="server")
    eventually(lambda: "certificate (own) ends at" in str(server.heartbeat().json.get("Warnings")))


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ("service.tls-certificate = /nonexistent.pem\n", "/nonexistent.pem cannot be read"),
        ("service.tls-certificate = {authority}\n", "TLS of this service"),  # no key in it
        ("service.tls-key = {authority}\n", "service.tls-certificate: missing"),
        ("service.tls-client-certificate = perhaps\n", "service.tls-client-certificate = 'perhaps'"),
    ],
)
def test_a_start_with_bad_files_says_why(
    authority: Authority, tmp_path: Path, properties: str, said: str
) -> None:
    path = tmp_path / "afp2web.properties"
    path.write_text(properties.format(authority=authority.path))
    argv = [sys.executable, "-m", "afpcluster", "serve-afp2web", "--listen", "127.0.0.1:0", "--config"]
    ended = subprocess.run([*argv, str(path)], capture_output=True, text=True, timeout=20, check=False)
    assert (ended.returncode, said in ended.stderr) == (2, True), ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.fixture
def files(tmp_path: Path, authority: Authority) -> dict[str, Path]:
    """Files that cannot be used, by what is wrong with them; and `good`."""
    good, other = (authority.issue(name).read_text() for name in ("good", "other"))
    certificate, key = good[: good.index("-----BEGIN PRIVATE")], good[good.index("-----BEGIN PRIVATE") :]
    version = bytes.fromhex("a003020102")  # [0] INTEGER 2, which is version 3
    later = ssl.PEM_cert_to_DER_cert(certificate).replace(version, version[:-1] + b"\5", 1)
    contents = {
        "good": good,
        "no key": certificate,
        "key of another": certificate + other[other.index("-----BEGIN PRIVATE") :],
        "no PEM": "junk",
        "empty": "",
        "version 6": ssl.DER_cert_to_PEM_cert(later) + key,
    }
    made = {}
    for name, content in contents.items():
        made[name] = tmp_path / f"{name.replace(' ', '-')}.crt"
        made[name].write_text(content)
    return made


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no key", "must hold a certificate in PEM, and {} its key"),
        ("key of another", "the key in {} is not that of the certificate in {}"),
        ("no PEM", "{} must hold a certificate in PEM"),
        ("empty", "{} must hold a certificate in PEM"),
        ("version 6", "not a valid X509 version"),
    ],
)
def test_a_certificate_that_cannot_be_used_is_named(files: dict[str, Path], name: str, words: str) -> None:
    """At the start, and while the service runs, when the old one stays."""
    path = files[name]
    with pytest.raises(PropertiesError) as refused:
        server_tls(path, path, None, required=False)
    assert words.replace("{}", str(path)) in str(refused.value)
    followed = server_tls(files["good"], files["good"], None, required=False)
    before = followed.value
    files["good"].write_bytes(path.read_bytes())
    for _ in range(3):
        followed.look()
    assert followed.value is before
    assert words.replace("{}", str(files["good"])) in (followed.refused or "")


@pytest.mark.parametrize("name", ["no PEM", "empty", "version 6"])
def test_authorities_that_cannot_be_used_are_named(files: dict[str, Path], name: str) -> None:
    good, path = files["good"], files[name]
    words = "X509 version" if name == "version 6" else f"{path} must hold the authorities' certificates"
    with pytest.raises(PropertiesError, match=re.escape(words)):
        server_tls(good, good, path, required=True)
    with pytest.raises(PropertiesError, match=re.escape(words)):
        client_tls(path, None, None)
