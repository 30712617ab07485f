"""TIFF images that are damaged somewhere: each strip or tile decoded on its own, those that fail are white.

A piece becomes a TIFF file with the tags that say how samples are coded (TIFF 6.0 sections 3, 15 and 22).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from PIL import TiffImagePlugin

from afpcluster.findings import Reporter
from afpcluster.heavy import Pillow
from afpcluster.interpret.image.data import ImageProblem
from afpcluster.interpret.image.pillow import blank, forgiving, loading_problem, pillow_header, reading

_WIDTH, _HEIGHT, _ORIENTATION, _PLANES = 256, 257, 274, 284
_STRIP_OFFSETS, _ROWS_PER_STRIP, _STRIP_COUNTS = 273, 278, 279
_TILE_WIDTH, _TILE_HEIGHT, _TILE_OFFSETS, _TILE_COUNTS = 322, 323, 324, 325
_CODING = (258, 259, 262, 266, 277, 284, 292, 293, 317, 320, 338, 339, 347, 529, 530, 531, 532)
_MAX_PIECES = 50_000
_TURNS = {
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_270,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_90,
}


class _Piece(NamedTuple):
    """A strip or tile: its place in the image and its size in samples, and its data."""

    x: int
    y: int
    width: int
    height: int
    data: bytes


def decode_pieces(data: bytes, header: Pillow.Image, problem: ImageProblem, report: Reporter) -> Pillow.Image:
    """The image of a file that cannot be decoded as a whole because of `problem`. Raises ImageProblem where
    no piece can be."""
    tags: Any = header.tag_v2  # type: ignore[attr-defined]
    with reading("TIFF"):
        size = int(tags[_WIDTH]), int(tags[_HEIGHT])
        pieces = list(_pieces(data, tags, *size))
    if len(pieces) > _MAX_PIECES or tags.get(_PLANES, 1) != 1:
        raise problem
    canvas: Pillow.Image | None = None
    failed = 0
    for piece in pieces:
        decoded, whole = _decoded(piece, tags)
        failed += not whole
        if decoded is None:
            continue
        if canvas is None and decoded.size == size:  # the only one
            canvas = decoded
            break
        if canvas is None:
            canvas = Pillow.new(decoded.mode, size, blank(decoded))
            if decoded.mode == "P":
                canvas.putpalette(decoded.getpalette() or [])
        canvas.paste(decoded, (piece.x, piece.y))
    if canvas is None:
        raise problem
    report(
        "image-damaged-in-part",
        f"{problem}; {failed} of {len(pieces)} strips or tiles are blank or end early",
        "TIFF 6.0 StripOffsets",
    )
    turn = _TURNS.get(tags.get(_ORIENTATION, 1))
    if turn is not None:
        canvas = canvas.transpose(turn)
    canvas.tag_v2 = tags  # type: ignore[attr-defined]
    return canvas


def _pieces(data: bytes, tags: Any, width: int, height: int) -> Iterator[_Piece]:
    """The strips or tiles in order."""
    if _TILE_OFFSETS in tags:
        across, down = int(tags[_TILE_WIDTH]), int(tags[_TILE_HEIGHT])
        offsets, counts = tags[_TILE_OFFSETS], tags[_TILE_COUNTS]
    else:
        across, down = width, min(height, int(tags.get(_ROWS_PER_STRIP, height)))
        offsets, counts = tags[_STRIP_OFFSETS], tags[_STRIP_COUNTS]
    columns = -(-width // across)
    for number, (offset, count) in enumerate(zip(offsets, counts, strict=False)):
        x, y = number % columns * across, number // columns * down
        if y >= height:
            return
        rows = down if _TILE_OFFSETS in tags else min(down, height - y)
        yield _Piece(x, y, across, rows, data[offset : offset + count])


def _decoded(piece: _Piece, tags: Any) -> tuple[Pillow.Image | None, bool]:
    """(what can be decoded of a piece or None, whether that is all of it)."""
    file = _as_file(piece, tags)
    try:
        image = pillow_header(file, "TIFF")
        if loading_problem(image, "TIFF") is None:
            return image, True
        return forgiving(file, "TIFF"), False
    except ImageProblem:
        return None, False


def _as_file(piece: _Piece, tags: Any) -> bytes:
    """A TIFF file of one strip."""
    order = b"II*\0" if tags.prefix == b"II" else b"MM\0*"
    directory: Any = TiffImagePlugin.ImageFileDirectory_v2(order + bytes(4))
    for tag in _CODING:
        value = tags.get(tag)  # None also where the tag is there and its value is damaged
        if value is not None:
            directory.tagtype[tag] = tags.tagtype[tag]
            directory[tag] = value
    directory[_WIDTH] = piece.width
    directory[_HEIGHT] = directory[_ROWS_PER_STRIP] = piece.height
    directory[_STRIP_OFFSETS], directory[_STRIP_COUNTS] = 0, len(piece.data)  # 0: right behind the directory
    start = (8).to_bytes(4, "little" if order[:1] == b"I" else "big")
    return b"".join((order, start, directory.tobytes(8), piece.data))
