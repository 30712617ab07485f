"""What stands in for a double-byte font that is not there: two bytes a character, each character an em wide.

A character comes from a font of the folders that has the code page's characters; letters, digits and signs of
full width from a standard font; what none of them has is a box, so that lines keep
their length and a reader sees that something is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple, TypeVar

from afpcluster.display.face import FontProgram, OutlineFace, ProgramKind, RasterFace, RasterGlyph
from afpcluster.fonts.foca.active import font_of_face
from afpcluster.fonts.foca.code_page import CodePage
from afpcluster.fonts.font import FaceRun, Font
from afpcluster.fonts.stand_in.builtin_code_pages import built_in
from afpcluster.fonts.stand_in.standard import standard_face
from afpcluster.fonts.unicode.truetype import CharacterFace
from afpcluster.fonts.unicode.unicode_font import turned_font

_ASCII = range(0x21, 0x7F)
_FULL_WIDTH = 0xFEE0  # from a character of ASCII to the same in full width
_SPACES = (" ", "\u3000")
_REMEMBERED_STRINGS = 4096
_BELOW = 0.12  # the baseline, in ems
_PELS = 40  # an em of the box
_BOX = RasterGlyph(
    width=32,
    height=32,
    left=4,
    top=30,
    bits=b"".join([b"\xff\xff\xff\xff" if row in (0, 31) else b"\x80\0\0\x01" for row in range(32)]),
)

T = TypeVar("T")


class _Shown(NamedTuple):
    """A character: the number of its font (-1 for a space), its code there, the glyph's width in points."""

    font: int
    code: bytes
    width: float


def double_byte_font(
    label: str,
    page: CodePage,
    standard: str,
    faces: Sequence[CharacterFace],
    size: float,
    *,
    rotation: int = 0,
    stretch: float = 1.0,
    missing: Callable[[int], None] = lambda count: None,
) -> Font:
    """The font of a double-byte code page: from `faces`, then from the font `standard`. `missing` is told how
    many characters of a string are boxes."""
    letters, box = _full_width_face(standard), _box_face(page)
    fonts = [
        *(turned_font(label, face.face, size, rotation, stretch) for face in faces),
        font_of_face(label, letters, -1, size, rotation, stretch),
        _of_boxes(font_of_face(label, letters, -1, size, rotation, stretch), box),
    ]
    em = size * stretch

    def pick(code: int) -> _Shown:
        text = page.unicode.get(code, "")
        if code == page.space_code or text in _SPACES:
            return _Shown(-1, b"", 0.0)
        value = ord(text) if len(text) == 1 else -1
        for number, face in enumerate(faces):
            if value in face.codes:
                found = face.codes[value].to_bytes(face.face.code_size, "big")
                return _Shown(number, found, fonts[number].advance(found))
        if value - _FULL_WIDTH in _ASCII:
            found = bytes((value - _FULL_WIDTH,))
            return _Shown(len(faces), found, fonts[len(faces)].advance(found))
        return _Shown(len(faces) + 1, code.to_bytes(2, "big"), em)

    picked = lru_cache(maxsize=_REMEMBERED_STRINGS)(pick)

    @lru_cache(maxsize=_REMEMBERED_STRINGS)
    def laid_out(text: bytes) -> tuple[list[FaceRun], int]:
        """The runs of a string, and how many of its characters are boxes."""
        shown = [picked(text[at] << 8 | text[at + 1]) for at in range(0, len(text) - 1, 2)]
        runs: list[FaceRun] = []
        for font, code, width in shown:
            if font < 0:
                runs.append(FaceRun(letters, b"", em))
                continue
            margin = (em - width) / 2
            if margin:
                runs.append(FaceRun(letters, b"", margin))
            runs.append(FaceRun(fonts[font].face, code, width, fonts[font]))
            if margin:
                runs.append(FaceRun(letters, b"", margin))
        return _joined(runs), sum(one.font > len(faces) for one in shown)

    def split(text: bytes) -> list[FaceRun]:
        runs, boxes = laid_out(text)
        if boxes:
            missing(boxes)
        return runs

    return replace(
        fonts[0],
        name=label,
        code_size=2,
        advances={},
        split=split,
        texts=page.unicode,
        measure=lambda text: em * (len(text) // 2),
        placement=None,
        space_code=page.space_code,
        space_increment=em,
    )


def _joined(runs: list[FaceRun]) -> list[FaceRun]:
    """Runs with those that follow each other in one font made one."""
    found: list[FaceRun] = []
    for run in runs:
        last = found[-1] if found else None
        if last is not None and last.font is run.font and bool(last.codes) == bool(run.codes):
            found[-1] = last._replace(codes=last.codes + run.codes, advance=last.advance + run.advance)
        else:
            found.append(run)
    return found


def _full_width_face(standard: str) -> OutlineFace:
    """The letters and signs of a standard font that stand for those of full width. They are said to be an em
    wide, so that no reader takes what is beside them for spaces; viewers widen or centre them."""
    page = built_in(1252)
    assert page is not None
    face = standard_face(standard, page)
    return replace(
        face,
        key=f"standard-{standard}-full-width",
        program=FontProgram(key=f"standard-{standard}", kind=ProgramKind.STANDARD, name=standard),
        glyphs={code: glyph for code, glyph in face.glyphs.items() if code in _ASCII},
        widths=dict.fromkeys(_ASCII, 1000.0),
        unicode={code: chr(code + _FULL_WIDTH) for code in _ASCII},
    )


@lru_cache(maxsize=16)
def _box_face(page: CodePage) -> RasterFace:
    """A box for every code."""
    return RasterFace(
        key=f"boxes-{page.key}",
        name=f"Boxes of {page.name}",
        pels_per_em=_PELS,
        glyphs=_Always(_BOX),
        widths={},
        unicode=dict(page.unicode),
        code_size=2,
        default_width=1000.0,
    )


def _of_boxes(font: Font, box: RasterFace) -> Font:
    """The font of boxes beside the one of letters. Turned boxes stand in the middle of the line."""
    size, em = font.size, font.size * font.stretch
    origins = {90: (_BELOW * size, em / 2), 180: (em, 0.0), 270: ((1 - _BELOW) * size, -em / 2)}
    placement = _Always(origins[font.rotation]) if font.rotation else None
    return replace(font, face=box, code_size=2, advances={}, placement=placement)


class _Always(Mapping[int, T]):
    """The same for every double-byte code."""

    def __init__(self, value: T) -> None:
        self._value = value

    def __getitem__(self, code: int) -> T:
        return self._value

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self)))

    def __len__(self) -> int:
        return 1 << 16
