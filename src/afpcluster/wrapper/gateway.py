"""Calls afp2web, and calls again when that fails: a conversion can be repeated safely.

Rules: connection errors, timeouts, answers that break off and 5xx are tried again until the deadline; whom,
when and how often, `course` says. A target that stops answering probes has failed, too. The targets are
read anew for each attempt, so an operator's change helps requests that wait. Any other refusal is final. A
result counts only when it is whole.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import ssl
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from prometheus_client import CollectorRegistry, Counter, Gauge

from afpcluster.web.answers import unless
from afpcluster.web.errors import ServiceError
from afpcluster.web.intake import AFP_MEDIA_TYPES
from afpcluster.web.spool import Spool
from afpcluster.wrapper.budget import Carriage, RetryBudget
from afpcluster.wrapper.circuit import Circuits
from afpcluster.wrapper.connection import body_arguments, open_session
from afpcluster.wrapper.course import AttemptFailed, Course, Reason
from afpcluster.wrapper.settings import Target, WrapperSettings

PASSED_HEADERS = (
    "X-AFP2web-Pages",
    "X-AFP2web-Findings",
    "X-AFP2web-Findings-By-Severity",
    "X-AFP2web-Bytes-Lost",
)
_REASONS = {
    "A2W-5000": Reason.SUSPECT,
    "A2W-5003": Reason.SUSPECT,
    "A2W-5004": Reason.SLOW,
    "A2W-5007": Reason.SLOW,
}
_BUSY = (429, 503)
_FINAL_5XX = (501, 505)
_REPEATABLE_4XX = (  # not about the document, but about
    *(408, 425, 429),  # the connection or the moment
    *(401, 403, 407),  # who wrapper-service is: another target may know it, and this one after a new key
)
_MISSED_PROBES = 3
_PERMIT_POLL_SECONDS = 0.05
_MAX_ERROR_BYTES = 64 * 1024
_logger = logging.getLogger("afpcluster.wrapper.gateway")


@dataclass(slots=True)
class Converted:
    """A whole result; the caller closes the spool."""

    body: Spool
    media_type: str
    headers: dict[str, str]
    target: Target
    attempts: int = 0


class Gateway:
    """`open`, then `convert` as often as wanted, then `close`."""

    def __init__(
        self,
        settings: WrapperSettings,
        targets: Callable[[], tuple[Target, ...]],
        tls: Callable[[], ssl.SSLContext | bool],
        key: Callable[[], str | None],
        registry: CollectorRegistry,
    ) -> None:
        self._settings = settings
        self._targets = targets
        self._tls = tls
        self._key = key
        self._clock = time.monotonic
        self.circuits = Circuits(self._clock)
        self._budget = RetryBudget(settings.max_conversions, self._clock)
        self._kept: aiohttp.ClientSession | None = None
        self._fresh: aiohttp.ClientSession | None = None
        self._attempts = Counter(
            "afp2web_attempts",
            "Calls of afp2web by target and outcome: ok, refused, or why they failed",
            ["target", "outcome"],
            registry=registry,
        )
        self._carried = Counter(
            "afp2web_carried_bytes", "Bytes of documents sent to afp2web, repeats included", registry=registry
        )
        permits = Gauge("afp2web_repeats_left", "Repeats that may begin now", registry=registry)
        permits.set_function(lambda: self._budget.permits)

    def open(self) -> None:
        """In the event loop that serves."""
        self._kept = open_session(self._settings, kept=True)
        self._fresh = open_session(self._settings, kept=False)

    async def close(self) -> None:
        """Drop what is still open."""
        for session in filter(None, (self._kept, self._fresh)):
            await session.close()

    async def convert(
        self,
        document: Spool,
        parameters: Mapping[str, str],
        headers: Mapping[str, str],
        calling: Callable[[int, Target], None],
    ) -> Converted:
        """The document's conversion; `headers` go along with each call. `calling` is told of each before it
        is made: its number, and whom it is for.

        Raises ServiceError: afp2web's refusal, or 502/504 of our own."""
        course = Course(self._settings, self._clock() + self._settings.deadline)
        while True:
            await self._turn(course)
            target = course.next_target(self._targets(), self._clock(), self.circuits.avoided)
            began = self._clock()
            calling(course.attempts, target)
            try:
                with self._budget.attempt(repeat=course.attempts > 1) as carriage:
                    session = self._kept if course.attempts == 1 else self._fresh
                    assert session is not None  # opened with the service
                    along = {**headers, **course.hints}
                    call = self._attempt(session, target, document, parameters, along, carriage)
                    converted = await self._limited(target, course, call, carriage)
            except AttemptFailed as failure:
                self._note(course, target, failure)
                course.failed(target, failure, began, self._clock())
            else:
                converted.attempts = course.attempts
                return converted

    async def _turn(self, course: Course) -> None:
        """Until the next attempt may begin. Raises ServiceError when that is not before the deadline."""
        while True:
            wait = max(0.0, course.ready_at(self._targets()) - self._clock())
            if not wait and not (course.attempts and self._budget.permits < 1):
                return
            if self._clock() + wait >= course.deadline:
                raise course.given_up()
            await asyncio.sleep(wait or _PERMIT_POLL_SECONDS)

    async def _limited(
        self, target: Target, course: Course, call: Coroutine[Any, Any, Converted], carriage: Carriage
    ) -> Converted:
        """An attempt that ends in time, and when the target falls silent. Raises AttemptFailed."""
        limit = self._settings.attempt_timeout
        left = course.deadline - self._clock()
        time_for_it = asyncio.timeout(min(limit, left))
        try:
            async with time_for_it:
                converted = await unless(self._silence(target), call)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            carriage.bytes = 0
            raise AttemptFailed(f"{type(error).__name__}: {_reason(error)}", Reason.UNREACHABLE) from error
        except (aiohttp.ClientError, OSError) as error:  # TimeoutError is one, not always for our own limit
            if not time_for_it.expired():
                raise AttemptFailed(f"{type(error).__name__}: {_reason(error)}", Reason.LOST) from error
            if left < limit:
                raise AttemptFailed("no whole answer until the deadline", Reason.LOST) from error
            raise AttemptFailed(f"no whole answer within {limit:g} s", Reason.SLOW) from error
        except ServiceError:
            self._succeeded(target, "refused")
            raise
        finally:
            self._carried.inc(carriage.bytes)
        self._succeeded(target, "ok")
        return converted

    def _succeeded(self, target: Target, outcome: str) -> None:
        self.circuits.succeeded(target)
        self._attempts.labels(target.url, outcome).inc()

    def _note(self, course: Course, target: Target, failure: AttemptFailed) -> None:
        self.circuits.failed(target, failure.reason, str(failure))
        self._attempts.labels(target.url, failure.reason).inc()
        data = {"target": target.url, "attempt": course.attempts, "reason": str(failure)}
        _logger.warning("afp2web attempt failed", extra={"data": data})

    async def _attempt(
        self,
        session: aiohttp.ClientSession,
        target: Target,
        document: Spool,
        parameters: Mapping[str, str],
        headers: Mapping[str, str],
        carriage: Carriage,
    ) -> Converted:
        key = self._key()
        fixed = {
            **({"Authorization": f"Bearer {key}"} if key is not None else {}),
            "Content-Type": AFP_MEDIA_TYPES[0],
            "Content-Length": str(document.size),
            "Accept": "application/json",
            "Accept-Encoding": "identity",
        }
        async with session.post(
            f"{target.url}/services/transform",
            params=dict(parameters),
            headers={**fixed, **headers},
            allow_redirects=False,
            ssl=self._tls(),
            **await body_arguments(document, carriage),
        ) as response:
            if response.status != 200:
                raise await _refusal(response)
            if response.content_type == "text/html":
                raise AttemptFailed("answered 200 with a page: this is no afp2web", Reason.ERROR)
            body = await self._whole_body(response)
        passed = {name: response.headers[name] for name in PASSED_HEADERS if name in response.headers}
        return Converted(body, response.content_type, passed, target)

    async def _silence(self, target: Target) -> Exception:
        """Ends when the target has left several probes in a row unanswered: its kernel may hold the
        connection of a frozen process open for ever. Any answer at all is a sign of life."""
        interval = self._settings.probe_interval
        missed = 0
        while missed < _MISSED_PROBES:
            await asyncio.sleep(interval)
            missed = missed + 1 if await self.probe(target, interval) is None else 0
        text = f"the target left {missed} probes unanswered, {interval:g} s apart"
        return AttemptFailed(text, Reason.LOST)

    async def probe(self, target: Target, seconds: float) -> int | None:
        """The status of the target's heartbeat; None when it does not answer within `seconds`."""
        assert self._fresh is not None  # opened with the service
        url = f"{target.url}/services/version"
        try:
            async with (
                asyncio.timeout(seconds),
                self._fresh.head(url, ssl=self._tls(), allow_redirects=False) as response,
            ):
                return response.status
        except (aiohttp.ClientError, OSError):  # TimeoutError is an OSError
            return None

    async def _whole_body(self, response: aiohttp.ClientResponse) -> Spool:
        expected = response.content_length
        if expected is None:
            raise AttemptFailed(
                "the answer has no Content-Length, so it cannot be seen to be whole", Reason.LOST
            )
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
                raise AttemptFailed(
                    f"the answer broke off after {body.size} of {expected} bytes", Reason.LOST
                )
        except BaseException:
            body.close()
            raise
        return body


