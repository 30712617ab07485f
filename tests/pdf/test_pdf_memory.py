"""What a page of a long file keeps in memory until the file is complete: of 100,000 not more than 60 MB."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest

from afpcluster.display.face import FontProgram, OutlineFace, ProgramKind
from afpcluster.display.items import GlyphRun, Page
from afpcluster.display.place import GroupStart, Place
from afpcluster.findings import Findings
from afpcluster.options import Options, PdfA
from afpcluster.outputs.output import output_of
from afpcluster.pdf.file import PdfFile
from afpcluster.pdf.values import Raw

FEW, MANY = 500, 2000
LINES = 40
PER_PAGE = 600  # bytes: 60 MB in 100,000 pages
FACE = OutlineFace(
    "courier",
    FontProgram("standard-Courier", ProgramKind.STANDARD, "Courier"),
    1,
    {code: chr(code) for code in range(65, 91)},
    {},
    {code: chr(code) for code in range(65, 91)},
    default_width=600.0,
)
PLACES: dict[str, Callable[[int], Place]] = {
    "one document": lambda number: Place(document=1, page=number),
    "groups": lambda number: Place(document=1, page=number, groups=(GroupStart(f"Group {number // 3}", 0),)),
    "documents": lambda number: Place(document=number, page=1),
}


class Nothing:
    """A sink that keeps nothing."""

    def write(self, data: bytes, /) -> None:
        pass


def peak_of(work: Callable[[], object]) -> int:
    """How much memory a piece of work takes at its peak above what there was before."""
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    work()
    return tracemalloc.get_traced_memory()[1] - before


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize(
    "options",
    [Options(), Options(tagged=True), Options(tagged=True, pdf_a=PdfA.A2B), Options(attach_index=True)],
    ids=["plain", "tagged", "tagged PDF/A", "attached index"],
)
def test_a_page_keeps_little(options: Options, place: Callable[[int], Place]) -> None:
    output = output_of(options)
    lines = [GlyphRun(FACE, 10, 40 if n % 2 else 300, 30 + 15 * n, b"WORDS") for n in range(LINES)]
    made = output.maker().packet(Page(1, 595, 842, lines))

    def write(pages: int) -> None:
        writer = output.writer(Nothing(), Findings())
        for number in range(1, pages + 1):
            writer.add(replace(made, number=number, place=place(number)))
        writer.finish()

    write(1)  # so that all is imported
    few, many = (peak_of(partial(write, pages)) for pages in (FEW, MANY))
    assert (many - few) / (MANY - FEW) <= PER_PAGE


@pytest.mark.usefixtures("traced")
@pytest.mark.parametrize("object_streams", [True, False])
def test_the_end_of_a_file_takes_no_second_table(object_streams: bool) -> None:
    """Beside the places, eight bytes an object, there is a part of a cross-reference, whatever its length."""
    file = PdfFile(Nothing(), object_streams=object_streams)
    root = file.add({"Type": Raw(b"/Catalog")})
    file.add_all([b"0"] * 200_000)
    assert peak_of(lambda: file.finish(root)) < 1_000_000
