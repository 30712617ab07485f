"""Tiny print files, one per kind of object; `SEEDS` names a function for each.

Pages are 200 by 200 points in units of 1/1440 inch. Everything is written with the declared structures.
"""

from __future__ import annotations

from collections.abc import Callable

from afpcluster.afp import modca, ptoca, triplets
from afpcluster.afp.declare import Structure
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import encode
from afpcluster.afp.names import encode_name
from afpcluster.sample.records import UNITS, enclosed, field, made, qualified_name, resource, triplet
from benchmarks.fuzz import seed_fonts, seed_objects

SIZE = 4_000
NAME = "X"
_KINDS = triplets.FqnType
_UNIT = (0, 0, UNITS, UNITS)


def print_file(*page: bytes, resources: bytes = b"", maps: bytes = b"") -> bytes:
    """One document of one page with these objects, behind a resource group if there are resources."""
    environment = enclosed(
        "BAG",
        NAME,
        (
            maps,
            field("PGD", modca.PageDescriptor(*_UNIT, SIZE, SIZE)),
            field("PTD", modca.PresentationTextDescriptor(*_UNIT, SIZE, SIZE)),
        ),
    )
    group = enclosed("BRG", NAME, [resources]) if resources else b""
    return group + enclosed("BDT", NAME, [enclosed("BPG", NAME, (environment, *page))], b"\0\0")


def map_font(*groups: bytes) -> bytes:
    return field("MCF", modca.MapResources([modca.MapGroup(group) for group in groups]))


def _local(number: int) -> bytes:
    return triplet(triplets.ResourceLocalIdentifier(5, number))


def _font_by_parts(number: int, character_set: str, code_page: str, points: float = 10) -> bytes:
    size = triplet(triplets.FontDescriptorSpecification(5, 5, round(points * 20), 0, 0, bytes(10)))
    return (
        qualified_name(_KINDS.CODE_PAGE, encode_name(code_page))
        + qualified_name(_KINDS.FONT_CHARACTER_SET, encode_name(character_set))
        + _local(number)
        + size
    )


def text(builder: ptoca.TextBuilder) -> bytes:
    return enclosed("BPT", NAME, (field("PTX", part) for part in builder.records()))


def _words(words: str = "Ab 1") -> ptoca.TextBuilder:
    builder = ptoca.TextBuilder()
    builder.control("SCFL", 1).control("AMI", 100).control("AMB", 300).text(words.encode("cp500"))
    return builder


def plain_text() -> bytes:
    fonts = map_font(_font_by_parts(1, "C0H20000", "T1V10500"), _font_by_parts(2, "C0N20000", "T1V10273", 8))
    builder = _words().control("SCFL", 2).control("RMI", 40).text("ä, ö".encode("cp273"))
    return print_file(text(builder), maps=fonts)


_OPERANDS = {  # controls without declared operands
    "TRN": "Ab".encode("cp500"),
    "RPS": b"\x00\x04\xc1",
    "NOP": b"..",
    "SEC": bytes((0, 1, 0, 0, 0, 0, 8, 8, 8, 0, 200, 0, 40)),
    "GAR": bytes((0, 100, 0, 100)),
    "GOR": bytes((0, 0, 0, 10)),
    "GIR": bytes((0, 1, 0, 2)),
    "GLC": bytes((0, 200, 4, 0, 0, 0)) + b"\xff\xff\xff\xff",
}
_VALUES = {"SCFL": (1,), "STO": (0x2D00, 0x5A00), "OVS": (1, 0xC1C1), "STC": (0xFF02, 1), "TBM": (2, 0, 30)}
_LONE = ("UCT", "ENC", "SKI", "SEA", "BLN")


def every_control() -> bytes:
    """Each control sequence of the reference with sensible operands and a word behind it."""
    builder = _words()
    for control in ptoca.CONTROLS:
        if control.mnemonic in _LONE:
            builder.control(control.mnemonic, data=bytes(14) if control.mnemonic != "BLN" else b"")
        elif control.mnemonic in _OPERANDS:
            builder.control(control.mnemonic, data=_OPERANDS[control.mnemonic])
        else:
            usual = tuple(0x300 if o.format == "3s" else 20 for o in control.operands)
            builder.control(control.mnemonic, *_VALUES.get(control.mnemonic, usual))
        builder.text(b"\xc1\x40")
    return print_file(text(builder), maps=map_font(_font_by_parts(1, "C0H20000", "T1V10500")))


def unicode_text() -> bytes:
    """Unicode Complex Text in a TrueType font."""
    points = "Ab\u202eAb\u202cb".encode("utf-16-be")
    controls = bytes((1, 0, 0, len(points), 0, 0, 2, 1, 0, 0, 0, 0, 0, 0))
    content = ptoca.TextBuilder().control("SCFL", 1).data() + b"\x2b\xd3\x10\x6a" + controls + points
    return data_object_page(enclosed("BPT", NAME, [field("PTX", content)]))


