"""Commands for operating a cluster that runs, wherever it runs."""

from __future__ import annotations

from pathlib import Path

import click

from afpcluster.cli.cluster import topology_option
from afpcluster.cli.parameters import PATH

why_option = click.option("--why", default="", show_default=False, help="written down with what is done")
vip_option = click.option("--vip", help="address or name of one VIP; without it, all")
dry_run_option = click.option("--dry-run", is_flag=True, help="check, and say what would be done")
timeout_option = click.option(
    "--timeout", type=click.FloatRange(min=0), default=120.0, help="seconds for what is under way"
)
output_option = click.option(
    "--output", "-o", type=click.Choice(["table", "json"]), default="table", help="table or json"
)
host_argument = click.argument("host", help="host name as in the topology")


@click.command("status")
@topology_option
@click.option("--watch", is_flag=True, help="again every second, until Ctrl-C")
@output_option
def status(topology: Path | None, watch: bool, output: str) -> None:
    """Every URL, who holds the VIP, what is wrong. Exit code 0 healthy, 3 degraded, 4 down."""
    from afpcluster.cluster import operate

    operate.show_status(topology, watch=watch, json_out=output == "json")


@click.command("drain")
@host_argument
@why_option
@timeout_option
@dry_run_option
@topology_option
def drain(host: str, why: str, timeout: float, dry_run: bool, topology: Path | None) -> None:
    """Take an instance out of work; ends when nothing is under way there. The last one is refused (5)."""
    from afpcluster.cluster import operate

    operate.drain(host, why, timeout, topology, dry_run=dry_run)


@click.command("undrain")
@host_argument
@timeout_option
@dry_run_option
@topology_option
def undrain(host: str, timeout: float, dry_run: bool, topology: Path | None) -> None:
    """Let an instance work again; ends when both proxies send it requests."""
    from afpcluster.cluster import operate

    operate.undrain(host, timeout, topology, dry_run=dry_run)


@click.command("switchover")
@click.option("--to", help="proxy; without it, the other one")
@vip_option
@click.option("--home", is_flag=True, help="each VIP to the proxy with its highest priority")
@why_option
@timeout_option
@dry_run_option
@topology_option
def switchover(
    to: str | None,
    vip: str | None,
    home: bool,
    why: str,
    timeout: float,
    dry_run: bool,
    topology: Path | None,
) -> None:
    """Move the VIPs, planned: nothing is lost. Refused (5) when the other proxy is not well."""
    from afpcluster.cluster import operate

    if home and (to or vip):
        raise click.UsageError("--home says where each VIP goes: not with --to or --vip")
    if home:
        operate.switchover_home(why, timeout, topology, dry_run=dry_run)
    else:
        operate.switchover(to, vip, why, timeout, topology, dry_run=dry_run)


@click.command("failover")
@click.option("--to", required=True, help="proxy that is to take the VIP")
@vip_option
@why_option
@dry_run_option
@topology_option
def failover(to: str, vip: str | None, why: str, dry_run: bool, topology: Path | None) -> None:
    """Move the VIPs now; what is under way through the other proxy is lost."""
    from afpcluster.cluster import operate

    operate.failover(to, vip, why, topology, dry_run=dry_run)


@click.command("pause")
@why_option
@dry_run_option
@topology_option
def pause(why: str, dry_run: bool, topology: Path | None) -> None:
    """No watcher moves the VIP any more, for work on the proxies."""
    from afpcluster.cluster import operate

    operate.pause(why, topology, dry_run=dry_run)


@click.command("resume")
@dry_run_option
@topology_option
def resume(dry_run: bool, topology: Path | None) -> None:
    """End `pause`."""
    from afpcluster.cluster import operate

    operate.resume(topology, dry_run=dry_run)


@click.command("rolling-restart")
@why_option
@timeout_option
@dry_run_option
@topology_option
def rolling_restart(why: str, timeout: float, dry_run: bool, topology: Path | None) -> None:
    """Restart every instance and both HAProxies, one by one, while clients are served."""
    from afpcluster.cluster import operate

    operate.rolling_restart(why, timeout, topology, dry_run=dry_run)


@click.command("history")
@topology_option
@output_option
def history(topology: Path | None, output: str) -> None:
    """Who held the VIP, and what operators did: when, why, how long."""
    from afpcluster.cluster import operate

    operate.history(topology, json_out=output == "json")


@click.command("logs")
@click.argument("hosts", nargs=-1, required=False, help="host names; without one, all")
@click.option("--since", help="10m, 2h, 1d, or 2026-03-31T18:00")
@click.option("--request-id", help="only lines with this X-Request-ID")
@topology_option
def logs(hosts: tuple[str, ...], since: str | None, request_id: str | None, topology: Path | None) -> None:
    """The logs of all processes as one, in order of time."""
    from afpcluster.cluster import operate

    operate.show_logs([*hosts], since, request_id, topology)


@click.command("validate")
@topology_option
def validate(topology: Path | None) -> None:
    """Check a topology and every file rendered from it. Exit code 2 for a mistake."""
    from afpcluster.cluster import files

    files.validate(topology)


@click.command("render")
@click.option("--output", type=PATH, help="folder for the files of every host")
@click.option("--diff", is_flag=True, help="how the hosts differ from the topology (3)")
@topology_option
def render(output: Path | None, diff: bool, topology: Path | None) -> None:
    """Write every host's files, or show how those on the hosts differ."""
    from afpcluster.cluster import files

    if diff == (output is not None):
        raise click.BadParameter("one of --output FOLDER and --diff")
    if output is not None:
        files.write(topology, output)
    else:
        files.diff(topology)
