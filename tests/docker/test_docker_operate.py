"""Operating the cluster in Docker: the same commands, answers and promises as in namespaces."""

from __future__ import annotations

import signal
import time
import urllib.request
from pathlib import Path

import pytest
from docker_slot import takes_minutes

from afpcluster.cluster import handing_on
from afpcluster.cluster.demo import sample
from afpcluster.cluster.docker.cluster import DockerCluster
from afpcluster.cluster.drill import Document, convert_locally, run_drill
from afpcluster.cluster.proxies import proxies_at_fault
from afpcluster.cluster.render import WRAPPER_PROPERTIES
from afpcluster.cluster.site.docker import DockerSite
from afpcluster.cluster.topology import Role
from afpcluster.cluster.urls import entrance
from operating import Program, lines_of_request, load, well

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module")
def document() -> Document:
    return convert_locally(sample())


def other(site: DockerSite, proxy: str) -> str:
    return next(host.name for host in site.topology.with_role(Role.PROXY) if host.name != proxy)


def test_status(site: DockerSite, program: Program) -> None:
    assert well(site)
    assert "all is well" in program("status")
    seen = program.json("status")
    assert (seen["state"], seen["exitCode"], seen["problems"]) == ("healthy", 0, [])
    servers = seen["servers"]
    assert isinstance(servers, list)
    assert {row["state"] for row in servers} == {"UP"}


def test_drain(site: DockerSite, program: Program, document: Document) -> None:
    """Under load nothing fails; the last one is refused; it survives a restart."""
    name, last = (host.name for host in site.topology.with_role(Role.AFP2WEB))
    with load(site, document.body) as wrong:
        time.sleep(0.5)
        assert "nothing is under way" in program("drain", name, "--why", "disk change")
        assert f"{name} is drained by" in program("status", code=3)
        assert "last instance of afp2web" in program("drain", last, code=5)
        began = site.process(name, "afp2web").since
        site.signal(name, "afp2web", signal.SIGTERM)
        while site.process(name, "afp2web").since == began:
            time.sleep(0.1)
        assert f"{name} is drained by" in program("status", code=3)
        program("undrain", name)
    assert wrong == []
    assert well(site)


@pytest.mark.parametrize("times", range(2))
def test_switchover(site: DockerSite, program: Program, document: Document, times: int) -> None:
    """There and back, with connections handed on: no document fails."""
    (old,) = site.holders()
    new = other(site, old)
    with load(site, document.body) as wrong:
        time.sleep(0.5)
        said = program("switchover", "--to", new, "--why", "kernel update")
        time.sleep(0.5)
    assert wrong == []
    assert "handed on" not in said  # that would say why it cannot be had
    assert f"moved from {old} to {new}" in said
    assert site.holders() == (new,)
    assert well(site)
    assert handing_on.connections(site, old) == 0
    assert "handing_on" not in site.run(new, "nft", "list", "ruleset").decode()


def test_failover(site: DockerSite, program: Program) -> None:
    (old,) = site.holders()
    new = other(site, old)
    program("failover", "--to", new)
    assert site.holders() == (new,)
    assert well(site)


def test_pause(site: DockerSite, program: Program) -> None:
    """A killed HAProxy moves nothing, until `resume`."""
    (holder,) = site.holders()
    program("pause", "--why", "new cables")
    try:
        assert "automation is paused" in program("status", code=3)
        site.signal(holder, "haproxy", signal.SIGKILL, group=True)
        time.sleep(1.5)
        assert site.holders() == (holder,)
    finally:
        program("resume")
    deadline = time.monotonic() + 30
    while proxies_at_fault(site):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert well(site)


@takes_minutes
def test_rolling_restart(site: DockerSite, program: Program, document: Document) -> None:
    names = {"haproxy", "wrapper", "afp2web"}
    before = {(state.host, state.name): state.pid for state in site.processes() if state.name in names}
    with load(site, document.body) as wrong:
        program("rolling-restart")
    assert wrong == []
    after = {(state.host, state.name): state.pid for state in site.processes() if state.name in names}
    assert set(after) == set(before)
    assert not set(after.items()) & set(before.items())
    assert well(site)


def test_history(program: Program) -> None:
    said = program("history")
    assert "(kernel update): done after" in said
    assert "VIP at" in said


def test_logs(site: DockerSite, program: Program, document: Document) -> None:
    """One request is found in the logs of all that had it."""
    headers = {"X-Request-ID": "find-me.1"}
    url = f"{entrance(site.topology)}/convert"
    with _OPENER.open(urllib.request.Request(url, document.body, headers), timeout=60) as response:
        response.read()
    lines = lines_of_request(program, "find-me.1")
    assert {line.split()[1] for line in lines} == {"haproxy:", "wrapper:", "afp2web:"}


def test_differing_files_are_shown(site: DockerSite, program: Program) -> None:
    host = site.topology.with_role(Role.WRAPPER)[0].name
    original = site.read(host, WRAPPER_PROPERTIES)
    assert "Every file is" in program("render", "--diff")
    try:
        site.write(host, WRAPPER_PROPERTIES, original + b"# by hand\n")
        assert "-# by hand" in program("render", "--diff", code=3)
    finally:
        site.write(host, WRAPPER_PROPERTIES, original)


DRILLS = ["proxy-killed", "keepalived-killed", "keepalived-child-killed", "afp2web-lost", "wrapper-lost"]
MORE_DRILLS = [
    *("proxy-frozen", "proxy-lost", "network-gone", "keepalived-parent-killed", "switchover"),
    *("afp2web-killed", "wrapper-killed", "engine-stopped"),
]


@pytest.mark.parametrize(
    "name", [*DRILLS, *(pytest.param(name, marks=takes_minutes) for name in MORE_DRILLS)]
)
def test_promise_is_kept(
    site: DockerSite,
    docker_cluster: DockerCluster,
    document: Document,
    name: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if name == "engine-stopped" and not docker_cluster.engine.own:
        pytest.skip("this engine is not ours to stop; run the tests where none answers")
    verdict = run_drill(site, name, [document], tmp_path / "history.jsonl", after=1.0)
    with capsys.disabled():
        print(f"\n{name}: {verdict}")
    assert verdict.broken == ()
    assert verdict.documents >= 5
    assert well(site)
