"""The operating commands on a running cluster: what they say, their exit codes, and what they do."""

from __future__ import annotations

import json
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from lab_slot import Slot

from afpcluster.cluster import handing_on
from afpcluster.cluster.drill import Document
from afpcluster.cluster.proxies import proxies_at_fault
from afpcluster.cluster.render import WRAPPER_PROPERTIES
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.topology import Role
from afpcluster.cluster.urls import entrance
from operating import Program, lines_of_request, load, well

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy of the environment


@pytest.fixture(scope="module")
def program(cluster: LabSite, slot: Slot, tmp_path_factory: pytest.TempPathFactory) -> Program:
    file = tmp_path_factory.mktemp("operate") / "topology.yml"
    file.write_text(slot.topology_text)
    return Program(file)


def test_status(cluster: LabSite, program: Program) -> None:
    assert well(cluster)
    assert "all is well" in program("status")
    seen = program.json("status")
    assert (seen["state"], seen["exitCode"], seen["problems"]) == ("healthy", 0, [])
    servers = seen["servers"]
    assert isinstance(servers, list)
    assert len(servers) == 8
    assert {row["state"] for row in servers} == {"UP"}
    instances = seen["instances"]
    assert isinstance(instances, list)
    assert all(row["free_bytes"] > 0 and row["version"] for row in instances)


def test_status_of_a_cluster_that_is_down(slot: Slot, tmp_path: Path) -> None:
    file = tmp_path / "topology.yml"
    file.write_text(slot.spare_text)
    program = Program(file)
    assert "the cluster is down" in program("status", code=4)
    assert program.json("status", code=4)["state"] == "down"


def test_usage_errors(program: Program, tmp_path: Path) -> None:
    assert "no host 'nobody'" in program("drain", "nobody", code=2)
    file = tmp_path / "topology.yml"
    file.write_text("name: x\n")
    assert "cannot be used" in Program(file)("status", code=2)
    assert "is relieved by" in program("drain", "a2wprxy-01", code=1)


def test_drain(cluster: LabSite, program: Program, document: Document) -> None:
    """Under load nothing fails; status says it; the last one is refused; it survives a restart."""
    name, other = (host.name for host in cluster.topology.with_role(Role.AFP2WEB))
    assert "could be drained" in program("drain", name, "--dry-run")
    with load(cluster, document.body) as wrong:
        time.sleep(0.5)
        assert "nothing is under way" in program("drain", name, "--why", "disk change")
        seen = program.json("status", code=3)
        problems = seen["problems"]
        assert isinstance(problems, list)
        assert any(f"{name} is drained by" in line and "disk change" in line for line in problems), problems
        assert "last instance of afp2web" in program("drain", other, code=5)
        restarted = cluster.process(name, "afp2web").starts
        cluster.signal(name, "afp2web", signal.SIGTERM)
        while cluster.process(name, "afp2web").starts == restarted:
            time.sleep(0.1)
        time.sleep(2)
        assert program.json("status", code=3)["drained"] != {}
        program("undrain", name)
    assert wrong == []
    assert well(cluster)
    assert "is not drained" in program("undrain", name)


def test_drain_that_does_not_finish(cluster: LabSite, program: Program, document: Document) -> None:
    name = cluster.topology.with_role(Role.WRAPPER)[0].name
    with load(cluster, document.body):
        time.sleep(0.5)
        assert "still under way" in program("drain", name, "--timeout", "0", code=6)
    program("undrain", name)
    assert well(cluster)


@pytest.mark.parametrize("times", range(2))
def test_switchover(cluster: LabSite, program: Program, document: Document, times: int) -> None:
    """There and back: no document fails."""
    (old,) = cluster.holders()
    (new,) = {host.name for host in cluster.topology.with_role(Role.PROXY)} - {old}
    assert f"from {old} to {new}" in program("switchover", "--dry-run")
    with load(cluster, document.body) as wrong:
        time.sleep(0.5)
        said = program("switchover", "--to", new, "--why", "kernel update")
        time.sleep(0.5)
    assert wrong == []
    assert f"moved from {old} to {new}" in said
    assert cluster.holders() == (new,)
    assert f"at {new} already" in program("switchover", "--to", new)
    assert well(cluster)
    assert handing_on.connections(cluster, old) == 0
    assert "handing_on" not in cluster.run(new, "nft", "list", "ruleset").decode()


def test_switchover_is_refused(cluster: LabSite, program: Program) -> None:
    (old,) = cluster.holders()
    (new,) = {host.name for host in cluster.topology.with_role(Role.PROXY)} - {old}
    cluster.signal(new, "haproxy", signal.SIGSTOP, group=True)
    try:
        assert "the VIP cannot leave" in program("switchover", code=5)
    finally:
        cluster.signal(new, "haproxy", signal.SIGCONT, group=True)
    assert cluster.holders() == (old,)
    assert well(cluster)


