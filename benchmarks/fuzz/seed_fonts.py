"""Fonts of two letters: raster, Type 1 outline and TrueType, each as a resource.

The outline is cut out of the sample's font; the others are drawn here.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from tempfile import NamedTemporaryFile

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.t1Lib import T1Font

from afpcluster.afp import foca, modca, triplets
from afpcluster.afp.declare import Structure
from afpcluster.afp.framing import encode
from afpcluster.afp.names import encode_name
from afpcluster.sample.records import field, made, triplet
from afpcluster.sample.typefaces import REGULAR
from afpcluster.sample.typefaces import resource as sample_resource

LETTERS = {0xC1: ("LA020000", "A"), 0x82: ("LB010000", "b"), 0x40: ("SP010000", "space")}
_GROUP = tuple(sorted(LETTERS.values()))
_NO_NAME = b"\x40" * 32

Envelope = Callable[[str, int, bytes], bytes]
"""Puts an object of this name and type into its Begin and End Resource."""

TRUE_TYPE = made(
    triplets.ObjectClassification,
    object_class=0x41,
    structure_flags=b"\xdc\x00",
    object_id=bytes.fromhex("06072B120004010133").ljust(16, b"\0"),
)


def _fields(*records: tuple[int, bytes | Structure]) -> bytes:
    return b"".join(encode(type_, d if isinstance(d, bytes) else d.encode()) for type_, d in records)


@cache
def code_page() -> bytes:
    descriptor = foca.CodePageDescriptor(_NO_NAME, 8, len(LETTERS), 695, 500, 0x6100)
    control = foca.CodePageControl(encode_name("SP010000"), 0, 10, 0x40, 0x40).encode()[:13]
    entries = (
        foca.CodePageEntry(encode_name(gcgid), 0, code) for code, (gcgid, _) in sorted(LETTERS.items())
    )
    return _fields(
        (foca.BCP, encode_name("T1TINY")),
        (foca.CPD, descriptor),
        (foca.CPC, control),
        (foca.CPI, b"".join(entry.encode() for entry in entries)),
        (foca.ECP, encode_name("T1TINY")),
    )


def _descriptor() -> Structure:
    found: Structure = made(
        foca.FontDescriptor,
        typeface=_NO_NAME,
        weight=5,
        width=5,
        maximum_size=100,
        nominal_size=100,
        minimum_size=100,
        maximum_horizontal_size=67,
        nominal_horizontal_size=67,
        minimum_horizontal_size=67,
        design_class=8,
        design_subclass=5,
        design_group=0,
        design_flags=0,
    )
    return found


def _control(technology: int, base: int, units: int, **counts: int) -> Structure:
    found: Structure = made(
        foca.FontControl,
        technology=technology,
        flags=0,
        x_unit_base=base,
        y_unit_base=base,
        x_units=units,
        y_units=units,
        maximum_box_width=7,
        maximum_box_height=7,
        orientation_group_length=26,
        index_group_length=28,
        **counts,
    )
    return found


def _metrics(unit: int) -> tuple[Structure, Structure, bytes]:
    """FNO, FNP and FNI of characters eight units wide."""
    orientation = made(
        foca.FontOrientation,
        rotation=0,
        maximum_baseline_offset=8 * unit,
        maximum_increment=9 * unit,
        space_increment=9 * unit,
        maximum_baseline_extent=8 * unit,
        flags=0,
    )
    position = made(
        foca.FontPosition,
        lowercase_height=unit,
        cap_m_height=unit,
        maximum_ascender=unit,
        maximum_descender=0,
    )
    index = b"".join(
        made(
            foca.CharacterMetrics,
            gcgid=encode_name(gcgid),
            increment=9 * unit,
            ascender=8 * unit,
            pattern_index=number,
            b_space=8 * unit,
            c_space=unit,
            baseline_offset=8 * unit,
        ).encode()
        for number, (gcgid, _) in enumerate(_GROUP)
    )
    return orientation, position, index


@cache
def raster_resources(envelope: Envelope) -> bytes:
    """A raster font of 8 by 8 pels at 300 per inch, with its code page."""
    patterns = bytes.fromhex("183C66C3FFC3C3C3 80808098A4A4A498 0000000000000000")
    places = b"".join(foca.PatternMapping(7, 7, 8 * number).encode() for number in range(len(_GROUP)))
    orientation, position, index = _metrics(1)
    body = _fields(
        (foca.BFN, encode_name("C0TINY")),
        (foca.FND, _descriptor()),
        (foca.FNC, _control(foca.PatternTechnology.RASTER, 0, 3000, raster_data_count=len(patterns))),
        (foca.FNM, places),
        (foca.FNO, orientation),
        (foca.FNP, position),
        (foca.FNI, index),
        (foca.FNG, patterns),
        (foca.EFN, encode_name("C0TINY")),
    )
    return envelope("T1TINY", 0x41, code_page()) + envelope("C0TINY", 0x40, body)


@cache
def outline_resources(envelope: Envelope) -> bytes:
    """A Type 1 font with its code page."""
    program = type1_program()
    pattern = foca.OutlineObjectHeader(10 + len(program), 0, 2).encode() + program
    start = 2 + 12 * len(_GROUP)
    mappings, names = b"", b""
    for gcgid, name in _GROUP:
        mappings += foca.NameMapping(encode_name(gcgid), start + len(names)).encode()
        names += bytes((len(name) + 1,)) + name.encode("ascii")
    name_map = foca.NameMapHeader(2, 3).encode() + mappings + names
    orientation, position, index = _metrics(100)
    counts = {
        "outline_data_count": len(pattern),
        "name_data_count": len(name_map),
        "name_count": len(_GROUP),
    }
    body = _fields(
        (foca.BFN, encode_name("CZTINY")),
        (foca.FND, _descriptor()),
        (foca.FNC, _control(foca.PatternTechnology.TYPE1, 2, 1000, **counts)),
        (foca.FNO, orientation),
        (foca.FNP, position),
        (foca.FNI, index),
        (foca.FNN, name_map),
        (foca.FNG, pattern),
        (foca.EFN, encode_name("CZTINY")),
    )
    return envelope("T1TINY", 0x41, code_page()) + envelope("CZTINY", 0x40, body)


@cache
def type1_program() -> bytes:
    """The sample's regular font with nothing but our letters."""
    data = sample_resource(REGULAR)
    pattern, at = b"", 0
    while at < len(data):
        end = at + 1 + int.from_bytes(data[at + 1 : at + 3], "big")
        if int.from_bytes(data[at + 3 : at + 6], "big") == foca.FNG:
            pattern += data[at + 9 : end]
        at = end
    (outline,) = foca.outline_objects(pattern, described=False)
    with NamedTemporaryFile(suffix=".pfb") as file:
        file.write(outline.data)
        file.flush()
        font = T1Font(file.name, kind="PFB")
        keep = {".notdef"} | {name for _, name in LETTERS.values()}
        font.parse()
        shapes = font.font["CharStrings"]
        for name in [name for name in shapes if name not in keep]:
            del shapes[name]
        program: bytes = font.createData()
    return program


