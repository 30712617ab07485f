"""Fonts made of fonts: double-byte fonts in sections, where the first byte of a code picks a font and the
second a character in it; fonts that an extension font adds characters to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from afpcluster.fonts.font import FaceRun, Font


def sectioned_font(
    name: str,
    sections: Mapping[int, Font],
    space_code: int,
    missing: Callable[[int], None] = lambda section: None,
) -> Font:
    """The font of these sections (FOCA "Section Number"). `space_code` has two bytes: the space character
    needs no section (FOCA "Space Character Increment"). Codes of other sections show nothing; `missing`
    is told of the section."""
    first = sections[min(sections)]
    space = space_code >> 8 if space_code >> 8 not in sections else -1
    told: set[int] = set()

    def split(text: bytes) -> list[FaceRun]:
        runs: list[FaceRun] = []
        for section, pairs in _by_section(text):
            font = sections.get(section)
            if font is not None:
                codes = pairs if font.code_size == 2 else pairs[1::2]
                runs += _runs_of(font, codes)
            elif section == space:
                spaces = pairs[1::2].count(space_code & 0xFF)
                runs.append(FaceRun(first.face, b"", spaces * first.space_increment))
            elif section not in told:
                told.add(section)
                missing(section)
        return runs

    return Font(
        name=name,
        face=first.face,
        size=first.size,
        code_size=2,
        advances=dict(_advances(sections)) | ({space_code: first.space_increment} if space >= 0 else {}),
        space_code=space_code,
        space_increment=first.space_increment,
        rotation=first.rotation,
        ascender=first.ascender,
        descender=first.descender,
        underscore_position=first.underscore_position,
        underscore_thickness=first.underscore_thickness,
        split=split,
        texts={
            code if font.code_size == 2 else section << 8 | code: text
            for section, font in sections.items()
            for code, text in font.face.unicode.items()
        },
        stretch=first.stretch,
    )


def extended_font(base: Font, extension: Font, codes: Collection[int]) -> Font:
    """`base` with the characters of an extension font at these code points (FOCA "Extension Font")."""
    size = base.code_size

    def split(text: bytes) -> list[FaceRun]:
        found = (text[at : at + size] for at in range(0, len(text) - size + 1, size))
        runs: list[FaceRun] = []
        for own, group in groupby(found, lambda code: int.from_bytes(code, "big") in codes):
            runs += _runs_of(extension if own else base, b"".join(group))
        return runs

    advances = _by_code(base) | {code: way for code, way in _by_code(extension).items() if code in codes}
    return replace(
        base,
        name=extension.name,
        advances=tuple(advances.values()) if size == 1 else advances,
        placement=None,
        split=split,
        texts=dict(base.face.unicode)
        | {code: text for code, text in extension.face.unicode.items() if code in codes},
    )


def _by_code(font: Font) -> dict[int, float]:
    return dict(font.advances if isinstance(font.advances, Mapping) else enumerate(font.advances))


def _runs_of(font: Font, codes: bytes) -> list[FaceRun]:
    """What `font` makes of codes, each run with its font."""
    if font.split is None:
        return [FaceRun(font.face, codes, font.advance(codes), font)]
    return [run if run.font else run._replace(font=font) for run in font.split(codes)]


def _by_section(text: bytes) -> Iterator[tuple[int, bytes]]:
    """Stretches of codes with the same first byte. Half a code at the end is left out."""
    start, end = 0, len(text) - len(text) % 2
    while start < end:
        stop = start + 2
        while stop < end and text[stop] == text[start]:
            stop += 2
        yield text[start], text[start:stop]
        start = stop


def _advances(sections: Mapping[int, Font]) -> Iterator[tuple[int, float]]:
    for section, font in sections.items():
        if isinstance(font.advances, Mapping):
            yield from ((code, advance) for code, advance in font.advances.items() if code >> 8 == section)
        else:
            yield from ((section << 8 | code, advance) for code, advance in enumerate(font.advances))
