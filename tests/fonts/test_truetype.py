"""TrueType fonts: collections, symbol maps, linked fonts, encodings of text, folders."""

from __future__ import annotations

import os
from hashlib import md5
from pathlib import Path

import pytest
from sfnt_files import collection, truetype, with_table

from afpcluster.display.face import ProgramKind
from afpcluster.fonts.foca.code_page import FontDataError
from afpcluster.fonts.folders import FontFolders, survey
from afpcluster.fonts.stand_in.builtin_code_pages import built_in
from afpcluster.fonts.unicode.truetype import character_face
from afpcluster.fonts.unicode.unicode_font import (
    fingerprint_of,
    page_decoder,
    standard_character_face,
    unicode_font,
    utf8,
    utf16,
)

LATIN = truetype("Latin One", "AB ")
GREEK = truetype("Greek One", "αβA")


def test_face() -> None:
    found = character_face(LATIN)
    face = found.face
    assert (face.program.kind, face.program.name, face.code_size) == (
        ProgramKind.TRUETYPE,
        "LatinOne",
        2,
    )
    assert found.codes == {ord("A"): 1, ord("B"): 2, ord(" "): 3}
    assert face.widths == {0: 0, 1: 10, 2: 20, 3: 30}
    assert face.unicode == {1: "A", 2: "B", 3: " "}
    assert found.names == {"latin one", "latinone", "latin one regular"}
    assert (face.style.ascent, face.style.descent, face.style.cap_height) == (800, -200, 700)
    assert (face.style.bold, face.style.fixed_pitch) == (True, True)
    assert (found.underline_position, found.underline_thickness) == (-150, 50)


@pytest.mark.parametrize(
    ("name", "index"), [("Greek One", 1), ("greek  ONE", 1), ("Latin One", 0), ("Other", 0)]
)
def test_collections_by_full_name(name: str, index: int) -> None:
    found = character_face(collection(LATIN, GREEK), name)
    assert found.face.program.index == index
    assert (ord("α") in found.codes) == bool(index)


def test_symbol_fonts_answer_at_both_places() -> None:
    found = character_face(truetype("Signs", "!", symbol=True))
    assert found.codes == {0xF021: 1, 0x21: 1}


@pytest.mark.parametrize("data", [b"", b"\0\1\0\0", b"no font at all", LATIN[:200], b"ttcf" + bytes(20)])
def test_damage_is_a_font_data_error(data: bytes) -> None:
    with pytest.raises(FontDataError):
        character_face(data, "Damaged")


@pytest.mark.parametrize(
    ("data", "runs"),
    [
        ("AB".encode("utf-16-be"), [(0, [1, 2], 3.0)]),
        ("AαβB".encode("utf-16-be"), [(0, [1], 1.0), (1, [1, 2], 3.0), (0, [2], 2.0)]),
        ("A\u200d\x07B".encode("utf-16-be"), [(0, [1, 2], 3.0)]),  # controls show nothing
        ("AЖ".encode("utf-16-be"), [(0, [1, 0], 1.0)]),  # none has it: the missing glyph
        (b"", []),
    ],
)
def test_linked_fonts(data: bytes, runs: list[tuple[int, list[int], float]]) -> None:
    faces = [character_face(LATIN), character_face(GREEK)]
    font = unicode_font("test", faces, utf16, 2, 100)
    assert font.split is not None
    found = [
        (
            [face.face for face in faces].index(run.face),  # type: ignore[arg-type]
            [run.codes[at] << 8 | run.codes[at + 1] for at in range(0, len(run.codes), 2)],
            pytest.approx(run.advance),
        )
        for run in font.split(data)
    ]
    assert found == runs
    assert font.advance(data) == pytest.approx(sum(advance for _, _, advance in runs))


def test_missing_characters_are_told_as_often_as_they_are_shown() -> None:
    told: list[tuple[str, int]] = []
    font = unicode_font(
        "test", [character_face(LATIN)], utf16, 2, 10, missing=lambda *lost: told.append(lost)
    )
    assert font.split is not None
    for text in ("ЖA", "ЖA", "ЖяЖ"):
        font.advance(text.encode("utf-16-be"))  # to measure is not to show
        font.split(text.encode("utf-16-be"))
    assert told == [("Ж", 1), ("Ж", 1), ("Ж", 2), ("я", 1)]


