"""From an open print file to page packets, in one process.

Every process of a conversion walks the whole file (a scan of record headers, cheap) and interprets only
the pages that are its own. A fault of our own on one page is caught here, once: the page is marked and
the others stay intact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from afpcluster.afp.framing import RecordFile
from afpcluster.display.colour import rgb
from afpcluster.display.items import GlyphRun, Page, Rectangle
from afpcluster.document.assembly import Assembler, PageUnit
from afpcluster.document.resources import FolderScope
from afpcluster.findings import ConversionError, Finding, Findings, LimitError, Severity
from afpcluster.fonts.library import FontLibrary
from afpcluster.interpret.includes import ResourceLookup
from afpcluster.interpret.page import PageInterpreter
from afpcluster.options import Options

_MARK_SIZE = (612.0, 792.0)


class Pipeline:
    """Walks one print file and makes display-list pages of it.

    `mine(number)` says which pages this process makes; pages count from 1. `pages_seen` is the number of
    all pages so far, whoever makes them.
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
        lookup = ResourceLookup(self._assembler.outer_scope, options.strict)
        self._library = FontLibrary(
            self.page_findings, strict=options.strict, resource_paths=options.resource_paths
        )
        self._interpreter = PageInterpreter(reader, self.page_findings, self._library, lookup)

    @property
    def pages_seen(self) -> int:
        return self._assembler.pages_seen

    def pages(self) -> Iterator[tuple[PageUnit, Page | None]]:
        """Every page of the file in order; None instead of the display list for pages of others."""
        limit = self._options.max_pages
        for unit in self._assembler.pages():
            if limit is not None and unit.number > limit:
                raise LimitError(
                    "too-many-pages",
                    f"The document has more than {limit} pages. Split it, or have the limit raised.",
                    offset=unit.start,
                )
            yield unit, self._page(unit) if self._mine(unit.number) else None

    def findings(self, *, with_scan: bool) -> list[Finding]:
        """What this process found; one process of a conversion reports the scan's findings too."""
        return [*(self.scan_findings if with_scan else ()), *self.page_findings]

    def _page(self, unit: PageUnit) -> Page:
        self.page_findings.page = unit.number
        try:
            return self._interpreter.page(unit)
        except (ConversionError, MemoryError):
            raise
        except Exception as fault:
            if self._options.raise_faults:
                raise
            self.page_findings.add(
                "internal-fault",
                Severity.ERROR,
                f"The page could not be made: {type(fault).__name__}: {fault}. Please report this",
                offset=unit.start,
            )
            return self._marked(unit)

    def _marked(self, unit: PageUnit) -> Page:
        """A page that says it is missing, so that nobody takes the document for complete."""
        width, height = _MARK_SIZE
        red = rgb(0.8, 0, 0)
        font = self._library.default(12.0)
        words = f"Page {unit.number} could not be converted".encode("cp500")
        line = GlyphRun(font.face, font.size, 72, 100, words, red)
        return Page(unit.number, width, height, [Rectangle(36, 36, width - 72, 4, red), line], unit.groups)
