"""From map fields to fonts: search order, sizes, sections, substitutes and what is reported."""

from __future__ import annotations

import gc
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from foca_objects import character_set, code_page, metrics, orientation, outline_set, records, resource
from map_groups import descriptor, local_id, mcf, name
from scopes import codes, scope

from afpcluster.afp import foca
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import Record, encode
from afpcluster.afp.names import encode_name
from afpcluster.afp.triplets import encode_triplet
from afpcluster.display.face import OutlineFace, ProgramKind, RasterFace, RasterGlyph
from afpcluster.document.folders import FolderScope
from afpcluster.document.resources import (
    CHARACTER_SET,
    CODE_PAGE,
    CODED_FONT,
    Resource,
    ResourceScope,
)
from afpcluster.findings import Findings, MissingResourceError
from afpcluster.fonts.font import Font
from afpcluster.fonts.library import FontLibrary
from afpcluster.options import STAND_IN_FOLDERS

GLYPHS = {"LA010000": (b"a", 500), "SP010000": (b"space", 250)}
PAGE = {0x81: "LA010000", 0x40: "SP010000"}
PAIR = name(0x86, "CZTEST") + name(0x85, "T1TEST") + local_id(1)


def outline(**options: Any) -> Resource:
    return resource(CHARACTER_SET, "CZTEST", outline_set(GLYPHS, **options))


def page(gcgids: dict[int, str] | None = None, **options: Any) -> Resource:
    return resource(CODE_PAGE, "T1TEST", code_page(gcgids or PAGE, **options))


def coded(*sections: tuple[int, float, float], names: str = "CZTEST") -> Resource:
    """A coded font: (section, size, horizontal scale) in points."""
    groups = b"".join(
        foca.CodedFontSection(
            encode_name(names), encode_name("T1TEST"), round(size * 20), round(scale * 20), number
        ).encode()
        for number, size, scale in sections
    )
    control = foca.CodedFontControl(25).encode()
    return resource(CODED_FONT, "X0TEST", records((foca.CFC, control), (foca.CFI, groups)))


@pytest.mark.parametrize(
    ("group", "sections", "size", "advance"),
    [
        (PAIR + descriptor(12), (), 12, 6),
        (PAIR + descriptor(0, 3), (), 9, 4.5),  # three times the horizontal size
        (PAIR, (), 8, 4),  # the nominal size
        (PAIR + descriptor(12) + encode_triplet(0x5D, (480).to_bytes(2, "big")), (), 12, 12),
        (name(0x8E, "X0TEST") + local_id(1), ((0, 20, 0),), 20, 10),
        (name(0x8E, "X0TEST") + local_id(1), ((0, 20, 10),), 20, 5),
        (name(0x8E, "X0TEST") + local_id(1) + descriptor(12), ((0, 20, 10),), 12, 6),
        (name(0x8E, "X0TEST") + local_id(1), ((0, 0, 0),), 8, 4),
    ],
)
def test_outline_sizes(
    group: bytes, sections: tuple[tuple[int, float, float], ...], size: float, advance: float
) -> None:
    findings = Findings()
    resources = scope(outline(size=8), page(), *([coded(*sections)] if sections else []))
    font = FontLibrary(findings).fonts_of(mcf(group), resources)[1]
    assert (font.size, font.advances[0x81]) == (size, pytest.approx(advance))
    assert codes(findings) == []


def test_raster_fonts_keep_their_size() -> None:
    raster = resource(
        CHARACTER_SET,
        "CZTEST",
        character_set([[metrics("LA010000", 500)]], size=10, boxes=[(8, 1, 0)], patterns=b"\xff"),
    )
    font = FontLibrary(Findings()).fonts_of(mcf(PAIR + descriptor(24)), scope(raster, page()))[1]
    assert isinstance(font.face, RasterFace)
    assert (font.size, font.stretch) == (10, 1)


