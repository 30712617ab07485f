"""Containers on this machine as a site: through Docker's command line.

Rules: what is mounted from the folder of compose.yaml is read and written there, where an operator edits it;
everything else in the container. Commands enter the namespaces of a host's first container, and signals go
to the processes themselves, whose PIDs this machine knows: a container without rights can be looked after all
the same, and an engine that is stopped stops neither a command nor a drill.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from afpcluster.cluster.command import CommandError, run, run_bytes, run_json
from afpcluster.cluster.docker import engine as engines
from afpcluster.cluster.docker.cluster import FOLDER, DockerCluster
from afpcluster.cluster.docker.compose import rendered
from afpcluster.cluster.render import Rendered
from afpcluster.cluster.site.site import ProcessState, Site, rows
from afpcluster.cluster.topology import Role, SiteError, Topology

_FOLDER_LABEL = "com.docker.compose.project.working_dir"
_CLEAN = ("env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8")
_KEPT_RUNNING = {
    "haproxy": "haproxy",
    "watcher": "afpcluster",
    "keepalived": "keepalived",
    "wrapper": "afpcluster",
    "afp2web": "afpcluster",
}
_NO_FILE = 66  # exit code of a command that finds no file (sysexits.h: EX_NOINPUT)


@dataclass(frozen=True, slots=True)
class DockerSite(Site):
    """A cluster of containers, whether it is up or not."""

    cluster: DockerCluster
    known: dict[str, tuple[int, str]] = field(default_factory=dict)  # container: PID, and its start in ticks

    @property
    def topology(self) -> Topology:
        return self.cluster.topology

    @property
    def stats_password(self) -> str:
        return self.cluster.stats_password

    def rendered(self) -> Rendered:
        return rendered(self.topology)

    def troubles(self) -> list[str]:
        return []

    def run(self, host: str, *command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
        return run_bytes(*self._enter(host), *_CLEAN, *command, stdin=stdin, timeout=timeout)

    def shell(self, host: str, *command: str) -> list[str]:
        terminal = ["-t"] if sys.stdin.isatty() else []
        container = f"{host}-keepalived" if Role.PROXY in self.topology.host(host).roles else host
        return ["docker", *self.cluster.engine.address(), "exec", "-i", *terminal, container, *command]

    def read(self, host: str, path: str) -> bytes:
        mounted = self._mounted(host, path)
        if mounted is not None:
            return mounted.read_bytes()
        try:
            return self.run(host, "sh", "-c", f'test -e "$0" || exit {_NO_FILE}; exec cat "$0"', path)
        except CommandError as error:
            if error.code == _NO_FILE:
                raise FileNotFoundError(f"{host} has no {path}") from error
            raise

    def write(self, host: str, path: str, data: bytes) -> None:
        mounted = self._mounted(host, path)
        if mounted is None:
            script = 'umask 022; cat > "$0.new" && mv "$0.new" "$0"'
            self.run(host, "sh", "-c", script, path, stdin=data)
            return
        fresh = mounted.with_name(f".{mounted.name}.new")
        fresh.write_bytes(data)
        fresh.chmod(0o644)
        fresh.replace(mounted)

    def append(self, host: str, path: str, data: bytes) -> None:
        self.run(host, "sh", "-c", 'umask 022; cat >> "$0"', path, stdin=data)

    def remove(self, host: str, path: str) -> None:
        mounted = self._mounted(host, path)
        if mounted is None:
            self.run(host, "rm", "-f", path)
        else:
            mounted.unlink(missing_ok=True)

    def signal(self, host: str, process: str, number: signal.Signals, *, group: bool = False) -> None:
        pid = _kept_running(self._pid(self._container(host, process)), process)
        if pid is None:
            raise SiteError(f"{process} on {host} is being started again")
        if group:
            for one in _family(pid):
                with contextlib.suppress(ProcessLookupError):  # it followed another one into its end
                    os.kill(one, number)
        else:
            os.kill(pid, number)

    def processes(self) -> tuple[ProcessState, ...]:
        wanted = {
            f"/{self._container(host.name, name)}": (str(host.name), name)
            for host, name in rows(self.topology)
        }
        try:
            listed = self._docker("ps", "--all", "--quiet", "--filter", f"label={_project(self.topology)}")
        except CommandError as error:
            raise SiteError(f"the Docker engine does not say what runs: {error}") from error
        found = []
        for row in json.loads(self._docker("inspect", *listed.split())) if listed.split() else ():
            if row["Name"] in wanted:
                state, (host, name) = row["State"], wanted[row["Name"]]
                since = datetime.fromisoformat(f"{state['StartedAt'][:19]}+00:00").timestamp()
                ended = f"exit code {state['ExitCode']}" if row["RestartCount"] else ""
                pid = _kept_running(state["Pid"], name) if state["Pid"] else None
                found.append(ProcessState(host, name, pid, since, row["RestartCount"] + 1, ended))
        order = list(wanted.values())
        return tuple(sorted(found, key=lambda state: order.index((state.host, state.name))))

    def logs(self, host: str, process: str, since: datetime | None = None) -> Iterator[str]:
        moment = ["--since", since.isoformat()] if since is not None else []
        call = ["docker", *self.cluster.engine.address(), "logs", *moment, self._container(host, process)]
        with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
            assert child.stdout is not None
            for line in child.stdout:
                yield line.rstrip("\n")

    def link(self, host: str) -> str:
        """The other end of the container's cable: its number is written at this one."""
        own = f"/sys/class/net/{self.topology.network.interface}/iflink"
        number = int(self.run(host, "cat", own))
        links = run_json("ip", "-json", "link")
        return next(str(row["ifname"]) for row in links if row["ifindex"] == number)

    def beside(self, host: str, process: str, script: str) -> None:
        run("sh", "-ec", script, str(self._pid(self._container(host, process))))

    def _enter(self, host: str) -> list[str]:
        """What becomes a command in the first container of a host, with all rights of this machine's root."""
        spaces = ("--mount", "--uts", "--net", "--pid")
        return ["nsenter", *spaces, "--target", str(self._pid(host)), "--"]

    def _container(self, host: str, process: str) -> str:
        return f"{host}-{process}" if Role.PROXY in self.topology.host(host).roles else host

    def _mounted(self, host: str, path: str) -> Path | None:
        file = self.cluster.folder / "hosts" / host / path.lstrip("/")
        return file if file.parent.is_dir() else None

    def _pid(self, container: str) -> int:
        """Of the machine. As long as that process lives, the engine, which may be stopped, is not asked."""
        pid, start = self.known.get(container, (0, ""))
        if not pid or _start(pid) != start:
            pid = int(self._docker("inspect", "--format", "{{.State.Pid}}", container))
            if not pid:
                raise SiteError(
                    f"the container {container} is not running; `docker logs {container}` says why"
                )
            self.known[container] = pid, _start(pid)
        return pid

    def _docker(self, *arguments: str) -> str:
        return self.cluster.engine.docker(*arguments)


