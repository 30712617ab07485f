"""Display list -> PDF, in two halves: `PacketMaker` makes a page's packet in any process, and
`PdfDocumentWriter` puts packets, in page order, into one file.

All PDF rules of the project that are about AFP-made pages live here; `afpcluster.pdf` writes the objects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from afpcluster.findings import Findings
from afpcluster.outputs.output import Sink, Takes
from afpcluster.outputs.pdf.document import PdfDocumentWriter
from afpcluster.outputs.pdf.maker import PacketMaker
from afpcluster.outputs.pdf.packet import PagePacket

__all__ = ["PacketMaker", "PagePacket", "PdfDocumentWriter", "PdfOutput"]


@dataclass(slots=True, frozen=True)
class PdfOutput:
    """The PDF output. `compress` False makes a file to read."""

    media_type: ClassVar[str] = "application/pdf"
    takes: ClassVar[Takes] = Takes.PAGES
    title: str | None = None
    compress: bool = True

    def maker(self) -> PacketMaker:
        return PacketMaker(compress=self.compress)

    def writer(self, sink: Sink, findings: Findings) -> PdfDocumentWriter:
        return PdfDocumentWriter(sink, findings, title=self.title, compress=self.compress)
