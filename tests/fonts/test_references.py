"""What MCF (formats 1 and 2) and MDR groups ask for."""

from __future__ import annotations

import pytest
from map_groups import data_object_font, descriptor, full_name, internal_id, local_id, name

from afpcluster.afp.names import encode_name
from afpcluster.afp.triplets import encode_triplet
from afpcluster.fonts.references import (
    FontReference,
    Grid,
    mcf1_references,
    mcf2_reference,
    mdr_reference,
    of_one_font,
)

PAIR = name(0x86, "C0H200B0") + name(0x85, "T1V10500") + local_id(7)
SIZED = FontReference(7, character_set="C0H200B0", code_page="T1V10500")


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (PAIR, SIZED),
        (name(0x8E, "X0GT12") + local_id(3), FontReference(3, coded_font="X0GT12")),
        (
            PAIR + descriptor(12.5, 4, weight=7, flags=0x81),
            FontReference(
                7,
                character_set="C0H200B0",
                code_page="T1V10500",
                size=12.5,
                width=4,
                weight=7,
                width_class=5,
                italic=True,
            ),
        ),
        (
            PAIR + descriptor(10) + encode_triplet(0x5D, (300).to_bytes(2, "big")),
            FontReference(
                7,
                character_set="C0H200B0",
                code_page="T1V10500",
                size=10,
                horizontal_scale=15,
                weight=5,
                width_class=5,
            ),
        ),
        # a horizontal scale counts only beside a size
        (PAIR + encode_triplet(0x5D, b"\1\x2c"), SIZED),
        (
            PAIR + encode_triplet(0x25, b"\x45") + encode_triplet(0x26, b"\x87\x00"),
            FontReference(7, character_set="C0H200B0", code_page="T1V10500", section=0x45, rotation=270),
        ),
        (
            encode_triplet(0x02, b"\x84\0" + bytes.fromhex("02B701F400160090")) + local_id(1),
            FontReference(1, grid=Grid(695, 500, 22, 7.2), width=7.2),
        ),
        # a GRID gives a size as well, by its width
        (
            encode_triplet(0x02, b"\x84\0" + bytes.fromhex("02B701F400160090"))
            + local_id(1)
            + encode_triplet(0x5D, (200).to_bytes(2, "big")),
            FontReference(1, grid=Grid(695, 500, 22, 7.2), width=7.2, horizontal_scale=10),
        ),
        # the code page of a coded font by its number
        (
            name(0x8E, "X0TEST") + local_id(2) + encode_triplet(0x20, bytes.fromhex("FFFF0111")),
            FontReference(2, coded_font="X0TEST", code_page_id=273),
        ),
        (b"", FontReference(0)),
        (b"\x09\x02", FontReference(0)),
    ],
)
def test_mcf2(group: bytes, expected: FontReference) -> None:
    assert mcf2_reference(group) == expected


def test_sections_of_one_font_share_rotation_and_scale() -> None:
    """The scale counts beside a size only."""
    found = of_one_font([
        FontReference(1, section=0x41, size=10),
        FontReference(1, section=0x45, rotation=270, size=10, horizontal_scale=15),
        FontReference(1, section=0x46),
    ])  # fmt: skip
    assert [(one.section, one.rotation, one.horizontal_scale) for one in found] == [
        (0x41, 270, 15),
        (0x45, 270, 15),
        (0x46, 270, 0),
    ]


def group1(coded: str, page: str, characters: str, rotation: bytes = b"") -> bytes:
    names = (encode_name(text) if text else b"\xff" * 8 for text in (coded, page, characters))
    return b"\x05\0\0\0" + b"".join(names) + rotation


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            b"\x1c\0\0\0" + group1("", "T1000500", "C0TEST"),
            [FontReference(5, character_set="C0TEST", code_page="T1000500")],
        ),
        # without a rotation field the second character of the name says it
        (b"\x1c\0\0\0" + group1("X5TEST", "", ""), [FontReference(5, coded_font="X5TEST", rotation=90)]),
        (b"\x1c\0\0\0" + group1("XDTEST", "", ""), [FontReference(5, coded_font="XDTEST", rotation=270)]),
        (b"\x1c\0\0\0" + group1("XZTEST", "", ""), [FontReference(5, coded_font="XZTEST")]),
        (
            b"\x1e\0\0\0" + group1("X5TEST", "", "", b"\x5a\0"),
            [FontReference(5, coded_font="X5TEST", rotation=180)],
        ),
        (b"\x1c\0\0\0" + group1("X0A", "", "")[:-1], []),
    ],
)
def test_mcf1(data: bytes, expected: list[FontReference]) -> None:
    assert list(mcf1_references(data)) == expected


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (
            full_name(0xDE, "Open Sans") + internal_id(4) + data_object_font(12, 15, 0x2D00),
            FontReference(4, data_object="Open Sans", rotation=90, size=12, horizontal_scale=15),
        ),
        (
            full_name(0xDE, "Open Sans")
            + internal_id(4)
            + data_object_font(12)
            + encode_triplet(0x20, bytes.fromhex("02B701F4"))
            + encode_triplet(0x50, bytes.fromhex("6100")),
            FontReference(4, data_object="Open Sans", size=12, code_page_id=500, encoding=0x6100),
        ),
        # the encoding of the name is said further up in the document
        (
            encode_triplet(0x02, b"\xde\0" + "Open Sans".encode("utf-16-be")) + data_object_font(12),
            FontReference(0, data_object="Open Sans", size=12),
        ),
        (name(0xDE, "IMAGE"), None),
    ],
)
def test_mdr(group: bytes, expected: FontReference | None) -> None:
    assert mdr_reference(group) == expected