def docker_site(topology: Topology) -> DockerSite:
    """Its folder is the one that Compose was called for. Raises `SiteError`."""
    engine = engines.find()
    if engine is None:
        raise SiteError("no Docker engine answers; start the cluster with `make up-docker`")
    label = f'{{{{.Label "{_FOLDER_LABEL}"}}}}'
    said = engine.docker("ps", "--all", "--filter", f"label={_project(topology)}", "--format", label)
    folders = said.split("\n")
    return DockerSite(DockerCluster(topology, Path(folders[0] or FOLDER), engine))


def _project(topology: Topology) -> str:
    return f"com.docker.compose.project={topology.name}"


def _start(pid: int) -> str:
    """The moment a process was started, in ticks since the machine's start; empty when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
    except FileNotFoundError:
        return ""


def _kept_running(pid: int, process: str) -> int | None:
    """The process that does the work in a container whose first one is `pid`: that one, or what it starts
    again whenever it has ended. None while it is being started again."""
    name = _KEPT_RUNNING.get(process)
    if name is None:
        return pid
    for one in reversed(_family(pid)):
        with contextlib.suppress(FileNotFoundError):  # it has just ended
            if Path(f"/proc/{one}/comm").read_text(encoding="utf-8").strip() == name:
                return one
    return None


def _family(pid: int) -> list[int]:
    """A process with everything that it started, itself last."""
    return [one for child in _children(pid) for one in _family(child)] + [pid]


def _children(pid: int) -> list[int]:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
        return [
            int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        ]
    return []
