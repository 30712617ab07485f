"""SVG files in containers: shapes, styles, transforms and clips against pictures drawn by hand.

What is not shown is told; no file does more than say what it shows, or takes long.
"""

from __future__ import annotations

import base64
import gzip
import time

import pytest
from containers import classified, drawn
from iocas import difference
from pictures import context, file_data, shapes
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageStat

from afpcluster.afp import triplets as t
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import Record
from afpcluster.afp.triplets import encode_triplet
from afpcluster.display.items import Item, Path
from afpcluster.display.walk import flattened
from afpcluster.findings import Finding
from afpcluster.interpret.container.objects import draw_container
from afpcluster.interpret.context import DataObject, MappingOption, ObjectArea
from cycles import left_in_cycles
from rendering import show

WIDTH, HEIGHT = 80, 40
AREA = ObjectArea(WIDTH, HEIGHT)
NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(body: str, head: str = 'viewBox="0 0 80 40"') -> bytes:
    return f"<svg {NAMESPACES} {head}>{body}</svg>".encode()


def picture(
    *boxes: tuple[tuple[int, int, int, int], str], size: tuple[int, int] = (WIDTH, HEIGHT)
) -> Image.Image:
    """Boxes (left, top, right, bottom) on white."""
    image = Image.new("RGB", size, "white")
    for box, colour in boxes:
        image.paste(colour, box)
    return image


def differs(shown: Image.Image, wanted: Image.Image) -> int:
    """The largest difference, not counting pixels at edges, where viewers round as they like."""
    wanted = wanted.convert("RGB")
    lowest, highest = wanted.filter(ImageFilter.MinFilter(3)), wanted.filter(ImageFilter.MaxFilter(3))
    edges = ImageChops.difference(lowest, highest).convert("L").point(lambda value: 255 if value else 0)
    shown = shown.copy()
    shown.paste(wanted, (0, 0), edges)
    return difference(shown, wanted)


