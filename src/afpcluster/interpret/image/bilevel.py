"""Bilevel IOCA rasters: stencils, transparency masks and one-bit bands.

1 is significant and paints, 0 leaves what is below (IOCA Appendix B "Bilevel Images"). CCITT and JBIG2
data is passed on. RIDIC codes rows padded to bytes; of a wider coded row only the image is shown.
"""

from __future__ import annotations

from afpcluster.afp.ioca import Compression, Recording
from afpcluster.afp.ioca_segment import Raster
from afpcluster.codecs.bytewise import decode_lzw, decode_rl4, pad_rows, turn_over, unpack_bits
from afpcluster.codecs.ccitt import RowForm, Scheme, coded_form, decode
from afpcluster.codecs.jbig2 import Jbig2Error, embedded_stream
from afpcluster.display.items import Encoding, ImageData, ImageModel
from afpcluster.findings import Reporter
from afpcluster.heavy import Pillow
from afpcluster.interpret.image.data import (
    MAX_DECODED_BYTES,
    ImageProblem,
    Pixels,
    compression_problem,
    make_image,
    report_size,
    report_surplus,
)
from afpcluster.interpret.image.elements import ordered
from afpcluster.interpret.image.fax import MAX_ROWS, fax_image

_CCITT = {
    Compression.IBM_MMR: Scheme.IBM_MMR,
    Compression.TIFF_2: Scheme.TIFF_2,
    Compression.G3_MH: Scheme.G3_MH,
    Compression.G3_MR: Scheme.G3_MR,
    Compression.G4_MMR: Scheme.G4,
}


def bilevel_pixels(raster: Raster, data: bytes, report: Reporter) -> Pixels:
    """A stencil. Raises ImageProblem."""
    compression = raster.encoding.compression
    if raster.mask is not None:
        return _masked_stencil(raster, data, report)
    if compression == Compression.JBIG2:
        return _jbig2(raster, data, report)
    scheme = _CCITT.get(Compression(compression)) if compression in _CCITT else None
    bottom_up = raster.encoding.recording == Recording.BOTTOM_TO_TOP
    if scheme is None or scheme is Scheme.IBM_MMR or bottom_up:
        height = raster.height
        rows = bilevel_rows(raster, data, raster.width, height, report)
        row_length = (raster.width + 7) // 8
        height = height or len(rows) // row_length
        image = make_image(raster.width, height, Encoding.RAW, ImageModel.STENCIL, 1, rows)
        return Pixels(image, raster.width, height)
    return _ccitt(raster, data, scheme, report)


def _ccitt(raster: Raster, data: bytes, scheme: Scheme, report: Reporter) -> Pixels:
    """T.4 and T.6 data."""
    _check_size(raster.width, raster.height)
    form = _row_form(raster, data, raster.width, scheme)
    image = fax_image(data, form, scheme, (raster.width, raster.height), report)
    return Pixels(image, image.width, image.height)


def _row_form(raster: Raster, data: bytes, width: int, scheme: Scheme) -> RowForm:
    padded = raster.encoding.recording != Recording.UNPADDED_RIDIC
    return coded_form(data, width, scheme, padded=padded)


def _jbig2(raster: Raster, data: bytes, report: Reporter) -> Pixels:
    try:
        found = embedded_stream(data)
    except Jbig2Error as error:
        raise ImageProblem("jbig2-bad", f"Damaged JBIG2 data: {error}", _JBIG2_SPEC) from error
    width, height = found.width, found.height
    if found.pages > 1:
        report(
            "jbig2-pages",
            f"JBIG2 data has {found.pages} pages; the first one is shown",
            "IOCA JBIG2 Algorithm",
        )
    if found.cut_off:
        report("jbig2-cut-off", "JBIG2 data breaks off before its end; viewers show what came", _JBIG2_SPEC)
    if raster.width and raster.height:
        report_size(raster, width, height, report)
    image = make_image(width, height, Encoding.JBIG2, ImageModel.STENCIL, 1, found.data)
    return Pixels(image, width, height)


_JBIG2_SPEC = "ITU-T T.88 section 7.2"


def _check_size(width: int, height: int) -> None:
    if not width or (width + 7) // 8 * height > MAX_DECODED_BYTES:
        raise ImageProblem(
            "ioca-size-bad", f"Image of {width} x {height} points cannot be decoded", "IOCA Image Size"
        )


