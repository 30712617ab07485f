"""Where the lab keeps things and what it calls them; all derived from the topology. Pure.

Rules: two clusters on one machine differ in their topology alone (`lab`, `network`), so every name below
comes from it. `run_directory` is small and read by people; `spool_directory` may grow. Inside a host its
own `run/` is mounted over /run, hence the same /run/afpcluster paths everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from afpcluster.cluster.topology import Host, Secret, Topology, Vip

MARKER = ".afpcluster-lab"  # in a folder that `down` may remove with all it holds
STATE = "/run/afpcluster"  # inside a host
APP = f"{STATE}/app"  # inside a host: our Python environment (venv/) and package (lib/)
HAPROXY_PID = f"{STATE}/haproxy.pid"
HAPROXY_SOCKET_FOLDER = f"{STATE}/haproxy"
HAPROXY_SOCKET = f"{HAPROXY_SOCKET_FOLDER}/admin.sock"
HEALTH_FOLDER = f"{STATE}/health"
HAPROXY_HEALTH = f"{HEALTH_FOLDER}/haproxy"  # Keepalived's track file: 0 healthy, 1 fault
HAPROXY_SERVERS = f"{HEALTH_FOLDER}/servers"  # another one: 1 while HAProxy has no server for something
HAPROXY_WHY = f"{HEALTH_FOLDER}/why"  # why it is a fault
PAUSE = f"{HEALTH_FOLDER}/pause"  # there: this proxy's watcher and script take the VIP from nobody
WATCHER_PID = f"{HEALTH_FOLDER}/watcher.pid"
WATCHER_BEAT = f"{HEALTH_FOLDER}/beat"  # the machine's uptime at the watcher's last look, in 1/100 s
JOURNAL_FOLDER = "/usr/local/docker/keepalived"  # outlives a restart of the machine
JOURNAL = f"{JOURNAL_FOLDER}/vip.jsonl"  # every change of Keepalived's state
OPERATIONS = f"{JOURNAL_FOLDER}/operations.jsonl"  # what operators did
SCRIPT_USER = "keepalived_script"  # runs Keepalived's scripts


def leave_mark(vip: Vip) -> str:
    """There, and new: an operator wants this VIP elsewhere."""
    return f"{HEALTH_FOLDER}/leave-{vip.router_id}"


def leaving_file(vip: Vip) -> str:
    """A track file: 1 while this VIP must go to the other proxy, because an operator wants it there."""
    return f"{HEALTH_FOLDER}/leaving-{vip.router_id}"


@dataclass(frozen=True, slots=True)
class Layout:
    """Names and paths of one lab, seen from the machine."""

    topology: Topology

    @property
    def run(self) -> Path:
        return self.topology.lab.run_directory

    @property
    def topology_file(self) -> Path:
        return self.run / "topology.yml"

    @property
    def password_file(self) -> Path:
        """Of /stats, where the topology does not say another place."""
        return self.run / "stats-password"

    @property
    def stats_password(self) -> Secret:
        return self.topology.stats_password or Secret(file=self.password_file)

    @property
    def password_hash_file(self) -> Path:
        """What haproxy.cfg holds of the password."""
        return self.run / "stats-password.hash"

    @property
    def written_file(self) -> Path:
        """What was last written to which file (SHA-256): tells an edit by hand from an old version."""
        return self.run / "written.json"

    @property
    def pending_file(self) -> Path:
        """What processes have yet to be told of files that were written."""
        return self.run / "pending.json"

    @property
    def owner_file(self) -> Path:
        """Who started it."""
        return self.run / "owner.json"

    @property
    def supervisor_lock(self) -> Path:
        """Locked by the supervisor as long as it lives; holds its PID."""
        return self.run / "supervisor.pid"

    @property
    def supervisor_state(self) -> Path:
        return self.run / "supervisor.json"

    @property
    def logs(self) -> Path:
        return self.topology.lab.spool_directory / "log"

    @property
    def supervisor_log(self) -> Path:
        return self.logs / "supervisor.log"

    def log(self, host: str, process: str) -> Path:
        return self.logs / f"{host}.{process}.log"

    def namespace(self, host: Host) -> str:
        return f"{self.topology.lab.namespace_prefix}{host.name}"

    def link(self, host: Host) -> str:
        """The bridge's end of the host's cable."""
        return f"{self.topology.lab.bridge}.{self.topology.hosts.index(host) + 1}"

    def root(self, host: Host) -> Path:
        """The host's own files, laid out as under its `/`."""
        return self.run / "hosts" / host.name

    def file(self, host: Host, path: str) -> Path:
        """Where the file that the host sees as `path` lies on the machine."""
        return self.root(host) / path.lstrip("/")

    def enter(self, host: Host) -> Path:
        """The script that runs a command as on the host."""
        return self.run / "enter" / host.name

    def temporary(self, host: Host) -> Path:
        """The host's /tmp, on disk because documents are big."""
        return self.topology.lab.spool_directory / "tmp" / host.name
