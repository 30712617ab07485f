"""Mapping options: where an image of 100 by 50 points lands in areas of other sizes."""

from __future__ import annotations

import pytest
from iocas import size
from pictures import bilevel, codes, context, image_object, ink_rows
from PIL import ImageChops

from afpcluster.afp.ioca_write import encode_data, encode_segment
from afpcluster.display.geometry import Box
from afpcluster.display.items import Group, Image, Item, Path, Shared
from afpcluster.display.walk import flattened
from afpcluster.interpret import mapping
from afpcluster.interpret.context import MappingOption, ObjectArea
from afpcluster.interpret.image.ioca import draw_image
from rendering import show

SEGMENT = encode_segment([size(100, 50), encode_data(ink_rows(bilevel(100, 50)))])
Extent = tuple[float, float, float, float]


def extents(items: list[Item], x: float = 0, y: float = 0) -> list[Extent]:
    """Left, top, width and height of every image."""
    found: list[Extent] = []
    for item in items:
        if isinstance(item, Shared):
            found += extents(item.shared.items, x + item.matrix.e, y + item.matrix.f)
        elif isinstance(item, Group):
            found += extents(item.items, x, y)
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


def trimmed(mapping: int, area: tuple[float, float]) -> tuple[Box | None, list[str]]:
    """The clip of the 100 by 50 image in an area of this size, its content at (7, 9)."""
    found = context()
    where = ObjectArea(*area, mapping=mapping, content_x=7, content_y=9)
    items = draw_image(image_object(SEGMENT, (100, 50), where), found)
    return (items[0].clip if isinstance(items[0], Group) else None), codes(found)


@pytest.mark.parametrize(
    ("mapping", "area", "cut"),
    [
        (MappingOption.POSITION_AND_TRIM, (107, 59), False),  # 7 + 100 by 9 + 50: just fits
        (MappingOption.POSITION_AND_TRIM, (106, 59), True),
        (MappingOption.POSITION_AND_TRIM, (107, 58), True),
        (MappingOption.CENTER_AND_TRIM, (100, 50), False),
        (MappingOption.CENTER_AND_TRIM, (90, 200), True),
        (MappingOption.SCALE_TO_FIT, (30, 30), False),
        (MappingOption.SCALE_TO_FILL, (30, 30), False),
        (MappingOption.MIGRATION_TRIM, (300, 100), False),
        (MappingOption.MIGRATION_TRIM, (250, 100), True),
        (MappingOption.MIGRATION_TRIM, (40, 20), True),
    ],
)
def test_what_reaches_out_of_the_area_is_trimmed(mapping: int, area: tuple[float, float], cut: bool) -> None:
    """MO:DCA Mapping Option Triplet: data outside of the object area is not presented."""
    assert trimmed(mapping, area) == (Box(0, 0, *area) if cut else None, [])


def test_point_to_pel_is_trimmed() -> None:
    assert trimmed(MappingOption.MIGRATION_DOUBLE_DOT, (150, 100)) == (
        Box(0, 0, 150, 100),
        ["image-point-to-pel"],
    )


def test_plain_position_is_shown_whole() -> None:
    """MO:DCA X'00' Position: all data must be inside the area, or an exception condition exists."""
    assert trimmed(MappingOption.POSITION, (100, 50)) == (None, ["object-outside-area"])


@pytest.mark.parametrize("area", [(320, 240), (310, 230)])
def test_many_copies_are_a_pattern(monkeypatch: pytest.MonkeyPatch, area: tuple[float, float]) -> None:
    """It looks as if each was drawn, and costs as much as one."""
    segment = encode_segment([size(16, 8), encode_data(ink_rows(bilevel(16, 8)))])
    where = ObjectArea(*area, mapping=MappingOption.MIGRATION_TRIM)

    def drawn() -> list[Item]:
        return draw_image(image_object(segment, (16, 8), where), context())

    each = show(drawn(), 340, 260)
    monkeypatch.setattr(mapping, "_MOST_COPIES", 1)
    pattern = drawn()
    assert [type(item) for item, _ in flattened(pattern)] == [Path]
    assert ImageChops.difference(show(pattern, 340, 260), each).getbbox() is None


def test_no_file_asks_for_more_copies_than_can_be_drawn() -> None:
    where = ObjectArea(1_000_000, 1_000_000, mapping=MappingOption.MIGRATION_TRIM)
    found = context()
    items = draw_image(image_object(SEGMENT, (100, 50), where), found)
    assert (len(list(flattened(items))), codes(found)) == (1, [])


def test_an_unknown_mapping_is_a_finding() -> None:
    assert check(0x77, (200, 200), [(7, 9, 100, 50)]) == ["mapping-unsupported"]
