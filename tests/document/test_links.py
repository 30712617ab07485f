"""Links on pages: areas, targets, and what is left out."""

from __future__ import annotations

import pytest
from forms import UNITS, converted, document, page, pages, print_file

from afpcluster.afp import modca, triplets
from afpcluster.afp.names import encode_name
from afpcluster.afp.triplets import FqnType
from afpcluster.display.items import Group, Item, Link
from afpcluster.options import Layout, Options
from afpcluster.sample.records import begin, field, made, qualified_name, resource, triplet


def named(kind: int, name: str) -> bytes:
    return qualified_name(kind, encode_name(name))


def url(text: str) -> bytes:
    return triplet(triplets.FullyQualifiedName(FqnType.OTHER_OBJECT, 0x20, text.encode("ascii")))


def area(x: int, y: int, width: int, height: int) -> bytes:
    return triplet(made(triplets.AreaDefinition, x_origin=x, y_origin=y, x_size=width, y_size=height))


HALF_POINTS = triplet(triplets.MeasurementUnits(0, 0, 2 * UNITS, 2 * UNITS))
THIS, NEXT = named(FqnType.BEGIN_PAGE, "P1"), named(FqnType.BEGIN_PAGE, "P2")
GROUP = named(FqnType.BEGIN_PAGE_GROUP, "G2")
WHOLE = (0, 0, 200, 300)


def link(source: bytes, target: bytes, kind: int = 1) -> bytes:
    groups = [modca.LinkGroup(2, source), modca.LinkGroup(3, target)]
    return field("LLE", made(modca.LinkLogicalElement, link_type=kind, groups=groups))


def links(items: list[Item]) -> list[Link]:
    found: list[Link] = []
    for item in items:
        if isinstance(item, Link):
            found.append(item)
        elif isinstance(item, Group):
            found += links(item.items)
    return found


def print_file_with(lle: bytes) -> bytes:
    group = begin("BNG", "G2") + pages(2, 3) + begin("ENG", "G2")
    saved = resource("SAVED", 0xA8, document(page(2)))  # pages of resources do not count
    return print_file((saved,), document(page(1, extra=lle), group))


@pytest.mark.parametrize(
    ("lle", "expected"),
    [
        (link(b"", url("https://example.com/a b")), [(WHOLE, "https://example.com/a b", None)]),
        (link(THIS, url("MAILTO:a@example.com"), 2), [(WHOLE, "MAILTO:a@example.com", None)]),
        (link(area(1, 2, 3, 4), NEXT), [((1, 2, 3, 4), None, 2)]),
        (link(HALF_POINTS + area(10, 20, 30, 40), GROUP), [((5, 10, 15, 20), None, 2)]),
        (link(area(1, 2, 3, 4) + area(5, 6, 7, 8), THIS), [((1, 2, 3, 4), None, 1), ((5, 6, 7, 8), None, 1)]),
    ],
)
def test_links(lle: bytes, expected: list[tuple[tuple[float, ...], str | None, int | None]]) -> None:
    found, findings = converted(print_file_with(lle), Options(raise_faults=True))
    assert [(tuple(item.box), item.uri, item.page) for item in links(found[0].items)] == expected
    assert findings == []


@pytest.mark.parametrize(
    ("lle", "layout", "reason"),
    [
        (link(b"", url("javascript:alert(1)")), Layout.PAGES, "javascript"),
        (link(b"", named(FqnType.BEGIN_PAGE, "GONE")), Layout.PAGES, "GONE is not in this file"),
        (link(b"", named(FqnType.BEGIN_DOCUMENT, "OTHER")), Layout.PAGES, "neither a URL nor a page"),
        (link(NEXT, NEXT), Layout.PAGES, "stands on page P1"),
        (link(named(FqnType.BEGIN_OVERLAY, "O1"), NEXT), Layout.PAGES, "not the page"),
        (link(b"", NEXT, 3), Layout.PAGES, "appends"),
        (link(b"", NEXT), Layout.SHEETS, "parts of sheets"),
    ],
)
def test_links_left_out(lle: bytes, layout: Layout, reason: str) -> None:
    found, findings = converted(print_file_with(lle), Options(raise_faults=True, layout=layout))
    assert links(found[0].items) == []
    assert [(f.code, reason in f.message) for f in findings] == [("link-not-applied", True)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (
            page(1, extra=field("IPG", made(modca.IncludePage, name=encode_name("P9")))),
            "page-include-skipped",
        ),
        (pages(1) + field("IPG", made(modca.IncludePage, name=encode_name("P9"))), "page-include-skipped"),
        (pages(1) + link(b"", NEXT), "field-not-applied"),
    ],
)
def test_pages_of_other_documents_and_links_between_pages(content: bytes, code: str) -> None:
    _, findings = converted(document(content), Options(raise_faults=True))
    assert [f.code for f in findings] == [code]
