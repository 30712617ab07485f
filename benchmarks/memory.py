"""Peak resident memory of conversions of growing files, each in a process of its own.

The peak is VmHWM of the child: that of its own address space, unlike ru_maxrss, which a child takes
over from the process that started it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.claims import Claim
from benchmarks.outputs import OUTPUTS, PICTURES
from benchmarks.workloads import ROOT, sample_of_pages

GROWTH_LIMIT = 60.0  # MB
SIZES = (100, 10_000, 100_000)
QUICK_SIZES = (30, 300)
ALL = {name: options for name, (options, _) in OUTPUTS.items()} | PICTURES
_FEW_PAGES = 100
_PAGES_OF_A_PICTURE = 10  # in the time of one picture so many pages of other outputs are made

_CHILD = """
import sys
from pathlib import Path
from afpcluster.convert import convert
from afpcluster.options import Options
from benchmarks.memory import ALL
options = ALL[sys.argv[3]] if sys.argv[3] else Options()
with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as sink:
    result = convert(source, sink, options)
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


def peaks_of_outputs(folder: Path, *, pages: int, names: Sequence[str] | None = None) -> Iterator[Claim]:
    """How much the peak of each output (by default all) for so many pages, of pictures a tenth, is above that
    for a hundred."""
    few, many = sample_of_pages(folder, _FEW_PAGES), sample_of_pages(folder, pages)
    fewer = sample_of_pages(folder, max(_FEW_PAGES, pages // _PAGES_OF_A_PICTURE))
    for name in [name for name in ALL if names is None or name in names]:
        large = fewer if name in PICTURES else many
        _, low = measure(few.path, folder / "memory.out", name)
        converted, high = measure(large.path, folder / "memory.out", name)
        detail = f"{low:.0f} MB for {few.pages} pages, {high:.0f} MB for {converted:,}"
        yield Claim("outputs-memory", name, high - low, "MB", GROWTH_LIMIT, detail=detail)


def measure(source: Path, sink: Path, output: str = "") -> tuple[int, float]:
    """Pages converted to `output` (of the table; a PDF without one) and peak resident memory in MB."""
    command = [sys.executable, "-c", _CHILD, str(source), str(sink), output]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    peak = re.search(r"VmHWM:\s+(\d+) kB", answer)
    if peak is None:
        raise RuntimeError("the child's /proc/self/status has no VmHWM")
    return int(answer.split()[0]), int(peak[1]) / 1024
