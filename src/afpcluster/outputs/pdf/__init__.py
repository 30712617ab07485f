"""Display list -> PDF, in two halves: `PacketMaker` makes a page's packet in any process, and
`PdfDocumentWriter` puts packets, in page order, into one file.

All PDF rules of the project that are about AFP-made pages live here; `afpcluster.pdf` writes the objects.
"""

from __future__ import annotations

from typing import ClassVar

from afpcluster.findings import Findings
from afpcluster.light import dataclass
from afpcluster.outputs.output import Sink, Takes, Writer
from afpcluster.outputs.pdf.archive import Archive
from afpcluster.outputs.pdf.document import PdfDocumentWriter
from afpcluster.outputs.pdf.finishing import PLAIN, Finishing, FinishingWriter
from afpcluster.outputs.pdf.maker import PacketMaker
from afpcluster.outputs.pdf.packet import PagePacket

__all__ = ["PacketMaker", "PagePacket", "PdfDocumentWriter", "PdfOutput"]


@dataclass(slots=True, frozen=True)
class PdfOutput:
    """The PDF output. `name` is a title for want of a better one. `compress` False makes a file to read,
    `archive` one that is PDF/A, `tagged` one with the structure of its text, in `language`."""

    media_type: ClassVar[str] = "application/pdf"
    title: str | None = None
    name: str | None = None
    attach_index: bool = False
    labels: bool = True
    finishing: Finishing = PLAIN
    compress: bool = True
    archive: Archive | None = None
    tagged: bool = False
    language: str | None = None

    @property
    def takes(self) -> Takes:
        return Takes.PAGES_AND_FACTS if self.attach_index else Takes.PAGES

    def maker(self) -> PacketMaker:
        return PacketMaker(compress=self.compress, archive=self.archive, tagged=self.tagged)

    def writer(self, sink: Sink, findings: Findings) -> Writer:
        def plain(to: Sink) -> PdfDocumentWriter:
            return PdfDocumentWriter(
                to,
                findings,
                title=self.title,
                name=self.name,
                attach_index=self.attach_index,
                labels=self.labels,
                compress=self.compress,
                archive=self.archive,
                tagged=self.tagged,
                language=self.language,
            )

        return FinishingWriter(plain, sink, self.finishing) if self.finishing.needed else plain(sink)
