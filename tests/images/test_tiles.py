"""Tiles, transparency masks, tile resources and colours of bilevel images."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from iocas import (
    HEIGHT,
    RGB,
    WIDTH,
    YCBCR,
    check,
    colours,
    difference,
    drawn,
    encoding,
    ide,
    size,
)
from pictures import bilevel, codes, context, fax_data, file_data, image_object, ink_rows, shapes
from PIL import Image, ImageChops

from afpcluster.afp.framing import Record
from afpcluster.afp.ioca import (
    Compression,
    IncludeTile,
    Parameter,
    Recording,
    SetBilevelColour,
    TilePosition,
    TileSize,
)
from afpcluster.afp.ioca_write import encode_data, encode_parameter, encode_segment
from afpcluster.codecs.bytewise import reverse_bits
from afpcluster.display.geometry import Box, Matrix
from afpcluster.display.items import Encoding, Group, Rectangle
from afpcluster.display.items import Image as ImageItem
from afpcluster.interpret.image.ioca import draw_image
from rendering import show

TOC = encode_parameter(Parameter.TILE_TOC, b"\0\0")
INK, COLOUR = bilevel(WIDTH, HEIGHT), shapes()
RED_RGB = bytes.fromhex("01 000000 08080800 FF0000")
HALVES = Image.new("1", (WIDTH, HEIGHT), 255)
HALVES.paste(0, (WIDTH // 2, 0, WIDTH, HEIGHT))


def tile(x: int, y: int, width: int, height: int, *fields: bytes, scale: int = 1) -> bytes:
    return b"".join(
        (
            encode_parameter(Parameter.BEGIN_TILE),
            encode_parameter(Parameter.TILE_POSITION, TilePosition(x, y).encode()),
            encode_parameter(Parameter.TILE_SIZE, TileSize(width, height, scale).encode()),
            *fields,
            encode_parameter(Parameter.END_TILE),
        )
    )


def mask(image: Image.Image, compression: int = Compression.NONE, order: int = 0) -> bytes:
    """A transparency mask: what is black in `image` is shown."""
    data = ink_rows(image) if compression == Compression.NONE else fax_data(image, "G4")
    data = reverse_bits(data) if order else data
    return b"".join(
        (
            encode_parameter(Parameter.BEGIN_TRANSPARENCY_MASK),
            size(*image.size),
            encoding(compression, Recording.UNPADDED_RIDIC, order),
            encode_data(data),
            encode_parameter(Parameter.END_TRANSPARENCY_MASK),
        )
    )


def rgb_fields(image: Image.Image) -> tuple[bytes, ...]:
    return encoding(Compression.NONE), ide(24), colours(RGB, 8, 8, 8), encode_data(image.tobytes())


def jpeg_fields(image: Image.Image) -> tuple[bytes, ...]:
    data = file_data(image, "JPEG", quality=95, subsampling=0)
    return encoding(Compression.JPEG), ide(24), colours(YCBCR, 8, 8, 8), encode_data(data)


def solid(colour: bytes) -> tuple[bytes, ...]:
    return encoding(Compression.SOLID_FILL), encode_parameter(Parameter.TILE_SET_COLOUR, colour)


def pasted(*pieces: tuple[Image.Image, int, int], at: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    page = Image.new("RGB", at, "white")
    for image, x, y in pieces:
        page.paste(image.convert("RGB"), (x, y))
    return page


LEFT, RIGHT = COLOUR.crop((0, 0, 20, HEIGHT)), COLOUR.crop((20, 0, WIDTH, HEIGHT))
PADDED = COLOUR.crop((8, 8, 40, 32))  # begins 3 and 2 in front of the tile at (11, 10)

TILED = {
    "side by side": (
        [TOC, tile(0, 0, 20, HEIGHT, *rgb_fields(LEFT)), tile(20, 0, 28, HEIGHT, *rgb_fields(RIGHT))],
        COLOUR,
    ),
    "parameters in front of the tiles": (
        [TOC, *rgb_fields(LEFT)[:3], tile(0, 0, 20, HEIGHT, encode_data(LEFT.tobytes()))],
        pasted((LEFT, 0, 0)),
    ),
    "half resolution": (
        [TOC, tile(4, 6, 10, 8, *rgb_fields(Image.new("RGB", (10, 8), "#03c")), scale=2)],
        pasted((Image.new("RGB", (20, 16), "#03c"), 4, 6)),
    ),
    "a filled rectangle": (
        [TOC, tile(5, 6, 10, 8, *solid(RED_RGB))],
        pasted((Image.new("RGB", (10, 8), "#f00"), 5, 6)),
    ),
    "JPEG at a corner": ([TOC, tile(0, 0, WIDTH, HEIGHT, *jpeg_fields(COLOUR))], COLOUR),
    "JPEG padded to its blocks": (
        [TOC, tile(11, 10, 25, 20, *jpeg_fields(PADDED))],
        pasted((COLOUR.crop((11, 10, 36, 30)), 11, 10)),
    ),
    "JPEG without that padding": (
        [TOC, tile(11, 10, 25, 20, *jpeg_fields(COLOUR.crop((11, 10, 36, 30))))],
        pasted((COLOUR.crop((11, 10, 36, 30)), 11, 10)),
    ),
    "no contents": (
        [encode_parameter(Parameter.TILE_TOC, b"\0\0")],
        Image.new("RGB", (WIDTH, HEIGHT), "white"),
    ),
}


@pytest.mark.parametrize("name", TILED)
def test_tiles(name: str) -> None:
    content, wanted = TILED[name]
    items, found = drawn(content)
    assert found == []
    assert difference(show(items, WIDTH, HEIGHT), wanted) <= 16


UNEVEN = HALVES.copy()
UNEVEN.paste(255, (27, 3, 45, 11))


def masked(image: Image.Image, by: Image.Image = HALVES) -> Image.Image:
    page = Image.new("RGB", image.size, "white")
    page.paste(image, (0, 0), ImageChops.invert(by.convert("L")))
    return page


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("compression", [Compression.NONE, Compression.G4_MMR])
def test_a_mask_hides_points(compression: int, order: int) -> None:
    parameters = rgb_fields(COLOUR)
    item = check(
        [size(), *parameters[:3], mask(UNEVEN, compression, order), parameters[3]], masked(COLOUR, UNEVEN)
    )
    assert item.image.mask is not None
    check(
        [size(), mask(UNEVEN, compression, order), encode_data(ink_rows(INK))],
        masked(INK.convert("RGB"), UNEVEN),
    )


@pytest.mark.parametrize("fields", [rgb_fields(COLOUR), (encode_data(ink_rows(INK)),)])
def test_a_mask_that_cannot_be_read_is_ignored(fields: tuple[bytes, ...]) -> None:
    bad = mask(HALVES).replace(encoding(Compression.NONE, 4), encoding(Compression.ABIC, 4))
    items, found = drawn([size(), *fields[:-1], bad, fields[-1]])
    assert found == ["ioca-compression-unsupported"]
    assert difference(show(items, WIDTH, HEIGHT), COLOUR if len(fields) > 1 else INK) == 0


def test_a_mask_of_a_jpeg_leaves_it_undecoded() -> None:
    parameters = jpeg_fields(COLOUR)
    item = check([size(), *parameters[:3], mask(HALVES), parameters[3]], masked(COLOUR), tolerance=16)
    assert item.image.encoding is Encoding.JPEG


def test_a_mask_of_a_bilevel_image() -> None:
    check([size(), mask(HALVES), encode_data(ink_rows(INK))], masked(INK.convert("RGB")))


def test_a_mask_of_a_padded_jpeg_tile() -> None:
    parameters = jpeg_fields(PADDED)
    half = Image.new("1", (25, 20), 255)
    half.paste(0, (12, 0, 25, 20))
    items, found = drawn([TOC, tile(11, 10, 25, 20, *parameters[:3], mask(half), parameters[3])])
    assert found == []
    wanted = pasted((COLOUR.crop((23, 10, 36, 30)), 23, 10))
    assert difference(show(items, WIDTH, HEIGHT), wanted) <= 16


@pytest.mark.parametrize(
    ("parameters", "fields", "wanted"),
    [
        (b"", (), "#000"),
        (encode_parameter(Parameter.SET_BILEVEL_COLOUR, SetBilevelColour(0, 2).encode()), (), "#f00"),
        (encode_parameter(Parameter.SET_BILEVEL_COLOUR, SetBilevelColour(0, 0xFF07).encode()), (), "#000"),
        (
            encode_parameter(
                Parameter.SET_EXTENDED_BILEVEL_COLOUR, bytes.fromhex("00 01 00000000 08080800 0000FF")
            ),
            (),
            "#00f",
        ),
        (b"", (encode_parameter(Parameter.TILE_SET_COLOUR, RED_RGB),), "#f00"),
        (
            encode_parameter(Parameter.SET_BILEVEL_COLOUR, SetBilevelColour(0, 1).encode()),
            (encode_parameter(Parameter.TILE_SET_COLOUR, RED_RGB),),
            "#f00",
        ),
    ],
)
def test_the_colour_of_significant_points(parameters: bytes, fields: tuple[bytes, ...], wanted: str) -> None:
    content = [TOC, tile(0, 0, WIDTH, HEIGHT, *fields, encode_data(ink_rows(INK)))]
    found = context()
    items = draw_image(image_object(encode_segment(content), INK.size, parameters=parameters), found)
    picture = Image.new("RGB", INK.size, wanted)
    picture.paste("white", (0, 0), INK)
    assert codes(found) == []
    assert difference(show(items, *INK.size), picture) == 0


@dataclass
class Found:
    data: bytes
    key: str = "tile"
    records: list[Record] = field(default_factory=list)


LOWER = Image.new("1", (20, HEIGHT), 255)
LOWER.paste(0, (0, 10, 20, HEIGHT))
LEFTMOST = Image.new("1", (20, HEIGHT), 255)
LEFTMOST.paste(0, (0, 0, 12, HEIGHT))
PARAMETERS = rgb_fields(LEFT)


@pytest.mark.parametrize(
    ("of_resource", "of_tile", "shown"),
    [
        (b"", b"", (0, 0, 20, HEIGHT)),
        (mask(LOWER), b"", (0, 10, 20, HEIGHT)),
        (b"", mask(LEFTMOST), (0, 0, 12, HEIGHT)),
        (mask(LOWER), mask(LEFTMOST, Compression.G4_MMR), (0, 10, 12, HEIGHT)),
    ],
)
def test_a_tile_resource(of_resource: bytes, of_tile: bytes, shown: tuple[int, int, int, int]) -> None:
    """It goes where the tile that refers to it is, and shows what both masks show."""
    content = [TOC, reference(of_tile)]
    image = image_object(encode_segment(content), (WIDTH, HEIGHT))
    image.resources = {7: Found(tile(0, 0, 20, HEIGHT, *PARAMETERS[:3], of_resource, PARAMETERS[3]))}
    found = context()
    items = draw_image(image, found)
    wanted = pasted((LEFT.crop(shown), 9 + shown[0], shown[1]))
    assert codes(found) == []
    assert difference(show(items, WIDTH, HEIGHT), wanted) == 0


def reference(more: bytes) -> bytes:
    """A referencing tile at (9, 0)."""
    fields = (
        encode_parameter(Parameter.TILE_POSITION, TilePosition(9, 0).encode()),
        encode_parameter(Parameter.INCLUDE_TILE, IncludeTile(7).encode()),
        more,
    )
    return encode_parameter(Parameter.BEGIN_TILE) + b"".join(fields) + encode_parameter(Parameter.END_TILE)


def included(resource: bytes, *defaults: bytes, more: bytes = b"") -> tuple[Image.Image, list[str]]:
    """What a tile resource shows at (9, 0) of a content with these parameters in front of its tiles."""
    image = image_object(encode_segment([TOC, *defaults, reference(more)]), (WIDTH, HEIGHT))
    image.resources = {7: Found(resource)}
    found = context()
    return show(draw_image(image, found), WIDTH, HEIGHT), codes(found)


def test_defaults_of_the_content_apply_to_a_tile_resource() -> None:
    """IOCA "Include Tile", note 5: as if it was specified locally."""
    shown, found = included(tile(0, 0, 20, HEIGHT, PARAMETERS[3]), *PARAMETERS[:3])
    assert found == []
    assert difference(shown, pasted((LEFT, 9, 0))) == 0


def test_a_mask_over_a_solid_tile_resource() -> None:
    """The tile's colour shows where the mask of the referencing tile has a 1."""
    shown, found = included(tile(0, 0, 20, HEIGHT, *solid(RED_RGB)), more=mask(LOWER))
    assert found == []
    assert difference(shown, pasted((Image.new("RGB", (20, HEIGHT - 10), "#f00"), 9, 10))) == 0


