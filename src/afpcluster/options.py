"""What a caller may choose, and what he gets. Both cross process borders."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from afpcluster.findings import Finding


class Format(StrEnum):
    """What is made of a print file."""

    PDF = "pdf"


class Layout(StrEnum):
    """What an output page is: an AFP page, or one side of a sheet as a form map prints it."""

    PAGES = "pages"
    SHEETS = "sheets"


STAND_IN_FOLDERS = tuple(
    [
        Path(folder)
        for folder in (
            "/usr/share/fonts/truetype/liberation2",
            "/usr/share/fonts/truetype/liberation",
            "/usr/share/fonts/opentype/urw-base35",
        )
    ]
)
"""Where Debian's fonts-liberation2, fonts-liberation and fonts-urw-base35 are."""


@dataclass(slots=True, frozen=True)
class Options:
    """`resource_paths` are folders and resource group files searched, in order, for what is not in the
    file. `strict` refuses (MissingResourceError) where a resource would be substituted. `processes` > 1
    makes pages in that many worker processes, with the same bytes as a result. `accept_truncated` converts
    what is there of a file that is cut off. `raise_faults` lets faults of our own through, for tests.

    `stand_in_folders` hold free fonts with the metrics of the standard ones (Liberation, URW): what a
    standard font lacks is embedded from there (docs/fonts.md).

    `raster_a_space` places raster characters after their A-space, as FOCA says; False, at the current
    position, as some converters do (docs/fidelity.md).

    `form_map` names the form map to use, which is looked for as other resources are; None takes those in
    the file. `max_copies` limits the copies of a sheet in the layout by sheets."""

    strict: bool = False
    resource_paths: tuple[Path, ...] = ()
    processes: int = 1
    max_pages: int | None = None
    format: Format = Format.PDF
    title: str | None = None
    accept_truncated: bool = False
    raise_faults: bool = False
    stand_in_folders: tuple[Path, ...] = STAND_IN_FOLDERS
    raster_a_space: bool = True
    layout: Layout = Layout.PAGES
    form_map: str | None = None
    max_copies: int = 100


@dataclass(slots=True)
class Result:
    """What was made: number of pages, bytes written, and everything worth knowing about it."""

    pages: int = 0
    bytes_written: int = 0
    media_type: str = "application/pdf"
    findings: list[Finding] = field(default_factory=list)
