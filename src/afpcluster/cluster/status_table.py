"""The state of the cluster as tables for a terminal, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from afpcluster.cluster.journal import Holding
from afpcluster.cluster.probe import Answer
from afpcluster.cluster.site.site import ProcessState
from afpcluster.cluster.status import Status, exit_code, verdict
from afpcluster.cluster.topology import Topology, Vip
from afpcluster.cluster.urls import host_of

_SHOWN_HOLDINGS = 4


def as_json(topology: Topology, status: Status) -> dict[str, Any]:
    """Everything that was seen, and what follows from it; times as ISO 8601."""
    code = exit_code(status)
    return {
        "cluster": topology.name,
        "at": status.at.isoformat(timespec="milliseconds"),
        "state": {0: "healthy", 3: "degraded", 4: "down"}[code],
        "exitCode": int(code),
        "problems": verdict(status),
        "vips": [
            {
                "address": str(vip.address),
                "holders": list(status.held.get(vip, ())),
                "history": [_holding(holding) for holding in _last(status, vip)],
            }
            for vip in topology.vips
        ],
        "urls": [
            {
                "host": a.url.host,
                "url": str(a.url),
                "ok": a.good,
                "status": a.status,
                "seconds": round(a.seconds, 4),
                "error": a.error,
            }
            for a in status.answers
        ],
        "processes": [asdict(state) for state in status.processes],
        "instances": [asdict(instance) for instance in status.instances],
        "servers": [asdict(server) for server in status.servers],
        "drained": {host: asdict(mark) for host, mark in status.drained.items()},
        "paused": {host: asdict(mark) for host, mark in status.paused.items()},
        "differing": [{"host": host, "path": path} for host, path in status.edited],
        "certificates": [
            {"host": a.url.host, "port": a.url.port, "ends": a.certificate_ends.isoformat()}
            for a in status.answers
            if a.certificate_ends is not None
        ],
    }


def _holding(holding: Holding) -> dict[str, Any]:
    until = holding.until.isoformat() if holding.until is not None else None
    return {"host": holding.host, "since": holding.since.isoformat(), "until": until, "why": holding.why}


def _last(status: Status, vip: Vip) -> list[Holding]:
    """Who had a VIP lately."""
    return [holding for holding in status.holdings if holding.vip == str(vip.address)][-_SHOWN_HOLDINGS:]


def shown(topology: Topology, status: Status) -> RenderableType:
    """The table, or that there is nothing."""
    return table(topology, status) if status.processes else "\n".join(verdict(status))


def table(topology: Topology, status: Status) -> RenderableType:
    """For a terminal: URLs by level, who holds each VIP, processes, what is wrong."""
    parts: list[RenderableType] = [urls_table(topology, status), _processes_table(status.processes)]
    if status.instances or status.servers:
        parts.append(_instances_table(status))
    for vip in topology.vips:
        parts.append(_held(vip, status.held.get(vip, ())))
        parts += [Text(f"  {holding.told()}") for holding in reversed(_last(status, vip))]
    ends = [answer.certificate_ends for answer in status.answers if answer.certificate_ends]
    if ends:
        parts.append(Text(f"the first certificate ends on {min(ends):%Y-%m-%d}"))
    parts += [Text(f"differs from the topology: {host}: {path}", "yellow") for host, path in status.edited]
    wrong = verdict(status)
    parts += [Text(f"✗ {line}", "red") for line in wrong] or [Text("✓ all is well", "green")]
    return Group(*parts)


def _held(vip: Vip, holders: Sequence[str]) -> Text:
    style = "bold" if len(holders) == 1 else "bold red"
    return Text.assemble(("VIP ", "bold"), str(vip.address), " is held by ", (_names(holders), style))


def urls_table(topology: Topology, status: Status) -> Table:
    shown = Table(title=f"{topology.name}: every URL", title_justify="left")
    for column in ("host", "role", "URL", "state"):
        shown.add_column(column, no_wrap=column == "URL")
    roles = {str(host.name): ", ".join(host.roles) for host in topology.hosts}
    roles |= {host_of(vip): f"→ {_names(status.held.get(vip, ()))}" for vip in topology.vips}
    holding = {name for names in status.held.values() for name in names}
    previous = ""
    hosts = list(dict.fromkeys(answer.url.host for answer in status.answers))
    for answer in sorted(status.answers, key=lambda answer: hosts.index(answer.url.host)):
        host = answer.url.host
        if host != previous and previous:
            shown.add_section()
        holder = "★ " if host in holding else ""
        name = f"{holder}{host}" if host != previous else ""
        role = roles[host] if host != previous else ""
        shown.add_row(name, role, str(answer.url), _state(answer))
        previous = host
    return shown


def _state(answer: Answer) -> Text:
    if answer.good:
        return Text(f"{answer.status} in {answer.seconds * 1000:.0f} ms", "green")
    return Text(f"{answer.status} instead of {answer.url.expect}" if answer.status else answer.error, "red")


def _instances_table(status: Status) -> Table:
    """Each service, and how each HAProxy sees it: state, requests there, requests waiting for it."""
    shown = Table(title="instances", title_justify="left")
    proxies = list(dict.fromkeys(server.proxy for server in status.servers))
    for column in ("host", "service", "version", "requests", "disk free", *(f"at {p}" for p in proxies)):
        shown.add_column(column)
    for instance in status.instances:
        seen = {
            server.proxy: f"{server.state}, {server.sessions} now, {server.queued} wait"
            for server in status.servers
            if (server.host, server.backend) == (instance.host, instance.role.value)
        }
        state = " (drains)" if instance.draining else ""
        free = f"{instance.free_bytes / 1e9:.1f} GB"
        about = (f"{instance.role}{state}", instance.version, str(instance.in_flight), free)
        shown.add_row(instance.host, *about, *(seen.get(proxy, "no answer") for proxy in proxies))
    return shown


def _processes_table(states: Sequence[ProcessState]) -> Table:
    shown = Table(title="processes", title_justify="left")
    for column in ("host", "process", "PID", "starts", "ended last by"):
        shown.add_column(column)
    for state in states:
        pid = str(state.pid) if state.pid is not None else "down"
        shown.add_row(state.host, state.name, pid, str(state.starts), state.last_end)
    return shown


def _names(holders: Sequence[str]) -> str:
    return " and ".join(holders) or "nobody"
