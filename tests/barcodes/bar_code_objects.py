"""Bar code objects in, display items, readings and measures out: what the bar code tests share.

Units are 1440 per inch unless a test says otherwise, so 20 L-units are a point. The reader is zxing-cpp,
which shares no code with the encoder; it reads the page as PDFium shows it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import zxingcpp
from PIL import Image, ImageOps

from afpcluster.afp.bcoca import BarCodeSymbolData, BarCodeSymbolDescriptor
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import Record
from afpcluster.display.geometry import IDENTITY, Matrix
from afpcluster.display.items import GlyphRun, Group, Item, Path, Rectangle
from afpcluster.findings import Findings
from afpcluster.fonts.library import FontLibrary
from afpcluster.interpret.barcode.objects import draw_bar_code
from afpcluster.interpret.context import Context, DataObject, ObjectArea
from rendering import show as show_items

UNIT = 0.05  # points
MIL = 0.072


def ebcdic(text: str) -> bytes:
    return text.encode("cp500")


class Drawn(NamedTuple):
    """A drawn object: its items and the codes of its findings."""

    items: list[Item]
    findings: list[str]
    messages: list[str]


def draw(type_: int, modifier: int, data: bytes, flags: int = 0, *more: bytes, **values: Any) -> Drawn:
    """One object with a symbol an inch from the left and the top for `data`, and one for each of `more`.

    `fonts`, `resources` and `area` are the object's; other values are descriptor fields.
    """
    object_values = {name: values.pop(name) for name in ("fonts", "resources", "area") if name in values}
    fields: dict[str, Any] = {
        "unit_base": 0,
        "x_units": 14400,
        "y_units": values.get("x_units", 14400),
        "x_extent": 0xFFFF,
        "y_extent": 0xFFFF,
        "symbol_width": 0,
    }
    bdd = BarCodeSymbolDescriptor(type=type_, modifier=modifier, **(fields | values)).encode()
    units = values.get("x_units", 14400)
    inch = round(units / 10 if not values.get("unit_base") else units * 0.254)
    bdas = [BarCodeSymbolData(flags, inch, inch, part).encode() for part in (data, *more)]
    return draw_fields(bdd, bdas, **object_values)


def draw_fields(bdd: bytes, bdas: list[bytes], **object_values: Any) -> Drawn:
    """What the data of a BDD and of BDAs give."""
    findings = Findings()
    object_ = DataObject(
        kind="BBC",
        offset=0,
        descriptor=Record(CODES["BDD"], 100, bdd),
        data=[Record(CODES["BDA"], 200 + n, bda) for n, bda in enumerate(bdas)],
        **({"area": ObjectArea(0, 0)} | object_values),
    )
    items = draw_bar_code(object_, Context(findings, FontLibrary(findings)))
    found = list(findings)
    return Drawn(items, [f.code for f in found], [f.message for f in found])


def flat(items: list[Item], matrix: Matrix = IDENTITY) -> list[tuple[Item, Matrix]]:
    """All items without groups, each with the matrix that places it."""
    found: list[tuple[Item, Matrix]] = []
    for item in items:
        if isinstance(item, Group):
            found += flat(item.items, item.matrix.then(matrix))
        else:
            found.append((item, matrix))
    return found


def bars(drawn: Drawn) -> list[tuple[float, float, float, float]]:
    """(x, y, width, height) of the rectangles, from the symbol's origin, in mils, from left to right."""
    found = []
    for item, matrix in flat(drawn.items):
        if isinstance(item, Rectangle):
            x, y = matrix.apply(item.x, item.y)
            found.append(tuple(round(v / MIL, 2) for v in (x - 72, y - 72, item.width, item.height)))
    return sorted(found)


def extent(drawn: Drawn) -> tuple[float, float, float, float]:
    """Left, top, width and height of all bars and modules, from the symbol's origin, in mils."""
    xs, ys = [], []
    for item, matrix in flat(drawn.items):
        if isinstance(item, Rectangle):
            corners = [(item.x, item.y), (item.x + item.width, item.y + item.height)]
        elif isinstance(item, Path):
            corners = [segment[-2:] for segment in item.segments if segment]
        else:
            continue
        for x, y in (matrix.apply(*corner) for corner in corners):
            xs.append((x - 72) / MIL)
            ys.append((y - 72) / MIL)
    return tuple(round(v, 1) for v in (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)))  # type: ignore[return-value]


def texts(drawn: Drawn) -> list[tuple[str, float, float]]:
    """(text, x, baseline) of the glyph runs, from the symbol's origin, in points."""
    found = []
    for item, matrix in flat(drawn.items):
        if isinstance(item, GlyphRun):
            x, y = matrix.apply(item.x, item.y)
            found.append((item.arrangement.text or "", round(x - 72, 2), round(y - 72, 2)))
    return found


def text(drawn: Drawn) -> str:
    """All text of an object, in the order it is drawn."""
    return "".join(part for part, _, _ in texts(drawn))


def show(drawn: Drawn, dpi: float = 300) -> Image.Image:
    """What PDFium shows of the object's area, with a quiet zone around."""
    picture = show_items(drawn.items, 612, 230, dpi).convert("L")
    ink = ImageOps.invert(picture).getbbox()
    assert ink is not None, "nothing was drawn"
    return ImageOps.expand(picture.crop(ink), round(dpi / 3), 255)


class Reading(NamedTuple):
    """What the reader found: name of the format, content."""

    format: str
    content: bytes


def read(drawn: Drawn, **options: Any) -> list[Reading]:
    """The bar codes that the reader finds."""
    found = zxingcpp.read_barcodes(show(drawn), **options)
    return [Reading(str(code.format), bytes(code.bytes)) for code in found]
