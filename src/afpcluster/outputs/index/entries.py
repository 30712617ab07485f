"""What every form of the index says of pages, in their order: each document and group in front of its first
page. Makers make the rows of pages and groups; documents are the writer's, who alone sees them all."""

from __future__ import annotations

from typing import NamedTuple

from afpcluster.display.facts import PageFacts, Tag
from afpcluster.display.place import GroupStart


class Packet(NamedTuple):
    """A page's part of the index: its document, and the finished bytes of its groups and the page."""

    document: int
    document_name: str
    first_page: int
    data: bytes


def group_tags(group: GroupStart) -> list[Tag]:
    """The tags of a group, each with the code page of its characters."""
    return [
        Tag(name, value, code_page, group.level)
        for (name, value), code_page in zip(group.attributes, group.code_pages, strict=True)
    ]


def parent_of(group: GroupStart, page: PageFacts) -> int | None:
    """The number of the group that a group lies in."""
    return page.place.groups[group.level - 1].number if group.level else None
