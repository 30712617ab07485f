"""Two VIPs, both proxies at work: each at its proxy, both at one when the other fails, and they go back."""

from __future__ import annotations

import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lab_slot import Slot

from afpcluster.cluster import bringup, journal
from afpcluster.cluster.demo import sample
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.topology import Topology
from afpcluster.cluster.topology_file import load, parse, sample_text
from afpcluster.cluster.urls import host_of, is_vip, urls
from operating import Program, well
from topologies import two_vips

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy of the environment
FIRST, SECOND = "a2wprxy-01", "a2wprxy-02"


def test_urls_of_both() -> None:
    topology = parse(two_vips(sample_text()))
    found = urls(topology, "p")
    assert [host_of(vip) for vip in topology.vips] == ["VIP", "VIP-2"]
    assert len(found) == len(urls(load(), "p")) + 4
    assert {(url.host, url.address) for url in found if is_vip(url.host)} == {
        ("VIP", "10.79.79.100"),
        ("VIP-2", "10.79.79.101"),
    }
    assert (found[-1].host, found[-1].path) == ("VIP", "/stats")


@pytest.fixture(scope="module")
def both(slot: Slot) -> Iterator[LabSite]:
    """A lab beside that of the session."""
    text = two_vips(slot.spare_text)
    topology = parse(text)
    made = bringup.up(topology, text, print, lambda _: None)
    yield made
    bringup.down(topology, print)


@pytest.fixture
def program(both: LabSite, slot: Slot, tmp_path: Path) -> Program:
    (tmp_path / "topology.yml").write_text(two_vips(slot.spare_text))
    return Program(tmp_path / "topology.yml")


def held(site: LabSite) -> list[tuple[str, ...]]:
    return list(site.held().values())


def until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def convert_at_each(topology: Topology) -> None:
    for vip in topology.vips:
        url = f"http://{vip.address}:{topology.ports.wrapper_proxy}/wrapperservice/convert"
        with _OPENER.open(urllib.request.Request(url, sample()), timeout=30) as response:
            assert response.read().startswith(b"%PDF-"), url


def test_each_is_at_its_proxy(both: LabSite, program: Program) -> None:
    assert held(both) == [(FIRST,), (SECOND,)]
    convert_at_each(both.topology)
    assert well(both)
    seen = program.json("status")
    assert isinstance(seen["vips"], list)
    assert [row["holders"] for row in seen["vips"]] == [[FIRST], [SECOND]]
    assert [row["history"][-1]["host"] for row in seen["vips"]] == [FIRST, SECOND]
    said = program("status")
    for vip, (holder,) in both.held().items():
        assert f"VIP {vip.address} is held by {holder}" in said


def test_one_of_them_moves(both: LabSite, program: Program) -> None:
    first, second = both.topology.vips
    assert "say --to, or --vip for one" in program("switchover", code=5)
    assert "no VIP 'vip-3'" in program("switchover", "--vip", "vip-3", code=2)
    said = program("switchover", "--vip", str(second.address), "--why", "test")
    assert f"The VIP {second.address} moved from {SECOND} to {FIRST}." in said
    assert held(both) == [(FIRST,), (FIRST,)]
    assert f"VIP {second.address} at {FIRST} since" in program("history")
    program("switchover")  # from the one that has both
    assert held(both) == [(SECOND,), (SECOND,)]
    assert f"moved from {SECOND} to {FIRST}" in program("switchover", "--home")
    assert held(both) == [(FIRST,), (SECOND,)]
    assert "Each VIP is where it belongs." in program("switchover", "--home")
    program("failover", "--vip", first.name, "--to", SECOND)
    assert held(both) == [(SECOND,), (SECOND,)]
    assert well(both)  # Keepalived starts again where it gave up its only VIP
    program("failover", "--vip", first.name, "--to", FIRST)
    assert held(both) == [(FIRST,), (SECOND,)], (
        "the other one stays, though it is held by the same Keepalived"
    )
    assert well(both)


def test_a_proxy_is_killed(both: LabSite, program: Program) -> None:
    """The other one has both at once, and keeps them when the first is there again."""
    assert held(both) == [(FIRST,), (SECOND,)]
    both.signal(SECOND, "haproxy", signal.SIGKILL, group=True)
    assert until(lambda: held(both) == [(FIRST,), (FIRST,)], 1.0), held(both)
    convert_at_each(both.topology)
    assert well(both)
    assert held(both) == [(FIRST,), (FIRST,)]
    holdings = [row for row in journal.holdings(journal.read(both)) if row.until is not None]
    ended = max(holdings, key=lambda holding: str(holding.until))
    assert (ended.host, ended.vip) == (SECOND, str(both.topology.vips[1].address))
    assert ended.why == "HAProxy is not running"
    program("switchover", "--home")
    assert held(both) == [(FIRST,), (SECOND,)]


def test_everything_is_restarted_and_both_are_at_work_again(both: LabSite, program: Program) -> None:
    assert "switch its VIPs away from" in program("rolling-restart", "--dry-run")
    program("rolling-restart")
    assert held(both) == [(FIRST,), (SECOND,)]
    assert well(both)


def test_a_killed_keepalived_leaves_neither(both: LabSite, program: Program) -> None:
    """Both VIPs are at the proxy whose Keepalived is killed; soon each is at the other one alone."""
    program("switchover", "--to", SECOND)
    both.signal(SECOND, "keepalived", signal.SIGKILL, group=True)
    assert until(lambda: held(both) == [(FIRST,), (FIRST,)], 3.0), held(both)
    assert well(both)
    assert held(both) == [(FIRST,), (FIRST,)]


def test_status_is_red_while_two_have_one(both: LabSite, program: Program) -> None:
    """Given to the other one by hand, too."""
    program("switchover", "--home")
    first = both.topology.vips[0]
    both.run(SECOND, "ip", "address", "add", first.cidr, "dev", first.interface)
    try:
        said = program("status", code=3)
    finally:
        both.run(SECOND, "ip", "address", "delete", first.cidr, "dev", first.interface)
    assert f"{FIRST} and {SECOND} both hold the VIP {first.address}" in said
    assert well(both)
