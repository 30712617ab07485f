"""Double-byte fonts in sections: the first byte of a code picks a font, the second a character in it."""

from __future__ import annotations

from collections.abc import Mapping

from afpcluster.interpret.font import FaceRun, Font


def sectioned_font(name: str, sections: Mapping[int, Font]) -> Font:
    """The font of these sections (FOCA "Section Number"). Codes of other sections show nothing."""
    first = sections[min(sections)]

    def split(text: bytes) -> list[FaceRun]:
        runs: list[FaceRun] = []
        start, end = 0, len(text) - len(text) % 2
        while start < end:
            section = text[start]
            stop = start + 2
            while stop < end and text[stop] == section:
                stop += 2
            font = sections.get(section)
            if font is not None:
                codes = text[start + 1 : stop : 2]
                runs.append(FaceRun(font.face, codes, font.advance(codes)))
            start = stop
        return runs

    return Font(
        name=name,
        face=first.face,
        size=first.size,
        code_size=2,
        advances={
            section << 8 | code: advance
            for section, font in sections.items()
            for code, advance in enumerate(font.advances)
        },
        space_code=first.space_code,
        space_increment=first.space_increment,
        rotation=first.rotation,
        ascender=first.ascender,
        descender=first.descender,
        underscore_position=first.underscore_position,
        underscore_thickness=first.underscore_thickness,
        split=split,
        stretch=first.stretch,
    )
