"""A MO:DCA document index read: what its Index Elements point to, and the tags of each.

It stands in a file of its own (ACIF's .ind) or in front of its document. Offsets are from the Begin
Document that it belongs to. MO:DCA "Index Element (IEL)", "Tag Logical Element (TLE)".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from afpcluster.afp import code_pages
from afpcluster.afp import triplets as t
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import RecordFile
from afpcluster.afp.triplets import FqnType
from afpcluster.afp.triplets_control import (
    AttributeQualifier,
    ObjectByteExtent,
    ObjectByteOffset,
    ObjectCount,
)
from afpcluster.afp.views import Source
from afpcluster.display.facts import Tag
from afpcluster.document.attributes import declared_code_page, read_tag
from afpcluster.findings import Findings
from afpcluster.light import dataclass

_BDI, _EDI, _IEL, _TLE = (CODES[name] for name in ("BDI", "EDI", "IEL", "TLE"))


@dataclass(slots=True)
class IndexedObject:
    """A page group or page that an index points to: `kind` is "group" or "page". `offset` is from the Begin
    Document of `document`; `size` and `pages` are None where the index does not say them."""

    kind: str
    name: str
    document: str
    offset: int
    size: int | None = None
    pages: int | None = None
    medium_map: str = ""
    tags: list[Tag] = field(default_factory=list)


def read_document_index(source: Source, findings: Findings) -> Iterator[IndexedObject]:
    """What the document indexes of a file point to, in order. Raises ConversionError where it is not AFP."""
    file = RecordFile(source, findings)
    document = ""
    outer: int | None = None  # the code page of an open index
    current: IndexedObject | None = None
    level = 0
    for type_, offset, end, window, at in file.scan(report=True):
        data = file.data(offset, end, window, at, findings)
        if type_ == _BDI:
            document = t.qualified_name(data[8:], FqnType.BEGIN_DOCUMENT) or ""
            outer = declared_code_page(data[8:], code_pages.DEFAULT)
        elif type_ == _IEL and outer is not None:
            if current is not None:
                yield current
            current = _element(data, document, outer)
            level = int(current.kind == "page")
        elif type_ == _TLE and current is not None and outer is not None:
            said = t.decode_triplet(data, AttributeQualifier)
            current.tags.append(Tag(*read_tag(data, outer), said.level if said else level))
        elif type_ == _EDI:
            if current is not None:
                yield current
            outer = current = None
    if current is not None:
        yield current


def _element(data: bytes, document: str, outer: int) -> IndexedObject:
    group = t.qualified_name(data, FqnType.BEGIN_PAGE_GROUP, code_page=outer)
    name = group if group is not None else t.qualified_name(data, FqnType.BEGIN_PAGE, code_page=outer)
    offset = t.decode_triplet(data, ObjectByteOffset)
    extent = t.decode_triplet(data, ObjectByteExtent)
    count = t.decode_triplet(data, ObjectCount)
    return IndexedObject(
        "page" if group is None else "group",
        name or "",
        document,
        offset.high_offset << 32 | offset.offset if offset else 0,
        extent.high_extent << 32 | extent.extent if extent else None,
        count.count if count else None,
        t.qualified_name(data, FqnType.BEGIN_MEDIUM_MAP, code_page=outer) or "",
    )
