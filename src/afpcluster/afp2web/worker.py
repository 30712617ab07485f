"""The process that converts: jobs come in on a socket, one answer line per job goes out.

Rules: no code of the server runs here. A job brings two open files, never names, so a worker opens
nothing on a client's behalf but the administrator's folders of resources and fonts. Limits on memory and
output are the kernel's, and so is the fence (`fence`). The process dies with its parent and ignores the
terminal's and the supervisor's signals: the parent decides when it ends.

Orders (SOCK_SEQPACKET messages on standard input): {"job": number, "strict": bool, "resource_paths": [..],
"processor_seconds": number} with two file descriptors, {"cancel": number} for a job that nobody wants any
more, {"ping": number}. Answers (JSON lines on standard output): {"ready": true, "unfenced": [..]} once;
{"pong": number} when idle; for a job {"progress": offset} when it begins and now and then, at last {"pages",
"bytes", "media_type", "findings", "seconds"}, {"error": {"kind", "code", "message", "offset", "status"}} or
{"cancelled": number}; {"failed": frames} before it ends itself.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import io
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from afpcluster.afp2web import warm_up
from afpcluster.afp2web.fence import fence, processor_time
from afpcluster.findings import ConversionError
from afpcluster.web.logs import describe_exception

MAX_ORDER_BYTES = 128 * 1024
"""As much as a socket surely takes as one message; what a client wants is less (`wanted`)."""
_LOOK_SECONDS = 0.05  # how often a job looks for its cancellation and tells how far it is
_IN_MEMORY_BYTES = 1024 * 1024  # of a document; larger ones, which would leave holes, stay in their file
_SINK_BUFFER_BYTES = 128 * 1024
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


@dataclass(frozen=True, slots=True)
class Limits:
    """What one conversion may use, in bytes; `nice` is added to the parent's niceness; `readable` are files
    and folders of the administrator's."""

    memory: int
    output: int
    nice: int
    readable: tuple[Path, ...] = ()

    def to_arguments(self) -> list[str]:
        numbers = (self.memory, self.output, self.nice, os.getpid())
        return [str(argument) for argument in (*numbers, *self.readable)]


class _Cancelled(BaseException):
    """Nobody wants the job's result; not an Exception, which the engine would take for a fault of a page."""


