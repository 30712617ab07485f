"""The `convert` command: progress on a terminal, findings at the end, no output after a failure.

`-` is standard input or output. What cannot be read twice (a pipe) is copied first; what cannot take the
place of an older file (a pipe, a device) is written when the document is complete. Rich, which loads slowly,
is imported for what only people see.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from afpcluster.cli.new_files import is_stream, new_file, new_folder
from afpcluster.conversion.collector import collect_rarely
from afpcluster.convert import Folder, Options, Result, convert
from afpcluster.findings import ConversionError
from afpcluster.outputs.output import OUTPUTS, makes_parts

_CANNOT_READ = 1  # also: cannot write
_STANDARD = Path("-")
_SUFFIXES = {suffix for row in OUTPUTS.values() for suffix in row.suffixes}


def run(
    sources: Sequence[Path], target: Path, options: Options, *, to_folder: bool, as_json: bool, quiet: bool
) -> int:
    """Convert one file, or several to one output; the answer is the exit code. `target` appears only when it
    is complete; `to_folder` says that it is to be a folder, whatever its name."""
    collect_rarely()
    is_folder = to_folder or _is_folder(target, options)
    if problem := _impossible(sources, target, options, is_folder, as_json):
        _complain(problem)
        return _CANNOT_READ
    written: list[Path] = []
    try:
        with (
            _opened(sources) as opened,
            _sink(target, options, is_folder, written) as sink,
            _progress(quiet) as progress,
        ):
            result = convert(opened, sink, options, progress=progress)
    except ConversionError as error:
        return failed(sources[0], error, as_json)
    except OSError as error:
        _complain(_not_opened(sources, target, error))
        return _CANNOT_READ
    _done(written or [target], target, result, as_json, quiet)
    return 0


def _impossible(
    sources: Sequence[Path], target: Path, options: Options, is_folder: bool, as_json: bool
) -> str | None:
    if target == _STANDARD:
        return "--json and -o - both want standard output; use one of them" if as_json else None
    if sources.count(_STANDARD) > 1:
        return "standard input can be read once only"
    if target.is_file() and any(source.exists() and target.samefile(source) for source in sources):
        return f"{target} is the input itself; name another output"
    if is_folder and not makes_parts(options):
        return f"{target} would be a folder, and {options.format} is one file; name a file in it"
    if is_folder and target.suffix.lower() in _SUFFIXES:
        return f"{target} would be a folder of parts; leave out the suffix, or name a .zip file"
    if is_folder and target.exists() and not _is_empty_folder(target):
        return f"{target} is there already; name a new folder for the parts, or a .zip file"
    if target.is_dir() and not is_folder:
        return f"{target} is a folder; name a file in it"
    if not target.parent.is_dir():
        return f"{target.parent}, the folder of the output, is not there; make it first"
    return None


def _not_opened(sources: Sequence[Path], target: Path, error: OSError) -> str:
    """What the system said, of which file, and what next."""
    said = error.strerror or str(error)
    if error.filename is not None and Path(error.filename) in sources:
        if isinstance(error, IsADirectoryError):
            return f"{error.filename} is a folder; name the files in it"
        return f"{error.filename} cannot be read: {said}. Check its name and who may read it"
    what = sources[0] if len(sources) == 1 else f"The merge of {len(sources)} files"
    return f"{what} is not converted to {target}: {said}. Check that there is room and who may write there"


@contextmanager
def _opened(sources: Sequence[Path]) -> Iterator[Any]:
    """The one source; or several, of which files are opened when their turn comes."""
    with ExitStack() as stack:
        if len(sources) == 1:
            yield stack.enter_context(_one_opened(sources[0]))
            return
        yield [source if source.is_file() else stack.enter_context(_one_opened(source)) for source in sources]


@contextmanager
def _one_opened(source: Path) -> Iterator[Any]:
    """The source, or a copy of it where it can be read once only."""
    with nullcontext(sys.stdin.buffer) if source == _STANDARD else source.open("rb") as opened:
        if opened.seekable():
            yield opened
            return
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(opened, copy)
            yield copy


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _is_folder(target: Path, options: Options) -> bool:
    """Whether the output is a folder of parts without a word of it: a split, or what fills a folder."""
    if target == _STANDARD or target.suffix.lower() == ".zip":
        return False
    return options.split is not None or (makes_parts(options) and target.is_dir())


def _sink(
    target: Path, options: Options, is_folder: bool, written: list[Path]
) -> AbstractContextManager[Any]:
    """Where the output goes; `written` gets the files where their names are not the target's."""
    if is_folder:
        return new_folder(target)
    to_stream = target == _STANDARD or target.suffix.lower() == ".zip"
    if makes_parts(options) and not to_stream:
        return _numbered_files(target, OUTPUTS[options.format].suffixes, written)
    if target == _STANDARD:
        return _stream(nullcontext(sys.stdout.buffer))
    if is_stream(target):
        return _stream(target.open("wb"))
    return new_file(target)


