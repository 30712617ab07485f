"""Bilevel samples -> CCITT G4 data (ITU-T T.6), where that is smaller than what deflate makes of them.

Drawings, signatures and big glyphs become a third to a half smaller, dense matrices do not: callers try
both, unless deflate leaves so little that G4 could not win much.
"""

from __future__ import annotations

import io

from PIL import Image as PillowImage

from afpcluster.pdf.values import PdfDict

_SMALLEST_DEFLATED = 160  # bytes
_LARGEST = 1 << 23  # bytes of samples; Pillow refuses to open much more
_STRIP_OFFSETS, _STRIP_SIZES = 273, 279


def g4_may_pay(samples: bytes, deflated: bytes) -> bool:
    """Whether G4 is worth an attempt on samples that deflate makes this of."""
    return len(deflated) >= _SMALLEST_DEFLATED and len(samples) <= _LARGEST


def encode_g4(width: int, height: int, samples: bytes) -> bytes:
    """G4 data of rows padded to bytes."""
    row = (width + 7) // 8
    buffer = io.BytesIO()
    image = PillowImage.frombytes("1", (width, height), samples)
    image.save(buffer, "TIFF", compression="group4", strip_size=row * height)
    tiff = buffer.getvalue()
    with PillowImage.open(io.BytesIO(tiff)) as file:
        tags = file.tag_v2  # type: ignore[attr-defined]
        strips = zip(tags[_STRIP_OFFSETS], tags[_STRIP_SIZES], strict=True)
        return b"".join([tiff[start : start + size] for start, size in strips])


def g4_parameters(width: int, height: int) -> PdfDict:
    """What CCITTFaxDecode must know (section 7.4.6). Sample 0 went in as T.6's white."""
    return {"K": -1, "Columns": width, "Rows": height, "BlackIs1": True}
