"""Drawing orders in, display items as text out: what the graphics tests share.

The window is 1000 by 1000 GPS units of 0.1 point in an object area of 100 by 100 points, unless a test
says otherwise; so (x, y) of an order becomes (x / 10, 100 - y / 10) in the listing.
"""

from __future__ import annotations

from typing import Any

from afpcluster.afp.framing import Record
from afpcluster.afp.goca import ORDERS_BY_NAME, encode_segment
from afpcluster.afp.goca_descriptor import WINDOW_SPECIFICATION, WindowSpecification, encode_parameter
from afpcluster.display.colour import BLACK, Colour
from afpcluster.display.face import FontProgram, OutlineFace, ProgramKind
from afpcluster.display.items import (
    ClipPath,
    GlyphRun,
    Group,
    Image,
    Item,
    Paint,
    Path,
    Rectangle,
    Stroke,
    TilePattern,
)
from afpcluster.findings import Findings
from afpcluster.fonts.font import Font
from afpcluster.interpret.context import Context, DataObject, ObjectArea
from afpcluster.interpret.graphics.orders import draw_graphics

FACE = OutlineFace("face", FontProgram("face", ProgramKind.STANDARD, "Helvetica"), 1, {}, {}, {}, 500.0)
WINDOW = WindowSpecification(0x40, 0, 0, 0, 7200, 7200, 0, 0, 1000, 0, 1000)


def font(**changes: Any) -> Font:
    """A font of 10 points whose characters are 5 points wide."""
    values: dict[str, Any] = {
        "name": "F",
        "face": FACE,
        "size": 10.0,
        "code_size": 1,
        "advances": [5.0] * 256,
    }
    return Font(**(values | {"ascender": 7.0, "descender": 2.0} | changes))


class DefaultFont:
    """Finds a font of the asked size for everything."""

    def default(self, points: float) -> Font:
        return font(name="default", size=points)


def order(name: str, *operands: Any) -> bytes:
    """The bytes of a drawing order."""
    return ORDERS_BY_NAME[name].encode(*operands)


def descriptor(window: WindowSpecification = WINDOW, more: bytes = b"") -> bytes:
    """The data of a Graphics Data Descriptor."""
    return encode_parameter(WINDOW_SPECIFICATION, window.encode()) + more


def graphics_object(data: list[bytes], gdd: bytes | None = None, **values: Any) -> DataObject:
    """A graphics object whose data records hold `data`."""
    records, at = [], 100
    for piece in data:
        records.append(Record(0xD3EEBB, at, piece))
        at += len(piece) + 9
    gdd = descriptor() if gdd is None else gdd
    area = values.pop("area", ObjectArea(100.0, 100.0))
    return DataObject("BGR", 0, area, Record(0xD3A6BB, 50, gdd), records, **values)


def draw_object(data_object: DataObject) -> tuple[list[Item], Findings]:
    """The items and what was found."""
    findings = Findings()
    return draw_graphics(data_object, Context(findings, DefaultFont())), findings


def drawn(orders: bytes, gdd: bytes | None = None, **values: Any) -> tuple[list[str], list[str]]:
    """Listing of the items of one segment of orders, and the codes of the findings."""
    items, findings = draw_object(graphics_object([encode_segment(orders)], gdd, **values))
    return listing(items), [finding.code for finding in findings]


def listing(items: list[Item]) -> list[str]:
    """One line for each item; what is inside others stands indented below them."""
    lines: list[str] = []
    for item in items:
        head, inside = _line(item)
        lines.append(head)
        lines += ["  " + line for line in listing(inside)]
    return lines


def _line(item: Item) -> tuple[str, list[Item]]:
    if isinstance(item, Rectangle):
        return f"rectangle {_numbers(item.x, item.y, item.width, item.height)}{_colour(item.colour)}", []
    if isinstance(item, Path):
        rule = " even-odd" if item.even_odd and item.fill else ""
        inside = item.fill.cell.items if isinstance(item.fill, TilePattern) else []
        return f"{_stroke(item.stroke)}{_fill(item.fill)}{rule}: {_outline(item.segments)}", inside
    if isinstance(item, GlyphRun):
        turned = f" direction {_numbers(item.direction)}" if item.direction else ""
        turned += f" rotation {_numbers(item.arrangement.rotation)}" if item.arrangement.rotation else ""
        placed = "".join(f" ({_numbers(*place)})" for place in item.arrangement.placements or [])
        where = _numbers(item.size, item.x, item.y)
        return f"glyphs {item.codes!r} {where}{turned}{placed}{_colour(item.colour)}", []
    if isinstance(item, Image):
        data = item.image
        pixels = f"{data.width}x{data.height} {data.data.hex()}"
        return f"image {pixels} at {_numbers(*item.matrix)}{_colour(item.colour)}", []
    if isinstance(item, Group):
        return f"group clip {_numbers(*(item.clip or ()))}", item.items
    assert isinstance(item, ClipPath)
    return f"clip: {_outline(item.segments)}", item.items


def _outline(segments: Any) -> str:
    return " ".join(f"{type(segment).__name__[0:2]}{_numbers(*segment)}" for segment in segments)


def _stroke(stroke: Stroke | None) -> str:
    if stroke is None:
        return "path"
    dashes = f" dashes {_numbers(*stroke.dashes)}" if stroke.dashes else ""
    return f"path {_numbers(stroke.width)} {stroke.cap} {stroke.join}{dashes}{_colour(stroke.colour)}"


def _fill(fill: Paint | None) -> str:
    if fill is None:
        return ""
    if isinstance(fill, TilePattern):
        return f" tile {_numbers(fill.width, fill.height)} at {_numbers(fill.matrix.e, fill.matrix.f)}"
    return " fill" + (_colour(fill) or " black")


def _colour(colour: Colour) -> str:
    return "" if colour == BLACK else f" {colour.space}({_numbers(*colour.components)})"


def _numbers(*values: float) -> str:
    return ",".join(f"{round(value, 2) + 0.0:g}" for value in values)