async def _refusal(response: aiohttp.ClientResponse) -> Exception:
    """The failure that a status other than 200 stands for."""
    members = _error_members(await _at_most(response.content.iter_any(), _MAX_ERROR_BYTES))
    code = str(members.get("ErrorCode", ""))
    status = response.status
    final = (400 <= status < 500 and status not in _REPEATABLE_4XX) or status in _FINAL_5XX
    if not final:
        reason = _REASONS.get(code, Reason.BUSY if status in _BUSY else Reason.ERROR)
        return AttemptFailed(
            f"answered {status} {code}".rstrip(),
            reason,
            retry_after=_seconds(response.headers.get("Retry-After", "")),
            instance=response.headers.get("X-Instance"),
        )
    offset = members.get("Offset")
    return ServiceError(
        status,
        code or "afp2web-refused",
        str(members.get("ErrorMessage") or f"afp2web refused the request with status {status}."),
        offset=offset if isinstance(offset, int) else None,
        reason=str(members["Reason"]) if "Reason" in members else None,
    )


def _seconds(retry_after: str) -> float | None:
    """Retry-After in its form of seconds (RFC 9110 section 10.2.3); our servers send no dates."""
    return float(retry_after) if re.fullmatch(r"[0-9]{1,6}", retry_after) else None


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
