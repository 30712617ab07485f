"""Pages of other PDF files, in archives."""

from __future__ import annotations

import pikepdf

from afpcluster.outputs.pdf.archive import Archive


def make_fit(source: pikepdf.Pdf, page: int, archive: Archive) -> list[str]:
    """Why a page cannot be part of a PDF/A document; empty where it can."""
    return ["is of another file, which is not checked for what PDF/A asks"]
