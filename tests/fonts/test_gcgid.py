"""GCGIDs and Unicode: registered identifiers, variants, identifiers of other makers, and the way back."""

from __future__ import annotations

import pytest

from afpcluster.fonts.stand_in.gcgid import identifier, unicode_text


@pytest.mark.parametrize(
    ("gcgid", "text"),
    [
        ("LA010000", "a"),
        ("LA020000", "A"),
        ("LE110000", "é"),
        ("LU180000", "Ü"),
        ("LC420000", "Ç"),
        ("LL620000", "Ł"),
        ("LS610000", "ß"),
        ("LI300000", "İ"),
        ("SP010000", " "),
        ("SP300000", "\u00a0"),
        ("SP320000", "\u00ad"),
        ("ND100000", "0"),
        ("ND031000", "³"),
        ("ND022000", "₂"),
        ("ND050001", "٥"),
        ("NF040000", "¼"),
        ("LN011000", "ⁿ"),
        ("SC200000", "€"),
        ("SM900000", "—"),
        ("SD150100", "ˆ"),
        ("SF440000", "╬"),
        ("GO320000", "Ω"),
        ("GE710000", "ή"),
        ("KA160000", "Я"),
        ("KZ210000", "ж"),
        ("HX330000", "א"),
        ("AB010003", "ب"),
        ("JK300000", "ク"),
        ("RK300000", "く"),
        ("UNIC2014", "—"),
        ("U00020AC", "€"),
        ("UNIC0007", None),
        ("UNICD800", None),
        ("EX032000", None),
        ("la010000", None),  # letters in an identifier are case-sensitive
        ("LA01", "a"),
        ("", None),
    ],
)
def test_text(gcgid: str, text: str | None) -> None:
    assert unicode_text(gcgid) == text


@pytest.mark.parametrize("character", "aZéŁßÆ0²¼€§“—│Ωή ЖяאبクくđÐ₂⁺")
def test_identifiers_lead_back(character: str) -> None:
    found = identifier(character)
    assert found is not None
    assert len(found) == 8
    assert unicode_text(found) == {"đ": "đ", "Đ": "Ð"}.get(character, character)


def test_characters_without_identifier() -> None:
    assert identifier("龍") is None
