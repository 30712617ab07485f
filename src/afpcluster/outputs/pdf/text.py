"""Glyph runs and rules -> text operators (section 9) and filled rectangles.

Rules: the text matrix is set once per BT and direction, then each run is one relative move and one show.
Positions are kept as the whole numbers a viewer has, so that rounding never adds up. Codes go out as they
are; only runs with gaps, placements or sections of a two-byte raster face need more than one operator.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import floor
from typing import Any, NamedTuple

from afpcluster.display.colour import BLACK, Colour
from afpcluster.display.face import Face, RasterFace
from afpcluster.display.geometry import rotation
from afpcluster.display.items import PLAIN, GlyphRun, Rectangle
from afpcluster.light import dataclass
from afpcluster.outputs.pdf.colour import fill_operator
from afpcluster.outputs.pdf.resources import StreamResources
from afpcluster.outputs.pdf.units import box_in_units
from afpcluster.pdf.values import escape_string, number, numbers, text_string

_QUARTERS: dict[float, tuple[int, int]] = {0.0: (1, 0), 90.0: (0, 1), 180.0: (-1, 0), 270.0: (0, -1)}


@dataclass(slots=True)
class _Selection:
    """A font as it is selected: its face (of a two-byte raster face one section) and size in points, the
    operator, the size in content units, and where the codes that are shown in it are noted for its subset."""

    face: Face
    section: int | None
    size: float
    operator: bytes
    units: int
    codes: bytearray


class Tag(NamedTuple):
    """An operator of marked content (section 14.6) among what is shown, `in_text` inside of a text object."""

    operator: bytes
    in_text: bool


class TextWriter:
    """Writes runs to `out` and knows the fill colour and text state there. `open`: inside BT..ET."""

    def __init__(
        self, out: list[bytes], resources: StreamResources, unit: float, *, known_state: bool
    ) -> None:
        self.open = False
        self.fill: Colour | str | None = BLACK if known_state else None  # a str names a pattern
        self._fills: dict[Colour, bytes] = {}
        self._out = out
        self._resources = resources
        self._unit = unit
        self._selected: _Selection | None = None
        self._selections: dict[tuple[Face, int | None, float], _Selection] = {}
        self._spacing = 0.0 if known_state else None
        self._stretch = 1.0 if known_state else None
        self._direction: float | None = None
        self._turn: tuple[int, int] | None = (1, 0)
        self._x = self._y = 0

    # State shared with the content writer

    def state(self) -> tuple[object, ...]:
        """What q saves."""
        return (self.fill, self._selected, self._spacing, self._stretch)

    def set_state(self, state: tuple[Any, ...]) -> None:
        """What Q restores."""
        self.fill, self._selected, self._spacing, self._stretch = state

    def set_unit(self, unit: float) -> None:
        """Coordinates and sizes count in another unit from here on."""
        self._unit = unit
        self._selected = None
        self._selections.clear()
        self._spacing = None

    def set_fill(self, colour: Colour) -> None:
        self._out.append(self._fills.get(colour) or self._fill_operator(colour))
        self.fill = colour

    def _fill_operator(self, colour: Colour) -> bytes:
        self._resources.note_colour(colour)
        operator = self._fills[colour] = fill_operator(colour)
        return operator

    def set_fill_pattern(self, name: str) -> None:
        if self.fill != name:
            self._out.append(b"/Pattern cs/%b scn" % name.encode())
            self.fill = name

    def begin(self) -> None:
        """Enter a text object; not from within one."""
        self._out.append(b"BT")
        self.open = True
        self._direction = None

    def end(self) -> None:
        """Leave the text object, if in one."""
        if self.open:
            self._out.append(b"ET")
            self.open = False

    # Text and rules

    def marks(self, items: Sequence[Any]) -> None:
        """Show glyph runs and fill rectangles, which nothing but tags is among, in their order.

        Most of the time goes here, hence one loop for both, looks before calls, and the state of the common
        case in local variables.
        """
        together = b"".join([item.codes for item in items if type(item) is GlyphRun])
        escapes = escape_string(together) is not together  # nearly never
        append, unit, fills = self._out.append, self._unit, self._fills
        fill = self.fill
        last_face, last_size, noted = self._font_of_runs()
        # The stretch, while nothing is between letters.
        last_plain_stretch = self._stretch if self._spacing == 0.0 else None
        last_x, last_y = self._x, self._y
        level = 0.0 if self._direction == 0.0 else None  # the direction, while it is that one
        plain = PLAIN
        for item in items:
            if type(item) is Rectangle:
                if self.open:
                    self.end()
                x, y, width, height, colour = item
                if colour is not fill and colour != fill:
                    append(fills.get(colour) or self._fill_operator(colour))
                    self.fill = fill = colour
                append(b"%d %d %d %d re f" % box_in_units(unit, x, y, width, height))
                continue
            if type(item) is Tag:
                if item.in_text is not self.open:
                    (self.begin if item.in_text else self.end)()
                    level = None
                append(item.operator)
                continue
            face, size, x, y, codes, colour, direction, stretch, arrangement = item
            if not codes:
                continue
            if not self.open:
                self.begin()
                level = None
            if colour is not fill and colour != fill:
                append(fills.get(colour) or self._fill_operator(colour))
                self.fill = fill = colour
            special = False
            if arrangement is plain:
                if stretch != last_plain_stretch:
                    self._set_spacing(0.0, stretch)
                    last_plain_stretch = stretch
            else:
                spacing, gaps, _, placements, text = arrangement
                special = bool(gaps) or placements is not None or text is not None
                if spacing != self._spacing or stretch != self._stretch:
                    self._set_spacing(spacing, stretch)
                    last_plain_stretch = None if spacing else stretch
            if face is not last_face or size != last_size:
                if type(face) is RasterFace and _is_sectioned(face):
                    special = True
                else:
                    last_face, last_size, noted = face, size, self._select(face, None, size).codes
            if special:
                self._x, self._y = last_x, last_y
                self._show_specially(item)
                last_x, last_y = self._x, self._y
                last_face, last_size, noted = self._font_of_runs()
                level = 0.0 if self._direction == 0.0 else None
                continue
            noted += codes
            if escapes:
                codes = escape_string(codes)
            across, down = floor(x * unit + 0.5), floor(y * unit + 0.5)  # much quicker than `round`
            if direction == level:  # nearly always
                append(b"%d %d Td(%b)Tj" % (across - last_x, last_y - down, codes))
            else:
                self._x, self._y = last_x, last_y
                self._move(across, down, direction)
                level = 0.0 if direction == 0.0 else None
                append(b"(%b)Tj" % codes)
            last_x, last_y = across, down
        self._x, self._y = last_x, last_y

    def _font_of_runs(self) -> tuple[Face | None, float, bytearray]:
        """The font in which a whole run can be shown, its size, and where to note its codes; a section shows
        parts of runs only."""
        selected = self._selected
        if selected is None or selected.section is not None:
            return None, 0.0, bytearray()
        return selected.face, selected.size, selected.codes

    def _show_specially(self, run: GlyphRun) -> None:
        text = run.arrangement.text
        if text is not None:
            self._out.append(b"/Span<</ActualText(%b)>>BDC" % escape_string(text_string(text)))
        if run.arrangement.placements is not None:
            self._show_placed(run)
        else:
            self._move(round(run.x * self._unit), round(run.y * self._unit), run.direction)
            for section, first, codes in _sections(run.face, run.codes):
                selected = self._selection(run.face, section, run.size)
                selected.codes += codes
                self._show_with_gaps(run, selected, first, codes)
        if text is not None:
            self._out.append(b"EMC")
            if run.face.code_size == 2 and not _is_sectioned(run.face):
                self._resources.note_text(run.face, run.codes, text)

    def _set_spacing(self, spacing: float, stretch: float) -> None:
        """Tc is scaled by Tz (section 9.3.4), the run's spacing is not."""
        if stretch != self._stretch:
            self._out.append(f"{number(stretch * 100)} Tz".encode())
        self._out.append(f"{number(spacing * self._unit / stretch)} Tc".encode())
        self._spacing, self._stretch = spacing, stretch

    def _selection(self, face: Face, section: int | None, size: float) -> _Selection:
        """The selected font, which is this one from here on."""
        selected = self._selected
        if (
            selected is None
            or face is not selected.face
            or section != selected.section
            or size != selected.size
        ):
            selected = self._select(face, section, size)
        return selected

    def _select(self, face: Face, section: int | None, size: float) -> _Selection:
        """Select another font than the current one."""
        selected = self._selections.get((face, section, size)) or self._make_selection(face, section, size)
        self._selected = selected
        self._out.append(selected.operator)
        return selected

    def _make_selection(self, face: Face, section: int | None, size: float) -> _Selection:
        name, codes = self._resources.font(face, section)
        units = round(size * self._unit) or 1
        selection = _Selection(face, section, size, f"/{name} {units} Tf".encode(), units, codes)
        self._selections[face, section, size] = selection
        return selection

    def _move(self, x: int, y: int, direction: float) -> None:
        """Start a line at (x, y): relative to the line before where the direction stays."""
        if direction == self._direction and self._turn is not None:
            # The text matrix is its own inverse: a turn and a mirror.
            cosine, sine = self._turn
            across, down = x - self._x, y - self._y
            self._out.append(b"%d %d Td" % (across * cosine + down * sine, across * sine - down * cosine))
        else:
            linear, self._turn = _text_axes(direction)
            self._out.append(b"%b %d %d Tm" % (linear, x, y))
            self._direction = direction
        self._x, self._y = x, y

    def _show_with_gaps(self, run: GlyphRun, selected: _Selection, first: int, codes: bytes) -> None:
        """TJ counts backwards in 1/1000 of the size as stretched; what rounding takes away from one gap
        goes to the next. `first` is the number of the first of `codes` in the run."""
        per_point = -1000 * self._unit / (selected.units * run.stretch)
        step = 1 if selected.section is not None else run.face.code_size
        parts: list[bytes] = []
        shown, rest = 0, 0.0
        for index, gap in run.arrangement.gaps:
            position = (index - first) * step
            if not 0 <= position < len(codes):
                continue
            if position > shown:
                parts.append(b"(%b)" % escape_string(codes[shown:position]))
                shown = position
            exact = gap * per_point + rest
            adjustment = round(exact)
            rest = exact - adjustment
            if adjustment:
                parts.append(b" %d" % adjustment)
        parts.append(b"(%b)" % escape_string(codes[shown:]))
        self._out.append(b"[%b]TJ" % b"".join(parts) if len(parts) > 1 else parts[0] + b"Tj")

    def _show_placed(self, run: GlyphRun) -> None:
        """Each glyph by itself, at its own place."""
        _, _, turn, placements, _ = run.arrangement
        assert placements is not None
        direction = run.direction + turn
        unit = self._unit
        places = iter(placements)
        for section, _, codes in _sections(run.face, run.codes):
            self._selection(run.face, section, run.size).codes += codes
            step = 1 if section is not None else run.face.code_size
            # Codes without a place of their own are not shown: there is nowhere to put them.
            for position, (x, y) in zip(range(0, len(codes), step), places, strict=False):
                self._move(round((run.x + x) * unit), round((run.y + y) * unit), direction)
                code = codes[position : position + step]
                self._out.append(b"(%b)Tj" % escape_string(code))


@lru_cache(maxsize=256)
def _text_axes(direction: float) -> tuple[bytes, tuple[int, int] | None]:
    """(the linear part of the text matrix: glyphs stand upright with y upwards; cosine and sine of a
    quarter turn)."""
    a, b, c, d, _, _ = rotation(direction)
    return numbers((a, b, -c, -d), 5).encode(), _QUARTERS.get(direction % 360)


def _is_sectioned(face: Face) -> bool:
    """A Type 3 font has one-byte codes, so a two-byte raster face becomes one font per high byte."""
    return type(face) is RasterFace and face.code_size == 2


def _sections(face: Face, codes: bytes) -> Iterator[tuple[int | None, int, bytes]]:
    """(section, number of the first code, codes) of each part that one font can show."""
    if not _is_sectioned(face):
        yield None, 0, codes
        return
    start = 0
    for position in range(2, len(codes) + 2, 2):
        if position >= len(codes) or codes[position] != codes[start]:
            yield codes[start], start // 2, codes[start + 1 : position : 2]
            start = position
