"""Links on pages: areas, targets, and what is left out."""

from __future__ import annotations

import pytest
from forms import UNITS, converted, document, page, pages, print_file

from afpcluster.afp import modca, triplets
from afpcluster.afp.names import encode_name
from afpcluster.afp.triplets import FqnType
from afpcluster.display.items import Group, Item, Link
from afpcluster.options import Layout, Options
from afpcluster.sample.records import begin, enclosed, field, made, qualified_name, resource, triplet


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
    ("groups", "code"),
    [
        ([(2, b""), (3, NEXT + area(1, 2, 3, 4))], "link-target-area"),
        ([(2, b""), (3, url("https://example.com/") + area(1, 2, 3, 4))], "link-target-area"),
        ([(2, b""), (2, b""), (3, NEXT)], "link-repeated"),
        ([(2, b""), (3, THIS), (3, NEXT)], "link-repeated"),
    ],
)
def test_what_a_link_cannot_do_is_told(groups: list[tuple[int, bytes]], code: str) -> None:
    """The link is there all the same."""
    made_groups = [modca.LinkGroup(role, parts) for role, parts in groups]
    lle = field("LLE", made(modca.LinkLogicalElement, link_type=1, groups=made_groups))
    found, findings = converted(print_file_with(lle), Options(raise_faults=True))
    assert (len(links(found[0].items)), [finding.code for finding in findings]) == (1, [code])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (area(1, 2, 0, 4), "has no extent"),
        (area(1, 2, 3, -4), "has no extent"),
        (area(200, 2, 3, 4), "lies off the page"),
        (area(1, -9, 3, 9), "lies off the page"),
        (area(1, 2, 3, 4)[:-1].replace(b"\x0f", b"\x0e", 1), "is cut off"),
    ],
)
def test_areas_that_nobody_can_point_at_are_told(bad: bytes, reason: str) -> None:
    """The other areas of the link count; without one, it is not one of the whole page."""
    for good, expected in ((area(5, 6, 7, 8), [(5, 6, 7, 8)]), (b"", [])):
        found, findings = converted(print_file_with(link(bad + good, NEXT)), Options(raise_faults=True))
        assert [tuple(item.box) for item in links(found[0].items)] == expected
        told = [finding.message for finding in findings if finding.code == "link-not-applied"]
        assert told == [f"An area of a link is left out: it {reason}"]


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


@pytest.mark.parametrize(
    ("target", "number"),
    [
        (named(FqnType.BEGIN_PAGE, "P2"), 5),  # of the source's own document
        (named(FqnType.BEGIN_PAGE, "P3"), 3),  # of the first that has it
        (named(FqnType.BEGIN_PAGE_GROUP, "G2"), 5),
        (named(FqnType.BEGIN_DOCUMENT, "FIRST") + named(FqnType.BEGIN_PAGE, "P2"), 2),
        (named(FqnType.BEGIN_DOCUMENT, "FIRST") + GROUP, 2),
        (named(FqnType.BEGIN_DOCUMENT, "THIRD") + NEXT, None),
    ],
)
def test_targets_are_looked_for_in_a_document(target: bytes, number: int | None) -> None:
    """Pages 1 to 3 are those of document FIRST, 4 and 5 those of SECOND, of the same names."""

    def grouped(*numbers: int) -> bytes:
        return enclosed("BNG", "G2", [pages(*numbers)])

    first = enclosed("BDT", "FIRST", [page(1), grouped(2, 3)], b"\0\0")
    second = enclosed("BDT", "SECOND", [page(1, extra=link(b"", target)), grouped(2)], b"\0\0")
    found, _ = converted(first + second, Options(raise_faults=True))
    assert [one.page for one in links(found[3].items)] == ([number] if number else [])


def test_included_pages_count() -> None:
    """A page that Include Page (IPG) shows in front of the target moves it."""
    saved = resource("SAVED", 0xA8, document(page(7)))
    ipg = field(
        "IPG",
        made(modca.IncludePage, name=encode_name("P7"), triplets=named(FqnType.BEGIN_DOCUMENT, "SAVED")),
    )
    data = print_file((saved,), document(page(1, extra=link(b"", NEXT)), ipg, page(2)))
    found, _ = converted(data, Options(raise_faults=True))
    assert [one.page for one in links(found[0].items)] == [3]
