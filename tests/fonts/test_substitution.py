"""What stands in for missing fonts: by name, number, typeface, width and the caller's rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from afpcluster.findings import ConversionError
from afpcluster.fonts.references import FontReference, Grid
from afpcluster.fonts.stand_in import standard
from afpcluster.fonts.stand_in.builtin_code_pages import built_in
from afpcluster.fonts.stand_in.substitution import FILE_NAME, Substitute, load_rules, substitute_for


def characters(name: str, **values: object) -> FontReference:
    return FontReference(1, character_set=name, **values)  # type: ignore[arg-type]


def grid(typeface: int, width: float = 0.0) -> FontReference:
    return FontReference(1, grid=Grid(695, 500, typeface, width), width=width)


def coded(name: str) -> FontReference:
    return FontReference(1, coded_font=name)


@pytest.mark.parametrize(
    ("reference", "font", "size"),
    [
        (characters("C0H20000"), "Helvetica", 10),
        (characters("C0H200B0"), "Helvetica", 12),
        (characters("C0H30060"), "Helvetica-Oblique", 6),
        (characters("C0H400Z0"), "Helvetica-Bold", 36),
        (characters("C0H500D0"), "Helvetica-BoldOblique", 14),
        (characters("C0N200A0"), "Times-Roman", 11),
        (characters("C0N30080"), "Times-Italic", 8),
        (characters("C04400F0"), "Courier-Bold", 16),
        (characters("CZN400"), "Times-Bold", 0),
        (characters("CZN400B0"), "Times-Bold", 0),
        (characters("CZ4200"), "Courier", 0),
        (coded("X0H200B0"), "Helvetica", 12),
        # MO:DCA "Fully Qualified Name Triplet X'02'", type X'8E': Helvetica Roman Bold 8 point
        (coded("X0H4108C"), "Helvetica-Bold", 8),
        (coded("X0H210AC"), "Helvetica", 11),
        (coded("XZN310"), "Times-Italic", 0),
        # Sonoran: A sans serif, T serif, posture, weight, width, size
        (characters("C0A05570"), "Helvetica", 7),
        (coded("X0A155N2"), "Helvetica-Oblique", 24),
        (coded("X0A0770C"), "Helvetica-Bold", 10),
        (characters("C0T055D0"), "Times-Roman", 14),
        (characters("C0T17560"), "Times-BoldItalic", 6),
        (coded("X1GT12"), "Courier", 10),
        (characters("C0D0GT15"), "Courier", 8),
        (characters("C0S0AE10"), "Courier", 12),
        (coded("X0AE10"), "Courier", 12),
        (coded("X0PI12"), "Courier-Oblique", 10),
        (coded("X0OB10"), "Courier", 12),
        (coded("X0GT00"), "Helvetica", 0),
        (coded("X0AR10"), "Helvetica", 0),  # no design of IBM's
        (coded("X0BITR"), "Times-BoldItalic", 10),
        (characters("C0S0ERTR"), "Times-Roman", 10),
        (coded("X0CB10"), "Courier-Bold", 12),
        (characters("C0S0CR15"), "Courier", 8),
        (characters("C0UNKNWN"), "Helvetica", 0),
        (characters("C0UNKNWN", weight=7, italic=True), "Helvetica-BoldOblique", 0),
        (characters("C0UNKNWN", width=4), "Helvetica", 12),
        (FontReference(1, grid=Grid(695, 500, 2309, 4), width=4), "Times-Bold", 12),
        (FontReference(1, grid=Grid(695, 500, 11, 7.2), width=7.2), "Courier", 12),
        (FontReference(1, grid=Grid(695, 500, 3840, 7.2), width=7.2), "Courier", 12),
        (FontReference(1, grid=Grid(695, 500, 1351, 4), width=4), "Times-Roman", 12),
        (grid(2304), "Helvetica", 0),
        (grid(424, 7.2), "Courier-Oblique", 12),
        (grid(418), "Courier", 0),
        # printers' own: the pitch goes with the number
        (grid(11), "Courier", 12),
        (grid(46), "Courier-Bold", 12),
        (grid(85), "Courier", 10),
        (grid(230), "Courier", 8),
        (grid(252), "Courier", 7),
        (grid(281), "Courier", 6),
        (grid(112), "Courier-Oblique", 10),
        (grid(159), "Times-Bold", 10),  # proportional spacing machine
        (grid(175, 5.4), "Times-Roman", 9),
        (grid(304, 4.8), "Courier", 8),
        (grid(751), "Times-Roman", 8),
        (grid(1053, 3), "Times-Bold", 9),
        # systematic numbers: class 1 serif, 8 sans serif; 55 medium, 75 bold, 128 more italic
        (grid(4407, 4), "Times-Roman", 12),
        (grid(4555), "Times-BoldItalic", 0),
        (grid(5707), "Times-Bold", 0),
        (grid(33207), "Helvetica-Oblique", 0),
        (grid(34123), "Helvetica-Bold", 0),
        (grid(65300), "Helvetica", 0),
        (FontReference(1, character_set="C0MINE", typeface="Letter Gothic Bold"), "Courier-Bold", 0),
        (FontReference(1, data_object="Courier New Bold"), "Courier-Bold", 0),
        (FontReference(1, data_object="Times New Roman Italic"), "Times-Italic", 0),
        (FontReference(1, data_object="Open Sans"), "Helvetica", 0),
    ],
    ids=lambda value: value.label if isinstance(value, FontReference) else "",
)
def test_table(reference: FontReference, font: str, size: float) -> None:
    found = substitute_for(reference)
    assert (found.font, round(found.size, 6)) == (font, size)


@pytest.mark.parametrize(
    ("reference", "width"),
    [
        (coded("X0GT15"), 4.8),
        (coded("X0GF10"), 7.2),
        (coded("X0GS12"), 6),
        (coded("X1TU10"), 7.2),
        (characters("C0S0GF15"), 4.8),
        (coded("X0DUMP"), 4.8),
        (characters("C0OCRA"), 7.2),
        (coded("X0OCRB"), 7.2),
        (characters("C0OCRB12"), 6),
        (coded("X0OCR10"), 7.2),
        (characters("C0S0CR10", size=20), 7.2),
        (characters("C04200B0"), 0),  # as wide as its size makes it
        (grid(230, 4.8), 4.8),
        (grid(281), 3.6),
        (grid(416, 7.2), 0),  # scalable
        (grid(304, 7.2), 0),
        (grid(3900, 5), 5),
        (coded("X0H210AC"), 0),
    ],
)
def test_fixed_pitch(reference: FontReference, width: float) -> None:
    """Points of every character: 72 by the characters an inch, or what typeface number and GRID say."""
    assert substitute_for(reference).width == pytest.approx(width)


@pytest.mark.parametrize(
    ("reference", "aspect"),
    [
        (characters("C0A055A0"), 1),
        (characters("C0A053A0"), 0.75),
        (coded("X0T0770C"), 1.25),
        (characters("C0MINE", width_class=1), 0.5),
        (characters("C0MINE", width_class=4), 0.875),
        (characters("C0MINE", width_class=5), 1),
        (characters("C0H200B0", width_class=3), 1),  # the name says what it is
        (grid(33207), 1),
        (grid(0x8135), 0.75),  # weight 5, width 3
        (grid(0x8100), 1),
        (FontReference(1, data_object="Arial Narrow Bold"), 0.82),
        (FontReference(1, data_object="Univers Condensed"), 0.75),
        (FontReference(1, data_object="Courier Condensed"), 1),
    ],
)
def test_width_classes(reference: FontReference, aspect: float) -> None:
    """FOCA "Width Class": condensed is 75 percent of normal, expanded 125."""
    assert substitute_for(reference).aspect == aspect


@pytest.mark.parametrize(
    ("typeface", "font"), [("TIMES NEW ROMAN BOLD", "Times-Bold"), ("LETTER GOTHIC", "Courier")]
)
def test_typeface_known_from_elsewhere(typeface: str, font: str) -> None:
    assert substitute_for(characters("C0CUSTOM"), (), typeface).font == font


def test_rules_of_the_caller(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    (first / FILE_NAME).write_text("# ours\nC0AR* = Courier 7.5\nc0h2* = Open Sans Light\n", "utf-8")
    (second / FILE_NAME).write_text("C0AR1 = Symbol  # never reached\nX0* = Times-Roman\n", "utf-8")
    rules = load_rules([first, tmp_path, second])
    found = [
        substitute_for(reference, rules)
        for reference in (characters("C0AR1"), characters("C0H200B0"), coded("X0MINE"), coded("X1GT12"))
    ]
    assert found == [
        Substitute("Courier", 7.5),
        Substitute("Open Sans Light", 0),
        Substitute("Times-Roman", 0),
        Substitute("Courier", 10, 6),
    ]


@pytest.mark.parametrize("line", ["C0AR*", "= Courier", "C0AR* ="])
def test_a_line_that_is_no_rule(tmp_path: Path, line: str) -> None:
    (tmp_path / FILE_NAME).write_text(f"\n{line}\n", "utf-8")
    with pytest.raises(ConversionError, match="line 2"):
        load_rules([tmp_path])


@pytest.mark.parametrize(
    ("font", "glyph", "width"),
    [
        ("Helvetica", "A", 667),
        ("Helvetica-Oblique", "A", 667),
        ("Helvetica-Bold", "a", 556),
        ("Times-Roman", "W", 944),
        ("Times-BoldItalic", "Euro", 500),
        ("Courier-BoldOblique", "m", 600),
        ("Symbol", "alpha", 631),
        ("ZapfDingbats", "a1", 974),
    ],
)
def test_standard_widths(font: str, glyph: str, width: float) -> None:
    assert standard.widths(font)[glyph] == width


def test_face_of_a_standard_font() -> None:
    page = built_in(500)
    assert page is not None
    face = standard.standard_face("Times-Roman", page)
    codes = "Aé-ÿ".encode("cp500")
    assert [face.glyphs[code] for code in codes] == ["A", "eacute", "hyphen", "ydieresis"]
    assert [face.widths[code] for code in codes] == [722, 444, 333, 500]
    assert [face.unicode[code] for code in codes] == list("Aé-ÿ")
    missing = [char for code, char in page.unicode.items() if code not in face.glyphs]
    assert missing == []
