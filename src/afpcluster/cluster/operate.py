"""What the operating commands of the command line do: words for the operator, an exit code back.

Rules: what changes something can be tried with `dry_run`, which checks and says what would be done.
Everything done is written down (`record`).
"""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.live import Live

from afpcluster.cluster import drain as drains
from afpcluster.cluster import journal, logs, marks, record, restart, status, status_table, switch
from afpcluster.cluster.commands import console, told
from afpcluster.cluster.exits import Exit
from afpcluster.cluster.layout import PAUSE
from afpcluster.cluster.site.choose import site_of
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import Role, Topology, Vip
from afpcluster.cluster.topology_file import load


def show_status(topology_file: Path | None, *, watch: bool, json_out: bool) -> None:
    """Ends with the exit code of what was seen; with `watch`, never."""
    with told():
        topology = load(topology_file)
        site = site_of(topology)
        if watch:
            _watch(site)
        seen = status.look(site)
        if json_out:
            print(json.dumps(status_table.as_json(topology, seen), indent=1))
        else:
            console().print(status_table.shown(topology, seen))
        sys.exit(status.exit_code(seen))


def _watch(site: Site) -> None:
    with Live(console=console(), screen=True, auto_refresh=False) as live:
        while True:
            live.update(status_table.shown(site.topology, status.look(site)), refresh=True)
            time.sleep(1.0)


def drain(host: str, why: str, seconds: float, topology_file: Path | None, *, dry_run: bool) -> None:
    with told():
        site, terminal = _site(topology_file)
        _known(site.topology, host)
        if dry_run:
            drains.check_drain(site, host)
            terminal.print(f"{host} could be drained.")
            return
        with record.recorded(site, f"drain {host}", why, terminal.print):
            drains.drain(site, host, why, seconds, terminal.print)
        terminal.print(f"{host} is drained: nothing is under way there.")


def undrain(host: str, seconds: float, topology_file: Path | None, *, dry_run: bool) -> None:
    with told():
        site, terminal = _site(topology_file)
        _known(site.topology, host)
        if host not in marks.drained(site):
            terminal.print(f"{host} is not drained.")
            return
        if dry_run:
            terminal.print(f"{host} would get work again.")
            return
        with record.recorded(site, f"undrain {host}", "", terminal.print):
            drains.undrain(site, host, seconds)
        terminal.print(f"Both proxies send {host} work again.")


def switchover(
    to: str | None, vip: str | None, why: str, seconds: float, topology_file: Path | None, *, dry_run: bool
) -> None:
    """Of one VIP or all."""
    with told():
        site, terminal = _site(topology_file)
        _known(site.topology, to)
        which = _vip(site.topology, vip)
        if dry_run:
            terminal.print(_moved(switch.planned(site, to, which), to, "would move"))
            return
        what = f"switchover {f'of {vip} ' if vip else ''}to {to or 'the other proxy'}"
        with record.recorded(site, what, why, terminal.print):
            done = switch.switchover(site, to, seconds, terminal.print, which)
        terminal.print(_moved(done, to, "moved"))


def switchover_home(why: str, seconds: float, topology_file: Path | None, *, dry_run: bool) -> None:
    """Each VIP to the proxy where it belongs."""
    with told():
        site, terminal = _site(topology_file)
        homes = [(vip, site.topology.home(vip).name) for vip in site.topology.vips]
        if dry_run:
            for vip, home in homes:
                terminal.print(_moved(switch.planned(site, home, vip), home, "would move"))
            return
        with record.recorded(site, "switchover of each VIP to its proxy", why, terminal.print):
            done = switch.go_home(site, seconds, terminal.print)
        for one in done:
            terminal.print(_moved(one, one.new, "moved"))
        if not done:
            terminal.print("Each VIP is where it belongs.")


def failover(to: str, vip: str | None, why: str, topology_file: Path | None, *, dry_run: bool) -> None:
    """Of one VIP or all."""
    with told():
        site, terminal = _site(topology_file)
        _known(site.topology, to)
        which = _vip(site.topology, vip)
        if dry_run:
            switch.check_failover(site, to)
            terminal.print(f"{to} could take the VIP; what is under way would be lost.")
            return
        with record.recorded(site, f"failover {f'of {vip} ' if vip else ''}to {to}", why, terminal.print):
            done = switch.failover(site, to, which)
        terminal.print(_moved(done, to, "moved"))


