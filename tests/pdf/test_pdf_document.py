"""The whole document: bookmarks, links, metadata, the same bytes from any number of makers, memory."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from pdf_fonts import outline_face, type1
from pdf_pages import page_of

from afpcluster.display.colour import lab, rgb
from afpcluster.display.face import ProgramKind
from afpcluster.display.geometry import Box, rotation, scaling, translation
from afpcluster.display.items import (
    Arrangement,
    Close,
    GlyphRun,
    Group,
    GroupStart,
    Line,
    Link,
    Move,
    Page,
    Rectangle,
    Shared,
    SharedItems,
    Stroke,
)
from afpcluster.display.items import (
    Path as Outline,
)
from afpcluster.findings import Findings
from afpcluster.outputs.pdf import PacketMaker, PdfDocumentWriter, document
from rendering import pdf_of

GOLDEN = Path(__file__).parent / "golden"
FACE = outline_face(ProgramKind.TYPE1, type1())
STANDARD = outline_face(ProgramKind.STANDARD, b"", name="Courier", glyphs={0xC1: "A", 0xC2: "B", 0xC3: "C"})
OVERLAY = SharedItems([Rectangle(0, 0, 10, 10), GlyphRun(FACE, 8, 0, 9, b"\xc1")])


def statement(number: int) -> Page:
    """A page that shares some things with all pages and one with every third."""
    items = [
        Shared(OVERLAY),
        GlyphRun(FACE if number % 3 else STANDARD, 10, 10, 50, bytes([0xC1 + number % 3])),
        Rectangle(10, 60, 80, 1),
    ]
    return Page(number, 100, 100, items, (GroupStart(f"Statement {number}", 0),))


@pytest.mark.parametrize("makers", [1, 2, 3])
def test_the_number_of_makers_does_not_show(makers: int) -> None:
    workers = [PacketMaker() for _ in range(makers)]
    packets = {}
    for number in range(20, 0, -1):  # chunks of four pages go to the makers in turn, ready in any order
        packets[number] = (number - 1) // 4 % makers
    made = {number: workers[packets[number]].packet(statement(number)) for number in sorted(packets)}
    sink = io.BytesIO()
    writer = PdfDocumentWriter(sink, Findings())
    for number in sorted(made):
        writer.add(made[number])
    writer.finish()
    assert sink.getvalue() == pdf_of([statement(number) for number in range(1, 21)])


@pytest.mark.parametrize("most", [1, 256])
def test_pages_that_need_the_same_resources_share_them(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what each of them shows is in the fonts."""
    monkeypatch.setattr(document, "_MOST_RESOURCES", most)
    with pikepdf.open(io.BytesIO(pdf_of([statement(number) for number in range(1, 7)]))) as pdf:
        used = [page.obj.Resources.objgen for page in pdf.pages]
        font = pdf.pages[0].Resources.Font["/F1"]
        assert (int(font.FirstChar), int(font.LastChar)) == (0xC1, 0xC3)
    assert used[0] == used[1] != used[2]
    assert len(set(used)) == (4 if most == 1 else 2)


def test_bookmarks_follow_the_groups() -> None:
    pages = [
        Page(1, 99, 99, [], (GroupStart("Müller", 0), GroupStart("Letter", 1))),
        Page(2, 99, 99, []),
        Page(3, 99, 99, [], (GroupStart("Annex", 1),)),
        Page(4, 99, 99, [], (GroupStart("Maier", 0),)),
    ]
    with pikepdf.open(io.BytesIO(pdf_of(pages))) as pdf:
        with pdf.open_outline() as outline:
            items = [(item.title, [child.title for child in item.children]) for item in outline.root]
            targets = [item.destination[0].objgen for item in outline.root]
        assert items == [("Müller", ["Letter", "Annex"]), ("Maier", [])]
        assert targets == [pdf.pages[0].objgen, pdf.pages[3].objgen]


@pytest.mark.parametrize(
    ("link", "rectangle"),
    [
        (Link(Box(10, 20, 30, 5), page=2), (10, 75, 40, 80)),
        (Group([Link(Box(10, 20, 30, 5), page=2)], translation(5, 5)), (15, 70, 45, 75)),
        (Group([Link(Box(10, 20, 30, 5), page=2)], rotation(90).then(translation(50, 0))), (25, 60, 30, 90)),
        (
            Group(
                [Group([Link(Box(1, 2, 3, 4), page=2)], scaling(10, 10), multiply=True)], translation(5, 5)
            ),
            (15, 35, 45, 75),
        ),
        (
            Shared(SharedItems([Link(Box(1, 2, 3, 4), page=2)]), scaling(10, 10)),
            (10, 40, 40, 80),
        ),
    ],
)
def test_links_lie_where_they_are_seen(link: Link | Group | Shared, rectangle: tuple[float, ...]) -> None:
    for position in (1, 3):  # a link forwards, and one back
        pages = [page_of(), page_of(), page_of()]
        pages[position - 1] = page_of(link)
        pages = [replace(page, number=number) for number, page in enumerate(pages, 1)]
        with pikepdf.open(io.BytesIO(pdf_of(pages))) as pdf:
            annotation = pdf.pages[position - 1].Annots[0]
            assert [float(value) for value in annotation.Rect] == pytest.approx(rectangle)
            assert annotation.Dest[0].objgen == pdf.pages[1].objgen


