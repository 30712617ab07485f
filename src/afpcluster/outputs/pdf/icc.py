"""ICC profiles for archives, computed from published numbers (ICC.1:2001-04, profile version 2.1).

What RGB means is IEC 61966-2-1 (sRGB). What CMYK means is offset printing on coated paper as ISO 12647-2 aims
at: the colours of its solid inks and their overprints, halftone dots that grow by its tone value increase,
and Neugebauer's equations for what lies between.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import cache
from itertools import product

_D50 = (0.9642, 1.0, 0.8249)
_CREATED = (2001, 4, 1, 0, 0, 0)  # a profile has a date: that of the specification
_NO_RIGHTS = b"No copyright, use freely"

# The primaries of IEC 61966-2-1, adapted to D50 by Bradford's matrix.
_SRGB_PRIMARIES = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))
_CURVE_POINTS = 1024

_PAPER = (95.0, 0.0, -2.0)
# ISO 12647-2:2004/Amd 1, paper types 1 and 2: CIELAB of solids by cyan, magenta, yellow that lie there.
_SOLIDS = {
    (0, 0, 0): _PAPER,
    (1, 0, 0): (55.0, -37.0, -50.0),
    (0, 1, 0): (48.0, 74.0, -3.0),
    (0, 0, 1): (89.0, -5.0, 93.0),
    (0, 1, 1): (47.0, 68.0, 48.0),
    (1, 0, 1): (50.0, -68.0, 25.0),
    (1, 1, 0): (24.0, 17.0, -46.0),
    (1, 1, 1): (23.0, 0.0, 0.0),
}
_BLACK_LIGHTNESS = 16.0
_TONE_VALUE_INCREASE = (0.143, 0.143, 0.143, 0.16)  # of 50 % dots: chromatic inks, black
_GRID = 7  # points of the table in each ink
_INPUT_POINTS = 256


@cache
def srgb_profile() -> bytes:
    """A display profile of sRGB."""
    curve = b"curv" + bytes(4) + struct.pack(">I", _CURVE_POINTS)
    curve += b"".join([_unsigned16(_linear(i / (_CURVE_POINTS - 1)) * 65535) for i in range(_CURVE_POINTS)])
    tags = {b"wtpt": _xyz(_D50)}
    for colour, primary in zip(b"rgb", _SRGB_PRIMARIES, strict=True):
        tags[bytes([colour]) + b"XYZ"] = _xyz(primary)
        tags[bytes([colour]) + b"TRC"] = curve
    return _profile(b"mntr", b"RGB ", "sRGB IEC61966-2.1", tags)


@cache
def cmyk_profile() -> bytes:
    """An input profile of CMYK: what inks look like, not which inks a colour takes."""
    header = struct.pack(">4sI3Bx9iHH", b"mft2", 0, 4, 3, _GRID, *_IDENTITY, _INPUT_POINTS, 2)
    steps = [i / (_INPUT_POINTS - 1) for i in range(_INPUT_POINTS)]
    inputs = [_unsigned16(_dot(x, gain) * 65535) for gain in _TONE_VALUE_INCREASE for x in steps]
    outputs = [_unsigned16(0) + _unsigned16(65535)] * 3
    table = header + b"".join(inputs) + _neugebauer_table() + b"".join(outputs)
    tags = {b"wtpt": _xyz(_from_lab(_PAPER)), b"A2B0": table}
    return _profile(b"scnr", b"CMYK", "Offset on coated paper, after ISO 12647-2", tags)


_IDENTITY = (65536, 0, 0, 0, 65536, 0, 0, 0, 65536)


def _neugebauer_table() -> bytes:
    """XYZ relative to the paper at each grid point, black counting fastest."""
    paper = _from_lab(_PAPER)
    black = _from_lab((_BLACK_LIGHTNESS, 0, 0))[1] / paper[1]
    solids = {
        inks: tuple(
            [value / white * full for value, white, full in zip(_from_lab(lab), paper, _D50, strict=True)]
        )
        for inks, lab in _SOLIDS.items()
    }
    areas = [i / (_GRID - 1) for i in range(_GRID)]
    rows: list[bytes] = []
    for cyan, magenta, yellow in product(areas, repeat=3):
        total = [0.0, 0.0, 0.0]
        for inks, colour in solids.items():
            share = 1.0
            for area, there in zip((cyan, magenta, yellow), inks, strict=True):
                share *= area if there else 1 - area
            for axis in range(3):
                total[axis] += share * colour[axis]
        for area in areas:
            passed = 1 - area + area * black
            rows += [_unsigned16(value * passed * 32768) for value in total]
    return b"".join(rows)


def _dot(tone: float, increase: float) -> float:
    """The area that a dot of this nominal tone covers in print."""
    return min(1.0, tone + 4 * increase * tone * (1 - tone))


def _linear(value: float) -> float:
    """IEC 61966-2-1, 5.2."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _from_lab(lab: Sequence[float]) -> tuple[float, ...]:
    """CIELAB -> XYZ under D50."""
    lightness, a, b = lab
    middle = (lightness + 16) / 116
    parts = (middle + a / 500, middle, middle - b / 200)
    ratios = [part**3 if part > 6 / 29 else (part - 16 / 116) * 3 * (6 / 29) ** 2 for part in parts]
    return tuple([ratio * white for ratio, white in zip(ratios, _D50, strict=True)])


def _unsigned16(value: float) -> bytes:
    return struct.pack(">H", max(0, min(65535, round(value))))


def _xyz(values: Sequence[float]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *[round(value * 65536) for value in values])


def _profile(kind: bytes, space: bytes, name: str, tags: dict[bytes, bytes]) -> bytes:
    """Section 6: header, tag table, tags on multiples of four bytes, equal ones stored once."""
    text = name.encode("ascii") + b"\0"
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(4 + 4 + 2 + 1 + 67),
        b"cprt": b"text" + bytes(4) + _NO_RIGHTS + b"\0",
        **tags,
    }
    offset = 128 + 4 + 12 * len(tags)
    places: dict[bytes, int] = {}
    body = bytearray()
    for data in tags.values():
        if data not in places:
            places[data] = offset + len(body)
            body += data + bytes(-len(data) % 4)
    table = b"".join([name + struct.pack(">II", places[data], len(data)) for name, data in tags.items()])
    header = struct.pack(
        ">I4sI4s4s4s6H4s4sI4sIQI3i4s44x",
        *(offset + len(body), bytes(4), 0x02100000, kind, space, b"XYZ ", *_CREATED, b"acsp", bytes(4), 0),
        *(bytes(4), 0, 0, 0, *[round(value * 65536) for value in _D50], bytes(4)),
    )
    return header + struct.pack(">I", len(tags)) + table + bytes(body)
