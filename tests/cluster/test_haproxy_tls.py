"""TLS on both sides of HAProxy, with a certification authority of the tests' own."""

from __future__ import annotations

import http.client
import shutil
import ssl
from collections.abc import Iterator
from datetime import timedelta

import pytest
from loopback import CLIENT, Loopback, running, wait_for

from afpcluster.cluster.admin_socket import AdminError, replace_certificate
from certificates import Authority

pytestmark = pytest.mark.skipif(shutil.which("haproxy") is None, reason="haproxy is not installed")
CONVERT = "/wrapperservice/convert"
PROXY = "127.0.79.11"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("stranger"), "Another Authority")


@pytest.fixture(scope="module")
def proxy(
    authority: Authority, stranger: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loopback]:
    """wrapper-02 shows a certificate of another authority, afp2web-03 one of another name."""
    settings = {
        "authority": str(authority.path),
        "proxy_certificate": str(authority.issue("proxy", hosts=[PROXY])),
        "client_authority": str(authority.path),
        "service_certificate": "/not/read.pem",
        "afp2web_protocol": "https",
    }
    names = ("wrapper-01", "wrapper-02", "afp2web-03", "afp2web-04")
    own = {name: authority.issue(name, hosts=[name]) for name in names}
    own["wrapper-02"] = stranger.issue("wrapper-02", hosts=["wrapper-02"])
    own["afp2web-03"] = authority.issue("wrong", hosts=["somebody-else"])
    with running(tmp_path_factory.mktemp("tls"), own, **settings) as made:
        wait_for(lambda: made.states("wrapper")["wrapper-02"] == "DOWN")
        yield made


def test_servers_are_verified(proxy: Loopback) -> None:
    wait_for(lambda: proxy.states("wrapper") == {"wrapper-01": "UP", "wrapper-02": "DOWN"})
    wait_for(lambda: proxy.states("afp2web") == {"afp2web-03": "DOWN", "afp2web-04": "UP"})


# (certificate of the client: of whom, or None; what the service is told; what the client claims)
CLIENTS = [
    (None, None, None),
    (None, None, "billing.example.com"),  # a claim is dropped
    ("billing.example.com", "billing.example.com", "boss.example.com"),
]


@pytest.mark.parametrize(("shown", "told", "claimed"), CLIENTS)
def test_clients(
    proxy: Loopback, authority: Authority, shown: str | None, told: str | None, claimed: str | None
) -> None:
    proxy.stubs["wrapper-01"].reset()
    context = authority.client(authority.issue(shown) if shown else None)
    headers = {"X-Client-Certificate": claimed} if claimed else {}
    assert proxy.ask(CONVERT, b"x", tls=context, headers=headers)[0] == 200
    (seen,) = proxy.stubs["wrapper-01"].seen
    assert seen.get("x-client-certificate") == told
    assert seen["x-forwarded-proto"] == "https"


def test_a_certificate_of_somebody_else_is_refused(
    proxy: Loopback, authority: Authority, stranger: Authority
) -> None:
    context = authority.client(stranger.issue("billing.example.com"))
    with pytest.raises((ssl.SSLError, ConnectionError, http.client.RemoteDisconnected)):
        proxy.ask(CONVERT, b"x", tls=context)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_versions_are_refused(proxy: Loopback, authority: Authority) -> None:
    context = authority.client()
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        proxy.ask(CONVERT, b"x", tls=context)


def test_plain_http_is_refused(proxy: Loopback) -> None:
    with pytest.raises((http.client.HTTPException, OSError)):
        proxy.ask("/wrapperservice")


def test_a_new_certificate_counts_and_no_connection_is_lost(
    proxy: Loopback, authority: Authority, stranger: Authority
) -> None:
    file = proxy.topology.tls.proxy_certificate
    assert file is not None
    port = proxy.topology.ports.wrapper_proxy

    def ends(connection: http.client.HTTPSConnection) -> str:
        assert isinstance(connection.sock, ssl.SSLSocket)
        certificate = connection.sock.getpeercert()
        assert certificate
        return str(certificate["notAfter"])

    def open_connection() -> http.client.HTTPSConnection:
        made = http.client.HTTPSConnection(
            PROXY, port, timeout=10, source_address=(CLIENT, 0), context=authority.client()
        )
        made.request("GET", "/wrapperservice")
        assert made.getresponse().read() == b"{}"
        return made

    kept = open_connection()
    before = ends(kept)
    fresh = authority.issue("fresh", timedelta(days=33), hosts=[PROXY])
    replace_certificate(proxy.socket, file, fresh.read_text())
    kept.request("GET", "/wrapperservice")
    assert kept.getresponse().read() == b"{}"
    assert ends(kept) == before
    new = open_connection()
    assert ends(new) != before
    with pytest.raises(AdminError, match="does not take"):
        replace_certificate(proxy.socket, file, "-----BEGIN CERTIFICATE-----\nrubbish\n")
    last = open_connection()
    assert ends(last) == ends(new)
    for connection in (kept, new, last):
        connection.close()
