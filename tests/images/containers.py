"""Object containers for tests: drawn in an area of the size of the usual test picture."""

from __future__ import annotations

import io

import pikepdf
from pictures import codes, context, shapes

from afpcluster.afp import triplets as t
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import Record
from afpcluster.afp.triplets import encode_triplet
from afpcluster.display.items import EmbeddedPdf, Image, Item
from afpcluster.interpret.container.objects import draw_container
from afpcluster.interpret.context import DataObject, ObjectArea

WIDTH, HEIGHT = shapes().size
AREA = ObjectArea(WIDTH, HEIGHT)


def classified(component: int) -> bytes:
    """The Object Classification triplet of a registered type."""
    oid = bytes.fromhex("06072B1200040101") + bytes((component,))
    return encode_triplet(0x10, b"\0\x01\0\0\xdc\0" + oid.ljust(16, b"\0"))


def drawn(
    data: bytes, triplets: bytes = b"", area: ObjectArea = AREA, descriptor: bytes = b""
) -> tuple[list[Item], list[str]]:
    """(items of a container with this data, codes of the findings)."""
    found = context()
    pieces = [Record(CODES["OCD"], 0, data[at : at + 300]) for at in range(0, len(data), 300)]
    cdd = Record(CODES["CDD"], 0, bytes(12) + descriptor) if descriptor else None
    return draw_container(DataObject("BOC", 0, area, cdd, pieces, triplets=triplets), found), codes(found)


def size_of(items: list[Item]) -> tuple[float, float]:
    """Width and height in points of the one item."""
    (item,) = items
    assert isinstance(item, Image | EmbeddedPdf)
    return round(item.matrix.a, 3), round(item.matrix.d, 3)


def paginated(number: int) -> bytes:
    """The triplet that chooses a page, counted from 0."""
    return encode_triplet(0x5A, t.ObjectOffset(0xAF, number).encode())


def pdf(rotate: int = 0) -> bytes:
    """Two pages of 200 by 100 points; a red rectangle in the upper left quarter of the first's crop box."""
    made = pikepdf.new()
    for colour in (b"1 0 0 rg", b"0 0 1 rg"):
        page = made.add_blank_page(page_size=(200, 100))
        page.obj.CropBox = pikepdf.Array([20, 10, 180, 90])
        page.obj.Rotate = rotate
        page.contents_add(made.make_stream(colour + b" 20 50 80 40 re f"))
    sink = io.BytesIO()
    made.save(sink)
    return sink.getvalue()
