"""TIFF files of object containers: the wanted image among several, fax and JPEG data that pass undecoded.

Reduced images and masks belong to another image and do not count; page numbers, where the file has them,
order the images (MO:DCA "Object Offset Triplet X'5A'").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from afpcluster.codecs.bytewise import reverse_bits
from afpcluster.codecs.ccitt import RowForm, Scheme
from afpcluster.codecs.jpeg import read_header
from afpcluster.codecs.jpeg_strips import join_strips
from afpcluster.display.items import Encoding, ImageData, ImageModel
from afpcluster.findings import Reporter
from afpcluster.heavy import Pillow
from afpcluster.interpret.image.data import ImageProblem, make_image
from afpcluster.interpret.image.fax import fax_image
from afpcluster.interpret.image.pillow import pillow_header, reading

_FAX = {2: Scheme.TIFF_2, 3: Scheme.G3_MH, 4: Scheme.G4}
_SUBFILE_TYPE, _PAGE_NUMBER = 254, 297
_COMPRESSION, _PHOTOMETRIC, _FILL_ORDER = 259, 262, 266
_OFFSETS, _ORIENTATION, _COUNTS, _T4_OPTIONS = 273, 274, 279, 292
_TAGS = (_COMPRESSION, _PHOTOMETRIC, _FILL_ORDER, _OFFSETS, _ORIENTATION, _COUNTS, _T4_OPTIONS)
_NOT_COUNTED = 0b101  # of the subfile type: a reduced image, a transparency mask
_MAX_IMAGES = 10_000


def tiff_frame(data: bytes, wanted: int) -> int:
    """The place in the file of its paginated image `wanted`, both from 0. Raises ImageProblem."""
    found = list(_images(data))
    counted = [image for image in found if not image.type & _NOT_COUNTED] or found
    if all(image.page is not None for image in counted):
        counted.sort(key=lambda image: (image.page or 0, image.frame))
    if wanted >= len(counted):
        raise ImageProblem(
            "tiff-image-missing",
            f"Image {wanted + 1} of a TIFF with {len(counted)} is wanted",
            "MO:DCA Object Offset Triplet X'5A'",
        )
    return counted[wanted].frame


class _Image(NamedTuple):
    """One image of a file: its place, subfile type and page number, if it has one."""

    frame: int
    type: int
    page: int | None


def _images(data: bytes) -> Iterator[_Image]:
    """The images of a file, up to one whose directory is damaged."""
    file: Any = pillow_header(data, "TIFF")
    for frame in range(_MAX_IMAGES):
        try:
            with reading("TIFF"):
                file.seek(frame)
                kind, number = file.tag_v2.get(_SUBFILE_TYPE, 0), file.tag_v2.get(_PAGE_NUMBER)
        except ImageProblem:  # also behind the last one
            return
        page = number[0] if isinstance(number, tuple) and number else None
        yield _Image(frame, kind if isinstance(kind, int) else 0, page)


def undecoded_fax(data: bytes, header: Pillow.Image, report: Reporter) -> ImageData | None:
    """The image as it is, if it is one strip of CCITT data; None where it must be decoded, or turned."""
    with reading("TIFF"):
        found = header.tag_v2  # type: ignore[attr-defined]
        tags = {tag: found.get(tag) for tag in _TAGS}
        offsets: tuple[int, ...] = tags[_OFFSETS] or ()
        counts: tuple[int, ...] = tags[_COUNTS] or ()
        compression, upright = tags[_COMPRESSION], tags[_ORIENTATION] in (None, 1)
        one_strip = len(offsets) == len(counts) == 1
        if header.mode != "1" or compression not in _FAX or not one_strip or not upright:
            return None
        strip = data[offsets[0] : offsets[0] + counts[0]]
    if len(strip) < counts[0]:
        message = f"The TIFF image lacks {counts[0] - len(strip)} bytes at its end; what came is shown"
        report("image-cut-off", message, "TIFF 6.0 StripByteCounts")
    if tags[_FILL_ORDER] == 2:
        strip = reverse_bits(strip)
    options = (tags[_T4_OPTIONS] or 0) if compression == 3 else 0
    scheme = Scheme.G3_MR if options & 1 else _FAX[compression]
    size = (header.width, header.height)
    form = RowForm(header.width, aligned=compression == 2)
    return fax_image(strip, form, scheme, size, report, black_paints=not tags[_PHOTOMETRIC])


def undecoded_jpeg(data: bytes, header: Pillow.Image) -> ImageData | None:
    """The image as it is, if it is in strips of JPEG data of gray, RGB or YCbCr; None where it must be
    decoded."""
    with reading("TIFF"):
        found = header.tag_v2  # type: ignore[attr-defined]
        if found.get(_COMPRESSION) != _JPEG or found.get(_ORIENTATION, 1) != 1 or found.get(_PLANES, 1) != 1:
            return None
        model = _JPEG_MODELS.get(found.get(_PHOTOMETRIC))
        if model is None or not found.get(_OFFSETS) or header.mode not in ("L", "RGB", "YCbCr"):
            return None
        pieces = zip(found[_OFFSETS], found[_COUNTS], strict=True)
        strips = [data[start : start + count] for start, count in pieces]
        tables = bytes(found.get(_JPEG_TABLES, b""))
    size = (header.width, header.height)
    joined = join_strips(tables, strips, *size, rgb=found[_PHOTOMETRIC] == _RGB)
    if joined is None or len(read_header(joined).components) != (1 if model is ImageModel.GRAY else 3):
        return None
    return make_image(*size, Encoding.JPEG, model, 8, joined)


_JPEG = 7  # TIFF Compression
_JPEG_TABLES, _PLANES = 347, 284
_RGB = 2  # PhotometricInterpretation
_JPEG_MODELS = {1: ImageModel.GRAY, _RGB: ImageModel.RGB, 6: ImageModel.RGB}
