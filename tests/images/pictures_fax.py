"""Fax data made by hand, as libtiff does not write it: rows that begin at bytes, without end codes."""

from __future__ import annotations

from itertools import groupby

from pictures import ink_rows
from PIL import Image

from afpcluster.codecs.ccitt_codes import run_codes

_CODES = [{length: word for word, length in run_codes(black).items()} for black in (False, True)]
_END_OF_BLOCK = "000000000001" * 2
_LONGEST = 2560


def packed(bits: str) -> bytes:
    """Bits as bytes, the last one filled up with zeros."""
    bits = bits.ljust((len(bits) + 7) // 8 * 8, "0")
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def _run(length: int, black: bool) -> str:
    words = ""
    while length >= _LONGEST:
        words, length = words + _CODES[black][_LONGEST], length - _LONGEST
    if length >= 64:
        words, length = words + _CODES[black][length // 64 * 64], length % 64
    return words + _CODES[black][length]


def _runs(row: str) -> list[int]:
    """Lengths of the runs of "0" and "1", the first of "0"."""
    runs = [len(list(group)) for _, group in groupby(row)]
    return [0, *runs] if row.startswith("1") else runs


def horizontal(row: str) -> str:
    """A row of "0" and "1" in horizontal mode alone: pairs of a white and a black run."""
    runs = _runs(row)
    runs += [0] * (len(runs) % 2)
    return "".join("001" + _run(w, False) + _run(b, True) for w, b in zip(runs[::2], runs[1::2], strict=True))


def _rows(image: Image.Image) -> list[str]:
    data, length = ink_rows(image), (image.width + 7) // 8
    rows = (data[y * length : (y + 1) * length] for y in range(image.height))
    return ["".join(f"{value:08b}" for value in row)[: image.width] for row in rows]


def _to_bytes(bits: str) -> str:
    return bits.ljust((len(bits) + 7) // 8 * 8, "0")


def g4_by_hand(image: Image.Image, *, aligned: bool = False, ended: bool = True, rows: int = 0) -> bytes:
    """The image, or its first `rows`; `aligned`: rows begin at bytes; `ended`: with an end of block."""
    bits = ""
    for row in _rows(image)[: rows or None]:
        bits += horizontal(row)
        bits = _to_bytes(bits) if aligned else bits
    return packed(bits + (_END_OF_BLOCK if ended else ""))


def mh_by_hand(image: Image.Image, *, aligned: bool = False, before: str = "", behind: str = "") -> bytes:
    """One-dimensional T.4 rows, each between these codes; `aligned`: they begin at bytes."""
    bits = ""
    for row in _rows(image):
        coded = "".join(_run(length, bool(n % 2)) for n, length in enumerate(_runs(row)))
        bits += before + coded + behind
        bits = _to_bytes(bits) if aligned else bits
    return packed(bits)
