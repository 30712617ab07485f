"""Tagged PDF: what is read, in which order, and that pages look as they do without tags."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from tag_reader import Read, read_aloud

from afpcluster.convert import convert
from afpcluster.display.face import FontProgram, OutlineFace, ProgramKind
from afpcluster.display.geometry import Box, Matrix
from afpcluster.display.items import (
    ClipPath,
    Encoding,
    GlyphRun,
    Group,
    Image,
    ImageData,
    ImageModel,
    Item,
    Line,
    Link,
    Move,
    Page,
    Rectangle,
    Shared,
    SharedItems,
)
from afpcluster.display.place import GroupStart, Place
from afpcluster.findings import ConversionError, Findings
from afpcluster.options import Options, PdfA
from afpcluster.outputs.pdf import PdfOutput
from afpcluster.sample import write_sample
from corpus import afp_files, needs_corpus

COURIER = FontProgram("standard-Courier", ProgramKind.STANDARD, "Courier")
LETTERS = {code: chr(code) for code in range(32, 127)}
NAMES = {code: text for code, text in LETTERS.items() if text.isalpha()} | {32: "space"}
FACE = OutlineFace("courier", COURIER, 1, NAMES, {}, LETTERS, default_width=600.0)


def run(text: str, x: float, y: float, size: float = 10, direction: float = 0) -> GlyphRun:
    return GlyphRun(FACE, size, x, y, text.encode(), direction=direction)


def picture(x: float, y: float, side: float = 40) -> Image:
    data = ImageData("picture", 2, 2, Encoding.RAW, ImageModel.GRAY, 8, b"\0\x80\xc0\xff")
    return Image(data, Matrix(side, 0, 0, side, x, y))


def tagged(*pages: Page, language: str | None = None) -> bytes:
    sink = io.BytesIO()
    output = PdfOutput(tagged=True, language=language)
    maker, writer = output.maker(), output.writer(sink, Findings())
    for page in pages:
        writer.add(maker.packet(page))
    writer.finish()
    with pikepdf.open(io.BytesIO(sink.getvalue())) as pdf:
        assert pdf.check_pdf_syntax() == []
    return sink.getvalue()


def of_items(*items: Item) -> Read:
    return read_aloud(tagged(Page(1, 500, 500, list(items))))


def column(x: float, *lines: str) -> list[Item]:
    return [run(text, x, 50 + 12 * number) for number, text in enumerate(lines)]


OVERLAY = Shared(SharedItems([run("FORM", 10, 20), Rectangle(0, 0, 500, 1)]))
LOGO = Shared(SharedItems([picture(0, 0)]), Matrix(e=10, f=10))

# What is on the page -> paragraphs and figures, in the order of reading.
READ: dict[str, tuple[Sequence[Item], list[str]]] = {
    "lines that belong together": (column(20, "one two", "three four", "five"), ["one two three four five"]),
    "painted from the bottom up": (column(20, "one two", "three", "five")[::-1], ["one two three five"]),
    "words one by one": ([run("one", 20, 50), run("two", 45, 50), run("more", 20, 62)], ["one two more"]),
    "a heading": (
        [run("Heading", 20, 40, 18), run("body text here", 20, 60), run("goes on", 20, 72)],
        ["Heading", "body text here goes on"],
    ),
    "space between paragraphs": ([run("one", 20, 50), run("two", 20, 90)], ["one", "two"]),
    "columns": (
        [
            *column(20, "left one is first", "left two is next", "left three it is", "and left four"),
            *column(250, "right one is first", "right two is next", "right three it is", "and right four"),
        ],
        [
            "left one is first left two is next left three it is and left four",
            "right one is first right two is next right three it is and right four",
        ],
    ),
    "a table": (
        [*column(20, "a", "b", "c"), *column(150, "one", "two", "three"), *column(300, "x", "y", "z")],
        ["a one x", "b two y", "c three z"],
    ),
    "a table with rules between its rows": (
        [
            run("a", 20, 50),
            run("one", 150, 50),
            Rectangle(20, 52, 300, 1),
            run("b", 20, 62),
            run("two", 150, 62),
        ],
        ["a one", "b two"],
    ),
    "a table with remarks set in": (
        [*column(20, "a", "", "b"), *column(150, "one", "remark", "two"), *column(300, "x", "", "y")],
        ["a one x remark", "b two y"],
    ),
    "a table with empty cells": (
        [*column(20, "a", "b", "c"), *column(150, "one", "", "three"), *column(300, "x", "", "z")],
        ["a one x", "b", "c three z"],
    ),
    "rules alone": ([Rectangle(20, 52, 300, 1)], []),
    "a picture between paragraphs": (
        [picture(20, 60), run("below", 20, 130), run("above", 20, 50)],
        ["above", "Figure", "below"],
    ),
    "an overlay": ([OVERLAY, run("text", 20, 50)], ["text"]),
    "a logo that pages share": ([LOGO, run("text", 20, 90)], ["Figure", "text"]),
    "text in groups and clips": (
        [
            Group([run("in a group", 0, 20), Group([run("deeper", 0, 32)])], Matrix(e=20, f=20)),
            ClipPath([Move((0, 0)), Line((500, 0)), Line((500, 500))], [run("clipped", 20, 90)]),
        ],
        ["in a group deeper", "clipped"],
    ),
    "a picture in a group": ([Group([Group([picture(0, 0)])]), run("text", 20, 90)], ["Figure", "text"]),
    "bold by painting twice": ([run("bold", 20, 50), run("bold", 20.2, 50)], ["bold"]),
    "blanks": ([run("  ", 20, 50), run("text", 60, 50)], ["text"]),
    "turned text": ([run("upright", 20, 50), run("up", 400, 400, direction=270)], ["upright", "up"]),
}


@pytest.mark.parametrize("name", READ)
def test_what_is_read(name: str) -> None:
    items, expected = READ[name]
    assert of_items(*items).of("P", "Figure") == expected


def test_documents_and_groups_are_parts() -> None:
    outer, inner = GroupStart("Bank", 0, number=1), GroupStart("", 1, (("Account", "4711"),), 2)
    places = [
        Place(1, "First", 1, (outer,)),
        Place(1, "First", 2, (outer, inner)),
        Place(1, "First", 3, (outer, inner)),
        Place(1, "First", 4),
        Place(2, "", 1),
    ]
    pages = [
        Page(number, 500, 500, [run(f"page {chr(96 + number)}", 20, 50)], place=place)
        for number, place in enumerate(places, 1)
    ]
    read = read_aloud(tagged(*pages))
    shape = [
        (part.kind, part.title, part.of("P")) for part in read.all() if part.kind in ("Document", "Sect")
    ]
    assert shape == [
        ("Document", "First", ["page a", "page b", "page c", "page d"]),
        ("Sect", "Bank", ["page a", "page b", "page c"]),
        ("Sect", "Account: 4711", ["page b", "page c"]),
        ("Document", "Document 2", ["page e"]),
    ]


def test_links_are_elements() -> None:
    links: list[Item] = [
        Link(Box(20, 40, 50, 12), uri="https://example.com"),
        Link(Box(20, 60, 50, 12), page=2),
        Link(Box(20, 80, 50, 12), page=9),
    ]
    pages = [
        Page(1, 500, 500, [run("text", 20, 50), *links]),
        Page(2, 500, 500, [run("more", 20, 50), links[0]]),
    ]
    assert [len(read.of("Link")) for read in read_aloud(tagged(*pages)).kids[0].kids] == [3, 1]


def sample(*, statements: int = 3) -> bytes:
    sink = io.BytesIO()
    write_sample(sink, statements=statements, seed=1)
    return sink.getvalue()


def converted(data: bytes, options: Options) -> bytes:
    sink = io.BytesIO()
    convert(io.BytesIO(data), sink, replace(options, raise_faults=True))
    return sink.getvalue()


def test_a_statement_is_read_as_a_person_would() -> None:
    read = read_aloud(converted(sample(), Options(tagged=True)))
    statement = next(part for part in read.all() if part.kind == "Sect")
    text = statement.of("P")
    before = ["Página 1 de 2", "Halcyon Quay Bank · Halcyon Quay 1 · QX-40117 Port Brisa"]
    assert text[:2] == before
    table = text.index("Fecha Valor Concepto Cargo € Abono € Saldo €")
    assert text[table + 1 : table + 4] == [
        "Saldo anterior 4.308,89+",
        "01.08. 03.08. Autoridad portuaria 3.652,69+ 7.961,58+ Nómina · Ref. 266811038",
        "02.08. 03.08. Bicicletas Ordóñez 48,40- 7.913,18+ Pago con tarjeta · Ref. 970622347",
    ]
    assert text.index("Suma y sigue 5.439,44+") < text.index("Suma anterior 5.439,44+")
    assert len([part for part in statement.all() if part.kind == "Figure"]) >= 3


FILES = [pytest.param(path, id=path.stem) for path in afp_files("real/*.afp") + afp_files("fop/*.afp")]


@needs_corpus
@pytest.mark.parametrize("path", FILES)
def test_corpus_is_read_whole_and_looks_the_same(path: Path) -> None:
    """Everything painted is read or an artifact; nothing moves."""
    options = Options(resource_paths=(path.parent,))
    data = path.read_bytes()
    plain, with_tags = converted(data, options), converted(data, replace(options, tagged=True))
    read_aloud(with_tags)
    before, after = pypdfium2.PdfDocument(plain), pypdfium2.PdfDocument(with_tags)
    for page in range(min(len(before), 4)):
        assert before[page].render().to_pil().tobytes() == after[page].render().to_pil().tobytes()


def test_processes_do_not_show() -> None:
    data = sample(statements=20)
    one = converted(data, Options(tagged=True))
    assert all(converted(data, Options(tagged=True, processes=count)) == one for count in (1, 2, 4))


def test_language_and_title_are_told() -> None:
    data = converted(sample(), Options(tagged=True, language="de-CH", title="Statements"))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert str(pdf.Root.Lang) == "de-CH"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert all(page.Tabs == pikepdf.Name.S for page in pdf.pages)
    with pytest.raises(ConversionError, match="no language tag"):
        converted(data, Options(tagged=True, language="Swiss German"))


@pytest.mark.parametrize("level", ["1b", "2u"])
def test_archives_may_be_tagged(level: str) -> None:
    data = converted(sample(), Options(tagged=True, pdf_a=PdfA(level)))
    assert len(read_aloud(data).of("P")) > 50
