"""Where a page stands in its print file: its document, and the page groups around it."""

from __future__ import annotations

from dataclasses import dataclass

from afpcluster.display.items import GroupStart


@dataclass(slots=True, frozen=True)
class Place:
    """`document` counts documents from 1 (0: the page is in none), `page` the pages of that document from 1.
    `groups` are all page groups around the page, outermost first, whether they begin with it or not."""

    document: int = 0
    document_name: str = ""
    page: int = 0
    groups: tuple[GroupStart, ...] = ()


NOWHERE = Place()
