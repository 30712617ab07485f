"""What an image data element (IDE) consists of, and its samples in a form that outputs know.

IDE Size and IDE Structure should agree (IOCA EC-9B18); where producers got one of them wrong, the amount
of data tells which. Samples of 1, 2, 4 and 16 bits become bytes where planes are needed, and subsampled
colour is brought to full size (IOCA "Image Subsampling").
"""

from __future__ import annotations

from afpcluster.afp.ioca import ColourFormat, Compression, IdeStructure
from afpcluster.afp.ioca_segment import Raster
from afpcluster.codecs.bytewise import reverse_bits
from afpcluster.findings import Reporter, Severity
from afpcluster.heavy import Pillow
from afpcluster.interpret.image.data import ImageProblem

_BILEVEL_ONLY = frozenset(
    {
        Compression.IBM_MMR,
        Compression.RL4,
        Compression.TIFF_2,
        Compression.G3_MH,
        Compression.G3_MR,
        Compression.G4_MMR,
        Compression.JBIG2,
    }
)
_ASSUMED = {
    24: IdeStructure(0, ColourFormat.RGB, 0, b"\x08\x08\x08"),
    32: IdeStructure(0, ColourFormat.CMYK, 0, b"\x08\x08\x08\x08"),
}
"""What elements of so many bits are where nothing says it."""


def ordered(raster: Raster, data: bytes | bytearray) -> bytes:
    """Data with the highest bit first (IOCA "Image Encoding", BITORDR), as that of JPEG always is."""
    if raster.encoding.bit_order == 1 and raster.encoding.compression != Compression.JPEG:
        return reverse_bits(bytes(data))
    return bytes(data)


def settle_elements(raster: Raster, data: bytes, report: Reporter) -> None:
    """Make IDE Size and IDE Structure of a raster agree, with a finding where they do not."""
    size, structure = raster.ide_size, raster.structure
    total = sum(structure.sizes) if structure is not None else 0
    if raster.encoding.compression in _BILEVEL_ONLY:
        raster.ide_size, raster.structure = 1, None
        if size == 1 and total <= 1:
            return
    elif structure is None:
        if size not in _ASSUMED:
            return
        raster.structure = _ASSUMED[size]
    elif total in (0, size):
        return
    elif _fills(raster, data, size) and not _fills(raster, data, total):
        raster.structure = _ASSUMED.get(size)
    else:
        raster.ide_size = total
    said = f"an IDE structure of {total}" if structure is not None else "no IDE structure"
    shown = raster.structure
    report(
        "ioca-ide-mismatch",
        f"An IDE size of {size} bits and {said} do not agree with each other and the compression; the image "
        f"is read with {raster.ide_size} bits in {len(shown.sizes) if shown is not None else 1} component(s)",
        "IOCA IDE Structure, EC-9B18",
        severity=Severity.SUBSTITUTED,
        offset=raster.offset,
    )


def _fills(raster: Raster, data: bytes, bits: int) -> bool:
    """Whether uncompressed data is just what an image with elements of so many bits has."""
    expected = (raster.width * bits + 7) // 8 * raster.height
    return raster.encoding.compression == Compression.NONE and len(data) == expected


def component_bits(raster: Raster) -> tuple[int, ...]:
    """Bits of each component that is there, from IDE Structure, else one component of the IDE size."""
    if raster.structure is None:
        return (raster.ide_size,)
    return tuple(size for size in raster.structure.sizes if size) or (raster.ide_size,)


def eight_bits(samples: bytes, bits: int, row_samples: int, height: int) -> bytes:
    """Samples of 1, 2, 4, 8 or 16 bits, rows padded to bytes, as bytes of the whole range."""
    if bits == 8:
        return samples
    if bits == 16:
        return samples[::2]
    if bits == 1:
        return Pillow.frombytes("1", (row_samples, height), samples).convert("L").tobytes()
    return Pillow.frombytes("L", (row_samples, height), samples, "raw", f"L;{bits}").tobytes()


def luma_samples(raster: Raster) -> int:
    """How many luma samples share one sample of each chroma component along a row; 1 if the image is not
    subsampled.
    Raises ImageProblem where the sampling ratios are of no function set."""
    ratios = list(raster.sampling)
    while ratios and ratios[-1] == (1, 1):
        ratios.pop()
    if not ratios:
        return 1
    if len(ratios) == 1 and ratios[0] == (2, 1) and component_bits(raster) == (8, 8, 8):
        return 2
    raise ImageProblem(
        "ioca-subsampling-unsupported",
        f"Image data with the sampling ratios {list(raster.sampling)} is not supported without JPEG",
        "IOCA Image Subsampling",
    )


def full_size(samples: bytes, luma: int) -> bytes:
    """Groups of `luma` first components and one of both others, as interleaved full components."""
    out = bytearray(len(samples) // (luma + 2) * luma * 3)
    for index in range(luma):
        out[3 * index :: 3 * luma] = samples[index :: luma + 2]
        out[3 * index + 1 :: 3 * luma] = samples[luma :: luma + 2]
        out[3 * index + 2 :: 3 * luma] = samples[luma + 1 :: luma + 2]
    return bytes(out)