@contextmanager
def _stream(opening: AbstractContextManager[Any]) -> Iterator[Any]:
    """A file that is copied to a stream when the block ends well."""
    with opening as stream, tempfile.TemporaryFile() as file:
        yield file
        file.seek(0)
        shutil.copyfileobj(file, stream)
        stream.flush()


@contextmanager
def _numbered_files(target: Path, suffixes: Sequence[str], written: list[Path]) -> Iterator[Folder]:
    """Files that are called NAME-0001.SUFFIX and so on when the block ends well; just as `target` if it is
    one. The suffix is the target's where it is one of the format's."""
    made = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        yield Folder(made)
        files = sorted(made.iterdir())
        for file in files:
            suffix = target.suffix if target.suffix.lower() in suffixes else file.suffix
            numbered = f"{target.stem}-{file.stem}{suffix}"
            written.append(target.with_name(target.name if len(files) == 1 else numbered))
            file.replace(written[-1])
    finally:
        shutil.rmtree(made)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on a terminal, nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("converting"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _complain(problem: str) -> None:
    word = "\033[1;31merror\033[0m" if sys.stderr.isatty() else "error"
    print(f"{word} {problem}", file=sys.stderr)


def failed(source: Path, error: ConversionError, as_json: bool) -> int:
    """Say why a file was not converted; the exit code."""
    where = f" at byte {error.offset}" if error.offset is not None else ""
    _complain(f"{error.file or source}{where}: {error.message} ({error.code})")
    if as_json:
        answer = {"status": "error", "code": error.code, "message": error.message, "offset": error.offset}
        print(json.dumps(answer | ({"file": error.file} if error.file is not None else {})))
    return error.exit_code


def _done(written: list[Path], target: Path, result: Result, as_json: bool, quiet: bool) -> None:
    """Tell what was `written`, for `target`."""
    if as_json:
        json.dump(
            {
                "status": "ok",
                "output": str(target),
                "files": [str(file) for file in written],
                "pages": result.pages,
                "bytes": result.bytes_written,
                "bytes_lost": result.bytes_lost,
                "findings": [finding.as_dict() for finding in result.findings],
            },
            sys.stdout,
        )
        print()
        return
    if quiet:
        return
    names = str(target) if len(written) == 1 else f"{written[0]} … {written[-1].name}"
    pages = "1 page" if result.pages == 1 else f"{result.pages} pages"
    print(f"{names}: {pages}, {result.bytes_written:,} bytes", file=sys.stderr)
    if result.findings:
        _show_findings(result)


def _show_findings(result: Result) -> None:
    from rich.console import Console
    from rich.table import Table

    lost = f", {result.bytes_lost:,} bytes of the input lost" if result.bytes_lost else ""
    number = len(result.findings)
    title = f"{number} finding{'' if number == 1 else 's'}{lost}"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    of_several = any(finding.file is not None for finding in result.findings)
    for heading in ("severity", *(["file"] if of_several else []), "page", "byte", "times"):
        table.add_column(heading, justify="left" if heading in ("severity", "file") else "right")
    table.add_column("what", overflow="fold")
    for f in result.findings:
        shown = [str(v) if v is not None else "" for v in (f.page, f.offset)]
        if of_several:
            shown.insert(0, f.file or "")
        table.add_row(str(f.severity), *shown, str(f.count), f"{f.message} ({f.code})")
    Console(stderr=True).print(table)
