"""What one process of a conversion does: walk the whole file, and paint the units that are its own, or read
what the file says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO, Self

from afpcluster.afp.framing import RecordFile
from afpcluster.conversion.facts import page_facts
from afpcluster.conversion.walk import Unit, Walk, pages_of
from afpcluster.display.items import Page
from afpcluster.document.folders import FolderScope
from afpcluster.document.page_names import PageNames
from afpcluster.findings import Finding, Findings
from afpcluster.options import Layout, Options
from afpcluster.outputs.output import Maker, Packet, Takes

if TYPE_CHECKING:
    from afpcluster.conversion.paint import Painter


class Work:
    """The share of one process: a context that closes the resource files it opened; the source stays open.

    `mine(number)` says which of the selected units, counted from 1, are its own (by default all); `maker`
    makes packets of their pages. `in_front` is that of `Walk`.
    """

    def __init__(
        self,
        source: BinaryIO,
        options: Options,
        mine: Callable[[int], bool] = lambda number: True,
        in_front: int | None = None,
    ) -> None:
        self._mine = mine
        self._painted = Findings(strict=options.strict)
        self._outside = FolderScope(options.resource_paths, self._painted)
        self._walk = Walk(source, options, self._outside, self._painted, in_front)
        self._options = options
        self.size = self._walk.size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._outside.close()

    @property
    def pages_seen(self) -> int:
        """The output pages so far, whoever makes them."""
        return self._walk.pages_seen

    @property
    def pages_walked(self) -> int:
        """The pages of the file so far, selected or not."""
        return self._walk.pages_walked

    def pages(self) -> Iterator[tuple[Unit, Page | None]]:
        """Every output page in order with the unit that it is of; None, once, for a unit of others."""
        for number, unit in enumerate(self._walk.units(), 1):
            if not self._mine(number):
                yield unit, None
                continue
            before = self._walk.pages_seen - self._walk.pages_in(unit)
            for ordinal, page in enumerate(self._painter.pages(unit), before + 1):
                page.ordinal = ordinal
                yield unit, page

    def packets(self, maker: Maker, takes: Takes = Takes.PAGES) -> Iterator[tuple[Unit, Packet | None]]:
        """Every output page as the output's writer takes it, with its unit; as `pages`."""
        if takes is Takes.FACTS:
            yield from self._facts(maker)
            return
        if takes is Takes.SOURCE:
            yield from self._sources(maker)
            return
        first: Unit | None = None
        for unit, page in self.pages():
            if page is not None and takes is Takes.PAGES_AND_FACTS and unit is not first:
                first = unit
                page.facts = tuple([page_facts(one, self._painted) for one in pages_of(unit)])
            yield unit, None if page is None else self._painter.packet(page, maker)

    def _facts(self, maker: Maker) -> Iterator[tuple[Unit, Packet | None]]:
        for number, unit in enumerate(self._walk.pages(), 1):
            if self._mine(number):
                with self._painted.on_page(unit.number, unit.offset):
                    yield unit, maker.packet(page_facts(unit, self._painted))
            else:
                yield unit, None

    def _sources(self, maker: Maker) -> Iterator[tuple[Unit, Packet | None]]:
        from afpcluster.conversion.source_pages import SourceReader

        reader = SourceReader(self._painted, self._options.form_map)
        for number, unit in enumerate(self._walk.pages(), 1):
            if self._mine(number):
                with self._painted.on_page(unit.number, unit.offset):
                    yield unit, maker.packet(reader.page(unit, number))
            else:
                yield unit, None

    @cached_property
    def _painter(self) -> Painter:
        from afpcluster.conversion.paint import Painter  # an index needs none, and it loads slowly

        by_pages = self._options.layout is Layout.PAGES
        names = PageNames(RecordFile(self._walk.fields, Findings())) if by_pages else None
        return Painter(self._options, self._painted, names)

    def findings(self, *, with_walk: bool = True) -> list[Finding]:
        """What this process found; one process of a conversion reports the walk's findings too."""
        return [*(self._walk.findings if with_walk else ()), *self._painted]