def bilevel_rows(raster: Raster, data: bytes, width: int, height: int, report: Reporter) -> bytes:
    """Decoded rows of `width` points padded to bytes, as many as `height` (0: as many as there are)."""
    _check_size(width, height)
    compressed = raster.encoding.compression != Compression.NONE
    if compressed and raster.encoding.recording == Recording.BOTTOM_TO_TOP:
        stored = (width + 31) // 32 * 32  # rows as they were recorded are what was compressed
        rows = _decoded_rows(raster, data, stored, height, report)
        return turn_over(rows, width, height or len(rows) * 8 // stored)
    return _decoded_rows(raster, data, width, height, report)


def _decoded_rows(raster: Raster, data: bytes, width: int, height: int, report: Reporter) -> bytes:
    row_length = (width + 7) // 8
    size = row_length * (height or MAX_ROWS)
    compression = raster.encoding.compression
    if compression in _CCITT:
        scheme = _CCITT[Compression(compression)]
        form = _row_form(raster, data, width, scheme)
        rows, count, *_ = decode(data, form, scheme, height or MAX_ROWS)
        if count < height:
            _report_short(report, height - count)
        if (form.width + 7) // 8 != row_length:
            raise ImageProblem("ccitt-bad", "Coded rows and image have different lengths", "IOCA Appendix A")
    elif compression == Compression.RL4:
        rows, _ = decode_rl4(data, width, height, size)
    elif compression == Compression.LZW:
        rows = decode_lzw(data, size)
    elif compression == Compression.PACKBITS:
        rows = unpack_bits(data, size)
    elif compression == Compression.NONE:
        report_surplus(raster, data, width, height, report)
        rows = _recorded(raster, data, width, height)
        if height and len(rows) < size:
            _report_short(report, height - len(rows) // row_length)
    else:
        raise compression_problem(compression)
    return rows[:size].ljust(size, b"\0") if height else rows[: len(rows) // row_length * row_length]


def _recorded(raster: Raster, data: bytes, width: int, height: int) -> bytes:
    """Uncompressed rows in the usual order."""
    recording = raster.encoding.recording
    if recording == Recording.BOTTOM_TO_TOP:
        return turn_over(data, width, height or len(data) // ((width + 31) // 32 * 4))
    unpadded = len(data) == (width * height + 7) // 8  # as some producers have RIDIC too
    if recording == Recording.UNPADDED_RIDIC:
        unpadded = len(data) < (width + 7) // 8 * (height or MAX_ROWS)
    if unpadded:
        return pad_rows(data, width, height or len(data) * 8 // width)
    return data


def _report_short(report: Reporter, rows: int) -> None:
    report("ioca-data-short", f"Image data ends {rows} rows early; they are left blank", "IOCA Image Data")


def _masked_stencil(raster: Raster, data: bytes, report: Reporter) -> Pixels:
    """A stencil with a transparency mask: a point paints where both have a 1. The mask's points are those
    of the presentation space, so the raster gets its resolution too."""
    assert raster.mask is not None
    rows = bilevel_rows(raster, data, raster.width, raster.height, report)
    raster.height = raster.height or len(rows) // ((raster.width + 7) // 8)
    width, height = raster.width * raster.scale, raster.height * raster.scale
    if raster.scale > 1 and height:
        _check_size(width * 8, height)  # Pillow needs a byte for each point
        coarse = Pillow.frombytes("1", (raster.width, raster.height), rows)
        rows = coarse.resize((width, height), Pillow.Resampling.NEAREST).tobytes()
        raster.width, raster.height, raster.scale = width, height, 1
    if (raster.mask.width, raster.mask.height) == (width, height):
        try:
            rows = _and(rows, _mask_rows(raster.mask, report))
        except ImageProblem as problem:
            report_mask(problem, raster.mask, report)
    else:
        report(
            "ioca-mask-size",
            f"A transparency mask of {raster.mask.width} x {raster.mask.height} points does not match its "
            f"image of {width} x {height}; it is ignored",
            "IOCA Transparency Masks",
        )
    return Pixels(make_image(width, height, Encoding.RAW, ImageModel.STENCIL, 1, rows), width, height)


def both_masks(one: Raster, two: Raster, report: Reporter) -> Raster:
    """The mask that shows what both show, for a tile and its resource (IOCA "Include Tile", note 3).
    Raises ImageProblem."""
    if (one.width, one.height) != (two.width, two.height):
        raise ImageProblem(
            "ioca-mask-size",
            f"A tile's mask has {one.width} x {one.height} points, its resource's {two.width} x {two.height}",
            "IOCA Include Tile",
        )
    rows = _and(_mask_rows(one, report), _mask_rows(two, report))
    return Raster(one.offset, width=one.width, height=one.height, data=bytearray(rows))


def _and(one: bytes, two: bytes) -> bytes:
    return (int.from_bytes(one, "big") & int.from_bytes(two, "big")).to_bytes(len(one), "big")


def report_mask(problem: ImageProblem, mask: Raster, report: Reporter) -> None:
    """Say that a mask cannot be used: its image is better shown whole than not at all."""
    report(
        problem.code,
        f"{problem}; the transparency mask is ignored, its image is shown whole",
        "IOCA Transparency Masks",
        offset=mask.offset,
    )


def _mask_rows(mask: Raster, report: Reporter) -> bytes:
    return bilevel_rows(mask, ordered(mask, mask.data), mask.width, mask.height, report)


def mask_image(mask: Raster, scale: int, pixels: Pixels, report: Reporter) -> ImageData:
    """The transparency mask as a stencil over all the samples of `pixels`. Raises ImageProblem.

    Its points are those of the presentation space: `scale` of them a sample (IOCA "Transparency Masks").
    """
    width, height = pixels.width * scale, pixels.height * scale
    if (mask.width, mask.height) != (width, height):
        report(
            "ioca-mask-size",
            f"A transparency mask of {mask.width} x {mask.height} points does not match its image of "
            f"{width} x {height}; it is stretched",
            "IOCA Transparency Masks",
        )
    whole = (pixels.image.width, pixels.image.height) == (pixels.width, pixels.height)
    if whole:
        found = bilevel_pixels(mask, ordered(mask, mask.data), report)
        if found.image.width == found.width:
            return found.image
    rows = _mask_rows(mask, report)
    if whole:
        return make_image(mask.width, mask.height, Encoding.RAW, ImageModel.STENCIL, 1, rows)
    _check_size(pixels.image.width * scale * 8, pixels.image.height * scale)
    canvas = Pillow.new("1", (pixels.image.width * scale, pixels.image.height * scale))
    canvas.paste(
        Pillow.frombytes("1", (mask.width, mask.height), rows),
        (round(pixels.left * scale), round(pixels.top * scale)),
    )
    return make_image(*canvas.size, Encoding.RAW, ImageModel.STENCIL, 1, canvas.tobytes())
