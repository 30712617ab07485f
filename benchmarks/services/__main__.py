"""`python -m benchmarks.services`: bad input over HTTP, memory, heartbeats, overload."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from afpcluster.web.intake import FORM
from benchmarks.claims import Claim, save, show
from benchmarks.fuzz.seeds import own_seeds
from benchmarks.services import bad_input, chain
from benchmarks.services.heartbeat import FORM_STATEMENTS, form, heartbeat, sample
from benchmarks.services.instance import running
from benchmarks.services.overload import overload

_FIRST = 200  # conversions after which memory has found its level
_CLIENTS = 6  # more than there are workers, spare ones included: all of them soon have had work
_LARGE_EVERY = 100  # conversions there is a form of 10 MB
_MEBIBYTE = 1024 * 1024


def bad(*, quick: bool) -> Iterator[Claim]:
    files, requests = (400, 100) if quick else (20_000, 2_000)
    with running("afp2web.worker-jobs = 1000000\n") as instance:
        statuses = bad_input.run(instance, files, requests, list(own_seeds().values()))
    told = ", ".join(f"{status or 'closed'}: {count}" for status, count in sorted(statuses.items()))
    worst = max(status for status in statuses if status != 501)
    yield Claim("services", f"{files:,} files, {requests:,} requests", worst, "status", 499, detail=told)


def memory(*, quick: bool) -> Iterator[Claim]:
    """Resident memory after many mixed conversions against that after the first ones. Now and then a 10 MB
    form."""
    first, count = (20, 100) if quick else (_FIRST, 2_000)
    bodies = [(document, "") for document in (*own_seeds().values(), sample(1), sample(5))]
    large = form("file", sample(FORM_STATEMENTS)), FORM
    with chain.running("\nafp2web.worker-jobs = 1000000\n") as services:

        def one(number: int) -> int:
            body, media_type = bodies[number % len(bodies)] if number % _LARGE_EVERY else large
            with closing(services.connection(300)) as connection:
                connection.request("POST", "/wrapperservice/convert", body, {"Content-Type": media_type})
                answer = connection.getresponse()
                answer.read()
                return answer.status

        with ThreadPoolExecutor(_CLIENTS) as threads:
            statuses = set(threads.map(one, range(first)))
            before = services.resident()
            statuses |= set(threads.map(one, range(first, count)))
            after = services.resident()
    assert statuses == {200}, statuses
    for what, early in before.items():
        detail = (
            f"{early / _MEBIBYTE:.0f} MiB after {first}, {after[what] / _MEBIBYTE:.0f} MiB after {count:,}"
        )
        yield Claim("services", f"memory: {what}", after[what] / early, "times", 1.1, detail=detail)


AREAS = {"bad-input": bad, "memory": memory, "heartbeat": heartbeat, "overload": overload}


def main(arguments: list[str] | None = None) -> int:
    """Run the areas asked for (all by default)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.services", description=__doc__)
    parser.add_argument("areas", nargs="*", choices=[[], *AREAS], help="what to measure (default: all)")
    parser.add_argument("--quick", action="store_true", help="a few seconds each: does it run at all")
    parser.add_argument("--json", type=Path, default=Path("out/bench-services.json"))
    given = parser.parse_args(arguments)
    claims: list[Claim] = []
    for area in given.areas or AREAS:
        print(f"measuring {area} ...", file=sys.stderr)
        claims += AREAS[area](quick=given.quick)
    show(claims)
    save(claims, given.json)
    return 1 if any(claim.passed is False for claim in claims) else 0


if __name__ == "__main__":
    sys.exit(main())
