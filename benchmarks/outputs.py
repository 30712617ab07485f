"""What other outputs cost beside the PDF of the same statements: CPU time, both in one process, by turns.

Either runs as often as the other; the fastest run of each counts, since other work on the machine only adds.
"""

from __future__ import annotations

import gc
import io
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from afpcluster.convert import convert
from afpcluster.options import Colour, Format, Options, PdfA
from afpcluster.selection import Selection
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
    "split by 10 pages": (Options(split="pages:10"), ""),
    "split by 50 pages": (Options(split="pages:50"), ""),
    "tagged PDF": (Options(tagged=True), "aim: 1.4"),
    "PDF/A-1b": (Options(pdf_a=PdfA.A1B), "aim: 1.2"),
    "PDF/A-3u": (Options(pdf_a=PdfA.A3U), "aim: 1.2"),
    "AFP of half the groups": (
        Options(format=Format.AFP, selection=Selection.parse(groups="S*[02468]")),
        "aim: 0.3",
    ),
    "AFP": (Options(format=Format.AFP), "aim: 0.3"),
}
"""By name: what is made, and what it should cost beside a PDF."""

PICTURES: dict[str, Options] = {
    "PNG": Options(format=Format.PNG, dpi=30),
    "JPEG": Options(format=Format.JPEG, dpi=30),
    "TIFF": Options(format=Format.TIFF, dpi=30),
    "TIFF in black and white": Options(format=Format.TIFF, dpi=60, colour=Colour.BILEVEL),
}
"""By name: pictures, whose memory alone is measured, and that with fewer pages: they take long."""


def costs(folder: Path, *, quick: bool, names: Sequence[str] | None = None) -> Iterator[Claim]:
    """The fastest of several runs of each output (by default all) over the fastest of as many of the PDF."""
    data = statements(folder, 10 if quick else 200).path.read_bytes()
    _cost(data, Options())
    for name in [name for name in OUTPUTS if names is None or name in names]:
        options, aim = OUTPUTS[name]
        rounds = [(_cost(data, options), _cost(data, Options())) for _ in range(1 if quick else 7)]
        own, plain = [min(times) for times in zip(*rounds, strict=True)]
        yield Claim("outputs", f"{name} beside PDF", own / plain, "×", detail=aim)


def _cost(data: bytes, options: Options) -> float:
    gc.collect()
    begin = time.process_time()
    convert(io.BytesIO(data), io.BytesIO(), options)
    return time.process_time() - begin