class _Parent:
    """The two channels to the server."""

    def __init__(self, orders: socket.socket, answers: TextIO) -> None:
        self._orders = orders
        self._answers = answers

    def next_job(self, meanwhile: Iterator[object]) -> tuple[dict[str, Any], list[int]] | None:
        """Wait for a job, with a step of `meanwhile` as long as nothing comes; None when the server wants no
        more."""
        while True:
            while self._is_waiting() and next(meanwhile, None) is not None:
                pass
            message, descriptors, _, _ = socket.recv_fds(self._orders, MAX_ORDER_BYTES, 2)
            if not message:
                return None
            order = json.loads(message)
            if "job" in order:
                return order, descriptors
            if "ping" in order:
                self.send({"pong": order["ping"]})

    def _is_waiting(self) -> bool:
        """Whether nothing has come yet."""
        return not select.select([self._orders], [], [], 0)[0]

    def cancels(self, job: int) -> bool:
        """Whether this job's cancellation has come; what came for earlier ones is dropped."""
        while True:
            try:
                message = self._orders.recv(MAX_ORDER_BYTES, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return False
            if not message:  # the server has gone
                raise SystemExit(0)
            if json.loads(message).get("cancel") == job:
                return True

    def send(self, answer: dict[str, Any]) -> None:
        self._answers.write(json.dumps(answer) + "\n")
        self._answers.flush()


class _Watch:
    """Tells the parent how far a job is, and ends it when nobody wants it any more.

    Progress is the highest offset read, or a page done: what goes round in circles makes none.
    """

    def __init__(self, parent: _Parent, job: int) -> None:
        self._parent = parent
        self._job = job
        self._furthest = -1
        self._told = -1
        self._next_look = 0.0
        self.reached(0)

    def reached(self, offset: int) -> None:
        """The work is at `offset` of the source. Raises _Cancelled."""
        self._furthest = max(self._furthest, offset)
        self.look()

    def page_done(self, _offset: int, _size: int) -> None:
        self._told = -1
        self.look()

    def look(self) -> None:
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + _LOOK_SECONDS
        if self._parent.cancels(self._job):
            raise _Cancelled
        if self._furthest > self._told:
            self._told = self._furthest
            self._parent.send({"progress": self._told})


class _Watched(io.BufferedIOBase):
    """A document of which each read is watched, once there is a `watch`."""

    watch: _Watch | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        if self.watch is not None:
            self.watch.reached(self.tell())
        return data


class _InMemory(_Watched, io.BytesIO):
    """A small document: the engine goes to and fro in it, and each step would be a call of the system."""


class _InFile(_Watched, io.BufferedReader):
    """A large one."""


def _source(descriptor: int) -> _InMemory | _InFile:
    """The document from its start, wherever the server, which shares the position, has left that."""
    size = os.fstat(descriptor).st_size
    if size <= _IN_MEMORY_BYTES:
        with contextlib.suppress(OSError):  # which the engine's own reads meet, too, and answer
            document = _InMemory(os.pread(descriptor, size, 0))
            os.close(descriptor)
            return document
    file = io.FileIO(descriptor, "rb")
    file.seek(0)
    return _InFile(file)


def main(arguments: list[str]) -> int:
    """Serve jobs until the parent closes the socket."""
    memory, output, nice, parent_id = map(int, arguments[:4])
    _confine(Limits(memory, output, nice), parent_id)
    unfenced = fence(map(Path, arguments[4:]))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever prints must not disturb the answers
    parent = _Parent(socket.socket(fileno=os.dup(0)), answers)
    import afpcluster.convert  # noqa: F401  (here: it costs the time before "ready", not that of the first job)
    from afpcluster.conversion.collector import collect_rarely

    collect_rarely()

    parent.send({"ready": True, "unfenced": unfenced})
    try:
        _serve(parent)
    except Exception as error:  # not a document's, whose own are answers
        parent.send({"failed": describe_exception(error)})
        return 1
    return 0


def _serve(parent: _Parent) -> None:
    loading = warm_up.steps()
    while (order := parent.next_job(loading)) is not None:
        answer = _do(parent, *order)
        parent.send(answer)
        if answer.get("error", {}).get("kind") == "MemoryError":
            break  # the heap may be in any state; the parent starts a fresh process


def _confine(limits: Limits, parent: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # too much output becomes OSError EFBIG
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel was told
        raise SystemExit(1)
    os.nice(limits.nice)
    with contextlib.suppress(OSError):  # short of memory, the kernel shall take a worker, not the server
        Path("/proc/self/oom_score_adj").write_text("500")
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.output, limits.output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold the document


def _do(parent: _Parent, job: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
    """One job; its files are closed afterwards."""
    processor_time(job["processor_seconds"])
    source, sink = _source(descriptors[0]), os.fdopen(descriptors[1], "wb", _SINK_BUFFER_BYTES)
    try:
        with source:
            source.watch = _Watch(parent, job["job"])
            return _convert(source, sink, job, source.watch)
    except _Cancelled:
        return {"cancelled": job["job"]}
    finally:
        with contextlib.suppress(OSError):  # after a full disk the rest cannot be written; that was answered
            sink.close()


def _convert(source: BinaryIO, sink: BinaryIO, job: dict[str, Any], watch: _Watch) -> dict[str, Any]:
    from afpcluster.afp2web.wanted import options_of
    from afpcluster.convert import Options, convert

    began = time.perf_counter()
    try:
        options = Options(
            **options_of(job),
            resource_paths=tuple(Path(path) for path in job["resource_paths"]),
            stand_in_folders=tuple(Path(path) for path in job["stand_in_folders"]),
        )
        result = convert(source, sink, options, progress=watch.page_done)
        sink.flush()
    except ConversionError as error:
        return _error(type(error).__name__, error.code, error.message, error.http_status, error.offset)
    except MemoryError:
        return _error("MemoryError", "worker-memory", "", 413)
    except OSError as error:
        if error.errno == errno.EFBIG:
            return _error(
                "LimitError", "output-too-large", "The result is larger than this server allows.", 413
            )
        code = (
            "storage-failed" if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO) else "internal-error"
        )
        return _error(type(error).__name__, code, describe_exception(error), 503)
    except Exception as error:
        return _error(type(error).__name__, "internal-error", describe_exception(error), 500)
    return {
        "pages": result.pages,
        "bytes": os.fstat(sink.fileno()).st_size,
        "media_type": result.media_type,
        "findings": [finding.as_dict() for finding in result.findings],
        "bytes_lost": result.bytes_lost,
        "seconds": round(time.perf_counter() - began, 4),
    }


def _error(kind: str, code: str, message: str, status: int, offset: int | None = None) -> dict[str, Any]:
    return {"error": {"kind": kind, "code": code, "message": message, "status": status, "offset": offset}}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
