"""What a worker writes on standard error -> lines of the log.

Rules: who writes there (Python at its end, C libraries) knows nothing of JSON and of how much is too much:
each worker gets one line in half a second at most. Such text may quote a document: once the worker has begun
one, only the frames in it (of Python's tracebacks and fatal errors) are logged.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import suppress

_GATHER_SECONDS = 0.5
_MOST_BYTES = 4096  # of one line; the last ones, since tracebacks end with the cause
_READ_BYTES = 64 * 1024
_FRAME = re.compile(r'^ *File "[^"]*", line \d+.*$|^Fatal Python error: .*$', re.MULTILINE)
_logger = logging.getLogger("afpcluster.afp2web.worker")


def log_failure(pid: int, where: str) -> None:
    """A worker ends itself after an exception outside of a conversion; `where` has its frames and type."""
    _logger.error("worker failed", extra={"data": {"pid": pid, "where": where}})


async def log_stderr(stream: asyncio.StreamReader, pid: int, began: Callable[[], bool]) -> None:
    """Until the stream ends. `began`: whether the worker has had a document."""
    while text := await stream.read(_READ_BYTES):
        size = len(text)
        with suppress(TimeoutError):
            async with asyncio.timeout(_GATHER_SECONDS):
                while piece := await stream.read(_READ_BYTES):
                    size += len(piece)
                    text = (text + piece)[-_MOST_BYTES:]
        _logger.error(
            "worker wrote", extra={"data": {"pid": pid, "bytes": size, "text": _told(text, began())}}
        )


def _told(text: bytes, began: bool) -> str:
    whole = text[-_MOST_BYTES:].decode("utf-8", "replace")
    return "\n".join(_FRAME.findall(whole)) if began else whole.strip()
