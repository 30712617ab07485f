"""Bar codes that no free reader knows, read back by the rules of their symbologies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bar_readers
import pytest
import zint
from bar_code_objects import bars, draw, ebcdic, text

from afpcluster.afp.bcoca import BarCodeType

HAND_WORKED_MSI = [
    # 2468: IBM modulo 10 is 16 -> 1 + 6, 6, 8, 2: 23, so 7. Modulo 11, weights 2 to 5: 60, remainder 5.
    (2, "2468", "24687"),
    (4, "2468", "246850"),
    (5, "2468", "246850"),
    # Eight ones: NCR weights 2 to 9 sum to 44, remainder 0; IBM weights 2 to 7, 2, 3 to 32, remainder 10.
    (4, "11111111", "1111111108"),
    (7, "11111111", "1111111116"),
]


def two_of_five_check(number: str) -> str:
    """Weights 3, 1 from the right."""
    return str(-sum(int(d) * (3, 1)[n % 2] for n, d in enumerate(reversed(number))) % 10)


def ibm_10(number: str) -> str:
    doubled = "".join(str(int(d) * (2, 1)[n % 2]) for n, d in enumerate(reversed(number)))
    return str(-sum(map(int, doubled)) % 10)


def eleven(number: str, most: int) -> int:
    return sum(int(d) * (2 + n % (most - 1)) for n, d in enumerate(reversed(number))) % 11


MSI_NUMBERS = ("2468", "135", "4711471147", "86420", "7", "11111111", "9999999")


def msi_expected(modifier: int, number: str) -> str | None:
    """What a modifier must encode; None where the first check digit is 10 and not allowed."""
    if modifier == 1:
        return number
    if modifier == 2:
        return number + ibm_10(number)
    if modifier == 3:
        number += ibm_10(number)
        return number + ibm_10(number)
    first = eleven(number, 9 if modifier % 2 == 0 else 7)
    if modifier >= 6:
        first = (11 - first) % 11
    if first == 10:
        if modifier not in (6, 7):
            return None
        first = 0
    number += str(first)
    return number + ibm_10(number)


@pytest.mark.parametrize("modifier", range(1, 10))
@pytest.mark.parametrize("number", MSI_NUMBERS)
def test_msi(modifier: int, number: str) -> None:
    drawn = draw(0x02, modifier, ebcdic(number))
    expected = msi_expected(modifier, number)
    if len(number) < {1: 3, 2: 2}.get(modifier, 1):
        assert drawn.findings == ["bar-code-ec-0c00"]
    elif expected is None:
        assert drawn.findings == ["bar-code-ec-0e00"]
    else:
        assert (bar_readers.msi(bars(drawn)), text(drawn), drawn.findings) == (expected, number, [])


@pytest.mark.parametrize(("modifier", "number", "expected"), HAND_WORKED_MSI)
def test_msi_by_hand(modifier: int, number: str, expected: str) -> None:
    assert bar_readers.msi(bars(draw(0x02, modifier, ebcdic(number)))) == expected


@pytest.mark.parametrize(
    ("type_", "reader"),
    [
        (BarCodeType.INDUSTRIAL_2_OF_5, bar_readers.industrial),
        (BarCodeType.MATRIX_2_OF_5, bar_readers.matrix),
    ],
)
@pytest.mark.parametrize("number", ["0", "48151623", "1234567890"])
def test_two_of_five(type_: int, reader: Callable[[Any], str], number: str) -> None:
    for modifier, expected in ((1, number), (2, number + two_of_five_check(number))):
        drawn = draw(type_, modifier, ebcdic(number))
        assert (reader(bars(drawn)), text(drawn)) == (expected, expected)


@pytest.mark.parametrize("type_", [0x06, 0x16])
@pytest.mark.parametrize(("number", "parity"), [("00", "OO"), ("41", "OE"), ("42", "EO"), ("43", "EE")])
def test_two_digit_supplement(type_: int, number: str, parity: str) -> None:
    drawn = draw(type_, 0, ebcdic(number))
    assert bar_readers.supplement(bars(drawn)) == (number, parity)
    assert text(drawn) == number


@pytest.mark.parametrize("type_", [0x07, 0x17])
@pytest.mark.parametrize(
    # The weighted sum 3, 9, 3, 9, 3 modulo 10 chooses the parities: 0, 2, 3, 9, 1.
    ("number", "parity"),
    [("00000", "EEOOO"), ("10010", "EOOEO"), ("10000", "EOOOE"), ("00300", "OOEOE"), ("00700", "EOEOO")],
)
def test_five_digit_supplement(type_: int, number: str, parity: str) -> None:
    drawn = draw(type_, 0, ebcdic(number))
    assert bar_readers.supplement(bars(drawn)) == (number, parity)
    assert text(drawn) == number


@pytest.mark.parametrize(
    ("modifier", "number"),
    [(0, "48151"), (1, "481516234"), (2, "48151623420"), (3, "4815162"), (4, "48151623420")],
)
def test_postnet(modifier: int, number: str) -> None:
    drawn = draw(0x18, modifier, ebcdic(number))
    correction = str(-sum(map(int, number)) % 10)
    assert bar_readers.postnet(bars(drawn), inverse=modifier == 4) == number + correction
    assert text(drawn) == ""


@pytest.mark.parametrize("characters", ["EC1A1BB9Z", "0129ABYZ", "SW1A2AA1D"])
def test_royal_mail(characters: str) -> None:
    pattern = bar_readers.states(bars(draw(0x1A, 0, ebcdic(characters))))
    assert (pattern[0], pattern[-1]) == ("A", "F")
    check = bar_readers.royal_mail_check(characters)
    assert bar_readers.royal_mail(pattern[1:-1]) == characters + check
    kix = bar_readers.states(bars(draw(0x1A, 1, ebcdic(characters.lower()))))
    assert bar_readers.royal_mail(kix) == characters


def test_long_kix() -> None:
    characters = "1231FZ13XHS" * 4
    assert bar_readers.royal_mail(bar_readers.states(bars(draw(0x1A, 1, ebcdic(characters))))) == characters


@pytest.mark.parametrize(
    # Filled to 13 with CC4 (d); the check value makes the sum of all a multiple of 19.
    ("data", "characters"),
    [
        ("1234567", "1234567" + "d" * 13),
        ("123-4567-8-9", "12345678-9" + "d" * 10),
        ("1234567AKZ", "1234567a0b0c5" + "d" * 7),
        ("12345671234567890123456", "12345671234567890123"),
        ("1234567123456789012B", "1234567123456789012a"),
    ],
)
def test_japan_postal(data: str, characters: str) -> None:
    found = bar_readers.japan_postal(bars(draw(0x1B, 0, ebcdic(data))))
    assert found[:-1] == characters
    assert sum(map("0123456789-abcdefgh".index, found)) % 19 == 0


def test_japan_postal_direct() -> None:
    codes = bytes.fromhex("4C F1F2F3F4F5F6F7 60 5A7F7BE06C507D4D F8F9F0 6E")
    assert bar_readers.japan_postal(bars(draw(0x1B, 1, codes))) == "1234567-abcdefgh890"


@pytest.mark.parametrize(
    # Examples of the postal service's own specification, USPS-B-3200.
    ("modifier", "data", "pattern", "shown"),
    [
        (
            0, "01234567094987654321",
            "ATTFATTDTTADTAATTDTDTATTDAFDDFADFDFTFFFFFTATFAAAATDFFTDAADFTFDTDT", "01 234 567094 987654321",
        ),
        (
            1, "0123456709498765432101234",
            "DTTAFADDTTFTDTFTFDTDDADADAFADFATDDFTAAAFDTTADFAAATDFDTDFADDDTDFFT",
            "01 234 567094 987654321 01234",
        ),
        (
            2, "01234567094987654321012345678",
            "ADFTTAFDTTTTFATTADTAAATFTFTATDAAAFDDADATATDTDTTDFDTDATADADTDFFTFA",
            "01 234 567094 987654321 012345678",
        ),
        (
            3, "0123456709498765432101234567891",
            "AADTFFDFTDADTAADAATFDTDDAAADDTDTTDAFADADDDTFFFDDTTTADFAAADFTDAADA",
            "01 234 567094 987654321 01234567891",
        ),
        (0, "10234912345678123456", None, "10 234 912345678 123456"),
    ],
)  # fmt: skip
def test_intelligent_mail(modifier: int, data: str, pattern: str | None, shown: str) -> None:
    drawn = draw(0x22, modifier, ebcdic(data))
    assert pattern in (None, bar_readers.states(bars(drawn)))
    assert text(drawn) == shown


def australian_bars(symbology: str, data: str) -> str:
    """What zint makes of the lengths it takes; the bars here are the project's own."""
    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology[symbology]
    symbol.encode(data)
    packed = bytes(memoryview(symbol.encoded_data).cast("B"))
    rows = [
        [packed[144 * row + (x >> 3)] >> (x & 7) & 1 for x in range(0, symbol.width, 2)] for row in (0, 2)
    ]
    return "".join("TDAF"[2 * a + d] for a, d in zip(*rows, strict=True))