RED = picture(((10, 10, 30, 30), "red"))
BOX = 'x="10" y="10" width="20" height="20"'
RECT = f'<rect {BOX} fill="red"/>'
SHAPES = {
    "rect": (RECT, RED),
    "path": ('<path d="M10 10h20v20H10z" fill="#f00"/>', RED),
    "path, relative, without blanks": ('<path d="m10,10 20,0l0,20-20-0z" fill="red"/>', RED),
    "polygon": ('<polygon points="10,10 30,10 30 30 10 30" fill="rgb(255,0,0)"/>', RED),
    "polyline": ('<polyline points="10,10 30,10 30,30 10,30" fill="hsl(0, 100%, 50%)"/>', RED),
    "line": ('<line x1="10" y1="20" x2="30" y2="20" stroke="red" stroke-width="20"/>', RED),
    "stroke": ('<rect x="15" y="15" width="10" height="10" stroke="red" stroke-width="10" fill="red"/>', RED),
    "dashes": (
        '<path d="M10 20h20" stroke="red" stroke-width="20" stroke-dasharray="5"/>',
        picture(((10, 10, 15, 30), "red"), ((20, 10, 25, 30), "red")),
    ),
    "square caps": ('<path d="M20 20h0.01" stroke="red" stroke-width="20" stroke-linecap="square"/>', RED),
    "style": ('<rect x="10" y="10" width="20" height="20" style="fill: red; stroke: none"/>', RED),
    "current colour": (f'<g color="red"><rect {BOX} fill="currentColor"/></g>', RED),
    "inherited": ('<g fill="red"><g><rect x="10" y="10" width="20" height="20"/></g></g>', RED),
    "style sheet": (
        "<style>/* c */ rect{fill:blue} .a.b{fill:red} .a{fill:lime}</style>"
        '<rect class="b a" x="10" y="10" width="20" height="20" fill="blue"/>',
        RED,
    ),
    "style sheet, identifier": (
        '<style>#it, .x {fill:red} .a{fill:lime}</style>'
        '<rect class="a" id="it" x="10" y="10" width="20" height="20"/>',
        RED,
    ),
    "translate": ('<rect transform="translate(10 10)" width="20" height="20" fill="red"/>', RED),
    "scale, then translate": (
        '<rect transform="translate(10,10),scale(2)" width="10" height="10" fill="red"/>',
        RED,
    ),
    "rotate about a point": (f'<rect transform="rotate(90 20 20)" {BOX} fill="red"/>', RED),
    "matrix": ('<g transform="matrix(0 1 -1 0 30 10)"><rect width="20" height="20" fill="red"/></g>', RED),
    "use": (
        '<defs><rect id="r" width="20" height="20"/></defs><use xlink:href="#r" x="10" y="10" fill="red"/>',
        RED,
    ),
    "use, SVG 2": (
        '<defs><g id="r"><rect width="20" height="20"/></g></defs><use href="#r" x="10" y="10" fill="red"/>',
        RED,
    ),
    "symbol": (
        '<symbol id="s" viewBox="0 0 2 2"><rect width="1" height="1"/></symbol>'
        '<use href="#s" x="10" y="10" width="40" height="40" fill="red"/>',
        RED,
    ),
    "clip": (
        '<clipPath id="c"><rect x="10" y="10" width="20" height="20"/></clipPath>'
        '<rect width="80" height="40" fill="red" clip-path="url(#c)"/>',
        RED,
    ),
    "clip, in the system of its user": (
        '<clipPath id="c"><rect transform="translate(1,1)" width="2" height="2"/></clipPath>'
        '<g transform="scale(10)" clip-path="url(#c)"><rect width="8" height="4" fill="red"/></g>',
        RED,
    ),
    "even-odd": (
        '<path fill-rule="evenodd" fill="red" d="M10 10h20v20h-20z M15 15h10v10h-10z"/>',
        picture(((10, 10, 30, 30), "red"), ((15, 15, 25, 25), "white")),
    ),
    "nonzero": ('<path fill="red" d="M10 10h20v20h-20z M15 15h10v10h-10z"/>', RED),
    "nested": (f'<svg {BOX}><rect width="200%" height="100%" fill="red"/></svg>',
        RED,
    ),
    "percentages": ('<rect x="12.5%" y="25%" width="25%" height="50%" fill="red"/>', RED),
    "not displayed": (RECT + '<g display="none"><rect width="9" height="9"/></g>', RED),
    "hidden": (f'<g visibility="hidden"><line/><rect visibility="visible" {BOX} fill="red"/></g>', RED),
    "switch": ('<switch>' + RECT + '<rect width="80" height="40"/></switch>', RED),
    "other namespaces": ('<x:rect xmlns:x="urn:x" width="80" height="40"/>' + RECT, RED),
    "no fill, no size": (RECT + '<rect width="9" height="9" fill="none"/><circle r="0"/>', RED),
}  # fmt: skip


@pytest.mark.parametrize(("body", "wanted"), SHAPES.values(), ids=SHAPES)
def test_shapes(body: str, wanted: Image.Image) -> None:
    items, found = drawn(svg(body), area=AREA)
    assert found == []
    assert differs(show(items, WIDTH, HEIGHT), wanted) <= 1


@pytest.mark.parametrize(
    "body",
    [
        '<circle cx="40" cy="20" r="15"/>',
        '<ellipse cx="50%" cy="50%" rx="15" ry="15"/>',
        '<rect x="25" y="5" width="30" height="30" rx="15"/>',
        '<path d="M25 20a15 15 0 1 1 30 0a15 15 0 0 1 -30 0"/>',
    ],
)
def test_round_shapes(body: str) -> None:
    items, found = drawn(svg(body), area=AREA)
    large = Image.new("L", (WIDTH * 8, HEIGHT * 8), 255)
    ImageDraw.Draw(large).ellipse((25 * 8, 5 * 8, 55 * 8, 35 * 8), fill=0)
    wanted = large.resize((WIDTH, HEIGHT), Image.Resampling.BOX)
    assert found == []
    shown = show(items, WIDTH, HEIGHT).convert("L")
    assert ImageStat.Stat(ImageChops.difference(shown, wanted)).mean[0] < 1.5


BLUE_RIGHT = '<rect width="2" height="2" fill="red"/><rect x="1" width="1" height="2" fill="blue"/>'


