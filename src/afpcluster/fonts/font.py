"""An active font: what text, graphics and bar code drawing need to know of a coded font.

Built from FOCA fonts, TrueType/OpenType objects or substitutes alike; drawing never sees the source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import NamedTuple

from afpcluster.display.face import Face
from afpcluster.light import dataclass

_OF_FONT, _OF_ENTRY = 2_000, 100  # bytes


class FaceRun(NamedTuple):
    """A stretch of text in one face: `codes` are that face's codes, `advance` their width in points.
    `font` is the font of those codes, with their placement, where it is not the one that was split; `text` is
    what they read as, where the face does not say so."""

    face: Face
    codes: bytes
    advance: float
    font: Font | None = None
    text: str | None = None


class Glyph(NamedTuple):
    """A glyph of complex text: its code in the face, lengths in points (`x` to the right, `y` up, of the
    glyph from where it would stand), and the index of the first character that it is for."""

    code: int
    advance: float
    x: float
    y: float
    character: int


class GlyphStretch(NamedTuple):
    """A stretch of complex text, `text[start:end]`, in one face and at one embedding level; its glyphs from
    left to right."""

    start: int
    end: int
    level: int
    face: Face
    glyphs: list[Glyph]

    def code(self, number: int) -> bytes:
        """The code of a glyph as a run has it."""
        return self.glyphs[number].code.to_bytes(self.face.code_size, "big")


Shape = Callable[[str, Sequence[int], bool], list[GlyphStretch]]
"""Text and its embedding levels -> stretches in logical order, with glyph processing or one to one."""


@dataclass(slots=True, frozen=True, eq=False)
class Font:
    """A coded font at a size and character rotation. All lengths are points.

    Simple fonts (`code_size` 1, `split` None): text bytes are the codes of `face`, `advances[code]` is
    the character increment (FOCA CI of this rotation), 256 entries. Double-byte fonts (`code_size` 2)
    have a mapping and two bytes a code. Where text must be turned into other codes (TrueType), or several
    faces take part (linked fonts, sections), `split` does it and gives the advances too.
    `placement`, for character rotations other than 0: code -> offset of the glyph origin from the
    character reference point, along and across the baseline (right, up).
    """

    name: str
    face: Face
    size: float
    code_size: int
    advances: Sequence[float] | Mapping[int, float]
    space_code: int = 0x40  # ends a word
    variable_space: bool = True  # SVI replaces its increment
    space_increment: float = 0.0  # the default variable space character increment
    rotation: int = 0  # character rotation, degrees clockwise (FOCA "Character Rotation")
    ascender: float = 0.0  # above the baseline
    descender: float = 0.0  # below the baseline, positive
    underscore_position: float = 0.0  # below the baseline, positive
    underscore_thickness: float = 0.0
    split: Callable[[bytes], list[FaceRun]] | None = None
    measure: Callable[[bytes], float] | None = None
    """The width of text, where `split` tells of missing glyphs besides."""
    placement: Mapping[int, tuple[float, float]] | None = None
    stretch: float = 1.0  # horizontal scale of glyphs (already in `advances`)
    glyph_face: Callable[[bytes, str], tuple[Face, bool] | None] | None = None
    """For TrueType/OpenType: the face whose codes are glyph indexes, by font OID and full name (empty:
    the base font), among this font and those linked to it, and whether the OID is that of the font (PTOCA
    GLC)."""

    texts: Mapping[int, str] | None = None
    """For fonts with `split`, under a code page: what the codes of text stand for."""
    codec: str | None = None
    """For data-object fonts with Unicode text: the name of its encoding in Python."""
    shape: Shape | None = None
    """For those of them whose text is horizontal: how complex text is shown (PTOCA UCT)."""

    simple: bool = field(init=False)
    """Whether text bytes are the codes of one face, placed by their advances alone: the quick case."""

    def __post_init__(self) -> None:
        one_face = self.code_size == 1 and self.split is None and self.placement is None
        object.__setattr__(self, "simple", one_face and not self.rotation)

    def advance(self, text: bytes) -> float:
        """Width of a string of text bytes in points, without any adjustment."""
        if self.measure is not None:
            return self.measure(text)
        if self.split is not None:
            return sum(run.advance for run in self.split(text))
        advances = self.advances
        if self.code_size == 1:
            return sum([advances[code] for code in text])
        codes = (text[i] << 8 | text[i + 1] for i in range(0, len(text) - 1, 2))
        if isinstance(advances, Mapping):
            default = self.face.default_width * self.size * self.stretch / 1000
            return sum(advances.get(code, default) for code in codes)
        return sum(advances[code] for code in codes)


def weight(fonts: Mapping[int, Font]) -> int:
    """About how many bytes fonts take, their faces and what those share not counted."""
    return sum([_OF_FONT + _OF_ENTRY * _entries(font) for font in fonts.values()])


def _entries(font: Font) -> int:
    return len(font.advances) + len(font.placement or ()) + len(font.texts or ())
