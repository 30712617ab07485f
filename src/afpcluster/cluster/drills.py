"""Every drill: what strikes, how long, and what the cluster promises under it.

The promises stand in docs/cluster.md too. A proxy that dies loses what is under way through it, and the
client sends that again. An instance that dies or is stopped loses nothing. Clients never harm each other.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass
from functools import partial

from afpcluster.cluster import faults, planned_work, pressure
from afpcluster.cluster.faults import Strike
from afpcluster.cluster.history import Promise
from afpcluster.cluster.processes import KEEPALIVED_PIDS
from afpcluster.cluster.topology import Role


@dataclass(frozen=True, slots=True)
class Drill:
    """A fault and its promise. `lasts` in seconds, until it is healed. `direct`: clients of afp2web itself
    take part; where it fails, wrapper-service is who asks the other one."""

    title: str
    strike: Strike
    promise: Promise
    lasts: float = 0.0
    direct: bool = True
    docker: bool = False  # for a cluster in Docker alone


_NOTHING_FAILS = Promise(document_failures=0, ping_failures=0, held=True)
_ONE_FAILS = Promise(ping_failures=1, moves=True, settles=1.0)
_PLANNED_SWITCH = Promise(document_failures=0, ping_failures=0, moves=True)
_afp2web = partial(faults.send_to_first, Role.AFP2WEB, "afp2web")
_wrapper = partial(faults.send_to_first, Role.WRAPPER, "wrapper")

DRILLS = {
    "proxy-killed": Drill(
        "HAProxy of the master is killed", faults.kill_on_holder("haproxy"), Promise(outage=0.1, moves=True)
    ),
    "proxy-frozen": Drill(
        "HAProxy of the master stops answering",
        faults.freeze_proxy,
        Promise(outage=0.5, moves=True),
        lasts=1.5,
    ),
    "proxies-killed": Drill(
        "both HAProxies are killed at once", faults.kill_both_proxies, Promise(outage=1.0, moves=None)
    ),
    "proxy-killed-unwatched": Drill(
        "HAProxy of the master is killed while its watcher is frozen too",
        faults.kill_proxy_unwatched,
        Promise(outage=1.0, moves=None),  # it may be back before anybody else looks
        lasts=2.0,
    ),
    "proxy-frozen-unwatched": Drill(
        "HAProxy of the master and its watcher stop",
        faults.freeze_proxy_unwatched,
        Promise(outage=1.5, moves=True),
        lasts=3.0,
    ),
    "watcher-frozen": Drill(
        "the watcher of the master stops looking", faults.freeze_watcher, _NOTHING_FAILS, lasts=5.0
    ),
    "proxy-slow": Drill(
        "HAProxy of the master is slow, but answers", faults.slow_proxy, _NOTHING_FAILS, lasts=3.0
    ),
    "proxies-slow": Drill(
        "both HAProxies are so slow that each alone would be given up",
        faults.slow_proxies,
        Promise(held=True, moves=None),
        lasts=3.0,
    ),
    "proxies-frozen": Drill(
        "both HAProxies stop answering: one must keep the VIP",
        faults.freeze_both_proxies,
        Promise(outage=2.0, held=True),
        lasts=1.5,
    ),
    "proxy-lost": Drill(
        "the master's machine is cut off from the network",
        faults.lose_host,
        Promise(outage=0.5, moves=True, return_failures=0),
        lasts=1.5,
    ),
    "network-gone": Drill(
        "the same, and the machine does not see it: the carrier stays",
        faults.lose_network,
        Promise(outage=0.5, moves=True, return_failures=0),
        lasts=3.0,
    ),
    "split": Drill(
        "the proxies do not hear each other, and then they do again",
        faults.split_proxies,
        # When the second one takes the VIP, it cannot hand on what is under way: it does not hear the first.
        Promise(ping_failures=2, outage=0.05, moves=None, return_failures=0),
        lasts=3.0,
    ),
    "keepalived-killed": Drill(
        "Keepalived of the master is killed, with its child",
        faults.kill_on_holder("keepalived"),
        Promise(outage=0.5, moves=True, settles=1.0),
    ),
    "keepalived-child-killed": Drill(
        "the VRRP process of the master's Keepalived is killed alone",
        faults.kill_keepalived_part(KEEPALIVED_PIDS[1], "the VRRP process"),
        _ONE_FAILS,
    ),
    "keepalived-parent-killed": Drill(
        "the master's Keepalived is killed without its VRRP process",
        faults.kill_keepalived_part(KEEPALIVED_PIDS[0], "the parent"),
        _ONE_FAILS,
    ),
    "switchover": Drill("the VIP is moved, planned", planned_work.switch_over, _PLANNED_SWITCH),
    "reload": Drill("HAProxy of the master is reloaded by hand", planned_work.reload_by_hand, _NOTHING_FAILS),
    "changed-settings": Drill(
        "settings of proxies and services are changed, and back",
        planned_work.change_settings,
        _NOTHING_FAILS,
    ),
    "drain": Drill(
        "one afp2web is drained and gets work again", planned_work.drain_first(Role.AFP2WEB), _NOTHING_FAILS
    ),
    "wrapper-drained": Drill(
        "one wrapper-service is drained and gets work again",
        planned_work.drain_first(Role.WRAPPER),
        _NOTHING_FAILS,
    ),
    "rolling-restart": Drill(
        "everything is restarted, one by one", planned_work.restart_all, _PLANNED_SWITCH
    ),
    "afp2web-killed": Drill("one afp2web is killed", _afp2web(signal.SIGKILL), _NOTHING_FAILS),
    "afp2web-stopped": Drill("one afp2web is stopped and started", _afp2web(signal.SIGTERM), _NOTHING_FAILS),
    "afp2web-frozen": Drill(
        "one afp2web stops answering", faults.freeze_first(Role.AFP2WEB, "afp2web"), _NOTHING_FAILS, lasts=3.0
    ),
    "wrapper-killed": Drill("one wrapper-service is killed", _wrapper(signal.SIGKILL), _NOTHING_FAILS),
    "wrapper-stopped": Drill(
        "one wrapper-service is stopped and started", _wrapper(signal.SIGTERM), _NOTHING_FAILS
    ),
    "wrapper-frozen": Drill(
        "one wrapper-service stops answering",
        faults.freeze_first(Role.WRAPPER, "wrapper"),
        _NOTHING_FAILS,
        lasts=3.0,
    ),
    "afp2web-lost": Drill(
        "the network of one afp2web is gone, the carrier stays",
        faults.lose_instance(Role.AFP2WEB),
        _NOTHING_FAILS,
        lasts=3.0,
    ),
    "wrapper-lost": Drill(
        "the network of one wrapper-service is gone, the carrier stays",
        faults.lose_instance(Role.WRAPPER),
        _NOTHING_FAILS,
        lasts=3.0,
    ),
    "engine-stopped": Drill(
        "the Docker daemon is stopped and started again",
        faults.stop_engine,
        _NOTHING_FAILS,
        lasts=3.0,
        docker=True,
    ),
    "instance-slow": Drill("one afp2web is very slow", pressure.slow_instance, _NOTHING_FAILS, lasts=4.0),
    "instance-500": Drill(
        "one afp2web fails at every document, and its heartbeat says all is well",
        pressure.failing_instance,
        _NOTHING_FAILS,
        lasts=4.0,
        direct=False,
    ),
    "disk-full": Drill("one afp2web cannot store anything", pressure.fill_disk, _NOTHING_FAILS, lasts=3.0),
    "connections": Drill(
        "1,200 connections to the VIP that say nothing", pressure.idle_connections, _NOTHING_FAILS, lasts=7.0
    ),
    "client-gone": Drill(
        "clients send long documents and leave, five times a second",
        pressure.leaving_clients,
        Promise(document_failures=0, ping_failures=0, slowest=5.0, held=True),
        lasts=4.0,
    ),
}
