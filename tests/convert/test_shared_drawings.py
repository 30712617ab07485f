"""What is drawn once and shared is what is drawn, never where it came from.

Each case shows the same resource twice where it must look different, or where a fault at the first must
not be seen at the second.
"""

from __future__ import annotations

import io
from typing import Any, get_args

import pikepdf
import pytest
from print_files import (
    codes,
    converted,
    document,
    fonts,
    group,
    include_overlay,
    include_segment,
    page,
    page_texts,
    text,
)
from test_convert import broken

from afpcluster.afp import goca, modca, triplets
from afpcluster.afp.names import encode_name
from afpcluster.display.colour import BLACK, rgb
from afpcluster.display.geometry import Box, Matrix
from afpcluster.display.items import (
    ClipPath,
    EmbeddedPdf,
    Encoding,
    GlyphRun,
    Group,
    Image,
    ImageData,
    ImageModel,
    Item,
    Link,
    Move,
    Path,
    Rectangle,
    Shared,
    SharedItems,
)
from afpcluster.display.walk import flattened, recoloured, transformed
from afpcluster.fonts.stand_in.builtin_code_pages import built_in
from afpcluster.fonts.stand_in.standard import standard_face
from afpcluster.options import Options
from afpcluster.sample.records import UNITS, enclosed, field, made, resource, triplet
from afpcluster.sample.typefaces import BOLD, CODE_PAGE, REGULAR
from afpcluster.sample.typefaces import resource as font_resource
from benchmarks.fuzz import seed_objects, seed_pages
from rendering import rendered

OVERLAY, SEGMENT, GRAPHICS, IMAGE, CHARACTER_SET, CODE_PAGE_KIND = 0xFC, 0xFB, 0x03, 0x06, 0x40, 0x41


# ------------------------------------------------------------------ overlays and page segments


def segment(words: str) -> bytes:
    return enclosed("BPS", "SEGM", (text(words, 600),))


def overlay(*content: bytes, maps: bytes | None = None) -> bytes:
    """An overlay with the environment of a page."""
    whole = page(*content, maps=maps)
    inside = whole[len(field("BPG", encode_name("PAGE"))) : -len(field("EPG", encode_name("PAGE")))]
    return enclosed("BMO", "OVER", (inside,))


def font_resources(face: str) -> bytes:
    return resource("C0MINE", CHARACTER_SET, font_resource(face)) + resource(
        "T1MINE", CODE_PAGE_KIND, font_resource(CODE_PAGE)
    )


def customer(logo: str) -> bytes:
    """A print file whose overlay includes the customer's own page segment."""
    return group(
        resource("OVER", OVERLAY, overlay(text("FORM"), include_segment())),
        resource("SEGM", SEGMENT, segment(logo)),
    ) + document(page(include_overlay(), text("page", 900)))


def test_an_overlay_shows_the_segments_of_its_own_document() -> None:
    first, second = page_texts(converted(customer("ONE") + customer("TWO"))[0])
    assert (first.split(), second.split()) == (["FORM", "ONE", "page"], ["FORM", "TWO", "page"])


@pytest.mark.parametrize("processes", [1, 2])
def test_a_segment_of_another_file_is_told(processes: int) -> None:
    """The second of joined files lacks a segment that the first has: it is shown, as an error."""
    second = group(resource("OVER", OVERLAY, overlay(text("FORM"), include_segment()))) + document(
        *[page(include_overlay())] * 3
    )
    _, result = converted(customer("ONE") + second, Options(processes=processes))
    told = [f for f in result.findings if f.code == "resource-of-another-file"]
    assert [(str(f.severity), f.count, "SEGM" in f.message) for f in told] == [("error", 1, True)]
    _, whole = converted(customer("ONE") + customer("TWO"))
    assert "resource-of-another-file" not in codes(whole)
    _, shared = converted(customer("ONE") + document(page(include_overlay())))
    assert "resource-of-another-file" not in codes(shared)  # files of one job: resources stand once, in front


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize(("second", "told"), [("TWO", [("error", 1)]), ("ONE", [])])
def test_two_segments_of_one_name(second: str, told: list[tuple[str, int]], processes: int) -> None:
    """Nobody can know which one is meant; the same one twice does no harm, nor does one that is not used."""
    twice = [resource("SEGM", SEGMENT, segment(logo)) for logo in ("ONE", second)]
    unused = [resource("OTHER", SEGMENT, segment(logo)) for logo in ("ONE", "TWO")]
    pages = [page(include_segment())] * 40
    pdf, result = converted(group(*twice, *unused) + document(*pages), Options(processes=processes))
    assert [(str(f.severity), f.count) for f in result.findings if f.code == "resource-name-twice"] == told
    assert {text.strip() for text in page_texts(pdf)} == {"ONE"}


