"""Form maps: which medium map is in force and what it does to a page.

A medium map places pages on sheets and adds overlays to them. Output pages are the AFP pages themselves;
of the map, what changes a page is used: page-modification overlays, medium overlays, text suppression,
copies. MO:DCA Chapter 4 "Form Map Object"; MMC, MCC, PGP, PMC, MMO, MSU in Chapter 5.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from afpcluster.afp import modca
from afpcluster.afp import triplets as t
from afpcluster.afp.declare import DecodeError
from afpcluster.afp.fields import CODES, mnemonic
from afpcluster.afp.framing import Record
from afpcluster.afp.modca import degrees, points_per_unit
from afpcluster.afp.names import decode_name
from afpcluster.document.objects import ObjectNode, nest
from afpcluster.document.resources import FORM_MAP, Resource, ResourceScope
from afpcluster.findings import Findings, Severity

_KEYWORD_MEDIUM_OVERLAY, _KEYWORD_SUPPRESSION = 0xF2, 0xF3
_KEYWORD_DUPLEX, _KEYWORD_CONSTANT_FORMS, _KEYWORD_N_UP = 0xF4, 0xF9, 0xFC
ALL_MODIFICATIONS = 0xFF


@dataclass(slots=True, frozen=True)
class OverlayUse:
    """An overlay that a medium map adds: offsets in points, orientation in degrees clockwise."""

    name: str
    x: float
    y: float
    orientation: float = 0.0


@dataclass(slots=True, frozen=True)
class PagePlacement:
    """Where a page lies on the medium: points and degrees; `side` as PGP says it."""

    x: float = 0.0
    y: float = 0.0
    orientation: float = 0.0
    side: int = 0
    flags: int = 0
    modification_id: int = ALL_MODIFICATIONS


@dataclass(slots=True)
class MediumMap:
    """One medium map, reduced to what a page needs. Keywords are those of the first copy subgroup."""

    name: str
    placements: list[PagePlacement] = field(default_factory=list)
    modifications: dict[int, list[OverlayUse]] = field(default_factory=dict)
    medium_overlays: dict[bool, list[str]] = field(default_factory=dict)  # back side? -> names
    suppressed: frozenset[int] = frozenset()
    duplex: bool = False
    n_up: int = 1
    constant_forms: bool = False
    copies: int = 1

    def placement(self, map_page: int) -> PagePlacement:
        """The placement of the page that is number `map_page` (from 0) since the map was invoked."""
        if not self.placements:
            return PagePlacement(side=map_page & 1 if self.duplex else 0)
        explicit = any(p.side >= 0x10 for p in self.placements)
        sides = len(self.placements) if explicit or self.duplex else 1
        index = map_page % sides if explicit else (map_page // self.n_up) % sides
        return self.placements[min(index, len(self.placements) - 1)]

    def page_overlays(self, placement: PagePlacement) -> list[OverlayUse]:
        """The page-modification overlays of a page at this placement (PGP PMCid and flag bit 1)."""
        if placement.flags & 0x40:
            return []
        wanted = placement.modification_id if self.n_up > 1 else ALL_MODIFICATIONS
        return [
            use
            for identifier, uses in self.modifications.items()
            if wanted in (ALL_MODIFICATIONS, identifier)
            for use in uses
        ]


class FormMaps:
    """Finds medium maps by name in the form maps of a scope, the first form map first."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._maps: dict[int, dict[str, MediumMap]] = {}  # by id of the form map resource
        self._kept: list[Resource] = []  # so that ids stay unique

    def find(self, scope: ResourceScope, name: str) -> MediumMap | None:
        """The medium map `name`; '' is the first of the form map (MO:DCA "Medium Maps")."""
        for resource in scope.of_kind(FORM_MAP):
            maps = self._maps.get(id(resource))
            if maps is None:
                maps = self._maps[id(resource)] = self._read(resource)
                self._kept.append(resource)
            if name == "" and maps:
                return next(iter(maps.values()))
            if name in maps:
                return maps[name]
        if name:
            self._findings.add(
                "medium-map-missing",
                Severity.INFO,
                f"Medium map {name} is in no form map at hand; pages are shown as they are",
                field="IMM",
                spec="MO:DCA Invoke Medium Map (IMM)",
            )
        return None

    def _read(self, resource: Resource) -> dict[str, MediumMap]:
        maps: dict[str, MediumMap] = {}
        shared: list[Record] = []
        for node in nest(resource.records, self._findings):
            if not isinstance(node, ObjectNode):
                continue
            if node.type == CODES["BMM"]:
                self._add(maps, node, shared)
                continue
            group = node.child(CODES["BDG"])
            shared = [r for r in group.content if isinstance(r, Record)] if group else []
            for child in node.content:
                if isinstance(child, ObjectNode) and child.type == CODES["BMM"]:
                    self._add(maps, child, shared)
        return maps

    def _add(self, maps: dict[str, MediumMap], node: ObjectNode, shared: list[Record]) -> None:
        name = decode_name(node.begin.data[:8])
        medium_map = _MapReader(name, self._findings).read(shared, node)
        maps.setdefault(name, medium_map)