@pytest.mark.parametrize(("a_space", "left"), [(True, 2), (False, 0)])
def test_raster_characters_with_and_without_their_a_space(a_space: bool, left: int) -> None:
    """At 10 points and 240 pels an inch an em is 33 pels; the increment stays."""
    raster = resource(
        CHARACTER_SET,
        "CZTEST",
        character_set([[metrics("LA010000", 500, 60)]], size=10, boxes=[(8, 1, 0)], patterns=b"\xff"),
    )
    library = FontLibrary(Findings(), raster_a_space=a_space)
    font = library.fonts_of(mcf(PAIR), scope(raster, page()))[1]
    assert isinstance(font.face, RasterFace)
    glyph = font.face.glyphs[0x81]
    assert isinstance(glyph, RasterGlyph)
    assert (glyph.left, font.advances[0x81]) == (left, pytest.approx(5))


def test_outline_characters_always_have_theirs() -> None:
    found = [
        FontLibrary(Findings(), raster_a_space=a_space).fonts_of(mcf(PAIR), scope(outline(), page()))[1]
        for a_space in (True, False)
    ]
    assert found[0].face.key == found[1].face.key
    assert (found[0].advances, found[0].placement) == (found[1].advances, found[1].placement)


def test_format_1() -> None:
    group = b"\x09\0\0\0" + b"\xff" * 8 + encode_name("T1TEST") + encode_name("CZTEST")
    record = Record(CODES["MCF1"], 0, b"\x1c\0\0\0" + group)
    assert list(FontLibrary(Findings()).fonts_of(record, scope(outline(size=8), page()))) == [9]


def test_fonts_are_made_once_and_faces_shared() -> None:
    library, resources = FontLibrary(Findings()), scope(outline(), page())
    groups = (
        PAIR + descriptor(12),
        name(0x86, "CZTEST") + name(0x85, "T1TEST") + local_id(2) + descriptor(6),
    )
    fonts = library.fonts_of(mcf(*groups), resources)
    assert library.fonts_of(mcf(*groups), resources) is fonts
    assert fonts[1].face is fonts[2].face
    again = library.fonts_of(mcf(PAIR + descriptor(12)), scope(outline(), page()))
    assert again[1] is fonts[1]  # equal content in another scope
    other = FontLibrary(Findings()).fonts_of(mcf(PAIR), scope(outline(), page()))
    assert other[1].face.key == fonts[1].face.key


def test_fonts_of_very_many_sizes_are_not_all_kept() -> None:
    """A map of some bytes names a font of some kilobytes."""
    library, resources = FontLibrary(Findings()), scope(outline(), page())
    there = _fonts_alive()
    for size in range(20, 6_020):
        library.fonts_of(mcf(PAIR + descriptor(size / 20)), resources)
    assert 1_000 < _fonts_alive() - there < 5_000


def _fonts_alive() -> int:
    return sum(isinstance(one, Font) for one in gc.get_objects())


def test_sections_of_a_double_byte_font() -> None:
    pair = name(0x86, "CZTEST") + name(0x85, "T1TEST")
    groups = [pair + local_id(1) + encode_triplet(0x25, b"\x41"), pair + encode_triplet(0x25, b"\x42")]
    font = FontLibrary(Findings()).fonts_of(mcf(*groups), scope(outline(size=10), page()))[1]
    assert (font.code_size, font.advance(b"\x41\x81\x42\x81\x42\x40")) == (2, pytest.approx(12.5))
    assert font.split is not None
    assert [(run.codes, run.advance) for run in font.split(b"\x41\x81\x42\x81\x42\x40\x77\x81\x41")] == [
        (b"\x81", pytest.approx(5)),
        (b"\x81\x40", pytest.approx(7.5)),
    ]


def test_sections_of_a_coded_font() -> None:
    resources = scope(outline(size=10), page(), coded((0x41, 0, 0), (0x45, 0, 0)))
    font = FontLibrary(Findings()).fonts_of(mcf(name(0x8E, "X0TEST") + local_id(1)), resources)[1]
    assert font.advance(b"\x41\x81\x45\x81") == pytest.approx(10)


