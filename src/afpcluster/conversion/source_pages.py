"""A page -> its fields as they stand in the file, with what they need, for an output that is a print file.

Fields are copied byte by byte, also such as nobody knows; only what stands between them is left out, lengths
that are wrong are put right, and End fields that are missing are added.
"""

from __future__ import annotations

from functools import partial

from afpcluster.afp import triplets as t
from afpcluster.afp.fields import CODES, end_of
from afpcluster.afp.framing import RecordFile, encode, window_for
from afpcluster.afp.modca import BeginReserved
from afpcluster.afp.names import encode_name
from afpcluster.conversion.needs import NAMING, Needs
from afpcluster.display.source import Piece, SourcePage, SourceResource
from afpcluster.document.resources import TITLES, Resource, fold
from afpcluster.document.units import PageUnit
from afpcluster.findings import Findings, Severity

_BDT, _BNG, _BPG, _BRS, _ERS, _IMM, _NOP, _TLE = (
    CODES[name] for name in ("BDT", "BNG", "BPG", "BRS", "ERS", "IMM", "NOP", "TLE")
)
_ENCLOSING = frozenset((_BPG, _BRS, CODES["BMM"]))
_HEAD_ENDS = frozenset(
    CODES[name]
    for name in ("BPG", "BNG", "IMM", "BMM", "BDI", "BRG", "BRS", "IPG", "EDT", "BDT", "TLE", "EPG", "ENG")
)
"""Fields that the head of a document (its Begin, its environment group) ends in front of."""

_NAMELESS = encode(_BDT, b"\xff" * 8 + b"\0\0")  # for pages that are in no document
_OBJECT_TYPE = 0x21  # MO:DCA "Resource Object Type Triplet X'21'"
_LONGEST_NAME = 8  # bytes of a token name


class SourceReader:
    """Reads pages of one print file. `findings` are told what is done with resources that are not in it."""

    def __init__(self, findings: Findings, form_map: str | None) -> None:
        self._findings = findings
        self._needs = Needs(findings, form_map)
        self._head: tuple[int, bytes, list[tuple[int, bytes]]] = (-1, b"", [])  # of the last document

    def page(self, unit: PageUnit, ordinal: int) -> SourcePage:
        """The page, whose number in the output is `ordinal`."""
        naming: list[tuple[int, bytes]] = []
        fields = copy_of(unit.file, unit.start, unit.end, naming)
        head = self._head_of(unit, naming)
        needed = self._needs.of_fields(naming, unit.scope)
        medium_map, of_map = self._needs.of_map(unit)
        needed |= {id(resource): resource for resource in of_map}
        return SourcePage(
            unit.number,
            ordinal,
            unit.place,
            unit.joined,
            fields,
            _encoded(unit.between),
            _encoded(unit.behind),
            Piece(unit.document_start, lambda: head),
            tuple([_group_head(group) for group in unit.group_fields]),
            _invocation(unit),
            (unit.map_page, len(medium_map.page_slots()) if medium_map is not None else 1),
            tuple([found for one in needed.values() if (found := self._resource(one, unit)) is not None]),
        )

    def _head_of(self, unit: PageUnit, naming: list[tuple[int, bytes]]) -> bytes:
        """The fields that begin the document of a page; those that name resources are added to `naming`."""
        start = unit.document_start
        if self._head[0] != start:
            named: list[tuple[int, bytes]] = []
            end = start
            for type_, offset, stop, _, _ in unit.file.scan(start, window_size=window_for(0)):
                if (type_ != _BDT) if offset == start else (type_ in _HEAD_ENDS):
                    break
                end = stop
            head = copy_of(unit.file, start, end, named, left_out=_NOP) if end > start else _NAMELESS
            self._head = (start, head, named)
        naming += self._head[2]
        return self._head[1]

    def _resource(self, resource: Resource, unit: PageUnit) -> SourceResource | None:
        """How a resource goes into the output; None where the page has it, or where it stays outside."""
        if resource.file is unit.file:
            start = resource.start
            if unit.start <= start < unit.end:
                return None
            in_document = unit.document > 0 and start > unit.document_start
            joined = unit.joined if in_document or start >= unit.joined_start else 1
            piece = Piece(start, partial(_in_envelope, resource, resource.name))
            return SourceResource(piece, (0, start, ""), joined, in_document)
        name = next(iter(reversed(resource.names)), "")
        title = f"{TITLES[resource.kind].capitalize()} {name} of the resource paths"
        report = self._findings.at(None, spec='MO:DCA "Resource Search Order"')
        with self._findings.kept():
            if resource.file is None or len(name.encode("cp500", "replace")) > _LONGEST_NAME:
                report("resource-outside", f"{title} is not put into the output", severity=Severity.INFO)
                return None
            report("resource-included", f"{title} is put into the output", severity=Severity.INFO)
        piece = Piece((resource.kind, name), partial(_in_envelope, resource, name))
        return SourceResource(piece, (1, resource.kind, name), unit.joined, in_document=False)


