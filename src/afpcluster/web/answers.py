"""Answers from files, and work that ends when its client leaves.

Rules: an answer always has a Content-Length; when its client reads too slowly it is broken off, never
ended early as if it were whole.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from afpcluster.web.errors import ClientGone

T = TypeVar("T")


class PiecesAnswer(Response):
    """Streams `size` bytes from `pieces`, then calls `close`, whatever happens."""

    def __init__(
        self,
        pieces: AsyncIterator[bytes],
        size: int,
        *,
        close: Callable[[], None],
        headers: Mapping[str, str],
        media_type: str,
        timeout: float,
    ) -> None:
        super().__init__(None, 200, {**headers, "Content-Length": str(size)}, media_type)
        self._pieces = pieces
        self._close = close
        self._timeout = timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = asyncio.timeout(self._timeout)
        try:
            async with limit:
                await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                async for piece in self._pieces:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            if limit.expired():
                raise ClientGone(f"the answer was not taken within {self._timeout:g} s") from None
            raise
        finally:
            self._close()


async def unless(interruption: Coroutine[Any, Any, Exception], work: Coroutine[Any, Any, T]) -> T:
    """Run `work`; should `interruption` end first, cancel `work` and raise what it returned.

    `work` runs in the caller's task: another one for each request would cost more than all the rest here."""
    watcher = asyncio.ensure_future(interruption)
    limit = asyncio.timeout(None)
    try:
        async with limit:
            watcher.add_done_callback(partial(_interrupt, limit))
            return await work
    except TimeoutError:
        if limit.expired():
            raise watcher.result() from None
        raise
    finally:
        watcher.cancel()


def _interrupt(limit: asyncio.Timeout, watcher: asyncio.Future[Exception]) -> None:
    if not watcher.cancelled():
        with suppress(RuntimeError):  # the work ended in the same instant
            limit.reschedule(asyncio.get_running_loop().time())


async def while_client_waits(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Run `work`; when the client closes the connection, cancel it and raise ClientGone.

    The request's body must have been read to its end.
    """
    return await unless(_disconnected(request), work)


async def _disconnected(request: Request) -> Exception:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return ClientGone()


_SUFFIXES = {
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/jsonl": ".jsonl",
    "application/json": ".json",
    "application/vnd.ibm.modcap": ".ind",
    "application/vnd.afpc.modca": ".afp",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/tiff": ".tif",
    "text/csv": ".csv",
    "text/plain": ".txt",
}


def suffix_of(media_type: str) -> str:
    """The suffix of files of a media type."""
    return _SUFFIXES.get(media_type.split(";")[0].strip(), ".bin")


def content_disposition(file_name: str | None, suffix: str) -> dict[str, str]:
    """`Content-Disposition` (RFC 6266) for what came as `file_name` and leaves with another suffix."""
    stem = re.split(r"[/\\]", file_name or "")[-1].rsplit(".", 1)[0]
    stem = "".join(c for c in stem if c.isprintable())[:100].strip(" .") or "document"
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", stem)
    extended = quote(stem, safe="")
    return {
        "Content-Disposition": f"inline; filename=\"{plain}{suffix}\"; filename*=UTF-8''{extended}{suffix}"
    }
