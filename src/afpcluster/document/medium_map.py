"""A medium map: what it says about a sheet, its copies and the pages on it.

Lengths are points, orientations degrees clockwise. A page goes into a slot: a partition of a sheet side.
Figures 61 to 72 of the reference draw the partitions of every kind of medium; cut sheets are assumed: see
`MediumMap.grid`. MO:DCA Chapter 4 "Medium Map", Chapter 5 "Page Position (PGP) Format 2",
"Medium Modification Control (MMC)", "Medium Copy Count (MCC)", Chapter 6 "Media Eject Control Triplet".
"""

from __future__ import annotations

from dataclasses import field
from enum import IntEnum

from afpcluster.light import dataclass

ALL_MODIFICATIONS = 0xFF
MOST_SLOTS = 64  # of a sheet; PGP has one or two for each of four partitions, with and without page data
_NO_PAGE_DATA, _NO_OVERLAYS, _FROM_PARTITION, _NOT_VIEWED = 0x80, 0x40, 0x20, 0x10


class Duplex(IntEnum):
    """MMC keyword X'F4'."""

    SIMPLEX = 1
    NORMAL = 2
    TUMBLE = 3


class Eject(IntEnum):
    """What invoking a map does to the sheet in work (triplet X'45')."""

    SHEET = 1
    PARTITION = 2
    FRONT = 3
    BACK = 4


class MediumOrientation(IntEnum):
    """Which way the medium presentation space lies on the sheet (triplet X'68')."""

    PORTRAIT = 0
    LANDSCAPE = 1
    REVERSE_PORTRAIT = 2
    REVERSE_LANDSCAPE = 3
    PORTRAIT_90 = 4
    LANDSCAPE_90 = 5

    @property
    def wide(self) -> bool:
        """Whether the Xm axis runs along the long side of the medium."""
        return self in (self.LANDSCAPE, self.REVERSE_LANDSCAPE, self.PORTRAIT_90)

    @property
    def turned(self) -> bool:
        """Whether upright text runs along the Ym axis."""
        return self in (self.PORTRAIT_90, self.LANDSCAPE_90)


@dataclass(slots=True, frozen=True)
class OverlayUse:
    """An overlay that a page modification adds; `preprinted` is a Preprinted Form Overlay (PFO)."""

    name: str
    x: float
    y: float
    orientation: float = 0.0
    preprinted: bool = False


@dataclass(slots=True, frozen=True)
class PagePlacement:
    """Where a page lies: the contents of one PGP repeating group."""

    x: float = 0.0
    y: float = 0.0
    orientation: float = 0.0
    side: int = 0
    flags: int = 0
    modification_id: int = ALL_MODIFICATIONS

    @property
    def explicit(self) -> bool:
        """Whether it names its partition."""
        return self.side >= 0x10

    @property
    def back(self) -> bool:
        return bool(self.side & 1)

    @property
    def not_viewed(self) -> bool:
        """PgFlgs bit 3: meant for paper, not for a screen."""
        return bool(self.flags & _NOT_VIEWED)


@dataclass(slots=True, frozen=True)
class Slot:
    """A place for one page: partition (from 1) of a sheet side, and the placement in it."""

    back: bool
    partition: int
    placement: PagePlacement


@dataclass(slots=True, frozen=True)
class SideControls:
    """What the MMC of a copy subgroup does to the sides that it makes. `constant`: medium overlays only
    (X'F9'). `preprinted` is the Medium Preprinted Form Overlay (X'D2')."""

    overlays: tuple[str, ...] = ()
    preprinted: str | None = None
    suppressed: frozenset[int] = frozenset()
    constant: bool = False

    @property
    def all_overlays(self) -> tuple[str, ...]:
        """Names in the order of drawing, the preprinted form last."""
        return self.overlays + ((self.preprinted,) if self.preprinted is not None else ())


@dataclass(slots=True, frozen=True)
class CopyGroup:
    """A copy subgroup, or a duplex pair of them: so many copies of the sheet, made alike."""

    copies: int = 1
    front: SideControls = SideControls()
    back: SideControls = SideControls()

    def side(self, back: bool) -> SideControls:
        return self.back if back else self.front


@dataclass(slots=True, frozen=True)
class Medium:
    """Extents of the medium presentation space; None is whatever is loaded in the printer."""

    width: float | None = None
    height: float | None = None
    orientation: MediumOrientation = MediumOrientation.PORTRAIT


