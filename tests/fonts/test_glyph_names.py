"""Names of the font name map (FNN), right and wrong: no printed code point is blank without a finding."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from foca_objects import character_set, code_page, metrics, name_map, outline_object
from fontTools.misc import eexec

from afpcluster.afp import foca
from afpcluster.afp.foca import PatternTechnology
from afpcluster.afp.framing import Record
from afpcluster.afp.names import encode_name
from afpcluster.display.items import GlyphRun, Page
from afpcluster.findings import Findings
from afpcluster.fonts.foca.active import active_font
from afpcluster.fonts.foca.character_set import CharacterSet
from afpcluster.fonts.foca.character_set import character_set as parse
from afpcluster.fonts.foca.code_page import code_page as parse_page
from afpcluster.fonts.foca.faces import face_of
from afpcluster.fonts.foca.glyph_names import find_glyph
from rendering import pdf_of

PRESENT = {"A", "eacute", "a.alt", "uni20AC", "gr\xfcn", "u1F600", "space"}


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        (b"A", "", "A"),
        (b"a.alt", "\u00e9", "a.alt"),  # what FNN says counts before the text
        (b"A\0", "", "A"),
        (b"A   ", "", "A"),
        (b"  A", "", "A"),
        (b"\0A", "", "A"),
        (b"eacute\x03A\0x", "", "eacute"),  # the next name's count and the next name
        (b"/A", "", "A"),
        (b" /eacute ", "", "eacute"),
        ("eacute".encode("cp500"), "", "eacute"),
        ("A".encode("cp500").ljust(4, b"\x40"), "", "A"),
        ("/A".encode("cp500"), "", "A"),
        (b"gr\xfcn", "", "gr\xfcn"),
        (b"", "A", "A"),
        (b"", "\u00e9", "eacute"),
        (b"", "\u20ac", "uni20AC"),
        (b"", "\U0001f600", "u1F600"),
        (b"G17", "\u00e9", "eacute"),
        (b"G17", "\u00e8", None),
        (b"eacut", "", None),
        (b"", "", None),
        (b"", "fi", None),
        (b"\xff\xff", "", None),
    ],
)
def test_spellings(name: bytes, text: str, found: str | None) -> None:
    assert find_glyph(name, text, PRESENT) == found


NAMES = {"LA010000": b"a.alt", "LE110000": b"eacute", "SP010000": b"space", "LB010000": b"b"}
GLYPHS = {name: (name, 500) for name in ("a.alt", "eacute", "b", "q")}
PAGE = {0x81: "LA010000", 0x51: "LE110000", 0x82: "LB010000", 0x40: "SP010000"}


def program(names: Mapping[str, object]) -> bytes:
    """A Type 1 program in which every glyph is the same box."""
    box = bytes([139, 239, 13, 239, 6, 239, 7, 39, 6, 9, 14])  # 0 100 hsbw, a box of 100 by 100
    charstring = eexec.encrypt(bytes(4) + box, 4330)[0]
    private = (
        b"dup /Private 5 dict dup begin /RD {string currentfile exch readstring pop} def /ND {def} def\n"
    )
    private += b"2 index /CharStrings %d dict dup begin\n" % len(names)
    for name in names:
        private += b"/%b %d RD %b ND\n" % (name.encode("latin-1"), len(charstring), charstring)
    private += (
        b"end end readonly put noaccess put dup/FontName get exch definefont pop mark currentfile closefile\n"
    )
    head = b"%!PS-AdobeFont-1.0: Named\n/FontName /Named def /FontMatrix [0.001 0 0 0.001 0 0] def\n"
    return head + b"currentfile eexec\n" + bytes(eexec.encrypt(bytes(4) + private, 55665)[0])


def counted(names: Mapping[str, bytes], own: int) -> bytes:
    """FNN data whose names are counted without (0) or with (1) the byte of the count."""
    head, tail = b"\x02\x03", b""
    for gcgid, name in names.items():
        head += foca.NameMapping(encode_name(gcgid), 2 + 12 * len(names) + len(tail)).encode()
        tail += bytes((len(name) + own,)) + name
    return head + tail


def named(names: bytes, count: int = len(NAMES), technology: int = PatternTechnology.TYPE1) -> CharacterSet:
    index = [metrics(gcgid, 500, 20, 400, ascender=700) for gcgid in NAMES]
    fng = outline_object(program({".notdef": 0, "space": 0, **GLYPHS}))
    return parse(character_set([index], technology=technology, names=names, name_count=count, patterns=fng))


RIGHT = {0x81: "a.alt", 0x51: "eacute", 0x82: "b"}


@pytest.mark.parametrize(
    ("characters", "expected"),
    {
        "right": (named(name_map(NAMES)), RIGHT),
        "the count leaves itself out": (named(counted(NAMES, 0)), RIGHT),
        "FNC counts too few": (named(name_map(NAMES), 1), RIGHT),
        "FNC counts too many": (named(name_map(NAMES), 99), RIGHT),
        "no FNN": (named(b"", 0), {**RIGHT, 0x81: "LA010000"}),  # the program has no `a`
        "padded": (named(name_map({key: name + b"\0\0" for key, name in NAMES.items()})), RIGHT),
        "slashes": (named(name_map({key: b"/" + name for key, name in NAMES.items()})), RIGHT),
        "EBCDIC": (
            named(name_map({key: name.decode().encode("cp500") for key, name in NAMES.items()})),
            RIGHT,
        ),
        "FNC says raster": (named(name_map(NAMES), technology=PatternTechnology.RASTER), RIGHT),
        "another name": (named(name_map({**NAMES, "LE110000": b"G17"})), RIGHT),
        "no such glyph": (named(name_map({**NAMES, "LA010000": b"G17"})), {**RIGHT, 0x81: "G17"}),
    }.values(),
)
def test_every_printed_code_point_has_a_glyph_or_is_told(
    characters: CharacterSet, expected: dict[int, str]
) -> None:
    page = parse_page(code_page(PAGE))
    face = face_of(characters, page)
    assert face.glyphs == expected
    assert active_font("test", face, characters, page, 10).advances[0x81] == 5
    missing = {"G17", "LA010000"} & set(expected.values())
    assert [finding.message for finding in findings_of(face, b"\x81\x51\x82\x40")] == [
        f"font program Named has no glyph {name} (1 in all); they show nothing" for name in missing
    ]


def findings_of(face: object, codes: bytes) -> Findings:
    """What is said of a page that shows these codes."""
    findings = Findings()
    pdf_of([Page(1, 100, 100, [GlyphRun(face, 20, 10, 50, codes)])], findings=findings)  # type: ignore[arg-type]
    return findings


@pytest.mark.parametrize(
    ("patterns", "told"),
    [
        (b"\x80\x80", []),
        (b"\0\0", []),  # blank because the font has it so
        (b"\x80", ["font TEST has no pattern for code point X'81' (1 in all); they show nothing"]),
    ],
)
def test_raster_patterns_that_are_not_there(patterns: bytes, told: list[str]) -> None:
    index = [metrics("LA010000", 10, 0, 1, ascender=2)]
    made: list[Record] = character_set([index], size=12, boxes=[(1, 2, 0)], patterns=patterns)
    face = face_of(parse(made), parse_page(code_page({0x81: "LA010000", 0x40: "SP010000"})))
    found = findings_of(face, b"\x81\x40\xff")
    assert [finding.message for finding in found if finding.code == "font-glyph-missing"] == told