@pytest.mark.parametrize(
    ("ratio", "wanted"),
    [
        ("", picture(((20, 0, 40, 40), "red"), ((40, 0, 60, 40), "blue"))),
        ("xMinYMid meet", picture(((0, 0, 20, 40), "red"), ((20, 0, 40, 40), "blue"))),
        ("xMaxYMax", picture(((40, 0, 60, 40), "red"), ((60, 0, 80, 40), "blue"))),
        ("none", picture(((0, 0, 40, 40), "red"), ((40, 0, 80, 40), "blue"))),
        ("xMidYMin slice", picture(((0, 0, 40, 40), "red"), ((40, 0, 80, 40), "blue"))),
    ],
)
def test_the_ratio_of_a_view_box(ratio: str, wanted: Image.Image) -> None:
    head = f'viewBox="0 0 2 2" width="80pt" height="40pt" preserveAspectRatio="{ratio}"'
    items, found = drawn(svg(BLUE_RIGHT, head), area=AREA)
    assert found == []
    assert differs(show(items, WIDTH, HEIGHT), wanted) == 0


SIZED = encode_triplet(0x9C, t.ContainerPresentationSpaceSize(6, 0, 0, 14400, 14400, 1440, 720).encode())


@pytest.mark.parametrize(
    ("head", "triplets", "size"),
    [
        ('width="80" height="40"', b"", (60, 30)),  # a user unit is 1/96 inch
        ('width="1in" height="25.4mm"', b"", (72, 72)),
        ('width="80pt" height="2.54cm" viewBox="0 0 20 18"', b"", (80, 72)),
        ('width="100%" viewBox="0 0 40 20"', b"", (30, 15)),
        ('viewBox="0 0 40 20"', SIZED, (72, 36)),
        ("", b"", (225, 112.5)),
    ],
)  # fmt: skip
def test_the_presentation_space(head: str, triplets: bytes, size: tuple[float, float]) -> None:
    area = ObjectArea(0, 0, mapping=MappingOption.POSITION)
    items, found = drawn(svg('<rect width="100%" height="100%"/>', head), triplets, area)
    wanted = Image.new("RGB", (240, 120), "white")
    wanted.paste("black", (0, 0, round(size[0]), round(size[1])))
    assert found == []
    assert differs(show(items, 240, 120), wanted) <= 1


def test_an_image_in_it() -> None:
    data = base64.b64encode(file_data(shapes(), "PNG")).decode()
    image = f'<image width="48" height="32" xlink:href="data:image/png;base64,{data}"/>'
    items, found = drawn(svg(image), area=AREA)
    assert found == []
    wanted = picture()
    wanted.paste(shapes())
    assert differs(show(items, WIDTH, HEIGHT), wanted) == 0


def drawn_with_findings(data: bytes) -> tuple[list[Item], list[Finding]]:
    found = context()
    record = Record(CODES["OCD"], 0, data)
    return draw_container(DataObject("BOC", 0, AREA, None, [record]), found), list(found.findings)


@pytest.mark.parametrize(
    ("body", "finding", "word"),
    [
        ("<text>Total</text>", "svg-incomplete", "text"),
        ('<image href="http://127.0.0.1/x.png"/>', "svg-incomplete", "outside"),
        ('<use href="other.svg#x"/>', "svg-incomplete", "other files"),
        ('<use href="#nothing"/>', "svg-incomplete", "nothing"),
        ("<foreignObject/>", "svg-incomplete", "foreignObject"),
        ('<g filter="url(#f)"><path d="M0 0"/></g>', "svg-incomplete", "filter"),
        ('<path d="M0 0 L1 1 L nonsense"/>', "svg-incomplete", "error"),
        ('<rect width="1" height="1" fill="url(#missing)"/>', "svg-incomplete", "paint"),
        ("<style>g > rect {fill:blue}</style>", "svg-incomplete", "selectors"),
        ('<rect width="1" height="1" fill-opacity="0.5"/>', "svg-simplified", "opacity"),
    ],
)
def test_what_is_not_shown_is_told(body: str, finding: str, word: str) -> None:
    items, told = drawn_with_findings(svg(body + RECT))
    assert [found.code for found in told] == [finding]
    assert word in told[0].message
    assert show(items, WIDTH, HEIGHT).getpixel((20, 20)) == (255, 0, 0)


