"""One IOCA raster (untiled image content, tile or mask) -> `Pixels`.

Rules (IOCA Appendix A and B): IDE size 1 is bilevel, 1 paints, whatever the IDE Structure says; more
without an IDE Structure is gray, 0 is black. ASFLAG "subtractive" is reverse video. RIDIC rows are padded to
bytes before compression. JPEG says itself what its components are. Sizes the data gives win over those
of the parameters (EC-9401).
"""

from __future__ import annotations

from afpcluster.afp.ioca import GRAY_CODED, ColourFormat, Compression, Recording
from afpcluster.afp.ioca_segment import Raster
from afpcluster.codecs.bytewise import (
    decode_lzw,
    pad_rows,
    turn_over,
    undo_predictor,
    unpack_bits,
)
from afpcluster.display.items import ImageModel
from afpcluster.findings import Reporter, Severity
from afpcluster.heavy import Pillow
from afpcluster.interpret.image.bilevel import bilevel_pixels, bilevel_rows, mask_image, report_mask
from afpcluster.interpret.image.data import (
    MAX_DECODED_BYTES,
    ImageProblem,
    Pixels,
    compression_problem,
    make_image,
    report_size,
    report_surplus,
)
from afpcluster.interpret.image.elements import (
    component_bits,
    full_size,
    luma_samples,
    ordered,
    settle_elements,
)
from afpcluster.interpret.image.jpeg import jpeg_pixels, jpeg_size
from afpcluster.interpret.image.models import coloured, from_planes, subtractive, undo_gray_code

_JPEG_START = b"\xff\xd8\xff"
_NCOLOUR_FORMATS = range(0x82, 0x90)
_RECORDINGS = (Recording.RIDIC, Recording.BOTTOM_TO_TOP, Recording.UNPADDED_RIDIC)


def raster_pixels(raster: Raster, report: Reporter) -> Pixels:
    """The samples of a raster, with its transparency mask. Raises ImageProblem."""
    _check_parameters(raster, report)
    pixels = (
        _banded(raster, report) if raster.bands else _single(raster, ordered(raster, raster.data), report)
    )
    if raster.mask is None or pixels.image.model is ImageModel.STENCIL:  # which has it already
        return pixels
    try:
        mask = mask_image(raster.mask, raster.scale, pixels, report)
    except ImageProblem as problem:
        report_mask(problem, raster.mask, report)
        return pixels
    image = pixels.image
    return pixels._replace(
        image=make_image(
            image.width,
            image.height,
            image.encoding,
            image.model,
            image.bits,
            image.data,
            palette=image.palette,
            inverted=image.inverted,
            mask=mask,
        )
    )


def _check_parameters(raster: Raster, report: Reporter) -> None:
    """Say which values of parameters are reserved, and what is taken instead."""
    recording, order = raster.encoding.recording, raster.encoding.bit_order
    if order > 1:
        report(
            "ioca-parameter-bad",
            f"Bit order X'{order:02X}' is reserved; the highest bit of a byte comes first",
            "IOCA Image Encoding",
            severity=Severity.SUBSTITUTED,
            offset=raster.offset,
        )
    colours = raster.structure.format if raster.structure is not None and raster.ide_size > 1 else None
    if colours is not None and colours not in (0, *ColourFormat, *_NCOLOUR_FORMATS):
        report(
            "ioca-parameter-bad",
            f"Colour format X'{colours:02X}' is reserved; the number of components says which one is taken",
            "IOCA IDE Structure",
            severity=Severity.SUBSTITUTED,
            offset=raster.offset,
        )
    if recording not in _RECORDINGS and raster.encoding.compression != Compression.JPEG:
        report(
            "ioca-recording-unsupported",
            f"Recording algorithm X'{recording:02X}' is not supported; the image is read as RIDIC",
            "IOCA Image Encoding",
            severity=Severity.SUBSTITUTED,
            offset=raster.offset,
        )


def _single(raster: Raster, data: bytes, report: Reporter) -> Pixels:
    """Image data in one piece."""
    if raster.encoding.compression == Compression.JPEG or data[:3] == _JPEG_START:
        pixels = jpeg_pixels(data, report, subtractive=subtractive(raster))
        return _in_tile(raster, pixels, report)
    settle_elements(raster, data, report)
    if raster.ide_size == 1:
        return bilevel_pixels(raster, data, report)
    return _continuous(raster, data, report)


