"""What does not come onto the page as it is asked for is told: misplaced objects and data, reserved values,
identifiers given twice. Each case: a print file, what it shows, and the findings."""

from __future__ import annotations

from typing import Any

import pytest
from displayed import finding_codes, items_shown

from afpcluster.afp import modca, ptoca, triplets
from afpcluster.afp.im_image import ImageCellPosition, ImageInputDescriptor, ImageOutputControl
from afpcluster.afp.names import encode_name
from afpcluster.sample.records import enclosed, field, made, qualified_name, resource, triplet
from benchmarks.fuzz import seed_objects, seed_pages
from benchmarks.fuzz.seed_pages import NAME, map_font, object_area, print_file

_KINDS = triplets.FqnType
DESCRIPTOR, CONTENT, _ = seed_objects.IMAGES["uncompressed"]()
AREA, IMAGE_DATA = object_area("IDD", "MIO", DESCRIPTOR, 0x00), field("IPD", CONTENT)
RULE = field("PTX", ptoca.TextBuilder().control("DIR", 200, 0x1400).data())
IMAGE_SHOWN, RULE_SHOWN = "image 20,30 to 23.8,31.9", "rule 0,0 to 10,1"
TEXT = enclosed("BPT", NAME, [RULE])
IMAGE = enclosed("BIM", NAME, [AREA, IMAGE_DATA])
STRAY = field("GAD", b"..")


def check(data: bytes, shown: list[str], told: list[str]) -> None:
    assert items_shown(data) == shown
    assert finding_codes(data) == told


@pytest.mark.parametrize(
    ("content", "shown", "told"),
    [
        ((IMAGE, TEXT), [IMAGE_SHOWN, RULE_SHOWN], []),
        ((enclosed("BIM", NAME, [AREA, IMAGE, IMAGE_DATA]),), [IMAGE_SHOWN], ["object-unexpected"]),
        ((enclosed("BIM", NAME, [AREA, STRAY, IMAGE_DATA]),), [IMAGE_SHOWN], ["field-not-applied"]),
        ((enclosed("BPT", NAME, [RULE, IMAGE_DATA]),), [RULE_SHOWN], ["field-not-applied"]),
        ((enclosed("BPT", NAME, [RULE, TEXT]),), [RULE_SHOWN], ["object-unexpected"]),
        ((STRAY, IMAGE_DATA, RULE), [], ["field-not-applied"] * 3),
    ],
)
def test_what_has_no_place_in_an_object(
    content: tuple[bytes, ...], shown: list[str], told: list[str]
) -> None:
    check(print_file(*content), shown, told)


def without(content: bytes, *names: str) -> bytes:
    """`content` without the last field of each of these names, which has `NAME`."""
    for name in names:
        end = field(name, encode_name(NAME))
        at = content.rindex(end)
        content = content[:at] + content[at + len(end) :]
    return content


@pytest.mark.parametrize(
    ("identifier", "told"),
    [
        (0x65, []),
        (0xFF, []),
        (0x97, ["triplet-not-applied"]),
        (0xE7, ["triplet-unknown"]),
    ],
)
def test_triplets_that_are_not_applied_or_that_nobody_knows(identifier: int, told: list[str]) -> None:
    more = triplets.encode_triplet(identifier, bytes(4))
    group = AREA.replace(
        found := triplet(triplets.DescriptorPosition(1)), found + more, 1
    )  # in the Object Area Descriptor
    at = group.index(b"\x5a", 1)
    length = int.from_bytes(group[at + 1 : at + 3], "big") + len(more)
    group = group[: at + 1] + length.to_bytes(2, "big") + group[at + 3 :]
    check(print_file(enclosed("BIM", NAME, [group, IMAGE_DATA])), [IMAGE_SHOWN], told)
    page = print_file(IMAGE)
    begin = field("BPG", encode_name(NAME))
    assert begin in page
    check(page.replace(begin, field("BPG", encode_name(NAME) + more), 1), [IMAGE_SHOWN], told)


