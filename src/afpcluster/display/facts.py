"""What the file says of a page beside what is drawn: for the index, for splitting and for names of parts."""

from __future__ import annotations

from typing import NamedTuple

from afpcluster.display.place import GroupStart, Place
from afpcluster.light import dataclass


class Tag(NamedTuple):
    """A Tag Logical Element. `code_page` is that of its characters, `level` how many groups it lies in."""

    name: str
    value: str
    code_page: int
    level: int


class Used(NamedTuple):
    """Something that a page names: its kind ("font", "overlay", "page segment", …) and its name."""

    kind: str
    name: str


@dataclass(slots=True, frozen=True)
class PageFacts:
    """`number` counts pages of the whole file from 1; `width` and `height` are points. `offset` is the byte
    of the file where the page begins, `size` its bytes there. `groups` begin with this page. `tags` are the
    page's own, `notes` the text of its NOPs and of those around it, `loose_tags` those around it that
    belong to no group: what stands between two pages is of the second, but of the first where a group or
    document ends behind it. `group_ends` are the offsets at which groups end directly behind this page,
    innermost first; `document_start` is where its document begins. `map_page` counts the pages of the
    medium map in force, from 1."""

    number: int
    place: Place
    groups: tuple[GroupStart, ...]
    name: str
    width: float
    height: float
    offset: int
    size: int
    medium_map: str
    map_page: int
    document_start: int
    tags: tuple[Tag, ...] = ()
    loose_tags: tuple[Tag, ...] = ()
    notes: tuple[str, ...] = ()
    uses: tuple[Used, ...] = ()
    group_ends: tuple[int, ...] = ()

    @property
    def orientation(self) -> str:
        return "landscape" if self.width > self.height else "portrait"

    def used(self, *kinds: str) -> list[str]:
        """The names of what the page uses of these kinds."""
        return [used.name for used in self.uses if used.kind in kinds]
