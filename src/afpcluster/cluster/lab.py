"""The one module that acts: makes and removes a cluster of network namespaces on this machine.

Rules: an action from `plan` is one function here. Nothing is left to find by hand: the names come from
`Layout`, and what is removed is only what carries those names. Mounts are made in the mount namespaces of
the lab's own processes, so none of them has to be undone.
"""

from __future__ import annotations

import contextlib
import grp
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import assert_never

import afpcluster
from afpcluster.cluster import firewall, handing_on, observe
from afpcluster.cluster import layout as names
from afpcluster.cluster.command import CommandError, run
from afpcluster.cluster.layout import Layout
from afpcluster.cluster.plan import (
    Action,
    CheckFile,
    CreateBridge,
    CreateHost,
    KeepEdited,
    ReloadProcess,
    RemoveBridge,
    RemoveFolders,
    RemoveHost,
    RestartProcess,
    StartSupervisor,
    StopSupervisor,
    WriteFile,
    digest,
)
from afpcluster.cluster.proxies import wait_until_ready
from afpcluster.cluster.reload import reload_haproxy, reload_keepalived
from afpcluster.cluster.render import PROPERTIES, OnChange, kind
from afpcluster.cluster.restart import START_SECONDS, restart_instance, restart_process
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.site.site import PROCESSES
from afpcluster.cluster.supervise import STOP_SECONDS
from afpcluster.cluster.template import fill
from afpcluster.cluster.topology import Host, Role, SiteError
from afpcluster.web.properties import last_good

_DRAIN_SECONDS = 60.0  # for what is under way at an instance that has to be restarted
RELOADS = {"haproxy": reload_haproxy, "keepalived": reload_keepalived}


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
            case CheckFile():
                self._check_file(action)
            case WriteFile():
                self._write_file(action)
            case KeepEdited():
                pass
            case RestartProcess():
                self._restart(action)
                self._remember(action.host, action.name, OnChange.NOTHING)
            case ReloadProcess():
                RELOADS[action.name](LabSite(self._layout), action.host)
                self._remember(action.host, action.name, OnChange.NOTHING)
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
        firewall.let_through(self._topology.lab.bridge, ipv6=self._topology.network.is_ipv6)

    def _create_bridge(self) -> None:
        lab, network = self._topology.lab, self._topology.network
        run("ip", "link", "add", lab.bridge, "type", "bridge")
        address = f"{lab.machine_address}/{network.range.prefixlen}"
        run("ip", "addr", "add", address, "dev", lab.bridge, *self._at_once())
        run("ip", "link", "set", lab.bridge, "up")

    def _at_once(self) -> tuple[str, ...]:
        """An IPv6 address counts from now on, without being looked for at others first."""
        return ("nodad",) if self._topology.network.is_ipv6 else ()

    def _create_host(self, host: Host) -> None:
        namespace, link = self._layout.namespace(host), self._layout.link(host)
        network = self._topology.network
        run("ip", "netns", "add", namespace)
        # The other end is born inside, under its final name: nothing of it ever shows on the machine.
        inside = ("peer", "name", network.interface, "netns", namespace)
        run("ip", "link", "add", link, "type", "veth", *inside)
        run("ip", "link", "set", link, "master", self._topology.lab.bridge, "up")
        address = f"{host.address}/{network.range.prefixlen}"
        run("ip", "-netns", namespace, "addr", "add", address, "dev", network.interface, *self._at_once())
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
        leaving = [names.leaving_file(vip) for vip in self._topology.vips]
        for file in leaving:
            at(host, file).write_text("0", encoding="ascii")
        for file in (names.HAPROXY_HEALTH, names.HAPROXY_SERVERS, names.HAPROXY_WHY, *leaving):
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

    def _check_file(self, action: CheckFile) -> None:
        candidate = self._candidate(action.host, action.path, action.text)
        inside = f"/{candidate.relative_to(self._layout.root(self._topology.host(action.host)))}"
        try:
            LabSite(self._layout).run(action.host, *kind(action.path).validate, inside)
        except CommandError as error:
            raise LabError(
                f"{action.host}: the new {action.path} is not accepted, so nothing was changed: {error}"
            ) from error
        finally:
            candidate.unlink()

    def _candidate(self, host: str, path: str, text: str) -> Path:
        """The text beside the file whose place it shall take, with its owner and mode."""
        file, about = self._layout.file(self._topology.host(host), path), kind(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(f".{file.name}.new")
        fresh.touch(mode=0o600)
        fresh.write_text(text, encoding="utf-8")
        os.chown(fresh, 0, _group(about.group))
        fresh.chmod(about.mode)
        return fresh

    def _write_file(self, action: WriteFile) -> None:
        fresh = self._candidate(action.host, action.path, action.text)
        if action.asks is not OnChange.NOTHING:  # first: forgotten it must not be
            self._remember(action.host, kind(action.path).process, action.asks)
        fresh.replace(self._layout.file(self._topology.host(action.host), action.path))
        written = observe.read_written(self._layout) | {(action.host, action.path): digest(action.text)}
        _save_rows(self._layout.written_file, written)

    def _remember(self, host: str, process: str, asked: OnChange) -> None:
        """What the process has yet to do."""
        pending = {**observe.read_pending(self._layout), (host, process): asked}
        _save_rows(
            self._layout.pending_file,
            {key: value for key, value in pending.items() if value is not OnChange.NOTHING},
        )

    def _restart(self, action: RestartProcess) -> None:
        """On an instance one by one, drained; on a proxy until it could take the VIP."""
        site = LabSite(self._layout)
        if Role.PROXY in self._topology.host(action.host).roles and action.name in PROCESSES[Role.PROXY]:
            self._install_handing_on(action.host)
            restart_process(site, action.host, action.name)
            wait_until_ready(site, action.host, START_SECONDS, f"{action.host} cannot take the VIP")
        else:
            restart_instance(site, action.host, [action.name], "changed settings", _DRAIN_SECONDS)

    def _install_handing_on(self, proxy: str) -> None:
        with contextlib.suppress(CommandError):  # a planned switch, which wants the same, says why not
            handing_on.install(LabSite(self._layout), proxy)

    def _start_supervisor(self) -> None:
        for proxy in self._topology.with_role(Role.PROXY):
            self._install_handing_on(proxy.name)
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
        self._layout.pending_file.unlink(missing_ok=True)  # everything reads its files at its start

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


def _group(name: str) -> int:
    return haproxy_user().pw_gid if name == "haproxy" else grp.getgrnam(name).gr_gid


def _save_rows(file: Path, rows: Mapping[tuple[str, str], str]) -> None:
    """All at once: a file that is half there would be taken for nothing."""
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_text(
        json.dumps([[*key, value] for key, value in sorted(rows.items())], indent=1), encoding="utf-8"
    )
    fresh.replace(file)


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
