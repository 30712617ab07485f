"""Moving VIPs on purpose: planned, so that nothing is lost, or at once.

Rules: a planned switch goes only to a proxy that could take every request just as well, and keeps what is
under way alive at the old one (`handing_on`); where that cannot be had, it waits for a quiet moment and says
what it cut. `failover` asks for less and loses what is under way.
"""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass

from afpcluster.cluster import handing_on, marks, views
from afpcluster.cluster.exits import RefusedError, UnfinishedError
from afpcluster.cluster.layout import leave_mark
from afpcluster.cluster.proxies import proxies_at_fault, silent_watchers, wait_until_ready
from afpcluster.cluster.record import Say
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import Role, Vip, called
from afpcluster.cluster.waiting import PAUSE, until

_MOVE_SECONDS = 5.0  # the VIP has moved by then, or it will not
_QUIET_SECONDS = 10.0  # so long a quiet moment is waited for, where nothing can be handed on


@dataclass(frozen=True, slots=True)
class Switch:
    """From which proxy to which; and which VIPs, in words."""

    old: str
    new: str
    vips: tuple[Vip, ...]
    what: str


def planned(site: Site, to: str | None, vip: Vip | None = None) -> Switch | None:
    """What would be done with `vip`, or else with all; None when nothing is to be done. Raises `RefusedError`
    when it would do harm."""
    switch = _switch(site, to, vip)
    if switch is None:
        return None
    reasons = [*_obstacles(site, switch.new), *_fewer_servers(site, switch)]
    if marks.paused(site):
        reasons.append("automation is paused; see `afpcluster resume`")
    silent = silent_watchers(site)
    reasons += [f"the watcher of {name} does not look" for name in (switch.old, switch.new) if name in silent]
    if reasons:
        raise RefusedError(f"{switch.what} cannot leave {switch.old}: {'; '.join(reasons)}")
    return switch


def switchover(site: Site, to: str | None, seconds: float, say: Say, vip: Vip | None = None) -> Switch | None:
    """Move `vip`, or else all, without losing a request; `seconds` for what is under way. Raises
    `RefusedError` or `UnfinishedError`."""
    switch = planned(site, to, vip)
    if switch is None:
        return None
    problem = handing_on.begin(site, switch.old, switch.new, switch.vips, int(seconds) + 30)
    if problem:
        say(f"Connections cannot be handed on here ({problem}), so a quiet moment is waited for ...")
        _wait_for_quiet(site, switch, say)
    _tell_haproxy(site, switch.old, "leave")
    _leave(site, switch, "switchover")
    say(f"{switch.new} holds {switch.what}.")
    if not problem:
        _wait_for_connections(site, switch, seconds, say)
    _tell_haproxy(site, switch.old, "stay")
    # So that the next fault finds a standby.
    wait_until_ready(
        site, switch.old, _MOVE_SECONDS, f"{switch.what} moved, but {switch.old} could not take it now"
    )
    return switch


def go_home(site: Site, seconds: float, say: Say) -> list[Switch]:
    """Each VIP to the proxy where it belongs, as `switchover` does."""
    done = (switchover(site, site.topology.home(vip).name, seconds, say, vip) for vip in site.topology.vips)
    return [switch for switch in done if switch is not None]


def failover(site: Site, to: str, vip: Vip | None = None) -> Switch | None:
    """Move `vip`, or else all, now, whatever is under way. Raises `RefusedError` when `to` cannot take it."""
    switch = _switch(site, to, vip)
    if switch is None:
        return None
    check_failover(site, to)
    if all(one in switch.vips for one, holders in site.held().items() if switch.old in holders):
        site.signal(switch.old, "keepalived", signal.SIGTERM)
        _wait_until_held(site, switch)
    else:  # Keepalived would take the others along
        _leave(site, switch, "failover")
    return switch


def check_failover(site: Site, to: str) -> None:
    """Raises `RefusedError` when `to` cannot take a VIP."""
    if obstacles := _obstacles(site, to):
        raise RefusedError(f"{to} cannot take the VIP: {'; '.join(obstacles)}")