def _in_tile(raster: Raster, pixels: Pixels, report: Reporter) -> Pixels:
    """Where the tile begins in a JPEG that was padded to 8 by 8 blocks of the presentation space (IOCA
    "Tile Size", note 6). Untiled images and JPEGs without such padding begin at their corner."""
    if not raster.width or not raster.height:
        return pixels
    if pixels.width < raster.width or pixels.height < raster.height or not raster.tiled:
        report_size(raster, pixels.width, pixels.height, report)
    if not raster.tiled:
        return pixels
    left, top = (position % (8 * raster.scale) / raster.scale for position in (raster.x, raster.y))
    fits = pixels.width >= left + raster.width and pixels.height >= top + raster.height
    return Pixels(
        pixels.image,
        min(raster.width, pixels.width),
        min(raster.height, pixels.height),
        left if fits else 0,
        top if fits else 0,
    )


def _continuous(raster: Raster, data: bytes, report: Reporter) -> Pixels:
    """Gray and colour samples that are not JPEG."""
    sizes = component_bits(raster)
    bits = sizes[0]
    if len(set(sizes)) != 1 or bits not in (1, 2, 4, 8, 16) or sum(sizes) != raster.ide_size:
        raise ImageProblem(
            "ioca-ide-unsupported",
            f"Image data elements of {raster.ide_size} bits with components of {list(sizes)} bits are not "
            "supported",
            "IOCA IDE Structure",
        )
    luma = luma_samples(raster)
    width, height = -(-raster.width // luma) * luma, raster.height
    row_bits = width // luma * (luma + 2) * 8 if luma > 1 else width * raster.ide_size
    row_length = (row_bits + 7) // 8
    samples = _samples(raster, data, row_bits, len(sizes), report)
    if height == 0 and row_length:
        height = len(samples) // row_length
    if raster.encoding.compression == Compression.NONE and 0 < len(samples) < row_length * height:
        height = -(-len(samples) // row_length)  # what is missing stays blank: zeros would be black
        report("ioca-data-short", f"Image data ends {raster.height - height} rows early", "IOCA Image Data")
    samples = _complete(raster, samples, row_length * height, report)
    if luma > 1:
        samples = full_size(samples, luma)
    if raster.structure is not None and raster.structure.flags & GRAY_CODED:
        samples = undo_gray_code(samples, bits, len(sizes))
    image = coloured(raster, samples, width, height, bits, len(sizes))
    return Pixels(image, raster.width, height)


def _samples(raster: Raster, data: bytes, row_bits: int, components: int, report: Reporter) -> bytes:
    """Decompressed samples, rows padded to bytes."""
    compression, recording = raster.encoding.compression, raster.encoding.recording
    row_length = (row_bits + 7) // 8
    size = row_length * raster.height
    if not row_length or size > MAX_DECODED_BYTES:
        raise ImageProblem(
            "ioca-size-bad",
            f"Image of {raster.width} x {raster.height} points cannot be decoded",
            "IOCA Image Size",
        )
    if compression in (Compression.LZW, Compression.LZW_PREDICTOR):
        data = decode_lzw(data, size)
        if compression == Compression.LZW_PREDICTOR:
            data = undo_predictor(data, row_length, components)
    elif compression == Compression.PACKBITS:
        data = unpack_bits(data, size)
    elif compression != Compression.NONE:
        raise compression_problem(compression)
    else:
        report_surplus(raster, data, row_bits, raster.height, report)
    if recording == Recording.BOTTOM_TO_TOP:
        return turn_over(data, row_bits, raster.height)
    if recording == Recording.UNPADDED_RIDIC and row_bits % 8 and len(data) < size:
        return pad_rows(data, row_bits, raster.height)
    return data


def _complete(raster: Raster, samples: bytes, size: int, report: Reporter) -> bytes:
    """The samples at their full size; what is missing is zero. LZW encoders end early without it being an
    exception (IOCA "Image Encoding", note 5)."""
    if len(samples) < size:
        lzw = raster.encoding.compression in (Compression.LZW, Compression.LZW_PREDICTOR)
        report(
            "ioca-data-short",
            f"Image data lacks {size - len(samples)} of {size} bytes; the rest is taken as zeros",
            "IOCA Image Data",
            severity=Severity.INFO if lzw else Severity.SKIPPED,
        )
    return samples[:size].ljust(size, b"\0")


def _banded(raster: Raster, report: Reporter) -> Pixels:
    """Bands: each a plane of its own, compressed on its own; an empty one is all zeros (IOCA "Band Image
    Data"). CMYK with only black ink stays one gray plane, so that its JPEG passes undecoded."""
    if raster.data:
        report(
            "ioca-data-beside-bands",
            "An image has Image Data beside its Band Image Data; only the bands are shown",
            "IOCA Image Data, EC-9201",
            offset=raster.offset,
        )
    first = min(1, *raster.bands)  # band numbers begin at 1, and at 0 in error
    count = len(raster.band_bits) or max(raster.bands) + 1 - first
    surplus = [number for number in raster.bands if number >= count + first]
    if surplus:
        report(
            "ioca-band-unexpected",
            f"An image of {count} bands has data of band {', '.join(map(str, surplus))}, which is not shown",
            "IOCA Band Image Data",
            offset=raster.offset,
        )
    components = len(component_bits(raster)) if raster.structure is not None else count
    if components != count:
        report(
            "ioca-band-unexpected",
            f"An IDE structure of {components} components and {count} bands do not agree; the bands count",
            "IOCA Band Image",
            severity=Severity.SUBSTITUTED,
            offset=raster.offset,
        )
    bands = [ordered(raster, raster.bands.get(n, b"")) for n in range(first, count + first)]
    if count == 1:
        return _single(raster, bands[0], report)
    if (
        raster.encoding.compression == Compression.JPEG
        and not any(bands[:3])
        and count == 4
        and not subtractive(raster)
    ):
        return _in_tile(raster, jpeg_pixels(bands[3], report, subtractive=True), report)
    planes, (width, height) = _planes(raster, bands, report)
    return _in_tile(raster, Pixels(from_planes(raster, planes, width, height), width, height), report)


def _planes(raster: Raster, bands: list[bytes], report: Reporter) -> tuple[list[bytes], tuple[int, int]]:
    """Every band as samples of 8 bits, all of the same size."""
    width, height = raster.width, raster.height
    if raster.encoding.compression == Compression.JPEG:
        width, height = max(map(jpeg_size, bands))
        if not width:
            raise ImageProblem("jpeg-bad", "No band has JPEG data", "IOCA Band Image Data")
    if width * height * len(bands) > MAX_DECODED_BYTES or not width or not height:
        raise ImageProblem(
            "ioca-size-bad", f"Bands of {width} x {height} points cannot be decoded", "IOCA Image Size"
        )
    sizes = raster.band_bits or (8,) * len(bands)
    planes = [
        _plane(raster, band, bits, width, height, report) for band, bits in zip(bands, sizes, strict=True)
    ]
    return planes, (width, height)


def _plane(raster: Raster, band: bytes, bits: int, width: int, height: int, report: Reporter) -> bytes:
    """One band as `width` x `height` samples of 8 bits."""
    if not band:
        return bytes(width * height)
    if raster.encoding.compression == Compression.JPEG:
        return _jpeg_plane(band, width, height, report)
    if bits == 1:
        rows = bilevel_rows(raster, band, width, height, report)
        return Pillow.frombytes("1", (width, height), rows).convert("L").tobytes()
    if bits != 8:
        raise ImageProblem(
            "ioca-ide-unsupported", f"Bands of {bits} bits are not supported", "IOCA Band Image"
        )
    return _complete(raster, _samples(raster, band, width * 8, 1, report), width * height, report)


def _jpeg_plane(band: bytes, width: int, height: int, report: Reporter) -> bytes:
    from afpcluster.interpret.image.pillow import open_with_pillow

    plane = open_with_pillow(band, "JPEG", report).convert("L")
    if plane.size != (width, height):
        plane = plane.crop((0, 0, width, height))
    return plane.tobytes()
