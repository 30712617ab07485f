"""The lab's bridge and a firewall as Docker makes it, on a machine of its own: a network namespace."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import afpcluster
from afpcluster.cluster.command import CommandError, run

PROGRAMS = ("iptables", "ip6tables")
MACHINE, ONE, TWO = NAMES = ("afpfire-machine", "afpfire-1", "afpfire-2")
_LIBRARY = str(Path(afpcluster.__file__).parent.parent)


def on_machine(*command: str) -> str:
    return run("ip", "netns", "exec", MACHINE, *command)


def firewall(call: str) -> None:
    code = f"from afpcluster.cluster import firewall; firewall.{call}"
    on_machine("env", f"PYTHONPATH={_LIBRARY}", sys.executable, "-c", code)


@pytest.fixture
def bridge() -> Iterator[str]:
    """With two hosts on it, 10.0.0.1 and 10.0.0.2; fd00::1 and fd00::2."""
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    if shutil.which("iptables") is None:
        pytest.skip("iptables is not installed: neither is a Docker engine")
    try:
        for name in NAMES:
            run("ip", "netns", "add", name)
        on_machine("ip", "link", "add", "fire0", "type", "bridge")
        on_machine("ip", "link", "set", "fire0", "up")
        for number, name in ((1, ONE), (2, TWO)):
            peer = ("peer", "name", "eth0", "netns", name)
            on_machine("ip", "link", "add", f"port{number}", "type", "veth", *peer)
            on_machine("ip", "link", "set", f"port{number}", "master", "fire0", "up")
            run("ip", "-netns", name, "addr", "add", f"10.0.0.{number}/24", "dev", "eth0")
            run("ip", "-netns", name, "addr", "add", f"fd00::{number}/64", "dev", "eth0", "nodad")
            run("ip", "-netns", name, "link", "set", "eth0", "up")
        try:
            for program in PROGRAMS:
                on_machine(program, "-P", "FORWARD", "DROP")
        except CommandError as error:
            pytest.skip(f"iptables does not work on this kernel: {error}")
        yield "fire0"
    finally:
        for name in NAMES:
            subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)


def reaches(address: str) -> bool:
    """One host gets an answer from the other: here a refused connection."""
    code = (
        "import socket\n"
        f"try: socket.create_connection(('{address}', 9), 1)\n"
        "except ConnectionRefusedError: print('answered')\n"
        "except OSError: print('silence')"
    )
    return run("ip", "netns", "exec", ONE, sys.executable, "-c", code).strip() == "answered"


@pytest.mark.parametrize(("program", "address"), [("iptables", "10.0.0.2"), ("ip6tables", "fd00::2")])
def test_bridge_is_let_through_and_forgotten(bridge: str, program: str, address: str) -> None:
    before = on_machine(program, "-S")
    filtered = Path(f"/proc/sys/net/bridge/bridge-nf-call-{program}").exists()
    assert reaches(address) is not filtered
    for _ in range(2):
        firewall(f"let_through({bridge!r}, ipv6={program == 'ip6tables'})")
    assert on_machine(program, "-S").count(bridge) == 2  # -i and -o of one rule
    assert reaches(address)
    for _ in range(2):
        firewall(f"forget({bridge!r})")
    assert on_machine(program, "-S") == before
