"""Topology -> the text of every file of every host. Pure: nothing is read, written or asked here.

Rules: `templates/` holds the files as a reader will find them, with `@{name}` where a value stands; the
values come from the topology alone, except the hash of the password of /stats, which is never in the
repository and is handed in. Paths are those of a real host, in the lab and on real machines alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from afpcluster.cluster.haproxy_cfg import haproxy_cfg
from afpcluster.cluster.layout import leaving_file
from afpcluster.cluster.template import fill
from afpcluster.cluster.topology import (
    Address,
    Host,
    Role,
    Topology,
    Transport,
    Vip,
    before_port,
    queues,
    time_limits,
)

HAPROXY_CFG = "/usr/local/docker/haproxy/haproxy.cfg"
KEEPALIVED_CONF = "/etc/keepalived/keepalived.conf"
CHK_HAPROXY = "/usr/local/bin/chk_haproxy.sh"
NOTIFY_VIP = "/usr/local/bin/notify_vip.sh"
RELEASE_VIP = "/usr/local/bin/release_vip"
WRAPPER_PROPERTIES = "/usr/local/docker/app-configs/wrapper-service/wrapperservice.properties"
AFP2WEB_PROPERTIES = "/usr/local/docker/app-configs/afp2web/afp2web.properties"
PROPERTIES: Mapping[Role, str] = {Role.WRAPPER: WRAPPER_PROPERTIES, Role.AFP2WEB: AFP2WEB_PROPERTIES}
HOSTS = "/etc/hosts"


class OnChange(StrEnum):
    """What must be done when a file has changed, the stronger the later."""

    NOTHING = "nothing"  # it is read at each use
    RELOAD = "reload"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is on its host: it belongs to root and `group`, `process` reads it, and `validate`, a
    command that is given the path of a candidate, accepts only what that process would."""

    mode: int = 0o644
    group: str = "root"
    process: str = ""
    on_change: OnChange = OnChange.NOTHING
    validate: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    # It holds the hash of the password of /stats.
    HAPROXY_CFG: Kind(0o640, "haproxy", "haproxy", OnChange.RELOAD, validate=("haproxy", "-c", "-f")),
    # Without a PID namespace of its own, `keepalived -t` (2.2.7) takes its parent for dead and ends.
    KEEPALIVED_CONF: Kind(
        process="keepalived",
        on_change=OnChange.RELOAD,
        validate=("unshare", "--pid", "--fork", "keepalived", "-t", "-f"),
    ),
    CHK_HAPROXY: Kind(0o755),
    NOTIFY_VIP: Kind(0o755),
    RELEASE_VIP: Kind(0o755),
    WRAPPER_PROPERTIES: Kind(process="wrapper", on_change=OnChange.RESTART),
    AFP2WEB_PROPERTIES: Kind(process="afp2web", on_change=OnChange.RESTART),
}


def kind(path: str) -> Kind:
    """Of any rendered file."""
    return KINDS.get(path, Kind())


def drain_file(role: Role) -> str:
    """Beside the properties of a service; while it is there, the instance drains."""
    return str(PurePosixPath(PROPERTIES[role]).with_name("drain"))


Rendered = dict[str, dict[str, str]]


def render(topology: Topology, stats_hash: str) -> Rendered:
    """`{host: {path: text}}` for every host of the cluster."""
    files: Rendered = {}
    for host in topology.hosts:
        # In Docker its own DNS knows the names; on a real machine the file is not ours.
        files[host.name] = {HOSTS: _hosts(topology)} if topology.lab_site is not None else {}
        if Role.PROXY in host.roles:
            files[host.name][HAPROXY_CFG] = haproxy_cfg(topology, host, stats_hash)
            files[host.name][KEEPALIVED_CONF] = _keepalived_conf(topology, host)
            files[host.name][CHK_HAPROXY] = fill("chk_haproxy.sh")
            files[host.name][NOTIFY_VIP] = _notify_vip(topology, host)
            files[host.name][RELEASE_VIP] = _release_vip(topology, host)
        if Role.WRAPPER in host.roles:
            files[host.name][WRAPPER_PROPERTIES] = _wrapper_properties(topology, host)
        if Role.AFP2WEB in host.roles:
            files[host.name][AFP2WEB_PROPERTIES] = _afp2web_properties(topology, host)
    return files


def _hosts(topology: Topology) -> str:
    entries = [(vip.address, f"{topology.name}-{vip.name}") for vip in topology.vips]
    entries += [(host.address, host.name) for host in topology.hosts]
    return fill(
        "hosts", name=topology.name, entries="\n".join(f"{address!s:15} {name}" for address, name in entries)
    )


