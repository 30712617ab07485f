"""Where content lies in its object area: the offsets of Object Area Position and Include Object.

MO:DCA "Object Area Position (OBP)", "Include Object (IOB)". The area begins at (20, 30) on the page.
"""

from __future__ import annotations

import pytest
from displayed import finding_codes, items_shown

from afpcluster.afp import modca, triplets
from afpcluster.afp.modca import USE_OBJECT_OFFSET, orientation
from afpcluster.afp.names import encode_name
from afpcluster.afp.ptoca import TextBuilder
from afpcluster.sample.records import enclosed, field, made, resource, triplet
from benchmarks.fuzz import seed_objects
from benchmarks.fuzz.seed_pages import NAME, print_file

TWIPS = (0, 0, 14_400, 14_400)
X_CONTENT, Y_CONTENT = 200, 100  # 10 by 5 points


def group(mapping: str, descriptor: bytes, degrees: int = 0, option: int = 0x00) -> bytes:
    """An Object Environment Group in which content is placed by position."""
    area = triplet(triplets.MeasurementUnits(*TWIPS)) + triplet(triplets.ObjectAreaSize(2, 2_000, 2_000))
    position = made(
        modca.ObjectAreaPosition,
        identifier=1,
        group_length=23,
        x_origin=400,
        y_origin=600,
        x_orientation=orientation(degrees),
        y_orientation=orientation((degrees + 90) % 360),
        x_content=X_CONTENT,
        y_content=Y_CONTENT,
        x_content_orientation=0,
        y_content_orientation=orientation(90),
    )
    mapped = modca.MapObject([modca.MapObjectGroup(triplet(triplets.MappingOptionTriplet(option)))])
    fields = (field("OBD", modca.ObjectAreaDescriptor(area)), field("OBP", position), field(mapping, mapped))
    return enclosed("BOG", NAME, (*fields, descriptor))


PTD = field("PTD", modca.PresentationTextDescriptor(*TWIPS, 2_000, 2_000))
RULE = field("PTX", TextBuilder().control("DIR", 400, 200 << 8).data())


@pytest.mark.parametrize(("degrees", "shown"), [(0, "rule 30,35 to 50,45"), (90, "rule 15,40 to 5,60")])
def test_text(degrees: int, shown: str) -> None:
    data = print_file(enclosed("BPT", NAME, [group("MPT", PTD, degrees), RULE]))
    assert (items_shown(data), finding_codes(data)) == ([shown], [])


UNITS = triplet(triplets.MeasurementUnits(0, 0, 2_400, 2_400))
SIZE = triplet(triplets.ObjectAreaSize(2, 1_000, 1_000))


@pytest.mark.parametrize(
    ("more", "offset", "corner"),
    [
        (b"", USE_OBJECT_OFFSET, "30,35"),
        (UNITS, USE_OBJECT_OFFSET, "30,35"),
        (UNITS + SIZE, USE_OBJECT_OFFSET, "30,35"),
        (UNITS + SIZE, 100, "50,60"),
    ],
)
def test_an_include_overrides_in_units_of_its_own(more: bytes, offset: int, corner: str) -> None:
    """X'4B' measures what the include says, not what the object says itself."""
    descriptor, content, _ = seed_objects.IMAGES["uncompressed"]()
    parts = (group("MIO", field("IDD", descriptor)), field("IPD", content))
    include = made(
        modca.IncludeObject,
        name=encode_name("IMG"),
        object_type=0xFB,
        x_origin=USE_OBJECT_OFFSET,
        y_origin=USE_OBJECT_OFFSET,
        x_orientation=modca.USE_OBJECT_ORIENTATION,
        y_orientation=modca.USE_OBJECT_ORIENTATION,
        x_content=offset,
        y_content=offset,
        triplets=more,
    )
    data = print_file(field("IOB", include), resources=resource("IMG", 0x06, enclosed("BIM", "IMG", parts)))
    assert [line.split(" to ")[0] for line in items_shown(data)] == [f"image {corner}"]
    assert finding_codes(data) == []
