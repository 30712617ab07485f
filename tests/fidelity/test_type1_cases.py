"""Print files with fonts of other makers, each letter beside the picture of its source font: ink where the
picture has ink, or a finding. Skipped where the corpus is not beside the project."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from afpcluster.convert import convert
from afpcluster.options import Options
from corpus import CORPUS
from rendering import rendered

CASES = CORPUS / "cases" / "fonts"
FILES = sorted(path for kind in ("t1_*.afp", "cid_*.afp") for path in CASES.glob(kind))
LOST = {"t1_subrs_damaged_29", "cid_truncated"}  # files in which letters are damaged for good
CELL = 132  # pixels: 66 points at 144 dpi
DARK = 128

Ink = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def ink(image: Image.Image) -> Ink:
    return np.asarray(image.convert("L")) < DARK


def thick(dark: Ink) -> Ink:
    """With the pixels around: renderers differ by less than one."""
    grown = dark.copy()
    for axis in (0, 1):
        for step in (1, -1):
            grown |= np.roll(dark, step, axis)
    return grown


def cells(dark: Ink) -> list[Ink]:
    """One letter each, of the grid on the page."""
    rows, columns = (size // CELL for size in dark.shape)
    return [
        dark[row * CELL : (row + 1) * CELL, column * CELL : (column + 1) * CELL]
        for row in range(rows)
        for column in range(columns)
    ]


def alike(shown: Ink, right: Ink) -> bool:
    within = (shown & thick(right)).sum() >= 0.98 * shown.sum()
    return bool(within and (right & thick(shown)).sum() >= 0.98 * right.sum())


@pytest.mark.skipif(not FILES, reason="the private corpus is not beside the project")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_letters_look_as_in_the_source_font(path: Path) -> None:
    sink = io.BytesIO()
    result = convert(io.BytesIO(path.read_bytes()), sink, Options())
    codes = {finding.code for finding in result.findings}
    right = cells(ink(Image.open(CASES / "right" / f"{path.stem}.png")))
    shown = cells(ink(rendered(sink.getvalue(), scale=2)))[: len(right)]
    assert sum(cell.any() for cell in right) >= 10
    wrong = [not alike(*pair) for pair in zip(shown, right, strict=True)]
    if path.stem in LOST:
        assert "font-glyph-damaged" in codes
        assert not any(cell.any() for cell, bad in zip(shown, wrong, strict=True) if bad)
    else:
        assert not any(wrong)
        assert codes <= {"font-technology", "text-not-searchable"}  # which say nothing of shapes