@pytest.mark.parametrize(
    ("modifier", "symbology", "data", "shown"),
    [
        (1, "AUSPOST", "39987520", "1139987520"),
        (2, "AUSPOST", "3998752012345678", "593998752012345678"),
        (3, "AUSPOST", "39987520aZ #9", "5939987520aZ #9"),
        (5, "AUSPOST", "39987520123456789012345", "6239987520123456789012345"),
        (6, "AUSPOST", "39987520abcXYZ 123", "6239987520abcXYZ 123"),
        (8, "AUSREPLY", "39987520", "4539987520"),
    ],
)
def test_australia_post(modifier: int, symbology: str, data: str, shown: str) -> None:
    drawn = draw(0x1F, modifier, ebcdic(data))
    assert bar_readers.states(bars(drawn)) == australian_bars(symbology, data)
    assert text(drawn) == shown


@pytest.mark.parametrize(
    # Customer information is 16 bars in format 59 and 31 in format 62, padded with timing bars.
    ("modifier", "customer", "customer_bars"),
    [
        (2, "12", "FAFD" + "T" * 12),
        (3, "A", "FFF" + "T" * 13),
        (4, "0123", "FADT" + "T" * 12),
        (5, "", "T" * 31),
        (6, "B", "FFA" + "T" * 28),
        (7, "3210" * 7, "TDAF" * 7 + "TTT"),
    ],
)
def test_australian_customer_information(modifier: int, customer: str, customer_bars: str) -> None:
    pattern = bar_readers.states(bars(draw(0x1F, modifier, ebcdic("39987520" + customer))))
    assert pattern[2 + 20 : -14] == customer_bars


@pytest.mark.parametrize(
    ("modifier", "data", "bar_count"),
    [(0, "1100000000000XY11     ", 66), (1, "11000000000000000XY11     ", 78)],
)
def test_mailmark(modifier: int, data: str, bar_count: int) -> None:
    pattern = bar_readers.states(bars(draw(0x25, modifier, ebcdic(data))))
    if modifier == 0:  # the example of Royal Mail's definition document
        assert pattern == "TTDTTATTDTAATTDTAATTDTAATTDTTDDAATAADDATAATDDFAFTDDTAADDDTAAFDFAFF"
    assert len(pattern) == bar_count
    # Different data gives different bars, of all four kinds.
    other = bar_readers.states(bars(draw(0x25, modifier, ebcdic(data.replace("00000", "00001", 1)))))
    assert set(pattern) == set("FADT")
    assert pattern != other
