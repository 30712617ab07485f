"""The reference topology in Docker, made once for all tests here, and gone afterwards."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker_slot import topology_text

from afpcluster.cluster.command import CommandError
from afpcluster.cluster.docker import cluster as docker
from afpcluster.cluster.docker import engine as engines
from afpcluster.cluster.docker import images
from afpcluster.cluster.docker.cluster import DockerCluster
from afpcluster.cluster.lab import LabError
from afpcluster.cluster.site.docker import DockerSite, docker_site
from afpcluster.cluster.topology_file import parse
from operating import Program

_LOCK = Path("/run/afpcluster-docker-tests.lock")


@pytest.fixture(scope="session")
def docker_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerCluster]:
    """Healthy at the beginning; each test leaves it healthy. With an engine of its own if none answers."""
    if os.geteuid() != 0:
        pytest.skip("the Docker cluster's tests start an engine and reach its network, which needs root")
    if engines.find() is None and shutil.which("dockerd") is None:
        pytest.skip("no Docker engine answers and none is installed; `make test` installs one")
    base = os.environ.get("BASE")
    topology, folder = parse(topology_text()), tmp_path_factory.mktemp("docker")
    folder.chmod(0o755)
    with _LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        docker.down(topology, folder, print)  # what a killed run left
        try:
            _need_what_images_are_made_of(base)
            yield docker.up(topology, folder, base, print)
        finally:
            docker.down(topology, folder, print)
            _LOCK.unlink()


def _need_what_images_are_made_of(base: str | None) -> None:
    """An engine that runs here, and an image of Debian: without these the machine is no place for this."""
    try:
        engine = engines.find() or engines.start()
    except LabError as error:
        pytest.skip(str(error))
    try:
        images.base_of_build(engine, base, print)
    except CommandError as error:
        pytest.skip(f"there is no image of Debian 12 to build on, and none can be made: {error}")


@pytest.fixture(scope="session")
def site(docker_cluster: DockerCluster) -> DockerSite:
    """The same, as operators and drills see it."""
    return docker_site(docker_cluster.topology)


@pytest.fixture(scope="session")
def program(docker_cluster: DockerCluster, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The command line for it."""
    file = tmp_path_factory.mktemp("operate") / "topology.yml"
    file.write_text(topology_text())
    return Program(file)
