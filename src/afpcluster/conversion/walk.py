"""Print file -> its units, in order: pages, or in the layout by sheets, sheets.

Every process of a conversion walks the whole file (a scan of record headers, cheap), plans all sheets alike
and so counts the same; it paints only the units that are its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from afpcluster.afp.framing import RecordFile
from afpcluster.document.assembly import Assembler, PageUnit
from afpcluster.document.form_map import FormMaps
from afpcluster.document.resources import ResourceScope
from afpcluster.document.sheets import Sheet, SheetPlanner
from afpcluster.findings import Findings, LimitError
from afpcluster.interpret.page_form import report_printer_controls
from afpcluster.options import Layout, Options

Unit = PageUnit | Sheet
"""What is painted as a whole; numbered from 1."""


class Walk:
    """Walks one print file, once. `outside` are resources that are not in it. What is wrong
    inside of resources goes to `used`.

    `findings` are those of the walk: the same in every process. `pages_seen` is the number of output pages
    so far, whoever makes them. `size` is that of the file in bytes, `fields` its
    structured fields for another reader.
    """

    def __init__(self, source: BinaryIO, options: Options, outside: ResourceScope, used: Findings) -> None:
        self._options = options
        self.findings = Findings()
        self.pages_seen = 0
        file = RecordFile(source, self.findings)
        self.fields = file.source
        self.size = file.size
        self._assembler = Assembler(
            file,
            self.findings,
            outside,
            accept_truncated=options.accept_truncated,
            strict=options.strict,
            used=used,
        )

    def units(self) -> Iterator[Unit]:
        """Every unit. Raises ConversionError where the file is not AFP, cut off or too large."""
        return self._sheets() if self._options.layout is Layout.SHEETS else self._pages()

    def _pages(self) -> Iterator[Unit]:
        for unit in self._assembler.pages():
            self._count(1, unit.offset)
            yield unit

    def _sheets(self) -> Iterator[Unit]:
        options = self._options
        form_maps = FormMaps(self.findings, options.form_map, strict=options.strict)
        planner = SheetPlanner(form_maps.find, self.findings, options.max_copies)
        for sheet in planner.sheets(self._assembler.events()):
            self._count(sheet.side_count, sheet.end)
            report_printer_controls(sheet.medium_map, self.findings)
            yield sheet

    def _count(self, pages: int, offset: int) -> None:
        """Take more output pages into account. Raises LimitError where they are too many."""
        limit = self._options.max_pages
        self.pages_seen += pages
        if limit is not None and self.pages_seen > limit:
            raise LimitError(
                "too-many-pages",
                f"The document has more than {limit} pages. Split it, or have the limit raised.",
                offset=offset,
            )
