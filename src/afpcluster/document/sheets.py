"""Pages and medium maps -> sheets: which page goes into which slot of which sheet.

Pure: nothing is read and nothing drawn. A document begins on a new sheet, and so does a medium map unless
its Media Eject Control allows to go on with the sheet in work. A map whose sides all hold constant forms
makes a sheet when it is invoked. Only the sheet in work is kept.
MO:DCA Chapter 4 "Invocation of Medium Maps", Chapter 6 "Media Eject Control Triplet X'45'".
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import field, replace

from afpcluster.document.medium_map import CopyGroup, Eject, MediumMap, Slot
from afpcluster.document.resources import Resource, ResourceScope
from afpcluster.document.units import MapInvoked, PageUnit
from afpcluster.findings import Findings, Severity
from afpcluster.light import dataclass

MapFinder = Callable[[ResourceScope, str, Resource | None, int | None], MediumMap | None]
"""The medium map of this name, or the one inside the document; see `FormMaps.find`."""

_SPEC = "MO:DCA Invocation of Medium Maps"


@dataclass(slots=True)
class PlacedPage:
    """A page in its slot. `medium_map` holds the page level controls in force, which after a conditional
    eject are not those of the sheet's first page. `blank`: a slot without page data, which pages pass over;
    `unit` is the page that came next."""

    unit: PageUnit
    slot: Slot
    medium_map: MediumMap
    blank: bool = False


@dataclass(slots=True)
class Sheet:
    """One sheet, all its copies. `number` counts sheets from 1, `first_side` output sides from 1."""

    number: int
    first_side: int
    medium_map: MediumMap
    copy_groups: list[CopyGroup]
    scope: ResourceScope
    pages: list[PlacedPage] = field(default_factory=list)
    end: int = 0  # how far into the file its pages reach

    @property
    def side_count(self) -> int:
        """Output sides of all copies."""
        return sum(group.copies for group in self.copy_groups) * len(self.medium_map.sides)


class SheetPlanner:
    """Groups the events of one print file into sheets, of which at most `max_copies` copies are made."""

    def __init__(self, find: MapFinder, findings: Findings, max_copies: int) -> None:
        self._find = find
        self._max_copies = max_copies
        self._findings = findings
        self._map: MediumMap | None = None  # in force, in this document
        self._cursor = 0
        self._sheet: Sheet | None = None
        self._document = -1
        self._invoked: MapInvoked | None = None
        self._sheets = 0
        self._sides = 0

    def sheets(self, events: Iterable[PageUnit | MapInvoked]) -> Iterator[Sheet]:
        """The sheets in order, each when nothing more can come onto it."""
        for event in events:
            if event.document != self._document:
                yield from self._eject()
                self._document, self._map = event.document, None
            if isinstance(event, MapInvoked):
                yield from self._constant_sheet(event)
                self._invoked = event
            else:
                medium_map = yield from self._map_for(event)
                yield from self._place(event, medium_map)
        yield from self._eject()

    def _constant_sheet(self, event: MapInvoked) -> Iterator[Sheet]:
        """A map that takes no pages makes its sheet at once."""
        found = self._find(event.scope, event.name, event.internal_map, event.offset)
        if found is not None and not found.takes_pages:
            yield from self._eject()
            self._begin(found, event.scope, event.offset)
            yield from self._eject()
            self._map = found

    def _map_for(self, unit: PageUnit) -> Generator[Sheet, None, MediumMap]:
        """The map in force for this page. A new one ejects the sheet in work, unless it may go on with it."""
        current = self._map
        if current is not None and self._invoked is None:
            return current
        new = self._find(unit.scope, unit.medium_map, unit.internal_map, unit.map_offset) or MediumMap("")
        self._invoked = None
        if not new.takes_pages:
            self._findings.at(unit.offset, "IMM", _SPEC)(
                "medium-map-takes-no-pages",
                f"Medium map {new.name} has constant forms on every side, but a page follows; it is shown",
                severity=Severity.INFO,
            )
        if current is None or not new.shares_sheet_with(current):
            yield from self._eject()
        else:
            yield from self._seek(new)
        self._map = new
        return new

    def _seek(self, new: MediumMap) -> Iterator[Sheet]:
        """Move to the next slot on the side that the new map wants."""
        if new.eject is Eject.PARTITION:
            return
        back = new.eject is Eject.BACK
        slots = new.slots()
        following = [i for i, slot in enumerate(slots) if slot.back == back]
        if not following:
            yield from self._eject()
            return
        ahead = [i for i in following if i >= self._cursor]
        if not ahead:
            yield from self._eject()
        self._cursor = (ahead or following)[0]

    def _place(self, unit: PageUnit, medium_map: MediumMap) -> Iterator[Sheet]:
        """Fill the next slot, and those without page data before it (PGP, note 1: pages drive them)."""
        slots, page_slots = medium_map.slots(), medium_map.page_slots()
        blank = True
        while blank:
            if self._cursor >= len(slots):
                yield from self._eject()
            sheet = self._sheet or self._begin(medium_map, unit.scope, unit.end)
            slot = slots[self._cursor]
            self._cursor += 1
            blank = slot not in page_slots
            sheet.pages.append(PlacedPage(unit, slot, medium_map, blank))
        sheet.end = unit.end

    def _begin(self, medium_map: MediumMap, scope: ResourceScope, end: int) -> Sheet:
        self._sheets += 1
        groups = self._limited(medium_map)
        self._sheet = Sheet(self._sheets, self._sides + 1, medium_map, groups, scope, end=end)
        self._sides += self._sheet.side_count
        return self._sheet

    def _limited(self, medium_map: MediumMap) -> list[CopyGroup]:
        """The copy groups, cut where they exceed the limit of copies."""
        left = self._max_copies
        if medium_map.copies <= left:
            return medium_map.copy_groups
        self._findings.at(None, "MCC", "MO:DCA Medium Copy Count (MCC)")(
            "copies-limited",
            f"Medium map {medium_map.name} asks for {medium_map.copies} copies of a sheet; {left} are made",
        )
        groups = []
        for group in medium_map.copy_groups:
            if left:
                groups.append(replace(group, copies=min(group.copies, left)))
                left -= groups[-1].copies
        return groups

    def _eject(self) -> Iterator[Sheet]:
        self._cursor = 0
        if self._sheet is not None:
            done, self._sheet = self._sheet, None
            yield done
