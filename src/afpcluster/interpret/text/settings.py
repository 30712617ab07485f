"""How presentation text looks: font, adjustments, colour, rules, suppression, underscore and overstrike.

PTOCA Chapter 4.
"""

from __future__ import annotations

from functools import lru_cache

from afpcluster.display.colour import BLACK, Colour
from afpcluster.display.items import Rectangle
from afpcluster.findings import Severity
from afpcluster.interpret.colour import HIGHLIGHT_SPACE, named_colour, quiet_colour, specified_colour
from afpcluster.interpret.text.fields import TextField
from afpcluster.interpret.text.state import DEFAULT_INDICATOR, TextState

_DEFAULT_LOCAL_ID = 0xFF
_DEFAULT_RULE_WIDTH = 0.72  # points; "receiver dependent": a hundredth of an inch
_new_tuple = tuple.__new__  # a NamedTuple's own constructor takes three times as long
_LEAST_SEC = 11  # bytes of operands


class TextSettings(TextState):
    """The state, and the controls that change how text looks."""

    __slots__ = ()

    def set_coded_font_local(self, local_id: int) -> None:
        if self.underscore_field is not None:
            self.draw_area(self.underscore_field, self.underscore_field.finish())
        font = self.fonts.get(local_id)
        if font is None:
            if local_id != _DEFAULT_LOCAL_ID and local_id not in self._missing_fonts:
                self._missing_fonts.add(local_id)
                self.report(
                    "font-not-mapped",
                    f"Font local identifier {local_id} is not mapped; the default font is used",
                    severity=Severity.SUBSTITUTED,
                )
            font = self.defaults.font or self.default_font()
        self.font = font
        self.plain_font = font if font.simple and not self.unusual else None

    def set_intercharacter_adjustment(self, adjustment: int, direction: int | None = None) -> None:
        """SIA: without a direction, in that of the SIA before."""
        if direction not in (None, 0, 1, 0xFF):
            self.report("control-value", f"SIA has direction {direction} and was skipped (EC-1201)")
            return
        self.settle()
        if direction is not None:
            signs = {0: 1, 1: -1}
            self.adjustment_sign = signs.get(direction, self.defaults.adjustment_sign)
        default = adjustment == DEFAULT_INDICATOR
        amount = abs(self.defaults.adjustment) if default else adjustment * self.i_unit
        self.adjustment = self.adjustment_sign * amount
        self.choose_plain_font()

    def set_variable_space_increment(self, increment: int) -> None:
        self.settle()
        self.space_increment = None if increment == DEFAULT_INDICATOR else increment * self.i_unit
        self.choose_plain_font()

    def set_text_color(self, value: int, _precision: int = 0) -> None:
        if self.underscore_field is not None:
            self.draw_area(self.underscore_field, self.underscore_field.finish())
        colour = self.defaults.colour if value == 0xFFFF else named_colour(value)
        if colour is None:
            self.report(
                "colour-unknown",
                f"Text color X'{value:04X}' is reserved; black is used",
                severity=Severity.SUBSTITUTED,
            )
        self.colour = colour or BLACK

    def set_extended_text_color(self, data: bytes) -> None:
        """SEC: reserved, space, 4 reserved, four component sizes, components."""
        if self.underscore_field is not None and len(data) >= _LEAST_SEC:
            self.draw_area(self.underscore_field, self.underscore_field.finish())
        colour = _colour_of_sec(data)  # in the common case all there is to do
        if colour is None:
            if len(data) < _LEAST_SEC:
                self.report("control-short", "SEC lacks a required operand and was skipped")
                return
            if data[1] == HIGHLIGHT_SPACE:
                colour = specified_colour(HIGHLIGHT_SPACE, _sizes_of_sec(data), data[10:], self.report)
            if colour is None:
                self.report(
                    "colour-unknown",
                    f"Color of SEC (space X'{data[1]:02X}') cannot be used; black is used",
                    severity=Severity.SUBSTITUTED,
                )
                colour = BLACK
        self.colour = colour

    def draw_inline_rule(self, length: int, width: bytes = b"\xff\xff\xff") -> None:
        self._rule(length * self.i_unit, _rule_width(width, self.b_unit))

    def draw_baseline_rule(self, length: int, width: bytes = b"\xff\xff\xff") -> None:
        self._rule(_rule_width(width, self.i_unit), length * self.b_unit)

    def _rule(self, along_i: float, along_b: float) -> None:
        if self.owed:
            self.settle()
        if self.suppression is not None or along_i == 0 or along_b == 0:
            return
        if self.upright:
            x, y, width, height = self.i, self.b, along_i, along_b
        else:
            x, y = self.point(self.i, self.b)
            width = along_i * self.i_x + along_b * self.b_x
            height = along_i * self.i_y + along_b * self.b_y
        if width < 0:
            x, width = x + width, -width
        if height < 0:
            y, height = y + height, -height
        self.items.append(_new_tuple(Rectangle, (x, y, width, height, self.colour)))

    def begin_suppression(self, local_id: int) -> None:
        if self.open_suppression is not None:
            self.report("suppression-bad", f"BSU {local_id} inside of another was skipped (EC-0601)")
            return
        self.open_suppression = local_id
        if local_id in self.space.suppressed:
            self.settle()
            self.break_fields()
            self.suppression = local_id
            self.choose_plain_font()

    def end_suppression(self, local_id: int) -> None:
        if self.open_suppression != local_id:
            self.report("suppression-bad", f"ESU {local_id} ends no suppression and was skipped (EC-0201)")
            return
        self.open_suppression = None
        if self.suppression is not None:
            self.break_fields()
            self.suppression = None
            self.choose_plain_font()

    def underscore(self, bypass: int) -> None:
        self.settle()
        if self.underscore_field is not None:
            self.draw_area(self.underscore_field, self.underscore_field.finish())
        self.underscore_field = TextField(bypass, self.i) if bypass & 0x0F else None
        self._collect_fields()

    def overstrike(self, bypass: int, character: int) -> None:
        self.settle()
        if self.overstrike_field is not None:
            self.draw_area(self.overstrike_field, self.overstrike_field.finish())
        self.overstrike_field = None
        if bypass & 0x0F:
            self.overstrike_field = TextField(bypass, self.i, character, self.font or self.default_font())
        self._collect_fields()

    def _collect_fields(self) -> None:
        self.fields = tuple(f for f in (self.underscore_field, self.overstrike_field) if f is not None)
        self.choose_plain_font()


@lru_cache(maxsize=256)
def _rule_width(width: bytes, unit: float) -> float:
    """RWIDTH in points: two bytes and a binary fraction."""
    if width == b"\xff\xff\xff":
        return _DEFAULT_RULE_WIDTH
    return int.from_bytes(width, "big", signed=True) / 256 * unit


@lru_cache(maxsize=1024)  # a page sets a few colours hundreds of times
def _colour_of_sec(operands: bytes) -> Colour | None:
    """The colour that SEC sets, if it is no highlight colour; None where its space cannot be used or an
    operand is missing."""
    if len(operands) < _LEAST_SEC or operands[1] == HIGHLIGHT_SPACE:
        return None
    return quiet_colour(operands[1], _sizes_of_sec(operands), operands[10:])


def _sizes_of_sec(operands: bytes) -> tuple[int, int, int, int]:
    return (operands[6], operands[7], operands[8], operands[9])
