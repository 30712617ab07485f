"""Who gives way when all is taken."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from afpcluster.web.answers import Answer, Answers
from afpcluster.web.bodies import Bodies, Body
from afpcluster.web.errors import ServiceError
from afpcluster.web.metrics import HttpMetrics
from afpcluster.web.passage import give_back
from afpcluster.web.settings import ServiceSettings
from afpcluster.web.shares import who_yields


@dataclass(frozen=True)
class Held:
    client: str
    number: int


@pytest.mark.parametrize(
    ("newcomer", "holders", "yielding"),
    [
        ("a", "", None),
        ("a", "b", None),
        ("a", "bb", 1),
        ("a", "abb", None),
        ("a", "abbb", 3),
        ("a", "bcbcb", 4),
        ("b", "bbb", None),
        ("a", "bbcccbc", 6),
    ],
)
def test_the_last_one_of_who_has_most(newcomer: str, holders: str, yielding: int | None) -> None:
    held = [Held(client, number) for number, client in enumerate(holders)]
    yields = who_yields(newcomer, held)
    assert (None if yields is None else yields.number) == yielding


def test_bodies_that_have_just_begun_shut_out_no_other_client() -> None:
    settings = ServiceSettings.model_validate({"service.max-bodies": 4})
    bodies = Bodies(settings, HttpMetrics("test", "test"))
    greedy = [Body(lambda: 0.0, "greedy") for _ in range(5)]
    contexts = [bodies.reading(body) for body in greedy]
    for context in contexts[:4]:
        context.__enter__()
    with pytest.raises(ServiceError), contexts[4]:
        pass
    with bodies.reading(Body(lambda: 0.0, "modest")):
        assert [body.given_up for body in greedy] == [False] * 3 + [True, False]


def test_the_slowest_of_too_many_answers_is_broken_off() -> None:
    now = 0.0
    answers = Answers(2)
    one, two, young, next_one = (Answer(lambda: now, "a", 10) for _ in range(4))
    for answer in (one, two, young):  # of which nobody is slow yet
        answers.begin(answer)
    answers.end(young)
    assert not any(answer.given_up for answer in answers)
    now, one.passed, two.passed = 5.0, 9, 5
    answers.begin(next_one)
    assert [answer.given_up for answer in (one, two, next_one)] == [False, True, False]


@pytest.mark.parametrize(
    ("wanted", "given_up"), [(0, ""), (1, "c"), (10, "c"), (11, "ca"), (30, "cab"), (99, "cab")]
)
def test_storage_is_given_back_by_the_slowest(wanted: int, given_up: str) -> None:
    now = 0.0
    answers = {name: Answer(lambda: now, name, 10) for name in "abc"}
    now = 2.0
    young = Answer(lambda: now, "young", 10)
    for name, passed in zip("abc", (5, 9, 1), strict=True):
        answers[name].passed = passed
    give_back(wanted, [*answers.values(), young])
    assert {name for name, answer in answers.items() if answer.given_up} == set(given_up)
    assert not young.given_up
