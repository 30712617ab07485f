"""What one key of the topology alone cannot tell: `problems` of a topology that was read.

Rules as in `topology_file`. Each problem begins with the path in the file of what is to be changed.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator

from afpcluster.cluster.topology import Address, Range, Role, Topology, Transport, Vrrp

VipPath = Callable[[int, str], str]  # number and key of a VIP -> its path in the file


def topology_problems(topology: Topology, vip_path: VipPath) -> list[str]:
    """All of them; empty when the topology can be used."""
    problems = [
        *_host_problems(topology, vip_path),
        *_vrrp_problems(topology.vrrp),
        *_vip_problems(topology, vip_path),
        *_ipv6_problems(topology),
        *_tls_problems(topology),
        *_site_problems(topology),
    ]
    ports = dataclasses.asdict(topology.ports)
    if len(set(ports.values())) < len(ports):
        problems.append("ports: the ports must differ, because a client may use any host directly")
    if topology.haproxy.source_connections > topology.haproxy.max_connections:
        problems.append("haproxy.source_connections: must not exceed haproxy.max_connections")
    if topology.services.afp2web_protocol not in ("http", "https"):
        problems.append(
            f"services.afp2web_protocol: {topology.services.afp2web_protocol!r} is not http or https"
        )
    for path, value in (
        ("name", topology.name),
        ("network.interface", topology.network.interface),
        ("haproxy.stats_user", topology.haproxy.stats_user),
        ("services.afp2web_host", topology.services.afp2web_host),
    ):
        if not value:
            problems.append(f"{path}: must not be empty")
    for path, number in (
        ("haproxy.max_connections", topology.haproxy.max_connections),
        ("haproxy.source_connections", topology.haproxy.source_connections),
        ("haproxy.source_requests", topology.haproxy.source_requests),
        ("haproxy.source_rate", topology.haproxy.source_rate),
        ("services.workers", topology.services.workers),
        ("watcher.misses", topology.watcher.misses),
    ):
        if number == 0:
            problems.append(f"{path}: must be at least 1")
    if topology.haproxy.connect_timeout > 2 * topology.haproxy.check_interval:
        problems.append(
            "haproxy.connect_timeout: must be at most twice haproxy.check_interval, so that no request is "
            "still being connected to an instance when that is given up"
        )
    return problems


def _site_problems(topology: Topology) -> list[str]:
    lab, docker, problems = topology.lab_site, topology.docker_site, []
    if sum(site is not None for site in (lab, docker, topology.ssh_site)) != 1:
        problems.append("lab, docker, ssh: exactly one of the three says where the cluster runs")
    if (ssh := topology.ssh_site) is not None:
        if topology.stats_password is None:
            problems.append(
                "haproxy.stats_password: missing; real machines keep none: {file: PATH} or {env: NAME}"
            )
        elif ssh.stats_password_file is not None and topology.haproxy.stats_password is not None:
            problems.append("ssh.stats_password_file: haproxy.stats_password says it already")
    if lab is not None and not 1 <= len(lab.bridge) <= 11:
        problems.append(f"lab.bridge: {lab.bridge!r} must have 1 to 11 characters (the kernel's limit is 15)")
    if lab is not None and lab.service_uid == 0:
        problems.append("lab.service_uid: 0 is root; the services run without rights")
    if docker is not None and not 1 <= len(docker.bridge) <= 15:
        problems.append(f"docker.bridge: {docker.bridge!r} must have 1 to 15 characters")
    if docker is not None:
        problems.extend(
            f"hosts.{host.name}.role: one role for each host in Docker, where it is a container"
            for host in topology.hosts
            if len(host.roles) != 1
        )
    if docker is not None and topology.vrrp.realtime_priority:
        problems.append("vrrp.realtime_priority: must be 0 in Docker, where Keepalived has no right to it")
    return problems


def _host_problems(topology: Topology, vip_path: VipPath) -> list[str]:
    problems = []
    network = topology.network
    owners: dict[Address, str] = {}
    placed = [
        *(
            (vip_path(number, "address"), vip.address)
            for number, vip in enumerate(topology.vips)
            if vip.interface == network.interface
        ),
        *((f"hosts.{host.name}.address", host.address) for host in topology.hosts),
        *(
            (f"{key}.machine_address", site.machine_address)
            for key, site in (("lab", topology.lab_site), ("docker", topology.docker_site))
            if site is not None
        ),
    ]
    for path, address in placed:
        if address.version != network.range.version:
            problems.append(
                f"{path}: {address} is IPv{address.version} and network.range IPv{network.range.version}; "
                "a host has one address, so all are of one kind"
            )
        elif address not in network.range or address in _without_host(network.range):
            problems.append(f"{path}: {address} is not a host address of network.range {network.range}")
        if address in owners:
            problems.append(f"{path}: {address} is already used by {owners[address]}")
        owners.setdefault(address, path)
    if len(topology.with_role(Role.PROXY)) != 2:
        problems.append(
            f"hosts: {len(topology.with_role(Role.PROXY))} with role proxy; there must be exactly two"
        )
    problems.extend(
        f"hosts: none with role {role}; there must be at least one"
        for role in (Role.WRAPPER, Role.AFP2WEB)
        if not topology.with_role(role)
    )
    return problems


def _ipv6_problems(topology: Topology) -> Iterator[str]:
    network = topology.network
    for number, monitor in enumerate(topology.haproxy.monitors):
        if monitor.version != network.range.version:
            yield f"haproxy.monitors[{number}]: {monitor} is not of the kind of network.range {network.range}"
    if network.is_ipv6 and topology.docker_site is not None:
        yield f"network.range: {network.range} is IPv6, which Docker's networks do not have here: IPv4 there"
    if network.is_ipv6 and topology.vrrp.transport is Transport.MULTICAST:
        yield "vrrp.transport: must be unicast with IPv6: multicast adverts come from link-local addresses"


def _tls_problems(topology: Topology) -> list[str]:
    tls, problems = topology.tls, []
    spoken = {Role.PROXY: tls.proxy_certificate, Role.AFP2WEB: tls.service_certificate}
    if tls.authority is None and any(spoken.values()):
        problems.append("tls.authority: missing; without it nobody can verify the certificates")
    if tls.client_authority is not None and tls.proxy_certificate is None:
        problems.append("tls.client_authority: of no use without tls.proxy_certificate")
    target = topology.afp2web_target_role()
    if target is not None and spoken.get(target) and topology.services.afp2web_protocol != "https":
        problems.append("services.afp2web_protocol: must be https, because afp2web_host speaks TLS")
    return problems


def _without_host(network: Range) -> set[Address]:
    """Its own address, and that of all hosts (IPv4)."""
    return {network.network_address} | ({network.broadcast_address} if network.version == 4 else set())


def _vrrp_problems(vrrp: Vrrp) -> list[str]:
    problems = []
    if vrrp.advert_interval % 10 or not 10 <= vrrp.advert_interval <= 40_950:
        problems.append(
            "vrrp.advert_interval: VRRPv3 counts in 10ms steps, from 10ms to 40950ms (RFC 5798, 5.2.7)"
        )
    if vrrp.realtime_priority > 99:
        problems.append(f"vrrp.realtime_priority: {vrrp.realtime_priority} is not from 0 (off) to 99")
    return problems


def _vip_problems(topology: Topology, path: VipPath) -> Iterator[str]:
    if not topology.vips:
        yield "vips: there must be at least one"
    used = Counter(vip.router_id for vip in topology.vips)
    for number, vip in enumerate(topology.vips):
        if not 1 <= vip.router_id <= 255:
            yield f"{path(number, 'router_id')}: {vip.router_id} is not from 1 to 255"
        elif used[vip.router_id] > 1:
            yield f"{path(number, 'router_id')}: {vip.router_id} is used by another VIP, too"
        if len(vip.priorities) != 2 or not all(1 <= priority <= 254 for priority in vip.priorities):
            yield f"{path(number, 'priorities')}: must be two numbers from 1 to 254, one for each proxy"
        elif len(topology.vips) == 1 and vip.priorities[0] <= vip.priorities[1]:
            yield f"{path(number, 'priorities')}: the first proxy's must be the higher one"
        elif vip.priorities[0] == vip.priorities[1]:
            yield f"{path(number, 'priorities')}: must differ: the VIP belongs to the proxy of the higher one"
        if (
            vip.address.version != topology.network.range.version
            and vip.interface != topology.network.interface
        ):
            yield f"{path(number, 'address')}: {vip.address} is not of the kind of network.range"
        if not 1 <= vip.prefix <= vip.address.max_prefixlen:
            yield f"{path(number, 'prefix')}: {vip.prefix} is not from 1 to {vip.address.max_prefixlen}"
        if topology.ssh_site is None and vip.interface != topology.network.interface:
            yield f"{path(number, 'interface')}: must be network.interface, the only one of a host here"
