"""The reference topology in real containers: every URL, faults, an emergency edit."""

from __future__ import annotations

import io
import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from docker_slot import PREFIX

from afpcluster.cluster import demo
from afpcluster.cluster.docker import engine as engines
from afpcluster.cluster.docker import images
from afpcluster.cluster.docker.cluster import DockerCluster, named, wait_until_healthy
from afpcluster.cluster.probe import probe
from afpcluster.cluster.proxies import proxies_at_fault
from afpcluster.cluster.render import WRAPPER_PROPERTIES
from afpcluster.cluster.site.docker import DockerSite
from afpcluster.cluster.topology import Role
from afpcluster.cluster.urls import entrance
from afpcluster.convert import convert

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def until(true: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def locally(afp: bytes) -> bytes:
    sink = io.BytesIO()
    convert(io.BytesIO(afp), sink)
    return sink.getvalue()


def test_every_url_answers_by_address_and_by_name(docker_cluster: DockerCluster) -> None:
    for answers in (docker_cluster.by_address(), docker_cluster.by_name()):
        assert len(answers) == 21
        assert [str(answer.url) for answer in answers if not answer.good] == []


def test_stats_refuses_strangers(docker_cluster: DockerCluster) -> None:
    url = entrance(docker_cluster.topology)
    with pytest.raises(urllib.error.HTTPError) as refused:
        _OPENER.open(f"http://{url.address}:{url.port}/stats", timeout=5)
    assert refused.value.code == 401
    refused.value.close()


def test_document_through_the_name_of_the_vip(docker_cluster: DockerCluster) -> None:
    afp = demo.sample()
    assert (
        named(docker_cluster.topology, entrance(docker_cluster.topology)).address
        == f"{PREFIX}mp-a2wprxy-pr-vip"
    )
    assert docker_cluster.convert(afp) == locally(afp)


def test_long_names_are_known(docker_cluster: DockerCluster) -> None:
    names = [str(host.name) for host in docker_cluster.topology.hosts]
    for name in (*names, docker_cluster.topology.docker.virtual_name):
        full = f"{name}.{docker_cluster.topology.docker.domain}"
        docker_cluster.engine.exec(docker_cluster.client, "getent", "hosts", full)


def test_haproxy_killed(docker_cluster: DockerCluster) -> None:
    """The VIP moves, documents go on, Docker starts the container again."""
    (before,) = docker_cluster.holders()
    haproxy = f"{before}-haproxy"
    pid = int(docker_cluster.engine.docker("inspect", "--format", "{{.State.Pid}}", haproxy))
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: docker_cluster.holders() not in ((), (before,)), 5), docker_cluster.holders()
    assert docker_cluster.convert(demo.sample()).startswith(b"%PDF-")
    assert until(lambda: all(answer.good for answer in docker_cluster.by_address()), 30)
    assert docker_cluster.holders() != (before,)


def test_container_of_keepalived_killed(docker_cluster: DockerCluster, site: DockerSite) -> None:
    """With what would start Keepalived again: Docker starts both, and the VIP that was left is taken away."""
    (before,) = docker_cluster.holders()
    inspected = docker_cluster.engine.docker("inspect", "--format", "{{.State.Pid}}", f"{before}-keepalived")
    main = int(inspected)
    children = [int(pid) for pid in Path(f"/proc/{main}/task/{main}/children").read_text().split()]
    for pid in (main, *children):
        os.kill(pid, signal.SIGKILL)
    other = tuple(proxy.name for proxy in site.topology.with_role(Role.PROXY) if proxy.name != before)
    assert until(lambda: docker_cluster.holders() == other, 5), docker_cluster.holders()
    assert until(lambda: proxies_at_fault(site) == {}, 20), proxies_at_fault(site)
    assert docker_cluster.holders() == other


