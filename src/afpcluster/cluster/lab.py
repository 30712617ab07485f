"""The one module that acts: makes and removes a cluster of network namespaces on this machine.

Rules: an action from `plan` is one function here. Nothing is left to find by hand: the names come from
`Layout`, and what is removed is only what carries those names. Mounts are made in the mount namespaces of
the lab's own processes, so none of them has to be undone.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import assert_never

import afpcluster
from afpcluster.cluster import firewall, observe
from afpcluster.cluster import layout as names
from afpcluster.cluster.command import CommandError, run
from afpcluster.cluster.layout import Layout
from afpcluster.cluster.plan import (
    Action,
    CreateBridge,
    CreateHost,
    KeepEdited,
    RemoveBridge,
    RemoveFolders,
    RemoveHost,
    RestartProcess,
    StartSupervisor,
    StopSupervisor,
    WriteFile,
    digest,
)
from afpcluster.cluster.proxies import proxies_at_fault
from afpcluster.cluster.render import HAPROXY_CFG, PROPERTIES
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.supervise import STOP_SECONDS
from afpcluster.cluster.template import fill
from afpcluster.cluster.topology import Host, Role, SiteError
from afpcluster.web.properties import last_good

_RESTART_SECONDS = 45.0  # a service may finish what it has, up to its drain timeout


class LabError(SiteError):
    """The lab cannot be made or removed; the text says what, where and what next."""


class Lab:
    """Acts on one lab."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._topology = layout.topology

    def apply(self, action: Action) -> None:
        """Do it. Raises `LabError`, `CommandError` or `OSError`."""
        match action:
            case CreateBridge():
                self._create_bridge()
            case RemoveBridge():
                run("ip", "link", "delete", self._topology.lab.bridge)
            case CreateHost():
                self._create_host(self._topology.host(action.host))
            case RemoveHost():
                self._remove_host(self._topology.host(action.host))
            case WriteFile():
                self._write_file(action)
            case KeepEdited():
                pass
            case RestartProcess():
                self._restart(action)
            case StartSupervisor():
                self._start_supervisor()
            case StopSupervisor():
                self._stop_supervisor()
            case RemoveFolders():
                for folder in self._folders():
                    _remove_folder(folder)
                firewall.forget(self._topology.lab.bridge)
            case _:
                assert_never(action)

    def _folders(self) -> tuple[Path, Path]:
        return self._layout.run, self._topology.lab.spool_directory

    def prepare(self) -> None:
        """The run and spool directories, marked as ours; and the firewall."""
        for folder in self._folders():
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
            (folder / names.MARKER).touch()
        self._layout.logs.mkdir(exist_ok=True)
        firewall.let_through(self._topology.lab.bridge)

    def _create_bridge(self) -> None:
        lab, network = self._topology.lab, self._topology.network
        run("ip", "link", "add", lab.bridge, "type", "bridge")
        run("ip", "addr", "add", f"{lab.machine_address}/{network.range.prefixlen}", "dev", lab.bridge)
        run("ip", "link", "set", lab.bridge, "up")

    def _create_host(self, host: Host) -> None:
        namespace, link = self._layout.namespace(host), self._layout.link(host)
        network = self._topology.network
        run("ip", "netns", "add", namespace)
        # The other end is born inside, under its final name: nothing of it ever shows on the machine.
        inside = ("peer", "name", network.interface, "netns", namespace)
        run("ip", "link", "add", link, "type", "veth", *inside)
        run("ip", "link", "set", link, "master", self._topology.lab.bridge, "up")
        address = f"{host.address}/{network.range.prefixlen}"
        run("ip", "-netns", namespace, "addr", "add", address, "dev", network.interface)
        for interface in ("lo", network.interface):
            run("ip", "-netns", namespace, "link", "set", interface, "up")
        self._create_folders(host)

    def _create_folders(self, host: Host) -> None:
        at = self._layout.file
        for folder in ("/etc/keepalived", "/usr/local/bin", f"{names.APP}/venv", f"{names.APP}/lib"):
            at(host, folder).mkdir(parents=True, exist_ok=True)
        service = self._topology.lab.service_uid
        _own_folder(at(host, names.HEALTH_FOLDER), service, service, 0o755)
        for properties in (PROPERTIES[role] for role in host.roles if role in PROPERTIES):
            kept = last_good(at(host, properties))  # the one file there that the service may write
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.touch(mode=0o640)
            os.chown(kept, service, service)
        haproxy = haproxy_user()
        _own_folder(at(host, names.HAPROXY_SOCKET_FOLDER), haproxy.pw_uid, haproxy.pw_gid, 0o755)
        at(host, names.HAPROXY_HEALTH).write_text("1", encoding="ascii")  # a fault until the watcher knows
        at(host, names.HAPROXY_SERVERS).write_text("0", encoding="ascii")
        at(host, names.HAPROXY_WHY).write_text("nobody has looked yet", encoding="ascii")
        for file in (names.HAPROXY_HEALTH, names.HAPROXY_SERVERS, names.HAPROXY_WHY):
            os.chown(at(host, file), service, service)
        script_user = service + 1
        _own_folder(at(host, names.JOURNAL_FOLDER), script_user, script_user, 0o755)
        at(host, "/etc/passwd").write_text(_users(script_user), encoding="utf-8")
        self._layout.temporary(host).mkdir(parents=True, exist_ok=True)
        self._layout.temporary(host).chmod(0o1777)
        script = self._layout.enter(host)
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(self._enter_script(host, script), encoding="utf-8")
        script.chmod(0o755)

    def _enter_script(self, host: Host, script: Path) -> str:
        return fill(
            "enter",
            host=host.name,
            script=script,
            namespace=self._layout.namespace(host),
            root=self._layout.root(host),
            temporary=self._layout.temporary(host),
            app=names.APP,
            venv=sys.prefix,
            library=Path(afpcluster.__file__).parent.parent,
        )

    def _remove_host(self, host: Host) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while pids := observe.namespace_pids(self._layout, host):
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if time.monotonic() > deadline:
                raise LabError(f"{host.name}: processes {pids} do not die; look at `ps -o pid,stat,cmd`")
            time.sleep(0.02)
        run("ip", "netns", "delete", self._layout.namespace(host))
        with contextlib.suppress(CommandError):  # gone with the namespace, unless it was never attached
            run("ip", "link", "delete", self._layout.link(host))

    def _write_file(self, action: WriteFile) -> None:
        path = self._layout.file(self._topology.host(action.host), action.path)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.new")
        fresh.touch(mode=0o600)
        fresh.write_text(action.text, encoding="utf-8")
        if action.path == HAPROXY_CFG:
            os.chown(fresh, 0, haproxy_user().pw_gid)
        fresh.chmod(action.mode)
        fresh.replace(path)
        written = observe.read_written(self._layout) | {(action.host, action.path): digest(action.text)}
        rows = [[host, file, value] for (host, file), value in sorted(written.items())]
        self._layout.written_file.write_text(json.dumps(rows, indent=1), encoding="utf-8")

    def _restart(self, action: RestartProcess) -> None:
        """End it; wait until the supervisor has started it again and, on a proxy, the watcher is content."""
        host = self._topology.host(action.host)
        site = LabSite(self._layout)
        before = site.process(action.host, action.name)
        if before.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(before.pid, signal.SIGTERM)
        deadline = time.monotonic() + _RESTART_SECONDS
        while True:
            now = site.process(action.host, action.name)
            started = now.pid is not None and now.starts > before.starts
            able = Role.PROXY not in host.roles or host.name not in proxies_at_fault(site)
            if started and able:
                return
            if time.monotonic() > deadline:
                log = observe.log_tail(self._layout.log(action.host, action.name))
                raise LabError(f"{action.name} on {action.host} did not come back; its log ends:\n{log}")
            time.sleep(0.05)

    def _start_supervisor(self) -> None:
        for host in self._topology.hosts:  # survivors of a supervisor that was killed
            for pid in observe.namespace_pids(self._layout, host):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        command = [sys.executable, "-m", "afpcluster", "lab-supervise", str(self._layout.topology_file)]
        library = str(Path(afpcluster.__file__).parent.parent)
        with self._layout.supervisor_log.open("ab") as log:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={**os.environ, "PYTHONPATH": library},
                start_new_session=True,
            )
        deadline = time.monotonic() + 15.0
        while observe.supervisor_pid(self._layout) is None:
            if child.poll() is not None or time.monotonic() > deadline:
                raise LabError(
                    f"the supervisor did not start:\n{observe.log_tail(self._layout.supervisor_log)}"
                )
            time.sleep(0.05)
        child.returncode = 0  # it lives on without us

    def _stop_supervisor(self) -> None:
        pid = observe.supervisor_pid(self._layout)
        if pid is None:
            return
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS + 3.0
        while observe.supervisor_pid(self._layout) is not None:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)


def _users(script_user: int) -> str:
    """/etc/passwd of a host: this machine's, and the user who runs Keepalived's scripts."""
    line = f"{names.SCRIPT_USER}:x:{script_user}:{script_user}::/nonexistent:/usr/sbin/nologin"
    there = Path("/etc/passwd").read_text(encoding="utf-8").splitlines()
    return "\n".join([*(row for row in there if not row.startswith(f"{names.SCRIPT_USER}:")), line, ""])


def haproxy_user() -> pwd.struct_passwd:
    """Debian's haproxy package makes it. Raises `LabError`."""
    try:
        return pwd.getpwnam("haproxy")
    except KeyError:
        raise LabError(
            "there is no user `haproxy`; install Debian's package: apt-get install haproxy"
        ) from None


def _own_folder(folder: Path, uid: int, gid: int, mode: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    os.chown(folder, uid, gid)
    folder.chmod(mode)


def _remove_folder(folder: Path) -> None:
    """Only if it is marked as ours: the topology may name any folder."""
    if (folder / names.MARKER).exists():
        shutil.rmtree(folder)
