"""Mapping options: where an image of 100 by 50 points lands in areas of other sizes."""

from __future__ import annotations

import pytest
from iocas import size
from pictures import bilevel, codes, context, image_object, ink_rows

from afpcluster.afp.ioca_write import encode_data, encode_segment
from afpcluster.display.items import Image, Item, Shared
from afpcluster.interpret.context import MappingOption, ObjectArea
from afpcluster.interpret.image import draw_image

SEGMENT = encode_segment([size(100, 50), encode_data(ink_rows(bilevel(100, 50)))])
Extent = tuple[float, float, float, float]


def extents(items: list[Item], x: float = 0, y: float = 0) -> list[Extent]:
    """Left, top, width and height of every image."""
    found: list[Extent] = []
    for item in items:
        if isinstance(item, Shared):
            found += extents(item.shared.items, x + item.matrix.e, y + item.matrix.f)
        else:
            assert isinstance(item, Image)
            m = item.matrix
            assert (m.b, m.c) == (0, 0)
            found.append((round(m.e + x, 6), round(m.f + y, 6), round(m.a, 6), round(m.d, 6)))
    return found


def check(
    mapping: int | None, area: tuple[float, float], wanted: list[Extent], resolution: int = 72
) -> list[str]:
    found = context()
    where = ObjectArea(*area, mapping=mapping, content_x=7, content_y=9)
    items = draw_image(image_object(SEGMENT, (100, 50), where, resolution=resolution), found)
    assert extents(items) == wanted
    return codes(found)


@pytest.mark.parametrize(
    ("mapping", "area", "wanted"),
    [
        (None, (200, 200), (0, 50, 200, 100)),  # the default is scale to fit
        (MappingOption.SCALE_TO_FIT, (200, 200), (0, 50, 200, 100)),
        (MappingOption.SCALE_TO_FIT, (300, 50), (100, 0, 100, 50)),
        (MappingOption.SCALE_TO_FIT, (50, 50), (0, 12.5, 50, 25)),
        (MappingOption.SCALE_TO_FILL, (200, 200), (0, 0, 200, 200)),
        (MappingOption.CENTER_AND_TRIM, (200, 40), (50, -5, 100, 50)),
        (MappingOption.POSITION_AND_TRIM, (200, 200), (7, 9, 100, 50)),
        (MappingOption.POSITION, (200, 200), (7, 9, 100, 50)),
        (None, (0, 0), (0, 0, 100, 50)),  # area not given: that of the image
    ],
)
def test_mapping(mapping: int | None, area: tuple[float, float], wanted: Extent) -> None:
    assert check(mapping, area, [wanted]) == []


def test_resolution_sizes_the_image() -> None:
    assert check(MappingOption.POSITION, (200, 200), [(7, 9, 50, 25)], resolution=144) == []


@pytest.mark.parametrize(
    ("mapping", "wanted"),
    [
        (MappingOption.MIGRATION_SHRINK, (0, 0, 100, 50)),
        (MappingOption.MIGRATION_DOUBLE_DOT, (0, 0, 200, 100)),
    ],
)
def test_point_to_pel(mapping: int, wanted: Extent) -> None:
    assert check(mapping, (200, 200), [wanted]) == ["image-point-to-pel"]


@pytest.mark.parametrize(
    ("area", "columns", "rows"), [((250, 120), 3, 3), ((100, 50), 1, 1), ((300, 50), 3, 1), ((40, 20), 1, 1)]
)
def test_replicate(area: tuple[float, float], columns: int, rows: int) -> None:
    wanted = [(100.0 * c, 50.0 * r, 100.0, 50.0) for r in range(rows) for c in range(columns)]
    assert check(MappingOption.MIGRATION_TRIM, area, wanted) == []


def test_replicate_has_a_limit() -> None:
    assert check(MappingOption.MIGRATION_TRIM, (1_000_000, 100), []) == ["replicate-limit"]


def test_an_unknown_mapping_is_a_finding() -> None:
    assert check(0x77, (200, 200), [(7, 9, 100, 50)]) == ["mapping-unsupported"]
