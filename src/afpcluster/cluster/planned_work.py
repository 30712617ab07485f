"""What operators do to a running cluster, as "faults" of drills: until it is done, and nothing may be lost.

Rules as in `faults`. Whatever is not done as it should be is a `SiteError`, which breaks the drill's promise.
"""

from __future__ import annotations

import signal
import time
from dataclasses import replace

from afpcluster.cluster import bringup, drain, reload, restart, switch
from afpcluster.cluster.faults import Strike, Struck, first, holder
from afpcluster.cluster.plan import KeepEdited
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import Milliseconds, Role, SiteError, Topology

_SECONDS = 60.0  # for what is under way
_BETWEEN_SECONDS = 1.0  # a master that has just reloaded loses a signal (HAProxy 2.6)


def switch_over(site: Site) -> Struck:
    host = holder(site)
    switch.switchover(site, None, _SECONDS, lambda _: None, site.topology.vips[0])
    return Struck("switchover", host)


def drain_first(role: Role) -> Strike:
    """And undrained at once."""

    def strike(site: Site) -> Struck:
        host = first(site, role)
        drain.drain(site, host, "drill", _SECONDS, lambda _: None)
        drain.undrain(site, host, _SECONDS)
        return Struck("drained and undrained", host)

    return strike


def restart_all(site: Site) -> Struck:
    host = holder(site)
    restart.rolling_restart(site, _SECONDS, lambda _: None)
    return Struck("rolling restart", host)


def reload_by_hand(site: Site) -> Struck:
    """As an operator would with `kill -USR2`, again and again: nobody waits for more than a new process."""
    host = holder(site)
    before = site.process(host, "haproxy")
    for _ in range(3):
        old = reload.serving(site, host)
        site.signal(host, "haproxy", signal.SIGUSR2)
        reload.wait_until_reloaded(site, host, old)
        time.sleep(_BETWEEN_SECONDS)
    if site.process(host, "haproxy") != before:
        raise SiteError(f"HAProxy on {host} was not reloaded, but started again")
    return Struck("HAProxy reloaded by hand", host)


def change_settings(site: Site) -> Struck:
    """Those of HAProxy and Keepalived, then one of the services; and back to what was there before."""
    if not isinstance(site, LabSite):
        raise SiteError("settings are rolled out by this program in a cluster of namespaces alone")
    host, there = holder(site), site.topology
    haproxy = replace(there.haproxy, client_timeout=Milliseconds(there.haproxy.client_timeout + 1000))
    vrrp = replace(there.vrrp, advert_interval=Milliseconds(there.vrrp.advert_interval + 10))
    services = replace(
        there.services, conversion_timeout=Milliseconds(there.services.conversion_timeout + 1000)
    )
    proxies = replace(there, haproxy=haproxy, vrrp=vrrp)
    before = {state.name: state.pid for state in site.processes() if state.host == host}
    _roll_out(proxies)
    if before != {state.name: state.pid for state in site.processes() if state.host == host}:
        raise SiteError(f"settings of the proxies were changed, and something on {host} was started again")
    _roll_out(replace(proxies, services=services))
    return Struck("settings changed", host, lambda: _roll_out(there))


def _roll_out(topology: Topology) -> None:
    done = bringup.roll_out(topology, lambda _: None)
    if not done or any(isinstance(action, KeepEdited) for action in done):
        raise SiteError("the changed settings did not reach every file: see `afpcluster render --diff`")
