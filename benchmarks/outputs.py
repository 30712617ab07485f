"""What other outputs cost beside the PDF of the same statements: CPU time, both in one process, by turns."""

from __future__ import annotations

import gc
import io
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from afpcluster.convert import convert
from afpcluster.options import Format, Options
from benchmarks.claims import Claim
from benchmarks.workloads import statements

OUTPUTS: dict[str, tuple[Options, str]] = {
    "index": (Options(format=Format.INDEX), "aim: 0.1"),
    "index as CSV": (Options(format=Format.CSV), ""),
    "index as AFP": (Options(format=Format.IND), ""),
    "text": (Options(format=Format.TEXT), "aim: 0.7"),
    "words with boxes": (Options(format=Format.WORDS), ""),
    "index attached": (Options(attach_index=True), ""),
    "split by group": (Options(split="group"), "aim: 1.3"),
}
"""By name: what is made, and what it should cost beside a PDF."""


def costs(folder: Path, *, quick: bool) -> Iterator[Claim]:
    """The median of the ratios of several rounds for each output."""
    data = statements(folder, 10 if quick else 200).path.read_bytes()
    _cost(data, Options())
    for name, (options, aim) in OUTPUTS.items():
        ratios = [_cost(data, options) / _cost(data, Options()) for _ in range(1 if quick else 5)]
        yield Claim("outputs", f"{name} beside PDF", median(ratios), "×", detail=aim)


def _cost(data: bytes, options: Options) -> float:
    gc.collect()
    begin = time.process_time()
    convert(io.BytesIO(data), io.BytesIO(), options)
    return time.process_time() - begin
