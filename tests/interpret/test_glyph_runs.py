"""Glyph layout chains (GLC, GIR, GAR, GOR, UCT) and Unicode text, in a TrueType font of the file.

The font's glyphs 1 and 2 are "A" and "b". Units are twips, 20 a point.
"""

from __future__ import annotations

import pytest
from displayed import finding_codes, items_shown

from afpcluster.afp import modca, triplets
from afpcluster.afp.ptoca import PREFIX, TABLE, TextBuilder
from afpcluster.afp.triplets import FqnType
from afpcluster.sample.records import enclosed, field, qualified_name, triplet
from benchmarks.fuzz import seed_fonts
from benchmarks.fuzz.seed_pages import print_file

NAME = "Tiny".encode("utf-16-be")
MAP = field(
    "MDR",
    modca.MapResources(
        [
            modca.MapGroup(
                triplet(triplets.CodedGraphicCharacterSet(0, 1200))
                + qualified_name(FqnType.DATA_OBJECT_EXTERNAL, NAME)
                + triplet(seed_fonts.TRUE_TYPE)
                + triplet(triplets.DataObjectFontDescriptor(0, 0x20, 200, 0, 0, 3, 1))
                + qualified_name(FqnType.DATA_OBJECT_INTERNAL, b"\x01")
            )
        ]
    ),
)
START = TextBuilder().control("SCFL", 1).control("AMI", 100).control("AMB", 300)


def words(*values: int) -> bytes:
    """Two reserved bytes and 16-bit values."""
    return bytes(2) + b"".join(value.to_bytes(2, "big", signed=value < 0) for value in values)


def control(mnemonic: str, data: bytes) -> bytes:
    """A chained control sequence, without prefix."""
    row = next(row for row in TABLE if row is not None and row.mnemonic == mnemonic)
    return bytes((len(data) + 2, row.code | 1)) + data


def file(chain: bytes, then: bytes = b"") -> bytes:
    """A page whose text starts at (5, 15), goes on with the chain and ends with a rule of 10 points."""
    rule = TextBuilder().control("DIR", 200, 20 << 8).data()
    content = START.data() + (PREFIX + chain if chain else b"") + then + rule
    text = enclosed("BPT", "X", [field("PTX", content)])
    return print_file(text, resources=seed_fonts.true_type_container(NAME), maps=MAP)


def glyphs(advance: int) -> bytes:
    """Glyph Layout Control: the chain moves on by `advance`; the font by its full name."""
    return control("GLC", advance.to_bytes(2, "big") + bytes((0, len(NAME))) + bytes(4) + NAME)


AB = control("GIR", words(1, 2))
ADVANCES = control("GAR", words(0, 160))
NO_OPERATION = control("NOP", b"")[:1] + b"\xf8"


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        (AB + ADVANCES, "'Ab 0,0 8,0' 10 at 5,15"),
        (AB + ADVANCES + control("GOR", words(0, 40)), "'Ab 0,0 8,-2' 10 at 5,15"),  # up
        (AB + ADVANCES + control("GOR", words(0, -40)), "'Ab 0,0 8,2' 10 at 5,15"),
        (AB + ADVANCES + control("GOR", words(40)), "'Ab 0,-2 8,0' 10 at 5,15"),
        (AB + ADVANCES + AB + control("GAR", words(320, 480)), "'AbAb 0,0 8,0 16,0 24,0' 10 at 5,15"),
        (
            AB + ADVANCES + AB + control("GAR", words(320, 480)) + control("GOR", words(0, 40)),
            "'AbAb 0,0 8,0 16,0 24,-2' 10 at 5,15",
        ),
    ],
)
def test_glyphs_stand_where_advances_and_offsets_say(chain: bytes, expected: str) -> None:
    shown = items_shown(file(glyphs(400) + chain + NO_OPERATION))
    assert shown == [expected, "rule 25,15 to 35,16"]  # 20 points on, as GLC says


def test_glyphs_without_advances_are_reported() -> None:
    assert "glyph-run" in finding_codes(file(glyphs(400) + AB + control("GAR", words(0)) + NO_OPERATION))


def test_a_glyph_without_advance_leaves_the_next_group_in_step() -> None:
    chain = (
        AB + control("GAR", words(0)) + AB + control("GAR", words(160, 320)) + control("GOR", words(20, 20))
    )
    data = file(glyphs(400) + chain + NO_OPERATION)
    assert items_shown(data)[0] == "'AAb 0,0 8,-1 16,-1' 10 at 5,15"
    assert "glyph-run" in finding_codes(data)


def test_a_glyph_that_the_font_lacks_is_reported() -> None:
    chain = control("GIR", words(1, 999)) + ADVANCES
    assert "glyph-run" in finding_codes(file(glyphs(400) + chain + NO_OPERATION))
    assert "glyph-run" not in finding_codes(file(glyphs(400) + AB + ADVANCES + NO_OPERATION))


def unicode_text(text: str) -> bytes:
    """Unicode Complex Text: ends its chain; the UTF-16BE text follows the control sequence."""
    data = text.encode("utf-16-be")
    operands = bytes((1, 0)) + len(data).to_bytes(2, "big") + bytes((0, 0, 2, 1)) + bytes(6)
    sequence = control("UCT", operands)
    return sequence[:1] + b"\x6a" + sequence[2:] + data


def test_unicode_complex_text_is_shown() -> None:
    assert items_shown(file(unicode_text("bA")))[0] == "'bA 0,0 6,0' 10 at 5,15"


def test_unicode_complex_text_is_what_a_glyph_run_reads_as() -> None:
    shown = items_shown(file(glyphs(400) + AB + ADVANCES + unicode_text("ab")))
    assert shown[0] == "'ab 0,0 8,0' 10 at 5,15"
