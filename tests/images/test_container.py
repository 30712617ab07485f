"""Object containers: every file format, resolutions, colours, pages of TIFF files."""

from __future__ import annotations

import io

import pytest
from containers import AREA, classified, drawn, paginated, pdf, size_of
from iocas import difference
from pictures import bilevel, codes, context, file_data, shapes
from PIL import Image, ImageChops, TiffImagePlugin

from afpcluster.afp import triplets as t
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import Record
from afpcluster.afp.triplets import encode_triplet
from afpcluster.display.colour import rgb
from afpcluster.display.items import Encoding, Rectangle
from afpcluster.display.items import Image as ImageItem
from afpcluster.interpret.container.objects import draw_container, object_type
from afpcluster.interpret.context import DataObject, MappingOption, ObjectArea
from rendering import show

COLOUR, INK = shapes(), bilevel(48, 32)
GRAY = COLOUR.convert("L")
WIDTH, HEIGHT = COLOUR.size


def check(data: bytes, wanted: Image.Image, triplets: bytes = b"", tolerance: int = 0) -> ImageItem:
    items, found = drawn(data, triplets)
    assert found == []
    assert difference(show(items, WIDTH, HEIGHT), wanted) <= tolerance
    assert isinstance(items[-1], ImageItem)
    return items[-1]


RGBA = COLOUR.convert("RGBA")
RGBA.putalpha(INK.convert("L"))
ON_WHITE = Image.new("RGB", COLOUR.size, "white")
ON_WHITE.paste(COLOUR, (0, 0), INK.convert("L"))
CMYK = Image.merge("CMYK", [Image.new("L", COLOUR.size, value) for value in (255, 0, 0, 0)])

SIXTEEN_BITS = Image.frombytes("I;16", GRAY.size, bytes(b for value in GRAY.tobytes() for b in (7, value)))
EMPTY = Image.new("L", GRAY.size)
BLACK_INK = Image.merge("CMYK", [EMPTY, EMPTY, EMPTY, ImageChops.invert(GRAY)])

FILES = {
    "PNG": (file_data(COLOUR, "PNG"), COLOUR),
    "PNG, gray": (file_data(GRAY, "PNG"), GRAY),
    "PNG, palette": (file_data(COLOUR.quantize(4), "PNG"), COLOUR),
    "PNG, bilevel": (file_data(INK, "PNG"), INK),
    "BMP, bilevel": (file_data(INK, "BMP"), INK),
    "PNG, alpha": (file_data(RGBA, "PNG"), ON_WHITE),
    "GIF": (file_data(COLOUR.quantize(4), "GIF"), COLOUR),
    "BMP": (file_data(COLOUR, "BMP"), COLOUR),
    "TIFF": (file_data(COLOUR, "TIFF"), COLOUR),
    "TIFF, LZW": (file_data(COLOUR, "TIFF", compression="tiff_lzw"), COLOUR),
    "TIFF, bilevel": (file_data(INK, "TIFF"), INK),
    "TIFF, strips of G4": (file_data(INK, "TIFF", compression="group4", strip_size=64), INK),
    "TIFF, alpha": (file_data(RGBA, "TIFF"), ON_WHITE),
    "TIFF, 16 bits": (file_data(SIXTEEN_BITS, "TIFF"), GRAY),
    "PNG, 16 bits": (file_data(SIXTEEN_BITS, "PNG"), GRAY),
    "TIFF, Lab": (
        file_data(Image.new("LAB", GRAY.size, (255, 128, 128)), "TIFF"),
        Image.new("L", GRAY.size, 255),
    ),
    "TIFF, CMYK": (file_data(BLACK_INK, "TIFF"), GRAY),
}


@pytest.mark.parametrize("name", FILES)
def test_files(name: str) -> None:
    data, wanted = FILES[name]
    check(data, wanted, tolerance=40 if "CMYK" in name else 1)  # viewers turn inks into colours of their own


@pytest.mark.parametrize(
    ("data", "component", "wanted"),
    [(file_data(COLOUR, "PCX"), 19, COLOUR), (file_data(COLOUR, "DIB"), 17, COLOUR)],
)
def test_formats_that_only_the_registered_type_tells(
    data: bytes, component: int, wanted: Image.Image
) -> None:
    check(data, wanted, classified(component))
    assert drawn(data)[1] == ["container-unsupported"]