OTHER_AREA = object_area("IDD", "MIO", DESCRIPTOR.replace(b"\x0b\xb8", b"\x05\xdc"), 0x00)
_ENDS = len(field("BOG", encode_name(NAME)))
TWICE = OTHER_AREA[:-_ENDS] + AREA[_ENDS:]
"""A group that says all twice; the last time as `AREA`."""


@pytest.mark.parametrize(
    ("group", "told"),
    [
        (AREA, []),
        (TWICE, ["field-twice"] * 4),
        (AREA[:_ENDS] + field("GDD", b"\xff" * 12) + AREA[_ENDS:], ["field-not-applied"]),
        (AREA[:-_ENDS] + field("BDD", b"\xff" * 12) + AREA[-_ENDS:], ["field-not-applied"]),
    ],
)
def test_fields_that_are_there_again_or_of_other_objects(group: bytes, told: list[str]) -> None:
    check(print_file(enclosed("BIM", NAME, [group, IMAGE_DATA])), [IMAGE_SHOWN], told)


def test_pages_that_are_described_twice() -> None:
    data = print_file(TEXT)
    at = data.index(b"\xd3\xa6\xaf") - 3
    length = int.from_bytes(data[at + 1 : at + 3], "big") + 1
    again = data[: at + length] + data[at : at + length] + data[at + length :]
    assert (finding_codes(data), finding_codes(again)) == ([], ["field-twice"])


@pytest.mark.parametrize(("turn", "told"), [(90, []), (270, ["orientation-bad"]), (0, ["orientation-bad"])])
def test_the_y_axis_of_object_content(turn: int, told: list[str]) -> None:
    usual = b"\0\0" + modca.orientation(90).to_bytes(2, "big") + b"\1"  # the end of an Object Area Position
    assert AREA.count(usual) == 1
    group = AREA.replace(usual, b"\0\0" + modca.orientation(turn).to_bytes(2, "big") + b"\1")
    check(print_file(enclosed("BIM", NAME, [group, IMAGE_DATA])), [IMAGE_SHOWN], told)


def test_unknown_triplets_in_maps_are_told() -> None:
    """The mapping option is not there then: the image is scaled to fit, which is the default."""
    told = AREA.replace(triplet(triplets.MappingOptionTriplet(0x00)), b"\x03\xe7\x00", 1)
    assert told != AREA
    data = print_file(enclosed("BIM", NAME, [told, IMAGE_DATA]))
    assert finding_codes(data) == ["triplet-unknown"]


@pytest.mark.parametrize("name", ["IPD", "PTX", "IPS"])
def test_what_shows_something_in_an_environment_group_is_told(name: str) -> None:
    end = field("EOG", encode_name(NAME))
    assert AREA.endswith(end)
    group = AREA.removesuffix(end) + field(name, bytes(16)) + end
    check(print_file(enclosed("BIM", NAME, [group, IMAGE_DATA])), [IMAGE_SHOWN], ["field-not-applied"])


_MISSING = "end-missing"


@pytest.mark.parametrize(
    ("data", "shown", "told"),
    [
        (print_file(without(IMAGE, "EOG")), [IMAGE_SHOWN], [_MISSING]),
        (print_file(without(IMAGE, "EIM") + TEXT), [IMAGE_SHOWN, RULE_SHOWN], [_MISSING]),
        (print_file(without(IMAGE, "EIM", "EOG") + TEXT), [IMAGE_SHOWN, RULE_SHOWN], [_MISSING] * 2),
        (print_file(without(TEXT, "EPT") + IMAGE), [RULE_SHOWN, IMAGE_SHOWN], [_MISSING]),
        (without(print_file(IMAGE), "EAG"), [IMAGE_SHOWN], [_MISSING]),
        (print_file(without(TEXT, "EPT") + field("NOP", b"..")), [RULE_SHOWN], []),
    ],
)
def test_an_end_that_is_missing_costs_nothing(data: bytes, shown: list[str], told: list[str]) -> None:
    check(data, shown, told)


