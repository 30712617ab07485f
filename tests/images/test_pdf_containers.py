"""Pages of PDF files in object containers: boxes, turns, what is below, damage."""

from __future__ import annotations

import io
import warnings

import pikepdf
import pytest
from containers import classified, drawn, paginated, pdf, size_of
from iocas import difference
from PIL import Image, ImageChops

from afpcluster.afp.triplets import encode_triplet
from afpcluster.display.colour import rgb
from afpcluster.display.items import Group, Rectangle
from afpcluster.interpret.context import MappingOption, ObjectArea
from rendering import rendered, show


def box(number: int) -> bytes:
    return encode_triplet(0x9C, bytes((0, 0, number)))


RED, BLUE = (255, 0, 0), (0, 0, 255)


@pytest.mark.parametrize(
    ("triplets", "rotate", "size", "colour", "where"),
    [
        (b"", 0, (200, 100), RED, (20, 10, 100, 50)),  # the MediaBox by default
        (box(2), 0, (160, 80), RED, (0, 0, 80, 40)),
        (paginated(1) + box(2), 0, (160, 80), BLUE, (0, 0, 80, 40)),
        (b"", 90, (100, 200), RED, (50, 20, 90, 100)),
        (b"", 180, (200, 100), RED, (100, 50, 180, 90)),
        (b"", 270, (100, 200), RED, (10, 100, 50, 180)),
        (box(2), 90, (80, 160), RED, (40, 0, 80, 80)),
    ],
)
def test_pdf_pages(
    triplets: bytes,
    rotate: int,
    size: tuple[int, int],
    colour: tuple[int, int, int],
    where: tuple[int, int, int, int],
) -> None:
    items, found = drawn(pdf(rotate), triplets, ObjectArea(*size, mapping=MappingOption.POSITION))
    wanted = Image.new("RGB", size, "white")
    wanted.paste(colour, where)
    assert found == []
    assert difference(show(items, *size), wanted) == 0


@pytest.mark.parametrize("number", [2, 5])
def test_no_box_of_a_pdf_page_reaches_out_of_its_media_box(number: int) -> None:
    """MO:DCA "Object Container Presentation Space Size Triplet X'9C'", architecture note 2."""
    too_large = pikepdf.Array([-50, -20, 120, 300])
    data = changed(CropBox=too_large, ArtBox=too_large)
    items, found = drawn(data, box(number), ObjectArea(120, 100, mapping=MappingOption.POSITION))
    wanted = Image.new("RGB", (120, 100), "white")
    wanted.paste(RED, (20, 10, 100, 50))
    assert found == []
    assert difference(show(items, 120, 100), wanted) == 0


@pytest.mark.parametrize(("component", "below"), [(25, False), (63, False), (49, True), (64, True)])
def test_what_is_below_a_pdf_page(component: int, below: bool) -> None:
    """MO:DCA Appendix D: foreground is all of the space, or with transparency what is painted."""
    area = ObjectArea(100, 100)  # the page of 200 by 100 is scaled to 100 by 50, in the middle
    items, found = drawn(pdf(), classified(component), area)
    green = Rectangle(0, 0, 100, 100, rgb(0, 1, 0))
    shown = show([green, *items], 100, 100)
    assert found == []
    assert shown.getpixel((80, 50)) == ((0, 255, 0) if below else (255, 255, 255))
    assert (shown.getpixel((30, 40)), shown.getpixel((50, 10))) == (RED, (0, 255, 0))


def changed(**keys: object) -> bytes:
    made = pikepdf.open(io.BytesIO(pdf()))
    for name, value in keys.items():
        made.pages[0].obj[f"/{name}"] = value
    sink = io.BytesIO()
    made.save(sink)
    return sink.getvalue()


def test_the_media_box_is_shown_whole() -> None:
    """Note 1: the triplet says what box is rendered to; the crop box hides nothing in another one."""
    data = changed(CropBox=pikepdf.Array([60, 60, 180, 90]))
    wanted = Image.new("RGB", (200, 100), "white")
    wanted.paste(RED, (20, 10, 100, 50))
    for triplets in (b"", box(1)):
        items, _ = drawn(data, triplets, ObjectArea(200, 100, mapping=MappingOption.POSITION))
        assert difference(show(items, 200, 100), wanted) == 0


def test_a_user_unit_scales_the_page() -> None:
    items, _ = drawn(changed(UserUnit=2.5), b"", ObjectArea(500, 250, mapping=MappingOption.POSITION))
    assert size_of(items) == (500, 250)


