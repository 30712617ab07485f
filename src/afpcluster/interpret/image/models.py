"""Colour models of IOCA images: samples or planes -> `ImageData` (IOCA "IDE Structure", Appendix B)."""

from __future__ import annotations

from afpcluster.afp.ioca import SUBTRACTIVE, ColourFormat
from afpcluster.afp.ioca_segment import Raster
from afpcluster.display.items import Encoding, ImageData, ImageModel
from afpcluster.heavy import Pillow
from afpcluster.interpret.image.data import ImageProblem, make_image
from afpcluster.interpret.image.elements import eight_bits
from afpcluster.interpret.image.samples import pillow_image

_MODELS = {1: ImageModel.GRAY, 3: ImageModel.RGB, 4: ImageModel.CMYK}
_YCC = (ColourFormat.YCRCB, ColourFormat.YCBCR)
_NCOLOUR = 0x80
_DEVICE = "AFPC_Device_"
_COLORANTS: dict[ImageModel, tuple[str, ...]] = {
    ImageModel.CMYK: ("C", "M", "Y", "K"),
    ImageModel.RGB: ("R", "G", "B"),
    ImageModel.GRAY: ("Gray",),
}
"""Names of colorants, behind their prefix, in the order of their device colour space."""


def subtractive(raster: Raster) -> bool:
    """Whether ASFLAG asks for reverse video."""
    structure = raster.structure
    return structure is not None and bool(structure.flags & SUBTRACTIVE)


def undo_gray_code(samples: bytes, bits: int, components: int) -> bytes:
    """Gray code of the whole IDE (IOCA "IDE Structure", GRAYCODE), for IDEs of 4 and 8 bits."""
    if bits not in (4, 8) or components != 1:
        raise ImageProblem(
            "ioca-gray-code-unsupported", "Gray coded colour is not supported", "IOCA IDE Structure"
        )
    table = []
    for byte in range(256):
        parts = (byte,) if bits == 8 else (byte >> 4, byte & 15)
        value = 0
        for part in parts:
            plain = part ^ part >> 1
            plain ^= plain >> 2
            plain ^= plain >> 4
            value = value << bits | plain
        table.append(value)
    return samples.translate(bytes(table))


def coloured(
    raster: Raster, samples: bytes, width: int, height: int, bits: int, components: int
) -> ImageData:
    """Samples of `components` interleaved components as the colour model says. Raises ImageProblem."""
    colour_format = raster.structure.format if raster.structure is not None else ColourFormat.YCBCR
    if colour_format & _NCOLOUR or (colour_format in _YCC and components == 3):
        samples = eight_bits(samples, bits, width * components, height)
        return from_planes(raster, [samples[n::components] for n in range(components)], width, height)
    if bits == 16:
        samples, bits = eight_bits(samples, bits, width * components, height), 8
    model = _model(components)
    return make_image(width, height, Encoding.RAW, model, bits, samples, inverted=subtractive(raster))


def from_planes(raster: Raster, planes: list[bytes], width: int, height: int) -> ImageData:
    """A plane of 8-bit samples for each component. Raises ImageProblem."""
    colour_format = raster.structure.format if raster.structure is not None else ColourFormat.RGB
    if colour_format & _NCOLOUR:
        return _from_colorants(raster, planes, width, height)
    if colour_format in _YCC and len(planes) == 3:
        return _from_ycc(raster, planes, width, height)
    return _interleaved(planes, width, height, _model(len(planes)), subtractive(raster))


def _model(components: int) -> ImageModel:
    model = _MODELS.get(components)
    if model is None:
        raise ImageProblem(
            "ioca-colour-unsupported",
            f"Images of {components} components are not supported",
            "IOCA IDE Structure",
        )
    return model


def _from_ycc(raster: Raster, planes: list[bytes], width: int, height: int) -> ImageData:
    """Planes Y, Cb, Cr (or Y, Cr, Cb) of 8 bits as RGB. ASFLAG applies to Y alone."""
    y, first, second = (Pillow.frombytes("L", (width, height), plane) for plane in planes)
    if subtractive(raster):
        y = y.point(range(255, -1, -1))
    swapped = raster.structure is not None and raster.structure.format == ColourFormat.YCRCB
    chroma = (second, first) if swapped else (first, second)
    return pillow_image(Pillow.merge("YCbCr", (y, *chroma)).convert("RGB"))


def _from_colorants(raster: Raster, planes: list[bytes], width: int, height: int) -> ImageData:
    """nColor whose colorants are all those of one device colour space (IOCA "nColor Names")."""
    names = [name.removeprefix(_DEVICE) for name in raster.colour_names if name.startswith(_DEVICE)]
    for model, colorants in _COLORANTS.items():
        if len(names) == len(planes) and set(names) <= set(colorants):
            by_name = dict(zip(names, planes, strict=True))
            in_order = [by_name.get(name, bytes(width * height)) for name in colorants]
            return _interleaved(in_order, width, height, model, False)
    raise ImageProblem(
        "ioca-ncolor-unsupported",
        f"An nColor image with the colorants {', '.join(raster.colour_names) or '(not named)'} needs a "
        "colour management resource",
        "IOCA nColor Names",
    )


def _interleaved(
    planes: list[bytes], width: int, height: int, model: ImageModel, inverted: bool
) -> ImageData:
    samples = bytearray(width * height * len(planes))
    for number, plane in enumerate(planes):
        samples[number :: len(planes)] = plane
    return make_image(width, height, Encoding.RAW, model, 8, bytes(samples), inverted=inverted)
