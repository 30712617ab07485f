"""Calls afp2web, and calls again when that fails: a conversion can be repeated safely.

Rules: connection errors, timeouts, answers that break off and 5xx are tried again, at the next target
in turn, after 20 ms doubling up to 1 s with jitter, until the deadline. A target that stops answering
probes has failed, too. The targets are read anew for
each attempt, so an operator's change helps requests that wait. Where the document itself may be what
kills the server (A2W-5000, A2W-5003, A2W-5004), only `max-suspect-attempts` are made. Any other refusal
is final. A result counts only when it is whole.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from prometheus_client import CollectorRegistry, Counter

from afpcluster.web.answers import unless
from afpcluster.web.errors import ServiceError
from afpcluster.web.intake import AFP_MEDIA_TYPES
from afpcluster.web.spool import Spool
from afpcluster.wrapper.settings import Target, WrapperSettings

FIRST_PAUSE = 0.02
LONGEST_PAUSE = 1.0
PASSED_HEADERS = ("X-AFP2web-Pages", "X-AFP2web-Findings", "X-AFP2web-Findings-By-Severity")
_SUSPECT_CODES = ("A2W-5000", "A2W-5003", "A2W-5004")
_FINAL_5XX = (501, 505)
_REPEATABLE_4XX = (408, 425, 429)  # about the connection or the moment, not about the document
_MISSED_PROBES = 3
_MAX_ERROR_BYTES = 64 * 1024
_logger = logging.getLogger("afpcluster.wrapper.gateway")


@dataclass(slots=True)
class Converted:
    """A whole result; the caller closes the spool."""

    body: Spool
    media_type: str
    headers: dict[str, str]
    attempts: int
    target: Target


class AttemptFailed(Exception):
    """One attempt that may be repeated; the text says why. `suspect`: the document may be the cause."""

    def __init__(self, why: str, *, suspect: bool = False) -> None:
        super().__init__(why)
        self.suspect = suspect


class Gateway:
    """`open`, then `convert` as often as wanted, then `close`."""

    def __init__(
        self,
        settings: WrapperSettings,
        targets: Callable[[], tuple[Target, ...]],
        registry: CollectorRegistry,
    ) -> None:
        self._settings = settings
        self._targets = targets
        self._session: aiohttp.ClientSession | None = None
        self._attempts = Counter(
            "afp2web_attempts", "Calls of afp2web by outcome", ["outcome"], registry=registry
        )

    def open(self) -> None:
        """Connections are not kept: each attempt may meet another instance behind the address."""
        connector = aiohttp.TCPConnector(
            force_close=True, limit=0, use_dns_cache=False, socket_factory=self._socket
        )
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=self._settings.connect_timeout)
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=timeout, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
        )

    async def close(self) -> None:
        """Drop what is still open."""
        if self._session is not None:
            await self._session.close()

    async def convert(self, document: Spool, parameters: Mapping[str, str], request_id: str) -> Converted:
        """The document's conversion. Raises ServiceError: afp2web's refusal, or 502/504 of our own."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._settings.deadline
        suspects = 0
        attempt = 0
        while True:
            targets = self._targets()
            target = targets[attempt % len(targets)]
            attempt += 1
            try:
                async with asyncio.timeout_at(min(deadline, clock() + self._settings.attempt_timeout)):
                    attempted = self._attempt(target, document, parameters, request_id)
                    converted = await unless(self._silence(target), attempted)
                    converted.attempts = attempt
                    return converted
            except TimeoutError:
                failure = AttemptFailed(f"no whole answer within {self._settings.attempt_timeout:g} s")
            except (aiohttp.ClientError, OSError) as error:
                failure = AttemptFailed(f"{type(error).__name__}: {_reason(error)}")
            except AttemptFailed as error:
                failure = error
            self._attempts.labels("failed").inc()
            suspects += failure.suspect
            pause = FIRST_PAUSE * 2 ** min(attempt - 1, 10)
            pause = random.uniform(0.5, 1) * min(pause, LONGEST_PAUSE)
            data = {"target": target.url, "attempt": attempt, "reason": str(failure)}
            _logger.warning("afp2web attempt failed", extra={"data": data})
            if suspects >= self._settings.max_suspect_attempts:
                raise _given_up(502, "afp2web-failed", attempt, target, failure)
            if clock() + pause >= deadline:
                raise _given_up(504, "afp2web-unavailable", attempt, target, failure)
            await asyncio.sleep(pause)

    async def _attempt(
        self, target: Target, document: Spool, parameters: Mapping[str, str], request_id: str
    ) -> Converted:
        assert self._session is not None  # opened with the service
        headers = {
            "Content-Type": AFP_MEDIA_TYPES[0],
            "Content-Length": str(document.size),
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "X-Request-ID": request_id,
        }
        async with self._session.post(
            f"{target.url}/services/transform",
            params=dict(parameters),
            data=document.pieces(),
            headers=headers,
            allow_redirects=False,
        ) as response:
            if response.status != 200:
                raise await self._refusal(response)
            body = await self._whole_body(response)
        self._attempts.labels("ok").inc()
        passed = {name: response.headers[name] for name in PASSED_HEADERS if name in response.headers}
        return Converted(body, response.content_type, passed, 0, target)

    async def _silence(self, target: Target) -> Exception:
        """Ends when the target has left several probes in a row unanswered: its kernel may hold the
        connection of a frozen process open for ever. Any answer at all is a sign of life."""
        assert self._session is not None  # opened with the service
        interval = self._settings.probe_interval
        missed = 0
        while missed < _MISSED_PROBES:
            await asyncio.sleep(interval)
            try:
                async with asyncio.timeout(interval), self._session.head(f"{target.url}/services/version"):
                    missed = 0
            except (aiohttp.ClientError, OSError):  # TimeoutError is an OSError
                missed += 1
        return AttemptFailed(f"the target left {missed} probes unanswered, {interval:g} s apart")

    async def _whole_body(self, response: aiohttp.ClientResponse) -> Spool:
        expected = response.content_length
        if expected is None:
            raise AttemptFailed("the answer has no Content-Length, so it cannot be seen to be whole")
        if expected > self._settings.max_answer_bytes:
            raise ServiceError(
                502,
                "answer-too-large",
                f"The result has {expected} bytes; the limit afp2web.max-answer-bytes is "
                f"{self._settings.max_answer_bytes}. Raise it, or split the print file.",
            )
        body = Spool(self._settings.temp_dir, self._settings.spool_memory_bytes)
        try:
            async for piece in response.content.iter_any():
                await body.write(piece)
            await body.finish()
            if body.size != expected:
                raise AttemptFailed(f"the answer broke off after {body.size} of {expected} bytes")
        except BaseException:
            body.close()
            raise
        return body

    async def _refusal(self, response: aiohttp.ClientResponse) -> Exception:
        """The failure that a status other than 200 stands for."""
        members = _error_members(await _at_most(response.content.iter_any(), _MAX_ERROR_BYTES))
        code = str(members.get("ErrorCode", ""))
        status = response.status
        final = (400 <= status < 500 and status not in _REPEATABLE_4XX) or status in _FINAL_5XX
        if not final:
            return AttemptFailed(f"answered {status} {code}".rstrip(), suspect=code in _SUSPECT_CODES)
        self._attempts.labels("refused").inc()
        offset = members.get("Offset")
        return ServiceError(
            status,
            code or "afp2web-refused",
            str(members.get("ErrorMessage") or f"afp2web refused the request with status {status}."),
            offset=offset if isinstance(offset, int) else None,
            reason=str(members["Reason"]) if "Reason" in members else None,
        )

    def _socket(self, address: Any) -> socket.socket:
        """A socket that notices a peer which vanished without a word, while we wait for its answer."""
        made = socket.socket(family=address[0], type=address[1], proto=address[2])
        made.setblocking(False)
        milliseconds = int(self._settings.dead_peer_timeout * 1000)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
        return made


def _given_up(status: int, code: str, attempts: int, target: Target, failure: AttemptFailed) -> ServiceError:
    return ServiceError(
        status,
        code,
        f"afp2web did not convert the document in {attempts} attempts; the last, at {target.url}: {failure}. "
        "Look at the heartbeat of afp2web and of the proxies, then send it again.",
        retry_after=None if failure.suspect else 5,
    )


def _reason(error: Exception) -> str:
    """The text without the request's address and parameters, which aiohttp likes to quote."""
    cause = getattr(error, "os_error", None) or error
    return getattr(cause, "strerror", None) or type(cause).__name__


async def _at_most(pieces: AsyncIterator[bytes], limit: int) -> bytes:
    data = b""
    async for piece in pieces:
        data += piece
        if len(data) >= limit:
            break
    return data[:limit]


def _error_members(data: bytes) -> dict[str, Any]:
    """The members of afp2web's error answer; empty for anything else (a proxy's page)."""
    try:
        members = json.loads(data)
    except ValueError:
        return {}
    return members if isinstance(members, dict) else {}
