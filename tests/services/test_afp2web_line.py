"""Who is let in, who waits and who is next, without any process."""

from __future__ import annotations

import pytest

from afpcluster.afp2web.line import Line, LineFull, Ticket
from afpcluster.web.bodies import PACE, Body

SMALL, LARGE = 1000, 2000


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def come(line: Line, client: str, size: int = SMALL, clock: Clock | None = None) -> Ticket:
    ticket = line.admit(Body(clock or Clock(), client))
    ticket.body.passed = size
    return ticket


def wait(line: Line, client: str, size: int = SMALL) -> Ticket:
    ticket = come(line, client, size)
    assert line.arrive(ticket) is None
    return ticket


def served(line: Line) -> str:
    """The clients in the order in which they are served, one worker done at a time."""
    order = []
    while (ticket := line.next()) is not None:
        order.append(ticket.client)
        line.done(ticket, 0.1)
    return "".join(order)


@pytest.mark.parametrize(
    ("arrivals", "order"),
    [
        ("aaaa", "aaaa"),
        ("ab", "ab"),
        ("aaaaab", "abaaaa"),
        ("aaabbbc", "abcabab"),
        ("aAAa", "aAaA"),  # capitals: large documents, a flow of their own
        ("AAAAb", "AbAAA"),
    ],
)
def test_flows_take_turns(arrivals: str, order: str) -> None:
    line = Line(1, 32, SMALL)
    for letter in arrivals:
        wait(line, letter, LARGE if letter.isupper() else SMALL)
    first = served(line)
    assert first.lower() == order.lower()


@pytest.mark.parametrize(
    ("workers", "arrivals", "running"),
    [
        (2, "aaa", "aa"),
        (2, "AAA", "AA"),
        (2, "AAAa", "AAa"),  # the small one does not wait for the large ones
        (2, "AAaa", "AAa"),
        (2, "Aaa", "Aa"),  # one small one is on its way already
        (1, "Aa", "Aa"),
        (1, "aA", "a"),
        (3, "AAAAbb", "AAAb"),
    ],
)
def test_one_small_document_never_waits_for_large_ones(workers: int, arrivals: str, running: str) -> None:
    line = Line(workers, 32, SMALL)
    started = []
    for letter in arrivals:
        ticket = wait(line, letter, LARGE if letter.isupper() else SMALL)
        started += [(letter, ticket)] if line.next() is ticket else []
    assert "".join(letter for letter, _ in started) == running
    assert line.running == len(running)


def test_the_line_is_as_long_as_it_may_be() -> None:
    line = Line(2, 3, SMALL)
    for _ in range(5):
        wait(line, "a")
        line.next()
    with pytest.raises(LineFull, match="3 conversions wait already"):
        line.admit(Body(Clock(), "a"))


def test_a_client_with_fewer_documents_takes_the_place_of_another_with_many() -> None:
    line = Line(1, 3, SMALL)
    running, *waiting = [wait(line, "greedy") for _ in range(4)]
    assert line.next() is running
    late = line.admit(Body(Clock(), "modest"))
    assert line.arrive(late) is waiting[-1]
    with pytest.raises(LineFull):
        line.admit(Body(Clock(), "greedy"))
    assert line.waiting == 3


def test_documents_on_their_way_shut_out_no_other_client() -> None:
    """However many begin to send: what one client gets of the line is no more than the next one's share."""
    line = Line(1, 3, SMALL)
    coming = [come(line, "greedy") for _ in range(4)]
    with pytest.raises(LineFull):
        line.admit(Body(Clock(), "greedy"))
    modest = [wait(line, "modest") for _ in range(2)]
    with pytest.raises(LineFull):
        line.admit(Body(Clock(), "modest"))
    for kept in coming[:2]:
        assert line.arrive(kept) is None
    with pytest.raises(LineFull):
        line.arrive(coming[2])
    assert line.waiting == len(modest) + 2


@pytest.mark.parametrize(
    ("seconds", "received", "kept"),
    [(0.9, 0, True), (1.1, 0, False), (1.5, PACE, True), (10, PACE, False), (10, 10 * PACE, True)],
)
def test_a_slow_body_does_not_keep_its_place(seconds: float, received: int, kept: bool) -> None:
    line, clock = Line(1, 0, SMALL), Clock()
    come(line, "slow", received, clock)
    clock.now = seconds
    if kept:
        with pytest.raises(LineFull):
            line.admit(Body(Clock(), "other"))
    else:
        wait(line, "other")


def test_who_lost_his_place_is_refused_when_it_is_taken() -> None:
    line, clock = Line(1, 0, SMALL), Clock()
    slow = come(line, "slow", 0, clock)
    clock.now = 5
    wait(line, "other")
    with pytest.raises(LineFull):
        line.arrive(slow)
    line.leave(slow)
    assert line.next() is not None
    assert line.next() is None


@pytest.mark.parametrize(
    ("measured", "retry"), [([], 1), ([0.1] * 50, 1), ([10.0] * 100, 20), ([100.0] * 100, 60)]
)
def test_retry_after_comes_from_the_measured_speed(measured: list[float], retry: int) -> None:
    line = Line(2, 32, SMALL)
    for seconds in measured:
        ticket = wait(line, "a")
        assert line.next() is ticket
        line.done(ticket, seconds)
    for _ in range(4):
        wait(line, "a")
    assert line.retry_after == retry
