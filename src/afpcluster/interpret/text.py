"""Presentation text (PTOCA) -> glyph runs and rules.

One mutable state per text object; `TABLE` of afp.ptoca picks the handler by the row's name. Positions
are kept in points along the I and B axes, from the corner of the object space where both start; they
become page coordinates only when something is drawn. PTOCA Chapter 4.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from afpcluster.afp.ptoca import PREFIX, TABLE, operand_decoder
from afpcluster.display.colour import BLACK, Colour
from afpcluster.display.items import GlyphRun, Item, Rectangle
from afpcluster.findings import Severity
from afpcluster.interpret.colour import named_colour, specified_colour
from afpcluster.interpret.context import Context
from afpcluster.interpret.font import FaceRun, Font
from afpcluster.interpret.glyph_layout import GlyphLayout
from afpcluster.interpret.text_fields import SPACE_BYPASS, TextField

DEFAULT_LOCAL_ID = 0xFF
_DEFAULT_INDICATOR = -1  # X'FFFF' as a signed number
_DEFAULT_RULE_WIDTH = 0.72  # points; "receiver dependent": a hundredth of an inch
_DEFAULT_BASELINE_INCREMENT = 12.0  # points: six lines per inch
_AXIS = {0: (1.0, 0.0), 90: (0.0, 1.0), 180: (-1.0, 0.0), 270: (0.0, -1.0)}
_SPEC = "PTOCA Chapter 4"


@dataclass(slots=True, frozen=True)
class TextSpace:
    """The object space of a text object: points per L-unit and extent in points (PTD), initial
    conditions as control sequences (PTD Format 2), suppressions that are active (MMC, MSU)."""

    x_unit: float
    y_unit: float
    width: float
    height: float
    initial: bytes = b""
    suppressed: frozenset[int] = frozenset()


def draw_text(
    data: bytes, space: TextSpace, fonts: Mapping[int, Font], context: Context, offset: int
) -> list[Item]:
    """The items of one text object (the data of its PTX fields joined), in its object space.

    `offset` is that of its first PTX, for findings. Never raises for bad data.
    """
    state = TextState(space, fonts, context, offset)
    if space.initial:
        state.run(space.initial)
    state.run(data)
    state.finish()
    return state.items


class TextState:
    """The text interpreter's slots; handlers are named as the rows of afp.ptoca."""

    __slots__ = (
        "_glyphs",
        "_missing_fonts",
        "_pending_complex",
        "adjustment",
        "b",
        "b_unit",
        "b_x",
        "b_y",
        "baseline_increment",
        "baseline_increment_set",
        "colour",
        "context",
        "direction",
        "established_b",
        "fields",
        "font",
        "fonts",
        "i",
        "i_unit",
        "i_x",
        "i_y",
        "in_word",
        "items",
        "margin",
        "offset",
        "origin_x",
        "origin_y",
        "overstrike_field",
        "space",
        "space_increment",
        "suppression",
        "temporary_increment",
        "underscore_field",
    )

    def __init__(self, space: TextSpace, fonts: Mapping[int, Font], context: Context, offset: int) -> None:
        self.space = space
        self.fonts = fonts
        self.context = context
        self.offset = offset
        self.items: list[Item] = []
        self.i = self.b = self.margin = self.adjustment = 0.0
        self.established_b: float | None = None  # set while a temporary baseline is in force
        self.baseline_increment = _DEFAULT_BASELINE_INCREMENT
        self.baseline_increment_set = False
        self.temporary_increment: float | None = None
        self.space_increment: float | None = None
        self.in_word = False
        self.colour: Colour = BLACK
        self.font: Font | None = None
        self.suppression: int | None = None
        self.underscore_field: TextField | None = None
        self.overstrike_field: TextField | None = None
        self.fields: tuple[TextField, ...] = ()
        self._missing_fonts: set[int] = set()
        self._glyphs: GlyphLayout | None = None
        self._pending_complex = 0  # bytes of text that the last UCT covers
        self.set_text_orientation(0, 90 << 7)

    # ------------------------------------------------------------------ walking the data
    def run(self, data: bytes) -> None:
        """Process text and control sequences until the end of `data` or an impossible length."""
        at, end, chained = 0, len(data), False
        table = _HANDLERS
        while at < end:
            if not chained:
                if data[at : at + 2] != PREFIX:
                    stop = data.find(PREFIX, at)
                    stop = end if stop < 0 else stop
                    self.show(data[at:stop])
                    at = stop
                    continue
                at += 2
            if at + 2 > end:
                self._report("control-truncated", "Text ends inside a control sequence introducer")
                return
            length, type_ = data[at], data[at + 1]
            if length < 2 or at + length > end:
                self._report(
                    "control-length",
                    f"Control sequence X'{type_:02X}' has length {length}; text after it is lost",
                )
                return
            entry = table[type_]
            if entry is None:
                self._report("control-unknown", f"Control sequence X'{type_:02X}' is unknown and was skipped")
            else:
                operands = entry[1](data[at + 2 : at + length])
                if operands is None:
                    self._report("control-short", f"{entry[2]} lacks a required operand and was skipped")
                else:
                    entry[0](self, *operands)
            chained = type_ & 1 == 1
            at += length
            if self._pending_complex:
                at = self._complex_text(data, at)
            elif self._glyphs is not None and not chained:
                self._end_glyph_layout()

    def finish(self) -> None:
        """End what is still open at the end of the text object."""
        if self._glyphs is not None:
            self._end_glyph_layout()
        self.underscore(0)
        self.overstrike(0, 0)

    def _report(self, code: str, message: str, severity: Severity = Severity.SKIPPED) -> None:
        self.context.findings.add(code, severity, message, offset=self.offset, field="PTX", spec=_SPEC)

    # ------------------------------------------------------------------ positions
    def point(self, i: float, b: float) -> tuple[float, float]:
        """(i, b) in the object space's x, y."""
        return (
            self.origin_x + i * self.i_x + b * self.b_x,
            self.origin_y + i * self.i_y + b * self.b_y,
        )

    def set_text_orientation(self, i_orientation: int, b_orientation: int) -> None:
        """STO: the axes, and with them the corner of the object space that i = b = 0 is."""
        i_angle, b_angle = i_orientation >> 7, b_orientation >> 7
        if i_angle not in _AXIS or b_angle not in _AXIS or (i_angle - b_angle) % 180 == 0:
            self._report("orientation-bad", f"Text orientation {i_angle},{b_angle} degrees is not allowed")
            return
        self._break_fields()
        self.direction = i_angle
        self.i_x, self.i_y = _AXIS[i_angle]
        self.b_x, self.b_y = _AXIS[b_angle]
        space = self.space
        self.origin_x = space.width if self.i_x < 0 or self.b_x < 0 else 0.0
        self.origin_y = space.height if self.i_y < 0 or self.b_y < 0 else 0.0
        horizontal = self.i_x != 0
        self.i_unit = space.x_unit if horizontal else space.y_unit
        self.b_unit = space.y_unit if horizontal else space.x_unit
        self.i = self.b = 0.0
        self.established_b = None

    def absolute_move_inline(self, displacement: int) -> None:
        self._move_inline(displacement * self.i_unit, TextField.ABSOLUTE)

    def relative_move_inline(self, increment: int) -> None:
        self._move_inline(self.i + increment * self.i_unit, TextField.RELATIVE)

    def _move_inline(self, i: float, cause: int) -> None:
        for field in self.fields:
            field.moved(self, i, cause)
        self.i = i
        self.in_word = False

    def absolute_move_baseline(self, displacement: int) -> None:
        self._move_baseline(displacement * self.b_unit)

    def relative_move_baseline(self, increment: int) -> None:
        self._move_baseline(self.b + increment * self.b_unit)

    def _move_baseline(self, b: float) -> None:
        if self.fields:
            self._break_fields()
        self.b = b
        self.established_b = None

    def begin_line(self, _: bytes = b"") -> None:
        """BLN: to the inline margin, one baseline increment further."""
        self._break_fields()
        base = self.b if self.established_b is None else self.established_b
        self._move_baseline(base + self.baseline_increment)
        self.i = self.margin
        for field in self.fields:
            field.restart(self.i)
        self.in_word = False

    def set_inline_margin(self, displacement: int) -> None:
        self.margin = 0.0 if displacement == _DEFAULT_INDICATOR else displacement * self.i_unit

    def set_baseline_increment(self, increment: int) -> None:
        self.baseline_increment_set = increment != _DEFAULT_INDICATOR
        if self.baseline_increment_set:
            self.baseline_increment = increment * self.b_unit
        elif self.font is not None:
            self.baseline_increment = self.font.size * 1.2

    def temporary_baseline_move(self, direction: int, _precision: int = 0, increment: int = -1) -> None:
        """TBM: 1 back to the established baseline, 2 below, 3 above."""
        if increment != _DEFAULT_INDICATOR:
            self.temporary_increment = increment * self.b_unit
        step = self.temporary_increment
        if step is None or increment == _DEFAULT_INDICATOR:
            step = self.baseline_increment / 2
        self._break_fields()
        if direction == 1 and self.established_b is not None:
            self.b, self.established_b = self.established_b, None
        elif direction in (2, 3):
            if self.established_b is None:
                self.established_b = self.b
            self.b += step if direction == 2 else -step
            if abs(self.b - self.established_b) < 1e-9:
                self.established_b = None

    # ------------------------------------------------------------------ text
    def transparent_data(self, data: bytes) -> None:
        self.show(data)

    def repeat_string(self, data: bytes) -> None:
        if len(data) < 3:
            return
        length, pattern = int.from_bytes(data[:2], "big"), data[2:]
        self.show((pattern * (length // len(pattern) + 1))[:length])

    def no_operation(self, _: bytes) -> None:
        """NOP: ignored by definition."""

    def show(self, text: bytes) -> None:
        """Present a string of code points at the current position and move behind it."""
        font = self.font
        if font is None:
            font = self._default_font()
        if not text:
            return
        if font.code_size == 2 and len(text) & 1:
            text = text[:-1]
        start = self.i
        adjusted = self.adjustment != 0.0 or self.space_increment is not None
        if font.split is not None or font.placement is not None or font.code_size != 1:
            self._show_runs(font, text)
        elif adjusted or self.fields:
            self._show_adjusted(font, text)
        else:
            if self.suppression is None:
                self._append(font, text, start)
            advances = font.advances
            self.i = start + sum([advances[code] for code in text])
            self.in_word = text[-1] != font.space_code

    def _append(
        self,
        font: Font,
        codes: bytes,
        i: float,
        spacing: float = 0.0,
        gaps: tuple[tuple[int, float], ...] = (),
    ) -> None:
        b = self.b
        self.items.append(
            GlyphRun(
                font.face,
                font.size,
                self.origin_x + i * self.i_x + b * self.b_x,
                self.origin_y + i * self.i_y + b * self.b_y,
                codes,
                self.colour,
                self.direction,
                spacing,
                gaps,
                font.stretch,
                font.rotation,
            )
        )

    def _show_adjusted(self, font: Font, text: bytes) -> None:
        """Single-byte text with SIA or SVI in force, or inside an underscore or overstrike field.

        SIA goes between characters of a word only; SVI replaces the space's increment.
        """
        advances, space_code, adjustment = font.advances, font.space_code, self.adjustment
        space = advances[space_code] if self.space_increment is None else self.space_increment
        i = start = self.i + (adjustment if self.in_word and text[0] != space_code else 0.0)
        gaps: list[tuple[int, float]] = []
        in_word, gap = False, 0.0
        for index, code in enumerate(text):
            if code == space_code:
                for field in self.fields:
                    field.shown(self, i, i + space, SPACE_BYPASS)
                i += space
                gap += space - advances[code]
                in_word = False
                continue
            if in_word:
                i += adjustment
                gap += adjustment
            if gap:
                gaps.append((index, gap))
                gap = 0.0
            for field in self.fields:
                field.shown(self, i, i + advances[code], 0)
            i += advances[code]
            in_word = True
        if self.suppression is None:
            self._append(font, text, start, 0.0, tuple(gaps))
        self.i = i
        self.in_word = in_word

    def _show_runs(self, font: Font, text: bytes) -> None:
        """Text of double-byte, linked or turned fonts: run by run, glyph by glyph where needed."""
        if font.split is None:
            pieces = [FaceRun(font.face, text, font.advance(text))]
        else:
            pieces = font.split(text)
        for face, codes, advance in pieces:
            size = 2 if face.code_size == 2 else 1
            glyphs = max(len(codes) // size, 1)
            extra = self.adjustment * glyphs
            if self.suppression is None:
                x, y = self.point(self.i, self.b)
                run = GlyphRun(
                    face, font.size, x, y, codes, self.colour, self.direction, self.adjustment,
                    stretch=font.stretch, rotation=font.rotation,
                )  # fmt: skip
                if font.placement is not None:
                    run.placements = self._placements(font, codes, size)
                self.items.append(run)
            for field in self.fields:
                field.shown(self, self.i, self.i + advance + extra, 0)
            self.i += advance + extra
        self.in_word = True

    def _placements(self, font: Font, codes: bytes, size: int) -> list[tuple[float, float]]:
        """Page offsets of the glyph origins of a string in a font with character rotation."""
        placement, advances = font.placement or {}, font.advances
        placed = []
        i = 0.0
        for at in range(0, len(codes), size):
            code = int.from_bytes(codes[at : at + size], "big")
            along, up = placement.get(code, (0.0, 0.0))
            placed.append((
                (i + along) * self.i_x - up * self.b_x,
                (i + along) * self.i_y - up * self.b_y,
            ))  # fmt: skip
            i += advances.get(code, 0.0) if isinstance(advances, Mapping) else advances[code]
            i += self.adjustment
        return placed

    def set_coded_font_local(self, local_id: int) -> None:
        font = self.fonts.get(local_id)
        if font is None:
            if local_id != DEFAULT_LOCAL_ID and local_id not in self._missing_fonts:
                self._missing_fonts.add(local_id)
                self._report(
                    "font-not-mapped",
                    f"Font local identifier {local_id} is not mapped; the default font is used",
                    Severity.SUBSTITUTED,
                )
            font = self._default_font()
        self.font = font
        if not self.baseline_increment_set:
            self.baseline_increment = font.size * 1.2

    def _default_font(self) -> Font:
        self.font = self.context.font_finder.default(10.0)
        return self.font

    def set_intercharacter_adjustment(self, adjustment: int, direction: int = 0) -> None:
        value = 0 if adjustment == _DEFAULT_INDICATOR else adjustment
        self.adjustment = (-value if direction == 1 else value) * self.i_unit

    def set_variable_space_increment(self, increment: int) -> None:
        self.space_increment = None if increment == _DEFAULT_INDICATOR else increment * self.i_unit

    # ------------------------------------------------------------------ colour, rules, fields
    def set_text_color(self, value: int, _precision: int = 0) -> None:
        colour = named_colour(value)
        if colour is None:
            self._report(
                "colour-unknown",
                f"Text color X'{value:04X}' is reserved; black is used",
                Severity.SUBSTITUTED,
            )
        self.colour = colour or BLACK

    def set_extended_text_color(self, data: bytes) -> None:
        """SEC: reserved, space, 4 reserved, four component sizes, components."""
        if len(data) < 11:
            self._report("control-short", "SEC lacks a required operand and was skipped")
            return
        colour = specified_colour(data[1], (data[6], data[7], data[8], data[9]), data[10:])
        if colour is None:
            self._report(
                "colour-unknown", f"Color space X'{data[1]:02X}' of SEC cannot be used", Severity.SUBSTITUTED
            )
            return
        self.colour = colour

    def draw_inline_rule(self, length: int, width: bytes = b"\xff\xff\xff") -> None:
        self._rule(length * self.i_unit, self._rule_width(width, self.b_unit))

    def draw_baseline_rule(self, length: int, width: bytes = b"\xff\xff\xff") -> None:
        self._rule(self._rule_width(width, self.i_unit), length * self.b_unit)

    @staticmethod
    def _rule_width(width: bytes, unit: float) -> float:
        """RWIDTH in points: two bytes and a binary fraction."""
        if width == b"\xff\xff\xff":
            return _DEFAULT_RULE_WIDTH
        return int.from_bytes(width, "big", signed=True) / 256 * unit

    def _rule(self, along_i: float, along_b: float) -> None:
        if self.suppression is not None or along_i == 0 or along_b == 0:
            return
        x0, y0 = self.point(self.i, self.b)
        x1, y1 = self.point(self.i + along_i, self.b + along_b)
        self.items.append(Rectangle(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0), self.colour))

    def begin_suppression(self, local_id: int) -> None:
        self._break_fields()
        if local_id in self.space.suppressed:
            self.suppression = local_id

    def end_suppression(self, local_id: int) -> None:
        self._break_fields()
        if self.suppression == local_id:
            self.suppression = None

    def underscore(self, bypass: int) -> None:
        if self.underscore_field is not None:
            self.underscore_field.flush(self)
        self.underscore_field = TextField(bypass, self.i) if bypass & 0x0F else None
        self._collect_fields()

    def overstrike(self, bypass: int, character: int) -> None:
        if self.overstrike_field is not None:
            self.overstrike_field.flush(self)
        self.overstrike_field = TextField(bypass, self.i, character) if bypass & 0x0F else None
        self._collect_fields()

    def _collect_fields(self) -> None:
        self.fields = tuple(f for f in (self.underscore_field, self.overstrike_field) if f is not None)

    def _break_fields(self) -> None:
        for field in getattr(self, "fields", ()):
            field.flush(self)
            field.restart(self.i)

    # ------------------------------------------------------------------ complex text, encryption
    def unicode_complex_text(self, data: bytes) -> None:
        """UCT: the bytes that it covers follow the control sequence; see `_complex_text`."""
        if len(data) >= 4:
            self._pending_complex = int.from_bytes(data[2:4], "big")

    def _complex_text(self, data: bytes, at: int) -> int:
        """Handle the text after a UCT: it names the glyphs of a GLC chain, or is shown itself."""
        text = data[at : at + self._pending_complex]
        self._pending_complex = 0
        if self._glyphs is not None:
            self._glyphs.text = text.decode("utf-16-be", "replace")
            self._end_glyph_layout()
        else:
            normal = unicodedata.normalize("NFC", text.decode("utf-16-be", "replace"))
            if any(unicodedata.bidirectional(c) in ("R", "AL") for c in normal):
                self._report(
                    "bidi-not-applied",
                    "Right-to-left text outside a glyph run is shown in logical order",
                    Severity.INFO,
                )
            self.show(normal.encode("utf-16-be", "replace"))
        return at + len(text)

    def glyph_layout_control(self, data: bytes) -> None:
        if self._glyphs is not None:
            self._end_glyph_layout()
        self._glyphs = GlyphLayout.decode(data)
        if self._glyphs is None:
            self._report("control-short", "GLC lacks a required operand and was skipped")

    def glyph_id_run(self, data: bytes) -> None:
        if self._glyphs is not None:
            self._glyphs.add_glyphs(data[2:])

    def glyph_advance_run(self, data: bytes) -> None:
        if self._glyphs is not None:
            self._glyphs.add_advances(data[2:])

    def glyph_offset_run(self, data: bytes) -> None:
        if self._glyphs is not None:
            self._glyphs.add_offsets(data[2:])

    def _end_glyph_layout(self) -> None:
        layout, self._glyphs = self._glyphs, None
        if layout is None:
            return
        problem = layout.draw(self)
        if problem:
            self._report("glyph-run", problem)
        self.i += layout.inline_advance * self.i_unit

    def encrypted_data(self, _: bytes) -> None:
        self._report("text-encrypted", "Encrypted text (ENC) cannot be decrypted and is not shown")

    def set_key_information(self, _: bytes) -> None:
        self._report("text-encrypted", "Key information (SKI) for encrypted text is not used", Severity.INFO)

    def set_encrypted_alternate(self, _: bytes) -> None:
        self._report("text-encrypted", "Alternate text (SEA) for encrypted text is not shown", Severity.INFO)


def _handlers() -> list[Any]:
    """By type: (handler, operand decoder, mnemonic), or None."""
    table: list[Any] = []
    for control in TABLE:
        if control is None:
            table.append(None)
        else:
            table.append((getattr(TextState, control.name), operand_decoder(control), control.mnemonic))
    return table


_HANDLERS = _handlers()
