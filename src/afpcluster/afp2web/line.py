"""The line for the workers: who is let in, who waits, who is next. No I/O and no clock of its own.

Rules: whoever comes is let in or refused before its document is read, since bytes that are thrown away cost
everybody. A place kept for a document on its way lapses as soon as it comes more slowly than `bodies.PACE`;
its owner then takes his chance when it is there. Flows (a client's small documents, a client's large ones)
take turns: the flow with the fewest conversions running is next, of those the one that had its turn longest
ago. When the line is full, a client with fewer documents in it takes the place of the last one of the client
with most: rather the place kept for one on its way than that of one which waits. Beside as many documents as
there are workers one small one may run where all others are large, so that long conversions never stop small
ones.
"""

from __future__ import annotations

import math
from collections import Counter

from afpcluster.web.bodies import PACE, Body
from afpcluster.web.shares import who_yields

_FIRST_MEAN = 0.5  # seconds a conversion, until some were measured
_WEIGHT = 0.1  # of the newest conversion in the mean time
_LONGEST_RETRY = 60

Flow = tuple[str, bool]
"""A client's small or large documents."""


class LineFull(Exception):
    """No place; the text says why."""


class Ticket:
    """One document's place in the line; `body` is how it comes."""

    def __init__(self, body: Body) -> None:
        self.client = body.client
        self.body = body
        self.small = False  # known when it is whole
        self.lapsed = False  # its place was given to another client

    @property
    def kept(self) -> bool:
        """While the document is on its way, its place is its own."""
        return not self.lapsed and self.body.keeps(PACE)

    @property
    def flow(self) -> Flow:
        return self.client, self.small


class Line:
    """`workers` documents run at a time; `limit` wait or are on their way with a place kept."""

    def __init__(self, workers: int, limit: int, small_bytes: int) -> None:
        self._workers = workers
        self._limit = limit
        self._small_bytes = small_bytes
        self._coming: dict[Ticket, None] = {}
        self._waiting: dict[Ticket, None] = {}  # in order of arrival
        self._running: Counter[Flow] = Counter()
        self._last_turn: dict[Flow, int] = {}
        self._turns = 0
        self._mean_seconds = _FIRST_MEAN

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def running(self) -> int:
        return self._running.total()

    @property
    def full(self) -> bool:
        """No place is free."""
        kept = sum(ticket.kept for ticket in self._coming)
        return self.running + self.waiting + kept >= self._workers + self._limit

    @property
    def retry_after(self) -> int:
        """Whole seconds after which the line should have moved, as fast as it went so far."""
        seconds = (self.running + self.waiting) * self._mean_seconds / self._workers
        return max(1, min(_LONGEST_RETRY, math.ceil(seconds)))

    def admit(self, body: Body) -> Ticket:
        """A place for a document that is about to be read. Raises LineFull."""
        ticket = Ticket(body)
        if self.full:
            yielding = self._who_yields_to(ticket)
            if yielding is None:
                raise self._refusal()
            yielding.lapsed = True  # if it waits already, it goes when the newcomer's document is there
        self._coming[ticket] = None
        return ticket

    def arrive(self, ticket: Ticket) -> Ticket | None:
        """The document is whole and waits. Gives the ticket that loses its place to it. Raises LineFull."""
        had_place = ticket.kept
        del self._coming[ticket]
        ticket.small = ticket.body.passed <= self._small_bytes
        yielding = self._who_yields_to(ticket) if self.full else None
        if yielding is not None:
            yielding.lapsed = True
        elif self.full and not had_place:
            raise self._refusal()
        self._waiting[ticket] = None
        if yielding not in self._waiting:
            return None
        del self._waiting[yielding]
        return yielding

    def next(self) -> Ticket | None:
        """Whose turn it is, if anybody may run now; it runs from here on."""
        runnable = [ticket for ticket in self._waiting if self._may_run(ticket)]
        if not runnable:
            return None
        ticket = min(runnable, key=lambda t: (self._running[t.flow], self._last_turn.get(t.flow, 0)))
        del self._waiting[ticket]
        self._running[ticket.flow] += 1
        self._turns += 1
        self._last_turn[ticket.flow] = self._turns
        return ticket

    def done(self, ticket: Ticket, seconds: float | None = None) -> None:
        """It runs no more, after so many seconds; None when it never began."""
        self._running[ticket.flow] -= 1
        if seconds is not None:
            self._mean_seconds += _WEIGHT * (seconds - self._mean_seconds)
        self._forget(ticket.flow)

    def leave(self, ticket: Ticket) -> None:
        """Whoever came or waited does so no more; harmless for others."""
        self._coming.pop(ticket, None)
        if ticket in self._waiting:
            del self._waiting[ticket]
            self._forget(ticket.flow)

    def _may_run(self, ticket: Ticket) -> bool:
        if self.running < self._workers:
            return True
        nothing_small = not any(count for (_, small), count in self._running.items() if small)
        return ticket.small and nothing_small and self.running == self._workers

    def _who_yields_to(self, newcomer: Ticket) -> Ticket | None:
        """The last one of the client with most in the line, where that is unfair to the newcomer."""
        kept = (ticket for ticket in self._coming if ticket.kept)
        return who_yields(newcomer.client, [*self._waiting, *kept])

    def _refusal(self) -> LineFull:
        return LineFull(f"{self.waiting} conversions wait already")

    def _forget(self, flow: Flow) -> None:
        """Keep no memory of a flow that is over."""
        if self._running[flow] <= 0 and not any(ticket.flow == flow for ticket in self._waiting):
            del self._running[flow]
            self._last_turn.pop(flow, None)