def test_objects_in_environment_groups() -> None:
    check(print_file(IMAGE, maps=TEXT), [IMAGE_SHOWN], ["object-unexpected"])


@pytest.mark.parametrize(
    ("seed", "option", "told"),
    [
        ("graphics", 0x20, []),
        ("graphics", 0x41, ["mapping-unsupported"]),
        ("bar_code", 0x00, []),
        ("bar_code", 0x20, ["mapping-unsupported"]),
    ],
)
def test_mapping_options_that_an_object_does_not_have(seed: str, option: int, told: list[str]) -> None:
    if seed == "graphics":
        descriptor, content = seed_objects.graphics()
        group = object_area("GDD", "MGO", descriptor, option)
        data = print_file(enclosed("BGR", NAME, [group, field("GAD", content)]))
    else:
        descriptor, content = seed_objects.BAR_CODES["code_39"]()
        group = object_area("BDD", "MBC", descriptor, option)
        data = print_file(enclosed("BBC", NAME, [group, field("BDA", content)]))
    assert items_shown(data)
    assert [code for code in finding_codes(data) if code == "mapping-unsupported"] == told


def im_image(*cells: bytes, data: bytes | None = bytes(16), control: bytes = b"", **changes: Any) -> bytes:
    values = {"x_base": 0, "y_base": 0, "x_resolution": 2400, "y_resolution": 2400, "width": 16, "height": 8}
    descriptor = field("IID", made(ImageInputDescriptor, **(values | changes)))
    raster = [] if data is None else [field("IRD", data)]
    return print_file(enclosed("BII", NAME, [control, descriptor, *cells, *raster]))


def cell(width: int) -> bytes:
    sizes = {"x_size": width, "y_size": 8, "x_fill": 0xFFFF, "y_fill": 0xFFFF}
    return field("ICP", made(ImageCellPosition, x_offset=0, y_offset=0, **sizes))


def control(x_map: int = 0x03E8, x_degrees: int = 0, y_degrees: int = 90) -> bytes:
    orientations = {"x_orientation": x_degrees << 7, "y_orientation": y_degrees << 7}
    return field(
        "IOC", made(ImageOutputControl, x_origin=0, y_origin=0, **orientations, x_map=x_map, y_map=x_map)
    )


@pytest.mark.parametrize(
    ("data", "size", "told"),
    [
        (im_image(), "4.8,2.4", []),
        (im_image(cell(16)), "4.8,2.4", []),
        (im_image(data=None), "", ["im-image-empty"]),
        (im_image(data=b""), "", ["im-image-empty"]),
        (im_image(width=0), "", ["im-image-empty"]),
        (im_image(cell(0)), "", ["im-image-empty"]),
        (im_image(colour=0x55), "4.8,2.4", ["colour-unknown"]),
        (im_image(control=control(7)), "4.8,2.4", ["mapping-unsupported"]),
        (im_image(control=control(0x07D0)), "9.6,4.8", []),
        (im_image(control=control(x_degrees=270, y_degrees=0)), "2.4,-4.8", ["off-page"]),
        (im_image(control=control(y_degrees=270)), "4.8,2.4", ["orientation-bad"]),
        (im_image(control=control(y_degrees=0)), "4.8,2.4", ["orientation-bad"]),
        (im_image(data=bytes(15)), "4.8,2.4", ["im-data-short"]),
        (im_image(data=bytes(17)), "4.8,2.4", ["im-data-long"]),
        (im_image(cell(16), data=bytes(17)), "4.8,2.4", ["im-data-long"]),
        (im_image(y_resolution=0), "4.8,0.4", ["im-resolution-missing"]),
    ],
)
def test_im_images(data: bytes, size: str, told: list[str]) -> None:
    check(data, [f"image 0,0 to {size}"] if size else [], told)


def font(character_set: str, local_id: int = 1) -> bytes:
    return (
        qualified_name(_KINDS.CODE_PAGE, encode_name("T1V10500"))
        + qualified_name(_KINDS.FONT_CHARACTER_SET, encode_name(character_set))
        + triplet(triplets.ResourceLocalIdentifier(5, local_id))
    )


