"""The faults of the drills: each is done to a running lab and says to which host it was done.

Rules: a fault strikes at once and cleans up after itself where it does not end by itself (`heal`), so that
a drill leaves a whole cluster behind.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from afpcluster.cluster import observe
from afpcluster.cluster.command import run
from afpcluster.cluster.history import Promise
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


@dataclass(frozen=True, slots=True)
class Drill:
    """A fault and what the cluster promises under it. `lasts` in seconds, until it is healed."""

    title: str
    strike: Callable[[Layout], Struck]
    promise: Promise
    lasts: float = 0.0


def _holder(layout: Layout) -> str:
    holders = observe.vip_holders(layout)
    if len(holders) != 1:
        raise LabError(
            f"the VIP is held by {' and '.join(holders) or 'nobody'}; a drill needs a healthy cluster"
        )
    return holders[0]


def _pid(layout: Layout, host: str, process: str) -> int:
    pid = observe.process_state(layout, host, process).pid
    if pid is not None:
        return pid
    raise LabError(f"{process} on {host} is not running; look at {layout.log(host, process)}")


def _kill_on_holder(process: str) -> Callable[[Layout], Struck]:
    def strike(layout: Layout) -> Struck:
        host = _holder(layout)
        os.killpg(_pid(layout, host, process), signal.SIGKILL)
        return Struck(f"kill -9 {process}", host)

    return strike


def _send_to_first(role: Role, process: str, number: signal.Signals) -> Callable[[Layout], Struck]:
    def strike(layout: Layout) -> Struck:
        host = layout.topology.with_role(role)[0].name
        os.kill(_pid(layout, host, process), number)
        return Struck(f"{number.name} to {process}", host)

    return strike


def _freeze(layout: Layout, host: str, process: str) -> Struck:
    pid = _pid(layout, host, process)
    os.killpg(pid, signal.SIGSTOP)
    return Struck(f"SIGSTOP {process}", host, heal=lambda: os.killpg(pid, signal.SIGCONT))


def _freeze_proxy(layout: Layout) -> Struck:
    return _freeze(layout, _holder(layout), "haproxy")


def _freeze_afp2web(layout: Layout) -> Struck:
    return _freeze(layout, layout.topology.with_role(Role.AFP2WEB)[0].name, "afp2web")


def _kill_proxy_unwatched(layout: Layout) -> Struck:
    host = _holder(layout)
    watcher = _pid(layout, host, "watcher")
    os.kill(watcher, signal.SIGSTOP)
    os.kill(_pid(layout, host, "haproxy"), signal.SIGKILL)
    return Struck(
        "kill -9 haproxy while its watcher is frozen", host, lambda: os.kill(watcher, signal.SIGCONT)
    )


def _lose_host(layout: Layout) -> Struck:
    host = layout.topology.host(_holder(layout))
    link = layout.link(host)

    def set_link(state: str) -> None:
        run("ip", "link", "set", link, state)

    set_link("down")
    return Struck("cable pulled", host.name, heal=lambda: set_link("up"))


_NOTHING_FAILS = Promise(document_failures=0, ping_failures=0)
_afp2web = partial(_send_to_first, Role.AFP2WEB, "afp2web")
_wrapper = partial(_send_to_first, Role.WRAPPER, "wrapper")

# The promises stand in docs/cluster.md too. A proxy that dies loses what is under way through it, and the
# client sends that again. An instance that dies or is stopped loses nothing.
DRILLS = {
    "proxy-killed": Drill(
        "HAProxy of the master is killed", _kill_on_holder("haproxy"), Promise(outage=0.1, moves=True)
    ),
    "proxy-frozen": Drill(
        "HAProxy of the master stops answering", _freeze_proxy, Promise(outage=0.5, moves=True), lasts=1.5
    ),
    "proxy-killed-unwatched": Drill(
        "HAProxy of the master is killed while its watcher is frozen too",
        _kill_proxy_unwatched,
        Promise(outage=1.5, moves=True),
        lasts=2.0,
    ),
    "proxy-lost": Drill(
        "the master's machine is cut off from the network",
        _lose_host,
        Promise(outage=0.5, moves=True),
        lasts=1.5,
    ),
    "keepalived-killed": Drill(
        "Keepalived of the master is killed, with its child",
        _kill_on_holder("keepalived"),
        Promise(outage=0.5, moves=True),
    ),
    "afp2web-killed": Drill("one afp2web is killed", _afp2web(signal.SIGKILL), _NOTHING_FAILS),
    "afp2web-stopped": Drill("one afp2web is stopped and started", _afp2web(signal.SIGTERM), _NOTHING_FAILS),
    "afp2web-frozen": Drill("one afp2web stops answering", _freeze_afp2web, _NOTHING_FAILS, lasts=3.0),
    "wrapper-killed": Drill("one wrapper-service is killed", _wrapper(signal.SIGKILL), _NOTHING_FAILS),
    "wrapper-stopped": Drill(
        "one wrapper-service is stopped and started", _wrapper(signal.SIGTERM), _NOTHING_FAILS
    ),
}