def _switch(site: Site, to: str | None, chosen: Vip | None) -> Switch | None:
    proxies = [str(proxy.name) for proxy in site.topology.with_role(Role.PROXY)]
    if to is not None and to not in proxies:
        raise LookupError(f"{to!r} is no proxy; there are {' and '.join(proxies)}")
    vips, held = site.topology.vips, site.held()
    wanted = vips if chosen is None else (chosen,)
    for vip in wanted:
        if len(held[vip]) != 1:
            nobody = " and ".join(held[vip]) or "nobody"
            raise RefusedError(f"{nobody} holds {called(vip, vips)}; that must be mended first")
    where = {vip: held[vip][0] for vip in wanted}
    if to is None and len(set(where.values())) > 1:
        raise RefusedError("the VIPs are not all at one proxy: say --to, or --vip for one of them")
    moved = tuple(vip for vip in wanted if where[vip] != to)
    if not moved:
        return None
    old = where[moved[0]]
    (other,) = (proxy for proxy in proxies if proxy != old)
    return Switch(old, other, moved, " and ".join(called(vip, vips) for vip in moved))


def _leave(site: Site, switch: Switch, why: str) -> None:
    """The watcher of the old proxy is asked to give them up, until the new one has them."""
    try:
        for vip in switch.vips:
            marks.put(site, switch.old, leave_mark(vip), marks.new_mark(why))
        _wait_until_held(site, switch)
    finally:
        for vip in switch.vips:
            site.remove(switch.old, leave_mark(vip))


def _obstacles(site: Site, new: str) -> list[str]:
    found = [f"{new}: {why}" for name, why in proxies_at_fault(site).items() if name == new]
    found += [
        f"{state.name} on {new} is not running"
        for state in site.processes()
        if state.host == new and state.name in ("haproxy", "keepalived") and state.pid is None
    ]
    return found


def _fewer_servers(site: Site, switch: Switch) -> list[str]:
    """Servers that the old one uses and the new one does not."""
    used = {(s.proxy, s.backend, s.host): s.used for s in views.servers(site)}
    if not any(proxy == switch.new for proxy, _, _ in used):
        return [f"HAProxy of {switch.new} does not tell what servers it has (see haproxy.monitors)"]
    return [
        f"{switch.new} does not use {host} for {backend}, and {switch.old} does"
        for (proxy, backend, host), there in used.items()
        if proxy == switch.old and there and not used.get((switch.new, backend, host))
    ]


def _wait_until_held(site: Site, switch: Switch) -> None:
    def others() -> dict[Vip, str]:
        held = site.held()
        return {v: " and ".join(held[v]) or "nobody" for v in switch.vips if held[v] != (switch.new,)}

    until(
        lambda: not others(),
        _MOVE_SECONDS,
        lambda: f"{switch.new} did not take {switch.what}: held by {', '.join(others().values())}",
    )


def _wait_for_connections(site: Site, switch: Switch, seconds: float, say: Say) -> None:
    """Until none of the old ones is left, or the time is up."""
    say(f"What is under way through {switch.old} is finished there ...")
    deadline = time.monotonic() + seconds
    while left := handing_on.connections(site, switch.old, switch.vips):
        if time.monotonic() > deadline:
            break
        time.sleep(PAUSE)
    handing_on.end(site, switch.old, switch.new)
    if left:
        _tell_haproxy(site, switch.old, "stay")
        raise UnfinishedError(f"{switch.what} moved; {left} connections through {switch.old} were cut off")


def _wait_for_quiet(site: Site, switch: Switch, say: Say) -> None:
    deadline = time.monotonic() + _QUIET_SECONDS
    while left := handing_on.connections(site, switch.old, switch.vips):
        if time.monotonic() > deadline:
            say(f"{left} connections are cut off.")
            return
        time.sleep(PAUSE / 10)


def _tell_haproxy(site: Site, proxy: str, word: str) -> None:
    """`leave`: close each connection after its answer, so that clients come anew, to the other proxy."""
    talk = "exec 3<>/dev/tcp/127.0.0.1/$0; printf 'GET /%s HTTP/1.0\\r\\n\\r\\n' $1 >&3; cat <&3"
    site.run(proxy, "bash", "-c", talk, str(site.topology.ports.health), word)
