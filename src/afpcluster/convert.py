"""The façade of the engine: `convert(source, sink, options) -> Result`.

Command line, services and jobs all call this and nothing else of the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from afpcluster.findings import Finding


@dataclass(slots=True, frozen=True)
class Options:
    """What the caller may choose. Picklable: it crosses process borders.

    `resource_paths` are folders searched for resources that are not in the file, in order.
    `strict` refuses (MissingResourceError) where a resource would be substituted.
    `processes` > 1 interprets pages in that many worker processes.
    """

    output_format: str = "PDF"
    strict: bool = False
    resource_paths: tuple[Path, ...] = ()
    processes: int = 1
    max_pages: int | None = None
    title: str | None = None


@dataclass(slots=True)
class Result:
    """What was made: number of pages, bytes written, and everything worth knowing about it."""

    pages: int = 0
    bytes_written: int = 0
    media_type: str = "application/pdf"
    findings: list[Finding] = field(default_factory=list)


def convert(
    source: BinaryIO,
    sink: BinaryIO,
    options: Options | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Convert the AFP print file read from `source` (seekable) into a PDF written to `sink`.

    `progress(done_bytes, total_bytes)` is called now and then. Raises `ConversionError`; what was
    already written to `sink` is then worthless and the caller removes it.
    """
    raise RuntimeError("the engine is being assembled")
