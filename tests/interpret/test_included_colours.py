"""The colour that an include gives an object: its default, over that of its descriptor, never its area's.

MO:DCA "Include Object (IOB)", Color Specification X'4E'.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import pytest
from displayed import finding_codes, pages

from afpcluster.afp import modca, triplets
from afpcluster.afp.goca import ORDERS_BY_NAME, encode_segment
from afpcluster.afp.names import encode_name
from afpcluster.afp.ptoca import TextBuilder
from afpcluster.convert import convert
from afpcluster.display.colour import BLACK, Colour, rgb
from afpcluster.display.items import Group, Image, Item, Path, Rectangle, Shared
from afpcluster.sample.records import enclosed, field, made, resource, triplet
from benchmarks.fuzz import seed_objects
from benchmarks.fuzz.seed_pages import area_at_origin, print_file

RED, GREEN, YELLOW = rgb(1, 0, 0), rgb(0, 1, 0), rgb(1, 1, 0)
TWIPS = (0, 0, 14_400, 14_400)


def specified(space: int, sizes: tuple[int, int, int, int], color: bytes) -> bytes:
    names = ("size_1", "size_2", "size_3", "size_4")
    return triplet(
        made(triplets.ColorSpecification, space=space, color=color, **dict(zip(names, sizes, strict=True)))
    )


GIVEN = specified(1, (8, 8, 8, 0), b"\xff\0\0")
AREA = specified(1, (8, 8, 8, 0), b"\xff\xff\0")


def in_area(mapping: str, kind: str, descriptor: bytes, area: bytes = b"") -> bytes:
    """An environment group; `area` are more triplets of its Object Area Descriptor."""
    size = triplet(triplets.MeasurementUnits(*TWIPS)) + triplet(triplets.ObjectAreaSize(2, 2_000, 2_000))
    option = triplet(triplets.MappingOptionTriplet(0x20 if mapping in ("MIO", "MGO") else 0x00))
    fields = (
        field("OBD", modca.ObjectAreaDescriptor(size + area)),
        area_at_origin(2_000, 2_000)[1],
        field(mapping, modca.MapObject([modca.MapObjectGroup(option)])),
        field(kind, descriptor),
    )
    return enclosed("BOG", "OBJ", fields)


def image(area: bytes = b"") -> bytes:
    descriptor, content, _ = seed_objects.IMAGES["uncompressed"]()
    return enclosed("BIM", "OBJ", [in_area("MIO", "IDD", descriptor, area), field("IPD", content)])


def graphics(*orders: bytes) -> bytes:
    descriptor, _ = seed_objects.graphics()
    line = ORDERS_BY_NAME["line_at_given_position"].encode(0, 0, [(100, 100)])
    data = field("GAD", encode_segment(b"".join(orders) + line))
    return enclosed("BGR", "OBJ", [in_area("MGO", "GDD", descriptor), data])


def bar_code() -> bytes:
    descriptor, content = seed_objects.BAR_CODES["code_39"]()
    return enclosed("BBC", "OBJ", [in_area("MBC", "BDD", descriptor), field("BDA", content)])


def text(*controls: tuple[str, int], initial: bytes = b"") -> bytes:
    descriptor = modca.PresentationTextDescriptor(*TWIPS, 2_000, 2_000, 0, initial)
    builder = TextBuilder()
    for name, value in controls:
        builder.control(name, value)
    group = in_area("MPT", "PTD", descriptor.encode())
    return enclosed("BPT", "OBJ", [group, field("PTX", builder.control("DIR", 400, 200 << 8).data())])


def set_colour(value: int) -> bytes:
    return ORDERS_BY_NAME["set_colour"].encode(value)


INITIAL_BLUE = TextBuilder().control("STC", 0xFF01).data()
SEGMENT = enclosed("BPS", "OBJ", [image(), graphics()])


def included(object_type: int, kind: int, content: bytes, more: bytes) -> bytes:
    include = made(
        modca.IncludeObject,
        name=encode_name("OBJ"),
        object_type=object_type,
        x_origin=0,
        y_origin=0,
        x_orientation=0,
        y_orientation=modca.orientation(90),
        x_content=modca.USE_OBJECT_OFFSET,
        y_content=modca.USE_OBJECT_OFFSET,
        triplets=more,
    )
    return print_file(field("IOB", include), resources=resource("OBJ", kind, content))


def colours(items: Sequence[Item]) -> Iterator[Colour | None]:
    for item in items:
        if isinstance(item, Group):
            yield from colours(item.items)
        elif isinstance(item, Shared):
            yield from colours(item.shared.items)
        elif isinstance(item, Path):
            yield item.stroke.colour if item.stroke else None
        elif isinstance(item, Rectangle | Image):
            yield item.colour


@pytest.mark.parametrize(
    ("object_type", "kind", "content", "expected"),
    [
        (0xFB, 0x06, image(), {RED}),
        (0xFB, 0x06, image(AREA), {RED, YELLOW}),
        (0xBB, 0x03, graphics(), {RED}),
        (0xBB, 0x03, graphics(set_colour(4)), {GREEN}),  # what the object says itself counts
        (0xBB, 0x03, graphics(set_colour(4), set_colour(0)), {RED}),  # the drawing default
        (0xEB, 0x05, bar_code(), {RED}),
        (0x9B, 0x9B, text(), {RED}),
        (0x9B, 0x9B, text(initial=INITIAL_BLUE), {RED}),
        (0x9B, 0x9B, text(("STC", 0xFF04)), {GREEN}),
        (0x9B, 0x9B, text(("STC", 0xFF04), ("STC", 0xFFFF)), {RED}),
        (0x5F, 0xFB, SEGMENT, {RED}),
    ],
)
def test_default_colour(object_type: int, kind: int, content: bytes, expected: set[Colour]) -> None:
    data = included(object_type, kind, content, GIVEN)
    assert set(colours(pages(data)[0].items)) == expected
    assert "colour-unknown" not in finding_codes(data)


@pytest.mark.parametrize(
    ("triplet_", "expected", "told"),
    [
        (specified(0x40, (16, 0, 0, 0), b"\xff\x04"), GREEN, []),
        # neither coverage nor shading
        (specified(0x06, (16, 8, 8, 0), b"\0\x01\x0a\x14"), RED, ["colour-chosen"]),
        (specified(0x33, (8, 8, 8, 0), b"\xff\0\0"), BLACK, ["colour-unknown"]),
    ],
)
def test_colour_spaces(triplet_: bytes, expected: Colour, told: list[str]) -> None:
    data = included(0x9B, 0x9B, text(), triplet_)
    assert list(colours(pages(data)[0].items)) == [expected]
    assert finding_codes(data) == told


def test_a_colour_that_cannot_be_read_counts_once_for_what_is_kept() -> None:
    """However many processes draw the object anew."""
    data = included(0xFB, 0x06, image(), specified(0x33, (8, 8, 8, 0), b"\xff\0\0"))
    result = convert(io.BytesIO(data), io.BytesIO())
    assert [(f.code, f.count, f.kept) for f in result.findings] == [("colour-unknown", 1, 1)]
