"""Answers from files, and work that ends when its client leaves.

Rules: an answer always has a Content-Length; when its client reads too slowly it is broken off, never
ended early as if it were whole. So is the slowest of too many, since each holds memory or disk.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from afpcluster.web.client import peer_address
from afpcluster.web.errors import ClientGone
from afpcluster.web.passage import Passage, slowest

T = TypeVar("T")


class Answer(Passage):
    """One of `size` bytes on its way out; all of them are kept until its end."""

    def __init__(self, clock: Callable[[], float], client: str, size: int) -> None:
        super().__init__(clock, client)
        self._size = size

    @property
    def held(self) -> int:
        return self._size


class Answers:
    """The answers that one instance sends; `limit` of them slowly."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._answers: dict[Answer, None] = {}

    def __iter__(self) -> Iterator[Answer]:
        return iter(self._answers)

    def begin(self, answer: Answer) -> None:
        """It is sent from now on, until `end`."""
        if len(self._answers) >= self._limit and len(slow := slowest(self._answers)) >= self._limit:
            slow[0].give_up()
        self._answers[answer] = None

    def end(self, answer: Answer) -> None:
        """It is sent no more."""
        del self._answers[answer]


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
        answers: Answers,
    ) -> None:
        super().__init__(None, 200, {**headers, "Content-Length": str(size)}, media_type)
        self._pieces = pieces
        self._size = size
        self._close = close
        self._timeout = timeout
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = Answer(asyncio.get_running_loop().time, peer_address(scope), self._size)
        answer.timeout = limit = asyncio.timeout(self._timeout)
        self._answers.begin(answer)
        try:
            async with limit:
                await self._send(send, answer)
        except TimeoutError:
            if answer.given_up:
                raise ClientGone(
                    "the answer was taken most slowly of too many, or of a full disk's"
                ) from None
            if limit.expired():
                raise ClientGone(f"the answer was not taken within {self._timeout:g} s") from None
            raise
        finally:
            self._answers.end(answer)
            self._close()

    async def _send(self, send: Send, answer: Answer) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        sent = 0
        async for piece in self._pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            answer.passed += sent  # what was sent before: the server takes a piece when that is gone
            sent = len(piece)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


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
