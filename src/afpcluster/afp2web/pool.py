"""A pool of worker processes, each with one job at a time; heartbeats never wait for them.

Rules: a worker that dies or is killed fails only its own job, and one that was lost before it began takes
nothing along: the job goes to another. One more worker than may convert is kept warm, so that a loss
costs no time. Who may convert, `line` decides. Files cross as descriptors without names, so nothing is
left on disk.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import IO, Any

from afpcluster.afp2web.line import Line, LineFull, Ticket
from afpcluster.afp2web.metrics import PoolMetrics
from afpcluster.afp2web.settings import Afp2webSettings
from afpcluster.afp2web.worker import Limits
from afpcluster.afp2web.worker_process import READY_SECONDS, JobTime, NoProgress, Worker, WorkerError
from afpcluster.web.bodies import Body
from afpcluster.web.errors import ServiceError
from afpcluster.web.logs import describe_exception

_LOOK_SECONDS = 1.0
_SHORT_SECONDS = 0.1  # of a job; filling the memory that a worker may keep takes longer
_logger = logging.getLogger("afpcluster.afp2web.pool")


@dataclass(frozen=True, slots=True)
class Outcome:
    """A converted document: its numbers, and what was found. `seconds` is the conversion alone."""

    pages: int
    bytes: int
    media_type: str
    findings: list[dict[str, Any]]
    bytes_lost: int
    seconds: float


class Pool:
    """`start`, then `admit` and `convert` as often as wanted, then `stop`."""

    def __init__(self, settings: Afp2webSettings, metrics: PoolMetrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self._limits = Limits(
            settings.worker_memory_bytes,
            settings.max_output_bytes,
            settings.worker_nice,
            (*settings.resource_paths, *settings.stand_in_folders),
        )
        self._time = JobTime(settings.convert_timeout, settings.progress_timeout)
        self._line = Line(settings.workers, settings.queue_limit, settings.small_document_bytes)
        self._turns: dict[Ticket, asyncio.Future[None]] = {}
        self._workers: list[Worker | None] = [None] * (settings.workers + settings.spare_workers)
        self._tasks: set[asyncio.Task[None]] = set()
        self._starts = asyncio.Semaphore(settings.workers)  # spare ones after the others
        self._freed = asyncio.Event()
        self.started = False  # a worker has been there
        self._replaced_until = 0.0  # a planned replacement may be under way until then
        metrics.queue_length.set_function(lambda: self._line.waiting)
        metrics.workers_alive.set_function(lambda: min(len(self.alive), settings.workers))
        metrics.workers_spare.set_function(lambda: max(0, len(self.alive) - settings.workers))
        metrics.workers_idle.set_function(self._idle)
        metrics.worker_memory.set_function(lambda: sum(worker.memory_bytes for worker in self.alive))

    @property
    def line(self) -> Line:
        return self._line

    @property
    def alive(self) -> list[Worker]:
        """The workers that are there, busy or not."""
        return [worker for worker in self._workers if worker is not None and not worker.spent]

    def _idle(self) -> int:
        """How many documents could start now, the one for small documents alone not counted."""
        return max(0, min(len(self.alive), self._settings.workers) - self._line.running)

    @property
    def trouble(self) -> str | None:
        """Why no document can be converted now; None while one can."""
        there = [worker for worker in self._workers if worker is not None]
        if any(worker.responsive or worker.replaced_on_purpose for worker in there):
            return None
        if _now() < self._replaced_until:
            return None
        return "no worker responds" if there else "no worker has started yet"

    def start(self) -> None:
        """Start the workers; `trouble` tells when the first can work."""
        for slot in range(len(self._workers)):
            self._spawn(self._keep_slot(slot))
        self._spawn(self._look_after())

    async def stop(self) -> None:
        """Kill all workers."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @contextmanager
    def admit(self, body: Body) -> Iterator[Ticket]:
        """A place for a document that is about to be read. Raises ServiceError when there is none."""
        try:
            ticket = self._line.admit(body)
        except LineFull as error:
            raise self._busy(str(error)) from error
        try:
            yield ticket
        finally:
            self._line.leave(ticket)

    async def convert(
        self, ticket: Ticket, job: dict[str, Any], source: IO[bytes], sink: IO[bytes]
    ) -> Outcome:
        """Convert `source` into `sink`. Raises ServiceError; cancelling it ends the conversion."""
        try:
            evicted = self._line.arrive(ticket)
        except LineFull as error:
            raise self._busy(str(error)) from error
        if evicted is not None and not self._turns[evicted].done():
            self._turns[evicted].set_exception(self._busy("others have fewer documents in the line"))
        async with self._turn(ticket):
            answer = await self._answer(job, source, sink)
        if "error" in answer:
            raise _refusal(answer["error"], self._settings)
        return Outcome(**answer)

    @asynccontextmanager
    async def _turn(self, ticket: Ticket) -> AsyncIterator[None]:
        """Wait until this document may be converted; it may until the end of the context."""
        turn = self._turns[ticket] = asyncio.get_running_loop().create_future()
        began = _now()
        self._dispatch()
        try:
            try:
                async with asyncio.timeout(self._settings.queue_timeout):
                    await turn
            except TimeoutError as error:
                raise self._busy(f"no worker was free within {self._settings.queue_timeout:g} s") from error
            self._metrics.queue_seconds.observe(_now() - began)
            began = _now()
            yield
        finally:
            del self._turns[ticket]
            if turn.cancelled() or turn.exception() is not None:
                self._line.leave(ticket)
            else:
                self._line.done(ticket, _now() - began)
            self._dispatch()

    def _dispatch(self) -> None:
        """Give everybody his turn who may have it."""
        while (ticket := self._line.next()) is not None:
            if self._turns[ticket].done():  # cancelled in this instant
                self._line.done(ticket)
            else:
                self._turns[ticket].set_result(None)

    async def _answer(self, job: dict[str, Any], source: IO[bytes], sink: IO[bytes]) -> dict[str, Any]:
        """What a worker says to this job. Raises ServiceError."""
        no_more_after = _now() + self._settings.queue_timeout
        for _ in range(len(self._workers) + 1):  # all that are there may be lost, which nobody knows yet
            worker = await self._usable_worker()
            began = _now()
            try:
                return await worker.run(job, source, sink, self._time)
            except WorkerError as error:
                if not error.untouched:
                    raise ServiceError(
                        500,
                        "worker-crashed",
                        f"The process that converted this document was lost ({error}); others are not "
                        "affected. Send it again; if it fails again, the document is the cause.",
                    ) from error
                if _now() > no_more_after:
                    break
            except TimeoutError as error:
                raise _stopped("convert-timeout", f"took longer than {self._time.total:g} s") from error
            except NoProgress as error:
                silence = f"finished no page and read nothing new for {self._time.without_progress:g} s"
                raise _stopped("no-progress", silence) from error
            finally:
                self._release(worker, _now() - began)
        raise self._busy("workers are lost before they begin")  # which is not the document's fault

    async def _usable_worker(self) -> Worker:
        """The first that can take a job, so that the last ones stay cold. Raises ServiceError."""
        try:
            async with asyncio.timeout(self._settings.queue_timeout):
                while not (usable := [worker for worker in self.alive if worker.usable]):
                    self._freed.clear()
                    await self._freed.wait()
                return min(usable, key=lambda worker: worker.owes_answer)
        except TimeoutError as error:
            raise self._busy("no worker could be started") from error

    def _release(self, worker: Worker, seconds: float) -> None:
        """It did its job in so many seconds, was left with it, or is lost."""
        if worker.spent:
            return
        if worker.busy:
            self._spawn(self._settle(worker))
            return
        if worker.jobs_done >= self._settings.worker_jobs or self._is_outgrown(worker, seconds):
            worker.kill()  # a fresh process now and then bounds what leaks and what fragments
        self._freed.set()

    def _is_outgrown(self, worker: Worker, seconds: float) -> bool:
        """More memory than allowed stays in use behind its last job. After one that was too short for that,
        it is looked at now and then only: asking the kernel is a fiftieth of what the server does for it."""
        if seconds < _SHORT_SECONDS and _now() < worker.memory_looked_at + _LOOK_SECONDS:
            return False
        worker.memory_looked_at = _now()
        return worker.memory_bytes > self._settings.worker_recycle_bytes

    async def _settle(self, worker: Worker) -> None:
        await worker.settle()
        self._release(worker, math.inf)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep_slot(self, slot: int) -> None:
        """Keep one worker alive, for ever. One that cannot start is tried again, ever more slowly."""
        failures = 0
        while True:
            try:
                async with self._starts:
                    worker = await Worker.start(self._limits)
                failures = 0
                await self._watch(slot, worker)
            except Exception as error:  # whatever it is, the slot goes on
                failures += 1
                self._replaced_until = 0.0
                wait = min(5.0, 0.1 * 2**failures)
                reason = str(error) if isinstance(error, WorkerError) else describe_exception(error)
                _logger.error("worker not started", extra={"data": {"reason": reason, "retry_in_s": wait}})
                await asyncio.sleep(wait)

    async def _watch(self, slot: int, worker: Worker) -> None:
        """A worker's life from its start to its end."""
        self._workers[slot] = worker
        if not self.started:
            self.started = True
            _tell_fence(worker)
        self._freed.set()
        _logger.info("worker ready", extra={"data": {"pid": worker.pid}})
        try:
            ending = await worker.ended()
            if worker.replaced_on_purpose:
                self._replaced_until = _now() + READY_SECONDS
        finally:
            self._workers[slot] = None
            worker.kill()
            await worker.ended()
        self._metrics.workers_replaced.inc()
        _logger.warning("worker replaced", extra={"data": {"pid": worker.pid, "ending": ending}})

    async def _look_after(self) -> None:
        while True:
            for worker in self.alive:
                worker.look_after()
            await asyncio.sleep(_LOOK_SECONDS)

    def _busy(self, why: str) -> ServiceError:
        seconds = self._line.retry_after
        return ServiceError(
            503,
            "busy",
            f"This instance is busy: {why}. Try again in {seconds} s, or elsewhere.",
            retry_after=seconds,
        )