@pytest.mark.parametrize(
    ("decode", "data"),
    [
        (utf16, b"\0A\0B"),
        (utf8, b"AB"),
        (page_decoder(built_in(500)), b"\xc1\xc2"),  # type: ignore[arg-type]
        (page_decoder(built_in(1252)), b"AB"),  # type: ignore[arg-type]
    ],
)
def test_encodings(decode: object, data: bytes) -> None:
    font = unicode_font("test", [character_face(LATIN)], decode, 1, 100)  # type: ignore[arg-type]
    assert font.split is not None
    assert [run.codes for run in font.split(data)] == [b"\0\1\0\2"]


def test_glyph_runs_find_their_face() -> None:
    faces = [character_face(LATIN), character_face(GREEK)]
    font = unicode_font("test", faces, utf16, 2, 100)
    assert font.glyph_face is not None
    assert [font.glyph_face(b"", name) for name in ("", "GREEK ONE", "Nowhere")] == [
        (faces[0].face, True),
        (faces[1].face, True),
        None,
    ]


def object_oid(fingerprint: bytes) -> bytes:
    """1.3.18.0.4.1.5.fingerprint.1000000.0.0.0; the last of seven bits has its high bit off."""
    value = int.from_bytes(fingerprint, "big")
    sevens = [value >> 7 * at & 0x7F for at in range(19)][::-1]
    sevens = sevens[next(at for at, seven in enumerate(sevens) if seven) :]
    number = bytes([*(seven | 0x80 for seven in sevens[:-1]), sevens[-1]])
    content = bytes.fromhex("2b1200040105") + number + bytes.fromhex("bd8440000000")
    return bytes((6, len(content))) + content


def test_fingerprint_of_an_object_oid() -> None:
    example = bytes.fromhex("061F2B120004010583FFEEEEF397BAD4E690F7B395A8C39988A200BD8440000000")
    assert fingerprint_of(example).hex() == "ffeeddccbbaa99887766554433221100"  # MO:DCA Appendix F
    assert object_oid(bytes.fromhex("ffeeddccbbaa99887766554433221100")) == example
    assert fingerprint_of(bytes.fromhex("06032b1200")) == b""


@pytest.mark.parametrize(
    ("data", "expected"), [(LATIN, (0, True)), (GREEK, (1, True)), (b"another", (0, False))]
)
def test_glyph_runs_find_their_face_by_object_oid(data: bytes, expected: tuple[int, bool]) -> None:
    faces = [character_face(LATIN), character_face(GREEK)]
    font = unicode_font("test", faces, utf16, 2, 100)
    assert font.glyph_face is not None
    found = font.glyph_face(object_oid(md5(data).digest()), "")
    assert found == (faces[expected[0]].face, expected[1])


def test_size_stretch_and_lines() -> None:
    font = unicode_font("test", [character_face(LATIN)], utf16, 2, 20, stretch=2)
    assert font.advance(b"\0B") == pytest.approx(0.8)
    assert (font.ascender, font.descender) == (pytest.approx(16), pytest.approx(4))
    assert (font.underscore_position, font.underscore_thickness) == (pytest.approx(3), pytest.approx(1))
    assert font.space_increment == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("rotation", "advance", "origin"), [(90, 20, (4, 0.2)), (180, 0.4, (0.4, 0)), (270, 20, (16, -0.2))]
)
def test_character_rotation(rotation: int, advance: float, origin: tuple[float, float]) -> None:
    font = unicode_font("test", [character_face(LATIN)], utf16, 2, 20, rotation=rotation)
    assert font.advance(b"\0B") == pytest.approx(advance)
    assert font.placement is not None
    assert font.placement[2] == pytest.approx(origin)


@pytest.mark.parametrize(
    ("rotation", "vertical", "origin", "advance", "place"),
    [  # B is 0.4 points wide and reaches 10 points up; units are hundredths of a point
        (0, (1500, 300), None, 0.4, None),
        (180, (1500, 300), None, 0.4, (0.4, 0)),
        (270, (1500, 300), None, 15, (13, -0.2)),
        (90, (1500, 300), None, 15, (2, 0.2)),
        (270, (1500, 300), 1760, 15, (17.6, -0.2)),
        (90, (1500, 300), 1760, 15, (-2.6, 0.2)),
        (270, None, None, 20, (16, -0.2)),  # without: an em, its ascender and descender in the middle
    ],
)
def test_metrics_for_vertical_writing(
    rotation: int,
    vertical: tuple[int, int] | None,
    origin: int | None,
    advance: float,
    place: tuple[float, float] | None,
) -> None:
    """MO:DCA "Data-Object Font Descriptor Triplet X'8B'", CharRot."""
    face = character_face(truetype("Upright", "AB ", vertical=vertical, origin=origin))
    font = unicode_font("test", [face], utf16, 2, 20, rotation=rotation)
    assert font.advance(b"\0B") == pytest.approx(advance)
    assert (font.placement or {}).get(2) == (place and pytest.approx(place))


