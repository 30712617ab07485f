"""Which process runs on which host, how, and as whom. Pure: topology in, rows out.

Rules: only Keepalived has root, because it moves an address. HAProxy is user `haproxy` from its first
instruction (its ports need no privilege), our own services are a user without name or rights. A process
that ends is started again after its pause, whatever its exit code was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from afpcluster.cluster import layout
from afpcluster.cluster.render import (
    AFP2WEB_PROPERTIES,
    HAPROXY_CFG,
    KEEPALIVED_CONF,
    RELEASE_VIP,
    WRAPPER_PROPERTIES,
)
from afpcluster.cluster.topology import Host, Role, Topology

KEEPALIVED_PAUSE = 200  # milliseconds; then RELEASE_VIP waits until the other proxy has the VIP
KEEPALIVED_PIDS = (f"{layout.STATE}/keepalived.pid", f"{layout.STATE}/keepalived-vrrp.pid")
PYTHON = (f"{layout.APP}/venv/bin/python", "-m", "afpcluster")
_KEPT_MEMORY = 32 * 1024 * 1024  # the most that glibc takes as M_MMAP_THRESHOLD: mallopt(3)
HAPROXY_ENVIRONMENT = {
    "MALLOC_MMAP_THRESHOLD_": str(_KEPT_MEMORY),
    "MALLOC_TRIM_THRESHOLD_": str(_KEPT_MEMORY),
}
"""HAProxy keeps the memory of its large buffers for the next request. Else each goes back to the kernel and
comes anew, page by page: half of HAProxy's processor time."""


class User(StrEnum):
    ROOT = "root"
    HAPROXY = "haproxy"
    SERVICE = "service"  # the uid of the topology


@dataclass(frozen=True, slots=True)
class Process:
    """One supervised process. `pause` in milliseconds between its end and its next start; `nice` as in
    nice(1); `realtime` as in chrt(1), 0: none."""

    host: str
    name: str
    argv: tuple[str, ...]
    user: User
    pause: int
    nice: int = 0
    realtime: int = 0
    pid_file: str | None = None  # written by the supervisor, path inside the host
    stale: tuple[str, ...] = ()  # removed before each start, paths inside the host


def processes(topology: Topology) -> tuple[Process, ...]:
    """All processes of the cluster, in the order in which they are started."""
    rows: list[Process] = []
    for role, rows_of in ((Role.AFP2WEB, _afp2web), (Role.WRAPPER, _wrapper), (Role.PROXY, _proxy)):
        for host in topology.with_role(role):
            rows.extend(rows_of(topology, host))
    return tuple(rows)


def _afp2web(topology: Topology, host: Host) -> Iterator[Process]:
    listen = f"{topology.network.everywhere}:{topology.ports.afp2web}"
    argv = (*PYTHON, "serve-afp2web", "--listen", listen, "--config", AFP2WEB_PROPERTIES)
    yield Process(host.name, "afp2web", argv, User.SERVICE, topology.lab.restart_delay)


def _wrapper(topology: Topology, host: Host) -> Iterator[Process]:
    listen = f"{topology.network.everywhere}:{topology.ports.wrapper}"
    argv = (*PYTHON, "serve-wrapper", "--listen", listen, "--properties", WRAPPER_PROPERTIES)
    yield Process(host.name, "wrapper", argv, User.SERVICE, topology.lab.restart_delay)


def _proxy(topology: Topology, host: Host) -> Iterator[Process]:
    kept = [f"{name}={value}" for name, value in HAPROXY_ENVIRONMENT.items()]
    # HAProxy and its watcher come before conversions on a busy machine: a late answer looks like a fault.
    yield Process(
        host.name,
        "haproxy",
        # A master that stays, also over a reload (SIGUSR2), and a worker that serves.
        ("env", *kept, "haproxy", "-W", "-f", HAPROXY_CFG),
        User.HAPROXY,
        pause=haproxy_pause(topology),
        nice=-10,
        pid_file=layout.HAPROXY_PID,
    )
    yield Process(
        host.name,
        "watcher",
        (*PYTHON, *watch(topology, host)),
        User.SERVICE,
        pause=200,
        nice=-10,
        realtime=topology.vrrp.realtime_priority,  # as Keepalived, which waits for its word
    )
    yield Process(
        host.name,
        "keepalived",
        ("sh", "-c", '"$0"; exec "$@"', RELEASE_VIP, *keepalived_command(topology)),
        User.ROOT,
        pause=KEEPALIVED_PAUSE,
        nice=-10,
        # When its VRRP child dies, the parent ends too and is started after the pause: it would start a new
        # child at once, then after 1, 2, 4 ... s, and so long the VIP is on both proxies.
        # Left behind by a kill -9, they make the new one believe it runs already and exit with 0.
        stale=KEEPALIVED_PIDS,
    )


def keepalived_command(topology: Topology) -> tuple[str, ...]:
    """In the foreground, wherever it is started."""
    priority = topology.vrrp.realtime_priority
    return (
        *(("chrt", "--rr", str(priority)) if priority else ()),
        *("env", f"TMPDIR={layout.STATE}"),  # where it writes down its state when it is asked
        *("keepalived", "--vrrp", "--dont-fork", "--dont-respawn"),
        *("--no-syslog", "--log-console", "--log-detail"),
        *("--use-file", KEEPALIVED_CONF, "--pid", KEEPALIVED_PIDS[0], "--vrrp_pid", KEEPALIVED_PIDS[1]),
    )


def watch(topology: Topology, host: Host) -> tuple[str, ...]:
    """Our command that watches the HAProxy of a proxy."""
    watcher = topology.watcher
    (other,) = (proxy.address for proxy in topology.with_role(Role.PROXY) if proxy != host)
    return (
        *("watch-haproxy", "--pid-file", layout.HAPROXY_PID),
        *("--folder", layout.HEALTH_FOLDER, "--port", str(topology.ports.health), "--other", str(other)),
        *("--interval-ms", str(watcher.interval), "--timeout-ms", str(watcher.timeout)),
        *("--misses", str(watcher.misses)),
        *(part for vip in topology.vips for part in ("--router-id", str(vip.router_id))),
    )


def haproxy_pause(topology: Topology) -> int:
    """Milliseconds before HAProxy starts again: the standby has the VIP by then, if there is one. If there is
    none, clients wait for this."""
    return 3 * topology.vrrp.advert_interval + 150
