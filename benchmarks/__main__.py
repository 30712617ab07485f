"""`python -m benchmarks`: measure, print a table, save it as JSON; exit code 1 if a claim fails."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from afpcluster.conversion.collector import collect_rarely
from benchmarks.claims import Claim, save, show
from benchmarks.memory import peak_memory
from benchmarks.outputs import costs
from benchmarks.services.overhead import overhead
from benchmarks.size import pdf_sizes
from benchmarks.speed import cpu_per_page, two_processes

AREAS: dict[str, Callable[[Path, bool], Iterable[Claim]]] = {
    "speed": lambda folder, quick: cpu_per_page(folder, quick=quick),
    "parallel": lambda folder, quick: two_processes(folder, quick=quick),
    "memory": lambda folder, quick: peak_memory(folder, quick=quick),
    "size": lambda folder, quick: pdf_sizes(quick=quick),
    "outputs": lambda folder, quick: costs(folder, quick=quick),
    "overhead": lambda folder, quick: overhead(quick=quick),
}


def main(arguments: list[str] | None = None) -> int:
    """Run the areas asked for (all by default)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("areas", nargs="*", choices=[[], *AREAS], help="what to measure (default: all)")
    parser.add_argument("--quick", action="store_true", help="small files, a few seconds: does it run at all")
    parser.add_argument("--json", type=Path, default=Path("out/bench.json"), help="where the figures go")
    given = parser.parse_args(arguments)
    claims: list[Claim] = []
    with tempfile.TemporaryDirectory(prefix="afpcluster-bench-") as folder:
        for area in given.areas or AREAS:
            print(f"measuring {area} ...", file=sys.stderr)
            claims += AREAS[area](Path(folder), given.quick)
    show(claims)
    save(claims, given.json)
    return 1 if any(claim.passed is False for claim in claims) else 0


if __name__ == "__main__":
    collect_rarely()
    sys.exit(main())