def _tell_fence(worker: Worker) -> None:
    if worker.unfenced:
        _logger.warning("workers are not fenced", extra={"data": {"open": worker.unfenced}})
    else:
        _logger.info("workers are fenced", extra={"data": {"from": "files, network, other processes"}})


def _now() -> float:
    return asyncio.get_running_loop().time()


def _stopped(code: str, what: str) -> ServiceError:
    return ServiceError(504, code, f"The conversion {what} and was stopped.")


def _refusal(error: dict[str, Any], settings: Afp2webSettings) -> ServiceError:
    """What a worker answered instead of a result, as the client shall see it."""
    code, status = error["code"], error["status"]
    if code == "internal-error":
        _logger.error("conversion failed", extra={"data": {"kind": error["kind"], "where": error["message"]}})
        return ServiceError(500, code, "Internal error during the conversion; the log has the details.")
    if code == "storage-failed":
        text = f"Temporary storage in {settings.temp_dir} failed. Free space there, then send it again."
        return ServiceError(503, code, text, retry_after=5)
    if code == "worker-memory":
        limit = settings.worker_memory_bytes
        return ServiceError(
            status,
            code,
            f"The document needs more than the {limit} bytes of memory a conversion may have; split it.",
        )
    return ServiceError(status, error["kind"], error["message"], offset=error["offset"], reason=code)
