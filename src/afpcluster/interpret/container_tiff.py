"""TIFF files of object containers: the wanted image among several, and fax data that passes undecoded.

Reduced images and masks belong to another image and do not count; page numbers, where the file has them,
order the images (MO:DCA "Object Offset Triplet X'5A'").
"""

from __future__ import annotations

from typing import Any

from PIL import Image as Pillow

from afpcluster.afp.ioca import Reporter
from afpcluster.afp.ioca_codec import reverse_bits
from afpcluster.display.items import CcittParameters, Encoding, ImageData, ImageModel
from afpcluster.interpret.image_data import ImageProblem, make_image, pillow_header

_FAX = {2: 0, 3: 0, 4: -1}  # TIFF Compression -> K
_SUBFILE_TYPE, _PAGE_NUMBER = 254, 297
_COMPRESSION, _PHOTOMETRIC, _FILL_ORDER = 259, 262, 266
_OFFSETS, _ORIENTATION, _COUNTS, _T4_OPTIONS = 273, 274, 279, 292
_NOT_COUNTED = 0b101  # of the subfile type: a reduced image, a transparency mask
_MAX_IMAGES = 10_000


def tiff_frame(data: bytes, wanted: int) -> int:
    """The place in the file of its paginated image `wanted`, both from 0. Raises ImageProblem."""
    file: Any = pillow_header(data, "TIFF")
    found: list[tuple[int, int]] = []
    numbered = True
    for frame in range(min(file.n_frames, _MAX_IMAGES)):
        file.seek(frame)
        if int(file.tag_v2.get(_SUBFILE_TYPE, 0)) & _NOT_COUNTED:
            continue
        number = file.tag_v2.get(_PAGE_NUMBER)
        numbered = numbered and number is not None
        found.append((number[0] if isinstance(number, tuple) else 0, frame))
    if numbered:
        found.sort()
    if wanted >= len(found):
        raise ImageProblem(
            "tiff-image-missing",
            f"Image {wanted + 1} of a TIFF with {len(found)} is wanted",
            "MO:DCA Object Offset Triplet X'5A'",
        )
    return found[wanted][1]


def undecoded_fax(data: bytes, header: Pillow.Image, report: Reporter) -> ImageData | None:
    """The image as it is, if it is one strip of CCITT data; None where it must be decoded, or turned."""
    tags: Any = header.tag_v2  # type: ignore[attr-defined]
    offsets, counts = tags.get(_OFFSETS, ()), tags.get(_COUNTS, ())
    compression = tags.get(_COMPRESSION, 1)
    upright = tags.get(_ORIENTATION, 1) == 1
    if header.mode != "1" or compression not in _FAX or not len(offsets) == len(counts) == 1 or not upright:
        return None
    strip = data[offsets[0] : offsets[0] + counts[0]]
    if len(strip) < counts[0]:
        message = f"The TIFF image lacks {counts[0] - len(strip)} bytes at its end; what came is shown"
        report("image-cut-off", message, "TIFF 6.0 StripByteCounts")
    if tags.get(_FILL_ORDER, 1) == 2:
        strip = reverse_bits(strip)
    options = tags.get(_T4_OPTIONS, 0) if compression == 3 else 0
    parameters = CcittParameters(
        4 if options & 1 else _FAX[compression],
        black_is_1=tags.get(_PHOTOMETRIC, 0) == 0,  # else coded "white" is what shows black
        byte_align=compression == 2,
        end_of_line=compression == 3,
    )
    return make_image(
        header.width, header.height, Encoding.CCITT, ImageModel.STENCIL, 1, strip, ccitt=parameters
    )
