"""CCITT G4 data (ITU-T T.6) written by libtiff, at C's speed, by way of a TIFF file in memory."""

from __future__ import annotations

import io

from PIL import Image as Pillow

_STRIP_OFFSETS, _STRIP_SIZES = 273, 279


def encode_g4(width: int, height: int, samples: bytes) -> bytes:
    """G4 data of rows padded to bytes; 0 is T.6's white."""
    row = (width + 7) // 8
    buffer = io.BytesIO()
    image = Pillow.frombytes("1", (width, height), samples)
    image.save(buffer, "TIFF", compression="group4", strip_size=row * height)
    tiff = buffer.getvalue()
    with Pillow.open(io.BytesIO(tiff), formats=("TIFF",)) as file:
        tags = file.tag_v2  # type: ignore[attr-defined]
        strips = zip(tags[_STRIP_OFFSETS], tags[_STRIP_SIZES], strict=True)
        return b"".join([tiff[start : start + size] for start, size in strips])
