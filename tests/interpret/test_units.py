"""Units and extents that are not possible are told wherever a file gives them, and something is shown."""

from __future__ import annotations

import pytest
from displayed import finding_codes, items_shown

from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import encode
from afpcluster.sample.records import UNITS
from benchmarks.fuzz.seed_pages import SEEDS

TWIPS = UNITS.to_bytes(2, "big")
TWICE, NONE, MOST, TOO_MANY = bytes((0, 0)) + TWIPS * 2, bytes(6), b"\x7f\xff", b"\x80\0"
AREA = b"\2\0\x07\xd0\0\x07\xd0"  # 2,000 by 2,000 units
IMAGE = b"\x00\x0b\xb8\x0b\xb8"  # 300 image points to the inch
WINDOW = b"\x00\x05\xa0\x05\xa0"  # 144 GPS units to the inch

CASES = [  # seed, field, bytes of it, what they become, findings
    ("image_uncompressed", "OBD", TWICE, TWICE, []),
    ("image_uncompressed", "OBD", TWICE, NONE, ["units-bad"] * 2),
    ("image_uncompressed", "OBD", TWICE, b"\0\7" + TWIPS * 2, ["units-bad"]),
    ("image_uncompressed", "OBD", TWICE, bytes(2) + MOST * 2, []),
    ("image_uncompressed", "OBD", TWICE, bytes(2) + MOST + TOO_MANY, ["units-bad"]),
    ("image_uncompressed", "OBD", AREA, b"\2\0\0\0\0\x07\xd0", ["units-bad"]),
    ("image_uncompressed", "OBD", AREA, b"\2\xff\xff\xff\0\x07\xd0", ["units-bad"]),
    ("image_uncompressed", "IDD", IMAGE, b"\x02" + IMAGE[1:], ["units-bad"] * 2),
    ("image_uncompressed", "IDD", IMAGE, b"\x00\0\0\x0b\xb8", ["units-bad"]),
    ("image_uncompressed", "IDD", IMAGE + b"\0\x10", IMAGE + b"\0\0", ["units-bad"]),
    ("image_uncompressed", "IDD", IMAGE + b"\0\x10", IMAGE + TOO_MANY, ["units-bad", "object-outside-area"]),
    ("graphics", "GDD", WINDOW, b"\x05" + WINDOW[1:], ["units-bad"] * 2),
    ("graphics", "GDD", WINDOW, b"\x00\x05\xa0\0\0", ["units-bad"]),
    ("bar_code_code_39", "BDD", b"\0\0" + TWIPS * 2, b"\0\0\0\0" + TWIPS, ["bar-code-ec-0605"]),
    ("bar_code_code_39", "BDD", b"\0\0" + TWIPS * 2, b"\4\0" + TWIPS * 2, ["bar-code-ec-0505"]),
    ("bar_code_code_39", "BDD", b"\x0f\xa0\x0f\xa0", b"\0\0\x0f\xa0", ["bar-code-ec-0705"]),
    ("bar_code_code_39", "BDD", b"\x0f\xa0\x0f\xa0", b"\xff\xff\xff\xff", []),
    ("plain_text", "PGD", TWICE, NONE, ["page-size-bad"] * 2),
    ("plain_text", "PTD", TWICE, NONE, ["units-bad"] * 2),
    ("plain_text", "PTD", TWICE, b"\x02\0" + TWIPS * 2, ["units-bad"]),
    ("includes", "IOB", TWICE, b"\0\0\0\0" + TWIPS, ["units-bad"]),
    ("form_map", "MDD", TWICE, NONE, ["units-bad"] * 2),
]


def patched(data: bytes, mnemonic: str, old: bytes, new: bytes) -> bytes:
    """The print file with other bytes in its fields of one type."""
    found, at = b"", 0
    while at < len(data):
        end = at + 1 + int.from_bytes(data[at + 1 : at + 3], "big")
        type_, content = int.from_bytes(data[at + 3 : at + 6], "big"), data[at + 9 : end]
        if type_ == CODES[mnemonic]:
            assert old in content
            content = content.replace(old, new, 1)
        found += encode(type_, content)
        at = end
    return found


@pytest.mark.parametrize(
    ("seed", "mnemonic", "old", "new", "told"), CASES, ids=[f"{n}-{case[1]}" for n, case in enumerate(CASES)]
)
def test_units(seed: str, mnemonic: str, old: bytes, new: bytes, told: list[str]) -> None:
    data = SEEDS[seed]()
    changed = patched(data, mnemonic, old, new)
    assert items_shown(changed)
    before, after = finding_codes(data), finding_codes(changed)
    assert [code for code in after if code not in before] == told
