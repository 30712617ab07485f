"""Text: every word, in its place or in the order of reading, and where each word is."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from outputs_of import output_of_file

from afpcluster.display.colour import BLACK
from afpcluster.display.face import FontProgram, OutlineFace, ProgramKind, is_private
from afpcluster.display.geometry import rotation, scaling, translation
from afpcluster.display.items import Arrangement, GlyphRun, Group, Item, Page
from afpcluster.options import Format, Options, TextOrder
from afpcluster.outputs.text.layout import in_reading_order, laid_out
from afpcluster.outputs.text.words import TextReader
from afpcluster.sample import write_sample
from corpus import afp_files, needs_corpus

CODES = range(0x20, 0x7F)
FACE = OutlineFace(
    "ascii",
    FontProgram("ascii", ProgramKind.STANDARD, "Courier"),
    1,
    {},
    dict.fromkeys(CODES, 600.0),
    {code: chr(code) for code in CODES} | {1: "ffi", 2: "\ue000"},
)


def run(
    written: str, x: float, y: float, direction: float = 0.0, stretch: float = 1.0, **more: Any
) -> GlyphRun:
    codes = written.encode("latin-1")
    return GlyphRun(FACE, 10, x, y, codes, BLACK, direction, stretch, Arrangement(**more))


def page(*items: Item) -> Page:
    return Page(1, 600, 800, list(items))


LEFT = [run(f"left words of line {n}", 50, 100 + 12 * n) for n in range(4)]
RIGHT = [run(f"right words of line {n}", 300, 100 + 12 * n) for n in range(4)]
TABLE = [run(cell, 50 + 90 * x, 100 + 12 * y) for y in range(4) for x, cell in enumerate(("a", "b", "c"))]
TEXTS: dict[str, tuple[list[Item], str, str]] = {
    "a line": ([run("One line", 50, 100)], "One line", "One line"),
    "columns": (
        [*LEFT, *RIGHT],
        "\n".join(f"left words of line {n}" + 22 * " " + f"right words of line {n}" for n in range(4)),
        "\n".join(f"left words of line {n}" for n in range(4))
        + "\n\n"
        + "\n".join(f"right words of line {n}" for n in range(4)),
    ),
    "a table": (TABLE, "\n".join(["a" + 14 * " " + "b" + 14 * " " + "c"] * 4), "\n".join(["a b c"] * 4)),
    "words that gaps set apart": (
        [run("twowords", 50, 100, gaps=((3, 3.0),))],
        "two words",
        "two words",
    ),
    "kerning is no gap": ([run("AVA", 50, 100, gaps=((1, -1.0), (2, 0.9)))], "AVA", "AVA"),
    "a word in two runs": ([run("over", 50, 100), run("lap", 74, 100)], "overlap", "overlap"),
    "painted twice": ([run("bold", 50, 100), run("bold", 50.2, 100)], "bold", "bold"),
    "from below": ([run("second", 50, 200), run("first", 50, 188)], "first\nsecond", "first\nsecond"),
    "blank lines": (
        [run("one", 50, 100), run("two", 50, 112), run("three", 50, 148)],
        "one\ntwo\n\n\nthree",
        "one\ntwo\n\nthree",
    ),
    "a ligature, and what nobody can read": ([run("o\x01ce\x02", 50, 100)], "office", "office"),
    "what it reads as": ([run("xx", 50, 100, text="fi fl")], "fi fl", "fi fl"),
    "nothing but spaces": ([run("   ", 50, 100)], "", ""),
    "spaces in front": ([run("  in", 50, 100), run("out", 50, 112)], "  in\nout", "in\nout"),
    "turned text comes behind": (
        [run("upright text", 50, 100), run("turned", 20, 300, direction=270)],
        "upright text\n\nturned",
        "upright text\n\nturned",
    ),
    "a turned page": (
        [Group([run("one", 50, 100), run("two", 50, 112)], rotation(90).then(translation(500, 0)))],
        "one\ntwo",
        "one\ntwo",
    ),
}


@pytest.mark.parametrize(("items", "layout", "flow"), TEXTS.values(), ids=TEXTS)
def test_text(items: list[Item], layout: str, flow: str) -> None:
    phrases = TextReader().phrases(page(*items))
    assert (laid_out(phrases), in_reading_order(phrases)) == (layout, flow)
    words = TextReader().words(page(*items))
    assert in_reading_order(words).split() == flow.split()


BOXES: dict[str, tuple[Item, list[tuple[str, tuple[float, ...]]]]] = {
    "words": (run("ab cd", 50, 100), [("ab", (50, 92.5, 12, 10)), ("cd", (68, 92.5, 12, 10))]),
    "spacing": (run("ab", 50, 100, spacing=1.0), [("ab", (50, 92.5, 13, 10))]),
    "stretched": (run("ab", 50, 100, stretch=2.0), [("ab", (50, 92.5, 24, 10))]),
    "up the page": (run("ab", 50, 100, direction=270), [("ab", (42.5, 88, 10, 12))]),
    "enlarged": (Group([run("ab", 10, 20)], scaling(2, 2)), [("ab", (20, 25, 24, 20))]),
}


@pytest.mark.parametrize(("item", "expected"), BOXES.values(), ids=BOXES)
def test_boxes(item: Item, expected: list[tuple[str, tuple[float, ...]]]) -> None:
    words = TextReader().words(page(item))
    assert [word.text for word in words] == [text for text, _ in expected]
    for word, (_, box) in zip(words, expected, strict=True):
        assert tuple(word.box) == pytest.approx(box)


@pytest.fixture(scope="module")
def sample() -> bytes:
    sink = io.BytesIO()
    write_sample(sink, statements=12, seed=3)
    return sink.getvalue()


@pytest.mark.parametrize("form", [Format.TEXT, Format.WORDS])
def test_the_same_bytes_from_any_number_of_processes(sample: bytes, form: Format) -> None:
    assert len({output_of_file(sample, Options(format=form, processes=count)) for count in (1, 2, 3)}) == 1


@pytest.mark.parametrize("order", list(TextOrder))
def test_pages_and_words_are_those_of_the_pdf(sample: bytes, order: TextOrder) -> None:
    options = Options(format=Format.TEXT, text_order=order)
    pages = output_of_file(sample, options).decode().split("\f")
    pdf = pypdfium2.PdfDocument(output_of_file(sample, Options()))
    assert len(pages) == len(pdf)
    for number, text in enumerate(pages):
        assert sorted(text.split()) == sorted(pdf[number].get_textpage().get_text_bounded().split())


def test_boxes_hold_what_a_viewer_finds_there(sample: bytes) -> None:
    pdf = pypdfium2.PdfDocument(output_of_file(sample, Options()))
    for entry in json.loads(output_of_file(sample, Options(format=Format.WORDS)))["pages"][:4]:
        shown = pdf[entry["number"] - 1].get_textpage()
        for word in entry["words"]:
            left, bottom = word["x"] - 0.5, entry["height"] - word["y"] - word["height"]
            found = shown.get_text_bounded(left, bottom, left + word["width"] + 1, bottom + word["height"])
            assert word["text"] in found.replace("\r\n", ""), word


@needs_corpus
@pytest.mark.parametrize("path", afp_files("real/*.afp"), ids=lambda path: path.stem)
def test_real_files(path: Path) -> None:
    """As many words as a viewer finds in the PDF, give or take how they are cut; where nothing says what a
    page's characters are, a viewer finds the private ones that text leaves out."""
    made = output_of_file(path.read_bytes(), Options(format=Format.TEXT)).decode()
    pdf = pypdfium2.PdfDocument(output_of_file(path.read_bytes(), Options()))
    shown = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    shown = "".join([character for character in shown if not is_private(character)])
    one, other = (len("".join(text.split())) for text in (made, shown))
    assert abs(one - other) <= 0.03 * other