def test_failover(cluster: LabSite, program: Program) -> None:
    (old,) = cluster.holders()
    (new,) = {host.name for host in cluster.topology.with_role(Role.PROXY)} - {old}
    program("failover", "--to", new)
    assert cluster.holders() == (new,)
    assert well(cluster)


def test_pause(cluster: LabSite, program: Program) -> None:
    """A killed HAProxy moves nothing, until `resume`."""
    (holder,) = cluster.holders()
    program("pause", "--why", "new cables")
    try:
        assert "automation is paused" in program("status", code=3)
        assert "paused" in program("switchover", code=5)
        cluster.signal(holder, "haproxy", signal.SIGKILL)
        time.sleep(1.5)
        assert cluster.holders() == (holder,)
    finally:
        program("resume")
    deadline = time.monotonic() + 10
    while proxies_at_fault(cluster):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert well(cluster)


def test_rolling_restart(cluster: LabSite, program: Program, document: Document) -> None:
    names = {"haproxy", "wrapper", "afp2web"}
    before = {(s.host, s.name): s.starts for s in cluster.processes() if s.name in names}
    assert "switch the VIP away" in program("rolling-restart", "--dry-run")
    with load(cluster, document.body) as wrong:
        program("rolling-restart")
    assert wrong == []
    after = {(s.host, s.name): s.starts for s in cluster.processes() if s.name in names}
    assert after == {key: starts + 1 for key, starts in before.items()}
    assert well(cluster)


def test_history(program: Program) -> None:
    said = program("history")
    assert "switchover to" in said
    assert "(kernel update): done after" in said
    rows = program.json("history")["operations"]
    assert isinstance(rows, list)
    assert len({row["time"] for row in rows}) == len(rows)
    assert not any("last instance" in row["result"] for row in rows)


def test_logs(cluster: LabSite, program: Program, document: Document) -> None:
    """One request is found in the logs of all that had it, in order of time."""
    url = f"{entrance(cluster.topology)}/convert"
    headers = {"X-Request-ID": "find-me.1"}
    with _OPENER.open(urllib.request.Request(url, document.body, headers), timeout=60) as response:
        response.read()
    lines = lines_of_request(program, "find-me.1")
    assert {line.split()[1] for line in lines} == {"haproxy:", "wrapper:", "afp2web:"}
    assert all("find-me.1" in line for line in lines)
    host = cluster.topology.with_role(Role.WRAPPER)[0].name
    assert {line.split()[0] for line in program("logs", host).splitlines()} == {host}
    assert "expected 10m" in program("logs", "--since", "yesterday", code=2)


def test_differing_files_are_shown(cluster: LabSite, program: Program) -> None:
    host = cluster.topology.with_role(Role.WRAPPER)[0]
    file = cluster.layout.file(host, WRAPPER_PROPERTIES)
    original = file.read_text()
    assert "Every file is" in program("render", "--diff")
    try:
        file.write_text(original + "# by hand\n")
        said = program("render", "--diff", code=3)
        assert f"--- {host.name}:{WRAPPER_PROPERTIES}" in said
        assert "-# by hand" in said
        assert program.json("status")["differing"] == [{"host": host.name, "path": WRAPPER_PROPERTIES}]
    finally:
        file.write_text(original)


def test_configuration_commands(program: Program, tmp_path: Path) -> None:
    assert "valid." in program("validate")
    program("render", "--output", str(tmp_path))
    assert "log stdout" in (tmp_path / "a2wprxy-01/usr/local/docker/haproxy/haproxy.cfg").read_text()
    said = program("config", "show")
    assert "vrrp.advert_interval = 50ms  (" in said
    assert "time_limits.attempt = 390000ms  (follows from the above)" in said


def test_validate_tells_what_haproxy_says(slot: Slot, tmp_path: Path) -> None:
    file = tmp_path / "topology.yml"
    file.write_text(
        slot.topology_text.replace("  proxy_certificate:", "  proxy_certificate: /etc/x/no.pem #")
        .replace("  authority:", "  authority: /etc/x/no.pem #")
        .replace("afp2web_protocol: http ", "afp2web_protocol: https ")
    )
    assert "/etc/x/no.pem" in Program(file)("validate", code=2)


def test_down_of_another_checkout_is_refused(cluster: LabSite, program: Program) -> None:
    file = cluster.layout.owner_file
    ours = file.read_text()
    try:
        file.write_text(json.dumps({"program": "/elsewhere", "who": "anna@host", "time": "2026-03-31"}))
        assert "anna@host started it with /elsewhere" in program("down", code=5)
    finally:
        file.write_text(ours)
    assert "Remove bridge" in program("down", "--dry-run")
    assert well(cluster)
