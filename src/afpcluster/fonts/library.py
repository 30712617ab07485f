"""Where fonts come from during one conversion: MCF and MDR fields -> `Font` by local identifier.

Search: resources of the scope (print file first, then folders), then built-in code pages, then
substitutes. Everything is parsed once: by content for resources, by reference for fonts, so that equal
content gives the same face key in every process. What is missing or damaged is a finding, or with
`strict` a MissingResourceError.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from afpcluster.afp import code_pages
from afpcluster.afp.declare import DecodeError
from afpcluster.afp.fields import CODES
from afpcluster.afp.foca import MetricAdjustment, PatternTechnology
from afpcluster.afp.framing import Record
from afpcluster.display.face import Face, OutlineFace
from afpcluster.document.resources import CODED_FONT, ResourceScope
from afpcluster.findings import Findings, Severity
from afpcluster.fonts.foca.active import active_font, font_of_face
from afpcluster.fonts.foca.adjustment import adjustment_at
from afpcluster.fonts.foca.character_set import CharacterSet
from afpcluster.fonts.foca.code_page import NO_SPACE, CodePage, FontDataError
from afpcluster.fonts.foca.coded_font import Section, coded_font
from afpcluster.fonts.foca.faces import face_of, metric_face
from afpcluster.fonts.foca.sections import extended_font, sectioned_font
from afpcluster.fonts.font import Font, weight
from afpcluster.fonts.references import (
    FIRST_SECTION,
    FontReference,
    mcf1_is_cut_off,
    of_one_font,
    references_of,
    turns_its_text,
)
from afpcluster.fonts.sources import FontSources
from afpcluster.fonts.stand_in import builtin_code_pages, substitution, typefaces
from afpcluster.fonts.stand_in.double_byte import double_byte_font
from afpcluster.fonts.stand_in.free_fonts import FreeFonts
from afpcluster.fonts.stand_in.standard import character_label, characters_of, standard_face
from afpcluster.fonts.unicode.linked_text import Decoder
from afpcluster.fonts.unicode.truetype import CharacterFace
from afpcluster.fonts.unicode.unicode_font import (
    page_decoder,
    standard_character_face,
    unicode_font,
    utf8,
    utf16,
)
from afpcluster.recent import Recent

MCF1 = CODES["MCF1"]
_MOST_KEPT, _HEAVIEST = 4096, 256 << 20
"""Fonts, or faces, that are kept, and what they may weigh in bytes. No real file has as many; one that names
another size or code page in every map would fill the memory with them."""


class FontLibrary:
    """The fonts of one conversion. `resource_paths` are searched for substitution files; `raster_a_space`
    and `stand_in_folders` are as in `Options`."""

    def __init__(
        self,
        findings: Findings,
        *,
        resource_paths: Sequence[Path] = (),
        raster_a_space: bool = True,
        stand_in_folders: Sequence[Path] = (),
    ) -> None:
        self._sources = FontSources(
            findings,
            resource_paths=resource_paths,
            raster_a_space=raster_a_space,
            stand_in_folders=stand_in_folders,
        )
        self._rules = substitution.load_rules(path for path in resource_paths if path.is_dir())
        self._fields: Recent[dict[int, Font]] = Recent(_MOST_KEPT, weight, _HEAVIEST)
        self._faces: Recent[Face | Exception] = Recent(_MOST_KEPT, _weight_of_face, _HEAVIEST)
        self._metric_faces: Recent[tuple[Face, float]] = Recent(
            _MOST_KEPT, lambda found: _weight_of_face(found[0]), _HEAVIEST
        )
        self._free_fonts = FreeFonts(stand_in_folders)
        self._standard_faces: dict[tuple[str, str], OutlineFace] = {}
        self._fonts: Recent[Font] = Recent(_MOST_KEPT, lambda font: weight({0: font}), _HEAVIEST)

    def fonts_of(self, record: Record, scope: ResourceScope) -> dict[int, Font]:
        """The fonts that an MCF (either format) or MDR maps, by local identifier. MDR groups that map
        other resources are left out. Raises MissingResourceError only when `strict`."""
        key = (scope.number, record.type, record.data)
        fonts = self._fields.get(key)
        if fonts is None:
            with self._sources.findings.kept():
                fonts = {
                    local_id: self._font(references, scope, record)
                    for local_id, references in self._references(record).items()
                }
            self._fields.put(key, fonts)
        return fonts

    def default(self, points: float) -> Font:
        """The font of text that no font is mapped for: Courier under code page 500."""
        return self._standard(
            "default font", "Courier", builtin_code_pages.nearest(code_pages.DEFAULT), points
        )

    def _references(self, record: Record) -> dict[int, list[FontReference]]:
        """References by local identifier: several for the sections of a double-byte font."""
        found: dict[int, list[FontReference]] = {}
        try:
            references = references_of(record.type, record.data)
            if record.type == MCF1 and mcf1_is_cut_off(record.data):
                message = "The last group of a font map is not whole; its font is not mapped"
                self._sources.at(record)("font-map-damaged", message)
            if turns_its_text(record.type, record.data):
                message = "Triplet X'1D' Text Orientation: text runs as its own controls say"
                self._sources.at(record)("triplet-not-applied", message, severity=Severity.SUBSTITUTED)
        except DecodeError as problem:
            self._sources.at(record)("font-map-damaged", f"Fonts are not mapped: {problem}")
            references = []
        last = 0
        for reference in references:
            if reference.odd_rotation:
                message = (
                    f"Font {reference.label} is to be turned by X'{reference.odd_rotation:04X}', which is"
                )
                self._sources.at(record)(
                    "font-rotation-bad",
                    f"{message} none of 0, 90, 180 and 270 degrees; it is not turned",
                    severity=Severity.SUBSTITUTED,
                )
            last = reference.local_id or last
            same = found.setdefault(last, [])
            if not same or reference.section != same[0].section:
                same.append(reference)
            elif reference.label != same[0].label:
                self._sources.at(record)(
                    "font-mapped-twice",
                    f"Local identifier {last} is mapped to {same[0].label} and to {reference.label}; the "
                    "first is used",
                    severity=Severity.SUBSTITUTED,
                )
        return found

    def _font(self, references: list[FontReference], scope: ResourceScope, record: Record) -> Font:
        sectioned = references[0].section >= FIRST_SECTION and references[0].character_set
        if len(references) == 1 and not sectioned:
            return self._single(references[0], scope, record)
        references = of_one_font(references)
        fonts = {reference.section: self._single(reference, scope, record) for reference in references}
        page = self._sources.code_page(references[0], scope, record)
        return self._sectioned(references[0].label, page, fonts, record)

    def _single(self, reference: FontReference, scope: ResourceScope, record: Record) -> Font:
        if reference.data_object:
            return self._data_object_font(reference, scope, record)
        if not reference.coded_font:
            return self._pair(reference, scope, record)
        sections = self._sources.parse(CODED_FONT, reference.coded_font, coded_font, scope, record)
        if not sections:
            return self._substitute(reference, scope, record)
        fonts = {
            section.number: self._pair(of_section(reference, section), scope, record, section)
            for section in sections
        }
        if list(fonts) == [0]:
            return fonts[0]
        page = self._sources.code_page(of_section(reference, sections[0]), scope, record)
        return self._sectioned(reference.coded_font, page, fonts, record)

    def _sectioned(
        self,
        name: str,
        page: CodePage,
        fonts: dict[int, Font],
        record: Record,
    ) -> Font:
        """A double-byte font of these sections; `page` is the code page of one of them, or of all."""
        space = page.space_section << 8 | page.space_code & 0xFF if page.space_code >= 0 else NO_SPACE
        report = self._sources.report_shown  # without the library, which keeps the font

        def missing(section: int) -> None:
            report(
                "font-section-missing",
                Severity.SKIPPED,
                f"Font {name} has no section X'{section:02X}'; characters of that section are not shown",
            )

        return sectioned_font(name, fonts, space, missing)

    def _pair(
        self,
        reference: FontReference,
        scope: ResourceScope,
        record: Record,
        section: Section | None = None,
    ) -> Font:
        """The font of a character set and a code page."""
        characters = self._sources.characters(reference, scope, record)
        if characters is None:
            return self._substitute(reference, scope, record)
        page = self._sources.code_page(reference, scope, record)
        if reference.section:
            page = page.of_section(reference.section)
        font = self._coded(reference, characters, page, record, section)
        base = self._sources.base_of(characters, scope, record) if characters.extension else None
        if base is None:
            return font
        own = {code for code, identifier in page.gcgids.items() if identifier in characters.metrics(0)}
        return extended_font(self._coded(reference, base, page, record, section), font, own)

    def _coded(
        self,
        reference: FontReference,
        characters: CharacterSet,
        page: CodePage,
        record: Record,
        section: Section | None,
    ) -> Font:
        """The font of a character set and a code page that are there. Type 1 programs and the standard fonts
        have names for glyphs, for which codes of one byte are needed."""
        if page.code_size == 2 and (
            characters.technology == PatternTechnology.TYPE1
            or not isinstance(self._shapes(characters, page, reference, record), Face)
        ):
            fonts = {
                first: self._coded(reference, characters, part, record, section)
                for first, part in page.cut().items()
            }
            if fonts:
                return self._sectioned(reference.label, page, fonts, record)
        size, stretch, triplet = _size(reference, characters, section)
        adjustment = adjustment_at(triplet, reference.rotation)
        face, squeezed = self._face(characters, page, reference, record)
        key = (face.key, characters.key, page.key, size, stretch, reference.rotation, adjustment)
        font = self._fonts.get(key)
        if font is None:
            if not characters.turns_to(reference.rotation):
                self._sources.at(record)(
                    "font-rotation-missing",
                    f"Font {reference.label} has no characters turned by {reference.rotation} degrees; those "
                    "that it has are turned, so their places may differ",
                    severity=Severity.SUBSTITUTED,
                )
            font = active_font(
                reference.label,
                face,
                characters,
                page,
                size,
                reference.rotation,
                stretch,
                adjustment,
                squeezed,
            )
            self._fonts.put(key, font)
        return font

    def _face(
        self, characters: CharacterSet, page: CodePage, reference: FontReference, record: Record
    ) -> tuple[Face, float]:
        """The face, and how far its glyphs are squeezed (see `metric_face`)."""
        shapes = self._shapes(characters, page, reference, record)
        if isinstance(shapes, Face):
            return shapes, 1.0
        name = substitution.substitute_for_shapes(reference, self._rules, characters)
        key = (name, characters.key, page.key)
        found = self._metric_faces.get(key)
        if found is None:
            self._sources.missing(f"{shapes}. {name} is used with the metrics of {reference.label}.", record)
            found = metric_face(self._standard_face(name, page), characters, page)
            self._metric_faces.put(key, found)
        return found

    def _shapes(
        self, characters: CharacterSet, page: CodePage, reference: FontReference, record: Record
    ) -> Face | Exception:
        """The face with the shapes of the character set, or why it has none that can be used."""
        vertical = reference.rotation in (90, 270) and characters.technology == PatternTechnology.CID_KEYED
        key = (characters.key, page.key, vertical)
        found = self._faces.get(key)
        if found is None:
            if characters.mislabelled:
                self._sources.at(record)(
                    "font-technology",
                    f"{characters.name}: FNC says pattern technology X'{characters.control.technology:02X}',"
                    " but FNG has a Type 1 program; that is used",
                    severity=Severity.INFO,
                )
            if characters.unclear_units:
                self._sources.at(record)(
                    "font-units",
                    f"{characters.name}: {characters.unclear_units}",
                    "FNC",
                    severity=Severity.SUBSTITUTED,
                )
            try:
                found = face_of(characters, page, vertical=vertical)
            except (FontDataError, DecodeError) as problem:
                found = problem
            self._faces.put(key, found)
        return found

    def _data_object_font(self, reference: FontReference, scope: ResourceScope, record: Record) -> Font:
        """The TrueType or OpenType font of an MDR group, with the fonts linked to it."""
        faces = self._sources.character_faces(reference.data_object, scope, record)
        if not faces:
            return self._substitute(reference, scope, record)
        size = reference.size or substitution.DEFAULT_SIZE
        return self._unicode_font(reference, faces, size, scope, record)

    def _unicode_font(
        self,
        reference: FontReference,
        faces: list[CharacterFace],
        size: float,
        scope: ResourceScope,
        record: Record,
    ) -> Font:
        """The font of these faces for text in the encoding of the reference (MO:DCA Table 20)."""
        page: CodePage | None = None
        decode: Decoder = utf16
        code_size = 2
        if reference.utf8:
            decode, code_size = utf8, 1
        elif not reference.unicode and (
            reference.code_page or reference.code_page_id or not reference.data_object
        ):
            page = self._sources.code_page(reference, scope, record)
            decode, code_size = page_decoder(page), page.code_size
        stretch = reference.horizontal_scale / size if reference.horizontal_scale else 1.0
        faces = self._sources.turned(faces, reference.rotation, record)
        names = " ".join(face.face.key for face in faces)
        encoding = page.key if page else decode.__name__
        key = ("unicode", names, encoding, size, reference.rotation, stretch)
        font = self._fonts.get(key)
        if font is None:
            report = self._sources.report_shown  # without the library, which keeps the font

            def missing(character: str, count: int) -> None:
                report(
                    "glyph-missing",
                    Severity.SKIPPED,
                    f"Font {reference.label} has no glyph for {character_label(character)}",
                    count,
                )

            font = unicode_font(
                reference.label,
                faces,
                decode,
                code_size,
                size,
                rotation=reference.rotation,
                stretch=stretch,
                texts=characters_of(page) if page else None,
                missing=missing,
            )
            self._fonts.put(key, font)
        return font

    def _substitute(self, reference: FontReference, scope: ResourceScope, record: Record) -> Font:
        """What stands in for a font that is not there: a font of the folders that a rule names, or one of
        the 14 standard fonts."""
        chosen = substitution.substitute_for(reference, self._rules)
        size = reference.size or chosen.size or substitution.DEFAULT_SIZE
        faces: list[CharacterFace] = []
        if not substitution.is_standard(chosen.font):
            faces = self._sources.character_faces(chosen.font, scope, record)
            if not faces:
                chosen = substitution.substitute_for(reference)
        page = None
        if not reference.data_object and not reference.unicode and not reference.utf8:
            page = self._sources.code_page(reference, scope, record)
        self._sources.missing(
            f"Font {reference.font_name} is not there or cannot be used. {chosen.font} is used instead"
            f"{'' if reference.size or chosen.size or reference.width else f' at {size:g} points'}"
            f"{_reading(reference, page)}.",
            record,
        )
        if not faces and page is None:
            faces = [standard_character_face(chosen.font), *self._free_fonts.faces(chosen.font)]
        scale = chosen.width / typefaces.FIXED_PITCH_EM or reference.horizontal_scale or size
        if faces or page is None:
            reference = replace(reference, horizontal_scale=scale * chosen.aspect)
            return self._unicode_font(reference, faces, size, scope, record)
        stretch = scale * chosen.aspect / size
        if page.code_size == 2:
            return self._double_byte(reference, chosen.font, page, size, stretch, record)
        return self._standard(reference.label, chosen.font, page, size, reference.rotation, stretch)

    def _double_byte(
        self,
        reference: FontReference,
        name: str,
        page: CodePage,
        size: float,
        stretch: float,
        record: Record,
    ) -> Font:
        """What stands in for a double-byte font: a font of the folders with its characters, and a standard
        font for letters of full width."""
        key = ("double-byte", reference.label, name, page.key, size, reference.rotation, stretch)
        font = self._fonts.get(key)
        if font is None:
            report = self._sources.report_shown  # without the library, which keeps the font

            def missing(count: int) -> None:
                report(
                    "glyph-missing",
                    Severity.SKIPPED,
                    f"Font {reference.label} is double-byte and not there; what no font at hand has is shown"
                    f" as boxes of its width. Put a font with {page.name} into a resource folder",
                    count,
                )

            faces = self._sources.faces_with(page.unicode.values()) + self._free_fonts.faces(name)
            font = double_byte_font(
                reference.label,
                page,
                name,
                self._sources.turned(faces, reference.rotation, record),
                size,
                rotation=reference.rotation,
                stretch=stretch,
                missing=missing,
            )
            self._fonts.put(key, font)
        return font

    def _standard(
        self, label: str, name: str, page: CodePage, size: float, rotation: int = 0, stretch: float = 1.0
    ) -> Font:
        key = ("standard", label, name, page.key, size, rotation, stretch)
        font = self._fonts.get(key)
        if font is None:
            face = self._standard_face(name, page)
            font = font_of_face(label, face, page.word_space, size, rotation, stretch)
            font = replace(font, variable_space=page.variable_space)
            self._fonts.put(key, font)
        return font

    def _standard_face(self, name: str, page: CodePage) -> OutlineFace:
        """A standard font under a code page, or the free font that stands in where it lacks characters."""
        face = self._standard_faces.get((name, page.key))
        if face is None:
            face = self._free_fonts.code_page_face(standard_face(name, page), page)
            self._standard_faces[name, page.key] = face
        return face


def _weight_of_face(face: Face | Exception) -> int:
    """About how many bytes a face takes, without its program, which others share."""
    return 2_000 + 200 * len(face.widths) if isinstance(face, Face) else 1_000


def _reading(reference: FontReference, page: CodePage | None) -> str:
    """How the text of a font that is not there is read, where the reference does not say so."""
    if page is not None and page.code_size == 2:
        return ", as a double-byte font"
    if reference.coded_font and not reference.code_page_id:
        return f", with code page {code_pages.DEFAULT}"
    return ""


def of_section(reference: FontReference, section: Section) -> FontReference:
    """The reference to the pair that a section of a coded font names."""
    return FontReference(
        local_id=reference.local_id,
        character_set=section.character_set,
        code_page=section.code_page,
        section=section.number,
        rotation=reference.rotation,
        size=reference.size,
        width=reference.width,
        horizontal_scale=reference.horizontal_scale,
        weight=reference.weight,
        width_class=reference.width_class,
        italic=reference.italic,
        typeface=reference.typeface,
    )


def _size(
    reference: FontReference, characters: CharacterSet, section: Section | None
) -> tuple[float, float, MetricAdjustment | None]:
    """Size in points, horizontal stretch, and the adjustment that goes with a coded font's size. Raster
    fonts have the size they were made for; outline fonts that of the reference, else of the coded font,
    else their nominal size."""
    if characters.raster:
        return characters.size, 1.0, None
    size = reference.size or characters.size_of_width(reference.width)
    if size:
        return size, reference.horizontal_scale / size if reference.horizontal_scale else 1.0, None
    if section is not None and section.size:
        stretch = section.horizontal_scale / section.size if section.horizontal_scale else 1.0
        return section.size, stretch, section.adjustment
    return characters.size or substitution.DEFAULT_SIZE, 1.0, None