def raster_font() -> bytes:
    fonts = seed_fonts.raster_resources(resource)
    return print_file(
        text(_words("Ab b")), resources=fonts, maps=map_font(_font_by_parts(1, "C0TINY", "T1TINY"))
    )


def outline_font() -> bytes:
    fonts = seed_fonts.outline_resources(resource)
    return print_file(
        text(_words("Ab b")), resources=fonts, maps=map_font(_font_by_parts(1, "CZTINY", "T1TINY"))
    )


def format_1_font() -> bytes:
    group = made(
        modca.MapCodedFontFormat1Group,
        local_id=1,
        section=0,
        coded_font_name=b"\xff" * 8,
        code_page_name=encode_name("T1V10500"),
        character_set_name=encode_name("C0H20080"),
        rotation=0,
    )
    fonts = made(modca.MapCodedFontFormat1, group_length=30, groups=group.encode())
    return print_file(text(_words()), maps=field("MCF1", fonts))


def data_object_font() -> bytes:
    builder = ptoca.TextBuilder().control("SCFL", 1).control("AMB", 300).text("Ab".encode("utf-16-be"))
    return data_object_page(text(builder))


def data_object_page(content: bytes) -> bytes:
    """A page with this text, its font 1 a TrueType font of the file."""
    name = "Tiny".encode("utf-16-be")
    container = seed_fonts.true_type_container(name)
    descriptor = triplets.DataObjectFontDescriptor(0, 0x20, 200, 0, 0, 3, 1)
    group = (
        triplet(triplets.CodedGraphicCharacterSet(0, 1200))
        + qualified_name(_KINDS.DATA_OBJECT_EXTERNAL, name)
        + triplet(seed_fonts.TRUE_TYPE)
        + triplet(descriptor)
        + qualified_name(_KINDS.DATA_OBJECT_INTERNAL, b"\x01")
    )
    maps = field("MDR", modca.MapResources([modca.MapGroup(group)]))
    return print_file(content, resources=container, maps=maps)


