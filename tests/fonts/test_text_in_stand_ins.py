"""Text in the stand-in of a data-object font that is missing: every character once, at its place."""

from __future__ import annotations

import io
from dataclasses import FrozenInstanceError

import pytest
from data_object_files import UTF8, lines, one_font

from afpcluster.afp.triplets import encode_triplet
from afpcluster.conversion.work import Work
from afpcluster.display.items import GlyphRun
from afpcluster.fonts.stand_in.free_fonts import FreeFonts
from afpcluster.fonts.unicode.unicode_font import standard_character_face, unicode_font, utf16
from afpcluster.options import STAND_IN_FOLDERS, Options

_FACES = [standard_character_face("Helvetica"), *FreeFonts(STAND_IN_FOLDERS).faces("Helvetica")]
CODE_PAGE_500 = encode_triplet(0x20, bytes.fromhex("02B701F4"))


def runs(data: bytes) -> list[tuple[str, float]]:
    """What the runs of the page read as, and where they are, in points."""
    work = Work(io.BytesIO(data), Options(raise_faults=True))
    found = []
    for _, page in work.pages():
        assert page is not None
        for item in page.items:
            assert isinstance(item, GlyphRun)
            size = item.face.code_size
            codes = [
                int.from_bytes(item.codes[at : at + size], "big") for at in range(0, len(item.codes), size)
            ]
            found.append(
                ("".join([item.face.unicode[code] for code in codes]), pytest.approx(item.x, abs=0.01))
            )
    return found


@pytest.mark.parametrize(
    ("encoding", "codec", "text", "expected"),
    [
        (b"", "utf-16-be", "Total: 12.50 €", [("Total: 12.50 €", 10)]),
        (b"", "utf-16-be", "Aęž", [("A", 10), ("ę", 10 + 6.67), ("ž", 10 + 12.23)]),
        (UTF8, "utf-8", "Größe é", [("Größe é", 10)]),
        (CODE_PAGE_500, "cp500", "Größe é", [("Größe é", 10)]),
    ],
)
def test_text(encoding: bytes, codec: str, text: str, expected: list[tuple[str, float]]) -> None:
    found = runs(one_font(None, lines(text, codec=codec), encoding=encoding, size=10))
    assert "".join([words for words, _ in found]) == text
    assert found == expected


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_turned_characters_of_every_face_have_a_place_of_their_own(rotation: int) -> None:
    font = unicode_font("test", _FACES, utf16, 2, 10, rotation=rotation)
    assert font.split is not None
    for run in font.split("Aź".encode("utf-16-be")):
        assert run.font is not None
        assert run.font.placement is not None
        code = int.from_bytes(run.codes[: run.face.code_size], "big")
        width = run.face.widths[code] / 100
        along, across = run.font.placement[code]
        assert width == pytest.approx(along if rotation == 180 else abs(across) * 2)


def test_a_font_is_finished_when_it_is_made() -> None:
    font = unicode_font("test", [standard_character_face("Helvetica")], utf16, 2, 10)
    assert not font.simple
    with pytest.raises(FrozenInstanceError):
        font.code_size = 1  # type: ignore[misc]
