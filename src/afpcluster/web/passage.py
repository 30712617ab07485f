"""Bytes on their way between a client and this service, in or out: how many, since when, how fast.

Rules: what is slow has room (a place, memory, disk) that others may need; then the slowest is broken off. The
first second tells nothing of the speed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

FREE_SECONDS = 1.0


class Passage:
    """One body's or answer's way. `clock` gives seconds; `client` is who shares in turns."""

    def __init__(self, clock: Callable[[], float], client: str = "") -> None:
        self.client = client
        self._clock = clock
        self.timeout: asyncio.Timeout | None = None  # of the wait for its client, which `give_up` ends
        self.began = clock()
        self.passed = 0  # bytes
        self.given_up = False

    @property
    def held(self) -> int:
        """Bytes that are kept for it."""
        return self.passed

    @property
    def seconds(self) -> float:
        """Since it began."""
        return self._clock() - self.began

    @property
    def slow(self) -> bool:
        """It had time to show its speed, and is not broken off yet."""
        return not self.given_up and self.seconds >= FREE_SECONDS

    @property
    def rate(self) -> float:
        """Bytes a second so far."""
        return self.passed / max(self.seconds, 0.001)

    def give_up(self) -> None:
        """It shall be broken off now."""
        self.given_up = True
        if self.timeout is not None:
            with suppress(RuntimeError):  # the wait is over
                self.timeout.reschedule(self._clock())


def slowest(passages: Iterable[Passage]) -> list[Passage]:
    """Those that are slow, the slowest first."""
    return sorted((passage for passage in passages if passage.slow), key=lambda passage: passage.rate)


def give_back(wanted: int, passages: Iterable[Passage]) -> None:
    """Break off the slowest, until those broken off held `wanted` bytes."""
    for passage in slowest(passages):
        if wanted <= 0:
            return
        passage.give_up()
        wanted -= passage.held
