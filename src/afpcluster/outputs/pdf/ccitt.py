"""Where CCITT G4 pays for bilevel samples, and how a PDF says so (section 7.4.6).

Drawings, signatures and big glyphs become a third to a half smaller, dense matrices do not: callers try
both, unless deflate leaves so little that G4 could not win much.
"""

from __future__ import annotations

from afpcluster.pdf.values import PdfDict

_SMALLEST_DEFLATED = 160  # bytes
_LARGEST = 1 << 23  # bytes of samples; the encoder takes eight times as much memory


def g4_may_pay(samples: bytes, deflated: bytes) -> bool:
    """Whether G4 is worth an attempt on samples that deflate makes this of."""
    return len(deflated) >= _SMALLEST_DEFLATED and len(samples) <= _LARGEST


def g4_parameters(width: int, height: int) -> PdfDict:
    """What CCITTFaxDecode must know (section 7.4.6). Sample 0 went in as T.6's white."""
    return {"K": -1, "Columns": width, "Rows": height, "BlackIs1": True}
