"""The state of presentation text, and the moves: where the next character goes.

Positions are kept in points along the I and B axes, from the corner of the object space where both start;
they become page coordinates only when something is drawn. PTOCA Chapter 4, "Summary of Modal Control
Sequences".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from afpcluster.display.colour import BLACK, Colour
from afpcluster.display.items import Item, Rectangle
from afpcluster.findings import Reporter, Severity
from afpcluster.fonts.font import Font
from afpcluster.interpret.context import Context
from afpcluster.interpret.text.fields import Area, TextField
from afpcluster.interpret.text.word import draw_word
from afpcluster.light import dataclass

DEFAULT_INDICATOR = -1  # X'FFFF' as a signed number
_DEFAULT_BASELINE_INCREMENT = 12.0  # points: six lines per inch, whatever the font is
_DEFAULT_ORIENTATION = (0, 90 << 7)
_AXIS = {0: (1.0, 0.0), 90: (0.0, 1.0), 180: (-1.0, 0.0), 270: (0.0, -1.0)}
_SPEC = "PTOCA Chapter 4"


@dataclass(slots=True, frozen=True)
class TextSpace:
    """The object space of a text object: points per L-unit and extent in points (PTD), initial
    conditions as control sequences (PTD Format 2), suppressions that are active (MMC, MSU), the initial
    colour that an include gives (IOB)."""

    x_unit: float
    y_unit: float
    width: float
    height: float
    initial: bytes = b""
    suppressed: frozenset[int] = frozenset()
    colour: Colour | None = None


@dataclass(slots=True)
class Inherited:
    """What text objects without an environment group leave to the next one on the page: BPT does not
    reset it (PTOCA SVI, SEA "Application Note")."""

    space_increment: float | None = None
    alternate: bytes = b""
    font: Font | None = None  # active at its end; only text of AFP page segments goes on with it


class Defaults(NamedTuple):
    """The values that default indicators stand for (PTOCA Table 9): those of the descriptor, else of the
    receiver."""

    font: Font | None
    orientation: tuple[int, int]
    margin: float
    baseline_increment: float
    adjustment: float
    adjustment_sign: int
    colour: Colour


class TextState:
    """Position, axes, font, colour and open fields; handlers are named as the rows of afp.ptoca."""

    __slots__ = (
        "_missing_fonts",
        "adjustment",
        "adjustment_sign",
        "alternate",
        "b",
        "b_unit",
        "b_x",
        "b_y",
        "baseline_increment",
        "colour",
        "context",
        "defaults",
        "direction",
        "entered",
        "fields",
        "font",
        "fonts",
        "glyph_font",
        "i",
        "i_unit",
        "i_x",
        "i_y",
        "in_word",
        "items",
        "margin",
        "offset",
        "open_suppression",
        "orientation",
        "origin_x",
        "origin_y",
        "overstrike_field",
        "owed",
        "owed_font",
        "paragraph_level",
        "plain_font",
        "shift",
        "space",
        "space_increment",
        "suppression",
        "underscore_field",
        "unusual",
        "upright",
    )

    def __init__(self, space: TextSpace, fonts: Mapping[int, Font], context: Context, offset: int) -> None:
        self.space = space
        self.fonts = fonts
        self.context = context
        self.offset = offset
        self.items: list[Item] = []
        self.i = self.b = self.margin = self.adjustment = 0.0
        self.adjustment_sign = 1
        self.shift = 0.0  # from the established to the temporary baseline (TBM)
        self.baseline_increment = _DEFAULT_BASELINE_INCREMENT
        self.space_increment: float | None = None
        self.in_word = False
        self.colour: Colour = BLACK
        self.font: Font | None = None
        self.plain_font: Font | None = None  # `font`, while nothing unusual is in force
        self.unusual = False  # an adjustment, field or suppression is in force
        self.owed = b""  # text shown the quick way in `owed_font` whose width `i` does not have yet
        self.owed_font: Font | None = None
        self.open_suppression: int | None = None  # of the BSU that no ESU has ended yet
        self.suppression: int | None = None  # the same, where it is active
        self.paragraph_level: int | None = None  # of the UCT before; None is undefined
        self.glyph_font = (b"", "")  # OID and full name that a GLC gave last
        self.alternate = b""  # text in place of what is encrypted (SEA)
        self.underscore_field: TextField | None = None
        self.overstrike_field: TextField | None = None
        self.fields: tuple[TextField, ...] = ()
        self._missing_fonts: set[int] = set()
        self._set_axes(_DEFAULT_ORIENTATION)
        self.defaults = self._current()  # of the receiver
        self.entered = False

    def enter(self) -> None:
        """The initial text conditions are set: they are what default indicators mean from here on."""
        self.defaults = self._current()
        self.entered = True

    def _current(self) -> Defaults:
        return Defaults(
            self.font,
            self.orientation,
            self.margin,
            self.baseline_increment,
            self.adjustment,
            self.adjustment_sign,
            self.colour,
        )

    @property
    def report(self) -> Reporter:
        """Records findings about the text."""
        return self.context.findings.at(self.offset, "PTX", _SPEC)

    def settle(self) -> None:
        """Add the width of the text that was shown last to the position."""
        text, font = self.owed, self.owed_font
        if text and font is not None:
            advances, last = font.advances, text[-1]
            self.i += sum(map(advances.__getitem__, text))
            self.in_word = last != font.space_code and advances[last] != 0.0
        self.owed = b""

    def choose_plain_font(self) -> None:
        """Note whether text can be shown the quick way from here on."""
        font = self.font
        self.unusual = bool(
            self.adjustment or self.space_increment is not None or self.fields or self.suppression is not None
        )
        self.plain_font = font if font is not None and font.simple and not self.unusual else None

    def point(self, i: float, b: float) -> tuple[float, float]:
        """(i, b) in the object space's x, y."""
        return (
            self.origin_x + i * self.i_x + b * self.b_x,
            self.origin_y + i * self.i_y + b * self.b_y,
        )

    def beside(self, along: float, down: float) -> tuple[float, float]:
        """The way in the object space to what lies `along` the line of text and `down` from its baseline.
        Characters stand on the I axis, wherever lines go on along the B axis."""
        return (along * self.i_x - down * self.i_y, along * self.i_y + down * self.i_x)

    def set_text_orientation(self, i_orientation: int, b_orientation: int) -> None:
        """STO: other axes; the current position stays where it is in the object space. The initial text
        conditions have none yet."""
        wanted = tuple(
            default if value == 0xFFFF else value
            for value, default in zip((i_orientation, b_orientation), self.defaults.orientation, strict=True)
        )
        angles = [value >> 7 for value in wanted]
        if not all(angle in _AXIS for angle in angles) or (angles[0] - angles[1]) % 180 == 0:
            self.report(
                "orientation-bad",
                f"Text orientation {angles[0]},{angles[1]} degrees is not allowed; 0,90 is used (EC-0F01)",
                severity=Severity.SUBSTITUTED,
            )
            wanted = _DEFAULT_ORIENTATION
        self.settle()
        self.break_fields()
        x, y = self.point(self.i, self.b)
        self._set_axes((wanted[0], wanted[1]))
        if self.entered:
            x, y = x - self.origin_x, y - self.origin_y
            self.i, self.b = x * self.i_x + y * self.i_y, x * self.b_x + y * self.b_y
            for field in self.fields:
                field.restart(self.i)

    def _set_axes(self, orientation: tuple[int, int]) -> None:
        """Set the axes, and the corner of the object space where i = b = 0."""
        i_angle, b_angle = (value >> 7 for value in orientation)
        self.orientation = orientation
        self.direction = i_angle
        self.upright = i_angle == 0 and b_angle == 90  # i and b are x and y
        self.i_x, self.i_y = _AXIS[i_angle]
        self.b_x, self.b_y = _AXIS[b_angle]
        space = self.space
        self.origin_x = space.width if self.i_x < 0 or self.b_x < 0 else 0.0
        self.origin_y = space.height if self.i_y < 0 or self.b_y < 0 else 0.0
        horizontal = self.i_x != 0
        self.i_unit = space.x_unit if horizontal else space.y_unit
        self.b_unit = space.y_unit if horizontal else space.x_unit

    def absolute_move_inline(self, displacement: int) -> None:
        if self.fields:
            self._move_inline(displacement * self.i_unit, TextField.ABSOLUTE)
        else:
            self.i = displacement * self.i_unit
            self.in_word = False
            self.owed = b""

    def relative_move_inline(self, increment: int) -> None:
        self.settle()
        self._move_inline(self.i + increment * self.i_unit, TextField.RELATIVE)

    def _move_inline(self, i: float, cause: int) -> None:
        for field in self.fields:
            self.draw_area(field, field.moved(i, cause))
        self.i = i
        self.in_word = False

    def absolute_move_baseline(self, displacement: int) -> None:
        if self.fields:
            self.break_fields()
        self.b = displacement * self.b_unit
        self.shift = 0.0

    def relative_move_baseline(self, increment: int) -> None:
        """RMB: moves the established baseline, and a temporary one with it."""
        if self.fields:
            self.break_fields()
        self.b += increment * self.b_unit

    def begin_line(self, _: bytes = b"") -> None:
        """BLN: to the inline margin, one baseline increment further; a temporary baseline goes with it."""
        if self.fields:
            self.break_fields()
        self.b += self.baseline_increment
        self.i = self.margin
        self.owed = b""
        for field in self.fields:
            field.restart(self.i)
        self.in_word = False

    def set_inline_margin(self, displacement: int) -> None:
        default = displacement == DEFAULT_INDICATOR
        self.margin = self.defaults.margin if default else displacement * self.i_unit

    def set_baseline_increment(self, increment: int) -> None:
        default = increment == DEFAULT_INDICATOR
        self.baseline_increment = self.defaults.baseline_increment if default else increment * self.b_unit

    def temporary_baseline_move(self, direction: int, _precision: int = 0, increment: int = -1) -> None:
        """TBM: 1 back to the established baseline, 2 below, 3 above; without an increment, half the
        baseline increment."""
        if direction > 3 and direction != 0xFF:
            self.report("control-value", f"TBM has direction {direction} and was skipped (EC-9803)")
            return
        self.break_fields()
        if direction == 1:
            self.b -= self.shift
            self.shift = 0.0
        elif direction in (2, 3):
            default = increment == DEFAULT_INDICATOR
            step = self.baseline_increment / 2 if default else increment * self.b_unit
            step = step if direction == 2 else -step
            self.b += step
            self.shift += step

    def default_font(self) -> Font:
        self.font = self.context.font_finder.default(10.0)
        return self.font

    def break_fields(self) -> None:
        """End the areas of the open fields: what follows stands on another line, or counts anew."""
        for field in self.fields:
            self.draw_area(field, field.finish())
            field.restart(self.i)

    def draw_area(self, field: TextField, area: Area | None) -> None:
        """Draw a finished area of a field, unless text is suppressed."""
        if area is None or self.suppression is not None:
            return
        if field.character is not None and field.font is not None:
            self._overstrike(field.font, field.character, area)
        elif self.font is not None:
            self._underscore(self.font, area)

    def _underscore(self, font: Font, area: Area) -> None:
        """A rule below the established baseline, also below characters on a temporary one."""
        top = font.underscore_position or font.size * 0.1
        thickness = font.underscore_thickness or font.size * 0.05
        x, y = self.point(area[0], self.b - self.shift)
        right, down = self.beside(0.0, top)
        x0, y0 = x + right, y + down
        right, down = self.beside(area[1] - area[0], top + thickness)
        x1, y1 = x + right, y + down
        self.items.append(Rectangle(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0), self.colour))

    def _overstrike(self, font: Font, character: int, area: Area) -> None:
        """The character, repeated on the current baseline; that one shows nothing is told."""
        code = character.to_bytes(2, "big") if font.code_size == 2 else bytes((character & 0xFF,))
        width = font.advance(code)
        if width <= 0 or int.from_bytes(code, "big") == font.space_code:
            self.report(
                "overstrike-blank",
                f"OVS overstrikes with X'{code.hex().upper()}', a space or without increment in {font.name}; "
                "nothing is overstruck (EC-9A01)",
            )
            return
        count = max(int((area[1] - area[0]) / width + 1e-6), 1)
        draw_word(self, font, code * count, area[0])
