"""Print file -> its units, in order: pages, or in the layout by sheets, sheets.

Every process of a conversion walks the whole file (a scan of record headers, cheap), plans all sheets alike
and so counts the same; it paints only the units that are its own. What is not selected is walked over, too,
but never reaches a painter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from afpcluster.afp.framing import RecordFile
from afpcluster.display.place import GroupStart
from afpcluster.document.assembly import Assembler
from afpcluster.document.form_map import FormMaps
from afpcluster.document.resources import ResourceScope
from afpcluster.document.sheets import Sheet, SheetPlanner
from afpcluster.document.units import PageUnit
from afpcluster.findings import Findings, LimitError, Severity
from afpcluster.interpret.page_form import report_printer_controls
from afpcluster.options import Layout, Options
from afpcluster.outputs.split.rule import SplitRule

Unit = PageUnit | Sheet
"""What is painted as a whole; numbered from 1 in the whole file, selected or not."""


def pages_of(unit: Unit) -> list[PageUnit]:
    """The pages of the file that are in a unit, in order."""
    if isinstance(unit, PageUnit):
        return [unit]
    return [placed.unit for placed in unit.pages if not placed.blank]


class Walk:
    """Walks one print file, once. `outside` are resources that are not in it. What is wrong
    inside of resources goes to `used`.

    `findings` are those of the walk: the same in every process. `pages_seen` is the number of selected output
    pages so far, whoever makes them. `size` is that of the file in bytes, `fields` its
    structured fields for another reader. Where the file is one of several, `in_front` says how many output
    pages those in front of it have, and nothing of it need be selected.
    """

    def __init__(
        self,
        source: BinaryIO,
        options: Options,
        outside: ResourceScope,
        used: Findings,
        in_front: int | None = None,
    ) -> None:
        self._options = options
        self._in_front = in_front
        self._split = SplitRule.parse(options.split) if options.split is not None else None
        self.findings = Findings(strict=options.strict)
        self.pages_seen = 0
        file = RecordFile(source, self.findings)
        self.fields = file.source
        self.size = file.size
        self._assembler = Assembler(
            file,
            self.findings,
            outside,
            accept_truncated=options.accept_truncated,
            used=used,
        )

    def units(self) -> Iterator[Unit]:
        """Every selected unit. Raises ConversionError where the file is not AFP, cut off or too large, and
        where nothing is selected."""
        if self._options.layout is not Layout.SHEETS:
            yield from self.pages()
            return
        yield from self._sheets()
        self._refuse_nothing()

    def _refuse_nothing(self) -> None:
        if self.pages_seen == 0 and self._in_front is None:
            raise self._options.selection.nothing(self._assembler.pages_seen)

    def pages(self) -> Iterator[PageUnit]:
        """Every selected page, whatever the layout. Raises as `units` does."""
        selection = self._options.selection
        begun = _GroupsBegun()
        for unit in self._assembler.pages():
            if not selection.is_everything:
                if not (selection.takes_page(unit.number) and self._takes(unit)):
                    continue
                begun.begin(unit)
            self._count(1, unit.offset)
            yield unit
        self._refuse_nothing()

    @property
    def pages_walked(self) -> int:
        """The pages of the file so far, selected or not."""
        return self._assembler.pages_seen

    def pages_in(self, unit: Unit) -> int:
        """How many of the output pages that a unit makes are selected."""
        if isinstance(unit, PageUnit):
            return 1
        if self._options.selection.is_everything:
            return unit.side_count
        sides = range(unit.first_side, unit.first_side + unit.side_count)
        return sum(map(self._options.selection.takes_page, sides))

    def _takes(self, unit: PageUnit) -> bool:
        """Whether a page is in the chosen documents and groups."""
        selection = self._options.selection
        return selection.takes_document(unit.document) and selection.takes_groups(unit.place.groups)

    def _sheets(self) -> Iterator[Unit]:
        options = self._options
        form_maps = FormMaps(self.findings, options.form_map)
        planner = SheetPlanner(form_maps.find, self.findings, options.max_copies)
        selection = self._options.selection
        begun = _GroupsBegun()
        for sheet in planner.sheets(self._assembler.events()):
            count = self.pages_in(sheet)
            if not selection.is_everything:
                if not count or not any(self._takes(placed.unit) for placed in sheet.pages):
                    continue
                for placed in sheet.pages:
                    begun.begin(placed.unit)
            self._tell_shared([placed.unit for placed in sheet.pages])
            self._count(count, sheet.end)
            report_printer_controls(sheet.medium_map, self.findings)
            yield sheet

    def _tell_shared(self, units: Sequence[PageUnit]) -> None:
        """Say where the pages of a sheet, which cannot be cut, are not all chosen, or of several parts."""
        chosen = {self._takes(unit) for unit in units}
        parts = {self._split.key(unit.place, 0) for unit in units} if self._split is not None else ()
        if len(chosen) > 1 or len(parts) > 1:
            self.findings.at(units[0].offset, "BPG")(
                "sheet-shared",
                "A sheet is shown whole, and some of its pages were not chosen or belong to another part",
                severity=Severity.ERROR,
            )

    def _count(self, pages: int, offset: int) -> None:
        """Take more output pages into account. Raises LimitError where they are too many."""
        limit = self._options.max_pages
        self.pages_seen += pages
        if limit is not None and self.pages_seen + (self._in_front or 0) > limit:
            raise LimitError(
                "too-many-pages",
                f"The document has more than {limit} pages. Split it, or have the limit raised.",
                offset=offset,
            )


class _GroupsBegun:
    """Lets groups begin with the first of their pages that is selected."""

    def __init__(self) -> None:
        self._open: Sequence[GroupStart] = ()

    def begin(self, unit: PageUnit) -> None:
        """Say which groups begin with the next selected page."""
        unit.groups = tuple([group for group in unit.place.groups if group not in self._open])
        self._open = unit.place.groups
