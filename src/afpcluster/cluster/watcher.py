"""Watches one HAProxy and tells Keepalived, through track files: 0 well, 1 not.

Rules: death is seen through pidfds, at once, and is a fault; a worker that ends after a reload is none
(`haproxy_process`). Else HAProxy is asked on its health port, apart from which any number of clients may
crowd the public ports. No answer in time means frozen or far too slow (during a reload it may be so for a
while), 503 that it has no server for something. Either is a fault only when the other proxy, asked at the
same moment, answers well, several times in a row: a slow proxy that keeps the VIP is worth more than two in
fault and no VIP. One whose threads run or wait for a processor is slow rather than frozen, and may be so for
longer. The PID file is read again after each death, so that a restarted HAProxy is found. At each
look the machine's uptime is written down, so that a frozen watcher is noticed. Operators leave wishes in the
same folder: `pause` and `leave`; nobody leaves when the other proxy is not well. `Health` decides and touches
nothing; `Watcher` does the rest. A wish to leave is for one VIP, and so has a track file of its own.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from afpcluster.cluster.haproxy_process import HaproxyProcess

_REQUEST = b"GET /healthz HTTP/1.0\r\n\r\n"
_GOOD = 200
_BUSY_LOOKS = 10  # without an answer from one that works: a second or more
_RELOAD_LOOKS = 20  # so long a reload may leave us without an answer: one to two seconds by default
_LEAVE_SECONDS = 10.0  # a wish that is older is forgotten: whoever had it has gone


@dataclass(slots=True)
class Health:
    """What the last looks say about HAProxy. It counts as faulty until it has answered once."""

    allowed_misses: int
    alive: bool = False
    answered: bool = False
    status: int | None = None  # of the last answer; None: none in time
    worse: int = 0  # looks in a row in which the other proxy did better
    busy: bool = False  # gave no answer at the last look, but works
    patience: int = 0  # looks that a reload may still miss: clients wait in the queue of the listener
    other_well: bool = False  # at the last look
    wished: frozenset[int] = frozenset()  # router ids of the VIPs that an operator wants elsewhere
    paused: bool = False  # an operator wants the VIPs to stay, whatever is seen here

    def started(self) -> None:
        self.alive, self.answered, self.status, self.worse = True, False, None, 0

    def reloaded(self) -> None:
        self.worse, self.patience = 0, _RELOAD_LOOKS

    def died(self) -> None:
        self.alive, self.patience = False, 0

    def looked(self, own: int | None, other: int | None, *, busy: bool = False) -> None:
        """The HTTP status of both answers; None where there was none in time, from one that is `busy`."""
        forgiven = own is None and self.patience > 0
        self.patience = max(0, self.patience - 1)
        self.worse = self.worse + 1 if own != _GOOD and other == _GOOD and not forgiven else 0
        self.status, self.answered = own, self.answered or own is not None
        self.busy = busy and own is None
        self.other_well = other == _GOOD

    @property
    def servers(self) -> bool:
        """Has it one for everything, as far as is known?"""
        return self.status in (None, _GOOD)

    @property
    def leaving(self) -> frozenset[int]:
        """Router ids of the VIPs that must go to the other proxy."""
        return self.wished if self.other_well else frozenset()

    @property
    def fault(self) -> str:
        """Why this proxy must not hold a VIP; empty when it may."""
        if self.paused:
            return ""
        if not self.alive:
            return "HAProxy is not running"
        if not self.answered:
            return "HAProxy has not answered yet"
        if self.worse >= (_BUSY_LOOKS if self.busy else self.allowed_misses):
            what = "does not answer" if self.status is None else "has no server for something"
            return f"HAProxy {what}, and the other proxy is well"
        return ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Durations in seconds. `other` is the other proxy's address; its health port is the same. `router_ids`
    are those of the VIPs."""

    pid_file: Path
    folder: Path
    port: int
    interval: float
    timeout: float
    misses: int
    other: str
    router_ids: tuple[int, ...] = ()


