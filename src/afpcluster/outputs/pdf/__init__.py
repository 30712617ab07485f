"""Display list -> PDF, in two halves: `PacketMaker` makes a page's packet in any process, and
`PdfDocumentWriter` puts packets, in page order, into one file.

All PDF rules of the project that are about AFP-made pages live here; `afpcluster.pdf` writes the objects.
"""

from afpcluster.outputs.pdf.document import PdfDocumentWriter, PdfOptions
from afpcluster.outputs.pdf.maker import PacketMaker
from afpcluster.outputs.pdf.packet import PagePacket

__all__ = ["PacketMaker", "PagePacket", "PdfDocumentWriter", "PdfOptions"]