def test_links_to_addresses_and_to_pages_that_never_come() -> None:
    findings = Findings()
    page = page_of(Link(Box(0, 0, 9, 9), uri="https://example.org/ü?a=b#c"), Link(Box(9, 9, 9, 9), page=9))
    with pikepdf.open(io.BytesIO(pdf_of([page], findings=findings))) as pdf:
        assert str(pdf.pages[0].Annots[0].A.URI) == "https://example.org/%C3%BC?a=b#c"
    assert [finding.code for finding in findings] == ["link-target-missing"]


def test_a_title_is_said_when_given() -> None:
    def document(title: str | None) -> pikepdf.Pdf:
        sink = io.BytesIO()
        writer = PdfDocumentWriter(sink, Findings(), title=title)
        writer.add(PacketMaker().packet(page_of()))
        writer.finish()
        return pikepdf.open(sink)

    with document("<Kontoauszüge>") as pdf:
        assert str(pdf.docinfo["/Title"]) == "<Kontoauszüge>"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == "<Kontoauszüge>"
            assert metadata["pdf:Producer"] == "afpcluster"
    with document(None) as pdf:
        assert set(pdf.docinfo.keys()) == {"/Producer"}
        assert "/ViewerPreferences" not in pdf.Root


def test_findings_of_packets_arrive_with_their_page() -> None:
    findings = Findings()
    maker, writer = PacketMaker(), PdfDocumentWriter(io.BytesIO(), findings)
    page = page_of(Link(Box(0, 0, 9, 9), page=9))
    writer.add(maker.packet(page))
    writer.finish()
    assert [finding.code for finding in findings] == ["link-target-missing"]


def test_pages_that_blend_say_in_which_colours() -> None:
    """Section 11.6.6: a page group, also where what blends lies in shared items of shared items."""
    blend = Group([Rectangle(0, 0, 9, 9)], multiply=True)
    inner = SharedItems([blend])
    outer = SharedItems([Shared(inner)])
    pages = [page_of(blend), page_of(Shared(OVERLAY)), page_of(Shared(outer)), page_of(Shared(outer))]
    with pikepdf.open(io.BytesIO(pdf_of(pages))) as pdf:
        groups = [page.get("/Group") for page in pdf.pages]
        assert [group and str(group.CS) for group in groups] == ["/DeviceRGB", None, *["/DeviceRGB"] * 2]


GOLDENS = {
    "text": [
        page_of(
            GlyphRun(STANDARD, 10, 10, 20, b"\xc1\xc2"),
            GlyphRun(STANDARD, 10, 10, 32.5, b"\xc3"),
            GlyphRun(
                STANDARD, 10, 40, 32.5, b"\xc3\xc3", rgb(1, 0, 0.5), arrangement=Arrangement(gaps=((1, 2.5),))
            ),
            GlyphRun(STANDARD, 8, 10, 50, b"\xc1", direction=90, arrangement=Arrangement(spacing=1.5)),
            GlyphRun(STANDARD, 8, 20, 50, b"\xc1", direction=90, arrangement=Arrangement(spacing=1.5)),
            Rectangle(10, 60, 80, 0.48),
            Rectangle(10, 62, 80, 0.48),
            GlyphRun(STANDARD, 8, 10, 70, b"\xc1", arrangement=Arrangement(text="Ä")),
        )
    ],
    "paths": [
        page_of(
            Outline(
                [Move((10, 10)), Line((20, 10)), Line((20, 20)), Close()], rgb(1, 0, 0), Stroke(width=0.5)
            ),
            Group(
                [Outline([Move((0, 0)), Line((10, 10))], stroke=Stroke(dashes=(1, 2)))],
                scaling(0.1, 0.1),
                Box(0, 0, 50, 50),
            ),
            Rectangle(1, 1, 1, 1, lab(50, 0, 0)),
            Group([Rectangle(2, 2, 5, 5, rgb(1, 1, 0))], translation(3, 4), multiply=True),
            Shared(
                SharedItems([GlyphRun(STANDARD, 8, 0, 9, b"\xc1")]),
                translation(10, 10),
            ),
        )
    ],
}


@pytest.mark.parametrize("name", GOLDENS)
def test_golden(name: str, check_golden: Callable[[Path, str], None]) -> None:
    """The file as text, against `golden/`, read in review."""
    data = pdf_of(GOLDENS[name], compress=False, title="Golden")
    text = data.decode("latin-1").encode("ascii", "backslashreplace").decode()
    text = "".join([c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in text])
    check_golden(GOLDEN / f"{name}.pdf.txt", text)


_MEMORY = """
import resource, sys
from dataclasses import replace
from afpcluster.display.items import Page, Rectangle
from afpcluster.display.place import GroupStart
from afpcluster.findings import Findings
from afpcluster.outputs.pdf import PacketMaker, PdfDocumentWriter
class Sink:
    def write(self, data): pass
writer = PdfDocumentWriter(Sink(), Findings())
packet = PacketMaker().packet(Page(1, 595, 842, [Rectangle(1, 1, 9, 9)]))
peaks = []
for number in range(1, 20_001):
    writer.add(replace(packet, number=number, groups=(GroupStart(f"Statement {number}", 0),)))
    if number == 100:
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
writer.finish()
peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(peaks[1] - peaks[0])
"""


def test_memory_does_not_grow_with_pages() -> None:
    """20,000 pages with a bookmark each, in a process of their own: a fifth of what 100,000 may take."""
    done = subprocess.run(
        [sys.executable, "-c", _MEMORY], capture_output=True, text=True, check=True, timeout=120
    )
    assert int(done.stdout) < 12 * 1024, "KiB above the peak at 100 pages"
