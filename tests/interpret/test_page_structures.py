"""Structured fields and triplets of pages, overlays and objects: what each makes visible.

Files come from the builders of the fuzzing seeds: pages of 200 by 200 points in units of 1/1440 inch.
Expectations are positions in points, worked out from the reference.
"""

from __future__ import annotations

import pytest
from displayed import finding_codes, items_shown, pages, shown

from afpcluster.afp import modca, triplets
from afpcluster.afp.declare import Structure
from afpcluster.afp.fields import CODES
from afpcluster.afp.names import encode_name
from afpcluster.afp.ptoca import TextBuilder
from afpcluster.afp.triplets import FqnType
from afpcluster.sample.records import enclosed, field, made, qualified_name, resource, triplet
from afpcluster.sample.typefaces import BODY_CODED_FONT, CODE_PAGE, REGULAR
from afpcluster.sample.typefaces import resource as font_resource
from benchmarks.fuzz.seed_objects import BAR_CODES, CONTAINERS, IMAGES
from benchmarks.fuzz.seed_objects import graphics as graphics_seed
from benchmarks.fuzz.seed_pages import map_font, print_file, text

TWIPS = (0, 0, 14_400, 14_400)
A = "A".encode("cp500")


def check(data: bytes, expected: list[str]) -> None:
    assert items_shown(data) == expected


def page(*descriptors: bytes, content: tuple[bytes, ...] = ()) -> bytes:
    """A file of one page with this environment."""
    environment = enclosed("BAG", "X", descriptors)
    return enclosed("BDT", "X", [enclosed("BPG", "X", (environment, *content))], b"\0\0")


def rule(x: int, y: int, width: int, height: int) -> TextBuilder:
    builder = TextBuilder().control("AMI", x).control("AMB", y)
    return builder.control("DIR", width, height << 8)


def environment(*names: bytes) -> bytes:
    descriptor = field("PGD", modca.PageDescriptor(*TWIPS, 4_000, 4_000))
    return enclosed("BAG", "X", (*names, descriptor))


PTD = field("PTD", modca.PresentationTextDescriptor(*TWIPS, 4_000, 4_000))


@pytest.mark.parametrize(
    ("descriptor", "expected"),
    [
        (modca.PageDescriptor(*TWIPS, 4_000, 8_000), "page 200 x 400"),
        (modca.PageDescriptor(0, 0, 2_400, 2_400, 240, 480), "page 72 x 144"),
        (modca.PageDescriptor(1, 1, 1_000, 1_000, 254, 508), "page 72 x 144"),  # per 10 centimetres
    ],
)
def test_page_descriptor(descriptor: Structure, expected: str) -> None:
    assert shown(page(field("PGD", descriptor), PTD)) == [expected]


def test_page_without_descriptor_is_letter_size() -> None:
    data = page(PTD)
    assert shown(data) == ["page 612 x 792"]
    assert "page-descriptor-missing" in finding_codes(data)


PGD = field("PGD", modca.PageDescriptor(*TWIPS, 4_000, 4_000))


@pytest.mark.parametrize(
    ("mnemonic", "descriptor"),
    [
        ("PTD", modca.PresentationTextDescriptor(0, 0, 2_400, 2_400, 480, 480)),
        ("PTD1", modca.PresentationTextDescriptorFormat1(0, 0, 2_400, 2_400, 480, 480)),
    ],
)
def test_text_descriptor_gives_the_units_of_text(mnemonic: str, descriptor: Structure) -> None:
    """BPT to EPT: 240 units per inch, whatever the page has."""
    content = text(rule(120, 240, 60, 24))
    assert items_shown(page(PGD, field(mnemonic, descriptor), content=(content,))) == [
        "rule 36,72 to 54,79.2"
    ]


def colour(*rgb: int) -> bytes:
    return triplet(
        made(triplets.ColorSpecification, space=1, size_1=8, size_2=8, size_3=8, size_4=0, color=bytes(rgb))
    )


@pytest.mark.parametrize(
    ("fill", "expected"),
    [
        (colour(255, 0, 0), ["rule 0,0 to 200,200 rgb 1/0/0"]),
        (triplet(triplets.PresentationSpaceResetMixing(0x80)), ["rule 0,0 to 200,200 gray 1"]),
        (triplet(triplets.PresentationSpaceResetMixing(0x00)), []),
    ],
)
def test_presentation_space_is_filled(fill: bytes, expected: list[str]) -> None:
    check(page(field("PGD", modca.PageDescriptor(*TWIPS, 4_000, 4_000, fill)), PTD), expected)


