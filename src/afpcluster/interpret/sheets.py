"""A sheet -> the pages of the output, one for each side of each copy.

On a side lie first its medium overlays, then its pages in their partitions, last its preprinted form. A
side without a page has no overlays either, unless it holds constant forms. Extents that the medium map leaves
open are those that the sheet's pages need. Each side is drawn as it is read: the back of a tumbled sheet
stands upright too, and the media of Portrait 90 and Landscape 90, whose text runs down, are turned.
MO:DCA "Page Position (PGP) Format 2", "Medium Descriptor (MDD)", "Medium Modification Control (MMC)".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Protocol

from afpcluster.display.geometry import Box, Matrix, translation, turned_at
from afpcluster.display.items import Group, Item, Page
from afpcluster.display.place import GroupStart
from afpcluster.document.medium_map import CopyGroup, SideControls
from afpcluster.document.resources import ResourceScope
from afpcluster.document.sheets import PlacedPage, Sheet
from afpcluster.document.units import PageUnit
from afpcluster.findings import Findings, Severity
from afpcluster.interpret.off_page import OffPage
from afpcluster.interpret.page_form import PageForm, form_on_sheet
from afpcluster.light import dataclass

_LETTER = (612.0, 792.0)  # points: a medium of unknown size without any page
_TOLERANCE = 1.0  # points: rounding between the units of pages and media

DrawPage = Callable[[PageUnit, PageForm], Page]


class OverlaySource(Protocol):
    """Whoever draws overlays by name; None or nothing where one is missing."""

    def overlay(self, name: str, scope: ResourceScope, suppressed: frozenset[int]) -> list[Item]: ...

    def overlay_extents(self, name: str, scope: ResourceScope) -> tuple[float, float] | None: ...


@dataclass(slots=True)
class _Side:
    """One side while it is made: its page's display list in each slot, what lies under and over them."""

    controls: SideControls
    pages: list[tuple[PlacedPage, Page]]
    overlays: list[Item]
    preprinted: list[Item]


