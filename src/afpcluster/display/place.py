"""Where a page stands in its print file: its document, and the page groups around it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

_SHOWN_TAGS = 4  # in a title


def tags_title(tags: Iterable[tuple[str, str]]) -> str:
    """The first tags (name, value) as a reader is shown them; '' where there is none."""
    shown = [": ".join(filter(None, tag)) for tag in tags if any(tag)]
    if len(shown) > _SHOWN_TAGS:
        shown[_SHOWN_TAGS:] = ["…"]
    return ", ".join(shown)


class GroupStart(NamedTuple):
    """A page group (statement, letter) begins with this page: for bookmarks and the index. `level` is how
    many groups it lies in, `attributes` are its tags (name, value), `code_pages` those of the tags in their
    order, `number` counts groups from 1; `offset` is the byte of the file where it begins."""

    name: str
    level: int
    attributes: tuple[tuple[str, str], ...] = ()
    number: int = 0
    code_pages: tuple[int, ...] = ()
    offset: int = 0

    @property
    def title(self) -> str:
        """What a reader is shown: the tags, else the name, else the number. Never empty."""
        return tags_title(self.attributes) or self.name.strip() or f"Group {self.number}"


class Place(NamedTuple):
    """`document` counts documents from 1 (0: the page is in none), `page` the pages of that document from 1.
    `groups` are all page groups around the page, outermost first, whether they begin with it or not.
    `offset` is the byte of the file where the page begins."""

    document: int = 0
    document_name: str = ""
    page: int = 0
    groups: tuple[GroupStart, ...] = ()
    offset: int | None = None

    @property
    def document_title(self) -> str:
        """What a reader is shown of the document. Never empty."""
        return self.document_name.strip() or f"Document {self.document}"


NOWHERE = Place()
