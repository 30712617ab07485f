"""Commands for the whole cluster, on this machine or in Docker."""

from __future__ import annotations

from pathlib import Path

import click

from afpcluster.cli.parameters import PATH

topology_option = click.option(
    "--topology",
    type=PATH,
    help="topology.yml, or `docker` for the built-in one in Docker; without it, the built-in sample",
)


@click.command("up")
@topology_option
@click.option("--sample", type=PATH, help="then convert a sample through the VIP, into this folder")
def up(topology: Path | None, sample: Path | None) -> None:
    """Start the whole cluster on this machine, or mend it, and wait until it is healthy. Needs root."""
    from afpcluster.cluster import commands

    commands.up(topology, sample)


@click.command("down")
@click.option("--yes", is_flag=True, help="also when another checkout started it")
@click.option("--dry-run", is_flag=True, help="say what would be removed")
@topology_option
def down(yes: bool, dry_run: bool, topology: Path | None) -> None:
    """Remove the cluster that `up` started, with every trace of it. Needs root."""
    from afpcluster.cluster import commands

    commands.down(topology, yes=yes, dry_run=dry_run)


folder_option = click.option(
    "--folder", type=PATH, help="of compose.yaml; without it, deploy/docker of this clone"
)
base_option = click.option("--base", help="image of Debian 12 to build on")


@click.command("up-docker")
@topology_option
@folder_option
@base_option
@click.option("--sample", type=PATH, help="then convert a sample through the VIP, into this folder")
def up_docker(topology: Path | None, folder: Path | None, base: str | None, sample: Path | None) -> None:
    """Start the cluster in Docker on this machine, with an engine of its own where none answers."""
    from afpcluster.cluster.docker import commands

    commands.up(topology, folder, base, sample)


@click.command("down-docker")
@topology_option
@folder_option
def down_docker(topology: Path | None, folder: Path | None) -> None:
    """Remove the cluster that `up-docker` started: containers, network, volumes, an engine it started."""
    from afpcluster.cluster.docker import commands

    commands.down(topology, folder)


@click.command("render-docker")
@topology_option
@folder_option
def render_docker(topology: Path | None, folder: Path | None) -> None:
    """Write compose.yaml and every host's files from the topology."""
    from afpcluster.cluster.docker import commands

    commands.render(topology, folder)


@click.command("images")
@base_option
def images(base: str | None) -> None:
    """Build the Docker images from this clone."""
    from afpcluster.cluster.docker import commands

    commands.make_images(base)


@click.command("reload-certificates")
@topology_option
def reload_certificates(topology: Path | None) -> None:
    """Let both HAProxies read their certificate again, without losing a connection. Needs root."""
    from afpcluster.cluster import commands

    commands.reload_certificates(topology)


@click.command("shell", context_settings={"ignore_unknown_options": True})
@click.argument("host", help="host name as in the topology, for example a2wprxy-01")
@click.argument("command", nargs=-1, required=False, help="what to run; without it, a shell")
@topology_option
def shell(host: str, command: tuple[str, ...], topology: Path | None) -> None:
    """Run a command on a host of the cluster: its network, its files, its name."""
    from afpcluster.cluster import commands

    commands.shell(host, [*command], topology)


@click.command("drill")
@click.argument("names", nargs=-1, required=False, help="which; without one, they are listed")
@click.option(
    "--document",
    type=PATH,
    multiple=True,
    help="AFP file to convert, again for more; without one, three sizes",
)
@click.option("--repeat", type=click.IntRange(min=1), default=1, help="how often each, at random moments")
@click.option("--report", type=PATH, help="HTML page with the timeline of each run")
@click.option("--history", type=PATH, help="folder for what happened, as JSON lines")
@topology_option
def drill(
    names: tuple[str, ...],
    document: tuple[Path, ...],
    repeat: int,
    report: Path | None,
    history: Path | None,
    topology: Path | None,
) -> None:
    """Strike the running cluster with a fault under load and check what it promises. Needs root."""
    from afpcluster.cluster.drill_command import run_drills

    run_drills([*names], [*document], history, topology, repeat, report)


@click.command("lab-supervise", hidden=True)
@click.argument("topology", type=PATH, help="topology.yml")
def lab_supervise(topology: Path) -> None:
    """Keep the processes of a cluster on this machine running; `up` starts it, `down` stops it."""
    from afpcluster.cluster import commands

    commands.supervise(topology)


@click.command("watch-haproxy")
@click.option("--pid-file", type=PATH, required=True, help="file with HAProxy's PID")
@click.option("--folder", type=PATH, required=True, help="where Keepalived's track files are written")
@click.option("--other", required=True, help="address of the other proxy")
@click.option("--port", type=int, default=8404, help="port where HAProxy answers /healthz")
@click.option("--interval-ms", type=click.IntRange(min=1), default=50, help="time between two polls")
@click.option(
    "--timeout-ms", type=click.IntRange(min=1), default=100, help="an answer that takes longer is a miss"
)
@click.option("--misses", type=click.IntRange(min=1), default=2, help="misses in a row that are a fault")
@click.option("--router-id", type=int, multiple=True, help="of a VIP, which an operator may move")
def watch_haproxy(
    pid_file: Path,
    folder: Path,
    other: str,
    port: int,
    interval_ms: int,
    timeout_ms: int,
    misses: int,
    router_id: tuple[int, ...],
) -> None:
    """Tell Keepalived when HAProxy dies or freezes."""
    from afpcluster.cluster.watcher import Settings, Watcher

    seconds = interval_ms / 1000, timeout_ms / 1000
    settings = Settings(pid_file, folder, port, *seconds, misses, other, tuple(router_id))
    Watcher(settings).run()
