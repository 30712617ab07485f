"""A cluster whose addresses are all IPv6: up, documents, a switch, a dead proxy, a dead Keepalived, down."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab_slot import Slot

from afpcluster.cluster import bringup, demo, observe
from afpcluster.cluster.drill import Document, run_drill
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.topology import Role
from afpcluster.cluster.topology_file import parse
from operating import Program, load, well
from topologies import ipv6


@pytest.fixture(scope="module")
def six(slot: Slot) -> Iterator[LabSite]:
    """A lab beside that of the session."""
    text = ipv6(slot.spare_text)
    topology = parse(text)
    made = bringup.up(topology, text, print, lambda _: None)
    yield made
    bringup.down(topology, print)
    assert not observe.bridge_exists(made.layout)


@pytest.fixture
def program(six: LabSite, slot: Slot, tmp_path: Path) -> Program:
    (tmp_path / "topology.yml").write_text(ipv6(slot.spare_text))
    return Program(tmp_path / "topology.yml")


def test_status_and_a_document(six: LabSite, program: Program, tmp_path: Path) -> None:
    vip = six.topology.vips[0]
    assert vip.address.version == 6
    assert well(six)
    said = program("status")
    assert f"VIP {vip.address} is held by" in said
    assert f"http://[{vip.address}]:8080/wrapperservice" in said
    assert demo.convert_sample(six.topology, tmp_path).size > 1000


def test_switchover(six: LabSite, program: Program, document: Document) -> None:
    """No document fails: what is under way is handed on."""
    (old,) = six.holders()
    (new,) = {str(host.name) for host in six.topology.with_role(Role.PROXY)} - {old}
    with load(six, document.body) as wrong:
        time.sleep(0.5)
        said = program("switchover", "--to", new)
        time.sleep(0.5)
    assert wrong == []
    assert "cannot be handed on" not in said
    assert six.holders() == (new,)
    assert well(six)


def test_proxy_killed(six: LabSite, document: Document, tmp_path: Path) -> None:
    verdict = run_drill(six, "proxy-killed", [document], tmp_path / "history.jsonl", after=1.0)
    assert verdict.broken == (), verdict
    assert well(six)


def test_keepalived_killed(six: LabSite) -> None:
    """The VIP that it leaves is taken away."""
    (old,) = six.holders()
    (new,) = {str(host.name) for host in six.topology.with_role(Role.PROXY)} - {old}
    six.signal(old, "keepalived", signal.SIGKILL, group=True)
    deadline = time.monotonic() + 3
    while six.holders() != (new,) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert six.holders() == (new,)
    assert well(six)
