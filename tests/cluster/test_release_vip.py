"""A VIP that a killed Keepalived left: it goes when, and only when, the other proxy says that it has it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from afpcluster.cluster.render import RELEASE_VIP, render
from afpcluster.cluster.topology import Topology
from afpcluster.cluster.topology_file import load, parse, sample_text

TOPOLOGY = load()
SLOW = parse(sample_text().replace("advert_interval: 50ms", "advert_interval: 500ms"))
OURS, OTHER = TOPOLOGY.hosts[0].address, TOPOLOGY.hosts[1].address
VIP, ROUTER_ID = TOPOLOGY.vips[0].address, TOPOLOGY.vips[0].router_id
SPACE, CABLE = f"afprelease{os.getpid()}", f"afprel{os.getpid() % 100000}"


def waits(topology: Topology) -> float:
    """Seconds, for an advert that does not come."""
    return (3 * topology.vrrp.advert_interval + 450) / 1000


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    """A network namespace with the address of the first proxy, and one beside it for everybody else."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        pytest.skip("a network namespace needs root and iproute2")
    ip("netns", "add", SPACE)
    ip("netns", "add", f"{SPACE}b")
    try:
        ip("link", "add", CABLE, "netns", f"{SPACE}b", "type", "veth", "peer", "name", "eth0", "netns", SPACE)
        ip("-netns", SPACE, "address", "add", f"{OURS}/24", "dev", "eth0")
        ip("-netns", f"{SPACE}b", "address", "add", f"{OTHER}/24", "dev", CABLE)
        ip("-netns", f"{SPACE}b", "address", "add", "10.79.79.99/24", "dev", CABLE)
        ip("-netns", SPACE, "link", "set", "eth0", "up")
        ip("-netns", f"{SPACE}b", "link", "set", CABLE, "up")
        yield SPACE
    finally:
        ip("netns", "delete", SPACE)
        ip("netns", "delete", f"{SPACE}b")


def ip(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True).stdout


def advert(router_id: int, priority: int) -> bytes:
    """The beginning of a VRRPv3 advert (RFC 5798 section 5.1)."""
    return bytes([0x31, router_id, priority, 1]) + bytes(4) + VIP.packed


SEND = """
import socket, sys, time
sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, 112)
sender.bind((sys.argv[1], 0))
sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(sys.argv[1]))
while True:
    sender.sendto(bytes.fromhex(sys.argv[3]), (sys.argv[2], 0))
    print(flush=True)
    time.sleep(0.05)
"""

# (from, to, advert; whether the VIP goes)
CASES = {
    "the other proxy has it": (str(OTHER), str(OURS), advert(ROUTER_ID, 253), True),
    "by multicast": (str(OTHER), "224.0.0.18", advert(ROUTER_ID, 253), True),
    "it gives it up": (str(OTHER), str(OURS), advert(ROUTER_ID, 0), False),
    "another VIP": (str(OTHER), str(OURS), advert(ROUTER_ID + 1, 253), False),
    "a stranger": ("10.79.79.99", str(OURS), advert(ROUTER_ID, 253), False),
    "too short": (str(OTHER), str(OURS), b"\x31", False),
}


@pytest.mark.parametrize("case", CASES)
def test_left_address(host: str, case: str, tmp_path: Path) -> None:
    source, to, data, goes = CASES[case]
    ip("-netns", host, "address", "add", f"{VIP}/24", "dev", "eth0")
    send = ["ip", "netns", "exec", f"{host}b", sys.executable, "-c", SEND, source, to, data.hex()]
    with subprocess.Popen(send, stdout=subprocess.PIPE) as sender:
        try:
            assert sender.stdout is not None
            assert sender.stdout.readline() == b"\n"  # adverts come from now on
            seconds, said = release(host, tmp_path)
            assert (f" {VIP}/24 " not in ip("-netns", host, "-4", "-o", "address")) is goes
        finally:
            sender.kill()
            left = ["ip", "-netns", host, "address", "delete", f"{VIP}/24", "dev", "eth0"]
            subprocess.run(left, check=False)
    assert (str(VIP) in said) is goes
    if not goes:
        assert seconds >= waits(TOPOLOGY)


def test_nothing_left(host: str, tmp_path: Path) -> None:
    """Nothing is waited for, however slow the adverts are."""
    seconds, said = release(host, tmp_path, SLOW)
    assert said == ""
    assert seconds < waits(SLOW)


def release(host: str, folder: Path, topology: Topology = TOPOLOGY) -> tuple[float, str]:
    """How long it took, in seconds, and what it said."""
    script = folder / "release_vip"
    script.write_text(render(topology, "!")[TOPOLOGY.hosts[0].name][RELEASE_VIP])
    script.chmod(0o755)
    began = time.monotonic()
    done = subprocess.run(
        ["ip", "netns", "exec", host, str(script)], check=True, capture_output=True, text=True, timeout=20
    )
    assert done.stderr == ""
    return time.monotonic() - began, done.stdout


def test_it_waits_for_more_than_three_adverts() -> None:
    assert waits(SLOW) == 1.95
    assert "SECONDS = 1.95 " in render(SLOW, "!")[TOPOLOGY.hosts[0].name][RELEASE_VIP]
