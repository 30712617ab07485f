"""A page of the display list -> its words, each with its place; or its phrases, which cost much less.

A phrase is a run of text, as far as no word is set apart in it. A word ends at a space, and where the next
glyph stands further away than any kerning moves it. What is painted twice at one place (bold by
overstriking) counts once. Characters of private use are left out: nobody can read them.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import atan2, cos, degrees, hypot, radians, sin
from operator import itemgetter
from typing import NamedTuple
from weakref import WeakKeyDictionary

from afpcluster.display.face import Face, OutlineFace, is_private
from afpcluster.display.geometry import IDENTITY, Box, Matrix
from afpcluster.display.items import PLAIN, EmbeddedPdf, GlyphRun, Item, Page, Rectangle, Shared, SharedItems
from afpcluster.display.walk import flattened

_WORD_GAP = 0.18  # of the size: further apart, glyphs are of two words
_JOINT = 0.12  # of the size: nearer, two runs are of one word
_ASCENT, _DESCENT = 0.75, 0.25  # of the size, where a face does not say
_MOST_KNOWN = 1 << 12  # texts of a face
_MOST_PLACES = 256  # of one overlay or segment
_new_tuple = tuple.__new__  # a NamedTuple's own constructor takes three times as long


class Word(NamedTuple):
    """A word or phrase. `across` is where its baseline lies at right angles to its direction, `along` where
    it begins in that direction, in points from the page's upper left corner; `direction` in degrees
    clockwise, `size` that of the font. `ascent` and `descent` are above and below the baseline. `runs` are
    the numbers of the runs that it is of, where these are asked for."""

    across: float
    along: float
    text: str
    length: float
    size: float
    direction: int = 0
    ascent: float = 0.0
    descent: float = 0.0
    runs: tuple[int, ...] = ()

    @property
    def box(self) -> Box:
        """Upright, in points from the page's upper left corner."""
        angle = radians(self.direction)
        dx, dy = cos(angle), sin(angle)
        corners = [
            (at * dx - off * dy, at * dy + off * dx)
            for at in (self.along, self.along + self.length)
            for off in (self.across - self.ascent, self.across + self.descent)
        ]
        left, top = min(x for x, _ in corners), min(y for _, y in corners)
        return Box(left, top, max(x for x, _ in corners) - left, max(y for _, y in corners) - top)


class _Piece(NamedTuple):
    """Part of a run: its text, and where it begins and ends on the baseline, from the run's origin."""

    text: str
    begin: float
    end: float


_Found = dict[tuple[str, int, int], Word]
"""Words by their text and about where they are: what is painted twice is there once."""


class _Texts(dict[bytes, tuple[str, float, float]]):
    """By the codes of a run, of one byte each: its text without blanks around it ('' where it is blank); the
    share of its letters that are blanks in front of it; and the width of all at a size of one point."""

    def __init__(self, face: Face) -> None:
        characters = [face.unicode.get(code, "") for code in range(256)]
        self._characters = characters
        self._table = "".join([c if len(c) == 1 and not is_private(c) else "\ufffe" for c in characters])
        self._width = [face.widths.get(code, face.default_width) / 1000 for code in range(256)].__getitem__

    def __missing__(self, codes: bytes) -> tuple[str, float, float]:
        text = codecs.charmap_decode(codes, "ignore", self._table)[0]
        if len(text) < len(codes):  # ligatures, and what nobody can read
            texts = [self._characters[code] for code in codes]
            text = "".join([one for one in texts if not is_private(one)])
        behind = text.lstrip()
        front = (len(text) - len(behind)) / len(text) if len(behind) < len(text) else 0.0
        if len(self) >= _MOST_KNOWN:
            self.clear()
        read = self[codes] = behind.rstrip(), front, sum(map(self._width, codes))
        return read


