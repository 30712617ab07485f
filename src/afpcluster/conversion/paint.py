"""A unit -> display-list pages. A fault of our own on one page is caught here, once: the page is marked and
the others stay intact."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from afpcluster.conversion.walk import Unit, pages_of
from afpcluster.display.colour import rgb
from afpcluster.display.items import GlyphRun, Page, Rectangle
from afpcluster.display.place import NOWHERE, GroupStart
from afpcluster.document.form_map import FormMaps
from afpcluster.document.page_names import PageNames
from afpcluster.document.units import PageUnit
from afpcluster.findings import ConversionError, Findings, Severity
from afpcluster.fonts.library import FontLibrary
from afpcluster.interpret.includes import ResourceLookup
from afpcluster.interpret.page import PageInterpreter
from afpcluster.interpret.page_form import PageForm
from afpcluster.interpret.sheets import SheetComposer
from afpcluster.options import Options
from afpcluster.outputs.output import Maker, Packet

_MARK_SIZE = (612.0, 792.0)


class Painter:
    """Paints the units of one print file; keeps what its pages share. `page_names` are the targets of links
    between pages; None leaves those out."""

    def __init__(self, options: Options, findings: Findings, page_names: PageNames | None) -> None:
        self._options = options
        self._findings = findings
        self._library = FontLibrary(
            findings,
            resource_paths=options.resource_paths,
            raster_a_space=options.raster_a_space,
            stand_in_folders=options.stand_in_folders,
        )
        self._interpreter = PageInterpreter(
            findings,
            self._library,
            ResourceLookup(),
            FormMaps(findings, options.form_map),
            page_names,
            raise_faults=options.raise_faults,
        )
        self._composer = SheetComposer(self._interpreter, findings)

    def pages(self, unit: Unit) -> Iterator[Page]:
        """The output pages of a unit: one of a page, one a side of a sheet."""
        first = next(iter(pages_of(unit)), None)
        place = first.place if first is not None else NOWHERE
        for page in self._drawn(unit):
            page.place = place
            yield page

    def _drawn(self, unit: Unit) -> Iterator[Page]:
        if isinstance(unit, PageUnit):
            yield self._guarded(unit, self._interpreter.page)
            return
        for page in self._composer.pages(unit, self._page_on_sheet):
            if self._options.selection.takes_page(page.number):
                yield page

    def _page_on_sheet(self, unit: PageUnit, form: PageForm) -> Page:
        return self._guarded(unit, lambda page: self._interpreter.draw(page, form))

    def _guarded(self, unit: PageUnit, draw: Callable[[PageUnit], Page]) -> Page:
        with self._findings.on_page(unit.number, unit.offset):
            try:
                return draw(unit)
            except (ConversionError, MemoryError):
                raise
            except Exception as fault:
                self._report(fault, unit.offset)
                return self._marked(unit.number, *_MARK_SIZE, unit.groups)

    def packet(self, page: Page, maker: Maker) -> Packet:
        """The page as the output's writer takes it; a fault on the way there marks the page, too."""
        try:
            return maker.packet(page)
        except (ConversionError, MemoryError):
            raise
        except Exception as fault:
            with self._findings.on_page(page.number, page.place.offset):
                self._report(fault, None)
            marked = self._marked(page.number, page.width, page.height, page.groups)
            marked.place, marked.ordinal, marked.facts = page.place, page.ordinal, page.facts
            return maker.packet(marked)

    def _report(self, fault: Exception, offset: int | None) -> None:
        """Record a fault of our own, or let it through where the caller asked for that."""
        if self._options.raise_faults:
            raise fault
        self._findings.at(offset)(
            "internal-fault",
            f"The page could not be made: {type(fault).__name__}: {fault}. Please report this",
            severity=Severity.ERROR,
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
