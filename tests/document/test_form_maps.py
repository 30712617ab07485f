"""Which medium map is in force, and what it does to pages that are shown by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from forms import (
    converted,
    copies,
    document,
    form_map,
    invoke,
    map_overlays,
    medium,
    medium_map,
    modify,
    modify_page,
    overlay,
    page,
    pages,
    position,
    print_file,
    shown,
)

from afpcluster.afp import modca, triplets
from afpcluster.afp.triplets_control import PresentationControl, TonerSaver
from afpcluster.findings import MissingResourceError
from afpcluster.options import Layout, Options
from afpcluster.sample.records import enclosed, field, made, triplet

ONE = copies((1, 1, 1))
OVERLAY_1, OVERLAY_2, DUPLEX = (0xF2, 1), (0xF2, 2), (0xF4, 2)
BOTH = (
    medium(400, 600),
    map_overlays(1, 2),
    copies((1, 1, 1), (1, 1, 2)),
    modify(1, DUPLEX, OVERLAY_1),
    modify(2, DUPLEX, OVERLAY_2),
)
ONE_BY_ONE = Options(raise_faults=True)


def placed(*uses: tuple[int, ...], name: str = "M1") -> bytes:
    return medium_map(name, medium(400, 600), modify_page(1, *uses))


def group_number(number: int) -> bytes:
    """What follows the name in a Begin Page: the repeating group to view it with."""
    return triplet(triplets.PagePositionInformation(number))


@pytest.mark.parametrize(
    ("fields", "content", "expected"),
    [
        # Pages have their own size; overlays lie where they lie relative to the page
        (
            (*BOTH, position((10, 20, 0, 0), (30, 40, 0, 1))),
            pages(1, 2),
            ["200x300: o1@-10,-20 p1@0,0", "200x300: o2@-30,-40 p2@0,0"],
        ),
        ((*BOTH, position((400, 20, 90, 0))), pages(1), ["200x300: o1@-20,400r270 p1@0,0"]),
        (
            (medium(400, 600), modify_page(1, (1, 3, 4), (2, 5, 6, 90))),
            pages(1),
            ["200x300: o1@3,4 o2@5,6r90 p1@0,0"],
        ),
        # Preprinted forms come last; one of the medium puts that of the page out of action
        (
            (medium(400, 600), modify_page(1, (1, 3, 4, 90), object_type=0xDC), modify_page(2, (2, 5, 6))),
            pages(1),
            ["200x300: o2@5,6 p1@0,0 *o1@3,4"],
        ),
        (
            (
                medium(400, 600),
                map_overlays(1, 2),
                position((10, 20, 0, 0)),
                ONE,
                modify(1, (0xD2, 2), OVERLAY_1),
                modify_page(1, (1, 3, 4), object_type=0xDC),
            ),
            pages(1),
            ["200x300: o1@-10,-20 p1@0,0 *o2@-10,-20"],
        ),
        # The colour of a page (shown as o100) covers what lies on the medium, not what lies on the page
        (
            (medium(400, 600), map_overlays(1), ONE, modify(1, OVERLAY_1), modify_page(1, (2, 5, 6))),
            page(1, space=triplet(triplets.PresentationSpaceResetMixing(0x80))),
            ["200x300: o1@0,0 o100@0,0 o2@5,6 p1@0,0"],
        ),
        # in N-up, to the page in its partition
        (
            (
                medium(600, 400),
                map_overlays(1),
                position((10, 20, 0, 0)),
                ONE,
                modify(1, OVERLAY_1, (0xFC, 2)),
            ),
            pages(1, 2),
            ["200x300: o1@-10,-20 p1@0,0", "200x300: o1@-310,-20 p2@0,0"],
        ),
        # A page that names its repeating group
        (
            (*BOTH, position((10, 20, 0, 0), (30, 40, 0, 1))),
            page(1, begin_data=group_number(2)),
            ["200x300: o2@-30,-40 p1@0,0"],
        ),
        (
            (*BOTH, position((10, 20, 0, 0), (30, 40, 0, 1))),
            page(1, begin_data=group_number(3)),
            ["200x300: o1@-10,-20 p1@0,0"],
        ),
    ],
)
def test_pages_by_themselves(fields: tuple[bytes, ...], content: bytes, expected: list[str]) -> None:
    data = print_file((form_map(medium_map("M1", *fields)), overlay(1), overlay(2)), document(content))
    found, _ = converted(data, ONE_BY_ONE)
    assert [shown(item) for item in found] == expected


BLEND, UNDERPAINT = (triplet(triplets.PresentationSpaceMixingRules(bytes((0x73, rule)))) for rule in (3, 2))


@pytest.mark.parametrize(
    ("mixing", "layout", "expected", "codes"),
    [
        # A page has its overlays to itself, and the medium's beneath it
        (BLEND, Layout.PAGES, "200x300: o1@0,0 *o2@5,6 *p1@0,0", []),
        (BLEND, Layout.SHEETS, "400x600: o1@0,0 *o2@5,6 *p1@0,0", []),
        (UNDERPAINT, Layout.PAGES, "200x300: o2@5,6 p1@0,0 o1@0,0", []),
        (UNDERPAINT, Layout.SHEETS, "400x600: o1@0,0 o2@5,6 p1@0,0", ["mixing-not-applied"]),
    ],
)
def test_mixing_of_pages(mixing: bytes, layout: Layout, expected: str, codes: list[str]) -> None:
    """Presentation Space Mixing Rules (X'71') of a Page Descriptor: foreground on foreground."""
    form = medium_map(
        "M1", medium(400, 600), map_overlays(1), ONE, modify(1, OVERLAY_1), modify_page(1, (2, 5, 6))
    )
    data = print_file((form_map(form), overlay(1), overlay(2)), document(page(1, space=mixing)))
    (found,), findings = converted(data, Options(raise_faults=True, layout=layout))
    assert shown(found) == expected
    assert [f.code for f in findings] == codes


MAPS = form_map(placed((1, 0, 0), name="M1"), placed((2, 0, 0), name="M2"))
INTERNAL = placed((1, 7, 7), name="IN")
SHARED = form_map(
    medium_map("M1", medium(400, 600), ONE, modify(1, OVERLAY_1)),
    medium_map("M2", map_overlays(2), ONE, modify(1, OVERLAY_1, OVERLAY_2)),
    shared=(map_overlays(1), medium(900, 900)),
)


@pytest.mark.parametrize(
    ("form", "content", "expected"),
    [
        (MAPS, (pages(1),), ["o1@0,0 p1@0,0"]),
        (MAPS, (invoke("M2"), pages(1), invoke("M1"), pages(2)), ["o2@0,0 p1@0,0", "o1@0,0 p2@0,0"]),
        # Inside the document: only right in front of its invocation
        (MAPS, (INTERNAL, invoke("IN"), pages(1)), ["o1@7,7 p1@0,0"]),
        (
            MAPS,
            (INTERNAL, invoke("IN"), pages(1), invoke("M2"), pages(2)),
            ["o1@7,7 p1@0,0", "o2@0,0 p2@0,0"],
        ),
        (MAPS, (INTERNAL, pages(1)), ["o1@0,0 p1@0,0"]),
        (MAPS, (INTERNAL, invoke("M2"), pages(1)), ["o2@0,0 p1@0,0"]),
        (MAPS, (INTERNAL, invoke("IN"), pages(1), invoke("IN"), pages(2)), ["o1@7,7 p1@0,0", "p2@0,0"]),
        # What a map does not say, the document environment group does; not for maps inside documents
        (SHARED, (pages(1),), ["o1@0,0 p1@0,0"]),
        (SHARED, (invoke("M2"), pages(1)), ["o2@0,0 p1@0,0"]),
        (SHARED, (medium_map("IN", ONE, modify(1, OVERLAY_1)), invoke("IN"), pages(1)), ["p1@0,0"]),
    ],
)
def test_map_in_force(form: bytes, content: tuple[bytes, ...], expected: list[str]) -> None:
    for layout in Layout:
        data = print_file((form, overlay(1), overlay(2)), document(*content))
        found, _ = converted(data, Options(raise_faults=True, layout=layout))
        assert [shown(item).partition(": ")[2] for item in found] == expected


def test_form_map_of_the_caller(tmp_path: Path) -> None:
    outside = form_map(placed((2, 9, 9), name="M1"), name="OUT")
    (tmp_path / "OUT.afp").write_bytes(outside)
    data = print_file((MAPS, overlay(1), overlay(2)), document(pages(1)))
    for name, expected in ((None, "o1@0,0 p1@0,0"), ("FORM", "o1@0,0 p1@0,0"), ("out", "o2@9,9 p1@0,0")):
        options = Options(resource_paths=(tmp_path,), form_map=name, raise_faults=True)
        (found,), findings = converted(data, options)
        assert shown(found) == f"200x300: {expected}"
        assert findings == []


def test_form_map_of_the_caller_that_is_missing() -> None:
    data = print_file((MAPS, overlay(1)), document(pages(1)))
    (found,), findings = converted(data, Options(form_map="GONE", raise_faults=True))
    assert shown(found) == "200x300: p1@0,0"
    assert [(f.code, "GONE" in f.message) for f in findings] == [("resource-missing", True)]
    with pytest.raises(MissingResourceError, match="GONE"):
        converted(data, Options(form_map="GONE", strict=True))


def two_up(method: int) -> bytes:
    """A Medium Descriptor with the retired triplet X'10' of Océ."""
    units = (0, 0, 720, 720)
    return field("MDD", modca.MediumDescriptor(*units, 200, 300, 0, bytes((3, 0x10, method))))


def fidelity(saver: TonerSaver) -> bytes:
    return field("PFC", made(modca.PresentationFidelityControl, flags=0, triplets=triplet(saver)))


FINISHING = made(modca.MediumFinishingControl, flags=0, collection=0, scope=4)
INTENT = made(modca.PresentationEnvironmentControl)


@pytest.mark.parametrize(
    ("fields", "content", "expected"),
    [
        ((), (pages(1),), []),
        ((), (invoke("M9"), pages(1)), ["medium-map-missing"]),
        ((field("MFC", FINISHING),), (pages(1, 2),), ["printer-control-not-applied"]),
        ((field("PEC", INTENT),), (pages(1),), ["printer-control-not-applied"]),
        ((fidelity(TonerSaver(1)),), (pages(1),), ["printer-control-not-applied"]),
        ((fidelity(TonerSaver(0)),), (pages(1),), []),
        ((ONE, modify(1, (0xE1, 1))), (pages(1),), ["printer-control-not-applied"]),
        ((ONE, modify(1, (0x90, 1), (0x91, 2))), (pages(1),), ["printer-control-not-applied"]),
        ((ONE, modify(1, (0xD1, 1), (0xF8, 9))), (pages(1),), ["printer-control-not-applied"] * 2),
        ((ONE, modify(1, (0x0E, 0), (0xD1, 0), (0xE1, 0), (0xF1, 0), (0xF8, 0xFF))), (pages(1),), []),
        ((ONE, modify(1, (0x77, 1))), (pages(1),), ["keyword-unknown"]),
        ((copies((1, 2, 1)), modify(1)), (pages(1),), ["medium-map-not-applied"]),
        ((copies((2, 1, 1)), modify(1)), (pages(1),), ["copies-invalid"] * 2),
        (
            (copies((1, 1, 1), (3, 3, 1)), modify(1)),
            (pages(1),),
            ["copies-invalid", "medium-map-not-applied"],
        ),
        ((copies((1, 1, 1), (1, 1, 1)), modify(1, DUPLEX)), (pages(1),), []),
        ((copies((1, 1, 1), (2, 2, 1)), modify(1, DUPLEX)), (pages(1),), []),
        ((copies((1, 1, 1)), modify(1, DUPLEX)), (pages(1),), ["copies-invalid"]),
        (
            (copies((1, 1, 1), (1, 2, 1)), modify(1, DUPLEX)),
            (pages(1),),
            ["copies-invalid"],
        ),
        (
            (copies((1, 1, 1), (2, 2, 2)), modify(1), modify(2, DUPLEX)),
            (pages(1),),
            ["copies-invalid", "medium-map-not-applied"],
        ),
        ((ONE, modify(1, (0xFC, 2))), (pages(1),), ["medium-map-not-applied"]),
        ((ONE, modify(1, (0xF9, 1))), (pages(1),), ["medium-map-not-applied"]),
        ((position((0, 0, 0, 0, 0x10)),), (pages(1),), ["medium-map-not-applied"]),
        ((position((0, 0, 0, 0x10)),), (pages(1),), ["page-position-invalid"]),
        (
            (position((0, 0, 0, 0x30), (0, 0, 0, 0)), ONE, modify(1, (0xFC, 2))),
            (pages(1),),
            ["page-position-invalid"] * 2 + ["medium-map-not-applied"],
        ),
        ((position((0, 0, 0, 0x11)), ONE, modify(1, (0xFC, 1))), (pages(1),), ["page-position-invalid"]),
        ((field("PGP", b""),), (pages(1),), ["field-short"]),
        ((), (field("IMM", b"\xc1"), pages(1)), ["field-short"]),
        ((ONE, modify(1, (0xF4, 7))), (pages(1),), ["keyword-invalid"]),
        ((ONE, modify(1, (0xFC, 5))), (pages(1),), ["keyword-invalid"]),
        ((medium(200, 300, orientation=9),), (pages(1),), ["keyword-invalid"]),
        ((two_up(1),), (pages(1),), ["printer-control-not-applied"]),
        ((two_up(0),), (pages(1),), []),
        ((position((0, 0, 45, 0)),), (pages(1),), ["page-position-invalid"]),
        ((position((0, 0, 270, 0)),), (pages(1),), []),
        ((ONE, modify(1), modify(2)), (pages(1),), []),
        ((ONE, modify(1), modify(1)), (pages(1),), ["medium-map-reference"]),
        ((modify_page(1), modify_page(1)), (pages(1),), ["medium-map-reference"]),
        ((ONE,), (pages(1),), ["medium-map-reference"]),
        ((copies((1, 1, 0)),), (pages(1),), []),
        ((ONE, modify(1, OVERLAY_1)), (pages(1),), ["medium-map-reference"]),
        ((ONE, modify(1, (0xD2, 1))), (pages(1),), ["medium-map-reference"]),
        ((modify(1, (0xFC, 1)), position((0, 0, 0, 0, 0, 3))), (pages(1),), ["medium-map-reference"]),
        ((modify(1, (0xFC, 1)), modify_page(3), position((0, 0, 0, 0, 0, 3))), (pages(1),), []),
    ],
)
def test_findings_of_pages(
    fields: tuple[bytes, ...], content: tuple[bytes, ...], expected: list[str]
) -> None:
    data = print_file((form_map(medium_map("M1", *fields)),), document(*content))
    _, findings = converted(data, ONE_BY_ONE)
    assert [f.code for f in findings] == expected


@pytest.mark.parametrize(
    ("begin", "told"),
    [
        (b"", []),
        (triplet(PresentationControl(0x00)), []),
        (triplet(PresentationControl(0x40)), []),
        (triplet(PresentationControl(0x80)), ["triplet-not-applied"]),
        (group_number(1), []),
        (group_number(2), ["page-position-invalid"]),
    ],
)
def test_what_a_page_says_of_its_place_and_of_viewers(begin: bytes, told: list[str]) -> None:
    form = form_map(medium_map("M1", medium(400, 600), position((10, 20, 0, 0))))
    found, findings = converted(print_file((form,), document(page(1, begin_data=begin))), ONE_BY_ONE)
    assert [shown(item) for item in found] == ["200x300: p1@0,0"]
    assert [f.code for f in findings] == told


@pytest.mark.parametrize(
    ("first", "second", "severities"),
    [
        ((), (), ["info"]),
        ((OVERLAY_1,), (OVERLAY_1,), ["info"]),
        ((OVERLAY_1,), (), ["info"]),
        ((), (OVERLAY_1,), ["skipped", "info"]),
        (((0xD2, 1),), (OVERLAY_1,), ["info"]),
        (((0xF3, 4),), (), ["skipped", "info"]),
        (((0xF3, 4),), ((0xF3, 5),), ["skipped", "info"]),
        ((), ((0xF3, 5),), ["info"]),
    ],
)
def test_what_only_other_copies_show_is_told(
    first: tuple[tuple[int, int], ...], second: tuple[tuple[int, int], ...], severities: list[str]
) -> None:
    fields = (map_overlays(1), copies((1, 1, 1), (2, 2, 2)), modify(1, *first), modify(2, *second))
    data = print_file((form_map(medium_map("M1", *fields)), overlay(1)), document(pages(1)))
    _, findings = converted(data, ONE_BY_ONE)
    assert [(f.code, f.severity) for f in findings] == [("medium-map-not-applied", s) for s in severities]


@pytest.mark.parametrize("layout", Layout)
def test_preprinted_form_that_is_missing(layout: Layout) -> None:
    form = medium_map("M1", medium(200, 300), modify_page(1, (7, 0, 0), object_type=0xDC))
    (found,), findings = converted(
        print_file((form_map(form),), document(pages(1))), Options(raise_faults=True, layout=layout)
    )
    assert shown(found) == "200x300: p1@0,0"
    assert len(found.items) == 1
    assert [f.code for f in findings] == ["resource-missing"]


def test_no_finding_where_there_is_no_form_map() -> None:
    _, findings = converted(document(invoke("M1"), pages(1)), ONE_BY_ONE)
    assert findings == []


def test_sheets_report_what_is_for_printers_once() -> None:
    form = form_map(medium_map("M1", field("MFC", FINISHING), ONE, modify(1, (0xE1, 1))))
    _, findings = converted(print_file((form,), document(pages(1, 2, 3))))
    assert [(f.code, "finishing" in f.message, f.count) for f in findings] == [
        ("printer-control-not-applied", True, 3),
        ("printer-control-not-applied", False, 3),
    ]


def test_fields_in_a_form_environment_group() -> None:
    """Retired, but old producers wrap the fields of a medium map in one."""
    fields = (medium(400, 600), position((5, 6, 0, 0)), ONE, modify(1, (0xE1, 2)))
    form = form_map(medium_map("M1", enclosed("BFG", "", fields)))
    (found,), findings = converted(print_file((form,), document(pages(1))))
    assert shown(found) == "400x600: p1@5,6"
    assert [f.code for f in findings] == ["printer-control-not-applied"]


def test_short_medium_descriptor() -> None:
    """Old producers end the MDD behind its units."""
    old = field("MDD", medium(0, 0)[9:15])
    form = form_map(medium_map("M1", old, position((5, 6, 0, 0))))
    (found,), findings = converted(print_file((form,), document(pages(1))))
    assert (shown(found), findings) == ("205x306: p1@5,6", [])


def test_partitions_without_page_data_take_no_page_and_are_told() -> None:
    """PGP PgFlgs bit 0 in the second of three repeating groups: pages go by the first and the third."""
    groups = position((10, 0, 0, 0x10), (20, 0, 0, 0x10, 0x80), (30, 0, 0, 0x20))
    form = medium_map("M1", medium(400, 600), map_overlays(1), ONE, modify(1, OVERLAY_1, (0xFC, 2)), groups)
    data = print_file((form_map(form), overlay(1)), document(pages(1, 2, 3)))
    found, findings = converted(data, ONE_BY_ONE)
    assert [shown(item).partition(" ")[2] for item in found] == [
        "o1@-10,0 p1@0,0",
        "o1@-30,-300 p2@0,0",
        "o1@-10,0 p3@0,0",
    ]
    assert any("overlays alone" in f.message for f in findings)


def test_too_many_repeating_groups_are_told() -> None:
    form = medium_map(
        "M1", medium(400, 600), modify(1, (0xFC, 2)), position(*[(0, 0, 0, 0x10, 0x80)] * 2_000)
    )
    found, findings = converted(print_file([form_map(form)], document(pages(*range(1, 20)))))
    assert len(found) == 1
    assert {f.code for f in findings} == {"page-position-invalid"}


@pytest.mark.parametrize("layout", Layout)
def test_a_medium_map_that_is_missing(layout: Layout) -> None:
    data = print_file((form_map(medium_map("M1")),), document(invoke("M9"), pages(1)))
    _, findings = converted(data, Options(layout=layout, raise_faults=True))
    place = data.index(invoke("M9"))
    told = [(str(f.severity), f.offset) for f in findings if f.code == "medium-map-missing"]
    assert told == [("skipped", place)]
    with pytest.raises(MissingResourceError, match="M9") as refused:
        converted(data, Options(layout=layout, strict=True))
    assert refused.value.offset == place


@pytest.mark.parametrize(
    ("control", "told"), [(1, []), (4, []), (0, ["media-eject-invalid"]), (9, ["media-eject-invalid"])]
)
def test_reserved_media_eject_control(control: int, told: list[str]) -> None:
    eject = triplet(made(triplets.MediaEjectControl, control=control))
    data = print_file((form_map(enclosed("BMM", "M1", (), eject)),), document(pages(1)))
    _, findings = converted(data, ONE_BY_ONE)
    assert [f.code for f in findings] == told
    assert all(f.offset is not None for f in findings)
