"""Images: every model and encoding, stencils, masks, damage."""

from __future__ import annotations

import io
import zlib
from dataclasses import replace

import pikepdf
import pytest
from pdf_pages import BLACK, RED, WHITE, Pixel, check_pixels, page_of
from PIL import Image as PillowImage
from PIL import ImageChops, ImageDraw

from afpcluster.display.colour import rgb
from afpcluster.display.geometry import Matrix
from afpcluster.display.items import (
    CcittParameters,
    EmbeddedPdf,
    Encoding,
    Group,
    Image,
    ImageData,
    ImageModel,
    Rectangle,
)
from afpcluster.findings import Findings
from afpcluster.outputs.pdf.images import encode_image
from rendering import pdf_of, rendered

BLUE, GREEN, GREY = (0, 0, 255), (0, 255, 0), (128, 128, 128)
WHOLE = Matrix(100, 0, 0, 100, 0, 0)


def raw(model: ImageModel, bits: int, width: int, height: int, data: bytes, **more: object) -> ImageData:
    return ImageData(
        f"{model}-{bits}-{data[:8].hex()}", width, height, Encoding.RAW, model, bits, data, **more
    )  # type: ignore[arg-type]


def encoded(
    encoding: Encoding, model: ImageModel, picture: PillowImage.Image, kind: str, **more: object
) -> ImageData:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **({"quality": 95} if kind == "JPEG" else {}))
    bits = 1 if picture.mode == "1" else 8
    return ImageData(f"{encoding}-{model}", *picture.size, encoding, model, bits, buffer.getvalue(), **more)  # type: ignore[arg-type]


def g4(picture: PillowImage.Image) -> bytes:
    """The picture's G4 data, from the one strip of a TIFF file, whose writer takes 1 for black."""
    buffer = io.BytesIO()
    ImageChops.invert(picture).save(buffer, "TIFF", compression="group4", tiffinfo={278: picture.height})
    tiff = PillowImage.open(io.BytesIO(buffer.getvalue()))
    offset, size = tiff.tag_v2[273][0], tiff.tag_v2[279][0]
    return buffer.getvalue()[offset : offset + size]


HALVES = PillowImage.new("RGB", (64, 64), RED)
HALVES.paste(BLUE, (32, 0, 64, 64))
BILEVEL = PillowImage.new("1", (64, 64), 255)  # white, its left half black
BILEVEL.paste(0, (0, 0, 32, 64))
# Two by two samples: the upper left one differs from the rest.
STENCIL = raw(ImageModel.STENCIL, 1, 2, 2, b"\x80\x00")
CCITT = ImageData("g4", 64, 64, Encoding.CCITT, ImageModel.GRAY, 1, g4(BILEVEL), CcittParameters(-1))
FAX = replace(CCITT, model=ImageModel.STENCIL, ccitt=CcittParameters(-1, black_is_1=True))


@pytest.mark.parametrize(
    ("image", "left", "right"),
    [
        pytest.param(raw(ImageModel.GRAY, 1, 2, 1, b"\x40"), BLACK, WHITE, id="bilevel"),
        pytest.param(
            raw(ImageModel.GRAY, 1, 2, 1, b"\x40", inverted=True), WHITE, BLACK, id="bilevel inverted"
        ),
        pytest.param(raw(ImageModel.GRAY, 4, 2, 1, b"\x0f"), BLACK, WHITE, id="4 bits"),
        pytest.param(raw(ImageModel.GRAY, 8, 2, 1, b"\x80\xff"), GREY, WHITE, id="grey"),
        pytest.param(raw(ImageModel.RGB, 8, 2, 1, b"\xff\0\0\0\0\xff"), RED, BLUE, id="rgb"),
        pytest.param(
            raw(ImageModel.RGB, 8, 2, 1, b"\0\xff\xff\xff\xff\0", inverted=True), RED, BLUE, id="rgb inverted"
        ),
        pytest.param(raw(ImageModel.CMYK, 8, 2, 1, b"\0\0\0\0\0\xff\xff\0"), WHITE, (237, 28, 36), id="cmyk"),
        pytest.param(raw(ImageModel.LAB, 8, 2, 1, b"\0\x80\x80\xff\x80\x80"), BLACK, WHITE, id="lab"),
        pytest.param(
            raw(ImageModel.INDEXED, 8, 2, 1, b"\1\2", palette=b"\0\0\0\xff\0\0\0\0\xff"),
            RED,
            BLUE,
            id="indexed",
        ),
        pytest.param(
            raw(ImageModel.INDEXED, 4, 2, 1, b"\x12", palette=b"\0\0\0\xff\0\0\0\0\xff"),
            RED,
            BLUE,
            id="4-bit index",
        ),
        pytest.param(CCITT, BLACK, WHITE, id="ccitt"),
        pytest.param(
            replace(CCITT, ccitt=CcittParameters(-1, black_is_1=True)), WHITE, BLACK, id="ccitt black is 1"
        ),
        pytest.param(replace(CCITT, inverted=True), WHITE, BLACK, id="ccitt inverted"),
        pytest.param(encoded(Encoding.JPEG, ImageModel.RGB, HALVES, "JPEG"), RED, BLUE, id="jpeg"),
        pytest.param(encoded(Encoding.JPX, ImageModel.RGB, HALVES, "JPEG2000"), RED, BLUE, id="jpeg 2000"),
    ],
)
def test_models_and_encodings(image: ImageData, left: Pixel, right: Pixel) -> None:
    data = pdf_of([page_of(Image(image, WHOLE))])
    check_pixels(rendered(data), {(12, 50): left, (88, 50): right}, tolerance=24)


