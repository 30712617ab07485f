"""Active environment of a page or overlay: units, extents, fonts and resources by local identifier.

Built from the records of an environment group (BAG … EAG, or BOG … EOG). MO:DCA
"Active Environment Group", "Object Environment Group".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from afpcluster.afp import modca
from afpcluster.afp import triplets as t
from afpcluster.afp.declare import DecodeError
from afpcluster.afp.fields import CODES, mnemonic
from afpcluster.afp.framing import Record
from afpcluster.afp.triplets import FqnType
from afpcluster.afp.units import check_extents, read_units
from afpcluster.display.geometry import Matrix
from afpcluster.document.resources import ResourceScope
from afpcluster.findings import Findings, Severity
from afpcluster.fonts.font import Font
from afpcluster.fonts.library import FontLibrary
from afpcluster.interpret.context import FoundResource
from afpcluster.interpret.mixing import Mixing, read_mixing
from afpcluster.interpret.text.state import TextSpace
from afpcluster.interpret.unapplied import report_field, report_unapplied
from afpcluster.light import dataclass

_PLACEMENT = ("OBD", "OBP", "MIO", "MGO", "MBC", "MCD", "MPT")
_DESCRIPTORS = ("IDD", "GDD", "BDD", "CDD")
_ELSEWHERE = frozenset(
    CODES[name] for name in ("NOP", "MPO", "MPS", "IPO", "IPS", "IOB", *_PLACEMENT, *_DESCRIPTORS)
)
"""Fields of environment groups that includes and object areas read, or that need nothing done."""
_FONT_MAPS = tuple(CODES[name] for name in ("MCF", "MCF1", "MDR"))
_DEFAULT_SIZE = (612.0, 792.0)  # points; where a page has no Page Descriptor
_DEFAULT_UNIT = 0.05  # points: 1/1440 inch
_LARGEST = 14_400.0  # points: as large as pages of a PDF get (Annex C)


@dataclass(slots=True)
class Environment:
    """What the environment group of a page or overlay says. Lengths are points. `maps` are type and data of
    the fields that map its fonts and resources, those of the environment around it included."""

    x_unit: float = _DEFAULT_UNIT
    y_unit: float = _DEFAULT_UNIT
    width: float = _DEFAULT_SIZE[0]
    height: float = _DEFAULT_SIZE[1]
    fonts: dict[int, Font] = field(default_factory=dict)
    resources: dict[int, FoundResource] = field(default_factory=dict)
    mixing: Mixing = field(default_factory=Mixing)
    text: TextSpace | None = None
    text_place: Matrix | None = None  # of text without an environment group of its own; None at the origin
    has_descriptor: bool = False
    has_text_descriptor: bool = False
    maps: tuple[tuple[int, bytes], ...] = ()

    @property
    def data_maps(self) -> tuple[tuple[int, bytes], ...]:
        """Those of `maps` that can map data objects."""
        return tuple([entry for entry in self.maps if entry[0] == CODES["MDR"]])


ResourceFinder = Callable[[ResourceScope, bytes, Record, Findings], FoundResource | None]
"""Finds in a scope the resource that the triplets of a group of a map name."""


def read_environment(
    records: list[Record],
    library: FontLibrary,
    scope: ResourceScope,
    find: ResourceFinder,
    findings: Findings,
    outer: Environment | None = None,
    suppressed: frozenset[int] = frozenset(),
) -> Environment:
    """The environment that `records` make; `outer` is that of the page around an object."""
    environment = Environment(maps=tuple([(r.type, r.data) for r in records if r.type in _FONT_MAPS]))
    if outer is not None:
        environment.maps = outer.maps + environment.maps
        environment.fonts = dict(outer.fonts)
        environment.x_unit, environment.y_unit = outer.x_unit, outer.y_unit
        environment.width, environment.height = outer.width, outer.height
        environment.text = outer.text
        suppressed = outer.text.suppressed if outer.text is not None else suppressed
    descriptor: Record | None = None
    for record in records:
        try:
            if record.type == CODES["PGD"]:
                _page_descriptor(record, environment, findings)
            elif record.type in (CODES["PTD"], CODES["PTD1"]):
                descriptor = record
            elif record.type in _FONT_MAPS:
                fonts = library.fonts_of(record, scope)
                if outer is None:
                    _report_mapped_twice(environment.fonts, fonts, record, findings)
                environment.fonts |= fonts
                if record.type == CODES["MDR"]:
                    _map_data_resources(record, environment, find, scope, findings)
            elif record.type not in _ELSEWHERE:
                report_field(record, findings)
        except DecodeError as error:
            findings.at(record)("field-short", f"{mnemonic(record.type)}: {error}")
    environment.has_text_descriptor = descriptor is not None
    if descriptor is not None:
        try:
            environment.text = text_space(descriptor, environment, suppressed, findings)
        except DecodeError as error:
            findings.at(descriptor.offset, "PTD")("field-short", f"PTD: {error}")
    if environment.text is None:
        environment.text = TextSpace(
            environment.x_unit,
            environment.y_unit,
            environment.width,
            environment.height,
            suppressed=suppressed,
        )
    return environment


def _report_mapped_twice(
    before: Mapping[int, Font], fonts: Mapping[int, Font], record: Record, findings: Findings
) -> None:
    """Record the local identifiers that `record` maps to other fonts than the maps before it in its group."""
    for local_id in sorted(before.keys() & fonts.keys()):
        first, second = before[local_id].name, fonts[local_id].name
        if before[local_id] is not fonts[local_id]:
            findings.at(record)(
                "font-mapped-twice",
                f"Local identifier {local_id} is mapped to {first} and to {second}; the last is used",
                severity=Severity.SUBSTITUTED,
            )


def _page_descriptor(record: Record, environment: Environment, findings: Findings) -> None:
    page = modca.PageDescriptor.decode(record.data)
    environment.has_descriptor = True
    environment.x_unit, environment.y_unit = read_units(page, findings.at(record), "page-size-bad")
    if not page.x_size or not page.y_size:
        _report_size(record, findings, "has no width or height; that of a Letter page is used")
    width = page.x_size * environment.x_unit or _DEFAULT_SIZE[0]
    height = page.y_size * environment.y_unit or _DEFAULT_SIZE[1]
    if max(width, height) > _LARGEST:
        _report_size(
            record,
            findings,
            f"is {width:.0f} by {height:.0f} points; no more than {_LARGEST:.0f} are shown",
            Severity.SKIPPED,
        )
    environment.width, environment.height = min(width, _LARGEST), min(height, _LARGEST)
    environment.mixing = read_mixing(t.split_triplets(page.triplets), findings, record.offset, "PGD")
    report_unapplied(page.triplets, record, findings)


def _report_size(
    record: Record, findings: Findings, what: str, severity: Severity = Severity.SUBSTITUTED
) -> None:
    findings.at(record, spec='MO:DCA "Page Descriptor (PGD)"')(
        "page-size-bad", f"The page {what}", severity=severity
    )


def text_space(
    record: Record, environment: Environment, suppressed: frozenset[int], findings: Findings
) -> TextSpace:
    """The object space of presentation text from its descriptor (PTD format 1 or 2). On a page itself it is
    as big as the page (PTOCA "Presentation Text Data Descriptor (PTD)")."""
    descriptor: modca.PresentationTextDescriptor | modca.PresentationTextDescriptorFormat1
    if record.type == CODES["PTD1"]:
        initial, descriptor = b"", modca.PresentationTextDescriptorFormat1.decode(record.data)
    else:
        descriptor = modca.PresentationTextDescriptor.decode(record.data)
        initial = descriptor.controls
    report = findings.at(record.offset, "PTD")
    x_unit, y_unit = read_units(descriptor, report)
    own = not environment.has_descriptor
    if own:
        check_extents(descriptor.x_size, descriptor.y_size, "that of the page is used", report)
    return TextSpace(
        x_unit,
        y_unit,
        (own and descriptor.x_size * x_unit) or environment.width,
        (own and descriptor.y_size * y_unit) or environment.height,
        initial,
        suppressed,
    )


def _map_data_resources(
    record: Record, environment: Environment, find: ResourceFinder, scope: ResourceScope, findings: Findings
) -> None:
    for group in modca.MapResources.decode(record.data).groups:
        triplets = group.triplets
        report_unapplied(triplets, record, findings)
        if t.decode_triplet(triplets, t.DataObjectFontDescriptor) is not None:
            continue
        local = t.decode_triplet(triplets, t.ExtendedResourceLocalIdentifier)
        found = find(scope, triplets, record, findings)
        if found is not None:
            internal = _internal_identifier(triplets)
            if internal is None:
                internal = local.identifier if local else len(environment.resources)
            before = environment.resources.get(internal, found)
            if before.key != found.key:
                findings.at(record, spec="MO:DCA Map Data Resource (MDR)")(
                    "object-mapped-twice",
                    f"Identifier {internal} is mapped to two objects; the last is used",
                    severity=Severity.SUBSTITUTED,
                )
            environment.resources[internal] = found


def _internal_identifier(triplets: bytes) -> int | None:
    """The number by which a data object names the resource (FQN type X'BE': tiles, images of QR Codes)."""
    for triplet in t.split_triplets(triplets):
        if triplet.id == 0x02 and triplet.data[:1] == bytes((FqnType.DATA_OBJECT_INTERNAL,)):
            return int.from_bytes(triplet.data[2:], "big")
    return None
