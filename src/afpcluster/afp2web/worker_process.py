"""One worker process as the server sees it: start, a job at a time, cancel, end.

Rules: a worker whose state is unknown (lost, killed, cancelled and not yet heard of, ended by itself) is
`usable` never again, from that instant on and not only when the kernel has reaped it. A job that nobody
wants any more is cancelled by a message between two pages; only a worker that does not heed it within the
grace is killed. One that waits for a processor has longer: on a machine with too much to do, a start takes
more of what is scarce than its next page.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from afpcluster.afp2web.worker import Limits
from afpcluster.afp2web.worker_log import log_failure, log_stderr

CANCEL_GRACE = 1.0
"""Seconds that a cancelled job may take to its next page."""
STARVED_GRACE = 15.0
"""The same, where it waits for a processor and has used it for less than the grace."""
_TICKS = os.sysconf("SC_CLK_TCK")
READY_SECONDS = 30.0
"""The longest time a start may take."""
SILENCE_SECONDS = 5.0
"""An idle worker that does not answer for so long is frozen."""
_MAX_ANSWER_BYTES = 16 * 1024 * 1024
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_encode = json.JSONEncoder(ensure_ascii=False).encode  # made once: it costs as much as an order


class WorkerError(Exception):
    """The worker process is of no more use; the text says how it ended.

    `untouched`: it was lost before it began the job, which another one may do.
    """

    def __init__(self, why: str, *, untouched: bool = False) -> None:
        super().__init__(why)
        self.untouched = untouched


class NoProgress(Exception):
    """The job neither read on nor finished a page for as long as it may."""


@dataclass(frozen=True, slots=True)
class JobTime:
    """How long a job may take, and how long it may be without progress, in seconds."""

    total: float
    without_progress: float


class Worker:
    """One process, the two channels to it, and the one job it may have."""

    def __init__(self, process: asyncio.subprocess.Process, orders: socket.socket) -> None:
        self._process = process
        self._orders = orders
        self._job = 0
        self._answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._progress_at = self._alive_at = _now()
        self._begun = False
        self._ping_owed_since: float | None = None
        self._cpu_time = 0.0  # seconds used at the last look
        self.jobs_done = 0
        self.memory_looked_at = -math.inf  # by the pool
        self.busy = True  # with a job, or with its start
        self.spent = False  # lost, killed or ending: never to be used again
        self.replaced_on_purpose = False
        self.unfenced: tuple[str, ...] = ()  # what the kernel here cannot keep it from
        self._reader = asyncio.create_task(self._read())
        assert process.stderr is not None  # opened as a pipe
        self._listener = asyncio.create_task(log_stderr(process.stderr, self.pid, lambda: self._job > 0))

    @classmethod
    async def start(cls, limits: Limits) -> Worker:
        """A worker that is ready for jobs. Raises WorkerError, OSError."""
        parent_end, child_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        parent_end.setblocking(False)
        try:
            with child_end:
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-P",  # no code from the folder the server was started in
                    "-m",
                    "afpcluster.afp2web.worker",
                    *limits.to_arguments(),
                    stdin=child_end.fileno(),
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    limit=_MAX_ANSWER_BYTES,
                )
        except BaseException:
            parent_end.close()
            raise
        worker = cls(process, parent_end)
        try:
            async with asyncio.timeout(READY_SECONDS):
                worker.unfenced = tuple((await worker._answer)["unfenced"])
                worker.busy = False
        except BaseException as error:
            worker.kill()
            await worker.ended()
            if isinstance(error, TimeoutError):
                raise WorkerError(f"not ready within {READY_SECONDS:g} s") from error
            raise
        return worker

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def usable(self) -> bool:
        """It can take a job now."""
        return not self.spent and not self.busy

    @property
    def owes_answer(self) -> bool:
        """It was asked whether it is there, and has not said so yet."""
        return self._ping_owed_since is not None

    @property
    def responsive(self) -> bool:
        """It lives and is not frozen: it answers when idle, and uses the processor or tells when not."""
        return not self.spent and _now() - self._alive_at < 2 * SILENCE_SECONDS

    @property
    def memory_bytes(self) -> int:
        """Its resident memory; 0 when it is gone."""
        try:
            with open(f"/proc/{self.pid}/statm", "rb", buffering=0) as statm:
                return int(statm.read().split()[1]) * _PAGE_BYTES
        except (OSError, IndexError):
            return 0

    async def run(
        self, job: dict[str, Any], source: IO[bytes], sink: IO[bytes], limit: JobTime
    ) -> dict[str, Any]:
        """One job's answer. Raises WorkerError, NoProgress and TimeoutError; after the latter two, and when
        cancelled, the worker is busy until `settle` has ended."""
        self._job += 1
        self._answer = asyncio.get_running_loop().create_future()
        self.busy, self._begun = True, False
        began = self._progress_at = _now()
        limits = {"processor_seconds": limit.total + CANCEL_GRACE}
        order = _encode({"job": self._job, **limits, **job}).encode()
        try:
            socket.send_fds(self._orders, [order], [source.fileno(), sink.fileno()])
        except OSError as error:
            self.kill()
            raise WorkerError(await self.ended(), untouched=True) from error
        while not self._answer.done():
            end, silent_at = began + limit.total, self._progress_at + limit.without_progress
            frozen_at = math.inf if self._begun else began + SILENCE_SECONDS
            wait = min(end, silent_at, frozen_at) - _now()
            if wait > 0:
                await asyncio.wait({self._answer}, timeout=wait)
            elif frozen_at < min(end, silent_at):
                self.kill()
                raise WorkerError("did not begin the job", untouched=True)
            else:
                raise TimeoutError if end <= silent_at else NoProgress
        answer = self._answer.result()
        self.busy = False  # only here, when the answer is taken: until then nobody else may have the worker
        return answer

    async def settle(self) -> None:
        """Cancel the job that was left, and wait until the worker is free again; else kill it."""
        with suppress(OSError):
            self._orders.send(json.dumps({"cancel": self._job}).encode())
            began, used = _now(), self._processor_seconds()
            await asyncio.wait({self._answer}, timeout=CANCEL_GRACE)
            while not self._answer.done() and self._is_starved(used) and _now() - began < STARVED_GRACE:
                await asyncio.wait({self._answer}, timeout=0.2)
        if self._answer.done():
            self.busy = False
        else:
            self.kill()
        self._answer.cancel()

    def look_after(self) -> None:
        """To be called every second or so: an idle worker that answers no more is killed."""
        now = _now()
        if self.busy:
            if (used := self._processor_seconds()) != self._cpu_time:
                self._cpu_time, self._alive_at = used, now
        elif self._ping_owed_since is None:
            self._ping_owed_since = now
            with suppress(OSError):  # it is ending, which its reader tells
                self._orders.send(b'{"ping": 0}')
        elif now - self._ping_owed_since > SILENCE_SECONDS:
            self.kill()

    def kill(self) -> None:
        """End it at once, whatever it does."""
        self.spent = self.replaced_on_purpose = True
        with suppress(ProcessLookupError):
            self._process.kill()
        self._orders.close()

    async def ended(self) -> str:
        """Wait until the process has ended; how it did."""
        code = await self._process.wait()
        self.spent = True
        self._orders.close()
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"

    async def _read(self) -> None:
        """Take every line it says, until it says no more: then it is of no more use."""
        assert self._process.stdout is not None  # opened as a pipe
        try:
            while (line := await self._process.stdout.readline()).endswith(b"\n"):
                self._heard(json.loads(line))
        except ValueError:  # a line too long, or not JSON
            self.kill()
        self.spent = True
        ending = await self.ended()
        if not self._answer.done():
            self._answer.set_exception(WorkerError(ending, untouched=not self._begun))
            self._answer.exception()  # seen: nobody may be waiting

    def _heard(self, said: dict[str, Any]) -> None:
        self._alive_at = _now()
        self._ping_owed_since = None
        if "progress" in said:
            self._begun = True
            self._progress_at = self._alive_at
        elif "failed" in said:
            self.spent = True
            log_failure(self.pid, said["failed"])
        elif "pong" not in said:
            self.jobs_done += "ready" not in said
            if said.get("error", {}).get("kind") == "MemoryError":
                self.spent = self.replaced_on_purpose = (
                    True  # it ends itself, since its heap may be in any state
                )
            if not self._answer.done():
                self._answer.set_result(said)

    def _is_starved(self, used: float) -> bool:
        """Does it want a processor, and has had it for less than the grace since `used` seconds?"""
        state = self._stat()
        return state[:1] == ["R"] and self._processor_seconds() - used < CANCEL_GRACE

    def _processor_seconds(self) -> float:
        """Used so far, in user and system mode; 0 when it is gone."""
        return sum(map(int, self._stat()[11:13])) / _TICKS

    def _stat(self) -> list[str]:
        """/proc/PID/stat from the state on (proc(5)); empty when it is gone."""
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return []


def _now() -> float:
    return asyncio.get_running_loop().time()
