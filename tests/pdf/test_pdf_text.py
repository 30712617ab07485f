"""Glyph runs: where their ink is, what they say, and the operators they cost."""

from __future__ import annotations

import io
import re
import subprocess
from shutil import which

import pikepdf
import pytest
from pdf_fonts import bare_cff, cid_cff, opentype_cff, outline_face, raster_face, truetype, type1
from pdf_pages import BLACK, RED, WHITE, check_pixels, page_of, text_of
from PIL import Image as PillowImage
from PIL import ImageChops, ImageDraw

from afpcluster.display.colour import rgb
from afpcluster.display.face import Face, ProgramKind, RasterFace, RasterGlyph
from afpcluster.display.items import Arrangement, GlyphRun, Page, Rectangle
from afpcluster.findings import Findings
from rendering import pdf_of, rendered

STANDARD = outline_face(ProgramKind.STANDARD, b"", name="Helvetica", glyphs={0xC1: "A", 0xC2: "B", 0xC3: "C"})
ONE_BYTE: dict[str, Face] = {
    "type1": outline_face(ProgramKind.TYPE1, type1()),
    "type1-hex": outline_face(ProgramKind.TYPE1, type1(hexadecimal=True), name="Hex"),
    "type1-bare": outline_face(ProgramKind.TYPE1, type1(trailer=False), name="Bare"),
    "cff": outline_face(ProgramKind.CFF, bare_cff()),
    "cff-indexes": outline_face(ProgramKind.CFF, bare_cff(), glyphs={0xC1: 1, 0xC2: 2, 0xC3: 3}, name="I"),
    "opentype": outline_face(ProgramKind.OPENTYPE_CFF, opentype_cff()),
    "truetype": outline_face(ProgramKind.TRUETYPE, truetype()),
    "cid-cff": outline_face(ProgramKind.CID_CFF, cid_cff(), glyphs={0xC1: 100, 0xC2: 200, 0xC3: 300}),
    "raster": raster_face(),
}
TWO_BYTE: dict[str, tuple[Face, bytes]] = {
    "truetype": (
        outline_face(ProgramKind.TRUETYPE, truetype(), code_size=2, glyphs={}, unicode={1: "A", 2: "B"}),
        b"\0\1\0\2",
    ),
    "truetype-mapped": (
        outline_face(
            ProgramKind.TRUETYPE,
            truetype(),
            code_size=2,
            glyphs={0x4141: 1, 0x4242: 2},
            unicode={0x4141: "A", 0x4242: "B"},
            name="Mapped",
        ),
        b"AABB",
    ),
    "opentype": (
        outline_face(
            ProgramKind.OPENTYPE_CFF, opentype_cff(), code_size=2, glyphs={}, unicode={1: "A", 2: "B"}
        ),
        b"\0\1\0\2",
    ),
    "opentype-mapped": (
        outline_face(
            ProgramKind.OPENTYPE_CFF,
            opentype_cff(),
            code_size=2,
            glyphs={0x4141: 1, 0x4242: 2},
            unicode={0x4141: "A", 0x4242: "B"},
            name="Mapped",
        ),
        b"AABB",
    ),
    "cid-cff": (
        outline_face(
            ProgramKind.CID_CFF, cid_cff(), code_size=2, glyphs={}, unicode={100: "A", 200: "B"}, name="Two"
        ),
        b"\0\x64\0\xc8",
    ),
    "raster": (raster_face(2, high_byte=0x41), b"\x41\xc1\x41\xc2"),
}


@pytest.mark.parametrize("kind", ONE_BYTE)
def test_one_byte_faces_show_their_glyphs_and_text(kind: str) -> None:
    data = pdf_of([page_of(GlyphRun(ONE_BYTE[kind], 20, 10, 50, b"\xc1\xc2\xc3"))])
    check_pixels(
        rendered(data),
        {
            (20, 45): BLACK, (20, 35): WHITE,  # low
            (40, 45): WHITE, (40, 35): BLACK,  # high
            (60, 45): BLACK, (60, 35): BLACK,  # full
            (75, 45): WHITE, (40, 55): WHITE, (40, 25): WHITE,
        },
    )  # fmt: skip
    assert text_of(data) == "ABC"


@pytest.mark.parametrize("kind", TWO_BYTE)
def test_two_byte_faces_show_their_glyphs_and_text(kind: str) -> None:
    face, codes = TWO_BYTE[kind]
    data = pdf_of([page_of(GlyphRun(face, 20, 10, 50, codes))])
    check_pixels(
        rendered(data), {(20, 45): BLACK, (20, 35): WHITE, (40, 45): WHITE, (40, 35): BLACK, (55, 45): WHITE}
    )
    assert text_of(data) == "AB"