# Resources: BRG, BRS with Resource Object Type X'21', and what includes them


def overlay(name: str = "OVER") -> bytes:
    return resource(name, 0xFC, enclosed("BMO", name, (environment(PTD), text(rule(0, 0, 400, 20)))))


def segment() -> bytes:
    return resource("SEGM", 0xFB, enclosed("BPS", "SEGM", [text(TextBuilder().control("DIR", 400, 20 << 8))]))


MAP_OVERLAY = field(
    "MPO",
    modca.MapResources(
        [
            modca.MapGroup(
                qualified_name(FqnType.BEGIN_RESOURCE_OBJECT, encode_name("OVER"))
                + triplet(triplets.ResourceLocalIdentifier(2, 1))
            )
        ]
    ),
)


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [(0, "rule 50,30 to 70,31"), (90, "rule 50,30 to 49,50"), (180, "rule 50,30 to 30,29")],
)
def test_overlay_is_placed_and_turned(degrees: int, expected: str) -> None:
    """IPO of an overlay (BMO) that MPO maps, from the resource group (BRG, BRS)."""
    include = modca.IncludePageOverlay(encode_name("OVER"), 1_000, 600, modca.orientation(degrees))
    check(print_file(field("IPO", include), resources=overlay(), maps=MAP_OVERLAY), [expected])


def test_page_segment_is_placed() -> None:
    """IPS of a page segment (BPS), with and without the field that maps it (MPS)."""
    include = field("IPS", modca.IncludePageSegment(encode_name("SEGM"), 1_000, 600))
    mapping = made(
        modca.MapPageSegment,
        group_length=12,
        groups=[made(modca.MapPageSegmentGroup, name=encode_name("SEGM"))],
    )
    for maps in (b"", field("MPS", mapping)):
        check(print_file(include, resources=segment(), maps=maps), ["rule 50,30 to 70,31"])


def test_missing_resources_are_reported() -> None:
    include = field("IPS", modca.IncludePageSegment(encode_name("NONE"), 0, 0))
    assert "resource-missing" in finding_codes(print_file(include))


# Object areas: OBD, OBP, mapping fields


def area(
    mapping: str,
    descriptor: tuple[str, bytes],
    *,
    option: int = 0x60,
    degrees: int = 0,
    more: bytes = b"",
) -> bytes:
    """An area of 100 by 50 points at (20, 30), which scale to fill (X'60') fills wholly."""
    obd = (
        triplet(triplets.MeasurementUnits(*TWIPS)) + triplet(triplets.ObjectAreaSize(2, 2_000, 1_000)) + more
    )
    obp = made(
        modca.ObjectAreaPosition,
        identifier=1,
        group_length=23,
        x_origin=400,
        y_origin=600,
        x_orientation=modca.orientation(degrees),
        y_orientation=modca.orientation((degrees + 90) % 360),
        x_content=0,
        y_content=0,
        x_content_orientation=0,
        y_content_orientation=modca.orientation(90),
    )
    mapped = modca.MapObject([modca.MapObjectGroup(triplet(triplets.MappingOptionTriplet(option)))])
    return enclosed(
        "BOG",
        "X",
        (
            field("OBD", modca.ObjectAreaDescriptor(obd)),
            field("OBP", obp),
            field(mapping, mapped),
            field(*descriptor),
        ),
    )


def image(**options: int | bytes) -> bytes:
    descriptor, content, _ = IMAGES["uncompressed"]()
    group = area("MIO", ("IDD", descriptor), **options)  # type: ignore[arg-type]
    return enclosed("BIM", "X", (group, field("IPD", content)))


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [
        (0, "image 20,30 to 120,80"),
        (90, "image 20,30 to -30,130"),
        (180, "image 20,30 to -80,-20"),
        (270, "image 20,30 to 70,-70"),
    ],
)
def test_image_area_is_placed_and_turned(degrees: int, expected: str) -> None:
    """OBD, OBP and MIO with the triplets X'4B' (units), X'4C' (size) and X'04' (mapping)."""
    check(print_file(image(degrees=degrees)), [expected])


