"""One running HAProxy, seen through pidfds: its master, and the worker that serves now.

Rules: the PID file names the master (`haproxy -W`), whose PID stays when it reloads: it starts a new worker,
and the old one ends when it has finished what it has. So the end of a worker is the end of this HAProxy only
when no newer one is there; the end of the master always is. A HAProxy without workers (`-db`) is its own.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_START_TIME = 19  # in /proc/PID/stat, counted from the state behind the name: proc(5), field 22


@dataclass(frozen=True, slots=True)
class _Worker:
    pid: int
    started: int  # clock ticks since the machine's start
    pidfd: int


class HaproxyProcess:
    """Open until `close`."""

    def __init__(self, master: int) -> None:
        """Raises `OSError` when there is no such process."""
        self._master = master
        self._master_pidfd = os.pidfd_open(master)
        self._worker: _Worker | None = None
        self._command = self._read_command()
        self._follow_worker()

    def follow(self) -> bool:
        """Look for a newer worker than the known one, and watch that one from now on. Was there one, or has
        the master begun to reload? It starts its program anew then, and names the old workers."""
        before, self._command = self._command, self._read_command()
        return self._follow_worker() or before != self._command

    def _follow_worker(self) -> bool:
        newest, known = self._newest(), self._worker
        if newest is None or (known is not None and newest <= (known.started, known.pid)):
            return False
        started, pid = newest
        try:
            self._worker = _Worker(pid, started, os.pidfd_open(pid))
        except OSError:  # ended since
            return False
        if known is not None:
            os.close(known.pidfd)
        return True

    def fds(self) -> list[int]:
        """For `select`: readable when something has ended, which `ended` judges."""
        return [self._master_pidfd, *([self._worker.pidfd] if self._worker is not None else [])]

    def ended(self, readable: list[int]) -> bool:
        """Is it the end of this HAProxy that some of `fds` are readable?"""
        if self._master_pidfd in readable:
            return True
        return self._worker is not None and self._worker.pidfd in readable and not self._follow_worker()

    def is_busy(self) -> bool:
        """Has it a thread that runs, or would if it had a processor? A stopped or hanging one has none."""
        pid = self._worker.pid if self._worker is not None else self._master
        with contextlib.suppress(OSError):
            threads = list((_PROC / f"{pid}/task").iterdir())
            return any(_state_and_more(thread / "stat")[1].startswith("R") for thread in threads)
        return False

    def close(self) -> None:
        for fd in self.fds():
            os.close(fd)

    def _read_command(self) -> bytes:
        with contextlib.suppress(OSError):
            return (_PROC / f"{self._master}/cmdline").read_bytes()
        return b""

    def _newest(self) -> tuple[int, int] | None:
        """Start and PID of the youngest HAProxy among the master's children."""
        found = []
        with contextlib.suppress(OSError):
            children = (_PROC / f"{self._master}/task/{self._master}/children").read_text(encoding="ascii")
            for pid in children.split():
                with contextlib.suppress(OSError):
                    name, rest = _state_and_more(_PROC / pid / "stat")
                    if name.endswith("(haproxy"):  # not what started it
                        found.append((int(rest.split()[_START_TIME]), int(pid)))
        return max(found, default=None)


def _state_and_more(stat: Path) -> tuple[str, str]:
    """What stands before the `)` of a name in a file of proc(5), and from the state on. Raises `OSError`."""
    name, _, rest = stat.read_text(encoding="utf-8").rpartition(") ")
    return name, rest
