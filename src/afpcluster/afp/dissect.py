"""Any structured field -> its parts by name, for people who look inside a file.

Generic: a declared structure, triplet, text control, drawing order or image parameter says itself what its
parts are called. What is not declared, or cannot be decoded, is shown as bytes; nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from afpcluster.afp import bcoca, code_pages, foca, goca, goca_descriptor, im_image, ioca, modca, ptoca
from afpcluster.afp import triplets as t
from afpcluster.afp.declare import DecodeError, Structure
from afpcluster.afp.fields import CODES, is_begin, is_end
from afpcluster.afp.names import decode_name, decode_text
from afpcluster.afp.notes import note_text
from afpcluster.afp.triplet_lengths import left_over
from afpcluster.light import dataclass

_SHOWN_BYTES = 32

Value = int | str | None


@dataclass(slots=True, frozen=True)
class Part:
    """A part of a field: a value, or parts of its own."""

    name: str
    value: Value = None
    parts: tuple[Part, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {"name": self.name}
        if self.value is not None:
            found["value"] = self.value
        if self.parts:
            found["parts"] = [part.as_dict() for part in self.parts]
        return found


STRUCTURES: Mapping[int, type[Structure]] = {
    CODES[name]: structure
    for name, structure in {
        "PGD": modca.PageDescriptor,
        "PTD": modca.PresentationTextDescriptor,
        "PTD1": modca.PresentationTextDescriptorFormat1,
        "OBD": modca.ObjectAreaDescriptor,
        "OBP": modca.ObjectAreaPosition,
        **dict.fromkeys(("MIO", "MGO", "MBC", "MCD", "MPT"), modca.MapObject),
        **dict.fromkeys(("MCF", "MDR", "MPO", "MPG", "MMT", "MMD"), modca.MapResources),
        "MCF1": modca.MapCodedFontFormat1,
        "MPS": modca.MapPageSegment,
        "MMO": modca.MapMediumOverlay,
        "MSU": modca.MapSuppression,
        "IOB": modca.IncludeObject,
        "IPO": modca.IncludePageOverlay,
        "IPS": modca.IncludePageSegment,
        "IPG": modca.IncludePage,
        "IMM": modca.InvokeMediumMap,
        "MDD": modca.MediumDescriptor,
        "MCC": modca.MediumCopyCount,
        "MMC": modca.MediumModificationControl,
        "MFC": modca.MediumFinishingControl,
        "PMC": modca.PageModificationControl,
        "PGP": modca.PagePosition,
        "PGP1": modca.PagePositionFormat1,
        "PEC": modca.PresentationEnvironmentControl,
        "PFC": modca.PresentationFidelityControl,
        "TLE": modca.TagLogicalElement,
        "LLE": modca.LinkLogicalElement,
        "IEL": modca.IndexElement,
        "PPO": modca.PreprocessPresentationObject,
        "CDD": modca.ContainerDataDescriptor,
        "CTC": modca.ComposedTextControl,
        "IDD": ioca.ImageDataDescriptor,
        "IOC": im_image.ImageOutputControl,
        "IID": im_image.ImageInputDescriptor,
        "ICP": im_image.ImageCellPosition,
        "BDD": bcoca.BarCodeSymbolDescriptor,
        "BDA": bcoca.BarCodeSymbolData,
        "FND": foca.FontDescriptor,
        "FNC": foca.FontControl,
        "CPD": foca.CodePageDescriptor,
        "CPC": foca.CodePageControl,
        "CFC": foca.CodedFontControl,
    }.items()
}
"""The structure of each field that is one."""

REPEATED: Mapping[int, type[Structure]] = {
    CODES["FNO"]: foca.FontOrientation,
    CODES["FNP"]: foca.FontPosition,
    CODES["FNI"]: foca.CharacterMetrics,
    CODES["FNM"]: foca.PatternMapping,
    CODES["CPI"]: foca.CodePageEntry,
    CODES["CFI"]: foca.CodedFontSection,
}
"""Fields that repeat a structure to their end, without a length of their own."""

_IMAGE_PARAMETERS: Mapping[int, type[Structure]] = {
    ioca.Parameter.IMAGE_SIZE: ioca.ImageSize,
    ioca.Parameter.IMAGE_ENCODING: ioca.ImageEncoding,
    ioca.Parameter.IDE_STRUCTURE: ioca.IdeStructure,
    ioca.Parameter.BAND_IMAGE: ioca.BandImage,
    ioca.Parameter.TILE_POSITION: ioca.TilePosition,
    ioca.Parameter.TILE_SIZE: ioca.TileSize,
}


def dissect(type_: int, data: bytes, code_page: int = code_pages.DEFAULT) -> list[Part]:
    """The parts of the data of a structured field. Names and values of triplets are read in `code_page`
    where they declare none."""
    try:
        return list(_parts(type_, data, code_page))
    except (DecodeError, ValueError, IndexError) as error:
        return [Part("problem", str(error)), Part("data", shown(data))]


def _parts(type_: int, data: bytes, code_page: int) -> Iterable[Part]:
    if is_begin(type_) or is_end(type_):
        return _begin(data, code_page)
    special = _SPECIAL.get(type_)
    if special is not None:
        return special(data)
    structure = STRUCTURES.get(type_)
    if structure is not None:
        return structure_parts(structure.decode(data), code_page)
    repeated = REPEATED.get(type_)
    if repeated is not None:
        return _repeated(repeated, data, code_page)
    return [Part("data", shown(data))] if data else []


def shown(data: bytes) -> str:
    """Bytes in hexadecimal; of many the first, and how many there are."""
    text = f"X'{data[:_SHOWN_BYTES].hex().upper()}'"
    return text if len(data) <= _SHOWN_BYTES else f"{text}… {len(data)} bytes"


def _begin(data: bytes, code_page: int) -> Iterator[Part]:
    if data:
        yield Part("name", decode_name(data[:8]))
    yield from triplet_parts(modca.begin_triplets(data), code_page)


def structure_parts(value: Structure, code_page: int = code_pages.DEFAULT) -> Iterator[Part]:
    """The parts of a declared structure, by the names of its declaration."""
    for declared in fields(value):  # type: ignore[arg-type]
        content = getattr(value, declared.name)
        if declared.name == "triplets":
            yield from triplet_parts(content, code_page)
        elif isinstance(content, list):
            for number, group in enumerate(content, 1):
                yield Part(f"group {number}", None, tuple(structure_parts(group, code_page)))
        elif isinstance(content, bytes):
            yield Part(declared.name, _text_or_bytes(declared.name, content))
        else:
            yield Part(declared.name, content)


def _text_or_bytes(name: str, content: bytes) -> str:
    """Names are EBCDIC tokens of eight bytes (MO:DCA "External Resource Naming Conventions")."""
    if re.search(r"name|gcgid|level", name) and len(content) <= 8:
        return decode_name(content)
    return shown(content)


def triplet_parts(data: bytes, code_page: int = code_pages.DEFAULT) -> Iterator[Part]:
    """The triplets of a field, each with its parts; then what those of impossible length hide."""
    for triplet in t.split_triplets(data):
        if triplet.id == _CODED_SET and len(triplet.data) >= 4:
            code_page = t.CodedGraphicCharacterSet.decode(triplet.data).code_page
        yield _triplet(triplet, code_page)
    if rest := left_over(data):
        yield Part("not a triplet", shown(rest))


_CODED_SET = 0x01
_FQN_NAMES = {
    value: name.lower().replace("_", " ") for name, value in vars(t.FqnType).items() if isinstance(value, int)
}


def _triplet(triplet: t.Triplet, code_page: int) -> Part:
    kind = t.TRIPLETS.get(triplet.id)
    if kind is None:
        return Part(f"triplet X'{triplet.id:02X}'", shown(triplet.data))
    title = re.sub(r"^MO:DCA | Triplet X'..'|\s*\(retired\)", "", kind.shape.spec)
    if kind is t.FullyQualifiedName and len(triplet.data) >= 2:
        name = _FQN_NAMES.get(triplet.data[0], f"type X'{triplet.data[0]:02X}'")
        return Part(f"{title} ({name})", t.name_of(triplet.data, code_page))
    try:
        decoded = kind.decode(triplet.data)
    except DecodeError as error:
        return Part(title, None, (Part("problem", str(error)), Part("data", shown(triplet.data))))
    if isinstance(decoded, t.AttributeValue):
        return Part(title, decode_text(decoded.value, code_page))
    return Part(title, None, tuple(structure_parts(decoded, code_page)))


def _repeated(kind: type[Structure], data: bytes, code_page: int) -> Iterator[Part]:
    for number, group in enumerate(foca.repeat(kind, data, kind.shape.size), 1):
        yield Part(f"group {number}", None, tuple(structure_parts(group, code_page)))


def text_parts(data: bytes, read: Callable[[bytes], str] | None = None) -> Iterator[Part]:
    """Text controls (PTOCA) and the text between them; `read` decodes text."""
    text = read or shown
    for item in ptoca.split_controls(data):
        if isinstance(item, bytes):
            yield Part("text", text(item))
            continue
        control = ptoca.TABLE[item.type]
        if control is None:
            yield Part(f"control X'{item.type:02X}'", shown(item.operands))
        elif control.mnemonic == "TRN":
            yield Part(f"{control.mnemonic} {control.name}", text(item.operands))
        elif not control.operands:
            yield Part(f"{control.mnemonic} {control.name}", shown(item.operands) if item.operands else None)
        else:
            yield Part(f"{control.mnemonic} {control.name}", None, tuple(_operands(control, item.operands)))


def _operands(control: ptoca.Control, data: bytes) -> Iterator[Part]:
    values = ptoca.operand_decoder(control)(data)
    if values is None:
        yield Part("problem", f"needs {control.required} bytes of operands")
        yield Part("data", shown(data))
        return
    for operand, value in zip(control.operands, values, strict=False):
        number = int.from_bytes(value, "big", signed=True) if isinstance(value, bytes) else value
        yield Part(operand.name, number)


def _graphics(data: bytes) -> Iterator[Part]:
    """Segments (AFP GOCA) and the drawing orders in them."""
    segments, problems = goca.segments(data)
    for number, segment in enumerate(segments, 1):
        yield Part(f"segment {number}", None, tuple(_orders(segment.data)))
    for problem in problems:
        yield Part("problem", problem.message)


def _orders(data: bytes) -> Iterator[Part]:
    try:
        for code, operands in goca.orders(data):
            order = goca.ORDERS.get(code)
            if order is None:
                yield Part(f"order X'{code:02X}'", shown(operands))
                continue
            name = f"{order.mnemonic} {order.name}"
            try:
                values = order.decode(operands)
            except goca.OrderError as error:
                yield Part(name, None, (Part("problem", str(error)), Part("data", shown(operands))))
                continue
            parts = [Part(*pair) for pair in zip(order.names, map(_operand, values), strict=False)]
            yield Part(name, None, tuple(parts))
    except goca.OrderError as error:
        yield Part("problem", str(error))


def _operand(value: Any) -> Value:
    if isinstance(value, bytes):
        return shown(value)
    return value if isinstance(value, int) else " ".join(f"({x}, {y})" for x, y in value)


def _graphics_descriptor(data: bytes) -> Iterator[Part]:
    kinds: dict[int, type[Structure]] = {
        goca_descriptor.WINDOW_SPECIFICATION: goca_descriptor.WindowSpecification,
        goca_descriptor.SET_CURRENT_DEFAULTS: goca_descriptor.SetCurrentDefaults,
    }
    for code, content in goca_descriptor.descriptor_parameters(data):
        kind = kinds.get(code)
        if kind is None or len(content) < kind.shape.required:
            yield Part(f"parameter X'{code:02X}'", shown(content))
        else:
            title = kind.shape.spec.removeprefix("AFP GOCA ")
            yield Part(title, None, tuple(structure_parts(kind.decode(content))))


def _image(data: bytes) -> Iterator[Part]:
    """Self-defining fields of an image segment (IOCA), as far as this field holds them whole."""
    at = 0
    while at + 2 <= len(data):
        code, begin, length = data[at], at + 2, data[at + 1]
        if code == 0xFE and at + 4 <= len(data):
            code, begin, length = (
                code << 8 | data[at + 1],
                at + 4,
                int.from_bytes(data[at + 2 : at + 4], "big"),
            )
        content = data[begin : begin + length]
        known = code in list(ioca.Parameter)
        if not known:
            yield Part("image data that goes on", shown(data[at:]))
            return
        name = ioca.Parameter(code).name.lower()
        kind = _IMAGE_PARAMETERS.get(code)
        if kind is None or len(content) < kind.shape.required:
            yield Part(name, shown(content) if content else None)
        else:
            yield Part(name, None, tuple(structure_parts(kind.decode(content))))
        at = begin + length


_SPECIAL: Mapping[int, Callable[[bytes], Iterable[Part]]] = {
    CODES["PTX"]: text_parts,
    CODES["GAD"]: _graphics,
    CODES["GDD"]: _graphics_descriptor,
    CODES["IPD"]: _image,
    CODES["NOP"]: lambda data: [Part("note", note_text(data))],
}