@pytest.mark.parametrize("kind", ONE_BYTE)
def test_a_code_without_a_glyph_shows_nothing_and_advances(kind: str) -> None:
    data = pdf_of([page_of(GlyphRun(ONE_BYTE[kind], 20, 10, 50, b"\x40\xc3"))])
    check_pixels(rendered(data), {(20, 40): WHITE, (40, 40): BLACK})


FACE = ONE_BYTE["type1"]
FULL = b"\xc3"


def run(x: float, codes: bytes, **more: object) -> GlyphRun:
    """Boxes of 10 by 10 points, from (x, 50) on."""
    ways = {name: more.pop(name) for name in ("direction", "stretch") if name in more}
    return GlyphRun(FACE, 10, x, 50, codes, **ways, arrangement=Arrangement(**more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("item", "ink", "blank"),
    [
        # From (50, 50) a box lies towards `direction` and to the left of it.
        (run(50, FULL), [(55, 45)], [(45, 45), (55, 55), (45, 55)]),
        (run(50, FULL, direction=90), [(55, 55)], [(45, 45), (55, 45), (45, 55)]),
        (run(50, FULL, direction=180), [(45, 55)], [(45, 45), (55, 45), (55, 55)]),
        (run(50, FULL, direction=270), [(45, 45)], [(55, 45), (45, 55), (55, 55)]),
        (run(50, FULL, direction=45), [(57, 50)], [(50, 57), (50, 43), (43, 50)]),
        # Advances.
        (run(10, FULL * 2, spacing=10), [(15, 45), (35, 45)], [(25, 45), (45, 45)]),
        (run(10, FULL * 2, stretch=2), [(15, 45), (45, 45)], [(55, 45)]),
        (run(10, FULL * 2, stretch=2, spacing=10), [(25, 45), (45, 45)], [(35, 45), (65, 45)]),
        (run(10, FULL * 2, gaps=((0, 10), (1, 20))), [(25, 45), (55, 45)], [(15, 45), (40, 45)]),
        (run(10, FULL * 2, gaps=((1, 5), (1, 5))), [(15, 45), (35, 45)], [(25, 45)]),
        (run(10, FULL * 2, gaps=((1, 10),), stretch=2), [(25, 45), (45, 45)], [(35, 45)]),
        (run(10, FULL * 2, direction=90, gaps=((1, 20),)), [(15, 55), (15, 85)], [(15, 70)]),
        # Places of their own.
        (run(10, FULL * 2, placements=[(0, 0), (20, 30)]), [(15, 45), (35, 75)], [(25, 45), (45, 75)]),
        (run(10, FULL, placements=[(40, 0)], rotation=180), [(45, 55)], [(55, 45), (15, 45)]),
    ],
)
def test_places_of_ink(item: GlyphRun, ink: list[tuple[int, int]], blank: list[tuple[int, int]]) -> None:
    image = rendered(pdf_of([page_of(item)]))
    check_pixels(image, dict.fromkeys(ink, BLACK) | dict.fromkeys(blank, WHITE))


def test_big_bitmaps_of_glyphs_are_g4_where_that_is_smaller() -> None:
    glyphs = {
        0xC1: RasterGlyph(400, 400, 0, 400, oval(400)),
        0xC2: RasterGlyph(8, 8, 0, 8, b"\xff" * 8),
    }
    face = RasterFace("big", "Big", 400.0, glyphs, dict.fromkeys(glyphs, 1000.0), {}, 1)
    page = page_of(GlyphRun(face, 50, 0, 60, b"\xc1\xc2", rgb(1, 0, 0)))
    plain, packed = pdf_of([page], compress=False), pdf_of([page])
    assert ImageChops.difference(rendered(plain, scale=4), rendered(packed, scale=4)).getbbox() is None
    check_pixels(rendered(packed), {(2, 35): RED, (25, 35): WHITE, (50, 59): RED})
    with pikepdf.open(io.BytesIO(packed)) as pdf:
        procedures = pdf.pages[0].Resources.Font["/F1"].CharProcs
        coded = {name: b"/CCF" in procedure.read_bytes() for name, procedure in procedures.items()}
    assert coded == {"/g193": True, "/g194": False}


def oval(size: int) -> bytes:
    """The bitmap of a ring."""
    image = PillowImage.new("1", (size, size))
    ImageDraw.Draw(image).ellipse((0, 0, size - 1, size - 1), outline=1, width=size // 8)
    return image.tobytes()


def test_sections_of_a_two_byte_raster_face_follow_each_other() -> None:
    first, second = raster_face(2, high_byte=0x41), raster_face(2, high_byte=0x42)
    first.glyphs = {**first.glyphs, **second.glyphs}
    first.widths = {**first.widths, **second.widths}
    first.unicode = {**first.unicode, 0x42C3: "Z"}
    item = GlyphRun(
        first, 20, 10, 50, b"\x41\xc1\x42\xc3\x41\xc2", arrangement=Arrangement(gaps=((1, 10.0),))
    )
    data = pdf_of([page_of(item)])
    check_pixels(
        rendered(data),
        {
            (20, 45): BLACK,
            (20, 35): WHITE,
            (35, 45): WHITE,
            (50, 35): BLACK,
            (70, 45): WHITE,
            (70, 35): BLACK,
        },
    )
    assert text_of(data).replace(" ", "") == "AZB"


def test_a_two_byte_raster_face_goes_on_behind_something_else() -> None:
    face = raster_face(2, high_byte=0x41)
    items = [
        GlyphRun(face, 20, 10, 50, b"\x41\xc1"),
        Rectangle(0, 0, 5, 5),
        GlyphRun(face, 20, 60, 50, b"\x41\xc2"),
    ]
    data = pdf_of([page_of(*items)])
    check_pixels(rendered(data), {(20, 45): BLACK, (70, 35): BLACK, (70, 45): WHITE, (90, 35): WHITE})
    assert text_of(data).split() == ["A", "B"]


def test_colour_and_font_are_kept_across_runs_and_restored() -> None:
    runs = [
        GlyphRun(FACE, 10, 10, 20, FULL, rgb(1, 0, 0)),
        GlyphRun(ONE_BYTE["truetype"], 10, 10, 40, FULL, rgb(1, 0, 0)),
        GlyphRun(FACE, 10, 10, 60, FULL),
    ]
    check_pixels(rendered(pdf_of([page_of(*runs)])), {(15, 15): RED, (15, 35): RED, (15, 55): BLACK})


@pytest.mark.parametrize("codes", [b"\\", b"(", b")", b"\r", b"\n", b"\r\n", b"()", b"\\)(\r\xc3"])
def test_codes_that_strings_must_escape(codes: bytes) -> None:
    glyphs = dict.fromkeys(codes, "full")
    face = outline_face(ProgramKind.TYPE1, type1(), glyphs=glyphs, unicode=dict.fromkeys(codes, "x"))
    face.widths = dict.fromkeys(codes, 1000.0)
    data = pdf_of([page_of(GlyphRun(face, 10, 10, 50, codes))])
    end = 10 + 10 * len(codes)
    check_pixels(rendered(data), {(15, 45): BLACK, (end - 5, 45): BLACK, (end + 5, 45): WHITE})


def test_text_that_is_not_its_codes_is_said_beside_them() -> None:
    data = pdf_of(
        [page_of(GlyphRun(STANDARD, 10, 10, 50, b"\xc1", arrangement=Arrangement(text="Größe")))],
        compress=False,
    )
    assert b"/ActualText" in data
    assert "Größe".encode("utf-16-be") in data.replace(b"\\", b"")


def test_a_damaged_program_is_a_finding_and_the_text_stays() -> None:
    for kind, program in [
        (ProgramKind.TYPE1, b"no font"),
        (ProgramKind.TYPE1, type1()[:700]),
        (ProgramKind.TRUETYPE, truetype()[:100]),
        (ProgramKind.CFF, b"\1\0\4\4"),
        (ProgramKind.CID_TYPE1, b""),
    ]:
        findings = Findings()
        face = outline_face(kind, program)
        data = pdf_of([page_of(GlyphRun(face, 20, 10, 50, b"\xc1\xc2"))], findings=findings)
        assert [finding.code for finding in findings] == ["font-not-embedded"]
        assert text_of(data) == "AB"


def test_a_glyph_the_program_lacks_is_a_finding() -> None:
    findings = Findings()
    face = outline_face(ProgramKind.TYPE1, type1(), glyphs={0xC1: "low", 0xC2: "nothing"})
    data = pdf_of([page_of(GlyphRun(face, 20, 10, 50, b"\xc2\xc1"))], findings=findings)
    assert [finding.code for finding in findings] == ["font-glyph-missing"]
    check_pixels(rendered(data), {(20, 45): WHITE, (40, 45): BLACK})


def test_what_is_wrong_with_a_font_is_of_the_page_that_uses_it_first() -> None:
    findings = Findings()
    lacking = outline_face(ProgramKind.TYPE1, type1(), glyphs={0xC1: "low", 0xC2: "nothing"})
    private = outline_face(ProgramKind.TYPE1, b"no font", unicode={0xC1: "\ue0c1", 0xC2: "B"}, name="Private")
    runs: list[list[Face]] = [[], [lacking], [lacking, private]]
    pages = [
        Page(number, 100, 100, [GlyphRun(face, 20, 10, 50, b"\xc1\xc2") for face in faces])
        for number, faces in enumerate(runs, 1)
    ]
    pdf_of(pages, findings=findings)
    assert [(finding.code, finding.page) for finding in findings] == [
        ("font-glyph-missing", 2),
        ("font-not-embedded", 3),
        ("text-not-searchable", 3),
    ]


def test_faces_of_one_program_share_it() -> None:
    program = FACE.program
    other = outline_face(ProgramKind.TYPE1, b"", glyphs={0x41: "high"}, name="Other")
    other.program, other.widths = program, {0x41: 1000.0}
    page = Page(1, 100, 100, [GlyphRun(FACE, 20, 10, 50, b"\xc1"), GlyphRun(other, 20, 50, 50, b"A")])
    data = pdf_of([page], compress=False)
    assert data.count(b"/Length1") == 1
    check_pixels(rendered(data), {(20, 45): BLACK, (20, 35): WHITE, (60, 45): WHITE, (60, 35): BLACK})


@pytest.mark.skipif(which("pdftotext") is None, reason="needs Poppler's pdftotext (poppler-utils)")
def test_another_viewer_agrees_on_advances_and_codes() -> None:
    """Poppler wants a whole default width, and a procedure for every code of a Type 3 font."""
    wide = outline_face(ProgramKind.TRUETYPE, truetype(), code_size=2, glyphs={}, unicode={1: "A", 2: "B"})
    wide.default_width = 500.5
    runs = [
        GlyphRun(wide, 20, 10, 50, b"\0\1\0\2"),
        GlyphRun(ONE_BYTE["raster"], 20, 10, 90, b"\xc1\x40\xc2"),
    ]
    done = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=pdf_of([page_of(*runs)]), capture_output=True, check=True
    )
    assert done.stderr == b""
    words = re.findall(rb'xMin="([0-9.]+)"[^>]*xMax="([0-9.]+)"[^>]*>AB<', done.stdout)
    assert [(float(a), float(b)) for a, b in words] == [(10.0, pytest.approx(30.02, abs=0.05))]


def test_rounding_of_gaps_does_not_add_up() -> None:
    """Each gap of 0.0014 points is 0.14 thousandths of the size: 400 of them move the next glyph by 0.56
    points, as gaps that are rounded one by one never would."""
    gaps = tuple((index, 0.0014) for index in range(1, 401))
    item = GlyphRun(STANDARD, 10, 10, 50, b"\xc1" * 401, arrangement=Arrangement(gaps=gaps))
    with pikepdf.open(io.BytesIO(pdf_of([page_of(item)]))) as pdf:
        ((shown, operator),) = [
            (operands[0], operator)
            for operands, operator in pikepdf.parse_content_stream(pdf.pages[0])
            if str(operator) in ("TJ", "Tj")
        ]
    assert str(operator) == "TJ"
    adjustments = [float(part) for part in shown if not isinstance(part, pikepdf.String)]
    assert -57 <= sum(adjustments) <= -55


@pytest.mark.parametrize(
    ("face", "shown", "said"),
    [
        (outline_face(ProgramKind.TYPE1, type1(), unicode={0xC1: "\ue0c1", 0xC2: "B"}), b"\xc1\xc2\xc1", 1),
        (outline_face(ProgramKind.TYPE1, type1(), unicode={0xC1: "\ue0c1", 0xC2: "B"}), b"\xc2", 0),
        (outline_face(ProgramKind.TYPE1, type1(), unicode={0xC1: "\ue0c1", 0xC2: "\ue0c2"}), b"\xc1\xc2", 2),
    ],
)
def test_characters_that_cannot_be_searched_are_counted(face: Face, shown: bytes, said: int) -> None:
    findings = Findings()
    pdf_of([page_of(GlyphRun(face, 10, 10, 50, shown))], findings=findings)
    messages = [finding.message for finding in findings if finding.code == "text-not-searchable"]
    assert [f"({said} characters)" in message for message in messages] == [True] * bool(said)