class TextReader:
    """Reads pages; keeps what it learnt of faces and of short texts, which come again on page after page.
    `meet` is told of embedded PDF pages, which are not read; of those that pages share at least once."""

    def __init__(self, meet: Callable[[EmbeddedPdf], None] = lambda item: None) -> None:
        self._meet = meet
        self._read: dict[Face, _Texts] = {}
        self._letters: dict[Face, dict[int, str]] = {}
        self._shared: WeakKeyDictionary[SharedItems, dict[Matrix, _Found]] = WeakKeyDictionary()

    def phrases(self, page: Page) -> list[Word]:
        """The phrases of a page, each once: those of what pages share, then its own in painting order."""
        found: _Found = {}
        own: list[Item] = []
        for item in page.items:
            if type(item) is Shared:
                found.update(self._phrases_of_shared(item))
            else:
                own.append(item)
        self._find(own, found)
        return list(found.values())

    def _phrases_of_shared(self, item: Shared) -> _Found:
        places = self._shared.setdefault(item.shared, {})
        if item.matrix not in places:
            if len(places) >= _MOST_PLACES:
                places.clear()
            places[item.matrix] = {}
            self._find([item], places[item.matrix])
        return places[item.matrix]

    def _find(self, items: Iterable[Item], found: _Found) -> None:
        """Most of the time goes here, hence one unpacking, and a way of their own for nearly all runs."""
        last_face: Face | None = None
        for item in items:
            if type(item) is not GlyphRun:
                if type(item) is Rectangle:
                    continue
                for run, matrix in self._runs([item]):
                    for word in self.phrases_of(run, matrix):
                        found[word.text, int(word.along), int(word.across)] = word
                continue
            face, size, x, y, codes, _, direction, stretch, arrangement = item
            if direction or arrangement is not PLAIN or face.code_size == 2:
                for word in self.phrases_of(item, IDENTITY):
                    found[word.text, int(word.along), int(word.across)] = word
                continue
            if face is not last_face:
                last_face, texts = face, self._texts_of(face)
            text, front, length = texts[codes]
            if text:
                length *= size * stretch
                if front:
                    x += length * front
                    length -= length * front
                found[text, int(x), int(y)] = _new_tuple(Word, (y, x, text, length, size, 0, 0.0, 0.0, ()))

    def _texts_of(self, face: Face) -> _Texts:
        texts = self._read.get(face)
        if texts is None:
            texts = self._read[face] = _Texts(face)
        return texts

    def phrases_of(self, run: GlyphRun, matrix: Matrix) -> Iterator[Word]:
        """The phrases of a run with its matrix to the page."""
        if run.arrangement is not PLAIN or run.face.code_size == 2:
            return _placed_on_page(run, matrix, self._pieces(run))
        text, front, width = self._texts_of(run.face)[run.codes]
        length = width * run.size * run.stretch
        return _placed_on_page(run, matrix, [_Piece(text, length * front, length)] if text else [])

    def words(self, page: Page) -> list[Word]:
        """The words of a page in painting order, each once."""
        found: dict[tuple[str, int, int], Word] = {}
        for run, matrix in self._runs(page.items):
            for word in _placed_on_page(run, matrix, self._pieces(run)):
                found.setdefault((word.text, int(word.along), int(word.across)), word)
        return list(found.values())

    def _runs(self, items: Iterable[Item]) -> Iterator[tuple[GlyphRun, Matrix]]:
        for item, matrix in flattened(items):
            if item.__class__ is GlyphRun:
                yield item, matrix
            elif item.__class__ is EmbeddedPdf:
                self._meet(item)

    def _pieces(self, run: GlyphRun) -> Iterator[_Piece]:
        """The words of a run on its baseline."""
        texts = self._letters.get(run.face)
        if texts is None:
            readable = {code: text for code, text in run.face.unicode.items() if not is_private(text)}
            texts = self._letters[run.face] = readable
        if run.arrangement.placements is not None or run.arrangement.text is not None:
            return _shared_out(run, texts)
        return _measured(run, texts)


def _placed_on_page(run: GlyphRun, matrix: Matrix, pieces: Iterable[_Piece]) -> Iterator[Word]:
    angle = radians(run.direction)
    x, y, dx, dy = run.x, run.y, cos(angle), sin(angle)
    size = run.size
    if matrix is not IDENTITY:
        x, y = matrix.apply(x, y)
        dx, dy = dx * matrix.a + dy * matrix.c, dx * matrix.b + dy * matrix.d
    scale = hypot(dx, dy)
    if not scale:
        return
    dx, dy, size = dx / scale, dy / scale, size * scale
    direction = round(degrees(atan2(dy, dx))) % 360
    along, across = x * dx + y * dy, y * dx - x * dy
    style = run.face.style if isinstance(run.face, OutlineFace) else None
    ascent = size * (style.ascent / 1000 if style is not None else _ASCENT)
    descent = size * (-style.descent / 1000 if style is not None else _DESCENT)
    for text, begin, end in pieces:
        length = (end - begin) * scale
        yield Word(across, along + begin * scale, text, length, size, direction, ascent, descent)


