"""Where a print file is split, and what its parts are called."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

from afpcluster.display.place import Place
from afpcluster.findings import ConversionError

_MOST_NAME_BYTES = 120
_UNSAFE = re.compile(r"[^\w.@+=-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # of Windows
_FIELD = re.compile(r"\{([^{}]*)\}")


class By(StrEnum):
    """What makes a part."""

    DOCUMENT = "document"
    GROUP = "group"  # an outermost page group; pages outside of groups that follow each other
    TAG = "tag"  # pages that follow each other and have one value of a tag
    PAGES = "pages"  # a number of pages


class SplitError(ConversionError):
    """How to split, or how to name the parts, is not understood."""

    http_status = 400
    exit_code = 9


@dataclass(slots=True, frozen=True)
class SplitRule:
    """`tag` is the name for By.TAG, `count` the pages for By.PAGES."""

    by: By
    tag: str = ""
    count: int = 0

    @classmethod
    def parse(cls, text: str) -> SplitRule:
        """Read "document", "group", "tag:NAME" or "pages:N". Raises SplitError."""
        word, colon, rest = text.strip().partition(":")
        word, rest = word.strip().lower(), rest.strip()
        if word in (By.DOCUMENT, By.GROUP) and not colon:
            return cls(By(word))
        if word == By.TAG and rest:
            return cls(By.TAG, tag=rest)
        if word == By.PAGES and re.fullmatch(r"[1-9]\d{0,8}", rest):
            return cls(By.PAGES, count=int(rest))
        raise SplitError(
            "split-malformed", f"{text[:60]!r} splits nothing; write document, group, tag:NAME or pages:N"
        )

    def key(self, place: Place, ordinal: int) -> Hashable:
        """Pages of a part have the same, and pages that follow it another; None: nothing says which part a
        page is of. `ordinal` counts the output's pages from 1."""
        match self.by:
            case By.DOCUMENT:
                return place.document
            case By.GROUP:
                return place.groups[0].number if place.groups else None
            case By.TAG:
                return tag_value(place, self.tag)
            case By.PAGES:
                return (ordinal - 1) // self.count

    @property
    def template(self) -> str:
        """The name of parts where none is asked for."""
        match self.by:
            case By.DOCUMENT:
                return "{number}-{document}"
            case By.GROUP:
                return "{number}-{group}"
            case By.TAG:
                return "{tag:" + self.tag + "}"
            case By.PAGES:
                return "{number}"

    @property
    def lacking(self) -> str:
        """What is missing from pages whose key is None."""
        return f"no tag {self.tag!r}" if self.by is By.TAG else "no page group around them"


def tag_value(place: Place, name: str) -> str | None:
    """The value of a tag of the groups around a page, of the innermost that has it."""
    for group in reversed(place.groups):
        for tag, value in group.attributes:
            if tag == name:
                return value
    return None


class PartNames:
    """Gives every part a name that is safe for file systems, and no other part's."""

    def __init__(self, template: str, suffix: str) -> None:
        self._template = template
        self._suffix = suffix
        self._taken: set[str] = set()
        self.renamed = 0  # how many would have had the name of another
        for name in _FIELD.findall(template):
            if name not in ("document", "group", "number", "first_page") and not name.startswith("tag:"):
                raise SplitError(
                    "part-name-malformed",
                    f"{{{name}}} is no part of a name; these are: {{document}}, {{group}}, {{number}}, "
                    "{first_page}, {tag:NAME}",
                )

    def name(self, place: Place, number: int, first_page: int) -> str:
        """The name of part `number`, whose first page has this place."""
        group = place.groups[0] if place.groups else None
        values = {
            "document": place.document_name.strip() or str(place.document),
            "group": (group.name.strip() or str(group.number)) if group is not None else "none",
            "number": f"{number:05}",
            "first_page": f"{first_page:06}",
        }

        def filled(field: re.Match[str]) -> str:
            if field[1].startswith("tag:"):
                return tag_value(place, field[1].removeprefix("tag:").strip()) or "none"
            return values[field[1]]

        return self._free(safe_name(_FIELD.sub(filled, self._template)))

    def _free(self, stem: str) -> str:
        name, count = f"{stem}{self._suffix}", 1
        while name.lower() in self._taken:
            count += 1
            name = f"{stem}-{count}{self._suffix}"
        self.renamed += count > 1
        self._taken.add(name.lower())
        return name


def safe_name(text: str) -> str:
    """A file name of letters, digits and `.@+=_-`, not too long, never hidden and never Windows' own."""
    name = _UNSAFE.sub("_", text).strip("._") or "part"
    while len(name.encode()) > _MOST_NAME_BYTES:
        name = name[:-1]
    return f"{name}_" if _RESERVED.fullmatch(name) else name
