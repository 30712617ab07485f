"""`python -m benchmarks.services`: bad input over HTTP, memory over many conversions, heartbeats."""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from afpcluster.sample import write_sample
from benchmarks.claims import Claim, save, show
from benchmarks.fuzz.seeds import own_seeds
from benchmarks.services import bad_input
from benchmarks.services.instance import Instance, running

_FIRST = 200  # conversions after which memory has found its level
_MEBIBYTE = 1024 * 1024


def bad(quick: bool) -> Iterator[Claim]:
    files, requests = (400, 100) if quick else (20_000, 2_000)
    with running("afp2web.worker-jobs = 1000000\n") as instance:
        statuses = bad_input.run(instance, files, requests, list(own_seeds().values()))
    told = ", ".join(f"{status or 'closed'}: {count}" for status, count in sorted(statuses.items()))
    worst = max(status for status in statuses if status != 501)
    yield Claim("services", f"{files:,} files, {requests:,} requests", worst, "status", 499, detail=told)


def memory(quick: bool) -> Iterator[Claim]:
    """Resident memory after many mixed conversions against that after the first ones."""
    first, count = (20, 100) if quick else (_FIRST, 2_000)
    documents = [*own_seeds().values(), _sample(1), _sample(5)]
    with running("afp2web.worker-jobs = 1000000\n") as instance:
        _convert(instance, documents, first)
        before = instance.resident()
        _convert(instance, documents, count - first)
        after = instance.resident()
    for what, early, late in zip(("server", "workers"), before, after, strict=True):
        detail = f"{early / _MEBIBYTE:.0f} MiB after {first}, {late / _MEBIBYTE:.0f} MiB after {count:,}"
        yield Claim("services", f"memory of the {what}", late / early, "times", 1.1, detail=detail)


def heartbeat(quick: bool) -> Iterator[Claim]:
    """While all workers convert and as many documents wait."""
    document, seconds = _sample(40), 3 if quick else 30
    times: list[float] = []
    with running() as instance, ThreadPoolExecutor(4) as threads:
        end = time.monotonic() + seconds

        def load() -> int:
            done = 0
            while time.monotonic() < end:
                done += instance.call("POST", "/services/transform", document)[0] == 200
            return done

        converting = [threads.submit(load) for _ in range(4)]
        while time.monotonic() < end:
            began = time.perf_counter()
            status, _ = instance.call("GET", "/services/version")
            times.append(1000 * (time.perf_counter() - began))
            assert status == 200, f"heartbeat {status}"
            time.sleep(0.05)
        done = sum(future.result() for future in converting)
    times.sort()
    detail = f"{len(times)} heartbeats beside {done} conversions"
    yield Claim("services", "heartbeat, p99", times[int(len(times) * 0.99)], "ms", 100, detail=detail)
    yield Claim("services", "heartbeat, longest", times[-1], "ms", 250, detail=detail)


def _sample(statements: int) -> bytes:
    file = io.BytesIO()
    write_sample(file, statements=statements)
    return file.getvalue()


def _convert(instance: Instance, documents: list[bytes], count: int) -> None:
    def one(number: int) -> int:
        return instance.call("POST", "/services/transform", documents[number % len(documents)])[0]

    with ThreadPoolExecutor(3) as threads:
        statuses = set(threads.map(one, range(count)))
    assert statuses == {200}, statuses


AREAS = {"bad-input": bad, "memory": memory, "heartbeat": heartbeat}


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
        claims += AREAS[area](given.quick)
    show(claims)
    save(claims, given.json)
    return 1 if any(claim.passed is False for claim in claims) else 0


if __name__ == "__main__":
    sys.exit(main())