def test_damaged_metrics_for_vertical_writing_are_left_out() -> None:
    data = truetype("Upright", "AB ", vertical=(1500, 300))
    face = character_face(data.replace(b"vmtx", b"vmtx"[::-1], 1))
    assert unicode_font("test", [face], utf16, 2, 20, rotation=270).advance(b"\0B") == pytest.approx(20)


@pytest.mark.parametrize("character", " \u00a0\u2003\u202f")
def test_spaces_that_no_face_has_are_plain_ones(character: str) -> None:
    told: list[tuple[str, int]] = []
    font = unicode_font(
        "test", [character_face(LATIN)], utf16, 2, 10, missing=lambda *lost: told.append(lost)
    )
    assert font.split is not None
    (run,) = font.split(f"A{character}B".encode("utf-16-be"))
    assert (run.codes, told) == (b"\0\1\0\3\0\2", [])


def test_standard_fonts_for_unicode_text() -> None:
    """Letters of the standard Latin character set, in one face."""
    font = unicode_font("test", [standard_character_face("Helvetica")], utf16, 2, 1000)
    assert font.split is not None
    (run,) = font.split("Až€łﬁ".encode("utf-16-be"))
    assert "".join(run.face.unicode[code] for code in run.codes) == "Až€łﬁ"
    assert font.advance("Až".encode("utf-16-be")) == 667 + 500


def test_folders(tmp_path: Path) -> None:
    (tmp_path / "one.ttf").write_bytes(LATIN)
    (tmp_path / "two.ttc").write_bytes(collection(LATIN, GREEK))
    (tmp_path / "bad.otf").write_bytes(b"no font")
    (tmp_path / "Greek One.txt").write_bytes(b"not looked at")
    folders = FontFolders([tmp_path / "nowhere", tmp_path])
    found = {name: folders.data(name) for name in ("Latin One", "GREEK one", "one", "Missing")}
    assert found == {
        "Latin One": LATIN,
        "GREEK one": collection(LATIN, GREEK),
        "one": LATIN,
        "Missing": None,
    }


def test_a_font_file_is_looked_into_once_and_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "some.ttf"
    path.write_bytes(LATIN)
    before = survey.cache_info().misses
    files = [FontFolders([tmp_path]).with_characters(map(ord, "AB")) for _ in range(3)]
    assert [file is not None for file in files] == [True] * 3
    assert survey.cache_info().misses == before + 1
    path.write_bytes(GREEK)
    os.utime(path, ns=(1, 1))
    assert FontFolders([tmp_path]).data("Greek One") == GREEK
    assert FontFolders([tmp_path]).with_characters(map(ord, "AB ")) is None


@pytest.mark.parametrize("last", [0x10FFFF, 0x7FFFFFFF])
def test_a_character_map_cannot_expand_without_bounds(last: int) -> None:
    groups = b"".join(n.to_bytes(4, "big") for n in (0, last, 1)) * 2
    subtable = b"\0\x0c\0\0" + (16 + len(groups)).to_bytes(4, "big") + bytes(4) + b"\0\0\0\2" + groups
    data = with_table(LATIN, "cmap", b"\0\0\0\1\0\3\0\x0a\0\0\0\x0c" + subtable)
    with pytest.raises(FontDataError, match="character map"):
        character_face(data)


def test_shapes_of_letters_read_as_the_letters() -> None:
    face = character_face(truetype("Shapes", "\ufee3\ufefb\ufb2a\ufc5e\u0645\ufee1")).face
    readings = [face.unicode[glyph] for glyph in range(1, 7)]
    assert readings == ["\u0645", "\u0644\u0627", "\u05e9\u05c1", "\ufc5e", "\u0645", "\u0645"]
