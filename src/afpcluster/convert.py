"""The façade of the engine: `convert(source, sink, options) -> Result`.

Command line, services and jobs all call this and nothing else of the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import BinaryIO, cast

from afpcluster.conversion.parallel import Course, convert_here, convert_in_parallel
from afpcluster.conversion.print_files import PrintFile, Source, print_files
from afpcluster.findings import ConversionError, Finding, Findings
from afpcluster.options import Options, Result
from afpcluster.outputs.output import (
    FormatError,
    Holding,
    Merging,
    Sink,
    Stepping,
    Writer,
    makes_parts,
    output_of,
)
from afpcluster.outputs.parts import Folder

__all__ = ["Folder", "Options", "Result", "convert"]

Progress = Callable[[int, int], None]
"""Called now and then with the bytes of the sources that are done and all of them."""


def convert(
    source: Source | Sequence[Source],
    sink: BinaryIO | Folder,
    options: Options | None = None,
    *,
    progress: Progress | None = None,
) -> Result:
    """Convert the AFP print file `source` (seekable, or a path) into what `options.format` says, written to
    `sink`. What is several files (split, pages as pictures) goes into a folder, or into a sink as a ZIP file.

    Several sources become one output, in their order. Each is converted as if it were alone: its resources
    are its own, pages are selected by their numbers in it, and findings and errors say which `file` it is.

    Of a page only its place in the output is kept, so memory hardly grows with their number. The same
    input gives the same bytes, whatever the number of processes. Raises `ConversionError`; what was
    already written to `sink` is then worthless and the caller removes it.
    """
    options = options or Options()
    files = print_files(source)
    written = Findings()
    output = output_of(options, len(files))
    _check_sink(sink, options)
    writer = output.writer(cast(Sink, sink), written)
    reception = _Reception(files, writer, written, progress)
    try:
        make = convert_in_parallel if options.processes > 1 else convert_here
        with reception.naming_errors():
            make(files, options, output, reception)
        reception.end_files(options)
        size = writer.finish()
    except BaseException:
        if isinstance(writer, Holding):
            writer.abandon()
        raise
    media_type = getattr(writer, "media_type", output.media_type)  # several pictures are a ZIP file
    result = Result(reception.pages, size, media_type, findings=reception.findings())
    result.refuse(options.fail_on)
    return result


def _check_sink(sink: object, options: Options) -> None:
    """Raises FormatError where one file is made and the sink is a folder, TypeError where it is no sink."""
    if isinstance(sink, Folder):
        if not makes_parts(options):
            raise FormatError(
                "folder-for-one-file",
                f"A folder takes what is several files (split, png, jpeg); {options.format} is one: "
                "give a file.",
            )
    elif not hasattr(sink, "write"):
        raise TypeError(f"The sink is a binary file or a Folder, no {type(sink).__name__}: open it to write.")


class _Advance:
    """How far all print files together are; `again` says the last of it once more, for a writer that goes on
    when all sources are done."""

    def __init__(self, progress: Progress, files: Sequence[PrintFile]) -> None:
        self._progress = progress
        self._before = 0
        self._done = 0
        self._size = sum(file.size for file in files)

    def reached(self, done: int) -> None:
        self._done = self._before + done
        self.again()

    def end(self, size: int) -> None:
        self._before += size

    def again(self) -> None:
        self._progress(self._done, self._size)


class _Reception:
    """Takes what is made of the print files to the writer of the output."""

    def __init__(
        self, files: Sequence[PrintFile], writer: Writer, written: Findings, progress: Progress | None
    ) -> None:
        self._several = len(files) > 1
        self._files = files
        self._file = files[0]
        self._writer = writer
        self._written = written
        self._found: list[Finding] = []
        self._walked = 0
        self._progress = _Advance(progress, files) if progress is not None else None
        if self._progress is not None and isinstance(writer, Stepping):
            writer.step = self._progress.again
        self.take = writer.add
        self.pages = 0

    def begin(self, file: PrintFile) -> None:
        self._file = file
        if self._several:
            if isinstance(self._writer, Merging):
                self._writer.begin_file(file.name)
            self._written.file = file.name

    def reached(self, done: int) -> None:
        if self._progress is not None:
            self._progress.reached(done)

    def end(self, course: Course) -> None:
        self.pages += course.pages
        self._walked += course.walked
        if self._progress is not None:
            self._progress.end(self._file.size)
        name = self._file.name if self._several else None
        self._found += [replace(finding, file=name) for finding in course.findings]

    @contextmanager
    def naming_errors(self) -> Iterator[None]:
        """Errors meanwhile say which of several files they are of."""
        try:
            yield
        except ConversionError as error:
            if self._several:
                error.file = self._file.name
            raise

    def end_files(self, options: Options) -> None:
        """All files are done. Raises SelectionError where none has a page that is selected."""
        self._written.file = None
        if self._several and self.pages == 0:
            raise options.selection.nothing(self._walked)

    def findings(self) -> list[Finding]:
        """Those of all stages and processes: of each file the whole file's first, then page by page. Those of
        a page are all of one process, in the order in which it met them."""
        order: dict[str | None, int] = {file.name: number for number, file in enumerate(self._files)}
        found = [*self._found, *self._written]
        merged = Findings()
        merged.extend(sorted(found, key=lambda f: (order.get(f.file, len(order)), f.page or 0)))
        return list(merged)
