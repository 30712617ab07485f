"""The end of the cluster in Docker, and of what the other tests here used: nothing is left of it."""

from __future__ import annotations

from pathlib import Path

from afpcluster.cluster.docker import cluster as docker
from afpcluster.cluster.docker import engine as engines
from afpcluster.cluster.docker.cluster import DockerCluster


def test_nothing_is_left(docker_cluster: DockerCluster) -> None:
    engine, topology = docker_cluster.engine, docker_cluster.topology
    others = engine.docker("ps", "--all", "--quiet").split()
    ours = engine.docker(
        "ps", "--all", "--quiet", "--filter", f"label=com.docker.compose.project={topology.name}"
    ).split()
    assert docker.down(topology, docker_cluster.folder, print)
    assert not docker_cluster.secrets.exists()
    assert not Path(f"/sys/class/net/{topology.docker.bridge}").exists()
    if engine.own and set(others) == set(ours):
        assert engines.find() is None
        assert not engines.RUN.exists()
        assert not engines.DATA.exists()
    else:
        left = engine.docker("ps", "--all", "--quiet").split()
        assert not set(ours) & set(left)
        assert topology.name not in engine.docker("network", "ls", "--format", "{{.Name}}").split()
        assert topology.name not in engine.docker("volume", "ls", "--format", "{{.Name}}")