def copy_of(
    file: RecordFile, start: int, end: int, naming: list[tuple[int, bytes]], left_out: int = 0
) -> bytes:
    """The records that begin in start..end-1; those that name resources are added to `naming`, as type and
    data, and those of the type `left_out` are not copied."""
    copied: list[bytes] = []
    flagged = False
    opened: list[int] = []
    size = window_for(end - start)
    for type_, offset, stop, window, at in file.scan(start, stop=end, segments=True, window_size=size):
        if type_ == left_out:
            continue
        record = window[at - 9 : at + stop - offset - 9]
        length = stop - offset - 1
        if record[1] << 8 | record[2] != length:
            record = b"\x5a" + length.to_bytes(2, "big") + record[3:]
        copied.append(record)
        if type_ in NAMING:
            flagged = flagged or record[6] != 0
            naming.append((type_, record[9:]))
        elif offset == start and type_ in _ENCLOSING:
            opened.append(end_of(type_))
        elif opened and type_ == opened[0]:
            opened.clear()
    copied += [encode(type_) for type_ in opened]
    if flagged:  # extensions, padding, or fields in several segments
        naming[:] = [(one.type, one.data) for one in file.read(start, end, Findings()) if one.type in NAMING]
    return b"".join(copied)


def _in_envelope(resource: Resource, name: str) -> bytes:
    """A resource as resource groups hold it: between Begin Resource, which says `name`, and End Resource."""
    assert resource.file is not None
    data = copy_of(resource.file, resource.start, resource.end, [])
    if int.from_bytes(data[3:6], "big") == _BRS and fold(resource.name) == fold(name):
        return data
    inside = b"".join([one.encode() for one in resource.records])
    resource.forget()
    triplet = t.encode_triplet(_OBJECT_TYPE, bytes((resource.kind,)) + bytes(7))
    begin = BeginReserved(encode_name(name), 0, triplet)
    return encode(_BRS, begin.encode()) + inside + encode(_ERS)


def _invocation(unit: PageUnit) -> Piece | None:
    """What invokes the medium map of a page: the map, where it stands in the document, and IMM."""
    if unit.map_offset is None:
        return None
    internal, invoke = unit.internal_map, encode(_IMM, unit.map_field)

    def read() -> bytes:
        if internal is None or internal.file is None:
            return invoke
        return copy_of(internal.file, internal.start, internal.end, []) + invoke

    return Piece(unit.map_offset, read)


def _group_head(fields: list[bytes]) -> bytes:
    """Begin Named Page Group, and the tags of the group."""
    return encode(_BNG, fields[0]) + b"".join([encode(_TLE, data) for data in fields[1:]])


def _encoded(fields: tuple[tuple[int, bytes], ...]) -> bytes:
    return b"".join([encode(type_, data) for type_, data in fields])
