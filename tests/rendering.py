"""Pages of display items -> a PDF, held to be faultless by qpdf, and what a viewer shows of it."""

from __future__ import annotations

import io
import pickle
import warnings
from collections.abc import Sequence

import pikepdf
import pypdfium2
from PIL import Image

from afpcluster.display.items import Item, Page
from afpcluster.findings import Findings
from afpcluster.outputs.pdf import PdfOutput


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
    output = PdfOutput(title=title, compress=compress)
    maker = output.maker()
    writer = output.writer(sink, Findings() if findings is None else findings)
    for page in pages:
        writer.add(pickle.loads(pickle.dumps(maker.packet(page))))
    size = writer.finish()
    data = sink.getvalue()
    assert size == len(data)
    with pikepdf.open(io.BytesIO(data)) as pdf, warnings.catch_warnings():
        # It has no decoder of its own for JBIG2; PDFium, which shows the pages, has.
        warnings.filterwarnings("ignore", "pikepdf is missing some specialized decoders")
        assert pdf.check_pdf_syntax() == []
    return data


def rendered(data: bytes, page: int = 0, scale: float = 1.0) -> Image.Image:
    """What PDFium shows, in RGB, one pixel to the point unless told."""
    document = pypdfium2.PdfDocument(data)
    try:
        return document[page].render(scale=scale).to_pil().convert("RGB")
    finally:
        document.close()


def show(items: Sequence[Item], width: float, height: float, dpi: float = 72.0) -> Image.Image:
    """Items on a white page of this size in points, at one pixel per point unless told."""
    return rendered(pdf_of([Page(1, width, height, list(items))]), scale=dpi / 72)
