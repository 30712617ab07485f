"""compose.yaml and the files of every host: deploy/docker is what the topology says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from afpcluster.cluster.docker.cluster import FOLDER, named
from afpcluster.cluster.docker.compose import COMPOSE, containers, files
from afpcluster.cluster.topology_file import TopologyError, docker_text, parse, sample_text
from afpcluster.cluster.urls import urls
from topologies import two_vips

TOPOLOGY = parse(docker_text())
FILES = files(TOPOLOGY)


@pytest.mark.parametrize("path", FILES)
def test_committed_file(path: str, check_golden: Callable[[Path, str], None]) -> None:
    check_golden(FOLDER / path, FILES[path])


def test_nothing_else_is_committed() -> None:
    there = {str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*") if file.is_file()}
    assert there - {".env"} == set(FILES)


def test_every_container_has_few_rights() -> None:
    services = YAML(typ="safe", pure=True).load(FILES[COMPOSE])["services"]
    assert set(services) == set(containers(TOPOLOGY))
    for name, service in services.items():
        assert service["container_name"] == name
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        keepalived = name.endswith("-keepalived")
        assert service.get("cap_add", []) == (
            ["NET_ADMIN", "NET_RAW", "SETUID", "SETGID"] if keepalived else []
        )
        assert "privileged" not in service
        assert not any("docker.sock" in str(volume) for volume in service.get("volumes", ()))


def test_every_vip_has_its_name() -> None:
    text = docker_text().replace("10.79.78.", "10.79.79.")
    topology = parse(
        two_vips(text.replace("virtual_address: 10.79.79.100", "virtual_address: 10.79.79.100 "))
    )
    services = YAML(typ="safe", pure=True).load(files(topology)[COMPOSE])["services"]
    assert set(services) == set(containers(topology))
    names = ["mp-a2wprxy-pr-vip", "mp-a2wprxy-pr-vip-2"]
    addresses = [services[name]["networks"]["cluster"]["ipv4_address"] for name in names]
    assert addresses == ["10.79.79.100", "10.79.79.101"]
    assert services["mp-a2wprxy-pr-01"]["depends_on"] == names
    assert named(topology, urls(topology, "")[4]).address == names[1]
    assert "echo 0 > leaving-79; echo 0 > leaving-80" in files(topology)[COMPOSE]


MISTAKES = [
    ("docker:\n", "lab:\n", "lab.domain: unknown key"),
    ("realtime_priority: 0", "realtime_priority: 50", "vrrp.realtime_priority: must be 0 in Docker"),
    ("bridge: afpdocker0", "bridge: afpdocker0123456789", "docker.bridge: 'afpdocker0123456789' must have"),
    (
        "machine_address: 10.79.78.1 ",
        "machine_address: 10.79.78.11 ",
        "docker.machine_address: 10.79.78.11 is",
    ),
]


@pytest.mark.parametrize(("there", "instead", "problem"), MISTAKES)
def test_mistake_is_told(there: str, instead: str, problem: str) -> None:
    assert there in docker_text()
    with pytest.raises(TopologyError) as caught:
        parse(docker_text().replace(there, instead))
    assert any(problem in told for told in caught.value.problems), caught.value.problems


def test_a_cluster_is_at_one_site() -> None:
    site = docker_text()[docker_text().index("docker:\n") :].replace("10.79.78.1 ", "10.79.79.2 ")
    with pytest.raises(TopologyError, match="exactly one of the three"):
        parse(sample_text() + site)
