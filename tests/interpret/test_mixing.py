"""How object areas, overlays and pages are merged onto what lies beneath: triplets X'4E', X'70', X'71'.

A page holds a rule of 10 by 10 points, then an object of 20 by 10 points in an area of 100 by 50.
"""

from __future__ import annotations

import pytest
from displayed import finding_codes, items_shown

from afpcluster.afp import modca, triplets
from afpcluster.afp.goca import ORDERS_BY_NAME, encode_segment
from afpcluster.afp.goca_descriptor import WINDOW_SPECIFICATION, WindowSpecification, encode_parameter
from afpcluster.afp.names import encode_name
from afpcluster.afp.ptoca import TextBuilder
from afpcluster.sample.records import enclosed, field, made, resource, triplet
from benchmarks.fuzz.seed_objects import IMAGES
from benchmarks.fuzz.seed_pages import area_at_origin, print_file, text

TWIPS = (0, 0, 14_400, 14_400)
PAGE, OBJECT = "rule 0,0 to 10,10", "rule 0,0 to 20,10"
IMAGE = "image 0,0 to 20,10"
AREA = "rule 0,0 to 100,50"
WHITE, BLUE = " gray 1", " rgb 0/0/1"
RESET, NO_RESET = (triplet(triplets.PresentationSpaceResetMixing(flags)) for flags in (0x80, 0x00))
COLOUR = triplet(
    made(triplets.ColorSpecification, space=1, size_1=8, size_2=8, size_3=8, size_4=0, color=b"\0\0\xff")
)
OVERPAINT, UNDERPAINT, BLEND, DEFAULT = 1, 2, 3, 0xFF


def rules(*keywords: int) -> bytes:
    """X'71' with these keywords and values."""
    return triplet(triplets.PresentationSpaceMixingRules(bytes(keywords)))


def rule(width: int) -> bytes:
    """Text: a rule of 10 points' height from the origin."""
    return text(TextBuilder().control("AMI", 0).control("AMB", 0).control("DIR", width * 20, 200 << 8))


def graphics(mixing: bytes) -> bytes:
    """A filled box in the upper left corner of an object area with these triplets."""
    window = WindowSpecification(0x40, 0, 0, 0, 14_400, 14_400, 0, 0, 2_000, 0, 1_000)
    orders = [("begin_area", 0), ("box_at_given_position", 0, 0, 800, 400, 1_000), ("end_area", b"")]
    drawing = encode_segment(b"".join(ORDERS_BY_NAME[name].encode(*operands) for name, *operands in orders))
    size = triplet(triplets.MeasurementUnits(*TWIPS)) + triplet(triplets.ObjectAreaSize(2, 2_000, 1_000))
    group = (
        field("OBD", modca.ObjectAreaDescriptor(size + mixing)),
        area_at_origin(2_000, 1_000)[1],
        field("GDD", encode_parameter(WINDOW_SPECIFICATION, window.encode())),
    )
    return enclosed("BGR", "X", (enclosed("BOG", "X", group), field("GAD", drawing)))


