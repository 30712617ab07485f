"""Small TrueType fonts for tests, built by fontTools."""

from __future__ import annotations

import io
from functools import lru_cache

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.DefaultTable import DefaultTable
from fontTools.ttLib.ttCollection import TTCollection


@lru_cache(maxsize=32)
def truetype(
    name: str,
    characters: str,
    *,
    symbol: bool = False,
    width: int | None = None,
    vertical: tuple[int, int] | None = None,
    origin: int | None = None,
    features: str = "",
) -> bytes:
    """A font of 2000 units an em; the n-th character is glyph n and n hundredths of an em wide, or all are
    `width` units wide. `vertical`: advance and top side bearing for vertical writing, and the height of its
    `origin` where a table says it. `features`: the source of its GSUB table."""
    order = [".notdef", *(f"u{ord(c):04X}" for c in characters)]
    builder = FontBuilder(2000, isTTF=True)
    builder.setupGlyphOrder(order)
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 1000))
    pen.lineTo((500, 0))
    pen.closePath()
    builder.setupGlyf(dict.fromkeys(order, pen.glyph()))
    builder.setupHorizontalMetrics(
        {glyph: (20 * at if width is None else width, 0) for at, glyph in enumerate(order)}
    )
    builder.setupHorizontalHeader(ascent=1600, descent=-400)
    builder.setupCharacterMap(
        {} if symbol else {ord(c): g for c, g in zip(characters, order[1:], strict=True)}
    )
    builder.setupNameTable(
        {"familyName": name, "styleName": "Regular", "fullName": name, "psName": name.replace(" ", "")}
    )
    builder.setupOS2(sTypoAscender=1600, usWeightClass=700, sCapHeight=1400)
    builder.setupPost(underlinePosition=-300, underlineThickness=100, isFixedPitch=1)
    if vertical is not None:
        builder.setupVerticalHeader(ascent=1000, descent=-1000)
        builder.setupVerticalMetrics(dict.fromkeys(order, vertical))
    if origin is not None:
        builder.setupVerticalOrigins({}, defaultVerticalOrigin=origin)
    if features:
        builder.addOpenTypeFeatures(features)
    font = builder.font
    if symbol:
        table = font["cmap"].tables[0]
        table.platformID, table.platEncID = 3, 0
        table.cmap = {0xF000 + ord(c): g for c, g in zip(characters, order[1:], strict=True)}
        font["cmap"].tables = [table]
    return _bytes(font)


def collection(*fonts: bytes) -> bytes:
    found = TTCollection()
    found.fonts = [TTFont(io.BytesIO(data)) for data in fonts]
    out = io.BytesIO()
    found.save(out)
    return out.getvalue()


def _bytes(font: TTFont) -> bytes:
    font["head"].created = font["head"].modified = 3_600_000_000  # seconds since 1904
    font.recalcTimestamp = False
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def with_table(data: bytes, tag: str, content: bytes) -> bytes:
    """The font with other bytes for one table."""
    font = TTFont(io.BytesIO(data))
    table = DefaultTable(tag)
    table.data = content
    font[tag] = table
    return _bytes(font)
