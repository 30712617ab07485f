"""IM images: simple and celled ones, doubled dots, fill rectangles, orientations."""

from __future__ import annotations

import pytest
from iocas import difference
from pictures import bilevel, codes, context, ink_rows
from PIL import Image, ImageChops

from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import Record
from afpcluster.afp.im_image import (
    DOUBLE_DOT,
    USE_DEFAULT,
    ImageCellPosition,
    ImageInputDescriptor,
    ImageOutputControl,
)
from afpcluster.interpret.context import DataObject, ObjectArea
from afpcluster.interpret.image.im import draw_im_image
from rendering import show

PAGE = (120, 100)
INK = bilevel(24, 16)
CELL = Image.new("1", (8, 4), 255)
CELL.paste(0, (0, 0, 3, 2))


def record(name: str, data: bytes) -> Record:
    return Record(CODES[name], 0, data)


def control(x: int = 0, y: int = 0, turn: int = 0, dots: int = 1000) -> Record:
    orientation = turn << 7
    return record(
        "IOC", ImageOutputControl(x, y, orientation, orientation + 0x2D00, x_map=dots, y_map=dots).encode()
    )


def descriptor(width: int, height: int, cell: tuple[int, int] = (0, 0), colour: int = 0xFFFF) -> Record:
    """At 72 image points per inch."""
    fields = ImageInputDescriptor(
        0, 0, 720, 720, width, height, cell_width=cell[0], cell_height=cell[1], colour=colour
    )
    return record("IID", fields.encode())


def cell(x: int, y: int, size: tuple[int, int], fill: tuple[int, int]) -> Record:
    return record("ICP", ImageCellPosition(x, y, *size, *fill).encode())


def raster(image: Image.Image) -> Record:
    return record("IRD", ink_rows(image))


def page(*pieces: tuple[Image.Image, int, int], colour: str = "black") -> Image.Image:
    made = Image.new("RGB", PAGE, "white")
    for image, x, y in pieces:
        made.paste(colour, (x, y), ImageChops.invert(image.convert("L")))
    return made


def check(records: list[Record], wanted: Image.Image, findings: tuple[str, ...] = ()) -> None:
    found = context()
    items = draw_im_image(DataObject("BII", 0, ObjectArea(0, 0), None, records), found)
    assert codes(found) == list(findings)
    assert difference(show(items, *PAGE), wanted) == 0


DEFAULT = (USE_DEFAULT, USE_DEFAULT)
SIMPLE = [descriptor(*INK.size), raster(INK)]
BLOCK, DOUBLED = Image.new("1", (12, 7)), Image.new("1", (24, 14))  # black: viewers smooth edges inside
CASES = {
    "simple": ([control(10, 20), *SIMPLE], page((INK, 10, 20))),
    "no output control": (SIMPLE, page((INK, 0, 0))),
    "red": ([control(5, 5), descriptor(*INK.size, colour=2), raster(INK)], page((INK, 5, 5), colour="#f00")),
    "in two raster fields": (
        [descriptor(*INK.size), record("IRD", ink_rows(INK)[:20]), record("IRD", ink_rows(INK)[20:])],
        page((INK, 0, 0)),
    ),
    "double dot": (
        [control(10, 20, dots=DOUBLE_DOT), descriptor(*BLOCK.size), raster(BLOCK)],
        page((DOUBLED, 10, 20)),
    ),
    "90 degrees": ([control(60, 20, 90), *SIMPLE], page((INK.rotate(-90, expand=True), 60 - 16, 20))),
    "180 degrees": ([control(60, 40, 180), *SIMPLE], page((INK.rotate(180), 60 - 24, 40 - 16))),
    "270 degrees": ([control(60, 40, 270), *SIMPLE], page((INK.rotate(90, expand=True), 60, 40 - 24))),
    "cells": (
        [
            control(10, 20),
            descriptor(40, 40, CELL.size),
            cell(0, 0, DEFAULT, DEFAULT),
            raster(CELL),
            cell(30, 12, INK.size, DEFAULT),
            raster(INK),
        ],
        page((CELL, 10, 20), (INK, 40, 32)),
    ),
    "fill rectangle of whole cells": (
        [descriptor(40, 40), cell(4, 6, CELL.size, (24, 8)), raster(CELL)],
        page(*((CELL, 4 + x, 6 + y) for x in (0, 8, 16) for y in (0, 4))),
    ),
    "fill rectangle that cuts cells": (
        [descriptor(40, 40), cell(4, 6, CELL.size, (10, 5)), raster(CELL)],
        page(
            (CELL, 4, 6),
            (CELL.crop((0, 0, 2, 4)), 12, 6),
            (CELL.crop((0, 0, 8, 1)), 4, 10),
            (CELL.crop((0, 0, 2, 1)), 12, 10),
        ),
    ),
    "fill rectangle smaller than the cell": (
        [descriptor(40, 40), cell(0, 0, INK.size, (10, 5)), raster(INK)],
        page((INK.crop((0, 0, 10, 5)), 0, 0)),
    ),
    "a cell without data": (
        [descriptor(40, 40), cell(0, 0, CELL.size, DEFAULT), cell(4, 6, CELL.size, DEFAULT), raster(CELL)],
        page((CELL, 4, 6)),
    ),
    "rows that are not padded": (
        [descriptor(4, 2), record("IRD", b"\x96")],
        page((Image.frombytes("1", (4, 2), b"\x60\x90"), 0, 0)),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_shown(name: str) -> None:
    records, wanted = CASES[name]
    check(records, wanted, ("im-image-empty",) if name == "a cell without data" else ())


BLANK = Image.new("1", INK.size, 255)
TOP = BLANK.copy()
TOP.paste(INK.crop((0, 0, 24, 10)))


@pytest.mark.parametrize(
    ("records", "wanted", "finding"),
    [
        ([raster(INK)], page(), "im-descriptor-missing"),
        ([descriptor(*INK.size), record("IRD", ink_rows(INK)[:30])], page((TOP, 0, 0)), "im-data-short"),
        ([record("IOC", b"\0\0"), *SIMPLE], page((INK, 0, 0)), "field-short"),
    ],
)
def test_damage_is_a_finding(records: list[Record], wanted: Image.Image, finding: str) -> None:
    check(records, wanted, (finding,))
