"""The fonts of the sample: complete, consistent, and usable by any Type 1 rasteriser."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw, ImageFont

from afpcluster.afp import foca
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import RecordFile
from afpcluster.afp.names import decode_name
from afpcluster.findings import Findings
from afpcluster.sample.typefaces import BOLD, CODE_PAGE, REGULAR, Style, encode_text, resource, typeface
from afpcluster.sample.words import LANGUAGES


def fields(name: str, kind: str) -> bytes:
    file = RecordFile(io.BytesIO(resource(name)), Findings())
    return b"".join(r.data for r in file.read(0, file.size) if r.type == CODES[kind])


def code_page() -> dict[int, str]:
    groups = foca.repeat(foca.CodePageEntry, fields(CODE_PAGE, "CPI"), 10)
    return {group.code: decode_name(group.gcgid) for group in groups}


@pytest.mark.parametrize("name", [REGULAR, BOLD])
def test_counts_and_sizes_in_font_control_are_right(name: str) -> None:
    control = foca.FontControl.decode(fields(name, "FNC"))
    assert control.technology == foca.PatternTechnology.TYPE1
    assert control.outline_data_count == len(fields(name, "FNG"))
    assert control.name_data_count == len(fields(name, "FNN"))
    assert control.name_count * control.index_group_length == len(fields(name, "FNI"))


@pytest.mark.parametrize("name", [REGULAR, BOLD])
def test_every_code_point_has_metrics_and_a_glyph_name(name: str) -> None:
    control = foca.FontControl.decode(fields(name, "FNC"))
    metrics = {decode_name(m.gcgid) for m in foca.repeat(foca.CharacterMetrics, fields(name, "FNI"), 28)}
    names = foca.name_map(fields(name, "FNN"), control.name_group_length)
    wanted = set(code_page().values())
    assert wanted <= metrics
    assert wanted <= {decode_name(gcgid) for gcgid in names}


@pytest.mark.parametrize("name", [REGULAR, BOLD])
def test_program_draws_every_letter(name: str) -> None:
    """FreeType, an independent reader of Type 1, draws each character with the width that FNI says."""
    (program,) = foca.outline_objects(fields(name, "FNG"), described=False)
    assert sum(program.data[0::4]) & 0xFF == fields(name, "FNG")[4]
    font = ImageFont.truetype(io.BytesIO(program.data), 1000)
    face = typeface(Style.BODY if name == REGULAR else Style.BODY_BOLD)
    for character in "AgéüñßÆØ1580€&@":
        image = Image.new("1", (1400, 1600))
        ImageDraw.Draw(image).text((200, 100), character, font=font, fill=1)
        assert image.getbbox(), character
        width = face.width(encode_text(character)) / (face.points * 20) * 1000
        assert font.getlength(character) == pytest.approx(width, abs=1.0), character


def test_all_words_are_in_the_code_page() -> None:
    codes = code_page()
    for language in LANGUAGES:
        texts = [
            *language.labels.values(), *language.months, *language.kinds.values(), *language.given_names,
            *language.surnames, *language.streets, *language.towns, language.greeting, language.notice,
            language.slogan, *(shop for shops in language.shops.values() for shop in shops),
        ]  # fmt: skip
        for text in texts:
            assert set(encode_text(text)) <= codes.keys(), text


@pytest.mark.parametrize(
    ("language", "cents", "text"),
    [
        (0, 123456789, "1,234,567.89+"),
        (1, -5, "0,05-"),
        (2, 100000, "1\xa0000,00+"),
        (3, -123456, "1.234,56-"),
    ],
)
def test_amounts(language: int, cents: int, text: str) -> None:
    assert LANGUAGES[language].amount(cents) == text