class Watcher:
    """The acting half. It ends with its process (SIGTERM) and then leaves the last state in the files, so
    that restarting the watcher moves nothing."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._health = Health(settings.misses)
        self._process: HaproxyProcess | None = None
        self._published: Mapping[str, str] = {}

    def run(self) -> None:
        """Watch for ever. Raises `OSError` when a file cannot be written."""
        (self._settings.folder / "watcher.pid").write_text(f"{os.getpid()}\n", encoding="ascii")
        due = time.monotonic()
        with (self._settings.folder / "beat").open("wb", buffering=0) as beat:
            while True:
                if self._process is None:
                    self._find_process()
                if self._process is not None:
                    if self._process.follow():
                        self._health.reloaded()
                    self._look()
                self._heed()
                # As /proc/uptime counts, in hundredths of a second and always as wide.
                os.pwrite(beat.fileno(), b"%-12d\n" % int(time.clock_gettime(time.CLOCK_BOOTTIME) * 100), 0)
                self._publish()
                # After a late look the next one follows at once, but missed ones are not made up for.
                due = max(due + self._settings.interval, time.monotonic())
                while time.monotonic() < due:
                    self._wait([], [], due)  # ends early when the process dies
                    self._publish()

    def _find_process(self) -> None:
        """Open the process in the PID file, if there is one and it lives."""
        with contextlib.suppress(OSError, ValueError):
            self._process = HaproxyProcess(int(self._settings.pid_file.read_text(encoding="ascii")))
            self._health.started()

    def _heed(self) -> None:
        """What operators want."""
        self._health.paused = (self._settings.folder / "pause").exists()
        self._health.wished = frozenset(filter(self._is_wished_away, self._settings.router_ids))

    def _is_wished_away(self, router_id: int) -> bool:
        try:
            written = (self._settings.folder / f"leave-{router_id}").stat().st_mtime
        except OSError:
            return False
        return abs(time.time() - written) < _LEAVE_SECONDS  # also where the clock has been set back since

    def _look(self) -> None:
        own, other = self._ask("127.0.0.1", self._settings.other)
        busy = own is None and self._process is not None and self._process.is_busy()
        self._health.looked(own, other, busy=busy)

    def _ask(self, *addresses: str) -> list[int | None]:
        """The HTTP status that each answered within the time limit."""
        deadline = time.monotonic() + self._settings.timeout
        with contextlib.ExitStack() as stack:
            silent: dict[socket.socket, int] = {}
            for index, address in enumerate(addresses):
                asked = stack.enter_context(socket.socket(_family(address)))
                asked.setblocking(False)
                with contextlib.suppress(OSError):  # BlockingIOError: on its way
                    asked.connect((address, self._settings.port))
                silent[asked] = index
            connecting = list(silent)
            statuses: list[int | None] = [None] * len(addresses)
            while silent and self._process is not None and time.monotonic() < deadline:
                asking = [asked for asked in silent if asked not in connecting]
                readable, writable = self._wait(asking, connecting, deadline)
                for asked in writable:
                    connecting.remove(asked)
                    with contextlib.suppress(OSError):  # refused: then it is readable, and empty
                        asked.send(_REQUEST)
                for asked in readable:
                    statuses[silent.pop(asked)] = _status(asked)
        return statuses

    def _wait(
        self, read: list[socket.socket], write: list[socket.socket], deadline: float
    ) -> tuple[list[socket.socket], list[socket.socket]]:
        """Wait until one can be used, the process dies or the deadline."""
        watched: list[socket.socket | int] = [*read]
        if self._process is not None:
            watched += self._process.fds()
        seconds = max(0.0, deadline - time.monotonic())
        readable, writable, _ = select.select(watched, write, [], seconds)
        ended = [item for item in readable if isinstance(item, int)]
        if self._process is not None and ended:
            if self._process.ended(ended):
                self._process.close()
                self._process = None
                self._health.died()
            else:  # an old worker that had nothing left to do
                self._health.reloaded()
        return [item for item in readable if isinstance(item, socket.socket)], writable

    def _publish(self) -> None:
        fault = self._health.fault
        state = {
            "why": fault,  # first: Keepalived acts on the next one
            "haproxy": "1" if fault else "0",
            "servers": "0" if self._health.servers else "1",
        }
        leaving = self._health.leaving
        state |= {
            f"leaving-{router_id}": f"{router_id in leaving:d}" for router_id in self._settings.router_ids
        }
        for name, text in state.items():
            if self._published.get(name) != text:
                fresh = self._settings.folder / f".{name}.new"
                fresh.write_text(f"{text}\n", encoding="ascii")
                fresh.replace(self._settings.folder / name)
        if state != self._published:
            print(f"haproxy {'FAULT' if fault else 'healthy'}: {self._health}", flush=True)
        self._published = state


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def _status(asked: socket.socket) -> int | None:
    """Of the answer that has arrived; None for anything but HTTP."""
    try:
        words = asked.recv(64).split(maxsplit=2)
    except OSError:
        return None
    return int(words[1]) if len(words) > 1 and words[0].startswith(b"HTTP/") and words[1].isdigit() else None