def test_the_width_of_a_grid_picks_the_raster_font() -> None:
    def raster(called: str, size: float) -> Resource:
        made = character_set(
            [[metrics("LA010000", 500)]],
            name=called,
            size=size,
            horizontal_size=size / 3,
            boxes=[(8, 1, 0)],
            patterns=b"\xff",
            typeface_id=2304,
        )
        return resource(CHARACTER_SET, called, made)

    group = encode_triplet(0x02, b"\x84\0" + bytes.fromhex("FFFF 01F4 0900 0050"))  # 4 points wide
    resources = scope(raster("C0A", 9), raster("C0B", 12), raster("C0C", 18))
    font = FontLibrary(Findings()).fonts_of(mcf(group + local_id(1)), resources)[1]
    assert font.size == 12


def test_type_1_fonts_with_codes_of_two_bytes() -> None:
    """A Unicode Presentation code page: each first byte has a face of its own."""
    gcgids = {0x0061: "LA010000", 0x0020: "SP010000", 0x2061: "LA010000", 0x2020: "LA010000"}
    wide = page(gcgids, wide=True, space=0x0020, flags={0x2061: 0x20})
    findings = Findings()
    font = FontLibrary(findings).fonts_of(mcf(PAIR + descriptor(10)), scope(outline(), wide))[1]
    assert (font.code_size, font.space_code) == (2, 0x0020)
    assert font.split is not None
    runs = font.split("a a\u2061\u2020".encode("utf-16-be"))
    assert [(run.codes, run.advance) for run in runs] == [
        (b"a a", pytest.approx(12.5)),
        (b"\x61\x20", pytest.approx(5)),
    ]
    faces = [run.face for run in runs if isinstance(run.face, OutlineFace)]
    assert [face.glyphs for face in faces] == [{0x61: "a"}, {0x20: "a", 0x61: "a"}]
    assert (faces[0].key == faces[1].key, faces[0].code_size) == (False, 1)
    assert codes(findings) == []


def test_grid_finds_typeface_and_code_page_by_number() -> None:
    characters = resource(CHARACTER_SET, "CZTEST", outline_set(GLYPHS, typeface_id=2304))
    grid = encode_triplet(0x02, b"\x84\0" + bytes.fromhex("FFFF 7530 0900 0050"))  # CPGID 30000, 4 points
    findings = Findings()
    resources = scope(characters, page({0x21: "LA010000"}, number=30000))
    font = FontLibrary(findings).fonts_of(mcf(grid + local_id(1)), resources)[1]
    assert (font.size, font.advances[0x21]) == (12, pytest.approx(6))
    assert codes(findings) == []


def test_grid_finds_fonts_in_files_of_a_folder(tmp_path: Path) -> None:
    held = {
        "CZTEST": outline_set(GLYPHS, typeface_id=2304),
        "CZOTHER.afp": outline_set(GLYPHS, typeface_id=416),
        "T1TEST": page({0x21: "LA010000"}, number=30000).records,
    }
    for called, content in held.items():
        (tmp_path / called).write_bytes(b"".join(encode(record.type, record.data) for record in content))
    (tmp_path / "README").write_bytes(b"Z is X'5A'; this is no resource")
    grid = encode_triplet(0x02, b"\x84\0" + bytes.fromhex("FFFF 7530 0900 0050"))  # CPGID 30000, 4 points
    findings = Findings()
    with closing(FolderScope((tmp_path,), findings)) as folder:
        font = FontLibrary(findings).fonts_of(mcf(grid + local_id(1)), ResourceScope(folder))[1]
    assert (font.size, font.advances[0x21]) == (12, pytest.approx(6))
    assert codes(findings) == []


