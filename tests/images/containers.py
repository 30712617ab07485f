"""Object containers for tests: drawn in an area of the size of the usual test picture."""

from __future__ import annotations

from pictures import codes, context, shapes

from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import Record
from afpcluster.afp.triplets import encode_triplet
from afpcluster.display.items import Item
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
