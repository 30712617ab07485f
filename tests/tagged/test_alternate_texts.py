"""The alternate text of a figure: what comments on a picture in the print file say (MO:DCA Comment X'65')."""

from __future__ import annotations

import io

import pikepdf
import pytest

from afpcluster.afp import modca, triplets
from afpcluster.afp.names import encode_name
from afpcluster.convert import convert
from afpcluster.options import Options
from afpcluster.sample.records import enclosed, field, made, resource, triplet
from benchmarks.fuzz import seed_objects
from benchmarks.fuzz.seed_pages import area_at_origin, print_file


def comment(text: str, encoding: str = "cp500") -> bytes:
    return triplets.encode_triplet(0x65, text.encode(encoding))


def in_code_page(ccsid: int) -> bytes:
    return triplet(triplets.CodedGraphicCharacterSet(0xFFFF, ccsid))


def image(on_image: bytes = b"", on_group: bytes = b"", reference: int = 1) -> bytes:
    descriptor, content, _ = seed_objects.IMAGES["uncompressed"]()
    fit = modca.MapObject([modca.MapObjectGroup(triplet(triplets.MappingOptionTriplet(0x20)))])
    area = area_at_origin(2_000, 2_000, reference=reference)
    group = enclosed("BOG", "OBJ", [*area, field("MIO", fit), field("IDD", descriptor)], on_group)
    return enclosed("BIM", "OBJ", [group, field("IPD", content)], on_image)


def container(on_container: bytes) -> bytes:
    classification, content = seed_objects.CONTAINERS["png"]()
    group = enclosed("BOG", "OBJ", area_at_origin(2_000, 2_000))
    begin = b"\0\0" + triplet(classification) + on_container
    return enclosed("BOC", "OBJ", [group, field("OCD", content)], begin)


def included(content: bytes, on_include: bytes = b"") -> bytes:
    include = made(
        modca.IncludeObject,
        name=encode_name("OBJ"),
        object_type=0xFB,
        x_origin=0,
        y_origin=0,
        x_orientation=0,
        y_orientation=modca.orientation(90),
        x_content=modca.USE_OBJECT_OFFSET,
        y_content=modca.USE_OBJECT_OFFSET,
        triplets=on_include,
    )
    return print_file(field("IOB", include), resources=resource("OBJ", 0x06, content))


def segment(*content: bytes) -> bytes:
    include = made(modca.IncludePageSegment, name=encode_name("OBJ"), x_origin=0, y_origin=0)
    held = resource("OBJ", 0xFB, enclosed("BPS", "OBJ", content))
    return print_file(field("IPS", include), resources=held)


LAKE, HILLS = comment("A lake (at dusk)"), comment("Hills")

# What is on the page -> the alternate texts of its figures; None: a figure has none.
ALTERNATES: dict[str, tuple[bytes, list[str | None]]] = {
    "no comment": (print_file(image()), [None]),
    "on the image": (print_file(image(LAKE)), ["A lake (at dusk)"]),
    "on its environment group": (print_file(image(on_group=LAKE)), ["A lake (at dusk)"]),
    "on a container": (print_file(container(LAKE)), ["A lake (at dusk)"]),
    "on an include": (included(image(), LAKE), ["A lake (at dusk)"]),
    "on what is included": (included(image(LAKE)), ["A lake (at dusk)"]),
    "an include's comes first": (included(image(LAKE), HILLS), ["Hills"]),
    "several": (print_file(image(comment("A lake  ") + HILLS)), ["A lake Hills"]),
    "two images": (print_file(image(LAKE), image(), image(HILLS)), ["A lake (at dusk)", None, "Hills"]),
    "in a page segment": (
        segment(image(LAKE, reference=0), image(HILLS, reference=0)),
        ["A lake (at dusk); Hills"],
    ),
    "in a declared code page": (
        print_file(image(in_code_page(1208) + comment("Zürichsee – Ufer", "utf-8"))),
        ["Zürichsee – Ufer"],
    ),
    "no text": (print_file(image(triplets.encode_triplet(0x65, b"\x01\x02\x03"))), [None]),
    "blank": (print_file(image(comment("   "))), [None]),
}


@pytest.mark.parametrize("name", ALTERNATES)
def test_alternate_texts(name: str) -> None:
    data, expected = ALTERNATES[name]
    sink = io.BytesIO()
    convert(io.BytesIO(data), sink, Options(tagged=True, raise_faults=True))
    with pikepdf.open(io.BytesIO(sink.getvalue())) as pdf:
        figures = [
            one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure"
        ]
        found = [str(figure.Alt) if "/Alt" in figure else None for figure in figures]
    assert found == expected
