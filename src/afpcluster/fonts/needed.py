"""Which resources fonts are made of: the same ones as the library looks up, but no font is made."""

from __future__ import annotations

from afpcluster.afp.framing import Record
from afpcluster.document.resources import CHARACTER_SET, CODE_PAGE, CODED_FONT, CONTAINER, ResourceScope
from afpcluster.findings import Findings
from afpcluster.fonts.foca.coded_font import coded_font
from afpcluster.fonts.library import of_section
from afpcluster.fonts.references import FontReference, of_one_font, references_of
from afpcluster.fonts.sources import FontSources


class FontsNeeded:
    """Asks scopes for the resources of fonts. What is missing or damaged is told by who makes the fonts."""

    def __init__(self) -> None:
        self._sources = FontSources(Findings(), resource_paths=(), raster_a_space=True)

    def ask(self, record: Record, scope: ResourceScope) -> None:
        """Ask for all that the fonts need that a field (MCF, MDR) maps. Raises DecodeError."""
        for reference in of_one_font(references_of(record.type, record.data)):
            self._one(reference, scope, record)

    def _one(self, reference: FontReference, scope: ResourceScope, record: Record) -> None:
        if reference.data_object:
            self._data_object(reference.data_object, scope)
            if reference.code_page or reference.code_page_id:
                self._code_page(reference, scope, record)
        elif reference.coded_font:
            sections = self._sources.parse(CODED_FONT, reference.coded_font, coded_font, scope, record)
            for section in sections or ():
                self._pair(of_section(reference, section), scope, record)
            if not sections:
                self._code_page(reference, scope, record)
        else:
            self._pair(reference, scope, record)

    def _pair(self, reference: FontReference, scope: ResourceScope, record: Record) -> None:
        """A character set, what it extends, and a code page."""
        if reference.character_set and scope.find(CHARACTER_SET, reference.character_set) is None:
            characters = None
        else:
            characters = self._sources.characters(reference, scope, record)
        if characters is not None and characters.extension:
            self._sources.base_of(characters, scope, record)
        self._code_page(reference, scope, record)

    def _code_page(self, reference: FontReference, scope: ResourceScope, record: Record) -> None:
        if reference.code_page and scope.find(CODE_PAGE, reference.code_page) is not None:
            return
        self._sources.code_page(reference, scope, record)

    def _data_object(self, name: str, scope: ResourceScope) -> None:
        base = scope.find(CONTAINER, name)
        for linked in base.linked_fonts(name) if base is not None else ():
            scope.find(CONTAINER, linked)
