"""The process that converts: jobs come in on a socket, one answer line per job goes out.

Rules: no code of the server runs here. A job brings two open files, never names, so a worker opens
nothing on a client's behalf but the administrator's resource folders. Limits on memory and output are
the kernel's. The process dies with its parent and ignores the terminal's and the supervisor's signals:
the parent decides when it ends.

Job (one SOCK_SEQPACKET message on standard input with two file descriptors): {"strict": bool,
"resource_paths": [..]}. Answer (one JSON line on standard output): {"ready": true} once, then per job
{"pages", "bytes", "findings", "seconds"} or {"error": {"kind", "code", "message", "offset", "status"}}.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import resource
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from afpcluster.findings import ConversionError
from afpcluster.web.logs import describe_exception

MAX_JOB_BYTES = 64 * 1024
_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


@dataclass(frozen=True, slots=True)
class Limits:
    """What one conversion may use, in bytes; `nice` is added to the parent's niceness."""

    memory: int
    output: int
    nice: int

    def to_arguments(self) -> list[str]:
        return [str(self.memory), str(self.output), str(self.nice), str(os.getpid())]


def main(arguments: list[str]) -> int:
    """Serve jobs until the parent closes the socket."""
    memory, output, nice, parent = map(int, arguments)
    _confine(Limits(memory, output, nice), parent)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever prints must not disturb the answers
    jobs = socket.socket(fileno=os.dup(0))
    import afpcluster.convert  # noqa: F401  (here: it costs the time before "ready", not that of the first job)

    _send(answers, {"ready": True})
    while True:
        message, descriptors, _, _ = socket.recv_fds(jobs, MAX_JOB_BYTES, 2)
        if not message:
            return 0
        with os.fdopen(descriptors[0], "rb") as source:
            source.seek(0)  # the position is shared with the server, which has just written the document
            sink = os.fdopen(descriptors[1], "wb")
            answer = _convert(source, sink, json.loads(message))
            with contextlib.suppress(
                OSError
            ):  # after a full disk the rest cannot be written; that was answered
                sink.close()
        _send(answers, answer)
        if answer.get("error", {}).get("kind") == "MemoryError":
            return 0  # the heap may be in any state; the parent starts a fresh process


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


def _convert(source: BinaryIO, sink: BinaryIO, job: dict[str, Any]) -> dict[str, Any]:
    from afpcluster.convert import Options, convert

    began = time.perf_counter()
    options = Options(
        strict=job["strict"], resource_paths=tuple(Path(path) for path in job["resource_paths"])
    )
    try:
        result = convert(source, sink, options)
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
        "seconds": round(time.perf_counter() - began, 4),
    }


def _error(kind: str, code: str, message: str, status: int, offset: int | None = None) -> dict[str, Any]:
    return {"error": {"kind": kind, "code": code, "message": message, "status": status, "offset": offset}}


def _send(answers: Any, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
