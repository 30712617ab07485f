"""Where objects of page segments lie (MO:DCA "Include Page Segment (IPS)", "Object Area Position (OBP)")."""

from __future__ import annotations

from typing import Any

import pytest
from displayed import finding_codes, items_shown

from afpcluster.afp import modca, triplets
from afpcluster.afp.names import encode_name
from afpcluster.afp.ptoca import TextBuilder
from afpcluster.sample.records import enclosed, field, made, resource, triplet
from benchmarks.fuzz import seed_objects, seed_pages


def image(*kept: str, reference: int = 0, x: int = 0) -> bytes:
    """An image of 2:1 in an area of 100 by 100 points, with these fields of its environment group."""
    descriptor, content, _ = seed_objects.IMAGES["uncompressed"]()
    area, position = seed_pages.area_at_origin(2_000, 2_000, reference=reference)
    position = position.replace(b"\1\x17" + bytes(3), b"\1\x17" + x.to_bytes(3, "big"))
    fields = {"OBD": area, "OBP": position, "IDD": field("IDD", descriptor)}
    group = enclosed("BOG", "G", [fields[name] for name in kept])
    return enclosed("BIM", "I", [group, field("IPD", content)])


@pytest.mark.parametrize("kept", [("OBD", "OBP", "IDD"), ("OBD", "IDD")])
def test_an_object_without_position_is_at_the_origin_of_its_segment(kept: tuple[str, ...]) -> None:
    segment = resource("SEGM", 0xFB, enclosed("BPS", "SEGM", [image(*kept)]))
    include = field("IPS", modca.IncludePageSegment(encode_name("SEGM"), 600, 800))
    assert items_shown(seed_pages.print_file(include, resources=segment)) == ["image 30,65 to 130,115"]


@pytest.mark.parametrize(
    ("x", "y", "shown"),
    [
        (600, 800, ["30,65 to 130,115", "30,65 to 130,115"]),
        (600, -1, ["30,25 to 130,75", "30,25 to 130,75"]),
        (-1, -1, ["0,25 to 100,75", "10,25 to 110,75"]),
    ],
)
def test_an_include_of_a_segment_places_all_its_objects(x: int, y: int, shown: list[str]) -> None:
    """Include Object (IOB): also those that count from the page. X'FFFFFF' leaves them."""
    kept = ("OBD", "OBP", "IDD")
    objects = [image(*kept), image(*kept, reference=1, x=200)]
    segment = resource("SEGM", 0xFB, enclosed("BPS", "SEGM", objects))
    include = made(
        modca.IncludeObject,
        name=encode_name("SEGM"),
        object_type=0x5F,
        x_origin=x,
        y_origin=y,
        x_orientation=modca.USE_OBJECT_ORIENTATION,
        y_orientation=modca.USE_OBJECT_ORIENTATION,
        x_content=modca.USE_OBJECT_OFFSET,
        y_content=modca.USE_OBJECT_OFFSET,
    )
    file = seed_pages.print_file(field("IOB", include), resources=segment)
    assert items_shown(file) == [f"image {place}" for place in shown]


def drawn(*moves: tuple[str, int]) -> TextBuilder:
    """A rule of 20 points by 1, after these controls."""
    builder = TextBuilder()
    for mnemonic, value in moves:
        builder.control(mnemonic, value)
    return builder.control("DIR", 400, 20 << 8)


@pytest.mark.parametrize(
    ("moves", "place"),
    [
        ([], "30,40 to 50,41"),
        ([("RMI", 100), ("RMB", 200)], "35,50 to 55,51"),
        ([("AMI", 100), ("AMB", 200)], "5,10 to 25,11"),
        ([("AMI", 100), ("RMB", 200)], "5,50 to 25,51"),
    ],
)
def test_text_of_a_segment_begins_at_it_and_moves_on_the_page(
    moves: list[tuple[str, int]], place: str
) -> None:
    """MO:DCA Appendix C "Text Objects in an AFP Page Segment": AMI and AMB count from the page."""
    segment = resource("SEGM", 0xFB, enclosed("BPS", "SEGM", [seed_pages.text(drawn(*moves))]))
    include = field("IPS", modca.IncludePageSegment(encode_name("SEGM"), 600, 800))
    assert items_shown(seed_pages.print_file(include, resources=segment)) == [f"rule {place}"]


def test_text_of_a_segment_goes_on_with_the_font_of_its_page() -> None:
    """Text outside of segments begins with the default font."""
    word = "A".encode("cp500")
    segment = resource("SEGM", 0xFB, enclosed("BPS", "SEGM", [seed_pages.text(TextBuilder().text(word))]))
    include = field("IPS", modca.IncludePageSegment(encode_name("SEGM"), 600, 800))
    groups = (seed_pages._font_by_parts(n, "C0H20000", "T1V10500", 10 * n) for n in (1, 2))
    page_text = TextBuilder().control("SCFL", 2).control("AMB", 400).text(word)
    content = (
        seed_pages.text(page_text),
        include,
        seed_pages.text(TextBuilder().control("AMB", 1000).text(word)),
    )
    file = seed_pages.print_file(*content, resources=segment, maps=seed_pages.map_font(*groups))
    assert items_shown(file) == ["'A' 20 at 0,20", "'A' 20 at 30,40", "'A' 10 at 0,50"]


RED = triplet(
    made(triplets.ColorSpecification, space=1, size_1=8, size_2=8, size_3=8, size_4=0, color=b"\xff\0\0")
)
FIT = triplet(triplets.MappingOptionTriplet(0x20))
QUARTER = {"x_orientation": modca.orientation(90), "y_orientation": modca.orientation(180)}


@pytest.mark.parametrize(
    ("asked", "shown", "told"),
    [
        ({}, "rule 5,10 to 25,11", []),
        ({"triplets": RED}, "rule 5,10 to 25,11 rgb 1/0/0", []),
        ({"triplets": FIT}, "rule 5,10 to 25,11", []),
        (QUARTER, "rule 5,10 to 25,11", ["orientation-bad"]),
        ({"reference": 0}, "rule 5,10 to 25,11", ["reference-bad"]),
    ],
)
def test_text_of_a_segment_has_no_area_that_an_include_could_change(
    asked: dict[str, Any], shown: str, told: list[str]
) -> None:
    """Include Object (IOB): what it asks for is over the environment groups of the segment's objects."""
    text = seed_pages.text(drawn(("AMI", 100), ("AMB", 200)))
    segment = resource("SEGM", 0xFB, enclosed("BPS", "SEGM", [text]))
    values: dict[str, Any] = {
        "name": encode_name("SEGM"),
        "object_type": 0x5F,
        "x_origin": 600,
        "y_origin": 800,
        "x_orientation": modca.USE_OBJECT_ORIENTATION,
        "y_orientation": modca.USE_OBJECT_ORIENTATION,
        "x_content": modca.USE_OBJECT_OFFSET,
        "y_content": modca.USE_OBJECT_OFFSET,
    }
    include = field("IOB", made(modca.IncludeObject, **(values | asked)))
    file = seed_pages.print_file(include, resources=segment)
    assert (items_shown(file), finding_codes(file)) == ([shown], told)
