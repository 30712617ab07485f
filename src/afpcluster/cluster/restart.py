"""Restarting everything, one by one, while clients are served.

Rules: an instance is drained, ended (whatever keeps it running starts it again), undrained, and gets work
again before the next one. Of the proxies the one without the VIP comes first; then the VIP moves, planned,
and the other one follows. Where both have VIPs, each hands its own over before, and has it back in the end.
The first failure stops it all.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable

from afpcluster.cluster import marks
from afpcluster.cluster.drain import drain, instance_roles, undrain, used
from afpcluster.cluster.proxies import wait_until_ready
from afpcluster.cluster.record import Say
from afpcluster.cluster.site.site import PROCESSES, Site
from afpcluster.cluster.switch import planned, switchover
from afpcluster.cluster.topology import Role
from afpcluster.cluster.waiting import until

START_SECONDS = 60.0


def steps(site: Site) -> list[str]:
    """What would be done, in order."""
    held, proxies = site.held(), _proxies(site)
    standby = [name for name in proxies if not any(name in names for names in held.values())]
    return [
        *(f"drain, restart and undrain {name}" for name in _instances(site)),
        *(f"restart HAProxy of {name}" for name in standby),
        *(
            f"switch {'the VIP' if len(held) == 1 else 'its VIPs'} away from {name}, then restart its HAProxy"
            for name in proxies
            if name not in standby
        ),
    ]


def rolling_restart(site: Site, seconds: float, say: Say) -> None:
    """`seconds` for what is under way at each one. Raises `RefusedError` or `UnfinishedError`."""
    for name in _proxies(site):
        planned(site, name)  # refuses where no switch would be possible
    for name in _instances(site):
        say(f"{name} ...")
        processes = [process for role in instance_roles(site, name) for process in PROCESSES[role]]
        restart_instance(site, name, processes, "rolling restart", seconds)
    before = site.held()
    holders = [name for names in before.values() for name in names]
    first, last = sorted(_proxies(site), key=holders.count)
    for name, other in ((first, last), (last, first)):
        say(f"{name} ...")
        switchover(site, other, seconds, lambda _: None)
        restart_process(site, name, "haproxy")
        wait_until_ready(site, name, START_SECONDS, f"{name} cannot take the VIP")
    if len(set(holders)) > 1:  # both were active, and are again
        for vip, (holder,) in before.items():
            switchover(site, holder, seconds, lambda _: None, vip)


def restart_instance(site: Site, name: str, processes: Iterable[str], why: str, seconds: float) -> None:
    """Drained before and at work after it; one that an operator has drained stays so, and one that gets no
    work is restarted as it is. Raises `RefusedError` or `UnfinishedError`; then it gets work as before."""
    drains = name not in marks.drained(site) and used(site, name, instance_roles(site, name))
    try:
        if drains:
            drain(site, name, why, seconds, lambda _: None)
        for process in processes:
            restart_process(site, name, process)
    finally:
        if drains:
            undrain(site, name, START_SECONDS)


def restart_process(site: Site, host: str, process: str) -> None:
    """Ended, and started again by whatever keeps it running. Raises `UnfinishedError`."""
    before = site.process(host, process)
    if before.pid is not None:
        site.signal(host, process, signal.SIGTERM)
    until(
        lambda: (
            (now := site.process(host, process)).pid not in (None, before.pid) or now.since > before.since
        ),
        START_SECONDS,
        lambda: f"{process} on {host} did not come back: `afpcluster logs {host}` says why",
    )


def _proxies(site: Site) -> list[str]:
    return [str(proxy.name) for proxy in site.topology.with_role(Role.PROXY)]


def _instances(site: Site) -> list[str]:
    return [str(h.name) for h in site.topology.hosts if set(h.roles) & set(marks.INSTANCES)]
