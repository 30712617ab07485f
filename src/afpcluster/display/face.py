"""Font faces as outputs need them: which glyph a code means, how wide it is, what character it stands for.

A face is shared by all runs that use it and by all pages: `key` identifies it for good (same key, same
face). Codes are one byte (simple faces: the AFP code points themselves, so that no text is translated)
or two bytes (glyph indexes of a big font). Widths are in 1/1000 of the em.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from afpcluster.light import dataclass


class ProgramKind(StrEnum):
    """What `FontProgram.data` holds."""

    TYPE1 = "type1"  # PFA-like: clear text, then eexec portion (binary or hex), optionally trailer
    CFF = "cff"  # bare CFF, name-keyed
    CID_CFF = "cid-cff"  # bare CFF, CID-keyed: codes of the face are CIDs
    CID_TYPE1 = "cid-type1"  # CIDFontType0 program with binary section: codes of the face are CIDs
    TRUETYPE = "truetype"  # sfnt with glyf; `index` picks a face of a collection
    OPENTYPE_CFF = "opentype-cff"  # sfnt with CFF
    STANDARD = "standard"  # none embedded: one of the 14 fonts every PDF viewer has, by `FontProgram.name`


@dataclass(slots=True, frozen=True)
class FontProgram:
    """A font file as it came. Several faces (code pages) may share one: `key` identifies it."""

    key: str
    kind: ProgramKind
    name: str  # PostScript name
    data: bytes = field(default=b"", repr=False)
    index: int = 0


@dataclass(slots=True, frozen=True)
class FaceStyle:
    """For the PDF font descriptor. Values in 1/1000 em, angle in degrees (negative leans right)."""

    ascent: float = 750
    descent: float = -250
    cap_height: float = 700
    italic_angle: float = 0
    fixed_pitch: bool = False
    serif: bool = False
    bold: bool = False
    box: tuple[float, float, float, float] = (0, -250, 1000, 1000)


@dataclass(slots=True, eq=False)
class OutlineFace:
    """A scalable face. `glyphs[code]` is a glyph name (TYPE1, CFF, STANDARD, OPENTYPE_CFF may too) or a
    glyph index; codes without an entry show nothing. With `code_size` 2 and no `glyphs`, codes are glyph
    indexes (or CIDs) themselves. `unicode[code]` is the text for search and copy."""

    key: str
    program: FontProgram
    code_size: int
    glyphs: Mapping[int, str | int]
    widths: Mapping[int, float]
    unicode: Mapping[int, str]
    default_width: float = 0.0
    style: FaceStyle = FaceStyle()
    lost: Mapping[int, str] = field(default_factory=dict, repr=False)
    """Codes that stand for a character and show nothing -> what a finding says of it."""


@dataclass(slots=True, frozen=True)
class RasterGlyph:
    """A bilevel bitmap: rows padded to bytes, 1 is ink. `left` and `top` place its upper left corner in
    pels from the character origin on the baseline: right is positive, up is positive."""

    width: int
    height: int
    left: int
    top: int
    bits: bytes


@dataclass(slots=True, eq=False)
class RasterFace:
    """A bitmap face. A pel is `size / pels_per_em` points in a run of that size."""

    key: str
    name: str
    pels_per_em: float
    glyphs: Mapping[int, RasterGlyph]
    widths: Mapping[int, float]
    unicode: Mapping[int, str]
    code_size: int = 1
    default_width: float = 0.0
    lost: Mapping[int, str] = field(default_factory=dict, repr=False)  # as in OutlineFace


Face = OutlineFace | RasterFace
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")


def is_private(text: str) -> bool:
    """Whether text is of Unicode's private use: characters that nobody else knows."""
    return _PRIVATE.search(text) is not None
