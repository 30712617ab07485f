"""How many documents may be carried to afp2web in vain: repeats must not feed an overload.

Rules: a repeat takes one of `size` permits and gives it back unless it failed after its document had been
carried; then it is lost, and comes back by success (a fifth for each) and by time (one a second). So a
server's death costs no request, since there is a permit for every conversion under way; but where repeats
do not help, at most a fifth is carried on top. A repeat without a permit waits, it is not refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from afpcluster.wrapper.course import AttemptFailed

SHARE_OF_SUCCESSES = 0.2
PERMITS_A_SECOND = 1.0


class Carriage:
    """One attempt's load: `bytes` of the document that were handed to the connection."""

    def __init__(self) -> None:
        self.bytes = 0


class RetryBudget:
    """`size` permits, all there at the start; `clock` gives seconds."""

    def __init__(self, size: int, clock: Callable[[], float]) -> None:
        self._size = float(size)
        self._clock = clock
        self._permits = self._size
        self._looked = clock()

    @property
    def permits(self) -> float:
        """How many repeats may begin now."""
        now = self._clock()
        self._put(PERMITS_A_SECOND * (now - self._looked))
        self._looked = now
        return self._permits

    @contextmanager
    def attempt(self, *, repeat: bool) -> Iterator[Carriage]:
        """Around one attempt. It succeeded if the block ends without `AttemptFailed`."""
        self._permits -= repeat
        carriage = Carriage()
        try:
            yield carriage
        except AttemptFailed:
            self._put(0 if carriage.bytes else repeat)
            raise
        except BaseException:
            self._put(repeat)
            raise
        self._put(repeat + SHARE_OF_SUCCESSES)

    def _put(self, permits: float) -> None:
        self._permits = min(self._size, self._permits + permits)
