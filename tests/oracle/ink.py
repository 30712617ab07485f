"""Ink of two pictures of a page compared: how much of each is in the other, a pixel to all sides allowed."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pypdfium2
from second_painter import paint

from afpcluster.conversion.work import Work
from afpcluster.display.items import Page
from afpcluster.options import Options
from rendering import pdf_of

DPI = 100
_INK = 245  # darker is ink
_FULL = 200  # dark enough that the other must show something


@dataclass(slots=True)
class Agreement:
    """`recall`: of the ink that the display list asks for, how much the PDF shows; `precision`: of what the
    PDF shows, how much was asked for. Both 0 to 1."""

    page: int
    recall: float
    precision: float
    unknown: list[str]


def pages_of(data: bytes, options: Options | None = None, pages: int | None = None) -> list[Page]:
    """The display lists of a print file, or of its first `pages`."""
    with Work(io.BytesIO(data), options or Options(raise_faults=True)) as work:
        return [page for _, page in islice(work.pages(), pages) if page is not None]


def agreements(data: bytes, *, pages: int | None = None, options: Options | None = None) -> list[Agreement]:
    """Each page of a print file (or the first `pages`), drawn both ways."""
    kept = pages_of(data, options, pages)
    return _compared(kept, kept)


def agreement(asked: Page, shown: Page) -> Agreement:
    """A page as the second painter draws it against another as a PDF shows it."""
    (found,) = _compared([asked], [shown])
    return found


def _compared(asked: list[Page], shown: list[Page]) -> list[Agreement]:
    document = pypdfium2.PdfDocument(pdf_of(shown))
    try:
        return [_agreement(page, document[number]) for number, page in enumerate(asked)]
    finally:
        document.close()


def _agreement(page: Page, shown: pypdfium2.PdfPage) -> Agreement:
    painted = paint(page, DPI)
    ours = np.asarray(shown.render(scale=DPI / 72).to_pil().convert("RGB")).min(axis=2)
    height, width = min(ours.shape[0], painted.pixels.shape[0]), min(ours.shape[1], painted.pixels.shape[1])
    asked, got = painted.pixels[:height, :width], ours[:height, :width]
    return Agreement(page.number, _part(asked, got), _part(got, asked), painted.unknown)


def _part(dark: Any, other: Any) -> float:
    """Of the clear ink of one, the part with ink of the other beside it."""
    wanted = dark < _FULL
    if not wanted.any():
        return 1.0
    ink = np.pad(other < _INK, 1)
    near = np.zeros_like(wanted)
    rows, columns = wanted.shape
    for y in range(3):
        for x in range(3):
            near |= ink[y : y + rows, x : x + columns]
    return float((wanted & near).sum() / wanted.sum())