class _MapReader:
    """Reads one medium map; what its own records do not say, the document environment group does."""

    def __init__(self, name: str, findings: Findings) -> None:
        self._map = MediumMap(name)
        self._findings = findings
        self._unit = (0.05, 0.05)
        self._keywords: dict[int, list[modca.MediumKeyword]] = {}
        self._overlay_names: dict[int, str] = {}
        self._subgroups: list[modca.CopySubgroup] = []

    def read(self, shared: list[Record], node: ObjectNode) -> MediumMap:
        own = [item for item in node.content if isinstance(item, Record)]
        own_types = {record.type for record in own}
        records = [r for r in shared if r.type not in own_types] + own
        for record in sorted(records, key=lambda r: r.type != CODES["MDD"]):  # units first
            try:
                self._record(record)
            except DecodeError as error:
                self._findings.add(
                    "field-short",
                    Severity.SKIPPED,
                    f"{mnemonic(record.type)} of medium map {self._map.name}: {error}",
                    offset=record.offset,
                    field=mnemonic(record.type),
                )
        self._finish()
        return self._map

    def _record(self, record: Record) -> None:
        data, type_ = record.data, record.type
        if type_ == CODES["MDD"]:
            d = modca.MediumDescriptor.decode(data)
            self._unit = (points_per_unit(d.x_base, d.x_units), points_per_unit(d.y_base, d.y_units))
        elif type_ == CODES["PGP"]:
            self._map.placements = [self._placement(g) for g in modca.PagePosition.decode(data).groups]
        elif type_ == CODES["PGP1"]:
            p = modca.PagePositionFormat1.decode(data)
            self._map.placements = [PagePlacement(p.x_origin * self._unit[0], p.y_origin * self._unit[1])]
        elif type_ == CODES["MMC"]:
            control = modca.MediumModificationControl.decode(data)
            self._keywords[control.identifier] = control.keywords
        elif type_ == CODES["MMO"]:
            for g in modca.MapMediumOverlay.decode(data).groups:
                self._overlay_names[g.local_id] = decode_name(g.name)
        elif type_ == CODES["MCC"]:
            self._subgroups = modca.MediumCopyCount.decode(data).groups
        elif type_ == CODES["PMC"]:
            control_ = modca.PageModificationControl.decode(data)
            self._map.modifications[control_.identifier] = self._modifications(control_.triplets)

    def _placement(self, g: modca.PagePositionGroup) -> PagePlacement:
        x, y = self._unit
        return PagePlacement(
            g.x_origin * x, g.y_origin * y, degrees(g.orientation), g.side, g.flags, g.modification_id
        )

    def _modifications(self, triplets: bytes) -> list[OverlayUse]:
        """Overlays of a PMC: Resource Object Include triplets, in the PMC's units or the medium's."""
        units = t.decode_triplet(triplets, t.MeasurementUnits)
        x, y = self._unit
        if units is not None:
            x, y = points_per_unit(units.x_base, units.x_units), points_per_unit(units.y_base, units.y_units)
        uses = []
        for triplet in t.split_triplets(triplets):
            if triplet.id == 0x6C and len(triplet.data) >= t.ResourceObjectInclude.shape.required:
                include = t.ResourceObjectInclude.decode(triplet.data)
                uses.append(
                    OverlayUse(
                        decode_name(include.name),
                        include.x_offset * x,
                        include.y_offset * y,
                        degrees(include.orientation),
                    )
                )
        return uses

    def _finish(self) -> None:
        medium_map = self._map
        first = self._keyword_list(0)
        values = {k.keyword: k.value for k in first}
        medium_map.duplex = values.get(_KEYWORD_DUPLEX, 1) in (2, 3)
        medium_map.n_up = min(max(values.get(_KEYWORD_N_UP, 1), 1), 4)
        medium_map.constant_forms = values.get(_KEYWORD_CONSTANT_FORMS, 0) == 1
        medium_map.suppressed = frozenset(k.value for k in first if k.keyword == _KEYWORD_SUPPRESSION)
        back = self._keyword_list(1) if medium_map.duplex else []
        for is_back, keywords in ((False, first), (True, back)):
            medium_map.medium_overlays[is_back] = [
                self._overlay_names[k.value]
                for k in keywords
                if k.keyword == _KEYWORD_MEDIUM_OVERLAY and k.value in self._overlay_names
            ]
        if self._subgroups:
            medium_map.copies = max(s.last for s in self._subgroups)

    def _keyword_list(self, subgroup: int) -> list[modca.MediumKeyword]:
        if not self._subgroups:
            return next(iter(self._keywords.values()), [])
        if subgroup >= len(self._subgroups):
            return []
        return self._keywords.get(self._subgroups[subgroup].modification_id, [])
