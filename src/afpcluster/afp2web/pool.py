"""A pool of worker processes, each with one job at a time; heartbeats never wait for them.

Rules: a worker that dies, runs out of time or whose client has left is killed and replaced, and only
its own job fails. Jobs wait in arrival order; more than `queue-limit` waiting, or longer than
`queue-timeout`, is "busy". Files cross as descriptors without names, so nothing is left on disk.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import socket
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

from afpcluster.afp2web.metrics import PoolMetrics
from afpcluster.afp2web.settings import Afp2webSettings
from afpcluster.afp2web.worker import Limits
from afpcluster.web.errors import ServiceError

_READY_SECONDS = 30.0
_MAX_ANSWER_BYTES = 16 * 1024 * 1024
_logger = logging.getLogger("afpcluster.afp2web.pool")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A converted document: its numbers, and what was found. `seconds` is the conversion alone."""

    pages: int
    bytes: int
    media_type: str
    findings: list[dict[str, Any]]
    seconds: float


class WorkerError(Exception):
    """The worker process is of no more use; the text says how it ended."""


class Worker:
    """One process and the two channels to it."""

    def __init__(self, process: asyncio.subprocess.Process, jobs: socket.socket) -> None:
        self._process = process
        self._jobs = jobs
        self.jobs_done = 0

    @classmethod
    async def start(cls, limits: Limits) -> Worker:
        """A worker that is ready for jobs. Raises WorkerError."""
        parent_end, child_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        parent_end.setblocking(False)
        try:
            with child_end:
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "afpcluster.afp2web.worker",
                    *limits.to_arguments(),
                    stdin=child_end.fileno(),
                    stdout=asyncio.subprocess.PIPE,
                    limit=_MAX_ANSWER_BYTES,
                )
        except OSError as error:
            parent_end.close()
            raise WorkerError(f"cannot be started: {error.strerror}") from error
        worker = cls(process, parent_end)
        try:
            async with asyncio.timeout(_READY_SECONDS):
                await worker._answer()
        except TimeoutError as error:
            raise WorkerError(f"not ready within {_READY_SECONDS:g} s") from error
        finally:
            if sys.exception() is not None:
                worker.kill()
        return worker

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def run(self, job: dict[str, Any], source: IO[bytes], sink: IO[bytes]) -> dict[str, Any]:
        """One job. Raises WorkerError; when cancelled, the worker is killed."""
        try:
            socket.send_fds(self._jobs, [json.dumps(job).encode()], [source.fileno(), sink.fileno()])
            answer = await self._answer()
        except OSError as error:
            self.kill()
            raise WorkerError(await self._ending()) from error
        except BaseException:
            self.kill()
            raise
        self.jobs_done += 1
        return answer

    def kill(self) -> None:
        """End it at once, whatever it does."""
        with suppress(ProcessLookupError):
            self._process.kill()
        self._jobs.close()

    async def ended(self) -> str:
        """Wait until the process has ended; how it did."""
        await self._process.wait()
        self._jobs.close()
        return await self._ending()

    async def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # opened as a pipe
        line = await self._process.stdout.readline()
        if not line.endswith(b"\n"):
            raise WorkerError(await self._ending())
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def _ending(self) -> str:
        code = await self._process.wait()
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


