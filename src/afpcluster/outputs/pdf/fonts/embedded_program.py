"""A font program ready to be embedded: what the ways of making one give, and the fonts take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from afpcluster.light import dataclass
from afpcluster.pdf.values import PdfDict


class ProgramError(Exception):
    """A font program is damaged, or of a kind that cannot be embedded. The text says what."""


@dataclass(slots=True)
class EmbeddedProgram:
    """`entry` is its key in the font descriptor (section 9.9), `entries` its stream dictionary.

    A program without `indexes` is reached by glyph name (a simple font); `names` then tells the names of
    glyphs that faces give by index. A program with `indexes` is reached through a Type 0 font: they tell
    the glyph index (TrueType) or CID of each glyph, keyed as faces name it."""

    entry: str
    entries: PdfDict
    data: bytes = field(repr=False)
    tag: str  # six letters that name the subset
    names: Mapping[str | int, str] = field(default_factory=dict)
    indexes: Mapping[str | int, int] | None = None
    missing: tuple[str | int, ...] = ()
    damaged: Mapping[str, str] = field(default_factory=dict)  # glyphs that show nothing, and why
    whole: str = ""  # why no glyph was left out; nothing for a subset
    dense: bool = False  # it does not compress