@pytest.mark.parametrize(
    ("data", "encoding", "wanted"),
    [
        (file_data(COLOUR, "JPEG", quality=95, subsampling=0), Encoding.JPEG, COLOUR),
        (file_data(GRAY, "JPEG", quality=95), Encoding.JPEG, GRAY),
        (file_data(COLOUR, "JPEG2000"), Encoding.JPX, COLOUR),
        (file_data(GRAY, "JPEG2000"), Encoding.JPX, GRAY),
        (file_data(INK, "TIFF", compression="group4"), Encoding.CCITT, INK),
        (file_data(INK, "TIFF", compression="group3"), Encoding.CCITT, INK),
        (file_data(INK, "TIFF", compression="tiff_ccitt"), Encoding.CCITT, INK),
        (file_data(INK, "TIFF", compression="group4", tiffinfo={262: 1}), Encoding.CCITT, INK),
        (file_data(INK, "TIFF", compression="group4", tiffinfo={262: 0}), Encoding.CCITT, INK),
    ],
)
def test_compressed_data_passes(data: bytes, encoding: Encoding, wanted: Image.Image) -> None:
    assert check(data, wanted, tolerance=20).image.encoding is encoding


def test_inks_of_an_adobe_jpeg_are_reversed() -> None:
    """Pillow writes an Adobe marker, and inks as 255 - value."""
    items, found = drawn(file_data(CMYK, "JPEG", quality=95))
    assert found == []
    red, green, blue = show(items, WIDTH, HEIGHT).getpixel((5, 5))  # type: ignore[misc]
    assert red < 80 < 120 < min(green, blue)  # cyan


def resolution(x: int, y: int) -> bytes:
    return encode_triplet(0x9A, t.ImageResolution(0, 0, x * 10, y * 10).encode())


@pytest.mark.parametrize(
    ("data", "triplets", "descriptor", "wanted"),
    [
        (file_data(COLOUR, "PNG"), b"", b"", (48 * 72 / 300, 32 * 72 / 300)),  # nothing says
        (file_data(COLOUR, "PNG", dpi=(144, 72)), b"", b"", (11.52, 7.68)),  # a PNG's own is ignored
        (file_data(COLOUR, "BMP", dpi=(144, 72)), b"", b"", (24, 32)),
        (file_data(COLOUR, "JPEG", dpi=(144, 144)), b"", b"", (24, 16)),
        (file_data(COLOUR, "TIFF", dpi=(144, 72)), b"", b"", (24, 32)),
        (file_data(COLOUR, "PNG", dpi=(144, 72)), resolution(72, 72), b"", (48, 32)),
        (file_data(COLOUR, "PNG", dpi=(144, 72)), b"", resolution(72, 36), (48, 64)),
        (file_data(COLOUR, "PNG"), resolution(72, 72), resolution(36, 36), (48, 32)),  # the include wins
    ],
)
def test_resolution(data: bytes, triplets: bytes, descriptor: bytes, wanted: tuple[float, float]) -> None:
    area = ObjectArea(0, 0, mapping=MappingOption.POSITION)
    assert size_of(drawn(data, triplets, area, descriptor)[0]) == pytest.approx(wanted, abs=0.01)


@pytest.mark.parametrize(
    ("triplets", "area", "codes"),
    [
        (b"", ObjectArea(96, 96, MappingOption.POSITION), ["image-resolution-assumed"]),
        (b"", ObjectArea(96, 96, MappingOption.CENTER_AND_TRIM), ["image-resolution-assumed"]),
        (b"", ObjectArea(96, 0), ["image-resolution-assumed"]),
        (resolution(72, 72), ObjectArea(96, 96, MappingOption.POSITION), []),
        (b"", ObjectArea(96, 96), []),
        (b"", ObjectArea(96, 96, MappingOption.SCALE_TO_FILL), []),
    ],
)
def test_an_assumed_resolution_is_told_where_it_counts(
    triplets: bytes, area: ObjectArea, codes: list[str]
) -> None:
    assert drawn(file_data(COLOUR, "PNG"), triplets, area)[1] == codes


def test_the_default_mapping_is_scale_to_fit() -> None:
    assert size_of(drawn(file_data(COLOUR, "PNG"), area=ObjectArea(96, 96))[0]) == (96, 64)


@pytest.mark.parametrize("photometric", [0, 1])
@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("strip", [7 * 6, 32 * 6])
@pytest.mark.parametrize(
    ("compression", "options"),
    [("group4", 0), ("group3", 0), ("group3", 1), ("group3", 4), ("group3", 5), ("tiff_ccitt", 0)],
)
def test_fax_in_a_tiff(compression: str, options: int, strip: int, order: int, photometric: int) -> None:
    """Odd strips, both bit orders, both senses of black, T.4 options: two-dimensional, fill bits."""
    for image in (INK, bilevel(43, 32)):
        tags = {262: photometric, 266: order} | ({292: options} if options else {})
        data = file_data(image, "TIFF", compression=compression, strip_size=strip, tiffinfo=tags)
        items, found = drawn(data, area=ObjectArea(image.width, 32))
        assert found == []
        assert difference(show(items, image.width, 32), image) == 0