def page_fonts(pdf: bytes) -> list[set[str]]:
    """Names of the fonts that each page and the forms on it use, without subset tags."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return [set(_fonts(shown.obj["/Resources"])) for shown in opened.pages]


def _fonts(resources: Any) -> list[str]:
    found = [str(font["/BaseFont"])[1:].split("+")[-1] for font in resources.get("/Font", {}).values()]
    for form in resources.get("/XObject", {}).values():
        found += _fonts(form.get("/Resources", {}))
    return found


def test_an_overlay_shows_the_fonts_of_its_own_document() -> None:
    def one(face: str) -> bytes:
        shown = overlay(text("A"), maps=fonts("C0MINE", "T1MINE"))
        return group(font_resources(face), resource("OVER", OVERLAY, shown)) + document(
            page(include_overlay())
        )

    first, second = page_fonts(converted(one(REGULAR) + one(BOLD))[0])
    assert first
    assert second
    assert first.isdisjoint(second)


def image(x: int, y: int) -> bytes:
    """A black image of 100 by 100 points at these L-units of the segment around."""
    descriptor, content, _ = seed_objects.IMAGES["uncompressed"]()
    area = seed_pages.object_area("IDD", "MIO", descriptor, 0x20)
    placed = seed_pages.object_area("IDD", "MIO", descriptor, 0x20)
    position = field("OBP", _position(400, 600, 1))
    assert placed.count(position) == 1
    area = placed.replace(position, field("OBP", _position(x, y, 0)))
    return enclosed("BPS", "SEGM", (enclosed("BIM", "IMG", (area, field("IPD", content))),))


def _position(x: int, y: int, reference: int) -> modca.ObjectAreaPosition:
    return made(
        modca.ObjectAreaPosition,
        identifier=1,
        group_length=23,
        x_origin=x,
        y_origin=y,
        x_orientation=modca.orientation(0),
        y_orientation=modca.orientation(90),
        x_content=0,
        y_content=0,
        x_content_orientation=0,
        y_content_orientation=modca.orientation(90),
        reference=reference,
    )


def sized_page(size: int, units: int, *content: bytes) -> bytes:
    """A page of `size` by `size` L-units, `units` of them to ten inches."""
    descriptor = modca.PageDescriptor(0, 0, units, units, size, size)
    return enclosed("BPG", "PAGE", (enclosed("BAG", "AEG", (field("PGD", descriptor),)), *content))


def ink(pdf: bytes, number: int) -> tuple[int, int, int, int] | None:
    """The box around what a page shows, in points: left, top, right, bottom."""
    return rendered(pdf, number).convert("L").point(lambda value: 255 if value < 250 else 0).getbbox()


def test_a_segment_is_whole_on_a_page_larger_than_the_first() -> None:
    small, large = sized_page(2_000, UNITS, include_segment()), sized_page(14_400, UNITS, include_segment())
    found = group(resource("SEGM", SEGMENT, image(8_000, 100)))
    alone, _ = converted(found + document(large))
    behind, _ = converted(found + document(small, large))
    assert ink(alone, 0) is not None
    assert ink(behind, 1) == ink(alone, 0)


def test_a_segment_is_placed_in_the_units_of_each_page() -> None:
    found = group(resource("SEGM", SEGMENT, image(1_000, 1_000)))
    pages = [sized_page(4_000, UNITS, include_segment()), sized_page(4_000, UNITS // 2, include_segment())]
    pdf, _ = converted(found + document(*pages))
    boxes = [ink(pdf, 0), ink(pdf, 1)]
    (left, top), (right, bottom) = [box[:2] for box in boxes if box]
    assert (right - left, bottom - top) == (50, 50)


# ------------------------------------------------------------------ objects


def graphics() -> bytes:
    """A graphics object that draws one word in character set 1 and maps no font itself."""
    window = seed_objects.graphics()[0]
    orders = goca.ORDERS_BY_NAME["set_character_set"].encode(1) + goca.ORDERS_BY_NAME[
        "character_string_at_given_position"
    ].encode(10, 10, "A".encode("cp500"))
    area = seed_pages.object_area("GDD", "MGO", window)
    return enclosed("BGR", "GRAF", (area, field("GAD", goca.encode_segment(orders))))


def include_object(name: str, object_type: int, more: bytes = b"") -> bytes:
    include = made(
        modca.IncludeObject,
        name=encode_name(name),
        object_type=object_type,
        x_origin=0,
        y_origin=0,
        x_orientation=modca.orientation(0),
        y_orientation=modca.orientation(90),
        x_content=modca.USE_OBJECT_OFFSET,
        y_content=modca.USE_OBJECT_OFFSET,
        triplets=more,
    )
    return field("IOB", include)


def test_a_graphics_resource_shows_the_fonts_of_each_page() -> None:
    found = group(resource("GRAF", GRAPHICS, graphics()))
    pages = [page(include_object("GRAF", 0xBB), maps=fonts(name)) for name in ("C0H20000", "C0420000")]
    assert page_fonts(converted(found + document(*pages))[0]) == [{"Helvetica"}, {"Courier"}]


def test_a_graphics_resource_shows_the_fonts_of_its_own_document() -> None:
    def one(face: str) -> bytes:
        found = group(font_resources(face), resource("GRAF", GRAPHICS, graphics()))
        return found + document(page(include_object("GRAF", 0xBB), maps=fonts("C0MINE", "T1MINE")))

    first, second = page_fonts(converted(one(REGULAR) + one(BOLD))[0])
    assert first
    assert second
    assert first.isdisjoint(second)


def test_an_object_is_drawn_as_each_include_says() -> None:
    """The same PDF container as its first and as its second page (triplet X'5A' "Object Offset")."""
    with pikepdf.new() as source:
        for size in (50, 100):
            source.add_blank_page(page_size=(100, 100))
            content = b"0 0 %d %d re f" % (size, size)
            source.pages[-1].contents_add(content)
        buffer = io.BytesIO()
        source.save(buffer, deterministic_id=True)
    classification = seed_objects.CONTAINERS["pdf"]()[0]
    descriptor = modca.ContainerDataDescriptor(0, 0, UNITS, UNITS, 0, 0).encode()
    container = enclosed(
        "BOC",
        "PDF",
        (seed_pages.object_area("CDD", "MCD", descriptor), field("OCD", buffer.getvalue())),
        triplet(classification),
    )
    found = group(resource("PDF", 0x92, container))
    pages = [
        page(include_object("PDF", 0x92, triplet(triplets.ObjectOffset(0xAF, number)))) for number in (0, 1)
    ]
    pdf, _ = converted(found + document(*pages))
    half, full = ink(pdf, 0), ink(pdf, 1)
    assert half is not None
    assert full is not None
    assert (half[2] - half[0], full[2] - full[0]) == (50, 100)


# ------------------------------------------------------------------ faults


def test_a_fault_inside_an_overlay_leaves_it_to_later_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    found = group(resource("OVER", OVERLAY, overlay(text("FORM"))))
    data = found + document(*(page(include_overlay(), text(word, 900)) for word in ("one", "two", "three")))
    broken(monkeypatch, "FORM", times=1)
    pdf, result = converted(data, Options())
    first, *others = page_texts(pdf)
    assert "Page 1 could not be converted" in first
    assert [words.split() for words in others] == [["FORM", "two"], ["FORM", "three"]]
    assert "include-recursive" not in codes(result)


def test_an_overlay_that_includes_itself_is_shown_once() -> None:
    found = group(resource("OVER", OVERLAY, overlay(text("FORM"), include_overlay())))
    pdf, result = converted(found + document(page(include_overlay()), page(include_overlay())))
    assert [words.split() for words in page_texts(pdf)] == [["FORM"], ["FORM"]]
    assert "include-recursive" in codes(result)


# ------------------------------------------------------------------ the walk over items

_FACE = standard_face("Helvetica", built_in(500))
_PIXEL = ImageData("pixel", 1, 1, Encoding.RAW, ImageModel.STENCIL, 1, b"\x80")
_BAR = Rectangle(0, 0, 1, 1)
ONE_OF_EACH: dict[type, Item] = {
    GlyphRun: GlyphRun(_FACE, 10, 0, 0, b"\xc1"),
    Rectangle: _BAR,
    Path: Path([Move((0.0, 0.0))], fill=BLACK),
    Image: Image(_PIXEL, Matrix()),
    EmbeddedPdf: EmbeddedPdf("pdf", b"", Matrix()),
    Group: Group([_BAR]),
    Shared: Shared(SharedItems([_BAR])),
    ClipPath: ClipPath([Move((0.0, 0.0))], [_BAR]),
    Link: Link(Box(0, 0, 1, 1)),
}
RED = rgb(1, 0, 0)


@pytest.mark.parametrize("kind", get_args(Item), ids=lambda kind: kind.__name__)
def test_the_walk_handles_every_kind(kind: type) -> None:
    item = ONE_OF_EACH[kind]
    half = Matrix(0.5, 0, 0, 0.5, 10, 20)
    (leaf, matrix), *more = flattened([transformed(item, half)])
    assert more == []
    assert not isinstance(leaf, Group | Shared | ClipPath)
    whole = getattr(leaf, "matrix", Matrix()).then(matrix)
    if isinstance(leaf, Rectangle):
        assert matrix.apply(leaf.x + leaf.width, leaf.y + leaf.height) == (10.5, 20.5)
    else:
        assert whole == half
    ((painted, _),) = flattened(recoloured([item], RED))
    if isinstance(painted, Path):
        assert painted.fill == RED
    elif not isinstance(painted, EmbeddedPdf | Link):
        assert painted.colour == RED
