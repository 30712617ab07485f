"""The façade of the engine: `convert(source, sink, options) -> Result`.

Command line, services and jobs all call this and nothing else of the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from typing import BinaryIO

from afpcluster.findings import Finding, Findings
from afpcluster.options import Options, Result
from afpcluster.outputs.pdf import PacketMaker, PdfDocumentWriter, PdfOptions
from afpcluster.parallel import packets_in_parallel
from afpcluster.pipeline import Pipeline

__all__ = ["Options", "Result", "convert"]

Progress = Callable[[int, int], None]
"""Called now and then with the bytes of the source that are done and all of them."""


def convert(
    source: BinaryIO, sink: BinaryIO, options: Options | None = None, *, progress: Progress | None = None
) -> Result:
    """Convert the AFP print file read from `source` (seekable) into a PDF written to `sink`.

    Of a page only its place in the output is kept, so memory hardly grows with their number. The same
    input gives the same bytes, whatever the number of processes. Raises `ConversionError`; what was
    already written to `sink` is then worthless and the caller removes it.
    """
    options = options or Options()
    written = Findings()
    writer = PdfDocumentWriter(sink, PdfOptions(title=options.title), written)
    if options.processes > 1:
        pages, found = packets_in_parallel(source, options, writer.add, progress)
    else:
        pages, found = _packets_here(source, options, writer, progress)
    size = writer.finish()
    return Result(pages, size, findings=_in_page_order([*found, *written]))


def _packets_here(
    source: BinaryIO, options: Options, writer: PdfDocumentWriter, progress: Progress | None
) -> tuple[int, list[Finding]]:
    with closing(Pipeline(source, options, lambda number: True)) as pipeline:
        maker = PacketMaker()
        for unit, page in pipeline.pages():
            assert page is not None
            writer.add(pipeline.packet(page, maker))
            if progress is not None:
                progress(unit.end, pipeline.size)
        return pipeline.pages_seen, pipeline.findings(with_scan=True)


def _in_page_order(found: Iterable[Finding]) -> list[Finding]:
    """Findings of all stages and processes merged, the whole file's first, then page by page."""
    merged = Findings()
    merged.extend(sorted(found, key=lambda f: (f.page or 0, f.offset or 0, f.code, f.message)))
    return list(merged)
