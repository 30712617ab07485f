"""What one process of a conversion does: walk the whole file, paint the units that are its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, Self

from afpcluster.afp.framing import RecordFile
from afpcluster.conversion.paint import Painter
from afpcluster.conversion.walk import Unit, Walk
from afpcluster.display.items import Page
from afpcluster.document.folders import FolderScope
from afpcluster.document.page_names import PageNames
from afpcluster.findings import Finding, Findings
from afpcluster.options import Layout, Options
from afpcluster.outputs.output import Maker, Packet


class Work:
    """The share of one process: a context that closes the resource files it opened; the source stays open.

    `mine(number)` says which of the selected units, counted from 1, are its own (by default all); `maker`
    makes packets of their pages.
    """

    def __init__(
        self, source: BinaryIO, options: Options, mine: Callable[[int], bool] = lambda number: True
    ) -> None:
        self._mine = mine
        self._painted = Findings()
        self._outside = FolderScope(options.resource_paths, self._painted)
        self._walk = Walk(source, options, self._outside, self._painted)
        names = (
            PageNames(RecordFile(self._walk.fields, Findings())) if options.layout is Layout.PAGES else None
        )
        self._painter = Painter(options, self._painted, names)
        self.size = self._walk.size

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._outside.close()

    @property
    def pages_seen(self) -> int:
        """The output pages so far, whoever makes them."""
        return self._walk.pages_seen

    def pages(self) -> Iterator[tuple[Unit, Page | None]]:
        """Every output page in order with the unit that it is of; None, once, for a unit of others."""
        for number, unit in enumerate(self._walk.units(), 1):
            if not self._mine(number):
                yield unit, None
                continue
            for page in self._painter.pages(unit):
                yield unit, page

    def packets(self, maker: Maker) -> Iterator[tuple[Unit, Packet | None]]:
        """As `pages`, with each page as the output's writer takes it."""
        for unit, page in self.pages():
            yield unit, None if page is None else self._painter.packet(page, maker)

    def findings(self, *, with_walk: bool = True) -> list[Finding]:
        """What this process found; one process of a conversion reports the walk's findings too."""
        return [*(self._walk.findings if with_walk else ()), *self._painted]
