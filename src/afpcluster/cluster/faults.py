"""Faults of processes and networks: each is done to a running lab and says to which host it was done.

Rules: a fault strikes at once and cleans up after itself where it does not end by itself (`heal`), so that
a drill leaves a whole cluster behind.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from afpcluster.cluster import observe
from afpcluster.cluster.command import run
from afpcluster.cluster.lab import LabError
from afpcluster.cluster.layout import Layout
from afpcluster.cluster.topology import Role


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Struck:
    """What was done where, and how to undo it."""

    what: str
    host: str
    heal: Callable[[], None] = _nothing


Strike = Callable[[Layout], Struck]


def holder(layout: Layout) -> str:
    """The proxy with the VIP. Raises `LabError` when there is not exactly one."""
    holders = observe.vip_holders(layout)
    if len(holders) != 1:
        raise LabError(
            f"the VIP is held by {' and '.join(holders) or 'nobody'}; a drill needs a healthy cluster"
        )
    return holders[0]


def pid_of(layout: Layout, host: str, process: str) -> int:
    """The PID of a process, which leads its group. Raises `LabError`."""
    pid = observe.process_state(layout, host, process).pid
    if pid is not None:
        return pid
    raise LabError(f"{process} on {host} is not running; look at {layout.log(host, process)}")


def first(layout: Layout, role: Role) -> str:
    return layout.topology.with_role(role)[0].name


def kill_on_holder(process: str) -> Strike:
    """With all of its group."""

    def strike(layout: Layout) -> Struck:
        host = holder(layout)
        os.killpg(pid_of(layout, host, process), signal.SIGKILL)
        return Struck(f"kill -9 {process}", host)

    return strike


def send_to_first(role: Role, process: str, number: signal.Signals) -> Strike:
    """A signal to one instance."""

    def strike(layout: Layout) -> Struck:
        host = first(layout, role)
        os.kill(pid_of(layout, host, process), number)
        return Struck(f"{number.name} to {process}", host)

    return strike


def freeze_first(role: Role, process: str) -> Strike:
    return lambda layout: _freeze(layout, [first(layout, role)], process)


def freeze_proxy(layout: Layout) -> Struck:
    return _freeze(layout, [holder(layout)], "haproxy")


def freeze_both_proxies(layout: Layout) -> Struck:
    return _freeze(layout, [proxy.name for proxy in layout.topology.with_role(Role.PROXY)], "haproxy")


def slow_proxy(layout: Layout) -> Struck:
    return stutter(layout, [holder(layout)], "haproxy", stopped=0.04, runs=0.04)


def slow_proxies(layout: Layout) -> Struck:
    """Both so slow that they often leave a watcher's question unanswered."""
    hosts = [proxy.name for proxy in layout.topology.with_role(Role.PROXY)]
    return stutter(layout, hosts, "haproxy", stopped=0.22, runs=0.03)


def _freeze(layout: Layout, hosts: Iterable[str], process: str) -> Struck:
    groups = {host: pid_of(layout, host, process) for host in hosts}
    for group in groups.values():
        os.killpg(group, signal.SIGSTOP)

    def heal() -> None:
        for group in groups.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGCONT)

    return Struck(f"SIGSTOP {process}", " and ".join(groups), heal)


def stutter(layout: Layout, hosts: Iterable[str], process: str, *, stopped: float, runs: float) -> Struck:
    """Processes that stand still most of the time, as on a machine that is far too busy; in seconds."""
    groups = {host: pid_of(layout, host, process) for host in hosts}
    healed = threading.Event()

    def signal_all(number: signal.Signals) -> None:
        for group in groups.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, number)

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
    return Struck(f"{process} may run {share:.0f} % of the time", " and ".join(groups), heal)


def kill_proxy_unwatched(layout: Layout) -> Struck:
    host = holder(layout)
    watcher = pid_of(layout, host, "watcher")
    os.kill(watcher, signal.SIGSTOP)
    os.kill(pid_of(layout, host, "haproxy"), signal.SIGKILL)
    return Struck(
        "kill -9 haproxy while its watcher is frozen", host, lambda: os.kill(watcher, signal.SIGCONT)
    )


def freeze_watcher(layout: Layout) -> Struck:
    return _freeze(layout, [holder(layout)], "watcher")


def lose_host(layout: Layout) -> Struck:
    """Its carrier is lost: the machine itself sees that."""
    host = layout.topology.host(holder(layout))
    link = layout.link(host)
    run("ip", "link", "set", link, "down")
    return Struck("cable pulled", host.name, lambda: run_quietly("ip", "link", "set", link, "up"))


def lose_network(layout: Layout) -> Struck:
    """A switch that passes nothing on any more while the carrier stays, which the machine cannot see."""
    host = layout.topology.host(holder(layout))
    link = layout.link(host)
    run("bridge", "link", "set", "dev", link, "state", "disabled")
    heal = ("bridge", "link", "set", "dev", link, "state", "forwarding")
    return Struck("network gone, carrier stays", host.name, lambda: run_quietly(*heal))


def split_proxies(layout: Layout) -> Struck:
    """The proxies do not hear each other; everybody else hears both."""
    host = holder(layout)
    links = [layout.link(proxy) for proxy in layout.topology.with_role(Role.PROXY)]

    def isolate(state: str) -> None:
        for link in links:
            run("bridge", "link", "set", "dev", link, "isolated", state)

    isolate("on")
    return Struck("the proxies are cut from each other", host, lambda: isolate("off"))


def run_quietly(*command: str) -> None:
    """For a `heal`, whose output nobody wants."""
    run(*command)
