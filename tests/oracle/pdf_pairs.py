"""Two PDFs of the same document, page by page: size, words and their places, ink, tone.

Words come from poppler's pdftotext, pixels from PDFium. Scores are shares from 0 to 1 of what should agree;
a measure is missing where the reference has nothing to measure. Points for places, pixels at `DPI` for ink.
"""

from __future__ import annotations

import subprocess
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2

Pixels = np.ndarray[Any, np.dtype[Any]]
Word = tuple[str, float, float]  # text, centre in points from the upper left corner
DPI = 100
PLACE_TOLERANCE = 4.0
INK_TOLERANCE = 2
_SIZE_TOLERANCE = 1.0
_INK = 230  # a pixel is ink when its darkest channel is below this
_TILE = 8
_XHTML = "{http://www.w3.org/1999/xhtml}"


class Pdf:
    """A PDF's pages as words and pixels."""

    def __init__(self, path: Path) -> None:
        self._document = pypdfium2.PdfDocument(path)
        self.words = words(path)

    def __len__(self) -> int:
        return len(self._document)

    def size(self, number: int) -> tuple[float, float]:
        """Width and height in points of page `number`, counted from 0."""
        return self._document[number].get_size()  # type: ignore[no-any-return]

    def pixels(self, number: int) -> Pixels:
        """The page in RGB at `DPI`."""
        bitmap = self._document[number].render(scale=DPI / 72, may_draw_forms=False, rev_byteorder=True)
        return np.asarray(bitmap.to_numpy())[:, :, :3]

    def close(self) -> None:
        self._document.close()


def words(path: Path) -> list[list[Word]]:
    """The words of every page, ligatures and other compatibility forms resolved."""
    run = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True, timeout=120)
    pages = ET.fromstring(run.stdout.decode("utf-8", "replace")).iter(f"{_XHTML}page")
    return [[word for found in page.iter(f"{_XHTML}word") if (word := _word(found))[0]] for page in pages]


def _word(found: ET.Element) -> Word:
    left, top, right, bottom = (float(found.get(side, "0")) for side in ("xMin", "yMin", "xMax", "yMax"))
    return unicodedata.normalize("NFKC", found.text or "").strip(), (left + right) / 2, (top + bottom) / 2


def scores(reference: Pdf, made: Pdf, number: int) -> dict[str, float]:
    """All measures of one page: size, textR, textP, place, inkR, inkP, tone."""
    sizes = zip(reference.size(number), made.size(number), strict=True)
    found = {"size": float(all(abs(a - b) <= _SIZE_TOLERANCE for a, b in sizes))}
    found |= text_scores(reference.words[number], made.words[number])
    found |= ink_scores(reference.pixels(number), made.pixels(number))
    return found


def text_scores(reference: list[Word], made: list[Word]) -> dict[str, float]:
    """Share of the reference's words on the page, of the page's words in the reference, and of the
    reference's words at their place."""
    if not reference:
        return {"textP": 0.0} if made else {}
    here, there = Counter(w[0] for w in reference), Counter(w[0] for w in made)
    common = (here & there).total()
    return {
        "textR": common / len(reference),
        "textP": common / len(made) if made else 0.0,
        "place": _placed(reference, made) / len(reference),
    }


def _placed(reference: list[Word], made: list[Word]) -> int:
    places: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for text, x, y in made:
        places[text].append((x, y))
    hits = 0
    for text, x, y in reference:
        near = [(abs(a - x) + abs(b - y), i) for i, (a, b) in enumerate(places[text])
                if abs(a - x) <= PLACE_TOLERANCE and abs(b - y) <= PLACE_TOLERANCE]  # fmt: skip
        if near:
            places[text].pop(min(near)[1])
            hits += 1
    return hits


def ink_scores(reference: Pixels, made: Pixels) -> dict[str, float]:
    """Share of each page's ink with ink of the other near, and how much of the darkness agrees."""
    canvas = np.full_like(reference, 255)
    height, width = min(reference.shape[0], made.shape[0]), min(reference.shape[1], made.shape[1])
    canvas[:height, :width] = made[:height, :width]
    ink, own = reference.min(2) < _INK, canvas.min(2) < _INK
    if not ink.any():
        return {"inkP": 0.0, "tone": 0.0} if own.any() else {}
    a, b = _tiles(reference), _tiles(canvas)
    return {
        "inkR": float((ink & _grown(own)).sum() / ink.sum()),
        "inkP": float((own & _grown(ink)).sum() / own.sum()) if own.any() else 0.0,
        "tone": float(np.minimum(a, b).sum() / max(np.maximum(a, b).sum(), 1e-6)),
    }


def _grown(mask: Pixels) -> Pixels:
    """The mask and all that lies within the tolerance of it."""
    n = INK_TOLERANCE
    rows, columns = mask.shape
    padded = np.pad(mask, n)
    tall = np.logical_or.reduce([padded[k : k + rows] for k in range(2 * n + 1)])
    return np.asarray(np.logical_or.reduce([tall[:, k : k + columns] for k in range(2 * n + 1)]))


def _tiles(pixels: Pixels) -> Pixels:
    """Mean darkness per tile and colour channel."""
    dark = 255.0 - pixels
    rows, columns = pixels.shape[0] // _TILE, pixels.shape[1] // _TILE
    return np.asarray(
        dark[: rows * _TILE, : columns * _TILE].reshape(rows, _TILE, columns, _TILE, 3).mean((1, 3))
    )