def test_a_mask_of_a_bilevel_tile_of_half_resolution() -> None:
    """IOCA "Transparency Masks": RELRES does not apply to the mask, which has 20 by 16 points here."""
    black, odd = Image.new("1", (10, 8)), Image.new("1", (20, 16), 255)
    odd.paste(0, (3, 5, 20, 16))
    items, found = drawn([TOC, tile(4, 6, 10, 8, mask(odd), encode_data(ink_rows(black)), scale=2)])
    assert found == []
    assert difference(show(items, WIDTH, HEIGHT), pasted((Image.new("RGB", (17, 11)), 7, 11))) == 0


END_TILE, END_MASK = b"\x8d\0", b"\x8f\0"
ONE, TWO = tile(0, 0, 20, HEIGHT, *rgb_fields(LEFT)), tile(20, 0, 28, HEIGHT, *rgb_fields(RIGHT))


@pytest.mark.parametrize(
    "content",
    [
        [TOC, ONE.removesuffix(END_TILE), TWO],
        [TOC, ONE, TWO.removesuffix(END_TILE)],
    ],
)
def test_a_tile_without_an_end(content: list[bytes]) -> None:
    items, found = drawn(content)
    assert found == ["ioca-end-missing"]
    assert difference(show(items, WIDTH, HEIGHT), COLOUR) == 0


