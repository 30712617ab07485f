"""Topology -> what the playbook in deploy/ansible is told: an inventory, and what each file is. Pure.

Rules: everything that follows from the topology is said here, under names that begin with `afpcluster_`; the
playbook derives nothing. host_vars are written for every topology; the inventory only for real machines.
"""

from __future__ import annotations

import io
import shlex
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from afpcluster.cluster import layout
from afpcluster.cluster.machine import containers, machine_files, machine_kind
from afpcluster.cluster.processes import KEEPALIVED_PAUSE, KEEPALIVED_PIDS, keepalived_command
from afpcluster.cluster.render import PROPERTIES, RELEASE_VIP, Kind, Rendered, kind, render
from afpcluster.cluster.topology import Host, Role, Secret, Topology

TOPOLOGY = "topology.yml"
STATS_HASH = "stats-password.hash"  # beside the inventory, where no file of the operator has the password
_GROUPS = {Role.PROXY: "proxies", Role.WRAPPER: "wrappers", Role.AFP2WEB: "afp2webs", Role.DATA: "data"}


def rendered_folder(topology: Topology, topology_text: str) -> dict[str, tuple[str, int]]:
    """`{path below the folder: (text, mode)}`: every host's files below its name, and what Ansible reads."""
    real = topology.ssh_site is not None
    files: Rendered = machine_files(topology) if real else render(topology, "!")
    found = {
        f"{host}{path}": (text, _kind(topology, path).mode)
        for host, texts in files.items()
        for path, text in texts.items()
    }
    told = {
        f"host_vars/{host.name}.yml": _host_vars(topology, host, files[host.name]) for host in topology.hosts
    }
    if real:
        told |= {"inventory.yml": _inventory(topology), "group_vars/all.yml": _group_vars(topology)}
        found[TOPOLOGY] = (topology_text, 0o644)
    return found | {path: (_yaml(topology, data), 0o644) for path, data in told.items()}


def stats_hash_file(secret: Secret) -> Path | None:
    """Beside the password: what HAProxy gets of it. None where the environment has the password."""
    return secret.file.with_name(f"{secret.file.name}.hash") if secret.file is not None else None


def _kind(topology: Topology, path: str) -> Kind:
    return machine_kind(topology, path) if topology.ssh_site is not None else kind(path)


def _inventory(topology: Topology) -> dict[str, Any]:
    hosts = {str(host.name): {"ansible_host": str(host.address)} for host in topology.hosts}
    groups = {
        group: {"hosts": {str(host.name): None for host in topology.with_role(role)}}
        for role, group in _GROUPS.items()
        if topology.with_role(role)
    }
    return {"all": {"hosts": hosts, "children": groups}}


def _group_vars(topology: Topology) -> dict[str, Any]:
    ssh, secret = topology.ssh, topology.stats_password
    hash_file = stats_hash_file(secret) if secret is not None else None
    found: dict[str, Any] = {
        "ansible_user": str(ssh.user),
        "afpcluster_name": topology.name,
        "afpcluster_vips": [
            {"address": str(vip.address), "interface": vip.interface} for vip in topology.vips
        ],
        "afpcluster_stats_hash_file": str(hash_file or f"{{{{ inventory_dir }}}}/{STATS_HASH}"),
        "afpcluster_keepalived_command": shlex.join(keepalived_command(topology)),
        "afpcluster_keepalived_pids": list(KEEPALIVED_PIDS),
        "afpcluster_keepalived_pause_seconds": KEEPALIVED_PAUSE / 1000,
        "afpcluster_release_vip": RELEASE_VIP,
        "afpcluster_state_folder": layout.STATE,
        "afpcluster_health_folder": layout.HEALTH_FOLDER,
        "afpcluster_leaving_files": [layout.leaving_file(vip) for vip in topology.vips],
        "afpcluster_haproxy_folder": layout.HAPROXY_SOCKET_FOLDER,
        "afpcluster_journal_folder": layout.JOURNAL_FOLDER,
        "afpcluster_script_user": layout.SCRIPT_USER,
    }
    if ssh.config is not None:
        found["ansible_ssh_common_args"] = shlex.join(["-F", str(ssh.config)])
    return found


def _host_vars(topology: Topology, host: Host, files: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"afpcluster_roles": [str(role) for role in host.roles]}
    if topology.ssh_site is not None:
        tls = topology.tls
        needed = {tls.proxy_certificate, tls.client_authority} if Role.PROXY in host.roles else set()
        needed |= {tls.service_certificate} if set(PROPERTIES) & set(host.roles) else set()
        if any(needed):
            needed.add(tls.authority)
        found["afpcluster_certificates"] = sorted(str(file) for file in needed if file is not None)
        found["afpcluster_containers"] = list(containers(host))
    rows = [_file(path, _kind(topology, path)) for path in files]
    # What nobody has to be told of first: Keepalived accepts no file that names a script which is not there.
    found["afpcluster_files"] = sorted(rows, key=lambda row: row["process"] != "")
    return found


def _file(path: str, its: Kind) -> dict[str, Any]:
    """`on_change`: what `process` needs when the file has changed."""
    row = {
        "path": path,
        "owner": "root",
        "group": its.group,
        "mode": DoubleQuotedScalarString(f"{its.mode:04o}"),
        "process": its.process,
        "on_change": its.on_change.value,
    }
    if its.validate:
        row["validate"] = f"{shlex.join(its.validate)} %s"
    return row


def _yaml(topology: Topology, data: dict[str, Any]) -> str:
    sink = io.StringIO()
    sink.write(f"# {topology.name}: rendered by afpcluster from the topology; changes belong there.\n")
    yaml = YAML()
    yaml.width = 200
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(data, sink)
    return sink.getvalue()
