"""What a site promises, on the lab's own and on the same hosts by ssh."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from lab_slot import Slot
from ssh_hosts import ssh_site

from afpcluster.cluster.command import CommandError
from afpcluster.cluster.drift import drifts
from afpcluster.cluster.drill import Document, run_drill
from afpcluster.cluster.proxies import proxies_at_fault, silent_watchers
from afpcluster.cluster.render import WRAPPER_PROPERTIES
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.site.site import Site, rows
from afpcluster.cluster.topology import Role, SiteError


@pytest.fixture(scope="module", params=["lab", "ssh"])
def site(cluster: LabSite, slot: Slot, request: pytest.FixtureRequest) -> Iterator[Site]:
    if request.param == "lab":
        yield cluster
        return
    with TemporaryDirectory(dir="/var/tmp") as folder:  # a host has a /tmp of its own
        (Path(folder) / "password").write_text(cluster.stats_password)
        with ssh_site(cluster, slot.topology_text, Path(folder)) as made:
            yield made


def test_commands_run_on_their_host(site: Site) -> None:
    for host in site.topology.hosts:
        assert site.run(host.name, "hostname").decode().strip() == host.name
    proxy = site.topology.with_role(Role.PROXY)[0].name
    assert site.run(proxy, "cat", stdin=b"a b\n$HOME\n") == b"a b\n$HOME\n"
    assert site.run(proxy, "printf", "%s", "two words; $HOME 'quoted'") == b"two words; $HOME 'quoted'"
    with pytest.raises(CommandError, match="no-such-file") as failed:
        site.run(proxy, "ls", "/no-such-file")
    assert failed.value.code == 2


def test_files(site: Site) -> None:
    wrapper = site.topology.with_role(Role.WRAPPER)[0].name
    path = str(Path(WRAPPER_PROPERTIES).with_name("note"))
    with pytest.raises(FileNotFoundError):
        site.read(wrapper, path)
    site.write(wrapper, path, b"\x00one\n")
    site.write(wrapper, path, b"two\n")
    assert site.read(wrapper, path) == b"two\n"
    assert site.text(wrapper, path) == "two"
    site.remove(wrapper, path)
    site.remove(wrapper, path)
    assert site.text(wrapper, path) == ""


def test_processes(site: Site, cluster: LabSite) -> None:
    there = {(state.host, state.name): state.pid for state in site.processes()}
    assert set(there) == {(host.name, name) for host, name in rows(site.topology)}
    assert there == {(state.host, state.name): state.pid for state in cluster.processes()}
    # In seconds of the calendar, after the machine's start.
    uptime = time.clock_gettime(time.CLOCK_BOOTTIME)
    assert all(-5 < time.time() - state.since < uptime for state in site.processes())
    with pytest.raises(SiteError, match="no process httpd on"):
        site.process(site.topology.hosts[0].name, "httpd")


def test_a_killed_process_is_seen(site: Site) -> None:
    host = site.topology.with_role(Role.AFP2WEB)[1].name
    before = site.process(host, "afp2web").pid
    site.signal(host, "afp2web", signal.SIGKILL, group=True)
    deadline = time.monotonic() + 20
    while site.process(host, "afp2web").pid in (before, None):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_what_status_asks(site: Site) -> None:
    (holder,) = site.holders()
    assert holder in {proxy.name for proxy in site.topology.with_role(Role.PROXY)}
    assert site.troubles() == []
    assert proxies_at_fault(site) == {}
    assert silent_watchers(site) == {}
    assert [drift.path for drift in drifts(site)] == []
    assert len(site.stats_password) >= 20


def test_logs(site: Site) -> None:
    host = site.topology.with_role(Role.PROXY)[0].name
    lines = list(site.logs(host, "watcher", datetime.now(UTC)))
    assert any("healthy" in line for line in lines), lines


def test_drill(site: Site, document: Document, tmp_path: Path) -> None:
    verdict = run_drill(site, "proxy-killed", [document], tmp_path / "history.jsonl", after=1.0)
    assert verdict.broken == (), verdict