def _keepalived_conf(topology: Topology, host: Host) -> str:
    vrrp = topology.vrrp
    realtime = (
        "    # Adverts are sent in time even when every processor is busy converting: whoever starts\n"
        f"    # Keepalived gives it real-time priority (`chrt --rr {vrrp.realtime_priority}`). Not by\n"
        "    # vrrp_rt_priority: with that, a reload leaves Keepalived 2.2.7 a limit of 0 for real-time\n"
        "    # work, and the kernel kills it some time later.\n"
        "    vrrp_no_swap"
        if vrrp.realtime_priority
        else "    # No real-time priority here: under full load a switch without cause is possible."
    )
    startup = (
        "    # After its machine has started, its network may carry nothing yet: listen first.\n"
        f"    vrrp_startup_delay {vrrp.startup_delay / 1000:g}"
        if vrrp.startup_delay
        else "    # No start-up delay here."
    )
    return fill(
        "keepalived.conf",
        name=topology.name,
        host=host.name,
        realtime=realtime,
        startup=startup,
        leaving="\n".join(
            fill("track_leaving.conf", router_id=vip.router_id, file=leaving_file(vip))
            for vip in topology.vips
        ).rstrip(),
        instances="\n".join(_vrrp_instance(topology, host, vip) for vip in topology.vips).rstrip(),
    )


def _vrrp_instance(topology: Topology, host: Host, vip: Vip) -> str:
    return fill(
        "vrrp_instance.conf",
        peers=_peers(topology, host),
        instance=_instance(topology, vip),
        interface=vip.interface,
        router_id=vip.router_id,
        priority=topology.priority(host, vip),
        advert_interval=f"{topology.vrrp.advert_interval / 1000:g}",
        cidr=vip.cidr,
        # Nobody sends from a VIP: an IPv6 address counts for that unless it is deprecated.
        lifetime=" preferred_lft 0" if topology.network.is_ipv6 else "",
    )


def _instance(topology: Topology, vip: Vip) -> str:
    """The name of its VRRP instance."""
    number = vip.name.removeprefix("vip").replace("-", "_")
    return re.sub(r"[^A-Za-z0-9]", "_", topology.name) + number


def _notify_vip(topology: Topology, host: Host) -> str:
    cases = [
        f"    {_instance(topology, vip)}) vip={vip.address} leaving={leaving_file(vip)} ;;"
        for vip in topology.vips
    ]
    return fill("notify_vip.sh", host=host.name, cases="\n".join(cases))


def _release_vip(topology: Topology, host: Host) -> str:
    vips = [f'    {vip.router_id}: ("{vip.cidr}", "{vip.interface}"),' for vip in topology.vips]
    return fill(
        "release_vip",
        vips="\n".join(vips),
        address=host.address,
        others=", ".join(f'"{address}"' for address in _others(topology, host)),
        seconds=f"{(3 * topology.vrrp.advert_interval + 450) / 1000:g}",
    )


def _others(topology: Topology, host: Host) -> Iterator[Address]:
    return (proxy.address for proxy in topology.with_role(Role.PROXY) if proxy != host)


def _peers(topology: Topology, host: Host) -> str:
    if topology.vrrp.transport is Transport.MULTICAST:
        return "    # Adverts by multicast: whoever is on this network can take the VIP."
    return "\n".join(
        [
            "    # Adverts between the proxies alone, and none that a router has passed on.",
            f"    unicast_src_ip {host.address}",
            "    unicast_ttl 255",
            "    unicast_peer {",
            *(f"        {address} min_ttl 255" for address in _others(topology, host)),
            "    }",
        ]
    )


def _wrapper_properties(topology: Topology, host: Host) -> str:
    limits, port = time_limits(topology), topology.ports.afp2web_proxy
    at_vip = topology.services.afp2web_host in {vip.name for vip in topology.vips}
    proxies = topology.with_role(Role.PROXY) if at_vip else ()
    protocol = topology.services.afp2web_protocol
    return fill(
        "wrapperservice.properties",
        fallback_targets=", ".join(f"{protocol}://{before_port(proxy.address)}:{port}" for proxy in proxies),
        conversions=queues(topology).wrapper,
        drain=drain_file(Role.WRAPPER),
        trusted=_trusted(topology, Role.PROXY),
        tls=_service_tls(topology) + _verified_target(topology),
        attempt=limits.attempt // 1000,
        deadline=limits.deadline // 1000,
        name=topology.name,
        host=host.name,
        afp2web_host=topology.afp2web_target(),
        afp2web_port=topology.afp2web_target_port(),
        afp2web_protocol=protocol,
    )


def _afp2web_properties(topology: Topology, host: Host) -> str:
    limits = time_limits(topology)
    return fill(
        "afp2web.properties",
        name=topology.name,
        host=host.name,
        conversion=limits.conversion // 1000,
        drain=drain_file(Role.AFP2WEB),
        queue=limits.queue // 1000,
        workers=topology.services.workers,
        trusted=_trusted(topology, Role.PROXY, Role.WRAPPER),
        tls=_service_tls(topology),
    )


def _trusted(topology: Topology, *roles: Role) -> str:
    return ", ".join(str(host.address) for host in topology.hosts if set(roles) & set(host.roles))


def _service_tls(topology: Topology) -> str:
    if topology.tls.service_certificate is None:
        return ""
    return f"\n\nservice.tls-certificate = {topology.tls.service_certificate}"


def _verified_target(topology: Topology) -> str:
    if topology.services.afp2web_protocol != "https" or topology.tls.authority is None:
        return ""
    return f"\n\n# Who signed the certificate of afp2web.host.\nafp2web.tls-ca = {topology.tls.authority}"
