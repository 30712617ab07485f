"""What comparing the glyphs of a font file with those of its PDF says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, frozen=True)
class Comparison:
    """`wrong` are the glyphs whose outline or width is not that of the source; `findings` what the engine
    says of the font."""

    glyphs: int
    wrong: tuple[str, ...]
    findings: tuple[str, ...]
