"""What a viewer shows of display items: through the PDF output and PDFium, as the raster output does."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pypdfium2
from PIL import Image

from afpcluster.display.items import Item, Page
from afpcluster.findings import Findings
from afpcluster.outputs.pdf import PacketMaker, PdfDocumentWriter, PdfOptions


def show(items: Sequence[Item], width: float, height: float, dpi: float = 72.0) -> Image.Image:
    """Items on a white page of this size in points, in RGB, at one pixel per point unless told."""
    sink = io.BytesIO()
    writer = PdfDocumentWriter(sink, PdfOptions(title=""), Findings())
    writer.add(PacketMaker().packet(Page(1, width, height, list(items))))
    writer.finish()
    document = pypdfium2.PdfDocument(sink.getvalue())
    try:
        return document[0].render(scale=dpi / 72, draw_annots=False).to_pil().convert("RGB")
    finally:
        document.close()
