"""Data-object fonts of MDR fields: from the scope, from folders, linked, missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from foca_objects import code_page, resource
from map_groups import data_object_font, descriptor, full_name, internal_id, local_id, mcf, mdr, name
from scopes import codes, scope
from sfnt_files import truetype

from afpcluster.afp.triplets import encode_triplet
from afpcluster.display.face import OutlineFace
from afpcluster.document.resources import CODE_PAGE, CONTAINER, Resource
from afpcluster.findings import Findings
from afpcluster.fonts.library import FontLibrary
from afpcluster.fonts.stand_in.substitution import FILE_NAME
from afpcluster.options import STAND_IN_FOLDERS

FONT = full_name(0xDE, "Latin One") + internal_id(3) + data_object_font(100)


def container(full: str, characters: str, *, linked: tuple[str, ...] = ()) -> Resource:
    return Resource(
        CONTAINER,
        ("TTF00001", full),
        Findings(),
        raw=lambda: truetype(full, characters),
        linked=tuple(("", font) for font in linked),
    )


@pytest.mark.parametrize(
    ("group", "text"),
    [
        (FONT, b"\0A\0B"),
        (FONT + encode_triplet(0x50, bytes.fromhex("00007807")), b"AB"),
        (FONT + encode_triplet(0x20, bytes.fromhex("02B701F4")), b"\xc1\xc2"),
        (FONT + name(0x85, "T1V10500"), b"\xc1\xc2"),
    ],
)
def test_data_object_fonts(group: bytes, text: bytes) -> None:
    image = full_name(0xDE, "IMAGE") + internal_id(9)
    library = FontLibrary(Findings(strict=True))
    fonts = library.fonts_of(mdr(image, group), scope(container("Latin One", "AB")))
    assert list(fonts) == [3]
    assert fonts[3].split is not None
    assert [run.codes for run in fonts[3].split(text)] == [b"\0\1\0\2"]


def test_linked_data_object_fonts() -> None:
    resources = scope(
        container("Latin One", "A", linked=("Greek One", "Nowhere")), container("Greek One", "α")
    )
    findings = Findings()
    font = FontLibrary(findings).fonts_of(mdr(FONT), resources)[3]
    assert font.split is not None
    runs = font.split("αA€".encode("utf-16-be"))
    assert [(run.face is font.face, run.codes) for run in runs] == [(False, b"\0\1"), (True, b"\0\1\0\0")]
    assert codes(findings) == ["glyph-missing"]


def test_data_object_fonts_in_folders(tmp_path: Path) -> None:
    (tmp_path / "any.ttf").write_bytes(truetype("Latin One", "AB"))
    library = FontLibrary(Findings(strict=True), resource_paths=[tmp_path])
    assert library.fonts_of(mdr(FONT), scope())[3].advance(b"\0A") == pytest.approx(1)


def test_missing_data_object_fonts_are_substituted() -> None:
    findings = Findings()
    library = FontLibrary(findings, stand_in_folders=STAND_IN_FOLDERS)
    font = library.fonts_of(mdr(FONT), scope())[3]
    assert isinstance(font.face, OutlineFace)
    assert (font.face.program.name, font.advance("Aż".encode("utf-16-be"))) == (
        "Helvetica",
        pytest.approx(116.7, abs=0.01),
    )
    assert codes(findings) == ["font-substituted"]


def test_missing_narrow_data_object_fonts_are_substituted_by_narrow_ones() -> None:
    group = full_name(0xDE, "Arial Narrow") + internal_id(3) + data_object_font(100)
    font = FontLibrary(Findings()).fonts_of(mdr(group), scope())[3]
    assert (font.stretch, font.advance("A".encode("utf-16-be"))) == (0.82, pytest.approx(66.7 * 0.82))


def test_a_rule_may_name_a_font_of_the_folders(tmp_path: Path) -> None:
    (tmp_path / "any.ttf").write_bytes(truetype("Latin One", "Aa"))
    (tmp_path / FILE_NAME).write_text("C0MINE* = Latin One 50\nC0OTHER = Nowhere\n", "utf-8")
    page = resource(CODE_PAGE, "T1TEST", code_page({0x81: "LA010000", 0x40: "SP010000"}))
    library = FontLibrary(Findings(), resource_paths=[tmp_path])
    groups = [
        name(0x86, text) + name(0x85, "T1TEST") + local_id(at)
        for at, text in enumerate(("C0MINE", "C0OTHER"))
    ]
    fonts = library.fonts_of(mcf(*groups), scope(page))
    assert (fonts[0].size, fonts[0].advance(b"\x81")) == (50, pytest.approx(1))
    assert isinstance(fonts[1].face, OutlineFace)
    assert fonts[1].face.program.name == "Helvetica"


def test_a_missing_font_is_told_once_and_by_its_name() -> None:
    """Whatever its size and encoding; the finding cites the field that maps it."""
    findings = Findings()
    sized = [full_name(0xDE, "Latin One") + internal_id(at) + data_object_font(10 * at) for at in (1, 2)]
    paged = full_name(0xDE, "Latin One") + internal_id(3) + data_object_font(10) + name(0x85, "T1V10500")
    FontLibrary(findings).fonts_of(mdr(*sized, paged), scope())
    (told,) = [finding for finding in findings if finding.code == "font-substituted"]
    assert told.message == "Font Latin One is not there or cannot be used. Helvetica is used instead."
    assert (told.field, told.spec) == ("MDR", "MO:DCA Map Data Resource (MDR)")


def test_a_missing_coded_font_is_told_once() -> None:
    findings = Findings()
    groups = [
        name(0x86, "C0MINE") + name(0x85, page) + descriptor(size) + local_id(at)
        for at, (page, size) in enumerate((("T1V10500", 8), ("T1V10500", 9), ("T1V10273", 8)))
    ]
    FontLibrary(findings).fonts_of(mcf(*groups), scope())
    (told,) = [finding for finding in findings if finding.code == "font-substituted"]
    assert told.message == "Font C0MINE is not there or cannot be used. Helvetica is used instead."
    assert (told.field, told.spec) == ("MCF", "MO:DCA Map Coded Font (MCF) Format 2")
