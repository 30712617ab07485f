"""Character set + code page -> `Face`: which glyph, width and Unicode text each code point has.

The codes of a face are AFP code points, so that text goes into outputs as it came. A glyph's name comes
from the font's own name map (FNN), never from its GCGID.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256

from afpcluster.afp import foca
from afpcluster.afp.foca import PatternTechnology
from afpcluster.display.face import (
    Face,
    FaceStyle,
    FontProgram,
    OutlineFace,
    ProgramKind,
    RasterFace,
    RasterGlyph,
)
from afpcluster.fonts.foca import cid, type1
from afpcluster.fonts.foca.character_set import CharacterSet
from afpcluster.fonts.foca.code_page import CodePage, FontDataError
from afpcluster.fonts.foca.glyph_names import is_glyph_name
from afpcluster.fonts.foca.identity import unicode_of
from afpcluster.fonts.stand_in import gcgid
from afpcluster.fonts.stand_in.standard import character_label, is_visible
from afpcluster.light import dataclass

_SERIF_CLASSES = range(1, 8)  # ISO/IEC 9541-1 general classes 1..7 have serifs, 8 is sans serif


@dataclass(slots=True, frozen=True)
class Coding:
    """What a code page makes of a character set: per code point the GCGID in force, with metrics."""

    identifiers: Mapping[int, str]  # only those that the character set has
    printed: frozenset[int]  # code points that show something
    incremented: frozenset[int]

    def shown(self) -> dict[int, str]:
        """The identifiers of code points that show something."""
        return {code: self.identifiers[code] for code in self.printed}


def coding(code_page: CodePage, metrics: Mapping[str, foca.CharacterMetrics]) -> Coding:
    """Resolve code points, the default character included. The shape of the space character is never
    printed, whatever the font has there (FOCA "Code Page Control (CPC)")."""
    codes: Iterable[int] = range(256) if code_page.code_size == 1 else code_page.gcgids
    default = code_page.default_gcgid
    identifiers: dict[int, str] = {}
    printed: set[int] = set()
    incremented: set[int] = set()
    for code in codes:
        identifier = code_page.gcgids.get(code)
        if identifier is not None and identifier in metrics:
            identifiers[code] = identifier
            if code not in code_page.not_printed and code != code_page.space_code:
                printed.add(code)
            if code not in code_page.not_incremented:
                incremented.add(code)
        elif default in metrics:
            identifiers[code] = default
            if code_page.default_printed and default != gcgid.SPACE:
                printed.add(code)
            if code_page.default_incremented:
                incremented.add(code)
    return Coding(identifiers, frozenset(printed), frozenset(incremented))


def increments(
    characters: CharacterSet,
    code_page: CodePage,
    chosen: Coding,
    metrics: Mapping[str, foca.CharacterMetrics],
    rotation: int = 0,
) -> dict[int, float]:
    """Character increments by code point, in units of the metrics. The space character has that of the
    font's orientation (FOCA "Space Character Increment"), where variable spacing is enabled; so has a code
    point for which the font has no character at all."""
    orientation = characters.orientations.get(rotation) or characters.orientations.get(0)
    found: dict[int, float] = {}
    if orientation is not None and code_page.code_size == 1 and code_page.default_incremented:
        found = dict.fromkeys(range(256), orientation.space_increment)
    for code, identifier in chosen.identifiers.items():
        found[code] = metrics[identifier].increment if code in chosen.incremented else 0
    if orientation is not None and code_page.space_code >= 0:
        found[code_page.space_code] = orientation.space_increment
    undefined = characters.undefined_increments() if rotation in (0, 180) else {}
    if undefined:
        for code, identifier in chosen.identifiers.items():
            if identifier in undefined:
                found[code] = undefined[identifier]
    return found


def face_of(characters: CharacterSet, code_page: CodePage, *, vertical: bool = False) -> Face:
    """The face of a single-byte or double-byte coded font section. `vertical` takes the shapes for vertical
    writing, where a CID-keyed font has them. Raises FontDataError where the character set has no shapes (a
    metric-only font) or an outline technology that is not known."""
    metrics = characters.metrics(0)
    chosen = coding(code_page, metrics)
    if characters.raster:
        return _raster_face(characters, code_page, chosen, metrics)
    names = characters.names()
    if characters.technology == PatternTechnology.TYPE1:
        program = _type1_program(characters)
        glyphs: dict[int, str | int] = {
            code: characters.glyph_name(identifier, text)
            for code, identifier, text in _printed(code_page, chosen)
            if not text.isspace() or is_glyph_name(names.get(identifier, b""))
        }
    elif characters.technology == PatternTechnology.CID_KEYED:
        name = characters.typeface or characters.name
        keyed = cid.cid_font(characters.outlines(), name, vertical=vertical)
        program = keyed.program
        glyphs = {}
        for code in sorted(chosen.printed):
            identifier = chosen.identifiers[code]
            found = keyed.cid(names.get(identifier, code.to_bytes(code_page.code_size, "big")))
            glyphs[code] = found if found is not None else identifier  # the name of what is missing
    else:
        raise FontDataError(
            f"Font character set {characters.name} has pattern technology X'{characters.technology:02X}'"
        )
    widths = face_widths(characters, code_page, chosen, metrics)
    style = _style(characters)
    if characters.technology == PatternTechnology.TYPE1:
        style = type1.header_style(program.data, style)
    return OutlineFace(
        key=_key(characters, code_page) + ("-v" if vertical else ""),
        program=program,
        code_size=code_page.code_size,
        glyphs=glyphs,
        widths=widths,
        unicode=unicode_of(code_page, chosen.shown(), names),
        default_width=_default_width(characters, code_page, metrics),
        style=style,
        lost=lost_characters(characters.name, code_page, metrics, chosen),
    )


def lost_characters(
    font: str, code_page: CodePage, metrics: Mapping[str, foca.CharacterMetrics], chosen: Coding
) -> dict[int, str]:
    """What findings say of code points that show nothing, not even a default character, because the code page
    does not list them or the font lacks their character."""
    silent = {*code_page.not_printed, code_page.space_code}
    codes: Iterable[int] = range(256) if code_page.code_size == 1 else code_page.gcgids
    found = code_page.invalid_codes()
    for code in codes:
        identifier = code_page.gcgids.get(code, "")
        if code in chosen.printed or code in silent or (identifier and identifier in metrics):
            continue
        if not identifier:
            found[code] = f"Code page {code_page.name} does not list code point X'{code:02X}' ({font})"
            continue
        text = code_page.unicode.get(code) or gcgid.unicode_text(identifier)
        if text is None or is_visible(text):
            label = f"{identifier} ({character_label(text)})" if text else identifier
            found[code] = f"Font {font} has no glyph for {label}"
    return found


def face_widths(
    characters: CharacterSet,
    code_page: CodePage,
    chosen: Coding,
    metrics: Mapping[str, foca.CharacterMetrics],
) -> dict[int, float]:
    """Widths by code point in 1/1000 em, at rotation 0."""
    factor = characters.per_em(characters.size or 1.0)
    found = increments(characters, code_page, chosen, metrics)
    return {code: increment * factor for code, increment in found.items()}


def _default_width(
    characters: CharacterSet, code_page: CodePage, metrics: Mapping[str, foca.CharacterMetrics]
) -> float:
    """The width of code points that a double-byte code page does not list, in 1/1000 em: that of the
    default character (FOCA "Code Page Control (CPC)"), or of the space where there is none."""
    orientation = characters.orientations.get(0)
    units = orientation.space_increment if orientation else 0
    if code_page.default_gcgid in metrics:
        units = metrics[code_page.default_gcgid].increment
    return units * characters.per_em(characters.size or 1.0) if code_page.default_incremented else 0.0


def metric_face(
    face: OutlineFace, characters: CharacterSet, code_page: CodePage
) -> tuple[OutlineFace, float]:
    """`face` with the characters and widths of a character set that has no usable shapes, and the horizontal
    scale at which it is to be used: its characters are squeezed where they are wider than those on average,
    so that they do not run into each other. Its widths are those before squeezing."""
    metrics = characters.metrics(0)
    chosen = coding(code_page, metrics)
    widths = face_widths(characters, code_page, chosen, metrics)
    named = code_page.gcgids
    own = [code for code, identifier in chosen.identifiers.items() if identifier == named.get(code)]
    glyphs = {code: face.glyphs[code] for code in own if code in face.glyphs}
    shown = [code for code, glyph in glyphs.items() if glyph != "space" and widths[code]]
    natural = sum(face.widths[code] for code in shown)
    squeezed = round(min(sum(widths[code] for code in shown) / natural, 1.0), 3) if natural else 1.0
    squeezed = squeezed or 1.0
    both = {code: width / squeezed for code, width in {**face.widths, **widths}.items()}
    key = f"{face.key}-{characters.key}"
    lost = {code: message for code, message in face.lost.items() if code in chosen.printed}
    lost |= lost_characters(characters.name, code_page, metrics, chosen)
    return replace(face, key=key, glyphs=glyphs, widths=both, lost=lost), squeezed


def _printed(code_page: CodePage, chosen: Coding) -> Iterator[tuple[int, str, str]]:
    """(code point, GCGID, text or nothing) of all that show something."""
    for code in sorted(chosen.printed):
        identifier = chosen.identifiers[code]
        yield code, identifier, code_page.unicode.get(code) or gcgid.unicode_text(identifier) or ""


def _key(characters: CharacterSet, code_page: CodePage) -> str:
    return sha256(f"{characters.key} {characters.size} {code_page.key}".encode()).hexdigest()[:16]


def _type1_program(characters: CharacterSet) -> FontProgram:
    objects = characters.outlines()
    if not objects or not objects[0].data:
        raise FontDataError(f"Font character set {characters.name} has metrics but no outlines (FNG)")
    data = objects[0].data
    return FontProgram(
        key=sha256(data).hexdigest()[:16],
        kind=ProgramKind.TYPE1,
        name=type1.font_name(data, characters.typeface),
        data=data,
    )


def _raster_face(
    characters: CharacterSet,
    code_page: CodePage,
    chosen: Coding,
    metrics: Mapping[str, foca.CharacterMetrics],
) -> RasterFace:
    pels_per_em = characters.size * characters.resolution / 72
    factor = characters.per_em(characters.size)
    shapes: dict[str, RasterGlyph | None] = {}
    glyphs: dict[int, RasterGlyph] = {}
    for code in sorted(chosen.printed):
        identifier = chosen.identifiers[code]
        if identifier not in shapes:
            shapes[identifier] = characters.raster_glyph(metrics[identifier], factor / 1000 * pels_per_em)
        shape = shapes[identifier]
        if shape is not None:
            glyphs[code] = shape
    if not glyphs and not characters.patterns:
        raise FontDataError(f"Font character set {characters.name} has metrics but no patterns (FNG)")
    return RasterFace(
        key=_key(characters, code_page),
        name=characters.typeface or characters.name,
        pels_per_em=pels_per_em,
        glyphs=glyphs,
        widths=face_widths(characters, code_page, chosen, metrics),
        unicode=unicode_of(code_page, chosen.shown(), {}),
        code_size=code_page.code_size,
        lost=lost_characters(characters.name, code_page, metrics, chosen),
    )


def _style(characters: CharacterSet) -> FaceStyle:
    """What FND and FNP say about the design, in 1/1000 em."""
    factor = characters.per_em(characters.size or 1.0)
    position = characters.positions.get(0)
    descriptor = characters.descriptor
    orientation = characters.orientations.get(0)
    ascent = position.maximum_ascender * factor if position else 750.0
    descent = -position.maximum_descender * factor if position else -250.0
    widest = orientation.maximum_increment * factor if orientation else 1000.0
    return FaceStyle(
        ascent=ascent,
        descent=descent,
        cap_height=(position.cap_m_height * factor if position else 0) or 700.0,
        italic_angle=-12.0 if characters.italic else 0.0,
        fixed_pitch=bool(orientation and orientation.flags & foca.OrientationFlag.UNIFORM_INCREMENT),
        serif=bool(descriptor and descriptor.design_class in _SERIF_CLASSES),
        bold=characters.bold,
        box=(0, descent, widest, ascent),
    )
