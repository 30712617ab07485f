"""Fonts for text that is, or becomes, Unicode: a base font and those linked to it -> `Font`.

How text is laid out in them is in `linked_text` and, with glyph processing, `shaping`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import md5

from afpcluster.display.face import Face, OutlineFace
from afpcluster.fonts.foca.active import font_of_face
from afpcluster.fonts.foca.code_page import CodePage
from afpcluster.fonts.font import Font
from afpcluster.fonts.stand_in.standard import all_characters_face, characters_of
from afpcluster.fonts.unicode.font_names import fold
from afpcluster.fonts.unicode.linked_text import Decoder, LinkedText, Missing
from afpcluster.fonts.unicode.shaping import Shaper
from afpcluster.fonts.unicode.truetype import CharacterFace
from afpcluster.fonts.unicode.vertical import vertical_metrics

_OID_SEED = bytes.fromhex("2b1200040105")  # 1.3.18.0.4.1.5
_LONGEST_FINGERPRINT = 19  # bytes of seven bits


def unicode_font(
    label: str,
    faces: Sequence[CharacterFace],
    decode: Decoder,
    code_size: int,
    size: float,
    *,
    rotation: int = 0,
    stretch: float = 1.0,
    texts: Mapping[int, str] | None = None,
    missing: Missing = lambda character, count: None,
) -> Font:
    """A font of `faces` (the base font first) at `size` points. `decode` makes text of a text object's
    bytes, `code_size` bytes a code; `texts` says the same where they are of a code page. `missing` is told of
    characters that no face has, whenever they are shown."""
    fonts = [turned_font(label, face.face, size, rotation, stretch) for face in faces]
    text = LinkedText(faces, fonts, decode, missing)
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
    advances = fonts[0].advances
    by_code = advances if isinstance(advances, Mapping) else dict(enumerate(advances))
    return replace(
        fonts[0],
        code_size=code_size,
        advances=by_code,
        split=text.split,
        measure=text.measure,
        glyph_face=glyph_face,
        texts=texts,
        codec=codec,
        shape=Shaper(faces, size, stretch, missing).shape if shaped else None,
        space_code=0x20,
        space_increment=by_code.get(space, 0.0) if space is not None else 0.0,
        underscore_position=-faces[0].underline_position * size / 1000,
        underscore_thickness=faces[0].underline_thickness * size / 1000,
    )


def turned_font(label: str, face: OutlineFace, size: float, rotation: int, stretch: float) -> Font:
    """The font of one face, with its own metrics for vertical writing where the rotation is for that."""
    metrics = vertical_metrics(face) if rotation in (90, 270) else None
    return font_of_face(label, face, -1, size, rotation, stretch, metrics)


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
