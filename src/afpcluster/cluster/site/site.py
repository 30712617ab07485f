"""A site: the place where a cluster runs, behind the few things that operating it takes.

Rules: whatever looks at a running cluster or acts on it (status, drain, switchover, logs, drills) knows this
interface alone, so that it behaves alike in namespaces, in Docker and on real machines. Hosts and processes
go by their names; paths are those of a real host. A host that cannot be reached raises; nobody guesses.
"""

from __future__ import annotations

import contextlib
import json
import signal
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from afpcluster.cluster.command import CommandError
from afpcluster.cluster.render import Rendered
from afpcluster.cluster.topology import Host, Role, SiteError, Topology, Vip

PROCESSES: dict[Role, tuple[str, ...]] = {
    Role.PROXY: ("haproxy", "watcher", "keepalived"),
    Role.WRAPPER: ("wrapper",),
    Role.AFP2WEB: ("afp2web",),
    Role.DATA: (),
}  # what runs where


@dataclass(frozen=True, slots=True)
class ProcessState:
    """One process of the cluster. `since` in seconds since the epoch; `pid` None while it is down; what is
    not known at this site is 0 or empty."""

    host: str
    name: str
    pid: int | None
    since: float
    starts: int
    last_end: str


Held = Mapping[Vip, tuple[str, ...]]  # VIP -> the proxies that carry it


class Site(ABC):
    """Every method may raise `SiteError`, `CommandError` or `OSError`, with a text for the operator."""

    @property
    @abstractmethod
    def topology(self) -> Topology:
        """The cluster that runs here."""

    @property
    @abstractmethod
    def stats_password(self) -> str:
        """Of /stats; empty where it is not known."""

    @abstractmethod
    def rendered(self) -> Rendered:
        """Every file as the topology wants it here."""

    @abstractmethod
    def troubles(self) -> list[str]:
        """What is wrong with the site itself: with what starts processes again, or with the way there."""

    @abstractmethod
    def run(self, host: str, *command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
        """Standard output of a command on a host, with root's rights over its network where it is a proxy;
        `timeout` in seconds."""

    @abstractmethod
    def shell(self, host: str, *command: str) -> list[str]:
        """The program call that becomes a command on a host, at the operator's terminal."""

    @abstractmethod
    def read(self, host: str, path: str) -> bytes:
        """A file of a host. Raises `FileNotFoundError`."""

    @abstractmethod
    def write(self, host: str, path: str, data: bytes) -> None:
        """Replace a file of a host, or make it, all at once; everybody there may read it."""

    @abstractmethod
    def append(self, host: str, path: str, data: bytes) -> None:
        """Put something at the end of a file of a host, or make it."""

    @abstractmethod
    def remove(self, host: str, path: str) -> None:
        """Remove a file of a host; none is no error."""

    @abstractmethod
    def signal(self, host: str, process: str, number: signal.Signals, *, group: bool = False) -> None:
        """Send a signal to a process; with `group`, to those that it started as well."""

    @abstractmethod
    def processes(self) -> tuple[ProcessState, ...]:
        """Every process of the cluster; empty when it is down."""

    @abstractmethod
    def logs(self, host: str, process: str, since: datetime | None = None) -> Iterator[str]:
        """The lines of a process's log; those before `since` may be missing."""

    @abstractmethod
    def link(self, host: str) -> str:
        """The bridge port on this machine that is the host's cable. Raises `SiteError` without one."""

    @abstractmethod
    def beside(self, host: str, process: str, script: str) -> None:
        """Run a shell script with root's rights on the machine that knows the process, which
        is `$0` by number; for drills. Raises `CommandError`."""

    def addresses(self, host: str) -> set[str]:
        """The addresses on the host's interfaces, but for its loopback."""
        rows = json.loads(self.run(host, "ip", "-json", "address", "show"))
        return {info["local"] for row in rows if row["ifname"] != "lo" for info in row.get("addr_info", ())}

    def held(self) -> Held:
        """The proxies that carry each VIP right now; one, if all is well. A proxy that cannot be asked does
        not count."""
        there: dict[str, set[str]] = {}
        for proxy in self.topology.with_role(Role.PROXY):
            with contextlib.suppress(CommandError, SiteError):
                there[proxy.name] = self.addresses(proxy.name)
        return held_where(self.topology.vips, there)

    def holders(self, vip: Vip | None = None) -> tuple[str, ...]:
        """The proxies that carry a VIP; the first one if none is said."""
        return self.held()[vip or self.topology.vips[0]]

    def process(self, host: str, name: str) -> ProcessState:
        """One of them. Raises `SiteError` when it is not known here."""
        for state in self.processes():
            if (state.host, state.name) == (host, name):
                return state
        raise SiteError(f"there is no process {name} on {host}; is the cluster up?")

    def text(self, host: str, path: str) -> str:
        """A small text file of a host; empty when it is not there."""
        try:
            return self.read(host, path).decode("utf-8", errors="replace").strip()
        except FileNotFoundError:
            return ""


def held_where(vips: Iterable[Vip], there: Mapping[str, Collection[str]]) -> Held:
    """From the addresses of each proxy."""
    return {vip: tuple(name for name, found in there.items() if str(vip.address) in found) for vip in vips}


def is_whole(held: Held) -> bool:
    """Each VIP at one proxy?"""
    return all(len(names) == 1 for names in held.values())


def rows(topology: Topology) -> Iterator[tuple[Host, str]]:
    """Every process that there must be: its host and its name."""
    for host in topology.hosts:
        for role in host.roles:
            for name in PROCESSES[role]:
                yield host, name
