"""The lab as a site: network namespaces on this machine, processes of our own supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from afpcluster.cluster import observe, password
from afpcluster.cluster.command import run, run_bytes
from afpcluster.cluster.layout import Layout
from afpcluster.cluster.render import Rendered, render
from afpcluster.cluster.site.site import Held, ProcessState, Site
from afpcluster.cluster.topology import SiteError, Topology

_DOWN = "the cluster is down; start it with `afpcluster up`"


@dataclass(frozen=True, slots=True)
class LabSite(Site):
    """A lab, whether it is up or not."""

    layout: Layout

    @property
    def topology(self) -> Topology:
        return self.layout.topology

    @property
    def stats_password(self) -> str:
        return password.known(self.layout.stats_password)

    @property
    def stats_hash(self) -> str:
        return _word(self.layout.password_hash_file)

    def rendered(self) -> Rendered:
        return render(self.topology, self.stats_hash)

    def troubles(self) -> list[str]:
        if observe.supervisor_pid(self.layout) is not None or not self.processes():
            return []
        return ["the supervisor is dead, so nothing is restarted: run `afpcluster up` to mend it"]

    def run(self, host: str, *command: str, stdin: bytes = b"", timeout: float = 20.0) -> bytes:
        return run_bytes(*self.shell(host, *command), stdin=stdin, timeout=timeout)

    def shell(self, host: str, *command: str) -> list[str]:
        script = self.layout.enter(self.topology.host(host))
        if not script.exists():
            raise SiteError(_DOWN)
        return [str(script), *command]

    def read(self, host: str, path: str) -> bytes:
        return self._file(host, path).read_bytes()

    def write(self, host: str, path: str, data: bytes) -> None:
        file = self._file(host, path)
        fresh = file.with_name(f".{file.name}.new")
        fresh.write_bytes(data)
        fresh.chmod(0o644)
        fresh.replace(file)

    def append(self, host: str, path: str, data: bytes) -> None:
        with self._file(host, path).open("ab") as file:
            file.write(data)

    def remove(self, host: str, path: str) -> None:
        self._file(host, path).unlink(missing_ok=True)

    def signal(self, host: str, process: str, number: signal.Signals, *, group: bool = False) -> None:
        pid = self.process(host, process).pid
        if pid is None:
            log = self.layout.log(host, process)
            raise SiteError(f"{process} on {host} is not running; look at {log}")
        (os.killpg if group else os.kill)(pid, number)

    def processes(self) -> tuple[ProcessState, ...]:
        return observe.process_states(self.layout)

    def logs(self, host: str, process: str, since: datetime | None = None) -> Iterator[str]:
        with self.layout.log(host, process).open(encoding="utf-8", errors="replace") as log:
            for line in log:
                yield line.rstrip("\n")

    def link(self, host: str) -> str:
        return self.layout.link(self.topology.host(host))

    def beside(self, host: str, process: str, script: str) -> None:
        run("sh", "-ec", script, str(self.process(host, process).pid))

    def held(self) -> Held:
        return observe.held(self.layout)

    def impostor(self, host: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a program on the host's network that nobody supervises; for drills."""
        inside = ("ip", "netns", "exec", self.layout.namespace(self.topology.host(host)))
        return subprocess.Popen([*inside, *command], stderr=subprocess.DEVNULL)

    def _file(self, host: str, path: str) -> Path:
        return self.layout.file(self.topology.host(host), path)


def _word(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