@dataclass(slots=True)
class MediumMap:
    """One medium map. `n_up` 0 means that it is not specified, which is not the same as 1.

    `medium_controls` are the fields that decide whether two maps can share a sheet; `not_applied` says in
    words what it asks of a printer that a document cannot do.
    """

    name: str
    placements: list[PagePlacement] = field(default_factory=list)
    modifications: dict[int, list[OverlayUse]] = field(default_factory=dict)
    copy_groups: list[CopyGroup] = field(default_factory=lambda: [CopyGroup()])
    duplex: Duplex = Duplex.SIMPLEX
    n_up: int = 0
    medium: Medium = Medium()
    eject: Eject = Eject.SHEET
    medium_controls: tuple[tuple[int, bytes], ...] = ()
    not_applied: tuple[str, ...] = ()

    @property
    def partitions(self) -> int:
        """Partitions of a sheet side."""
        return max(self.n_up, 1)

    @property
    def sides(self) -> tuple[bool, ...]:
        """The sides of a sheet: back or not."""
        return (False,) if self.duplex is Duplex.SIMPLEX else (False, True)

    @property
    def explicit(self) -> bool:
        """Whether pages are placed into the partitions that the placements name."""
        return self.n_up > 0 and any(p.explicit for p in self.placements)

    @property
    def copies(self) -> int:
        """Copies of every sheet."""
        return sum(group.copies for group in self.copy_groups)

    def constant(self, back: bool) -> bool:
        """Whether no copy of this side shows page data. Ignored with explicit placement (PGP PgFlgs)."""
        return not self.explicit and all(group.side(back).constant for group in self.copy_groups)

    @property
    def takes_pages(self) -> bool:
        return not all(self.constant(back) for back in self.sides)

    @property
    def grid(self) -> tuple[int, int]:
        """Columns and rows of partitions: four halve both sides, two and three divide the long one. The
        extents decide which side is the long one; if either is unknown, the orientation does."""
        if self.partitions == 4:
            return 2, 2
        medium = self.medium
        wide = medium.orientation.wide
        if medium.width and medium.height and medium.width != medium.height:
            wide = medium.width > medium.height
        return (self.partitions, 1) if wide else (1, self.partitions)

    def partition_origin(self, partition: int, width: float, height: float) -> tuple[float, float]:
        """Upper left corner of a partition (from 1) of a medium with these extents, in points. They are
        numbered along Xm, then along Ym, on front and back as each side is read."""
        columns, rows = self.grid
        row, column = divmod(partition - 1, columns)
        return column * width / columns, row * height / rows

    def slots(self) -> list[Slot]:
        """The places of a sheet in the order in which pages fill them; at least one.

        Sides with constant forms take no pages. A map of such sides only takes them all the same: its
        pages would be lost otherwise.
        """
        if self.explicit:
            known = [p for p in self.placements if p.explicit and p.back in self.sides]
            found = [Slot(p.back, min(p.side >> 4, self.partitions), p) for p in known]
            if found:
                return found[:MOST_SLOTS]
        sides = [back for back in self.sides if not self.constant(back)] or list(self.sides)
        return [
            Slot(back, number, self._default_placement(back))
            for back in sides
            for number in range(1, self.partitions + 1)
        ]

    def page_slots(self) -> list[Slot]:
        """The slots that pages fill. Those without page data (PgFlgs bit 0) are passed over, unless there is
        no other: pages would be lost."""
        slots = self.slots()
        return [slot for slot in slots if self.shows_page_data(slot.placement)] or slots

    def _default_placement(self, back: bool) -> PagePlacement:
        for placement in self.placements:
            if placement.back == back:
                return placement
        return self.placements[0] if self.placements else PagePlacement()

    def shows_page_data(self, placement: PagePlacement) -> bool:
        """PgFlgs bit 0, which counts for explicit placement only."""
        return not (self.explicit and placement.flags & _NO_PAGE_DATA)

    def page_overlays(self, placement: PagePlacement) -> list[OverlayUse]:
        """The page-modification overlays of a page at this placement, offsets from the page origin;
        of preprinted forms the first only (PGP PMCid and flag bits 1 and 2; PMC semantics)."""
        flags = placement.flags if self.explicit else 0
        if flags & _NO_OVERLAYS:
            return []
        wanted = placement.modification_id if self.n_up else ALL_MODIFICATIONS
        x, y = (placement.x, placement.y) if flags & _FROM_PARTITION else (0.0, 0.0)
        uses = [
            OverlayUse(use.name, use.x - x, use.y - y, use.orientation, use.preprinted)
            for identifier, listed in self.modifications.items()
            if wanted in (ALL_MODIFICATIONS, identifier)
            for use in listed
        ]
        forms = [use for use in uses if use.preprinted][:1]
        return [use for use in uses if not use.preprinted] + forms

    def shares_sheet_with(self, earlier: MediumMap) -> bool:
        """Whether this map may go on with a sheet that `earlier` began (triplet X'45')."""
        return (
            self.eject is not Eject.SHEET
            and self.n_up > 0
            and self.explicit == earlier.explicit
            and self.medium_controls == earlier.medium_controls
        )
