"""A FOCA font character set: metrics by rotation and GCGID, shapes as raster patterns or outlines.

Metrics are pels (fixed base) or parts of the em (relative base); `per_em` turns either into 1/1000 em of
the font's size. Index and pattern data are decoded when they are asked for (FOCA "Font Control (FNC)").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from hashlib import sha256

from afpcluster.afp import foca
from afpcluster.afp.foca import OrientationFlag, PatternTechnology, UnitBase
from afpcluster.afp.framing import Record
from afpcluster.afp.names import decode_name
from afpcluster.afp.triplets import find_triplet
from afpcluster.display.face import RasterGlyph
from afpcluster.fonts.foca import type1
from afpcluster.fonts.foca.code_page import FontDataError
from afpcluster.fonts.foca.glyph_names import find_glyph, is_glyph_name
from afpcluster.fonts.foca.turned import turned, upright
from afpcluster.fonts.stand_in import gcgid, typefaces
from afpcluster.light import dataclass
from afpcluster.type1.program import Type1Program

_EXTENSION_FONT = 0x6D
_FIXED_UNITS, _RELATIVE_UNITS = 2400, 1000  # to 10 inches and to the em, where FNC does not say
_DEFAULT_SIZE = 10.0
_BOLD_WEIGHT = 7
_BLANK = RasterGlyph(0, 0, 0, 0, b"")
_ALIGNMENTS = {0: 1, 2: 4, 3: 8}


@dataclass(slots=True, eq=False)
class CharacterSet:
    """A parsed character set. `size` is the nominal vertical size in points, 0 where none is given;
    without `raster_a_space` the A-space of raster characters is taken for 0."""

    key: str
    name: str
    typeface: str
    technology: int  # PatternTechnology
    control: foca.FontControl
    descriptor: foca.FontDescriptor | None
    orientations: Mapping[int, foca.FontOrientation]  # by rotation in degrees
    positions: Mapping[int, foca.FontPosition]
    size: float
    indexes: list[bytes] = field(repr=False)
    patterns: bytes = field(repr=False)  # FNG data
    pattern_map: bytes = field(repr=False)  # FNM data
    name_data: bytes = field(repr=False)  # FNN data
    raster_a_space: bool = True
    _undefined: dict[str, float] | None = field(default=None, repr=False)
    _outlines: list[foca.OutlineObject] | None = field(default=None, repr=False)
    _program: Type1Program | None = field(default=None, repr=False)
    _metrics: dict[int, dict[str, foca.CharacterMetrics]] = field(default_factory=dict, repr=False)
    _names: dict[str, bytes] | None = field(default=None, repr=False)

    @property
    def mislabelled(self) -> bool:
        """Whether FNC names another technology than that of the shapes."""
        return self.technology != self.control.technology

    @property
    def typeface_id(self) -> int:
        """FGID; 0 where none is given."""
        return self.descriptor.typeface_id if self.descriptor else 0

    @property
    def extension(self) -> bool:
        """Whether it only adds characters to another character set (FOCA "Extension Font")."""
        return bool(self.control.flags & foca.FONT_EXTENSION)

    @property
    def base_character_set_id(self) -> int:
        """GCSGID of the font that an extension font adds to (FOCA "Extension Font Triplet X'6D'"), or 0."""
        data = find_triplet(self.control.triplets, _EXTENSION_FONT) or b""
        if len(data) < foca.ExtensionFont.shape.required:
            return 0
        triplet = foca.ExtensionFont.decode(data)
        return triplet.character_set_id

    @property
    def character_set_id(self) -> int:
        """GCSGID; 0 where none is given."""
        return self.descriptor.character_set_id if self.descriptor else 0

    @property
    def bold(self) -> bool:
        return bool(self.descriptor and self.descriptor.weight >= _BOLD_WEIGHT)

    @property
    def italic(self) -> bool:
        return bool(self.descriptor and self.descriptor.design_flags >> 8 & foca.DESIGN_ITALIC)

    @property
    def raster(self) -> bool:
        return self.technology == PatternTechnology.RASTER

    @property
    def unclear_units(self) -> str:
        """What FNC's units of measure leave open, and what is made of it; nothing where they are clear (FOCA
        "Font Control (FNC)": X and Y have the same units, and raster patterns a resolution)."""
        control = self.control
        relative = control.x_unit_base == UnitBase.RELATIVE
        across: tuple[int, ...] = control.x_unit_base, control.x_units
        down: tuple[int, ...] = control.y_unit_base, control.y_units
        if relative:
            across, down = (*across, control.shape_x_units), (*down, control.shape_y_units)
        if across != down:
            return "units of X and Y differ; those of X count for both"
        if control.x_unit_base not in list(UnitBase) or not control.x_units:
            taken = "to the em" if relative else "to 10 inches"
            base = f"X'{control.x_unit_base:02X}'"
            odd = f"{control.x_units} units to the base {base} are not possible"
            return f"{odd}; {self._units} {taken} are taken"
        if self.raster and relative and self.patterns and not control.shape_x_units:
            return f"raster patterns have no resolution; {_FIXED_UNITS / 10:g} to the inch is taken"
        return ""

    @property
    def _units(self) -> int:
        """Units of the metrics to 10 inches, or to the em where they are relative."""
        relative = self.control.x_unit_base == UnitBase.RELATIVE
        return self.control.x_units or (_RELATIVE_UNITS if relative else _FIXED_UNITS)

    @property
    def resolution(self) -> float:
        """Pels per inch of the raster patterns: that of fixed metrics, whatever else is said (FOCA table
        "Relationship Between FNC Unit of Measure and Font Resolution Fields")."""
        if self.control.x_unit_base != UnitBase.RELATIVE:
            return self._units / 10
        return (self.control.shape_x_units or _FIXED_UNITS) / 10

    def per_em(self, size: float) -> float:
        """1/1000 em of a font of `size` points for one unit of the metrics."""
        if self.control.x_unit_base == UnitBase.RELATIVE:
            return 1000 / self._units
        return 720_000 / self._units / size

    def size_of_width(self, width: float) -> float:
        """Points of an outline font asked for by its horizontal size (MO:DCA "Font Descriptor
        Specification Triplet X'1F'", FtWidth): three times the width, or what makes a space that wide
        where the pitch is fixed, by what the font or its typeface number says."""
        orientation = self.orientations.get(0)
        uniform = orientation is not None and orientation.flags & OrientationFlag.UNIFORM_INCREMENT
        if not uniform and not typefaces.is_fixed_pitch(self.typeface_id):
            return 3 * width
        space = orientation.space_increment if orientation else 0
        return width * self._units / (space or typefaces.FIXED_PITCH_EM * self._units)

    def misfit(self, width: float) -> float:
        """How far a raster font's horizontal size is from `width` points; outline fonts have any size
        (MO:DCA "Global Resource Identifier (GRID) Definition")."""
        nominal = self.descriptor.nominal_horizontal_size / 20 if self.descriptor else 0.0
        return abs(nominal - width) if self.raster and nominal and width else 0.0

    @property
    def baseline_extent(self) -> int:
        """FOCA "Maximum Baseline Extent" at rotation 0, in units of the metrics."""
        orientation = self.orientations.get(0)
        return orientation.maximum_baseline_extent if orientation else 0

    def turns_to(self, rotation: int) -> bool:
        """Whether it has metrics at this rotation, or such as are certain: 180 degrees mirror those of 0."""
        there = self.orientations
        return not there or rotation in there or (rotation == 180 and 0 in there)

    def metrics(self, rotation: int) -> dict[str, foca.CharacterMetrics]:
        """GCGID -> metrics at this rotation; empty where the font does not have the rotation. Rotation 0 is
        made up where the font has others only."""
        found = self._metrics.get(rotation)
        if found is None:
            found = self._metrics[rotation] = dict(self._decode_index(rotation))
            if not rotation and rotation not in self.orientations:
                first = next(iter(self.orientations), 0)
                other = self.metrics(first) if first else {}
                found.update((identifier, upright(entry, first)) for identifier, entry in other.items())
        return found

    def _decode_index(self, rotation: int) -> Iterator[tuple[str, foca.CharacterMetrics]]:
        orientation = self.orientations.get(rotation)
        if orientation is None:
            return
        number, length = orientation.flags >> 5, self.control.index_group_length
        index = self.indexes[number] if number < len(self.indexes) else b""
        detailed = length >= foca.CharacterMetrics.shape.size
        listed: set[str] = set()
        for entry in foca.repeat(foca.CharacterMetrics, index, length):
            identifier = decode_name(entry.gcgid)
            listed.add(identifier)
            self._settle(entry, orientation)
            yield identifier, entry if detailed else self._with_box(identifier, entry, rotation)
        for identifier in self._unlisted(listed):
            entry = foca.CharacterMetrics(b"", orientation.nominal_increment)
            self._settle(entry, orientation)
            yield identifier, self._with_box(identifier, entry, rotation)

    def _unlisted(self, listed: set[str]) -> list[str]:
        """Characters of a CID-keyed font that FNI leaves out: they have the nominal increment (FOCA "Nominal
        Character Increment")."""
        if self.technology != PatternTechnology.CID_KEYED:
            return []
        return [identifier for identifier in self.names() if identifier not in listed]

    def _settle(self, entry: foca.CharacterMetrics, orientation: foca.FontOrientation) -> None:
        """Uniform values in place of the character's own, and fixed metrics as distances: a negative number
        of pels counts the one at the edge, 0 has no meaning and is not printed (FOCA "Font Index (FNI)")."""
        uniform = orientation.flags
        if uniform & OrientationFlag.UNIFORM_INCREMENT:
            entry.increment = orientation.maximum_increment
        if uniform & OrientationFlag.UNIFORM_BASELINE_OFFSET:
            entry.baseline_offset = orientation.maximum_baseline_offset
        if uniform & OrientationFlag.UNIFORM_A_SPACE:
            entry.a_space = orientation.minimum_a_space
        if self.raster and not self.raster_a_space:
            entry.a_space = 0
        if self.raster and self.control.x_unit_base == UnitBase.FIXED:
            entry.ascender += entry.ascender < 0
            entry.descender += entry.descender < 0
            if not self.control.flags & foca.FONT_BASELINE_AS_IS:
                if entry.baseline_offset == 0 and not uniform & OrientationFlag.UNIFORM_BASELINE_OFFSET:
                    entry.pattern_index = foca.NO_PATTERN
                entry.baseline_offset += entry.baseline_offset < 0

    def _with_box(
        self, identifier: str, entry: foca.CharacterMetrics, rotation: int
    ) -> foca.CharacterMetrics:
        """Metrics of a character of which the font gives the increment only: its box is taken to be as wide
        as that, and as high as the font's highest and lowest character."""
        if rotation:
            upright = self.metrics(0).get(identifier)
            return turned(upright, rotation, 0, entry.increment) if upright else entry
        position = self.positions.get(0)
        if position is not None:
            entry.ascender = entry.baseline_offset = position.maximum_ascender
            entry.descender = position.maximum_descender
        entry.b_space = entry.increment
        return entry

    def names(self) -> dict[str, bytes]:
        """GCGID -> identifier in the outline program: a glyph name, or a code point of its CMap."""
        if self._names is None:
            found = foca.name_map(self.name_data, self.control.name_group_length)
            self._names = {decode_name(ident): name for ident, name in found.items()}
        return self._names

    def undefined_increments(self) -> dict[str, float]:
        """GCGID -> increment of characters that the name map leads to no glyph that shows anything, by a
        name that no program can have.

        Such a character is the program's missing glyph, and takes its width: that is what renderers
        that draw from the outline program do, whatever FNI says (docs/fonts.md "Missing glyphs").
        """
        if self._undefined is None:
            self._undefined = {}
            if self.technology == PatternTechnology.TYPE1:
                impossible = [ident for ident, name in self.names().items() if not is_glyph_name(name)]
                program = self.type1_program() if impossible else None
                width = type1.missing_glyph_width(program) if program else None
                if program is not None and width is not None:
                    for identifier in impossible:
                        found = self.glyph_name(identifier, gcgid.unicode_text(identifier) or "")
                        if not type1.shows(program, found):
                            self._undefined[identifier] = width
        return self._undefined

    def glyph_name(self, identifier: str, text: str) -> str:
        """The glyph of a Type 1 program that shows the character of a GCGID and stands for `text` (nothing
        where that is not known); where the program has none, a name that says which is missing."""
        name = self.names().get(identifier, b"")
        program = self.type1_program()
        found = find_glyph(name, text, program.glyphs) if program is not None else None
        return found or (name.decode("latin-1") if is_glyph_name(name) else identifier)

    def type1_program(self) -> Type1Program | None:
        """The outline program taken apart; None where it cannot be."""
        if self._program is None:
            outlines = self.outlines()
            self._program = type1.parsed(outlines[0].data) if outlines else None
        return self._program

    def outlines(self) -> list[foca.OutlineObject]:
        """The objects of an outline font."""
        if self._outlines is None:
            described = self.technology == PatternTechnology.CID_KEYED
            self._outlines = list(foca.outline_objects(self.patterns, described=described))
        return self._outlines

    def raster_glyph(self, metrics: foca.CharacterMetrics, pels_per_unit: float) -> RasterGlyph | None:
        """The bitmap of a character at rotation 0, empty where it shows nothing; None where its data is not
        there."""
        if metrics.pattern_index == foca.NO_PATTERN:
            return _BLANK
        size = foca.PatternMapping.shape.size
        at = metrics.pattern_index * max(self.control.map_group_length, size)
        if at + size > len(self.pattern_map):
            return None
        mapping = foca.PatternMapping.decode(self.pattern_map[at : at + size])
        width, height = mapping.box_width + 1, mapping.box_height + 1
        if self.control.flags & foca.FONT_UNIFORM_BOX:
            width, height = self.control.maximum_box_width + 1, self.control.maximum_box_height + 1
        start = mapping.offset * _ALIGNMENTS.get(self.control.pattern_alignment, 1)
        bits = self.patterns[start : start + (width + 7) // 8 * height]
        if len(bits) < (width + 7) // 8 * height:
            return None
        if not any(bits):
            return _BLANK
        top = round(metrics.baseline_offset * pels_per_unit)
        return RasterGlyph(width, height, round(metrics.a_space * pels_per_unit), top, bits)


def character_set(records: Iterable[Record]) -> CharacterSet:
    """The font character set in the records BFN..EFN. Raises FontDataError and DecodeError."""
    name = ""
    control: foca.FontControl | None = None
    descriptor: foca.FontDescriptor | None = None
    data: dict[int, list[bytes]] = {}
    for record in records:
        if record.type == foca.BFN:
            name = decode_name(record.data[:8])
        elif record.type == foca.FNC:
            control = foca.FontControl.decode(record.data)
        elif record.type == foca.FND:
            descriptor = foca.FontDescriptor.decode(record.data)
        else:
            data.setdefault(record.type, []).append(record.data)
    if control is None:
        raise FontDataError(f"Font character set {name or '(no name)'} has no Font Control (FNC)")
    groups = [
        list(foca.repeat(item, b"".join(data.get(type_, [])), length))
        for type_, item, length in (
            (foca.FNO, foca.FontOrientation, control.orientation_group_length),
            (foca.FNP, foca.FontPosition, control.position_group_length),
        )
    ]
    rotations = [foca.ROTATIONS.get(group.rotation, group.rotation) for group in groups[0]]
    orientations = dict(zip(rotations, groups[0], strict=True))
    patterns = b"".join(data.get(foca.FNG, []))
    technology = _technology(control, patterns)
    return CharacterSet(
        key=_key(control, descriptor, data),
        name=name,
        typeface=decode_name(descriptor.typeface) if descriptor else "",
        technology=technology,
        control=control,
        descriptor=descriptor,
        orientations=orientations,
        positions=dict(zip(rotations, groups[1], strict=False)),
        size=_nominal_size(technology, control, descriptor, orientations),
        indexes=data.get(foca.FNI, []),
        patterns=patterns,
        pattern_map=b"".join(data.get(foca.FNM, [])),
        name_data=b"".join(data.get(foca.FNN, [])),
    )


def _key(
    control: foca.FontControl, descriptor: foca.FontDescriptor | None, data: Mapping[int, list[bytes]]
) -> str:
    """Identity by all that text is drawn by: the descriptor says how large a font is and what stands in for
    it, FNP where its underscore lies. Every field counts as a whole: what is at the end of one means
    something else at the beginning of the next."""
    digest = sha256()
    kinds = (foca.FNO, foca.FNP, foca.FNI, foca.FNM, foca.FNN, foca.FNG)
    described = descriptor.encode() if descriptor is not None else b""
    for parts in ([control.encode()], [described], *(data.get(type_, []) for type_ in kinds)):
        digest.update(len(parts).to_bytes(4, "big"))
        for part in parts:
            digest.update(len(part).to_bytes(4, "big") + part)
    return digest.hexdigest()[:16]


def _technology(control: foca.FontControl, patterns: bytes) -> int:
    """That of the shapes: a Type 1 program is one, whatever FNC calls it."""
    known = control.technology in (PatternTechnology.TYPE1, PatternTechnology.CID_KEYED)
    first = None if known else next(foca.outline_objects(patterns, described=False), None)
    return PatternTechnology.TYPE1 if first and type1.is_program(first.data) else control.technology


def _nominal_size(
    technology: int,
    control: foca.FontControl,
    descriptor: foca.FontDescriptor | None,
    orientations: Mapping[int, foca.FontOrientation],
) -> float:
    """Points. Raster fonts without a size in FND have that of their em space, if the base is fixed."""
    if descriptor is not None and (descriptor.nominal_size or descriptor.maximum_size):
        return (descriptor.nominal_size or descriptor.maximum_size) / 10
    if technology != PatternTechnology.RASTER:
        return 0.0
    first = next(iter(orientations.values()), None)
    if first is not None and first.em_space_increment and control.x_unit_base == UnitBase.FIXED:
        return first.em_space_increment * 720 / (control.x_units or _FIXED_UNITS)
    return _DEFAULT_SIZE
