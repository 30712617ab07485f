"""Control sequences with more or fewer bytes than their operands have: what is left over is told.

PTOCA Chapter 4. The rule begins at (50, 50); lengths are 1/1440 inch.
"""

from __future__ import annotations

import pytest
from displayed import finding_codes, items_shown

from afpcluster.afp.ptoca import PREFIX, TextBuilder
from afpcluster.sample.records import enclosed, field
from benchmarks.fuzz.seed_pages import NAME, print_file

AT = TextBuilder().control("AMI", 1_000).control("AMB", 1_000).data()
DIR, DBR, AMI, TBM = 0xE4, 0xE6, 0xC6, 0x78
WHOLE = "0190 00C8 80"  # 20 points long, 10 and a little thick
LEFT = ["control-operands"]


def control(type_: int, operands: str) -> bytes:
    data = bytes.fromhex(operands)
    return PREFIX + bytes((len(data) + 2, type_)) + data


@pytest.mark.parametrize(
    ("content", "shown", "told"),
    [
        (control(DIR, WHOLE), "50,50 to 70,60", []),
        (control(DIR, "0190 00C8"), "50,50 to 70,60", []),  # no fraction
        (control(DBR, "0190 00C8"), "50,50 to 60,70", []),
        (control(DIR, "0190"), "50,50 to 70,50.7", []),
        (control(DIR, "0190 00"), "50,50 to 70,50.7", LEFT),
        (control(DIR, WHOLE + "00"), "50,50 to 70,60", LEFT),
        (control(AMI, "0190 01") + control(DIR, WHOLE), "20,50 to 40,60", LEFT),
        (control(AMI, "01") + control(DIR, WHOLE), "50,50 to 70,60", ["control-short"]),
        (control(TBM, "02 00 0190") + control(DIR, WHOLE), "50,70 to 70,80", []),
        (control(TBM, "02 00 01") + control(DIR, WHOLE), "50,56 to 70,66", LEFT),
    ],
)
def test_operands(content: bytes, shown: str, told: list[str]) -> None:
    data = print_file(enclosed("BPT", NAME, [field("PTX", AT + content)]))
    assert (items_shown(data), finding_codes(data)) == ([f"rule {shown}"], told)
