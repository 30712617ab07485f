"""The measures of the oracle tell what differs: size, words, places, ink, colour."""

from __future__ import annotations

from pathlib import Path

import pytest
from pdf_pairs import Pdf, scores

from afpcluster.display.colour import BLACK, Colour, rgb
from afpcluster.display.items import GlyphRun, Page, Rectangle
from afpcluster.findings import Findings
from afpcluster.fonts.font import Font
from afpcluster.fonts.library import FontLibrary
from afpcluster.outputs.pdf import PacketMaker, PdfDocumentWriter


def font() -> Font:
    return FontLibrary(Findings(), resource_paths=()).default(14.0)


def pdf(
    path: Path, *, words: str = "three plain words", x: float = 20, width: float = 200, colour: Colour = BLACK
) -> Pdf:
    """A page with words at `x` and a bar beneath them in this colour."""
    face = font().face
    with path.open("wb") as sink:
        writer = PdfDocumentWriter(sink, Findings())
        runs = [GlyphRun(face, 14.0, x, 50, words.encode("cp500"), BLACK)] if words else []
        writer.add(PacketMaker().packet(Page(1, width, 200, [Rectangle(20, 100, 80, 8, colour), *runs])))
        writer.finish()
    return Pdf(path)


CASES = {  # what differs, and the measures that must be below 0.9
    "nothing": ({}, set()),
    "a little": ({"x": 20.5}, set()),
    "the page's width": ({"width": 210}, {"size"}),
    "a word": ({"words": "three fancy words"}, {"textR", "textP", "place"}),
    "a word more": ({"words": "three plain words more"}, {"textP"}),
    "the place of the words": ({"x": 26}, {"place", "tone"}),
    "everything far away": ({"x": 60}, {"place", "inkR", "inkP", "tone"}),
    "a colour": ({"colour": rgb(0, 0, 1)}, {"tone"}),
    "no words": ({"words": ""}, {"textR", "textP", "place", "inkR", "tone"}),
}


@pytest.mark.parametrize(("changes", "expected"), CASES.values(), ids=CASES)
def test_measures(tmp_path: Path, changes: dict[str, object], expected: set[str]) -> None:
    reference, made = pdf(tmp_path / "a.pdf"), pdf(tmp_path / "b.pdf", **changes)  # type: ignore[arg-type]
    found = scores(reference, made, 0)
    reference.close()
    made.close()
    assert {name for name, value in found.items() if value < 0.9} == expected, found
