"""Can a lab be made here? Every obstacle at once, each with what to do about it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from afpcluster.cluster import observe
from afpcluster.cluster.command import run_json
from afpcluster.cluster.layout import MARKER, Layout
from afpcluster.cluster.topology import Range, Topology

_PACKAGES = {
    "ip": "iproute2",
    "haproxy": "haproxy",
    "keepalived": "keepalived",
    "chrt": "util-linux",
    "setpriv": "util-linux",
    "unshare": "util-linux",
    "mount": "mount",
    "hostname": "hostname",
    "nice": "coreutils",
}


def obstacles(layout: Layout) -> list[str]:
    """What stands in the way of `up` on a machine where this lab is not up yet; empty when nothing does."""
    if os.geteuid() != 0:
        return ["not root: network namespaces and addresses need it; run it with sudo or as root"]
    missing = sorted({package for program, package in _PACKAGES.items() if shutil.which(program) is None})
    if missing:
        return [f"programs are missing: apt-get install {' '.join(missing)}"]
    topology = layout.topology
    found = range_conflicts(
        topology.network.range,
        topology.lab.bridge,
        run_json("ip", "-json", f"-{topology.network.range.version}", "route", "show", "table", "all"),
    )
    found += _taken_names(layout)
    for folder in (layout.run, topology.lab.spool_directory):
        if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
            found.append(f"{folder} holds files that are not a lab's; choose another folder in the topology")
    found += _unreadable_python(topology)
    return found


def range_conflicts(wanted: Range, bridge: str, routes: Iterable[Mapping[str, Any]]) -> list[str]:
    """Pure: routes of this machine, other than the lab's own, that lie in the range (or it in them)."""
    found = []
    for route in routes:
        destination = route.get("dst", "default")
        if destination == "default" or route.get("dev") == bridge:
            continue
        network = ip_network(destination, strict=False)
        if network.version == wanted.version and network.overlaps(wanted):
            found.append(
                f"network.range {wanted} is in use: {destination} is on {route.get('dev', 'this machine')}; "
                f"choose another range in a copy of the topology and pass it with --topology"
            )
    return sorted(set(found))


def _taken_names(layout: Layout) -> list[str]:
    if (layout.run / MARKER).exists():
        return []  # ours, from an earlier `up`
    existing, links = observe.namespaces(), observe.links()
    taken = [layout.namespace(h) for h in layout.topology.hosts if layout.namespace(h) in existing]
    taken += [name for name in (layout.topology.lab.bridge,) if name in links]
    return [
        f"{name!r} (namespace or interface) already exists on this machine and is not of this lab; "
        "remove it, or choose lab.namespace_prefix and lab.bridge in the topology"
        for name in taken
    ]


def _unreadable_python(topology: Topology) -> list[str]:
    """Our Python runs without rights: it must not lie where only root may read."""
    real = Path(sys.executable).resolve()
    uid = topology.lab.service_uid
    rights = [f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
    done = subprocess.run(
        ["setpriv", *rights, str(real), "-c", "pass"], capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return []
    return [
        f"a user without rights cannot run {real}, so the services could not; make the environment from "
        "Debian's Python (`make up` does: /usr/bin/python3 -m venv .venv)"
    ]
