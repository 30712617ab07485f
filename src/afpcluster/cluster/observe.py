"""What there is of a lab on this machine: asks the kernel, reads the run directory, changes nothing."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path
from typing import Any

from afpcluster.cluster.command import CommandError, run, run_json
from afpcluster.cluster.layout import Layout
from afpcluster.cluster.plan import Observed
from afpcluster.cluster.render import OnChange, Rendered
from afpcluster.cluster.site.site import Held, ProcessState, held_where
from afpcluster.cluster.topology import Host, Role


def observe(layout: Layout, desired: Rendered) -> Observed:
    """Everything that `plan` needs. Raises `CommandError` when `ip` fails."""
    existing = namespaces()
    bridge = bridge_exists(layout)
    written = read_written(layout)
    hosts = layout.topology.hosts
    return Observed(
        bridge=bridge,
        hosts={h.name: bridge and _is_whole(layout, h) for h in hosts if layout.namespace(h) in existing},
        files=_texts(layout, desired),
        written=written,
        pending=read_pending(layout),
        supervisor=supervisor_pid(layout) is not None,
        holders=tuple(name for names in held(layout).values() for name in names) if bridge else (),
        folders=layout.run.exists() or layout.topology.lab.spool_directory.exists(),
    )


def namespaces() -> set[str]:
    """Names of all network namespaces of this machine."""
    return {row["name"] for row in run_json("ip", "-json", "netns", "list")}


def links() -> dict[str, dict[str, Any]]:
    """The machine's own network interfaces, as `ip -json addr` describes them."""
    return {row["ifname"]: row for row in run_json("ip", "-json", "addr", "show")}


def bridge_exists(layout: Layout) -> bool:
    return layout.topology.lab.bridge in links()


def supervisor_pid(layout: Layout) -> int | None:
    """The PID of the living supervisor: a lock cannot be stale, a PID file can."""
    try:
        with layout.supervisor_lock.open("r+", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(lock.read() or "0") or None
    except FileNotFoundError:
        pass
    return None


def read_written(layout: Layout) -> dict[tuple[str, str], str]:
    """What `up` wrote last: (host, path) -> SHA-256."""
    try:
        rows = json.loads(layout.written_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {(host, path): value for host, path, value in rows}


def read_pending(layout: Layout) -> dict[tuple[str, str], OnChange]:
    """What is yet to be done: (host, process) -> reload or restart."""
    try:
        rows = json.loads(layout.pending_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {(host, process): OnChange(value) for host, process, value in rows}


def process_states(layout: Layout) -> tuple[ProcessState, ...]:
    """What the supervisor says; empty when there was never one."""
    try:
        rows = json.loads(layout.supervisor_state.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    return tuple(ProcessState(*key.split("."), **row) for key, row in rows.items())


def held(layout: Layout) -> Held:
    """The proxies that carry each VIP on their interface right now; one, if all is well."""
    existing, topology = namespaces(), layout.topology
    proxies = [proxy for proxy in topology.with_role(Role.PROXY) if layout.namespace(proxy) in existing]
    return held_where(topology.vips, {proxy.name: _addresses(layout, proxy) for proxy in proxies})


def vip_holders(layout: Layout) -> tuple[str, ...]:
    """Those of the first VIP."""
    return held(layout)[layout.topology.vips[0]]


def namespace_pids(layout: Layout, host: Host) -> list[int]:
    """Every process in the host's network namespace."""
    return [int(pid) for pid in run("ip", "netns", "pids", layout.namespace(host)).split()]


def log_tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, for an error text; without the lines of requests, among which heartbeats
    would bury the reason."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return f"({path} cannot be read)"
    telling = [line for line in text.splitlines() if '"message": "request"' not in line]
    return "\n".join(telling[-lines:]) or f"({path} is empty)"


def _is_whole(layout: Layout, host: Host) -> bool:
    attached = links().get(layout.link(host), {}).get("master") == layout.topology.lab.bridge
    return attached and str(host.address) in _addresses(layout, host)


def _addresses(layout: Layout, host: Host) -> set[str]:
    """On the host's cable; none where its namespace cannot be entered, so that `down` still removes it."""
    interface = layout.topology.network.interface
    try:
        rows = run_json("ip", "-json", "-netns", layout.namespace(host), "addr", "show", "dev", interface)
    except CommandError:
        return set()
    return {info["local"] for row in rows for info in row.get("addr_info", ())}


def _texts(layout: Layout, desired: Rendered) -> dict[tuple[str, str], str]:
    found = {}
    for host, files in desired.items():
        for path in files:
            there = layout.file(layout.topology.host(host), path)
            if there.is_file():
                found[host, path] = there.read_bytes().decode(errors="surrogateescape")
    return found
