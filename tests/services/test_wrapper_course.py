"""Whom wrapper-service calls next, when it gives up, what repeats may cost. Pure: a clock of numbers."""

from __future__ import annotations

import pytest

from afpcluster.web.errors import ServiceError
from afpcluster.wrapper.budget import RetryBudget
from afpcluster.wrapper.circuit import TRIAL_SECONDS, Circuits
from afpcluster.wrapper.course import AttemptFailed, Course, Reason
from afpcluster.wrapper.settings import Target, WrapperSettings

A, B, C = (Target("http", name, 1) for name in "abc")
SETTINGS = WrapperSettings.model_validate(
    {"afp2web.host-protocol": "http", "afp2web.host": "a", "afp2web.port": "1"}
)


def nobody(_target: Target) -> bool:
    return False


def failure(reason: Reason, retry_after: float | None = None) -> AttemptFailed:
    return AttemptFailed("why", reason, retry_after=retry_after)


def run(failures: list[Reason], took: float) -> tuple[int, int]:
    """Attempts that fail with `failures` in turn, each after `took` seconds: the final status, how many."""
    course, now = Course(SETTINGS, deadline=100.0), 0.0
    try:
        while (now := max(now, course.ready_at([A]))) < 100:
            target = course.next_target([A], now, nobody)
            began, now = now, now + took
            course.failed(target, failure(failures[(course.attempts - 1) % len(failures)]), began, now)
        return course.given_up().status, course.attempts
    except ServiceError as error:
        return error.status, course.attempts


@pytest.mark.parametrize(
    ("failures", "took", "status", "attempts"),
    [
        ([Reason.SLOW], 10, 502, 2),
        ([Reason.SLOW], 60, 502, 1),  # a repeat would end after the deadline of 100 s
        ([Reason.LOST, Reason.SLOW], 10, 502, 4),
        ([Reason.SUSPECT], 1, 502, 3),
        ([Reason.SUSPECT, Reason.SLOW], 1, 502, 3),
        ([Reason.UNREACHABLE], 60, 504, 2),
        ([Reason.BUSY], 60, 504, 2),
    ],
)
def test_when_a_conversion_is_given_up(
    failures: list[Reason], took: float, status: int, attempts: int
) -> None:
    assert run(failures, took) == (status, attempts)


@pytest.mark.parametrize(
    ("asked", "earliest", "latest"), [(None, 0.01, 0.02), (0, 0, 0.02), (3, 3, 3.75), (30, 30, 37.5)]
)
def test_a_busy_target_is_not_asked_before_it_said(
    asked: float | None, earliest: float, latest: float
) -> None:
    course = Course(SETTINGS, deadline=100.0)
    course.failed(course.next_target([A], 0, nobody), failure(Reason.BUSY, asked), 0, 0)
    assert earliest <= course.ready_at([A]) <= latest


def test_targets_are_called_in_turn_except_busy_and_avoided_ones() -> None:
    course = Course(SETTINGS, deadline=100.0)
    targets = [A, B, C]
    assert course.next_target(targets, 0, nobody) == A
    course.failed(A, failure(Reason.BUSY, 5), 0, 0)
    assert course.ready_at(targets) < 0.1
    assert course.next_target(targets, 0.1, lambda target: target == B) == C
    course.failed(C, failure(Reason.LOST), 0.1, 0.2)
    assert course.next_target(targets, 0.3, nobody) == C  # in turn it would be A, then B
    assert course.next_target([A], 0.3, lambda _: True) == A  # nobody is refused for lack of another


def test_a_circuit_opens_and_is_tried_by_one_at_a_time() -> None:
    now = [0.0]
    circuits = Circuits(lambda: now[0])
    for _ in range(2):
        circuits.failed(A, Reason.UNREACHABLE, "refused")
    circuits.failed(A, Reason.BUSY, "503")  # it is there after all
    for _ in range(3):
        assert not circuits.avoided(A)
        circuits.failed(A, Reason.LOST, "broke off")
    assert circuits.avoided(A)
    assert (circuits.of(A).open, circuits.of(A).reason) == (True, "broke off")
    now[0] += TRIAL_SECONDS
    assert [circuits.avoided(A) for _ in range(3)] == [False, True, True]
    circuits.succeeded(A)
    assert not circuits.avoided(A)


def test_repeats_that_fail_after_the_document_was_carried_use_the_budget_up() -> None:
    now = [0.0]
    budget = RetryBudget(4, lambda: now[0])

    def attempt(*, repeat: bool, carried: int, fails: bool) -> None:
        try:
            with budget.attempt(repeat=repeat) as carriage:
                carriage.bytes = carried
                if fails:
                    raise failure(Reason.BUSY)
        except AttemptFailed:
            pass

    attempt(repeat=True, carried=0, fails=True)
    attempt(repeat=True, carried=100, fails=False)
    attempt(repeat=False, carried=100, fails=True)
    assert budget.permits == 4
    for _ in range(4):
        attempt(repeat=True, carried=100, fails=True)
    assert budget.permits == 0
    for _ in range(5):
        attempt(repeat=False, carried=100, fails=False)
    assert budget.permits == pytest.approx(1)
    now[0] = 2
    assert budget.permits == pytest.approx(3)
    now[0] = 100
    assert budget.permits == 4
