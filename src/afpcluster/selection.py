"""Which pages of a print file are converted: one small value, asked about each page on the walk.

Pages, groups and documents are chosen together: a page is taken that every given choice takes. What is left
out is scanned, never drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Protocol

from afpcluster.findings import ConversionError
from afpcluster.light import dataclass

_RANGE = re.compile(r"(\d{1,9})(-(\d{1,9})?)?|-(\d{1,9})")


class SelectionError(ConversionError):
    """What was chosen cannot be read, or no page of the file is in it."""

    http_status = 400
    exit_code = 9


class Group(Protocol):
    """A page group as selections see it: its name, and its tags as (name, value)."""

    @property
    def name(self) -> str: ...

    @property
    def attributes(self) -> Sequence[tuple[str, str]]: ...


@dataclass(slots=True, frozen=True)
class Ranges:
    """Numbers from 1, as written: "3-4,9,12-". `spans` are first and last numbers; a last of None is open."""

    spans: tuple[tuple[int, int | None], ...]

    @classmethod
    def parse(cls, text: str, what: str = "range") -> Ranges:
        """Read ranges; `what` is what the error calls them. Raises SelectionError."""
        return cls(tuple([_span(part.strip(), what) for part in text.split(",")]))

    def __contains__(self, number: int) -> bool:
        return any(first <= number and (last is None or number <= last) for first, last in self.spans)

    def __str__(self) -> str:
        return ",".join(
            f"{first}-{'' if last is None else last}" if last != first else str(first)
            for first, last in self.spans
        )


def _span(part: str, what: str) -> tuple[int, int | None]:
    found = _RANGE.fullmatch(part)
    if found is None:
        raise SelectionError(
            "selection-malformed",
            f"{part[:40]!r} is no {what}; write numbers from 1 and ranges of them, such as 3-4,9,12-",
        )
    first: int
    last: int | None
    if found[4]:
        first, last = 1, int(found[4])
    elif found[2]:
        first, last = int(found[1]), int(found[3]) if found[3] else None
    else:
        first = last = int(found[1])
    if first < 1 or (last is not None and last < first):
        raise SelectionError(
            "selection-malformed", f"{part!r} is no {what}: numbers begin with 1, and ranges go upwards"
        )
    return first, last


@dataclass(slots=True, frozen=True)
class GroupPattern:
    """Groups with a tag: "Account Number=4711*"; without "=", groups of that name. `*`, `?` and `[…]` are
    wildcards, in names and values; upper and lower case count. A tag's name may hold them itself."""

    tag: str | None
    pattern: str

    @classmethod
    def parse(cls, text: str) -> GroupPattern:
        """Read one pattern. Raises SelectionError."""
        tag, equals, value = text.partition("=")
        if not text.strip() or (equals and not tag.strip()):
            raise SelectionError(
                "selection-malformed",
                f"{text[:40]!r} chooses no groups; write TAG=VALUE or a group's name, * stands for anything",
            )
        return cls(tag.strip(), value.strip()) if equals else cls(None, text.strip())

    def matches(self, group: Group) -> bool:
        if self.tag is None:
            return fnmatchcase(group.name.strip(), self.pattern)
        return any(
            (name == self.tag or fnmatchcase(name, self.tag)) and fnmatchcase(value, self.pattern)
            for name, value in group.attributes
        )

    def __str__(self) -> str:
        return self.pattern if self.tag is None else f"{self.tag}={self.pattern}"


@dataclass(slots=True, frozen=True)
class Selection:
    """The choices; None or () chooses everything. A page is in the groups that match if any group around it
    matches any of the patterns."""

    pages: Ranges | None = None
    groups: tuple[GroupPattern, ...] = ()
    documents: Ranges | None = None

    @classmethod
    def parse(
        cls, pages: str | None = None, groups: Iterable[str] = (), documents: str | None = None
    ) -> Selection:
        """As written on a command line. Raises SelectionError."""
        return cls(
            Ranges.parse(pages, "page range") if pages is not None else None,
            tuple([GroupPattern.parse(group) for group in groups]),
            Ranges.parse(documents, "range of documents") if documents is not None else None,
        )

    @property
    def is_everything(self) -> bool:
        return self.pages is None and not self.groups and self.documents is None

    def takes_document(self, number: int) -> bool:
        return self.documents is None or number in self.documents

    def takes_page(self, number: int) -> bool:
        return self.pages is None or number in self.pages

    def takes_groups(self, around: Iterable[Group]) -> bool:
        """Whether a page with these groups around it is taken, as far as groups are concerned."""
        return not self.groups or any(pattern.matches(group) for group in around for pattern in self.groups)

    def nothing(self, pages: int) -> SelectionError:
        """The error that says that no page is in it. `pages` were looked at."""
        chosen = [
            f"{what} {value}"
            for what, value in (
                ("pages", self.pages),
                ("groups", ", ".join(map(str, self.groups))),
                ("documents", self.documents),
            )
            if value
        ]
        return SelectionError(
            "selection-empty",
            f"None of the {pages} pages of the print file is in {' and '.join(chosen)}. `afpcluster convert "
            "FILE -o FILE.jsonl` writes an index of its pages, groups and documents.",
        )


EVERYTHING = Selection()
