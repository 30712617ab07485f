"""A Type 1 charstring, run as an interpreter does (Adobe Type 1 Font Format, chapters 6 and 8).

Rules: Subrs run with their caller's operand stack, so that a Subr's number may come from anywhere. Of the
OtherSubrs those are known that every interpreter knows: flex (0 to 2), hint replacement (3) and counter
control (12, 13; Adobe Technical Note 5015). Hints draw nothing. Whatever an interpreter may stumble over is
a `CharstringError`, and so is a charstring that takes too long.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from afpcluster.light import dataclass

PathElement = tuple[Any, ...]  # "move" or "line" x y, "curve" x1 y1 x2 y2 x y, "close", "accent"
Operand = int | float

_STEPS_LIMIT = 100_000  # operators a charstring may run, Subrs included
_DEPTH_LIMIT = 32  # Subrs in Subrs; the format allows 10, interpreters take more
_ESCAPE, _RETURN, _END = 12, 11, 14
_FLEX_POINTS = 7


class CharstringError(ValueError):
    """A charstring cannot be run to its end; the text says why."""


@dataclass(slots=True, frozen=True)
class Glyph:
    """What a charstring gives, in the units of the program: outlines that are equal draw the same."""

    width: float
    path: tuple[PathElement, ...]
    subrs: frozenset[int]  # all that were called, from Subrs too
    components: tuple[str, ...] = ()  # names of base and accent of a composed character
    origin: tuple[float, float] = (0, 0)  # where the path begins without a move

    @property
    def blank(self) -> bool:
        """Whether it draws nothing."""
        return all(element[0] in ("move", "close") for element in self.path)


def run_charstring(charstring: bytes, subr: Callable[[int], bytes | None]) -> Glyph:
    """What a decrypted charstring draws. `subr` gives the decrypted Subr of a number, None where there is
    none. Raises CharstringError."""
    run = _Run(subr)
    run.execute(charstring, 0)
    if run.width is None:
        raise CharstringError("has no width")
    if run.in_flex:
        raise CharstringError("ends inside flex")
    return Glyph(run.width, tuple(run.path), frozenset(run.called), run.components, run.origin)


def with_width(charstring: bytes, width: int) -> bytes:
    """A decrypted charstring that advances by `width` and draws the same. Raises CharstringError where its
    width does not stand at its head, in numbers."""
    operands: list[bytes] = []
    position = 0
    while position < len(charstring):
        start, byte = position, charstring[position]
        position += 1
        if byte >= 32:
            position += 0 if byte < 247 else 1 if byte < 255 else 4
            operands.append(charstring[start:position])
            continue
        if byte == _ESCAPE:
            byte = _ESCAPE << 8 | charstring[position] if position < len(charstring) else 0
            position += 1
        if byte == _DIV and len(operands) >= 2:
            operands[-2:] = [operands[-2] + operands[-1] + charstring[start:position]]
            continue
        if byte == _HSBW and len(operands) == 2:
            operands[1] = _number(width)
        elif byte == _SBW and len(operands) == 4:
            operands[2] = _number(width)
        else:
            break
        return b"".join(operands) + charstring[start:]
    raise CharstringError("does not begin with its width")


def _number(value: int) -> bytes:
    """Chapter 6.2: a number of five bytes, or of one where it is small."""
    return bytes([value + 139]) if -107 <= value <= 107 else b"\xff" + value.to_bytes(4, "big", signed=True)


class _Run:
    """The state of an interpreter: operand stack, the stack of results of OtherSubrs, current point."""

    def __init__(self, subr: Callable[[int], bytes | None]) -> None:
        self._subr = subr
        self._stack: list[Operand] = []
        self._results: list[Operand] = []
        self._x: float = 0
        self._y: float = 0
        self._flex: list[tuple[float, float]] | None = None  # the points so far, inside flex
        self._steps = 0
        self.width: float | None = None
        self.path: list[PathElement] = []
        self.called: set[int] = set()
        self.components: tuple[str, ...] = ()
        self.origin: tuple[float, float] = (0, 0)

    @property
    def in_flex(self) -> bool:
        return self._flex is not None

    def execute(self, code: bytes, depth: int) -> bool:
        """Run a charstring or Subr; whether the whole charstring has ended with it."""
        stack = self._stack
        position, end = 0, len(code)
        while position < end:
            byte = code[position]
            position += 1
            if byte >= 32:
                size = 0 if byte < 247 else 1 if byte < 255 else 4
                if position + size > end:
                    raise CharstringError("ends in the midst of a number")
                stack.append(_operand(byte, code, position))
                position += size
                continue
            if byte == _ESCAPE:
                if position == end:
                    raise CharstringError("ends in the midst of an operator")
                byte = _ESCAPE << 8 | code[position]
                position += 1
            self._steps += 1
            if self._steps > _STEPS_LIMIT:
                raise CharstringError("has too many operators")
            if byte == _RETURN:
                if not depth:
                    raise CharstringError("returns, and nobody has called it")
                return False
            if byte == _END:
                return True
            if byte == _CALL_SUBR:
                if self.execute(self._called(depth), depth + 1):
                    return True
                continue
            self._operate(byte)
            if self.components:
                return True
        return False

    def _operate(self, code: int) -> None:
        row = _OPERATORS.get(code)
        if row is None:
            raise CharstringError(f"has the unknown operator {code & 0xFF if code > 31 else code}")
        name, count, operator = row
        if operator in _STACK_OPERATORS:
            operator(self, *self._taken(count, name))
            return
        operands = self._taken(count, name)
        self._stack.clear()
        operator(self, *operands)

    def _taken(self, count: int, name: str) -> list[Operand]:
        """The last `count` operands, off the stack."""
        stack = self._stack
        start = len(stack) - count
        if start < 0:
            raise CharstringError(f"has {len(stack)} of the {count} operands of {name}")
        operands = stack[start:]
        del stack[start:]
        return operands

    def _called(self, depth: int) -> bytes:
        (number,) = self._taken(1, "callsubr")
        if depth >= _DEPTH_LIMIT:
            raise CharstringError("calls Subrs too deeply")
        subr = self._subr(number) if isinstance(number, int) else None
        if subr is None:
            raise CharstringError(f"calls Subr {number}, which is not there")
        self.called.add(int(number))
        return subr

    def div(self, dividend: float, divisor: float) -> None:
        if not divisor:
            raise CharstringError("divides by 0")
        quotient = dividend / divisor
        self._stack.append(int(quotient) if quotient.is_integer() else quotient)

    def call_other_subr(self, count: Operand, number: Operand) -> None:
        """Chapter 8.1: the arguments of an OtherSubr go to the PostScript stack, its results stay there."""
        if not isinstance(count, int) or count < 0:
            raise CharstringError(f"passes {count} arguments to an OtherSubr")
        arguments = self._taken(count, f"OtherSubr {number}")
        if number == 0 and count == 3:
            self._end_flex()
            self._results = arguments[:0:-1]
        elif number == 1 and not count:
            self._flex = []
        elif number == 2 and not count and self._flex is not None:
            self._flex.append((self._x, self._y))
        elif number == 3 and count == 1:
            self._results = arguments
        elif number in (12, 13):
            self._results = []
        else:
            raise CharstringError(f"calls OtherSubr {number} with {count} arguments, which is not known")

    def _end_flex(self) -> None:
        """Chapter 8.3: the first of seven points is a reference only, the others make two curves."""
        points = self._flex or []
        if len(points) != _FLEX_POINTS:
            raise CharstringError(f"has flex with {len(points)} points")
        for first in (1, 4):
            self.path.append(("curve", *points[first], *points[first + 1], *points[first + 2]))
        self._flex = None

    def pop(self) -> None:
        if not self._results:
            raise CharstringError("takes a result that no OtherSubr has left")
        self._stack.append(self._results.pop())

    def set_current_point(self, x: float, y: float) -> None:
        """Only ever used behind flex, and then with the point that is current."""

    def hint(self) -> None:
        """Stems and dots, whatever their operands: nothing that is drawn."""

    def hsbw(self, side_bearing: float, width: float) -> None:
        self.sbw(side_bearing, 0, width, 0)

    def sbw(self, side_bearing: float, up: float, width: float, _down: float) -> None:
        if self.width is not None:
            raise CharstringError("has two widths")
        self.width = width
        self._x, self._y = self.origin = side_bearing, up

    def seac(self, *operands: float) -> None:
        """A base character and an accent, by their codes in StandardEncoding. It ends the charstring."""
        names = [_standard_name(code) for code in operands[3:]]
        self.components = tuple(names)
        self.path.append(("accent", *operands[:3], *names))

    def move(self, right: float, up: float) -> None:
        self._x += right
        self._y += up
        if self._flex is None:
            self.path.append(("move", self._x, self._y))

    def line(self, right: float, up: float) -> None:
        self._x += right
        self._y += up
        self.path.append(("line", self._x, self._y))

    def curve(self, x1: float, y1: float, x2: float, y2: float, x3: float, y3: float) -> None:
        first = (self._x + x1, self._y + y1)
        second = (first[0] + x2, first[1] + y2)
        self._x, self._y = second[0] + x3, second[1] + y3
        self.path.append(("curve", *first, *second, self._x, self._y))

    def close(self) -> None:
        """The current point stays where it is."""
        self.path.append(("close",))


def _operand(byte: int, code: bytes, position: int) -> int:
    """Chapter 6.2: a number that begins with `byte`, the rest of it at `position`."""
    if byte < 247:
        return byte - 139
    if byte < 251:
        return (byte - 247) * 256 + code[position] + 108
    if byte < 255:
        return -(byte - 251) * 256 - code[position] - 108
    return int.from_bytes(code[position : position + 4], "big", signed=True)


def _standard_name(code: float) -> str:
    if not 0 <= code <= 255 or int(code) != code:
        raise CharstringError(f"is composed of code {code}")
    from fontTools.encodings.StandardEncoding import StandardEncoding

    return str(StandardEncoding[int(code)])


_CALL_SUBR = 10
_HSBW, _SBW, _DIV = 13, _ESCAPE << 8 | 7, _ESCAPE << 8 | 12
_Row = tuple[str, int, Callable[..., None]]  # name, number of operands, what it does
_OPERATORS: dict[int, _Row] = {
    1: ("hstem", 0, _Run.hint),
    3: ("vstem", 0, _Run.hint),
    4: ("vmoveto", 1, lambda run, up: run.move(0, up)),
    5: ("rlineto", 2, _Run.line),
    6: ("hlineto", 1, lambda run, right: run.line(right, 0)),
    7: ("vlineto", 1, lambda run, up: run.line(0, up)),
    8: ("rrcurveto", 6, _Run.curve),
    9: ("closepath", 0, _Run.close),
    13: ("hsbw", 2, _Run.hsbw),
    21: ("rmoveto", 2, _Run.move),
    22: ("hmoveto", 1, lambda run, right: run.move(right, 0)),
    30: ("vhcurveto", 4, lambda run, y1, x2, y2, x3: run.curve(0, y1, x2, y2, x3, 0)),
    31: ("hvcurveto", 4, lambda run, x1, x2, y2, y3: run.curve(x1, 0, x2, y2, 0, y3)),
    _ESCAPE << 8 | 0: ("dotsection", 0, _Run.hint),
    _ESCAPE << 8 | 1: ("vstem3", 0, _Run.hint),
    _ESCAPE << 8 | 2: ("hstem3", 0, _Run.hint),
    _ESCAPE << 8 | 6: ("seac", 5, _Run.seac),
    _ESCAPE << 8 | 7: ("sbw", 4, _Run.sbw),
    _ESCAPE << 8 | 12: ("div", 2, _Run.div),
    _ESCAPE << 8 | 16: ("callothersubr", 2, _Run.call_other_subr),
    _ESCAPE << 8 | 17: ("pop", 0, _Run.pop),
    _ESCAPE << 8 | 33: ("setcurrentpoint", 2, _Run.set_current_point),
}
_STACK_OPERATORS = frozenset({_Run.div, _Run.call_other_subr, _Run.pop})  # the others clear the stack
