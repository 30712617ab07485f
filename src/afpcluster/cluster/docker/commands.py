"""What the Docker commands of the command line do: words for the operator, an exit code back."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from afpcluster.cluster.commands import console, told
from afpcluster.cluster.docker import cluster as docker
from afpcluster.cluster.docker import engine as engines
from afpcluster.cluster.docker import images
from afpcluster.cluster.status import Status
from afpcluster.cluster.status_table import urls_table
from afpcluster.cluster.topology import Topology
from afpcluster.cluster.topology_file import docker_text, load, parse


def _topology(file: Path | None) -> Topology:
    return parse(docker_text(), "topology-docker.yml") if file is None else load(file)


def render(topology_file: Path | None, folder: Path | None) -> None:
    """What differs in the folder is overwritten."""
    with told():
        target = folder or docker.FOLDER
        docker.write(_topology(topology_file), target, keep=False)
        console().print(f"Rendered into {target}")


def make_images(base: str | None) -> None:
    with told():
        engine = engines.find() or engines.start()
        images.build(engine, base, console().print)
        images.remove_replaced(engine)


def up(topology_file: Path | None, folder: Path | None, base: str | None, sample: Path | None) -> None:
    with told():
        terminal = console()
        cluster = docker.up(_topology(topology_file), folder or docker.FOLDER, base, terminal.print)
        if sample is not None:
            terminal.print(docker.convert_sample(cluster, sample), style="green", highlight=False)
        _show(cluster, terminal)


def down(topology_file: Path | None, folder: Path | None) -> None:
    with told():
        terminal = console()
        removed = docker.down(_topology(topology_file), folder or docker.FOLDER, terminal.print)
        terminal.print("Everything is removed." if removed else "There was nothing to remove.")


def _show(cluster: docker.DockerCluster, terminal: Console) -> None:
    held = cluster.held()
    answers = (*cluster.by_address(), *cluster.by_name())
    terminal.print(urls_table(cluster.topology, Status(held, answers, (), ())))
    for vip, holders in held.items():
        terminal.print(f"VIP {vip.address} is held by {' and '.join(holders) or 'nobody'}")
    secret = cluster.topology.stats_password
    place = secret.place if secret is not None else cluster.secrets
    terminal.print(f"Password of /stats: in {place}", highlight=False)
