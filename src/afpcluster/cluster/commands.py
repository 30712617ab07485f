"""What the cluster commands of the command line do: words for the operator, an exit code back."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from afpcluster.cluster import bringup, demo, status, status_table
from afpcluster.cluster.admin_socket import AdminError, replace_certificate
from afpcluster.cluster.command import CommandError
from afpcluster.cluster.exits import Exit, RefusedError, UnfinishedError
from afpcluster.cluster.lab import LabError
from afpcluster.cluster.layout import HAPROXY_SOCKET, Layout
from afpcluster.cluster.owner import owner
from afpcluster.cluster.site.choose import site_of
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.supervise import AlreadyRunningError, Supervisor
from afpcluster.cluster.topology import Role, SiteError, Topology
from afpcluster.cluster.topology_file import TopologyError, load, sample_text
from afpcluster.cluster.urls import entrance, urls

_CODES: dict[type[Exception], Exit] = {
    TopologyError: Exit.USAGE,
    RefusedError: Exit.REFUSED,
    UnfinishedError: Exit.UNFINISHED,
}


@contextmanager
def told() -> Iterator[None]:
    """Expected failures become one text on standard error and their exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that `up` cleans up
    try:
        yield
    except (TopologyError, SiteError, CommandError, AdminError, AlreadyRunningError, OSError) as error:
        print(f"afpcluster: {error}", file=sys.stderr)
        sys.exit(_code(error))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _code(error: Exception) -> Exit:
    return _CODES.get(type(error), Exit.ERROR)


def up(topology_file: Path | None, sample_folder: Path | None) -> None:
    """With a folder for it, a sample is converted through the VIP; without that, `up` has failed."""
    with told():
        text = topology_file.read_text(encoding="utf-8") if topology_file else sample_text()
        topology = load(topology_file)
        terminal = console()

        def proof(site: LabSite) -> None:
            if sample_folder is not None:
                terminal.print(str(demo.convert_sample(site.topology, sample_folder)), style="green")

        site = bringup.up(topology, text, terminal.print, proof)
        terminal.print(status_table.shown(topology, status.look(site)))
        terminal.print(_next_steps(site), highlight=False)


def down(topology_file: Path | None, *, yes: bool, dry_run: bool) -> None:
    """Another checkout's cluster is removed only with `yes`, or when the operator says so."""
    with told():
        terminal, topology = console(), load(topology_file)
        whose = owner(Layout(topology))
        if whose is not None and not whose.is_us and not yes:
            question = f"This is another checkout's cluster: {whose}."
            if not sys.stdin.isatty():
                raise RefusedError(f"{question} `afpcluster down --yes` removes it all the same.")
            if input(f"{question} Remove it? [y/N] ").strip().lower() not in ("y", "yes"):
                raise RefusedError("nothing was removed")
        if dry_run:
            for label in bringup.down_labels(topology):
                terminal.print(label)
            return
        actions = bringup.down(topology, terminal.print)
        terminal.print("Everything is removed." if actions else "There was nothing to remove.")


def reload_certificates(topology_file: Path | None) -> None:
    """Both HAProxies read their certificate again; no connection is lost."""
    with told():
        topology = load(topology_file)
        name = topology.tls.proxy_certificate
        if name is None:
            raise LabError("the proxies have no certificate; see tls.proxy_certificate in the topology")
        for proxy in topology.with_role(Role.PROXY):
            replace_certificate(Layout(topology).file(proxy, HAPROXY_SOCKET), name, name.read_text("ascii"))
            console().print(f"{proxy.name}: {name} counts from now on", highlight=False)


def shell(host: str, command: list[str], topology_file: Path | None) -> None:
    """Become `command` (a shell by default) on the host."""
    with told():
        site = site_of(load(topology_file))
        try:
            call = site.shell(host, *(command or ["/bin/bash"]))
        except LookupError as error:
            raise SiteError(str(error)) from error
        os.execvp(call[0], call)


def supervise(topology_file: Path) -> None:
    with told():
        Supervisor(load(topology_file)).run()


def _next_steps(site: LabSite) -> str:
    topology: Topology = site.topology
    program = _program()
    steps = (
        (f"{program} sample my.afp", "make a sample print file"),
        (
            f"curl -sS -F file=@my.afp -o my.pdf {entrance(topology)}/convert",
            "convert it through the VIP",
        ),
        (f"{program} drill proxy-killed", "kill the master's HAProxy while documents are converted"),
        (f"{program} status", "this table again"),
        (f"{program} shell {topology.hosts[0].name}", "look around on a host"),
        (
            f"{urls(topology, '')[-1]}",
            f"HAProxy's page: user {topology.haproxy.stats_user}, "
            f"password in {site.layout.stats_password.place}",
        ),
        (f"ls {site.layout.logs}", "logs"),
        (f"{program} down", "remove everything again"),
    )
    return "\nWhat to try next:\n" + "\n".join(f"  {command}\n      {why}" for command, why in steps)


def _program() -> str:
    """How this program can be called from here."""
    script = Path(sys.prefix) / "bin" / "afpcluster"
    if not script.exists():
        return "afpcluster"
    here = Path.cwd()
    return str(script.relative_to(here)) if script.is_relative_to(here) else str(script)


def console() -> Console:
    """As wide as the table where the output is not a terminal (a pipe, a CI log). Brackets are no markup: an
    IPv6 address has them."""
    return Console(width=None if sys.stdout.isatty() else 110, soft_wrap=False, markup=False)