@pytest.mark.parametrize(
    ("group", "resources", "found", "reported"),
    [
        (name(0x86, "C0H400B0") + name(0x85, "T1V10500"), [], ("Helvetica-Bold", 12, 6.672), None),
        (name(0x86, "C0H400B0") + name(0x85, "T1TEST"), [page()], ("Helvetica-Bold", 12, 6.672), None),
        (name(0x8E, "X1GT12"), [], ("Courier", 10, 6), ["font-substituted"]),
        # its characters are as wide as the name says, whatever height
        (name(0x8E, "X1GT12") + descriptor(20), [], ("Courier", 20, 6), ["font-substituted"]),
        (name(0x8E, "X0H210BC"), [], ("Helvetica", 12, 6.672), ["font-substituted"]),
        (name(0x8E, "X0A0530C"), [], ("Helvetica", 10, 4.17), ["font-substituted"]),  # condensed
        (
            name(0x86, "C0MINE") + name(0x85, "T1MINE"),
            [],
            ("Helvetica", 10, 5.56),
            ["font-substituted", "font-substituted"],
        ),
    ],
)
def test_substitutes(
    group: bytes, resources: list[Resource], found: tuple[str, float, float], reported: list[str] | None
) -> None:
    findings = Findings()
    font = FontLibrary(findings).fonts_of(mcf(group + local_id(1)), scope(*resources))[1]
    assert isinstance(font.face, OutlineFace)
    name_, size, advance = found
    assert (font.face.program.kind, font.face.program.name) == (ProgramKind.STANDARD, name_)
    assert (font.size, font.advances[0x81]) == (pytest.approx(size), pytest.approx(advance))
    if reported is not None:
        assert codes(findings) == reported
    with pytest.raises(MissingResourceError, match="resource folder"):
        FontLibrary(Findings(strict=True)).fonts_of(mcf(group + local_id(1)), scope(*resources))


@pytest.mark.parametrize("encoding", ["8200", "82007200", "7200"])
def test_substitutes_for_fonts_in_unicode(encoding: str) -> None:
    """MO:DCA "Encoding Scheme ID Triplet X'50'": code points of two bytes, whatever page is missing."""
    group = name(0x86, "C0MINE") + name(0x85, "T1MINE") + encode_triplet(0x50, bytes.fromhex(encoding))
    findings = Findings()
    library = FontLibrary(findings, stand_in_folders=STAND_IN_FOLDERS)
    font = library.fonts_of(mcf(group + descriptor(1000) + local_id(1)), scope())[1]
    assert (font.code_size, font.advance("Aż".encode("utf-16-be"))) == (2, pytest.approx(667 + 500, abs=0.1))
    assert codes(findings) == ["font-substituted"]


@pytest.mark.parametrize(
    ("typeface", "flags", "size"),
    [
        (2304, 0, 12),  # proportional: three times the width
        (416, 0, 8),  # Courier by its number: a space of half an em is 4 points
        (3840, 0, 8),
        (2304, foca.OrientationFlag.UNIFORM_INCREMENT, 8),
    ],
)
def test_size_by_width(typeface: int, flags: int, size: float) -> None:
    """MO:DCA "Font Descriptor Specification Triplet X'1F'", FtWidth: 4 points."""
    made = outline(typeface_id=typeface, orientations=[orientation(space=500, increment=500, flags=flags)])
    font = FontLibrary(Findings()).fonts_of(mcf(PAIR + descriptor(0, 4)), scope(made, page()))[1]
    assert font.size == size


@pytest.mark.parametrize(
    ("there", "asked", "told"),
    [
        (0, 0, []),
        (0, 90, ["font-rotation-missing"]),
        (0, 180, []),
        (90, 90, []),
        (90, 0, ["font-rotation-missing"]),
    ],
)
def test_a_rotation_that_the_font_lacks(there: int, asked: int, told: list[str]) -> None:
    """Its characters are there, but where they stand is worked out."""
    findings = Findings()
    turn = encode_triplet(0x26, (asked << 7).to_bytes(2, "big"))  # Character Rotation
    made = outline(size=8, orientations=[orientation(there)])
    FontLibrary(findings).fonts_of(mcf(PAIR + turn), scope(made, page()))
    assert codes(findings) == told


def test_built_in_code_pages_are_no_substitution() -> None:
    findings = Findings(strict=True)
    group = name(0x86, "CZTEST") + name(0x85, "T1V10500") + local_id(1)
    font = FontLibrary(findings).fonts_of(mcf(group), scope(outline(size=10)))[1]
    assert font.advances[0x81] == pytest.approx(5)
    assert codes(findings) == ["code-page-built-in"]