class Pool:
    """`start`, then `convert` as often as wanted, then `stop`."""

    def __init__(self, settings: Afp2webSettings, metrics: PoolMetrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self._idle: deque[Worker] = deque()
        self._waiting: deque[asyncio.Future[Worker]] = deque()
        self._slots: list[asyncio.Task[None]] = []
        self._alive = 0
        metrics.queue_length.set_function(lambda: len(self._waiting))
        metrics.workers_idle.set_function(lambda: len(self._idle))
        metrics.workers_alive.set_function(lambda: self._alive)

    @property
    def ready(self) -> bool:
        """At least one worker lives, so jobs get done."""
        return self._alive > 0

    def start(self) -> None:
        """Start the workers; `ready` tells when the first can work."""
        self._slots = [asyncio.create_task(self._keep_slot()) for _ in range(self._settings.workers)]

    async def stop(self) -> None:
        """Kill all workers."""
        for slot in self._slots:
            slot.cancel()
        await asyncio.gather(*self._slots, return_exceptions=True)

    async def convert(self, job: dict[str, Any], source: IO[bytes], sink: IO[bytes]) -> Outcome:
        """Convert `source` into `sink`. Raises ServiceError; cancelling it kills the worker."""
        worker = await self._acquire()
        try:
            async with asyncio.timeout(self._settings.convert_timeout):
                answer = await worker.run(job, source, sink)
        except TimeoutError as error:
            limit = self._settings.convert_timeout
            raise ServiceError(
                504, "convert-timeout", f"The conversion took longer than {limit:g} s and was stopped."
            ) from error
        except WorkerError as error:
            raise ServiceError(
                500,
                "worker-crashed",
                f"The process that converted this document was lost ({error}); others are not affected. "
                "Send it again; if it fails again, the document is the cause.",
            ) from error
        finally:
            self._release(worker)
        if "error" in answer:
            raise _refusal(answer["error"], self._settings)
        return Outcome(**answer)

    async def _acquire(self) -> Worker:
        while self._idle:
            worker = self._idle.popleft()
            if worker.alive:
                return worker
        if len(self._waiting) >= self._settings.queue_limit:
            raise _busy(f"{len(self._waiting)} conversions wait already")
        turn: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(self._settings.queue_timeout):
                return await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():  # a worker came in the same instant: pass it on
                self._offer(turn.result())
            if isinstance(error, TimeoutError):
                raise _busy(f"no worker was free within {self._settings.queue_timeout:g} s") from error
            raise
        finally:
            with suppress(ValueError):
                self._waiting.remove(turn)

    def _release(self, worker: Worker) -> None:
        if worker.jobs_done >= self._settings.worker_jobs:
            worker.kill()  # a fresh process now and then bounds what leaks
        elif worker.alive:
            self._offer(worker)

    def _offer(self, worker: Worker) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(worker)
                return
        self._idle.append(worker)

    async def _keep_slot(self) -> None:
        """Keep one worker alive, for ever. One that cannot start is tried again, ever more slowly."""
        settings = self._settings
        failures = 0
        while True:
            limits = Limits(settings.worker_memory_bytes, settings.max_output_bytes, settings.worker_nice)
            try:
                worker = await Worker.start(limits)
            except WorkerError as error:
                failures += 1
                wait = min(5.0, 0.1 * 2**failures)
                _logger.error(
                    "worker not started", extra={"data": {"reason": str(error), "retry_in_s": wait}}
                )
                await asyncio.sleep(wait)
                continue
            failures = 0
            await self._watch(worker)

    async def _watch(self, worker: Worker) -> None:
        self._alive += 1
        self._offer(worker)
        _logger.info("worker ready", extra={"data": {"pid": worker.pid}})
        try:
            ending = await worker.ended()
        finally:
            self._alive -= 1
            with suppress(ValueError):
                self._idle.remove(worker)
            worker.kill()
        self._metrics.workers_replaced.inc()
        _logger.warning("worker replaced", extra={"data": {"pid": worker.pid, "ending": ending}})


def _busy(why: str) -> ServiceError:
    return ServiceError(
        503, "busy", f"This instance is busy: {why}. Try again in a second, or elsewhere.", retry_after=1
    )


def _refusal(error: dict[str, Any], settings: Afp2webSettings) -> ServiceError:
    """What a worker answered instead of a result, as the client shall see it."""
    code, status = error["code"], error["status"]
    if code == "internal-error":
        _logger.error("conversion failed", extra={"data": {"kind": error["kind"], "where": error["message"]}})
        return ServiceError(500, code, "Internal error during the conversion; the log has the details.")
    if code == "storage-failed":
        return ServiceError(503, code, f"Temporary storage in {settings.temp_dir} failed; free space there.")
    if code == "worker-memory":
        limit = settings.worker_memory_bytes
        return ServiceError(
            status,
            code,
            f"The document needs more than the {limit} bytes of memory a conversion may have; split it.",
        )
    return ServiceError(status, error["kind"], error["message"], offset=error["offset"], reason=code)
