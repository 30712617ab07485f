"""JBIG2 as a viewer shows it. The region is coded in MMR, so that T.6 data makes a file."""

from __future__ import annotations

import pytest
from iocas import check, difference, drawn, encoding, size
from pictures import bilevel, fax_data
from PIL import ImageChops

from afpcluster.afp.ioca import Compression
from afpcluster.afp.ioca_write import encode_data
from afpcluster.codecs.jbig2 import Jbig2Error, embedded_stream
from afpcluster.display.items import Encoding
from rendering import show

INK = bilevel(48, 32)
MAGIC = b"\x97JB2\r\n\x1a\n"


def words(*values: int) -> bytes:
    return b"".join(value.to_bytes(4, "big") for value in values)


def segment(number: int, kind: int, page: int, body: bytes) -> tuple[bytes, bytes]:
    return words(number) + bytes((kind, 0, page)) + words(len(body)), body


PAGE = segment(0, 48, 1, words(48, 32, 0, 0) + b"\0\0\0")
REGION = segment(1, 38, 1, words(48, 32, 0, 0) + b"\0" + b"\x01" + fax_data(INK, "G4"))
PAGE_END, FILE_END = segment(2, 49, 1, b""), segment(3, 51, 0, b"")
WANTED = b"".join(PAGE + REGION)
ALL = (PAGE, REGION, PAGE_END, FILE_END)
FILES = {
    "embedded": WANTED,
    "sequential": MAGIC + b"\x01" + words(1) + b"".join(head + body for head, body in ALL),
    "sequential, pages not counted": MAGIC + b"\x03" + b"".join(head + body for head, body in ALL),
    "random access": MAGIC
    + b"\0"
    + words(1)
    + b"".join(head for head, _ in ALL)
    + b"".join(body for _, body in ALL),
}


@pytest.mark.parametrize("name", FILES)
def test_every_organisation_becomes_the_embedded_one(name: str) -> None:
    assert embedded_stream(FILES[name]) == (WANTED, 48, 32, 1, False)


@pytest.mark.parametrize("name", FILES)
def test_it_passes_undecoded(name: str) -> None:
    item = check([size(0, 0), encoding(Compression.JBIG2), encode_data(FILES[name])], INK)
    assert item.image.encoding is Encoding.JBIG2


def test_a_page_in_stripes_whose_height_is_not_known_before() -> None:
    page = segment(0, 48, 1, words(48, 0xFFFFFFFF, 0, 0) + b"\0\x80\x20")  # stripes of up to 32 rows
    data = b"".join(page + REGION + segment(2, 50, 1, words(31)) + segment(3, 49, 1, b""))
    assert embedded_stream(data)[1:] == (48, 32, 1, False)
    item = check([size(0, 0), encoding(Compression.JBIG2), encode_data(data)], INK)
    assert (item.image.width, item.image.height) == (48, 32)


def test_of_several_pages_the_first_is_shown() -> None:
    other = ImageChops.invert(INK.convert("L")).convert("1").crop((0, 0, 40, 30))
    second = (
        segment(3, 48, 2, words(40, 30, 0, 0) + b"\0\0\0"),
        segment(4, 38, 2, words(40, 30, 0, 0) + b"\0" + b"\x01" + fax_data(other, "G4")),
    )
    data = b"".join(head + body for head, body in (*ALL[:3], *second))
    assert embedded_stream(data) == (WANTED, 48, 32, 2, False)
    items, found = drawn([size(0, 0), encoding(Compression.JBIG2), encode_data(data)])
    assert found == ["jbig2-pages"]
    assert difference(show(items, 48, 32), INK) == 0


def test_data_that_breaks_off_is_a_finding() -> None:
    _, found = drawn([size(48, 32), encoding(Compression.JBIG2), encode_data(WANTED[:-20])])
    assert found == ["jbig2-cut-off"]


@pytest.mark.parametrize(("width", "height"), [(48, 31), (50, 32)])
def test_the_size_in_the_data_counts(width: int, height: int) -> None:
    """IOCA EC-9401."""
    items, found = drawn([size(width, height), encoding(Compression.JBIG2), encode_data(WANTED)])
    assert found == ["ioca-size-differs"]
    assert (items[0].matrix.a, items[0].matrix.d) == (48, 32)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "data",
    [b"", MAGIC, MAGIC + b"\x01", b"".join(REGION), b"".join(PAGE)[:12], words(0) + b"\x30\xff" + bytes(9)],
)
def test_damage(data: bytes) -> None:
    with pytest.raises(Jbig2Error):
        embedded_stream(data)
