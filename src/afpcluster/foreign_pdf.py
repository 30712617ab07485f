"""PDF files of others, opened with bounds: some bytes of them may unpack to any amount.

What is meant are streams that are read here, those of page contents and of the file's structure; images and
all else are copied as they are compressed. Beyond the bound qpdf gives the stream up (PdfError).
"""

from __future__ import annotations

import io

import pikepdf

MOST_UNPACKED = 256 << 20  # bytes of a stream


def open_foreign_pdf(data: bytes) -> pikepdf.Pdf:
    """The file. Raises pikepdf.PdfError where it cannot be opened."""
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=MOST_UNPACKED,
        png_max_memory=MOST_UNPACKED,
        run_length_max_memory=MOST_UNPACKED,
        tiff_max_memory=MOST_UNPACKED,
    )
    return pikepdf.open(io.BytesIO(data))