def test_nothing_of_it_stays() -> None:
    drawn(svg(RECT), area=AREA)  # what is loaded and made once may be anything
    with left_in_cycles() as left:
        drawn(svg(RECT), area=AREA)
    assert left == []


def test_a_gradient_is_its_mean_colour() -> None:
    stops = '<stop stop-color="red"/><stop offset="1" style="stop-color:blue"/>'
    body = f'<linearGradient id="a">{stops}</linearGradient><radialGradient id="b" xlink:href="#a"/>'
    items, found = drawn(svg(body + '<rect width="80" height="40" fill="url(#b)"/>'), area=AREA)
    assert found == ["svg-simplified"]
    assert differs(show(items, WIDTH, HEIGHT), picture(((0, 0, 80, 40), "#800080"))) <= 1


@pytest.mark.parametrize("head", [b"", b'<?xml version="1.0"?>\n', b"<!-- comment -->", b"\xef\xbb\xbf"])
def test_it_is_known_by_its_data_and_by_its_type(head: bytes) -> None:
    assert drawn(head + svg(RECT), area=AREA)[1] == []
    assert drawn(gzip.compress(head + svg(RECT)), classified(68), AREA)[1] == []


BOMB = b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)


@pytest.mark.parametrize(
    "data",
    [
        BOMB + b"]>" + svg("<text>&j;</text>"),
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + svg("<text>&x;</text>"),
        b"<svg" + b" " * 20,
        svg("<g>" * 300 + "</g>" * 300),
        svg("<g/>" * 200_001),
        gzip.compress(svg("<g/>" + " " * (40 << 20))),
        gzip.compress(svg(RECT))[:30],
        b"<html><svg/></html>",
    ],
)
def test_what_cannot_be_read_is_a_frame_and_a_finding(data: bytes) -> None:
    started = time.process_time()
    items, found = drawn(data, classified(68), AREA)
    assert found == ["svg-bad"]
    assert isinstance(next(flattened(items))[0], Path)
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "body",
    [
        '<g id="a"><use href="#a"/></g>',
        "".join(f'<g id="g{n}">' + f'<use href="#g{n - 1}"/>' * 10 + "</g>" for n in range(12)),
        "<style>" + "".join(f".c{n}{{fill:red}}" for n in range(5_000)) + "</style>" + RECT * 1_000,
        '<path d="' + "M0 0" + "l1 1-1-1" * 200_000 + '"/>' + "<path d='M0 0l1 1'/>" * 100,
    ],
    ids=["itself", "ten times ten", "many rules", "long path"],
)
def test_no_file_takes_long(body: str) -> None:
    started = time.process_time()
    _, found = drawn(svg(body + RECT), area=AREA)
    assert time.process_time() - started < 20
    assert found in ([], ["svg-incomplete"])


@pytest.mark.parametrize(
    ("data", "kind", "area", "size"),
    [
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 10 10 90 50\n", 13, ObjectArea(0, 0), (80, 40)),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 10 10 90 50\n", 13, ObjectArea(60, 60), (60, 60)),
        (b"%!PS-Adobe-3.0\n", 48, ObjectArea(0, 0), (144, 72)),
        (b"%!PS-Adobe-3.0\n%%BoundingBox: 5 5 5 5\n", 48, ObjectArea(0, 0), (144, 72)),
        (b"\x1bE\x1b&l0A", 34, ObjectArea(50, 20), (50, 20)),
    ],
)
def test_what_nobody_can_draw_is_a_crossed_frame(
    data: bytes, kind: int, area: ObjectArea, size: tuple[int, int]
) -> None:
    items, found = drawn(data, classified(kind), area)
    shown = show(items, *size).convert("L")
    across, down = size
    assert found == ["container-unsupported"]
    assert all(
        shown.getpixel(at) < 200 for at in ((across // 2, 0), (0, down // 2), (across // 2, down // 2))
    )  # type: ignore[operator]
    assert shown.getpixel((across // 2, down // 4)) == 255
