"""FOCA objects for tests, built from the declared structures: short calls, whole records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from fontTools.misc import eexec

from afpcluster.afp import foca
from afpcluster.afp.foca import PatternTechnology, UnitBase
from afpcluster.afp.framing import Record
from afpcluster.afp.names import encode_name
from afpcluster.document.resources import Resource
from afpcluster.findings import Findings


def records(*fields: tuple[int, bytes]) -> list[Record]:
    return [Record(type_, 0, data) for type_, data in fields]


def code_page(
    entries: Mapping[int, str],
    *,
    name: str = "T1TEST",
    space: int = 0x40,
    default: str = "SP010000",
    default_flags: int = 0,
    variable_space: bool = True,
    flags: Mapping[int, int] | None = None,
    number: int = 0,
    wide: bool = False,
) -> list[Record]:
    """Code point -> GCGID as a code page; `wide` makes it double-byte."""
    item = foca.DoubleByteCodePageEntry if wide else foca.CodePageEntry
    index = b"".join(
        item(gcgid=encode_name(gcgid), flags=(flags or {}).get(code, 0), code=code).encode()
        for code, gcgid in entries.items()
    )
    control = foca.CodePageControl(
        default_gcgid=encode_name(default),
        default_flags=default_flags,
        index_group_length=0x0B if wide else 0x0A,
        space_section=space >> 8 if wide else space,
        space_code=space & 0xFF,
        flags=foca.CODE_PAGE_VARIABLE_SPACE if variable_space else 0,
    ).encode()[:13]
    descriptor = foca.CodePageDescriptor(
        description=encode_name("TEST", 32),
        gcgid_length=8,
        number_of_code_points=len(entries),
        character_set_id=0,
        code_page_id=number,
    )
    return records(
        (foca.BCP, encode_name(name)),
        (foca.CPD, descriptor.encode()),
        (foca.CPC, control),
        (foca.CPI, index),
        (foca.ECP, encode_name(name)),
    )


def metrics(
    gcgid: str,
    increment: int,
    a: int = 0,
    b: int = 0,
    *,
    ascender: int = 0,
    descender: int = 0,
    index: int = 0,
) -> foca.CharacterMetrics:
    """FNI entry at rotation 0; the C-space is what is left of the increment."""
    return foca.CharacterMetrics(
        gcgid=encode_name(gcgid),
        increment=increment,
        ascender=ascender,
        descender=descender,
        pattern_index=index,
        a_space=a,
        b_space=b,
        c_space=increment - a - b,
        baseline_offset=ascender,
    )


def orientation(
    rotation: int = 0,
    *,
    space: int = 250,
    index: int = 0,
    flags: int = 0,
    em: int = 1000,
    increment: int = 1000,
    offset: int = 0,
    a_space: int = 0,
    nominal: int = 0,
) -> foca.FontOrientation:
    codes = {degrees: code for code, degrees in foca.ROTATIONS.items()}
    return foca.FontOrientation(
        rotation=codes[rotation],
        maximum_baseline_offset=offset,
        maximum_increment=increment,
        space_increment=space,
        maximum_baseline_extent=1000,
        flags=index << 5 | flags,
        em_space_increment=em,
        nominal_increment=nominal,
        minimum_a_space=a_space,
    )


def character_set(
    indexes: Sequence[Sequence[foca.CharacterMetrics]],
    *,
    name: str = "C0TEST",
    orientations: Sequence[foca.FontOrientation] | None = None,
    technology: int = PatternTechnology.RASTER,
    fixed: bool = False,
    resolution: int = 240,
    size: float = 10,
    horizontal_size: float = 0,
    boxes: Sequence[tuple[int, int, int]] = (),
    patterns: bytes = b"",
    names: bytes = b"",
    name_count: int = 0,
    flags: int = 0,
    alignment: int = 0,
    typeface: str = "TEST",
    typeface_id: int = 0,
    character_set_id: int = 0,
    index_group_length: int = 28,
    triplets: bytes = b"",
) -> list[Record]:
    """A character set; `boxes` are FNM entries (width, height, offset), `names` FNN data."""
    units = resolution * 10 if fixed else 1000
    control = foca.FontControl(
        technology=technology,
        flags=flags,
        x_unit_base=UnitBase.FIXED if fixed else UnitBase.RELATIVE,
        y_unit_base=UnitBase.FIXED if fixed else UnitBase.RELATIVE,
        x_units=units,
        y_units=units,
        maximum_box_width=0,
        maximum_box_height=0,
        orientation_group_length=26,
        index_group_length=index_group_length,
        pattern_alignment=alignment,
        shape_x_units=0 if fixed else resolution * 10,
        shape_y_units=0 if fixed else resolution * 10,
        name_count=name_count,
        triplets=triplets,
    )
    descriptor = foca.FontDescriptor(
        typeface=encode_name(typeface, 32),
        weight=5,
        width=5,
        maximum_size=round(size * 10),
        nominal_size=round(size * 10),
        minimum_size=round(size * 10),
        maximum_horizontal_size=0,
        nominal_horizontal_size=round(horizontal_size * 20),
        minimum_horizontal_size=0,
        design_class=0,
        design_subclass=0,
        design_group=0,
        design_flags=0,
        character_set_id=character_set_id,
        typeface_id=typeface_id,
    )
    position = foca.FontPosition(
        lowercase_height=500,
        cap_m_height=700,
        maximum_ascender=800,
        maximum_descender=200,
        underscore_width=50,
        underscore_position=100,
    )
    turned = orientations or [orientation()]
    mapped = b"".join(foca.PatternMapping(w - 1, h - 1, at).encode() for w, h, at in boxes)
    return records(
        (foca.BFN, encode_name(name)),
        (foca.FND, descriptor.encode()),
        (foca.FNC, control.encode()),
        (foca.FNM, mapped),
        (foca.FNO, b"".join(group.encode() for group in turned)),
        (foca.FNP, position.encode() * len(turned)),
        *((foca.FNI, b"".join(entry.encode() for entry in index)) for index in indexes),
        (foca.FNN, names),
        (foca.FNG, patterns),
        (foca.EFN, encode_name(name)),
    )


def name_map(names: Mapping[str, bytes]) -> bytes:
    """FNN data: GCGID -> glyph name, in two parts as real fonts have them."""
    at = 2 + 12 * len(names)
    head, tail = b"\x02\x03", b""
    for gcgid, glyph in names.items():
        head += foca.NameMapping(encode_name(gcgid), at + len(tail)).encode()
        tail += bytes((len(glyph) + 1,)) + glyph
    return head + tail


def type1_program(missing_width: int, name: str = "Test-Font") -> bytes:
    """The shape of a Type 1 program: clear header, encrypted portion with .notdef only."""
    number = b"\xff" + missing_width.to_bytes(4, "big")
    charstring, _ = eexec.encrypt(b"\0\0\0\0" + b"\x8b" + number + b"\x0d\x0e", 4330)
    private = (
        b"dup /Private 2 dict dup begin /lenIV 4 def /CharStrings 1 dict dup begin /.notdef %d RD "
        % len(charstring)
    )
    encrypted, _ = eexec.encrypt(b"\1\2\3\4" + private + charstring + b" ND", 55665)
    clear = f"%!PS-AdobeFont-1.0: {name}\n/FontName /{name} def\n/FontBBox [-10 -200 900 800] def\n"
    return (
        clear.encode("ascii")
        + b"/ItalicAngle -9.5 def /isFixedPitch true def\ncurrentfile eexec\n"
        + encrypted
    )


def pfb(program: bytes) -> bytes:
    """`program` in two PFB segments and an end."""
    half = len(program) // 2
    parts = (program[:half], program[half:])
    return (
        b"".join(
            b"\x80" + bytes((kind,)) + len(part).to_bytes(4, "little") + part
            for kind, part in zip((1, 2), parts, strict=True)
        )
        + b"\x80\x03"
    )


def outline_object(data: bytes, identifier: bytes = b"TEST.PFB", descriptor: bytes = b"") -> bytes:
    """FNG data of one outline object; `descriptor` for CID-keyed fonts."""
    described = (len(descriptor) + 2).to_bytes(2, "big") + descriptor if descriptor else b""
    body = (len(identifier) + 2).to_bytes(2, "big") + identifier + described + data
    return (len(body) + 8).to_bytes(4, "big") + b"\0\0\0\0" + body


def outline_set(
    glyphs: Mapping[str, tuple[bytes, int]], *, missing_width: int = 300, size: float = 0, **options: object
) -> list[Record]:
    """An outline character set: GCGID -> (glyph name, increment)."""
    return character_set(
        [[metrics(gcgid, increment, 20, 400, ascender=700) for gcgid, (_, increment) in glyphs.items()]],
        technology=PatternTechnology.TYPE1,
        names=name_map({gcgid: glyph for gcgid, (glyph, _) in glyphs.items()}),
        name_count=len(glyphs),
        patterns=outline_object(pfb(type1_program(missing_width))),
        size=size,
        **options,  # type: ignore[arg-type]
    )


def resource(kind: int, name: str, content: Iterable[Record]) -> Resource:
    """A resource of these records, as a scope holds it."""
    return _Resource(kind, (name,), Findings(), content=list(content))


class _Resource(Resource):
    """A resource that is not in a file."""

    def __init__(
        self, kind: int, names: tuple[str, ...], findings: Findings, *, content: list[Record]
    ) -> None:
        super().__init__(kind, names, findings)
        self._content = content

    def _read(self) -> list[Record]:
        return self._content
