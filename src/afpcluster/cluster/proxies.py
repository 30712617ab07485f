"""What the two proxies say about themselves: whether each could take the VIP, and whether it is watched."""

from __future__ import annotations

from afpcluster.cluster import journal
from afpcluster.cluster.layout import HAPROXY_HEALTH, HAPROXY_WHY, WATCHER_BEAT
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import Role
from afpcluster.cluster.waiting import until

_SILENT_SECONDS = 3.0  # a watcher looks many times a second
_UPTIME = "/proc/uptime"


def proxies_at_fault(site: Site) -> dict[str, str]:
    """Proxies that could not take the VIP now, as their watcher and Keepalived itself say, and why."""
    states = journal.states(journal.read(site))
    found: dict[str, str] = {}
    for proxy in site.topology.with_role(Role.PROXY):
        state = states.get(proxy.name)
        if site.text(proxy.name, HAPROXY_HEALTH) != "0":
            found[proxy.name] = site.text(proxy.name, HAPROXY_WHY) or "HAProxy is not well"
        elif state is not None and state.state == journal.FAULT:
            found[proxy.name] = state.why
    return found


def wait_until_ready(site: Site, proxy: str, seconds: float, problem: str) -> None:
    """Until a proxy could take the VIP. Raises `UnfinishedError`, which begins with `problem`."""
    until(
        lambda: proxy not in proxies_at_fault(site),
        seconds,
        lambda: f"{problem}: {proxies_at_fault(site).get(proxy, '')}",
    )


def silent_watchers(site: Site) -> dict[str, float]:
    """Proxies whose watcher has not looked at HAProxy lately, and for how many seconds."""
    found: dict[str, float] = {}
    for proxy in site.topology.with_role(Role.PROXY):
        beat = site.text(proxy.name, WATCHER_BEAT)
        now = float(site.run(proxy.name, "cat", _UPTIME).split()[0])
        silent = now - int(beat) / 100 if beat.isdigit() else now
        if silent > _SILENT_SECONDS:
            found[proxy.name] = silent
    return found