@pytest.mark.parametrize(
    ("mixing", "expected"),
    [
        (b"", [PAGE, OBJECT]),
        (NO_RESET, [PAGE, OBJECT]),
        (RESET, [PAGE, AREA + WHITE, OBJECT]),
        # X'4E' and X'70' count in the order in which they stand
        (COLOUR, [PAGE, AREA + BLUE, OBJECT]),
        (RESET + COLOUR, [PAGE, AREA + BLUE, OBJECT]),
        (COLOUR + RESET, [PAGE, AREA + WHITE, OBJECT]),
        (COLOUR + NO_RESET, [PAGE, AREA + BLUE, OBJECT]),
        # Defaults, in words and by omission
        (rules(0x70, UNDERPAINT, 0x71, UNDERPAINT, 0x72, OVERPAINT, 0x73, OVERPAINT), [PAGE, OBJECT]),
        (rules(0x70, DEFAULT, 0x71, DEFAULT, 0x72, DEFAULT, 0x73, DEFAULT), [PAGE, OBJECT]),
        # Background on background is the colour of the medium in any case, so is blending with it
        (rules(0x70, OVERPAINT), [PAGE, OBJECT]),
        (rules(0x70, BLEND, 0x71, BLEND, 0x72, BLEND), [PAGE, OBJECT]),
        # Background on foreground: the area becomes opaque
        (rules(0x71, OVERPAINT), [PAGE, AREA + WHITE, OBJECT]),
        # Foreground on foreground; a coloured area is all foreground
        (rules(0x73, UNDERPAINT), [OBJECT, PAGE]),
        (rules(0x73, BLEND), [PAGE, "* " + OBJECT]),
        (COLOUR + rules(0x73, UNDERPAINT), [AREA + BLUE, OBJECT, PAGE]),
        (COLOUR + rules(0x71, OVERPAINT, 0x73, BLEND), [PAGE, "* " + AREA + BLUE, "* " + OBJECT]),
    ],
)
def test_object_area(mixing: bytes, expected: list[str]) -> None:
    """Object Area Descriptor (OBD)."""
    data = print_file(rule(10), graphics(mixing))
    assert items_shown(data) == expected
    assert finding_codes(data) == []


@pytest.mark.parametrize(
    ("mixing", "expected"),
    [
        # Foreground that shows on foreground only
        (rules(0x72, UNDERPAINT), [PAGE, OBJECT]),
        (rules(0x72, UNDERPAINT, 0x73, BLEND), [PAGE, "* " + OBJECT]),
        # A background that covers what the foreground within it lets through
        (rules(0x71, OVERPAINT, 0x73, BLEND), [PAGE, "* " + OBJECT]),
        # X'70' and X'71' exclude each other
        (RESET + rules(0x73, BLEND), [PAGE, "* " + AREA + WHITE, "* " + OBJECT]),
        # Reserved keywords and values
        (rules(0x74, BLEND), [PAGE, OBJECT]),
        (rules(0x73, 4), [PAGE, OBJECT]),
        (rules(0x73, 0, 0x71, OVERPAINT), [PAGE, AREA + WHITE, OBJECT]),
    ],
)
def test_what_cannot_be_shown_is_told(mixing: bytes, expected: list[str]) -> None:
    data = print_file(rule(10), graphics(mixing))
    assert items_shown(data) == expected
    assert finding_codes(data) == ["mixing-not-applied"]


def test_colour_of_a_reserved_space() -> None:
    data = print_file(rule(10), graphics(COLOUR.replace(b"\x00\x01", b"\x00\x07", 1)))
    assert items_shown(data) == [PAGE, OBJECT]
    assert finding_codes(data) == ["colour-unknown"]


@pytest.mark.parametrize(
    ("own", "including", "expected"),
    [
        (rules(0x73, BLEND), b"", [PAGE, "* " + OBJECT]),
        (rules(0x73, BLEND), rules(0x73, UNDERPAINT), [OBJECT, PAGE]),
        (rules(0x73, BLEND), NO_RESET, [PAGE, OBJECT]),
        (RESET, rules(0x73, BLEND), [PAGE, "* " + OBJECT]),
        (RESET, NO_RESET, [PAGE, OBJECT]),
        (COLOUR, rules(0x73, BLEND), [PAGE, "* " + AREA + BLUE, "* " + OBJECT]),
    ],
)
def test_include_overrides_the_object(own: bytes, including: bytes, expected: list[str]) -> None:
    """Include Object (IOB): its triplets override the corresponding ones of the OBD."""
    data = print_file(rule(10), include_object(0xBB, including), resources=resource("G", 0x03, graphics(own)))
    assert items_shown(data) == expected


