"""Topology -> the text of every file of every host. Pure: nothing is read, written or asked here.

Rules: `templates/` holds the files as a reader will find them, with `@{name}` where a value stands; the
values come from the topology alone, except the password of /stats, which is never in the repository and
is handed in. Paths are those of a real host, in the lab and on real machines alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from string import Template

from afpcluster.cluster.topology import Host, Milliseconds, Role, Topology, time_limits

HAPROXY_CFG = "/usr/local/docker/haproxy/haproxy.cfg"
KEEPALIVED_CONF = "/etc/keepalived/keepalived.conf"
CHK_HAPROXY = "/usr/local/bin/chk_haproxy.sh"
WRAPPER_PROPERTIES = "/usr/local/docker/app-configs/wrapper-service/wrapperservice.properties"
AFP2WEB_PROPERTIES = "/usr/local/docker/app-configs/afp2web/afp2web.properties"
PROPERTIES: Mapping[Role, str] = {Role.WRAPPER: WRAPPER_PROPERTIES, Role.AFP2WEB: AFP2WEB_PROPERTIES}
HOSTS = "/etc/hosts"

# Not everybody may read or run everything; 0644 where nothing is said. haproxy.cfg holds the password.
MODES: Mapping[str, int] = {HAPROXY_CFG: 0o640, CHK_HAPROXY: 0o755}

Rendered = dict[str, dict[str, str]]


class _Template(Template):
    """`@{name}`: neither HAProxy's `%[...]` nor the shell's `$` means anything here; `@@` is one `@`."""

    delimiter = "@"


def render(topology: Topology, stats_password: str) -> Rendered:
    """`{host: {path: text}}` for every host of the cluster."""
    files: Rendered = {}
    for host in topology.hosts:
        files[host.name] = {HOSTS: _hosts(topology)}
        if host.role is Role.PROXY:
            files[host.name][HAPROXY_CFG] = _haproxy_cfg(topology, host, stats_password)
            files[host.name][KEEPALIVED_CONF] = _keepalived_conf(topology, host)
            files[host.name][CHK_HAPROXY] = fill("chk_haproxy.sh")
        elif host.role is Role.WRAPPER:
            files[host.name][WRAPPER_PROPERTIES] = _wrapper_properties(topology, host)
        elif host.role is Role.AFP2WEB:
            files[host.name][AFP2WEB_PROPERTIES] = _afp2web_properties(topology, host)
    return files


def fill(template: str, **values: object) -> str:
    """The text of `templates/<template>` with its `@{name}` replaced. Raises `KeyError`."""
    text = resources.files(__package__).joinpath("templates", template).read_text(encoding="utf-8")
    return _Template(text).substitute(values)


def _hosts(topology: Topology) -> str:
    entries = [(topology.network.virtual_address, f"{topology.name}-vip")]
    entries += [(host.address, host.name) for host in topology.hosts]
    return fill(
        "hosts", name=topology.name, entries="\n".join(f"{address!s:15} {name}" for address, name in entries)
    )


def _haproxy_cfg(topology: Topology, host: Host, stats_password: str) -> str:
    ports, haproxy, limits = topology.ports, topology.haproxy, time_limits(topology)

    def servers(role: Role, port: int) -> str:
        return "\n".join(f"    server {h.name} {h.address}:{port}" for h in topology.with_role(role))

    return fill(
        "haproxy.cfg",
        name=topology.name,
        host=host.name,
        wrapper_proxy=ports.wrapper_proxy,
        afp2web_proxy=ports.afp2web_proxy,
        wrapper=ports.wrapper,
        afp2web=ports.afp2web,
        max_connections=haproxy.max_connections,
        retry_buffer=haproxy.retry_buffer,
        client_timeout=_duration(haproxy.client_timeout),
        connect_timeout=_duration(haproxy.connect_timeout),
        check_interval=_duration(haproxy.check_interval),
        check_timeout=_duration(haproxy.check_timeout),
        stats_user=haproxy.stats_user,
        stats_password=stats_password,
        wrapper_answer=_duration(limits.wrapper_answer),
        afp2web_answer=_duration(limits.afp2web_answer),
        wrapper_servers=servers(Role.WRAPPER, ports.wrapper),
        afp2web_servers=servers(Role.AFP2WEB, ports.afp2web),
    )


def _keepalived_conf(topology: Topology, host: Host) -> str:
    vrrp = topology.vrrp
    realtime = (
        "    # Adverts are sent in time even when every processor is busy converting. The limit (in\n"
        "    # microseconds) stops a runaway.\n"
        f"    vrrp_rt_priority {vrrp.realtime_priority}\n"
        "    vrrp_rlimit_rttime 500000\n"
        "    vrrp_no_swap"
        if vrrp.realtime_priority
        else "    # No real-time priority here: under full load a switch without cause is possible."
    )
    return fill(
        "keepalived.conf",
        name=topology.name,
        host=host.name,
        realtime=realtime,
        instance=re.sub(r"[^A-Za-z0-9]", "_", topology.name),
        interface=topology.network.interface,
        router_id=vrrp.router_id,
        priority=topology.priority(host),
        advert_interval=f"{vrrp.advert_interval / 1000:g}",
        virtual_address=topology.network.virtual_address,
        prefix_length=topology.network.range.prefixlen,
    )


def _wrapper_properties(topology: Topology, host: Host) -> str:
    limits, port = time_limits(topology), topology.ports.afp2web_proxy
    proxies = topology.with_role(Role.PROXY) if topology.services.afp2web_host == "vip" else ()
    return fill(
        "wrapperservice.properties",
        fallback_targets=", ".join(f"http://{proxy.address}:{port}" for proxy in proxies),
        attempt=limits.attempt // 1000,
        deadline=limits.deadline // 1000,
        name=topology.name,
        host=host.name,
        afp2web_host=topology.afp2web_target(),
        afp2web_port=topology.afp2web_target_port(),
        afp2web_protocol=topology.services.afp2web_protocol,
    )


def _afp2web_properties(topology: Topology, host: Host) -> str:
    limits = time_limits(topology)
    return fill(
        "afp2web.properties",
        name=topology.name,
        host=host.name,
        conversion=limits.conversion // 1000,
        queue=limits.queue // 1000,
    )


def _duration(value: Milliseconds) -> str:
    """As HAProxy writes it, in the biggest unit without a fraction."""
    for unit, size in (("m", 60_000), ("s", 1000)):
        if value % size == 0:
            return f"{value // size}{unit}"
    return f"{value}ms"
