"""The façade of the engine: `convert(source, sink, options) -> Result`.

Command line, services and jobs all call this and nothing else of the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import BinaryIO, cast

from afpcluster.conversion.parallel import packets_in_parallel
from afpcluster.conversion.work import Work
from afpcluster.findings import Finding, Findings
from afpcluster.options import Options, Result
from afpcluster.outputs.output import Holding, Output, Sink, Stepping, Writer, output_of
from afpcluster.outputs.parts import Folder

__all__ = ["Folder", "Options", "Result", "convert"]

Progress = Callable[[int, int], None]
"""Called now and then with the bytes of the source that are done and all of them."""


def convert(
    source: BinaryIO,
    sink: BinaryIO | Folder,
    options: Options | None = None,
    *,
    progress: Progress | None = None,
) -> Result:
    """Convert the AFP print file read from `source` (seekable) into what `options.format` says,
    written to `sink`. What is several files (split, pages as pictures) goes into a folder, or into a sink as
    a ZIP file.

    Of a page only its place in the output is kept, so memory hardly grows with their number. The same
    input gives the same bytes, whatever the number of processes. Raises `ConversionError`; what was
    already written to `sink` is then worthless and the caller removes it.
    """
    options = options or Options()
    written = Findings()
    output = output_of(options)
    writer = output.writer(cast(Sink, sink), written)
    if progress is not None and isinstance(writer, Stepping):
        progress = remembered = _Remembered(progress)
        writer.step = remembered.again
    try:
        if options.processes > 1:
            pages, found = packets_in_parallel(source, options, output, writer.add, progress)
        else:
            pages, found = _packets_here(source, options, output, writer, progress)
        size = writer.finish()
    except BaseException:
        if isinstance(writer, Holding):
            writer.abandon()
        raise
    media_type = getattr(writer, "media_type", output.media_type)  # several pictures are a ZIP file
    result = Result(pages, size, media_type, findings=_in_page_order([*found, *written]))
    result.refuse(options.fail_on)
    return result


class _Remembered:
    """Progress, and the last of it once more: a writer may go on when the whole source is done."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._last = (0, 0)

    def __call__(self, done: int, size: int) -> None:
        self._last = (done, size)
        self._progress(done, size)

    def again(self) -> None:
        self._progress(*self._last)


def _packets_here(
    source: BinaryIO, options: Options, output: Output, writer: Writer, progress: Progress | None
) -> tuple[int, list[Finding]]:
    with Work(source, options) as work:
        for unit, packet in work.packets(output.maker(), output.takes):
            writer.add(packet)
            if progress is not None:
                progress(unit.end, work.size)
        return work.pages_seen, work.findings()


def _in_page_order(found: Iterable[Finding]) -> list[Finding]:
    """Findings of all stages and processes merged, the whole file's first, then page by page. Those of a page
    are all of one process, in the order in which it met them."""
    merged = Findings()
    merged.extend(sorted(found, key=lambda finding: finding.page or 0))
    return list(merged)
