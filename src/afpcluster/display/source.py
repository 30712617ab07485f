"""A page as it stands in its print file, and what it needs: for outputs that are print files themselves."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NamedTuple

from afpcluster.display.place import Place
from afpcluster.light import dataclass


class Piece(NamedTuple):
    """Structured fields that are written once, however many pages need them: equal keys are equal pieces of
    one file. `read` gives their bytes."""

    key: Hashable
    read: Callable[[], bytes]


class SourceResource(NamedTuple):
    """A resource, in its envelope. `order` is its place among those of its level: of the print file `joined`,
    or, `in_document`, of the document of the page."""

    piece: Piece
    order: tuple[int, int, str]
    joined: int
    in_document: bool


@dataclass(slots=True, frozen=True)
class SourcePage:
    """`fields` are those of the page, Begin Page to End Page; `before` and `behind` the tags and notes around
    it. `document` begins its document, `groups` begin the groups around it, outermost first, and `medium_map`
    invokes the map in force, if there is one; `slot` is how many pages came since then, from 0, and after how
    many that map begins anew. `joined` is the number of the joined print file, from 1."""

    number: int
    ordinal: int
    place: Place
    joined: int
    fields: bytes
    before: bytes
    behind: bytes
    document: Piece
    groups: tuple[bytes, ...]
    medium_map: Piece | None
    slot: tuple[int, int]
    resources: tuple[SourceResource, ...]
