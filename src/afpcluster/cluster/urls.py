"""Every URL of the cluster at its three levels. Pure; the same list feeds status, waiting and tests.

Rules: each VIP and both proxies answer on the proxy ports, each instance on its own port: with one VIP and
two instances of each service that is 20 URLs, and /stats at the first VIP is the 21st.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from afpcluster.cluster.topology import Role, Topology, Vip, before_port

VIP = "VIP"  # stands where a host name would; those after the first are VIP-2, ...: no host has capitals
WRAPPER_PATHS = ("/wrapperservice", "/wrapperservice/heartbeat")
AFP2WEB_PATHS = ("/services", "/services/version")


@dataclass(frozen=True, slots=True)
class Url:
    """`host` is a host's name or VIP; `expect` is the status code that means healthy; `direct`: no proxy is
    between, so that it is this instance that answers; `authority` verifies it where it speaks TLS."""

    host: str
    address: str
    port: int
    path: str
    expect: int = 200
    user: str | None = None
    password: str | None = None
    direct: bool = False
    authority: Path | None = None

    def __str__(self) -> str:
        protocol = "http" if self.authority is None else "https"
        return f"{protocol}://{before_port(self.address)}:{self.port}{self.path}"


def urls(topology: Topology, stats_password: str) -> tuple[Url, ...]:
    """All URLs, the VIPs first."""
    ports, tls = topology.ports, topology.tls
    proxies = tls.authority if tls.proxy_certificate is not None else None
    services = tls.authority if tls.service_certificate is not None else None
    through = [(host_of(vip), str(vip.address)) for vip in topology.vips]
    through += [(host.name, str(host.address)) for host in topology.with_role(Role.PROXY)]
    entries = ((ports.wrapper_proxy, WRAPPER_PATHS), (ports.afp2web_proxy, AFP2WEB_PATHS))
    found = [
        Url(name, address, port, path, authority=proxies)
        for name, address in through
        for port, paths in entries
        for path in paths
    ]
    found += [
        Url(host.name, str(host.address), port, path, direct=True, authority=services)
        for role, port, paths in (
            (Role.WRAPPER, ports.wrapper, WRAPPER_PATHS),
            (Role.AFP2WEB, ports.afp2web, AFP2WEB_PATHS),
        )
        for host in topology.with_role(role)
        for path in paths
    ]
    user = topology.haproxy.stats_user
    page = replace(found[0], path="/stats")
    stats = replace(page, user=user, password=stats_password)
    return (*found, stats)


def host_of(vip: Vip) -> str:
    """What `Url.host` says."""
    return vip.name.upper()


def is_vip(host: str) -> bool:
    return host.startswith(VIP)


def entrance(topology: Topology) -> Url:
    """wrapper-service at the first VIP, where clients come in."""
    return urls(topology, "")[0]


def without_password(url: Url) -> Url:
    """The same page asked for by a stranger: it must refuse."""
    return replace(url, user=None, password=None, expect=401)
