"""Desired and observed -> the actions that lead from one to the other. Pure.

Rules: what is already as it should be gives no action, so running `up` or `down` twice is harmless. A
file that somebody edited by hand since it was written (an emergency change) is kept and said, never
overwritten. The order of the result is the order of acting.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from afpcluster.cluster.processes import Process
from afpcluster.cluster.render import MODES, Rendered


@dataclass(frozen=True, slots=True)
class CreateBridge:
    """The switch, with this machine's own address on it."""


@dataclass(frozen=True, slots=True)
class RemoveBridge:
    pass


@dataclass(frozen=True, slots=True)
class CreateHost:
    """A network namespace with its cable to the bridge, its address and its folders."""

    host: str


@dataclass(frozen=True, slots=True)
class RemoveHost:
    """The namespace with every process in it."""

    host: str


@dataclass(frozen=True, slots=True)
class WriteFile:
    host: str
    path: str
    text: str = field(repr=False)
    mode: int = 0o644


@dataclass(frozen=True, slots=True)
class KeepEdited:
    """Not an action but news: this file was edited by hand and stays as it is."""

    host: str
    path: str


@dataclass(frozen=True, slots=True)
class RestartProcess:
    """Stopped, started by the supervisor, and healthy again before the next action."""

    host: str
    name: str


@dataclass(frozen=True, slots=True)
class StartSupervisor:
    pass


@dataclass(frozen=True, slots=True)
class StopSupervisor:
    pass


@dataclass(frozen=True, slots=True)
class RemoveFolders:
    """The run and spool directories."""


Action = (
    CreateBridge
    | RemoveBridge
    | CreateHost
    | RemoveHost
    | WriteFile
    | KeepEdited
    | RestartProcess
    | StartSupervisor
    | StopSupervisor
    | RemoveFolders
)


@dataclass(frozen=True, slots=True)
class Observed:
    """What there is. `hosts` maps each existing namespace to whether it is whole (cable and address);
    `files` and `written` map (host, path) to the SHA-256 of what is there and what was written last."""

    bridge: bool = False
    hosts: Mapping[str, bool] = field(default_factory=dict)
    files: Mapping[tuple[str, str], str] = field(default_factory=dict)
    written: Mapping[tuple[str, str], str] = field(default_factory=dict)
    supervisor: bool = False
    folders: bool = False
    holders: tuple[str, ...] = ()  # of the VIP


def digest(text: str) -> str:
    """SHA-256 of a file's text, as in `Observed`."""
    return hashlib.sha256(text.encode()).hexdigest()


def plan_up(desired: Rendered, rows: tuple[Process, ...], observed: Observed) -> list[Action]:
    """What `up` has to do."""
    actions: list[Action] = []
    if not observed.bridge:
        actions.append(CreateBridge())
    created = [host for host in desired if not observed.hosts.get(host, False)]
    for host in created:
        if host in observed.hosts:
            actions.append(RemoveHost(host))
        actions.append(CreateHost(host))
    files = _file_actions(desired, observed)
    actions.extend(files)
    if not observed.supervisor:
        return [*actions, StartSupervisor()]
    changed = {(action.host, action.path) for action in files if isinstance(action, WriteFile)}
    restarts = [
        RestartProcess(row.host, row.name)
        for row in rows
        if row.host in created or any((row.host, path) in changed for path in row.files)
    ]
    # The proxy with the VIP last: the other one can take it by then.
    return [*actions, *sorted(restarts, key=lambda action: action.host in observed.holders)]


def _file_actions(desired: Rendered, observed: Observed) -> list[WriteFile | KeepEdited]:
    actions: list[WriteFile | KeepEdited] = []
    for host, files in desired.items():
        for path, text in files.items():
            there = observed.files.get((host, path))
            if there == digest(text):
                continue
            if there is not None and there != observed.written.get((host, path)):
                actions.append(KeepEdited(host, path))
            else:
                actions.append(WriteFile(host, path, text, MODES.get(path, 0o644)))
    return actions


def plan_down(observed: Observed) -> list[Action]:
    """What `down` has to do, also after a half-finished `up`."""
    actions: list[Action] = []
    if observed.supervisor:
        actions.append(StopSupervisor())
    actions.extend(RemoveHost(host) for host in observed.hosts)
    if observed.bridge:
        actions.append(RemoveBridge())
    if observed.folders:
        actions.append(RemoveFolders())
    return actions
