"""The index as a file attached to the PDF (section 7.11.4), as JSON Lines."""

from __future__ import annotations

import hashlib
import zlib

from afpcluster.pdf.file import COMPRESSION_LEVEL, PdfFile
from afpcluster.pdf.values import PdfDict, Raw, Ref

NAME = "index.jsonl"


class AttachedFile:
    """Gathers the file, compressed: an index takes some twenty bytes a page."""

    def __init__(self) -> None:
        self._compressor = zlib.compressobj(COMPRESSION_LEVEL)
        self._parts: list[bytes] = []
        self._size = 0
        self._digest = hashlib.md5(usedforsecurity=False)  # the checksum that section 7.11.4 wants

    def write(self, data: bytes) -> int:
        self._size += len(data)
        self._digest.update(data)
        self._parts.append(self._compressor.compress(data))
        return len(data)

    def finish(self, file: PdfFile) -> Ref:
        """Write it; the reference of its file specification."""
        self._parts.append(self._compressor.flush())
        entries: PdfDict = {
            "Type": Raw(b"/EmbeddedFile"),
            "Subtype": Raw(b"/application#2Fjsonl"),
            "Filter": Raw(b"/FlateDecode"),
            "Params": {"Size": self._size, "CheckSum": self._digest.digest()},
        }
        stream = file.add_stream(entries, b"".join(self._parts), encoded=True)
        return file.add(
            {
                "Type": Raw(b"/Filespec"),
                "F": NAME,
                "UF": NAME,
                "Desc": "Index of documents, groups, pages and tags",
                "AFRelationship": Raw(b"/Data"),
                "EF": {"F": stream, "UF": stream},
            }
        )
