"""A sample of the bad input that `python -m benchmarks.services bad-input` sends in full."""

from __future__ import annotations

from random import Random

from benchmarks.fuzz.seeds import own_seeds
from benchmarks.services import bad_input
from benchmarks.services.instance import running

FILES, REQUESTS = 300, 150


def test_bad_input_is_answered_below_500_and_kills_nothing() -> None:
    with running("afp2web.worker-jobs = 1000000\n") as instance:
        statuses = bad_input.run(instance, FILES, REQUESTS, list(own_seeds().values()))
    assert statuses.total() == FILES + REQUESTS
    assert {200, 400, 422} <= set(statuses)


def test_the_requests_are_valid_before_they_are_broken() -> None:
    document = own_seeds()["raster_font"]
    with running() as instance:
        statuses = [bad_input.send(instance.port, request) for request in bad_input.requests(document)]
    assert statuses == [200, 200, 200, 422, 200, 200, 200]


def test_broken_requests_repeat() -> None:
    seeds = bad_input.requests(own_seeds()["plain_text"])
    made = [bad_input.broken(Random(number), seeds) for number in range(50)]
    assert made == [bad_input.broken(Random(number), seeds) for number in range(50)]
    assert len(set(made)) > 45
