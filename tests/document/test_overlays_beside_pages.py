"""Overlays that a medium map puts where the output has no room for them are told."""

from __future__ import annotations

import pytest
from forms import (
    converted,
    copies,
    document,
    form_map,
    map_overlays,
    medium,
    medium_map,
    modify,
    modify_page,
    overlay,
    pages,
    position,
    print_file,
    shown,
)

from afpcluster.options import Layout, Options

MEDIUM_OVERLAY = (map_overlays(1), copies((1, 1, 1)), modify(1, (0xF2, 1)))


@pytest.mark.parametrize(
    ("layout", "fields", "expected", "told"),
    [
        (Layout.PAGES, (position((5, 0, 0, 0)), *MEDIUM_OVERLAY), "200x300: o1@-5,0 p1@0,0", []),
        (
            Layout.PAGES,
            (position((150, 0, 0, 0)), *MEDIUM_OVERLAY),
            "200x300: o1@-150,0 p1@0,0",
            ["skipped: A rule of an overlay of the medium map lies off the page"],
        ),
        (
            Layout.PAGES,
            (position((0, 0, 0, 0)), modify_page(1, (1, 0, 310))),
            "200x300: o1@0,310 p1@0,0",
            ["skipped: A rule of an overlay of the medium map lies off the page"],
        ),
        (
            Layout.SHEETS,
            (position((150, 0, 0, 0)), *MEDIUM_OVERLAY),
            "400x400: o1@0,0 p1@150,0",
            [],
        ),
        (
            Layout.SHEETS,
            (position((0, 0, 0, 0)), modify_page(1, (1, 0, 310))),
            "400x400: o1@0,310 p1@0,0",
            [],
        ),
        (
            Layout.SHEETS,
            (position((0, 0, 0, 0)), modify_page(1, (1, 0, 410))),
            "400x400: o1@0,410 p1@0,0",
            ["info: A rule of an overlay of the medium map lies off the medium"],
        ),
    ],
)
def test_overlays(layout: Layout, fields: tuple[bytes, ...], expected: str, told: list[str]) -> None:
    form = form_map(medium_map("M", medium(400, 400), *fields))
    data = print_file([form, overlay(1)], document(pages(1)))
    made, findings = converted(data, Options(layout=layout, raise_faults=True))
    assert [shown(page) for page in made] == [expected]
    assert [f"{f.severity}: {f.message.partition(', where')[0]}" for f in findings] == told
