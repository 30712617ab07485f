"""Fonts for text that is, or becomes, Unicode: a base font and those linked to it -> `Font`.

Every character is shown by the first face that has it (MO:DCA "Using the MDR to Map a TrueType/OpenType
Font", linked fonts); one that none has shows the base font's missing glyph. Format controls show nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import md5
from itertools import groupby
from typing import NamedTuple
from unicodedata import category

from afpcluster.display.face import Face, OutlineFace
from afpcluster.fonts.foca.active import font_of_face
from afpcluster.fonts.foca.code_page import CodePage
from afpcluster.fonts.font import FaceRun, Font
from afpcluster.fonts.stand_in.standard import all_characters_face, characters_of
from afpcluster.fonts.unicode.font_names import fold
from afpcluster.fonts.unicode.shaping import Missing, Shaper
from afpcluster.fonts.unicode.truetype import CharacterFace, reading

Decoder = Callable[[bytes], str]
_REMEMBERED_STRINGS = 4096
_OID_SEED = bytes.fromhex("2b1200040105")  # 1.3.18.0.4.1.5
_LONGEST_FINGERPRINT = 19  # bytes of seven bits


class _Picked(NamedTuple):
    """The number of a face, and a code there; `there` is False where that is the missing glyph."""

    face: int
    code: int
    there: bool = True


def unicode_font(
    label: str,
    faces: Sequence[CharacterFace],
    decode: Decoder,
    code_size: int,
    size: float,
    *,
    rotation: int = 0,
    stretch: float = 1.0,
    missing: Missing = lambda character, count: None,
) -> Font:
    """A font of `faces` (the base font first) at `size` points. `decode` makes text of a text object's
    bytes, `code_size` bytes a code; `missing` is told of characters that no face has, whenever they are
    shown."""
    bases = [font_of_face(label, face.face, -1, size, rotation, stretch) for face in faces]
    advances: list[Mapping[int, float]] = [
        font.advances if isinstance(font.advances, Mapping) else dict(enumerate(font.advances))
        for font in bases
    ]

    box = next((number for number, face in enumerate(faces) if face.face.code_size == 2), 0)

    @lru_cache(maxsize=_REMEMBERED_STRINGS)
    def pick(character: str) -> _Picked | None:
        """What shows a character: else the missing glyph of the first face that has one."""
        value = ord(character)
        for number, face in enumerate(faces):
            code = face.codes.get(value)
            if code is not None:
                return _Picked(number, code)
        return None if category(character) in ("Cc", "Cf") else _Picked(box, 0, there=False)

    @lru_cache(maxsize=_REMEMBERED_STRINGS)
    def laid_out(text: bytes) -> tuple[list[FaceRun], float, Counter[str]]:
        """The runs, their width, and the characters that no face has."""
        shown = [(picked, character) for character in decode(text) if (picked := pick(character))]
        runs = [
            _run(faces[number].face, bases[number], advances[number], list(group))
            for number, group in groupby(shown, lambda one: one[0].face)
        ]
        lost = Counter([character for picked, character in shown if not picked.there])
        return runs, sum(run.advance for run in runs), lost

    def split(text: bytes) -> list[FaceRun]:
        runs, _, lost = laid_out(text)
        for character, count in lost.items():
            missing(character, count)
        return runs

    fingerprints: dict[OutlineFace, bytes] = {}

    def glyph_face(oid: bytes, name: str) -> tuple[Face, bool] | None:
        wanted, fingerprint = fold(name), fingerprint_of(oid)
        named = [f.face for f in faces if f.face.code_size == 2 and (not wanted or wanted in f.names)]
        if fingerprint and not fingerprints:
            fingerprints.update(
                {f.face: md5(f.face.program.data, usedforsecurity=False).digest() for f in faces}
            )
        exact = [face for face in named if fingerprint and fingerprint == fingerprints[face]]
        chosen = next(iter(exact or named), None)
        return (chosen, bool(exact) or not fingerprint) if chosen is not None else None

    codec = _CODECS.get(decode)
    shaped = codec is not None and rotation in (0, 180)
    space = faces[0].codes.get(0x20)
    return replace(
        bases[0],
        code_size=code_size,
        advances=advances[0],
        split=split,
        measure=lambda text: laid_out(text)[1],
        glyph_face=glyph_face,
        codec=codec,
        shape=Shaper(faces, size, stretch, missing).shape if shaped else None,
        space_code=0x20,
        space_increment=advances[0].get(space, 0.0) if space is not None else 0.0,
        underscore_position=-faces[0].underline_position * size / 1000,
        underscore_thickness=faces[0].underline_thickness * size / 1000,
    )


def _run(
    face: OutlineFace, font: Font, advances: Mapping[int, float], shown: Sequence[tuple[_Picked, str]]
) -> FaceRun:
    """The run of codes and their characters in one face. What it reads as is said where several characters
    share a glyph and the text has another one than the face says."""
    default = face.default_width * font.size * font.stretch / 1000
    advance = sum([advances.get(picked.code, default) for picked, _ in shown])
    codes = b"".join([picked.code.to_bytes(face.code_size, "big") for picked, _ in shown])
    said = "".join([face.unicode.get(picked.code, character) for picked, character in shown])
    text = "".join([reading(character) for _, character in shown])
    return FaceRun(face, codes, advance, font, text if text != said else None)


def fingerprint_of(oid: bytes) -> bytes:
    """The MD5 fingerprint in the object OID of a font (MO:DCA "TrueType and OpenType Font Object OID
    Generation Algorithm"); none where it is another kind of OID, or none at all."""
    if oid[2:8] != _OID_SEED:
        return b""
    value = 0
    for byte in oid[8 : 8 + _LONGEST_FINGERPRINT]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            break
    return (value & (1 << 128) - 1).to_bytes(16, "big")


def page_decoder(page: CodePage) -> Decoder:
    """Text of a code page's codes; codes without text are left out."""
    texts = characters_of(page)
    if page.code_size == 1:
        return lambda data: "".join([texts.get(code, "") for code in data])
    return lambda data: "".join(
        [texts.get(data[at] << 8 | data[at + 1], "") for at in range(0, len(data) - 1, 2)]
    )


def utf16(data: bytes) -> str:
    """UTF-16BE, the encoding of user data where none is given."""
    return data.decode("utf-16-be", "replace")


def utf8(data: bytes) -> str:
    return data.decode("utf-8", "replace")


_CODECS: dict[Decoder, str] = {utf16: "utf-16-be", utf8: "utf-8"}


def standard_character_face(name: str) -> CharacterFace:
    """A standard font for Unicode text."""
    face = all_characters_face(name)
    return CharacterFace(face, {ord(text): code for code, text in face.unicode.items()})
