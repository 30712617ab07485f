"""Double-byte fonts that are not there: two bytes a character, an em each; letters, glyphs, or boxes."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path

import pypdfium2
import pytest
from map_groups import descriptor, local_id, mcf, name
from scopes import codes, scope
from sfnt_files import truetype

from afpcluster.afp.code_pages import character_codes
from afpcluster.afp.triplets import encode_triplet
from afpcluster.display.face import OutlineFace, RasterFace
from afpcluster.display.items import GlyphRun, Page
from afpcluster.findings import Findings
from afpcluster.fonts.font import Font
from afpcluster.fonts.library import FontLibrary
from rendering import pdf_of, rendered

SIZE = 20.0
DOUBLE_BYTE = encode_triplet(0x50, bytes.fromhex("6200"))
BOXES = "glyph-missing"


def group(code_page: str = "", *more: bytes, characters: str = "C0K20000") -> bytes:
    named = name(0x85, code_page) if code_page else b""
    return name(0x86, characters) + named + local_id(1) + descriptor(SIZE) + b"".join(more)


def grid(code_page: int) -> bytes:
    numbers = b"\xff\xff" + code_page.to_bytes(2, "big") + b"\x09\x00\x00\xc8"
    return encode_triplet(0x02, b"\x84\0" + numbers) + local_id(1) + descriptor(SIZE)


def font_of(reference: bytes, findings: Findings | None = None, folder: Path | None = None) -> Font:
    paths = [folder] if folder else []
    library = FontLibrary(Findings() if findings is None else findings, resource_paths=paths)
    return library.fonts_of(mcf(reference), scope())[1]


def page_of(font: Font, text: bytes) -> Page:
    """The text as a page shows it, from 20 points on the left at 60 from the top."""
    assert font.split is not None
    runs = font.split(text)
    starts = accumulate([run.advance for run in runs], initial=20.0)
    shown = [
        GlyphRun(run.face, SIZE, x, 60, run.codes) for x, run in zip(starts, runs, strict=False) if run.codes
    ]
    return Page(1, 300, 100, shown)


def read(font: Font, text: bytes) -> str:
    """What a PDF viewer finds."""
    with pypdfium2.PdfDocument(pdf_of([page_of(font, text)])) as pdf:
        return str(pdf[0].get_textpage().get_text_range()).replace("\r\n", "")


def ink(font: Font, text: bytes) -> list[bool]:
    """Which of the ems of the text show something."""
    image = rendered(pdf_of([page_of(font, text)])).convert("L")
    ems = [image.crop((20 + round(SIZE) * at, 30, 40 + round(SIZE) * at, 70)) for at in range(len(text) // 2)]
    return [em.getextrema()[0] < 128 for em in ems]  # type: ignore[operator]


ROWS = {
    "300": (group("T1K20300"), "42C142F1404042C2", "Ａ１ Ｂ", []),
    "834": (group("T1000834"), "42C142F1404042C2", "Ａ１ Ｂ", []),
    "835": (group("T1K20835"), "42C142F1404042C2", "Ａ１ Ｂ", []),
    "837": (group("T1000837"), "42C142F1404042C2", "Ａ１ Ｂ", []),
    "301, a PC code page": (group("T1000301"), "8260824F81408261", "Ａ０ Ｂ", []),
    "941": (group("T1000941"), "8260824F81408261", "Ａ０ Ｂ", []),
    "947": (group("T1000947"), "A2CFA2AFA140A2D0", "Ａ０ Ｂ", []),
    "951": (group("T1000951"), "A3C1A3B0A1A1A3C2", "Ａ０ Ｂ", []),
    "a number beside it": (group("", encode_triplet(0x20, b"\xff\xff\x01\x2c")), "42C142F14040", "Ａ１", []),
    "a GRID": (grid(300), "42C142F14040", "Ａ１", []),
    "the encoding alone": (group("T1UNKNWN", DOUBLE_BYTE), "42C142F14040", "Ａ１", []),
    "the name alone": (group("T1KANJI"), "42C142F14040", "Ａ１", []),
    "kanji": (group("T1K20300"), "45424543404042C1", None, [BOXES]),
    "what the code page does not have": (group("T1K20300"), "41FEFEFE404042C1", None, [BOXES]),
    "what not all have": (group("T1UNKNWN", DOUBLE_BYTE), "45424543404042C1", None, [BOXES]),
}


@pytest.mark.parametrize(("reference", "data", "text", "expected"), ROWS.values(), ids=ROWS)
def test_stand_in(reference: bytes, data: str, text: str | None, expected: list[str]) -> None:
    findings = Findings()
    font, shown = font_of(reference, findings), bytes.fromhex(data)
    assert font.code_size == 2
    assert font.advance(shown) == pytest.approx(SIZE * len(shown) / 2)
    spaces = [
        shown[at : at + 2] in (b"\x40\x40", b"\x81\x40", b"\xa1\x40", b"\xa1\xa1") for at in (0, 2, 4, 6)
    ]
    assert ink(font, shown) == [not space for space in spaces[: len(shown) // 2]]
    assert [code for code in codes(findings) if code == BOXES] == expected
    if text is not None:
        assert read(font, shown) == text
    assert any("as a double-byte font" in finding.message for finding in findings)


def test_boxes_read_as_their_characters() -> None:
    font = font_of(group("T1K20300"))
    page = character_codes(300)
    assert page is not None
    assert read(font, bytes.fromhex("45424543")) == page.characters[0x4542] + page.characters[0x4543]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_rotated(rotation: int) -> None:
    turned = encode_triplet(0x26, {0: b"\0\0", 90: b"\x2d\0", 180: b"\x5a\0", 270: b"\x87\0"}[rotation])
    font = font_of(group("T1K20300", turned))
    assert font.rotation == rotation
    assert font.advance(bytes.fromhex("42C1454240404542")) == pytest.approx(4 * SIZE)


def test_a_font_in_the_folder_has_its_glyphs(tmp_path: Path) -> None:
    page = character_codes(300)
    assert page is not None
    kanji = "".join([text for code, text in sorted(page.characters.items()) if code >> 8 != 0x42])
    (tmp_path / "latin.ttf").write_bytes(truetype("Latin", "ABC"))
    (tmp_path / "kanji.ttf").write_bytes(truetype("Kanji", kanji[:6500], width=1800))
    findings = Findings()
    font = font_of(group("T1K20300"), findings, tmp_path)
    assert font.split is not None
    runs = [run for run in font.split(bytes.fromhex("4542404042C1FEFE")) if run.codes]
    kinds = [(type(run.face), run.face.code_size) for run in runs]
    assert kinds == [(OutlineFace, 2), (OutlineFace, 1), (RasterFace, 2)]
    assert codes(findings).count(BOXES) == 1
    assert font.advance(bytes.fromhex("4542404042C1FEFE")) == pytest.approx(4 * SIZE)
    assert read(font, bytes.fromhex("454242C1")) == page.characters[0x4542] + "Ａ"


@pytest.mark.parametrize(
    ("reference", "data"), [(group("T1001200"), "Až".encode("utf-16-be")), (group("T1001208"), "Až".encode())]
)
def test_unicode_code_pages(reference: bytes, data: bytes) -> None:
    """CPGID 1200 is UTF-16BE, 1208 UTF-8."""
    assert read(font_of(reference), data) == "Až"
