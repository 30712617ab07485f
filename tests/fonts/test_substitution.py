"""What stands in for missing fonts: by name, number, typeface, width and the caller's rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from afpcluster.findings import ConversionError
from afpcluster.fonts import standard
from afpcluster.fonts.builtin_code_pages import built_in
from afpcluster.fonts.references import FontReference, Grid
from afpcluster.fonts.substitution import FILE_NAME, Substitute, load_rules, substitute_for


def characters(name: str, **values: object) -> FontReference:
    return FontReference(1, character_set=name, **values)  # type: ignore[arg-type]


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
        (characters("CZ4200"), "Courier", 0),
        (coded("X0H200B0"), "Helvetica", 12),
        (coded("X1GT12"), "Courier", 10),
        (coded("X0CB10"), "Courier-Bold", 12),
        (characters("C0S0CR15"), "Courier", 8),
        (characters("C0UNKNWN"), "Helvetica", 0),
        (characters("C0UNKNWN", weight=7, italic=True), "Helvetica-BoldOblique", 0),
        (characters("C0UNKNWN", width=4), "Helvetica", 12),
        (FontReference(1, grid=Grid(695, 500, 2309, 4), width=4), "Times-Bold", 12),
        (FontReference(1, grid=Grid(695, 500, 11, 7.2), width=7.2), "Courier", 12),
        (FontReference(1, grid=Grid(695, 500, 3840, 7.2), width=7.2), "Courier", 12),
        (FontReference(1, grid=Grid(695, 500, 1351, 4), width=4), "Times-Roman", 12),
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
        Substitute("Courier", pytest.approx(10)),
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