@pytest.mark.parametrize(
    ("mixing", "expected"),
    [
        (COLOUR, [PAGE, OBJECT + BLUE]),  # its colour is that of what it shows, not of its area
        (RESET, [PAGE, AREA + WHITE, OBJECT]),
        (rules(0x73, BLEND), [PAGE, "* " + OBJECT]),
        (rules(0x73, UNDERPAINT), [OBJECT, PAGE]),
    ],
)
def test_include_of_a_page_segment_overrides_its_objects(mixing: bytes, expected: list[str]) -> None:
    segment = resource("G", 0xFB, enclosed("BPS", "G", [graphics(b"")]))
    data = print_file(rule(10), include_object(0x5F, mixing), resources=segment)
    assert items_shown(data) == expected
    assert finding_codes(data) == []


def include_object(kind: int, mixing: bytes) -> bytes:
    include = made(
        modca.IncludeObject,
        name=encode_name("G"),
        object_type=kind,
        x_origin=modca.USE_OBJECT_OFFSET,
        y_origin=modca.USE_OBJECT_OFFSET,
        x_orientation=modca.USE_OBJECT_ORIENTATION,
        y_orientation=modca.USE_OBJECT_ORIENTATION,
        x_content=modca.USE_OBJECT_OFFSET,
        y_content=modca.USE_OBJECT_OFFSET,
        triplets=mixing,
    )
    return field("IOB", include)


@pytest.mark.parametrize(
    ("mixing", "expected"),
    [
        (b"", [PAGE, IMAGE]),
        (rules(0x73, UNDERPAINT), [IMAGE, PAGE]),
        (rules(0x73, BLEND), [PAGE, "* " + IMAGE]),
    ],
)
def test_object_of_a_page_segment(mixing: bytes, expected: list[str]) -> None:
    """A page segment has no presentation space: its objects are merged onto that of the page."""
    descriptor, content, _ = IMAGES["uncompressed"]()
    size = triplet(triplets.MeasurementUnits(*TWIPS)) + triplet(triplets.ObjectAreaSize(2, 400, 200))
    fit = modca.MapObject([modca.MapObjectGroup(triplet(triplets.MappingOptionTriplet(0x60)))])
    group = (
        field("OBD", modca.ObjectAreaDescriptor(size + mixing)),
        area_at_origin(400, 200, reference=0)[1],
        field("MIO", fit),
        field("IDD", descriptor),
    )
    image = enclosed("BIM", "X", (enclosed("BOG", "X", group), field("IPD", content)))
    include = field("IPS", modca.IncludePageSegment(encode_name("S"), 0, 0))
    segment = resource("S", 0xFB, enclosed("BPS", "S", [image]))
    assert items_shown(print_file(rule(10), include, resources=segment)) == expected


@pytest.mark.parametrize(
    ("mixing", "expected"),
    [
        (b"", [PAGE, OBJECT]),
        (RESET, [PAGE, AREA + WHITE, OBJECT]),
        (rules(0x71, OVERPAINT), [PAGE, AREA + WHITE, OBJECT]),
        (rules(0x73, UNDERPAINT), [OBJECT, PAGE]),
        (rules(0x73, BLEND), [PAGE, "* " + OBJECT]),
    ],
)
def test_overlay(mixing: bytes, expected: list[str]) -> None:
    """Page Descriptor (PGD) of an overlay, included twice."""
    environment = enclosed("BAG", "X", [field("PGD", modca.PageDescriptor(*TWIPS, 2_000, 1_000, mixing))])
    overlay = resource("O", 0xFC, enclosed("BMO", "O", (environment, rule(20))))
    include = field("IPO", modca.IncludePageOverlay(encode_name("O"), 0, 0))
    once = [line for line in expected if line != PAGE]
    before, after = (once, []) if expected[-1] == PAGE else ([], once)
    assert items_shown(print_file(rule(10), include, resources=overlay)) == expected
    assert items_shown(print_file(rule(10), include, include, resources=overlay)) == [
        *before,
        *before,
        PAGE,
        *after,
        *after,
    ]