def test_a_trimmed_pdf_page_is_clipped() -> None:
    made = pikepdf.open(io.BytesIO(pdf()))
    made.pages[0].obj.TrimBox = pikepdf.Array([60, 50, 100, 90])
    sink = io.BytesIO()
    made.save(sink)
    items, _ = drawn(sink.getvalue(), box(4), ObjectArea(40, 40, mapping=MappingOption.POSITION))
    assert isinstance(items[0], Group)
    shown = show(items, 60, 60)
    wanted = Image.new("RGB", (60, 60), "white")
    wanted.paste(RED, (0, 0, 40, 40))
    assert difference(shown, wanted) == 0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b"", b"", []),
        (b"startxref\n", b"startxref\n9", ["pdf-object-repaired"]),
        (b"xref\n0", b"xxxx\n0", ["pdf-object-repaired"]),
        (b"trailer", b"trailed", ["pdf-object-repaired"]),
        (b"/Length ", b"/Length 9", ["pdf-object-repaired"]),
    ],
)
def test_a_damaged_pdf_is_repaired_and_told(old: bytes, new: bytes, told: list[str]) -> None:
    with pikepdf.open(io.BytesIO(pdf())) as source:
        sink = io.BytesIO()
        source.save(sink, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    sound = sink.getvalue()
    assert old in sound
    items, found = drawn(sound.replace(old, new, 1), classified(25))
    assert (bool(items), found) == (True, told)


def test_content_that_unpacks_without_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some kilobytes may be a gigabyte; the bound is lowered here."""
    made, sink = pikepdf.open(io.BytesIO(pdf())), io.BytesIO()
    made.pages[0].contents_add(made.make_stream(b" " * 500_000))
    made.save(sink)
    assert len(sink.getvalue()) < 5_000
    assert drawn(sink.getvalue(), b"")[1] == []
    monkeypatch.setattr("afpcluster.foreign_pdf.MOST_UNPACKED", 100_000)
    assert drawn(sink.getvalue(), b"") == ([], ["pdf-object-damaged"])
    monkeypatch.undo()
    assert drawn(sink.getvalue(), b"")[1] == []


def test_what_qpdf_cannot_go_on_with_costs_that_object(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen in a damaged file without /Count in its page tree; such errors are no PdfError."""

    def refused(*_: object) -> pikepdf.Pdf:
        raise pikepdf.exceptions.QpdfRuntimeError("/Count is wrong after flattening pages tree")

    monkeypatch.setattr(pikepdf, "open", refused)
    assert drawn(b"%PDF-1.7", b"")[1] == ["pdf-object-damaged"]


def appearance(made: pikepdf.Pdf) -> pikepdf.Object:
    """Ten by ten units of green."""
    box = pikepdf.Array([0, 0, 10, 10])
    return made.make_stream(
        b"0 1 0 rg 0 0 10 10 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=box
    )


GREEN, WHITE = (0, 255, 0), (255, 255, 255)


@pytest.mark.parametrize(
    ("flags", "kind", "looks", "colour", "told"),
    [
        (4, "Stamp", True, GREEN, []),
        (4, "Widget", True, GREEN, []),
        (6, "Stamp", True, WHITE, []),  # hidden
        (0, "Stamp", True, WHITE, []),  # for the screen only
        (4, "Stamp", False, WHITE, ["pdf-annotation-missing"]),
        (0, "Stamp", False, WHITE, []),
        (4, "Link", False, WHITE, []),
    ],
)
def test_annotations_are_shown_as_they_would_be_printed(
    flags: int, kind: str, looks: bool, colour: tuple[int, int, int], told: list[str]
) -> None:
    with pikepdf.open(io.BytesIO(pdf())) as made:
        annotation = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name(f"/{kind}"),
            Rect=pikepdf.Array([120, 20, 180, 80]),
            F=flags,
        )
        if looks:
            annotation.AP = pikepdf.Dictionary(N=appearance(made))
        made.pages[0].obj.Annots = pikepdf.Array([made.make_indirect(annotation)])
        sink = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a field without a form, as pages that were taken out have
            made.save(sink)
    items, found = drawn(sink.getvalue(), b"", ObjectArea(200, 100, mapping=MappingOption.POSITION))
    shown = show(items, 200, 100)
    assert found == told
    assert (shown.getpixel((150, 50)), shown.getpixel((60, 30))) == (colour, RED)