@pytest.mark.parametrize(("tiles", "shown"), [([], COLOUR), ([ONE], pasted((LEFT, 0, 0)))])
def test_data_of_a_tiled_image_that_is_in_no_tile(tiles: list[bytes], shown: Image.Image) -> None:
    """IOCA EC-9201."""
    items, found = drawn([TOC, size(), *rgb_fields(COLOUR), *tiles])
    assert found == ["ioca-data-outside-tile"]
    assert difference(show(items, WIDTH, HEIGHT), shown) == 0


def test_a_mask_without_an_end_is_a_finding() -> None:
    parameters = rgb_fields(COLOUR)
    _, found = drawn([size(), *parameters, mask(HALVES).removesuffix(END_MASK)])
    assert found == ["ioca-end-missing"]


def test_a_mask_of_a_bilevel_tile_without_height() -> None:
    items, found = drawn(
        [TOC, tile(0, 0, 8, 0, mask(Image.new("1", (16, 4))), encode_data(b"\xff" * 2), scale=2)]
    )
    assert found == []
    assert difference(show(items, WIDTH, HEIGHT), pasted((Image.new("RGB", (16, 4)), 0, 0))) == 0


def test_padding_of_a_jpeg_tile_of_half_resolution() -> None:
    """The example of IOCA "Tile Size": 5 and 4 points of the presentation space are discarded."""
    fields = jpeg_fields(Image.new("RGB", (56, 112), "#30c"))
    items, found = drawn([TOC, tile(21, 36, 50, 105, *fields, scale=2)], space=(200, 300))
    assert found == []
    (group,) = items
    assert isinstance(group, Group)
    assert group.clip == Box(21, 36, 100, 210)
    (image,) = group.items
    assert isinstance(image, ImageItem)
    assert image.matrix == Matrix(112, 0, 0, 224, 16, 32)


