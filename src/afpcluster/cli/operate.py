"""Commands for operating a cluster that runs, wherever it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from afpcluster.cli.app import app
from afpcluster.cli.cluster import TopologyOption

WhyOption = Annotated[str, typer.Option("--why", help="written down with what is done")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="check, and say what would be done")]
TimeoutOption = Annotated[float, typer.Option("--timeout", min=0, help="seconds for what is under way")]
OutputOption = Annotated[Literal["table", "json"], typer.Option("--output", "-o", help="table or json")]
HostArgument = Annotated[str, typer.Argument(help="host name as in the topology")]
_UNDER_WAY = 120.0


@app.command("status")
def status(
    topology: TopologyOption = None,
    watch: Annotated[bool, typer.Option("--watch", help="again every second, until Ctrl-C")] = False,
    output: OutputOption = "table",
) -> None:
    """Every URL, who holds the VIP, what is wrong. Exit code 0 healthy, 3 degraded, 4 down."""
    from afpcluster.cluster import operate

    operate.show_status(topology, watch=watch, json_out=output == "json")


@app.command("drain")
def drain(
    host: HostArgument,
    why: WhyOption = "",
    timeout: TimeoutOption = _UNDER_WAY,
    dry_run: DryRunOption = False,
    topology: TopologyOption = None,
) -> None:
    """Take an instance out of work; ends when nothing is under way there. The last one is refused (5)."""
    from afpcluster.cluster import operate

    operate.drain(host, why, timeout, topology, dry_run=dry_run)


@app.command("undrain")
def undrain(
    host: HostArgument,
    timeout: TimeoutOption = _UNDER_WAY,
    dry_run: DryRunOption = False,
    topology: TopologyOption = None,
) -> None:
    """Let an instance work again; ends when both proxies send it requests."""
    from afpcluster.cluster import operate

    operate.undrain(host, timeout, topology, dry_run=dry_run)


@app.command("switchover")
def switchover(
    to: Annotated[str | None, typer.Option("--to", help="proxy; without it, the other one")] = None,
    why: WhyOption = "",
    timeout: TimeoutOption = _UNDER_WAY,
    dry_run: DryRunOption = False,
    topology: TopologyOption = None,
) -> None:
    """Move the VIP, planned: nothing is lost. Refused (5) when the other proxy is not well."""
    from afpcluster.cluster import operate

    operate.switchover(to, why, timeout, topology, dry_run=dry_run)


@app.command("failover")
def failover(
    to: Annotated[str, typer.Option("--to", help="proxy that is to take the VIP")],
    why: WhyOption = "",
    dry_run: DryRunOption = False,
    topology: TopologyOption = None,
) -> None:
    """Move the VIP now; what is under way through the other proxy is lost."""
    from afpcluster.cluster import operate

    operate.failover(to, why, topology, dry_run=dry_run)


@app.command("pause")
def pause(why: WhyOption = "", dry_run: DryRunOption = False, topology: TopologyOption = None) -> None:
    """No watcher moves the VIP any more, for work on the proxies."""
    from afpcluster.cluster import operate

    operate.pause(why, topology, dry_run=dry_run)


@app.command("resume")
def resume(dry_run: DryRunOption = False, topology: TopologyOption = None) -> None:
    """End `pause`."""
    from afpcluster.cluster import operate

    operate.resume(topology, dry_run=dry_run)


@app.command("rolling-restart")
def rolling_restart(
    why: WhyOption = "",
    timeout: TimeoutOption = _UNDER_WAY,
    dry_run: DryRunOption = False,
    topology: TopologyOption = None,
) -> None:
    """Restart every instance and both HAProxies, one by one, while clients are served."""
    from afpcluster.cluster import operate

    operate.rolling_restart(why, timeout, topology, dry_run=dry_run)


@app.command("history")
def history(topology: TopologyOption = None, output: OutputOption = "table") -> None:
    """Who held the VIP, and what operators did: when, why, how long."""
    from afpcluster.cluster import operate

    operate.history(topology, json_out=output == "json")


@app.command("logs")
def logs(
    hosts: Annotated[list[str] | None, typer.Argument(help="host names; without one, all")] = None,
    since: Annotated[str | None, typer.Option("--since", help="10m, 2h, 1d, or 2026-03-31T18:00")] = None,
    request_id: Annotated[
        str | None, typer.Option("--request-id", help="only lines with this X-Request-ID")
    ] = None,
    topology: TopologyOption = None,
) -> None:
    """The logs of all processes as one, in order of time."""
    from afpcluster.cluster import operate

    operate.show_logs(hosts or [], since, request_id, topology)


@app.command("validate")
def validate(topology: TopologyOption = None) -> None:
    """Check a topology and every file rendered from it. Exit code 2 for a mistake."""
    from afpcluster.cluster import files

    files.validate(topology)


@app.command("render")
def render(
    output: Annotated[
        Path | None, typer.Option("--output", help="folder for the files of every host")
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="how the hosts differ from the topology (3)")] = False,
    topology: TopologyOption = None,
) -> None:
    """Write every host's files, or show how those on the hosts differ."""
    from afpcluster.cluster import files

    if diff == (output is not None):
        raise typer.BadParameter("one of --output FOLDER and --diff")
    if output is not None:
        files.write(topology, output)
    else:
        files.diff(topology)
