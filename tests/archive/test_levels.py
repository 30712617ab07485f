"""Levels of PDF/A: what later parts ask, what is refused and why, and that archives look as plain PDFs do."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from archive_rules import violations
from archives import archived, archived_items, differs, pictures, plain, sample

from afpcluster.convert import convert
from afpcluster.display.colour import BLACK, cmyk, rgb
from afpcluster.display.face import FontProgram, OutlineFace, ProgramKind
from afpcluster.display.items import GlyphRun, Group, Item, Rectangle
from afpcluster.findings import ConversionError
from afpcluster.options import Format, Options, PdfA
from corpus import afp_files, needs_corpus

LEVELS = list(PdfA)
LATER = [level for level in PdfA if not level.startswith("1")]
COLOURED = Group([Rectangle(10, 10, 30, 30, rgb(1, 1, 0))], multiply=True)
BENEATH = Rectangle(0, 0, 50, 50, rgb(0, 1, 1))


def told(path: Path) -> set[str]:
    """The codes of the findings of a plain PDF."""
    with path.open("rb") as source:
        result = convert(source, io.BytesIO(), Options(resource_paths=(path.parent,)))
    return {finding.code for finding in result.findings}


@pytest.mark.parametrize("level", LATER)
@pytest.mark.parametrize("fonts", [True, False])
def test_samples_keep_the_rules(level: str, fonts: bool) -> None:
    assert violations(archived(sample(fonts=fonts), level), level) == []


def test_the_checker_finds_fault_with_what_is_no_archive() -> None:
    found = " ".join(violations(plain(sample(fonts=False)), "2u"))
    for section in ("6.2.3 output intent", "6.2.4.3 CMYK", "6.2.11.4 /Helvetica", "6.2.11.7.2", "6.6 XMP"):
        assert section in found


@needs_corpus
@pytest.mark.parametrize("path", afp_files("real/*.afp") + afp_files("fop/*.afp"), ids=lambda path: path.stem)
def test_corpus_keeps_the_rules(path: Path) -> None:
    """Where text is nobody's, u is refused and says so; b never is."""
    data = path.read_bytes()
    assert violations(archived(data, "2b", path.parent), "2b") == []
    if "text-not-searchable" in told(path):
        with pytest.raises(ConversionError, match="nothing says what characters"):
            archived(data, "3u", path.parent)
    else:
        assert violations(archived(data, "3u", path.parent), "3u") == []


@pytest.mark.parametrize("level", LEVELS)
def test_archives_look_like_plain_pdfs(level: str) -> None:
    data = sample()
    shown = zip(pictures(plain(data)), pictures(archived(data, level)), strict=True)
    assert not any(differs(before, after) for before, after in shown)


@needs_corpus
@pytest.mark.parametrize("path", afp_files("real/*.afp"), ids=lambda path: path.stem)
def test_the_corpus_looks_the_same(path: Path) -> None:
    """Those with their fonts inside; of others a plain PDF shows what a viewer has."""
    if "font-substituted" in told(path):
        pytest.skip("its fonts are not inside")
    data = path.read_bytes()
    shown = zip(pictures(plain(data, path.parent)), pictures(archived(data, "1b", path.parent)), strict=True)
    assert not any(differs(before, after) for before, after in shown)


@pytest.mark.parametrize("level", ["1b", "3u"])
def test_processes_do_not_show(level: str) -> None:
    data = sample(30)
    one = archived(data, level)
    assert all(archived(data, level, processes=count) == one for count in (1, 2, 4))


@pytest.mark.parametrize(
    ("level", "version", "object_streams", "attached"),
    [("1b", "1.4", False, False), ("2u", "1.7", True, False), ("3b", "1.7", True, True)],
)
def test_what_levels_are_made_of(level: str, version: str, object_streams: bool, attached: bool) -> None:
    data = archived(sample(1), level)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert pdf.pdf_version == version
        assert (b"/ObjStm" in data) == object_streams
        assert ("/AF" in pdf.Root) == attached
        assert pdf.open_metadata().pdfa_status == level.upper()