@pytest.mark.parametrize(
    ("option", "size"),
    [
        (0x20, (100.0, 50.0)),  # scale to fit: 16 by 8 points have the proportions of the area
        (0x60, (100.0, 50.0)),  # scale to fill
        (0x00, (3.84, 1.92)),  # position: 300 points per inch
    ],
)
def test_mapping_option(option: int, size: tuple[float, float]) -> None:
    """Mapping Option triplet X'04' of MIO."""
    x, y = (round(v + 0.0, 1) for v in size)
    check(print_file(image(option=option)), [f"image 20,30 to {20 + x:g},{30 + y:g}"])


def test_object_area_is_filled() -> None:
    """Color Specification triplet X'4E' of OBD."""
    assert items_shown(print_file(image(more=colour(0, 0, 255))))[0] == "rule 20,30 to 120,80 rgb 0/0/1"


def test_graphics_area() -> None:
    """MGO and GDD: the drawing is scaled from its window into the area, nothing lies outside."""
    descriptor, content = graphics_seed()
    group = area("MGO", ("GDD", descriptor))
    data = print_file(enclosed("BGR", "X", (group, field("GAD", content))))
    assert any(line.startswith("path") for line in items_shown(data))


def test_bar_code_area() -> None:
    """MBC and BDD: symbols stand from the area's origin on, 5 points further by their own offset."""
    descriptor, content = BAR_CODES["qr_code"]()
    data = print_file(
        enclosed("BBC", "X", (area("MBC", ("BDD", descriptor), option=0), field("BDA", content)))
    )
    first = items_shown(data)[0]
    assert first.startswith(("rule 25,35 ", "path")), first


def test_container_area() -> None:
    """MCD, CDD and Object Classification X'10' of an object container."""
    classification, content = CONTAINERS["png"]()
    descriptor = modca.ContainerDataDescriptor(*TWIPS, 0, 0).encode()
    group = area("MCD", ("CDD", descriptor))
    begin = triplet(classification)
    data = print_file(enclosed("BOC", "X", (group, field("OCD", content)), begin))
    check(data, ["image 20,30 to 120,80"])


def test_text_object_with_an_area_of_its_own() -> None:
    """MPT: text with an Object Environment Group counts from its area."""
    descriptor = modca.PresentationTextDescriptor(*TWIPS, 2_000, 1_000).encode()
    group = area("MPT", ("PTD", descriptor), option=0)
    data = print_file(enclosed("BPT", "X", (group, field("PTX", rule(100, 100, 400, 20).data()))))
    check(data, ["rule 25,35 to 45,36"])


@pytest.mark.parametrize(
    ("extra", "x", "expected"),
    [
        (b"", 1_000, "image 50,50 to 150,100"),  # the object's own size
        (b"", modca.USE_OBJECT_OFFSET, "image 20,50 to 120,100"),  # and its own origin
        (triplet(triplets.ObjectAreaSize(2, 1_000, 500)), 1_000, "image 50,50 to 100,75"),
    ],
)
def test_included_object(extra: bytes, x: int, expected: str) -> None:
    """IOB of an image resource: origin, X'4B' units and X'4C' size override those of the object."""
    include = made(
        modca.IncludeObject,
        name=encode_name("IMG"),
        object_type=0xFB,
        x_origin=x,
        y_origin=1_000,
        x_orientation=0,
        y_orientation=modca.orientation(90),
        x_content=modca.USE_OBJECT_OFFSET,
        y_content=modca.USE_OBJECT_OFFSET,
        triplets=triplet(triplets.MeasurementUnits(*TWIPS)) + extra,
    )
    check(print_file(field("IOB", include), resources=resource("IMG", 0x06, image())), [expected])


def test_an_included_file_without_an_area_has_that_of_the_page() -> None:
    """IOB, X'4C' "Object Area Size": the page's presentation space, 200 by 200 points, from the origin that
    the IOB gives; 16 by 8 samples are scaled to fit it."""
    classification, content = CONTAINERS["png"]()
    body = enclosed("BOC", "IMG", (field("OCD", content),), triplet(classification))
    include = made(
        modca.IncludeObject,
        name=encode_name("IMG"),
        object_type=0x92,
        x_origin=1_000,
        y_origin=1_000,
        x_orientation=0,
        y_orientation=modca.orientation(90),
        x_content=0,
        y_content=0,
    )
    check(
        print_file(field("IOB", include), resources=resource("IMG", 0x92, body)), ["image 50,100 to 250,200"]
    )


# Fonts by their triplets


