"""JPEG data as it came wherever an output can carry it (ITU-T T.81)."""

from __future__ import annotations

from afpcluster.codecs.jpeg import (
    ARITHMETIC_FRAMES,
    PASSABLE_FRAMES,
    PROGRESSIVE_FRAME,
    JpegError,
    JpegHeader,
    ended,
    mark_as_rgb,
    read_header,
)
from afpcluster.display.items import Encoding, ImageModel
from afpcluster.findings import Reporter, Severity
from afpcluster.interpret.image.data import ImageProblem, Pixels, make_image
from afpcluster.interpret.image.samples import pillow_image

_SPEC = "ITU-T T.81 Annex B"
_YCCK = 2  # colour transform of an Adobe marker
_JPEG_MODELS = {1: ImageModel.GRAY, 3: ImageModel.RGB, 4: ImageModel.CMYK}


def jpeg_pixels(data: bytes, report: Reporter, *, subtractive: bool = False, ioca: bool = True) -> Pixels:
    """A JPEG, undecoded where a PDF can carry it. Raises ImageProblem.

    `subtractive` reverses it (IOCA "IDE Structure", ASFLAG). Four components with an Adobe marker mean 255
    = no ink, as all programs write such files, but in `ioca` only where they are YCCK.
    """
    try:
        header = read_header(data)
    except JpegError as error:
        raise ImageProblem("jpeg-bad", f"Damaged JPEG data: {error}", _SPEC) from error
    model = _JPEG_MODELS.get(len(header.components))
    if model is None or header.bits != 8 or not header.width or not header.height:
        raise ImageProblem(
            "jpeg-unsupported",
            f"JPEG of {len(header.components)} components with {header.bits} bits, {header.width} x "
            f"{header.height} samples: only 1, 3 or 4 components with 8 bits are supported",
            "ITU-T T.81",
        )
    inverted = subtractive
    if model is ImageModel.CMYK and header.adobe_transform is not None:
        inverted = _ioca_inks_inverted(header, subtractive, report) if ioca else not inverted
    came, data = data, ended(bytes(data))
    whole = data == came
    if not whole:
        report("jpeg-cut-off", "JPEG data breaks off before its end; what came is shown", _SPEC)
    if header.frame in PASSABLE_FRAMES and (whole or header.frame != PROGRESSIVE_FRAME):
        if header.unmarked_rgb:
            data = mark_as_rgb(data)
        image = make_image(
            header.width, header.height, Encoding.JPEG, model, 8, bytes(data), inverted=inverted
        )
    elif header.frame in ARITHMETIC_FRAMES or not whole:  # scans that lack differ from viewer to viewer
        from afpcluster.interpret.image.pillow import open_with_pillow

        image = pillow_image(open_with_pillow(data, "JPEG", report), inverted=inverted)
    else:
        raise ImageProblem(
            "jpeg-unsupported",
            f"JPEG process X'{header.frame:02X}' (lossless or hierarchical) is not supported",
            "IOCA External Algorithm Specification",
        )
    return Pixels(image, header.width, header.height)


def _ioca_inks_inverted(header: JpegHeader, subtractive: bool, report: Reporter) -> bool:
    """Whether the inks of a JPEG with an Adobe marker are stored as 255 - value: ASFLAG says so, and YCCK
    is so by definition (IOCA Glossary "YCCK"). Otherwise IOCA's own reading stands, where 0 is no ink."""
    if header.adobe_transform == _YCCK or subtractive:
        return True
    report(
        "jpeg-inks-ambiguous",
        "A CMYK JPEG has an Adobe marker, which often means that inks are stored inverted, but the IDE "
        "structure says additive; 0 is taken as no ink. If colours look reversed, set ASFLAG",
        "IOCA IDE Structure, ASFLAG",
        severity=Severity.INFO,
    )
    return False


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height in samples; (0, 0) where the header cannot be read."""
    try:
        header = read_header(data)
    except JpegError:
        return 0, 0
    return header.width, header.height
