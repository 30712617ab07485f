"""Real machines as a site: through the system's ssh, with its own configuration and known hosts.

Rules: nothing is ever asked (BatchMode); one connection to each machine is kept for a minute. Processes are
found where they write their PID or listen, whatever started them: containers share the machine's network and
process numbers. What a drill needs of the cables is not to be had here.
"""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from afpcluster.cluster import password
from afpcluster.cluster.command import CommandError, run_bytes
from afpcluster.cluster.layout import HAPROXY_PID, WATCHER_PID
from afpcluster.cluster.machine import machine_files
from afpcluster.cluster.processes import KEEPALIVED_PIDS
from afpcluster.cluster.render import HAPROXY_CFG, Rendered
from afpcluster.cluster.site.site import PROCESSES, ProcessState, Site, rows
from afpcluster.cluster.topology import Role, SiteError, Topology

_NO_FILE = 66  # exit code of a command that finds no file (sysexits.h: EX_NOINPUT)
_CONNECT_SECONDS = 5
_EVER = datetime.fromtimestamp(0, UTC)
_PID_FILES = {"haproxy": HAPROXY_PID, "keepalived": KEEPALIVED_PIDS[0], "watcher": WATCHER_PID}


@dataclass(frozen=True, slots=True)
class SshSite(Site):
    """Machines that are there, with a cluster or without one."""

    cluster: Topology

    @property
    def topology(self) -> Topology:
        return self.cluster

    @property
    def stats_password(self) -> str:
        secret = self.cluster.stats_password
        return password.known(secret) if secret is not None else ""

    def rendered(self) -> Rendered:
        """With the hash of the password that is in force."""
        proxy = self.cluster.with_role(Role.PROXY)[0]
        there = re.search(r"^ +user \S+ password (\S+)$", self.text(proxy.name, HAPROXY_CFG), re.MULTILINE)
        return machine_files(self.cluster, there[1]) if there else machine_files(self.cluster)

    def troubles(self) -> list[str]:
        found = []
        for host in self.cluster.hosts:
            try:
                self.run(host.name, "true")
            except CommandError as error:
                found.append(f"{host.name} cannot be reached: {error}")
        return found

    def run(self, host: str, *command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
        return run_bytes(*self.ssh_command(host), shlex.join(command), stdin=stdin, timeout=timeout)

    def shell(self, host: str, *command: str) -> list[str]:
        terminal = ["-t"] if sys.stdin.isatty() else []
        ssh, *options = self.ssh_command(host)
        return [ssh, *terminal, *options, shlex.join(command)]

    def read(self, host: str, path: str) -> bytes:
        try:
            return self.run(host, "sh", "-c", f'test -e "$0" || exit {_NO_FILE}; exec cat "$0"', path)
        except CommandError as error:
            if error.code == _NO_FILE:
                raise FileNotFoundError(f"{host} has no {path}") from error
            raise

    def write(self, host: str, path: str, data: bytes) -> None:
        script = 'umask 022; cat > "$0.new" && mv "$0.new" "$0"'
        self.run(host, "sh", "-c", script, path, stdin=data)

    def append(self, host: str, path: str, data: bytes) -> None:
        self.run(host, "sh", "-c", 'cat >> "$0"', path, stdin=data)

    def remove(self, host: str, path: str) -> None:
        self.run(host, "rm", "-f", path)

    def signal(self, host: str, process: str, number: signal.Signals, *, group: bool = False) -> None:
        pid = self.process(host, process).pid
        if pid is None:
            raise SiteError(f"{process} on {host} is not running")
        whom = '-$(ps -o pgid= -p "$0" | tr -d " ")' if group else '"$0"'
        self.run(host, "sh", "-c", f"kill -{number.value} {whom}", str(pid))

    def processes(self) -> tuple[ProcessState, ...]:
        said = {}
        for host in self.cluster.hosts:
            names = [name for role in host.roles for name in PROCESSES[role]]
            try:
                said[host.name] = self._look(host.name, names) if names else {}
            except CommandError:
                said[host.name] = {}
        found = []
        for host, name in rows(self.cluster):
            pid, since = said[host.name].get(name, (None, 0.0))
            found.append(ProcessState(host.name, name, pid, since, 0, ""))
        return tuple(found) if any(state.pid for state in found) else ()

    def logs(self, host: str, process: str, since: datetime | None = None) -> Iterator[str]:
        moment = int((since or _EVER).timestamp())
        command = self.cluster.ssh.log_command.replace("{process}", process).replace("{since}", str(moment))
        with subprocess.Popen([*self.ssh_command(host), command], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            for line in child.stdout:
                yield line.rstrip("\n")

    def link(self, host: str) -> str:
        raise SiteError(f"nobody can pull the cable of {host} from here: use the switch")

    def beside(self, host: str, process: str, script: str) -> None:
        self.run(host, "sh", "-ec", script, str(self.process(host, process).pid))

    def _look(self, host: str, names: list[str]) -> dict[str, tuple[int | None, float]]:
        """PID and start of each process that lives."""
        ports = {"wrapper": self.cluster.ports.wrapper, "afp2web": self.cluster.ports.afp2web}
        lines = []
        for name in names:
            if name in ports:
                # Children hold the socket as well, from their start until they have closed it.
                listening = f"ss -Hltnp 'sport = :{ports[name]}' | grep -o 'pid=[0-9]*'"
                owner = f"{listening} | cut -d= -f2 | sort -n | head -n 1"
            else:
                owner = f"cat {_PID_FILES[name]}"
            lines.append(f"p=$({owner} 2>/dev/null)")
            lines.append(
                f'[ "$p" ] && since=$(stat -c %Y "/proc/$p" 2>/dev/null) && echo {name} "$p" "$since"'
            )
        said = self.run(host, "sh", "-c", "; ".join([*lines, "true"])).decode()
        return {name: (int(pid), float(since)) for name, pid, since in map(str.split, said.splitlines())}

    def ssh_command(self, host: str) -> list[str]:
        """The call of ssh, up to the target."""
        ssh, folder = self.cluster.ssh, Path.home() / ".ssh"
        folder.mkdir(mode=0o700, exist_ok=True)
        options = {
            "BatchMode": "yes",
            "ConnectTimeout": str(_CONNECT_SECONDS),
            "ControlMaster": "auto",
            "ControlPath": str(folder / "afpcluster-%C"),
            "ControlPersist": "60",
        }
        configured = ["-F", str(ssh.config)] if ssh.config is not None else []
        target = f"{ssh.user}@{self.cluster.host(host).address}"
        named = [part for key, value in options.items() for part in ("-o", f"{key}={value}")]
        return ["ssh", *configured, *named, target]
