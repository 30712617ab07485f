"""What the glyphs of an embedded program must measure, for documents where dictionary and program must agree
(ISO 19005-1, 6.3.6), and glyphs that are added to it: blank ones for codes that have none, and copies of the
sign for missing characters, which may not be shown by its own name (ISO 19005-2, 6.2.11.8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from afpcluster.light import dataclass

MISSING_GLYPH = ".notdef"
_BLANK, _SIGN = "blank.", "missing."


@dataclass(slots=True)
class Metrics:
    """Widths in 1/1000 em, by glyph as faces name it: those of the program, and those to be added."""

    widths: dict[str | int, float] = field(default_factory=dict)
    added: dict[str, float] = field(default_factory=dict)

    def admits(self, widths: Mapping[str | int, float]) -> bool:
        """Whether these glyphs can have these widths beside those that are known."""
        return all(self.widths.get(glyph, width) == width for glyph, width in widths.items())

    def add(self, widths: Mapping[str | int, float]) -> None:
        for glyph, width in widths.items():
            if isinstance(glyph, str) and glyph.startswith((_BLANK, _SIGN)):
                self.added[glyph] = width
            else:
                self.widths[glyph] = width

    @property
    def wanted(self) -> set[str | int]:
        """The glyphs of the program that are needed."""
        signs = {0} if any(map(is_sign, self.added)) else set()
        return {*self.widths, *signs}


def blank_glyph(width: float) -> str:
    """The name of the glyph that shows nothing and is that wide."""
    return f"{_BLANK}{width:g}"


def sign_glyph(width: float) -> str:
    """The name of the copy of the sign for missing characters that is that wide."""
    return f"{_SIGN}{width:g}"


def is_sign(name: str) -> bool:
    return name.startswith(_SIGN)


def added_glyphs(metrics: Metrics | None) -> Iterable[tuple[str, float]]:
    """(name, width) of the glyphs to be added."""
    return metrics.added.items() if metrics is not None else ()
