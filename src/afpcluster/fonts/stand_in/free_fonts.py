"""Free fonts with the metrics of the standard ones, for what those lack: embedded, so that every viewer shows
the same.

A standard PDF font has the Latin letters of Western Europe and no others, whatever a viewer puts in its
place. Liberation has the widths of Helvetica, Times and Courier, and Central European, Turkish, Baltic,
Cyrillic, Greek and Hebrew letters; URW's fonts have most of them, too. Symbol and ZapfDingbats are in every
viewer as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from afpcluster.display.face import OutlineFace
from afpcluster.fonts.foca.code_page import CodePage, FontDataError
from afpcluster.fonts.folders import FontFile, face_in
from afpcluster.fonts.stand_in.standard import STANDARD_FONTS, characters_of, lost_characters
from afpcluster.fonts.unicode.truetype import CharacterFace
from afpcluster.stand_in_files import liberation_file, urw_file


@cache
def file_names(standard: str) -> tuple[str, ...]:
    """Files that may stand in for a standard font, the best first; none for Symbol and ZapfDingbats."""
    assert standard in STANDARD_FONTS
    liberation = liberation_file(standard)
    return (liberation, urw_file(standard)) if liberation is not None else ()


class FreeFonts:
    """The free fonts in these folders. A folder that is not there has none; each file is read once."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._found: dict[str, list[CharacterFace]] = {}

    def faces(self, standard: str) -> list[CharacterFace]:
        """What stands in for a standard font, the best first; none where nothing is installed."""
        found = self._found.get(standard)
        if found is None:
            faces = (self._read(name) for name in file_names(standard))
            found = self._found[standard] = [face for face in faces if face is not None]
        return found

    def _read(self, name: str) -> CharacterFace | None:
        for folder in self._folders:
            try:
                return face_in(FontFile.at(folder / name), name)
            except (OSError, FontDataError):
                continue
        return None

    def code_page_face(self, standard: OutlineFace, page: CodePage) -> OutlineFace:
        """A standard font under a code page, or the free font that has more of its characters."""
        best = standard
        for face in self.faces(standard.program.name) if standard.lost else ():
            candidate = _under_code_page(face, page)
            if len(candidate.lost) < len(best.lost):
                best = candidate
        return best


def _under_code_page(face: CharacterFace, page: CodePage) -> OutlineFace:
    """The face with a code page's codes instead of glyph indexes."""
    texts = {code: text for code, text in characters_of(page).items() if text >= " "}
    glyphs: dict[int, str | int] = {
        code: face.codes[ord(text)]
        for code, text in sorted(texts.items())
        if len(text) == 1 and ord(text) in face.codes and code not in page.not_printed
    }
    widths = face.face.widths
    space = face.codes.get(ord(" "), 0)
    return OutlineFace(
        key=f"{face.face.key}-{page.key}",
        program=face.face.program,
        code_size=page.code_size,
        glyphs=glyphs,
        widths={code: widths[int(glyph)] for code, glyph in glyphs.items()},
        unicode=texts,
        default_width=widths.get(space, 0.0),
        style=face.face.style,
        lost=lost_characters(face.face.program.name, page, glyphs),
    )