@pytest.mark.parametrize(
    ("maps", "told"),
    [
        (map_font(font("C0H20080"), font("C0N20080", 2)), 0),
        (map_font(font("C0H20080"), font("C0H20080")), 0),
        (map_font(font("C0H20080"), font("C0N20080")), 1),
        (map_font(font("C0H20080")) + map_font(font("C0H20080")), 0),
        (map_font(font("C0H20080")) + map_font(font("C0N20080")), 1),
    ],
)
def test_one_identifier_for_two_fonts(maps: bytes, told: int) -> None:
    assert finding_codes(print_file(TEXT, maps=maps)).count("font-mapped-twice") == told


@pytest.mark.parametrize(("length", "told"), [(60, 0), (59, 1), (31, 1)])
def test_a_font_map_whose_last_group_is_not_whole(length: int, told: int) -> None:
    groups = b"".join(
        made(
            modca.MapCodedFontFormat1Group,
            local_id=local_id,
            section=0,
            coded_font_name=b"\xff" * 8,
            code_page_name=encode_name("T1V10500"),
            character_set_name=encode_name("C0H20080"),
            rotation=0,
        ).encode()
        for local_id in (1, 2)
    )
    maps = field("MCF1", made(modca.MapCodedFontFormat1, group_length=30, groups=groups[:length]))
    assert finding_codes(print_file(TEXT, maps=maps)).count("font-map-damaged") == told


def include(**changes: Any) -> bytes:
    values: dict[str, Any] = {
        "name": encode_name("IMG"),
        "object_type": 0xFB,
        "x_origin": 500,
        "y_origin": 500,
        "x_orientation": modca.USE_OBJECT_ORIENTATION,
        "y_orientation": modca.USE_OBJECT_ORIENTATION,
        "x_content": modca.USE_OBJECT_OFFSET,
        "y_content": modca.USE_OBJECT_OFFSET,
    }
    return field("IOB", made(modca.IncludeObject, **(values | changes)))


def size(width: int, height: int, option: int) -> bytes:
    units = triplet(triplets.MeasurementUnits(0, 0, 14_400, 14_400))
    fitted = triplet(triplets.MappingOptionTriplet(option))
    return units + triplet(triplets.ObjectAreaSize(2, width, height)) + fitted


QUARTER = {"x_orientation": modca.orientation(90), "y_orientation": modca.orientation(180)}
MIRRORED = {"x_orientation": 0, "y_orientation": modca.orientation(270)}


@pytest.mark.parametrize(
    ("asked", "shown", "told"),
    [
        ({}, IMAGE_SHOWN.replace("20,30", "25,25").replace("23.8,31.9", "28.8,26.9"), []),
        (QUARTER, "image 25,25 to 23.1,28.8", []),
        (MIRRORED, "image 25,25 to 28.8,26.9", ["orientation-bad"]),
        (MIRRORED | {"y_orientation": 0}, "image 25,25 to 28.8,26.9", ["orientation-bad"]),
        ({"triplets": size(2_000, 1_000, 0x60)}, "image 25,25 to 125,75", []),
        ({"triplets": b"\x06\x4e\0\1\0\0"}, "image 25,25 to 28.8,26.9", ["colour-unknown"]),
    ],
)
@pytest.mark.parametrize("in_segment", [False, True])
def test_what_an_include_asks_for(
    asked: dict[str, Any], shown: str, told: list[str], in_segment: bool
) -> None:
    """Include Object (IOB): over what the object says, or all objects of a page segment."""
    if in_segment:
        area, position = seed_pages.area_at_origin(2_000, 2_000, reference=0)
        fit = modca.MapObject([modca.MapObjectGroup(triplet(triplets.MappingOptionTriplet(0x00)))])
        group = enclosed("BOG", NAME, [area, position, field("MIO", fit), field("IDD", DESCRIPTOR)])
        segment = enclosed("BPS", "IMG", [enclosed("BIM", NAME, [group, IMAGE_DATA])])
        resources, asked = resource("IMG", 0xFB, segment), asked | {"object_type": 0x5F}
    else:
        resources = resource("IMG", 0x06, IMAGE)
    check(print_file(include(**asked), include(**asked), resources=resources), [shown] * 2, told)