class SheetComposer:
    """Makes output pages of sheets with the help of whoever draws overlays, and pages."""

    def __init__(self, overlays: OverlaySource, findings: Findings) -> None:
        self._overlays = overlays
        self._findings = findings
        self._off_page = OffPage(findings)

    def pages(self, sheet: Sheet, draw_page: DrawPage) -> Iterator[Page]:
        """Front and back, copy after copy. Bookmarks lead to the first copy."""
        drawn: dict[tuple[int, PageForm], Page] = {}
        made = [
            [self._side(sheet, group, back, drawn, draw_page) for back in sheet.medium_map.sides]
            for group in sheet.copy_groups
        ]
        sizes = {number: page for (number, _), page in drawn.items()}
        shown = [(placed, sizes[placed.unit.number]) for placed in sheet.pages if placed.unit.number in sizes]
        extents = self._extents(sheet, shown)
        self._report_cut_off(sheet, shown, extents)
        self._report_off_medium(sheet, made, extents)
        number = sheet.first_side
        for group, sides in zip(sheet.copy_groups, made, strict=True):
            pages = [_compose(sheet, side, extents) for side in sides]
            for _ in range(group.copies):
                for page in pages:
                    first = number < sheet.first_side + len(sides)
                    yield replace(page, number=number, groups=page.groups if first else ())
                    number += 1

    def _side(
        self,
        sheet: Sheet,
        group: CopyGroup,
        back: bool,
        drawn: dict[tuple[int, PageForm], Page],
        draw_page: DrawPage,
    ) -> _Side:
        controls = group.side(back)
        placed = [page for page in sheet.pages if page.slot.back == back]
        constant = controls.constant and not sheet.medium_map.explicit
        side = _Side(controls, [], [], [])
        if placed or constant:
            for name in controls.overlays:
                side.overlays += self._overlays.overlay(name, sheet.scope, controls.suppressed)
            if controls.preprinted is not None:
                side.preprinted = self._overlays.overlay(
                    controls.preprinted, sheet.scope, controls.suppressed
                )
        if constant and sheet.medium_map.takes_pages:
            return side
        for page in placed:
            form = form_on_sheet(page.medium_map, page.slot.placement, controls, blank=page.blank)
            key = (page.unit.number, form)
            if key not in drawn:
                drawn[key] = draw_page(page.unit, form)
            side.pages.append((page, drawn[key]))
        return side

    def _report_cut_off(
        self, sheet: Sheet, shown: Sequence[tuple[PlacedPage, Page]], extents: tuple[float, float]
    ) -> None:
        width, height = extents
        for placed, page in shown:
            if placed.blank:
                continue
            left, top, right, bottom = _bounds(page, _on_medium(sheet, placed, extents))
            if min(left, top, width - right, height - bottom) < -_TOLERANCE:
                with self._findings.on_page(placed.unit.number, placed.unit.offset):
                    self._findings.at(
                        placed.unit.offset,
                        "PGP",
                        "MO:DCA Page Position (PGP) Format 2",
                    )(
                        "page-beyond-medium",
                        f"Pages on medium map {sheet.medium_map.name} reach beyond the medium; what they "
                        "show there is cut off",
                        severity=Severity.INFO,
                    )

    def _report_off_medium(
        self, sheet: Sheet, made: Sequence[Sequence[_Side]], extents: tuple[float, float]
    ) -> None:
        """Tell what overlays lie off the medium, those of its pages included; page data is cut off there."""
        first = sheet.pages[0].unit if sheet.pages else None
        items: list[Item] = []
        for side in (side for sides in made for side in sides):
            items += side.overlays + side.preprinted
            for placed, page in side.pages:
                form = [item for item in page.items if not (isinstance(item, Group) and item.clip)]
                items.append(Group(form, _on_medium(sheet, placed, extents)))
        with self._findings.on_page(first.number, first.offset) if first is not None else nullcontext():
            self._off_page.look_at_sheet(items, extents, first.offset if first is not None else None)

    def _extents(self, sheet: Sheet, shown: Sequence[tuple[PlacedPage, Page]]) -> tuple[float, float]:
        """Extents of the medium presentation space: as specified, else what the pages reach to in the
        largest partition, else those of the overlays."""
        medium = sheet.medium_map.medium
        if medium.width and medium.height:
            return medium.width, medium.height
        columns, rows = sheet.medium_map.grid
        reached = [_reach(placed, page) for placed, page in shown]
        if not reached:
            columns = rows = 1
            names = [
                n for g in sheet.copy_groups for back in (False, True) for n in g.side(back).all_overlays
            ]
            found = (self._overlays.overlay_extents(name, sheet.scope) for name in names)
            reached = [extents for extents in found if extents is not None] or [_LETTER]
        width = medium.width or columns * max(x for x, _ in reached)
        height = medium.height or rows * max(y for _, y in reached)
        return width, height


def _reach(placed: PlacedPage, page: Page) -> tuple[float, float]:
    """How far right and down a page reaches from the origin of its partition, in points."""
    _, _, right, bottom = _bounds(page, _on_partition(placed))
    return max(right, 1.0), max(bottom, 1.0)


def _bounds(page: Page, matrix: Matrix) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a page."""
    corners = [matrix.apply(x, y) for x in (0.0, page.width) for y in (0.0, page.height)]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(down), max(across), max(down)


def _on_partition(placed: PlacedPage) -> Matrix:
    placement = placed.slot.placement
    return turned_at(placement.orientation, placement.x, placement.y)


def _on_medium(sheet: Sheet, placed: PlacedPage, extents: tuple[float, float]) -> Matrix:
    origin = sheet.medium_map.partition_origin(placed.slot.partition, *extents)
    return _on_partition(placed).then(translation(*origin))


def _compose(sheet: Sheet, side: _Side, extents: tuple[float, float]) -> Page:
    """One sheet side; its number is set when it is known."""
    width, height = extents
    items = list(side.overlays)
    groups: list[GroupStart] = []
    attributes: list[tuple[str, str]] = []
    for placed, page in side.pages:
        items.append(Group(page.items, _on_medium(sheet, placed, extents)))
        groups += page.groups if not placed.blank else ()
        attributes += page.attributes
    if side.preprinted:
        items.append(Group(side.preprinted, multiply=True))
    if sheet.medium_map.medium.orientation.turned:
        upright = turned_at(270, 0, width)
        items = [Group(items, upright, Box(0, 0, width, height))]
        width, height = height, width
    return Page(0, width, height, items, tuple(groups), tuple(attributes))
