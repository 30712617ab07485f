"""Restarting everything, one by one, while clients are served.

Rules: an instance is drained, ended (whatever keeps it running starts it again), undrained, and gets work
again before the next one. Of the proxies the one without the VIP comes first; then the VIP moves, planned,
and the other one follows. The first failure stops it all.
"""

from __future__ import annotations

import signal

from afpcluster.cluster import marks
from afpcluster.cluster.drain import drain, instance_roles, undrain
from afpcluster.cluster.proxies import wait_until_ready
from afpcluster.cluster.record import Say
from afpcluster.cluster.site.site import PROCESSES, Site
from afpcluster.cluster.switch import planned, switchover
from afpcluster.cluster.topology import Role
from afpcluster.cluster.waiting import until

_START_SECONDS = 60.0


def steps(site: Site) -> list[str]:
    """What would be done, in order."""
    holders = site.holders()
    proxies = [str(proxy.name) for proxy in site.topology.with_role(Role.PROXY)]
    standby = [name for name in proxies if name not in holders]
    return [
        *(f"drain, restart and undrain {name}" for name in _instances(site)),
        *(f"restart HAProxy of {name}" for name in standby),
        *(f"switch the VIP away from {name}, then restart its HAProxy" for name in holders),
    ]


def rolling_restart(site: Site, seconds: float, say: Say) -> None:
    """`seconds` for what is under way at each one. Raises `RefusedError` or `UnfinishedError`."""
    planned(site, None)  # refuses where no switch would be possible
    for name in _instances(site):
        say(f"{name} ...")
        drain(site, name, "rolling restart", seconds, lambda _: None)
        for role in instance_roles(site, name):
            for process in PROCESSES[role]:
                _restart(site, name, process)
        undrain(site, name, _START_SECONDS)
    (holder,) = site.holders()
    (standby,) = (str(p.name) for p in site.topology.with_role(Role.PROXY) if p.name != holder)
    for name, other in ((standby, holder), (holder, standby)):
        say(f"{name} ...")
        if name in site.holders():
            switchover(site, other, seconds, lambda _: None)
        _restart(site, name, "haproxy")
        wait_until_ready(site, name, _START_SECONDS, f"{name} cannot take the VIP")


def _instances(site: Site) -> list[str]:
    return [str(h.name) for h in site.topology.hosts if set(h.roles) & set(marks.INSTANCES)]


def _restart(site: Site, host: str, process: str) -> None:
    before = site.process(host, process)
    site.signal(host, process, signal.SIGTERM)
    until(
        lambda: (
            (now := site.process(host, process)).pid not in (None, before.pid) or now.since > before.since
        ),
        _START_SECONDS,
        lambda: f"{process} on {host} did not come back: `afpcluster logs {host}` says why",
    )