BLENDED: dict[str, tuple[list[Item], bool]] = {
    "on bare paper": ([COLOURED], True),
    "on white": ([Rectangle(0, 0, 100, 100, rgb(1, 1, 1)), COLOURED], True),
    "on a colour": ([BENEATH, COLOURED], False),
    "black on a colour": ([BENEATH, Group([Rectangle(10, 10, 30, 30, BLACK)], multiply=True)], True),
    "black of inks on a colour": (
        [BENEATH, Group([Rectangle(10, 10, 30, 30, cmyk(0, 0, 0, 1))], multiply=True)],
        False,
    ),
    "white over black on a colour": (
        [BENEATH, Group([Rectangle(10, 10, 30, 30), Rectangle(15, 15, 9, 9, rgb(1, 1, 1))], multiply=True)],
        False,
    ),
    "in a group on a colour": ([BENEATH, Group([COLOURED])], False),
}


@pytest.mark.parametrize("name", BLENDED)
def test_transparency_is_flattened_where_that_is_exact(name: str) -> None:
    items, exact = BLENDED[name]
    later = archived_items("2b", items)
    assert violations(later, "2b") == []
    if not exact:
        with pytest.raises(ConversionError, match=r"no transparency \(page 1\)"):
            archived_items("1b", items)
        return
    first = archived_items("1b", items)
    assert b"/Transparency" not in first
    assert b"/BM" not in first
    assert not differs(pictures(first)[0], pictures(later)[0])


HELVETICA = FontProgram("standard-Helvetica", ProgramKind.STANDARD, "Helvetica")
FACE = OutlineFace("face", HELVETICA, 1, {65: "A"}, {65: 667.0}, {65: "A", 66: ""})


def test_refusals_list_reasons_and_pages() -> None:
    run = GlyphRun(FACE, 12, 10, 20, b"A")
    with pytest.raises(ConversionError) as caught:
        archived_items("1b", [BENEATH, COLOURED], [run], [BENEATH, COLOURED, run], folders=())
    message = caught.value.message
    assert caught.value.code == "pdf-a-refused"
    assert "PDF/A-1b" in message
    assert "no transparency (pages 1, 3)" in message
    assert "font Helvetica cannot be embedded" in message
    assert "(pages 2, 3)" in message


def test_text_that_nobody_knows_is_refused_where_unicode_is_promised() -> None:
    face = OutlineFace("face", HELVETICA, 1, {65: "A"}, {65: 667.0}, {})
    run = GlyphRun(face, 12, 10, 20, b"A")
    assert violations(archived_items("2b", [run]), "2b") == []
    with pytest.raises(ConversionError, match=r"X'41'.* wants them in Unicode \(page 1\)"):
        archived_items("2u", [run])


CONTRADICTIONS = {
    "pdf-a-encrypted": {"pdf_a": PdfA.A2B, "password": "x"},
    "pdf-a-attachment": {"pdf_a": PdfA.A2U, "attach_index": True},
    "option-without-effect": {"pdf_a": PdfA.A2B, "format": Format.INDEX},
}


@pytest.mark.parametrize("code", CONTRADICTIONS)
def test_options_that_contradict_each_other(code: str) -> None:
    with pytest.raises(ConversionError) as caught:
        convert(io.BytesIO(sample(1)), io.BytesIO(), Options(**CONTRADICTIONS[code]))  # type: ignore[arg-type]
    assert caught.value.code == code
    assert caught.value.http_status == 400


TRUETYPE = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
WIDTHS = {"as they are": 667.0, "wider": 900.0, "narrower": 300.25}


@pytest.mark.parametrize("name", WIDTHS)
@pytest.mark.skipif(not TRUETYPE.exists(), reason="no DejaVu fonts here (fonts-dejavu-core)")
def test_programs_measure_what_dictionaries_say(name: str) -> None:
    """Two faces that want a glyph in different widths, a code without a glyph, one of the missing glyph."""
    program = FontProgram("dejavu", ProgramKind.TRUETYPE, "DejaVuSans", TRUETYPE.read_bytes())
    width = WIDTHS[name]
    first = OutlineFace(
        "first", program, 1, {65: 36, 66: 0}, {65: width, 66: 500.0, 67: 400.0}, {65: "A", 66: "B"}
    )
    second = OutlineFace("second", program, 2, {}, {36: 700.0}, {36: "A"})
    items: list[Item] = [GlyphRun(first, 12, 10, 20, b"ABC"), GlyphRun(second, 12, 10, 40, b"\0\x24")]
    assert violations(archived_items("2u", items), "2u") == []
