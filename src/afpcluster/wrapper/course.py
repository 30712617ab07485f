"""The course of one conversion: which target is called next, when, and when it is given up. No I/O here.

Rules: what failed decides. A target that is unreachable, lost or in error is left for the next one, after
20 ms doubling up to 1 s with jitter. A busy one is not asked again before its Retry-After. Where the
document itself may be what kills the server (A2W-5000, A2W-5003), `max-suspect-attempts` are made; where it
takes too long (A2W-5004, no answer in time), one repeat at most, and none when it could not end in time.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from afpcluster.web.errors import ServiceError
from afpcluster.wrapper.settings import Target, WrapperSettings

FIRST_PAUSE = 0.02
LONGEST_PAUSE = 1.0
MAX_SLOW_ATTEMPTS = 2


class Reason(StrEnum):
    """Why an attempt failed; also its label in the metrics."""

    UNREACHABLE = "unreachable"  # no connection: nothing of the document was sent
    LOST = "lost"  # the connection broke, the answer is not whole, the target fell silent
    BUSY = "busy"  # 429 or 503: later, or elsewhere
    ERROR = "error"  # any other answer that may be repeated
    SUSPECT = "suspect"  # an error that the document may have caused
    SLOW = "slow"  # longer than a conversion may take, which the document may have caused


class AttemptFailed(Exception):
    """One attempt that may be repeated; the text says why. `retry_after` in seconds, as the target asked;
    `instance` is the one behind a proxy that answered, as the proxy calls it."""

    def __init__(
        self, why: str, reason: Reason, *, retry_after: float | None = None, instance: str | None = None
    ) -> None:
        super().__init__(why)
        self.reason = reason
        self.retry_after = retry_after
        self.instance = instance


@dataclass(slots=True)
class Course:
    """Times are those of the event loop's clock, in seconds. `attempts` counts those begun."""

    settings: WrapperSettings
    deadline: float
    attempts: int = 0
    _suspects: int = 0
    _slow: int = 0
    _pause_until: float = 0
    _not_before: dict[Target, float] = field(default_factory=dict)
    _last: tuple[Target, AttemptFailed] | None = None

    def ready_at(self, targets: Sequence[Target]) -> float:
        """When the next attempt may begin: after the pause, and when one of the targets is not busy."""
        return max(self._pause_until, min(self._not_before.get(target, 0) for target in targets))

    def next_target(self, targets: Sequence[Target], now: float, avoided: Callable[[Target], bool]) -> Target:
        """Begin an attempt: in turn, passing over who is busy or `avoided` while there is another."""
        turn = self.attempts % len(targets)
        self.attempts += 1
        in_turn = [*targets[turn:], *targets[:turn]]
        free = [target for target in in_turn if self._not_before.get(target, 0) <= now] or in_turn
        return next((target for target in free if not avoided(target)), free[0])

    @property
    def hints(self) -> dict[str, str]:
        """Headers for the proxies: the instance that answered with a failure is not the one to ask again.
        Without this, the one that fails quickest would be asked most."""
        instance = self._last[1].instance if self._last is not None else None
        return {"X-Avoid-Instance": instance} if instance else {}

    def failed(self, target: Target, failure: AttemptFailed, began: float, now: float) -> None:
        """Take note of an attempt at `target` from `began` to `now`. Raises ServiceError when it was the
        last one."""
        pause = min(FIRST_PAUSE * 2 ** min(self.attempts - 1, 10), LONGEST_PAUSE)
        self._pause_until = now + random.uniform(0.5, 1) * pause
        if failure.retry_after is not None:
            self._not_before[target] = now + random.uniform(1, 1.25) * failure.retry_after
        self._last = target, failure
        slow = failure.reason is Reason.SLOW
        self._slow += slow
        self._suspects += slow or failure.reason is Reason.SUSPECT
        if (
            self._suspects >= self.settings.max_suspect_attempts
            or self._slow >= MAX_SLOW_ATTEMPTS
            or (slow and now + (now - began) > self.deadline)
        ):
            raise self.given_up()

    def given_up(self) -> ServiceError:
        """The final answer after a failure: the document's fault as it seems, or no afp2web in time."""
        assert self._last is not None  # nobody gives up before the first attempt
        target, failure = self._last
        documents_fault = failure.reason in (Reason.SUSPECT, Reason.SLOW)
        return ServiceError(
            502 if documents_fault else 504,
            "afp2web-failed" if documents_fault else "afp2web-unavailable",
            f"afp2web did not convert the document in {self.attempts} attempts; the last, at {target.url}: "
            f"{failure}. Look at the heartbeat of afp2web and of the proxies, then send it again.",
            reason=failure.reason,
            retry_after=None if documents_fault else max(5, round(failure.retry_after or 0)),
        )
