"""What the display list says is on the page: PDFium's picture of our PDF against the second painter's.

The text layer plays no part: letters that can be searched and not seen are missing ink here.
"""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from ink import Agreement, agreement, agreements, pages_of

from afpcluster.display.face import OutlineFace
from afpcluster.display.items import GlyphRun, Item
from afpcluster.options import Options
from afpcluster.sample import write_sample
from benchmarks.fuzz.seeds import own_seeds
from corpus import afp_files, needs_corpus

ENOUGH = 0.99
SEEDS = own_seeds()
PAGES = 3  # of each corpus document
NOT_DECODED = {
    "image_tiff_2": "Pillow has no decoder for byte-aligned fax data",
}
"""Seeds whose image the second painter cannot draw: nothing is compared."""


def sample() -> bytes:
    sink = io.BytesIO()
    write_sample(sink, statements=2, seed=11)
    return sink.getvalue()


def check(found: list[Agreement]) -> None:
    assert found
    assert [one for one in found if one.unknown] == []
    assert [one for one in found if min(one.recall, one.precision) < ENOUGH] == []


def test_sample() -> None:
    check(agreements(sample()))


@pytest.mark.parametrize("name", sorted(SEEDS.keys() - NOT_DECODED.keys()))
def test_seeds(name: str) -> None:
    check(agreements(SEEDS[name]))


@needs_corpus
@pytest.mark.parametrize("path", afp_files("real/*.afp") + afp_files("fop/*.afp"), ids=lambda path: path.stem)
def test_corpus(path: Path) -> None:
    check(agreements(path.read_bytes(), pages=PAGES, options=Options()))


# ------------------------------------------------------------------ the guard itself


def without_letter(item: Item, code: int) -> Item:
    """The run in a face that has no glyph for one code, as a subset that lost it."""
    if not isinstance(item, GlyphRun) or not isinstance(item.face, OutlineFace):
        return item
    glyphs = {at: glyph for at, glyph in item.face.glyphs.items() if at != code}
    return item._replace(face=replace(item.face, key=f"{item.face.key}-cut", glyphs=glyphs))


def test_letters_that_are_not_shown_are_noticed() -> None:
    """One letter of the alphabet, which the text layer still has."""
    (page, *_) = pages_of(sample())
    assert agreement(page, page).recall >= ENOUGH
    cut = replace(page, items=[without_letter(item, "e".encode("cp500")[0]) for item in page.items])
    assert agreement(page, cut).recall < ENOUGH


def test_ink_that_nothing_asks_for_is_noticed() -> None:
    (page, *_) = pages_of(sample())
    cut = replace(page, items=page.items[::2])
    assert agreement(cut, page).precision < ENOUGH
