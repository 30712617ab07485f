"""Topology -> the files of a real machine: those of `render`, its containers, its firewall. Pure.

Rules: a machine has a Docker engine, in which everything but Keepalived runs; the playbook in deploy/ansible
carries the files there and puts `.env` beside compose.yaml, with what is not in the topology: the tag of the
images and the hash of the password of /stats. No rendered file holds a secret.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, collapse_addresses, ip_network
from pathlib import Path, PurePosixPath
from typing import cast

from afpcluster.cluster import layout
from afpcluster.cluster.processes import HAPROXY_ENVIRONMENT, haproxy_pause, watch
from afpcluster.cluster.render import (
    HAPROXY_CFG,
    PROPERTIES,
    Kind,
    OnChange,
    Rendered,
    kind,
    render,
)
from afpcluster.cluster.template import fill
from afpcluster.cluster.topology import Host, Role, Topology

COMPOSE = "/usr/local/docker/compose.yaml"
FIREWALL = "/usr/local/docker/firewall.nft"
STATS_HASH = "AFPCLUSTER_STATS_HASH"  # in .env beside compose.yaml
TAG = "AFPCLUSTER_TAG"  # likewise: of the images
_GRACE = 40  # seconds: a service drains for a second, then requests under way have thirty
_SHARES = 8192  # of the processor, where a conversion has 1024

KINDS: Mapping[str, Kind] = {
    COMPOSE: Kind(process="compose", on_change=OnChange.RESTART),
    FIREWALL: Kind(process="firewall", on_change=OnChange.RELOAD, validate=("nft", "--check", "--file")),
}


def machine_files(topology: Topology, stats_hash: str = f'"${{{STATS_HASH}}}"') -> Rendered:
    """`{host: {path: text}}` for every machine; by default HAProxy finds the hash in its environment."""
    files = render(topology, stats_hash)
    for host in topology.hosts:
        if containers(host):
            files[host.name][COMPOSE] = _compose(topology, host)
        if Role.PROXY in host.roles:
            files[host.name][FIREWALL] = _firewall(topology)
    return files


def machine_kind(topology: Topology, path: str) -> Kind:
    """What a file is on a machine. HAProxy, of the image, is no user there, and its file holds no secret."""
    if path == HAPROXY_CFG:
        return dataclasses.replace(kind(path), mode=0o644, group="root", validate=_haproxy_check(topology))
    return KINDS.get(path, kind(path))


def containers(host: Host) -> tuple[str, ...]:
    """The names of those that run on a machine."""
    parts = {Role.PROXY: ("haproxy", "watcher"), Role.WRAPPER: ("wrapper",), Role.AFP2WEB: ("afp2web",)}
    return tuple(f"afpcluster-{part}" for role in host.roles for part in parts.get(role, ()))


def _compose(topology: Topology, host: Host) -> str:
    services = "".join(_services(topology, host))
    spools = [f"  spool-{role}:" for role in PROPERTIES if role in host.roles]
    if spools:
        services += "\n".join(["", "volumes:", *spools, ""])
    return fill("machine/compose.yaml", name=topology.name, host=host.name, services=services.rstrip())


def _services(topology: Topology, host: Host) -> Iterator[str]:
    if Role.PROXY in host.roles:
        yield fill(
            "machine/proxy.yaml",
            state=layout.STATE,
            shares=_SHARES,
            grace=_GRACE,
            haproxy_pid=layout.HAPROXY_PID,
            haproxy_cfg=HAPROXY_CFG,
            haproxy_environment=json.dumps(HAPROXY_ENVIRONMENT)[1:-1],
            haproxy_pause=haproxy_pause(topology) / 1000,
            haproxy_folder=PurePosixPath(HAPROXY_CFG).parent,
            watch=json.dumps(["kept-running", "afpcluster", *watch(topology, host)]),
            certificates=_mounts(_proxy_tls(topology)),
        )
    commands = {
        Role.WRAPPER: ("serve-wrapper", topology.ports.wrapper, "--properties"),
        Role.AFP2WEB: ("serve-afp2web", topology.ports.afp2web, "--config"),
    }
    for role, (command, port, option) in commands.items():
        if role in host.roles:
            argv = [
                "kept-running",
                "afpcluster",
                command,
                "--listen",
                f"{topology.network.everywhere}:{port}",
                option,
                PROPERTIES[role],
            ]
            yield fill(
                "machine/service.yaml",
                role=role,
                grace=_GRACE,
                command=json.dumps(argv),
                folder=PurePosixPath(PROPERTIES[role]).parent,
                certificates=_mounts(_service_tls(topology)),
            )


def _firewall(topology: Topology) -> str:
    proxies = [str(proxy.address) for proxy in topology.with_role(Role.PROXY)]
    # All of one kind, whichever it is.
    observers = [ip_network(address) for address in (*proxies, *topology.haproxy.monitors)]
    return fill(
        "machine/firewall.nft",
        name=topology.name,
        **(
            {"family": "ip6", "protocol": "meta l4proto vrrp", "other_family": "ipv4"}
            if topology.network.is_ipv6
            else {"family": "ip", "protocol": "ip protocol vrrp", "other_family": "ipv6"}
        ),
        proxies=", ".join(proxies),
        observers=", ".join(map(str, collapse_addresses(cast("list[IPv4Network]", observers)))),
        health=topology.ports.health,
    )


def _haproxy_check(topology: Topology) -> tuple[str, ...]:
    """By the image that will run it; the file comes in through standard input."""
    volumes = [part for folder in _proxy_tls(topology) for part in ("--volume", f"{folder}:{folder}:ro")]
    script = " ".join(
        [
            "docker run --rm --interactive --network none --user 0",
            f"--env {STATS_HASH}=!",
            *volumes,
            'afpcluster-haproxy:{{ afpcluster_tag }} haproxy -c -f /dev/stdin < "$0"',
        ]
    )
    return ("sh", "-c", script)


def _proxy_tls(topology: Topology) -> list[Path]:
    tls = topology.tls
    return _folders(tls.proxy_certificate, tls.client_authority, tls.authority)


def _service_tls(topology: Topology) -> list[Path]:
    return _folders(topology.tls.service_certificate, topology.tls.authority)


def _folders(*files: Path | None) -> list[Path]:
    return sorted({file.parent for file in files if file is not None})


def _mounts(folders: list[Path]) -> str:
    return "".join(f"\n      - {folder}:{folder}:ro" for folder in folders)
