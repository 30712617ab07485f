"""What the two proxies say about themselves: whether each could take every VIP, and whether it is watched."""

from __future__ import annotations

import json

from afpcluster.cluster import journal
from afpcluster.cluster.command import CommandError
from afpcluster.cluster.layout import HAPROXY_HEALTH, HAPROXY_WHY, STATE, WATCHER_BEAT
from afpcluster.cluster.processes import KEEPALIVED_PIDS
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import Role
from afpcluster.cluster.waiting import until

_SILENT_SECONDS = 3.0  # a watcher looks many times a second
_UPTIME = "/proc/uptime"

# Keepalived writes its state down when it gets a signal, into its folder for temporary files, a little later.
# Arguments: the PID file of its VRRP process, the folder.
_ASK_KEEPALIVED = """
read -r pid < "$0" && signal=$(keepalived --signum=JSON) || exit 1
rm -f "$1/keepalived.json"
kill "-$signal" "$pid" || exit 1
tries=50
while ! grep -qs '}]$' "$1/keepalived.json"; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || exit 1
    sleep 0.02
done
exec cat "$1/keepalived.json"
"""
_STATES = {0: "has just started", 3: journal.FAULT}  # of VRRP instances that cannot take the VIP


def proxies_at_fault(site: Site) -> dict[str, str]:
    """Proxies that could not take the VIP now, as their watcher and Keepalived itself say, and why."""
    states = journal.states(journal.read(site))
    found: dict[str, str] = {}
    for proxy in site.topology.with_role(Role.PROXY):
        if site.text(proxy.name, HAPROXY_HEALTH) != "0":
            found[proxy.name] = site.text(proxy.name, HAPROXY_WHY) or "HAProxy is not well"
        elif trouble := _keepalived_trouble(site, proxy.name):
            last = states.get(proxy.name)
            known = trouble == journal.FAULT and last is not None and last.state == journal.FAULT
            found[proxy.name] = last.why if known and last is not None else f"Keepalived {trouble}"
    return found


def _keepalived_trouble(site: Site, proxy: str) -> str:
    """What Keepalived itself says against taking the VIP; empty when nothing."""
    try:
        said = json.loads(site.run(proxy, "sh", "-c", _ASK_KEEPALIVED, KEEPALIVED_PIDS[1], STATE))
        states = [instance["data"]["state"] for instance in said]
        if len(states) != len(site.topology.vips):
            return "does not know every VIP"
        return next((_STATES[state] for state in states if state in _STATES), "")
    except CommandError:
        return "does not answer"
    except (ValueError, LookupError, TypeError):
        return "does not say in what state it is"


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
