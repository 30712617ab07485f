"""`python -m benchmarks.fuzz`: run mutated inputs; exit code 1 if any of them broke the property."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.fuzz.run import Plan, run


def main() -> int:
    """Parse the arguments, run, print the totals and the kinds of faults."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, help="stop after this many inputs")
    parser.add_argument(
        "--seconds", type=float, help="stop after this time (default: 60, if no count is given)"
    )
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes other inputs (default: 1)")
    parser.add_argument("--no-corpus", action="store_true", help="mutate files of our own making only")
    parser.add_argument("--prefixes", action="store_true", help="every prefix of the small files instead")
    parser.add_argument("--out", type=Path, default=Path("out/fuzz"), help="where faults are saved")
    given = parser.parse_args()
    seconds = given.seconds
    if seconds is None and given.count is None and not given.prefixes:
        seconds = 60.0
    plan = Plan(given.seed, given.count, seconds, given.jobs, not given.no_corpus, given.prefixes, given.out)
    totals = run(plan)
    print(totals)
    if totals.faults or totals.deaths:
        print(f"Saved in {plan.out}, each kind once, minimised, with its traceback:", file=sys.stderr)
        for signature in sorted(totals.signatures):
            print(f"  {signature}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
