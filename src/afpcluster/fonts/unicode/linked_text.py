"""Unicode text in a base font and those linked to it -> runs of one face each.

Every character is shown by the first face that has it (MO:DCA "Using the MDR to Map a TrueType/OpenType
Font", linked fonts); one that none has shows the missing glyph. Spaces and hyphens of all kinds are shown as
the plain ones where no face has them; format controls show nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import groupby
from typing import NamedTuple
from unicodedata import category

from afpcluster.display.face import OutlineFace
from afpcluster.fonts.font import FaceRun, Font
from afpcluster.fonts.unicode.truetype import CharacterFace, reading

Decoder = Callable[[bytes], str]
Missing = Callable[[str, int], None]
"""Is told of a character that no face has, and how often it was to be shown."""

_REMEMBERED_STRINGS = 4096


class _Picked(NamedTuple):
    """The number of a face, and a code there; `there` is False where that is the missing glyph."""

    face: int
    code: int
    there: bool = True


class _LaidOut(NamedTuple):
    """A text's runs, their width in points, and the characters that no face has."""

    runs: list[FaceRun]
    advance: float
    lost: Counter[str]


class LinkedText:
    """Text in `faces` (the base font first), each with its `fonts` at the size. What was laid out is kept."""

    def __init__(
        self, faces: Sequence[CharacterFace], fonts: Sequence[Font], decode: Decoder, missing: Missing
    ) -> None:
        self._missing = missing
        self._lay_out = lru_cache(maxsize=_REMEMBERED_STRINGS)(_Layout(faces, fonts, decode).laid_out)

    def split(self, text: bytes) -> list[FaceRun]:
        """The runs; who waits for missing characters is told."""
        runs, _, lost = self._lay_out(text)
        if lost:
            for character, count in lost.items():
                self._missing(character, count)
        return runs

    def measure(self, text: bytes) -> float:
        """The width in points."""
        return self._lay_out(text).advance


class _Layout:
    """Lays out the strings that `LinkedText` asks for. It does not hold what remembers them: such a cycle
    would keep the font until the collector comes."""

    def __init__(self, faces: Sequence[CharacterFace], fonts: Sequence[Font], decode: Decoder) -> None:
        self._faces = faces
        self._fonts = fonts
        self._decode = decode
        # Code and advance of characters that the base font has and that read as it says: nearly all.
        self._usual: dict[str, tuple[bytes, float]] = {}
        box = next((number for number, face in enumerate(faces) if face.face.code_size == 2), 0)
        self._pick = lru_cache(maxsize=_REMEMBERED_STRINGS)(partial(_picked, faces, box))

    def laid_out(self, text: bytes) -> _LaidOut:
        characters = self._decode(text)
        usual = self._usual
        try:
            quick = [usual[character] for character in characters]
        except KeyError:
            return self._by_character(characters)
        advance = sum([advance for _, advance in quick])
        codes = b"".join([code for code, _ in quick])
        runs = [FaceRun(self._faces[0].face, codes, advance, self._fonts[0])] if quick else []
        return _LaidOut(runs, advance, Counter())

    def _by_character(self, text: str) -> _LaidOut:
        """Where a character is met for the first time, or is not usual."""
        shown = [(picked, character) for character in text if (picked := self._pick(character))]
        runs = [self._run(number, list(group)) for number, group in groupby(shown, lambda one: one[0].face)]
        for picked, character in shown:
            if picked.face == 0 and picked.there:
                run = self._run(0, [(picked, character)])
                if run.text is None:
                    self._usual[character] = (run.codes, run.advance)
        lost = Counter([character for picked, character in shown if not picked.there])
        return _LaidOut(runs, sum([run.advance for run in runs]), lost)

    def _run(self, number: int, shown: Sequence[tuple[_Picked, str]]) -> FaceRun:
        """The run of codes and their characters in one face. What it reads as is said where several
        characters share a glyph and the text has another one than the face says."""
        face: OutlineFace = self._faces[number].face
        font = self._fonts[number]
        advances = font.advances if isinstance(font.advances, Mapping) else dict(enumerate(font.advances))
        default = face.default_width * font.size * font.stretch / 1000
        advance = sum([advances.get(picked.code, default) for picked, _ in shown])
        codes = b"".join([picked.code.to_bytes(face.code_size, "big") for picked, _ in shown])
        said = "".join([face.unicode.get(picked.code, character) for picked, character in shown])
        text = "".join([reading(character) for _, character in shown])
        return FaceRun(face, codes, advance, font, text if text != said else None)


def _picked(faces: Sequence[CharacterFace], box: int, character: str) -> _Picked | None:
    """What shows a character, of face `box` the missing glyph where none has it; None where nothing
    should."""
    kind = category(character)
    plain = " " if kind == "Zs" else reading(character)
    for wanted in (character, plain) if len(plain) == 1 else (character,):
        for number, face in enumerate(faces):
            code = face.codes.get(ord(wanted))
            if code is not None:
                return _Picked(number, code)
    return None if kind in ("Cc", "Cf") else _Picked(box, 0, there=False)
