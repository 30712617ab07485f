"""CCITT data that libtiff wrote, decoded again; code words at every run length."""

from __future__ import annotations

import pytest
from pictures import bilevel, fax_data, ink_rows
from pictures_fax import g4_by_hand, horizontal, packed
from PIL import Image

from afpcluster.codecs.ccitt import RowForm, Scheme, coded_form, coded_width, decode
from afpcluster.codecs.ccitt_codes import run_codes

SIZES = [(72, 38), (517, 90), (6000, 20), (1, 1), (9, 3), (8, 1)]
EOL = "000000000001"


@pytest.mark.parametrize("scheme", [Scheme.G4, Scheme.G3_MH, Scheme.G3_MR, Scheme.TIFF_2])
@pytest.mark.parametrize("size", SIZES)
def test_what_libtiff_wrote_is_read(size: tuple[int, int], scheme: Scheme) -> None:
    image = bilevel(*size)
    found = decode(fax_data(image, scheme.value), RowForm(size[0]), scheme, size[1])
    assert found == (ink_rows(image), size[1], False, False)


@pytest.mark.parametrize("scheme", [Scheme.G4, Scheme.G3_MH, Scheme.G3_MR])
def test_the_end_of_the_page_gives_the_height(scheme: Scheme) -> None:
    image = bilevel(80, 33)
    decoded = decode(fax_data(image, scheme.value), RowForm(80), scheme, 1000)
    assert (decoded.rows[: len(ink_rows(image))], decoded.height) == (ink_rows(image), 33)


def test_every_run_length_has_its_code_words() -> None:
    """Each length as one black run in a row of its own, coded by libtiff."""
    for length in (*range(1, 130), *range(192, 2700, 64), 5200):
        image = bilevel(length + 2, 1, seed=length)
        image.paste(255, (0, 0, length + 2, 1))
        image.paste(0, (1, 0, length + 1, 1))
        data = fax_data(image, "MH")
        assert decode(data, RowForm(length + 2), Scheme.G3_MH, 1).rows == ink_rows(image), length


@pytest.mark.parametrize("tagged", [True, False])
def test_ibm_mmr(tagged: bool) -> None:
    """Its first row is one-dimensional; made here from T.6 data whose first row, white, is one bit."""
    image = bilevel(96, 20)
    image.paste(255, (0, 0, 96, 1))
    bits = f"{int.from_bytes(fax_data(image, 'G4'), 'big'):b}"
    assert bits.startswith("1")  # V0: white to the end of the row
    white = {length: code for code, length in run_codes(False).items()}
    body = bits[1:].rstrip("0")
    end = body.removesuffix(EOL + EOL)
    assert end != body
    stream = (EOL + "1" if tagged else "") + white[64] + white[32] + (EOL + "0" if tagged else "") + end
    stream += (EOL + "1") * 2
    stream = stream.ljust((len(stream) + 7) // 8 * 8, "0")
    data = int(stream, 2).to_bytes(len(stream) // 8, "big")
    assert decode(data, RowForm(96), Scheme.IBM_MMR, 1000) == (ink_rows(image), 20, False, False)


@pytest.mark.parametrize("coded", [517, 520])
def test_the_coded_row_length_is_found(coded: int) -> None:
    image = bilevel(coded, 40)
    assert coded_width(fax_data(image, "G4"), 517, Scheme.G4) == coded


def test_rows_that_begin_at_bytes_are_found() -> None:
    image = bilevel(43, 30)
    data = g4_by_hand(image, aligned=True)
    assert coded_form(data, 43, Scheme.G4, padded=True) == (43, True)
    assert decode(data, RowForm(43, aligned=True), Scheme.G4, 99)[:2] == (ink_rows(image), 30)


@pytest.mark.parametrize("scheme", [Scheme.G4, Scheme.G3_MH])
def test_rows_that_follow_each_other_are_not_taken_for_others(scheme: Scheme) -> None:
    for width in (43, 48):
        data = fax_data(bilevel(width, 30), scheme.value)
        assert coded_form(data, width, scheme, padded=True) == (width, False)
    blank = fax_data(Image.new("1", (43, 30), 255), scheme.value)
    assert not coded_form(blank, 43, scheme, padded=True).aligned


@pytest.mark.parametrize(
    ("points", "code"),
    [  # T.6 table 5: image points, then an exit code of the zeros that are left and of the next colour
        ("10000000", "10000010000000010"),  # 1, five zeros, two zeros and out
        ("00000000", "00000100000000010"),  # five zeros, three and out
        ("11100101", "1110010100000010"),
        ("00010000", "0001000000000010"),  # four zeros and out
    ],
)
def test_uncompressed_mode(points: str, code: str) -> None:
    """Between a row before and a row behind that are not."""
    rows = ["00111000", points, "11000011"]
    bits = horizontal(rows[0]) + "0000001111" + code + horizontal(rows[2]) + EOL * 2
    found = decode(packed(bits), RowForm(8), Scheme.G4, 9)
    assert found == (bytes(int(row, 2) for row in rows), 3, False, True)


def test_uncompressed_mode_in_the_middle_of_a_row() -> None:
    """Two white and two black points, 010 as they are, black next: a black run to the end of the row."""
    runs = [{length: word for word, length in run_codes(black).items()} for black in (False, True)]
    bits = "001" + runs[0][2] + runs[1][2] + "0000001111" + "01" + "00000001" + "1" + "1" + EOL * 2
    assert decode(packed(bits), RowForm(16), Scheme.G4, 9).rows == bytes.fromhex("35FF")


def test_damage_ends_the_decoding() -> None:
    data = fax_data(bilevel(400, 50), "G4")
    decoded = decode(data[: len(data) // 2] + b"\0\0\0\0", RowForm(400), Scheme.G4, 50)
    assert decoded.damaged
    assert 0 < decoded.height < 50
    assert len(decoded.rows) == decoded.height * 50