@cache
def true_type() -> bytes:
    """A TrueType font whose letters are rectangles."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "A", "b", "space"])
    builder.setupCharacterMap({0x41: "A", 0x62: "b", 0x20: "space"})
    pen = TTGlyphPen(None)
    for number, point in enumerate(((100, 0), (100, 700), (500, 700), (500, 0))):
        (pen.lineTo if number else pen.moveTo)(point)
    pen.closePath()
    box, empty = pen.glyph(), TTGlyphPen(None).glyph()
    builder.setupGlyf({".notdef": empty, "A": box, "b": box, "space": empty})
    builder.setupHorizontalMetrics(dict.fromkeys(builder.font.getGlyphOrder(), (600, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Tiny", "fullName": "Tiny", "psName": "Tiny"})
    builder.setupOS2()
    builder.setupPost()
    out = io.BytesIO()
    builder.font["head"].created = builder.font["head"].modified = 3_000_000_000
    builder.font.recalcTimestamp = False
    builder.save(out)
    return out.getvalue()


def true_type_container(name: bytes) -> bytes:
    """An object container resource that holds the TrueType font under its full name (UTF-16BE)."""
    names = triplet(triplets.CodedGraphicCharacterSet(0, 1200)) + triplet(
        triplets.FullyQualifiedName(triplets.FqnType.REPLACE_FIRST_GID, 0, name)
    )
    kind = triplet(triplets.ResourceObjectType(0x92, bytes(7)))
    begin = modca.BeginReserved(encode_name("TINY"), 0, kind + triplet(TRUE_TYPE) + names).encode()
    container = (
        field("BOC", encode_name("TINY") + triplet(TRUE_TYPE))
        + field("OCD", true_type())
        + field("EOC", encode_name("TINY"))
    )
    return field("BRS", begin) + container + field("ERS", encode_name("TINY"))