def pause(why: str, topology_file: Path | None, *, dry_run: bool) -> None:
    """On both proxies."""
    with told():
        site, terminal = _site(topology_file)
        if dry_run:
            terminal.print("Automation would be paused on both proxies.")
            return
        with record.recorded(site, "pause", why, terminal.print):
            for proxy in site.topology.with_role(Role.PROXY):
                marks.put(site, proxy.name, PAUSE, marks.new_mark(why))
        terminal.print(
            "Paused: a HAProxy that dies or hangs moves the VIP no more; only a lost machine or Keepalived "
            "does. `afpcluster resume` ends it."
        )


def resume(topology_file: Path | None, *, dry_run: bool) -> None:
    with told():
        site, terminal = _site(topology_file)
        if not marks.paused(site):
            terminal.print("Automation is not paused.")
            return
        if dry_run:
            terminal.print("Automation would be resumed on both proxies.")
            return
        with record.recorded(site, "resume", "", terminal.print):
            for proxy in site.topology.with_role(Role.PROXY):
                site.remove(proxy.name, PAUSE)
        terminal.print("Automation is resumed.")


def rolling_restart(why: str, seconds: float, topology_file: Path | None, *, dry_run: bool) -> None:
    with told():
        site, terminal = _site(topology_file)
        if dry_run:
            terminal.print("\n".join(restart.steps(site)))
            return
        with record.recorded(site, "rolling-restart", why, terminal.print):
            restart.rolling_restart(site, seconds, terminal.print)
        terminal.print("Everything was restarted, one by one.")


def history(topology_file: Path | None, *, json_out: bool) -> None:
    """Who held each VIP and what operators did, in order of time."""
    with told():
        site, terminal = _site(topology_file)
        holdings, operations = journal.holdings(journal.read(site)), record.read(site)
        if json_out:
            rows = {
                "vip": [dataclasses.asdict(holding) for holding in holdings],
                "operations": [dataclasses.asdict(operation) for operation in operations],
            }
            print(json.dumps(rows, indent=1, default=lambda moment: moment.isoformat()))
            return
        several = len(site.topology.vips) > 1
        lines = [
            (holding.since, f"VIP {f'{holding.vip} ' if several else ''}at {holding.told()}")
            for holding in holdings
        ]
        for done in operations:
            why = f" ({done.why})" if done.why else ""
            text = f"{done.who}: {done.what}{why}: {done.result} after {done.seconds:.1f} s"
            lines.append((done.began, text))
        for moment, text in sorted(lines):
            terminal.print(f"{moment.astimezone():%Y-%m-%d %H:%M:%S}  {text}", highlight=False)


def show_logs(hosts: list[str], since: str | None, request: str | None, topology_file: Path | None) -> None:
    with told():
        site = site_of(load(topology_file))
        for host in hosts:
            _known(site.topology, host)
        try:
            beginning = logs.moment(since, datetime.now(UTC)) if since is not None else None
        except ValueError:
            print(f"afpcluster: --since {since}: expected 10m, 2h, 1d or 2026-03-31T18:00", file=sys.stderr)
            sys.exit(Exit.USAGE)
        for line in logs.merged(site, hosts, beginning, request, lambda text: print(text, file=sys.stderr)):
            print(f"{line.host} {line.process}: {line.text}")


def _site(topology_file: Path | None) -> tuple[Site, Console]:
    return site_of(load(topology_file)), console()


def _known(topology: Topology, host: str | None) -> None:
    """Ends with a usage error for a host that is not in the topology."""
    if host is None:
        return
    try:
        topology.host(host)
    except LookupError as error:
        print(f"afpcluster: {error}", file=sys.stderr)
        sys.exit(Exit.USAGE)


def _vip(topology: Topology, text: str | None) -> Vip | None:
    """Ends with a usage error for one that is not in the topology."""
    if text is None:
        return None
    try:
        return topology.vip(text)
    except LookupError as error:
        print(f"afpcluster: {error}", file=sys.stderr)
        sys.exit(Exit.USAGE)


def _moved(done: switch.Switch | None, to: str | None, verb: str) -> str:
    if done is None:
        return f"The VIP is at {to} already."
    what = done.what[0].upper() + done.what[1:]
    return f"{what} {verb} from {done.old} to {done.new}."
