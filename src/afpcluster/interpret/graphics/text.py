"""Character strings: glyph runs from the fonts mapped in the graphics object's environment.

Characters are placed by their font's metrics (the font positioning method), upright against the character
angle in every direction. A font whose character rotation fits the direction brings its own reference
points; any other is centred on the baseline or stacked by ascender and descender. The character cell
sizes only the default font. AFP GOCA "Character Strings", "Set Character Direction (GSCD) Order".
"""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, radians, sin
from typing import NamedTuple

from afpcluster.display.face import Face
from afpcluster.display.geometry import Point
from afpcluster.display.items import PLAIN, Arrangement, GlyphRun
from afpcluster.findings import Severity
from afpcluster.fonts.font import Font
from afpcluster.interpret.graphics.state import Drawing

_SPECIAL_SET = 0xFF
_DEFAULT_SIZE = 10.0  # points
_LEFT_TO_RIGHT, _TOP_TO_BOTTOM, _RIGHT_TO_LEFT, _BOTTOM_TO_TOP = 1, 2, 3, 4
_DIRECTIONS = {
    _LEFT_TO_RIGHT: "from left to right",
    _TOP_TO_BOTTOM: "from top to bottom",
    _RIGHT_TO_LEFT: "from right to left",
    _BOTTOM_TO_TOP: "from bottom to top",
}
_BASELINE = {_LEFT_TO_RIGHT: 0, _TOP_TO_BOTTOM: 90, _RIGHT_TO_LEFT: 180, _BOTTOM_TO_TOP: 270}


def character_string_at_given_position(drawing: Drawing, x0: int, y0: int, data: bytes) -> None:
    drawing.move(x0, y0)
    character_string_at_current_position(drawing, data)


def character_string_at_current_position(drawing: Drawing, data: bytes) -> None:
    """Draw code points from the current position on, which stays."""
    if not data:
        return
    drawing.flush()
    font = _current_font(drawing)
    if font.code_size == 2 and len(data) & 1:
        message = "The odd byte at the end of a double-byte character string is not shown"
        drawing.report("graphics-text-odd", message, "Character Strings")
    x, y = drawing.canvas.to(drawing.x, drawing.y)
    attributes = drawing.attributes
    angle = -attributes.character_angle
    baseline = _BASELINE[attributes.character_direction]
    turn = (360 - baseline) % 360
    spaced = not font.rotation and baseline == 180  # the characters are as wide, one to the left of the other
    if font.rotation != turn and not spaced:
        message = (
            f"Characters run {_DIRECTIONS[attributes.character_direction]}, font {font.name} is turned by "
            f"{font.rotation} degrees, not by {turn}: how they are spaced is a guess"
        )
        spec = "Set Character Set (GSCS) Order"
        severity = Severity.SUBSTITUTED if font.rotation else Severity.INFO
        drawing.report("graphics-font-rotation", message, spec, severity=severity)
    if baseline == 0:
        _draw_along(drawing, font, data, x, y, angle)
    elif font.rotation == turn and (font.placement is not None or font.split is not None):
        _draw_rotated(drawing, font, data, x, y, angle + baseline)
    else:
        _draw_stacked(drawing, font, data, x, y, angle)


def _current_font(drawing: Drawing) -> Font:
    """The font of the current character set, or the device's."""
    set_ = drawing.attributes.character_set
    font = drawing.object.fonts.get(set_)
    if font is not None and set_ != _SPECIAL_SET:
        return font
    if set_ not in (0, _SPECIAL_SET):
        message = f"Character set X'{set_:02X}' is not mapped to a font: default font"
        drawing.report(
            "graphics-font-missing", message, "Set Character Set (GSCS) Order", severity=Severity.SUBSTITUTED
        )
    height = drawing.attributes.character_height * drawing.canvas.sy
    return drawing.context.font_finder.default(height or _DEFAULT_SIZE)


class _Glyphs(NamedTuple):
    """One character: its codes in a face, the font that has their places, and how far it goes (points)."""

    font: Font
    face: Face
    codes: bytes
    advance: float


def _characters(font: Font, data: bytes) -> Iterator[_Glyphs]:
    """The string, a character at a time."""
    for code in _code_points(font, data):
        if font.split is None:
            yield _Glyphs(font, font.face, code, font.advance(code))
        else:
            for run in font.split(code):
                yield _Glyphs(run.font or font, run.face, run.codes, run.advance)


