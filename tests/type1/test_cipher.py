"""The cipher of text in pieces: what comes again is the same, and decrypts to the text with white space."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afpcluster.type1.cipher import decrypt_eexec, eexec_piece, eexec_portion, encrypt_eexec

_SPACE = rb"[ \n\r\t]{0,12}"


def portion(pieces: list[bytes]) -> bytes:
    first, *others, last = pieces
    return eexec_portion(first, map(eexec_piece, others), last)


@given(st.lists(st.binary(min_size=1, max_size=60), min_size=2, max_size=8))
def test_pieces_decrypt_to_their_text(pieces: list[bytes]) -> None:
    plain = decrypt_eexec(portion(pieces))
    assert re.fullmatch(_SPACE.join(map(re.escape, pieces)), plain)


@pytest.mark.parametrize("before", [b"", b"A", b"longer text", bytes(300)])
def test_the_cipher_of_a_piece_does_not_depend_on_what_is_before(before: bytes) -> None:
    piece = b"/A 4 RD abcd ND\n"
    assert piece_cipher([before, piece, b"end"]) == piece_cipher([b"x", piece, b"end"])


def piece_cipher(pieces: list[bytes]) -> bytes:
    """The cipher of the second of three pieces, and what is behind it."""
    first, _, last = pieces
    without = portion([first, last])
    return portion(pieces)[len(without) - len(last) :]


def test_a_text_of_one_piece() -> None:
    assert decrypt_eexec(encrypt_eexec(b"text")) == b"text"
