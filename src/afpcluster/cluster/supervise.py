"""Keeps the processes of a lab running, as systemd or Docker's `restart: always` does on a real machine.

Rules: one supervisor for one lab. A process that ends, whatever its exit code, is started again after its
own pause; what it left of its process group is killed just before. PID files named in the row are written
here, because HAProxy in the foreground writes none. The supervisor is subreaper: it buries orphans, so
that no zombie is taken for a living process. SIGTERM stops everything. State is in `supervisor.json`.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import pwd
import select
import signal
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from afpcluster.cluster.layout import APP, Layout
from afpcluster.cluster.processes import Process, User, processes
from afpcluster.cluster.topology import Topology

STOP_SECONDS = 5.0  # between SIGTERM and SIGKILL
_LOG_LIMIT = 64 * 1024**2  # of one process's log; the old half is dropped
_BLOCK = 1024**2  # a multiple of every file system's block
_KEEP_SIZE, _PUNCH_HOLE, _COLLAPSE_RANGE = 0x01, 0x02, 0x08  # fallocate(2)
_PR_SET_CHILD_SUBREAPER = 36
_TICK_SECONDS = 60.0  # logs are looked at this often


class AlreadyRunningError(Exception):
    """Another supervisor holds the lock of this lab."""


@dataclass(slots=True)
class Running:
    """What is known of one process: `since` in seconds since the epoch; `pid` of the last start."""

    pid: int | None = None
    since: float = 0.0
    starts: int = 0
    last_end: str = ""


class Supervisor:
    """Starts and restarts; `run` returns after SIGTERM, when nothing is left running."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._layout = Layout(topology)
        self._rows = {f"{row.host}.{row.name}": row for row in processes(topology)}
        self._running = {key: Running() for key in self._rows}
        self._due = dict.fromkeys(self._rows, 0.0)  # monotonic time of the next start; absent while it runs
        self._lock: TextIO | None = None
        self._stopping = False

    def run(self) -> None:
        """Raises `AlreadyRunningError`."""
        self._take_lock()
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        ring, bell = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)  # a signal writes a byte here
        signal.set_wakeup_fd(bell)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, self._on_signal)
        while not self._stopping:
            self._bury()
            self._start_due()
            self._save()
            next_start = min(self._due.values(), default=time.monotonic() + _TICK_SECONDS)
            if select.select([ring], [], [], max(0.0, next_start - time.monotonic()))[0]:
                os.read(ring, 4096)
            else:
                self._shorten_logs()
        self._stop()

    def _on_signal(self, number: int, _: object) -> None:
        self._stopping = self._stopping or number != signal.SIGCHLD

    def _take_lock(self) -> None:
        self._lock = self._layout.supervisor_lock.open("a+", encoding="ascii")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunningError(f"a supervisor already runs for {self._layout.run}") from error
        self._lock.truncate(0)
        self._lock.write(f"{os.getpid()}\n")
        self._lock.flush()

    def _start_due(self) -> None:
        now = time.monotonic()
        for key in [key for key, due in self._due.items() if due <= now]:
            running, row = self._running[key], self._rows[key]
            if running.pid is not None:
                _signal_group(running.pid, signal.SIGKILL)  # what the dead process left of its group
            self._remove_stale(row)
            running.pid = self._spawn(row)
            running.since, running.starts = time.time(), running.starts + 1
            del self._due[key]

    def _spawn(self, row: Process) -> int:
        host = self._topology.host(row.host)
        with self._layout.log(row.host, row.name).open("ab") as log:
            child = subprocess.Popen(
                [str(self._layout.enter(host)), *self._as_user(row)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                start_new_session=True,
            )
        child.returncode = 0  # this module waits for it, not `subprocess`
        if row.pid_file:
            _replace(self._layout.file(host, row.pid_file), f"{child.pid}\n")
        return child.pid

    def _as_user(self, row: Process) -> list[str]:
        """The command with its priority and user; each part replaces the one before it, so the PID stays."""
        nice = ["nice", "-n", str(row.nice), *(["chrt", "--rr", str(row.realtime)] if row.realtime else [])]
        if row.user is User.ROOT:
            return [*nice, *row.argv]
        if row.user is User.HAPROXY:
            entry = pwd.getpwnam("haproxy")
            uid, gid = entry.pw_uid, entry.pw_gid
        else:
            uid = gid = self._topology.lab.service_uid
        rights = [f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--no-new-privs"]
        rights += ["--inh-caps=-all", "--bounding-set=-all"]
        return [*nice, "setpriv", *rights, *row.argv]

    def _remove_stale(self, row: Process) -> None:
        for path in row.stale:
            self._layout.file(self._topology.host(row.host), path).unlink(missing_ok=True)

    def _bury(self) -> None:
        by_pid = {running.pid: key for key, running in self._running.items() if key not in self._due}
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            key = by_pid.get(pid)
            if key is not None:
                self._running[key].last_end = _ending(status)
                self._due[key] = time.monotonic() + self._rows[key].pause / 1000
                print(f"{_now()} {key} (PID {pid}) ended: {_ending(status)}", flush=True)

    def _stop(self) -> None:
        groups = [running.pid for running in self._running.values() if running.pid is not None]
        for group in groups:
            _signal_group(group, signal.SIGCONT)  # a frozen one could not obey
            _signal_group(group, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and any(_signal_group(group, 0) for group in groups):
            self._bury()
            time.sleep(0.02)
        for group in groups:
            _signal_group(group, signal.SIGKILL)
        self._bury()

    def _shorten_logs(self) -> None:
        for row in self._rows.values():
            log = self._layout.log(row.host, row.name)
            if log.exists() and log.stat().st_blocks * 512 > _LOG_LIMIT:
                keep_end(log, _LOG_LIMIT // 2)

    def _save(self) -> None:
        state = {
            key: asdict(running) | ({"pid": None} if key in self._due else {})
            for key, running in self._running.items()
        }
        _replace(self._layout.supervisor_state, json.dumps(state, indent=1))


def keep_end(log: Path, kept: int) -> None:
    """Take the beginning out of a file, all but `kept` bytes and less than a block; nothing that is appended
    meanwhile is lost. Where the file system cannot (btrfs, tmpfs), it becomes a hole, which takes no room
    and reads as zeros. Raises `OSError`."""
    fallocate = ctypes.CDLL(None, use_errno=True).fallocate64
    fallocate.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)
    with log.open("r+b") as file:
        length = (log.stat().st_size - kept) // _BLOCK * _BLOCK
        for way in (_COLLAPSE_RANGE, _PUNCH_HOLE | _KEEP_SIZE):
            if fallocate(file.fileno(), way, 0, length) == 0:
                return
        raise OSError(ctypes.get_errno(), f"{log} cannot be shortened")


def _signal_group(group: int, number: int) -> bool:
    """False when there is no such process group any more."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _environment() -> dict[str, str]:
    """Nothing of the caller's: a lab is the same whoever starts it."""
    return {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        "PYTHONPATH": f"{APP}/lib",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
    }


def _ending(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S")
