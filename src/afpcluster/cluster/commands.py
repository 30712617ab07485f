"""What the cluster commands of the command line do: words for the operator, an exit code back."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from afpcluster.cluster import bringup, observe, status
from afpcluster.cluster.command import CommandError
from afpcluster.cluster.lab import LabError
from afpcluster.cluster.layout import Layout
from afpcluster.cluster.supervise import AlreadyRunningError, Supervisor
from afpcluster.cluster.topology import Topology, TopologyError, load, sample_text

FAILED = 1


@contextmanager
def _told() -> Iterator[None]:
    """Expected failures become one text on standard error and exit code 1."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that `up` cleans up
    try:
        yield
    except (TopologyError, LabError, CommandError, AlreadyRunningError, OSError) as error:
        print(f"afpcluster: {error}", file=sys.stderr)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def up(topology_file: Path | None) -> None:
    with _told():
        text = topology_file.read_text(encoding="utf-8") if topology_file else sample_text()
        topology = load(topology_file)
        console = _console()
        cluster = bringup.up(topology, text, console.print)
        _show(cluster, console)
        console.print(_next_steps(cluster), highlight=False)


def down(topology_file: Path | None) -> None:
    with _told():
        console = _console()
        actions = bringup.down(load(topology_file), console.print)
        console.print("Everything is removed." if actions else "There was nothing to remove.")


def show_status(topology_file: Path | None) -> None:
    """Exit code 1 when something is wrong."""
    with _told():
        topology = load(topology_file)
        if _show(bringup.attach(topology), _console()):
            sys.exit(FAILED)


def shell(host: str, command: list[str], topology_file: Path | None) -> None:
    """Become `command` (a shell by default) on the host."""
    with _told():
        topology = load(topology_file)
        layout = Layout(topology)
        try:
            script = layout.enter(topology.host(host))
        except LookupError as error:
            raise LabError(str(error)) from error
        if not script.exists():
            raise LabError("the cluster is down; start it with `afpcluster up`")
        os.execv(script, [str(script), *(command or ["/bin/bash"])])


def supervise(topology_file: Path) -> None:
    with _told():
        Supervisor(load(topology_file)).run()


def _show(cluster: bringup.Cluster, console: Console) -> list[str]:
    seen = status.look(cluster)
    if observe.namespaces() & {cluster.layout.namespace(host) for host in cluster.topology.hosts}:
        console.print(status.table(cluster.topology, seen))
        return status.verdict(seen)
    wrong = status.verdict(status.Status(None, (), (), (), ()))
    console.print("\n".join(wrong))
    return wrong


def _next_steps(cluster: bringup.Cluster) -> str:
    topology: Topology = cluster.topology
    vip, ports, proxies = topology.network.virtual_address, topology.ports, topology.hosts
    return f"""
What to try next:
  afpcluster sample statement.afp                          make a sample print file
  curl -sS --data-binary @statement.afp -o statement.pdf \\
       http://{vip}:{ports.wrapper_proxy}/wrapperservice/convert     convert it through the VIP
  afpcluster drill proxy-killed                            kill the master's HAProxy under load
  afpcluster status                                        this table again
  afpcluster shell {proxies[0].name}                          look around on a host
  http://{vip}:{ports.wrapper_proxy}/stats                       HAProxy's own page
  logs are in {cluster.layout.logs}, configuration in {cluster.layout.run}/hosts,
  the password of user {topology.haproxy.stats_user} for /stats in {cluster.layout.password_file}"""


def _console() -> Console:
    """As wide as the table where the output is not a terminal (a pipe, a CI log)."""
    return Console(width=None if sys.stdout.isatty() else 110, soft_wrap=False)
