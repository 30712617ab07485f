"""Words -> text: as they are laid out, with columns in their places, or in the order in which people read.

What a machine cannot know it does not guess: columns are told from tables by their lines alone, which are
longer in columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from afpcluster.outputs.text.words import Word, by_direction, lines_of, rows_of

_NARROWEST = 2.0  # points of a column of characters
_MOST_BLANK = 3  # lines in a row
_MOST_COLUMNS = 400
_SPACE = 0.6  # of the size: words that are nearer are of one phrase
_GUTTER = 1.2  # of the size: the least between two columns of text
_WORDS_OF_A_LINE = 3  # on average: fewer are a table's


def laid_out(words: Sequence[Word]) -> str:
    """Text as it stands on the page: words that stand below each other begin in one column. What is turned
    the other way follows behind."""
    parts = ["\n".join(_rows(group)) for group in by_direction(words)]
    return "\n\n".join(part for part in parts if part)


def _rows(words: Sequence[Word]) -> Iterator[str]:
    lines = lines_of(words)
    narrow = sorted([word[3] / len(word[2]) for word in words])
    pitch = max(narrow[len(narrow) // 4], _NARROWEST)
    margin = min([word[1] for word in words])
    heights = sorted([below[0].across - above[0].across for above, below in pairwise(lines)])
    height = heights[len(heights) // 3] if heights else 1.0
    above: float | None = None
    for line in lines:
        if above is not None:
            blank = round((line[0].across - above) / height) - 1 if height > 0 else 0
            if blank > 0:
                yield from [""] * min(blank, _MOST_BLANK)
        above, row, end = line[0].across, "", margin
        for _, along, text, length, size, _, _, _, _ in line:
            column = 0
            if not row or along - end > _SPACE * size:
                column = round((along - margin) / pitch)
                if column > _MOST_COLUMNS:
                    column = _MOST_COLUMNS
            if column > len(row):
                row = row.ljust(column)
            elif row:
                row += " "
            row += text
            end = along + length
        yield row


def in_reading_order(words: Sequence[Word]) -> str:
    """Text block by block: columns one behind the other, tables row by row; a blank line between blocks."""
    blocks = ["\n".join(" ".join(word.text for word in line) for line in block) for block in blocks_of(words)]
    return "\n\n".join(blocks)


def blocks_of(words: Sequence[Word]) -> Iterator[list[list[Word]]]:
    """The lines of each block, in the order of reading."""
    for group in by_direction(words):
        yield from _blocks(lines_of(group))


def _blocks(lines: list[list[Word]]) -> Iterator[list[list[Word]]]:
    """Cut at blank space across, then between columns, as long as either cuts."""
    for band in _bands(lines):
        columns = _columns(band)
        if columns is None:
            yield band
        else:
            for column in columns:
                yield from _blocks(lines_of(column))


def _bands(lines: list[list[Word]]) -> list[list[list[Word]]]:
    bands: list[list[list[Word]]] = []
    band: list[list[Word]] = []
    last_across = last_size = -1e9
    for line in lines:
        across, _, _, _, size, *_ = line[0]
        if across - last_across >= 1.9 * (size if size > last_size else last_size):
            band = []
            bands.append(band)
        band.append(line)
        last_across, last_size = across, size
    return bands


def _columns(lines: list[list[Word]]) -> tuple[list[Word], list[Word]] | None:
    """The words left and right of the widest gutter that runs through all lines; None where there is none,
    or where the lines beside it are too short for columns of text."""
    if len(lines) < 3:
        return None
    words = [word for line in lines for word in line]
    edges = sorted([(word[1], word[1] + word[3]) for word in words])
    best, cut, reached = 0.0, 0.0, edges[0][1]
    for begin, end in edges:
        if begin - reached > best:
            best, cut = begin - reached, begin
        if end > reached:
            reached = end
    sizes = [word[4] for word in words]
    if best < _GUTTER * min(sizes) or best < _GUTTER * median(sizes):  # a median takes long
        return None
    left = [word for word in words if word[1] < cut]
    right = [word for word in words if word[1] >= cut]
    for side in (left, right):
        if sum([len(word[2].split()) for word in side]) < _WORDS_OF_A_LINE * len(rows_of(side)):
            return None
    return left, right
