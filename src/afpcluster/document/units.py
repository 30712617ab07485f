"""What a walk over a print file finds: its pages, and the invocations of medium maps between them."""

from __future__ import annotations

from dataclasses import field

from afpcluster.afp import code_pages
from afpcluster.afp.framing import Record, RecordFile
from afpcluster.display.place import NOWHERE, GroupStart, Place
from afpcluster.document.resources import Resource, ResourceScope
from afpcluster.findings import Findings
from afpcluster.light import dataclass


@dataclass(slots=True)
class PageUnit:
    """One page as it stands in the file: records from `start` (Begin Page) up to `end`.

    `medium_map` is the map in force ('' none invoked yet), invoked at byte `map_offset`, `internal_map`
    that map where it stands in the document itself, and `map_page` counts pages since it was invoked, from
    0. `groups` are the page groups that begin with this page, outermost first; those around it are in its
    `place`. `code_page` is that of names, where the page itself declares none. `between` are the comments
    (NOP) in front of it, and the tags there that belong to no group, each as type and data; `behind` are
    those behind it, in front of the end of its group or document, and `group_ends` is where groups end
    directly behind it, innermost first. `document_start` is where its document begins.

    `map_field` is the data of the invocation of the medium map, and `group_fields` are of each group of the
    place the data of its Begin field and of its tags. `joined` counts the print files that the file is joined
    of, from 1, and `joined_start` is where the resources of this one begin.
    """

    number: int
    start: int
    end: int
    scope: ResourceScope
    medium_map: str = ""
    map_page: int = 0
    groups: tuple[GroupStart, ...] = ()
    internal_map: Resource | None = None
    map_offset: int | None = None
    place: Place = NOWHERE
    code_page: int = code_pages.DEFAULT
    between: tuple[tuple[int, bytes], ...] = ()
    document_start: int = 0
    map_field: bytes = b""
    group_fields: tuple[list[bytes], ...] = ()
    joined: int = 1
    joined_start: int = 0
    behind: tuple[tuple[int, bytes], ...] = ()
    group_ends: tuple[int, ...] = ()
    file: RecordFile = field(repr=False, kw_only=True)

    @property
    def document(self) -> int:
        """Which document of the file the page is in, from 1."""
        return self.place.document

    @property
    def offset(self) -> int:
        """Where in the file the page begins, for findings."""
        return self.file.origin(self.start)

    def records(self, findings: Findings) -> list[Record]:
        """The records from Begin Page to End Page; what is wrong with them goes to `findings`."""
        return self.file.read(self.start, self.end, findings)


@dataclass(slots=True)
class MapInvoked:
    """A medium map is invoked between pages (IMM), for what follows and perhaps for a sheet of its own."""

    name: str
    internal_map: Resource | None
    scope: ResourceScope
    document: int
    offset: int
