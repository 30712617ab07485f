"""What a caller may choose, and what he gets. Both cross process borders."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from pathlib import Path
from typing import Any

from afpcluster.findings import Finding, FindingsError, Severity
from afpcluster.light import dataclass
from afpcluster.selection import EVERYTHING, Selection

LANGUAGE_TAG = "[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"
"""The pattern of a language tag: a language, then script, region and variants (RFC 5646)."""


LEAST_DPI, MOST_DPI = 10, 2400


class Format(StrEnum):
    """What is made of a print file (the table is `outputs.output.OUTPUTS`)."""

    PDF = "pdf"
    INDEX = "index"  # JSON Lines
    CSV = "csv"  # the index as a table
    IND = "ind"  # the index as AFP: a MO:DCA document index
    TEXT = "txt"
    WORDS = "words"  # with their boxes, as JSON
    PNG = "png"
    JPEG = "jpeg"
    TIFF = "tiff"
    AFP = "afp"  # the pages as they are, with what they need


class Colour(StrEnum):
    """The colours of pictures."""

    COLOUR = "colour"
    GREY = "grey"
    BILEVEL = "bilevel"  # black and white


class TextOrder(StrEnum):
    """How text is ordered: as it stands on the page, or as people read it."""

    LAYOUT = "layout"
    FLOW = "flow"


class PdfA(StrEnum):
    """Archive formats: a part of ISO 19005 and what it promises: b how pages look, u their text, too."""

    A1B = "1b"
    A2B = "2b"
    A2U = "2u"
    A3B = "3b"
    A3U = "3u"


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


class FailOn(StrEnum):
    """From which severity of findings on a document is refused."""

    SKIPPED = "skipped"
    ERROR = "error"


@dataclass(slots=True, frozen=True)
class Options:
    """`resource_paths` are folders and resource group files searched, in order, for what is not in the
    file. `strict` refuses (MissingResourceError) where a resource would be substituted. `fail_on` refuses
    (FindingsError) where a finding is that serious; None never does (docs/findings.md). `processes` > 1
    makes pages in that many worker processes, with the same bytes as a result. `accept_truncated` converts
    what is there of a file that is cut off. `raise_faults` lets faults of our own through, for tests.

    `stand_in_folders` hold free fonts with the metrics of the standard ones (Liberation, URW): what a
    standard font lacks is embedded from there (docs/fonts.md).

    `raster_a_space` places raster characters after their A-space, as FOCA says; False, at the current
    position, as some converters do (docs/fidelity.md).

    `form_map` names the form map to use, which is looked for as other resources are; None takes those in
    the file. `max_copies` limits the copies of a sheet in the layout by sheets.

    `title` is the document's; None takes the name that the file gives it, else `file_name`, which is that of
    the print file. Of a PDF, `password` is asked for when it is opened, `permissions` are what readers may do
    then ("print", "copy", … ; () nothing, None everything), `linearize` orders it for the web, and
    `attach_index` attaches the index of the print file. `pdf_a` makes it an archive format; what cannot
    conform is refused (docs/how-to/archive.md). `tagged` gives it the structure of its text, in `language`
    (as "de-CH"; docs/how-to/tagged.md).

    `text_order` is that of the output as text (None: as laid out); `dpi` (None: 150) and `colour` (None: in
    colour) are those of pictures. What has no effect on the `format` that is made is refused with it.

    `split` makes a file for each "document", "group", "tag:NAME" or "pages:N", named by the template
    `part_name` ("{document}-{tag:Account Number}-{number}"), in a folder or a ZIP file.

    `selection` chooses pages, page groups and documents. In the layout by sheets its page numbers are those
    of the output, and a sheet is taken with all its pages if one of them is in the chosen groups and
    documents.

    A text may stand for a member of an enumeration and for a path, as it does on the command line. Raises
    ValueError where it is none, and for dpi that are none."""

    strict: bool = False
    fail_on: FailOn | None = None
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
    file_name: str = ""
    password: str | None = None
    permissions: tuple[str, ...] | None = None
    linearize: bool = False
    attach_index: bool = False
    text_order: TextOrder | None = None
    dpi: int | None = None
    colour: Colour | None = None
    split: str | None = None
    part_name: str | None = None
    max_copies: int = 100
    selection: Selection = EVERYTHING
    pdf_a: PdfA | None = None
    tagged: bool = False
    language: str | None = None

    def __post_init__(self) -> None:
        given: dict[str, Any] = {
            name: kind(getattr(self, name))
            for name, kind in _ENUMERATIONS.items()
            if getattr(self, name) is not None
        }
        for name in ("resource_paths", "stand_in_folders"):
            paths = getattr(self, name)
            given[name] = tuple(map(Path, [paths] if isinstance(paths, str | Path) else paths))
        if isinstance(self.permissions, str):
            given["permissions"] = tuple(self.permissions.split(","))
        if self.dpi is not None and not LEAST_DPI <= self.dpi <= MOST_DPI:
            raise ValueError(f"dpi={self.dpi} is no number from {LEAST_DPI} to {MOST_DPI}")
        for name, value in given.items():
            object.__setattr__(self, name, value)


_ENUMERATIONS: dict[str, type[StrEnum]] = {
    "fail_on": FailOn,
    "format": Format,
    "layout": Layout,
    "text_order": TextOrder,
    "colour": Colour,
    "pdf_a": PdfA,
}


@dataclass(slots=True)
class Result:
    """What was made: number of pages, bytes written, and everything worth knowing about it."""

    pages: int = 0
    bytes_written: int = 0
    media_type: str = "application/pdf"
    findings: list[Finding] = field(default_factory=list)

    @property
    def bytes_lost(self) -> int:
        """How many bytes of the input could not be read."""
        return sum(finding.bytes_lost for finding in self.findings)

    def refuse(self, fail_on: FailOn | None) -> None:
        """Raise FindingsError where a finding is as serious as `fail_on` or more."""
        if fail_on is None:
            return
        least = Severity(fail_on.value).rank
        grave = [finding for finding in self.findings if finding.severity.rank >= least]
        if not grave:
            return
        first = max(grave, key=lambda finding: finding.severity.rank)
        where = f" (page {first.page})" if first.page is not None else ""
        lost = f" {self.bytes_lost:,} bytes of the input are lost." if self.bytes_lost else ""
        raise FindingsError(
            "findings-refused",
            f"The document has {sum(finding.count for finding in grave)} findings that are as serious as "
            f"'{fail_on}' or more, and fail-on={fail_on} refuses such. The gravest{where}: {first.message}."
            f"{lost} Without fail-on the document is converted, with these findings.",
            offset=first.offset,
        )
