"""What object drawing gets: the object's records, its area, its environment and where to report.

`DataObject` is one image, graphics, bar code or container object, already separated from its
environment group (MO:DCA "Object Environment Group"); `Context` is what stays the same on a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from enum import IntEnum
from typing import Protocol

from afpcluster.afp.framing import Record
from afpcluster.display.colour import Colour
from afpcluster.display.geometry import IDENTITY, Matrix
from afpcluster.findings import Findings, Reporter
from afpcluster.fonts.font import Font
from afpcluster.light import dataclass


class MappingOption(IntEnum):
    """How object content fits its area (MO:DCA "Mapping Option Triplet X'04'")."""

    POSITION = 0x00
    POSITION_AND_TRIM = 0x10
    SCALE_TO_FIT = 0x20
    CENTER_AND_TRIM = 0x30
    MIGRATION_SHRINK = 0x41  # image point to pel
    MIGRATION_DOUBLE_DOT = 0x42
    MIGRATION_TRIM = 0x50
    SCALE_TO_FILL = 0x60
    UP3I_PRINT_DATA = 0x70


@dataclass(slots=True)
class ObjectArea:
    """The object area, in points. `mapping` None means that no mapping structured field was given: each
    object type has its own default. `content_x`/`content_y` move the content inside the area (OBP).
    Width or height 0: not given, take the size of the content."""

    width: float
    height: float
    mapping: int | None = None
    content_x: float = 0.0
    content_y: float = 0.0


class FoundResource(Protocol):
    """A resource the object may use: its records (an AFP object) or its raw bytes (a container)."""

    @property
    def key(self) -> str:
        """Identity for sharing: the same for the same content."""

    @property
    def records(self) -> list[Record]:
        """Its structured fields, if it is an AFP object."""

    @property
    def data(self) -> bytes:
        """The object container's data, if it is one."""


@dataclass(slots=True)
class DataObject:
    """One data object, which begins at `offset` in the file. `kind` is the mnemonic of its Begin field.

    `descriptor` is IDD, GDD, BDD or (object containers) CDD; `data` the IPD, GAD, BDA or OCD records in
    order, for BII (IM image) everything between BII and EII. `fonts` are those mapped in its environment
    group by local identifier, `resources` the data objects mapped there by local identifier (MDR),
    `triplets` those of its Begin field and of the include that brought it, raw. `axes` are those that the
    offsets of an IM image count along, which has no area. `colour` is the default that an include gives, in
    place of that of the descriptor.
    """

    kind: str
    offset: int
    area: ObjectArea
    descriptor: Record | None
    data: list[Record]
    fonts: Mapping[int, Font] = field(default_factory=dict)
    resources: Mapping[int, FoundResource] = field(default_factory=dict)
    triplets: bytes = b""
    axes: Matrix = IDENTITY
    colour: Colour | None = None


class FontFinder(Protocol):
    """Finds a font that no local identifier names: the default font of text, graphics and bar codes."""

    def default(self, points: float) -> Font: ...


class Budget:
    """What one page may make out of little data, so that no document holds a converter for long: characters
    that are repeated, segments of paths, and what overlays, page segments and objects draw that are used
    again and again, also by each other. Far more than any real page has."""

    REPEATED_CHARACTERS = 1_000_000
    PATH_SEGMENTS = 500_000
    INCLUDED = 1_000_000

    def __init__(self) -> None:
        self.begin_page()

    def begin_page(self) -> None:
        """The next page has a budget of its own."""
        self._characters, self._segments = self.REPEATED_CHARACTERS, self.PATH_SEGMENTS
        self._included = self.INCLUDED

    @contextmanager
    def of_its_own(self) -> Iterator[None]:
        """For what is drawn once and kept: what it shows must not hang on the page that uses it first."""
        before = self._characters, self._segments, self._included
        self.begin_page()
        try:
            yield
        finally:
            self._characters, self._segments, self._included = before

    def include(self, amount: int) -> bool:
        """Whether something kept that draws so much may be used once more; then it counts. After the first
        that may not, none may."""
        self._included = self._included - amount if amount <= self._included else 0
        return self._included > 0

    @property
    def includes_no_more(self) -> bool:
        """Whether nothing more that is kept may be used on this page."""
        return self._included <= 0

    def repeat(self, characters: int) -> bool:
        """Whether so many more characters may be repeated; then they count."""
        if characters > self._characters:
            return False
        self._characters -= characters
        return True

    def draw(self, segments: int) -> None:
        """Count segments of paths. Raises BudgetSpent where the page has drawn too many."""
        self._segments -= segments
        if self._segments < 0:
            raise BudgetSpent

    @property
    def is_spent(self) -> bool:
        """Whether no more paths are drawn on this page."""
        return self._segments < 0


def report_too_much(what: str, report: Reporter) -> None:
    """Record that something is not included, since the page or the resource around shows too much already."""
    most = f"{Budget.INCLUDED:,} lines and curves; of texts, rules and images a quarter"
    report("include-limit", f"{what} is not shown: a page, or what it includes, draws too much (over {most})")


class BudgetSpent(Exception):
    """The page has drawn as much as one page may."""


@dataclass(slots=True)
class Context:
    """What is the same for all objects of a page."""

    findings: Findings
    font_finder: FontFinder
    budget: Budget = field(default_factory=Budget)
    max_image_pixels: int = 400_000_000
    raise_faults: bool = False  # let faults of our own through, for tests