@pytest.mark.parametrize(
    ("image", "upper_left", "lower_right"),
    [
        pytest.param(STENCIL, RED, GREEN, id="1 paints"),
        pytest.param(replace(STENCIL, inverted=True), GREEN, RED, id="inverted"),
        pytest.param(replace(CCITT, model=ImageModel.STENCIL), GREEN, RED, id="ccitt: white is 1"),
        pytest.param(FAX, RED, GREEN, id="ccitt: black is 1"),
        pytest.param(replace(FAX, inverted=True), GREEN, RED, id="ccitt: black is 1, inverted"),
    ],
)
def test_stencils_paint_the_colour_over_what_is_below(
    image: ImageData, upper_left: Pixel, lower_right: Pixel
) -> None:
    below = Rectangle(0, 0, 100, 100, rgb(0, 1, 0))
    data = pdf_of([page_of(below, Image(image, WHOLE, rgb(1, 0, 0)))])
    check_pixels(rendered(data), {(20, 20): upper_left, (80, 80): lower_right})


@pytest.mark.parametrize(
    ("image", "decode", "black_is_1"),
    [
        (FAX, None, None),
        (replace(FAX, inverted=True), [1, 0], None),
        (replace(FAX, ccitt=CcittParameters(-1)), None, True),
    ],
)
def test_rows_that_a_fax_stencil_lacks_stay_blank(
    image: ImageData, decode: list[int] | None, black_is_1: bool | None
) -> None:
    """Poppler reads missing rows as ones: these must not be what paints (sections 7.4.6, 8.9.6.2)."""
    entries = encode_image(image, compress=True, report=Findings().at(None)).entries
    parameters = entries["DecodeParms"]
    assert isinstance(parameters, dict)
    assert (entries.get("Decode"), parameters.get("BlackIs1")) == (decode, black_is_1)


@pytest.mark.parametrize(
    ("matrix", "place"),
    [
        (WHOLE, (25, 25)),
        (Matrix(0, 100, -100, 0, 100, 0), (75, 25)),  # a quarter turn clockwise
        (Matrix(-100, 0, 0, -100, 100, 100), (75, 75)),
        (Matrix(-100, 0, 0, 100, 100, 0), (75, 25)),  # a mirror
        (Matrix(0.5, 0, 0, 0.5, 20, 20), (20, 20)),  # less than a pixel
    ],
)
def test_the_matrix_places_the_upper_left_sample(matrix: Matrix, place: tuple[int, int]) -> None:
    data = pdf_of([page_of(Image(replace(STENCIL, data=b"\x80\0"), matrix, rgb(1, 0, 0)))])
    image = rendered(data, scale=1)
    assert image.getpixel(place) != WHITE
    assert image.getpixel((99 - place[0], 99 - place[1])) == WHITE


def test_a_mask_shows_where_it_is_1() -> None:
    image = raw(ImageModel.RGB, 8, 1, 1, b"\xff\0\0", mask=STENCIL)
    below = Rectangle(0, 0, 100, 100, rgb(0, 1, 0))
    check_pixels(rendered(pdf_of([page_of(below, Image(image, WHOLE))])), {(25, 25): RED, (75, 75): GREEN})


