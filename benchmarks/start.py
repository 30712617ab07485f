"""What `afpcluster convert` of one page costs as a program: CPU seconds of the process, warm byte code."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.claims import Claim
from benchmarks.workloads import statements, text_page

LIMIT = 0.2
_RUNS = 10


def start(folder: Path, *, quick: bool) -> Iterator[Claim]:
    """A page of text must not cost more than the limit; a statement, with fonts and a picture, is told."""
    page, statement = text_page(folder), statements(folder, 1)
    detail = f"the fastest of {_RUNS} runs"
    yield Claim("start", page.name, _cpu_seconds(page.path, quick=quick), "s of CPU", LIMIT, detail=detail)
    yield Claim("start", statement.name, _cpu_seconds(statement.path, quick=quick), "s of CPU", detail=detail)


def _cpu_seconds(source: Path, *, quick: bool) -> float:
    """Of the fastest run, since other work on the machine only adds. The first one writes byte code."""
    command = [sys.executable, "-m", "afpcluster", "convert", str(source), "-o", f"{source}.pdf", "-q"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    costs = []
    for _ in range(1 + (2 if quick else _RUNS)):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, env=environment, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        costs.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(costs)
