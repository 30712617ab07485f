"""Resources that an Include Object maps for what it includes (FQN types X'84', X'CE', X'DE' with X'BE').

MO:DCA "Include Object (IOB)"; IOCA "Include Tile". Shown is a solid tile of 8 by 4 points that the image
names by number.
"""

from __future__ import annotations

import io

import pytest
from displayed import finding_codes, items_shown

from afpcluster.afp import modca, triplets
from afpcluster.afp.ioca import (
    Compression,
    ImageDataDescriptor,
    ImageEncoding,
    IncludeTile,
    Parameter,
    TilePosition,
    TileSetColour,
    TileSize,
)
from afpcluster.afp.ioca_write import encode_parameter, encode_segment
from afpcluster.afp.names import encode_name
from afpcluster.convert import convert
from afpcluster.options import Format, Options
from afpcluster.sample.records import enclosed, field, made, qualified_name, resource, triplet
from afpcluster.selection import Selection
from benchmarks.fuzz.seed_pages import object_area, print_file

NUMBER = 7
KINDS = triplets.FqnType
SPACE = ImageDataDescriptor(0, 720, 720, 100, 100).encode()  # a point of the image is one of the page
RED, GREEN = b"\xff\0\0", b"\0\xff\0"


def tile(*fields: tuple[Parameter, bytes]) -> bytes:
    position = (Parameter.TILE_POSITION, TilePosition(3, 2).encode())
    parameters = (Parameter.BEGIN_TILE, b""), position, *fields, (Parameter.END_TILE, b"")
    return b"".join(encode_parameter(code, data) for code, data in parameters)


def tile_resource(name: str, colour: bytes) -> bytes:
    fields = (
        (Parameter.TILE_SIZE, TileSize(8, 4).encode()),
        (Parameter.IMAGE_ENCODING, ImageEncoding(Compression.SOLID_FILL).encode()),
        (
            Parameter.TILE_SET_COLOUR,
            made(TileSetColour, space=1, sizes=b"\x08\x08\x08\0", colour=colour).encode(),
        ),
    )
    return resource(name, 0x92, enclosed("BOC", name, [field("OCD", tile(*fields))]))


def image(group: bytes) -> bytes:
    content = [
        encode_parameter(Parameter.TILE_TOC, b"\0\0"),
        tile((Parameter.INCLUDE_TILE, IncludeTile(NUMBER).encode())),
    ]
    return resource("IMG", 0x06, enclosed("BIM", "IMG", [group, field("IPD", encode_segment(content))]))


def mapped(kind: int, name: str, number: int = NUMBER) -> bytes:
    internal = qualified_name(KINDS.DATA_OBJECT_INTERNAL, number.to_bytes(4, "big"))
    return qualified_name(kind, encode_name(name)) + internal


def file(include_triplets: bytes, own: bytes = b"") -> bytes:
    """A page that includes the image. `own` is what the environment group of the image maps."""
    group = object_area("IDD", "MIO", SPACE, 0x10)
    if own:
        data_map = field("MDR", modca.MapResources([modca.MapGroup(own)]))
        end = group.rindex(b"\x5a")
        group = group[:end] + data_map + group[end:]
    include = made(
        modca.IncludeObject,
        name=encode_name("IMG"),
        object_type=0xFB,
        x_origin=0,
        y_origin=0,
        x_orientation=0,
        y_orientation=modca.orientation(90),
        x_content=modca.USE_OBJECT_OFFSET,
        y_content=modca.USE_OBJECT_OFFSET,
        triplets=include_triplets,
    )
    held = tile_resource("RED", RED) + tile_resource("GREEN", GREEN) + image(group)
    return print_file(field("IOB", include), resources=held)


RED_TILE, GREEN_TILE = (f"rule 3,2 to 11,6 rgb {colour}" for colour in ("1/0/0", "0/1/0"))


@pytest.mark.parametrize(
    ("including", "own", "expected", "told"),
    [
        (b"", b"", [], ["tile-resource-missing"]),
        (b"", mapped(KINDS.OTHER_OBJECT, "RED"), [RED_TILE], []),
        *[
            (mapped(kind, "RED"), b"", [RED_TILE], [])
            for kind in (KINDS.OTHER_OBJECT, KINDS.DATA_OBJECT_EXTERNAL, KINDS.BEGIN_RESOURCE_OBJECT)
        ],
        (mapped(KINDS.OTHER_OBJECT, "GREEN"), mapped(KINDS.OTHER_OBJECT, "RED"), [GREEN_TILE], []),
        (mapped(KINDS.OTHER_OBJECT, "RED", 8) + mapped(KINDS.OTHER_OBJECT, "GREEN"), b"", [GREEN_TILE], []),
        (mapped(KINDS.OTHER_OBJECT, "BLUE"), b"", [], ["resource-missing", "tile-resource-missing"]),
        (mapped(KINDS.OTHER_OBJECT, "RED", 8), b"", [], ["tile-resource-missing"]),
    ],
)
def test_tiles(including: bytes, own: bytes, expected: list[str], told: list[str]) -> None:
    units = triplet(triplets.MeasurementUnits(0, 0, 14_400, 14_400))
    data = file(units + including, own)
    assert (items_shown(data), finding_codes(data)) == (expected, told)


def test_they_stay_with_a_page_that_is_cut_out() -> None:
    sink = io.BytesIO()
    data = file(mapped(KINDS.OTHER_OBJECT, "RED"))
    convert(io.BytesIO(data), sink, Options(format=Format.AFP, selection=Selection.parse(pages="1")))
    assert items_shown(sink.getvalue()) == [RED_TILE]
    assert encode_name("GREEN") not in sink.getvalue()