@pytest.mark.parametrize("model", [ImageModel.GRAY, ImageModel.RGB, ImageModel.CMYK, ImageModel.LAB])
def test_smooth_samples_are_predicted_and_come_back(model: ImageModel) -> None:
    components = {ImageModel.GRAY: 1, ImageModel.RGB: 3, ImageModel.CMYK: 4, ImageModel.LAB: 3}[model]
    samples = bytes([(x + y + c * 7) & 255 for y in range(64) for x in range(64) for c in range(components)])
    data = pdf_of([page_of(Image(raw(model, 8, 64, 64, samples), WHOLE))])
    assert b"/Predictor 15" in data
    assert len(data) < len(zlib.compress(samples)) + 2000
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.pages[0].Resources.XObject["/I1"].read_bytes() == samples


def discs(width: int, height: int) -> PillowImage.Image:
    """A few rings of ink, 1: G4 packs them better than deflate."""
    image = PillowImage.new("1", (width, height))
    draw = ImageDraw.Draw(image)
    for inset in range(0, min(width, height) // 2 - 8, 30):
        draw.ellipse((inset, inset, width - 1 - inset, height - 1 - inset), outline=1, width=7)
    return image


@pytest.mark.parametrize(
    ("image", "compression", "wanted"),
    [
        pytest.param(discs(203, 201), True, "/CCITTFaxDecode", id="drawing"),
        pytest.param(discs(203, 201), False, None, id="not compressed"),
        pytest.param(discs(24, 24), True, "/FlateDecode", id="small"),
        pytest.param(
            PillowImage.frombytes("1", (320, 200), bytes(range(0, 250, 5)) * 160),
            True,
            "/FlateDecode",
            id="dense",
        ),
    ],
)
@pytest.mark.parametrize("model", [ImageModel.STENCIL, ImageModel.GRAY])
def test_bilevel_samples_take_the_smaller_filter(
    image: PillowImage.Image, compression: bool, wanted: str | None, model: ImageModel
) -> None:
    item = Image(raw(model, 1, *image.size, image.tobytes()), WHOLE)
    data = pdf_of([page_of(item)], compress=compression)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.pages[0].Resources.XObject["/I1"].get("/Filter") == wanted
    plain = pdf_of([page_of(item)], compress=False)
    difference = ImageChops.difference(rendered(data, scale=2), rendered(plain, scale=2))
    assert difference.getbbox() is None
    assert len(rendered(plain).getcolors() or ()) > 1


def test_data_that_is_short_is_filled_up_and_reported() -> None:
    findings = Findings()
    image = raw(ImageModel.GRAY, 8, 10, 10, b"\0" * 50)
    data = pdf_of([page_of(Group([Image(image, WHOLE)], origin=77))], findings=findings)
    assert [(finding.code, finding.offset) for finding in findings] == [("image-data-short", 77)]
    check_pixels(rendered(data), {(50, 20): BLACK, (50, 80): WHITE})


def test_an_image_used_often_is_stored_once() -> None:
    pages = [page_of(Image(STENCIL, WHOLE), Image(replace(STENCIL), WHOLE)) for _ in range(3)]
    assert pdf_of(pages, compress=False).count(b"/Subtype/Image") == 1


@pytest.mark.parametrize(("turn", "place"), [(0, (25, 25)), (90, (75, 25)), (180, (75, 75)), (270, (25, 75))])
def test_a_page_of_another_pdf(turn: int, place: tuple[int, int]) -> None:
    # A page of its own size with an image in its upper left quarter, turned clockwise by the page itself.
    inner = pdf_of(
        [page_of(Image(STENCIL, Matrix(300, 0, 0, 500, 0, 0), rgb(1, 0, 0)), width=300, height=500)]
    )
    with pikepdf.open(io.BytesIO(inner)) as pdf:
        pdf.pages[0].Rotate = turn
        buffer = io.BytesIO()
        pdf.save(buffer)
    data = pdf_of([page_of(EmbeddedPdf("inner", buffer.getvalue(), WHOLE), width=100, height=100)])
    check_pixels(rendered(data), {place: RED, (99 - place[0], 99 - place[1]): WHITE})


@pytest.mark.parametrize(("data", "page"), [(b"no PDF", 0), (b"", 0), (None, 7)])
def test_a_damaged_pdf_is_a_finding(data: bytes | None, page: int) -> None:
    findings = Findings()
    inner = pdf_of([page_of()]) if data is None else data
    embedded = Group([Group([EmbeddedPdf("inner", inner, WHOLE, page)])], origin=77)
    pdf_of([page_of(embedded, Group([Image(STENCIL, WHOLE)], origin=99))], findings=findings)
    assert [(finding.code, finding.offset) for finding in findings] == [("pdf-object-damaged", 77)]
