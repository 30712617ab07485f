"""Sheets: pages that do not fit, too many of them, and a page that cannot be drawn."""

from __future__ import annotations

import pytest
from forms import (
    converted,
    copies,
    document,
    form_map,
    medium,
    medium_map,
    modify,
    pages,
    position,
    print_file,
    shown,
)

from afpcluster.display.items import Page
from afpcluster.document.units import PageUnit
from afpcluster.findings import LimitError
from afpcluster.interpret.page import PageInterpreter
from afpcluster.interpret.page_form import PageForm
from afpcluster.options import Layout, Options

A = medium(400, 600)


@pytest.mark.parametrize(
    ("place", "cut_off"),
    [
        ((200, 300, 0, 0), False),
        ((201, 301, 0, 0), False),
        ((202, 300, 0, 0), True),
        ((-2, 0, 0, 0), True),
        ((300, 0, 90, 0), False),
        ((200, 0, 90, 0), True),
    ],
)
def test_pages_beyond_the_medium_are_reported(place: tuple[int, ...], cut_off: bool) -> None:
    form = form_map(medium_map("M1", A, position(place)))
    _, findings = converted(print_file((form,), document(pages(1, 2))))
    assert [(f.code, f.page, f.count) for f in findings] == [("page-beyond-medium", 1, 2)] * cut_off


def test_limit_of_pages_counts_sides() -> None:
    form = form_map(medium_map("M1", A, copies((1, 3, 1)), modify(1)))
    data = print_file((form,), document(pages(1, 2)))
    with pytest.raises(LimitError, match="more than 5 pages"):
        converted(data, Options(layout=Layout.SHEETS, max_pages=5))
    assert len(converted(data, Options(layout=Layout.SHEETS, max_pages=6))[0]) == 6


def test_fault_on_one_page_leaves_the_others_of_the_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = PageInterpreter.draw

    def broken(self: PageInterpreter, unit: PageUnit, form: PageForm) -> Page:
        if unit.number == 2:
            raise RuntimeError("broken")
        return whole(self, unit, form)

    monkeypatch.setattr(PageInterpreter, "draw", broken)
    form = form_map(medium_map("M1", medium(2000, 1600), copies((1, 1, 1)), modify(1, (0xFC, 2))))
    (side,), findings = converted(print_file((form,), document(pages(1, 2))), Options(layout=Layout.SHEETS))
    assert shown(side).startswith("2000x1600: p1@0,0 ")
    assert [(f.code, f.page) for f in findings] == [("internal-fault", 2)]
