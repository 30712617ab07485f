"""Desired and observed -> the actions that lead from one to the other. Pure.

Rules: what is already as it should be gives no action, so running `up` or `down` twice is harmless. A
file that somebody edited by hand since it was written (an emergency change) is kept and said, never
overwritten. The order of the result is the order of acting: every new file is checked before the first one
takes an old one's place, then it goes process by process, so that a failure stops all that would follow. What
was left to do then is remembered (`Observed.pending`). Nothing is restarted that need not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from afpcluster.cluster.processes import Process
from afpcluster.cluster.render import OnChange, Rendered, kind
from afpcluster.cluster.service_files import needs_restart


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
class CheckFile:
    """Would the program that reads this file accept the new text?"""

    host: str
    path: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WriteFile:
    """`asks` of the process that reads it, once it is written."""

    host: str
    path: str
    text: str = field(repr=False)
    asks: OnChange = field(default=OnChange.NOTHING, repr=False)


@dataclass(frozen=True, slots=True)
class KeepEdited:
    """Not an action but news: this file was edited by hand and stays as it is."""

    host: str
    path: str


@dataclass(frozen=True, slots=True)
class RestartProcess:
    """Drained, if it is an instance at work; stopped, started by the supervisor, and healthy again before the
    next action."""

    host: str
    name: str


@dataclass(frozen=True, slots=True)
class ReloadProcess:
    """It reads its file again without a pause, and is healthy before the next action."""

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
    | CheckFile
    | WriteFile
    | KeepEdited
    | RestartProcess
    | ReloadProcess
    | StartSupervisor
    | StopSupervisor
    | RemoveFolders
)


@dataclass(frozen=True, slots=True)
class Observed:
    """What there is. `hosts` maps each existing namespace to whether it is whole (cable and address);
    `files` maps (host, path) to the text that is there, `written` to the SHA-256 of what was written last;
    `pending` maps (host, process) to what an earlier `up` left to do there."""

    bridge: bool = False
    hosts: Mapping[str, bool] = field(default_factory=dict)
    files: Mapping[tuple[str, str], str] = field(default_factory=dict)
    written: Mapping[tuple[str, str], str] = field(default_factory=dict)
    pending: Mapping[tuple[str, str], OnChange] = field(default_factory=dict)
    supervisor: bool = False
    folders: bool = False
    holders: tuple[str, ...] = ()  # of the VIPs


def digest(text: str) -> str:
    """SHA-256 of a file's text, as in `Observed`."""
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


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
    if not observed.supervisor:
        return [*actions, *files, StartSupervisor()]
    writes = [action for action in files if isinstance(action, WriteFile)]
    actions += [action for action in files if isinstance(action, KeepEdited)]
    actions += [
        CheckFile(write.host, write.path, write.text)
        for write in writes
        if kind(write.path).validate and write.host not in created
    ]
    actions += [write for write in writes if not kind(write.path).process]
    # The proxy with the VIP (or most of them) last: the other one can take it by then.
    for row in sorted(rows, key=lambda row: observed.holders.count(row.host)):
        key = row.host, row.name
        own = [write for write in writes if (write.host, kind(write.path).process) == key]
        actions += own
        asked = max(
            (observed.pending.get(key, OnChange.NOTHING), *(write.asks for write in own)), key=_strength
        )
        if row.host in created or asked is OnChange.RESTART:
            actions.append(RestartProcess(*key))
        elif asked is OnChange.RELOAD:
            actions.append(ReloadProcess(*key))
    return actions


def _strength(asked: OnChange) -> int:
    return list(OnChange).index(asked)


def _file_actions(desired: Rendered, observed: Observed) -> list[WriteFile | KeepEdited]:
    actions: list[WriteFile | KeepEdited] = []
    for host, files in desired.items():
        for path, text in files.items():
            there = observed.files.get((host, path))
            if there == text:
                continue
            if there is not None and digest(there) != observed.written.get((host, path)):
                actions.append(KeepEdited(host, path))
            else:
                actions.append(WriteFile(host, path, text, _asks(path, there, text)))
    return actions


def _asks(path: str, old: str | None, new: str) -> OnChange:
    asked = kind(path).on_change
    if asked is OnChange.RESTART and not needs_restart(path, old, new):
        return OnChange.NOTHING
    return asked


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
