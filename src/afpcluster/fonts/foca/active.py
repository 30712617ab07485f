"""A FOCA coded font at a size and character rotation -> `Font`: increments, placements, rule metrics.

Character rotation turns the shape clockwise against its baseline; FNI has metrics for each rotation.
The glyph origin of a turned character follows from the toned pel box at that rotation (A-space along the
baseline, baseline offset across it) and the box at rotation 0 (FOCA "Character Rotation").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from afpcluster.afp import foca
from afpcluster.display.face import Face, OutlineFace
from afpcluster.fonts.foca.adjustment import Adjustment, adjusted_font
from afpcluster.fonts.foca.character_set import CharacterSet
from afpcluster.fonts.foca.code_page import CodePage
from afpcluster.fonts.foca.faces import coding, increments
from afpcluster.fonts.foca.turned import turned
from afpcluster.fonts.font import Font

_UNDERSCORE_POSITION, _UNDERSCORE_WIDTH = 0.075, 0.05  # em; FOCA "Underscore Position", "Underscore Width"


def active_font(
    name: str,
    face: Face,
    characters: CharacterSet,
    code_page: CodePage,
    size: float,
    rotation: int = 0,
    stretch: float = 1.0,
    adjustment: Adjustment | None = None,
    squeezed: float = 1.0,
) -> Font:
    """The font of `face` at `size` points; `stretch` scales along the baseline, `squeezed` glyphs only;
    `adjustment` is that of the coded font at this rotation."""
    upright = characters.metrics(0)
    metrics = characters.metrics(rotation)
    if not metrics and upright:
        metrics = {
            identifier: turned(entry, rotation, characters.baseline_extent)
            for identifier, entry in upright.items()
        }
    chosen = coding(code_page, metrics)
    unit = characters.per_em(characters.size or size) * size / 1000  # points per unit of the metrics
    along = unit * stretch
    widths = {
        code: increment * along
        for code, increment in increments(characters, code_page, chosen, metrics, rotation).items()
    }
    orientation = characters.orientations.get(rotation) or characters.orientations.get(0)
    space = orientation.space_increment * along if orientation else 0.0
    position = characters.positions.get(rotation) or characters.positions.get(0)
    placement = None
    if rotation:
        placement = {
            code: _origin(metrics[identifier], upright[identifier], rotation, along, unit)
            for code, identifier in chosen.identifiers.items()
            if identifier in upright
        }
    font = Font(
        name=name,
        face=face,
        size=size,
        code_size=code_page.code_size,
        advances=(
            tuple(widths.get(code, 0.0) for code in range(256)) if code_page.code_size == 1 else widths
        ),
        space_code=code_page.word_space,
        variable_space=code_page.variable_space,
        space_increment=space,
        rotation=rotation,
        ascender=position.maximum_ascender * unit if position else size * 0.75,
        descender=position.maximum_descender * unit if position else size * 0.25,
        underscore_position=(position.underscore_position if position else 0) * unit
        or _UNDERSCORE_POSITION * size,
        underscore_thickness=(position.underscore_width if position else 0) * unit
        or _UNDERSCORE_WIDTH * size,
        placement=placement,
        stretch=stretch * squeezed,
    )
    if adjustment is None:
        return font
    moving = [code for code in widths if code in chosen.incremented or code not in chosen.identifiers]
    return adjusted_font(font, adjustment, moving)


def _origin(
    turned_: foca.CharacterMetrics,
    upright: foca.CharacterMetrics,
    rotation: int,
    along: float,
    unit: float,
) -> tuple[float, float]:
    """The glyph origin from the character reference point: along the baseline, and up from it.

    The box at rotation 0 reaches from A to A+B across and from the baseline offset down to the
    descender; turned by 90 degrees its bottom comes first, by 180 its right side, by 270 its top.
    """
    left, right = upright.a_space, upright.a_space + upright.b_space
    top, bottom = upright.baseline_offset or upright.ascender, -upright.descender
    if rotation == 90:
        inline, across = turned_.a_space - bottom, turned_.baseline_offset + left
    elif rotation == 180:
        inline, across = turned_.a_space + right, turned_.baseline_offset + bottom
    else:
        inline, across = turned_.a_space + top, turned_.baseline_offset - right
    return inline * along, across * unit


class Vertical(NamedTuple):
    """Metrics of a glyph for vertical writing, in 1/1000 em: its advance, and how high above the baseline
    it begins."""

    advance: float
    top: float


def font_of_face(
    name: str,
    face: OutlineFace,
    space_code: int,
    size: float,
    rotation: int = 0,
    stretch: float = 1.0,
    vertical: Mapping[int, Vertical] | None = None,
) -> Font:
    """The font of a face that has no FOCA metrics: advances are the face's widths. Characters turned by 90 or
    270 degrees have their `vertical` metrics, else they advance one em; they are centred across the
    baseline."""
    unit = size / 1000
    widths = {code: width * unit * stretch for code, width in face.widths.items()}
    ascent, descent = face.style.ascent * unit, -face.style.descent * unit
    placement: dict[int, tuple[float, float]] | None = None
    if rotation == 180:
        placement = {code: (width, 0.0) for code, width in widths.items()}
    elif rotation:
        usual = Vertical(1000.0, 500 + (face.style.ascent + face.style.descent) / 2)
        columns = {code: (vertical or {}).get(code, usual) for code in widths}
        placement = {
            code: (
                (columns[code].advance - columns[code].top if rotation == 90 else columns[code].top) * unit,
                width / 2 * (1 if rotation == 90 else -1),
            )
            for code, width in widths.items()
        }
        widths = {code: column.advance * unit for code, column in columns.items()}
    default = size if rotation in (90, 270) else face.default_width * unit * stretch
    return Font(
        name=name,
        face=face,
        size=size,
        code_size=face.code_size,
        advances=(tuple(widths.get(code, default) for code in range(256)) if face.code_size == 1 else widths),
        space_code=space_code,
        space_increment=widths.get(space_code, default),
        rotation=rotation,
        ascender=ascent,
        descender=descent,
        underscore_position=_UNDERSCORE_POSITION * size,
        underscore_thickness=_UNDERSCORE_WIDTH * size,
        placement=placement,
        stretch=stretch,
    )
