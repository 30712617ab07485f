"""`up-docker` and `down-docker`: the cluster of a topology as containers, with Compose.

Rules: what is there already is kept: an engine, images, files edited by hand (told). The password of /stats
is made here and lies, with its hash, in .env beside compose.yaml, for root alone; where the topology says its
place, .env has the hash alone. `down` removes containers,
network, volumes, .env, and the engine if `up` started it and nothing else lives in it.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from afpcluster.cluster import demo
from afpcluster.cluster.command import CommandError
from afpcluster.cluster.docker import engine as engines
from afpcluster.cluster.docker import images
from afpcluster.cluster.docker.compose import STATS_HASH, containers, files, virtual_name
from afpcluster.cluster.docker.engine import Engine
from afpcluster.cluster.lab import LabError
from afpcluster.cluster.password import hashed, known, made, make_password, matches
from afpcluster.cluster.probe import Answer, probe
from afpcluster.cluster.render import KINDS
from afpcluster.cluster.site.site import Held, held_where, is_whole
from afpcluster.cluster.topology import Role, Topology
from afpcluster.cluster.urls import Url, entrance, host_of, urls

Say = Callable[[str], None]
FOLDER = images.CLONE / "deploy" / "docker"
_PASSWORD = "AFPCLUSTER_STATS_PASSWORD"
_HEALTHY_SECONDS = 180.0
_PROGRAMS = tuple(path for path, its in KINDS.items() if its.mode & 0o100)
_INSIDE = ("python", "-m", "afpcluster.cluster.docker.inside")


@dataclass(frozen=True, slots=True)
class DockerCluster:
    """A cluster in Docker; `folder` holds its compose.yaml."""

    topology: Topology
    folder: Path
    engine: Engine

    @property
    def secrets(self) -> Path:
        return self.folder / ".env"

    @property
    def stats_password(self) -> str:
        """Empty before the first `up`."""
        secret = self.topology.stats_password
        return known(secret) if secret is not None else self._kept(_PASSWORD)

    def keep_password(self) -> None:
        """In `secrets`, for root alone, with its hash; what is there stays. Raises `SiteError`."""
        secret = self.topology.stats_password
        password = made(secret) if secret is not None else self._kept(_PASSWORD) or make_password()
        there = self._kept(STATS_HASH)
        lines = [f"{STATS_HASH}='{there if matches(password, there) else hashed(password)}'"]
        lines += [f"{_PASSWORD}='{password}'"] if secret is None else []
        self.secrets.touch(mode=0o600)
        self.secrets.write_text("\n".join([*lines, ""]), "ascii")

    def _kept(self, name: str) -> str:
        lines = self.secrets.read_text("ascii").splitlines() if self.secrets.exists() else []
        return next((line.split("'")[1] for line in lines if line.startswith(f"{name}=")), "")

    def compose(self, *arguments: str) -> str:
        return self.engine.compose(self.folder, self.topology.name, *arguments)

    def by_address(self) -> tuple[Answer, ...]:
        """Every URL, asked from this machine by address."""
        return probe(urls(self.topology, self.stats_password))

    def by_name(self) -> tuple[Answer, ...]:
        """Every URL, asked from a container by name."""
        rows = [named(self.topology, url) for url in urls(self.topology, self.stats_password)]
        text = json.dumps(
            [{k: v for k, v in dataclasses.asdict(row).items() if k != "authority"} for row in rows]
        )
        said = json.loads(self.engine.exec(self.client, *_INSIDE, "probe", stdin=text.encode()))
        return tuple(Answer(row, *answer) for row, answer in zip(rows, said, strict=True))

    def convert(self, afp: bytes) -> bytes:
        """The PDF, converted through the VIP by its name, from a container. Raises `CommandError`."""
        url = named(self.topology, entrance(self.topology))
        target = ("convert", url.address, str(url.port), f"{url.path}/convert")
        return self.engine.exec(self.client, *_INSIDE, *target, stdin=afp)

    @property
    def client(self) -> str:
        """A container from which the others are asked."""
        return self.topology.with_role(Role.WRAPPER)[0].name

    def holders(self) -> tuple[str, ...]:
        """Those of the first VIP."""
        return self.held()[self.topology.vips[0]]

    def held(self) -> Held:
        """The proxies that carry each VIP."""
        device = self.topology.network.interface
        there: dict[str, set[str]] = {}
        for proxy in self.topology.with_role(Role.PROXY):
            rows = json.loads(self.engine.exec(proxy.name, "ip", "-json", "address", "show", "dev", device))
            there[proxy.name] = {info["local"] for row in rows for info in row.get("addr_info", ())}
        return held_where(self.topology.vips, there)


def named(topology: Topology, url: Url) -> Url:
    """The same URL by the name of its host."""
    names = {host_of(vip): virtual_name(topology, vip) for vip in topology.vips}
    return dataclasses.replace(url, address=names.get(url.host, url.host))


def write(topology: Topology, folder: Path, *, keep: bool) -> list[str]:
    """Render into `folder`; with `keep`, files that differ stay. Gives the paths of those kept."""
    kept = []
    for path, text in files(topology).items():
        file = folder / path
        if keep and file.exists():
            if file.read_text("utf-8") != text:
                kept.append(path)
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755 if path.endswith(_PROGRAMS) else 0o644)
    return kept


def up(topology: Topology, folder: Path, base: str | None, say: Say) -> DockerCluster:
    """Until every URL answers, by name and by address. Raises `LabError` or `CommandError`."""
    engine = engines.find()
    if engine is None:
        engine = engines.start()
        say(f"No Docker engine answers, so one of our own is started: export DOCKER_HOST={engine.host}")
    cluster = DockerCluster(topology, folder, engine)
    images.build(engine, base, say)
    for path in write(topology, folder, keep=True):
        say(f"{folder / path} differs from what the topology says and is kept")
    cluster.keep_password()
    say("Starting the containers ...")
    cluster.compose("up", "--detach", "--no-build")
    if set(containers(topology)) - set(engine.docker("ps", "--format", "{{.Names}}").split()):
        # A machine was made anew, and what ran in it is gone with the old one.
        cluster.compose("up", "--detach", "--no-build", "--force-recreate")
    wait_until_healthy(cluster, say)
    images.remove_replaced(engine)
    return cluster


def wait_until_healthy(cluster: DockerCluster, say: Say, seconds: float = _HEALTHY_SECONDS) -> None:
    """Until every URL answers and one proxy holds each VIP. Raises `LabError`."""
    deadline = time.monotonic() + seconds
    say("Waiting until every URL answers, by address and by name ...")
    while True:
        answers = cluster.by_address()
        if all(answer.good for answer in answers) and is_whole(cluster.held()):
            answers = cluster.by_name()
            if all(answer.good for answer in answers):
                return
        if time.monotonic() > deadline:
            raise LabError(_why_unhealthy(cluster, answers))
        time.sleep(0.5)


def _why_unhealthy(cluster: DockerCluster, answers: Sequence[Answer]) -> str:
    bad = [f"  {a.url.host} {a.url}: {a.error or a.status}" for a in answers if not a.good]
    shown = cluster.engine.docker("ps", "--all", "--format", "  {{.Names}}: {{.Status}}").splitlines()
    return "\n".join(["the cluster did not become healthy:", *bad, *shown, "  docker logs NAME says more"])


def convert_sample(cluster: DockerCluster, folder: Path) -> str:
    """Write sample.afp and its PDF into `folder`; the line for the operator. Raises `LabError`."""
    folder.mkdir(parents=True, exist_ok=True)
    afp, pdf = folder / "sample.afp", folder / "sample.pdf"
    afp.write_bytes(demo.sample())
    converted = cluster.convert(afp.read_bytes())
    if not converted.startswith(b"%PDF-"):
        raise LabError(f"the sample was not converted: {converted[:200]!r}")
    pdf.write_bytes(converted)
    name = cluster.topology.docker.virtual_name
    return f"Converted {afp} through the VIP, called {name}: {pdf} has {len(converted)} bytes"


def down(topology: Topology, folder: Path, say: Say) -> bool:
    """Remove everything that `up` made; whether there was anything. Raises `CommandError`."""
    engine = engines.find()
    if engine is None:
        return False
    there = _remove(engine, topology.name, say)
    DockerCluster(topology, folder, engine).secrets.unlink(missing_ok=True)
    if engine.own and not engine.docker("ps", "--all", "--quiet").split():
        say("Stopping the Docker engine that `up-docker` started ...")
        engines.stop(engine)
        return True
    return there


def _remove(engine: Engine, project: str, say: Say) -> bool:
    """Remove what Compose made for a project, told by its labels: also where its compose.yaml is gone, or
    another checkout made it. Whether there was anything. Raises `CommandError`."""
    label = f"label=com.docker.compose.project={project}"

    def listed(*what: str) -> list[str]:
        return engine.docker(*what, "--quiet", "--filter", label).split()

    found = listed("ps", "--all")
    if found:
        say(f"Removing {len(found)} containers ...")
        engine.docker("stop", "--time", "5", *found)
        engine.docker("rm", "--force", "--volumes", *found)
    networks, volumes = listed("network", "ls"), listed("volume", "ls")
    if networks:
        engine.docker("network", "rm", *networks)
    for volume in volumes:
        try:
            engine.docker("volume", "rm", volume)
        except CommandError as error:  # an engine that was started anew may not know that it is free
            say(f"The volume {volume} is left: {str(error).splitlines()[-1]}")
    return bool(found or networks or volumes)
