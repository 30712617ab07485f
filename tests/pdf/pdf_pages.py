"""Pages made by hand, and what is read in the PDFs and pictures of them."""

from __future__ import annotations

import pypdfium2
from PIL import Image

from afpcluster.display.items import Item, Page

WHITE, BLACK, RED = (255, 255, 255), (0, 0, 0), (255, 0, 0)
Pixel = tuple[int, ...]


def page_of(*items: Item, width: float = 100, height: float = 100) -> Page:
    return Page(1, width, height, list(items))


def text_of(data: bytes, page: int = 0) -> str:
    """What PDFium finds to copy."""
    document = pypdfium2.PdfDocument(data)
    try:
        return document[page].get_textpage().get_text_range()
    finally:
        document.close()


def check_pixels(image: Image.Image, expected: dict[tuple[int, int], Pixel], tolerance: int = 8) -> None:
    """Pixels at these places (from the upper left) have these colours."""
    found = {place: image.getpixel(place) for place in expected}
    wrong = {
        place: (found[place], colour)
        for place, colour in expected.items()
        if any(abs(a - b) > tolerance for a, b in zip(found[place], colour, strict=True))
    }
    assert not wrong, f"place: (found, expected) {wrong}"