def test_metrics_without_shapes_keep_their_widths() -> None:
    metrics_only = resource(
        CHARACTER_SET,
        "CZTEST",
        character_set(
            [[metrics("LA010000", 777)]], technology=foca.PatternTechnology.TYPE1, typeface="TIMES BOLD"
        ),
    )
    findings = Findings()
    font = FontLibrary(findings).fonts_of(mcf(PAIR + descriptor(10)), scope(metrics_only, page()))[1]
    assert isinstance(font.face, OutlineFace)
    assert (font.face.program.name, font.face.glyphs[0x81]) == ("Times-Bold", "a")
    assert (font.face.widths[0x81], font.advances[0x81]) == (777, pytest.approx(7.77))
    assert codes(findings) == ["font-substituted"]


def test_metrics_without_shapes_squeeze_wider_shapes() -> None:
    """Times-Bold's a and b are 500 and 556 wide, here 250 and 278: half of that."""
    made = character_set(
        [[metrics("LA010000", 250), metrics("LB010000", 278)]],
        technology=foca.PatternTechnology.TYPE1,
        typeface="TIMES BOLD",
    )
    resources = scope(resource(CHARACTER_SET, "CZTEST", made), page({0x81: "LA010000", 0x82: "LB010000"}))
    scaled = encode_triplet(0x5D, (400).to_bytes(2, "big"))
    for group, stretch in ((descriptor(10), 0.5), (descriptor(10) + scaled, 1.0)):
        font = FontLibrary(Findings()).fonts_of(mcf(PAIR + group), resources)[1]
        assert isinstance(font.face, OutlineFace)
        assert (font.stretch, font.advances[0x81]) == (stretch, pytest.approx(5 * stretch))
        assert [font.face.widths[code] for code in (0x81, 0x82)] == pytest.approx([500, 556])


def test_characters_without_metrics_are_the_default_character() -> None:
    made = character_set(
        [[metrics("LA010000", 500), metrics("SP010000", 300)]], technology=foca.PatternTechnology.TYPE1
    )
    resources = scope(resource(CHARACTER_SET, "CZTEST", made), page({0x81: "LA010000", 0x82: "LB010000"}))
    font = FontLibrary(Findings()).fonts_of(mcf(PAIR + descriptor(10)), resources)[1]
    assert isinstance(font.face, OutlineFace)
    assert sorted(font.face.glyphs) == [0x81]
    assert font.advances[0x82] == pytest.approx(3)


@pytest.mark.parametrize(
    "damaged",
    [
        records((foca.BFN, encode_name("CZTEST"))),
        records((foca.FNC, b"\1\x1f\0")),
        records((foca.FNC, bytes(14)), (foca.FND, b"")),
        character_set([[]], name="CZTEST"),
    ],
)
def test_damaged_fonts_are_substituted(damaged: list[Record]) -> None:
    findings = Findings()
    resources = scope(resource(CHARACTER_SET, "CZTEST", damaged), page())
    font = FontLibrary(findings).fonts_of(mcf(PAIR), resources)[1]
    assert isinstance(font.face, OutlineFace)
    assert font.face.program.kind is ProgramKind.STANDARD
    assert codes(findings) == ["font-damaged", "font-substituted"]


@pytest.mark.parametrize(
    ("inline", "baseline", "told"),
    [(0x0000, 0x2D00, []), (0x2D00, 0x5A00, ["triplet-not-applied"]), (0, 0x8700, ["triplet-not-applied"])],
)
def test_a_text_orientation_of_a_font_map_is_told(inline: int, baseline: int, told: list[str]) -> None:
    findings = Findings()
    axes = inline.to_bytes(2, "big") + baseline.to_bytes(2, "big")
    record = mcf(name(0x86, "CZTEST") + name(0x85, "T1TEST") + local_id(2), PAIR + encode_triplet(0x1D, axes))
    FontLibrary(findings).fonts_of(record, scope(outline(), page()))
    assert [code for code in codes(findings) if code.startswith("triplet")] == told


