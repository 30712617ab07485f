"""One image file in an object container, converted, rendered by PDFium, against Pillow's picture of the file.

A page point is an image point. Right is what looks the same, or what a finding says of it.
"""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageStat

from afpcluster.afp import modca
from afpcluster.afp.triplets import encode_triplet
from afpcluster.convert import convert
from afpcluster.findings import Severity
from afpcluster.options import Options
from afpcluster.sample.records import enclosed, field
from benchmarks.fuzz.seed_pages import area_at_origin

_LARGEST = 4_000  # points on a side that are compared
_UNITS = 720  # to ten inches: points
_MEAN, _FAR, _FAR_SHARE = 4.0, 24, 0.02
_MEAN_OF_INKS = 10.0  # viewers have ideas of their own of what inks look like
"""How far the mean may be, and what share of the points may be how far off, of 255."""

Image.MAX_IMAGE_PIXELS = None


_TYPES = {".dib": 17, ".pcx": 19}  # registered types of files that their first bytes do not tell


class Verdict(StrEnum):
    SAME = "same"
    TOLD = "told"  # it differs, or is not shown, and a finding says so
    NO_REFERENCE = "no reference"  # Pillow has no picture either, and nobody said that something is wrong
    WRONG = "wrong"


@dataclass(slots=True, frozen=True)
class Comparison:
    """`mean` is the mean difference of 255; `codes` are those of findings that say of a loss."""

    name: str
    verdict: Verdict
    mean: float
    codes: tuple[str, ...]


def compare(name: str, data: bytes) -> Comparison:
    """Convert and compare one file."""
    wanted = reference(data)
    size = wanted.size if wanted is not None else (100, 100)
    pdf, codes = _converted(data, size, _TYPES.get(Path(name).suffix.lower()))
    if wanted is None:
        return Comparison(name, Verdict.TOLD if codes else Verdict.NO_REFERENCE, 0.0, codes)
    shown = _rendered(pdf)
    mean, far = _difference(shown, wanted)
    if (mean <= _MEAN and far <= _FAR_SHARE) or (mean <= _MEAN_OF_INKS and _has_inks(data)):
        return Comparison(name, Verdict.SAME, mean, codes)
    return Comparison(name, Verdict.TOLD if codes else Verdict.WRONG, mean, codes)


def reference(data: bytes) -> Image.Image | None:
    """What Pillow shows on white, where only what is fully transparent is not shown (MO:DCA Appendix D);
    None where it cannot, or has no agreed way to show such samples."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data)) as image:
                if max(image.size) > _LARGEST:
                    return None
                image.load()
                return _on_white(image, data[24] if data[1:4] == b"PNG" else 8)
        except Exception:  # of whatever kind: it reads damaged files on purpose
            return None


def _has_inks(data: bytes) -> bool:
    with Image.open(io.BytesIO(data)) as image:
        return image.mode == "CMYK"


def _on_white(image: Image.Image, bits: int) -> Image.Image | None:
    if image.mode in ("I", "F"):
        return None
    if image.mode.startswith("I;16"):
        if image.info.get("transparency") is not None or getattr(image, "tag_v2", {}).get(262) == 0:
            return None  # Pillow leaves both to its user
        gray = image.convert("I").point(lambda value: value * (1 / 256))
        return gray.convert("L").convert("RGB")
    key = image.info.get("transparency")
    if image.format == "PNG" and image.mode == "L" and isinstance(key, int) and bits < 8:
        image.info["transparency"] = key * 255 // ((1 << bits) - 1)  # which Pillow scales not as its samples
    shown = image.convert("RGBA")
    if image.format == "GIF":  # in which all points are foreground
        return shown.convert("RGB")
    plain = Image.new("RGB", image.size, "white")
    plain.paste(shown.convert("RGB"), (0, 0), shown.getchannel("A").point(lambda value: 255 if value else 0))
    return plain


def _converted(data: bytes, size: tuple[int, int], kind: int | None) -> tuple[bytes, tuple[str, ...]]:
    """The PDF of a page with the file in a container of this type, and the codes of what was lost."""
    page = field("PGD", modca.PageDescriptor(0, 0, _UNITS, _UNITS, *size))
    triplets = encode_triplet(0x9A, struct.pack(">2xBBHH", 0, 0, _UNITS, _UNITS))  # an image point is a point
    if kind is not None:
        identifier = bytes.fromhex("06072B1200040101") + bytes((kind,))
        triplets += encode_triplet(0x10, b"\0\1\0\0\xdc\0" + identifier.ljust(16, b"\0"))
    records = (field("OCD", data[at : at + 32_000]) for at in range(0, len(data), 32_000))
    group = enclosed("BOG", "OEG", area_at_origin(*size, units=_UNITS))
    content = (enclosed("BAG", "AEG", (page,)), enclosed("BOC", "IMAGE", (group, *records), triplets))
    source = io.BytesIO(enclosed("BDT", "DOC", (enclosed("BPG", "PAGE", content),), b"\0\0"))
    sink = io.BytesIO()
    result = convert(source, sink, Options(raise_faults=True))
    codes = {f.code for f in result.findings if f.severity is not Severity.INFO}
    return sink.getvalue(), tuple(sorted(codes))


def _rendered(pdf: bytes) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    try:
        picture: Image.Image = document[0].render(scale=1).to_pil()
        return picture.convert("RGB")
    finally:
        document.close()


def _difference(shown: Image.Image, wanted: Image.Image) -> tuple[float, float]:
    """(mean difference, share of samples that are far off); all where sizes differ."""
    if shown.size != wanted.size:
        return 255.0, 1.0
    difference = ImageChops.difference(shown, wanted)
    histogram = difference.histogram()
    far = sum(sum(histogram[256 * channel + _FAR : 256 * (channel + 1)]) for channel in range(3))
    return max(ImageStat.Stat(difference).mean), far / (3 * shown.width * shown.height)
