"""What fields of a page need: the resources that the interpreter would look up for them, and those that these
need in turn. Nothing is drawn.

Names are looked up in the scope of the page, also those in its overlays. What is known of a field is kept by
scope and content, since pages are alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from afpcluster.afp import modca
from afpcluster.afp import triplets as t
from afpcluster.afp.declare import DecodeError
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import Record
from afpcluster.afp.names import decode_name
from afpcluster.afp.triplets import FqnType
from afpcluster.document import resources as kinds
from afpcluster.document.form_map import FormMaps
from afpcluster.document.medium_map import MediumMap
from afpcluster.document.resources import TITLES, RecordingScope, Resource, ResourceScope
from afpcluster.document.saved_pages import SavedPages
from afpcluster.document.units import PageUnit
from afpcluster.findings import Findings, Severity
from afpcluster.fonts.needed import FontsNeeded
from afpcluster.interpret.includes import REFERENCES, ResourceLookup, secondary_references

NAMING = frozenset(CODES[name] for name in ("MCF", "MCF1", "MDR", "IPO", "IPS", "IOB", "IPG"))
"""The fields that name resources."""

_IPO, _IPS, _IOB, _IPG, _MDR = (CODES[name] for name in ("IPO", "IPS", "IOB", "IPG", "MDR"))
_FONTS = (kinds.CHARACTER_SET, kinds.CODE_PAGE, kinds.CODED_FONT, kinds.FORM_MAP)  # name nothing in fields
_MOST_KEPT = 10_000


class MapNeeds(NamedTuple):
    """The medium map in force, and what it needs: its form map and overlays."""

    medium_map: MediumMap | None
    resources: tuple[Resource, ...]


class Needs:
    """Looks up what the pages of one print file need. `form_map` is the name that the caller gave, `findings`
    are told what is not there."""

    def __init__(self, findings: Findings, form_map: str | None) -> None:
        self._findings = findings
        self._fonts = FontsNeeded()
        self._lookup = ResourceLookup()
        self._saved = SavedPages()
        self._form_maps = FormMaps(Findings(), form_map)
        self._of_fields: dict[tuple[int, int, bytes], tuple[Resource, ...]] = {}
        self._of_maps: dict[tuple[int, str, int | None], MapNeeds] = {}
        self._inside: set[int] = set()  # resources whose needs are being looked up, by their start

    def of_fields(self, fields: Iterable[tuple[int, bytes]], scope: ResourceScope) -> dict[int, Resource]:
        """By identity, the resources that naming fields (type, data) need."""
        found: dict[int, Resource] = {}
        for type_, data in fields:
            key = (scope.number, type_, data)
            known = self._of_fields.get(key)
            if known is None:
                if len(self._of_fields) >= _MOST_KEPT:
                    self._of_fields.clear()
                known = self._of_fields[key] = self._asked(scope, partial(self._ask, type_, data))
            for resource in known:
                found[id(resource)] = resource
        return found

    def of_map(self, unit: PageUnit) -> MapNeeds:
        """What the medium map in force on a page needs: its form map, and all of its overlays."""
        internal = unit.internal_map
        key = (unit.scope.number, unit.medium_map, internal.start if internal is not None else None)
        known = self._of_maps.get(key)
        if known is None:
            found: list[MediumMap | None] = []

            def ask(scope: ResourceScope) -> None:
                medium_map = self._form_maps.find(scope, unit.medium_map, internal, unit.map_offset)
                found.append(medium_map)
                for name in _overlays(medium_map) if medium_map is not None else ():
                    scope.find(kinds.OVERLAY, name)

            resources = self._asked(unit.scope, ask)
            known = self._of_maps[key] = MapNeeds(found[0], resources)
        return known

    def _asked(self, scope: ResourceScope, ask: Callable[[RecordingScope], None]) -> tuple[Resource, ...]:
        """What is found when `ask` asks a scope, with what that needs in turn."""
        recording = RecordingScope(scope)
        with self._findings.kept():
            with suppress(DecodeError):  # whoever draws the page says so
                ask(recording)
            found = {id(resource): resource for resource in recording.used}
            self._tell_missing(recording, found.values())
        for resource in list(found.values()):
            found |= self._needed_by(resource, scope)
        return tuple(found.values())

    def _needed_by(self, resource: Resource, scope: ResourceScope) -> dict[int, Resource]:
        if resource.kind in _FONTS or resource.file is None or resource.start in self._inside:
            return {}
        self._inside.add(resource.start)
        try:
            fields = [(record.type, record.data) for record in resource.records if record.type in NAMING]
            resource.forget()
            return self.of_fields(fields, scope)
        finally:
            self._inside.remove(resource.start)

    def _ask(self, type_: int, data: bytes, scope: RecordingScope) -> None:
        """Ask for what a field names itself. Raises DecodeError."""
        if type_ == _IPO:
            overlay = modca.IncludePageOverlay.decode(data)
            scope.find(kinds.OVERLAY, _included(overlay.triplets, overlay.name))
        elif type_ == _IPS:
            segment = modca.IncludePageSegment.decode(data)
            scope.find(kinds.PAGE_SEGMENT, _included(segment.triplets, segment.name))
        elif type_ == _IOB:
            included = modca.IncludeObject.decode(data)
            self._lookup.included(scope, included.object_type, _included(included.triplets, included.name))
            for _, reference in secondary_references(included):
                self._ask_mapped(reference, scope)
        elif type_ == _IPG:
            self._saved.find(scope, data)
        else:
            self._fonts.ask(Record(type_, 0, data), scope)
            if type_ == _MDR:
                for group in modca.MapResources.decode(data).groups:
                    self._ask_mapped(group.triplets, scope)

    def _ask_mapped(self, group: bytes, scope: RecordingScope) -> None:
        """What a group of a Map Data Resource names that is no font."""
        if t.decode_triplet(group, t.DataObjectFontDescriptor) is not None:
            return
        name = t.qualified_name(group, *REFERENCES, FqnType.COLOR_MANAGEMENT_RESOURCE)
        if name:
            self._lookup.included(scope, kinds.CONTAINER, name)

    def _tell_missing(self, scope: RecordingScope, found: Iterable[Resource]) -> None:
        there = {kinds.fold(name) for resource in found for name in resource.names}
        for kind, name in dict.fromkeys((kind, name) for kind, name in scope.missing):
            if name and kinds.fold(name) not in there:
                there.add(kinds.fold(name))
                self._findings.at(None, spec='MO:DCA "Resource Search Order"')(
                    "resource-outside",
                    f"{TITLES[kind].capitalize()} {name} is not in the print file, and so not in the output",
                    severity=Severity.INFO,
                )


def _included(triplets: bytes, name: bytes) -> str:
    return t.qualified_name(triplets, FqnType.REPLACE_FIRST_GID) or decode_name(name)


def _overlays(medium_map: MediumMap) -> set[str]:
    """The names of all overlays of a medium map."""
    names = {use.name for uses in medium_map.modifications.values() for use in uses}
    for group in medium_map.copy_groups:
        for back in (False, True):
            names.update(group.side(back).all_overlays)
    return names
