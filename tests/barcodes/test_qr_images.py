"""Images beside a QR Code: their areas, order and what is wrong with them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pytest
from bar_code_objects import draw, flat
from PIL import Image as Picture

from afpcluster.afp.bcoca import ImageInformation
from afpcluster.afp.framing import Record
from afpcluster.display.items import Image, Path

PERCENT, INCHES = 0x64, 0


@dataclass
class Resource:
    key: str
    records: list[Record]
    data: bytes


def png() -> Resource:
    """A picture of 10 by 10 points at 72 points per inch."""
    sink = io.BytesIO()
    Picture.new("RGB", (10, 10), (200, 30, 30)).save(sink, "PNG", dpi=(72, 72))
    return Resource("png", [], sink.getvalue())


def block(**changes: Any) -> bytes:
    values: dict[str, Any] = {
        "local_id": 3,
        "offset_base": PERCENT,
        "offset_units": 1,
        "x_offset": 40,
        "y_offset": 30,
        "orientation": 0,
        "coordinate_system": 0xF0,
        "extent_base": PERCENT,
        "extent_units": 10,
        "x_extent": 200,
        "y_extent": 200,
        "mapping": 0x60,
    }
    body = ImageInformation(**(values | changes)).encode()
    return bytes((len(body),)) + body


def qr_with(blocks: bytes, flags: int = 0) -> bytes:
    return bytes((0, 0, 0, 1, 0, 0, 0, 0, 0, flags)) + len(blocks).to_bytes(2, "big") + blocks + b"Rate"


def corner(data: bytes, *told: str) -> tuple[list[type], list[float]]:
    """Kinds of the items in order; left, top, width and height of the image, in modules of ten mils. `told`
    are the findings."""
    drawn = draw(0x20, 0x12, data, module_width=10, resources={3: png()})
    assert drawn.findings == list(told)
    found = [(type(item), item, matrix) for item, matrix in flat(drawn.items)]
    corners: list[float] = []
    for _, item, matrix in found:
        if isinstance(item, Image):
            to_page = item.matrix.then(matrix)
            (x1, y1), (x2, y2) = to_page.apply(0, 0), to_page.apply(1, 1)
            corners = [round(v / 0.72, 2) for v in (x1 - 72, y1 - 72, x2 - x1, y2 - y1)]
    return [kind for kind, _, _ in found], corners


@pytest.mark.parametrize(
    # The symbol has 21 modules of ten mils.
    ("data", "kinds", "place"),
    [
        (qr_with(block()), [Path, Image], [8.4, 6.3, 4.2, 4.2]),
        (qr_with(block(), 0x80), [Image, Path], [8.4, 6.3, 4.2, 4.2]),
        (qr_with(block(), 0x40), [Image], [8.4, 6.3, 4.2, 4.2]),
        (
            qr_with(
                block(offset_base=INCHES, offset_units=1000, x_offset=-2, extent_base=1, extent_units=254)
            ),
            [Path, Image],
            [-2, 30, 310, 310],
        ),
        (qr_with(block(x_offset=60, orientation=0x2D00)), [Path, Image], [12.6, 6.3, -4.2, 4.2]),
        (qr_with(b""), [Path], []),
    ],
)  # fmt: skip
def test_places(data: bytes, kinds: list[type], place: list[float]) -> None:
    found_kinds, found_place = corner(data)
    assert found_kinds == kinds
    assert found_place == pytest.approx(place, abs=0.02)


@pytest.mark.parametrize(
    ("data", "condition"),
    [
        (qr_with(block(local_id=9)), "EC-0F31"),
        (qr_with(block(offset_base=7)), "EC-0F32"),
        (qr_with(block(extent_base=7)), "EC-0F37"),
        (qr_with(block(offset_units=0)), "EC-0F32"),
        (qr_with(block(coordinate_system=0)), "EC-0F36"),
        (qr_with(block(mapping=0)), "EC-0F3A"),
        (qr_with(block()[:-3]), "EC-0F30"),
        (qr_with(b"\x02ab"), "EC-0F30"),
    ],
)
def test_conditions(data: bytes, condition: str) -> None:
    drawn = draw(0x20, 0x12, data, resources={3: png()})
    assert drawn.findings == [f"bar-code-{condition.lower()}"]
    assert [type(item) for item, _ in flat(drawn.items)] == [Path]


def test_mapping_options() -> None:
    """IPDS values: each fits the picture into an area twice as wide as high in its own way."""
    widths = {}
    for mapping in (0x10, 0x20, 0x30, 0x60):
        told = ["image-resolution-assumed"] if mapping in (0x20, 0x30) else []  # whose size is its own
        code = qr_with(block(x_extent=800, y_extent=400, mapping=mapping))
        _, (_, _, width, height) = corner(code, *told)
        widths[mapping] = (round(width, 1), round(height, 1))
    assert widths[0x10] == (8.4, 8.4)
    assert widths[0x60] == (16.8, 8.4)
    assert widths[0x20] == widths[0x30] == (3.3, 3.3)  # its own size: 10 pixels at 300 dots per inch
