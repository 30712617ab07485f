"""The images: small, without rights, the same when built twice, and a node by itself."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
import time
import urllib.request
from collections.abc import Iterator

import pytest
from docker_slot import takes_minutes

from afpcluster.cluster import demo
from afpcluster.cluster.docker import images
from afpcluster.cluster.docker.cluster import DockerCluster
from afpcluster.cluster.docker.engine import Engine
from afpcluster.convert import convert

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_OF_DOCKER = {".dockerenv", "dev/console", "etc/hosts", "etc/hostname", "etc/resolv.conf"}


@pytest.mark.parametrize("image", images.IMAGES)
def test_image_is_small_and_says_what_it_is(docker_cluster: DockerCluster, image: str) -> None:
    (said,) = json.loads(docker_cluster.engine.docker("image", "inspect", image))
    assert said["Size"] < 300_000_000
    assert said["Config"]["Labels"]["org.opencontainers.image.title"] == image
    assert said["Config"]["StopSignal"] in ("SIGTERM", "SIGUSR1")


def contents(engine: Engine, image: str) -> dict[str, tuple[object, ...]]:
    """Every file: what it is, whose it is, who may do what, and its bytes or where it leads."""
    container = engine.docker("create", image, "true").strip()
    found: dict[str, tuple[object, ...]] = {}
    try:
        call = ["docker", *engine.address(), "export", container]
        with subprocess.Popen(call, stdout=subprocess.PIPE) as export:
            assert export.stdout is not None
            with tarfile.open(fileobj=export.stdout, mode="r|") as archive:
                for member in archive:
                    file = archive.extractfile(member) if member.isreg() else None
                    digest = hashlib.file_digest(file, "sha256").hexdigest() if file else member.linkname
                    found[member.name] = (member.type, member.mode, member.uid, member.gid, digest)
    finally:
        engine.docker("rm", "--volumes", container)
    return {name: what for name, what in found.items() if name not in _OF_DOCKER}


@takes_minutes
def test_built_twice_the_contents_are_the_same(docker_cluster: DockerCluster) -> None:
    """The second time from the kept downloads, without a network, and nothing of the first time is used."""
    engine = docker_cluster.engine
    kept = images.downloads(engine)
    if kept is None:
        pytest.skip("nothing is kept of what was downloaded: the images were built on a base of BASE=")
    last = images.IMAGES[-1]  # the last target of the Dockerfile: it makes all the others on its way
    anew = {image: f"{image}:again" for image in images.IMAGES}
    with images.sources() as context:
        images.build_one(engine, context, kept, last, anew[last], "--no-cache", "--network=none")
        for image in images.IMAGES[:-1]:
            images.build_one(engine, context, kept, image, anew[image], "--network=none")
    try:
        for image, again in anew.items():
            ids = engine.docker("image", "inspect", "--format", "{{.Id}}", image, again).split()
            assert len(set(ids)) == 2
            first, second = contents(engine, image), contents(engine, again)
            assert len(first) > 1000
            differing = sorted(
                name for name in first.keys() | second.keys() if first.get(name) != second.get(name)
            )
            assert differing == []
    finally:
        engine.docker("image", "rm", *anew.values())


def test_images_that_lost_their_names_are_removed(docker_cluster: DockerCluster) -> None:
    """Ours, that is; one that a container has, or of somebody else, stays."""
    engine = docker_cluster.engine
    empty = io.BytesIO()
    tarfile.open(fileobj=empty, mode="w").close()

    def unnamed(title: str) -> str:
        label = f"--change=LABEL org.opencontainers.image.title={title}"
        call = ["docker", *engine.address(), "import", label, "-"]
        return (
            subprocess.run(call, input=empty.getvalue(), capture_output=True, check=True)
            .stdout.decode()
            .strip()
        )

    replaced, other, used = unnamed("afpcluster"), unnamed("somebody-else"), unnamed("afpcluster-haproxy")
    container = engine.docker("create", used, "true").strip()
    try:
        images.remove_replaced(engine)
        there = set(engine.docker("image", "ls", "--all", "--quiet", "--no-trunc").split())
        assert replaced not in there
        assert {other, used} <= there
    finally:
        engine.docker("rm", container)
        engine.docker("image", "rm", other, used)


@pytest.fixture
def node(docker_cluster: DockerCluster) -> Iterator[str]:
    """`docker run -p ... afpcluster`, and nothing else but a network; the port on this machine."""
    engine = docker_cluster.engine
    network = ("--network", docker_cluster.topology.name) if engine.own else ()  # ours has no other
    hardened = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges:true")
    port = ("--publish", "127.0.0.1::8080")
    container = engine.docker("run", "--detach", "--init", *hardened, *port, *network, "afpcluster").strip()
    try:
        yield engine.docker("port", container, "8080").split()[0]
    finally:
        print(engine.logs(container))
        engine.docker("stop", "--time", "70", container, timeout=90)
        (state,) = json.loads(engine.docker("inspect", "--format", "[{{json .State}}]", container))
        engine.docker("rm", "--volumes", container)
        assert state["ExitCode"] == 0


def test_alone_it_is_a_node(node: str) -> None:
    afp, pdf = demo.sample(), io.BytesIO()
    convert(io.BytesIO(afp), pdf)
    deadline = time.monotonic() + 60
    while True:
        try:
            with _OPENER.open(f"http://{node}/wrapperservice/convert", afp, timeout=60) as response:
                assert response.read() == pdf.getvalue()
            return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_nobody_in_there_has_rights(docker_cluster: DockerCluster) -> None:
    """Neither a user nor a file that would make one somebody else."""
    engine = docker_cluster.engine
    for image, user in (("afpcluster", "61184"), ("afpcluster-haproxy", "haproxy")):
        (said,) = json.loads(engine.docker("image", "inspect", image))
        assert said["Config"]["User"].startswith(user)
    for image in images.IMAGES:
        files = contents(engine, image).items()
        assert [
            name for name, what in files if what[0] == tarfile.REGTYPE and int(str(what[1])) & 0o6000
        ] == []
