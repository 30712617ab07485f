"""Runs of a page -> phrases with their places, for the order of reading alone: what they say is not read.

Rules: a plain run is measured by its codes, an addition of bytes; its text is a letter for each character
that shows, and a space for each that does not, which is all that columns and tables are told by. Others are
read as `outputs.text` reads them. What is painted twice at one place counts once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from afpcluster.display.face import Face
from afpcluster.display.geometry import IDENTITY, Matrix
from afpcluster.display.items import PLAIN, GlyphRun
from afpcluster.outputs.text.words import TextReader, Word

_FINEST = 255  # steps of a width
_new_tuple = tuple.__new__  # a NamedTuple's own constructor takes three times as long


class _Table(NamedTuple):
    """By code: the width in steps, of which `step` is one in 1/1000 em; a letter or a space."""

    widths: bytes
    step: float
    letters: bytes


class PhraseReader:
    """Measures runs; keeps what it learnt of faces."""

    def __init__(self) -> None:
        self._reader = TextReader()
        self._tables: dict[Face, _Table] = {}

    def phrases(self, runs: Iterable[tuple[GlyphRun, Matrix]]) -> list[Word]:
        """The phrases of runs, each with the number of its run."""
        found: dict[tuple[object, int, int], Word] = {}
        last_face: Face | None = None
        for number, (run, matrix) in enumerate(runs):
            face, size, x, y, codes, _, direction, stretch, arrangement = run
            special = direction or arrangement is not PLAIN
            if special or matrix is not IDENTITY or face.code_size == 2:
                for word in self._reader.phrases_of(run, matrix):
                    key = (word.text, int(word.along), int(word.across))
                    found[key] = word._replace(runs=(number,))
                continue
            if face is not last_face:
                last_face = face
                widths, step, letters = self._tables.get(face) or self._table(face)
            shape = codes.translate(letters).decode("latin-1").rstrip()
            if not shape:
                continue
            em = step * size * stretch / 1000
            if shape[0] == " ":
                blanks = len(shape) - len(shape.lstrip())
                x += sum(codes[:blanks].translate(widths)) * em
                shape, codes = shape[blanks:], codes[blanks:]
            length = sum(codes[: len(shape)].translate(widths)) * em
            phrase = (y, x, shape, length, size, 0, 0.0, 0.0, (number,))
            found[codes, int(x), int(y)] = _new_tuple(Word, phrase)
        return list(found.values())

    def _table(self, face: Face) -> _Table:
        widths = [face.widths.get(code, face.default_width) for code in range(256)]
        step = max(max(widths) / _FINEST, 1e-6)
        letters = bytes([ord(" ") if _is_blank(face, code) else ord("x") for code in range(256)])
        table = self._tables[face] = _Table(bytes([max(0, round(w / step)) for w in widths]), step, letters)
        return table


def _is_blank(face: Face, code: int) -> bool:
    text = face.unicode.get(code, "")
    return text.isspace() if text else code not in face.glyphs