def _measured(run: GlyphRun, texts: Mapping[int, str]) -> Iterator[_Piece]:
    """The words of a run, glyph by glyph."""
    face = run.face
    codes: Iterable[int] = run.codes
    if run.face.code_size == 2:
        codes = [run.codes[at] << 8 | run.codes[at + 1] for at in range(0, len(run.codes) - 1, 2)]
    scale = run.size * run.stretch / 1000
    spacing, gaps = run.arrangement.spacing, dict(run.arrangement.gaps)
    furthest = _WORD_GAP * run.size
    at = begin = end = 0.0
    letters: list[str] = []
    for index, code in enumerate(codes):
        if gaps:
            at += gaps.get(index, 0.0)
        text = texts.get(code, "")
        if letters and (text.isspace() or not -run.size < at - end < furthest):
            yield _Piece("".join(letters), begin, end)
            letters = []
        width = face.widths.get(code, face.default_width) * scale
        if text and not text.isspace():
            if not letters:
                begin = at
            letters.append(text)
            end = at + width
        at += width + spacing
    if letters:
        yield _Piece("".join(letters), begin, end)


def _shared_out(run: GlyphRun, texts: Mapping[int, str]) -> Iterator[_Piece]:
    """A run that says itself what it reads as, or whose glyphs each have a place of their own: its words
    share its length by their letters."""
    face, arrangement = run.face, run.arrangement
    size = face.code_size
    codes = [int.from_bytes(run.codes[at : at + size], "big") for at in range(0, len(run.codes), size)]
    text = (
        arrangement.text if arrangement.text is not None else "".join([texts.get(code, "") for code in codes])
    )
    if arrangement.placements is not None and codes:
        angle = radians(run.direction)
        last = max(x * cos(angle) + y * sin(angle) for x, y in arrangement.placements)
        length = last + face.widths.get(codes[-1], face.default_width) * run.size * run.stretch / 1000
    else:
        scale = run.size * run.stretch / 1000
        length = sum(
            face.widths.get(code, face.default_width) * scale + arrangement.spacing for code in codes
        )
        length += sum(gap for _, gap in arrangement.gaps)
    at = 0
    for part in text.split():
        at = text.index(part, at)
        yield _Piece(part, length * at / len(text), length * (at + len(part)) / len(text))
        at += len(part)


def lines_of(words: Iterable[Word]) -> list[list[Word]]:
    """Words of one direction as lines from top to bottom, each from its begin; parts of a word that runs cut
    apart are joined."""
    return [_joined(line) if len(line) > 1 else line for line in rows_of(words)]


def rows_of(words: Iterable[Word]) -> list[list[Word]]:
    """Words of one direction by their baselines, from top to bottom."""
    lines: list[list[Word]] = []
    lowest = -1e9  # baseline that is still of the last line
    line: list[Word] = []
    for word in sorted(words):
        if word[0] > lowest:
            line = []
            lines.append(line)
            lowest = word[0] + 0.4 * word[4]
        line.append(word)
    return lines


_ALONG, _DIRECTION = itemgetter(1), itemgetter(5)


def _joined(line: list[Word]) -> list[Word]:
    if line[0][0] != line[-1][0]:  # else they are in order already: those of one baseline are
        line.sort(key=_ALONG)
    joined: list[Word] = []
    before_along = before_length = -1e9
    for word in line:
        _, along, text, length, size, _, _, _, runs = word
        joint = _JOINT * size
        if -joint < along - before_along - before_length < joint:
            before = joined[-1]
            before_length = along + length - before_along
            joined[-1] = before._replace(
                text=before.text + text, length=before_length, runs=before.runs + runs
            )
        else:
            joined.append(word)
            before_along, before_length = along, length
    return joined


def by_direction(words: Iterable[Word]) -> list[list[Word]]:
    """Words by the direction of their baselines, the commonest first."""
    words = list(words)
    if not any(map(_DIRECTION, words)):
        return [words] if words else []
    found: dict[int, list[Word]] = {}
    for word in words:
        found.setdefault(word[5], []).append(word)
    return sorted(found.values(), key=lambda group: -sum([len(word[2]) for word in group]))