@pytest.mark.parametrize("compression", ["raw", "group4"])
def test_a_tiff_that_is_turned(compression: str) -> None:
    """Orientation 6: the first row is the right edge."""
    data = file_data(INK, "TIFF", compression=compression, tiffinfo={274: 6, 278: 32})
    items, found = drawn(data, area=ObjectArea(32, 48))
    assert found == []
    assert difference(show(items, 32, 48), INK.rotate(-90, expand=True)) == 0


def coloured(text: str) -> bytes:
    return encode_triplet(0x4E, bytes.fromhex(text))


RED_TRIPLET = coloured("00 01 00000000 08080800 FF0000")


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "BMP"])
def test_a_colour_of_a_bilevel_image(file_format: str) -> None:
    wanted = Image.new("RGB", INK.size, "#f00")
    wanted.paste("white", (0, 0), INK)
    items, found = drawn(file_data(INK, file_format), RED_TRIPLET)
    assert found == []
    assert difference(show(items, WIDTH, HEIGHT), wanted) == 0


@pytest.mark.parametrize(
    ("triplet", "black", "middle"),
    [  # gray 51 is a fifth of the way to white
        (RED_TRIPLET, (255, 0, 0), (255, 51, 51)),
        (coloured("00 04 00000000 08080808 FF000000"), (0, 255, 255), (51, 255, 255)),
        (coloured("00 40 00000000 10000000 0001"), (0, 0, 255), (51, 51, 255)),
    ],
)
@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "TIFF"])
def test_a_colour_of_a_gray_image(
    file_format: str, triplet: bytes, black: tuple[int, ...], middle: tuple[int, ...]
) -> None:
    """MO:DCA "Container Data Descriptor": the colour that is to be grayscaled."""
    steps = Image.new("L", INK.size, 255)
    steps.paste(0, (0, 0, 16, 32))
    steps.paste(51, (16, 0, 32, 32))
    items, found = drawn(
        file_data(steps, file_format, **({"quality": 95} if file_format == "JPEG" else {})), triplet
    )
    shown = show(items, WIDTH, HEIGHT)
    assert found == []
    assert [shown.getpixel((x, 16)) for x in (8, 24, 40)] == [black, middle, (255, 255, 255)]


def test_a_colour_that_cannot_be_grayscaled_is_a_finding() -> None:
    lab = coloured("00 08 00000000 08080800 804040")
    assert drawn(file_data(GRAY, "PNG"), lab)[1] == ["gray-colour-ignored"]
    assert drawn(file_data(GRAY, "JPEG2000"), RED_TRIPLET)[1] == ["gray-colour-ignored"]


@pytest.mark.parametrize(
    ("data", "component", "below"),
    [  # MO:DCA Appendix D: what is foreground
        (file_data(INK, "TIFF"), 14, True),
        (file_data(INK, "TIFF", compression="group4"), 61, True),
        (file_data(INK, "TIFF"), 60, False),
        (file_data(INK, "TIFF", compression="group4"), 62, False),
        (file_data(INK, "TIFF"), 66, False),
        (file_data(INK, "PNG"), 65, False),
        (file_data(INK, "BMP"), 17, True),
    ],
)
def test_what_is_below_a_bilevel_image(data: bytes, component: int, below: bool) -> None:
    items, found = drawn(data, classified(component))
    assert found == []
    wanted = Image.new("RGB", INK.size, "black")
    wanted.paste("#0f0" if below else "white", (0, 0), INK)
    green = Rectangle(0, 0, WIDTH, HEIGHT, rgb(0, 1, 0))
    assert difference(show([green, *items], WIDTH, HEIGHT), wanted) == 0


@pytest.mark.parametrize(("component", "shown"), [(14, COLOUR), (60, COLOUR), (66, ON_WHITE)])
def test_an_alpha_channel_counts_in_some_types_of_tiff(component: int, shown: Image.Image) -> None:
    """MO:DCA Appendix D: "Transparency mask images and alpha channels are ignored for this object type"."""
    check(file_data(RGBA, "TIFF"), shown, classified(component))


