"""The coverage table is up to date, has an answer for every row, and has every row of the references."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from afpcluster.afp import bcoca, fields, goca, ioca, ptoca, triplets
from tools import coverage

SPECS = Path(__file__).resolve().parents[2].parent / "shared" / "specs"
needs_references = pytest.mark.skipif(
    not SPECS.is_dir(), reason="the AFP references are not in ../shared/specs"
)

RETIRED_BAR_CODES = {0x04, 0x0E, 0x0F, 0x10, 0x12, 0x13, 0x14, 0x15, 0x19, 0xEC, 0xED, 0xEE, 0xEF}
RAW_TRIPLETS = {0x8F, 0xFF}  # retired; an extender of the triplet before it


@cache
def judged() -> list[coverage.Family]:
    return coverage.families()


def test_committed_table_is_up_to_date() -> None:
    current = coverage.TARGET.read_text("utf-8")
    assert current == coverage.document(judged()), "run `python tools/coverage.py` and commit what it writes"


def test_every_row_has_an_answer() -> None:
    assert coverage.problems(judged()) == []


@pytest.mark.parametrize(
    ("interpreted", "tests", "note", "decoder", "expected"),
    [
        (True, ("a.py",), "", "D", 0),
        (False, (), "why", "D", 0),
        (True, (), "", "D", 1),  # interpreted, not tested
        (False, (), "", "D", 1),  # no answer
        (True, ("a.py",), "why", "D", 1),  # the note is out of date
        (True, ("a.py",), "", "", 1),  # not decoded
    ],
)
def test_gaps_are_found(
    interpreted: bool, tests: tuple[str, ...], note: str, decoder: str, expected: int
) -> None:
    row = coverage.Row("X", "name", decoder, ("x",), interpreted, tests, note)
    found = coverage.problems([coverage.Family("T", [row])])
    assert len([gap for gap in found if gap.startswith("T: X")]) == expected


def text_of(pattern: str) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(SPECS.glob(pattern)))


def table(text: str, start: str, size: int) -> str:
    """The text behind the last place where a table's title begins."""
    at = text.rindex(start)
    return text[at : at + size]


@needs_references
def test_every_structured_field_is_listed() -> None:
    modca = text_of("modca-*/*.md")
    found = set(re.findall(r"ID = X'(D3[0-9A-F]{4})'", modca))
    found |= set(re.findall(r"^\w{3} – (D3[0-9A-F]{4}) – ", text_of("foca-*.txt"), re.M))
    assert len(found) > 100
    assert {code for code in found if int(code, 16) not in fields.FIELDS} == set()


@needs_references
def test_every_triplet_is_listed() -> None:
    found = {int(code, 16) for code in re.findall(r"^### .*Triplet X'(..)'", text_of("modca-*/*.md"), re.M)}
    assert len(found) > 50
    assert found - RAW_TRIPLETS <= triplets.TRIPLETS.keys()


@needs_references
def test_every_text_control_is_listed() -> None:
    rows = re.findall(
        r"“.*\((\w{3,4})\)” on page \d+ +X'(..)'",
        table(text_of("ptoca-*.txt"), "Table 4. Summary of PTOCA", 6_000),
    )
    assert {(name, int(code, 16) & 0xFE) for name, code in rows} == {
        (control.mnemonic, control.code) for control in ptoca.CONTROLS
    }


@needs_references
def test_every_drawing_order_is_listed() -> None:
    rows = re.findall(
        r"^ X'(\w+)' +\S.* {2,}(G\w+) +\d+$",
        table(text_of("afp-goca-*.txt"), "Table 20. Drawing Orders Sorted by ID", 9_000),
        re.M,
    )
    assert len(rows) > 50
    known = {(order.code, order.mnemonic) for order in goca.ORDERS.values()}
    assert {(int(code, 16), name) for code, name in rows} <= known


@needs_references
def test_every_image_parameter_is_listed() -> None:
    codes = re.findall(r"^ X'(\w+)' ", table(text_of("ioca-*.txt"), "Table 3. IOCA Code Points", 3_000), re.M)
    assert {int(code, 16) for code in codes} == set(ioca.Parameter)


@needs_references
def test_every_bar_code_type_is_listed() -> None:
    codes = re.findall(r"^ +X'(..)' ", table(text_of("bcoca-*.txt"), "Table 9. Bar Code Types", 5_000), re.M)
    assert {int(code, 16) for code in codes} - RETIRED_BAR_CODES == set(bcoca.BarCodeType)
