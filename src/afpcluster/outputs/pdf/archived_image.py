"""Images as archives take them: JPEG 2000, which PDF/A-1 does not know, becomes samples; the samples stay."""

from __future__ import annotations

import io
from dataclasses import replace

from afpcluster.codecs.jpeg2000 import colour_space
from afpcluster.display.items import Encoding, ImageData
from afpcluster.heavy import Pillow
from afpcluster.outputs.pdf.archive import Archive

_ADMITTED = (16, 17)  # enumerated: sRGB and its grey (ISO 19005-2, 6.2.8.3)
_SIGNATURE = b"\0\0\0\x0cjP  "  # of a JP2 file; a codestream by itself says nothing of colour


def archived_image(image: ImageData, archive: Archive) -> ImageData:
    """The image itself, or one that the archive admits and that shows the same."""
    if image.encoding is not Encoding.JPX:
        return image
    if not archive.is_first and image.data.startswith(_SIGNATURE) and colour_space(image.data) in _ADMITTED:
        return image
    with Pillow.open(io.BytesIO(image.data)) as opened:
        return replace(image, encoding=Encoding.RAW, data=opened.tobytes())
