"""The bidirectional algorithm: worked examples of PTOCA and UAX #9, and python-bidi's order of any text."""

from __future__ import annotations

from unicodedata import bidirectional

import bidi as python_bidi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from afpcluster.fonts.unicode.bidi import embedding_levels, mirrored, paragraph_level, visual_order

HEBREW = "אבג"


@pytest.mark.parametrize(
    ("text", "base", "levels"),
    [
        ("abc", 0, "000"),
        ("abc", 1, "222"),
        ("אבגabcאבג!", 1, "1112221111"),  # PTOCA: R0 R1 R2 L3 L4 L5 R6 R7 R8 N9
        ("אבגabcאבג!", 0, "1110001110"),
        ("א1-2", 1, "1222"),  # W4
        ("א1!2", 1, "1212"),  # N1: a number counts as right-to-left
        ("ب1", 1, "12"),  # W2
        ("ב1%א", 0, "1221"),  # W5
        ("1א", 0, "01"),  # W7
        ("א\u0301b", 0, "110"),  # W1
        ("a (ב) א", 0, "0001001"),  # N0: the context in front is left-to-right
        ("א (a) b", 1, "1112112"),  # N0
        ("א (a[b)c", 1, "11122212"),
        ("a\u202bא 1\u202cb", 0, "0011220"),  # RLE, PDF: at the level in front of them
        ("a\u2067b\u2069c", 0, "00200"),  # RLI, PDI
        ("a\u2068א\u2069", 0, "0010"),  # FSI
        ("\u202eab\u202c", 0, "0110"),  # RLO; L1 for what ends the line
        ("א \t ב  ", 0, "1001100"),  # L1
    ],
)
def test_levels(text: str, base: int, levels: str) -> None:
    assert "".join(map(str, embedding_levels(text, base))) == levels


@pytest.mark.parametrize(
    ("levels", "order"),
    [([], []), ([0, 0], [0, 1]), ([1, 1, 0], [1, 0, 2]), ([1, 2, 2, 1], [3, 1, 2, 0]), ([2, 2], [0, 1])],
)
def test_visual_order(levels: list[int], order: list[int]) -> None:
    assert visual_order(levels) == order


@pytest.mark.parametrize(
    ("text", "level"), [("1a", 0), ("1ب", 1), ("\u2067ב\u2069a", 0), ("1 !", None), ("\u2069ב", 1)]
)
def test_paragraph_level(text: str, level: int | None) -> None:
    assert paragraph_level(text) == level


@pytest.mark.parametrize("pair", ["()", "[]", "{}", "<>", "«»", "≤≥", "〈〉", "༺༻"])
def test_mirrored_characters(pair: str) -> None:
    assert (mirrored(pair[0]), mirrored(pair[1])) == (pair[1], pair[0])


def test_other_characters_are_their_own_mirror_images() -> None:
    assert [mirrored(c) for c in "a√'"] == list("a√'")


_ALPHABET = 'abאבجد019٠١+-#$,.<> \t!"&\u0301\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e'
_BRACKETS = "()[]{}\u2329\u3009"
_ISOLATES = "\u2066\u2067\u2068\u2069"
_REMOVED = ("LRE", "RLE", "LRO", "RLO", "PDF", "BN")  # stand nowhere
_RESET = ("WS", "S", "LRI", "RLI", "FSI", "PDI", *_REMOVED)  # what L1 may set to the paragraph's level


@given(
    st.one_of(st.text(_ALPHABET + more, max_size=20) for more in (_BRACKETS, _ISOLATES)),
    st.sampled_from([0, 1]),
)
def test_the_order_is_that_of_another_implementation(text: str, base: int) -> None:
    """Brackets and isolates apart: for a pair behind an isolate, python-bidi forgets what stands in front."""
    types = [bidirectional(character) for character in text]
    levels = embedding_levels(text, base)
    if base and not any(level & 1 for level, type_ in zip(levels, types, strict=True) if type_ not in _RESET):
        return  # python-bidi takes a shortcut here, which forgets L1
    shown = [text[at] for at in visual_order(levels) if types[at] not in _REMOVED]
    expected = python_bidi.get_display(text, base_dir="LR"[base])
    assert shown == [character for character in expected if bidirectional(character) not in _REMOVED]
