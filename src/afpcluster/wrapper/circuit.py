"""Which targets are worth calling: one that was unreachable again and again is passed over for a while.

Rules: a circuit opens after three failures in a row that say nothing about the document; while it is open,
one call every two seconds tries whether the target is back. Nobody is refused for it: when every circuit is
open, calls go out as if none were. A success closes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from afpcluster.wrapper.course import Reason
from afpcluster.wrapper.settings import Target

FAILURES_THAT_OPEN = 3
TRIAL_SECONDS = 2.0
_ABOUT_THE_TARGET = (Reason.UNREACHABLE, Reason.LOST)


@dataclass(slots=True)
class Circuit:
    """What is known of one target. `reason` is the text of its last failure."""

    failures: int = 0
    next_trial: float = 0.0
    reason: str = ""

    @property
    def open(self) -> bool:
        return self.failures >= FAILURES_THAT_OPEN


class Circuits:
    """One circuit for each target that was called; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._circuits: dict[Target, Circuit] = {}

    def of(self, target: Target) -> Circuit:
        """The circuit of a target; closed when nothing is known yet."""
        return self._circuits.get(target, Circuit())

    def avoided(self, target: Target) -> bool:
        """Whether a call should go elsewhere if it can; each trial is given to one caller alone."""
        circuit = self.of(target)
        if not circuit.open:
            return False
        now = self._clock()
        if now < circuit.next_trial:
            return True
        circuit.next_trial = now + TRIAL_SECONDS
        return False

    def succeeded(self, target: Target) -> None:
        """The target answered."""
        self._circuits.pop(target, None)

    def failed(self, target: Target, reason: Reason, text: str) -> None:
        """A call of the target failed. An answer, whatever it says, shows that the target is there."""
        if reason not in _ABOUT_THE_TARGET:
            self.succeeded(target)
            return
        circuit = self._circuits.setdefault(target, Circuit())
        circuit.failures += 1
        circuit.reason = text
        circuit.next_trial = self._clock() + TRIAL_SECONDS
