"""Peak resident memory of conversions of growing files, each in a process of its own.

The peak is VmHWM of the child: that of its own address space, unlike ru_maxrss, which a child takes
over from the process that started it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.claims import Claim
from benchmarks.workloads import sample_of_pages

GROWTH_LIMIT = 60.0  # MB
SIZES = (100, 10_000, 100_000)
QUICK_SIZES = (30, 300)

_CHILD = """
import sys
from pathlib import Path
from afpcluster.convert import convert
with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as sink:
    result = convert(source, sink)
print(result.pages, Path("/proc/self/status").read_text())
"""


def peak_memory(folder: Path, *, quick: bool) -> Iterator[Claim]:
    """The peak at each size, and how much the last is above the first."""
    peaks = []
    for pages in QUICK_SIZES if quick else SIZES:
        work = sample_of_pages(folder, pages)
        converted, peak = measure(work.path, folder / "memory.pdf")
        if converted != work.pages:
            raise RuntimeError(f"{work.path.name} has {work.pages} pages, {converted} were converted")
        size = work.path.stat().st_size / 1e6
        work.path.unlink()
        peaks.append(peak)
        yield Claim("memory", f"{converted:,} pages", peak, "MB", detail=f"file of {size:,.0f} MB")
    yield Claim("memory", "last above first", peaks[-1] - peaks[0], "MB", GROWTH_LIMIT)


def measure(source: Path, sink: Path) -> tuple[int, float]:
    """Pages converted and peak resident memory in MB."""
    command = [sys.executable, "-c", _CHILD, str(source), str(sink)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    peak = re.search(r"VmHWM:\s+(\d+) kB", answer)
    if peak is None:
        raise RuntimeError("the child's /proc/self/status has no VmHWM")
    return int(answer.split()[0]), int(peak[1]) / 1024