@pytest.mark.parametrize(
    ("parameters", "wanted", "findings"),
    [  # IOCA "Set Bilevel Image Color": the last one counts, an invalid one is ignored
        (((0xF6, "0000 0002"), (0xF6, "0000 0001")), "#00f", []),
        (((0xF6, "0000 0002"), (0xF6, "0000 FF07")), "#000", []),
        (((0xF4, "00 01 00000000 08080800 FF0000"), (0xF6, "0000 0004")), "#0f0", []),
        (((0xF6, "0000 0002"), (0xF6, "0000 0077")), "#f00", ["image-descriptor-bad"]),
        (((0xF6, "0000 0002"), (0xF4, "00 09 00000000 08080800 00FF00")), "#f00", ["image-descriptor-bad"]),
        (((0xF6, "0000 0002"), (0xF7, "01 0A"), (0x77, "00")), "#f00", ["image-descriptor-bad"]),
    ],
)
def test_colours_of_the_descriptor(
    parameters: tuple[tuple[int, str], ...], wanted: str, findings: list[str]
) -> None:
    fields = b"".join(encode_parameter(code, bytes.fromhex(data)) for code, data in parameters)
    found = context()
    content = encode_segment([size(), encode_data(b"\xff" * (WIDTH * HEIGHT // 8))])
    items = draw_image(image_object(content, (WIDTH, HEIGHT), parameters=fields), found)
    assert codes(found) == findings
    assert difference(show(items, WIDTH, HEIGHT), Image.new("RGB", (WIDTH, HEIGHT), wanted)) == 0


def test_a_tile_resource_that_is_missing_is_a_finding() -> None:
    assert drawn([TOC, reference(b"")]) == ([], ["tile-resource-missing"])


def test_several_image_contents_are_all_shown() -> None:
    """IOCA "Begin Image Content", note 5."""
    one = encode_segment([size(20), *rgb_fields(LEFT)])
    two = encode_segment([TOC, tile(20, 0, 28, HEIGHT, *rgb_fields(RIGHT))])
    segment = one.removesuffix(b"\x71\0") + two.removeprefix(b"\x70\0")
    found = context()
    assert difference(show(draw_image(image_object(segment, COLOUR.size), found), *COLOUR.size), COLOUR) == 0


def test_what_lies_outside_the_presentation_space_is_cut_off() -> None:
    items, found = drawn([size(), *rgb_fields(COLOUR)], space=(30, 20))
    assert found == ["image-outside-space"]
    wanted = pasted((COLOUR.crop((0, 0, 30, 20)), 0, 0))
    assert difference(show(items, WIDTH, HEIGHT), wanted) == 0


def test_a_solid_tile_is_a_rectangle() -> None:
    items, _ = drawn([TOC, tile(5, 6, 10, 8, *solid(RED_RGB), scale=2)])
    assert isinstance(items[0], Rectangle)
    assert (items[0].x, items[0].y, items[0].width, items[0].height) == (5, 6, 20, 16)


def test_the_same_content_has_the_same_key() -> None:
    one, two = (drawn([size(), *rgb_fields(image)])[0][0] for image in (COLOUR, COLOUR.copy()))
    other = drawn([size(), *rgb_fields(ImageChops.invert(COLOUR))])[0][0]
    assert isinstance(one, ImageItem)
    assert isinstance(two, ImageItem)
    assert isinstance(other, ImageItem)
    assert one.image.key == two.image.key != other.image.key


BEGIN_CONTENT = encode_parameter(Parameter.BEGIN_IMAGE_CONTENT, b"\xff")
REST = rgb_fields(COLOUR)
AT_TWENTY = encode_parameter(Parameter.TILE_POSITION, TilePosition(20, 0).encode())


@pytest.mark.parametrize(
    ("content", "shown", "told"),
    [
        ([size(), *REST[:3], mask(UNEVEN), mask(HALVES), REST[3]], masked(COLOUR, UNEVEN), "is there twice"),
        ([TOC, mask(HALVES), ONE, TWO], COLOUR, "of a tiled image is in no tile"),
    ],
)
def test_masks_that_hide_nothing(content: list[bytes], shown: Image.Image, told: str) -> None:
    """IOCA "Transparency Masks": one in an untiled image, in tiled ones within tiles."""
    found = context()
    items = draw_image(image_object(encode_segment(content), (WIDTH, HEIGHT)), found)
    assert codes(found) == ["ioca-mask-misplaced"]
    assert [told in finding.message for finding in found.findings] == [True]
    assert difference(show(items, WIDTH, HEIGHT), shown) == 0


def test_a_mask_outside_of_an_image_is_no_image() -> None:
    segment = encode_segment([size(), *REST])
    at = segment.index(BEGIN_CONTENT)
    found = context()
    items = draw_image(image_object(segment[:at] + mask(HALVES) + segment[at:], (WIDTH, HEIGHT)), found)
    assert codes(found) == ["ioca-mask-misplaced"]
    assert difference(show(items, WIDTH, HEIGHT), COLOUR) == 0


def test_a_tile_that_includes_has_no_data_of_its_own() -> None:
    """IOCA "Include Tile", note 1."""
    shown, found = included(tile(0, 0, 20, HEIGHT, *PARAMETERS), more=encode_data(b"\xff" * 100))
    assert found == ["ioca-data-beside-include"]
    assert difference(shown, pasted((LEFT, 9, 0))) == 0


def test_a_tile_resource_is_one_tile() -> None:
    shown, found = included(tile(0, 0, 20, HEIGHT, *PARAMETERS) + TWO)
    assert found == ["ioca-tile-surplus"]
    assert difference(shown, pasted((LEFT, 9, 0))) == 0


@pytest.mark.parametrize(
    "content",
    [
        [size(9, 9), size(), *REST],
        [size(), encoding(Compression.G4_MMR), *REST],
        [TOC, ONE, tile(0, 0, 28, HEIGHT, AT_TWENTY, *rgb_fields(RIGHT))],
    ],
)
def test_parameters_that_are_there_again(content: list[bytes]) -> None:
    """The last one counts; several pieces of data are none."""
    items, found = drawn(content)
    assert found == ["ioca-parameter-repeated"]
    assert difference(show(items, WIDTH, HEIGHT), COLOUR) == 0
