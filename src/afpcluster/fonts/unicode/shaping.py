"""Complex text in a data-object font and those linked to it: characters -> glyphs with places.

HarfBuzz (loaded with the first text that needs it) does ligatures, marks, Arabic joining, Indic scripts and
kerning. A stand-in that is no TrueType or OpenType font shows a glyph a character. PTOCA "Unicode Complex
Text (UCT)".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any
from unicodedata import category, normalize

from afpcluster.display.face import ProgramKind
from afpcluster.fonts.font import Glyph, GlyphStretch
from afpcluster.fonts.unicode.bidi import CONTROLS, mirrored
from afpcluster.fonts.unicode.linked_text import Missing
from afpcluster.fonts.unicode.truetype import CharacterFace

_SHAPED = (ProgramKind.TRUETYPE, ProgramKind.OPENTYPE_CFF)
_CONTEXT = 5  # characters on either side that HarfBuzz looks at
_NO_SCRIPT = ("Zyyy", "Zinh", "Zzzz")  # common, inherited, unknown
_ZERO_WIDTH_SPACE = 0x200B


class Shaper:
    """Shapes text in `faces` (the base font first) at `size` points; `missing` is told of a character that
    no face has."""

    def __init__(
        self,
        faces: Sequence[CharacterFace],
        size: float,
        stretch: float,
        missing: Missing,
    ) -> None:
        self._faces = faces
        self._size = size
        self._stretch = stretch
        self._missing = missing
        self._loaded: dict[int, Any] = {}  # by number of the face

    def shape(self, text: str, levels: Sequence[int], glyph_processing: bool) -> list[GlyphStretch]:
        """The glyphs of each stretch of one face, level and script, in logical order."""
        numbers = list(self._face_numbers(text))
        scripts = _scripts(text) if glyph_processing else [""] * len(text)
        stretches = []
        start = 0
        for (number, level, script), group in groupby(zip(numbers, levels, scripts, strict=True)):
            end = start + len(list(group))
            face = self._faces[number].face
            if glyph_processing and face.program.kind in _SHAPED:
                glyphs = self._shaped(number, text, start, end, level, script)
            else:
                glyphs = self._one_by_one(self._faces[number], text, start, end, level)
            stretches.append(GlyphStretch(start, end, level, face, glyphs))
            start = end
        return stretches

    def _face_numbers(self, text: str) -> Iterator[int]:
        """Which face shows each character: the first that has it, the one before for what attaches to it."""
        number = 0
        for character in text:
            kind = category(character)
            if kind == "Cf" or (kind[0] == "M" and _has(self._faces[number], character)):
                yield number
                continue
            found = (at for at, face in enumerate(self._faces) if _has(face, character))
            number = next(found, -1)
            if number < 0:
                number = 0
                if kind != "Cc":
                    self._missing(character, 1)
            yield number

    def _shaped(self, number: int, text: str, start: int, end: int, level: int, script: str) -> list[Glyph]:
        import uharfbuzz

        font = self._loaded.get(number)
        if font is None:
            program = self._faces[number].face.program
            font = self._loaded[number] = uharfbuzz.Font(uharfbuzz.Face(program.data, program.index))
        codes = self._faces[number].codes
        first = max(start - _CONTEXT, 0)
        buffer = uharfbuzz.Buffer()
        buffer.add_codepoints(
            [
                _ZERO_WIDTH_SPACE if category(c) == "Cc" and ord(c) not in codes else ord(c)
                for c in text[first : end + _CONTEXT]
            ],
            start - first,
            end - start,
        )
        buffer.direction = "rtl" if level & 1 else "ltr"
        buffer.script = script
        buffer.flags = uharfbuzz.BufferFlags.REMOVE_DEFAULT_IGNORABLES
        uharfbuzz.shape(font, buffer)
        up = self._size / (font.face.upem or 1000)
        along = up * self._stretch
        return [
            Glyph(
                info.codepoint,
                place.x_advance * along,
                place.x_offset * along,
                place.y_offset * up,
                first + info.cluster,
            )
            for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
        ]

    def _one_by_one(self, face: CharacterFace, text: str, start: int, end: int, level: int) -> list[Glyph]:
        """UAX #9 L4: right-to-left, a character is shown by its mirrored one."""
        along = self._size / 1000 * self._stretch
        widths, default = face.face.widths, face.face.default_width
        glyphs = []
        for at in range(start, end):
            character = text[at]
            code = face.codes.get(ord(mirrored(character) if level & 1 else character))
            if character in CONTROLS or (code is None and category(character) in ("Cc", "Cf")):
                continue
            code = code or 0
            glyphs.append(Glyph(code, widths.get(code, default) * along, 0.0, 0.0, at))
        return glyphs[::-1] if level & 1 else glyphs


def _has(face: CharacterFace, character: str) -> bool:
    """Whether the face can show a character, composed or in its parts."""
    codes = face.codes
    return ord(character) in codes or all(ord(part) in codes for part in normalize("NFD", character))


def _scripts(text: str) -> list[str]:
    """The script of each character (ISO 15924); what has none goes with the text in front of it, at the
    beginning with the text behind it."""
    from fontTools.unicodedata import script

    scripts = [script(character) for character in text]
    current = next((s for s in scripts if s not in _NO_SCRIPT), "Zyyy")
    for at, found in enumerate(scripts):
        if found in _NO_SCRIPT:
            scripts[at] = current
        current = scripts[at]
    return scripts
