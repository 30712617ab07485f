"""A font program as FreeType reads it: the source of truth for what glyphs look like."""

from __future__ import annotations

import io

import freetype

Shape = tuple[object, ...]


class FreeTypeFont:
    """The glyphs of a program, unscaled and without hints."""

    def __init__(self, data: bytes, index: int = 0) -> None:
        self._face = freetype.Face(io.BytesIO(data), index)

    @property
    def count(self) -> int:
        return int(self._face.num_glyphs)

    @property
    def units_per_em(self) -> int:
        return int(self._face.units_per_EM)

    def names(self) -> list[str]:
        """The names of all glyphs but the missing one."""
        found = [self._face.get_glyph_name(at).decode("latin-1") for at in range(self._face.num_glyphs)]
        return [name for name in found if name != ".notdef"]

    def glyph(self, name: str) -> Shape | None:
        """(width, points, kinds of points, ends of contours); None where the program does not have it."""
        encoded = name.encode("latin-1")
        index = self._face.get_name_index(encoded)
        if self._face.get_glyph_name(index) != encoded:
            return None
        return self.advance(index), *self.outline(index)

    def advance(self, index: int) -> int:
        """The width of a glyph by index, or by CID in a bare CID-keyed program."""
        self._load(index)
        return int(self._face.glyph.advance.x)

    def outline(self, index: int) -> Shape:
        """(points, kinds of points, ends of contours) of the same."""
        self._load(index)
        outline = self._face.glyph.outline
        return tuple(outline.points), tuple(tag & 3 for tag in outline.tags), tuple(outline.contours)

    def _load(self, index: int) -> None:
        self._face.load_glyph(index, freetype.FT_LOAD_NO_SCALE | freetype.FT_LOAD_NO_HINTING)

    def width(self, name: str) -> int:
        """In units of the program."""
        shape = self.glyph(name)
        assert shape is not None
        return int(str(shape[0]))
