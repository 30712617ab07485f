"""Containers on this machine as a site: through Docker's command line.

Rules: what is mounted from the folder of compose.yaml is read and written there, where an operator edits it;
everything else in the container. Signals go to the processes themselves, whose PIDs this machine knows: an
engine that is stopped stops no drill.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
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
_NO_FILE = 66  # exit code of a command that finds no file (sysexits.h: EX_NOINPUT)


@dataclass(frozen=True, slots=True)
class DockerSite(Site):
    """A cluster of containers, whether it is up or not."""

    cluster: DockerCluster

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
        """On a proxy, in Keepalived's container: it alone has rights over the network."""
        proxy = Role.PROXY in self.topology.host(host).roles
        return self._exec(f"{host}-keepalived" if proxy else host, *command, stdin=stdin, timeout=timeout)

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
            self._exec(host, "sh", "-c", script, path, stdin=data)
            return
        fresh = mounted.with_name(f".{mounted.name}.new")
        fresh.write_bytes(data)
        fresh.chmod(0o644)
        fresh.replace(mounted)

    def append(self, host: str, path: str, data: bytes) -> None:
        """As the owner of the folder: not even root may write everywhere."""
        owner = self.run(host, "stat", "-c", "%u", str(Path(path).parent)).decode().strip()
        keepalived = self._container(host, "keepalived")
        self._exec(keepalived, "sh", "-c", 'cat >> "$0"', path, stdin=data, user=owner)

    def remove(self, host: str, path: str) -> None:
        mounted = self._mounted(host, path)
        if mounted is None:
            self._exec(host, "rm", "-f", path)
        else:
            mounted.unlink(missing_ok=True)

    def signal(self, host: str, process: str, number: signal.Signals, *, group: bool = False) -> None:
        pid = self._pid(self._container(host, process))
        for one in _family(pid) if group else [pid]:
            os.kill(one, number)

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
                pid = state["Pid"] or None
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
        number = int(self._exec(host, "cat", own))
        links = run_json("ip", "-json", "link")
        return next(str(row["ifname"]) for row in links if row["ifindex"] == number)

    def inside(self, host: str, process: str, *command: str) -> None:
        self._docker("exec", "--privileged", "--user", "0", self._container(host, process), *command)

    def addresses(self, host: str) -> set[str]:
        """Without the engine, which is slow to ask and may be stopped."""
        pid = self._pid(host)
        command = ("ip", "-json", "address", "show", "dev", self.topology.network.interface)
        rows = json.loads(run("nsenter", "--net", "--target", str(pid), *command))
        return {info["local"] for row in rows for info in row.get("addr_info", ())}

    def _container(self, host: str, process: str) -> str:
        return f"{host}-{process}" if Role.PROXY in self.topology.host(host).roles else host

    def _mounted(self, host: str, path: str) -> Path | None:
        file = self.cluster.folder / "hosts" / host / path.lstrip("/")
        return file if file.parent.is_dir() else None

    def _pid(self, container: str) -> int:
        pid = int(self._docker("inspect", "--format", "{{.State.Pid}}", container))
        if not pid:
            raise SiteError(f"the container {container} is not running; `docker logs {container}` says why")
        return pid

    def _exec(
        self, container: str, *command: str, stdin: bytes = b"", timeout: float = 20.0, user: str = ""
    ) -> bytes:
        named = ("--user", user) if user else ()
        call = ("docker", *self.cluster.engine.address(), "exec", "-i", *named, container, *command)
        return run_bytes(*call, stdin=stdin, timeout=timeout)

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


def _family(pid: int) -> list[int]:
    """A process with everything that it started, itself last."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [one for child in children for one in _family(int(child))] + [pid]
