"""Form maps: finding the medium map in force, and reading it from its structured fields.

The form map is the one that the caller names, else those in the file's resource groups and in the resource
paths, the nearest first. A medium map inside a document counts only where it is invoked, right behind
itself, and inherits nothing from a document environment group.
MO:DCA Chapter 4 "Form Map Object", "Medium Map"; MMC, MCC, PGP, PMC, MMO, MDD in Chapter 5.
"""

from __future__ import annotations

from afpcluster.afp import modca
from afpcluster.afp import triplets as t
from afpcluster.afp.declare import DecodeError
from afpcluster.afp.fields import CODES, mnemonic
from afpcluster.afp.framing import Record
from afpcluster.afp.modca import degrees
from afpcluster.afp.names import decode_name
from afpcluster.afp.triplets_control import TonerSaver
from afpcluster.afp.units import read_units
from afpcluster.document.medium_map import (
    ALL_MODIFICATIONS,
    MOST_SLOTS,
    CopyGroup,
    Duplex,
    Eject,
    Medium,
    MediumMap,
    MediumOrientation,
    OverlayUse,
    PagePlacement,
    SideControls,
)
from afpcluster.document.objects import ObjectNode, nest
from afpcluster.document.out_of_place import report_beside, report_in_form_map, report_in_medium_map
from afpcluster.document.resources import FORM_MAP, Resource, ResourceScope
from afpcluster.findings import Findings, Severity

_PREPRINTED, _OVERLAY, _SUPPRESSION, _DUPLEX = 0xD2, 0xF2, 0xF3, 0xF4
_CONSTANT_FORMS, _N_UP = 0xF9, 0xFC
_QUIET_KEYWORDS = {_PREPRINTED, _OVERLAY, _SUPPRESSION, _DUPLEX, _CONSTANT_FORMS, _N_UP, 0xB5, 0xE0, 0xE9}
_PRINTER_KEYWORDS = {
    0x0E: "a print adjustment",
    0x90: "a media destination",
    0x91: "a media destination",
    0xA0: "fixed medium information",
    0xA1: "a perforation cut",
    0xA2: "a separation cut",
    0xB4: "a printer set-up",
    0xD1: "offset stacking",
    0xE1: "a media source",
    0xE8: "a media type",
    0xF1: "a forms flash",
    0xF8: "a print quality",
}
"""MMC keywords about paper and printer, in words."""

_NO_WISH = {(0x0E, 0x00), (0x0E, 0xFF), (0xD1, 0x00), (0xE1, 0x00), (0xF1, 0x00), (0xF8, 0xFF)}
"""Keywords and values that ask for nothing: no offset, no flash, the printer's own quality. Old producers
write all of them."""

_PRINTER_FIELDS = {
    "MFC": "finishing",
    "PEC": "a rendering intent or device appearance",
    "MDR": "colour management resources",
}
_MEDIUM_LEVEL = {CODES[name] for name in ("MMO", "MDD", "MCC", "MMD", "PEC", "MMT", "MMC")}
_EACH_SHEET = 0x04  # MFCScpe: a finishing control of the medium, not of a collection of sheets
_NOT_SPECIFIED = (0, 0xFFFFFF)  # MDD extents
_PASS_ORIENTATION = 0x80  # MDDFlgs bit 0
_SAVE_TONER = 1
_TWO_UP = 0x10  # MDD Two-up triplet (retired)
_PREPRINTED_FORM = 0xDC  # object type of a Resource Object Include
_MOST_COPIES = 255  # of a copy subgroup


