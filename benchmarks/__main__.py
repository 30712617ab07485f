"""`python -m benchmarks`: measure, print a table, save it as JSON; exit code 1 if a claim fails."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from afpcluster.conversion.collector import collect_rarely
from benchmarks.claims import Claim, save, show
from benchmarks.memory import ALL, peak_memory, peaks_of_outputs
from benchmarks.outputs import costs
from benchmarks.services.overhead import overhead
from benchmarks.size import pdf_sizes
from benchmarks.speed import cpu_per_page, two_processes
from benchmarks.start import start

AREAS: dict[str, Callable[[Path, argparse.Namespace], Iterable[Claim]]] = {
    "start": lambda folder, given: start(folder, quick=given.quick),
    "speed": lambda folder, given: cpu_per_page(folder, quick=given.quick),
    "parallel": lambda folder, given: two_processes(folder, quick=given.quick),
    "memory": lambda folder, given: peak_memory(folder, quick=given.quick),
    "size": lambda folder, given: pdf_sizes(quick=given.quick),
    "outputs": lambda folder, given: costs(folder, quick=given.quick, names=given.output),
    "outputs-memory": lambda folder, given: peaks_of_outputs(
        folder, pages=_QUICK_PAGES if given.quick else given.pages, names=given.output
    ),
    "overhead": lambda folder, given: overhead(quick=given.quick),
}
_QUICK_PAGES = 300


def main(arguments: list[str] | None = None) -> int:
    """Run the areas asked for (all by default)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("areas", nargs="*", choices=[[], *AREAS], help="what to measure (default: all)")
    parser.add_argument("--quick", action="store_true", help="small files, a few seconds: does it run at all")
    parser.add_argument("--json", type=Path, default=Path("out/bench.json"), help="where the figures go")
    parser.add_argument("--pages", type=int, default=100_000, help="of outputs-memory (default: 100,000)")
    parser.add_argument(
        "--output", action="append", choices=[*ALL], help="measure this output alone (may be repeated)"
    )
    given = parser.parse_args(arguments)
    claims: list[Claim] = []
    with tempfile.TemporaryDirectory(prefix="afpcluster-bench-") as folder:
        for area in given.areas or AREAS:
            print(f"measuring {area} ...", file=sys.stderr)
            claims += AREAS[area](Path(folder), given)
    show(claims)
    save(claims, given.json)
    return 1 if any(claim.passed is False for claim in claims) else 0


if __name__ == "__main__":
    collect_rarely()
    sys.exit(main())
