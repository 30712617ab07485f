"""Charstrings are run with their operand stack, as an interpreter does."""

from __future__ import annotations

import pytest
from type1_programs import BOX, STANDARD_SUBRS, Code, compiled

from afpcluster.type1.charstring import CharstringError, Glyph, run_charstring

DRAWN = (("line", 410, 0), ("line", 410, 300), ("line", 10, 300), ("close",))
SUBRS: tuple[Code, ...] = (
    *STANDARD_SUBRS,
    (*BOX, "return"),  # 5
    ("callsubr", "return"),  # 6: calls what its caller says
    (5, "return"),  # 7: leaves a number for its caller
    (*BOX, "endchar"),  # 8: ends the whole charstring
    ("hstem", "vstem", "return"),  # 9
    (10, "callsubr", "return"),  # 10: calls itself
    tuple([11 + 1, "callsubr"] * 30),  # 11: many calls of many calls ...
    tuple([13, "callsubr"] * 30),
    tuple([14, "callsubr"] * 30),
    tuple([5, "callsubr"] * 30),
)


def run(*code: int | str) -> Glyph:
    plain = [compiled(subr) for subr in SUBRS]
    return run_charstring(
        compiled((10, 500, "hsbw", *code)), lambda number: plain[number] if 0 <= number < len(plain) else None
    )


@pytest.mark.parametrize(
    ("code", "subrs"),
    [
        (BOX, set()),
        ((5, "callsubr"), {5}),
        ((5, 4, "callsubr"), {4, 5}),  # hint replacement: the number goes through OtherSubr 3
        ((5, 1, 3, "callothersubr", "pop", "callsubr"), {5}),
        ((5, 6, "callsubr"), {5, 6}),
        ((5, 6, 6, "callsubr"), {5, 6}),
        ((7, "callsubr", "callsubr"), {5, 7}),
        ((10, 2, "div", "callsubr"), {5}),
        ((8, "callsubr", 99, "callsubr"), {8}),
        ((1, 2, 3, 4, 9, "callsubr", *BOX), {9}),
        ((1, 2, 2, 13, "callothersubr", *BOX), set()),  # counter control
    ],
)
def test_calls(code: Code, subrs: set[int]) -> None:
    glyph = run(*code, "endchar")
    assert (glyph.width, glyph.path, set(glyph.subrs)) == (500, DRAWN, subrs)


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ((1, 2, "rmoveto"), (("move", 11, 2),)),
        ((1, "hmoveto", 2, "vmoveto"), (("move", 11, 0), ("move", 11, 2))),
        ((1, 2, "rlineto"), (("line", 11, 2),)),
        ((1, 2, 3, 4, 5, 6, "rrcurveto"), (("curve", 11, 2, 14, 6, 19, 12),)),
        ((1, 2, 3, 4, "vhcurveto"), (("curve", 10, 1, 12, 4, 16, 4),)),
        ((1, 2, 3, 4, "hvcurveto"), (("curve", 11, 0, 13, 3, 13, 7),)),
        ((1, 2, "div", "hlineto"), (("line", 10.5, 0),)),
        ((33000, 1000, "div", "hlineto"), (("line", 43, 0),)),
        ((10, 20, 30, 65, 194, "seac", 1, "hlineto"), (("accent", 10, 20, 30, "A", "acute"),)),
    ],
)
def test_drawing(code: Code, path: tuple[object, ...]) -> None:
    assert run(*code).path == path


def test_side_bearing_and_width() -> None:
    glyph = run_charstring(compiled((8, 9, 400, 0, "sbw", 1, "hlineto")), lambda number: None)
    assert (glyph.width, glyph.origin, glyph.path) == (400, (8, 9), (("line", 9, 9),))


def test_flex_is_two_curves() -> None:
    steps: list[int | str] = [1, "callsubr"]
    for right, up in ((50, 0), (-40, 0), (20, 5), (20, 0), (20, 0), (20, -5), (10, 0)):
        steps += [right, up, "rmoveto", 2, "callsubr"]
    glyph = run(0, 0, "rmoveto", *steps, 50, 110, 0, 0, "callsubr", 5, "vlineto", "closepath")
    assert glyph.path == (
        ("move", 10, 0),
        ("curve", 20, 0, 40, 5, 60, 5),
        ("curve", 80, 5, 100, 0, 110, 0),
        ("line", 110, 5),
        ("close",),
    )


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ((99, "callsubr"), "calls Subr 99, which is not there"),
        ((-1, "callsubr"), "calls Subr -1"),
        ((1, 2, "div", "callsubr"), "calls Subr 0.5"),
        (("callsubr",), "has 0 of the 1 operands of callsubr"),
        ((1, "rlineto"), "has 1 of the 2 operands of rlineto"),
        ((1, 0, "div"), "divides by 0"),
        (("pop",), "no OtherSubr has left"),
        ((1, 2, 3, 3, 14, "callothersubr"), "calls OtherSubr 14 with 3 arguments"),
        ((5, 1, "callothersubr"), "has 0 of the 5 operands of OtherSubr 1"),
        ((1, 2, 3, 3, 0, "callothersubr"), "flex with 0 points"),
        ((10, "callsubr"), "too deeply"),
        ((11, "callsubr"), "too many operators"),
        ((0, 0, 0, 65, 300, "seac"), "composed of code 300"),
        (("return",), "nobody has called it"),
        ((10, 500, "hsbw"), "two widths"),
        ((1, "callsubr", 1, 2, "rmoveto", 2, "callsubr"), "ends inside flex"),
    ],
)
def test_what_an_interpreter_stumbles_over(code: Code, problem: str) -> None:
    with pytest.raises(CharstringError, match=problem):
        run(*code)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"\x8b\x8b", "has no width"),
        (b"\x8b\x8b\x0d\x02", "unknown operator 2"),
        (b"\x8b\x8b\x0d\x0c", "midst of an operator"),
        (b"\x8b\x8b\x0d\xff\0", "midst of a number"),
    ],
)
def test_damaged_bytes(data: bytes, problem: str) -> None:
    with pytest.raises(CharstringError, match=problem):
        run_charstring(data, lambda number: None)
