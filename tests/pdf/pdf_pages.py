"""Pages made by hand -> a PDF, checked by qpdf's own parser on the way, and what viewers see in it."""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence

import pikepdf
import pypdfium2
from PIL import Image

from afpcluster.display.items import Item, Page
from afpcluster.findings import Findings
from afpcluster.outputs.pdf import PacketMaker, PdfDocumentWriter, PdfOptions

WHITE, BLACK, RED = (255, 255, 255), (0, 0, 0), (255, 0, 0)
Pixel = tuple[int, ...]


def pdf_of(
    pages: Sequence[Page],
    *,
    compress: bool = True,
    findings: Findings | None = None,
    title: str | None = None,
) -> bytes:
    """The PDF of these pages. Packets are pickled, as between processes; the result must be without fault
    in the eyes of qpdf."""
    sink = io.BytesIO()
    maker = PacketMaker(compress=compress)
    writer = PdfDocumentWriter(sink, PdfOptions(title=title, compress=compress), findings)
    for page in pages:
        writer.add(pickle.loads(pickle.dumps(maker.packet(page))))
    size = writer.finish()
    data = sink.getvalue()
    assert size == len(data)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.check_pdf_syntax() == []
    return data


def page_of(*items: Item, width: float = 100, height: float = 100) -> Page:
    return Page(1, width, height, list(items))


def rendered(data: bytes, page: int = 0, scale: float = 1.0) -> Image.Image:
    """What PDFium shows, one pixel to the point."""
    document = pypdfium2.PdfDocument(data)
    try:
        return document[page].render(scale=scale).to_pil().convert("RGB")
    finally:
        document.close()


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