def object_area(kind: str, mapping: str, descriptor: bytes, option: int = 0x20, degrees: int = 0) -> bytes:
    """An Object Environment Group: an area of 100 by 100 points at (20, 30)."""
    area = modca.ObjectAreaDescriptor(
        triplet(triplets.DescriptorPosition(1))
        + triplet(triplets.MeasurementUnits(*_UNIT))
        + triplet(triplets.ObjectAreaSize(2, 2_000, 2_000))
    )
    position = made(
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
    option_triplet = triplet(triplets.MappingOptionTriplet(option))
    return enclosed(
        "BOG",
        NAME,
        (
            field("OBD", area),
            field("OBP", position),
            field(mapping, modca.MapObject([modca.MapObjectGroup(option_triplet)])),
            field(kind, descriptor),
        ),
    )


def area_at_origin(width: int, height: int, units: int = UNITS, reference: int = 1) -> tuple[bytes, bytes]:
    """OBD and OBP of an area of this size in the upper left corner of the page (1) or page segment (0)."""
    area = modca.ObjectAreaDescriptor(
        triplet(triplets.MeasurementUnits(0, 0, units, units))
        + triplet(triplets.ObjectAreaSize(2, width, height))
    )
    position = made(
        modca.ObjectAreaPosition,
        identifier=1,
        group_length=23,
        x_origin=0,
        y_origin=0,
        x_orientation=0,
        y_orientation=modca.orientation(90),
        x_content=0,
        y_content=0,
        x_content_orientation=0,
        y_content_orientation=modca.orientation(90),
        reference=reference,
    )
    return field("OBD", area), field("OBP", position)


def _image(name: str) -> Callable[[], bytes]:
    def make() -> bytes:
        descriptor, content, option = seed_objects.IMAGES[name]()
        area = object_area("IDD", "MIO", descriptor, option)
        half = len(content) // 2  # image data may go on in the next IPD anywhere
        return print_file(
            enclosed("BIM", NAME, (area, field("IPD", content[:half]), field("IPD", content[half:])))
        )

    return make


def _container(name: str) -> Callable[[], bytes]:
    def make() -> bytes:
        classification, content = seed_objects.CONTAINERS[name]()
        area = object_area("CDD", "MCD", modca.ContainerDataDescriptor(*_UNIT, 0, 0).encode(), 0x20, 90)
        begin = triplet(classification)
        return print_file(enclosed("BOC", NAME, (area, field("OCD", content)), begin))

    return make


def _bar_code(name: str) -> Callable[[], bytes]:
    def make() -> bytes:
        descriptor, content = seed_objects.BAR_CODES[name]()
        area = object_area("BDD", "MBC", descriptor, 0x00)
        return print_file(enclosed("BBC", NAME, (area, field("BDA", content))))

    return make


def graphics() -> bytes:
    descriptor, content = seed_objects.graphics()
    return print_file(enclosed("BGR", NAME, (object_area("GDD", "MGO", descriptor), field("GAD", content))))


def im_image() -> bytes:
    return print_file(enclosed("BII", NAME, (encode(CODES[m], d) for m, d in seed_objects.im_image())))


def _resources() -> bytes:
    environment = enclosed("BAG", NAME, [field("PGD", modca.PageDescriptor(*_UNIT, SIZE, SIZE))])
    overlay = enclosed("BMO", "OVER", (environment, text(ptoca.TextBuilder().control("DIR", 300, 0x1000))))
    descriptor, content, _ = seed_objects.IMAGES["uncompressed"]()
    image = enclosed("BIM", "IMG", (object_area("IDD", "MIO", descriptor), field("IPD", content)))
    segment = enclosed("BPS", "SEGM", [image])
    return resource("OVER", 0xFC, overlay) + resource("SEGM", 0xFB, segment) + resource("IMG", 0x06, image)


def includes() -> bytes:
    """Overlay, page segment and image by name, with a page group, tags and a link."""
    include = made(
        modca.IncludeObject,
        name=encode_name("IMG"),
        object_type=0xFB,
        x_origin=500,
        y_origin=500,
        x_orientation=modca.orientation(90),
        y_orientation=modca.orientation(180),
        x_content=modca.USE_OBJECT_OFFSET,
        y_content=modca.USE_OBJECT_OFFSET,
        triplets=triplet(triplets.MeasurementUnits(*_UNIT)),
    )
    mapped = qualified_name(_KINDS.BEGIN_RESOURCE_OBJECT, encode_name("OVER")) + triplet(
        triplets.ResourceLocalIdentifier(2, 1)
    )
    return print_file(
        field("IPO", modca.IncludePageOverlay(encode_name("OVER"), 0, 0)),
        field("IPS", modca.IncludePageSegment(encode_name("SEGM"), 200, 200)),
        field("IOB", include),
        resources=_resources(),
        maps=field("MPO", modca.MapResources([modca.MapGroup(mapped)])),
    )


def form_map() -> bytes:
    """A form map with one medium map: position, copies, a medium overlay; a page group that invokes it."""
    position = modca.PagePosition(1, [modca.PagePositionGroup(100, 50, modca.orientation(90), 0)])
    medium: list[tuple[str, Structure]] = [
        ("PGP", position),
        ("MDD", modca.MediumDescriptor(*_UNIT, SIZE, SIZE)),
        ("MCC", modca.MediumCopyCount([made(modca.CopySubgroup, first=1, last=1, modification_id=1)])),
        ("MMC", modca.MediumModificationControl(1, 0xFF, [modca.MediumKeyword(0xF4, 1)])),
    ]
    overlays = made(
        modca.MapMediumOverlay,
        group_length=12,
        groups=[made(modca.MapMediumOverlayGroup, local_id=1, flags=0, name=encode_name("OVER"))],
    )
    environment = enclosed("BDG", NAME, [field("MMO", overlays)])
    medium_map = enclosed("BMM", "MAP", (field(mnemonic, content) for mnemonic, content in medium))
    form = resource("FORM", 0xFE, enclosed("BFM", "FORM", (environment, medium_map)))
    page = print_file(text(_words()), resources=_resources() + form)
    invoked = field("IMM", modca.InvokeMediumMap(encode_name("MAP")))
    at = page.index(encode(CODES["BPG"], encode_name(NAME)))
    tag = triplet(triplets.FullyQualifiedName(_KINDS.ATTRIBUTE_GID, 0, "A".encode("cp500")))
    tags = field("TLE", modca.TagLogicalElement(tag + triplet(made(triplets.AttributeValue, value=b"\xc1"))))
    return page[:at] + invoked + tags + page[at:]


def host_prefixed() -> bytes:
    """Records behind a length of four bytes, as a host writes them; one of them segmented and padded."""
    records = [b"\x5a" + part for part in _records(plain_text())]
    return b"".join((len(record) + 4).to_bytes(2, "big") + b"\0\0" + record for record in records)


def _records(data: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(data):
        end = at + 1 + int.from_bytes(data[at + 1 : at + 3], "big")
        found.append(data[at + 1 : end])
        at = end
    return found


SEEDS: dict[str, Callable[[], bytes]] = {
    "plain_text": plain_text,
    "every_control": every_control,
    "unicode_text": unicode_text,
    "raster_font": raster_font,
    "outline_font": outline_font,
    "format_1_font": format_1_font,
    "data_object_font": data_object_font,
    "graphics": graphics,
    "im_image": im_image,
    "includes": includes,
    "form_map": form_map,
    "host_prefixed": host_prefixed,
    **{f"image_{name}": _image(name) for name in seed_objects.IMAGES},
    **{f"bar_code_{name}": _bar_code(name) for name in seed_objects.BAR_CODES},
    **{f"container_{name}": _container(name) for name in seed_objects.CONTAINERS},
}