def test_emergency_edit_by_renaming(docker_cluster: DockerCluster) -> None:
    """A new file in place of the old one, as editors do it, counts within a second or two."""
    topology = docker_cluster.topology
    wrapper, instance = topology.with_role(Role.WRAPPER)[0], topology.with_role(Role.AFP2WEB)[1]
    file = docker_cluster.folder / "hosts" / wrapper.name / WRAPPER_PROPERTIES.lstrip("/")
    original = file.read_text("utf-8")

    def target() -> str:
        url = f"http://{wrapper.address}:{topology.ports.wrapper}/wrapperservice/heartbeat"
        with _OPENER.open(url, timeout=5) as response:
            return json.dumps(json.load(response))

    def replace(text: str) -> None:
        fresh = file.with_name("new")
        fresh.write_text(text, "utf-8")
        fresh.replace(file)

    vip = str(topology.vips[0].address)
    edited = original.replace(f"afp2web.host = {vip}", f"afp2web.host = {instance.name}")
    edited = edited.replace("afp2web.port = 9090", "afp2web.port = 9091")
    try:
        replace(edited)
        assert until(lambda: f"http://{instance.name}:9091" in target(), 3), target()
        assert docker_cluster.convert(demo.sample()).startswith(b"%PDF-")
    finally:
        replace(original)
    assert until(lambda: f"http://{instance.name}:9091" not in target(), 3)


def test_workers_are_fenced_in_a_container(docker_cluster: DockerCluster) -> None:
    for host in docker_cluster.topology.with_role(Role.AFP2WEB):
        log = docker_cluster.engine.logs(host.name)
        assert "workers are fenced" in log, log


def test_containers_say_that_they_are_healthy(docker_cluster: DockerCluster) -> None:
    def unhealthy() -> list[str]:
        lines = docker_cluster.engine.docker(
            "ps", "--all", "--filter", f"name={PREFIX}", "--format", "{{.Names}} {{.Status}}"
        ).splitlines()
        return [line for line in lines if "Up" not in line or "unhealthy" in line or "starting" in line]

    assert until(lambda: unhealthy() == [], 60), unhealthy()


def test_secrets_are_for_root_alone(docker_cluster: DockerCluster) -> None:
    assert docker_cluster.secrets.stat().st_mode & 0o777 == 0o600
    password = docker_cluster.stats_password
    assert len(password) >= 20
    for file in Path(docker_cluster.folder).rglob("*"):
        assert not file.is_file() or file == docker_cluster.secrets or password not in file.read_text("utf-8")


def test_docker_daemon_stopped(docker_cluster: DockerCluster) -> None:
    """Nothing happens; and the VIP still leaves a HAProxy that dies meanwhile."""
    if not docker_cluster.engine.own:
        pytest.skip("this engine is not ours to stop; run the tests where none answers")
    (before,) = docker_cluster.holders()
    pid = int(docker_cluster.engine.docker("inspect", "--format", "{{.State.Pid}}", f"{before}-haproxy"))
    engines.interrupt()
    try:
        began = time.monotonic()
        while time.monotonic() < began + 3:
            assert [str(answer.url) for answer in docker_cluster.by_address() if not answer.good] == []
        os.kill(pid, signal.SIGKILL)
        url = entrance(docker_cluster.topology)
        assert until(lambda: probe([url])[0].good, 3)
    finally:
        assert engines.start() == docker_cluster.engine
    wait_until_healthy(docker_cluster, print)
    assert docker_cluster.holders() != (before,)


@pytest.mark.parametrize("image", images.IMAGES)
def test_image_is_small_and_says_what_it_is(docker_cluster: DockerCluster, image: str) -> None:
    (said,) = json.loads(docker_cluster.engine.docker("image", "inspect", image))
    assert said["Size"] < 300_000_000
    assert said["Config"]["Labels"]["org.opencontainers.image.title"] == image
    assert said["Config"]["StopSignal"] in ("SIGTERM", "SIGUSR1")