def _code_points(font: Font, data: bytes) -> list[bytes]:
    """The string cut into characters; those of Unicode text may have several codes."""
    if font.codec is not None:
        return [character.encode(font.codec) for character in data.decode(font.codec, "replace")]
    size = font.code_size
    return [data[at : at + size] for at in range(0, len(data) - size + 1, size)]


def _draw_along(drawing: Drawing, font: Font, data: bytes, x: float, y: float, angle: float) -> None:
    """Characters one after the other on a baseline at `angle` (degrees, clockwise)."""
    if font.split is None:
        data = data[: len(data) - len(data) % font.code_size]
        _append(drawing, font, font.face, data, x, y, angle)
        return
    for run in font.split(data):
        _append(drawing, run.font or font, run.face, run.codes, x, y, angle)
        x, y = _step((x, y), angle, run.advance)


def _draw_rotated(drawing: Drawing, font: Font, data: bytes, x: float, y: float, direction: float) -> None:
    """Characters of a font with rotated metrics on a baseline at `direction`."""
    along = 0.0
    origins: list[tuple[_Glyphs, Point]] = []
    for glyphs in _characters(font, data):
        placement = glyphs.font.placement or {}
        right, up = placement.get(int.from_bytes(glyphs.codes, "big"), (0.0, 0.0))
        origin = _step(_step((0.0, 0.0), direction, along + right), direction - 90, up)
        origins.append((glyphs, origin))
        along += glyphs.advance
    _append_placed(drawing, origins, x, y, direction, font.rotation)


def _draw_stacked(drawing: Drawing, font: Font, data: bytes, x: float, y: float, angle: float) -> None:
    """Upright characters of an unrotated font above, below or to the left of each other."""
    direction = drawing.attributes.character_direction
    ascender = font.ascender or 0.75 * font.size
    descender = font.descender or 0.25 * font.size
    along = 0.0
    origins: list[tuple[_Glyphs, Point]] = []
    for glyphs in _characters(font, data):
        if direction == _RIGHT_TO_LEFT:
            along += glyphs.advance
            right, down = -along, 0.0
        elif direction == _TOP_TO_BOTTOM:
            right, down = -glyphs.advance / 2, along + ascender
            along += ascender + descender
        else:
            right, down = -glyphs.advance / 2, -along - descender
            along += ascender + descender
        origins.append((glyphs, _step(_step((0.0, 0.0), angle, right), angle + 90, down)))
    _append_placed(drawing, origins, x, y, angle, 0)


def _append_placed(
    drawing: Drawing,
    origins: list[tuple[_Glyphs, Point]],
    x: float,
    y: float,
    direction: float,
    rotation: float,
) -> None:
    """One run for neighbours of the same face and font."""
    start = 0
    for end in range(1, len(origins) + 1):
        font, face, *_ = origins[start][0]
        if end < len(origins) and origins[end][0][:2] == (font, face):
            continue
        part = origins[start:end]
        codes = b"".join([glyphs.codes for glyphs, _ in part])
        size = face.code_size
        # A character may be several glyphs: they share its origin.
        placements = [origin for glyphs, origin in part for _ in range(len(glyphs.codes) // size)]
        _append(drawing, font, face, codes, x, y, direction, rotation, placements)
        start = end


def _append(
    drawing: Drawing,
    font: Font,
    face: Face,
    codes: bytes,
    x: float,
    y: float,
    direction: float,
    rotation: float = 0.0,
    placements: list[Point] | None = None,
) -> None:
    if placements is None:  # characters are hardly wider than high
        places = [(x, y), _step((x, y), direction, font.size * (len(codes) // face.code_size))]
    else:
        places = [(x + right, y + down) for right, down in placements]
    for place in places:
        drawing.canvas.reach(place, font.size)
    drawing.out.append(
        GlyphRun(
            face,
            font.size,
            x,
            y,
            codes,
            drawing.attributes.colour,
            direction=direction % 360,
            stretch=font.stretch,
            arrangement=PLAIN
            if placements is None
            else Arrangement(rotation=rotation, placements=placements),
        )
    )


def _step(start: Point, direction: float, distance: float) -> Point:
    """The point `distance` away, `direction` in degrees clockwise."""
    turn = radians(direction)
    return (start[0] + cos(turn) * distance, start[1] + sin(turn) * distance)