class FormMaps:
    """Finds medium maps by name. `form_map` is the name that the caller gave."""

    def __init__(self, findings: Findings, form_map: str | None = None) -> None:
        self._findings = findings
        self._wanted = form_map
        self._maps: dict[int, dict[str, MediumMap]] = {}  # by id of the form map resource
        self._kept: list[Resource] = []  # so that ids stay unique
        self._internal: tuple[Resource, MediumMap | None] | None = None

    def find(
        self, scope: ResourceScope, name: str, internal: Resource | None, offset: int | None
    ) -> MediumMap | None:
        """The medium map `name`; '' is the first of the form map (MO:DCA "Invocation of Medium Maps").

        `internal` is the medium map that stands in the document in front of its invocation, which is at byte
        `offset` of the file.
        """
        if internal is not None:
            return self._read_internal(internal)
        at_hand = False
        for resource in self._form_maps(scope):
            maps = self._maps.get(id(resource))
            if maps is None:
                maps = self._maps[id(resource)] = self._read(resource)
                self._kept.append(resource)
                resource.forget()
            at_hand = at_hand or bool(maps)
            wanted = name or next(iter(maps), "")
            if wanted in maps:
                scope.use(resource)
                return maps[wanted]
        if name and at_hand:
            self._findings.at(offset, "IMM", "MO:DCA Invoke Medium Map (IMM)").missing(
                "medium-map-missing",
                f"Medium map {name} is not in the form map",
                "pages are shown without one",
            )
        return None

    def _form_maps(self, scope: ResourceScope) -> list[Resource]:
        if self._wanted is None:
            return list(scope.of_kind(FORM_MAP))
        found = scope.find(FORM_MAP, self._wanted)
        if found is not None:
            return [found]
        message = f"The form map {self._wanted} is neither in the file nor in a resource path"
        self._findings.at(None).missing("resource-missing", message, "no form map is used")
        return []

    def _read_internal(self, resource: Resource) -> MediumMap | None:
        if self._internal is None or self._internal[0] is not resource:
            node = resource.node()
            found = self._read_map(node, []) if node is not None else None
            resource.forget()
            self._internal = (resource, found)
        return self._internal[1]

    def _read(self, resource: Resource) -> dict[str, MediumMap]:
        maps: dict[str, MediumMap] = {}
        nested = nest(resource.records, self._findings)
        form_maps = [i for i in nested if isinstance(i, ObjectNode) and i.type == CODES["BFM"]]
        report_beside(form_maps, nested, "beside the object of a resource", self._findings)
        for form_map in form_maps:
            report_in_form_map(form_map, self._findings)
            group = form_map.child(CODES["BDG"])
            shared = _fields(group) if group else []
            for child in form_map.content:
                if isinstance(child, ObjectNode) and child.type == CODES["BMM"]:
                    found = self._read_map(child, shared)
                    maps.setdefault(found.name, found)
        return maps

    def _read_map(self, node: ObjectNode, shared: list[Record]) -> MediumMap:
        report_in_medium_map(node, self._findings)
        return _MapReader(node, self._findings).read(shared)