def font(*parts: bytes) -> bytes:
    """A group of MCF with local identifier 1 that names a font which no file has."""
    names = qualified_name(FqnType.CODE_PAGE, encode_name("T1V10500")) + qualified_name(
        FqnType.FONT_CHARACTER_SET, encode_name("C0H20000")
    )
    return map_font(names + triplet(triplets.ResourceLocalIdentifier(5, 1)) + b"".join(parts))


def size(points: int) -> bytes:
    """X'1F', in twentieths of a point."""
    return triplet(triplets.FontDescriptorSpecification(5, 5, points * 20, 0, 0, bytes(10)))


@pytest.mark.parametrize(
    ("maps", "expected"),
    [
        (font(), "'A' 10 at 5,15"),  # the size that the name says
        (font(size(14)), "'A' 14 at 5,15"),
    ],
)
def test_font_group(maps: bytes, expected: str) -> None:
    """MCF: names (X'02'), local identifier (X'24') and size (X'1F')."""
    builder = TextBuilder().control("SCFL", 1).control("AMI", 100).control("AMB", 300).text(A)
    check(print_file(text(builder), maps=maps), [expected])


def test_character_rotation() -> None:
    """X'26': characters turned by 90 degrees stand on their side, while the line runs on as before."""
    builder = TextBuilder().control("SCFL", 1).control("AMB", 300).text(A)
    (plain,) = pages(print_file(text(builder), maps=font()))[0].items
    turned = print_file(text(builder), maps=font(triplet(triplets.CharacterRotation(0x2D00))))
    found = repr(pages(turned)[0].items)
    assert found != repr([plain])
    assert "rotation=90" in found


def test_horizontal_scale() -> None:
    """X'5D' together with X'1F': half as wide as high."""
    narrow = font(size(10), triplet(triplets.FontHorizontalScaleFactor(100)))
    builder = TextBuilder().control("SCFL", 1).control("AMB", 300).text(A)
    assert "stretch=0.5" in repr(pages(print_file(text(builder), maps=narrow))[0].items)


# Groups and tags


def tag(name: bytes, value: bytes, *before: bytes) -> bytes:
    parts = qualified_name(FqnType.ATTRIBUTE_GID, name) + triplet(made(triplets.AttributeValue, value=value))
    return field("TLE", modca.TagLogicalElement(b"".join(before) + parts))


def test_page_group_and_its_tags() -> None:
    """BNG, TLE with X'02' and X'36'; X'01' says the code page of both."""
    latin_1 = triplet(triplets.CodedGraphicCharacterSet(0, 819))
    tags = tag("Kunde".encode("cp500"), "Löff".encode("cp500")) + tag(
        b"City", "Kö".encode("latin-1"), latin_1
    )
    inner = enclosed("BPG", "P1", [environment(PTD)])
    data = enclosed("BDT", "X", [enclosed("BNG", "GROUP", [tags, inner])], b"\0\0")
    (group,) = pages(data)[0].groups
    assert (group.name, group.level) == ("GROUP", 0)
    assert group.attributes == (("Kunde", "Löff"), ("City", "Kö"))


# Resource envelopes


def test_coded_font_in_the_resource_group() -> None:
    """BRG, BRS with X'21', BCF: the coded font leads to its parts and says the size."""
    kind = triplet(triplets.ResourceObjectType(0x42, bytes(7)))
    envelope = modca.BeginReserved(encode_name(BODY_CODED_FONT), 0, kind).encode()
    coded_font = field("BRS", envelope) + font_resource(BODY_CODED_FONT) + field("ERS")
    assert CODES["BCF"].to_bytes(3, "big") in coded_font
    parts = resource(CODE_PAGE, 0x41, font_resource(CODE_PAGE))
    parts += resource(REGULAR, 0x40, font_resource(REGULAR))
    name = qualified_name(FqnType.CODED_FONT, encode_name(BODY_CODED_FONT))
    maps = map_font(name + triplet(triplets.ResourceLocalIdentifier(5, 1)))
    builder = TextBuilder().control("SCFL", 1).control("AMI", 100).control("AMB", 300).text(A)
    check(print_file(text(builder), resources=coded_font + parts, maps=maps), ["'A' 9 at 5,15"])


# What is not applied is said


@pytest.mark.parametrize("mnemonic", ["MFC", "PEC", "MPG", "PFC", "PPO", "IEL", "MMT", "MMD"])
def test_fields_that_are_not_applied_are_reported(mnemonic: str) -> None:
    assert "field-not-applied" in finding_codes(print_file(field(mnemonic, bytes(24))))
