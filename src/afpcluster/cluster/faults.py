"""Faults of processes and networks: each is done to a running cluster and says to which host it was done.

Rules: a fault strikes at once and cleans up after itself where it does not end by itself (`heal`), so that
a drill leaves a whole cluster behind.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from afpcluster.cluster.command import run
from afpcluster.cluster.docker import engine as engines
from afpcluster.cluster.site.docker import DockerSite
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import Role, SiteError


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Struck:
    """What was done where, and how to undo it."""

    what: str
    host: str
    heal: Callable[[], None] = _nothing


Strike = Callable[[Site], Struck]


def holder(site: Site) -> str:
    """The proxy with the first VIP. Raises `SiteError` when there is not exactly one."""
    holders = site.holders()
    if len(holders) != 1:
        raise SiteError(
            f"the VIP is held by {' and '.join(holders) or 'nobody'}; a drill needs a healthy cluster"
        )
    return holders[0]


def first(site: Site, role: Role) -> str:
    return site.topology.with_role(role)[0].name


def kill_on_holder(process: str) -> Strike:
    """With all of its group."""

    def strike(site: Site) -> Struck:
        host = holder(site)
        site.signal(host, process, signal.SIGKILL, group=True)
        return Struck(f"kill -9 {process}", host)

    return strike


def kill_keepalived_part(pid_file: str, part: str) -> Strike:
    """Only the process in this PID file."""

    def strike(site: Site) -> Struck:
        host = holder(site)
        site.run(host, "sh", "-c", 'kill -KILL "$(cat "$0")"', pid_file)
        return Struck(f"kill -9 {part} of keepalived", host)

    return strike


def kill_both_proxies(site: Site) -> Struck:
    hosts = [str(proxy.name) for proxy in site.topology.with_role(Role.PROXY)]
    for host in hosts:
        site.signal(host, "haproxy", signal.SIGKILL, group=True)
    return Struck("kill -9 haproxy", " and ".join(hosts))


def send_to_first(role: Role, process: str, number: signal.Signals) -> Strike:
    """A signal to one instance."""

    def strike(site: Site) -> Struck:
        host = first(site, role)
        site.signal(host, process, number)
        return Struck(f"{number.name} to {process}", host)

    return strike


def freeze_first(role: Role, process: str) -> Strike:
    return lambda site: _freeze(site, [first(site, role)], process)


def freeze_proxy(site: Site) -> Struck:
    return _freeze(site, [holder(site)], "haproxy")


def freeze_both_proxies(site: Site) -> Struck:
    return _freeze(site, [proxy.name for proxy in site.topology.with_role(Role.PROXY)], "haproxy")


def slow_proxy(site: Site) -> Struck:
    return stutter(site, [holder(site)], "haproxy", stopped=0.04, runs=0.04)


def slow_proxies(site: Site) -> Struck:
    """Both so slow that they often leave a watcher's question unanswered."""
    hosts = [proxy.name for proxy in site.topology.with_role(Role.PROXY)]
    return stutter(site, hosts, "haproxy", stopped=0.22, runs=0.03)


def _freeze(site: Site, hosts: Iterable[str], process: str) -> Struck:
    struck = list(hosts)
    for host in struck:
        site.signal(host, process, signal.SIGSTOP, group=True)

    def heal() -> None:
        for host in struck:
            with contextlib.suppress(ProcessLookupError, SiteError):
                site.signal(host, process, signal.SIGCONT, group=True)

    return Struck(f"SIGSTOP {process}", " and ".join(struck), heal)


def stutter(site: Site, hosts: Iterable[str], process: str, *, stopped: float, runs: float) -> Struck:
    """Processes that stand still most of the time, as on a machine that is far too busy; in seconds."""
    struck = list(hosts)
    healed = threading.Event()

    def signal_all(number: signal.Signals) -> None:
        for host in struck:
            with contextlib.suppress(ProcessLookupError, SiteError):
                site.signal(host, process, number, group=True)

    def keep_stopping() -> None:
        while not healed.is_set():
            signal_all(signal.SIGSTOP)
            time.sleep(stopped)
            signal_all(signal.SIGCONT)
            time.sleep(runs)

    thread = threading.Thread(target=keep_stopping)
    thread.start()

    def heal() -> None:
        healed.set()
        thread.join()

    share = 100 * runs / (runs + stopped)
    return Struck(f"{process} may run {share:.0f} % of the time", " and ".join(struck), heal)


def kill_proxy_unwatched(site: Site) -> Struck:
    host = holder(site)
    site.signal(host, "watcher", signal.SIGSTOP)
    site.signal(host, "haproxy", signal.SIGKILL, group=True)
    return Struck(
        "kill -9 haproxy while its watcher is frozen",
        host,
        lambda: site.signal(host, "watcher", signal.SIGCONT),
    )


def freeze_proxy_unwatched(site: Site) -> Struck:
    host = holder(site)
    unwatched, frozen = _freeze(site, [host], "watcher"), _freeze(site, [host], "haproxy")

    def heal() -> None:
        frozen.heal()
        unwatched.heal()

    return Struck("SIGSTOP haproxy and its watcher", host, heal)


def freeze_watcher(site: Site) -> Struck:
    return _freeze(site, [holder(site)], "watcher")


def lose_host(site: Site) -> Struck:
    """Its carrier is lost: the machine itself sees that."""
    host = holder(site)
    link = site.link(host)
    run("ip", "link", "set", link, "down")
    return Struck("cable pulled", host, lambda: run_quietly("ip", "link", "set", link, "up"))


def lose_instance(role: Role) -> Strike:
    """The network of one instance goes away, and nobody is told."""

    return lambda site: _cut_off(site, first(site, role))


def lose_network(site: Site) -> Struck:
    """A switch that passes nothing on any more while the carrier stays, which the machine cannot see."""
    return _cut_off(site, holder(site))


def _cut_off(site: Site, host: str) -> Struck:
    link = site.link(host)
    run("bridge", "link", "set", "dev", link, "state", "disabled")
    heal = ("bridge", "link", "set", "dev", link, "state", "forwarding")
    return Struck("network gone, carrier stays", host, lambda: run_quietly(*heal))


def split_proxies(site: Site) -> Struck:
    """The proxies do not hear each other; everybody else hears both."""
    host = holder(site)
    links = [site.link(proxy.name) for proxy in site.topology.with_role(Role.PROXY)]

    def isolate(state: str) -> None:
        for link in links:
            run("bridge", "link", "set", "dev", link, "isolated", state)

    isolate("on")
    return Struck("the proxies are cut from each other", host, lambda: isolate("off"))


def stop_engine(site: Site) -> Struck:
    """The Docker daemon ends; its containers go on without it. Raises `SiteError` where it is not ours."""
    if not isinstance(site, DockerSite) or not site.cluster.engine.own:
        raise SiteError("only a Docker engine that `make up-docker` started is ours to stop")
    engines.interrupt()

    def start() -> None:
        engines.start()

    return Struck("the Docker daemon is stopped", str(site.cluster.engine.host), start)


def run_quietly(*command: str) -> None:
    """For a `heal`, whose output nobody wants."""
    run(*command)
