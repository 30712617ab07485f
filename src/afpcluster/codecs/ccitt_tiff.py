"""CCITT G4 data (ITU-T T.6) written and checked by libtiff, at C's speed, by way of TIFF files in memory."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

_STRIP_OFFSETS, _STRIP_SIZES = 273, 279
_SHORT, _LONG = 3, 4
_END_OF_BLOCK = 4  # bytes that may hold an end of facsimile block and bits of the last row


def encode_g4(width: int, height: int, samples: bytes) -> bytes:
    """G4 data of rows padded to bytes; 0 is T.6's white."""
    from PIL import Image as Pillow  # loads slowly, and few fonts and images need it

    return _encoded(Pillow.frombytes("1", (width, height), samples))


def is_sound_g4(data: bytes, width: int, height: int) -> bool:
    """Whether the data is, as far as it goes, what T.6 makes of the rows that it decodes to.

    T.6 leaves an encoder no choice, so damage shows. False also for data of encoders that do not keep to
    it: whoever must know decodes it himself. Takes a byte and more of memory for each image point.
    """
    from PIL import Image as Pillow

    try:
        with Pillow.open(io.BytesIO(_file(data, width, height)), formats=("TIFF",)) as image:
            image.load()
            again = _encoded(image)
    except OSError:
        return False
    return data.startswith(again[:-_END_OF_BLOCK])


def _encoded(image: Image) -> bytes:
    from PIL import Image as Pillow

    buffer = io.BytesIO()
    row = (image.width + 7) // 8
    image.save(buffer, "TIFF", compression="group4", strip_size=row * image.height)
    tiff = buffer.getvalue()
    with Pillow.open(io.BytesIO(tiff), formats=("TIFF",)) as file:
        tags = file.tag_v2  # type: ignore[attr-defined]
        strips = zip(tags[_STRIP_OFFSETS], tags[_STRIP_SIZES], strict=True)
        return b"".join([tiff[start : start + size] for start, size in strips])


def _file(data: bytes, width: int, height: int) -> bytes:
    """A TIFF file with G4 data as its only strip; 0 is T.6's white, as `_encoded` has it."""
    entries = (
        (256, _LONG, width),
        (257, _LONG, height),
        (258, _SHORT, 1),
        (259, _SHORT, 4),
        (262, _SHORT, 1),
        (273, _LONG, 8 + 2 + 9 * 12 + 4),
        (277, _SHORT, 1),
        (278, _LONG, height),
        (279, _LONG, len(data)),
    )
    directory = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + directory + bytes(4) + data
