"""Cases of fonts of other makers, in the private corpus: a page with a grid of cells, each with one letter
twice, so that the second shows the width, and what FreeType shows of the source font."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from corpus import CORPUS

CASES = CORPUS / "cases" / "fonts"
CELL = 132  # pixels, at 144 dpi
_INK = 128
_NEAR = 3  # pixels that an edge may be off, both ways together

needs_font_cases = pytest.mark.skipif(
    not CASES.is_dir(), reason="the private corpus of font cases is not beside the project"
)


def case(name: str) -> bytes:
    return (CASES / f"{name}.afp").read_bytes()


def picture(pdf: bytes) -> Image.Image:
    """The first page as PDFium shows it, at the pictures' 144 dpi."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[0].render(scale=2).to_pil().convert("L")
    finally:
        document.close()


def wrong_cells(shown: Image.Image, name: str, share: float = 0.98) -> list[tuple[int, int]]:
    """Cells (row, column) whose ink is not that of the right picture: less than `share` of either lies on or
    beside the other's."""
    return different_cells(shown, Image.open(Path(CASES) / "right" / f"{name}.png").convert("L"), share)


def different_cells(shown: Image.Image, right: Image.Image, share: float) -> list[tuple[int, int]]:
    width, height = right.size
    shown = shown.crop((0, 0, width, height))
    found, wanted = _ink(shown), _ink(right)
    near_found, near_wanted = _ink(_grown(shown)), _ink(_grown(right))
    wrong = []
    for row in range(height // CELL):
        for column in range(width // CELL):
            cell = np.s_[row * CELL : (row + 1) * CELL, column * CELL : (column + 1) * CELL]
            there, due = found[cell], wanted[cell]
            lost = int((due & ~near_found[cell]).sum())
            added = int((there & ~near_wanted[cell]).sum())
            if lost > (1 - share) * due.sum() or added > (1 - share) * there.sum():
                wrong.append((row, column))
    return wrong


def _ink(image: Image.Image) -> NDArray[np.bool_]:
    return np.asarray(image) < _INK


def _grown(image: Image.Image) -> Image.Image:
    return image.filter(ImageFilter.MinFilter(_NEAR))
