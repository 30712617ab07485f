"""A font with what complex text needs: a ligature, kerning, a mark, Arabic shapes, Hebrew letters.

1000 units an em: at 10 points a hundredth of a point each.
"""

from __future__ import annotations

import io
from functools import cache

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

WIDTHS = {
    ".notdef": 500, "space": 250, "A": 600, "V": 600, "f": 300, "i": 200, "f_i": 450, "acute": 0,
    "alef": 500, "bet": 400, "open": 310, "close": 330, "beh": 700, "beh.init": 350, "beh.fina": 650,
}  # fmt: skip
GLYPHS = list(WIDTHS)  # by glyph index
_CHARACTERS = {
    " ": "space", "\u00a0": "space", "A": "A", "V": "V", "f": "f", "i": "i", "\u0301": "acute",
    "א": "alef", "ב": "bet", "(": "open", ")": "close", "ب": "beh",
}  # fmt: skip
_FEATURES = """
languagesystem DFLT dflt;
languagesystem latn dflt;
languagesystem arab dflt;
markClass acute <anchor 0 500> @TOP;
feature liga { sub f i by f_i; } liga;
feature kern { pos A V -100; } kern;
feature mark { pos base A <anchor 300 700> mark @TOP; } mark;
feature init { sub beh by beh.init; } init;
feature fina { sub beh by beh.fina; } fina;
"""


@cache
def complex_font() -> bytes:
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(GLYPHS)
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((0, 500))
    pen.lineTo((200, 0))
    pen.closePath()
    builder.setupGlyf(dict.fromkeys(GLYPHS, pen.glyph()))
    builder.setupHorizontalMetrics({glyph: (width, 0) for glyph, width in WIDTHS.items()})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupCharacterMap({ord(character): glyph for character, glyph in _CHARACTERS.items()})
    builder.setupNameTable({"familyName": "Complex", "styleName": "Regular", "fullName": "Complex"})
    builder.setupOS2()
    builder.setupPost(underlinePosition=-100, underlineThickness=50)
    addOpenTypeFeaturesFromString(builder.font, _FEATURES)
    builder.font["head"].created = builder.font["head"].modified = 3_600_000_000  # seconds since 1904
    builder.font.recalcTimestamp = False
    out = io.BytesIO()
    builder.font.save(out)
    return out.getvalue()
