"""Parsed font resources: looked up by name in a scope, parsed once by content, reported where missing.

Code pages come from the scope, else from the built-in ones by the number in their name; TrueType and
OpenType fonts from the scope, else from the resource folders by full font name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from afpcluster.afp.declare import DecodeError
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import Record
from afpcluster.document.resources import CHARACTER_SET, CODE_PAGE, CONTAINER, Resource, ResourceScope
from afpcluster.findings import Findings, Reporter, Severity
from afpcluster.fonts.foca.character_set import CharacterSet, character_set
from afpcluster.fonts.foca.code_page import CodePage, FontDataError, code_page
from afpcluster.fonts.foca.identity import inference
from afpcluster.fonts.folders import FontFolders, face_in
from afpcluster.fonts.references import FontReference
from afpcluster.fonts.stand_in import builtin_code_pages
from afpcluster.fonts.unicode.sfnt import UnusableOutlines
from afpcluster.fonts.unicode.truetype import CharacterFace, character_face
from afpcluster.fonts.unicode.vertical_forms import vertical_form

_SPECS = {
    CODES["MCF"]: "MO:DCA Map Coded Font (MCF) Format 2",
    CODES["MCF1"]: "MO:DCA Map Coded Font (MCF-1) Format 1",
    CODES["MDR"]: "MO:DCA Map Data Resource (MDR)",
}

T = TypeVar("T")


class FontSources:
    """The font resources of one conversion. `record` is always the map field that asks, for findings."""

    def __init__(
        self,
        findings: Findings,
        *,
        resource_paths: Sequence[Path],
        raster_a_space: bool,
        stand_in_folders: Sequence[Path] = (),
    ) -> None:
        self.findings = findings
        self._character_set = character_set if raster_a_space else _without_raster_a_space
        self._folders = FontFolders(resource_paths)
        self._all_folders = FontFolders([*resource_paths, *stand_in_folders])
        self._parsed: dict[tuple[str, str], object | None] = {}

    def characters(
        self, reference: FontReference, scope: ResourceScope, record: Record
    ) -> CharacterSet | None:
        """The character set of a reference: by name, or the one whose typeface (FGID) the GRID asks for."""
        if reference.character_set:
            named = self.parse(CHARACTER_SET, reference.character_set, self._character_set, scope, record)
            if named is None or named.metrics(0):
                return named
            self.at(record)(
                "font-damaged",
                f"{named.name} cannot be used: it has no characters (FNI)",
                severity=Severity.SUBSTITUTED,
            )
            return None
        grid = reference.grid
        if grid is None:
            return None
        return self._best_of_all(
            scope,
            record,
            lambda one: one.typeface_id == grid.typeface,
            lambda one: one.misfit(grid.width),
        )

    def base_of(self, extension: CharacterSet, scope: ResourceScope, record: Record) -> CharacterSet | None:
        """The font that an extension font adds characters to: one with the graphic character set that it
        names (FOCA "Extension Font Triplet X'6D'"), best of the same technology, typeface and size."""
        number = extension.base_character_set_id
        found = self._best_of_all(
            scope,
            record,
            lambda one: not one.extension and number != 0 and one.character_set_id == number,
            lambda one: (
                one.technology != extension.technology,
                one.typeface_id != extension.typeface_id,
                abs(one.size - extension.size),
            ),
        )
        if found is None:
            self.at(record)(
                "font-extension",
                f"{extension.name} extends a font with graphic character set {number}, which is not there; "
                "characters of that one are not shown",
            )
        return found

    def _best_of_all(
        self,
        scope: ResourceScope,
        record: Record,
        fits: Callable[[CharacterSet], bool],
        misfit: Callable[[CharacterSet], Any],
    ) -> CharacterSet | None:
        """Of all character sets that fit, and can be read, the nearest with the least misfit."""
        found = [
            (resource, one)
            for resource in scope.of_kind(CHARACTER_SET)
            if (one := self._parsed_resource(resource, _described, record)) is not None and fits(one)
        ]
        if not found:
            return None
        resource, _ = min(found, key=lambda pair: misfit(pair[1]))
        scope.use(resource)
        return self._parsed_resource(resource, self._character_set, record)

    def code_page(self, reference: FontReference, scope: ResourceScope, record: Record) -> CodePage:
        """The code page of a reference: a resource, a built-in one, or code page 500."""
        name = reference.code_page
        if name:
            found = self.parse(CODE_PAGE, name, code_page, scope, record)
            if found is not None:
                return self._identified(found, record)
        number = reference.code_page_number
        if number and not name:
            for resource in scope.of_kind(CODE_PAGE):
                found = self._parsed_resource(resource, code_page, record)
                if found is not None and found.number == number:
                    scope.use(resource)
                    return self._identified(found, record)
        built_in = builtin_code_pages.built_in(number) if number else None
        if built_in is None or (reference.double_byte and built_in.code_size == 1):
            built_in = builtin_code_pages.nearest(number, double_byte=reference.double_byte)
            if name or number:
                called = name or f"number {number}"
                self.missing(f"Code page {called} is not there. {built_in.name} is used instead.", record)
        elif name:
            self.at(record)(
                "code-page-built-in",
                f"Code page {name} is not in the file; the built-in code page {number} is used",
                severity=Severity.INFO,
            )
        return built_in

    def _identified(self, page: CodePage, record: Record) -> CodePage:
        """The code page; what had to be inferred of it is told."""
        inferred = inference(page)
        if inferred is not None:
            message = f"The text of code page {page.name or page.number} is inferred: {inferred.reason}"
            self.at(record)("text-inferred", message, severity=Severity.INFO)
        return page

    def faces_with(self, characters: Iterable[str]) -> list[CharacterFace]:
        """The font of all folders that has most of these characters; none where none has half of them."""
        wanted = [ord(character) for character in characters if len(character) == 1]
        file = self._all_folders.with_characters(wanted)
        try:
            return [face_in(file)] if file is not None else []
        except FontDataError:
            return []

    def character_faces(self, name: str, scope: ResourceScope, record: Record) -> list[CharacterFace]:
        """The data-object font called `name` and those linked to it; none where it is missing."""
        base, linked_names = self._character_face(name, scope, record)
        if base is None:
            return []
        linked = (self._character_face(linked_name, scope, record)[0] for linked_name in linked_names)
        return [base, *(face for face in linked if face is not None)]

    def _character_face(
        self, name: str, scope: ResourceScope, record: Record
    ) -> tuple[CharacterFace | None, tuple[str, ...]]:
        """One data-object font from the scope or a resource folder, and the names of its linked fonts."""
        resource = scope.find(CONTAINER, name)
        data = resource.data if resource is not None else self._folders.data(name)
        if data is None:
            return None, ()
        key = (character_face.__name__, f"{resource.key if resource else ''} {name}")
        if key not in self._parsed:
            self._parsed[key] = self._read_character_face(data, name, record)
            if resource is not None:
                resource.forget()
        linked = resource.linked_fonts(name) if resource is not None else ()
        return self._parsed[key], linked  # type: ignore[return-value]

    def _read_character_face(self, data: bytes, name: str, record: Record) -> CharacterFace | None:
        try:
            face = character_face(data, name)
        except UnusableOutlines as problem:
            message = f"Font {name} cannot be embedded: {problem}"
            self.at(record)("font-not-embedded", message, severity=Severity.SUBSTITUTED)
            return None
        except FontDataError as problem:
            self.at(record)("font-damaged", str(problem), severity=Severity.SUBSTITUTED)
            return None
        for code, severity, text in face.remarks:
            self.at(record)(code, f"Font {name}: {text}", severity=severity)
        return face

    def turned(self, faces: list[CharacterFace], rotation: int, record: Record) -> list[CharacterFace]:
        """The faces with the glyphs for vertical writing, at rotations that are for it."""
        if rotation not in (90, 270):
            return faces
        found = [vertical_form(face) for face in faces]
        for face, form in zip(faces, found, strict=True):
            for code, severity, text in form.remarks[len(face.remarks) :]:
                self.at(record)(code, f"Font {face.face.program.name}: {text}", severity=severity)
        return found

    def parse(
        self,
        kind: int,
        name: str,
        parse: Callable[[Iterable[Record]], T],
        scope: ResourceScope,
        record: Record,
    ) -> T | None:
        """The resource of this kind and name, parsed; None where it is missing or damaged."""
        resource = scope.find(kind, name)
        return self._parsed_resource(resource, parse, record) if resource is not None else None

    def _parsed_resource(
        self, resource: Resource, parse: Callable[[Iterable[Record]], T], record: Record
    ) -> T | None:
        key = (parse.__name__, resource.key)
        if key not in self._parsed:
            try:
                self._parsed[key] = parse(resource.records)
            except (FontDataError, DecodeError) as problem:
                self._parsed[key] = None
                self.at(record)(
                    "font-damaged",
                    f"{resource.name} cannot be used: {problem}",
                    severity=Severity.SUBSTITUTED,
                )
            resource.forget()
        return self._parsed[key]  # type: ignore[return-value]

    def missing(self, message: str, record: Record) -> None:
        """Report a substitution, or refuse it."""
        self.at(record).missing(
            "font-substituted",
            message,
            severity=Severity.SUBSTITUTED,
            refused_as="font-missing",
            advice="Put the font into the file or a resource folder, or convert without strict.",
        )

    def report_shown(self, code: str, severity: Severity, message: str, count: int = 1) -> None:
        """Report what comes to light when text is shown. A font is kept, so where it was mapped first says
        nothing; the page does."""
        self.findings.add(code, severity, message, count=count)

    def at(self, record: Record) -> Reporter:
        """Records findings that come to light when `record` maps a font."""
        return self.findings.at(record, spec=_SPECS.get(record.type))


def _described(records: Iterable[Record]) -> CharacterSet:
    """A character set without its characters, for there may be thousands to choose from."""
    return replace(character_set(records), indexes=[], patterns=b"", pattern_map=b"", name_data=b"")


def _without_raster_a_space(records: Iterable[Record]) -> CharacterSet:
    return replace(character_set(records), raster_a_space=False)
