"""Who is asking behind the proxies, and what follows a request through both services."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from service_processes import Afp2webProcess, ServiceProcess, WrapperProcess, eventually
from starlette.datastructures import Headers

from afpcluster.web.client import LANE_HEADER, client_address, lane, parse_networks

TRUSTED = parse_networks("10.0.0.1, 10.0.1.0/24, 2001:db8::/32")
Start = Callable[..., ServiceProcess]
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "address"),
    [
        ("192.0.2.9", [], "192.0.2.9"),
        ("192.0.2.9", ["1.2.3.4"], "192.0.2.9"),  # anybody may say anything
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["1.2.3.4"], "1.2.3.4"),
        ("10.0.1.77", ["1.2.3.4"], "1.2.3.4"),
        ("10.0.0.1", ["6.6.6.6, 1.2.3.4"], "1.2.3.4"),  # the client invented the first one
        ("10.0.0.1", ["6.6.6.6", "1.2.3.4"], "1.2.3.4"),
        ("10.0.0.1", ["1.2.3.4, 10.0.1.5"], "1.2.3.4"),
        ("10.0.0.1", ["10.0.1.4"], "10.0.1.4"),
        ("10.0.0.1", ["2001:db8::5,2001:db9::1"], "2001:db9::1"),
        ("10.0.0.1", ["1.2.3.4:80"], "10.0.0.1"),
        ("10.0.0.1", ["<script>"], "10.0.0.1"),
        ("10.0.0.1", ["1.2.3.4, unknown"], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["1.2.3.4"], "1.2.3.4"),  # a socket for both kinds of addresses
        ("::ffff:192.0.2.9", ["1.2.3.4"], "::ffff:192.0.2.9"),
        ("", ["1.2.3.4"], ""),
    ],
)
def test_the_address_behind_the_proxies(peer: str, forwarded_for: list[str], address: str) -> None:
    assert client_address(peer, forwarded_for, TRUSTED) == address


@pytest.mark.parametrize(
    ("peer", "told", "known"),
    [
        ("10.0.0.1", "billing", "billing"),
        ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "", None),
        ("10.0.0.1", "x" * 200, None),
        ("192.0.2.9", "billing", None),  # anybody may say anything
    ],
)
def test_whose_turn_it_is_trusted_proxies_tell(peer: str, told: str, known: str | None) -> None:
    scope = {"type": "http", "client": (peer, 1), "headers": []}
    assert lane(scope, Headers({LANE_HEADER: told}), TRUSTED) == known


@pytest.mark.parametrize("text", ["10.0.0.0.1", "proxy-01", "10.0.0.1/8", "10.0.0.1;10.0.0.2"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"10|proxy"):
        parse_networks(text)


@pytest.mark.parametrize(
    ("trusted", "sent", "client"),
    [
        ("127.0.0.0/8", "203.0.113.5", "203.0.113.5"),
        ("192.0.2.1", "203.0.113.5", "127.0.0.1"),
        ("", "203.0.113.5", "127.0.0.1"),
    ],
)
def test_both_services_log_who_asks(
    start: Start, document: bytes, trusted: str, sent: str, client: str
) -> None:
    server = start(lambda folder: Afp2webProcess(folder, f"service.trusted-proxies = {trusted}"))
    wrapper = start(
        lambda folder: WrapperProcess(folder, server.port, f"service.trusted-proxies = {trusted}")
    )
    headers = {"X-Forwarded-For": sent, "traceparent": TRACE, "X-Request-ID": "one-id"}
    assert wrapper.call("POST", "/wrapperservice/convert", document, headers).status == 200
    for service, path in ((wrapper, "/wrapperservice/convert"), (server, "/services/transform")):
        line = eventually(lambda: next((x for x in service.logged("request") if x["path"] == path), None))  # noqa: B023
        assert (line["client"], line["traceparent"], line["request_id"]) == (client, TRACE, "one-id")


@pytest.mark.parametrize("trace", ["nonsense", "00-x-y-01", TRACE + "-more"])
def test_an_insane_trace_does_not_pass(afp2web: Afp2webProcess, trace: str) -> None:
    reply = afp2web.call("GET", "/services/usid", headers={"traceparent": trace, "X-Request-ID": "insane"})
    assert reply.status == 200
    line = eventually(
        lambda: next((x for x in afp2web.logged("request") if x["request_id"] == "insane"), None)
    )
    assert "traceparent" not in line