@pytest.mark.parametrize(
    ("matrix", "box", "states"),
    [
        ([1, 0, 0, 1, 0, 0], [0, 0, 10, 10], False),
        ([0, 1, -1, 0, 3, 7], [0, 0, 10, 10], False),
        ([2, 1, -1, 3, 0, 0], [-2, 1, 8, 5], False),
        ([1, 0, 0, 1, 0, 0], [0, 0, 10, 10], True),
    ],
)
def test_annotations_lie_where_a_viewer_of_their_file_has_them(
    matrix: list[int], box: list[int], states: bool
) -> None:
    with pikepdf.open(io.BytesIO(pdf())) as made:
        looks = appearance(made)
        looks.write(b"0 1 0 rg 0 0 10 10 re f 0 0 1 rg 0 0 5 2 re f")
        looks.Matrix, looks.BBox = pikepdf.Array(matrix), pikepdf.Array(box)
        normal = pikepdf.Dictionary(On=looks, Off=made.make_stream(b"")) if states else looks
        annotation = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Stamp,
            Rect=pikepdf.Array([180, 20, 120, 90]),
            F=4,
            AP=pikepdf.Dictionary(N=normal),
            AS=pikepdf.Name.On,
        )
        made.pages[0].obj.Annots = pikepdf.Array([made.make_indirect(annotation)])
        made.pages[0].contents_add(made.make_stream(b"q 3 0 0 3 7 7 cm 0.5 g"))  # leaves its state behind
        del made.pages[0].obj.CropBox
        sink = io.BytesIO()
        made.save(sink)
    items, found = drawn(sink.getvalue(), b"", ObjectArea(200, 100, mapping=MappingOption.POSITION))
    shown = show(items, 200, 100)
    wanted = rendered(sink.getvalue())
    counts = ImageChops.difference(shown, wanted).convert("L").histogram()
    assert found == []
    assert any(colour == (0, 0, 255) for _, colour in shown.getcolors(1 << 16) or [])
    assert sum(counts[1:]) <= 2 * 90  # pixels at the edges of the green


def test_a_filled_field_whose_viewer_is_to_make_its_looks() -> None:
    """AcroForm NeedAppearances: the value is in the field alone."""
    with pikepdf.open(io.BytesIO(pdf())) as made:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=made.make_indirect(font)))
        entry = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            Rect=pikepdf.Array([120, 20, 180, 80]),
            F=4,
            FT=pikepdf.Name.Tx,
            T=b"name",
            V=b"HHHH",
            DA=b"/Helv 20 Tf 0 g",
        )
        field = made.make_indirect(entry)
        made.pages[0].obj.Annots = pikepdf.Array([field])
        made.Root.AcroForm = pikepdf.Dictionary(
            Fields=pikepdf.Array([field]), NeedAppearances=True, DR=resources, DA=b"/Helv 20 Tf 0 g"
        )
        sink = io.BytesIO()
        made.save(sink)
    items, found = drawn(sink.getvalue(), b"", ObjectArea(200, 100, mapping=MappingOption.POSITION))
    inside = show(items, 200, 100).crop((121, 21, 179, 79)).convert("L")
    assert (found, inside.getextrema()[0] < 100) == ([], True)


@pytest.mark.parametrize(
    ("configuration", "first", "second"),
    [
        ({}, GREEN, (0, 0, 255)),
        ({"OFF": "B"}, GREEN, WHITE),
        ({"OFF": "AB"}, WHITE, WHITE),
        ({"BaseState": "/OFF", "ON": "A"}, GREEN, WHITE),
        ({"Print": "A"}, WHITE, (0, 0, 255)),  # group B is for print, A is not
        ({"Print": "B", "OFF": "B"}, GREEN, (0, 0, 255)),
        ({"View": "AB"}, GREEN, (0, 0, 255)),
    ],
)
def test_layers_that_are_off_in_print_stay_off(
    configuration: dict[str, str], first: tuple[int, int, int], second: tuple[int, int, int]
) -> None:
    with pikepdf.open(io.BytesIO(pdf())) as made:
        groups = {
            name: made.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name=name.encode()))
            for name in "AB"
        }
        for name, state in (("A", "/OFF"), ("B", "/ON")):
            printed = pikepdf.Dictionary(PrintState=pikepdf.Name(state))
            groups[name].Usage = pikepdf.Dictionary(Print=printed)
        default = pikepdf.Dictionary()
        for key, value in configuration.items():
            if key in ("Print", "View"):
                usage = {"OCGs": pikepdf.Array([groups[name] for name in value])}
                event = pikepdf.Dictionary(Event=pikepdf.Name(f"/{key}"), **usage)
                default.AS = pikepdf.Array([event])
                continue
            named = value.startswith("/")
            default[f"/{key}"] = (
                pikepdf.Name(value) if named else pikepdf.Array([groups[name] for name in value])
            )
        made.Root.OCProperties = pikepdf.Dictionary(OCGs=pikepdf.Array(list(groups.values())), D=default)
        page = made.pages[0]
        page.obj.Resources = pikepdf.Dictionary(Properties=pikepdf.Dictionary(**groups))
        content = b"/OC /A BDC 0 1 0 rg 120 20 30 60 re f EMC /OC /B BDC 0 0 1 rg 150 20 30 60 re f EMC"
        page.contents_add(made.make_stream(content))
        sink = io.BytesIO()
        made.save(sink)
    items, found = drawn(sink.getvalue(), b"", ObjectArea(200, 100, mapping=MappingOption.POSITION))
    shown = show(items, 200, 100)
    assert found == []
    assert (shown.getpixel((135, 50)), shown.getpixel((165, 50))) == (first, second)
