"""Topology -> everything that Compose needs: compose.yaml and the files of every host. Pure.

Rules: what is rendered works by itself and is committed in deploy/docker, golden and manual at once. The hash
of the password of /stats is no part of it: HAProxy reads it from its environment.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import PurePosixPath

from afpcluster.cluster import layout
from afpcluster.cluster.processes import (
    HAPROXY_ENVIRONMENT,
    KEEPALIVED_PAUSE,
    KEEPALIVED_PIDS,
    haproxy_pause,
    keepalived_command,
    watch,
)
from afpcluster.cluster.render import (
    AFP2WEB_PROPERTIES,
    CHK_HAPROXY,
    HAPROXY_CFG,
    KEEPALIVED_CONF,
    PROPERTIES,
    RELEASE_VIP,
    WRAPPER_PROPERTIES,
    Rendered,
    render,
)
from afpcluster.cluster.template import fill
from afpcluster.cluster.topology import Host, Role, Topology, Vip

COMPOSE = "compose.yaml"
STATS_HASH = "AFPCLUSTER_STATS_HASH"
_GRACE = 40  # seconds: a service drains for a second, then requests under way have thirty


def files(topology: Topology) -> dict[str, str]:
    """`{path below the folder of compose.yaml: text}`."""
    found = {COMPOSE: _compose(topology)}
    for host, texts in rendered(topology).items():
        found |= {f"hosts/{host}{path}": text for path, text in texts.items()}
    return found


def rendered(topology: Topology) -> Rendered:
    """The files of every host."""
    return render(topology, f'"${{{STATS_HASH}}}"')


def containers(topology: Topology) -> tuple[str, ...]:
    """Their names, which are also those of the services in compose.yaml."""
    names = [virtual_name(topology, vip) for vip in topology.vips]
    for host in topology.hosts:
        names += [host.name]
        names += [f"{host.name}-{part}" for part in PARTS if Role.PROXY in host.roles]
    return tuple(names)


def virtual_name(topology: Topology, vip: Vip) -> str:
    """Of a VIP in Docker's DNS: the first is called as the topology says."""
    return f"{topology.docker.virtual_name}{vip.name.removeprefix('vip')}"


PARTS = ("haproxy", "watcher", "keepalived")  # of a proxy machine


def _compose(topology: Topology) -> str:
    docker, ports, network = topology.docker, topology.ports, topology.network
    return fill(
        "docker/compose.yaml",
        name=topology.name,
        virtual_address=topology.vips[0].address,
        virtual_name=docker.virtual_name,
        vips="\n".join(
            fill(
                "docker/vip.yaml",
                virtual_name=virtual_name(topology, vip),
                virtual_address=vip.address,
                domain=docker.domain,
            )
            for vip in topology.vips
        ).rstrip(),
        leaving="; ".join(
            f"echo 0 > {PurePosixPath(layout.leaving_file(vip)).name}" for vip in topology.vips
        ),
        bridge=docker.bridge,
        machine_address=docker.machine_address,
        range=network.range,
        wrapper_proxy=ports.wrapper_proxy,
        wrapper=ports.wrapper,
        afp2web=ports.afp2web,
        health=ports.health,
        grace=_GRACE,
        wrapper_properties=WRAPPER_PROPERTIES,
        afp2web_properties=AFP2WEB_PROPERTIES,
        health_folder=layout.HEALTH_FOLDER,
        haproxy_folder=layout.HAPROXY_SOCKET_FOLDER,
        haproxy_pid=layout.HAPROXY_PID,
        haproxy_cfg=HAPROXY_CFG,
        haproxy_environment=json.dumps(HAPROXY_ENVIRONMENT)[1:-1],
        haproxy_pause=haproxy_pause(topology) / 1000,
        chk_haproxy=CHK_HAPROXY,
        keepalived_pids=" ".join(KEEPALIVED_PIDS),
        vrrp_pid=KEEPALIVED_PIDS[1],
        keepalived_pause=f"{KEEPALIVED_PAUSE / 1000:g}",
        keepalived=shlex.join(keepalived_command(topology)),
        release_vip=RELEASE_VIP,
        state=layout.STATE,
        services="\n".join(_service(topology, host) for host in topology.hosts).rstrip(),
        volumes="\n".join(_volumes(topology)),
    )


def _service(topology: Topology, host: Host) -> str:
    docker = topology.docker
    (role,) = host.roles
    if role is Role.PROXY:
        return fill(
            "docker/proxy.yaml",
            host=host.name,
            address=host.address,
            domain=docker.domain,
            virtual_names=", ".join(virtual_name(topology, vip) for vip in topology.vips),
            watch=json.dumps(["kept-running", "afpcluster", *watch(topology, host)]),
            haproxy_folder=_folder(HAPROXY_CFG),
            keepalived_folder=_folder(KEEPALIVED_CONF),
            journal_folder=layout.JOURNAL_FOLDER,
        )
    return fill(
        "docker/service.yaml",
        host=host.name,
        role=role,
        address=host.address,
        domain=docker.domain,
        folder=_folder(PROPERTIES[role]),
    )


def _volumes(topology: Topology) -> Iterator[str]:
    for host in topology.hosts:
        if Role.PROXY in host.roles:
            yield f"  journal-{host.name}:"
        else:
            yield f"  spool-{host.name}:"


def _folder(path: str) -> PurePosixPath:
    return PurePosixPath(path).parent