class _MapReader:
    """Reads one medium map; what its own fields do not say, those of the document environment group do."""

    def __init__(self, node: ObjectNode, findings: Findings) -> None:
        begin = modca.Begin.decode(node.begin.data) if len(node.begin.data) >= 8 else modca.Begin()
        self._node = node
        self._map = MediumMap(decode_name(begin.name))
        self._findings = findings
        self._unit = (0.05, 0.05)
        self._descriptor: modca.MediumDescriptor | None = None
        self._controls: dict[int, list[modca.MediumKeyword]] = {}
        self._overlay_names: dict[int, str] = {}
        self._subgroups: list[modca.CopySubgroup] = []
        self._not_applied: dict[str, None] = {}
        eject = t.decode_triplet(begin.triplets, t.MediaEjectControl)
        if eject is None:
            return
        if eject.control in list(Eject):
            self._map.eject = Eject(eject.control)
        else:
            what = f"Media Eject Control X'{eject.control:02X}' is reserved; a new sheet is begun"
            self._note("media-eject-invalid", Severity.SUBSTITUTED, what, node.begin)

    def read(self, shared: list[Record]) -> MediumMap:
        own = _fields(self._node)
        own_types = {record.type for record in own}
        records = [r for r in shared if r.type not in own_types] + own
        self._notice_repeated(own)
        for record in sorted(records, key=lambda r: r.type != CODES["MDD"]):  # units first
            try:
                self._record(record)
            except DecodeError as error:
                self._note("field-short", Severity.SKIPPED, f"{mnemonic(record.type)}: {error}", record)
        controls = sorted((r for r in records if _medium_level(r)), key=lambda r: r.type)
        self._map.medium_controls = tuple((r.type, r.data) for r in controls)
        self._finish()
        return self._map

    def _record(self, record: Record) -> None:
        data, type_ = record.data, record.type
        if type_ == CODES["MDD"]:
            self._descriptor = d = modca.MediumDescriptor.decode(data)
            self._unit = read_units(d, self._findings.at(record))
        elif type_ == CODES["PGP"]:
            self._map.placements = [self._placement(g) for g in modca.PagePosition.decode(data).groups]
        elif type_ == CODES["PGP1"]:
            p = modca.PagePositionFormat1.decode(data)
            self._map.placements = [PagePlacement(p.x_origin * self._unit[0], p.y_origin * self._unit[1])]
        elif type_ == CODES["MMC"]:
            control = modca.MediumModificationControl.decode(data)
            self._notice_twice(control.identifier in self._controls, control.identifier, record)
            self._controls[control.identifier] = control.keywords
            self._notice_keywords(control.keywords, record)
        elif type_ == CODES["MMO"]:
            for g in modca.MapMediumOverlay.decode(data).groups:
                self._overlay_names[g.local_id] = decode_name(g.name)
        elif type_ == CODES["MCC"]:
            self._subgroups = modca.MediumCopyCount.decode(data).groups
        elif type_ == CODES["PMC"]:
            modification = modca.PageModificationControl.decode(data)
            known = modification.identifier in self._map.modifications
            self._notice_twice(known, modification.identifier, record)
            self._map.modifications[modification.identifier] = self._overlays(modification.triplets, record)
        elif type_ == CODES["PFC"]:
            saver = t.decode_triplet(modca.PresentationFidelityControl.decode(data).triplets, TonerSaver)
            if saver is not None and saver.control == _SAVE_TONER:
                self._not_applied["saving toner"] = None
        elif mnemonic(type_) in _PRINTER_FIELDS:
            self._not_applied[_PRINTER_FIELDS[mnemonic(type_)]] = None

    def _notice_twice(self, twice: bool, identifier: int, record: Record) -> None:
        if twice:
            what = f"{mnemonic(record.type)} {identifier} is there twice; the last is used"
            self._note("medium-map-reference", Severity.SUBSTITUTED, what, record)

    def _notice_repeated(self, own: list[Record]) -> None:
        """Report fields that are there more than once and of which one counts."""
        for names in ("PGP PGP1", "MDD", "MCC"):
            found = [record for record in own if record.type in [CODES[name] for name in names.split()]]
            if len(found) > 1:
                what = f"{mnemonic(found[-1].type)} is there {len(found)} times; the last is used"
                self._note("medium-map-reference", Severity.SUBSTITUTED, what, found[-1])

    def _placement(self, g: modca.PagePositionGroup) -> PagePlacement:
        x, y = self._unit
        return PagePlacement(
            g.x_origin * x, g.y_origin * y, degrees(g.orientation), g.side, g.flags, g.modification_id
        )

    def _overlays(self, triplets: bytes, record: Record) -> list[OverlayUse]:
        """Overlays of a PMC: Resource Object Include triplets, in the PMC's units or the medium's."""
        units = t.decode_triplet(triplets, t.MeasurementUnits)
        x, y = self._unit
        if units is not None:
            x, y = read_units(units, self._findings.at(record))
        uses = []
        for triplet in t.split_triplets(triplets):
            if triplet.id == 0x6C and len(triplet.data) >= t.ResourceObjectInclude.shape.required:
                include = t.ResourceObjectInclude.decode(triplet.data)
                preprinted = include.object_type == _PREPRINTED_FORM
                turn = 0.0 if preprinted else degrees(include.orientation)
                name = decode_name(include.name)
                uses.append(OverlayUse(name, include.x_offset * x, include.y_offset * y, turn, preprinted))
        return uses

    def _notice_keywords(self, keywords: list[modca.MediumKeyword], record: Record) -> None:
        for keyword in keywords:
            if (keyword.keyword, keyword.value) in _NO_WISH:
                continue
            if keyword.keyword in _PRINTER_KEYWORDS:
                self._not_applied[_PRINTER_KEYWORDS[keyword.keyword]] = None
            elif keyword.keyword not in _QUIET_KEYWORDS:
                text = f"MMC keyword X'{keyword.keyword:02X}{keyword.value:02X}' is unknown"
                self._note("keyword-unknown", Severity.INFO, text, record)

    # ------------------------------------------------------------------ what the fields add up to
    def _finish(self) -> None:
        medium_map = self._map
        first = self._keywords(0)
        duplex, n_up = _value(first, _DUPLEX, Duplex.SIMPLEX), _value(first, _N_UP, 0)
        medium_map.duplex = Duplex(duplex) if duplex in list(Duplex) else Duplex.SIMPLEX
        medium_map.n_up = n_up if n_up <= 4 else 0
        for keyword, wanted, used in ((_DUPLEX, duplex, medium_map.duplex), (_N_UP, n_up, medium_map.n_up)):
            if wanted != used:
                what = (
                    f"MMC keyword X'{keyword:02X}' has the value {wanted}, which is reserved; {used} is used"
                )
                self._note("keyword-invalid", Severity.SUBSTITUTED, what, self._node.begin)
        medium_map.copy_groups = self._copy_groups() or [CopyGroup()]
        medium_map.medium = self._medium()
        medium_map.not_applied = tuple(self._not_applied)
        self._check_positions()
        self._check_references()
        self._check_copies()

    def _check_copies(self) -> None:
        """Report copy subgroups that do not go together (MCC exception conditions, pairs of duplex)."""
        counts = [(group.first, group.last) for group in self._subgroups]
        ends = [0, *(last for _, last in counts)]
        step = 1 if self._map.duplex is Duplex.SIMPLEX else 2
        fronts = range(0, len(counts), step)
        duplex = {_value(self._keywords(index), _DUPLEX, Duplex.SIMPLEX) for index in fronts}
        pairs = [counts[index : index + step] for index in fronts]
        for wrong, what in (
            (any(last < first for first, last in counts), "end before they begin; one copy is made of each"),
            (
                any(last - first >= _MOST_COPIES for first, last in counts),
                f"ask for more than {_MOST_COPIES}, which are made",
            ),
            (
                step == 1 and any(first != end + 1 for (first, _), end in zip(counts, ends, strict=False)),
                "do not follow each other; each has as many as it says",
            ),
            (len(duplex) > 1, "are duplex and simplex; all are made as the first is"),
            (len(counts) % step, "are duplex without one for the last back; that has no modifications"),
            (
                any(len({last - first for first, last in pair}) > 1 for pair in pairs),
                "have other counts for front and back; that of the front is used",
            ),
        ):
            if wrong:
                self._note("copies-invalid", Severity.SUBSTITUTED, f"Copy subgroups {what}", self._node.begin)

    def _check_references(self) -> None:
        """Report what the map's fields name and none of them defines: it is not shown."""
        lists = [self._keywords(index) for index in range(max(len(self._subgroups), 1))]
        overlays = {k.value for keywords in lists for k in keywords if k.keyword in (_OVERLAY, _PREPRINTED)}
        controls = {group.modification_id for group in self._subgroups} - {0}
        pages = {p.modification_id for p in self._map.placements} - {ALL_MODIFICATIONS}
        for named, defined, what in (
            (overlays, self._overlay_names.keys(), "overlay {}, which is not mapped (MMO)"),
            (controls, self._controls.keys(), "medium modification {}, which is not there (MMC)"),
            (
                pages if self._map.n_up else (),
                self._map.modifications.keys(),
                "page modification {}, which is not there (PMC)",
            ),
        ):
            for identifier in sorted(set(named) - defined):
                told = f"It asks for {what.format(identifier)}"
                self._note("medium-map-reference", Severity.SKIPPED, told, self._node.begin)

    def _check_positions(self) -> None:
        """Report repeating groups that the rest of the map makes impossible (PGP exception conditions)."""
        m = self._map
        placed = [p for p in m.placements if p.explicit]
        mixed = m.explicit and len(placed) < len(m.placements)
        beyond = m.explicit and any(p.side >> 4 > m.n_up for p in placed)
        blank = bool(m.placements) and not any(m.shows_page_data(s.placement) for s in m.slots())
        back = any(p.back not in m.sides for p in m.placements)
        askew = any(p.orientation not in (0, 90, 180, 270) for p in m.placements)
        for wrong, what in (
            (placed and not m.n_up, "names partitions, but N-up is not specified; they are not used"),
            (mixed, "mixes default and explicit placement; groups without a partition are not used"),
            (beyond, f"names partitions that {m.n_up}-up does not have; the last one is used"),
            (len(m.placements) > MOST_SLOTS, f"has more repeating groups than {MOST_SLOTS}; those are used"),
            (blank, "leaves no partition for page data; pages are shown all the same"),
            (askew, "turns pages by other than quarter turns; they are turned as it says"),
            (back, "names back sides, but the map prints simplex; they are not used"),
        ):
            if wrong:
                self._note("page-position-invalid", Severity.INFO, f"PGP {what}", self._node.begin)

    def _medium(self) -> Medium:
        """Extents and orientation. A cut-sheet printer is told the orientation by MDDFlgs bit 0 or N-up."""
        d = self._descriptor
        if d is None:
            return Medium()
        width = None if d.x_size in _NOT_SPECIFIED else d.x_size * self._unit[0]
        height = None if d.y_size in _NOT_SPECIFIED else d.y_size * self._unit[1]
        if (t.find_triplet(d.triplets, _TWO_UP) or b"\0")[0]:
            self._not_applied["two-up printing by its medium descriptor (Océ)"] = None
        said = t.decode_triplet(d.triplets, t.MediumOrientation)
        passed = bool(d.flags & _PASS_ORIENTATION) or self._map.n_up > 0
        if said is not None and said.orientation not in list(MediumOrientation):
            what = f"Medium Orientation X'{said.orientation:02X}' is reserved; portrait is used"
            self._note("keyword-invalid", Severity.SUBSTITUTED, what, self._node.begin)
        if said is None or not passed or said.orientation not in list(MediumOrientation):
            return Medium(width, height)
        return Medium(width, height, MediumOrientation(said.orientation))

    def _copy_groups(self) -> list[CopyGroup]:
        """Copy subgroups, paired where the map prints duplex (MO:DCA "Medium Copy Count (MCC)")."""
        groups = []
        step = 1 if self._map.duplex is Duplex.SIMPLEX else 2
        for index in range(0, max(len(self._subgroups), 1), step):
            copies = 1
            if self._subgroups:
                subgroup = self._subgroups[index]
                copies = min(max(subgroup.last - subgroup.first + 1, 1), _MOST_COPIES)
            back = self._side(self._keywords(index + 1)) if step == 2 else SideControls()
            groups.append(CopyGroup(copies, self._side(self._keywords(index)), back))
        return groups

    def _keywords(self, subgroup: int) -> list[modca.MediumKeyword]:
        """The modifications of a copy subgroup; without an MCC the only MMC there is counts."""
        if not self._subgroups:
            return next(iter(self._controls.values()), [])
        if subgroup >= len(self._subgroups):
            return []
        return self._controls.get(self._subgroups[subgroup].modification_id, [])

    def _side(self, keywords: list[modca.MediumKeyword]) -> SideControls:
        def named(keyword: int) -> list[str]:
            known = self._overlay_names
            return [known[k.value] for k in keywords if k.keyword == keyword and k.value in known]

        return SideControls(
            tuple(named(_OVERLAY)),
            next(iter(named(_PREPRINTED)), None),
            frozenset(k.value for k in keywords if k.keyword == _SUPPRESSION),
            any(k.keyword == _CONSTANT_FORMS and k.value == 1 for k in keywords),
        )

    def _note(self, code: str, severity: Severity, message: str, record: Record) -> None:
        self._findings.at(record, spec="MO:DCA Medium Map")(
            code, f"Medium map {self._map.name}: {message}", severity=severity
        )


def _value(keywords: list[modca.MediumKeyword], wanted: int, default: int) -> int:
    """The value of a keyword, the last one where it is there more than once."""
    return {k.keyword: k.value for k in keywords}.get(wanted, default)


def _fields(group: ObjectNode) -> list[Record]:
    """The fields of a medium map or environment group; old producers put them into a Form Environment
    Group (MO:DCA Appendix C "Begin Form Environment Group (BFG)")."""
    found: list[Record] = []
    for item in group.content:
        if isinstance(item, Record):
            found.append(item)
        elif item.type == CODES["BFG"]:
            found += _fields(item)
    return found


def _medium_level(record: Record) -> bool:
    """Whether a field is among the medium level controls that maps are compared by (triplet X'45')."""
    if record.type == CODES["MFC"]:
        try:
            return bool(modca.MediumFinishingControl.decode(record.data).scope == _EACH_SHEET)
        except DecodeError:
            return False
    return record.type in _MEDIUM_LEVEL
