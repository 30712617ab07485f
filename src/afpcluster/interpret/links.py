"""Link Logical Elements on a page -> active areas: to a URL, to a page or page group of the same file.

A link that needs anything else (an overlay or an object as its source, another document as its target)
is reported and left out. MO:DCA "Link Logical Element (LLE)".
"""

from __future__ import annotations

from collections.abc import Iterator

from afpcluster.afp import triplets as t
from afpcluster.afp.code_pages import DEFAULT
from afpcluster.afp.framing import Record
from afpcluster.afp.modca import LinkLogicalElement
from afpcluster.afp.triplets import FqnType
from afpcluster.afp.units import read_units
from afpcluster.display.geometry import Box
from afpcluster.display.items import Link
from afpcluster.document.page_names import PageNames
from afpcluster.findings import Findings, Reporter, Severity
from afpcluster.interpret.environment import Environment

_SOURCE, _TARGET = 2, 3  # RGFunct
_APPEND = 3  # LnkType
_URL = 0x20  # FQNFmt
_AREA = 0x4D
_SCHEMES = ("http://", "https://", "mailto:", "ftp://")
_ELSEWHERE = (FqnType.BEGIN_RESOURCE_GROUP, FqnType.PROCESS_ELEMENT_GID, FqnType.BEGIN_OVERLAY,
              FqnType.OTHER_OBJECT)  # fmt: skip


class _NotApplied(Exception):
    """Why a link is left out."""


def read_links(
    record: Record,
    page_name: str,
    document: int,
    page: Environment,
    names: PageNames | None,
    findings: Findings,
    *,
    code_page: int = DEFAULT,
) -> list[Link]:
    """The active areas of an LLE on the page `page_name` of a document, in points. `names` None: pages are
    no targets, since output pages are not those of the file. `code_page` is that of names, where a group
    declares none. Raises DecodeError."""
    link = LinkLogicalElement.decode(record.data)
    parts = {group.role: group.triplets for group in link.groups}
    report = findings.at(record.offset, "LLE", "MO:DCA Link Logical Element (LLE)")
    if len(parts) < len(link.groups):
        report(
            "link-repeated", "A link has several groups for its source, target or attributes: the last count"
        )
    target = parts.get(_TARGET, b"")
    try:
        if link.link_type == _APPEND:
            raise _NotApplied("it appends, which is for archives")
        source = parts.get(_SOURCE, b"")
        _check_source(source, page_name, code_page)
        uri, number = _target(target, document, names, code_page)
    except _NotApplied as reason:
        report("link-not-applied", f"A link is left out: {reason}")
        return []
    if any(triplet.id == _AREA for triplet in t.split_triplets(target)):
        told = "A link leads to an area of its target, which cannot be; it leads to the whole of it"
        report("link-target-area", told, severity=Severity.SUBSTITUTED)
    areas = _areas(source, page, findings.at(record.offset, "LLE", "MO:DCA Area Definition Triplet X'4D'"))
    return [Link(area, uri, number) for area in areas]


def _check_source(source: bytes, page_name: str, code_page: int) -> None:
    if t.qualified_name(source, *_ELSEWHERE) is not None:
        raise _NotApplied("its source is not the page but something on it or elsewhere")
    named = t.qualified_name(source, FqnType.BEGIN_PAGE, code_page=code_page)
    if named not in (None, page_name):
        raise _NotApplied(f"its source is page {named}, but it stands on page {page_name}")


def _target(
    target: bytes, document: int, names: PageNames | None, code_page: int
) -> tuple[str | None, int | None]:
    """URI or page number."""
    for triplet in t.split_triplets(target):
        if triplet.id == 0x02 and len(triplet.data) > 2 and triplet.data[1] == _URL:
            uri = triplet.data[2:].decode("ascii", "replace").strip()
            if not uri.lower().startswith(_SCHEMES):
                raise _NotApplied(f"its target {uri} is not one that a reader should follow")
            return uri, None
    page = t.qualified_name(target, FqnType.BEGIN_PAGE, code_page=code_page)
    group = t.qualified_name(target, FqnType.BEGIN_PAGE_GROUP, code_page=code_page)
    if page is None and group is None:
        raise _NotApplied("its target is neither a URL nor a page of this file")
    if names is None:
        raise _NotApplied("its target is a page, and pages are parts of sheets here")
    elsewhere = t.qualified_name(target, FqnType.BEGIN_DOCUMENT, code_page=code_page)
    where = document if elsewhere is None else names.document(elsewhere)
    if where is None:
        raise _NotApplied(f"its target is in document {elsewhere}, which is not in this file")
    number = names.page(page, where) if page is not None else names.group(group or "", where)
    if number is None:
        raise _NotApplied(f"its target {page or group} is not in this file")
    return None, number


def _areas(source: bytes, page: Environment, report: Reporter) -> Iterator[Box]:
    """The rectangles of a link source, in its own units or the page's; the page where it gives none. Those
    that nobody can point at are told."""
    x, y = page.x_unit, page.y_unit
    units = t.decode_triplet(source, t.MeasurementUnits)
    if units is not None:
        x, y = read_units(units, report)
    given = [triplet.data for triplet in t.split_triplets(source) if triplet.id == _AREA]
    if not given:
        yield Box(0, 0, page.width, page.height)
    for data in given:
        problem = "is cut off"
        if len(data) >= t.AreaDefinition.shape.required:
            area = t.AreaDefinition.decode(data)
            box = Box(area.x_origin * x, area.y_origin * y, area.x_size * x, area.y_size * y)
            if box.width > 0 and box.height > 0 and _is_on(page, box):
                yield box
                continue
            problem = "lies off the page" if box.width > 0 and box.height > 0 else "has no extent"
        report("link-not-applied", f"An area of a link is left out: it {problem}")


def _is_on(page: Environment, box: Box) -> bool:
    """Whether some of a box lies on the page."""
    right, bottom = min(page.width, box.x + box.width), min(page.height, box.y + box.height)
    return right > max(0.0, box.x) and bottom > max(0.0, box.y)
