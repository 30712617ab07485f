"""Page Position (PGP) format 1: only an origin, on the front side (MO:DCA Appendix C)."""

from __future__ import annotations

import pytest
from forms import converted, document, form_map, medium, medium_map, pages, print_file, shown

from afpcluster.afp import modca
from afpcluster.sample.records import field


@pytest.mark.parametrize(("x", "y"), [(0, 0), (10, 20), (-5, 7)])
def test_page_stands_where_its_position_says(x: int, y: int) -> None:
    fields = (medium(400, 600), field("PGP1", modca.PagePositionFormat1(x, y)))
    data = print_file((form_map(medium_map("M1", *fields)),), document(pages(1)))
    assert [shown(page) for page in converted(data)[0]] == [f"400x600: p1@{x},{y}"]