def fax_file_cut_off() -> bytes:
    """A TIFF whose only strip, behind its directory, lacks its end."""
    data = file_data(INK, "TIFF", compression="group4", tiffinfo={278: 32})
    with Image.open(io.BytesIO(data)) as file:
        (offset,) = file.tag_v2[273]  # type: ignore[attr-defined]
        (count,) = file.tag_v2[279]  # type: ignore[attr-defined]
    strip = data[offset : offset + count]
    moved = data.replace(offset.to_bytes(4, "little"), len(data).to_bytes(4, "little"))
    assert moved != data
    return moved + strip[:-20]


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        (file_data(COLOUR, "PNG")[:100], "image-cut-off"),
        (file_data(COLOUR, "BMP")[:-1500], "image-cut-off"),
        (file_data(COLOUR, "GIF")[:-20], "image-cut-off"),
        (file_data(COLOUR, "JPEG", quality=95)[:-60], "jpeg-cut-off"),
        (fax_file_cut_off(), "image-cut-off ioca-data-short"),
    ],
)
def test_of_a_file_that_breaks_off_what_came_is_shown(data: bytes, finding: str) -> None:
    items, found = drawn(data)
    assert found == finding.split()
    assert len(items) == 1


def two_images() -> bytes:
    sink = io.BytesIO()
    COLOUR.save(sink, "TIFF", save_all=True, append_images=[ImageChops.invert(COLOUR)])
    return sink.getvalue()


@pytest.mark.parametrize(("number", "wanted"), [(0, COLOUR), (1, ImageChops.invert(COLOUR))])
def test_one_image_of_a_file_of_two(number: int, wanted: Image.Image) -> None:
    check(two_images(), wanted, paginated(number))


def numbered(*pages: tuple[str, int, int | None]) -> bytes:
    """A TIFF of plain images: colour, subfile type, page number."""
    sink = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(sink, True) as file:  # type: ignore[arg-type]
        for colour, subfile, number in pages:
            tags = TiffImagePlugin.ImageFileDirectory_v2()
            tags[254] = subfile
            if number is not None:
                tags[297] = (number, len(pages))
            Image.new("RGB", COLOUR.size, colour).save(file, "TIFF", tiffinfo=tags)
            file.newFrame()
    return sink.getvalue()


@pytest.mark.parametrize(
    ("pages", "wanted", "colour"),
    [  # MO:DCA "Object Offset Triplet X'5A'": thumbnails do not count, page numbers go first
        ((("red", 0, None), ("blue", 1, None), ("green", 0, None)), 1, "green"),
        ((("red", 1, None), ("blue", 0, None)), 0, "blue"),
        ((("red", 4, None), ("blue", 0, None)), 0, "blue"),
        ((("red", 2, 2), ("blue", 2, 0), ("green", 2, 1)), 0, "blue"),
        ((("red", 2, 2), ("blue", 2, 0), ("green", 2, 1)), 2, "red"),
        ((("red", 2, 1), ("blue", 2, None)), 0, "red"),
        ((("red", 1, None),), 0, "red"),  # the only one is shown, whatever it calls itself
    ],
)
def test_which_image_of_a_tiff(
    pages: tuple[tuple[str, int, int | None], ...], wanted: int, colour: str
) -> None:
    check(numbered(*pages), Image.new("RGB", COLOUR.size, colour), paginated(wanted))


def test_an_image_in_front_of_a_damaged_directory_is_shown() -> None:
    data = bytearray(two_images())
    with Image.open(io.BytesIO(data)) as file:
        file.seek(1)
        behind = file._frame_pos[1]  # type: ignore[attr-defined]
    check(bytes(data[: behind + 30]), COLOUR)


def test_an_offset_means_nothing_to_files_of_one_image() -> None:
    check(file_data(COLOUR.quantize(4), "GIF"), COLOUR, paginated(3))


@pytest.mark.parametrize(
    ("data", "triplets", "finding"),
    [
        (b"", classified(23), "container-empty"),
        (b"what is it", b"", "container-unsupported"),
        (file_data(COLOUR, "JPEG")[:20], classified(23), "jpeg-bad"),
        (file_data(COLOUR, "PNG")[:30], classified(65), "image-bad"),
        (file_data(COLOUR, "GIF")[:9], classified(22), "image-unreadable"),
        (file_data(COLOUR, "TIFF")[:40], classified(14), "image-unreadable"),
        (pdf()[:100], classified(25), "pdf-object-damaged"),
        (pdf(), paginated(2), "pdf-page-missing"),
        (two_images(), paginated(2), "tiff-image-missing"),
    ],
)
def test_what_cannot_be_shown_is_a_finding(data: bytes, triplets: bytes, finding: str) -> None:
    assert drawn(data, triplets) == ([], [finding])


def test_the_registered_type() -> None:
    assert object_type(classified(23)) == 23
    assert object_type(encode_triplet(0x10, bytes(22))) is None
    assert object_type(b"") is None


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "TIFF"])
def test_a_limit_of_image_points(file_format: str) -> None:
    found = context(max_image_pixels=WIDTH * HEIGHT - 1)
    data = [Record(CODES["OCD"], 0, file_data(COLOUR, file_format))]
    assert draw_container(DataObject("BOC", 0, AREA, None, data), found) == []
    assert codes(found) == ["image-too-large"]
