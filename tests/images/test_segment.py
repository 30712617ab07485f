"""Image segments as producers write them: split anywhere, swapped, cut off, too long, with rubbish behind."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iocas import HEIGHT, WIDTH, difference, encoding, size
from pictures import bilevel, codes, context, fax_data, image_object, ink_rows

from afpcluster.afp.framing import Record
from afpcluster.afp.ioca import Compression, fields
from afpcluster.afp.ioca_segment import Raster, rasters
from afpcluster.afp.ioca_write import encode_data, encode_segment, picture_data
from afpcluster.display.items import Image, Item
from afpcluster.findings import Findings, Reporter
from afpcluster.interpret.image.ioca import draw_image
from rendering import show

PICTURE = bilevel(WIDTH, HEIGHT)
ROWS = ink_rows(PICTURE)
DATA = encode_data(ROWS)
BEGIN = bytes.fromhex("7000 9101FF")
END = bytes.fromhex("9300 7100")
SWAPPED_SUBSAMPLING = bytes.fromhex("CEFE 0800 0601010101010101")
LONG = len(ROWS).to_bytes(2, "big")


def read(records: list[Record]) -> list[Raster]:
    report = Reporter(Findings(), 0, "IPD")
    return rasters(fields(records, report), report)


@given(st.lists(st.integers(0, 230), max_size=6))
def test_a_segment_may_be_split_anywhere(cuts: list[int]) -> None:
    segment = encode_segment([size(), encoding(Compression.NONE), DATA])
    at = [0, *sorted(cuts), len(segment)]
    pieces = [Record(0xD3EEFB, 0, segment[a:b]) for a, b in pairwise(at)]
    assert read(pieces) == read(picture_data(segment))


def records(*pieces: bytes) -> list[Record]:
    return [Record(0xD3EEFB, 1000 * n, piece) for n, piece in enumerate(pieces)]


SLOPPY = {
    "subsampling byte-swapped": ([BEGIN, size(), SWAPPED_SUBSAMPLING, DATA, END], ["ioca-byte-swapped"]),
    "data byte-swapped": (
        [BEGIN, size(), b"\x92\xfe" + LONG[::-1] + ROWS, END],
        ["ioca-byte-swapped"],
    ),
    "length 0, data in the next field": ([BEGIN + size() + b"\xfe\x92\0\0", ROWS, END], ["ioca-data-empty"]),
    "length 0, data in the next two": (
        [BEGIN + size() + b"\xfe\x92\0\0", ROWS[:70], ROWS[70:], END],
        ["ioca-data-empty"],
    ),
    "an empty data field": ([BEGIN, size(), b"\xfe\x92\0\0" + DATA, END], ["ioca-data-empty"]),
    "length past the end": (
        [BEGIN, size(), b"\xfe\x92\x7f\xff" + ROWS],
        ["ioca-length", "ioca-end-missing"],
    ),
    "an unknown parameter": ([BEGIN, b"\xc5\x02\0\0", size(), DATA, END], ["ioca-parameter-unknown"]),
    "parameters too short": (
        [BEGIN, size(), b"\x95\0\x96\0\x9b\x01\0", DATA, END],
        ["ioca-parameter-bad"] * 2,
    ),
    "no size": ([BEGIN, DATA, END], ["ioca-size-missing"]),
    "no begin": ([size(), DATA, END], []),
    "no end": ([BEGIN, size(), DATA], ["ioca-end-missing"]),
    "rubbish behind the end": ([BEGIN, size(), DATA, END, b"\xc5\xff\xee rubbish"], []),
    "retired look-up table": ([BEGIN, size(), b"\x97\x01\0", DATA, END], []),
    "more data than the size": ([BEGIN, size(), encode_data(ROWS + bytes(100)), END], []),
}


@pytest.mark.parametrize("name", SLOPPY)
def test_the_image_is_kept(name: str) -> None:
    pieces, wanted = SLOPPY[name]
    found = context()
    items = draw_image(image_object(records(*pieces), PICTURE.size), found)
    assert codes(found) == wanted
    assert difference(show(items, *PICTURE.size), PICTURE) == 0


BROKEN = {
    "ABIC": ([size(), encoding(Compression.ABIC), DATA], "ioca-compression-unsupported"),
    "an algorithm of no register": ([size(), encoding(0x44), DATA], "ioca-compression-unsupported"),
    "no data": ([size()], "image-empty"),
    "data too short": ([size(), encode_data(ROWS[:-20])], "ioca-data-short"),
    "JPEG that is none": ([size(), encoding(Compression.JPEG), DATA], "jpeg-bad"),
    "JBIG2 that is none": ([size(), encoding(Compression.JBIG2), DATA], "jbig2-bad"),
    "CCITT without a row": (
        [size(WIDTH, 0), encoding(Compression.G4_MMR), encode_data(b"\0\x10\x01")],
        "ccitt-bad",
    ),
    "CCITT that breaks off": (
        [size(), encoding(Compression.IBM_MMR), encode_data(fax_data(PICTURE, "G4")[:9])],
        "ioca-data-short",
    ),
    "a colour image of two components": (
        [size(), b"\x96\x01\x10", b"\x9b\x07\0\x01\0\0\0\x08\x08", encode_data(ROWS * 16)],
        "ioca-colour-unsupported",
    ),
    "components of different sizes": (
        [size(), b"\x96\x01\x10", b"\x9b\x08\0\x01\0\0\0\x05\x06\x05", DATA],
        "ioca-ide-unsupported",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_shown_is_a_finding(name: str) -> None:
    content, wanted = BROKEN[name]
    found = context()
    draw_image(image_object(encode_segment(content), PICTURE.size), found)
    assert codes(found) == [wanted]


def test_the_finding_says_where() -> None:
    found = context()
    draw_image(image_object(records(BEGIN, size(), b"\xc5\x02\0\0", DATA, END), PICTURE.size), found)
    (finding,) = found.findings
    assert (finding.offset, finding.field, finding.spec) == (2000, "IPD", "IOCA Chapter 5 Image Segment")


def test_a_limit_of_image_points() -> None:
    found = context(max_image_pixels=WIDTH * HEIGHT - 1)
    items: list[Item] = draw_image(image_object(encode_segment([size(), DATA]), PICTURE.size), found)
    assert (items, codes(found)) == ([], ["image-too-large"])


@given(st.data())
def test_damage_is_never_an_exception(data: st.DataObject) -> None:
    segment = bytearray(
        encode_segment([size(), encoding(Compression.G4_MMR), encode_data(fax_data(PICTURE, "G4"))])
    )
    for _ in range(data.draw(st.integers(1, 5))):
        segment[data.draw(st.integers(0, len(segment) - 1))] = data.draw(st.integers(0, 255))
    draw_image(image_object(bytes(segment), PICTURE.size), context(max_image_pixels=1 << 20))


def test_an_image_without_descriptor_has_its_own_size() -> None:
    found = context()
    (item,) = draw_image(image_object(encode_segment([size(), DATA]), None), found)
    assert codes(found) == ["image-descriptor-missing"]
    assert isinstance(item, Image)
    assert (item.matrix.a, item.matrix.d) == pytest.approx((WIDTH * 72 / 240, HEIGHT * 72 / 240))
