"""Who gives way when all is taken."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from afpcluster.web.bodies import Bodies, Body
from afpcluster.web.errors import ServiceError
from afpcluster.web.metrics import HttpMetrics
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
