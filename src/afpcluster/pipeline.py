"""From an open print file to page packets, in one process.

Every process of a conversion walks the whole file (a scan of record headers, cheap) and interprets only
the units that are its own: pages, or in the layout by sheets, sheets. A fault of our own on one page is
caught here, once: the page is marked and the others stay intact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from afpcluster.afp.framing import RecordFile
from afpcluster.display.colour import rgb
from afpcluster.display.items import GlyphRun, GroupStart, Page, Rectangle
from afpcluster.document.assembly import Assembler, PageUnit
from afpcluster.document.folders import FolderScope
from afpcluster.document.form_map import FormMaps
from afpcluster.document.page_names import PageNames
from afpcluster.document.sheets import Sheet, SheetPlanner
from afpcluster.findings import ConversionError, Finding, Findings, LimitError, Severity
from afpcluster.fonts.library import FontLibrary
from afpcluster.interpret.includes import ResourceLookup
from afpcluster.interpret.page import PageInterpreter
from afpcluster.interpret.page_form import PageForm, report_printer_controls
from afpcluster.interpret.sheets import SheetComposer
from afpcluster.options import Layout, Options
from afpcluster.outputs.pdf import PacketMaker, PagePacket

_MARK_SIZE = (612.0, 792.0)


class Pipeline:
    """Walks one print file and makes display-list pages of it.

    `mine(number)` says which units this process makes; units (pages or sheets) count from 1. `pages_seen`
    is the number of all output pages so far, whoever makes them. `close` it when done.
    """

    def __init__(self, source: BinaryIO, options: Options, mine: Callable[[int], bool]) -> None:
        self._options = options
        self._mine = mine
        self.scan_findings = Findings()
        self.page_findings = Findings()
        self._outside = FolderScope(options.resource_paths, self.page_findings)
        self._scanned = RecordFile(source, self.scan_findings)
        self.size = self._scanned.size
        self._assembler = Assembler(
            self._scanned, self.scan_findings, self._outside, accept_truncated=options.accept_truncated
        )
        reader = RecordFile(source, self.page_findings)
        lookup = ResourceLookup(options.strict)
        self._library = FontLibrary(
            self.page_findings,
            strict=options.strict,
            resource_paths=options.resource_paths,
            raster_a_space=options.raster_a_space,
        )
        self._interpreter = PageInterpreter(
            reader,
            self.page_findings,
            self._library,
            lookup,
            self._form_map_finder(self.page_findings),
            PageNames(RecordFile(source, Findings())) if options.layout is Layout.PAGES else None,
        )
        self.pages_seen = 0

    def close(self) -> None:
        """Close the resource files that were opened; the source stays open."""
        self._outside.close()

    def _form_map_finder(self, findings: Findings) -> FormMaps:
        return FormMaps(findings, self._options.form_map, strict=self._options.strict)

    def pages(self) -> Iterator[tuple[PageUnit | Sheet, Page | None]]:
        """Every output page in order with the unit that it is of; None, once, for a unit of others."""
        if self._options.layout is Layout.SHEETS:
            return self._sheets()
        return self._pages()

    def _pages(self) -> Iterator[tuple[PageUnit, Page | None]]:
        for unit in self._assembler.pages():
            self._count(1, unit.start)
            yield unit, self._guarded(unit, self._interpreter.page) if self._mine(unit.number) else None

    def _sheets(self) -> Iterator[tuple[Sheet, Page | None]]:
        """Every process plans all sheets alike; the planner's findings count as those of the scan."""
        form_maps = self._form_map_finder(self.scan_findings)
        planner = SheetPlanner(form_maps.find, self.scan_findings, self._options.max_copies)
        composer = SheetComposer(self._page_on_sheet, self._interpreter, self.page_findings)
        for sheet in planner.sheets(self._assembler.events()):
            self._count(sheet.side_count, sheet.end)
            report_printer_controls(sheet.medium_map, self.scan_findings)
            if not self._mine(sheet.number):
                yield sheet, None
                continue
            for page in composer.pages(sheet):
                yield sheet, page

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

    def findings(self, *, with_scan: bool) -> list[Finding]:
        """What this process found; one process of a conversion reports the scan's findings too."""
        return [*(self.scan_findings if with_scan else ()), *self.page_findings]

    def _page_on_sheet(self, unit: PageUnit, form: PageForm) -> Page:
        return self._guarded(unit, lambda page: self._interpreter.draw(page, form))

    def _guarded(self, unit: PageUnit, draw: Callable[[PageUnit], Page]) -> Page:
        self.page_findings.page = unit.number
        try:
            return draw(unit)
        except (ConversionError, MemoryError):
            raise
        except Exception as fault:
            self._report(fault, unit.start)
            return self._marked(unit.number, *_MARK_SIZE, unit.groups)

    def packet(self, page: Page, maker: PacketMaker) -> PagePacket:
        """The page as the document writer takes it; a fault on the way there marks the page, too."""
        try:
            return maker.packet(page)
        except (ConversionError, MemoryError):
            raise
        except Exception as fault:
            self.page_findings.page = page.number
            self._report(fault, None)
            return maker.packet(self._marked(page.number, page.width, page.height, page.groups))

    def _report(self, fault: Exception, offset: int | None) -> None:
        """Record a fault of our own, or let it through where the caller asked for that."""
        if self._options.raise_faults:
            raise fault
        self.page_findings.add(
            "internal-fault",
            Severity.ERROR,
            f"The page could not be made: {type(fault).__name__}: {fault}. Please report this",
            offset=offset,
        )

    def _marked(self, number: int, width: float, height: float, groups: tuple[GroupStart, ...]) -> Page:
        """A page that says it is missing, so that nobody takes the document for complete."""
        red = rgb(0.8, 0, 0)
        words = f"Page {number} could not be converted".encode("cp500")
        margin = min(36.0, width / 10)
        widest = self._library.default(12.0)
        fitting = min(1.0, (width - 2 * margin) / widest.advance(words))  # small pages, too
        font = self._library.default(12.0 * fitting)
        line = GlyphRun(font.face, font.size, margin, 2 * margin + font.size, words, red)
        bar = Rectangle(margin, margin, width - 2 * margin, 4, red)
        return Page(number, width, height, [bar, line], groups)