def test_a_damaged_map_maps_nothing() -> None:
    findings = Findings()
    record = Record(CODES["MCF"], 0, b"\x00\x50abc")
    assert FontLibrary(findings).fonts_of(record, scope()) == {}
    assert codes(findings) == ["font-map-damaged"]


def test_default_font() -> None:
    font = FontLibrary(Findings()).default(12)
    assert (font.size, font.advances[0xC1], font.space_code) == (12, pytest.approx(7.2), 0x40)


@pytest.mark.parametrize(
    ("asked", "used"),
    [
        ("name T1V10999", "Code page T1V10999 is not there. Code page 500 is used instead."),
        ("name T1000363", "Code page T1000363 is not there. Code page 259 is used instead."),
        ("GRID 999", "Code page number 999 is not there. Code page 500 is used instead."),
        ("GRID 363", "Code page number 363 is not there. Code page 259 is used instead."),
        ("GRID 274", None),
        ("triplet 999", "Code page number 999 is not there. Code page 500 is used instead."),
    ],
)
def test_a_code_page_that_nobody_knows(asked: str, used: str | None) -> None:
    """However it is asked for: another one in its place is told."""
    kind, value = asked.split()
    group = name(0x86, "CZTEST")
    if kind == "name":
        group += name(0x85, value)
    elif kind == "GRID":
        group = encode_triplet(0x02, b"\x84\0\xff\xff" + int(value).to_bytes(2, "big") + b"\x0b\xb8\x00\x50")
    else:
        group += encode_triplet(0x20, b"\xff\xff" + int(value).to_bytes(2, "big"))
    findings = Findings()
    FontLibrary(findings).fonts_of(mcf(group + local_id(1)), scope(outline(size=10, typeface_id=3000)))
    messages = [finding.message for finding in findings if finding.code == "font-substituted"]
    assert messages == ([used] if used else [])


def test_metrics_alone_under_a_double_byte_page_take_simple_fonts() -> None:
    """A standard font is reached by names of glyphs, one byte a code: a font for each first byte."""
    made = character_set(
        [[metrics("LA010000", 500, 0, 400, ascender=500), metrics("LA020000", 600, 0, 400, ascender=700)]],
        technology=foca.PatternTechnology.CID_KEYED,
        name="C0WIDE",
    )
    page = code_page({0x4281: "LA010000", 0x43C1: "LA020000"}, wide=True, space=0x4040)
    resources = scope(resource(CHARACTER_SET, "C0WIDE", made), resource(CODE_PAGE, "T1TEST", page))
    findings = Findings()
    group = name(0x86, "C0WIDE") + name(0x85, "T1TEST") + descriptor(1000) + local_id(1)
    font = FontLibrary(findings).fonts_of(mcf(group), resources)[1]
    assert font.split is not None
    runs = font.split(b"\x42\x81\x43\xc1\x42\x81")
    assert [(run.codes, run.face.unicode[run.codes[0]]) for run in runs] == [
        (b"\x81", "a"),
        (b"\xc1", "A"),
        (b"\x81", "a"),
    ]
    assert {(run.face.code_size, type(run.face)) for run in runs} == {(1, OutlineFace)}
    assert [finding.code for finding in findings] == ["font-substituted"]


@pytest.mark.parametrize(
    "field",
    [
        mcf(PAIR + encode_triplet(0x26, b"\x10\x00")),
        Record(
            CODES["MCF1"],
            99,
            b"\x1e\0\0\0"
            + b"\1\0\0\0"
            + 8 * b"\xff"
            + encode_name("T1TEST")
            + encode_name("CZTEST")
            + b"\x10\0",
        ),
    ],
)
def test_a_rotation_that_there_is_not(field: Record) -> None:
    findings = Findings()
    font = FontLibrary(findings).fonts_of(field, scope(outline(size=8), page()))[1]
    assert (font.rotation, codes(findings)) == (0, ["font-rotation-bad"])