def test_text_without_a_group_is_where_its_include_puts_it() -> None:
    data = print_file(include(object_type=0x9B, **QUARTER), resources=resource("IMG", 0x9B, TEXT))
    assert items_shown(data) == ["rule 25,25 to 24,35"]


def test_an_im_image_that_is_included_as_an_object() -> None:
    values = {"x_base": 0, "y_base": 0, "x_resolution": 2400, "y_resolution": 2400, "width": 16, "height": 8}
    descriptor = field("IID", made(ImageInputDescriptor, **values))
    image = enclosed("BII", NAME, [descriptor, field("IRD", bytes(16))])
    data = print_file(include(), resources=resource("IMG", 0x06, image))
    assert items_shown(data) == ["image 25,25 to 29.8,27.4"]


def data_map(*groups: bytes) -> bytes:
    return field("MDR", modca.MapResources([modca.MapGroup(group) for group in groups]))


INTERNAL = qualified_name(_KINDS.DATA_OBJECT_INTERNAL, b"\x01")
OBJECTS = [qualified_name(_KINDS.BEGIN_RESOURCE_OBJECT, encode_name(name)) for name in ("IMG", "IMG2")]


@pytest.mark.parametrize(
    ("maps", "told"),
    [
        (data_map(OBJECTS[0] + INTERNAL), []),
        (data_map(OBJECTS[0] + INTERNAL, OBJECTS[0] + INTERNAL), []),
        (data_map(OBJECTS[0] + INTERNAL, OBJECTS[1] + INTERNAL), ["object-mapped-twice"]),
        (data_map(INTERNAL), ["map-group-empty"]),
        (data_map(b"", OBJECTS[0]), ["map-group-empty"]),
        (data_map(qualified_name(_KINDS.DATA_OBJECT_EXTERNAL, b"")), ["map-group-empty"]),
        (data_map(qualified_name(0xEE, encode_name("CMR"))), ["map-group-empty"]),
        (data_map(qualified_name(0xEE, encode_name("CMR")) + b"\4\x91\1\0"), ["triplet-not-applied"]),
    ],
)
def test_data_maps(maps: bytes, told: list[str]) -> None:
    other = enclosed("BIM", "Y", [AREA, IMAGE_DATA])
    held = resource("IMG", 0x06, IMAGE) + resource("IMG2", 0x06, other)
    assert finding_codes(print_file(maps=maps, resources=held)) == told


def overlay_turned(angle: int) -> bytes:
    include = modca.IncludePageOverlay(encode_name("OVER"), 0, 0, modca.orientation(angle))
    return field("IPO", include)


@pytest.mark.parametrize(("angle", "told"), [(0, []), (270, []), (45, ["orientation-bad"])])
def test_overlays_are_turned_by_quarters(angle: int, told: list[str]) -> None:
    units = modca.PageDescriptor(0, 0, 14_400, 14_400, 4_000, 4_000)
    overlay = enclosed("BMO", "OVER", [enclosed("BAG", NAME, [field("PGD", units)]), IMAGE])
    data = print_file(overlay_turned(angle), resources=resource("OVER", 0xFC, overlay))
    assert [code for code in finding_codes(data) if code != "off-page"] == told


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (b"\0\0\x2d\0\1", []),
        (b"\0\0\x2d\0\5", []),
        (b"\x2d\0\x5a\0\1", ["orientation-bad"]),
        (b"\0\0\x2d\0\7", ["reference-bad"]),
    ],
)
def test_reserved_values_of_an_area_position(end: bytes, told: list[str]) -> None:
    """The last bytes of an OBP: orientations of the content, reference coordinate system."""
    usual = b"\0\0\x2d\0\1"
    assert usual in IMAGE
    check(print_file(IMAGE.replace(usual, end)), [IMAGE_SHOWN], told)
