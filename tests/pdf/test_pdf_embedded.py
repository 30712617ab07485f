"""Pages of other PDF files: everything they draw arrives, whatever their resources are called."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageChops

from afpcluster.display.colour import WHITE, rgb
from afpcluster.display.geometry import scaling
from afpcluster.display.items import EmbeddedPdf, Item, Page, Rectangle
from rendering import pdf_of, rendered, show

SIZE = 100
# Keys that mean something in some dictionaries and are a resource's name in others.
KEYS = ["P", "Parent", "Metadata", "StructParent", "StructParents", "PieceInfo", "Type"]


def file_of(page: pikepdf.Page, source: pikepdf.Pdf) -> bytes:
    """The file, with what its page tree and structure have in real ones."""
    page.obj.StructParents = 0
    page.obj.Annots = Array([source.make_indirect(Dictionary(Type=Name.Annot, P=page.obj))])
    sink = io.BytesIO()
    source.save(sink)
    return sink.getvalue()


def form_named(name: str) -> bytes:
    """A page that paints one half by itself and one by a form of this name."""
    source = pikepdf.new()
    page = source.add_blank_page(page_size=(SIZE, SIZE))
    form = source.make_stream(
        b"1 0 0 rg 0 0 50 100 re f",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, SIZE, SIZE]),
        Metadata=source.make_stream(b"<x/>", Type=Name.Metadata, Subtype=Name.XML),
    )
    page.obj.Resources = Dictionary({"/XObject": Dictionary({f"/{name}": form})})
    page.contents_add(b"0 0 1 rg 50 0 50 100 re f /%b Do" % name.encode())
    return file_of(page, source)


def glyphs_named(name: str) -> bytes:
    """Two glyphs of a Type 3 font, one of this name."""
    source = pikepdf.new()
    page = source.add_blank_page(page_size=(SIZE, SIZE))
    square = b"1000 0 d0 100 100 800 800 re f"
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type3,
        FontBBox=Array([0, 0, 1000, 1000]),
        FontMatrix=Array([0.001, 0, 0, 0.001, 0, 0]),
        CharProcs=Dictionary({f"/{name}": source.make_stream(square), "/O": source.make_stream(square)}),
        Encoding=Dictionary(Differences=Array([65, Name(f"/{name}"), Name("/O")])),
        FirstChar=65,
        LastChar=66,
        Widths=Array([1000, 1000]),
        Resources=Dictionary(),
    )
    page.obj.Resources = Dictionary(Font=Dictionary(F=source.make_indirect(font)))
    page.contents_add(b"BT /F 40 Tf 10 10 Td (AB) Tj ET")
    return file_of(page, source)


def shown(data: bytes, *before: Item) -> Image.Image:
    return show([*before, EmbeddedPdf(f"{hash(data)}", data, scaling(SIZE, SIZE))], SIZE, SIZE)


def assert_alike(data: bytes, *before: Item) -> None:
    """As the source, but for the edges of small shapes, which viewers smooth."""
    wanted, found = rendered(data), shown(data, *before)
    assert wanted.convert("L").getextrema()[0] < 200
    different = ImageChops.difference(wanted, found).convert("L").point(lambda value: value > 20 and 255)
    assert different.histogram()[255] < 100


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("make", [form_named, glyphs_named])
def test_names_like_keys(make: object, key: str) -> None:
    assert callable(make)
    assert_alike(make(key))


def test_nothing_of_the_page_tree_comes_along() -> None:
    data = pdf_of([Page(1, SIZE, SIZE, [EmbeddedPdf("p", form_named("P"), scaling(SIZE, SIZE))])])
    with pikepdf.open(io.BytesIO(data)) as made:
        types = [str(o.get("/Type", "")) for o in made.objects if isinstance(o, Dictionary | pikepdf.Stream)]
        assert types.count("/Page") == 1
        assert "/Annot" not in types


@pytest.mark.parametrize("colour", [WHITE, rgb(1, 0, 0)], ids=["white", "red"])
def test_pages_begin_with_the_initial_graphics_state(colour: object) -> None:
    """Black by default, though what was painted before has another colour."""
    source = pikepdf.new()
    page = source.add_blank_page(page_size=(SIZE, SIZE))
    page.contents_add(b"10 10 50 50 re f 10 80 m 90 80 l S")
    assert_alike(file_of(page, source), Rectangle(-2, -2, 1, 1, colour))  # type: ignore[arg-type]


def test_transparency_groups_of_pages_are_kept() -> None:
    """What multiplies inside an isolated group does not multiply with what lies beneath the page."""
    source = pikepdf.new()
    page = source.add_blank_page(page_size=(SIZE, SIZE))
    page.obj.Resources = Dictionary(ExtGState=Dictionary(M=Dictionary(BM=Name.Multiply)))
    page.obj.Group = Dictionary(S=Name.Transparency, I=True, CS=Name.DeviceRGB)
    page.contents_add(b"/M gs 0 1 0 rg 0 0 100 100 re f")
    red = Rectangle(0, 0, SIZE, SIZE, rgb(1, 0, 0))
    assert shown(file_of(page, source), red).getpixel((50, 50)) == (0, 255, 0)
