"""The fonts of the sample: resources made by tools/build_sample_fonts.py, their metrics and encoding.

Open Sans, Apache-2.0 (see fonts/README.md), as Type 1 outline character sets with the code page of
CCSID 1148. Lengths are twips (1/1440 inch), the unit of the whole sample.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from importlib.resources import files

from afpcluster.afp import foca
from afpcluster.afp.fields import CODES
from afpcluster.afp.names import decode_name
from afpcluster.light import dataclass

CODE_PAGE = "T1001148"
REGULAR, BOLD = "CZSAMPR0", "CZSAMPB0"
BODY_CODED_FONT = "XZSAMPR9"

_EURO_AT = 0x9F  # the one code point where CCSID 1148 differs from 500
_DECODING = bytes(range(256)).decode("cp500")
_ENCODING_MAP = codecs.charmap_build(_DECODING[:_EURO_AT] + "€" + _DECODING[_EURO_AT + 1 :])


class Style(IntEnum):
    """Local identifiers of the fonts in every Map Coded Font of the sample."""

    BODY = 1  # by its coded font
    BODY_BOLD = 2
    SMALL = 3
    SMALL_BOLD = 4
    HEADING = 5
    TITLE = 6
    ADDRESS = 7
    TINY = 8


@dataclass(frozen=True, slots=True)
class Typeface:
    """A character set at a size: `advances[code]` in twips."""

    style: Style
    character_set: str
    weight: int  # MO:DCA weight class: 5 medium, 7 bold
    points: float
    advances: tuple[float, ...]

    def width(self, data: bytes) -> float:
        """Width of encoded text in twips."""
        return sum(map(self.advances.__getitem__, data))


_SIZES = {
    Style.BODY: (REGULAR, 9.0),
    Style.BODY_BOLD: (BOLD, 9.0),
    Style.SMALL: (REGULAR, 7.0),
    Style.SMALL_BOLD: (BOLD, 7.0),
    Style.HEADING: (BOLD, 11.0),
    Style.TITLE: (BOLD, 17.0),
    Style.ADDRESS: (REGULAR, 10.5),
    Style.TINY: (REGULAR, 6.0),
}


def encode_text(text: str) -> bytes:
    """Text in the code page of the sample; a character that it lacks raises UnicodeEncodeError."""
    return codecs.charmap_encode(text, "strict", _ENCODING_MAP)[0]


@cache
def resource(name: str) -> bytes:
    """The records of a font resource of this name."""
    return (files(__package__) / "fonts" / f"{name}.afp").read_bytes()


@cache
def typeface(style: Style) -> Typeface:
    """The typeface of a style, with its metrics as the Font Index says them."""
    name, points = _SIZES[style]
    increments = dict(_increments(name))
    twips_per_unit = points * 20 / 1000
    advances = [0.0] * 256
    for code, gcgid in _code_points():
        advances[code] = increments[gcgid] * twips_per_unit
    return Typeface(style, name, 7 if name == BOLD else 5, points, tuple(advances))


def _fields(name: str, mnemonic: str) -> Iterator[bytes]:
    """The data of every structured field of this kind in a resource; each is one plain record."""
    data, at = resource(name), 0
    while at < len(data):
        end = at + 1 + int.from_bytes(data[at + 1 : at + 3], "big")
        if int.from_bytes(data[at + 3 : at + 6], "big") == CODES[mnemonic]:
            yield data[at + 9 : end]
        at = end


def _increments(character_set: str) -> Iterator[tuple[str, int]]:
    for data in _fields(character_set, "FNI"):
        for metrics in foca.repeat(foca.CharacterMetrics, data, 28):
            yield decode_name(metrics.gcgid), metrics.increment


def _code_points() -> Iterator[tuple[int, str]]:
    for data in _fields(CODE_PAGE, "CPI"):
        for entry in foca.repeat(foca.CodePageEntry, data, 10):
            yield entry.code, decode_name(entry.gcgid)
