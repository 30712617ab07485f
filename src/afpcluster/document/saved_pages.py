"""Saved pages: those of documents in a resource group, which Include Page (IPG) shows again.

A printer keeps them; here they are read where they stand. MO:DCA "Include Page (IPG)", Chapter 4
"Resource Groups".
"""

from __future__ import annotations

from collections.abc import Iterator

from afpcluster.afp import triplets as t
from afpcluster.afp.fields import CODES
from afpcluster.afp.modca import IncludePage
from afpcluster.afp.names import decode_name
from afpcluster.afp.triplets import FqnType
from afpcluster.document.attributes import begin_name
from afpcluster.document.resources import DOCUMENT, PAGE, Resource, ResourceScope

_BPG, _EPG = CODES["BPG"], CODES["EPG"]


class SavedPages:
    """Finds saved pages; keeps where those of each document stand."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[Resource, list[Resource]]] = {}  # by id of the document

    def find(self, scope: ResourceScope, include: bytes) -> Resource | None:
        """The page that the data of an Include Page asks for. Raises DecodeError."""
        asked = IncludePage.decode(include)
        document = scope.find(DOCUMENT, t.qualified_name(asked.triplets, FqnType.BEGIN_DOCUMENT) or "")
        if document is None:
            return None
        pages = self._pages(document)
        offset = t.decode_triplet(asked.triplets, t.ObjectOffset)
        if offset is not None:
            return pages[offset.offset] if offset.offset < len(pages) else None
        name = t.qualified_name(asked.triplets, FqnType.REPLACE_FIRST_GID) or decode_name(asked.name)
        return next((page for page in pages if page.name == name), None)

    def _pages(self, document: Resource) -> list[Resource]:
        if id(document) not in self._found:
            self._found[id(document)] = (document, list(_scan(document)))
        return self._found[id(document)][1]


def _scan(document: Resource) -> Iterator[Resource]:
    if document.file is None:
        return
    start, name = -1, ""
    for type_, offset, end, window, at in document.file.scan(document.start, stop=document.end):
        if type_ == _BPG:
            start, name = offset, begin_name(document.file.data(offset, end, window, at))
        elif type_ == _EPG and start >= 0:
            yield Resource(PAGE, (name,), document.findings, document.file, start, end)
            start = -1
