"""Print files and pages of items as PDF/A, and pictures to compare."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops

from afpcluster.convert import convert
from afpcluster.display.items import Item, Page
from afpcluster.findings import Findings
from afpcluster.options import STAND_IN_FOLDERS, Options, PdfA
from afpcluster.outputs.pdf import PdfOutput
from afpcluster.outputs.pdf.archive import Archive
from afpcluster.sample import write_sample


def sample(statements: int = 3, *, fonts: bool = True) -> bytes:
    sink = io.BytesIO()
    write_sample(sink, statements=statements, seed=1, fonts=fonts)
    return sink.getvalue()


def archived(data: bytes, level: str, *folders: Path, processes: int = 1) -> bytes:
    """A print file as PDF/A. Raises ConversionError."""
    sink = io.BytesIO()
    options = Options(pdf_a=PdfA(level), resource_paths=folders, processes=processes, raise_faults=True)
    convert(io.BytesIO(data), sink, options)
    return sink.getvalue()


def plain(data: bytes, *folders: Path) -> bytes:
    sink = io.BytesIO()
    convert(io.BytesIO(data), sink, Options(resource_paths=folders, raise_faults=True))
    return sink.getvalue()


def archived_items(
    level: str, *pages: Sequence[Item], folders: tuple[Path, ...] = STAND_IN_FOLDERS, size: float = 100
) -> bytes:
    """Pages of items as PDF/A. Raises ConversionError."""
    sink = io.BytesIO()
    output = PdfOutput(archive=Archive(PdfA(level), folders))
    maker, writer = output.maker(), output.writer(sink, Findings())
    for number, items in enumerate(pages, 1):
        writer.add(maker.packet(Page(number, size, size, list(items))))
    writer.finish()
    return sink.getvalue()


def pictures(data: bytes, most: int = 12, scale: float = 1.5) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(data)
    try:
        count = min(most, len(document))
        return [document[page].render(scale=scale).to_pil().convert("RGB") for page in range(count)]
    finally:
        document.close()


def differs(first: Image.Image, second: Image.Image) -> bool:
    return first.size != second.size or ImageChops.difference(first, second).getbbox() is not None
