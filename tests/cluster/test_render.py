"""Rendered files against `golden/`, read in review."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from afpcluster.cluster.render import CHK_HAPROXY, HAPROXY_CFG, render
from afpcluster.cluster.topology_file import load, parse, sample_text
from topologies import ipv6, two_vips

GOLDEN = Path(__file__).parent / "golden"
HASH = "$5$rounds=1000$0123456789abcdef$of-the-test"
FILES = [(host, path) for host, files in render(load(), HASH).items() for path in files]
# Every kind of file once; the second proxy's keepalived.conf too, because of its priority.
KEPT = [
    (host, path) for host, path in FILES if host.endswith(("-01", "-03")) or path.endswith("keepalived.conf")
]
KEPT = [(host, path) for host, path in KEPT if path != "/etc/hosts" or host == "a2wprxy-01"]


@pytest.mark.parametrize(("host", "path"), KEPT)
def test_golden(host: str, path: str, check_golden: Callable[[Path, str], None]) -> None:
    text = render(load(), HASH)[host][path]
    check_golden(GOLDEN / f"{host}.{Path(path).name}", text)


# TLS on every hop.
HTTPS = {
    "afp2web_protocol: http ": "afp2web_protocol: https ",
    "  authority: ": "  authority: /etc/afpcluster/authority.pem",
    "  proxy_certificate: ": "  proxy_certificate: /etc/afpcluster/proxy.pem",
    "  client_authority: ": "  client_authority: /etc/afpcluster/clients.pem",
    "  service_certificate: ": "  service_certificate: /etc/afpcluster/service.pem",
}


def https_text() -> str:
    text = sample_text()
    for there, instead in HTTPS.items():
        assert there in text
        text = text.replace(there, instead)
    return text


@pytest.mark.parametrize(
    ("host", "path"),
    [(host, path) for host, path in KEPT if path.endswith((".cfg", ".properties"))],
)
def test_https_golden(host: str, path: str, check_golden: Callable[[Path, str], None]) -> None:
    text = render(parse(https_text()), HASH)[host][path]
    check_golden(GOLDEN / "https" / f"{host}.{Path(path).name}", text)


@pytest.mark.parametrize("name", ["keepalived.conf", "notify_vip.sh", "release_vip", "hosts"])
def test_two_vips_golden(name: str, check_golden: Callable[[Path, str], None]) -> None:
    files = render(parse(two_vips(sample_text())), HASH)["a2wprxy-02"]
    (text,) = (text for path, text in files.items() if Path(path).name == name)
    check_golden(GOLDEN / "two-vips" / f"a2wprxy-02.{name}", text)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("a2wprxy-01", "keepalived.conf"),
        ("a2wprxy-01", "haproxy.cfg"),
        ("a2wprxy-01", "release_vip"),
        ("a2wprxy-01", "hosts"),
        ("wrapper-01", "wrapperservice.properties"),
    ],
)
def test_ipv6_golden(host: str, name: str, check_golden: Callable[[Path, str], None]) -> None:
    files = render(parse(ipv6(sample_text())), HASH)[host]
    (text,) = (text for path, text in files.items() if Path(path).name == name)
    check_golden(GOLDEN / "ipv6" / f"{host}.{name}", text)


def test_what_two_vips_do_not_change() -> None:
    """HAProxy listens at every address; the services call the first VIP."""
    one, two = render(load(), HASH), render(parse(two_vips(sample_text())), HASH)
    for host, files in one.items():
        for path, text in files.items():
            if Path(path).name not in ("keepalived.conf", "notify_vip.sh", "release_vip", "hosts"):
                assert two[host][path] == text


def test_a_list_of_one_vip_is_the_same_as_the_short_way() -> None:
    text = two_vips(sample_text())
    second = "  - {address: 10.79.79.101, router_id: 80, priorities: [253, 254]}\n"
    assert second in text
    assert parse(text.replace(second, "")) == load()


def test_every_kind_of_file_has_a_golden() -> None:
    assert {Path(path).name for _, path in FILES} == {Path(path).name for _, path in KEPT}


def swapped(text: str) -> str:
    """The file of the second proxy as it would be on the first one: names and addresses exchanged."""
    text = text.replace("priority 253", "priority 254")
    return re.sub(r"(a2wprxy-0|10\.79\.79\.1)([12])\b", lambda match: f"{match[1]}{3 - int(match[2])}", text)


def test_only_two_hosts_differ_in_nothing_but_names_and_priority() -> None:
    files = render(load(), "p")
    ours, theirs = files["a2wprxy-01"], files["a2wprxy-02"]
    for path in ours:
        assert sorted(re.split(r"\s+", ours[path])) == sorted(re.split(r"\s+", swapped(theirs[path])))


def test_the_hash_of_the_password_stands_in_haproxy_cfg_alone() -> None:
    for files in render(load(), HASH).values():
        for path, text in files.items():
            assert (HASH in text) == (path == HAPROXY_CFG)


# (in the topology, instead, host, file name, what the file then says)
CHANGES = [
    ("wrapper_proxy: 8080", "wrapper_proxy: 80", "a2wprxy-01", "haproxy.cfg", "bind *:80\n"),
    (
        "realtime_priority: 50",
        "realtime_priority: 0",
        "a2wprxy-01",
        "keepalived.conf",
        "No real-time priority",
    ),
    ("advert_interval: 50ms", "advert_interval: 1s", "a2wprxy-02", "keepalived.conf", "advert_int 1\n"),
    (
        "conversion_timeout: 5m",
        "conversion_timeout: 60s",
        "wrapper-02",
        "wrapperservice.properties",
        "seconds = 150\n",
    ),
    (
        "afp2web_host: vip",
        "afp2web_host: afp2web-04",
        "wrapper-01",
        "wrapperservice.properties",
        "port = 9091\n",
    ),
    (
        "afp2web_host: vip",
        "afp2web_host: afp2web-04",
        "wrapper-01",
        "wrapperservice.properties",
        "targets = \n",
    ),
    (
        "afp2web_protocol: http",
        "afp2web_protocol: https",
        "wrapper-01",
        "wrapperservice.properties",
        "targets = https://10.79.79.11:9090, https://10.79.79.12:9090\n",
    ),
    ("transport: unicast", "transport: multicast", "a2wprxy-01", "keepalived.conf", "Adverts by multicast"),
    ("startup_delay:\n", "startup_delay: 15s\n", "a2wprxy-01", "keepalived.conf", "vrrp_startup_delay 15\n"),
    ("max_connections: 3000", "max_connections: 5000", "a2wprxy-01", "haproxy.cfg", "maxconn 10100\n"),
    ("workers: 2 ", "workers: 5 ", "a2wprxy-01", "haproxy.cfg", "10.79.79.33:9091 maxconn 20\n"),
    ("workers: 2 ", "workers: 5 ", "afp2web-03", "afp2web.properties", "afp2web.workers = 5\n"),
]


@pytest.mark.parametrize(("there", "instead", "host", "name", "says"), CHANGES)
def test_change_of_the_topology_shows(there: str, instead: str, host: str, name: str, says: str) -> None:
    assert there in sample_text()
    files = render(parse(sample_text().replace(there, instead)), "p")[host]
    assert says in next(text for path, text in files.items() if Path(path).name == name)
    before = render(load(), "p")[host]
    assert says not in next(text for path, text in before.items() if Path(path).name == name)


@pytest.mark.parametrize("text", [sample_text(), ipv6(sample_text())], ids=["IPv4", "IPv6"])
def test_haproxy_accepts_its_file(text: str, tmp_path: Path) -> None:
    file = tmp_path / "haproxy.cfg"
    file.write_text(render(parse(text), "p")["a2wprxy-01"][HAPROXY_CFG], encoding="utf-8")
    done = subprocess.run(["haproxy", "-c", "-f", file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_shell_accepts_the_check_script(tmp_path: Path) -> None:
    file = tmp_path / "chk_haproxy.sh"
    file.write_text(render(load(), "p")["a2wprxy-01"][CHK_HAPROXY], encoding="utf-8")
    subprocess.run(["sh", "-n", file], check=True)
