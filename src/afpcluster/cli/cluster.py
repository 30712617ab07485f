"""Commands for the whole cluster, on this machine or in Docker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from afpcluster.cli.app import app

TopologyOption = Annotated[
    Path | None,
    typer.Option(
        "--topology",
        help="topology.yml, or `docker` for the built-in one in Docker; without it, the built-in sample",
    ),
]


@app.command("up")
def up(
    topology: TopologyOption = None,
    sample: Annotated[
        Path | None, typer.Option(help="then convert a sample through the VIP, into this folder")
    ] = None,
) -> None:
    """Start the whole cluster on this machine, or mend it, and wait until it is healthy. Needs root."""
    from afpcluster.cluster import commands

    commands.up(topology, sample)


@app.command("down")
def down(
    yes: Annotated[bool, typer.Option("--yes", help="also when another checkout started it")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would be removed")] = False,
    topology: TopologyOption = None,
) -> None:
    """Remove the cluster that `up` started, with every trace of it. Needs root."""
    from afpcluster.cluster import commands

    commands.down(topology, yes=yes, dry_run=dry_run)


FolderOption = Annotated[
    Path | None, typer.Option("--folder", help="of compose.yaml; without it, deploy/docker of this clone")
]
BaseOption = Annotated[str | None, typer.Option(help="image of Debian 12 to build on")]


@app.command("up-docker")
def up_docker(
    topology: TopologyOption = None,
    folder: FolderOption = None,
    base: BaseOption = None,
    sample: Annotated[
        Path | None, typer.Option(help="then convert a sample through the VIP, into this folder")
    ] = None,
) -> None:
    """Start the cluster in Docker on this machine, with an engine of its own where none answers."""
    from afpcluster.cluster.docker import commands

    commands.up(topology, folder, base, sample)


@app.command("down-docker")
def down_docker(topology: TopologyOption = None, folder: FolderOption = None) -> None:
    """Remove the cluster that `up-docker` started: containers, network, volumes, an engine it started."""
    from afpcluster.cluster.docker import commands

    commands.down(topology, folder)


@app.command("render-docker")
def render_docker(topology: TopologyOption = None, folder: FolderOption = None) -> None:
    """Write compose.yaml and every host's files from the topology."""
    from afpcluster.cluster.docker import commands

    commands.render(topology, folder)


@app.command("images")
def images(base: BaseOption = None) -> None:
    """Build the Docker images from this clone."""
    from afpcluster.cluster.docker import commands

    commands.make_images(base)


@app.command("reload-certificates")
def reload_certificates(topology: TopologyOption = None) -> None:
    """Let both HAProxies read their certificate again, without losing a connection. Needs root."""
    from afpcluster.cluster import commands

    commands.reload_certificates(topology)


@app.command("shell", context_settings={"ignore_unknown_options": True})
def shell(
    host: Annotated[str, typer.Argument(help="host name as in the topology, for example a2wprxy-01")],
    command: Annotated[list[str] | None, typer.Argument(help="what to run; without it, a shell")] = None,
    topology: TopologyOption = None,
) -> None:
    """Run a command on a host of the cluster: its network, its files, its name."""
    from afpcluster.cluster import commands

    commands.shell(host, command or [], topology)


@app.command("drill")
def drill(
    names: Annotated[list[str] | None, typer.Argument(help="which; without one, they are listed")] = None,
    document: Annotated[
        list[Path] | None, typer.Option(help="AFP file to convert, again for more; without one, three sizes")
    ] = None,
    repeat: Annotated[int, typer.Option(min=1, help="how often each, at random moments")] = 1,
    report: Annotated[Path | None, typer.Option(help="HTML page with the timeline of each run")] = None,
    history: Annotated[Path | None, typer.Option(help="folder for what happened, as JSON lines")] = None,
    topology: TopologyOption = None,
) -> None:
    """Strike the running cluster with a fault under load and check what it promises. Needs root."""
    from afpcluster.cluster.drill_command import run_drills

    run_drills(names or [], document or [], history, topology, repeat, report)


@app.command("lab-supervise", hidden=True)
def lab_supervise(topology: Annotated[Path, typer.Argument(help="topology.yml")]) -> None:
    """Keep the processes of a cluster on this machine running; `up` starts it, `down` stops it."""
    from afpcluster.cluster import commands

    commands.supervise(topology)


@app.command("watch-haproxy")
def watch_haproxy(
    pid_file: Annotated[Path, typer.Option(help="file with HAProxy's PID")],
    folder: Annotated[Path, typer.Option(help="where Keepalived's track files are written")],
    other: Annotated[str, typer.Option(help="address of the other proxy")],
    port: Annotated[int, typer.Option(help="port where HAProxy answers /healthz")] = 8404,
    interval_ms: Annotated[int, typer.Option(min=1, help="time between two polls")] = 50,
    timeout_ms: Annotated[int, typer.Option(min=1, help="an answer that takes longer is a miss")] = 100,
    misses: Annotated[int, typer.Option(min=1, help="misses in a row that are a fault")] = 2,
) -> None:
    """Tell Keepalived when HAProxy dies or freezes."""
    from afpcluster.cluster.watcher import Settings, Watcher

    settings = Settings(pid_file, folder, port, interval_ms / 1000, timeout_ms / 1000, misses, other)
    Watcher(settings).run()
