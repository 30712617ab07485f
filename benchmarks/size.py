"""Size of the PDF against the one Apache FOP wrote of the same document."""

from __future__ import annotations

import io
from collections.abc import Iterator

from afpcluster.conversion.work import Work
from afpcluster.convert import convert
from afpcluster.display.items import Image
from afpcluster.options import Options
from benchmarks.claims import Claim
from benchmarks.workloads import fop_pairs


def pdf_sizes(*, quick: bool) -> Iterator[Claim]:
    """Each document of text alone must not be larger; the others are told for information."""
    ours = theirs = 0
    for afp, pdf in fop_pairs()[: 3 if quick else None]:
        data, sink = afp.read_bytes(), io.BytesIO()
        convert(io.BytesIO(data), sink, Options(raise_faults=True))
        size, reference = len(sink.getvalue()), pdf.stat().st_size
        ours, theirs = ours + size, theirs + reference
        limit = None if _has_images(data) else 1.0
        detail = f"{size:,} of {reference:,} bytes{', with images' if limit is None else ''}"
        yield Claim("size", afp.stem, size / reference, "× FOP's", limit, detail=detail)
    if theirs:
        yield Claim("size", "all documents", ours / theirs, "× FOP's", 1.0, detail=f"{ours:,} of {theirs:,}")


def _has_images(data: bytes) -> bool:
    work = Work(io.BytesIO(data), Options(raise_faults=True))
    return any(isinstance(item, Image) for _, page in work.pages() if page for item in page.items)
